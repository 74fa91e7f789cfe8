// One look at everything: every order, variant, start and site, in one view. In: the orders, a view. Out: the best lots of every
// (variant, start). It goes site by site, so that all who want the same people at the same time share one curve: a sweep is
// linear in what there is to look at, and its memory is that of one site.

import type { Kernel, LabourOf, Option, View } from './kernel.ts';
import type { CompiledOrder, Market } from './market.ts';
import { mostHoursOf, tableOf } from './order-table.ts';

/** Sites kept of a (variant, start) beyond those that its lots take. */
const SPARE_SITES = 6;

/** The best lots of each option of one order; option = variant · starts + (start − firstStart). */
export interface Tops {
  /** Entries per option, best first. */
  width: number;
  count: Uint8Array;
  candidate: Int32Array;
  net: Float64Array;
}

export type OnLot = (order: CompiledOrder, option: number, candidate: number, net: number) => void;

export function countStarts(order: CompiledOrder): number {
  return Math.max(0, order.lastStart - order.firstStart + 1);
}

export class Sweep {
  readonly #market: Market;
  readonly #kernel: Kernel;
  readonly #orders: readonly CompiledOrder[];
  readonly #hoursMost: Float64Array;
  /** By site: who may use it, as (position in #orders, position in order.sites) pairs. */
  readonly #takers: number[][];

  constructor(market: Market, kernel: Kernel, orders: readonly CompiledOrder[]) {
    this.#market = market;
    this.#kernel = kernel;
    this.#orders = orders;
    this.#hoursMost = mostHoursOf(orders, market.skillIds.length);
    this.#takers = market.scenario.sites.map(() => []);
    orders.forEach((order, o) => order.sites.forEach((site, candidate) => this.#takers[site]?.push(o, candidate)));
  }

  /** Looks at everything; answers in the order of the orders. `onLot` hears of every lot that fits; then nothing is skipped. */
  run(view: View, onLot?: OnLot): Tops[] {
    const tops = this.#orders.map(emptyTops);
    for (const takers of this.#takers) {
      this.#kernel.beginCurves(this.#hoursMost, view);
      for (let k = 0; k < takers.length; k += 2) {
        const o = takers[k] as number;
        this.#look(this.#orders[o] as CompiledOrder, takers[k + 1] as number, view, tops[o] as Tops, onLot);
      }
    }
    return tops;
  }

  /** The same for the first options of the shortlists (by the orders' numbers), and the first sites of each, only. */
  runAmong(
    view: View,
    shortlists: ReadonlyMap<number, readonly Option[]>,
    optionsMax: number,
    spareSites: number,
  ): Tops[] {
    const tops = this.#orders.map(emptyTops);
    // (position in #orders, option, candidate) triples by site.
    const wanted: number[][] = this.#market.scenario.sites.map(() => []);
    this.#orders.forEach((order, o) => {
      const starts = countStarts(order);
      for (const { variant, start, candidates } of (shortlists.get(order.index) ?? []).slice(0, optionsMax)) {
        const option = variant * starts + start - order.firstStart;
        const { lots } = order.variants[variant] as CompiledOrder['variants'][number];
        for (const candidate of candidates.subarray(0, lots + spareSites))
          wanted[order.sites[candidate] as number]?.push(o, option, candidate);
      }
    });
    const labourOf = this.#kernel.labourByFill(view);
    for (const triples of wanted) {
      for (let k = 0; k < triples.length; k += 3) {
        const o = triples[k] as number;
        const order = this.#orders[o] as CompiledOrder;
        const option = triples[k + 1] as number;
        const candidate = triples[k + 2] as number;
        // Few of these lots want the same people: a curve would serve once.
        note(tops[o] as Tops, option, candidate, this.#rate(order, option, candidate, view, labourOf));
      }
    }
    return tops;
  }

  #look(order: CompiledOrder, candidate: number, view: View, tops: Tops, onLot: OnLot | undefined): void {
    const table = tableOf(this.#market, order);
    const starts = countStarts(order);
    for (let v = 0; v < order.variants.length; v++) {
      const labour = table.ceiling[v * order.sites.length + candidate] as number;
      if (labour === -Infinity) continue;
      const ceiling = labour + view.slopeMax * (table.wagesFen[v] as number);
      for (let option = v * starts; option < (v + 1) * starts; option++) {
        if (onLot === undefined && ceiling <= leastOf(tops, option)) continue;
        const net = this.#rate(order, option, candidate, view, this.#kernel.labourByCurve);
        if (net > -Infinity) onLot?.(order, option, candidate, net);
        note(tops, option, candidate, net);
      }
    }
  }

  #rate(order: CompiledOrder, option: number, candidate: number, view: View, labourOf: LabourOf): number {
    const starts = countStarts(order);
    const v = Math.floor(option / starts);
    const variant = order.variants[v] as CompiledOrder['variants'][number];
    const start = order.firstStart + (option % starts);
    return this.#kernel.rateLotBy(order, v, variant, candidate, start, view, labourOf);
  }
}

/** What a lot must beat to be noted. */
function leastOf({ width, count, net }: Tops, option: number): number {
  return count[option] === width ? (net[(option + 1) * width - 1] as number) : -Infinity;
}

function note(tops: Tops, option: number, candidate: number, net: number): void {
  if (net <= leastOf(tops, option)) return;
  const first = option * tops.width;
  const count = tops.count[option] as number;
  let at = first + Math.min(count, tops.width - 1);
  for (; at > first && (tops.net[at - 1] as number) < net; at--) {
    tops.net[at] = tops.net[at - 1] as number;
    tops.candidate[at] = tops.candidate[at - 1] as number;
  }
  tops.net[at] = net;
  tops.candidate[at] = candidate;
  if (count < tops.width) tops.count[option] = count + 1;
}

function emptyTops(order: CompiledOrder): Tops {
  const options = order.variants.length * countStarts(order);
  const width = order.variants.reduce((most, { lots }) => Math.max(most, lots), 0) + SPARE_SITES;
  return {
    width,
    count: new Uint8Array(options),
    candidate: new Int32Array(options * width),
    net: new Float64Array(options * width),
  };
}

/** What an option rates at most: the order's own term and its best lots as if alone; −Infinity when it has too few. */
export function rateOption(kernel: Kernel, order: CompiledOrder, tops: Tops, option: number): number {
  const starts = countStarts(order);
  const variant = order.variants[Math.floor(option / starts)] as CompiledOrder['variants'][number];
  if ((tops.count[option] as number) < variant.lots) return -Infinity;
  let rating = kernel.orderFen(order, variant, order.firstStart + (option % starts));
  for (let n = 0; n < variant.lots; n++) rating += tops.net[option * tops.width + n] as number;
  return rating;
}
