// Prices and slopes that stand still. In: a view of the market before the search, the orders' shortlists. Out: the best way to
// take an order, given what is free now. Because nothing of the field moves, everybody in a roster has one rank for a run: lists
// are sorted once, and taking the best who are free is walking down. What a lot is worth in the empty market is its ceiling,
// so that most sites and options need not be looked at.

import type { Kernel, Option, View } from './kernel.ts';
import { rosterOf, TOLERANCE } from './market.ts';
import type { CompiledOrder, Market, NeedRow, Variant } from './market.ts';
import type { Allocation, AllocatedLot, Occupancy } from './occupancy.ts';

/** Entries of all lists together; beyond it all are forgotten and made anew when asked for. */
const ENTRIES_MAX = 1 << 24;
/** Sites ranked beyond the lots of an option: when two lots want the same workers, the next site may still do. */
const SPARE_SITES = 2;
/** Options that are taken in sequence when the best of them turns out to want the same people twice. */
const OPTIONS_TRIED = 3;

/** One (variant, start) of an order; sites by falling ceiling. */
interface FieldOption {
  v: number;
  variant: Variant;
  start: number;
  orderFen: number;
  /** No way to take this option is worth more. */
  ceiling: number;
  site: Int32Array;
  /** Of the lot, apart from labour. */
  siteFen: Float64Array;
  siteCeiling: Float64Array;
  /** Key of every row at every site: index site · rows + row. */
  keys: Float64Array;
}

interface Ranked {
  option: FieldOption;
  rating: number;
  sites: number[];
}

export class Field {
  readonly #market: Market;
  readonly #kernel: Kernel;
  readonly #view: View;
  readonly #occupancy: Occupancy;
  readonly #shortlists: ReadonlyMap<number, readonly Option[]>;
  readonly #options = new Map<number, FieldOption[]>();
  readonly #slots = new Map<number, number>();
  readonly #start: number[] = [0];
  #worker = new Int32Array(1 << 16);
  #net = new Float32Array(1 << 16);
  #sorted = new Float64Array(0);
  readonly #topNet = new Float64Array(16);
  readonly #topSite = new Int32Array(16);

  /** `view` is kept: its capacities are those before the search, and must not change. */
  constructor(
    market: Market,
    kernel: Kernel,
    view: View,
    occupancy: Occupancy,
    shortlists: ReadonlyMap<number, readonly Option[]>,
  ) {
    this.#market = market;
    this.#kernel = kernel;
    this.#view = view;
    this.#occupancy = occupancy;
    this.#shortlists = shortlists;
  }

  /**
   * The best allocation of the order in what is free now, by this field's prices; null when nothing on its shortlist fits.
   * Options that `overlooks` answers true for are not looked at.
   */
  findBest(order: CompiledOrder, overlooks: () => boolean = never): Allocation | null {
    const best: Ranked[] = [];
    for (const option of this.#optionsOf(order)) {
      const bar = best[0]?.rating ?? -Infinity;
      if (option.ceiling <= bar) break;
      if (overlooks()) continue;
      const rating = this.#rate(order, option, bar);
      if (rating <= bar) continue;
      best.unshift({ option, rating, sites: Array.from(this.#topSite.subarray(0, this.#topCount)) });
      if (best.length > OPTIONS_TRIED) best.pop();
    }
    for (const ranked of best) {
      const allocation = this.#realize(order, ranked);
      if (allocation !== null) return allocation;
    }
    return null;
  }

  /** The sites that the order would like best in an empty market, and when. */
  wishOf(order: CompiledOrder, choose: (count: number) => number): { start: number; sites: Int32Array } | null {
    const options = this.#optionsOf(order);
    const option = options[choose(options.length)];
    if (option === undefined) return null;
    return { start: option.start, sites: option.site.subarray(0, option.variant.lots) };
  }

  #topCount = 0;

  /** What the option is worth with its best sites, which stay in #topSite; −Infinity when it does not fit or stays below `bar`. */
  #rate(order: CompiledOrder, option: FieldOption, bar: number): number {
    const { variant, start, orderFen, site, siteFen, siteCeiling, keys } = option;
    const { lots, rows } = variant;
    const { weeks } = this.#market;
    const { freeArea, freePower } = this.#occupancy;
    const end = start + order.source.durationWeeks;
    const wanted = lots === 1 ? 1 : lots + SPARE_SITES;
    const tops = this.#topNet;
    let count = 0;
    for (let k = 0; k < site.length; k++) {
      const ceiling = siteCeiling[k] as number;
      if (count >= lots) {
        if (ceiling <= (tops[lots - 1] as number)) break;
      } else {
        let reachable = orderFen + (lots - count) * ceiling;
        for (let n = 0; n < count; n++) reachable += tops[n] as number;
        if (reachable <= bar) break;
      }
      const first = (site[k] as number) * weeks;
      let fits = true;
      for (let at = first + start; at < first + end && fits; at++) {
        fits =
          variant.areaM2 <= (freeArea[at] as number) + TOLERANCE &&
          variant.powerKw <= (freePower[at] as number) + TOLERANCE;
      }
      if (!fits) continue;
      let net = siteFen[k] as number;
      for (let r = 0; r < rows.length && net > -Infinity; r++) {
        net += this.#walk(
          this.#slotOf(keys[k * rows.length + r] as number, option, k, r, end),
          rows[r] as NeedRow,
          start,
          end,
        );
      }
      if (net === -Infinity || (count === wanted && net <= (tops[count - 1] as number))) continue;
      let at = count === wanted ? count - 1 : count;
      for (; at > 0 && (tops[at - 1] as number) < net; at--) {
        tops[at] = tops[at - 1] as number;
        this.#topSite[at] = this.#topSite[at - 1] as number;
      }
      tops[at] = net;
      this.#topSite[at] = k;
      if (count < wanted) count++;
    }
    this.#topCount = count;
    if (count < lots) return -Infinity;
    let rating = orderFen;
    for (let n = 0; n < lots; n++) rating += tops[n] as number;
    return rating;
  }

  /** Net of the best free hours of a list; −Infinity when there are too few. */
  #walk(slot: number, { hours }: NeedRow, start: number, end: number): number {
    const { weeks } = this.#market;
    const { freeHours } = this.#occupancy;
    const last = this.#start[slot + 1] as number;
    let left = hours;
    let total = 0;
    for (let e = this.#start[slot] as number; e < last; e++) {
      const first = (this.#worker[e] as number) * weeks;
      let free = freeHours[first + start] as number;
      for (let at = first + start + 1; at < first + end && free > 0; at++) {
        const other = freeHours[at] as number;
        if (other < free) free = other;
      }
      if (free <= 0) continue;
      if (free >= left) return total + left * (this.#net[e] as number);
      total += free * (this.#net[e] as number);
      left -= free;
    }
    return -Infinity;
  }

  #realize(order: CompiledOrder, { option, sites }: Ranked): Allocation | null {
    const { variant, start, v } = option;
    const end = start + order.source.durationWeeks;
    const lots: AllocatedLot[] = [];
    for (const k of sites) {
      const lot = this.#takeLot(option, k, start, end, false) ?? this.#takeLot(option, k, start, end, true);
      if (lot !== null) lots.push(lot);
      if (lots.length === variant.lots) break;
    }
    for (const lot of lots) this.#give(lot, 0, start, end, 1);
    return lots.length === variant.lots ? this.#kernel.describe(order, v, start, lots) : null;
  }

  /** Takes the hours of one lot from what is free, all rows or none; the last row first when the first would starve it. */
  #takeLot(option: FieldOption, k: number, start: number, end: number, reversed: boolean): AllocatedLot | null {
    const { weeks } = this.#market;
    const { freeHours } = this.#occupancy;
    const { rows } = option.variant;
    const worker: number[] = [];
    const row: number[] = [];
    const hours: number[] = [];
    const freeOver = (number: number): number => {
      let free = Infinity;
      for (let at = number * weeks + start; at < number * weeks + end; at++)
        free = Math.min(free, freeHours[at] as number);
      return free;
    };
    const lot = (): AllocatedLot => ({
      site: option.site[k] as number,
      worker: Int32Array.from(worker),
      row: Int32Array.from(row),
      hours: Int32Array.from(hours),
    });
    for (let step = 0; step < rows.length; step++) {
      const r = reversed ? rows.length - 1 - step : step;
      const need = rows[r] as NeedRow;
      const slot = this.#slotOf(option.keys[k * rows.length + r] as number, option, k, r, end);
      const from = worker.length;
      let left = need.hours;
      for (let e = this.#start[slot] as number; e < (this.#start[slot + 1] as number) && left > 0; e++) {
        const taken = Math.min(left, freeOver(this.#worker[e] as number));
        if (taken <= 0) continue;
        worker.push(this.#worker[e] as number);
        row.push(r);
        hours.push(taken);
        left -= taken;
      }
      this.#give(lot(), from, start, end, -1);
      if (left === 0) continue;
      this.#give(lot(), 0, start, end, 1);
      return null;
    }
    return lot();
  }

  #give(lot: AllocatedLot, from: number, start: number, end: number, sign: 1 | -1): void {
    const { weeks } = this.#market;
    const { freeHours } = this.#occupancy;
    for (let e = from; e < lot.worker.length; e++) {
      const first = (lot.worker[e] as number) * weeks;
      for (let at = first + start; at < first + end; at++)
        freeHours[at] = (freeHours[at] as number) + sign * (lot.hours[e] as number);
    }
  }

  #optionsOf(order: CompiledOrder): FieldOption[] {
    let options = this.#options.get(order.index);
    if (options !== undefined) return options;
    options = (this.#shortlists.get(order.index) ?? [])
      .map((option) => this.#compile(order, option))
      .filter(({ ceiling }) => ceiling > -Infinity)
      .sort((a, b) => b.ceiling - a.ceiling || a.v - b.v || a.start - b.start);
    this.#options.set(order.index, options);
    return options;
  }

  #compile(order: CompiledOrder, { variant: v, start, candidates }: Option): FieldOption {
    const market = this.#market;
    const variant = order.variants[v] as Variant;
    const labourOf = this.#kernel.labourByFill(this.#view);
    const weighed = Array.from(candidates, (candidate) => {
      let labour = 0;
      const net = this.#kernel.rateLotBy(order, v, variant, candidate, start, this.#view, (roster, row, from, end) => {
        const own = labourOf(roster, row, from, end);
        labour += own;
        return own;
      });
      return { site: order.sites[candidate] as number, net, siteFen: net - labour };
    })
      .filter(({ net }) => net > -Infinity)
      .sort((a, b) => b.net - a.net || a.site - b.site);
    const orderFen = this.#kernel.orderFen(order, variant, start);
    const end = start + order.source.durationWeeks;
    return {
      v,
      variant,
      start,
      orderFen,
      ceiling:
        weighed.length < variant.lots
          ? -Infinity
          : weighed.slice(0, variant.lots).reduce((sum, { net }) => sum + net, orderFen + 1e-3),
      site: Int32Array.from(weighed, ({ site }) => site),
      siteFen: Float64Array.from(weighed, ({ siteFen }) => siteFen),
      // Nets of lists are rounded to Float32.
      siteCeiling: Float64Array.from(weighed, ({ net }) => net + 1e-6 * Math.abs(net) + 1e-3),
      keys: Float64Array.from(
        weighed.flatMap(({ site }) =>
          variant.rows.map(
            (row) => (rosterOf(market, site, row.skill, row.home) * market.weeks + start) * (market.weeks + 1) + end,
          ),
        ),
      ),
    };
  }

  #slotOf(key: number, { site, variant, start }: FieldOption, k: number, r: number, end: number): number {
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      const row = variant.rows[r] as NeedRow;
      slot = this.#list(rosterOf(this.#market, site[k] as number, row.skill, row.home), row.skill, start, end);
      this.#slots.set(key, slot);
    }
    return slot;
  }

  /** Everyone of the roster by falling net: net in whole 分 and position are sorted as one number. */
  #list(roster: number, skill: number, start: number, end: number): number {
    const count = this.#kernel.listFree(roster, skill, start, end, this.#view);
    const { pickWorker, pickNet } = this.#kernel;
    if (this.#sorted.length < count) this.#sorted = new Float64Array(2 * count);
    const keys = this.#sorted.subarray(0, count);
    for (let i = 0; i < count; i++) keys[i] = Math.floor(-(pickNet[i] as number)) * POSITIONS + i;
    keys.sort();
    if ((this.#start[this.#start.length - 1] as number) > ENTRIES_MAX) {
      this.#slots.clear();
      this.#start.length = 1;
    }
    let at = this.#start[this.#start.length - 1] as number;
    this.#reserve(at + count);
    for (const key of keys) {
      const i = key - Math.floor(key / POSITIONS) * POSITIONS;
      this.#worker[at] = pickWorker[i] as number;
      this.#net[at] = pickNet[i] as number;
      at++;
    }
    this.#start.push(at);
    return this.#start.length - 2;
  }

  #reserve(length: number): void {
    if (length <= this.#worker.length) return;
    const worker = new Int32Array(2 * length);
    worker.set(this.#worker);
    this.#worker = worker;
    const net = new Float32Array(2 * length);
    net.set(this.#net);
    this.#net = net;
  }
}

function never(): boolean {
  return false;
}

/** More than the longest roster. */
const POSITIONS = 2 ** 20;
