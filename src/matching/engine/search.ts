// The search for a good plan. In: the orders that are free, and what the pinned ones left. Out: allocations that fit
// together. First greedy (best order first), then improvement by large neighbourhoods: take out what stands around one
// site, put back in another order, keep what is worth more. The budget is counted in moves, never in time.

import { distanceKm } from '../../vocabulary/geo.ts';
import type { Kernel, View } from './kernel.ts';
import { fairnessWorth } from './market.ts';
import type { CompiledOrder, Market } from './market.ts';
import type { Allocation, Occupancy } from './occupancy.ts';
import type { PriceResult } from './prices.ts';
import type { Random } from './random.ts';

/** Share of moves that choose sites and workers with regard to what they are worth to others. */
const PRICED_SHARE = 0.6;
/** Share of moves, among those without prices, that see beyond the next kink of the towns' fairness curves. */
const AHEAD_SHARE = 0.15;
/** Moves that look at everything instead of the shortlists: this share at most, fewer where there are many sites to look at. */
const WIDE_SHARE_MAX = 0.1;
const WIDE_SITES = 10;
const REMOVED_MIN = 3;
const REMOVED_MAX = 12;
const TRIED_MIN = 2;
const TRIED_MAX = 10;
/** A loss of this share of the mean worth of a placed order is at first kept about once in three times; at the end never. */
const FIRST_TEMPERATURE = 0.1;
/** Sites looked at for neighbours of a move. */
const NEIGHBOURS = 40;

export interface SearchStats {
  movesDone: number;
  movesAccepted: number;
  stoppedEarly: boolean;
}

export class Search {
  /** What stands, by order number. */
  readonly placed = new Map<number, Allocation>();
  readonly #market: Market;
  readonly #kernel: Kernel;
  readonly #occupancy: Occupancy;
  readonly #free: readonly CompiledOrder[];
  readonly #ordersOfSite: CompiledOrder[][];
  readonly #neighbours = new Map<number, Int32Array>();

  constructor(market: Market, kernel: Kernel, occupancy: Occupancy, free: readonly CompiledOrder[]) {
    this.#market = market;
    this.#kernel = kernel;
    this.#occupancy = occupancy;
    this.#free = free;
    this.#ordersOfSite = market.scenario.sites.map(() => []);
    for (const order of free) for (const site of order.sites) this.#ordersOfSite[site]?.push(order);
  }

  /**
   * Places the order that adds most, again and again, until none adds anything. An order's last known worth is an upper
   * limit in practice (capacity only shrinks), so only the one on top is weighed anew.
   */
  placeGreedily(view: View): void {
    const queue = this.#free
      .filter((order) => !this.placed.has(order.index))
      .flatMap((order) => {
        const best = this.#kernel.findBest(order, view, this.#occupancy, null);
        return best === null || best.netFen <= 0 ? [] : [{ order, netFen: best.netFen }];
      });
    const byWorth = (
      a: { order: CompiledOrder; netFen: number },
      b: { order: CompiledOrder; netFen: number },
    ): number => b.netFen - a.netFen || a.order.index - b.order.index;
    queue.sort(byWorth);
    while (queue.length > 0) {
      const top = queue.shift() as { order: CompiledOrder; netFen: number };
      const best = this.#kernel.findBest(top.order, this.#refresh(view), this.#occupancy, null);
      if (best === null || best.netFen <= 0 || this.#occupancy.gainFen(best.allocation) <= 0) continue;
      const next = queue[0];
      if (next === undefined || best.netFen >= next.netFen) {
        this.#place(best.allocation);
        continue;
      }
      let at = queue.findIndex((other) => byWorth({ order: top.order, netFen: best.netFen }, other) < 0);
      if (at < 0) at = queue.length;
      queue.splice(at, 0, { order: top.order, netFen: best.netFen });
    }
  }

  /** Removes everything that is not pinned. */
  clear(): void {
    for (const allocation of [...this.placed.values()]) this.#remove(allocation);
  }

  /** Replaces what stands by these allocations. */
  restore(allocations: readonly Allocation[]): void {
    this.clear();
    for (const allocation of allocations) this.#place(allocation);
  }

  /**
   * A view of what is free now: without prices, at what the next 分 of each town is worth; or with prices and the slopes that
   * came with them, which see beyond the next kink of a town's curve.
   */
  viewNow(prices: PriceResult | null): View {
    return this.#refresh({
      freeHours: this.#occupancy.freeHours,
      freeArea: this.#occupancy.freeArea,
      freePower: this.#occupancy.freePower,
      slope: prices?.slope ?? this.#occupancy.slope,
      slopeMax: 0,
      prices: prices?.prices ?? null,
    });
  }

  /** Improves what stands by up to `moves` moves; ends with the best plan ever seen. */
  improve(prices: PriceResult, moves: number, random: Random, shouldGoOn: (move: number) => boolean): SearchStats {
    const stats: SearchStats = { movesDone: 0, movesAccepted: 0, stoppedEarly: false };
    if (this.#free.length === 0) return stats;
    let best = { objectiveFen: this.#occupancy.objectiveFen, allocations: [...this.placed.values()] };
    for (let move = 0; move < moves; move++) {
      if (!shouldGoOn(move)) {
        stats.stoppedEarly = true;
        break;
      }
      stats.movesDone++;
      const before = this.#occupancy.objectiveFen;
      const temperature =
        ((FIRST_TEMPERATURE * Math.abs(before)) / Math.max(1, this.placed.size)) * (1 - move / moves) ** 2;
      const removed = this.#chooseRemoved(random);
      const candidates = [...removed.map((allocation) => allocation.order), ...this.#chooseTried(removed, random)];
      for (const allocation of removed) this.#remove(allocation);
      const inserted = this.#insertAll(this.#arrange(candidates, random), prices, random);
      const after = this.#occupancy.objectiveFen;
      // As in annealing: a loss is kept the more rarely the larger it is. log of 0 is −∞: never.
      if (after > before + temperature * Math.log(random.next())) {
        stats.movesAccepted++;
        if (after > best.objectiveFen + 1e-6 * Math.max(1, Math.abs(best.objectiveFen) * 1e-6)) {
          best = { objectiveFen: after, allocations: [...this.placed.values()] };
        }
      } else {
        for (const allocation of inserted) this.#remove(allocation);
        for (const allocation of removed) this.#place(allocation);
      }
    }
    this.restore(best.allocations);
    return stats;
  }

  /** Last: nothing that still fits and adds value is left out. What is called "lost to competition" rests on this. */
  complete(): void {
    for (let grown = true; grown;) {
      const before = this.placed.size;
      this.placeGreedily(this.viewNow(null));
      grown = this.placed.size > before;
    }
  }

  #refresh(view: View): View {
    view.slopeMax = view.slope.reduce((steepest, slope) => Math.max(steepest, slope), 0);
    return view;
  }

  #place(allocation: Allocation): void {
    this.#occupancy.commit(allocation);
    this.placed.set(allocation.order.index, allocation);
  }

  #remove(allocation: Allocation): void {
    this.#occupancy.release(allocation);
    this.placed.delete(allocation.order.index);
  }

  #insertAll(orders: readonly CompiledOrder[], prices: PriceResult, random: Random): Allocation[] {
    const style = random.next();
    const view = this.viewNow(style < PRICED_SHARE ? prices : null);
    const looksAhead = style > 1 - AHEAD_SHARE;
    const looksEverywhere = random.next() < Math.min(WIDE_SHARE_MAX, WIDE_SITES / this.#market.scenario.sites.length);
    const inserted: Allocation[] = [];
    for (const order of orders) {
      if (looksAhead) view.slope = this.#slopeAhead(order);
      const options = looksEverywhere ? null : (prices.shortlists.get(order.index) ?? null);
      const best = this.#kernel.findBest(order, this.#refresh(view), this.#occupancy, options);
      // With prices the choice regards others; whether it stays is a matter of its true worth.
      if (best === null || this.#occupancy.gainFen(best.allocation) <= 0) continue;
      this.#place(best.allocation);
      inserted.push(best.allocation);
    }
    return inserted;
  }

  /** What a 分 of wages is worth to each town on average if it got all wages of the order, not at the margin. */
  #slopeAhead(order: CompiledOrder): Float64Array {
    const { fairness, scenario } = this.#market;
    const { needs, durationWeeks } = order.source;
    const wagesFen = needs.reduce(
      (sum, need) => sum + need.hoursPerWeek * durationWeeks * (scenario.policy.wageFen[need.skill] ?? 0),
      0,
    );
    return this.#occupancy.incomeFen.map((income, town) => {
      if (!(wagesFen > 0)) return this.#occupancy.slope[town] as number;
      return (fairnessWorth(fairness, town, income + wagesFen) - fairnessWorth(fairness, town, income)) / wagesFen;
    });
  }

  /** Placed orders with a lot on one of the sites around a random one, nearest first, some skipped. */
  #chooseRemoved(random: Random): Allocation[] {
    const wanted = random.between(REMOVED_MIN, REMOVED_MAX);
    const centre = this.#chooseCentre(random);
    if (centre < 0) return [];
    const standing = new Map<number, Allocation[]>();
    for (const allocation of this.placed.values()) {
      for (const lot of allocation.lots) {
        const there = standing.get(lot.site);
        if (there) there.push(allocation);
        else standing.set(lot.site, [allocation]);
      }
    }
    const removed = new Set<Allocation>();
    for (const site of this.#neighboursOf(centre)) {
      for (const allocation of standing.get(site) ?? []) if (random.next() < 0.8) removed.add(allocation);
      if (removed.size >= wanted) break;
    }
    return [...removed].slice(0, wanted);
  }

  #chooseCentre(random: Random): number {
    const order = random.pick(this.#free);
    if (order === undefined) return -1;
    const standing = this.placed.get(order.index);
    if (standing !== undefined) return random.pick(standing.lots)?.site ?? -1;
    return order.sites.length > 0 ? (order.sites[random.between(0, order.sites.length - 1)] as number) : -1;
  }

  /** Unplaced orders that could use a site which the move sets free, and one or two from anywhere. */
  #chooseTried(removed: readonly Allocation[], random: Random): CompiledOrder[] {
    const wanted = random.between(TRIED_MIN, TRIED_MAX);
    const chosen = new Set<CompiledOrder>();
    const sites = removed.flatMap((allocation) => allocation.lots.map((lot) => lot.site));
    for (let attempt = 0; attempt < 4 * wanted && chosen.size < wanted; attempt++) {
      const site = random.pick(sites);
      const pool = site === undefined || random.next() < 0.2 ? this.#free : (this.#ordersOfSite[site] ?? []);
      const order = random.pick(pool);
      if (order !== undefined && !this.placed.has(order.index)) chosen.add(order);
    }
    return [...chosen];
  }

  /** The order in which orders are put back decides most: by value with noise, or at random. */
  #arrange(orders: CompiledOrder[], random: Random): CompiledOrder[] {
    if (random.next() < 0.3) return random.shuffle(orders);
    const noise = 0.6;
    return orders
      .map((order) => ({ order, key: order.source.marginFen * (1 - noise + 2 * noise * random.next()) }))
      .sort((a, b) => b.key - a.key || a.order.index - b.order.index)
      .map(({ order }) => order);
  }

  #neighboursOf(site: number): Int32Array {
    const known = this.#neighbours.get(site);
    if (known !== undefined) return known;
    const { sites } = this.#market.scenario;
    const here = sites[site] as (typeof sites)[number];
    const nearest = sites
      .map((other, number) => ({ number, km: distanceKm(here, other) }))
      .sort((a, b) => a.km - b.km || a.number - b.number)
      .slice(0, NEIGHBOURS);
    const neighbours = Int32Array.from(nearest, ({ number }) => number);
    this.#neighbours.set(site, neighbours);
    return neighbours;
  }
}
