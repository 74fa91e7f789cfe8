// 共富工坊 workshops: places that are run as one and take orders. The main kind of site in a matching round.
import { z } from 'zod';
import { equipmentKinds } from '../../vocabulary/equipment-kinds.ts';
import { workshopTypeCodes, workshopTypes } from '../../vocabulary/workshop-types.ts';
import { usccPattern } from '../../vocabulary/uscc.ts';
import { brokenRule, defineKind } from './kind.ts';
import { divisionColumn, exampleUscc, keyColumn, ownerColumn, pointColumns, windowColumns } from './listing-fields.ts';
import { missingSitePapersOf, namesOf, siteColumns, siteFields, starRating } from './site-fields.ts';

const people = z.number().int().min(0).max(10_000).nullable().default(null);

export const workshopAttributes = z
  .strictObject({
    name: z.string().min(1).max(60).describe('工坊名称 · name'),
    workshopType: z.enum(workshopTypeCodes).describe('工坊类型 · type'),
    ...siteFields,
    seats: z.number().int().min(0).max(5_000).describe('工位数 · workplaces'),
    products: z.array(z.string().min(1).max(40)).max(20).default([]).describe('主要产品 · products'),
    capacityPerWeek: z
      .number()
      .int()
      .min(0)
      .max(100_000_000)
      .nullable()
      .default(null)
      .describe('每周产能 · pieces it can make in a week'),
    capacityUnit: z.string().max(8).default('').describe('产能单位 · unit of the capacity'),
    operator: z
      .string()
      .length(18)
      .regex(usccPattern)
      .nullable()
      .default(null)
      .describe('运营主体统一社会信用代码,空为权属单位自营 · who runs it; null: its owner'),
    jobs: people.describe('带动就业人数 · people employed'),
    lowIncomeJobs: people.describe('其中低收入农户人数 · of them of low-income households'),
    star: starRating,
  })
  .superRefine(({ jobs, lowIncomeJobs }, context) => {
    if (lowIncomeJobs === null || (jobs !== null && lowIncomeJobs <= jobs)) return;
    const text = { zh: '不能多于带动就业人数', en: 'must not be more than the people employed' };
    context.addIssue(brokenRule(['lowIncomeJobs'], 'more-than-all', text));
  });

export const workshop = defineKind({
  id: 'workshop',
  list: 'resources',
  label: { zh: '共富工坊', en: 'workshop' },
  isPublic: true,
  owners: ['collective', 'village-committee', 'enterprise', 'sole-trader', 'cooperative', 'social-org', 'institution'],
  attributes: workshopAttributes,
  // A handful of low-income people in a named place is no statistic.
  withheld: ['lowIncomeJobs'],
  columns: [
    keyColumn('工坊编号', ['工坊序号'], 'GF-001'),
    divisionColumn,
    ownerColumn('权属单位统一社会信用代码'),
    {
      path: 'attributes.name',
      header: '工坊名称',
      headerEn: 'name',
      synonyms: ['名称', '工坊'],
      cell: { type: 'text' },
      isRequired: true,
      example: '示例工坊',
    },
    {
      path: 'attributes.workshopType',
      header: '工坊类型',
      headerEn: 'type',
      synonyms: ['类型'],
      cell: { type: 'choice', choices: workshopTypes },
      isRequired: true,
      example: '来料加工式',
    },
    ...siteColumns,
    {
      path: 'attributes.seats',
      header: '工位数',
      headerEn: 'workplaces',
      synonyms: ['工位', '可容纳人数'],
      cell: { type: 'integer' },
      isRequired: true,
      example: '40',
    },
    {
      path: 'attributes.products',
      header: '主要产品',
      headerEn: 'products',
      synonyms: ['产品'],
      cell: { type: 'texts' },
      example: '袜子、手套',
    },
    {
      path: 'attributes.capacityPerWeek',
      header: '每周产能',
      headerEn: 'capacity a week',
      synonyms: ['周产能', '产能'],
      cell: { type: 'integer' },
      example: '20000',
    },
    {
      path: 'attributes.capacityUnit',
      header: '产能单位',
      headerEn: 'unit of the capacity',
      cell: { type: 'text' },
      example: '双',
    },
    {
      path: 'attributes.operator',
      header: '运营主体统一社会信用代码',
      headerEn: 'operator’s unified social credit code',
      synonyms: ['运营主体', '运营单位代码'],
      cell: { type: 'uscc' },
      note: { zh: '空为权属单位自营', en: 'empty: run by its owner' },
      example: exampleUscc.enterprise,
    },
    {
      path: 'attributes.jobs',
      header: '带动就业人数',
      headerEn: 'people employed',
      synonyms: ['就业人数', '用工人数'],
      cell: { type: 'integer' },
      example: '32',
    },
    {
      path: 'attributes.lowIncomeJobs',
      header: '其中低收入农户人数',
      headerEn: 'of low-income households',
      synonyms: ['低收入农户人数', '带动低收入农户人数'],
      cell: { type: 'integer' },
      note: { zh: '不公开', en: 'not public' },
      example: '6',
    },
    {
      path: 'attributes.star',
      header: '星级',
      headerEn: 'star rating',
      synonyms: ['工坊星级', '评定星级'],
      cell: { type: 'decimal' },
      note: { zh: '0–5,未评留空', en: '0–5, empty when not rated' },
      example: '4.2',
    },
    ...windowColumns,
    ...pointColumns,
  ],
  priceOf: ({ rentFenPerM2Month }) => rentFenPerM2Month,
  facets: [
    {
      id: 'workshop-type',
      label: { zh: '工坊类型', en: 'type of workshop' },
      path: 'workshopType',
      terms: workshopTypes,
    },
  ],
  missingPapersOf: missingSitePapersOf,
  titleOf: (attributes) => attributes.name,
  searchTextOf: (attributes) =>
    [
      attributes.name,
      '共富工坊',
      ...namesOf(workshopTypes, [attributes.workshopType]),
      ...attributes.products,
      ...namesOf(equipmentKinds, attributes.equipment),
    ].join(' '),
});
