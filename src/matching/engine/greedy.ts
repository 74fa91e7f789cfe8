// Places the order that adds most, again and again, until none adds anything. In: a view, the orders, and a sweep of that view
// when less was taken. Out: allocations, one by one. Capacity only shrinks meanwhile, and slopes only fall, so that what a lot
// was worth before is a ceiling of what it is worth now: of all lots only those on top are weighed anew, yet none is left out.

import type { Found, Kernel, View } from './kernel.ts';
import type { CompiledOrder, Variant } from './market.ts';
import type { Allocation, Occupancy } from './occupancy.ts';
import { countStarts } from './sweep.ts';
import type { Sweep } from './sweep.ts';

/** Sites tried beyond the lots: when two lots want the same workers, the next site may still do. */
const SPARE_SITES = 3;

/** Ceilings of every lot of every order, by order number: index option · sites + candidate. */
export type Ceilings = Map<number, Float32Array>;

export function sweepCeilings(sweep: Sweep, orders: readonly CompiledOrder[], view: View): Ceilings {
  const ceilings: Ceilings = new Map();
  for (const order of orders) {
    const lots = order.variants.length * countStarts(order) * order.sites.length;
    ceilings.set(order.index, new Float32Array(lots).fill(-Infinity));
  }
  sweep.run(view, (order, option, candidate, net) => {
    (ceilings.get(order.index) as Float32Array)[option * order.sites.length + candidate] = roundUp(net);
  });
  return ceilings;
}

export function copyCeilings(ceilings: Ceilings): Ceilings {
  return new Map(Array.from(ceilings, ([order, nets]) => [order, nets.slice()]));
}

/** Float32 rounds to nearest; a ceiling must not be rounded down. */
function roundUp(net: number): number {
  return net + Math.abs(net) * 2 ** -22 + 1e-3;
}

export class Greedy {
  readonly #kernel: Kernel;
  readonly #occupancy: Occupancy;
  readonly #ceilings: Ceilings;
  /** Which lots of the order at hand were weighed in this view. */
  #weighed = new Int32Array(0);
  #weighing = 0;

  /** The ceilings are lowered on the way; whoever needs them again gives a copy. */
  constructor(kernel: Kernel, occupancy: Occupancy, ceilings: Ceilings) {
    this.#kernel = kernel;
    this.#occupancy = occupancy;
    this.#ceilings = ceilings;
  }

  /** `isExact`: people are shared out exactly before an order is given up. */
  run(orders: readonly CompiledOrder[], view: View, isExact: boolean, place: (allocation: Allocation) => void): void {
    const queue = orders.map((order) => ({ order, netFen: this.#ceilingOf(order) })).filter(({ netFen }) => netFen > 0);
    const byWorth = (a: (typeof queue)[number], b: (typeof queue)[number]): number =>
      a.netFen - b.netFen || b.order.index - a.order.index;
    queue.sort(byWorth);
    for (let top = queue.pop(); top !== undefined; top = queue.pop()) {
      view.slopeMax = view.slope.reduce((steepest, slope) => Math.max(steepest, slope), 0);
      const best =
        this.#findBest(top.order, view) ?? (isExact ? this.#kernel.findAny(top.order, view, this.#occupancy) : null);
      if (best === null || best.netFen <= 0 || this.#occupancy.gainFen(best.allocation) <= 0) continue;
      const next = queue[queue.length - 1];
      if (next === undefined || best.netFen >= next.netFen) {
        place(best.allocation);
        continue;
      }
      const again = { order: top.order, netFen: best.netFen };
      let low = 0;
      let high = queue.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (byWorth(queue[middle] as typeof again, again) < 0) low = middle + 1;
        else high = middle;
      }
      queue.splice(low, 0, again);
    }
  }

  #ceilingOf(order: CompiledOrder): number {
    let best = -Infinity;
    const options = order.variants.length * countStarts(order);
    for (let option = 0; option < options; option++) best = Math.max(best, this.#rate(order, option).rating);
    return best;
  }

  /** An option's ceiling, and its best sites by theirs. */
  #rate(order: CompiledOrder, option: number): { rating: number; candidates: number[] } {
    const starts = countStarts(order);
    const variant = order.variants[Math.floor(option / starts)] as Variant;
    const ceilings = this.#ceilings.get(order.index) as Float32Array;
    const size = order.sites.length;
    const first = option * size;
    const wanted = variant.lots + SPARE_SITES;
    const candidates: number[] = [];
    for (let candidate = 0; candidate < size; candidate++) {
      const net = ceilings[first + candidate] as number;
      if (net === -Infinity) continue;
      let at = candidates.length;
      if (at === wanted && net <= (ceilings[first + (candidates[at - 1] as number)] as number)) continue;
      while (at > 0 && (ceilings[first + (candidates[at - 1] as number)] as number) < net) at--;
      candidates.splice(at, 0, candidate);
      if (candidates.length > wanted) candidates.pop();
    }
    if (candidates.length < variant.lots) return { rating: -Infinity, candidates };
    let rating = this.#kernel.orderFen(order, variant, order.firstStart + (option % starts));
    for (let n = 0; n < variant.lots; n++) rating += ceilings[first + (candidates[n] as number)] as number;
    return { rating, candidates };
  }

  #findBest(order: CompiledOrder, view: View): Found | null {
    const starts = countStarts(order);
    const ceilings = this.#ceilings.get(order.index) as Float32Array;
    const size = order.sites.length;
    if (this.#weighed.length < ceilings.length) this.#weighed = new Int32Array(2 * ceilings.length);
    this.#weighing++;
    const options = Array.from({ length: order.variants.length * starts }, (_, option) => this.#rate(order, option));
    let best: Found | null = null;
    for (;;) {
      let option = -1;
      let rating = best?.netFen ?? -Infinity;
      for (const [other, { rating: others }] of options.entries()) {
        if (others <= rating) continue;
        option = other;
        rating = others;
      }
      if (option < 0) return best;
      const { candidates } = options[option] as (typeof options)[number];
      const v = Math.floor(option / starts);
      const variant = order.variants[v] as Variant;
      const start = order.firstStart + (option % starts);
      const weigh = (candidate: number): boolean => {
        const at = option * size + candidate;
        if (this.#weighed[at] === this.#weighing) return false;
        this.#weighed[at] = this.#weighing;
        const net = this.#kernel.rateLot(order, v, variant, candidate, start, view);
        ceilings[at] = net === -Infinity ? net : roundUp(net);
        return true;
      };
      if (candidates.slice(0, variant.lots).filter(weigh).length > 0) {
        options[option] = this.#rate(order, option);
        continue;
      }
      options[option] = { rating: -Infinity, candidates };
      // Only what was weighed just now is known to fit.
      for (const candidate of candidates) weigh(candidate);
      const fitting = candidates.filter((candidate) => (ceilings[option * size + candidate] as number) > -Infinity);
      const allocation = this.#kernel.realize(order, v, start, fitting, view);
      if (allocation === null) continue;
      const netFen = this.#occupancy.gainFen(allocation) - this.#kernel.priceOf(allocation, view.prices);
      if (best === null || netFen > best.netFen) best = { allocation, netFen };
    }
  }
}
