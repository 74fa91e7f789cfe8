// Prices of capacity, and the certified upper bound that they give.
//
// Let every worker-week, site-week (area, power) have a price ≥ 0 and every town a slope σ. Taken capacity is paid for, all
// capacity is bought back at the end, and φ(T) ≤ σ·T + max over T of (φ(T) − σ·T). Then the orders no longer compete: each
// takes its best variant, start and sites at these prices, each row its best workers. The sum can only be higher than that
// of any plan that keeps the capacities: **any** prices give a valid bound. Subgradient steps (dearer where more is taken than there
// is, cheaper where less) look for prices with a low bound; those also tell the search what scarce capacity is worth.

import type { Kernel, Option, Prices, View } from './kernel.ts';
import { countStarts, rateOption, Sweep } from './sweep.ts';
import type { Tops } from './sweep.ts';
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
/** Sites on the shortlist of one (variant, start). */
const SHORTLIST_SITES = 14;
/** The part of the shortlists that the passes in between look at. */
const PASS_LENGTH = 10;
const PASS_SPARE_SITES = 12;
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

  const sweep = new Sweep(market, kernel, free);
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
    const tops = isFull ? sweep.run(view) : sweep.runAmong(view, shortlists, PASS_LENGTH, PASS_SPARE_SITES);
    for (const [o, order] of free.entries()) {
      const choice = chooseBest(kernel, order, tops[o] as Tops, isFull ? shortlists : null);
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

interface Choice {
  rating: number;
  variant: number;
  start: number;
  /** Positions in order.sites. */
  candidates: Int32Array;
}

/** The best option of a sweep, null when none is worth anything; renews the order's shortlist when there is one to renew. */
function chooseBest(
  kernel: Kernel,
  order: CompiledOrder,
  tops: Tops,
  shortlists: Map<number, Option[]> | null,
): Choice | null {
  let best: { option: number; rating: number } | null = null;
  const rated: { option: number; rating: number }[] = [];
  for (let option = 0; option < tops.count.length; option++) {
    const rating = rateOption(kernel, order, tops, option);
    if (rating === -Infinity) continue;
    if (rating > (best?.rating ?? 0)) best = { option, rating };
    if (shortlists !== null) rated.push({ option, rating });
  }
  const read = (option: number, sites: number): Option => {
    const starts = countStarts(order);
    const first = option * tops.width;
    const candidates = tops.candidate.slice(first, first + Math.min(sites, tops.count[option] as number));
    return { variant: Math.floor(option / starts), start: order.firstStart + (option % starts), candidates };
  };
  if (shortlists !== null) {
    rated.sort((a, b) => b.rating - a.rating || a.option - b.option);
    const now = rated.slice(0, SHORTLIST_LENGTH).map(({ option }) => read(option, SHORTLIST_SITES));
    shortlists.set(order.index, mergeShortlists(shortlists.get(order.index) ?? [], now));
  }
  if (best === null) return null;
  const choice = read(best.option, tops.width);
  const { lots } = order.variants[choice.variant] as Variant;
  return { ...choice, rating: best.rating, candidates: choice.candidates.subarray(0, lots) };
}

/** Half for what is best now, the rest for what was before. */
function mergeShortlists(before: readonly Option[], now: readonly Option[]): Option[] {
  const chosen = now.slice(0, before.length === 0 ? SHORTLIST_LENGTH : SHORTLIST_LENGTH / 2);
  for (const option of [...before, ...now]) {
    const same = chosen.find((other) => other.variant === option.variant && other.start === option.start);
    if (same !== undefined) {
      const sites = new Set([...same.candidates, ...option.candidates]);
      same.candidates = Int32Array.from([...sites].slice(0, SHORTLIST_SITES));
    } else if (chosen.length < SHORTLIST_LENGTH) chosen.push(option);
  }
  return chosen;
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
