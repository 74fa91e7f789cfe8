// The scenario in the shape the solver computes on. In: a parsed scenario. Out: typed arrays, entities by number instead
// of by id, and per (site, skill, mode) the roster of workers who may serve there, best first. Nothing here changes while
// a plan is made, except that a hint (explain/try-change.ts) may alter one entity for a moment and put it back.

import { distanceKm } from '../../vocabulary/geo.ts';
import { findStaticFailures } from './rules/index.ts';
import { LOT_COUNTS, SHARES } from './scenario.ts';
import type { Decision, Order, Scenario, Share, Worker } from './scenario.ts';

/** Comparisons of km, m² and kW tolerate this much (exact reading 1). */
export const TOLERANCE = 1e-6;

/** A row of hours that a lot needs: one skill, on-site or at home, whole hours per week. */
export interface NeedRow {
  skill: number;
  home: boolean;
  hours: number;
}

/** One way to take an order: a share of its quantity, in so many lots, on-site or half at home. */
export interface Variant {
  share: Share;
  lots: number;
  home: boolean;
  rows: NeedRow[];
  /** Needs of one lot. */
  areaM2: number;
  powerKw: number;
}

/** Per order, once: what each lot is worth at each site apart from labour, and the ceiling that sorts the sites. */
export interface OrderTable {
  /** Index variant·sites + candidate. */
  siteFen: Float64Array;
  /** Site and labour at full capacity, fairness left out; −Infinity where even full capacity does not suffice. */
  ceiling: Float64Array;
  /** Candidates of each variant by falling ceiling. */
  byCeiling: Int32Array[];
  /** Wages of one lot over the run, per variant: fairness adds at most slopeMax times this. */
  wagesFen: Float64Array;
}

export interface CompiledOrder {
  index: number;
  source: Order;
  variants: Variant[];
  /** Sites that pass the rules which do not depend on time or capacity (equipment, land use, star). */
  sites: Int32Array;
  /** km from the order to each of `sites`. */
  siteKm: Float64Array;
  /** What was proposed earlier, if the order stands in `previous`. */
  previous: Decision | null;
  firstStart: number;
  /** Below firstStart when the order's own window cannot hold its run. */
  lastStart: number;
  /** Filled by the kernel when it first looks at the order. */
  table: OrderTable | null;
}

/** A change of one worker that a hint tries: their rows in the rosters are replaced by `entries` (roster → 分 per hour). */
export interface RosterPatch {
  worker: number;
  entries: Map<number, number>;
}

export interface Market {
  scenario: Scenario;
  weeks: number;
  orders: CompiledOrder[];
  orderNumber: Map<string, number>;
  siteNumber: Map<string, number>;
  workerNumber: Map<string, number>;
  skillNumber: Map<string, number>;
  skillIds: string[];
  wageFen: Float64Array;
  /** Worker number → index in scenario.workers. Numbers follow a space-filling curve, so that neighbours share cache lines. */
  workerSource: Int32Array;
  workerTown: Int32Array;
  /** Whole hours a week that the worker may give, per week of the horizon: 0 outside the window. Index worker·weeks + week. */
  hoursCapacity: Int16Array;
  /** Index site·weeks + week; 0 outside the window. */
  areaCapacity: Float64Array;
  powerCapacity: Float64Array;
  /** Roster r = (site·skills + skill)·2 + home holds entries rosterStart[r] … rosterStart[r+1], best value first. */
  rosterStart: Int32Array;
  rosterWorker: Int32Array;
  /** 分 per hour, fairness left out. */
  rosterValue: Float64Array;
  /** Hours and value of all entries of the roster up to and with this one, at full capacity. */
  rosterHoursUpTo: Float64Array;
  rosterValueUpTo: Float64Array;
  longestRoster: number;
  /** Towns of all workers who stand in a roster of the site. */
  siteTowns: Int32Array[];
  fairness: FairnessCurves;
  patch: RosterPatch | null;
}

/** φ of every town: segment s of town g is `length[g·segments + s]` 分 long and worth `slope[s]` per 分. */
export interface FairnessCurves {
  segments: number;
  slope: Float64Array;
  length: Float64Array;
  potentialPerHeadFen: number;
}

export function compileMarket(scenario: Scenario): Market {
  const skillIds = [...new Set(scenario.orders.flatMap((order) => order.needs.map((need) => need.skill)))].sort();
  const skillNumber = new Map(skillIds.map((skill, number) => [skill, number]));
  const townNumber = new Map(scenario.towns.map((town, number) => [town.id, number]));
  const workerSource = orderAlongCurve(scenario.workers);
  const workers = Array.from(workerSource, (source) => scenario.workers[source] as Worker);
  const capacities = compileCapacities(scenario, workers);
  const market: Market = {
    scenario,
    weeks: scenario.weeks,
    orders: [],
    orderNumber: new Map(scenario.orders.map((order, number) => [order.id, number])),
    siteNumber: new Map(scenario.sites.map((site, number) => [site.id, number])),
    workerNumber: new Map(workers.map((worker, number) => [worker.id, number])),
    skillNumber,
    skillIds,
    wageFen: Float64Array.from(skillIds, (skill) => scenario.policy.wageFen[skill] ?? 0),
    workerSource,
    workerTown: Int32Array.from(workers, (worker) => townNumber.get(worker.town) ?? 0),
    ...capacities,
    ...compileRosters(scenario, workers, skillNumber),
    siteTowns: [],
    fairness: compileFairness(scenario),
    patch: null,
  };
  accumulateRosters(market, workers);
  market.siteTowns = listSiteTowns(market);
  const previous = new Map<string, Decision>(scenario.previous.map((decision) => [decision.order, decision]));
  market.orders = scenario.orders.map((order, index) =>
    compileOrder(market, order, index, previous.get(order.id) ?? null),
  );
  return market;
}

/** Also called by hints, for an order with one field changed. */
export function compileOrder(market: Market, order: Order, index: number, previous: Decision | null): CompiledOrder {
  const sites: number[] = [];
  const siteKm: number[] = [];
  market.scenario.sites.forEach((site, number) => {
    if (findStaticFailures(order, site).length > 0) return;
    sites.push(number);
    siteKm.push(distanceKm(order, site));
  });
  return {
    index,
    source: order,
    variants: listVariants(market, order),
    sites: Int32Array.from(sites),
    siteKm: Float64Array.from(siteKm),
    previous,
    firstStart: order.release,
    lastStart: Math.min(order.due, market.weeks) - order.durationWeeks,
    table: null,
  };
}

/** Every (share, lots, mode) the order accepts, with what one lot of it needs (exact reading 4, 5, 6, 9). */
export function listVariants(market: Pick<Market, 'scenario' | 'skillNumber'>, order: Order): Variant[] {
  const variants: Variant[] = [];
  for (const share of SHARES) {
    if (share < order.minShare) continue;
    for (const lots of LOT_COUNTS) {
      if (lots > order.maxLots) continue;
      for (const home of order.homeWork ? [false, true] : [false]) {
        const scale = (share * (home ? market.scenario.policy.homeAreaShare : 1)) / lots;
        variants.push({
          share,
          lots,
          home,
          rows: listRows(market.skillNumber, order, share, lots, home),
          areaM2: order.areaM2 * scale,
          powerKw: order.powerKw * scale,
        });
      }
    }
  }
  return variants;
}

function listRows(
  skillNumber: Map<string, number>,
  order: Order,
  share: Share,
  lots: number,
  home: boolean,
): NeedRow[] {
  const rows: NeedRow[] = [];
  const add = (skill: number, atHome: boolean, hours: number): void => {
    if (hours === 0) return;
    const same = rows.find((row) => row.skill === skill && row.home === atHome);
    if (same) same.hours += hours;
    else rows.push({ skill, home: atHome, hours });
  };
  order.needs.forEach((need, position) => {
    const skill = skillNumber.get(need.skill) ?? -1;
    const hours = Math.floor((need.hoursPerWeek * share) / lots + 0.5);
    const hoursAtHome = home && position === 0 ? Math.floor(hours / 2 + 0.5) : 0;
    add(skill, true, hoursAtHome);
    add(skill, false, hours - hoursAtHome);
  });
  return rows;
}

/** Whole hours a week a worker can give: hours in a plan are whole (exact reading 3). */
export function wholeHours(worker: Worker): number {
  return Math.floor(worker.hoursPerWeek);
}

/** 分 per hour of a worker at a site, on-site or at home, fairness left out (exact reading 12). */
export function valuePerHourFen(
  scenario: Scenario,
  worker: Worker,
  wageFen: number,
  km: number,
  home: boolean,
): number {
  const { policy } = scenario;
  const way = home ? policy.homeFenPerKmHour * km + policy.homePenaltyFen : policy.commuteFenPerKmHour * km;
  const star = worker.star === null ? 0 : policy.workerStar * (worker.star - 4);
  return wageFen * (1 + (worker.lowIncome ? policy.lowIncome : 0)) + star - way;
}

/** The scenario's worker behind a worker number. */
export function sourceWorker(market: Market, worker: number): Worker {
  return market.scenario.workers[market.workerSource[worker] as number] as Worker;
}

export function canCommute(worker: Worker, km: number): boolean {
  return km <= worker.maxCommuteKm + TOLERANCE;
}

export function canWorkAtHome(scenario: Scenario, worker: Worker, km: number): boolean {
  return worker.homeWork && km <= scenario.policy.homeKmMax + TOLERANCE;
}

export function rosterOf(market: Pick<Market, 'skillIds'>, site: number, skill: number, home: boolean): number {
  return (site * market.skillIds.length + skill) * 2 + (home ? 1 : 0);
}

function compileCapacities(
  scenario: Scenario,
  workers: readonly Worker[],
): Pick<Market, 'hoursCapacity' | 'areaCapacity' | 'powerCapacity'> {
  const { weeks, sites } = scenario;
  const hoursCapacity = new Int16Array(workers.length * weeks);
  workers.forEach((worker, number) => {
    const first = number * weeks;
    hoursCapacity.fill(wholeHours(worker), first + clampWeek(worker.from, weeks), first + clampWeek(worker.to, weeks));
  });
  const areaCapacity = new Float64Array(sites.length * weeks).fill(-1);
  const powerCapacity = new Float64Array(sites.length * weeks).fill(-1);
  sites.forEach((site, number) => {
    const first = number * weeks;
    areaCapacity.fill(site.areaM2, first + clampWeek(site.from, weeks), first + clampWeek(site.to, weeks));
    powerCapacity.fill(site.powerKw, first + clampWeek(site.from, weeks), first + clampWeek(site.to, weeks));
  });
  return { hoursCapacity, areaCapacity, powerCapacity };
}

export function clampWeek(week: number, weeks: number): number {
  return Math.min(weeks, Math.max(0, week));
}

/** Worker numbers along a Morton curve over cells of about 3 km. */
function orderAlongCurve(workers: readonly Worker[]): Int32Array {
  const cellDegrees = 0.03;
  const keys = Float64Array.from(workers, (worker) =>
    interleave(Math.floor((worker.lng + 180) / cellDegrees), Math.floor((worker.lat + 90) / cellDegrees)),
  );
  const order = Int32Array.from(workers, (_, index) => index);
  return order.sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b);
}

function interleave(x: number, y: number): number {
  let key = 0;
  for (let bit = 15; bit >= 0; bit--) key = key * 4 + ((x >> bit) & 1) * 2 + ((y >> bit) & 1);
  return key;
}

/** For each worker the sites in reach: rows of 0.1° of latitude, sorted by longitude, so that only neighbours are measured. */
class SiteGrid {
  readonly #rows = new Map<number, { lngs: number[]; numbers: number[] }>();
  readonly #scenario: Scenario;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    const order = scenario.sites.map((_, number) => number);
    order.sort((a, b) => (scenario.sites[a]?.lng ?? 0) - (scenario.sites[b]?.lng ?? 0) || a - b);
    for (const number of order) {
      const site = scenario.sites[number];
      if (site === undefined) continue;
      const key = Math.floor(site.lat * 10);
      const row = this.#rows.get(key) ?? { lngs: [], numbers: [] };
      row.lngs.push(site.lng);
      row.numbers.push(number);
      this.#rows.set(key, row);
    }
  }

  /** Calls `visit` for every site within `reachKm`; some beyond it may be measured too. */
  forEachNear(worker: Worker, reachKm: number, visit: (site: number, km: number) => void): void {
    // A degree of latitude is 111.19 km; the margin covers the tolerance and rounding.
    const latSpan = reachKm / 111 + 1e-4;
    const widest = Math.min(90, Math.abs(worker.lat) + latSpan);
    const lngSpan = widest < 89 ? latSpan / Math.cos((widest * Math.PI) / 180) : 360;
    const wraps = worker.lng - lngSpan < -180 || worker.lng + lngSpan > 180;
    const first = Math.floor((worker.lat - latSpan) * 10);
    const last = Math.floor((worker.lat + latSpan) * 10);
    const rows =
      last - first > this.#rows.size
        ? [...this.#rows].filter(([key]) => key >= first && key <= last).map(([, row]) => row)
        : Array.from({ length: last - first + 1 }, (_, i) => this.#rows.get(first + i));
    for (const row of rows) {
      if (row === undefined) continue;
      for (let i = wraps ? 0 : findFirstAtLeast(row.lngs, worker.lng - lngSpan); i < row.lngs.length; i++) {
        if (!wraps && (row.lngs[i] as number) > worker.lng + lngSpan) break;
        const site = row.numbers[i] as number;
        const km = distanceKm(worker, this.#scenario.sites[site] as Scenario['sites'][number]);
        if (km <= reachKm + TOLERANCE) visit(site, km);
      }
    }
  }
}

function findFirstAtLeast(sorted: readonly number[], least: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compileRosters(
  scenario: Scenario,
  workers: readonly Worker[],
  skillNumber: Map<string, number>,
): Pick<
  Market,
  'rosterStart' | 'rosterWorker' | 'rosterValue' | 'rosterHoursUpTo' | 'rosterValueUpTo' | 'longestRoster'
> {
  const skills = skillNumber.size;
  const wageFen = [...skillNumber.keys()].map((skill) => scenario.policy.wageFen[skill] ?? 0);
  const grid = new SiteGrid(scenario);
  // One pass collects (roster, worker, value) triples; counting sort groups them by roster; each roster is sorted by value.
  const rosters: number[] = [];
  const members: number[] = [];
  const values: number[] = [];
  workers.forEach((worker, number) => {
    if (wholeHours(worker) === 0) return;
    const wanted = [...new Set(worker.skills)].flatMap((skill) => skillNumber.get(skill) ?? []);
    if (wanted.length === 0) return;
    const reachKm = Math.max(worker.maxCommuteKm, worker.homeWork ? scenario.policy.homeKmMax : 0);
    grid.forEachNear(worker, reachKm, (site, km) => {
      for (const home of [false, true]) {
        if (home ? !canWorkAtHome(scenario, worker, km) : !canCommute(worker, km)) continue;
        for (const skill of wanted) {
          rosters.push((site * skills + skill) * 2 + (home ? 1 : 0));
          members.push(number);
          values.push(valuePerHourFen(scenario, worker, wageFen[skill] ?? 0, km, home));
        }
      }
    });
  });
  const rosterCount = scenario.sites.length * skills * 2;
  const rosterStart = new Int32Array(rosterCount + 1);
  for (const roster of rosters) rosterStart[roster + 1] = (rosterStart[roster + 1] as number) + 1;
  let longestRoster = 0;
  for (let r = 0; r < rosterCount; r++) {
    longestRoster = Math.max(longestRoster, rosterStart[r + 1] as number);
    rosterStart[r + 1] = (rosterStart[r + 1] as number) + (rosterStart[r] as number);
  }
  const cursor = rosterStart.slice();
  const placed = new Int32Array(rosters.length);
  rosters.forEach((roster, entry) => {
    const at = cursor[roster] as number;
    placed[at] = entry;
    cursor[roster] = at + 1;
  });
  const byValue = (a: number, b: number): number =>
    (values[b] as number) - (values[a] as number) || (members[a] as number) - (members[b] as number);
  for (let r = 0; r < rosterCount; r++) placed.subarray(rosterStart[r], rosterStart[r + 1]).sort(byValue);
  return {
    rosterStart,
    rosterWorker: Int32Array.from(placed, (entry) => members[entry] as number),
    rosterValue: Float64Array.from(placed, (entry) => values[entry] as number),
    rosterHoursUpTo: new Float64Array(rosters.length),
    rosterValueUpTo: new Float64Array(rosters.length),
    longestRoster,
  };
}

function accumulateRosters(market: Market, workers: readonly Worker[]): void {
  for (let r = 0; r + 1 < market.rosterStart.length; r++) {
    let hours = 0;
    let value = 0;
    for (let e = market.rosterStart[r] as number; e < (market.rosterStart[r + 1] as number); e++) {
      const capacity = wholeHours(workers[market.rosterWorker[e] as number] as Worker);
      hours += capacity;
      value += capacity * (market.rosterValue[e] as number);
      market.rosterHoursUpTo[e] = hours;
      market.rosterValueUpTo[e] = value;
    }
  }
}

function listSiteTowns(market: Market): Int32Array[] {
  const rostersPerSite = market.skillIds.length * 2;
  return market.scenario.sites.map((_, site) => {
    const first = market.rosterStart[site * rostersPerSite] as number;
    const last = market.rosterStart[(site + 1) * rostersPerSite] as number;
    const towns = new Set<number>();
    for (let e = first; e < last; e++) towns.add(market.workerTown[market.rosterWorker[e] as number] as number);
    return Int32Array.from(towns);
  });
}

/** Exact reading 11. A worker whose window lies outside the horizon has no potential. */
export function compileFairness(scenario: Scenario): FairnessCurves {
  let potentialFen = 0;
  for (const worker of scenario.workers) {
    const weeks = clampWeek(worker.to, scenario.weeks) - clampWeek(worker.from, scenario.weeks);
    const wages = worker.skills.map((skill) => scenario.policy.wageFen[skill] ?? 0);
    potentialFen += worker.hoursPerWeek * weeks * Math.max(0, ...wages);
  }
  const population = scenario.towns.reduce((sum, town) => sum + town.population, 0);
  const potentialPerHeadFen = population > 0 ? potentialFen / population : 0;
  const segments = scenario.policy.fairness.length;
  return {
    segments,
    slope: Float64Array.from(scenario.policy.fairness, ([, slope]) => slope),
    length: Float64Array.from(
      scenario.towns.flatMap((town) =>
        scenario.policy.fairness.map(([width]) => width * potentialPerHeadFen * town.population),
      ),
    ),
    potentialPerHeadFen,
  };
}

/** φ_g(income). */
export function fairnessWorth(curves: FairnessCurves, town: number, incomeFen: number): number {
  let left = incomeFen;
  let worth = 0;
  for (let s = 0; s < curves.segments && left > 0; s++) {
    const inside = Math.min(left, curves.length[town * curves.segments + s] as number);
    worth += inside * (curves.slope[s] as number);
    left -= inside;
  }
  return worth;
}

/** φ_g′(income): what the next 分 of wages is worth. */
export function fairnessSlope(curves: FairnessCurves, town: number, incomeFen: number): number {
  let left = incomeFen;
  for (let s = 0; s < curves.segments; s++) {
    const length = curves.length[town * curves.segments + s] as number;
    if (left < length) return curves.slope[s] as number;
    left -= length;
  }
  return 0;
}
