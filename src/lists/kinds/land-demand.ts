// 用地需求 who looks for land, for what, how near; among them a livestock farm that needs fields to take its manure (消纳).
// The land-use law judges the use against every kind of land that would be accepted.
import { z } from 'zod';
import { formatMu } from '../../vocabulary/area.ts';
import type { IntendedUse, LandUseCode } from '../../vocabulary/land-use.ts';
import { intendedUseCodes, intendedUses, landUseCodes, landUses, landUseVerdict } from '../../vocabulary/land-use.ts';
import { monthCodes, months } from '../../vocabulary/recurring-times.ts';
import { brokenRule, defineKind } from './kind.ts';
import {
  contactColumns,
  contactFields,
  contactWithheld,
  divisionColumn,
  exampleUscc,
  keyColumn,
  ownerColumn,
  pointColumns,
  windowColumns,
} from './listing-fields.ts';
import { namesOf } from './site-fields.ts';

const isAbsorption = (use: IntendedUse) => use === 'manure-absorption';

const attributes = z
  .strictObject({
    name: z.string().min(1).max(60).describe('需求名称 · name'),
    intendedUse: z.enum(intendedUseCodes as [IntendedUse, ...IntendedUse[]]).describe('拟用途 · intended use'),
    landUses: z
      .array(z.enum(landUseCodes as [LandUseCode, ...LandUseCode[]]))
      .min(1)
      .max(landUseCodes.length)
      .describe('可接受的用地类型 · land uses that would do'),
    areaMuX100: z.number().int().min(1).max(100_000_000).describe('需求面积(亩×100) · area, hundredths of a mu'),
    isContiguous: z.boolean().default(false).describe('须集中连片 · one contiguous block'),
    maxDistanceKm: z.number().min(0).max(500).describe('最远距离(公里) · farthest distance, km'),
    months: z
      .array(z.enum(monthCodes))
      .max(12)
      .default([])
      .describe('使用月份,空为全年 · months of use; empty: all year'),
    termMonths: z.number().int().min(1).max(840).describe('期限(月) · term, months'),
    rentFenPerMuYearMax: z
      .number()
      .int()
      .min(0)
      .max(10_000_000)
      .nullable()
      .default(null)
      .describe('最高租金(分/亩/年),不公开 · highest rent, withheld'),
    crops: z.array(z.string().min(1).max(20)).max(10).default([]).describe('作物 · crops'),
    absorptionKgPerMuYear: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .nullable()
      .default(null)
      .describe('消纳量(公斤/亩/年),消纳必填 · manure a mu takes in a year, kg; for absorption'),
    savingFenPerMuYear: z
      .number()
      .int()
      .min(0)
      .max(10_000_000)
      .nullable()
      .default(null)
      .describe('每亩节省化肥(分/年) · fertiliser saved by the holder, fen per mu and year'),
    ...contactFields,
  })
  .superRefine((demand, context) => {
    demand.landUses.forEach((landUse, index) => {
      const { verdict, rule, text } = landUseVerdict(demand.intendedUse, landUse);
      if (verdict === 'forbidden')
        context.addIssue(brokenRule(['landUses', index], 'land-use-forbidden', text, { rule }));
    });
    if (isAbsorption(demand.intendedUse) !== (demand.absorptionKgPerMuYear !== null)) {
      const text = isAbsorption(demand.intendedUse)
        ? { zh: '用途为消纳时必填', en: 'is needed for absorption' }
        : { zh: '只在用途为消纳时填写', en: 'is for absorption only' };
      context.addIssue(brokenRule(['absorptionKgPerMuYear'], 'absorption-load', text));
    }
  });

export const landDemand = defineKind({
  id: 'land-demand',
  list: 'supply-demand',
  label: { zh: '用地需求', en: 'land demand' },
  isPublic: true,
  owners: ['enterprise', 'sole-trader', 'cooperative', 'collective', 'institution'],
  attributes,
  withheld: ['rentFenPerMuYearMax', ...contactWithheld],
  columns: [
    keyColumn('需求编号', ['用地编号'], 'YD-001'),
    {
      ...divisionColumn,
      header: '中心位置',
      headerEn: 'centre',
      synonyms: ['需求地', '行政村', '村', '所在地'],
      note: { zh: '距离从这里算起;填代码或“镇+村”名称', en: 'distances count from here; code or name' },
    },
    { ...ownerColumn('需求单位统一社会信用代码', { synonyms: ['需求单位'] }), example: exampleUscc.enterprise },
    {
      path: 'attributes.name',
      header: '需求名称',
      headerEn: 'name',
      synonyms: ['名称'],
      cell: { type: 'text' },
      isRequired: true,
      example: '粪肥还田消纳用地',
    },
    {
      path: 'attributes.intendedUse',
      header: '拟用途',
      headerEn: 'intended use',
      synonyms: ['用途', '土地用途'],
      cell: { type: 'choice', choices: intendedUses },
      isRequired: true,
      example: '粪肥还田消纳',
    },
    {
      path: 'attributes.landUses',
      header: '可接受用地类型',
      headerEn: 'land uses that would do',
      synonyms: ['用地类型', '土地类型'],
      cell: { type: 'choices', choices: landUses },
      isRequired: true,
      note: { zh: '法律不允许的组合不能登记', en: 'what the law forbids is refused' },
      example: '一般耕地、园地林地草地',
    },
    {
      path: 'attributes.areaMuX100',
      header: '需求面积(亩)',
      headerEn: 'area (mu)',
      synonyms: ['面积', '亩数', '需求面积'],
      cell: { type: 'area-mu-x100' },
      isRequired: true,
      example: '30000',
    },
    {
      path: 'attributes.isContiguous',
      header: '须集中连片',
      headerEn: 'contiguous',
      synonyms: ['连片', '是否连片'],
      cell: { type: 'yes-no' },
      example: '否',
    },
    {
      path: 'attributes.maxDistanceKm',
      header: '最远距离(公里)',
      headerEn: 'farthest distance (km)',
      synonyms: ['距离', '最远距离', '运距'],
      cell: { type: 'decimal' },
      isRequired: true,
      example: '15',
    },
    {
      path: 'attributes.months',
      header: '使用月份',
      headerEn: 'months of use',
      synonyms: ['季节', '施用月份'],
      cell: { type: 'choices', choices: months },
      note: { zh: '空为全年', en: 'empty: all year' },
      example: '3月、4月、10月、11月',
    },
    {
      path: 'attributes.termMonths',
      header: '期限(月)',
      headerEn: 'term (months)',
      synonyms: ['期限', '租期(月)'],
      cell: { type: 'integer' },
      isRequired: true,
      example: '36',
    },
    {
      path: 'attributes.rentFenPerMuYearMax',
      header: '最高租金(元/亩/年)',
      headerEn: 'highest rent (yuan per mu and year)',
      synonyms: ['租金上限', '最高租金'],
      cell: { type: 'yuan-to-fen' },
      note: { zh: '只用于撮合,不公开', en: 'used for matching only, never public' },
      example: '20',
    },
    {
      path: 'attributes.crops',
      header: '作物',
      headerEn: 'crops',
      synonyms: ['种植作物'],
      cell: { type: 'texts' },
      example: '水稻、油菜、椪柑',
    },
    {
      path: 'attributes.absorptionKgPerMuYear',
      header: '消纳量(公斤/亩/年)',
      headerEn: 'manure load (kg per mu and year)',
      synonyms: ['消纳量', '施用量'],
      cell: { type: 'integer' },
      note: { zh: '仅用途为消纳时填写', en: 'for absorption only' },
      example: '2000',
    },
    {
      path: 'attributes.savingFenPerMuYear',
      header: '每亩节省(元/年)',
      headerEn: 'saving per mu (yuan a year)',
      synonyms: ['每亩节省', '节省化肥'],
      cell: { type: 'yuan-to-fen' },
      example: '30',
    },
    ...contactColumns,
    ...windowColumns,
    ...pointColumns,
  ],
  conditionsOf: ({ intendedUse, landUses: accepted }) =>
    accepted.flatMap((landUse) => {
      const { verdict, rule, text } = landUseVerdict(intendedUse, landUse);
      return verdict === 'conditional' ? [{ rule, text }] : [];
    }),
  titleOf: ({ name, areaMuX100 }) => `${name} ${formatMu(areaMuX100)}`,
  searchTextOf: ({ name, intendedUse, landUses: accepted, crops }) => {
    const use = intendedUses.find((term) => term.code === intendedUse);
    return [
      ...[name, '用地需求', use?.zh ?? '', ...(use?.synonyms ?? [])],
      ...namesOf(landUses, accepted),
      ...crops,
    ].join(' ');
  },
});
