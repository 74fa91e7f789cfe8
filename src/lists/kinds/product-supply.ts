// 产品供给 what a workshop, a cooperative or a village has to sell.
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
  keyColumn,
  ownerColumn,
  pointColumns,
  windowColumns,
} from './listing-fields.ts';
import { namesOf } from './site-fields.ts';

const productMarks = [
  { code: 'green-food', zh: '绿色食品', en: 'Green Food', synonyms: ['绿色'] },
  { code: 'organic', zh: '有机产品', en: 'organic', synonyms: ['有机'] },
  { code: 'geographical-indication', zh: '地理标志', en: 'geographical indication', synonyms: ['地标'] },
  { code: 'food-licence', zh: '食品生产许可', en: 'food production licence', synonyms: ['SC', 'SC认证'] },
  { code: 'small-workshop', zh: '食品小作坊登记', en: 'registered small food workshop', synonyms: ['小作坊登记'] },
  { code: 'intangible-heritage', zh: '非遗', en: 'intangible heritage', synonyms: ['非物质文化遗产'] },
] as const satisfies readonly CodedTerm[];

const attributes = z.strictObject({
  productName: z.string().min(1).max(60).describe('产品名称 · product'),
  category: z.enum(productCategories.map((category) => category.code)).describe('品类 · category'),
  brand: z.string().max(60).default('').describe('品牌 · brand'),
  quantityPerMonth: z.number().int().min(1).max(1_000_000_000).describe('每月可供数量 · quantity a month'),
  unit: z.string().min(1).max(8).describe('计量单位 · unit'),
  months: z.array(z.enum(monthCodes)).max(12).default([]).describe('供应月份,空为全年 · months; empty: all year'),
  priceLi: z.number().int().min(0).max(10_000_000_000).describe('供货价(厘/单位) · price of one unit, li'),
  floorPriceLi: z
    .number()
    .int()
    .min(0)
    .max(10_000_000_000)
    .nullable()
    .default(null)
    .describe('最低价(厘/单位),不公开 · lowest price, withheld'),
  marks: z
    .array(z.enum(productMarks.map((mark) => mark.code)))
    .max(productMarks.length)
    .default([])
    .describe('认证与资质 · certificates'),
  shelfLifeDays: z.number().int().min(1).max(3_650).nullable().default(null).describe('保质期(天) · shelf life, days'),
  isColdChain: z.boolean().default(false).describe('需冷链 · needs a cold chain'),
  ...contactFields,
});

export const productSupply = defineKind({
  id: 'product-supply',
  list: 'supply-demand',
  label: { zh: '产品供给', en: 'product supply' },
  isPublic: true,
  owners: ['enterprise', 'sole-trader', 'cooperative', 'collective', 'social-org'],
  attributes,
  withheld: ['floorPriceLi', ...contactWithheld],
  columns: [
    keyColumn('供给编号', ['产品编号'], 'GJ-001'),
    { ...divisionColumn, header: '产地', headerEn: 'place of origin', synonyms: ['行政村', '村', '所在地', '产地村'] },
    ownerColumn('供货单位统一社会信用代码', { synonyms: ['供货单位'] }),
    {
      path: 'attributes.productName',
      header: '产品名称',
      headerEn: 'product',
      synonyms: ['产品', '品名', '名称'],
      cell: { type: 'text' },
      isRequired: true,
      example: '椪柑',
    },
    {
      path: 'attributes.category',
      header: '品类',
      headerEn: 'category',
      synonyms: ['类别', '产品类别'],
      cell: { type: 'choice', choices: productCategories },
      isRequired: true,
      example: '水果',
    },
    {
      path: 'attributes.brand',
      header: '品牌',
      headerEn: 'brand',
      synonyms: ['商标'],
      cell: { type: 'text' },
      example: '示例红',
    },
    {
      path: 'attributes.quantityPerMonth',
      header: '每月可供数量',
      headerEn: 'quantity a month',
      synonyms: ['月供应量', '数量', '供应量'],
      cell: { type: 'integer' },
      isRequired: true,
      example: '20000',
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
      header: '供应月份',
      headerEn: 'months',
      synonyms: ['上市月份', '供应期'],
      cell: { type: 'choices', choices: months },
      note: { zh: '空为全年', en: 'empty: all year' },
      example: '11月、12月、1月',
    },
    {
      path: 'attributes.priceLi',
      header: '供货价(元)',
      headerEn: 'price (yuan)',
      synonyms: ['单价', '价格', '供货价'],
      cell: { type: 'yuan-to-li' },
      isRequired: true,
      example: '3.2',
    },
    {
      path: 'attributes.floorPriceLi',
      header: '最低价(元)',
      headerEn: 'lowest price (yuan)',
      synonyms: ['底价'],
      cell: { type: 'yuan-to-li' },
      note: { zh: '只用于撮合,不公开', en: 'used for matching only, never public' },
      example: '2.8',
    },
    {
      path: 'attributes.marks',
      header: '认证与资质',
      headerEn: 'certificates',
      synonyms: ['认证', '资质'],
      cell: { type: 'choices', choices: productMarks },
      example: '绿色食品、地理标志',
    },
    {
      path: 'attributes.shelfLifeDays',
      header: '保质期(天)',
      headerEn: 'shelf life (days)',
      synonyms: ['保质期'],
      cell: { type: 'integer' },
      example: '30',
    },
    {
      path: 'attributes.isColdChain',
      header: '需冷链',
      headerEn: 'cold chain',
      synonyms: ['冷链'],
      cell: { type: 'yes-no' },
      example: '否',
    },
    ...contactColumns,
    ...windowColumns,
    ...pointColumns,
  ],
  priceOf: ({ priceLi }) => priceLi,
  facets: [
    {
      id: 'product-category',
      label: { zh: '产品品类', en: 'category of product' },
      path: 'category',
      terms: productCategories,
    },
  ],
  titleOf: ({ productName, quantityPerMonth, unit }) => `${productName} 每月${quantityPerMonth}${unit}`,
  searchTextOf: ({ productName, category, brand, marks }) => {
    const term = productCategories.find((candidate) => candidate.code === category);
    return [
      ...[productName, '产品供给', brand, term?.zh ?? '', ...(term?.synonyms ?? [])],
      ...namesOf(productMarks, marks),
    ].join(' ');
  },
});
