// 闲置设备和共享农机 idle equipment and shared machines for hire.
import { z } from 'zod';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import { equipmentKindCodes, equipmentKinds } from '../../vocabulary/equipment-kinds.ts';
import { partyKindCodes } from '../../vocabulary/party-kinds.ts';
import { decisionColumns } from './decision-fields.ts';
import { brokenRule, defineKind } from './kind.ts';
import {
  divisionColumn,
  keyColumn,
  ownerColumn,
  plainDateSchema,
  pointColumns,
  windowColumns,
} from './listing-fields.ts';
import { namesOf } from './site-fields.ts';

export const equipmentConditions = [
  { code: 'good', zh: '良好', en: 'good', synonyms: ['完好', '好', '九成新'] },
  { code: 'usable', zh: '可用', en: 'usable', synonyms: ['一般', '能用'] },
  { code: 'needs-repair', zh: '需维修', en: 'needs repair', synonyms: ['待修', '故障'] },
] as const satisfies readonly CodedTerm[];

export const equipmentAttributes = z.strictObject({
  equipmentKind: z.enum(equipmentKindCodes as [string, ...string[]]).describe('设备种类 · kind'),
  brand: z.string().max(60).default('').describe('品牌 · brand'),
  model: z.string().max(60).default('').describe('型号 · model'),
  quantity: z.number().int().min(1).max(10_000).describe('数量(台) · pieces'),
  condition: z.enum(equipmentConditions.map((condition) => condition.code)).describe('状况 · condition'),
  powerKw: z.number().min(0).max(1_000).default(0).describe('单台功率(千瓦) · power of one, kW'),
  hireFenPerDay: z.number().int().min(0).max(10_000_000).describe('租金(分/台/天) · hire, fen per piece and day'),
  hireFenPerHour: z
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .nullable()
    .default(null)
    .describe('按小时租金(分/台/小时),空为只按天 · hire by the hour; null: by the day only'),
  unavailable: z
    .array(z.strictObject({ from: plainDateSchema, to: plainDateSchema }))
    .max(24)
    .default([])
    .superRefine((periods, context) => {
      periods.forEach(({ from, to }, index) => {
        if (to < from) {
          context.addIssue(
            brokenRule([index, 'to'], 'period-reversed', {
              zh: '中有止日早于起日的时段',
              en: 'holds a period that ends before it begins',
            }),
          );
        }
        if (periods.some((other, at) => at < index && other.from <= to && from <= other.to)) {
          const text = { zh: '中有重叠的时段', en: 'holds periods that overlap' };
          context.addIssue(brokenRule([index, 'from'], 'periods-overlap', text));
        }
      });
    })
    .describe('不可用时段,起止日均含 · periods when it is not free, both days included'),
  isWithOperator: z.boolean().default(false).describe('带操作人员 · comes with an operator'),
  isMovable: z.boolean().default(true).describe('可移动 · can be moved'),
});

export const equipment = defineKind({
  id: 'equipment',
  list: 'resources',
  label: { zh: '闲置设备', en: 'idle equipment' },
  isPublic: true,
  isCommonAsset: true,
  owners: partyKindCodes,
  attributes: equipmentAttributes,
  withheld: [],
  columns: [
    keyColumn('设备编号', ['资源编号'], 'SB-001'),
    divisionColumn,
    ownerColumn('权属单位统一社会信用代码'),
    {
      path: 'attributes.equipmentKind',
      header: '设备种类',
      headerEn: 'kind',
      synonyms: ['设备名称', '设备', '名称'],
      cell: { type: 'choice', choices: equipmentKinds },
      isRequired: true,
      example: '烘干机',
    },
    {
      path: 'attributes.brand',
      header: '品牌',
      headerEn: 'brand',
      synonyms: ['厂牌'],
      cell: { type: 'text' },
      example: '示例牌',
    },
    {
      path: 'attributes.model',
      header: '型号',
      headerEn: 'model',
      synonyms: ['规格型号'],
      cell: { type: 'text' },
      example: '示例-10',
    },
    {
      path: 'attributes.quantity',
      header: '数量(台)',
      headerEn: 'pieces',
      synonyms: ['数量', '台数'],
      cell: { type: 'integer' },
      isRequired: true,
      example: '2',
    },
    {
      path: 'attributes.condition',
      header: '状况',
      headerEn: 'condition',
      synonyms: ['设备状况', '成色'],
      cell: { type: 'choice', choices: equipmentConditions },
      isRequired: true,
      example: '良好',
    },
    {
      path: 'attributes.powerKw',
      header: '单台功率(千瓦)',
      headerEn: 'power of one (kW)',
      synonyms: ['功率', '功率(kW)'],
      cell: { type: 'decimal' },
      example: '3',
    },
    {
      path: 'attributes.hireFenPerDay',
      header: '租金(元/台/天)',
      headerEn: 'hire (yuan per piece and day)',
      synonyms: ['租金', '日租金'],
      cell: { type: 'yuan-to-fen' },
      isRequired: true,
      example: '30',
    },
    {
      path: 'attributes.hireFenPerHour',
      header: '租金(元/台/小时)',
      headerEn: 'hire (yuan per piece and hour)',
      synonyms: ['小时租金', '时租'],
      cell: { type: 'yuan-to-fen' },
      note: { zh: '空为只按天出租', en: 'empty: by the day only' },
      example: '5',
    },
    {
      path: 'attributes.unavailable',
      header: '不可用时段',
      headerEn: 'not free',
      synonyms: ['占用时段', '已占用'],
      cell: { type: 'periods' },
      note: { zh: '起日至止日,多段用分号分开', en: 'from 至 to, several separated by semicolons' },
      example: '2026-12-20至2026-12-31;2027-02-05',
    },
    {
      path: 'attributes.isWithOperator',
      header: '带操作人员',
      headerEn: 'with operator',
      synonyms: ['是否带人'],
      cell: { type: 'yes-no' },
      example: '否',
    },
    {
      path: 'attributes.isMovable',
      header: '可移动',
      headerEn: 'movable',
      synonyms: ['是否可移动'],
      cell: { type: 'yes-no' },
      example: '是',
    },
    ...decisionColumns,
    ...windowColumns,
    ...pointColumns,
  ],
  priceOf: ({ hireFenPerDay }) => hireFenPerDay,
  facets: [
    {
      id: 'equipment-kind',
      label: { zh: '设备种类', en: 'kind of equipment' },
      path: 'equipmentKind',
      terms: equipmentKinds,
    },
  ],
  titleOf: (attributes) => `${namesOf(equipmentKinds, [attributes.equipmentKind]).join('')} ${attributes.quantity}台`,
  searchTextOf: (attributes) => {
    const kind = equipmentKinds.find((candidate) => candidate.code === attributes.equipmentKind);
    return ['闲置设备', kind?.zh ?? '', ...(kind?.synonyms ?? []), attributes.brand, attributes.model].join(' ');
  },
});
