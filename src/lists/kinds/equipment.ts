// 闲置设备和共享农机 idle equipment and shared machines for hire.
import { z } from 'zod';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import { equipmentKindCodes, equipmentKinds } from '../../vocabulary/equipment-kinds.ts';
import { defineKind } from './kind.ts';
import { divisionColumn, keyColumn, ownerColumn, pointColumns, windowColumns } from './listing-fields.ts';
import { namesOf } from './site-fields.ts';

export const equipmentConditions = [
  { code: 'good', zh: '良好', en: 'good', synonyms: ['完好', '好', '九成新'] },
  { code: 'usable', zh: '可用', en: 'usable', synonyms: ['一般', '能用'] },
  { code: 'needs-repair', zh: '需维修', en: 'needs repair', synonyms: ['待修', '故障'] },
] as const satisfies readonly CodedTerm[];

export const equipmentAttributes = z.strictObject({
  equipmentKind: z.enum(equipmentKindCodes as [string, ...string[]]).describe('设备种类 · kind'),
  model: z.string().max(60).default('').describe('型号 · model'),
  quantity: z.number().int().min(1).max(10_000).describe('数量(台) · pieces'),
  condition: z.enum(equipmentConditions.map((condition) => condition.code)).describe('状况 · condition'),
  powerKw: z.number().min(0).max(1_000).default(0).describe('单台功率(千瓦) · power of one, kW'),
  hireFenPerDay: z.number().int().min(0).max(10_000_000).describe('租金(分/台/天) · hire, fen per piece and day'),
  isWithOperator: z.boolean().default(false).describe('带操作人员 · comes with an operator'),
  isMovable: z.boolean().default(true).describe('可移动 · can be moved'),
});

export const equipment = defineKind({
  id: 'equipment',
  list: 'resources',
  label: { zh: '闲置设备', en: 'idle equipment' },
  isPublic: true,
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
    ...windowColumns,
    ...pointColumns,
  ],
  titleOf: (attributes) => `${namesOf(equipmentKinds, [attributes.equipmentKind]).join('')} ${attributes.quantity}台`,
  searchTextOf: (attributes) => {
    const kind = equipmentKinds.find((candidate) => candidate.code === attributes.equipmentKind);
    return ['闲置设备', kind?.zh ?? '', ...(kind?.synonyms ?? []), attributes.model].join(' ');
  },
});
