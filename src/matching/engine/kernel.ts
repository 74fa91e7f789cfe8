// The kernel: the best way to take one order, given what is free and what things cost. In: a compiled order and a view of
// the market. Out: the best sites of a (variant, start), or the best whole allocation. Nine tenths of all time is spent in
// fillRow; everything else is arranged so that it is called rarely.
//
// What must hold:
// - fillRow is exact: among workers of the roster with free hours over the whole run, it takes the hours of highest net.
// - A lot's ceiling (ceilingOf) is never below its net in any view: it ignores windows, prices and what is taken.
// - Rows of a lot, and lots of an order, are rated one by one as if alone; `realize` then takes them in sequence, so that a
//   worker who serves two of them is never counted twice. A rating is therefore an upper limit of what is realized, but
//   for fairness, which is rated at the present slope: exact at the margin, too high across a kink.

import type { Allocation, AllocatedLot, Occupancy } from './occupancy.ts';
import { LabourCurves } from './labour-curves.ts';
import { mostHoursOf, tableOf } from './order-table.ts';
import { addRow } from './share-out.ts';
import type { RowToFill, Sharing } from './share-out.ts';
import { rosterOf, TOLERANCE as MARKET_TOLERANCE } from './market.ts';
import type { CompiledOrder, Market, NeedRow, Variant } from './market.ts';

export interface Found {
  allocation: Allocation;
  netFen: number;
}

/** Net of the best hours of a roster for one row of a run that begins at `start`; −Infinity when there are too few. */
export type LabourOf = (roster: number, row: NeedRow, start: number, end: number) => number;

/** Choices of sites that exact sharing tries for one (variant, start). */
const SHARING_TRIES_MAX = 400;

/** Prices as running sums over the weeks, so that any run is priced by one subtraction. Index entity·(weeks + 1) + week. */
export interface Prices {
  hoursUpTo: Float64Array;
  areaUpTo: Float64Array;
  powerUpTo: Float64Array;
}

/** A local binding: reading an imported one costs in the innermost loops. */
const TOLERANCE = MARKET_TOLERANCE;

/** What the kernel looks at: free capacity, worth of a town's next 分, and prices of capacity (null: all free of charge). */
export interface View {
  freeHours: Int16Array;
  freeArea: Float64Array;
  freePower: Float64Array;
  slope: Float64Array;
  slopeMax: number;
  prices: Prices | null;
}

export function viewOf(
  { freeHours, freeArea, freePower }: Pick<View, 'freeHours' | 'freeArea' | 'freePower'>,
  slope: Float64Array,
  prices: Prices | null,
): View {
  const slopeMax = slope.reduce((steepest, s) => Math.max(steepest, s), 0);
  return { freeHours, freeArea, freePower, slope, slopeMax, prices };
}

/** The best sites of one (variant, start), best first, as positions in order.sites. */
export interface SiteRanking {
  candidates: number[];
  nets: number[];
}

/** One (variant, start) of an order with the sites worth looking at there, as positions in order.sites. */
export interface Option {
  variant: number;
  start: number;
  candidates: Int32Array;
}

export class Kernel {
  readonly market: Market;
  /** The workers chosen by the last fillRow. */
  pickCount = 0;
  readonly pickWorker: Int32Array;
  readonly pickHours: Int32Array;

  readonly #net: Float64Array;
  readonly #townWages: Float64Array;
  readonly #curves: LabourCurves;
  /** Of the order and view that the curves are about. */
  #curveView!: View;

  constructor(market: Market) {
    this.market = market;
    const size = market.longestRoster + 1;
    this.pickWorker = new Int32Array(size);
    this.pickHours = new Int32Array(size);
    this.#net = new Float64Array(size);
    this.#townWages = new Float64Array(market.scenario.towns.length);
    this.#curves = new LabourCurves(
      market.weeks,
      { net: this.#net, hours: this.pickHours },
      (roster, skill, hours, start, end) => this.#pickBest(roster, skill, hours, start, end, this.#curveView),
    );
  }

  /**
   * The best allocation of the order in this view, by net value; null when nothing fits. Looks at every variant, start and
   * site, and shares people out exactly before it says no. Changes nothing that is free.
   */
  findBest(order: CompiledOrder, view: View, occupancy: Occupancy): Found | null {
    // Nothing found, though each lot alone would fit somewhere: lots and rows wanted the same people. Before anybody says that
    // the order cannot be placed, people are shared out exactly.
    return this.findGood(order, view, occupancy, null) ?? this.findAny(order, view, occupancy);
  }

  /**
   * The same without exact sharing, among the given options only, or among all when there are none. The first that is worth
   * more than `enoughFen` ends the search.
   */
  findGood(
    order: CompiledOrder,
    view: View,
    occupancy: Occupancy,
    options: readonly Option[] | null,
    enoughFen = Infinity,
  ): Found | null {
    let best: Found | null = null;
    this.#beginCurves(order, view);
    const weigh = (v: number, start: number, sites: Int32Array | null): void => {
      if (best !== null && best.netFen > enoughFen) return;
      const { lots } = order.variants[v] as Variant;
      const orderFen = this.orderFen(order, order.variants[v] as Variant, start);
      const bar = best === null ? -Infinity : best.netFen - orderFen;
      // A few more sites than lots: when two lots want the same workers, the next site may still do.
      const ranking = this.#rankSites(order, v, start, view, lots === 1 ? 1 : lots + 3, bar, sites);
      if (ranking.candidates.length < lots) return;
      let rating = 0;
      for (let n = 0; n < lots; n++) rating += ranking.nets[n] as number;
      if (rating <= bar) return;
      const allocation = this.realize(order, v, start, ranking.candidates, view);
      if (allocation === null) return;
      const netFen = occupancy.gainFen(allocation) - this.priceOf(allocation, view.prices);
      if (best === null || netFen > best.netFen) best = { allocation, netFen };
    };
    if (options !== null) for (const option of options) weigh(option.variant, option.start, option.candidates);
    else {
      for (let v = 0; v < order.variants.length; v++) {
        for (let start = order.firstStart; start <= order.lastStart; start++) weigh(v, start, null);
      }
    }
    return best;
  }

  /** From here on labourByCurve answers for this view, which must not change. */
  beginCurves(hoursMost: Float64Array, view: View): void {
    this.#curves.begin(hoursMost);
    this.#curveView = view;
  }

  #beginCurves(order: CompiledOrder, view: View): void {
    this.beginCurves(mostHoursOf([order], this.market.skillIds.length), view);
  }

  /** The order term (ENGINE, objective). */
  orderFen(order: CompiledOrder, variant: Variant, start: number): number {
    const { policy } = this.market.scenario;
    const { marginFen, release } = order.source;
    return marginFen * variant.share * (1 - policy.early * (start - release)) - policy.lotFixFen * (variant.lots - 1);
  }

  /**
   * The `count` best sites for one lot each, rated as if alone. Gives up (an empty ranking) as soon as the lots together
   * cannot rate above `bar`.
   */
  rankSites(
    order: CompiledOrder,
    v: number,
    start: number,
    view: View,
    count: number,
    bar: number,
    among: Int32Array | null,
  ): SiteRanking {
    this.#beginCurves(order, view);
    return this.#rankSites(order, v, start, view, count, bar, among);
  }

  /** The same with the curves that have been begun for this order and view. */
  #rankSites(
    order: CompiledOrder,
    v: number,
    start: number,
    view: View,
    count: number,
    bar: number,
    among: Int32Array | null,
  ): SiteRanking {
    const table = tableOf(this.market, order);
    const variant = order.variants[v] as Variant;
    const candidates: number[] = [];
    const nets: number[] = [];
    const wagesFen = table.wagesFen[v] as number;
    const first = v * order.sites.length;
    const byCeiling = table.byCeiling[v] as Int32Array;
    const looked = among ?? byCeiling;
    const isPatched = this.market.patch !== null;
    for (let k = 0; k < looked.length; k++) {
      const candidate = looked[k] as number;
      const labour = table.ceiling[first + candidate] as number;
      if (!isPatched) {
        if (labour === -Infinity) {
          if (among === null) break;
          continue;
        }
        // byCeiling falls when every town has the steepest slope: a valid ceiling for all that follow.
        const ceilingOfRest = labour + view.slopeMax * wagesFen;
        const isFull = candidates.length === count;
        if (among === null) {
          if (isFull && ceilingOfRest <= (nets[count - 1] as number)) break;
          let reachable = 0;
          for (let n = 0; n < variant.lots; n++) {
            const net = nets[n];
            reachable += net === undefined || net < ceilingOfRest ? ceilingOfRest : net;
          }
          if (reachable <= bar) break;
        }
        if (
          isFull &&
          labour + this.#steepestSlopeAt(order.sites[candidate] as number, view) * wagesFen <=
            (nets[count - 1] as number)
        ) {
          continue;
        }
      }
      const net = this.rateLotBy(order, v, variant, candidate, start, view, this.labourByCurve);
      if (net === -Infinity || (candidates.length === count && net <= (nets[count - 1] as number))) continue;
      let at = candidates.length;
      while (at > 0 && (nets[at - 1] as number) < net) at--;
      candidates.splice(at, 0, candidate);
      nets.splice(at, 0, net);
      if (candidates.length > count) {
        candidates.pop();
        nets.pop();
      }
    }
    return { candidates, nets };
  }

  /** The steepest slope among the towns whose people can reach a site. */
  #steepestSlopeAt(site: number, view: View): number {
    const towns = this.market.siteTowns[site] as Int32Array;
    let steepest = 0;
    for (const town of towns) {
      const slope = view.slope[town] as number;
      if (slope > steepest) steepest = slope;
    }
    return steepest;
  }

  /** Net of one lot at one site as if it were alone; −Infinity where it does not fit. */
  rateLot(order: CompiledOrder, v: number, variant: Variant, candidate: number, start: number, view: View): number {
    return this.rateLotBy(order, v, variant, candidate, start, view, this.labourByFill(view));
  }

  labourByFill(view: View): LabourOf {
    return (roster, row, start, end) => this.fillRow(roster, row.skill, row.hours, start, end, view);
  }

  readonly labourByCurve: LabourOf = (roster, row, start, end) => this.#curves.netOf(roster, row, start, end);

  /** The same with labour from elsewhere: from curves where many lots want the same people. */
  rateLotBy(
    order: CompiledOrder,
    v: number,
    variant: Variant,
    candidate: number,
    start: number,
    view: View,
    labourOf: LabourOf,
  ): number {
    const { market } = this;
    const site = order.sites[candidate] as number;
    const end = start + order.source.durationWeeks;
    for (let at = site * market.weeks + start; at < site * market.weeks + end; at++) {
      if (variant.areaM2 > (view.freeArea[at] as number) + TOLERANCE) return -Infinity;
      if (variant.powerKw > (view.freePower[at] as number) + TOLERANCE) return -Infinity;
    }
    let net =
      (tableOf(this.market, order).siteFen[v * order.sites.length + candidate] as number) +
      this.#changeFen(order, variant, start, site);
    if (view.prices !== null) net -= this.#sitePrice(view.prices, variant, site, start, end);
    for (const row of variant.rows) {
      const labour = labourOf(rosterOf(market, site, row.skill, row.home), row, start, end);
      if (labour === -Infinity) return -Infinity;
      net += labour;
    }
    return net;
  }

  /**
   * The hours of highest net for one row, exactly: a fractional knapsack whose items are hours, so that the best hours are
   * simply taken until the row is full. Returns their net over the run (fairness at the present slope, less prices) and
   * leaves the choice in pickWorker and pickHours; −Infinity when the roster has too few free hours.
   *
   * Rosters fall by value without fairness and prices. Prices are never negative and no slope exceeds slopeMax, so that once
   * enough hours are collected and no later entry can beat the weakest of them, the rest of the roster need not be read.
   */
  fillRow(roster: number, skill: number, hours: number, start: number, end: number, view: View): number {
    this.pickCount = this.#pickBest(roster, skill, hours, start, end, view);
    let collected = 0;
    let total = 0;
    for (let i = 0; i < this.pickCount; i++) {
      collected += this.pickHours[i] as number;
      total += (this.#net[i] as number) * (this.pickHours[i] as number);
    }
    return collected < hours ? -Infinity : total;
  }

  /** Everyone of a roster who is free over the run, in pickWorker; answers how many. `net` tells what an hour of each is worth. */
  listFree(roster: number, skill: number, start: number, end: number, view: View): number {
    return this.#pickBest(roster, skill, Infinity, start, end, view);
  }

  get pickNet(): Float64Array {
    return this.#net;
  }

  /** The best `hours` hours of a roster, or all there are; returns how many workers give them. */
  #pickBest(roster: number, skill: number, hours: number, start: number, end: number, view: View): number {
    const { market } = this;
    const { weeks, rosterWorker, rosterValue, workerTown, patch } = market;
    const { freeHours, slope, prices } = view;
    const duration = end - start;
    const wageFen = market.wageFen[skill] as number;
    const fairnessMax = wageFen * view.slopeMax;
    const patched = patch === null ? -1 : patch.worker;
    const pricesUpTo = prices === null ? null : prices.hoursUpTo;
    const last = market.rosterStart[roster + 1] as number;
    const { pickWorker, pickHours } = this;
    const nets = this.#net;
    let count = 0;
    let collected = 0;
    let weakest = Infinity;
    let shrinkAt = 0;
    const patchedValue = patch?.entries.get(roster);
    for (let e = market.rosterStart[roster] as number; e < last || (e === last && patchedValue !== undefined); e++) {
      // The one entry that a hint tries stands behind all others.
      const isPatch = e === last;
      const value = isPatch ? (patchedValue as number) : (rosterValue[e] as number);
      if (collected >= hours && duration * (value + fairnessMax) <= weakest) {
        if (patchedValue === undefined || isPatch) break;
        continue;
      }
      const worker = isPatch ? patched : (rosterWorker[e] as number);
      if (worker === patched && !isPatch) continue;
      let net = duration * (value + wageFen * (slope[workerTown[worker] as number] as number));
      if (pricesUpTo !== null) {
        const priceFirst = worker * (weeks + 1);
        net -= (pricesUpTo[priceFirst + end] as number) - (pricesUpTo[priceFirst + start] as number);
      }
      if (collected >= hours && net <= weakest) continue;
      const first = worker * weeks;
      let free = freeHours[first + start] as number;
      for (let at = first + start + 1; at < first + end && free > 0; at++) {
        const other = freeHours[at] as number;
        if (other < free) free = other;
      }
      if (free <= 0) continue;
      nets[count] = net;
      pickWorker[count] = worker;
      pickHours[count] = free;
      count++;
      collected += free;
      if (collected >= hours && count >= shrinkAt) {
        count = this.#keepBest(count, hours);
        collected = hours;
        weakest = nets[count - 1] as number;
        shrinkAt = count + 8;
      }
    }
    return collected < hours ? count : this.#keepBest(count, hours);
  }

  /**
   * Weighted quickselect: moves the entries of highest net to the front until they fill `hours`, trims the last of them to
   * what is missing, and returns how many stay. Entries before the last are in no particular order; none is below it.
   */
  #keepBest(count: number, hours: number): number {
    const nets = this.#net;
    const { pickHours } = this;
    let low = 0;
    let high = count - 1;
    let needed = hours;
    while (low < high) {
      const pivot = nets[(low + high) >> 1] as number;
      let left = low;
      let right = high;
      while (left <= right) {
        while ((nets[left] as number) > pivot) left++;
        while ((nets[right] as number) < pivot) right--;
        if (left <= right) {
          this.#swap(left, right);
          left++;
          right--;
        }
      }
      // Now [low..right] ≥ pivot ≥ [left..high], and what lies between equals the pivot.
      let inFront = 0;
      for (let i = low; i <= right; i++) inFront += pickHours[i] as number;
      if (inFront >= needed) {
        high = right;
        continue;
      }
      needed -= inFront;
      low = right + 1;
      while (low < left) {
        const own = pickHours[low] as number;
        if (own >= needed) {
          pickHours[low] = needed;
          return low + 1;
        }
        needed -= own;
        low++;
      }
    }
    pickHours[low] = Math.min(needed, pickHours[low] as number);
    return low + 1;
  }

  #swap(a: number, b: number): void {
    if (a === b) return;
    const nets = this.#net;
    const { pickWorker, pickHours } = this;
    const net = nets[a] as number;
    nets[a] = nets[b] as number;
    nets[b] = net;
    const worker = pickWorker[a] as number;
    pickWorker[a] = pickWorker[b] as number;
    pickWorker[b] = worker;
    const hours = pickHours[a] as number;
    pickHours[a] = pickHours[b] as number;
    pickHours[b] = hours;
  }

  /** Takes lots in sequence at the ranked sites, each from what the ones before it left; null when too few of them fit. */
  realize(order: CompiledOrder, v: number, start: number, ranked: readonly number[], view: View): Allocation | null {
    const variant = order.variants[v] as Variant;
    const end = start + order.source.durationWeeks;
    const lots: AllocatedLot[] = [];
    for (const candidate of ranked) {
      const site = order.sites[candidate] as number;
      const lot =
        this.#takeLot(site, variant, start, end, view, false) ?? this.#takeLot(site, variant, start, end, view, true);
      if (lot !== null) lots.push(lot);
      if (lots.length === variant.lots) break;
    }
    const allocation = lots.length === variant.lots ? this.describe(order, v, start, lots) : null;
    for (const lot of lots) this.#giveBack(lot, start, end, view.freeHours);
    return allocation;
  }

  /**
   * Fills the rows of one lot and takes their hours from what is free; nothing is taken when one of them cannot be filled.
   * `reversed`: the last row first, for when the first would starve it.
   */
  #takeLot(
    site: number,
    variant: Variant,
    start: number,
    end: number,
    view: View,
    reversed: boolean,
  ): AllocatedLot | null {
    const { weeks } = this.market;
    const worker: number[] = [];
    const row: number[] = [];
    const hours: number[] = [];
    for (let step = 0; step < variant.rows.length; step++) {
      const r = reversed ? variant.rows.length - 1 - step : step;
      const need = variant.rows[r] as NeedRow;
      const roster = rosterOf(this.market, site, need.skill, need.home);
      if (this.fillRow(roster, need.skill, need.hours, start, end, view) === -Infinity) {
        this.#giveBack(
          { site, worker: Int32Array.from(worker), row: Int32Array.from(row), hours: Int32Array.from(hours) },
          start,
          end,
          view.freeHours,
        );
        return null;
      }
      for (let i = 0; i < this.pickCount; i++) {
        const first = (this.pickWorker[i] as number) * weeks;
        const taken = this.pickHours[i] as number;
        for (let week = start; week < end; week++)
          view.freeHours[first + week] = (view.freeHours[first + week] as number) - taken;
        worker.push(this.pickWorker[i] as number);
        row.push(r);
        hours.push(taken);
      }
    }
    return { site, worker: Int32Array.from(worker), row: Int32Array.from(row), hours: Int32Array.from(hours) };
  }

  #giveBack(lot: AllocatedLot, start: number, end: number, freeHours: Int16Array): void {
    const { weeks } = this.market;
    for (let e = 0; e < lot.worker.length; e++) {
      const first = (lot.worker[e] as number) * weeks;
      const hours = lot.hours[e] as number;
      for (let week = start; week < end; week++) freeHours[first + week] = (freeHours[first + week] as number) + hours;
    }
  }

  /** Values an allocation whose workers are chosen. */
  describe(order: CompiledOrder, v: number, start: number, lots: AllocatedLot[]): Allocation {
    const { market } = this;
    const variant = order.variants[v] as Variant;
    const duration = order.source.durationWeeks;
    const table = tableOf(this.market, order);
    let ownFen = this.orderFen(order, variant, start);
    const touched: number[] = [];
    for (const lot of lots) {
      const candidate = order.sites.indexOf(lot.site);
      ownFen +=
        (table.siteFen[v * order.sites.length + candidate] as number) +
        this.#changeFen(order, variant, start, lot.site);
      for (let e = 0; e < lot.worker.length; e++) {
        const worker = lot.worker[e] as number;
        const need = variant.rows[lot.row[e] as number] as Variant['rows'][number];
        const volume = (lot.hours[e] as number) * duration;
        ownFen += volume * this.valueOf(rosterOf(market, lot.site, need.skill, need.home), worker);
        const town = market.workerTown[worker] as number;
        if (!touched.includes(town)) touched.push(town);
        this.#townWages[town] = (this.#townWages[town] as number) + volume * (market.wageFen[need.skill] as number);
      }
    }
    const townWagesFen = Float64Array.from(touched, (town) => this.#townWages[town] as number);
    for (const town of touched) this.#townWages[town] = 0;
    return { order, variant, start, lots, ownFen, towns: Int32Array.from(touched), townWagesFen };
  }

  /** 分 per hour of a worker who stands in the roster. */
  valueOf(roster: number, worker: number): number {
    const { rosterStart, rosterWorker, rosterValue, patch } = this.market;
    if (patch !== null && patch.worker === worker) return patch.entries.get(roster) ?? 0;
    const last = rosterStart[roster + 1] as number;
    for (let e = rosterStart[roster] as number; e < last; e++)
      if (rosterWorker[e] === worker) return rosterValue[e] as number;
    return 0;
  }

  /** The first allocation that exact sharing finds, those of high rating first; null when there is none. */
  findAny(order: CompiledOrder, view: View, occupancy: Occupancy): Found | null {
    this.#beginCurves(order, view);
    const ways: { v: number; start: number; rating: number; candidates: number[] }[] = [];
    for (const [v, variant] of order.variants.entries()) {
      for (let start = order.firstStart; start <= order.lastStart; start++) {
        const { candidates, nets } = this.#rankSites(order, v, start, view, order.sites.length, -Infinity, null);
        if (candidates.length < variant.lots) continue;
        const rating = nets
          .slice(0, variant.lots)
          .reduce((sum, net) => sum + net, this.orderFen(order, variant, start));
        ways.push({ v, start, rating, candidates });
      }
    }
    ways.sort((a, b) => b.rating - a.rating || a.v - b.v || a.start - b.start);
    for (const { v, start, candidates } of ways) {
      const lots = this.#shareOut(order, v, start, candidates, view);
      if (lots === null) continue;
      const allocation = this.describe(order, v, start, lots);
      return { allocation, netFen: occupancy.gainFen(allocation) - this.priceOf(allocation, view.prices) };
    }
    return null;
  }

  /** Looks for lots at these sites whose rows can all be filled together, trying every choice of sites up to a limit. */
  #shareOut(
    order: CompiledOrder,
    v: number,
    start: number,
    candidates: readonly number[],
    view: View,
  ): AllocatedLot[] | null {
    const variant = order.variants[v] as Variant;
    const { weeks } = this.market;
    const end = start + order.source.durationWeeks;
    const freeOverRun = (worker: number): number => {
      let free = Infinity;
      for (let at = worker * weeks + start; at < worker * weeks + end; at++)
        free = Math.min(free, view.freeHours[at] as number);
      return free;
    };
    let triesLeft = SHARING_TRIES_MAX;
    const extend = (rows: RowToFill[], sharing: Sharing, sites: number[], from: number): AllocatedLot[] | null => {
      if (sites.length === variant.lots) return sites.map((site, l) => this.#toLot(site, variant, sharing, l));
      for (let k = from; k <= candidates.length - (variant.lots - sites.length) && triesLeft > 0; k++) {
        triesLeft--;
        const site = order.sites[candidates[k] as number] as number;
        const nextRows = [...rows];
        const nextSharing = sharing.map((given) => new Map(given));
        const isFilled = variant.rows.every((need) =>
          addRow(nextRows, nextSharing, { hours: need.hours, workers: this.#membersOf(site, need) }, freeOverRun),
        );
        const lots = isFilled ? extend(nextRows, nextSharing, [...sites, site], k + 1) : null;
        if (lots !== null) return lots;
      }
      return null;
    };
    return extend([], [], [], 0);
  }

  #toLot(site: number, variant: Variant, sharing: Sharing, lot: number): AllocatedLot {
    const entries = variant.rows.flatMap((_, r) =>
      [...(sharing[lot * variant.rows.length + r] as Map<number, number>)].map(([worker, hours]) => ({
        worker,
        hours,
        r,
      })),
    );
    return {
      site,
      worker: Int32Array.from(entries, ({ worker }) => worker),
      row: Int32Array.from(entries, ({ r }) => r),
      hours: Int32Array.from(entries, ({ hours }) => hours),
    };
  }

  /** Who stands in the roster of a need, best first; one whom a hint puts there comes last. */
  #membersOf(site: number, need: Variant['rows'][number]): Int32Array {
    const { rosterStart, rosterWorker, patch } = this.market;
    const roster = rosterOf(this.market, site, need.skill, need.home);
    const members = rosterWorker.subarray(rosterStart[roster], rosterStart[roster + 1]);
    if (patch === null) return members;
    const others = members.filter((worker) => worker !== patch.worker);
    return patch.entries.has(roster) ? Int32Array.from([...others, patch.worker]) : others;
  }

  /** What an allocation's capacity costs at these prices. */
  priceOf(allocation: Allocation, prices: Prices | null): number {
    if (prices === null) return 0;
    const { weeks } = this.market;
    const { variant, start } = allocation;
    const end = start + allocation.order.source.durationWeeks;
    let total = 0;
    for (const lot of allocation.lots) {
      total += this.#sitePrice(prices, variant, lot.site, start, end);
      for (let e = 0; e < lot.worker.length; e++) {
        const first = (lot.worker[e] as number) * (weeks + 1);
        total +=
          (lot.hours[e] as number) *
          ((prices.hoursUpTo[first + end] as number) - (prices.hoursUpTo[first + start] as number));
      }
    }
    return total;
  }

  #sitePrice(prices: Prices, variant: Variant, site: number, start: number, end: number): number {
    const first = site * (this.market.weeks + 1);
    return (
      variant.areaM2 * ((prices.areaUpTo[first + end] as number) - (prices.areaUpTo[first + start] as number)) +
      variant.powerKw * ((prices.powerUpTo[first + end] as number) - (prices.powerUpTo[first + start] as number))
    );
  }

  /** Exact reading 16. Never positive, so that ceilings may leave it out. */
  #changeFen(order: CompiledOrder, variant: Variant, start: number, site: number): number {
    const before = order.previous;
    if (before === null) return 0;
    const siteId = this.market.scenario.sites[site]?.id;
    const stays =
      before.start === start &&
      before.share === variant.share &&
      before.lots.some((lot) => lot.site === siteId && lot.home === variant.home);
    return stays ? 0 : -this.market.scenario.policy.changeFen;
  }
}
