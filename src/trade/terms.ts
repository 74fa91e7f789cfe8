// What may be agreed about a resource (CONVENTIONS 2.6, 2.7). Enters: the resource, the terms somebody wants, who takes it. Leaves:
// each rule that they break, with its text, and the conditions that the law ties to them. Pure.

import type { KindId, Resource } from '../lists/index.ts';
import { addDays, addMonths, formatDateZh, type PlainDate } from '../vocabulary/calendar.ts';
import { intendedUseCodes, judgeLandUse, type IntendedUse, type JudgedLand } from '../vocabulary/land-use.ts';
import type { PartyKind } from '../vocabulary/party-kinds.ts';
import type { Text } from '../vocabulary/text.ts';

export interface Terms {
  /** Of land and of what stands on it; null for what can be carried away. */
  intendedUse: IntendedUse | null;
  /** Both days included. */
  startsOn: PlainDate;
  endsOn: PlainDate;
  /** Pieces of equipment; of everything else there is one, the whole. */
  pieces: number;
}

/** A rule that is broken: which, where it stands in the request, and its text. */
export interface BrokenRule {
  path: 'intendedUse' | 'startsOn' | 'endsOn' | 'pieces';
  rule: string;
  text: Text;
}

export interface Condition {
  rule: string;
  text: Text;
}

export interface Judgement {
  broken: BrokenRule[];
  conditions: Condition[];
}

/** @param today in Shanghai: nothing begins before it. */
export function judgeTerms(
  resource: Resource,
  terms: Terms,
  { today, takerKind }: { today: PlainDate; takerKind: PartyKind },
): Judgement {
  const use = judgeUse(resource, terms, takerKind);
  return {
    broken: [...use.broken, ...judgePeriod(resource, terms, today), ...judgePieces(resource, terms)],
    ...{ conditions: use.conditions },
  };
}

/** How many takers a resource has room for at the same time. */
export function capacityOf({ kind, attributes }: Resource): number {
  const { quantity } = attributes;
  return kind === 'equipment' && typeof quantity === 'number' ? quantity : 1;
}

/** What is let plot by plot or as a going concern leaves the lists with its deal; venues and machines are let again and again. */
export function isLetAsAWhole({ kind }: { kind: KindId }): boolean {
  return kind === 'land' || kind === 'workshop';
}

/**
 * 承包地: land under a household's contract. Whoever lists it concludes nothing without the household's written mandate (办法 art. 8).
 */
export function isContractedLand({ kind, attributes }: Resource): boolean {
  return kind === 'land' && typeof attributes['remainingTermMonths'] === 'number';
}

function judgedLand({ attributes }: Resource): JudgedLand | null {
  return 'landClass' in attributes || 'landUse' in attributes ? (attributes as unknown as JudgedLand) : null;
}

const farmUses: readonly IntendedUse[] = intendedUseCodes.filter(
  (use) => !['workshop', 'homestay-catering', 'photovoltaic'].includes(use),
);

function judgeUse(resource: Resource, { intendedUse }: Terms, takerKind: PartyKind): Judgement {
  const land = judgedLand(resource);
  const broken = (rule: string, text: Text): Judgement => ({
    broken: [{ path: 'intendedUse', rule, text }],
    conditions: [],
  });
  if (land === null) {
    return intendedUse === null
      ? { broken: [], conditions: [] }
      : broken('land-use/no-land', {
          zh: '该资源不涉及用地,不填拟用途',
          en: 'this resource stands on no land: leave the intended use out',
        });
  }
  if (intendedUse === null) {
    return broken('land-use/not-stated', { zh: '请填写拟用途', en: 'state the intended use' });
  }
  const { verdict, rule, text } = judgeLandUse(land, intendedUse);
  if (verdict === 'forbidden') return broken(rule, text);
  const conditions: Condition[] = verdict === 'conditional' ? [{ rule, text }] : [];
  if (resource.kind === 'land' && takerKind === 'enterprise' && farmUses.includes(intendedUse)) {
    conditions.push(qualificationReview);
  }
  return { broken: [], conditions };
}

const qualificationReview: Condition = {
  rule: 'land-transfer/qualification-review',
  text: {
    zh: '工商企业流转土地经营权,须先通过资格审查和项目审核(受理后 20 个工作日内)',
    en: 'an enterprise that takes farm land passes qualification and project review first (within 20 working days)',
  },
};

function judgePeriod(resource: Resource, { startsOn, endsOn }: Terms, today: PlainDate): BrokenRule[] {
  if (endsOn < startsOn) {
    const text = { zh: '截止日早于起始日', en: 'the last day is before the first' };
    return [{ path: 'endsOn', rule: 'term/reversed', text }];
  }
  const broken: BrokenRule[] = [];
  if (startsOn < today) {
    const text = { zh: '起始日已过', en: 'the first day has passed' };
    broken.push({ path: 'startsOn', rule: 'term/past', text });
  }
  const { availableFrom, availableTo } = resource;
  if (availableFrom !== null && startsOn < availableFrom) {
    const text = {
      zh: `该资源自 ${formatDateZh(availableFrom)} 起可用`,
      en: `the resource is available from ${availableFrom}`,
    };
    broken.push({ path: 'startsOn', rule: 'term/availability', text });
  }
  if (availableTo !== null && endsOn > availableTo) {
    const text = {
      zh: `该资源至 ${formatDateZh(availableTo)} 止可用`,
      en: `the resource is available until ${availableTo}`,
    };
    broken.push({ path: 'endsOn', rule: 'term/availability', text });
  }
  const taken = unavailablePeriods(resource).find(({ from, to }) => from <= endsOn && startsOn <= to);
  if (taken) {
    const text = {
      zh: `${formatDateZh(taken.from)}至${formatDateZh(taken.to)}不可用`,
      en: `it is not free from ${taken.from} to ${taken.to}`,
    };
    broken.push({ path: 'startsOn', rule: 'term/availability', text });
  }
  const limit = longestTerm(resource, startsOn);
  if (endsOn > limit.until) broken.push({ path: 'endsOn', rule: limit.rule, text: limit.text });
  return broken;
}

function unavailablePeriods({ kind, attributes }: Resource): { from: PlainDate; to: PlainDate }[] {
  return kind === 'equipment' ? (attributes['unavailable'] as { from: PlainDate; to: PlainDate }[]) : [];
}

interface TermLimit extends Condition {
  until: PlainDate;
}

/** First-round terms of 农村土地承包法, by first-level class; what is no farm land is let for 20 years at most. */
const firstRoundYears: Record<string, { years: number; zh: string; en: string }> = {
  '01': { years: 30, zh: '耕地', en: 'cropland' },
  '02': { years: 30, zh: '园地', en: 'garden land' },
  '03': { years: 70, zh: '林地', en: 'forest land' },
  '04': { years: 50, zh: '草地', en: 'grassland' },
};

/** The last day that a lease from `startsOn` may run to, and the rule that says so. */
function longestTerm(resource: Resource, startsOn: PlainDate): TermLimit {
  const { attributes, publishedAt } = resource;
  const monthsLeft = attributes['remainingTermMonths'];
  if (resource.kind === 'land' && typeof monthsLeft === 'number') {
    // Counted from when it was stated: what was published later was read from the contract no later than that.
    const stated = publishedAt ? publishedAt.toISOString().slice(0, 10) : startsOn;
    const until = addDays(addMonths(stated, monthsLeft), -1);
    return {
      until,
      rule: 'term/remaining-contract',
      text: {
        zh: `流转期限不得超过承包期的剩余期限,最迟至 ${formatDateZh(until)}(农村土地经营权流转管理办法)`,
        en: `no longer than what is left of the contract term, until ${until} (measures for the transfer of land-management rights)`,
      },
    };
  }
  const landClass = attributes['landClass'];
  const ofClass = typeof landClass === 'string' ? firstRoundYears[landClass.slice(0, 2)] : undefined;
  if (ofClass) {
    const { years, zh, en } = ofClass;
    return {
      until: addDays(addMonths(startsOn, years * 12), -1),
      rule: 'term/first-round',
      text: {
        zh: `${zh}的承包期为 ${years} 年,不得超过(农村土地承包法)`,
        en: `no longer than the ${years} years of a contract over ${en} (rural land contracting law)`,
      },
    };
  }
  return {
    until: addDays(addMonths(startsOn, 20 * 12), -1),
    rule: 'term/civil-code-705',
    text: {
      zh: '租赁期限不得超过二十年(民法典第七百零五条)',
      en: 'a lease is for twenty years at most (Civil Code, 705)',
    },
  };
}

function judgePieces(resource: Resource, { pieces }: Terms): BrokenRule[] {
  const capacity = capacityOf(resource);
  if (pieces <= capacity) return [];
  const text =
    resource.kind === 'equipment'
      ? { zh: `共 ${capacity} 台`, en: `there are ${capacity} pieces` }
      : { zh: '该资源整体交易,数量为 1', en: 'it is let as a whole: 1' };
  return [{ path: 'pieces', rule: 'pieces/capacity', text }];
}
