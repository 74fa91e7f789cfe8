// Prices of capacity, and the certified upper bound that they give.
//
// Let every worker-week, site-week (area, power) have a price ≥ 0 and every town a slope σ. Taken capacity is paid for, all
// capacity is bought back at the end, and φ(T) ≤ σ·T + max over T of (φ(T) − σ·T). Then the orders no longer compete: each
// takes its best variant, start and sites at these prices, each row its best workers. The sum can only be higher than that
// of any plan that keeps the capacities: **any** prices give a valid bound. Subgradient steps (dearer where more is taken than there
// is, cheaper where less) look for prices with a low bound; those also tell the search what scarce capacity is worth.

import type { Kernel, Option, Prices, Rated, View } from './kernel.ts';
import { rosterOf, TOLERANCE } from './market.ts';
import type { CompiledOrder, Market, Variant } from './market.ts';
import type { Occupancy } from './occupancy.ts';

export interface PriceResult {
  prices: Prices;
  slope: Float64Array;
  boundFen: number;
  passes: number;
  /** By order number: the options that came nearest to being chosen, best first. */
  shortlists: Map<number, Option[]>;
}

/** Every so many passes, and in the last, all orders look at everything; in between at their shortlists only. */
const FULL_PASS_EVERY = 12;
/** (variant, start) pairs on a shortlist. */
const SHORTLIST_LENGTH = 24;
const MOMENTUM = 0.8;
/** Steps fall from the first to the last of these shares of the mean value of a unit of capacity. */
const FIRST_STEP = 0.05;
const LAST_STEP = 0.002;
/** Overuse counts at most this often, idleness at most once. */
const OVERUSE_MAX = 2;

/** One kind of capacity with its prices: hours of workers, area or power of sites. */
class PricedCapacity {
  readonly price: Float64Array;
  readonly usage: Float64Array;
  readonly upTo: Float64Array;
  readonly #capacity: ArrayLike<number>;
  readonly #speed: Float64Array;
  readonly #weeks: number;
  readonly #slack: number;
  /** 分 that a unit is worth on average: the scale of the steps. */
  readonly #unitFen: number;

  constructor(capacity: ArrayLike<number>, weeks: number, slack: number, unitFen: number) {
    this.#capacity = capacity;
    this.#weeks = weeks;
    this.#slack = slack;
    this.#unitFen = unitFen;
    this.price = new Float64Array(capacity.length);
    this.usage = new Float64Array(capacity.length);
    this.#speed = new Float64Array(capacity.length);
    this.upTo = new Float64Array((capacity.length / weeks) * (weeks + 1));
  }

  /** What it costs to buy all of it back. */
  worthFen(): number {
    let worth = 0;
    for (let at = 0; at < this.price.length; at++) {
      const price = this.price[at] as number;
      if (price > 0) worth += price * ((this.#capacity[at] as number) + this.#slack);
    }
    return worth;
  }

  step(size: number): void {
    const length = size * this.#unitFen;
    for (let at = 0; at < this.price.length; at++) {
      const capacity = this.#capacity[at] as number;
      const usage = this.usage[at] as number;
      const price = this.price[at] as number;
      if (capacity <= 0 || (usage === 0 && price === 0)) continue;
      const imbalance = Math.min(OVERUSE_MAX, (usage - capacity) / capacity);
      const speed = MOMENTUM * (this.#speed[at] as number) + length * imbalance;
      const next = price + speed;
      this.price[at] = next > 0 ? next : 0;
      this.#speed[at] = next > 0 ? speed : 0;
    }
    this.usage.fill(0);
    this.#sumUp();
  }

  #sumUp(): void {
    const weeks = this.#weeks;
    const entities = this.price.length / weeks;
    for (let entity = 0; entity < entities; entity++) {
      let sum = 0;
      for (let week = 0; week < weeks; week++) {
        sum += this.price[entity * weeks + week] as number;
        this.upTo[entity * (weeks + 1) + week + 1] = sum;
      }
    }
  }
}

/**
 * Searches prices for the orders that are free, over what the pinned ones leave. Only a full pass, over all orders, sites,
 * variants and starts, certifies a bound; the lowest is returned with the prices that gave it. The first pass is full, so
 * there is a bound however early `shouldGoOn` ends the search.
 */
export function findPrices(
  market: Market,
  kernel: Kernel,
  occupancy: Occupancy,
  free: readonly CompiledOrder[],
  passes: number,
  shouldGoOn: (pass: number) => boolean,
): PriceResult {
  const { weeks, fairness } = market;
  const towns = market.scenario.towns.length;
  const unit = averageUnitsFen(free);
  const hours = new PricedCapacity(occupancy.freeHours, weeks, 0, unit.hour);
  const area = new PricedCapacity(occupancy.freeArea, weeks, TOLERANCE, unit.m2);
  const power = new PricedCapacity(occupancy.freePower, weeks, TOLERANCE, unit.kw);
  const slope = occupancy.slope.slice();
  const prices: Prices = { hoursUpTo: hours.upTo, areaUpTo: area.upTo, powerUpTo: power.upTo };
  const income = new Float64Array(towns);

  const shortlists = new Map<number, Option[]>();
  let best: PriceResult = {
    prices: copyPrices(prices),
    slope: slope.slice(),
    boundFen: Infinity,
    passes: 0,
    shortlists,
  };
  for (let pass = 0; pass < passes && (pass === 0 || shouldGoOn(pass)); pass++) {
    const view: View = {
      freeHours: occupancy.freeHours,
      freeArea: occupancy.freeArea,
      freePower: occupancy.freePower,
      slope,
      slopeMax: slope.reduce((steepest, s) => Math.max(steepest, s), 0),
      prices,
    };
    const isFull = pass % FULL_PASS_EVERY === 0 || pass === passes - 1;
    income.set(occupancy.incomeFen);
    let boundFen = occupancy.ownFen + hours.worthFen() + area.worthFen() + power.worthFen();
    for (let town = 0; town < towns; town++) {
      const sigma = slope[town] as number;
      boundFen += sigma * (occupancy.incomeFen[town] as number);
      for (let s = 0; s < fairness.segments; s++) {
        const steeper = (fairness.slope[s] as number) - sigma;
        if (steeper > 0) boundFen += steeper * (fairness.length[town * fairness.segments + s] as number);
      }
    }
    for (const order of free) {
      const choice = isFull
        ? rateFully(kernel, order, view, shortlists)
        : kernel.rateBest(order, view, 0, shortlists.get(order.index) ?? []);
      if (choice === null) continue;
      boundFen += choice.rating;
      const variant = order.variants[choice.variant] as Variant;
      const end = choice.start + order.source.durationWeeks;
      for (const candidate of choice.candidates) {
        const site = order.sites[candidate] as number;
        for (let at = site * weeks + choice.start; at < site * weeks + end; at++) {
          area.usage[at] = (area.usage[at] as number) + variant.areaM2;
          power.usage[at] = (power.usage[at] as number) + variant.powerKw;
        }
        for (const row of variant.rows) {
          kernel.fillRow(rosterOf(market, site, row.skill, row.home), row.skill, row.hours, choice.start, end, view);
          for (let i = 0; i < kernel.pickCount; i++) {
            const worker = kernel.pickWorker[i] as number;
            const taken = kernel.pickHours[i] as number;
            for (let at = worker * weeks + choice.start; at < worker * weeks + end; at++) {
              hours.usage[at] = (hours.usage[at] as number) + taken;
            }
            const town = market.workerTown[worker] as number;
            income[town] =
              (income[town] as number) + taken * order.source.durationWeeks * (market.wageFen[row.skill] as number);
          }
        }
      }
    }
    if (isFull && boundFen < best.boundFen)
      best = { ...best, prices: copyPrices(prices), slope: slope.slice(), boundFen };
    best.passes = pass + 1;
    const progress = passes > 1 ? pass / (passes - 1) : 1;
    const size = FIRST_STEP * (LAST_STEP / FIRST_STEP) ** progress;
    hours.step(size);
    area.step(size);
    power.step(size);
    stepSlopes(market, slope, income, size / FIRST_STEP);
  }
  return best;
}

/** Rates everything, and renews the order's shortlist: half for the best options of this pass, half kept from before. */
function rateFully(kernel: Kernel, order: CompiledOrder, view: View, shortlists: Map<number, Option[]>): Rated | null {
  const rated: (Option & { rating: number })[] = [];
  const before = shortlists.get(order.index) ?? [];
  // The best of the shortlist is a bar that all the rest need not be read for. It is found again: the floor lies below it.
  const known = kernel.rateBest(order, view, 0, before);
  const floorFen = known === null ? 0 : 0.999 * known.rating;
  const best = kernel.rateBest(order, view, floorFen, null, (variant, start, rating, { candidates }) => {
    rated.push({ variant, start, rating, candidates: Int32Array.from(candidates) });
  });
  rated.sort((a, b) => b.rating - a.rating || a.variant - b.variant || a.start - b.start);
  const chosen: Option[] =
    before.length === 0 ? rated.slice(0, SHORTLIST_LENGTH) : rated.slice(0, SHORTLIST_LENGTH / 2);
  for (const option of [...before, ...rated]) {
    const same = chosen.find((other) => other.variant === option.variant && other.start === option.start);
    if (same !== undefined)
      same.candidates = Int32Array.from(new Set([...same.candidates, ...option.candidates].slice(0, 12)));
    else if (chosen.length < SHORTLIST_LENGTH) chosen.push(option);
  }
  shortlists.set(order.index, chosen);
  return best;
}

/** Towns whose relaxed income lies above a segment's end get a flatter slope, those below a steeper one. */
function stepSlopes(market: Market, slope: Float64Array, income: Float64Array, size: number): void {
  const { fairness } = market;
  const steepest = fairness.slope[0] ?? 0;
  for (let town = 0; town < slope.length; town++) {
    let passed = 0;
    let target = 0;
    for (let s = 0; s < fairness.segments; s++) {
      passed += fairness.length[town * fairness.segments + s] as number;
      if ((income[town] as number) < passed) {
        target = fairness.slope[s] as number;
        break;
      }
    }
    const next = (slope[town] as number) + 0.3 * size * (target - (slope[town] as number));
    slope[town] = Math.min(steepest, Math.max(0, next));
  }
}

/** What an hour, a square metre and a kilowatt for one week bring in on average. */
function averageUnitsFen(orders: readonly CompiledOrder[]): { hour: number; m2: number; kw: number } {
  let margin = 0;
  const volume = { hour: 0, m2: 0, kw: 0 };
  for (const { source } of orders) {
    margin += Math.abs(source.marginFen);
    volume.hour += source.needs.reduce((sum, need) => sum + need.hoursPerWeek, 0) * source.durationWeeks;
    volume.m2 += source.areaM2 * source.durationWeeks;
    volume.kw += source.powerKw * source.durationWeeks;
  }
  const perUnit = (units: number): number => (units > 0 ? margin / units : 0);
  return { hour: perUnit(volume.hour), m2: perUnit(volume.m2), kw: perUnit(volume.kw) };
}

function copyPrices(prices: Prices): Prices {
  return {
    hoursUpTo: prices.hoursUpTo.slice(),
    areaUpTo: prices.areaUpTo.slice(),
    powerUpTo: prices.powerUpTo.slice(),
  };
}
