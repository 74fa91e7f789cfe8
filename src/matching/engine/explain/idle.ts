// Why a site or a worker was not used: a cheap account, without hints, but a true one. Candidates here are orders.

import { distanceKm } from '../../../vocabulary/geo.ts';
import { rosterOf, sourceWorker } from '../market.ts';
import type { CompiledOrder, Market } from '../market.ts';
import type { Allocation } from '../occupancy.ts';
import type { FieldValue, RuleAccount, UnmatchedEntry } from '../plan.ts';
import { SITE_RULES } from '../rules/index.ts';
import type { RuleId, Site, Worker } from '../scenario.ts';
import { CAUSE_TEXTS, RULE_TEXTS } from '../texts.ts';
import { findSmallestLot } from './near-miss.ts';

const LOST_TO_MAX = 5;

/** Which sites an order may use at all, and from when. */
interface Reach {
  order: CompiledOrder;
  isPlaced: boolean;
  sites: number[];
}

export function explainIdle(market: Market, allocations: readonly Allocation[]): UnmatchedEntry[] {
  const usedSites = new Set<number>();
  const usedWorkers = new Set<number>();
  for (const { lots } of allocations) {
    for (const lot of lots) {
      usedSites.add(lot.site);
      for (const worker of lot.worker) usedWorkers.add(worker);
    }
  }
  const placed = new Set(allocations.map((allocation) => allocation.order));
  const reaches = market.orders.map((order) => ({
    order,
    isPlaced: placed.has(order),
    sites: listEligibleSites(market, order),
  }));
  return [...explainSites(market, reaches, usedSites), ...explainWorkers(market, reaches, usedWorkers)];
}

function listEligibleSites(market: Market, order: CompiledOrder): number[] {
  const lot = findSmallestLot(order);
  return [...order.sites].filter((number) => {
    const site = market.scenario.sites[number] as Site;
    for (let start = order.firstStart; start <= order.lastStart; start++) {
      if (SITE_RULES.every((rule) => rule.holds({ order: order.source, site, start, lot }))) return true;
    }
    return false;
  });
}

function explainSites(market: Market, reaches: readonly Reach[], used: ReadonlySet<number>): UnmatchedEntry[] {
  const takers = market.scenario.sites.map((): Reach[] => []);
  for (const reach of reaches) for (const site of reach.sites) takers[site]?.push(reach);
  const entries: UnmatchedEntry[] = [];
  market.scenario.sites.forEach((site, number) => {
    if (used.has(number)) return;
    const allowed = takers[number] ?? [];
    const staffed = allowed.filter(({ order }) => canStaff(market, order, number));
    const rules = accountForSite(market, site, reaches);
    if (allowed.length > staffed.length)
      rules.push(account('weekly-hours', null, null, 'h/week', allowed.length - staffed.length));
    const base = { site: site.id, rules, nearMiss: [] };
    if (staffed.length === 0) {
      const reason = CAUSE_TEXTS.siteRule(
        reaches.length,
        rules.map(({ rule }) => RULE_TEXTS.name[rule]),
      );
      entries.push({ ...base, cause: 'rule', lostTo: [], reasons: [reason] });
      return;
    }
    const winners = staffed.filter(({ isPlaced }) => isPlaced).map(({ order }) => order.source.id);
    entries.push({
      ...base,
      cause: winners.length > 0 ? 'competition' : 'not-worth',
      lostTo: winners.slice(0, LOST_TO_MAX),
      reasons: [
        winners.length > 0 ? CAUSE_TEXTS.siteCompetition(winners.length) : CAUSE_TEXTS.siteNotWorth(staffed.length),
      ],
    });
  });
  return entries;
}

/** Whether all people in reach, wholly free, could do some lot of the order here. */
function canStaff(market: Market, order: CompiledOrder, site: number): boolean {
  return order.variants.some((variant) =>
    variant.rows.every((row) => {
      const roster = rosterOf(market, site, row.skill, row.home);
      const last = market.rosterStart[roster + 1] as number;
      return last > (market.rosterStart[roster] as number) && (market.rosterHoursUpTo[last - 1] as number) >= row.hours;
    }),
  );
}

/** Per rule: how many orders it keeps away, what the least demanding of them asks, and what the site has. */
function accountForSite(market: Market, site: Site, reaches: readonly Reach[]): RuleAccount[] {
  const removed = new Map<RuleId, number>();
  let leastArea = Infinity;
  let leastPower = Infinity;
  let leastStar = Infinity;
  let shortest = Infinity;
  for (const { order } of reaches) {
    const lot = findSmallestLot(order);
    for (const rule of SITE_RULES) {
      let holds = false;
      for (let start = order.firstStart; start <= order.lastStart && !holds; start++) {
        holds = rule.holds({ order: order.source, site, start, lot });
      }
      if (!holds) removed.set(rule.id, (removed.get(rule.id) ?? 0) + 1);
    }
    leastArea = Math.min(leastArea, lot.areaM2);
    leastPower = Math.min(leastPower, lot.powerKw);
    leastStar = Math.min(leastStar, order.source.minStar);
    shortest = Math.min(shortest, order.source.durationWeeks);
  }
  const weeksOpen = Math.max(0, Math.min(site.to, market.weeks) - Math.max(site.from, 0));
  const compared: Partial<Record<RuleId, [FieldValue, FieldValue, string | null]>> = {
    area: [leastArea, site.areaM2, 'm²'],
    power: [leastPower, site.powerKw, 'kW'],
    star: [leastStar, site.star, 'star'],
    window: [shortest, weeksOpen, 'week'],
    equipment: [null, site.equipment, null],
    'land-use': [null, site.landUse, null],
  };
  return [...removed]
    .sort((a, b) => b[1] - a[1])
    .map(([rule, count]) => account(rule, ...(compared[rule] ?? [null, null, null]), count));
}

function account(
  rule: RuleId,
  required: FieldValue,
  best: FieldValue,
  unit: string | null,
  candidatesRemoved: number,
): RuleAccount {
  const text = RULE_TEXTS.account(rule, required, best, unit, candidatesRemoved);
  return { rule, required, best, unit, candidatesRemoved, text };
}

/** What is known of an unused worker after a walk over all rosters. */
interface Chances {
  /** Placed orders the worker could have served. */
  winners: string[];
  /** Orders within reach that were not placed. */
  unplaced: number;
  /** Orders within reach whose run does not fit the worker's weeks. */
  outsideWindow: number;
}

function explainWorkers(market: Market, reaches: readonly Reach[], used: ReadonlySet<number>): UnmatchedEntry[] {
  const chances = new Map<number, Chances>();
  const ordersOfSkill = new Map<string, number>();
  const sitesOfSkill = new Map<string, Set<number>>();
  const seenFor = new Int32Array(market.workerSource.length).fill(-1);
  for (const { order, isPlaced, sites } of reaches) {
    const { source } = order;
    for (const skill of new Set(source.needs.map((need) => need.skill))) {
      ordersOfSkill.set(skill, (ordersOfSkill.get(skill) ?? 0) + 1);
      const known = sitesOfSkill.get(skill) ?? new Set<number>();
      for (const site of sites) known.add(site);
      sitesOfSkill.set(skill, known);
      for (const site of sites) {
        for (const home of source.homeWork ? [false, true] : [false]) {
          const roster = rosterOf(market, site, market.skillNumber.get(skill) ?? -1, home);
          for (let e = market.rosterStart[roster] as number; e < (market.rosterStart[roster + 1] as number); e++) {
            const number = market.rosterWorker[e] as number;
            if (used.has(number) || seenFor[number] === order.index) continue;
            seenFor[number] = order.index;
            noteChance(chances, number, sourceWorker(market, number), order, isPlaced);
          }
        }
      }
    }
  }
  const skillsAsked = [...ordersOfSkill.keys()].sort();
  const entries: UnmatchedEntry[] = [];
  market.scenario.workers.forEach((worker) => {
    const number = market.workerNumber.get(worker.id) ?? -1;
    if (used.has(number)) return;
    entries.push(explainWorker(market, worker, chances.get(number) ?? null, skillsAsked, sitesOfSkill, ordersOfSkill));
  });
  return entries;
}

function noteChance(
  chances: Map<number, Chances>,
  number: number,
  worker: Worker,
  order: CompiledOrder,
  isPlaced: boolean,
): void {
  let known = chances.get(number);
  if (known === undefined) chances.set(number, (known = { winners: [], unplaced: 0, outsideWindow: 0 }));
  const { source } = order;
  const first = Math.max(order.firstStart, worker.from);
  if (first > order.lastStart || first + source.durationWeeks > worker.to) known.outsideWindow++;
  else if (!isPlaced) known.unplaced++;
  else if (known.winners.length < LOST_TO_MAX) known.winners.push(source.id);
}

function explainWorker(
  market: Market,
  worker: Worker,
  chances: Chances | null,
  skillsAsked: string[],
  sitesOfSkill: ReadonlyMap<string, ReadonlySet<number>>,
  ordersOfSkill: ReadonlyMap<string, number>,
): UnmatchedEntry {
  const base = { worker: worker.id, nearMiss: [] };
  const blocked = (rule: RuleAccount): UnmatchedEntry => ({
    ...base,
    cause: 'rule',
    rules: [rule],
    lostTo: [],
    reasons: [CAUSE_TEXTS.workerRule(RULE_TEXTS.name[rule.rule])],
  });
  const asked = worker.skills.filter((skill) => ordersOfSkill.has(skill));
  const orders = asked.reduce((sum, skill) => sum + (ordersOfSkill.get(skill) ?? 0), 0);
  if (asked.length === 0) return blocked(account('skill', skillsAsked, worker.skills, null, market.orders.length));
  if (Math.floor(worker.hoursPerWeek) < 1)
    return blocked(account('weekly-hours', 1, worker.hoursPerWeek, 'h/week', orders));
  if (chances === null) {
    const nearestKm = findNearestKm(market, worker, asked, sitesOfSkill);
    return blocked(account('commute', nearestKm, worker.maxCommuteKm, 'km', orders));
  }
  if (chances.winners.length > 0) {
    return {
      ...base,
      cause: 'competition',
      rules: [],
      lostTo: chances.winners,
      reasons: [CAUSE_TEXTS.workerCompetition(chances.winners.length)],
    };
  }
  if (chances.unplaced > 0) {
    return {
      ...base,
      cause: 'not-worth',
      rules: [],
      lostTo: [],
      reasons: [CAUSE_TEXTS.workerNotNeeded(chances.unplaced)],
    };
  }
  const weeks = Math.max(0, Math.min(worker.to, market.weeks) - Math.max(worker.from, 0));
  return blocked(account('window', null, weeks, 'week', chances.outsideWindow));
}

/** Null when no order that asks these skills may use any site. */
function findNearestKm(
  market: Market,
  worker: Worker,
  skills: readonly string[],
  sitesOfSkill: ReadonlyMap<string, ReadonlySet<number>>,
): number | null {
  let nearest: number | null = null;
  for (const skill of skills) {
    for (const number of sitesOfSkill.get(skill) ?? []) {
      const km = distanceKm(worker, market.scenario.sites[number] as Site);
      if (nearest === null || km < nearest) nearest = km;
    }
  }
  return nearest;
}
