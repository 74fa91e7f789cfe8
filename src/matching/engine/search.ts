// The search for a good plan. In: the orders that are free, and what the pinned ones left. Out: allocations that fit
// together. Improvement by large neighbourhoods: take out what stands in the way of one order, put all back in another
// sequence, keep what is worth more. The budget is counted in moves, never in time.

import { distanceKm } from '../../vocabulary/geo.ts';
import type { Field } from './field.ts';
import { LabourExchange } from './labour-exchange.ts';
import { viewOf } from './kernel.ts';
import type { Kernel, Option } from './kernel.ts';
import { fairnessWorth } from './market.ts';
import type { CompiledOrder, Market } from './market.ts';
import type { Allocation, Occupancy } from './occupancy.ts';
import type { Random } from './random.ts';

/** Share of moves that choose sites and workers with regard to what they are worth to others. */
const PRICED_SHARE = 0.6;
/** Share of moves that judge by the present slopes instead of those that stand still: dear, so that large markets see few. */
const FRESH_SHARE_MAX = 0.5;
const FRESH_SITES = 4;
const REMOVED_MIN = 2;
const REMOVED_MAX = 9;
const TRIED_MIN = 1;
const TRIED_MAX = 6;
/** A loss of this share of the mean worth of a placed order is at first kept about once in three times; at the end never. */
const FIRST_TEMPERATURE = 0.1;
/** With more than so many moves an order there is time to cool from higher, up to thrice. */
const COOLING_MOVES = 40;
const WARMER_MAX = 3;
/** Share of moves that overlook some ways to take an order: what is best for it alone is often in the way of the next. */
const OVERLOOKING_SHARE = 0.5;
const OVERLOOKED = 0.1;
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
  readonly #standing: Set<Allocation>[];
  readonly #neighbours = new Map<number, Int32Array>();

  constructor(market: Market, kernel: Kernel, occupancy: Occupancy, free: readonly CompiledOrder[]) {
    this.#market = market;
    this.#kernel = kernel;
    this.#occupancy = occupancy;
    this.#free = free;
    this.#standing = market.scenario.sites.map(() => new Set());
    this.#ordersOfSite = market.scenario.sites.map(() => []);
    for (const order of free) for (const site of order.sites) this.#ordersOfSite[site]?.push(order);
  }

  readonly place = (allocation: Allocation): void => {
    this.#occupancy.commit(allocation);
    this.placed.set(allocation.order.index, allocation);
    for (const { site } of allocation.lots) this.#standing[site]?.add(allocation);
  };

  #remove(allocation: Allocation): void {
    this.#occupancy.release(allocation);
    this.placed.delete(allocation.order.index);
    for (const { site } of allocation.lots) this.#standing[site]?.delete(allocation);
  }

  get unplaced(): CompiledOrder[] {
    return this.#free.filter((order) => !this.placed.has(order.index));
  }

  /** Replaces what stands, pinned placements aside, by these allocations. */
  restore(allocations: readonly Allocation[]): void {
    for (const allocation of [...this.placed.values()]) this.#remove(allocation);
    for (const allocation of allocations) this.place(allocation);
  }

  /** Hands people from one lot that stands to another wherever the plan gains by it. */
  exchangeLabour(): void {
    const standing = [...this.placed.values()];
    const exchange = new LabourExchange(this.#market, this.#kernel, this.#occupancy, standing);
    if (exchange.run() > 0) this.restore(exchange.describe(standing));
  }

  /** Improves what stands by up to `moves` moves; ends with the best plan ever seen. */
  improve(
    fields: { priced: Field; unpriced: Field },
    shortlists: ReadonlyMap<number, readonly Option[]>,
    moves: number,
    random: Random,
    shouldGoOn: (move: number) => boolean,
  ): SearchStats {
    const stats: SearchStats = { movesDone: 0, movesAccepted: 0, stoppedEarly: false };
    if (this.#free.length === 0) return stats;
    const freshShare = Math.min(FRESH_SHARE_MAX, FRESH_SITES / this.#market.scenario.sites.length);
    const warmer = Math.min(WARMER_MAX, Math.max(1, moves / this.#free.length / COOLING_MOVES));
    const firstTemperature = FIRST_TEMPERATURE * warmer;
    let best = { objectiveFen: this.#occupancy.objectiveFen, allocations: [...this.placed.values()] };
    for (let move = 0; move < moves; move++) {
      if (!shouldGoOn(move)) {
        stats.stoppedEarly = true;
        break;
      }
      stats.movesDone++;
      const before = this.#occupancy.objectiveFen;
      const temperature =
        (firstTemperature * (1 - move / moves) ** 2 * Math.abs(before)) / Math.max(1, this.placed.size);
      const field = random.next() < PRICED_SHARE ? fields.priced : fields.unpriced;
      const wanting = random.pick(this.#free) as CompiledOrder;
      const removed = this.#chooseRemoved(wanting, field, random);
      const candidates = this.#chooseTried(wanting, removed, random);
      for (const allocation of removed) this.#remove(allocation);
      const mayOverlook = random.next() < OVERLOOKING_SHARE;
      const overlooks = (): boolean => mayOverlook && random.next() < OVERLOOKED;
      const findBest =
        random.next() < freshShare
          ? this.#freshFinder(shortlists, random)
          : (order: CompiledOrder) => field.findBest(order, overlooks);
      const inserted = this.#insertAll(this.#arrange(candidates, random), findBest);
      const after = this.#occupancy.objectiveFen;
      // As in annealing: a loss is kept the more rarely the larger it is. log of 0 is −∞: never.
      if (after > before + temperature * Math.log(random.next())) {
        stats.movesAccepted++;
        if (after > best.objectiveFen + 1e-6 * Math.max(1, Math.abs(best.objectiveFen) * 1e-6)) {
          best = { objectiveFen: after, allocations: [...this.placed.values()] };
        }
      } else {
        for (const allocation of inserted) this.#remove(allocation);
        for (const allocation of removed) this.place(allocation);
      }
    }
    this.restore(best.allocations);
    return stats;
  }

  /**
   * Takes out every order once and puts it back where it is worth most at the towns' present slopes, or at what a 分 is worth
   * on average to a town that got all its wages: moves judge by slopes that stand still and do not see the kinks.
   */
  polish(shortlists: ReadonlyMap<number, readonly Option[]>): void {
    for (const order of this.#free) {
      const standing = this.placed.get(order.index);
      if (standing !== undefined) this.#remove(standing);
      let best = standing ?? null;
      let bestFen = standing === undefined ? 0 : this.#occupancy.gainFen(standing);
      for (const slope of [this.#occupancy.slope, this.#slopeAhead(order)]) {
        const view = viewOf(this.#occupancy, slope, null);
        const found = this.#kernel.findGood(order, view, this.#occupancy, shortlists.get(order.index) ?? []);
        if (found === null || found.netFen <= bestFen) continue;
        best = found.allocation;
        bestFen = found.netFen;
      }
      if (best !== null) this.place(best);
    }
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

  /** Judges by the towns' slopes as they are now; looks at everything where there is little to look at. */
  #freshFinder(
    shortlists: ReadonlyMap<number, readonly Option[]>,
    random: Random,
  ): (order: CompiledOrder) => Allocation | null {
    const looksAhead = random.next() < 0.4;
    const looksEverywhere = this.#market.scenario.sites.length <= FRESH_SITES;
    return (order) => {
      const view = viewOf(this.#occupancy, looksAhead ? this.#slopeAhead(order) : this.#occupancy.slope, null);
      const options = looksEverywhere ? null : (shortlists.get(order.index) ?? []);
      return this.#kernel.findGood(order, view, this.#occupancy, options)?.allocation ?? null;
    };
  }

  #insertAll(orders: readonly CompiledOrder[], findBest: (order: CompiledOrder) => Allocation | null): Allocation[] {
    const inserted: Allocation[] = [];
    for (const order of orders) {
      const best = findBest(order);
      // With prices the choice regards others; whether it stays is a matter of its true worth.
      if (best === null || this.#occupancy.gainFen(best) <= 0) continue;
      this.place(best);
      inserted.push(best);
    }
    return inserted;
  }

  /** What stands around a place where the order would like to be, nearest first, mostly at the same time; some are skipped. */
  #chooseRemoved(wanting: CompiledOrder, field: Field, random: Random): Allocation[] {
    const wanted = random.between(REMOVED_MIN, REMOVED_MAX);
    const own = this.placed.get(wanting.index);
    const removed = new Set<Allocation>(own === undefined ? [] : [own]);
    const wish = field.wishOf(wanting, (count) => Math.floor(count * random.next() ** 2));
    const centre = wish === null ? -1 : (random.pick(Array.from(wish.sites)) ?? -1);
    if (wish === null || centre < 0) return [...removed];
    const keepsTime = random.next() < 0.7;
    const end = wish.start + wanting.source.durationWeeks;
    for (const site of this.#neighboursOf(centre)) {
      for (const allocation of this.#standing[site] as Set<Allocation>) {
        const overlaps =
          allocation.start < end && allocation.start + allocation.order.source.durationWeeks > wish.start;
        if ((overlaps || !keepsTime) && random.next() < 0.7) removed.add(allocation);
        if (removed.size >= wanted) return [...removed];
      }
    }
    return [...removed];
  }

  /** The orders taken out, the one that wants in, and others that could use a site which the move sets free. */
  #chooseTried(wanting: CompiledOrder, removed: readonly Allocation[], random: Random): CompiledOrder[] {
    const chosen = new Set<CompiledOrder>([wanting]);
    for (const { order } of removed) chosen.add(order);
    const sites = removed.flatMap((allocation) => allocation.lots.map((lot) => lot.site));
    let wanted = random.between(TRIED_MIN, TRIED_MAX);
    for (let attempt = 0; attempt < 30 && wanted > 0; attempt++) {
      const site = random.pick(sites);
      const pool = site === undefined || random.next() < 0.2 ? this.#free : (this.#ordersOfSite[site] ?? []);
      const order = random.pick(pool);
      if (order === undefined || this.placed.has(order.index) || chosen.has(order)) continue;
      chosen.add(order);
      wanted--;
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
