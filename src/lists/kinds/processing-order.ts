// 来料加工订单 processing orders of enterprises: the demand of a matching round. Field names follow the scenario format.
import { z } from 'zod';
import { daysBetween } from '../../vocabulary/calendar.ts';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import { equipmentKinds } from '../../vocabulary/equipment-kinds.ts';
import { acceptedLandUses, intendedUseCodes, intendedUses, landUseVerdict } from '../../vocabulary/land-use.ts';
import { skillCodes, skills } from '../../vocabulary/skills.ts';
import type { Column } from './kind.ts';
import { brokenRule, defineKind } from './kind.ts';
import {
  divisionColumn,
  exampleUscc,
  keyColumn,
  ownerColumn,
  plainDateSchema,
  pointColumns,
} from './listing-fields.ts';
import { equipmentList, namesOf } from './site-fields.ts';

const skillCode = z.enum(skillCodes as [string, ...string[]]);
/** 紧急程度: how an owner weighs his own deadline; nobody is matched sooner for it, people are told of it. */
const urgencies = [
  { code: 'normal', zh: '一般', en: 'normal', synonyms: ['普通', '正常'] },
  { code: 'urgent', zh: '加急', en: 'urgent', synonyms: ['紧急', '急单'] },
  { code: 'flexible', zh: '可缓', en: 'flexible', synonyms: ['不急', '淡季可做'] },
] as const satisfies readonly CodedTerm[];
const needsMax = 4;
const operationsMax = 6;

export const processingOrderAttributes = z
  .strictObject({
    productName: z.string().min(1).max(60).describe('产品名称 · product'),
    quantity: z.number().int().min(1).max(100_000_000).describe('数量 · quantity'),
    unit: z.string().min(1).max(8).describe('计量单位 · unit'),
    needs: z
      .array(
        z.strictObject({
          skill: skillCode.describe('技能 · skill'),
          hoursPerWeek: z.number().int().min(1).max(20_000).describe('每周总工时 · hours a week in all'),
        }),
      )
      .min(1)
      .max(needsMax)
      .describe('用工需求 · labour needs'),
    operations: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(40).describe('工序 · operation'),
          pieceRateLi: z.number().int().min(1).max(10_000_000).describe('计件单价(厘) · piece rate, li'),
        }),
      )
      .max(operationsMax)
      .default([])
      .describe('工序与单价 · operations with their rates'),
    durationWeeks: z.number().int().min(1).max(26).describe('工期(周) · weeks of work'),
    earliestStart: plainDateSchema.describe('最早开工日 · earliest start'),
    due: plainDateSchema.describe('交货日,含当日 · delivery day, included'),
    areaM2: z.number().int().min(0).max(100_000).describe('所需面积(平方米) · floor area needed, m²'),
    powerKw: z.number().min(0).max(10_000).describe('所需用电(千瓦) · power needed, kW'),
    equipment: equipmentList,
    intendedUse: z.enum(intendedUseCodes).default('workshop').describe('用途 · intended use of the land'),
    marginFen: z.number().int().min(0).max(100_000_000_000).describe('订单毛利(分) · margin of the order, fen'),
    transportFenPerKm: z.number().int().min(0).max(10_000_000).describe('运费(分/公里) · transport, fen per km'),
    maxLots: z
      .union([z.literal(1), z.literal(2), z.literal(4)])
      .default(1)
      .describe('最多拆分处数 · most lots'),
    homeWork: z.boolean().default(false).describe('允许居家做 · half of the first skill may be done at home'),
    minStar: z.number().min(0).max(5).default(0).describe('工坊最低星级 · lowest star'),
    minShare: z
      .union([z.literal(1), z.literal(0.75), z.literal(0.5)])
      .default(1)
      .describe('最低承接比例 · smallest share of the quantity'),
    urgency: z
      .enum(urgencies.map((urgency) => urgency.code))
      .default('normal')
      .describe('紧急程度 · urgency'),
    isHazardous: z.boolean().default(false).describe('危险作业,未成年工不得参与 · hazardous: no minors'),
    lossAllowancePermille: z.number().int().min(0).max(200).default(0).describe('允许损耗(‰) · loss allowance, ‰'),
    isSampleProvided: z.boolean().default(false).describe('提供样品 · sample provided'),
  })
  .superRefine((order, context) => {
    if (daysBetween(order.earliestStart, order.due) + 1 < order.durationWeeks * 7) {
      const text = {
        zh: `从最早开工日到交货日不足 ${order.durationWeeks} 周`,
        en: `fewer than ${order.durationWeeks} weeks between the earliest start and the delivery day`,
      };
      context.addIssue(brokenRule(['due'], 'window-too-short', text));
    }
    const seen = new Set<string>();
    order.needs.forEach((need, index) => {
      if (seen.has(need.skill)) {
        const text = { zh: '同一技能只填一次', en: 'each skill once' };
        context.addIssue(brokenRule(['needs', index, 'skill'], 'duplicate-skill', text));
      }
      seen.add(need.skill);
    });
  });

function needColumns(index: number): Column[] {
  const ordinal = index + 1;
  return [
    {
      path: `attributes.needs.${index}.skill`,
      header: `技能${ordinal}`,
      headerEn: `skill ${ordinal}`,
      synonyms: [`所需技能${ordinal}`, ...(index === 0 ? ['所需技能', '技能'] : [])],
      cell: { type: 'choice', choices: skills },
      isRequired: index === 0,
      example: ['缝袜头', '包装'][index] ?? '',
    },
    {
      path: `attributes.needs.${index}.hoursPerWeek`,
      header: `技能${ordinal}每周工时`,
      headerEn: `hours a week of skill ${ordinal}`,
      synonyms: [`每周工时${ordinal}`, ...(index === 0 ? ['每周工时'] : [])],
      cell: { type: 'integer' },
      isRequired: index === 0,
      example: ['240', '60'][index] ?? '',
    },
  ];
}

function operationColumns(index: number): Column[] {
  const ordinal = index + 1;
  return [
    {
      path: `attributes.operations.${index}.name`,
      header: `工序${ordinal}`,
      headerEn: `operation ${ordinal}`,
      synonyms: [`工序名称${ordinal}`],
      cell: { type: 'text' },
      example: ['缝袜头', '包装'][index] ?? '',
    },
    {
      path: `attributes.operations.${index}.pieceRateLi`,
      header: `工序${ordinal}单价(元/件)`,
      headerEn: `piece rate ${ordinal} (yuan)`,
      synonyms: [`工序${ordinal}单价`, `计件单价${ordinal}`],
      cell: { type: 'yuan-to-li' },
      note: { zh: '可到厘,如 0.035', en: 'down to 0.001 yuan' },
      example: ['0.20', '0.07'][index] ?? '',
    },
  ];
}

export const processingOrder = defineKind({
  id: 'processing-order',
  list: 'supply-demand',
  label: { zh: '来料加工订单', en: 'processing order' },
  isPublic: true,
  owners: ['enterprise', 'sole-trader', 'cooperative', 'collective'],
  attributes: processingOrderAttributes,
  withheld: ['marginFen'],
  columns: [
    keyColumn('订单编号', ['订单号'], 'DD-001'),
    {
      ...divisionColumn,
      header: '发料地',
      headerEn: 'place of material',
      synonyms: ['发料地点', '材料所在地', '行政村', ...(divisionColumn.synonyms ?? [])],
    },
    {
      ...ownerColumn('发单企业统一社会信用代码', { synonyms: ['企业代码', '发单单位'] }),
      example: exampleUscc.enterprise,
    },
    {
      path: 'attributes.productName',
      header: '产品名称',
      headerEn: 'product',
      synonyms: ['产品', '品名'],
      cell: { type: 'text' },
      isRequired: true,
      example: '棉袜缝头',
    },
    {
      path: 'attributes.quantity',
      header: '数量',
      headerEn: 'quantity',
      synonyms: ['订单数量', '加工数量'],
      cell: { type: 'integer' },
      isRequired: true,
      example: '60000',
    },
    {
      path: 'attributes.unit',
      header: '单位',
      headerEn: 'unit',
      synonyms: ['计量单位'],
      cell: { type: 'text' },
      isRequired: true,
      example: '双',
    },
    ...Array.from({ length: needsMax }, (_, index) => needColumns(index)).flat(),
    ...Array.from({ length: operationsMax }, (_, index) => operationColumns(index)).flat(),
    {
      path: 'attributes.durationWeeks',
      header: '工期(周)',
      headerEn: 'weeks of work',
      synonyms: ['工期', '生产周数'],
      cell: { type: 'integer' },
      isRequired: true,
      example: '3',
    },
    {
      path: 'attributes.earliestStart',
      header: '最早开工日',
      headerEn: 'earliest start',
      synonyms: ['开工日期', '最早开工'],
      cell: { type: 'date' },
      isRequired: true,
      example: '2026-11-28',
    },
    {
      path: 'attributes.due',
      header: '交货日',
      headerEn: 'delivery day',
      synonyms: ['交货日期', '交期', '截止日期'],
      cell: { type: 'date' },
      isRequired: true,
      example: '2027-01-15',
    },
    {
      path: 'attributes.areaM2',
      header: '所需面积(㎡)',
      headerEn: 'floor area needed (m²)',
      synonyms: ['所需面积', '场地面积', '面积'],
      cell: { type: 'area-m2' },
      isRequired: true,
      example: '90',
    },
    {
      path: 'attributes.powerKw',
      header: '所需用电(千瓦)',
      headerEn: 'power needed (kW)',
      synonyms: ['所需用电', '用电', '用电需求'],
      cell: { type: 'decimal' },
      isRequired: true,
      example: '6',
    },
    {
      path: 'attributes.equipment',
      header: '所需设备',
      headerEn: 'equipment needed',
      synonyms: ['设备要求', '设备'],
      cell: { type: 'choices', choices: equipmentKinds },
      example: '缝头机',
    },
    {
      path: 'attributes.intendedUse',
      header: '用途',
      headerEn: 'intended use',
      synonyms: ['场地用途', '拟用途'],
      cell: { type: 'choice', choices: intendedUses },
      example: '加工仓储场所',
    },
    {
      path: 'attributes.marginFen',
      header: '订单毛利(元)',
      headerEn: 'margin (yuan)',
      synonyms: ['毛利', '毛利(元)'],
      cell: { type: 'yuan-to-fen' },
      isRequired: true,
      note: { zh: '只用于撮合,不公开', en: 'used for matching only, never public' },
      example: '15000',
    },
    {
      path: 'attributes.transportFenPerKm',
      header: '运费(元/公里)',
      headerEn: 'transport (yuan per km)',
      synonyms: ['运费', '运费单价'],
      cell: { type: 'yuan-to-fen' },
      isRequired: true,
      example: '9',
    },
    {
      path: 'attributes.maxLots',
      header: '最多拆分处数',
      headerEn: 'most lots',
      synonyms: ['拆分处数', '最多拆分'],
      cell: { type: 'integer' },
      note: { zh: '1、2 或 4', en: '1, 2 or 4' },
      example: '4',
    },
    {
      path: 'attributes.homeWork',
      header: '允许居家做',
      headerEn: 'home work allowed',
      synonyms: ['可居家', '允许居家'],
      cell: { type: 'yes-no' },
      example: '是',
    },
    {
      path: 'attributes.minStar',
      header: '最低星级',
      headerEn: 'lowest star',
      synonyms: ['星级要求'],
      cell: { type: 'decimal' },
      example: '3',
    },
    {
      path: 'attributes.minShare',
      header: '最低承接比例(%)',
      headerEn: 'smallest share (%)',
      synonyms: ['最低承接比例', '最低比例'],
      cell: { type: 'percent-to-share' },
      note: { zh: '100、75 或 50', en: '100, 75 or 50' },
      example: '50',
    },
    {
      path: 'attributes.urgency',
      header: '紧急程度',
      headerEn: 'urgency',
      synonyms: ['急缓', '是否加急'],
      cell: { type: 'choice', choices: urgencies },
      example: '一般',
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
      path: 'attributes.lossAllowancePermille',
      header: '允许损耗(%)',
      headerEn: 'loss allowance (%)',
      synonyms: ['损耗率', '允许损耗'],
      cell: { type: 'percent-to-permille' },
      example: '1.5',
    },
    {
      path: 'attributes.isSampleProvided',
      header: '提供样品',
      headerEn: 'sample provided',
      synonyms: ['是否提供样品', '样品'],
      cell: { type: 'yes-no' },
      example: '是',
    },
    ...pointColumns,
  ],
  // The land is not known before a site is: what the law says of each land that remains is said when the order is listed.
  conditionsOf: ({ intendedUse }) =>
    acceptedLandUses(intendedUse).flatMap((landUse) => {
      const { verdict, rule, text } = landUseVerdict(intendedUse, landUse);
      return verdict === 'conditional' ? [{ rule, text }] : [];
    }),
  facets: [{ id: 'skill', label: { zh: '技能', en: 'skill' }, path: 'needs[*].skill', terms: skills }],
  lastDayAttribute: 'due',
  titleOf: (attributes) => `${attributes.productName} ${attributes.quantity}${attributes.unit}`,
  searchTextOf: (attributes) =>
    [
      attributes.productName,
      '来料加工 订单',
      ...namesOf(
        skills,
        attributes.needs.map((need) => need.skill),
      ),
      ...attributes.operations.map((operation) => operation.name),
      ...namesOf(equipmentKinds, attributes.equipment),
    ].join(' '),
});
