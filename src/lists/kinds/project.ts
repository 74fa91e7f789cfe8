// 共富项目库 projects: where one stands, what it still lacks (resource slots), what it costs and should bring. A stage is passed
// only with what its gate asks for.
import { z } from 'zod';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import { partyKindCodes } from '../../vocabulary/party-kinds.ts';
import type { Column } from './kind.ts';
import { brokenRule, defineKind } from './kind.ts';
import {
  contactColumns,
  contactFields,
  contactWithheld,
  divisionColumn,
  keyColumn,
  ownerColumn,
  plainDateSchema,
  pointColumns,
  windowColumns,
} from './listing-fields.ts';
import { namesOf } from './site-fields.ts';

const projectTypes = [
  { code: 'planting', zh: '特色种养', en: 'farming', synonyms: ['种植', '养殖'] },
  { code: 'processing', zh: '加工制造', en: 'processing', synonyms: ['加工', '来料加工', '共富车间'] },
  { code: 'storage-logistics', zh: '仓储物流', en: 'storage and logistics', synonyms: ['冷链', '物流'] },
  { code: 'tourism', zh: '农文旅', en: 'culture and tourism', synonyms: ['农旅融合', '文旅', '民宿'] },
  { code: 'e-commerce', zh: '电商直播', en: 'e-commerce', synonyms: ['电商', '直播'] },
  { code: 'energy', zh: '光伏与新能源', en: 'new energy', synonyms: ['光伏', '新能源'] },
  { code: 'property', zh: '物业租赁', en: 'property', synonyms: ['物业', '标准厂房', '飞地抱团'] },
  { code: 'service', zh: '社会化服务', en: 'services', synonyms: ['农机服务', '托管服务', '养老服务'] },
] as const satisfies readonly CodedTerm[];

/** Stages in order. `asks`: what must stand before the gate of a stage, and of every stage before it. */
const stages = [
  { code: 'idea', zh: '谋划', en: 'idea', synonyms: ['储备', '谋划储备'], asks: [] },
  { code: 'checked', zh: '论证', en: 'checked', synonyms: ['可行性论证', '可研'], asks: ['investmentFen'] },
  { code: 'approved', zh: '立项', en: 'approved', synonyms: ['批准立项', '已立项'], asks: ['approvedOn'] },
  { code: 'building', zh: '实施', en: 'under way', synonyms: ['在建', '建设中', '实施中'], asks: ['startedOn'] },
  { code: 'running', zh: '运营', en: 'running', synonyms: ['投产', '运营中', '验收投产'], asks: ['acceptedOn'] },
] as const satisfies readonly (CodedTerm & { asks: readonly string[] })[];

const resourceTypes = [
  { code: 'land', zh: '土地', en: 'land', synonyms: ['用地'] },
  { code: 'venue', zh: '房屋场地', en: 'house or venue', synonyms: ['场地', '厂房'] },
  { code: 'equipment', zh: '设备', en: 'equipment', synonyms: ['机械'] },
  { code: 'labour', zh: '劳动力', en: 'people', synonyms: ['用工', '人员'] },
  { code: 'funds', zh: '资金', en: 'funds', synonyms: ['投资'] },
  { code: 'channel', zh: '销售渠道', en: 'market channel', synonyms: ['渠道', '销路'] },
  { code: 'expertise', zh: '技术人才', en: 'expertise', synonyms: ['技术', '人才'] },
  { code: 'operator', zh: '运营主体', en: 'operator', synonyms: ['运营方', '合作方'] },
] as const satisfies readonly CodedTerm[];

const slotsMax = 4;
const fen = z.number().int().min(0).max(1_000_000_000_000).nullable().default(null);
const day = plainDateSchema.nullable().default(null);

const attributes = z
  .strictObject({
    name: z.string().min(1).max(60).describe('项目名称 · name'),
    projectType: z.enum(projectTypes.map((type) => type.code)).describe('项目类型 · type'),
    stage: z.enum(stages.map((stage) => stage.code)).describe('阶段 · stage'),
    need: z.string().min(1).max(500).describe('需求概述 · what it needs'),
    investmentFen: fen.describe('总投资(分) · investment, fen'),
    fundsInPlaceFen: fen.describe('已落实资金(分),不公开 · funds in place, fen; withheld'),
    approvedOn: day.describe('立项日期 · approved on'),
    startedOn: day.describe('开工日期 · started on'),
    acceptedOn: day.describe('验收日期 · accepted on'),
    benefitFenYear: fen.describe('预计村集体年增收(分) · expected income of the collective a year, fen'),
    jobs: z.number().int().min(0).max(100_000).nullable().default(null).describe('预计带动就业人数 · expected jobs'),
    resourceSlots: z
      .array(
        z.strictObject({
          resource: z.enum(resourceTypes.map((type) => type.code)).describe('资源类型 · resource'),
          need: z.string().min(1).max(80).describe('需求 · what is needed'),
          isFilled: z.boolean().default(false).describe('已落实 · filled'),
        }),
      )
      .max(slotsMax)
      .default([])
      .describe('资源位 · resource slots'),
    ...contactFields,
  })
  .superRefine((project, context) => {
    const reached = stages.slice(0, stages.findIndex((stage) => stage.code === project.stage) + 1);
    for (const { zh, en, asks } of reached) {
      for (const name of asks) {
        if (project[name] !== null) continue;
        const text = { zh: `进入“${zh}”阶段前须填写`, en: `is needed before the stage “${en}”` };
        context.addIssue(brokenRule([name], 'stage-gate', text));
      }
    }
    const { fundsInPlaceFen: inPlace, investmentFen: investment } = project;
    if (inPlace !== null && investment !== null && inPlace > investment) {
      const text = { zh: '不能多于总投资', en: 'must not be more than the investment' };
      context.addIssue(brokenRule(['fundsInPlaceFen'], 'more-than-all', text));
    }
  });

function slotColumns(index: number): Column[] {
  const ordinal = index + 1;
  return [
    {
      path: `attributes.resourceSlots.${index}.resource`,
      header: `资源位${ordinal}`,
      headerEn: `resource slot ${ordinal}`,
      synonyms: [`资源需求${ordinal}`],
      cell: { type: 'choice', choices: resourceTypes },
      example: ['土地', '销售渠道'][index] ?? '',
    },
    {
      path: `attributes.resourceSlots.${index}.need`,
      header: `资源位${ordinal}需求`,
      headerEn: `need of slot ${ordinal}`,
      cell: { type: 'text' },
      example: ['建设用地 5 亩', '年销售 200 吨'][index] ?? '',
    },
    {
      path: `attributes.resourceSlots.${index}.isFilled`,
      header: `资源位${ordinal}已落实`,
      headerEn: `slot ${ordinal} filled`,
      cell: { type: 'yes-no' },
      example: ['是', '否'][index] ?? '',
    },
  ];
}

export const project = defineKind({
  id: 'project',
  list: 'resources',
  label: { zh: '共富项目', en: 'project' },
  isPublic: true,
  owners: partyKindCodes,
  attributes,
  withheld: ['fundsInPlaceFen', ...contactWithheld],
  columns: [
    keyColumn('项目编号', [], 'XM-001'),
    { ...divisionColumn, header: '实施地', headerEn: 'place', synonyms: ['项目地点', '行政村', '村', '所在地'] },
    ownerColumn('项目主体统一社会信用代码', { synonyms: ['项目主体', '责任单位'] }),
    {
      path: 'attributes.name',
      header: '项目名称',
      headerEn: 'name',
      synonyms: ['名称'],
      cell: { type: 'text' },
      isRequired: true,
      example: '柑橘分拣冷链中心',
    },
    {
      path: 'attributes.projectType',
      header: '项目类型',
      headerEn: 'type',
      synonyms: ['类型'],
      cell: { type: 'choice', choices: projectTypes },
      isRequired: true,
      example: '仓储物流',
    },
    {
      path: 'attributes.stage',
      header: '阶段',
      headerEn: 'stage',
      synonyms: ['项目阶段', '进度'],
      cell: { type: 'choice', choices: stages },
      isRequired: true,
      example: '立项',
    },
    {
      path: 'attributes.need',
      header: '需求概述',
      headerEn: 'what it needs',
      synonyms: ['需求', '项目需求'],
      cell: { type: 'text' },
      isRequired: true,
      example: '建设用地和分拣设备,寻找稳定渠道',
    },
    {
      path: 'attributes.investmentFen',
      header: '总投资(元)',
      headerEn: 'investment (yuan)',
      synonyms: ['总投资', '投资额'],
      cell: { type: 'yuan-to-fen' },
      note: { zh: '论证起必填', en: 'needed from the second stage' },
      example: '3000000',
    },
    {
      path: 'attributes.fundsInPlaceFen',
      header: '已落实资金(元)',
      headerEn: 'funds in place (yuan)',
      synonyms: ['到位资金', '已落实资金'],
      cell: { type: 'yuan-to-fen' },
      note: { zh: '不公开', en: 'not public' },
      example: '1200000',
    },
    {
      path: 'attributes.approvedOn',
      header: '立项日期',
      headerEn: 'approved on',
      cell: { type: 'date' },
      note: { zh: '立项起必填', en: 'needed from approval' },
      example: '2026-09-10',
    },
    {
      path: 'attributes.startedOn',
      header: '开工日期',
      headerEn: 'started on',
      cell: { type: 'date' },
      note: { zh: '实施起必填', en: 'needed once under way' },
      example: '',
    },
    {
      path: 'attributes.acceptedOn',
      header: '验收日期',
      headerEn: 'accepted on',
      cell: { type: 'date' },
      note: { zh: '运营起必填', en: 'needed once running' },
      example: '',
    },
    {
      path: 'attributes.benefitFenYear',
      header: '预计村集体年增收(元)',
      headerEn: 'expected income a year (yuan)',
      synonyms: ['年增收', '效益预估'],
      cell: { type: 'yuan-to-fen' },
      example: '180000',
    },
    {
      path: 'attributes.jobs',
      header: '预计带动就业人数',
      headerEn: 'expected jobs',
      synonyms: ['带动就业', '就业人数'],
      cell: { type: 'integer' },
      example: '25',
    },
    ...Array.from({ length: slotsMax }, (_, index) => slotColumns(index)).flat(),
    ...contactColumns,
    ...windowColumns,
    ...pointColumns,
  ],
  titleOf: ({ name, stage }) => `${name} ${namesOf(stages, [stage]).join('')}`,
  searchTextOf: ({ name, projectType, need, resourceSlots }) => {
    const type = projectTypes.find((term) => term.code === projectType);
    return [
      ...[name, '共富项目', need, type?.zh ?? '', ...(type?.synonyms ?? [])],
      ...resourceSlots.flatMap((slot) => [...namesOf(resourceTypes, [slot.resource]), slot.need]),
    ].join(' ');
  },
});
