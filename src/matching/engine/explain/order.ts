// Why an order was not placed. Two truths that must not be mixed up: it cannot be placed at all (a rule), or it could
// be, but others hold the capacity (competition), or it could be, but would cost more than it brings (not worth).

import { distanceKm } from '../../../vocabulary/geo.ts';
import { rosterOf, sourceWorker } from '../market.ts';
import type { CompiledOrder, Market } from '../market.ts';
import type { Allocation, Occupancy } from '../occupancy.ts';
import type { RuleAccount, UnmatchedCause, UnmatchedEntry } from '../plan.ts';
import { compareArea } from '../rules/area.ts';
import { compareEquipment } from '../rules/equipment.ts';
import { SITE_RULES } from '../rules/index.ts';
import { compareLandUse } from '../rules/land-use.ts';
import { comparePower } from '../rules/power.ts';
import type { Comparison } from '../rules/rule.ts';
import { compareSkill } from '../rules/skill.ts';
import { compareStar } from '../rules/star.ts';
import { compareWindow } from '../rules/window.ts';
import type { RuleId, Site } from '../scenario.ts';
import { CAUSE_TEXTS, RULE_TEXTS } from '../texts.ts';
import { findNearMisses, findSmallestLot } from './near-miss.ts';
import { GAIN_LEAST_FEN } from './try-change.ts';
import type { Trial } from './try-change.ts';

const LOST_TO_MAX = 8;

export interface OrderContext {
  market: Market;
  trial: Trial;
  /** The plan as it stands, and the market with nobody in it. */
  plan: Occupancy;
  empty: Occupancy;
  holders: Holders;
  triesMax: number;
}

/** Who holds what, by site and by worker. */
export interface Holders {
  bySite: Map<number, Allocation[]>;
  byWorker: Map<number, Allocation[]>;
}

export function explainOrder(context: OrderContext, order: CompiledOrder): UnmatchedEntry {
  const { market, trial, plan, empty } = context;
  const alone = trial.insert(order, empty);
  const lostTo = alone === null || alone.netFen <= GAIN_LEAST_FEN ? [] : listHolders(context, alone.allocation);
  const cause: UnmatchedCause = alone === null ? 'rule' : lostTo.length > 0 ? 'competition' : 'not-worth';
  const { rules, decisive } = accountForRules(market, order, cause === 'rule');
  const nearMiss = findNearMisses(market, trial, order, cause === 'rule' ? empty : plan, context.triesMax);
  const reason =
    cause === 'rule'
      ? CAUSE_TEXTS.orderRule(decisive.map((rule) => RULE_TEXTS.name[rule]))
      : cause === 'competition'
        ? CAUSE_TEXTS.orderCompetition(alone?.netFen ?? 0, lostTo)
        : CAUSE_TEXTS.orderNotWorth(alone?.netFen ?? 0);
  return { order: order.source.id, cause, rules, lostTo, nearMiss, reasons: [reason] };
}

/** Placed orders that hold what this order would have taken had it been alone, those that hold most first. */
function listHolders({ market, plan, holders }: OrderContext, wish: Allocation): string[] {
  const { weeks } = market;
  const end = wish.start + wish.order.source.durationWeeks;
  const weight = new Map<Allocation, number>();
  const blame = (held: Allocation[] | undefined, amount: number): void => {
    for (const allocation of held ?? []) {
      const overlaps = allocation.start < end && allocation.start + allocation.order.source.durationWeeks > wish.start;
      if (overlaps) weight.set(allocation, (weight.get(allocation) ?? 0) + amount);
    }
  };
  for (const lot of wish.lots) {
    const hoursOfLot = lot.hours.reduce((sum, hours) => sum + hours, 0) + 1;
    for (let week = wish.start; week < end; week++) {
      const at = lot.site * weeks + week;
      const isFull =
        (plan.freeArea[at] as number) < wish.variant.areaM2 - 1e-6 ||
        (plan.freePower[at] as number) < wish.variant.powerKw - 1e-6;
      if (!isFull) continue;
      blame(holders.bySite.get(lot.site), hoursOfLot);
      break;
    }
    lot.worker.forEach((worker, e) => {
      const hours = lot.hours[e] as number;
      for (let week = wish.start; week < end; week++) {
        if ((plan.freeHours[worker * weeks + week] as number) >= hours) continue;
        blame(holders.byWorker.get(worker), hours);
        break;
      }
    });
  }
  return [...weight]
    .sort((a, b) => b[1] - a[1] || a[0].order.index - b[0].order.index)
    .slice(0, LOST_TO_MAX)
    .map(([allocation]) => allocation.order.source.id);
}

/**
 * Every rule that removed candidates, judged on its own: (site, start) pairs for rules of sites, workers for rules of
 * labour. When no start fits at all, the run from `release` stands for the pairs. `isBlocked` says that the order cannot be
 * placed in an empty market; a shortage of hours is then told, too. `decisive` are those that alone suffice to keep the order
 * out; when only several together do, it is all of them.
 */
function accountForRules(
  market: Market,
  order: CompiledOrder,
  isBlocked: boolean,
): { rules: RuleAccount[]; decisive: RuleId[] } {
  const sites = market.scenario.sites;
  const { source } = order;
  const lot = findSmallestLot(order);
  const fitsItsWindow = order.firstStart <= order.lastStart;
  const lastStart = fitsItsWindow ? order.lastStart : order.firstStart;
  const removed = new Map<RuleId, number>();
  const add = (rule: RuleId, count: number): void => void removed.set(rule, (removed.get(rule) ?? 0) + count);
  const eligible: number[] = [];
  sites.forEach((site, number) => {
    let startsLeft = 0;
    for (let start = order.firstStart; start <= lastStart; start++) {
      let holds = fitsItsWindow;
      for (const rule of SITE_RULES) {
        const isBroken = !rule.holds({ order: source, site, start, lot }) || (rule.id === 'window' && !fitsItsWindow);
        if (!isBroken) continue;
        add(rule.id, 1);
        holds = false;
      }
      if (holds) startsLeft++;
    }
    if (startsLeft > 0) eligible.push(number);
  });
  // With no site left, labour is judged against all of them: the reader then sees that people are not what is missing.
  const labour = judgeLabour(
    market,
    order,
    eligible.length > 0 ? eligible : sites.map((_, number) => number),
    isBlocked,
  );
  for (const [rule, count] of labour.removed) add(rule, count);
  const comparisons: Partial<Record<RuleId, Comparison>> = {
    window: compareWindow(market.scenario, source, sites),
    area: compareArea(lot, sites),
    power: comparePower(lot, sites),
    equipment: compareEquipment(source, sites),
    'land-use': compareLandUse(source, sites),
    star: compareStar(source, sites),
    ...labour.comparisons,
  };
  // Sites are left, yet the order fits on none of them: what is missing is hours of people who are there in the same weeks.
  const isShortOfHours = isBlocked && eligible.length > 0;
  if (isShortOfHours) add('weekly-hours', labour.reachable);
  const accounts = [...removed].filter(([, count]) => count > 0);
  const pairs = sites.length * (lastStart - order.firstStart + 1);
  const part = ([rule, count]: [RuleId, number]): number =>
    count / Math.max(1, SITE_RULES.some((siteRule) => siteRule.id === rule) ? pairs : market.workerSource.length);
  const alone = accounts.filter((entry) => part(entry) >= 1 || (isShortOfHours && entry[0] === 'weekly-hours'));
  const decisive = (alone.length > 0 ? alone : accounts).map(([rule]) => rule);
  const rules = accounts
    .sort((a, b) => part(b) - part(a))
    .map(([rule, candidatesRemoved]): RuleAccount => {
      const { required, best, unit } = comparisons[rule] ?? { required: null, best: null, unit: null };
      return {
        rule,
        required,
        best,
        unit,
        candidatesRemoved,
        text: RULE_TEXTS.account(rule, required, best, unit, candidatesRemoved),
      };
    });
  return { rules, decisive };
}

interface LabourJudgement {
  removed: Map<RuleId, number>;
  comparisons: Partial<Record<RuleId, Comparison>>;
  /** Workers whom no rule removed. */
  reachable: number;
}

/** `measuresWays`: whether the nearest of those who live too far is looked for, which is dear. */
function judgeLabour(
  market: Market,
  order: CompiledOrder,
  sites: readonly number[],
  measuresWays: boolean,
): LabourJudgement {
  const { source } = order;
  const removed = new Map<RuleId, number>();
  const skills = [...new Set(source.needs.map((need) => need.skill))];
  const skillNumbers = skills.map((skill) => market.skillNumber.get(skill) ?? -1);
  const atSite = new Uint8Array(market.workerSource.length);
  const atHome = new Uint8Array(market.workerSource.length);
  // The hours in reach of the best site, against those of the row of the smallest lot that falls shortest there.
  let bestPart = -1;
  let bestRow = { hours: 0, needed: 0 };
  const variant = order.variants.reduce((least, other) =>
    rowHours(other.rows) <= rowHours(least.rows) ? other : least,
  );
  for (const site of sites) {
    for (const skill of skillNumbers) {
      markRoster(market, rosterOf(market, site, skill, false), atSite);
      if (source.homeWork) markRoster(market, rosterOf(market, site, skill, true), atHome);
    }
    let part = Infinity;
    let shortest = { hours: 0, needed: 0 };
    for (const row of variant.rows) {
      const roster = rosterOf(market, site, row.skill, row.home);
      const last = market.rosterStart[roster + 1] as number;
      const hours = last > (market.rosterStart[roster] as number) ? (market.rosterHoursUpTo[last - 1] as number) : 0;
      if (hours / row.hours < part) {
        part = hours / row.hours;
        shortest = { hours, needed: row.hours };
      }
    }
    if (part > bestPart) {
      bestPart = part;
      bestRow = shortest;
    }
  }
  let reachable = 0;
  let nearest: { km: number; limitKm: number } | null = null;
  const count = (rule: RuleId): void => void removed.set(rule, (removed.get(rule) ?? 0) + 1);
  const measured = measuresWays ? sites.map((site) => market.scenario.sites[site] as Site) : [];
  for (let number = 0; number < market.workerSource.length && skills.length > 0; number++) {
    const worker = sourceWorker(market, number);
    if (!worker.skills.some((skill) => skills.includes(skill))) {
      count('skill');
      continue;
    }
    if (Math.floor(worker.hoursPerWeek) < 1) {
      count('weekly-hours');
      continue;
    }
    if (atSite[number] === 0) {
      count('commute');
      for (const site of measured) {
        const km = distanceKm(worker, site);
        if (nearest === null || km - worker.maxCommuteKm < nearest.km - nearest.limitKm)
          nearest = { km, limitKm: worker.maxCommuteKm };
      }
    }
    if (source.homeWork && atHome[number] === 0) count('home-work');
    if (atSite[number] === 0 && atHome[number] === 0) continue;
    const isThere =
      Math.min(worker.to, order.lastStart + source.durationWeeks) - Math.max(worker.from, order.firstStart) >=
      source.durationWeeks;
    if (isThere) reachable++;
  }
  const scarcest = findScarcestSkill(market, order, skills);
  return {
    removed,
    reachable,
    comparisons: {
      skill: scarcest,
      ...(nearest === null ? {} : { commute: { required: roundKm(nearest.km), best: nearest.limitKm, unit: 'km' } }),
      'home-work': { required: market.scenario.policy.homeKmMax, best: null, unit: 'km' },
      'weekly-hours': { required: bestRow.needed, best: bestRow.hours, unit: 'h/week' },
    },
  };
}

/** The skill of the order whose holders give the smallest part of what is needed. */
function findScarcestSkill(market: Market, { source }: CompiledOrder, skills: readonly string[]): Comparison {
  const comparisons = skills.map((skill) => {
    const needed = source.needs.reduce((sum, need) => sum + (need.skill === skill ? need.hoursPerWeek : 0), 0);
    return compareSkill(skill, needed, market.scenario.workers);
  });
  const part = ({ required, best }: Comparison): number => Number(best) / Math.max(1, Number(required));
  return comparisons.reduce<Comparison>(
    (least, other) => (least.required === null || part(other) < part(least) ? other : least),
    {
      required: null,
      best: null,
      unit: 'h/week',
    },
  );
}

function markRoster(market: Market, roster: number, marks: Uint8Array): void {
  const last = market.rosterStart[roster + 1] as number;
  for (let e = market.rosterStart[roster] as number; e < last; e++) marks[market.rosterWorker[e] as number] = 1;
}

function rowHours(rows: readonly { hours: number }[]): number {
  return rows.reduce((sum, row) => sum + row.hours, 0);
}

/** Distances are told up to the next 100 m, so that "enough" is enough. */
function roundKm(km: number): number {
  return Math.ceil(km * 10 - 1e-9) / 10;
}
