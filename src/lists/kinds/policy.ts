// 政策 policies of the policy-support list, with eligibility that a program can judge. Offices are named, never persons.
// The days a policy is in force are the listing's own `availableFrom` and `availableTo`.
import { z } from 'zod';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import { phonePattern } from '../../vocabulary/phone.ts';
import { partyKinds } from '../../vocabulary/party-kinds.ts';
import { eligibilityCondition } from './eligibility.ts';
import { defineKind } from './kind.ts';
import { divisionColumn, keyColumn, ownerColumn } from './listing-fields.ts';
import { namesOf } from './site-fields.ts';

export const policyCategories = [
  { code: 'fiscal', zh: '财政奖补', en: 'grant', synonyms: ['以奖代补', '补助'] },
  { code: 'tax', zh: '税收优惠', en: 'tax relief', synonyms: ['税收'] },
  { code: 'credit', zh: '金融信贷', en: 'credit', synonyms: ['共富贷', '贷款'] },
  { code: 'training', zh: '技能培训', en: 'training', synonyms: ['培训'] },
  { code: 'land', zh: '用地保障', en: 'land', synonyms: ['用地'] },
  { code: 'employment', zh: '就业帮扶', en: 'employment aid', synonyms: ['就业'] },
  { code: 'insurance', zh: '保险保障', en: 'insurance', synonyms: ['保险'] },
  { code: 'tourism', zh: '文旅融合', en: 'culture and tourism', synonyms: ['文广旅体'] },
] as const satisfies readonly CodedTerm[];

/** Whom a policy addresses: a kind of party, a workshop, a household, a person. */
export const policyAudiences: readonly CodedTerm[] = [
  ...partyKinds,
  { code: 'workshop', zh: '共富工坊', en: 'workshop', synonyms: ['工坊'] },
  { code: 'household', zh: '农户', en: 'household', synonyms: ['低收入农户'] },
  { code: 'worker', zh: '劳动者', en: 'worker', synonyms: ['从业人员', '个人'] },
];

export const policyAttributes = z.strictObject({
  name: z.string().min(1).max(100).describe('政策名称 · name'),
  number: z.string().min(1).max(60).describe('文号 · document number'),
  issuer: z.string().min(1).max(60).describe('发文单位 · issuing office'),
  category: z.enum(policyCategories.map((category) => category.code)).describe('类别 · category'),
  audiences: z
    .array(z.enum(policyAudiences.map((audience) => audience.code) as [string, ...string[]]))
    .min(1)
    .max(12)
    .describe('适用对象 · audiences'),
  benefit: z.string().min(1).max(1_000).describe('支持内容 · benefit'),
  benefitFenMax: z
    .number()
    .int()
    .min(0)
    .max(100_000_000_000)
    .nullable()
    .default(null)
    .describe('最高金额(分) · highest amount, fen'),
  eligibility: z.array(eligibilityCondition).max(12).default([]).describe('申请条件,须全部满足 · all must hold'),
  documents: z.array(z.string().min(1).max(60)).max(20).default([]).describe('申报材料 · documents'),
  contactOffice: z.string().min(1).max(60).describe('咨询科室 · contact office'),
  contactPhone: z.string().max(13).regex(phonePattern).describe('咨询电话 · phone of the office'),
});

export const policy = defineKind({
  id: 'policy',
  list: 'policies',
  label: { zh: '支持政策', en: 'policy' },
  isPublic: true,
  owners: ['government', 'institution', 'social-org', 'village-committee', 'collective'],
  attributes: policyAttributes,
  withheld: [],
  columns: [
    keyColumn('政策编号', [], 'ZC-001'),
    {
      ...divisionColumn,
      header: '适用区划',
      headerEn: 'division',
      synonyms: ['适用地区', '区划代码'],
      note: { zh: '县、乡镇或村的区划代码或名称', en: 'code or name of a county, town or village' },
      example: '330803',
    },
    ownerColumn('发文单位统一社会信用代码', { isRequired: false }),
    {
      path: 'attributes.name',
      header: '政策名称',
      headerEn: 'name',
      synonyms: ['名称'],
      cell: { type: 'text' },
      isRequired: true,
      example: '示例奖补办法',
    },
    {
      path: 'attributes.number',
      header: '文号',
      headerEn: 'document number',
      synonyms: ['发文字号'],
      cell: { type: 'text' },
      isRequired: true,
      example: '演示〔2026〕1号',
    },
    {
      path: 'attributes.issuer',
      header: '发文单位',
      headerEn: 'issuing office',
      synonyms: ['发文机关', '责任单位'],
      cell: { type: 'text' },
      isRequired: true,
      example: '演示农业农村部门',
    },
    {
      path: 'attributes.category',
      header: '类别',
      headerEn: 'category',
      synonyms: ['政策类别'],
      cell: { type: 'choice', choices: policyCategories },
      isRequired: true,
      example: '财政奖补',
    },
    {
      path: 'attributes.audiences',
      header: '适用对象',
      headerEn: 'audiences',
      synonyms: ['对象', '支持对象'],
      cell: { type: 'choices', choices: policyAudiences },
      isRequired: true,
      example: '共富工坊、企业',
    },
    {
      path: 'attributes.benefit',
      header: '支持内容',
      headerEn: 'benefit',
      synonyms: ['政策内容', '扶持内容'],
      cell: { type: 'text' },
      isRequired: true,
      example: '按年度考评结果给予奖补',
    },
    {
      path: 'attributes.benefitFenMax',
      header: '最高金额(元)',
      headerEn: 'highest amount (yuan)',
      synonyms: ['最高金额', '补助上限'],
      cell: { type: 'yuan-to-fen' },
      example: '50000',
    },
    {
      path: 'attributes.eligibility',
      header: '申请条件',
      headerEn: 'eligibility',
      synonyms: ['条件'],
      cell: { type: 'conditions' },
      note: {
        zh: '每条“字段 运算 值”,分号分开,如 工坊星级>=4;主体类型 属于 企业、合作社',
        en: '“field operator value”, separated by semicolons',
      },
      example: '工坊星级>=4;带动低收入农户人数>=5',
    },
    {
      path: 'attributes.documents',
      header: '申报材料',
      headerEn: 'documents',
      synonyms: ['材料'],
      cell: { type: 'texts' },
      example: '申请表、工资台账',
    },
    {
      path: 'attributes.contactOffice',
      header: '咨询科室',
      headerEn: 'contact office',
      synonyms: ['联系科室', '咨询单位'],
      cell: { type: 'text' },
      isRequired: true,
      example: '演示服务窗口',
    },
    {
      path: 'attributes.contactPhone',
      header: '咨询电话',
      headerEn: 'phone of the office',
      synonyms: ['联系电话', '电话'],
      cell: { type: 'phone' },
      isRequired: true,
      example: '0570-3838383',
    },
    {
      path: 'availableFrom',
      header: '生效日期',
      headerEn: 'in force from',
      synonyms: ['施行日期', '起始日期'],
      cell: { type: 'date' },
      isRequired: true,
      example: '2026-01-01',
    },
    {
      path: 'availableTo',
      header: '失效日期',
      headerEn: 'in force to',
      synonyms: ['截止日期', '有效期至'],
      cell: { type: 'date' },
      note: { zh: '含当日;空为长期', en: 'that day included; empty: open end' },
      example: '2027-12-31',
    },
  ],
  titleOf: (attributes) => attributes.name,
  searchTextOf: (attributes) =>
    [
      attributes.name,
      attributes.number,
      attributes.issuer,
      ...namesOf(policyCategories, [attributes.category]),
      ...namesOf(policyAudiences, attributes.audiences),
      attributes.benefit,
    ].join(' '),
});
