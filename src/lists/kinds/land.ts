// 闲置土地 idle land of the seven kinds. A use that the law forbids on this land cannot even be listed (CONVENTIONS 2.6).
import { z } from 'zod';
import { formatMu } from '../../vocabulary/area.ts';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import type { IntendedUse } from '../../vocabulary/land-use.ts';
import {
  idleLandKindCodes,
  idleLandKinds,
  intendedUseCodes,
  intendedUses,
  landClassCodes,
  landClasses,
  landUseOfClass,
  landUseVerdict,
} from '../../vocabulary/land-use.ts';
import { defineKind } from './kind.ts';
import { divisionColumn, keyColumn, ownerColumn, pointColumns, windowColumns } from './listing-fields.ts';
import { namesOf } from './site-fields.ts';

export const transferWays = [
  { code: 'lease', zh: '出租', en: 'lease', synonyms: ['转包', '出租(转包)', '租赁'] },
  { code: 'equity-in', zh: '入股', en: 'equity', synonyms: ['作价入股'] },
  { code: 'trusteeship', zh: '托管', en: 'trusteeship', synonyms: ['生产托管'] },
  { code: 'co-operation', zh: '合作经营', en: 'joint operation', synonyms: ['合作', '联营'] },
] as const satisfies readonly CodedTerm[];

const landClassTerms: readonly CodedTerm[] = landClasses.map((landClass) => ({ ...landClass, synonyms: [] }));

export const landAttributes = z
  .strictObject({
    name: z.string().min(1).max(60).describe('地块名称 · name of the plot'),
    idleLandKind: z.enum(idleLandKindCodes).describe('闲置类型 · idle-land kind'),
    landClass: z.enum(landClassCodes as [string, ...string[]]).describe('地类,GB/T 21010-2017 四位码 · land class'),
    isBasicFarmland: z.boolean().describe('永久基本农田 · permanent basic farmland'),
    areaMuX100: z.number().int().min(1).max(10_000_000).describe('面积(亩×100) · area, hundredths of a mu'),
    fourBoundaries: z.string().max(200).default('').describe('四至 · four boundaries'),
    remainingTermMonths: z
      .number()
      .int()
      .min(0)
      .max(840)
      .nullable()
      .default(null)
      .describe('剩余承包期(月) · months left of the contract term'),
    transferWay: z.enum(transferWays.map((way) => way.code)).describe('流转方式 · way of transfer'),
    wantedUses: z
      .array(z.enum(intendedUseCodes as [IntendedUse, ...IntendedUse[]]))
      .max(9)
      .default([])
      .describe('意向用途 · uses the holder would accept'),
    rentFenPerMuYear: z.number().int().min(0).max(10_000_000).describe('租金(分/亩/年) · rent, fen per mu and year'),
  })
  .superRefine((land, context) => {
    const landUse = landUseOfClass(land.landClass, { basicFarmland: land.isBasicFarmland });
    if (landUse === null) return;
    land.wantedUses.forEach((use, index) => {
      const verdict = landUseVerdict(use, landUse);
      if (verdict.verdict !== 'forbidden') return;
      context.addIssue({
        code: 'custom',
        path: ['wantedUses', index],
        message: verdict.text.en,
        params: { code: 'land-use-forbidden', rule: verdict.rule, text: verdict.text },
      });
    });
  });

export const land = defineKind({
  id: 'land',
  list: 'resources',
  label: { zh: '闲置土地', en: 'idle land' },
  isPublic: true,
  attributes: landAttributes,
  withheld: [],
  columns: [
    keyColumn('地块编号', ['资源编号', '地块编码'], 'TD-001'),
    divisionColumn,
    ownerColumn('权属单位统一社会信用代码'),
    {
      path: 'attributes.name',
      header: '地块名称',
      headerEn: 'name of the plot',
      synonyms: ['名称', '资源名称'],
      cell: { type: 'text' },
      isRequired: true,
      example: '村口旱地',
    },
    {
      path: 'attributes.idleLandKind',
      header: '闲置类型',
      headerEn: 'idle-land kind',
      synonyms: ['闲置种类', '资源类型', '类型'],
      cell: { type: 'choice', choices: idleLandKinds },
      isRequired: true,
      example: '抛荒地',
    },
    {
      path: 'attributes.landClass',
      header: '地类',
      headerEn: 'land class',
      synonyms: ['土地分类', '地类代码', '土地类型'],
      cell: { type: 'choice', choices: landClassTerms },
      isRequired: true,
      note: { zh: 'GB/T 21010-2017 二级类,名称或四位码', en: 'second-level class of GB/T 21010-2017, name or code' },
      example: '旱地',
    },
    {
      path: 'attributes.isBasicFarmland',
      header: '永久基本农田',
      headerEn: 'permanent basic farmland',
      synonyms: ['是否基本农田', '基本农田', '是否永久基本农田'],
      cell: { type: 'yes-no' },
      isRequired: true,
      example: '否',
    },
    {
      path: 'attributes.areaMuX100',
      header: '面积(亩)',
      headerEn: 'area (mu)',
      synonyms: ['面积', '亩数', '土地面积'],
      cell: { type: 'area-mu-x100' },
      isRequired: true,
      note: { zh: '可写 3亩2分、约3亩', en: '“3亩2分” and “约3亩” are understood' },
      example: '3.2',
    },
    {
      path: 'attributes.fourBoundaries',
      header: '四至',
      headerEn: 'four boundaries',
      cell: { type: 'text' },
      example: '东至村道,南至水渠,西至山脚,北至晒场',
    },
    {
      path: 'attributes.remainingTermMonths',
      header: '剩余承包期(月)',
      headerEn: 'contract months left',
      synonyms: ['剩余期限', '剩余承包期', '剩余年限(月)'],
      cell: { type: 'integer' },
      example: '36',
    },
    {
      path: 'attributes.transferWay',
      header: '流转方式',
      headerEn: 'way of transfer',
      synonyms: ['盘活方式'],
      cell: { type: 'choice', choices: transferWays },
      isRequired: true,
      example: '出租',
    },
    {
      path: 'attributes.wantedUses',
      header: '意向用途',
      headerEn: 'accepted uses',
      synonyms: ['拟用途', '用途'],
      cell: { type: 'choices', choices: intendedUses },
      note: { zh: '法律不允许的用途不能登记', en: 'uses the law forbids on this land are refused' },
      example: '种粮',
    },
    {
      path: 'attributes.rentFenPerMuYear',
      header: '租金(元/亩/年)',
      headerEn: 'rent (yuan per mu and year)',
      synonyms: ['租金', '年租金', '亩租金'],
      cell: { type: 'yuan-to-fen' },
      isRequired: true,
      example: '450',
    },
    ...windowColumns,
    ...pointColumns,
  ],
  titleOf: (attributes) => `${attributes.name} ${formatMu(attributes.areaMuX100)}`,
  searchTextOf: (attributes) =>
    [
      attributes.name,
      '闲置土地',
      ...namesOf(idleLandKinds, [attributes.idleLandKind]),
      ...namesOf(landClasses, [attributes.landClass]),
      ...namesOf(intendedUses, attributes.wantedUses),
      attributes.fourBoundaries,
    ].join(' '),
});
