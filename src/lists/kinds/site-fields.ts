// What workshops and venues share: both can be the site 场地 of an order, so both state area, power, equipment and land use.
import { z } from 'zod';
import { equipmentKindCodes, equipmentKinds } from '../../vocabulary/equipment-kinds.ts';
import { landUseCodes, landUses } from '../../vocabulary/land-use.ts';
import type { Text } from '../../vocabulary/text.ts';
import type { Column } from './kind.ts';

export const equipmentList = z
  .array(z.enum(equipmentKindCodes as [string, ...string[]]))
  .max(40)
  .default([])
  .describe('设备代码 · equipment codes');

export const siteFields = {
  areaM2: z.number().int().min(1).max(100_000).describe('可用面积(平方米) · usable floor area, m²'),
  powerKw: z.number().min(0).max(10_000).describe('用电容量(千瓦) · electric power, kW'),
  equipment: equipmentList,
  landUse: z.enum(landUseCodes as [string, ...string[]]).describe('用地类型 · land-use code of the legal matrix'),
  rentFenPerM2Month: z.number().int().min(0).max(100_000).describe('租金(分/㎡/月) · rent, fen per m² and month'),
  isFireChecked: z.boolean().describe('消防检查合格 · fire check passed'),
};

/** No business use without a fire check (CONVENTIONS 2.6). */
export function missingSitePapersOf({ isFireChecked }: { isFireChecked: boolean }): Text[] {
  return isFireChecked ? [] : [{ zh: '消防检查合格证明', en: 'a passed fire check' }];
}

export const siteColumns: readonly Column[] = [
  {
    path: 'attributes.areaM2',
    header: '可用面积(㎡)',
    headerEn: 'usable area (m²)',
    synonyms: ['面积', '建筑面积', '可用面积', '场地面积', '面积(平方米)'],
    cell: { type: 'area-m2' },
    isRequired: true,
    example: '220',
  },
  {
    path: 'attributes.powerKw',
    header: '用电容量(千瓦)',
    headerEn: 'power (kW)',
    synonyms: ['用电容量', '电力容量', '供电(kW)', '功率'],
    cell: { type: 'decimal' },
    isRequired: true,
    example: '40',
  },
  {
    path: 'attributes.equipment',
    header: '现有设备',
    headerEn: 'equipment',
    synonyms: ['设备', '设备清单'],
    cell: { type: 'choices', choices: equipmentKinds },
    note: { zh: '多项用顿号分开', en: 'several separated by 、' },
    example: '平缝机、工作台',
  },
  {
    path: 'attributes.landUse',
    header: '用地类型',
    headerEn: 'land use',
    synonyms: ['土地用途', '用地性质', '土地类型'],
    cell: { type: 'choice', choices: landUses },
    isRequired: true,
    example: '集体经营性建设用地',
  },
  {
    path: 'attributes.rentFenPerM2Month',
    header: '租金(元/㎡/月)',
    headerEn: 'rent (yuan per m² and month)',
    synonyms: ['租金', '月租金', '租金单价'],
    cell: { type: 'yuan-to-fen' },
    isRequired: true,
    example: '4.50',
  },
  {
    path: 'attributes.isFireChecked',
    header: '消防合格',
    headerEn: 'fire check passed',
    synonyms: ['消防', '消防检查'],
    cell: { type: 'yes-no' },
    isRequired: true,
    example: '是',
  },
];

/** Star rating 星级 0–5, one decimal; null is unknown and never counts as a score. */
export const starRating = z
  .number()
  .min(0)
  .max(5)
  .nullable()
  .default(null)
  .describe('星级 0–5,未评为空 · star rating, null: not rated');

/** Chinese names of coded terms, for search texts and titles. */
export function namesOf(terms: readonly { code: string; zh: string }[], codes: readonly string[]): string[] {
  return codes.map((code) => terms.find((term) => term.code === code)?.zh ?? code);
}
