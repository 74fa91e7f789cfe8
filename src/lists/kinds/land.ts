// 闲置土地 idle land of the seven kinds. A use that the law forbids on this land cannot even be listed (CONVENTIONS 2.6).
import { z } from 'zod';
import { formatMu, formatMuNumber, m2ToMuX100 } from '../../vocabulary/area.ts';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import type { IntendedUse } from '../../vocabulary/land-use.ts';
import {
  idleLandKindCodes,
  idleLandKinds,
  intendedUseCodes,
  intendedUses,
  judgeLandUse,
  landClassCodes,
  landClasses,
  landClassScheme,
} from '../../vocabulary/land-use.ts';
import { findRingFault, ringAreaM2, ringPositionsMax, ringPositionsMin } from '../../vocabulary/polygon.ts';
import type { Text } from '../../vocabulary/text.ts';
import { decisionColumns } from './decision-fields.ts';
import { brokenRule, defineKind } from './kind.ts';
import {
  divisionColumn,
  keyColumn,
  ownerColumn,
  plainDateSchema,
  pointColumns,
  windowColumns,
} from './listing-fields.ts';
import { namesOf } from './site-fields.ts';

export const transferWays = [
  { code: 'lease', zh: '出租', en: 'lease', synonyms: ['转包', '出租(转包)', '租赁'] },
  { code: 'equity-in', zh: '入股', en: 'equity', synonyms: ['作价入股'] },
  { code: 'trusteeship', zh: '托管', en: 'trusteeship', synonyms: ['生产托管'] },
  { code: 'co-operation', zh: '合作经营', en: 'joint operation', synonyms: ['合作', '联营'] },
] as const satisfies readonly CodedTerm[];

const landClassTerms: readonly CodedTerm[] = landClasses.map((landClass) => ({ ...landClass, synonyms: [] }));

const landClassSchemes = [
  { code: 'gb-t-21010-2017', zh: landClassScheme, en: landClassScheme, synonyms: ['GB/T21010', '三调地类'] },
] as const satisfies readonly CodedTerm[];

const ring = z
  .array(z.array(z.number().min(-180).max(180)).length(2).describe('[经度, 纬度] · [lng, lat]'))
  .min(ringPositionsMin)
  .max(ringPositionsMax)
  .superRefine((positions, context) => {
    const fault = findRingFault(positions);
    if (fault !== null) context.addIssue(brokenRule([], fault.code, fault.text));
  });

export const landAttributes = z
  .strictObject({
    name: z.string().min(1).max(60).describe('地块名称 · name of the plot'),
    idleLandKind: z.enum(idleLandKindCodes).describe('闲置类型 · idle-land kind'),
    landClass: z.enum(landClassCodes as [string, ...string[]]).describe('地类,GB/T 21010-2017 四位码 · land class'),
    isBasicFarmland: z.boolean().describe('永久基本农田 · permanent basic farmland'),
    areaMuX100: z.number().int().min(1).max(10_000_000).describe('面积(亩×100) · area, hundredths of a mu'),
    landClassScheme: z
      .enum(landClassSchemes.map((scheme) => scheme.code))
      .default('gb-t-21010-2017')
      .describe('地类标准 · classification that the land class is of'),
    plotCode: z
      .string()
      .max(40)
      .regex(/^[0-9A-Za-z-]*$/)
      .default('')
      .describe('地块代码(承包地块或不动产单元) · registered plot code'),
    idleSince: plainDateSchema.nullable().default(null).describe('闲置起始日 · idle since'),
    polygon: z
      .strictObject({
        type: z.literal('Polygon'),
        coordinates: z.array(ring).length(1).describe('一个外环,不含洞 · one ring, no holes'),
      })
      .nullable()
      .default(null)
      .describe('地块图形,GeoJSON,WGS-84 · outline as GeoJSON Polygon, WGS-84'),
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
      .max(intendedUseCodes.length)
      .default([])
      .describe('意向用途 · uses the holder would accept'),
    rentFenPerMuYear: z.number().int().min(0).max(10_000_000).describe('租金(分/亩/年) · rent, fen per mu and year'),
  })
  .superRefine((land, context) => {
    land.wantedUses.forEach((use, index) => {
      const { verdict, rule, text } = judgeLandUse(land, use);
      if (verdict === 'forbidden') {
        context.addIssue(brokenRule(['wantedUses', index], 'land-use-forbidden', text, { rule }));
      }
    });
  });

/** How far a drawn outline may differ from the stated area before somebody should look again; plots under 1 亩: 0.1 亩. */
const areaToleranceShare = 0.1;
const areaToleranceMuX100Min = 10;

function areaWarnings({ polygon, areaMuX100 }: z.infer<typeof landAttributes>): Text[] {
  if (polygon === null) return [];
  const drawn = m2ToMuX100(ringAreaM2(polygon.coordinates[0] ?? []));
  if (Math.abs(drawn - areaMuX100) <= Math.max(areaMuX100 * areaToleranceShare, areaToleranceMuX100Min)) return [];
  return [
    {
      zh: `图形面积约 ${formatMu(drawn)},与填报的 ${formatMu(areaMuX100)} 相差超过 10%,请核对`,
      en: `the outline holds about ${formatMuNumber(drawn)} mu, more than 10% off the stated ${formatMuNumber(areaMuX100)} mu`,
    },
  ];
}

export const land = defineKind({
  id: 'land',
  list: 'resources',
  label: { zh: '闲置土地', en: 'idle land' },
  isPublic: true,
  isCommonAsset: true,
  owners: ['collective', 'village-committee', 'cooperative', 'enterprise', 'sole-trader', 'government', 'institution'],
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
      path: 'attributes.landClassScheme',
      header: '地类标准',
      headerEn: 'land classification',
      cell: { type: 'choice', choices: landClassSchemes },
      note: { zh: '空为 GB/T 21010-2017', en: 'empty: GB/T 21010-2017' },
      example: 'GB/T 21010-2017',
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
      path: 'attributes.plotCode',
      header: '地块代码',
      headerEn: 'plot code',
      synonyms: ['承包地块代码', '不动产单元号'],
      cell: { type: 'text' },
      note: { zh: '承包合同或不动产登记上的代码', en: 'as in the contract or the land register' },
      example: '3308031142420100001',
    },
    {
      path: 'attributes.idleSince',
      header: '闲置起始日',
      headerEn: 'idle since',
      synonyms: ['闲置时间', '抛荒时间'],
      cell: { type: 'date' },
      example: '2024-10-01',
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
    ...decisionColumns,
    ...windowColumns,
    ...pointColumns,
    {
      path: 'attributes.polygon',
      header: '地块图形',
      headerEn: 'outline',
      synonyms: ['图形坐标', '界址点'],
      cell: { type: 'ring' },
      note: {
        zh: '依次填界址点“经度,纬度”,分号分开,WGS-84,最多 400 点',
        en: 'corner points “lng,lat” in order, separated by semicolons, WGS-84, at most 400',
      },
      example: '118.9590,28.9790;118.9600,28.9790;118.9600,28.9792;118.9590,28.9792',
    },
  ],
  warningsOf: areaWarnings,
  conditionsOf: (attributes) =>
    attributes.wantedUses.flatMap((use) => {
      const { verdict, rule, text } = judgeLandUse(attributes, use);
      return verdict === 'conditional' ? [{ rule, text }] : [];
    }),
  priceOf: ({ rentFenPerMuYear }) => rentFenPerMuYear,
  facets: [
    {
      id: 'idle-land-kind',
      label: { zh: '闲置土地类型', en: 'kind of idle land' },
      path: 'idleLandKind',
      terms: idleLandKinds,
    },
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
