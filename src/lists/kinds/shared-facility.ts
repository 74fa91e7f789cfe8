// 共享设施 shared facilities: what a village or an enterprise opens to others by the hour, the day or the ton.
import { z } from 'zod';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import type { IntendedUse, LandUseCode } from '../../vocabulary/land-use.ts';
import { judgeLandUse, landUseCodes, landUses } from '../../vocabulary/land-use.ts';
import { partyKindCodes } from '../../vocabulary/party-kinds.ts';
import { halfDayCodes, halfDays } from '../../vocabulary/recurring-times.ts';
import { decisionColumns } from './decision-fields.ts';
import { brokenRule, defineKind } from './kind.ts';
import {
  contactColumns,
  contactFields,
  contactWithheld,
  divisionColumn,
  keyColumn,
  ownerColumn,
  pointColumns,
  windowColumns,
} from './listing-fields.ts';
import { namesOf } from './site-fields.ts';

/** `use`: as what the land-use law judges it. */
const facilityTypes = [
  { code: 'cold-store', zh: '冷库', en: 'cold store', synonyms: ['共享冷库', '保鲜库'], use: 'workshop' },
  { code: 'drying-hall', zh: '烘干晾晒中心', en: 'drying hall', synonyms: ['烘干房', '晒场', '烘干'], use: 'workshop' },
  { code: 'sorting-line', zh: '分拣包装线', en: 'sorting line', synonyms: ['分拣线', '包装线'], use: 'workshop' },
  { code: 'warehouse', zh: '周转仓', en: 'transit store', synonyms: ['共享仓库', '仓库'], use: 'workshop' },
  { code: 'parking', zh: '停车场', en: 'parking', synonyms: ['车位', '停车位'], use: 'workshop' },
  {
    code: 'kitchen',
    zh: '共享厨房',
    en: 'kitchen',
    synonyms: ['中央厨房', '乡宴厅', '食堂'],
    use: 'homestay-catering',
  },
  { code: 'live-room', zh: '直播间', en: 'live-streaming room', synonyms: ['共享直播间'], use: 'workshop' },
  { code: 'training-room', zh: '培训教室', en: 'training room', synonyms: ['培训室', '会议室'], use: 'workshop' },
  { code: 'greenhouse', zh: '共享大棚', en: 'greenhouse', synonyms: ['大棚', '育苗棚'], use: 'other-crops' },
] as const satisfies readonly (CodedTerm & { use: IntendedUse })[];

const capacityUnits = [
  { code: 'ton', zh: '吨', en: 't', synonyms: [] },
  { code: 'ton-per-day', zh: '吨/天', en: 't a day', synonyms: ['吨每天'] },
  { code: 'm2', zh: '平方米', en: 'm²', synonyms: ['㎡', '平米'] },
  { code: 'm3', zh: '立方米', en: 'm³', synonyms: ['立方', '方'] },
  { code: 'place', zh: '位', en: 'places', synonyms: ['车位', '座位', '人'] },
] as const satisfies readonly CodedTerm[];

const feeUnits = [
  { code: 'hour', zh: '小时', en: 'hour', synonyms: ['时'] },
  { code: 'half-day', zh: '半天', en: 'half-day', synonyms: [] },
  { code: 'day', zh: '天', en: 'day', synonyms: ['日'] },
  { code: 'month', zh: '月', en: 'month', synonyms: [] },
  { code: 'ton', zh: '吨', en: 'ton', synonyms: [] },
  { code: 'use', zh: '次', en: 'use', synonyms: [] },
] as const satisfies readonly CodedTerm[];

const useOf = (type: (typeof facilityTypes)[number]['code']): IntendedUse =>
  facilityTypes.find((term) => term.code === type)?.use ?? 'workshop';

const attributes = z
  .strictObject({
    name: z.string().min(1).max(60).describe('设施名称 · name'),
    facilityType: z.enum(facilityTypes.map((type) => type.code)).describe('设施类型 · type'),
    landUse: z.enum(landUseCodes as [LandUseCode, ...LandUseCode[]]).describe('用地类型 · land-use code'),
    capacity: z.number().min(0).max(1_000_000).describe('容量 · capacity'),
    capacityUnit: z.enum(capacityUnits.map((unit) => unit.code)).describe('容量单位 · unit of the capacity'),
    powerKw: z.number().min(0).max(10_000).default(0).describe('用电容量(千瓦) · electric power, kW'),
    feeFen: z.number().int().min(0).max(100_000_000).describe('收费(分/计费单位),免费为 0 · fee, fen; 0: free'),
    feeUnit: z.enum(feeUnits.map((unit) => unit.code)).describe('计费单位 · what is paid for'),
    bookableSlots: z
      .array(z.enum(halfDayCodes))
      .max(halfDayCodes.length)
      .default([])
      .describe('每周开放半天,空为每天 · half-days of a week; empty: every day'),
    rules: z.string().max(500).default('').describe('使用须知 · terms of use'),
    ...contactFields,
  })
  .superRefine((facility, context) => {
    const { verdict, rule, text } = judgeLandUse(facility, useOf(facility.facilityType));
    if (verdict === 'forbidden') context.addIssue(brokenRule(['landUse'], 'land-use-forbidden', text, { rule }));
  });

export const sharedFacility = defineKind({
  id: 'shared-facility',
  list: 'resources',
  label: { zh: '共享设施', en: 'shared facility' },
  isPublic: true,
  isCommonAsset: true,
  owners: partyKindCodes,
  attributes,
  withheld: contactWithheld,
  columns: [
    keyColumn('设施编号', ['资源编号'], 'SS-001'),
    divisionColumn,
    ownerColumn('权属单位统一社会信用代码'),
    {
      path: 'attributes.name',
      header: '设施名称',
      headerEn: 'name',
      synonyms: ['名称', '资源名称'],
      cell: { type: 'text' },
      isRequired: true,
      example: '村集体冷库',
    },
    {
      path: 'attributes.facilityType',
      header: '设施类型',
      headerEn: 'type',
      synonyms: ['类型', '资源类型'],
      cell: { type: 'choice', choices: facilityTypes },
      isRequired: true,
      example: '冷库',
    },
    {
      path: 'attributes.landUse',
      header: '用地类型',
      headerEn: 'land use',
      synonyms: ['土地用途', '用地性质'],
      cell: { type: 'choice', choices: landUses },
      isRequired: true,
      note: { zh: '法律不允许的用途不能登记', en: 'uses the law forbids on this land are refused' },
      example: '集体经营性建设用地',
    },
    {
      path: 'attributes.capacity',
      header: '容量',
      headerEn: 'capacity',
      synonyms: ['规模', '能力'],
      cell: { type: 'decimal' },
      isRequired: true,
      example: '50',
    },
    {
      path: 'attributes.capacityUnit',
      header: '容量单位',
      headerEn: 'unit of the capacity',
      cell: { type: 'choice', choices: capacityUnits },
      isRequired: true,
      example: '吨',
    },
    {
      path: 'attributes.powerKw',
      header: '用电容量(千瓦)',
      headerEn: 'power (kW)',
      synonyms: ['用电容量', '功率'],
      cell: { type: 'decimal' },
      example: '30',
    },
    {
      path: 'attributes.feeFen',
      header: '收费(元)',
      headerEn: 'fee (yuan)',
      synonyms: ['收费标准', '价格', '收费'],
      cell: { type: 'yuan-to-fen' },
      isRequired: true,
      note: { zh: '免费填 0', en: '0: free' },
      example: '3.50',
    },
    {
      path: 'attributes.feeUnit',
      header: '计费单位',
      headerEn: 'paid by',
      synonyms: ['收费单位'],
      cell: { type: 'choice', choices: feeUnits },
      isRequired: true,
      example: '天',
    },
    {
      path: 'attributes.bookableSlots',
      header: '开放时段',
      headerEn: 'open half-days',
      synonyms: ['可预约时段', '开放时间'],
      cell: { type: 'choices', choices: halfDays },
      note: { zh: '每周半天,空为每天', en: 'half-days of a week, empty: every day' },
      example: '周一上午、周三下午',
    },
    {
      path: 'attributes.rules',
      header: '使用须知',
      headerEn: 'terms of use',
      cell: { type: 'text' },
      example: '提前一天预约',
    },
    ...contactColumns,
    ...decisionColumns,
    ...windowColumns,
    ...pointColumns,
  ],
  conditionsOf: (facility) => {
    const { verdict, rule, text } = judgeLandUse(facility, useOf(facility.facilityType));
    return verdict === 'conditional' ? [{ rule, text }] : [];
  },
  priceOf: ({ feeFen }) => feeFen,
  facets: [
    {
      id: 'facility-type',
      label: { zh: '设施类型', en: 'type of facility' },
      path: 'facilityType',
      terms: facilityTypes,
    },
  ],
  titleOf: ({ name, capacity, capacityUnit }) =>
    `${name} ${capacity}${namesOf(capacityUnits, [capacityUnit]).join('')}`,
  searchTextOf: ({ name, facilityType }) => {
    const type = facilityTypes.find((term) => term.code === facilityType);
    return [name, '共享设施', type?.zh ?? '', ...(type?.synonyms ?? [])].join(' ');
  },
});
