// The one catalogue of sentences of the engine, Chinese and English side by side. Every reason, refusal and hint a
// person reads comes from here; no other file of the engine writes prose.

import type { Text } from '../../vocabulary/text.ts';
import type { Change, FieldValue } from './plan.ts';
import type { RuleId } from './scenario.ts';

const ENTITY_ZH = { order: '订单', site: '场地', worker: '村民', town: '乡镇' } as const;

/** What may be wrong with a scenario file. */
export const PROBLEM_TEXTS = {
  notAnObject: (): Text => ({ zh: '应为一个 JSON 对象', en: 'must be a JSON object' }),
  tooMany: (count: number, limit: number): Text => ({
    zh: `共 ${count} 条,超过上限 ${limit} 条`,
    en: `${count} entries, at most ${limit} are accepted`,
  }),
  moreProblems: (count: number): Text => ({
    zh: `另有 ${count} 个问题未列出`,
    en: `${count} more problems are not shown`,
  }),
  unknownField: (field: string): Text => ({ zh: `未知字段“${field}”`, en: `unknown field "${field}"` }),
  wrongType: (expected: string, input: unknown): Text => ({
    zh: `应为 ${expected},得到 ${nameType(input)}`,
    en: `must be ${expected}, got ${nameType(input)}`,
  }),
  tooSmall: (minimum: number, inclusive: boolean, origin: string): Text => ({
    zh: isCounted(origin) ? `至少 ${minimum} 个` : `应${inclusive ? '不小于' : '大于'} ${minimum}`,
    en: isCounted(origin) ? `needs at least ${minimum}` : `must be ${inclusive ? 'at least' : 'more than'} ${minimum}`,
  }),
  tooBig: (maximum: number, inclusive: boolean, origin: string): Text => ({
    zh: isCounted(origin) ? `至多 ${maximum} 个` : `应${inclusive ? '不大于' : '小于'} ${maximum}`,
    en: isCounted(origin) ? `takes at most ${maximum}` : `must be ${inclusive ? 'at most' : 'less than'} ${maximum}`,
  }),
  notOneOf: (values: string[]): Text => ({
    zh: `应为以下之一:${values.join('、')}`,
    en: `must be one of: ${values.join(', ')}`,
  }),
  invalid: (message: string): Text => ({ zh: `无效的值(${message})`, en: message }),
  duplicate: (id: string, first: string): Text => ({
    zh: `“${id}”重复,首次出现在 ${first}`,
    en: `"${id}" is a duplicate of ${first}`,
  }),
  slopeRises: (before: number, slope: number): Text => ({
    zh: `斜率应递减,${before} 之后不能是 ${slope}`,
    en: `slopes must fall: ${slope} may not follow ${before}`,
  }),
  unknownId: (kind: keyof typeof ENTITY_ZH, id: string): Text => ({
    zh: `${ENTITY_ZH[kind]}“${id}”不存在`,
    en: `${kind} "${id}" does not exist`,
  }),
  unpricedSkill: (skill: string): Text => ({
    zh: `技能“${skill}”在 policy.wageFen 中没有工价`,
    en: `skill "${skill}" has no wage in policy.wageFen`,
  }),
  emptyWindow: (from: number, to: number): Text => ({
    zh: `时间窗 [${from}, ${to}) 不含任何一周`,
    en: `the window [${from}, ${to}) holds no week`,
  }),
  excludedStands: (id: string): Text => ({
    zh: `“${id}”既被排除又在清单中`,
    en: `"${id}" is excluded and listed at the same time`,
  }),
  pinnedInfeasible: (violation: Text): Text => ({
    zh: `已约定的安排不可行:${violation.zh}`,
    en: `the pinned placement is not feasible: ${violation.en}`,
  }),
} as const;

function isCounted(origin: string): boolean {
  return origin === 'array' || origin === 'string' || origin === 'set';
}

function nameType(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isNaN(value) ? 'NaN' : typeof value;
}

/** What the referee may find wrong with a plan. */
export const VIOLATION_TEXTS = {
  format: (message: string): Text => ({ zh: `方案格式不符:${message}`, en: `not a plan: ${message}` }),
  unknown: (id: string): Text => ({ zh: `“${id}”不存在`, en: `"${id}" does not exist` }),
  placedTwice: (order: string): Text => ({ zh: `订单“${order}”安排了两次`, en: `order "${order}" is placed twice` }),
  share: (share: number, minShare: number): Text => ({
    zh: `接单份额 ${share} 不可用(至少 ${minShare})`,
    en: `share ${share} is not allowed (at least ${minShare})`,
  }),
  lots: (lots: number, maxLots: number): Text => ({
    zh: `分为 ${lots} 份不可用(1、2 或 4 份,至多 ${maxLots})`,
    en: `${lots} lots are not allowed (1, 2 or 4, at most ${maxLots})`,
  }),
  sameSiteTwice: (order: string): Text => ({
    zh: `订单“${order}”的各份应在不同场地`,
    en: `the lots of order "${order}" must stand on distinct sites`,
  }),
  mixedModes: (order: string): Text => ({
    zh: `订单“${order}”的各份应同为到场或同为居家`,
    en: `all lots of order "${order}" must have one mode`,
  }),
  noHomeWork: (order: string): Text => ({
    zh: `订单“${order}”不允许居家加工`,
    en: `order "${order}" does not allow home work`,
  }),
  start: (start: number, first: number, last: number): Text => ({
    zh: `开工周 ${start} 不在 ${first} 至 ${last} 之间`,
    en: `start ${start} is not within ${first} to ${last}`,
  }),
  window: (id: string, from: number, to: number): Text => ({
    zh: `“${id}”只在 [${from}, ${to}) 周可用`,
    en: `"${id}" is available in weeks [${from}, ${to}) only`,
  }),
  equipment: (site: string, kinds: string[]): Text => ({
    zh: `场地“${site}”缺少设备:${kinds.join('、')}`,
    en: `site "${site}" lacks equipment: ${kinds.join(', ')}`,
  }),
  landUse: (site: string, landUse: string): Text => ({
    zh: `场地“${site}”的土地用途“${landUse}”不被接受`,
    en: `land use "${landUse}" of site "${site}" is not accepted`,
  }),
  star: (site: string, star: number | null, minStar: number): Text => ({
    zh: `场地“${site}”${star === null ? '未评星' : `为 ${star} 星`},要求 ${minStar} 星`,
    en: `site "${site}" has ${star === null ? 'no rating' : `${star} stars`}, ${minStar} are asked`,
  }),
  skill: (worker: string, skill: string): Text => ({
    zh: `村民“${worker}”不会“${skill}”`,
    en: `worker "${worker}" does not hold "${skill}"`,
  }),
  homeWork: (worker: string, km: number, limitKm: number): Text => ({
    zh: `村民“${worker}”不能居家加工此份(${formatNumber(km)} 公里,上限 ${limitKm} 公里)`,
    en: `worker "${worker}" cannot do this at home (${formatNumber(km)} km, at most ${limitKm} km)`,
  }),
  commute: (worker: string, km: number, limitKm: number): Text => ({
    zh: `村民“${worker}”通勤 ${formatNumber(km)} 公里,超过其上限 ${limitKm} 公里`,
    en: `worker "${worker}" would travel ${formatNumber(km)} km, more than ${limitKm} km`,
  }),
  hours: (row: string, missing: number): Text => ({
    zh: `“${row}”${missing > 0 ? `缺 ${missing}` : `多 ${-missing}`} 小时/周`,
    en: `"${row}" has ${missing > 0 ? `${missing} h/week too few` : `${-missing} h/week too many`}`,
  }),
  capacity: (id: string, week: number, used: number, limit: number, unit: string): Text => ({
    zh: `“${id}”第 ${week} 周用了 ${formatNumber(used)} ${unit},只有 ${formatNumber(limit)} ${unit}`,
    en: `"${id}" gives ${formatNumber(used)} ${unit} in week ${week}, has ${formatNumber(limit)} ${unit}`,
  }),
  inputHash: (hash: string): Text => ({
    zh: `方案不是由此场景得出(应为 ${hash})`,
    en: `the plan was not made from this scenario (should be ${hash})`,
  }),
  pinMoved: (order: string): Text => ({
    zh: `已约定的订单“${order}”被改动`,
    en: `the agreed placement of order "${order}" was changed`,
  }),
  usedAndUnmatched: (id: string): Text => ({
    zh: `“${id}”已在方案中,却又列为未匹配`,
    en: `"${id}" is in the plan and yet listed as unmatched`,
  }),
  toldTwice: (id: string): Text => ({ zh: `“${id}”的未匹配说明重复`, en: `"${id}" is listed as unmatched twice` }),
  untold: (id: string): Text => ({
    zh: `订单“${id}”未安排且没有说明`,
    en: `order "${id}" is neither placed nor accounted for`,
  }),
  hintStartsElsewhere: (id: string, field: string): Text => ({
    zh: `提示中“${id}”的 ${field} 现值与场景不符`,
    en: `the hint misstates ${field} of "${id}"`,
  }),
  figure: (stated: number | null, counted: number | null): Text => ({
    zh: `写明 ${stated ?? '空'},复算为 ${counted ?? '空'}`,
    en: `states ${stated}, recounted ${counted}`,
  }),
  boundBelow: (bound: number, objective: number): Text => ({
    zh: `上界 ${bound} 低于目标值 ${objective}`,
    en: `the bound ${bound} is below the objective ${objective}`,
  }),
  townsMissing: (): Text => ({ zh: '乡镇与场景不一致', en: 'the towns are not those of the scenario' }),
  worstTown: (town: string | null): Text => ({ zh: `应为 ${town ?? '空'}`, en: `should be ${town}` }),
} as const;

/** A number for a sentence: at most two decimals, no trailing zeros. */
export function formatNumber(x: number): string {
  return String(Math.round(x * 100) / 100);
}

/** Names of the terms of the objective. */
export const TERM_TEXTS = {
  margin: { zh: '订单毛利', en: 'margin of the order' },
  early: { zh: '晚于可开工周', en: 'starting later than possible' },
  lotFix: { zh: '分包固定成本', en: 'fixed cost of further lots' },
  siteStar: { zh: '场地星级', en: 'star of the sites' },
  transport: { zh: '运输', en: 'transport' },
  rent: { zh: '村集体租金', en: 'rent to the collectives' },
  wage: { zh: '村民工资', en: 'wages of villagers' },
  lowIncome: { zh: '低收入农户加权', en: 'extra weight of low-income households' },
  workerStar: { zh: '村民星级', en: 'star of the workers' },
  way: { zh: '通勤与居家送料', en: 'commuting and carrying material home' },
  fairness: { zh: '乡镇均衡', en: 'fairness between towns' },
} as const satisfies Record<string, Text>;

/** Why a placement was chosen. */
export const PLACEMENT_TEXTS = {
  term: (name: Text, fen: number, share: number | null): Text => ({
    zh: `${name.zh}:${formatYuan(fen)} 元${share === null ? '' : `(占 ${formatPercent(share)})`}`,
    en: `${name.en}: ${formatYuan(fen)} yuan${share === null ? '' : ` (${formatPercent(share)} of the value)`}`,
  }),
  site: (site: string, km: number, areaM2: number, siteAreaM2: number, candidates: number): Text => ({
    zh: `场地“${site}”:距企业 ${formatNumber(km)} 公里,用 ${formatNumber(areaM2)}/${formatNumber(siteAreaM2)} m²,合规场地共 ${candidates} 处`,
    en: `site "${site}": ${formatNumber(km)} km from the enterprise, takes ${formatNumber(areaM2)} of ${formatNumber(siteAreaM2)} m², one of ${candidates} sites that meet the order's conditions`,
  }),
  people: (people: number, lowIncome: number, hours: number, hoursAtHome: number, km: number): Text => ({
    zh: `村民 ${people} 人(低收入 ${lowIncome} 人),每周 ${hours} 小时,其中居家 ${hoursAtHome} 小时,平均距离 ${formatNumber(km)} 公里`,
    en: `${people} workers (${lowIncome} of low income), ${hours} h a week, ${hoursAtHome} of them at home, ${formatNumber(km)} km from home on average`,
  }),
} as const;

/** 分 as yuan with two decimals. */
export function formatYuan(fen: number): string {
  return (Math.round(fen) / 100).toFixed(2);
}

export function formatPercent(ratio: number): string {
  return `${formatNumber(ratio * 100)} %`;
}

const RULE_NAMES: Record<RuleId, Text> = {
  skill: { zh: '技能', en: 'skill' },
  commute: { zh: '通勤距离', en: 'commute' },
  'home-work': { zh: '居家加工', en: 'home work' },
  window: { zh: '时间窗', en: 'time window' },
  'weekly-hours': { zh: '周工时', en: 'weekly hours' },
  law: { zh: '法律限制', en: 'law' },
  area: { zh: '面积', en: 'area' },
  power: { zh: '电力', en: 'power' },
  equipment: { zh: '设备', en: 'equipment' },
  'land-use': { zh: '土地用途', en: 'land use' },
  star: { zh: '星级', en: 'star rating' },
  'distinct-sites': { zh: '分包场地', en: 'distinct sites' },
  consent: { zh: '本人同意', en: 'consent' },
  rectification: { zh: '整改', en: 'rectification' },
};

/** Units as they are read, zh and en. */
const UNIT_TEXTS: Record<string, Text> = {
  'm²': { zh: ' m²', en: ' m²' },
  kW: { zh: ' 千瓦', en: ' kW' },
  km: { zh: ' 公里', en: ' km' },
  week: { zh: ' 周', en: ' weeks' },
  'h/week': { zh: ' 小时/周', en: ' h/week' },
  star: { zh: ' 星', en: ' stars' },
  lot: { zh: ' 份', en: ' lots' },
  fen: { zh: ' 分', en: ' fen' },
};

/** What a rule asked, what is there, and how many candidates it removed. */
export const RULE_TEXTS = {
  name: RULE_NAMES,
  account: (rule: RuleId, required: FieldValue, best: FieldValue, unit: string | null, removed: number): Text => {
    const name = RULE_NAMES[rule];
    const asked = writeValue(required, unit);
    const there = writeValue(best, unit);
    return {
      zh: `${name.zh}:${asked === null ? '' : `要求 ${asked.zh},`}${there === null ? '' : `现有最好 ${there.zh},`}排除候选 ${removed} 个`,
      en: `${name.en}: ${asked === null ? '' : `asks ${asked.en}, `}${there === null ? '' : `best there is ${there.en}, `}removed ${removed} candidates`,
    };
  },
  excluded: (rule: RuleId): Text => ({
    zh: `${RULE_NAMES[rule].zh}:生成快照时已排除`,
    en: `${RULE_NAMES[rule].en}: excluded when the snapshot was made`,
  }),
} as const;

/** Why an order, a site or a worker is not in the plan. */
export const CAUSE_TEXTS = {
  orderRule: (rules: readonly Text[]): Text => ({
    zh: `即使市场空着也无法安排,受限于:${rules.map((rule) => rule.zh).join('、')}`,
    en: `cannot be placed even in an empty market; limited by: ${rules.map((rule) => rule.en).join(', ')}`,
  }),
  orderCompetition: (aloneFen: number, lostTo: readonly string[]): Text => ({
    zh: `符合全部硬性条件(单独安排可增值 ${formatYuan(aloneFen)} 元),但所需场地或人手被更有价值的订单占用:${lostTo.join('、')}`,
    en: `meets every hard rule (worth ${formatYuan(aloneFen)} yuan if alone), but orders of more value hold its sites or people: ${lostTo.join(', ')}`,
  }),
  orderNotWorth: (aloneFen: number): Text => ({
    zh: `可以安排,但在本方案中得不偿失(单独安排的增值为 ${formatYuan(aloneFen)} 元)`,
    en: `could be placed, but would cost this plan more than it brings (worth ${formatYuan(aloneFen)} yuan if alone)`,
  }),
  siteRule: (orders: number, rules: readonly Text[]): Text => ({
    zh:
      orders === 0 ? '没有订单' : `${orders} 个订单都不能使用此场地,受限于:${rules.map((rule) => rule.zh).join('、')}`,
    en:
      orders === 0
        ? 'there are no orders'
        : `none of ${orders} orders can use it; limited by: ${rules.map((rule) => rule.en).join(', ')}`,
  }),
  siteCompetition: (orders: number): Text => ({
    zh: `符合条件,但可用它的 ${orders} 个订单选择了更有价值的场地`,
    en: `eligible, but the ${orders} orders that could use it are worth more on other sites`,
  }),
  siteNotWorth: (orders: number): Text => ({
    zh: `符合条件,但可用它的 ${orders} 个订单未能安排`,
    en: `eligible, but the ${orders} orders that could use it were not placed`,
  }),
  workerRule: (rule: Text): Text => ({
    zh: `没有可做的订单:${rule.zh}`,
    en: `no order within reach of the rules: ${rule.en}`,
  }),
  workerCompetition: (orders: number): Text => ({
    zh: `符合条件,但 ${orders} 个相关订单由他人承接更有价值`,
    en: `eligible, but others add more value to the ${orders} orders at hand`,
  }),
  workerNotNeeded: (orders: number): Text => ({
    zh: `附近有 ${orders} 个合适的订单,但订单本身未能安排`,
    en: `${orders} suitable orders are in reach, but were not placed themselves`,
  }),
  excluded: (rule: Text): Text => ({ zh: `未进入本轮:${rule.zh}`, en: `not part of this round: ${rule.en}` }),
} as const;

/** Hints: one changed field that would place an order. */
export const HINT_TEXTS = {
  change: ({ target, id, field, from, to, unit }: Change): Text => {
    const name = FIELD_TEXTS[field] ?? { zh: field, en: field };
    const before = writeValue(from, unit) ?? UNKNOWN;
    const after = writeValue(to, unit) ?? UNKNOWN;
    return {
      zh: `若${ENTITY_ZH[target]}“${id}”的${name.zh}由 ${before.zh} 改为 ${after.zh},即可安排`,
      en: `if ${name.en} of ${target} "${id}" were ${after.en} instead of ${before.en}, the order could be placed`,
    };
  },
} as const;

const UNKNOWN: Text = { zh: '未知', en: 'unknown' };

const FIELD_TEXTS: Record<string, Text> = {
  release: { zh: '可开工周', en: 'the release week' },
  due: { zh: '交货周', en: 'the due week' },
  areaM2: { zh: '面积', en: 'the area' },
  powerKw: { zh: '用电功率', en: 'the power' },
  equipment: { zh: '设备', en: 'the equipment' },
  landUse: { zh: '可接受的土地用途', en: 'the accepted land use' },
  minStar: { zh: '最低星级', en: 'the minimum star' },
  minShare: { zh: '最低接单份额', en: 'the minimum share' },
  maxLots: { zh: '最多分包份数', en: 'the maximum number of lots' },
  homeWork: { zh: '居家加工许可', en: 'permission of home work' },
  needs: { zh: '用工需求', en: 'the labour need' },
  marginFen: { zh: '毛利', en: 'the margin' },
  from: { zh: '可用起始周', en: 'the first week' },
  to: { zh: '可用截止周', en: 'the last week' },
  maxCommuteKm: { zh: '通勤上限', en: 'the commute limit' },
  hoursPerWeek: { zh: '每周工时', en: 'the weekly hours' },
  skills: { zh: '技能', en: 'the skills' },
};

/** A field's value as it is read; null when there is nothing to say. */
function writeValue(value: FieldValue, unit: string | null): Text | null {
  if (value === null) return null;
  const suffix = (unit === null ? undefined : UNIT_TEXTS[unit]) ?? { zh: '', en: '' };
  if (typeof value === 'boolean') return value ? { zh: '允许', en: 'yes' } : { zh: '不允许', en: 'no' };
  if (typeof value === 'number') {
    if (unit === 'fen') return { zh: `${formatYuan(value)} 元`, en: `${formatYuan(value)} yuan` };
    return { zh: `${formatNumber(value)}${suffix.zh}`, en: `${formatNumber(value)}${suffix.en}` };
  }
  if (typeof value === 'string') return { zh: value, en: value };
  if (value.length === 0) return { zh: '无', en: 'none' };
  const parts = value.map((part) =>
    typeof part === 'string'
      ? { zh: part, en: part }
      : { zh: `${part.skill} ${part.hoursPerWeek}${suffix.zh}`, en: `${part.skill} ${part.hoursPerWeek}${suffix.en}` },
  );
  return { zh: parts.map((part) => part.zh).join('、'), en: parts.map((part) => part.en).join(', ') };
}
