// 渠道需求 what a market channel wants to buy: category, volume and terms.
import { z } from 'zod';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import { productCategories } from '../../vocabulary/product-categories.ts';
import { monthCodes, months } from '../../vocabulary/recurring-times.ts';
import { defineKind } from './kind.ts';
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

const channelTypes = [
  { code: 'agri-investment', zh: '农投公司', en: 'agricultural investment company', synonyms: ['农投'] },
  { code: 'supply-coop', zh: '供销社', en: 'supply and marketing cooperative', synonyms: ['供销', '农合联'] },
  { code: 'e-commerce', zh: '电商平台', en: 'e-commerce platform', synonyms: ['电商', '网店', '直播电商'] },
  { code: 'supermarket', zh: '商超', en: 'supermarket', synonyms: ['超市', '便利店'] },
  { code: 'wholesale', zh: '批发市场', en: 'wholesale market', synonyms: ['批发', '批发商'] },
  { code: 'canteen', zh: '食堂团餐', en: 'canteen', synonyms: ['食堂', '团餐', '学校食堂'] },
  { code: 'brand-owner', zh: '品牌企业', en: 'brand owner', synonyms: ['品牌商', '代工采购'] },
  { code: 'export', zh: '外贸', en: 'export', synonyms: ['出口'] },
] as const satisfies readonly CodedTerm[];

const contractTerms = [
  { code: 'standing', zh: '长期包销', en: 'standing order', synonyms: ['包销', '长期合同'] },
  { code: 'framework', zh: '框架协议', en: 'framework agreement', synonyms: ['年度框架'] },
  { code: 'single', zh: '单次采购', en: 'single purchase', synonyms: ['一次性采购', '按单'] },
  { code: 'consignment', zh: '代销', en: 'consignment', synonyms: ['寄售'] },
] as const satisfies readonly CodedTerm[];

const attributes = z.strictObject({
  channelName: z.string().min(1).max(60).describe('渠道名称 · channel'),
  channelType: z.enum(channelTypes.map((type) => type.code)).describe('渠道类型 · type'),
  categories: z
    .array(z.enum(productCategories.map((category) => category.code)))
    .min(1)
    .max(productCategories.length)
    .describe('需求品类 · categories'),
  wanted: z.string().min(1).max(200).describe('需求说明 · what is wanted'),
  quantityPerMonth: z.number().int().min(1).max(1_000_000_000).describe('每月需求量 · quantity a month'),
  unit: z.string().min(1).max(8).describe('计量单位 · unit'),
  months: z.array(z.enum(monthCodes)).max(12).default([]).describe('需求月份,空为全年 · months; empty: all year'),
  contractTerm: z.enum(contractTerms.map((term) => term.code)).describe('合作方式 · kind of contract'),
  payDays: z.number().int().min(0).max(365).describe('账期(天),现结为 0 · days until payment; 0: at once'),
  feePermille: z.number().int().min(0).max(500).default(0).describe('渠道费(‰) · fee of the channel, ‰'),
  priceLiMax: z
    .number()
    .int()
    .min(0)
    .max(10_000_000_000)
    .nullable()
    .default(null)
    .describe('最高收购价(厘/单位),不公开 · highest price, withheld'),
  requirements: z.string().max(500).default('').describe('质量与包装要求 · requirements'),
  ...contactFields,
});

export const channelDemand = defineKind({
  id: 'channel-demand',
  list: 'supply-demand',
  label: { zh: '渠道需求', en: 'channel demand' },
  isPublic: true,
  owners: ['enterprise', 'sole-trader', 'cooperative', 'collective', 'institution', 'government', 'social-org'],
  attributes,
  withheld: ['priceLiMax', ...contactWithheld],
  columns: [
    keyColumn('需求编号', ['渠道编号'], 'QD-001'),
    { ...divisionColumn, header: '收货地', headerEn: 'place of delivery', synonyms: ['收货地点', '行政村', '所在地'] },
    {
      ...ownerColumn('采购单位统一社会信用代码', { synonyms: ['采购单位'] }),
      example: exampleUscc.enterprise,
    },
    {
      path: 'attributes.channelName',
      header: '渠道名称',
      headerEn: 'channel',
      synonyms: ['渠道', '名称'],
      cell: { type: 'text' },
      isRequired: true,
      example: '示例供销超市',
    },
    {
      path: 'attributes.channelType',
      header: '渠道类型',
      headerEn: 'type',
      synonyms: ['类型'],
      cell: { type: 'choice', choices: channelTypes },
      isRequired: true,
      example: '供销社',
    },
    {
      path: 'attributes.categories',
      header: '需求品类',
      headerEn: 'categories',
      synonyms: ['品类', '类别'],
      cell: { type: 'choices', choices: productCategories },
      isRequired: true,
      note: { zh: '多项用顿号分开', en: 'several separated by 、' },
      example: '水果、加工食品',
    },
    {
      path: 'attributes.wanted',
      header: '需求说明',
      headerEn: 'what is wanted',
      synonyms: ['需求内容', '说明'],
      cell: { type: 'text' },
      isRequired: true,
      example: '一级椪柑和手工粉干,可贴牌',
    },
    {
      path: 'attributes.quantityPerMonth',
      header: '每月需求量',
      headerEn: 'quantity a month',
      synonyms: ['月需求量', '数量', '需求量'],
      cell: { type: 'integer' },
      isRequired: true,
      example: '30000',
    },
    {
      path: 'attributes.unit',
      header: '单位',
      headerEn: 'unit',
      synonyms: ['计量单位'],
      cell: { type: 'text' },
      isRequired: true,
      example: '公斤',
    },
    {
      path: 'attributes.months',
      header: '需求月份',
      headerEn: 'months',
      synonyms: ['采购月份'],
      cell: { type: 'choices', choices: months },
      note: { zh: '空为全年', en: 'empty: all year' },
      example: '11月、12月',
    },
    {
      path: 'attributes.contractTerm',
      header: '合作方式',
      headerEn: 'kind of contract',
      synonyms: ['采购方式', '合同方式'],
      cell: { type: 'choice', choices: contractTerms },
      isRequired: true,
      example: '框架协议',
    },
    {
      path: 'attributes.payDays',
      header: '账期(天)',
      headerEn: 'days until payment',
      synonyms: ['账期', '结算天数'],
      cell: { type: 'integer' },
      isRequired: true,
      note: { zh: '现结填 0', en: '0: at once' },
      example: '30',
    },
    {
      path: 'attributes.feePermille',
      header: '渠道费(%)',
      headerEn: 'fee of the channel (%)',
      synonyms: ['扣点', '渠道费'],
      cell: { type: 'percent-to-permille' },
      example: '2.5',
    },
    {
      path: 'attributes.priceLiMax',
      header: '最高收购价(元)',
      headerEn: 'highest price (yuan)',
      synonyms: ['收购价上限'],
      cell: { type: 'yuan-to-li' },
      note: { zh: '只用于撮合,不公开', en: 'used for matching only, never public' },
      example: '3.5',
    },
    {
      path: 'attributes.requirements',
      header: '质量与包装要求',
      headerEn: 'requirements',
      synonyms: ['质量要求', '要求'],
      cell: { type: 'text' },
      example: '单果 150 克以上,5 公斤箱装',
    },
    ...contactColumns,
    ...windowColumns,
    ...pointColumns,
  ],
  titleOf: ({ channelName, categories, quantityPerMonth, unit }) =>
    `${channelName} 收购${namesOf(productCategories, categories).slice(0, 3).join('、')} 每月${quantityPerMonth}${unit}`,
  searchTextOf: ({ channelName, channelType, categories, wanted }) =>
    [
      ...[channelName, '渠道需求 收购', wanted, ...namesOf(channelTypes, [channelType])],
      ...productCategories.flatMap(({ code, zh, synonyms }) => (categories.includes(code) ? [zh, ...synonyms] : [])),
    ].join(' '),
});
