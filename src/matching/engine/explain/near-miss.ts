// The near miss: the smallest single change that would place an order. Candidate changes come from the rules' own files;
// each is tried by inserting the order for real, the smallest step that works is found by halving, and only what worked is told.

import { distanceKm } from '../../../vocabulary/geo.ts';
import { rosterOf, sourceWorker } from '../market.ts';
import type { CompiledOrder, Market } from '../market.ts';
import type { Occupancy } from '../occupancy.ts';
import type { Change, FieldValue, NearMiss } from '../plan.ts';
import { hintArea } from '../rules/area.ts';
import { hintCommute } from '../rules/commute.ts';
import { hintMoreLots } from '../rules/distinct-sites.ts';
import { hintEquipment } from '../rules/equipment.ts';
import { hintHomeWork, hintHomeWorker } from '../rules/home-work.ts';
import { hintLandUse } from '../rules/land-use.ts';
import { hintPower } from '../rules/power.ts';
import { stepTowards } from '../rules/rule.ts';
import type { HintSearch } from '../rules/rule.ts';
import { hintSkill } from '../rules/skill.ts';
import { hintStar } from '../rules/star.ts';
import { hintFewerHours, hintMoreHours, hintShare } from '../rules/weekly-hours.ts';
import { hintWindow } from '../rules/window.ts';
import type { Site } from '../scenario.ts';
import { HINT_TEXTS } from '../texts.ts';
import type { Trial } from './try-change.ts';

/** Hints told of one order, and sites and workers of each kind that are tried for them. */
const HINTS_MAX = 5;
const SITES_MAX = 3;
const WORKERS_MAX = 4;

/** Finds the smallest changes that place an order in what `occupancy` leaves free. At most `triesMax` insertions. */
export function findNearMisses(
  market: Market,
  trial: Trial,
  order: CompiledOrder,
  occupancy: Occupancy,
  triesMax: number,
): NearMiss[] {
  let tries = 0;
  const places = (search: HintSearch, step: number): boolean => {
    tries++;
    return trial.places(order, occupancy, toChange(search, step));
  };
  const found: { change: Change; size: number }[] = [];
  for (const search of listSearches(market, order, occupancy)) {
    if (tries >= triesMax || search.steps < 1) continue;
    if (!places(search, search.steps)) continue;
    let works = search.steps;
    let fails = 0;
    while (works - fails > 1 && tries < triesMax) {
      const middle = (works + fails) >> 1;
      if (places(search, middle)) works = middle;
      else fails = middle;
    }
    found.push({ change: toChange(search, works), size: sizeOf(search, works) });
  }
  return found
    .sort((a, b) => a.size - b.size)
    .slice(0, HINTS_MAX)
    .map(({ change }) => ({ change, verified: true, text: HINT_TEXTS.change(change) }));
}

function toChange({ target, id, field, from, unit, valueAt }: HintSearch, step: number): Change {
  return { target, id, field, from, to: valueAt(step), unit };
}

/** How much a change asks, for sorting: the share by which a number moves; a code, a flag or a week count as a fixed part. */
function sizeOf(search: HintSearch, step: number): number {
  const { from, unit } = search;
  const to = search.valueAt(step);
  if (unit === 'week') return 0.1 * step;
  if (typeof from === 'number' && typeof to === 'number') return Math.abs(to - from) / Math.max(1, Math.abs(from));
  if (search.field === 'needs') return Math.abs(sumHours(to) - sumHours(from)) / Math.max(1, sumHours(from));
  if (Array.isArray(from) && Array.isArray(to)) return 0.3 * Math.abs(to.length - from.length);
  return 0.25;
}

function sumHours(value: FieldValue): number {
  if (!Array.isArray(value)) return 0;
  return value.reduce((sum, entry) => sum + (typeof entry === 'string' ? 0 : entry.hoursPerWeek), 0);
}

/** All changes worth trying, those of the order itself first. */
function listSearches(market: Market, order: CompiledOrder, occupancy: Occupancy): HintSearch[] {
  const { scenario } = market;
  const { source } = order;
  const smallest = findSmallestLot(order);
  const sites = listNearSites(market, order);
  const workers = listUsefulWorkers(market, order, occupancy);
  const ofOrder = { target: 'order', id: source.id } as const;
  const marginMax = source.marginFen + 4 * Math.abs(source.marginFen) + 10_000_000;
  return [
    ...hintWindow(scenario, source, sites, SITES_MAX),
    ...hintShare(source),
    ...hintMoreLots(source),
    ...hintHomeWork(source),
    ...hintFewerHours(source),
    ...hintArea(source, smallest, sites, SITES_MAX),
    ...hintPower(source, smallest, sites, SITES_MAX),
    ...hintStar(source, scenario.sites),
    ...hintEquipment(source, sites, SITES_MAX),
    ...hintLandUse(source, scenario.sites),
    ...stepTowards({ ...ofOrder, field: 'marginFen', from: source.marginFen, unit: 'fen' }, marginMax, 10_000),
    ...workers.beyondReach.flatMap(({ number, km }) => hintCommute(sourceWorker(market, number), km)),
    ...workers.inReach.flatMap((number) => hintMoreHours(sourceWorker(market, number))),
    ...(source.homeWork ? workers.inReach.flatMap((number) => hintHomeWorker(sourceWorker(market, number))) : []),
    ...hintSkill(
      source,
      workers.unskilled.map((number) => sourceWorker(market, number)),
    ),
  ];
}

/** The least that any way of taking the order asks of a site. */
export function findSmallestLot(order: CompiledOrder): { areaM2: number; powerKw: number } {
  return {
    areaM2: order.variants.reduce((least, variant) => Math.min(least, variant.areaM2), Infinity),
    powerKw: order.variants.reduce((least, variant) => Math.min(least, variant.powerKw), Infinity),
  };
}

const NEAR_SITES = 40;

/** Sites by distance from the order: a hint about a far site helps nobody. */
function listNearSites(market: Market, order: CompiledOrder): Site[] {
  return market.scenario.sites
    .map((site) => ({ site, km: distanceKm(order.source, site) }))
    .sort((a, b) => a.km - b.km)
    .slice(0, NEAR_SITES)
    .map(({ site }) => site);
}

interface UsefulWorkers {
  /** Hold a skill of the order, but live just beyond their limit. */
  beyondReach: { number: number; km: number }[];
  /** Hold a skill and can come: more of their hours would help. */
  inReach: number[];
  /** Live within reach and have hours left, but lack the skill. */
  unskilled: number[];
}

/** Workers around the site where the order came nearest to enough hours. */
function listUsefulWorkers(market: Market, order: CompiledOrder, occupancy: Occupancy): UsefulWorkers {
  const site = findBestStaffedSite(market, order, occupancy);
  if (site < 0) return { beyondReach: [], inReach: [], unskilled: [] };
  const place = market.scenario.sites[site] as Site;
  const skills = new Set(order.source.needs.map((need) => need.skill));
  const beyondReach: { number: number; km: number; excess: number }[] = [];
  const inReach: { number: number; hours: number }[] = [];
  const unskilled: { number: number; hours: number }[] = [];
  for (let number = 0; number < market.workerSource.length; number++) {
    const worker = sourceWorker(market, number);
    const km = distanceKm(worker, place);
    const excess = km - worker.maxCommuteKm;
    if (excess > 5) continue;
    const hours = occupancy.freeHours[number * market.weeks + order.firstStart] ?? 0;
    const isSkilled = worker.skills.some((skill) => skills.has(skill));
    if (isSkilled && excess > 0) beyondReach.push({ number, km, excess: excess - hours / 50 });
    else if (isSkilled) inReach.push({ number, hours: worker.hoursPerWeek });
    else if (excess <= 0 && hours > 0) unskilled.push({ number, hours });
  }
  return {
    beyondReach: beyondReach.sort((a, b) => a.excess - b.excess || a.number - b.number).slice(0, WORKERS_MAX),
    inReach: inReach
      .sort((a, b) => a.hours - b.hours || a.number - b.number)
      .slice(0, WORKERS_MAX)
      .map(({ number }) => number),
    unskilled: unskilled
      .sort((a, b) => b.hours - a.hours || a.number - b.number)
      .slice(0, WORKERS_MAX)
      .map(({ number }) => number),
  };
}

/** The order's site with the largest part of the smallest lot's hours free at the first start; −1 when it has none. */
function findBestStaffedSite(market: Market, order: CompiledOrder, occupancy: Occupancy): number {
  const variant = order.variants[order.variants.length - 1];
  if (variant === undefined) return -1;
  let best = -1;
  let bestPart = -1;
  for (const site of order.sites) {
    let part = 1;
    for (const row of variant.rows) {
      const roster = rosterOf(market, site, row.skill, row.home);
      let hours = 0;
      for (let e = market.rosterStart[roster] as number; e < (market.rosterStart[roster + 1] as number); e++) {
        hours += occupancy.freeHours[(market.rosterWorker[e] as number) * market.weeks + order.firstStart] ?? 0;
      }
      part = Math.min(part, hours / row.hours);
    }
    if (part > bestPart) {
      bestPart = part;
      best = site;
    }
  }
  return best;
}
