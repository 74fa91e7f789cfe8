// 专家、技术、培训的供给与需求: what a university, a station or an enterprise can teach, and what somebody needs to learn or solve.
// One kind with a direction: both sides say the same things. Whoever stands behind an offer as a person is in talent.ts.
import { z } from 'zod';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import { expertiseFields, expertiseForms } from '../../vocabulary/expertise-fields.ts';
import { partyKindCodes } from '../../vocabulary/party-kinds.ts';
import { defineKind } from './kind.ts';
import {
  contactColumns,
  contactFields,
  contactWithheld,
  divisionColumn,
  keyColumn,
  ownerColumn,
  windowColumns,
} from './listing-fields.ts';
import { namesOf } from './site-fields.ts';

const directions = [
  { code: 'supply', zh: '供给', en: 'supply', synonyms: ['提供', '可提供'] },
  { code: 'demand', zh: '需求', en: 'demand', synonyms: ['需要', '求助'] },
] as const satisfies readonly CodedTerm[];

const deliveries = [
  { code: 'on-site', zh: '现场', en: 'on site', synonyms: ['上门', '实地'] },
  { code: 'online', zh: '线上', en: 'online', synonyms: ['网络', '远程'] },
  { code: 'either', zh: '均可', en: 'either', synonyms: ['线上线下均可'] },
] as const satisfies readonly CodedTerm[];

const attributes = z.strictObject({
  direction: z.enum(directions.map((direction) => direction.code)).describe('供需方向 · supply or demand'),
  form: z.enum(expertiseForms.map((form) => form.code)).describe('形式:专家、技术或培训 · form'),
  field: z.enum(expertiseFields.map((field) => field.code)).describe('专业领域 · field'),
  topic: z.string().min(1).max(80).describe('主题 · topic'),
  details: z.string().max(1_000).default('').describe('内容或要解决的问题 · content, or the problem to solve'),
  delivery: z
    .enum(deliveries.map((delivery) => delivery.code))
    .default('either')
    .describe('方式 · how'),
  days: z.number().int().min(1).max(365).nullable().default(null).describe('天数 · days'),
  participants: z.number().int().min(1).max(10_000).nullable().default(null).describe('人数 · participants'),
  feeFen: z
    .number()
    .int()
    .min(0)
    .max(10_000_000_000)
    .nullable()
    .default(null)
    .describe('费用或预算(分),公益为 0,面议为空,不公开 · fee or budget, fen; 0: free, null: open; withheld'),
  ...contactFields,
});

export const expertise = defineKind({
  id: 'expertise',
  list: 'supply-demand',
  label: { zh: '专家技术培训供需', en: 'expertise offered or wanted' },
  isPublic: true,
  owners: partyKindCodes,
  attributes,
  withheld: ['feeFen', ...contactWithheld],
  columns: [
    keyColumn('供需编号', [], 'ZJ-001'),
    divisionColumn,
    ownerColumn('发布单位统一社会信用代码', { synonyms: ['发布单位'] }),
    {
      path: 'attributes.direction',
      header: '供需方向',
      headerEn: 'supply or demand',
      synonyms: ['方向', '供需'],
      cell: { type: 'choice', choices: directions },
      isRequired: true,
      example: '需求',
    },
    {
      path: 'attributes.form',
      header: '形式',
      headerEn: 'form',
      synonyms: ['类型', '类别'],
      cell: { type: 'choice', choices: expertiseForms },
      isRequired: true,
      example: '专家服务',
    },
    {
      path: 'attributes.field',
      header: '专业领域',
      headerEn: 'field',
      synonyms: ['领域', '专业'],
      cell: { type: 'choice', choices: expertiseFields },
      isRequired: true,
      example: '种植技术',
    },
    {
      path: 'attributes.topic',
      header: '主题',
      headerEn: 'topic',
      synonyms: ['题目', '名称'],
      cell: { type: 'text' },
      isRequired: true,
      example: '老橘园改造',
    },
    {
      path: 'attributes.details',
      header: '内容或问题',
      headerEn: 'content or problem',
      synonyms: ['内容', '问题', '说明'],
      cell: { type: 'text' },
      example: '树龄 25 年以上,产量下降,需要改造方案',
    },
    {
      path: 'attributes.delivery',
      header: '服务方式',
      headerEn: 'how',
      synonyms: ['方式'],
      cell: { type: 'choice', choices: deliveries },
      example: '现场',
    },
    { path: 'attributes.days', header: '天数', headerEn: 'days', cell: { type: 'integer' }, example: '2' },
    {
      path: 'attributes.participants',
      header: '人数',
      headerEn: 'participants',
      synonyms: ['参训人数'],
      cell: { type: 'integer' },
      example: '30',
    },
    {
      path: 'attributes.feeFen',
      header: '费用或预算(元)',
      headerEn: 'fee or budget (yuan)',
      synonyms: ['费用', '预算'],
      cell: { type: 'yuan-to-fen' },
      note: { zh: '公益填 0,面议留空;不公开', en: '0: free, empty: open to talk; not public' },
      example: '2000',
    },
    ...contactColumns,
    ...windowColumns,
  ],
  facets: [
    {
      id: 'expertise-field',
      label: { zh: '专业领域', en: 'field of expertise' },
      path: 'field',
      terms: expertiseFields,
    },
  ],
  titleOf: ({ direction, form, topic }) =>
    `${topic} ${namesOf(expertiseForms, [form]).join('')}${namesOf(directions, [direction]).join('')}`,
  searchTextOf: ({ topic, details, field, form, direction }) => {
    const term = expertiseFields.find((candidate) => candidate.code === field);
    return [
      ...[topic, details, term?.zh ?? '', ...(term?.synonyms ?? [])],
      ...namesOf(expertiseForms, [form]),
      ...namesOf(directions, [direction]),
    ].join(' ');
  },
});
