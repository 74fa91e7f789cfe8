// 闲置房屋和场地 idle houses and venues: plants, old schools, grain stations, service venues, farm houses lent as production space.
import { z } from 'zod';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import { equipmentKinds } from '../../vocabulary/equipment-kinds.ts';
import { landUses } from '../../vocabulary/land-use.ts';
import { partyKindCodes } from '../../vocabulary/party-kinds.ts';
import { halfDayCodes, halfDays } from '../../vocabulary/recurring-times.ts';
import { decisionColumns } from './decision-fields.ts';
import { brokenRule, defineKind } from './kind.ts';
import { divisionColumn, keyColumn, ownerColumn, pointColumns, windowColumns } from './listing-fields.ts';
import { missingSitePapersOf, namesOf, siteColumns, siteFields } from './site-fields.ts';

export const venueTypes = [
  { code: 'farm-house', zh: '闲置农房', en: 'idle farm house', synonyms: ['农房', '闲置房屋', '民房'] },
  { code: 'plant', zh: '厂房', en: 'plant', synonyms: ['闲置厂房', '标准厂房'] },
  { code: 'warehouse', zh: '仓库', en: 'warehouse', synonyms: ['粮站', '旧粮站', '库房'] },
  { code: 'old-school', zh: '旧校舍', en: 'former school', synonyms: ['校舍', '学校'] },
  { code: 'service-venue', zh: '党群服务阵地', en: 'party-service venue', synonyms: ['党群服务中心', '阵地'] },
  { code: 'culture-hall', zh: '文化礼堂', en: 'culture hall', synonyms: ['礼堂', '大会堂'] },
  { code: 'office', zh: '办公用房', en: 'office', synonyms: ['办公楼', '办公室'] },
  { code: 'yard', zh: '场院晒场', en: 'yard', synonyms: ['晒场', '场地', '停车场'] },
] as const satisfies readonly CodedTerm[];

export const houseSafetyGrades = [
  { code: 'a', zh: 'A级', en: 'grade A', synonyms: ['安全'] },
  { code: 'b', zh: 'B级', en: 'grade B', synonyms: ['基本安全'] },
  { code: 'c', zh: 'C级', en: 'grade C', synonyms: ['局部危房'] },
  { code: 'd', zh: 'D级', en: 'grade D', synonyms: ['整幢危房', '危房'] },
  { code: 'unappraised', zh: '未鉴定', en: 'not appraised', synonyms: ['没有鉴定'] },
] as const satisfies readonly CodedTerm[];

/** 三合一: dwelling, production and storage in one building are forbidden together (CONVENTIONS 2.6). */
export const buildingUses = [
  { code: 'dwelling', zh: '住人', en: 'dwelling', synonyms: ['居住', '住宿'] },
  { code: 'production', zh: '生产', en: 'production', synonyms: ['加工', '经营'] },
  { code: 'storage', zh: '仓储', en: 'storage', synonyms: ['堆放', '储存'] },
] as const satisfies readonly CodedTerm[];

export const venueAttributes = z
  .strictObject({
    name: z.string().min(1).max(60).describe('资源名称 · name'),
    venueType: z.enum(venueTypes.map((type) => type.code)).describe('房屋场地类型 · type'),
    ...siteFields,
    floor: z.number().int().min(-2).max(60).default(1).describe('所在楼层 · floor'),
    houseSafety: z.enum(houseSafetyGrades.map((grade) => grade.code)).describe('房屋安全鉴定等级 · house-safety grade'),
    buildingUses: z
      .array(z.enum(buildingUses.map((use) => use.code)))
      .max(buildingUses.length)
      .default([])
      .describe('同楼现有用途 · what the building is used for now'),
    bookableSlots: z
      .array(z.enum(halfDayCodes))
      .max(halfDayCodes.length)
      .default([])
      .describe('每周可预约半天,空为整段可用 · half-days of a week; empty: all the time'),
    hasOwnershipProof: z.boolean().describe('权属证明齐全 · ownership papers at hand'),
  })
  .superRefine(({ buildingUses: uses }, context) => {
    if (new Set(uses).size < buildingUses.length) return;
    const text = {
      zh: '住宿、生产、仓储不得设在同一建筑内(三合一)',
      en: 'dwelling, production and storage must not be in one building',
    };
    context.addIssue(brokenRule(['buildingUses'], 'three-in-one', text));
  });

export const venue = defineKind({
  id: 'venue',
  list: 'resources',
  label: { zh: '闲置房屋和场地', en: 'idle house or venue' },
  isPublic: true,
  isCommonAsset: true,
  owners: partyKindCodes,
  attributes: venueAttributes,
  withheld: [],
  columns: [
    keyColumn('资源编号', ['房屋编号'], 'FW-001'),
    divisionColumn,
    ownerColumn('权属单位统一社会信用代码'),
    {
      path: 'attributes.name',
      header: '资源名称',
      headerEn: 'name',
      synonyms: ['名称', '房屋名称', '场地名称'],
      cell: { type: 'text' },
      isRequired: true,
      example: '老粮站仓库',
    },
    {
      path: 'attributes.venueType',
      header: '房屋类型',
      headerEn: 'type',
      synonyms: ['资源类型', '类型', '场地类型'],
      cell: { type: 'choice', choices: venueTypes },
      isRequired: true,
      example: '仓库',
    },
    ...siteColumns,
    {
      path: 'attributes.floor',
      header: '楼层',
      headerEn: 'floor',
      synonyms: ['所在楼层'],
      cell: { type: 'integer' },
      example: '1',
    },
    {
      path: 'attributes.houseSafety',
      header: '房屋安全等级',
      headerEn: 'house-safety grade',
      synonyms: ['安全等级', '房屋安全', '鉴定等级'],
      cell: { type: 'choice', choices: houseSafetyGrades },
      isRequired: true,
      example: 'A级',
    },
    {
      path: 'attributes.hasOwnershipProof',
      header: '权属证明',
      headerEn: 'ownership papers',
      synonyms: ['产权证明', '权属证明齐全'],
      cell: { type: 'yes-no' },
      isRequired: true,
      example: '是',
    },
    {
      path: 'attributes.buildingUses',
      header: '同楼现有用途',
      headerEn: 'uses of the building',
      synonyms: ['楼内用途', '现有用途'],
      cell: { type: 'choices', choices: buildingUses },
      note: {
        zh: '住人、生产、仓储三者不得同楼;有人居住的不参与撮合',
        en: 'the three must not be in one building; where people live, nothing is matched',
      },
      example: '仓储',
    },
    {
      path: 'attributes.bookableSlots',
      header: '可预约时段',
      headerEn: 'bookable half-days',
      synonyms: ['每周可用时段', '开放时段'],
      cell: { type: 'choices', choices: halfDays },
      note: {
        zh: '每周半天,空为整段可用;只按半天出借的不参与整周撮合',
        en: 'half-days of a week, empty: all the time; what is lent by half-days is not matched for whole weeks',
      },
      example: '',
    },
    ...decisionColumns,
    ...windowColumns,
    ...pointColumns,
  ],
  priceOf: ({ rentFenPerM2Month }) => rentFenPerM2Month,
  facets: [
    { id: 'venue-type', label: { zh: '房屋场地类型', en: 'type of venue' }, path: 'venueType', terms: venueTypes },
  ],
  missingPapersOf: (attributes) => [
    ...missingSitePapersOf(attributes),
    ...(['a', 'b'].includes(attributes.houseSafety)
      ? []
      : [{ zh: '房屋安全鉴定(A 级或 B 级)', en: 'a house-safety appraisal of grade A or B' }]),
    ...(attributes.hasOwnershipProof ? [] : [{ zh: '权属证明', en: 'ownership papers' }]),
  ],
  titleOf: (attributes) => `${attributes.name} ${attributes.areaM2}㎡`,
  searchTextOf: (attributes) =>
    [
      attributes.name,
      '闲置房屋 场地',
      ...namesOf(venueTypes, [attributes.venueType]),
      ...namesOf(landUses, [attributes.landUse]),
      ...namesOf(equipmentKinds, attributes.equipment),
    ].join(' '),
});
