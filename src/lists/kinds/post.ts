// 共富岗位 posts opened for local people: what is paid how, for how many hours, and who comes first.
import { z } from 'zod';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import { formatLiAsYuan } from '../../vocabulary/money.ts';
import { partyKindCodes } from '../../vocabulary/party-kinds.ts';
import { skillCodes, skills } from '../../vocabulary/skills.ts';
import { defineKind } from './kind.ts';
import { weeklyHoursMax } from './labour.ts';
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

const postTypes = [
  { code: 'planting', zh: '种植养殖', en: 'planting and raising', synonyms: ['种植', '养殖', '采摘'] },
  { code: 'processing', zh: '生产加工', en: 'processing', synonyms: ['加工', '来料加工', '缝制'] },
  { code: 'packing', zh: '分拣包装', en: 'sorting and packing', synonyms: ['包装', '分拣'] },
  { code: 'delivery', zh: '快递物流', en: 'delivery', synonyms: ['快递', '物流', '装卸'] },
  { code: 'e-commerce', zh: '电商直播', en: 'e-commerce', synonyms: ['直播', '客服', '电商'] },
  { code: 'tourism', zh: '农旅服务', en: 'tourism', synonyms: ['导游', '讲解员', '民宿服务', '餐饮服务'] },
  { code: 'care', zh: '家政护理', en: 'care', synonyms: ['护理', '家政', '养老服务'] },
  { code: 'upkeep', zh: '公益管护', en: 'upkeep', synonyms: ['保洁', '护林员', '管护', '公益岗位'] },
  { code: 'office', zh: '管理文员', en: 'office work', synonyms: ['管理', '会计', '文员'] },
] as const satisfies readonly CodedTerm[];

const payModes = [
  { code: 'piece', zh: '计件', en: 'by the piece', synonyms: ['按件'], unit: '件' },
  { code: 'hour', zh: '计时', en: 'by the hour', synonyms: ['按小时', '时薪'], unit: '小时' },
  { code: 'day', zh: '日薪', en: 'by the day', synonyms: ['按天', '日结'], unit: '天' },
  { code: 'month', zh: '月薪', en: 'by the month', synonyms: ['按月', '月结'], unit: '月' },
] as const satisfies readonly (CodedTerm & { unit: string })[];

/** Over-age people have no labour contract; each relation has other papers (CONVENTIONS 2.9). */
const engagements = [
  { code: 'labour-contract', zh: '劳动合同', en: 'labour contract', synonyms: ['劳动关系'] },
  { code: 'service-agreement', zh: '劳务协议', en: 'service agreement', synonyms: ['劳务关系', '劳务'] },
  { code: 'work-contract', zh: '承揽', en: 'contract for work', synonyms: ['来料加工承揽', '承揽合同'] },
] as const satisfies readonly CodedTerm[];

const attributes = z.strictObject({
  name: z.string().min(1).max(60).describe('岗位名称 · name'),
  postType: z.enum(postTypes.map((type) => type.code)).describe('岗位类别 · type'),
  skills: z
    .array(z.enum(skillCodes as [string, ...string[]]))
    .max(8)
    .default([])
    .describe('所需技能代码,空为不限 · skill codes; empty: any'),
  headcount: z.number().int().min(1).max(10_000).describe('招用人数 · people wanted'),
  payMode: z.enum(payModes.map((mode) => mode.code)).describe('计酬方式 · how pay is counted'),
  payLi: z
    .number()
    .int()
    .min(1)
    .max(100_000_000)
    .describe('报酬(厘/件、小时、天或月) · pay for one piece, hour, day or month, li'),
  hoursPerWeek: z.number().int().min(1).max(weeklyHoursMax).describe('每周工时,法定上限 44 · hours a week, at most 44'),
  engagement: z.enum(engagements.map((engagement) => engagement.code)).describe('用工形式 · relation'),
  isLowIncomePriority: z.boolean().default(false).describe('低收入农户优先 · low-income households first'),
  homeWork: z.boolean().default(false).describe('可居家做 · can be done at home'),
  isHazardous: z.boolean().default(false).describe('危险作业,未成年工不得参与 · hazardous: no minors'),
  hasAccidentInsurance: z.boolean().default(false).describe('单位购买意外或雇主责任险 · accident cover is paid'),
  duties: z.string().max(500).default('').describe('岗位说明 · duties'),
  ...contactFields,
});

export const post = defineKind({
  id: 'post',
  list: 'supply-demand',
  label: { zh: '共富岗位', en: 'post' },
  isPublic: true,
  owners: partyKindCodes,
  attributes,
  withheld: contactWithheld,
  columns: [
    keyColumn('岗位编号', [], 'GW-001'),
    {
      ...divisionColumn,
      header: '工作地',
      headerEn: 'place of work',
      synonyms: ['工作地点', '行政村', '村', '所在地'],
    },
    ownerColumn('用工单位统一社会信用代码', { synonyms: ['用工单位', '招用单位'] }),
    {
      path: 'attributes.name',
      header: '岗位名称',
      headerEn: 'name',
      synonyms: ['岗位', '名称'],
      cell: { type: 'text' },
      isRequired: true,
      example: '柑橘分拣工',
    },
    {
      path: 'attributes.postType',
      header: '岗位类别',
      headerEn: 'type',
      synonyms: ['类别', '类型'],
      cell: { type: 'choice', choices: postTypes },
      isRequired: true,
      example: '分拣包装',
    },
    {
      path: 'attributes.skills',
      header: '所需技能',
      headerEn: 'skills',
      synonyms: ['技能要求', '技能'],
      cell: { type: 'choices', choices: skills },
      note: { zh: '多项用顿号分开,空为不限', en: 'several separated by 、, empty: any' },
      example: '分拣、包装',
    },
    {
      path: 'attributes.headcount',
      header: '招用人数',
      headerEn: 'people wanted',
      synonyms: ['人数', '需求人数', '岗位数'],
      cell: { type: 'integer' },
      isRequired: true,
      example: '12',
    },
    {
      path: 'attributes.payMode',
      header: '计酬方式',
      headerEn: 'pay mode',
      synonyms: ['薪酬方式', '计薪方式'],
      cell: { type: 'choice', choices: payModes },
      isRequired: true,
      example: '日薪',
    },
    {
      path: 'attributes.payLi',
      header: '报酬(元)',
      headerEn: 'pay (yuan)',
      synonyms: ['薪酬', '工资', '单价(元)', '报酬'],
      cell: { type: 'yuan-to-li' },
      isRequired: true,
      note: {
        zh: '每件、每小时、每天或每月,随计酬方式;可到厘',
        en: 'for one piece, hour, day or month; down to 0.001',
      },
      example: '120',
    },
    {
      path: 'attributes.hoursPerWeek',
      header: '每周工时',
      headerEn: 'hours a week',
      synonyms: ['周工时', '工时'],
      cell: { type: 'integer' },
      isRequired: true,
      example: '40',
    },
    {
      path: 'attributes.engagement',
      header: '用工形式',
      headerEn: 'relation',
      synonyms: ['合同形式', '用工方式'],
      cell: { type: 'choice', choices: engagements },
      isRequired: true,
      example: '劳务协议',
    },
    {
      path: 'attributes.isLowIncomePriority',
      header: '低收入农户优先',
      headerEn: 'low-income households first',
      synonyms: ['低收入优先'],
      cell: { type: 'yes-no' },
      example: '是',
    },
    {
      path: 'attributes.homeWork',
      header: '可居家做',
      headerEn: 'home work',
      synonyms: ['可居家'],
      cell: { type: 'yes-no' },
      example: '否',
    },
    {
      path: 'attributes.isHazardous',
      header: '危险作业',
      headerEn: 'hazardous',
      synonyms: ['是否危险作业'],
      cell: { type: 'yes-no' },
      example: '否',
    },
    {
      path: 'attributes.hasAccidentInsurance',
      header: '购买意外保险',
      headerEn: 'accident cover',
      synonyms: ['意外险', '雇主责任险', '保险'],
      cell: { type: 'yes-no' },
      example: '是',
    },
    {
      path: 'attributes.duties',
      header: '岗位说明',
      headerEn: 'duties',
      synonyms: ['工作内容', '岗位职责'],
      cell: { type: 'text' },
      example: '按大小分拣装箱,站立作业',
    },
    ...contactColumns,
    ...windowColumns,
    ...pointColumns,
  ],
  priceOf: ({ payLi }) => payLi,
  facets: [{ id: 'skill', label: { zh: '技能', en: 'skill' }, path: 'skills[*]', terms: skills }],
  titleOf: ({ name, headcount, payMode, payLi }) =>
    `${name} ${headcount}人 ${formatLiAsYuan(payLi)}元/${payModes.find((mode) => mode.code === payMode)?.unit ?? ''}`,
  searchTextOf: ({ name, postType, skills: wanted, duties }) => {
    const type = postTypes.find((term) => term.code === postType);
    return [name, '岗位 招工', type?.zh ?? '', ...(type?.synonyms ?? []), ...namesOf(skills, wanted), duties].join(' ');
  },
});
