// Land 土地: the national classes, the idle kinds, and what the law lets happen on which land (CONVENTIONS 2.5, 2.6).
// A hard rule of lists and matcher: it answers allowed, conditional or forbidden, always with a rule id and a sentence.
import classTable from './data/land-classes.json' with { type: 'json' };
import matrix from './data/land-use-matrix.json' with { type: 'json' };
import type { CodedTerm } from './coded-term.ts';
import { indexTerms } from './coded-term.ts';
import type { Text } from './text.ts';

/** Second-level class of GB/T 21010-2017 地类, e.g. 0702 农村宅基地. */
export interface LandClass {
  /** 4 digits; the first two are the first-level class */
  code: string;
  zh: string;
  en: string;
}

export const landClassScheme = 'GB/T 21010-2017';
export const landClassGroups = classTable.classes;
export const landClasses: readonly LandClass[] = landClassGroups.flatMap((group) => group.classes);
export const landClassCodes: readonly string[] = landClasses.map((landClass) => landClass.code);

const landClassTerms = indexTerms(landClasses.map((landClass) => ({ ...landClass, synonyms: [] })));

/** By 4-digit code or by name; `null` when unknown. */
export function findLandClass(text: string): LandClass | null {
  return landClassTerms.find(text);
}

/** The seven kinds of idle land 闲置土地分类 (SYSTEMS A08). */
export const idleLandKinds = [
  { code: 'collective-idle', zh: '集体闲置地', en: 'idle collective land', synonyms: ['集体闲置土地'] },
  { code: 'abandoned', zh: '抛荒地', en: 'abandoned land', synonyms: ['撂荒地', '抛荒土地'] },
  { code: 'acquired-unused', zh: '征而未用地', en: 'acquired but unused land', synonyms: ['征而未用'] },
  {
    code: 'grain-restored',
    zh: '非粮化整治腾退地',
    en: 'land restored from non-grain use',
    synonyms: ['非粮化腾退地'],
  },
  { code: 'idle-homestead', zh: '闲置宅基地', en: 'idle homestead', synonyms: [] },
  { code: 'village-vacant', zh: '村庄空闲地', en: 'vacant land in the village', synonyms: ['村庄闲置地'] },
  { code: 'disused-industrial', zh: '废弃工矿地', en: 'disused industrial or mining land', synonyms: ['废弃工矿'] },
] as const satisfies readonly CodedTerm[];

export type IdleLandKind = (typeof idleLandKinds)[number]['code'];
export const idleLandKindCodes: readonly IdleLandKind[] = idleLandKinds.map((kind) => kind.code);

/** The columns of the legal matrix: what a site stands on. These codes stand on listings and in scenario files. */
export const landUses = [
  { code: 'basic-farmland', zh: '永久基本农田', en: 'permanent basic farmland', synonyms: ['基本农田'] },
  { code: 'cropland', zh: '一般耕地', en: 'ordinary cropland', synonyms: ['耕地'] },
  {
    code: 'orchard-forest-grass',
    zh: '园地林地草地',
    en: 'garden, forest or grass land',
    synonyms: ['园地', '林地', '草地'],
  },
  { code: 'facility-agriculture', zh: '设施农用地', en: 'facility-agriculture land', synonyms: ['设施农业用地'] },
  { code: 'homestead', zh: '宅基地', en: 'homestead', synonyms: ['农房', '农村宅基地'] },
  {
    code: 'village-construction',
    zh: '集体经营性建设用地',
    en: 'village construction land',
    synonyms: ['集体建设用地', '建设用地', '工业用地'],
  },
  { code: 'vacant-land', zh: '空闲地', en: 'vacant land', synonyms: ['村庄空闲地', '其他土地'] },
] as const satisfies readonly CodedTerm[];

export type LandUseCode = (typeof landUses)[number]['code'];
export const landUseCodes: readonly LandUseCode[] = landUses.map((use) => use.code);

export type IntendedUse =
  | 'grain'
  | 'vegetables-oil-fodder'
  | 'other-crops'
  | 'fruit-forestry'
  | 'ponds-landscape'
  | 'livestock-facilities'
  | 'workshop'
  | 'homestay-catering'
  | 'photovoltaic'
  /** 消纳: fields that take a farm's manure, beside the crop that stands on them. Not in the matrix of 2.6; its own source. */
  | 'manure-absorption';

/** A sentence is the approval or local rule without which the use may not begin. */
type MatrixCell = 'preferred' | 'allowed' | Text;
interface IntendedUseTerm extends CodedTerm {
  code: IntendedUse;
}
interface MatrixRow extends IntendedUseTerm {
  /** the rule that speaks, unless the land has one of its own for what it forbids (`banSourceOn`) */
  source: string;
  on: Partial<Record<LandUseCode, MatrixCell>>;
  forbiddenBecause?: Partial<Record<LandUseCode, Text>>;
}

const rows = matrix.uses as readonly MatrixRow[];
const rowOf = new Map(rows.map((row) => [row.code, row]));

/** The rows of the legal matrix: what somebody wants to do 拟用途. */
export const intendedUses: readonly IntendedUseTerm[] = rows;
export const intendedUseCodes: readonly IntendedUse[] = rows.map((row) => row.code);

/**
 * The matrix column of a class of GB/T 21010-2017. `null` where the matrix says nothing (roads, water, public land …):
 * such land is never proposed by itself, an official must state the land use.
 */
export function landUseOfClass(
  landClassCode: string,
  { basicFarmland }: { basicFarmland: boolean },
): LandUseCode | null {
  if (basicFarmland) return 'basic-farmland';
  if (landClassCode === '1202') return 'facility-agriculture';
  if (landClassCode === '0702') return 'homestead';
  switch (landClassCode.slice(0, 2)) {
    case '01':
      return 'cropland';
    case '02':
    case '03':
    case '04':
      return 'orchard-forest-grass';
    case '05':
    case '06':
      return 'village-construction';
    case '12':
      return 'vacant-land';
    default:
      return null;
  }
}

export interface LandUseVerdict {
  verdict: 'allowed' | 'conditional' | 'forbidden';
  /** what the law puts first on this land: grain on permanent basic farmland */
  isPreferred: boolean;
  /** stable: `land-use/<intended use>/<land use>` */
  rule: string;
  /** the whole sentence, with the approval or the reason */
  text: Text;
  /** conditional only: the approval or local rule that must be named */
  approval: Text | null;
  source: string;
}

/** Land whose bans stand in a rule of its own. */
const banSourceOn: Partial<Record<LandUseCode, string>> = matrix.banSourceOn;

/** What the law says about an intended use on a column of the matrix (CONVENTIONS 2.6). */
export function landUseVerdict(intendedUse: IntendedUse, landUse: LandUseCode): LandUseVerdict {
  const row = rowOf.get(intendedUse);
  const land = landUses.find((use) => use.code === landUse);
  if (row === undefined || land === undefined) throw new Error(`unknown use ${intendedUse} or land use ${landUse}`);
  const cell = row.on[landUse];
  const common = {
    isPreferred: cell === 'preferred',
    rule: `land-use/${intendedUse}/${landUse}`,
    approval: null,
    source: row.source,
  };
  if (cell === 'allowed' || cell === 'preferred') {
    return {
      ...common,
      verdict: 'allowed',
      text: { zh: `${land.zh}可用于${row.zh}`, en: `${land.en} may be used for ${row.en}` },
    };
  }
  if (cell !== undefined) {
    return {
      ...common,
      verdict: 'conditional',
      approval: cell,
      text: {
        zh: `${land.zh}用于${row.zh}有条件:${cell.zh}`,
        en: `${land.en} for ${row.en} on condition: ${cell.en}`,
      },
    };
  }
  const because = row.forbiddenBecause?.[landUse] ?? {
    zh: '不在该类土地准许的用途之内',
    en: 'not among the uses permitted on this land',
  };
  return {
    ...common,
    verdict: 'forbidden',
    source: banSourceOn[landUse] ?? row.source,
    text: {
      zh: `${land.zh}不得用于${row.zh}:${because.zh}`,
      en: `${land.en} must not be used for ${row.en}: ${because.en}`,
    },
  };
}

/** What a land listing says of its land; a house or a workshop states its column of the matrix itself. */
export type JudgedLand = { landClass: string; isBasicFarmland: boolean } | { landUse: LandUseCode };

/**
 * What the law says about an intended use on a listed land: the one question that listing, trade and matching ask. For land that
 * the matrix does not know (roads, water, public land …) an official must speak first.
 */
export function judgeLandUse(land: JudgedLand, intendedUse: IntendedUse): LandUseVerdict {
  const landUse =
    'landUse' in land ? land.landUse : landUseOfClass(land.landClass, { basicFarmland: land.isBasicFarmland });
  if (landUse !== null) return landUseVerdict(intendedUse, landUse);
  const approval = {
    zh: '须由自然资源部门认定该地类可否这样利用',
    en: 'the natural-resources office must state whether this class of land may be so used',
  };
  return {
    verdict: 'conditional',
    isPreferred: false,
    rule: `land-use/${intendedUse}/unlisted-class`,
    text: {
      zh: `该地类不在用途规则之内:${approval.zh}`,
      en: `the matrix does not know this class of land: ${approval.en}`,
    },
    approval,
    source: matrix.source,
  };
}

/** The land uses on which an intended use is allowed, or possible under a condition: what an order accepts in a scenario. */
export function acceptedLandUses(intendedUse: IntendedUse): LandUseCode[] {
  return landUseCodes.filter((code) => landUseVerdict(intendedUse, code).verdict !== 'forbidden');
}
