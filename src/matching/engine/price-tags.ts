// 影子价格标签: what one more person, or 100 m² more of site, would be worth in a town. In: the prices that certify the bound of a
// round. Out: per town and skill, and per town, by how much that bound grows at most, and the orders that would make it grow.
//
// A newcomer (a person or a site of the yardstick below) joins the market at the prices that stand, and only the newcomer's own
// time has a price yet to be found: the least at which no order is worth more than without them. Per order and start that least
// charge is found exactly (the worth falls convexly in the charge: Newton from below ends on it). An hour of the newcomer in the
// weeks of a run must then cost at least the run's charge, so the cheapest weekly prices cost as much as the dearest chain of
// runs that do not overlap (linear programming duality; intervals make it whole); an order that could not gain as much as it would
// pay in such a chain counts with its gain instead. Any weekly prices keep the bound valid (prices.ts), hence: **no plan with this one newcomer is worth more than the round's bound plus the tag**. It is a bound at the margin, not
// a forecast, and two tags do not add up. The yardstick of fairness stays that of the round.

import { distanceKm } from '../../vocabulary/geo.ts';
import { viewOf } from './kernel.ts';
import type { Kernel, LabourOf, View } from './kernel.ts';
import { sortByNet } from './labour-curves.ts';
import { canCommute, canWorkAtHome, rosterOf, sourceWorker, TOLERANCE, valuePerHourFen, wholeHours } from './market.ts';
import type { CompiledOrder, Market, NeedRow, Variant } from './market.ts';
import { openMarket } from './open-market.ts';
import { mostHoursOf } from './order-table.ts';
import type { Scenario, Site, Worker } from './scenario.ts';
import { countStarts, rateOption, Sweep } from './sweep.ts';
import type { Tops } from './sweep.ts';

/** A round at its prices: what match.ts knows once the bound is certified. */
export interface PricedRound {
  market: Market;
  kernel: Kernel;
  /** Capacity that pinned orders leave, at the prices and slopes of the bound. */
  view: View;
  /** Orders that are not pinned. */
  free: readonly CompiledOrder[];
}

/** What certifies the bound of a round: with it another thread reads the round as it stood then. */
export type CertifiedPrices = Pick<View, 'slope' | 'prices'>;

export function readPricedRound(scenario: Scenario, { slope, prices }: CertifiedPrices): PricedRound {
  const { market, kernel, occupancy, free } = openMarket(scenario);
  return { market, kernel, view: viewOf(occupancy, slope, prices), free };
}

export interface PriceTag {
  town: string;
  kind: 'labour' | 'site';
  /** null for a site. */
  skill: string | null;
  /** By so much the bound of the round grows at most: objective over the whole horizon, in 分. Always above 0. */
  worthFen: number;
  /** Orders that would pay for the newcomer, those that would pay most first. */
  orders: string[];
}

/** Whom and what the tags speak of: the same everywhere in the county, so that towns can be compared. */
export interface Yardstick {
  /** Median of the round's people. Nobody of a low-income household, no home work, no stars known. */
  hoursPerWeek: number;
  maxCommuteKm: number;
  /** With the power, machines and class of land that the order asks for, four stars, and the median rent of the round. */
  areaM2: number;
  rentFenPerM2Week: number;
}

export interface PriceTags {
  yardstick: Yardstick;
  /** Dearest first. What a town has no tag for would add nothing there. */
  tags: PriceTag[];
}

const YARDSTICK_M2 = 100;
const ORDERS_MAX = 5;
/** Below this a tag says nothing. */
const WORTH_LEAST_FEN = 100;
const FOUR_STARS = 4;

/** Net of a choice of lots at some charge, and how much of the newcomer it takes. */
interface Rating {
  fen: number;
  units: number;
}

/** What one order would pay for the newcomer. */
interface Bid {
  order: CompiledOrder;
  /** If the newcomer's time cost nothing: no order pays more than this in all. */
  onceFen: number;
  /** Per run, the least charge for a unit at which the order is worth no more than without the newcomer; only those above 0. */
  runs: { start: number; end: number; chargeFen: number }[];
}

interface Place {
  lng: number;
  lat: number;
}

export function tagPrices(priced: PricedRound): PriceTags {
  const { scenario } = priced.market;
  const yardstick: Yardstick = {
    hoursPerWeek: Math.max(1, median(scenario.workers.map(wholeHours))),
    maxCommuteKm: median(scenario.workers.map((worker) => worker.maxCommuteKm)),
    areaM2: YARDSTICK_M2,
    rentFenPerM2Week: median(scenario.sites.map((site) => site.rentFenPerM2Week)),
  };
  const counter = new Counter(priced, yardstick);
  const tags = scenario.towns.flatMap(({ id: town }, number) => {
    const centre = centreOf(scenario, town);
    if (centre === null) return [];
    const labour = priced.market.skillIds.map((skill, s) => ({ skill, ...counter.countPerson(number, centre, s) }));
    return [
      ...labour.map((counted) => ({ town, kind: 'labour' as const, ...counted })),
      { town, kind: 'site' as const, skill: null, ...counter.countSite(number, centre) },
    ];
  });
  return {
    yardstick,
    tags: tags
      .filter(({ worthFen }) => worthFen >= WORTH_LEAST_FEN)
      .sort((a, b) => b.worthFen - a.worthFen || compare(a.town, b.town) || compare(a.skill ?? '', b.skill ?? '')),
  };
}

/** Where the people of a town live, coordinate by coordinate; its sites where nobody is registered; null with neither. */
export function centreOf({ workers, sites }: Scenario, town: string): Place | null {
  const of = (all: readonly (Place & { town: string })[]) => all.filter((each) => each.town === town);
  const [people, places] = [of(workers), of(sites)];
  const all = people.length > 0 ? people : places;
  if (all.length === 0) return null;
  return { lng: median(all.map(({ lng }) => lng)), lat: median(all.map(({ lat }) => lat)) };
}

class Counter {
  readonly #priced: PricedRound;
  readonly #yardstick: Yardstick;
  readonly #tops: Tops[];
  /** What each order is worth at the prices, without any newcomer. */
  readonly #bestFen: number[];
  readonly #curves: Curves;

  constructor(priced: PricedRound, yardstick: Yardstick) {
    const { market, kernel, view, free } = priced;
    this.#priced = priced;
    this.#yardstick = yardstick;
    this.#tops = new Sweep(market, kernel, free).run(view);
    this.#bestFen = free.map((order, o) => {
      const tops = this.#tops[o] as Tops;
      let best = 0;
      for (let option = 0; option < tops.count.length; option++)
        best = Math.max(best, rateOption(kernel, order, tops, option));
      return best;
    });
    this.#curves = new Curves(priced, mostHoursOf(free, market.skillIds.length));
  }

  /** One person of the yardstick with one skill, who lives at the centre of the town. */
  countPerson(town: number, centre: Place, skill: number): Pick<PriceTag, 'worthFen' | 'orders'> {
    const { market, free } = this.#priced;
    const { hoursPerWeek, maxCommuteKm } = this.#yardstick;
    const wageFen = market.wageFen[skill] as number;
    const person: Worker = {
      ...{ id: '', town: '', skills: [], from: 0, to: market.weeks, lowIncome: false, homeWork: false, star: null },
      ...{ ...centre, hoursPerWeek, maxCommuteKm },
    };
    // 分 per hour of the newcomer at each site in reach.
    const perHour = new Map<number, number>();
    market.scenario.sites.forEach((site, number) => {
      const km = distanceKm(person, site);
      if (!canCommute(person, km)) return;
      const value = valuePerHourFen(market.scenario, person, wageFen, km, false);
      perHour.set(number, value + wageFen * (this.#priced.view.slope[town] as number));
    });
    const bids = free.flatMap((order, o) => {
      if (!order.variants.some(({ rows }) => rows.some((row) => row.skill === skill && !row.home))) return [];
      const reach = [...order.sites.keys()].filter((candidate) => perHour.has(order.sites[candidate] as number));
      return reach.length === 0 ? [] : [this.#bidForPerson(order, o, skill, perHour, reach)];
    });
    return this.#settle(bids, hoursPerWeek);
  }

  #bidForPerson(
    order: CompiledOrder,
    o: number,
    skill: number,
    perHour: ReadonlyMap<number, number>,
    reach: readonly number[],
  ): Bid {
    const { market, kernel, view } = this.#priced;
    const starts = countStarts(order);
    const duration = order.source.durationWeeks;
    const bestFen = this.#bestFen[o] as number;
    const near = new Set(reach);
    const rate = (option: number, chargeFen: number): Rating => {
      const v = Math.floor(option / starts);
      const start = order.firstStart + (option % starts);
      const variant = order.variants[v] as Variant;
      let units = 0;
      const labourOf: LabourOf = (roster, row, from, to) => {
        const curve = this.#curves.of(roster, row, from, to);
        if (row.skill !== skill || row.home) return curve.netOf(row.hours);
        const site = Math.floor(roster / (2 * market.skillIds.length));
        const net = duration * (perHour.get(site) as number) - chargeFen;
        const filled = curve.fillWith(row.hours, this.#yardstick.hoursPerWeek, net);
        units += filled.units;
        return filled.fen;
      };
      const lots: Rating[] = reach.flatMap((candidate) => {
        units = 0;
        const fen = kernel.rateLotBy(order, v, variant, candidate, start, view, labourOf);
        return fen === -Infinity ? [] : [{ fen, units }];
      });
      const alone = this.#lotsOf(o, option).filter(({ candidate }) => !near.has(candidate));
      return takeBest([...lots, ...alone], variant.lots, kernel.orderFen(order, variant, start));
    };
    const bid: Bid = { order, onceFen: 0, runs: [] };
    for (let at = 0; at < starts; at++) {
      let options = order.variants.map((_, v) => v * starts + at);
      const chargeFen = findLeastCharge(bestFen, (charge) => {
        const rated = options.map((option) => ({ option, ...rate(option, charge) }));
        // What is not worth it at this charge is not at any higher one.
        options = rated.flatMap(({ option, fen }) => (fen > bestFen ? [option] : []));
        const best = rated.reduce((most, other) => (other.fen > most.fen ? other : most));
        bid.onceFen = Math.max(bid.onceFen, best.fen - bestFen);
        return best;
      });
      const start = order.firstStart + at;
      if (chargeFen > 0) bid.runs.push({ start, end: start + duration, chargeFen });
    }
    return bid;
  }

  /** 100 m² at the centre of the town, otherwise as the order asks. */
  countSite(town: number, centre: Place): Pick<PriceTag, 'worthFen' | 'orders'> {
    const { market, kernel, free } = this.#priced;
    const { policy } = market.scenario;
    const { areaM2, rentFenPerM2Week } = this.#yardstick;
    const site: Site = {
      ...{ id: '', town: market.scenario.towns[town]?.id ?? '', ...centre, areaM2, powerKw: Infinity },
      ...{ equipment: [], landUse: '', from: 0, to: market.weeks, rentFenPerM2Week, star: FOUR_STARS },
    };
    const staff = this.#curves.around(site);
    const bids = free.flatMap((order, o): Bid[] => {
      if (order.source.minStar > FOUR_STARS) return [];
      const starts = countStarts(order);
      const duration = order.source.durationWeeks;
      const toSiteFen = order.source.transportFenPerKm * distanceKm(order.source, site);
      const changeFen = order.previous === null ? 0 : policy.changeFen;
      const bid: Bid = { order, onceFen: 0, runs: [] };
      for (let at = 0; at < starts; at++) {
        const start = order.firstStart + at;
        const end = start + duration;
        let chargeFen = 0;
        for (const [v, variant] of order.variants.entries()) {
          if (variant.areaM2 > areaM2 + TOLERANCE) continue;
          let fen = -toSiteFen / variant.lots - changeFen;
          fen += policy.rentWeight * rentFenPerM2Week * variant.areaM2 * duration;
          for (const row of variant.rows) fen += staff(row, start, end).netOf(row.hours);
          if (fen === -Infinity) continue;
          const others = this.#lotsOf(o, v * starts + at).slice(0, variant.lots - 1);
          const orderFen = kernel.orderFen(order, variant, start);
          const rated = takeBest([...others, { fen, units: 0 }], variant.lots, orderFen);
          const gain = rated.fen - (this.#bestFen[o] as number);
          bid.onceFen = Math.max(bid.onceFen, gain);
          // What needs no room pays no price of room, whatever that is.
          if (gain > 0) chargeFen = Math.max(chargeFen, variant.areaM2 > TOLERANCE ? gain / variant.areaM2 : Infinity);
        }
        if (chargeFen > 0) bid.runs.push({ start, end, chargeFen });
      }
      return [bid];
    });
    return this.#settle(bids, areaM2);
  }

  /** The best lots of an option without a newcomer, best first. */
  #lotsOf(o: number, option: number): (Rating & { candidate: number })[] {
    const { width, count, candidate, net } = this.#tops[o] as Tops;
    return Array.from({ length: count[option] as number }, (_, n) => ({
      candidate: candidate[option * width + n] as number,
      fen: net[option * width + n] as number,
      units: 0,
    }));
  }

  /**
   * The least that the bound must grow by. Each order either keeps to its worth, and then weekly prices of the newcomer must
   * reach its charges, or gains once what the newcomer brings it for nothing. Any choice is valid; who would pay for several
   * runs more than it can gain is moved to the second, as long as that makes the bound lower.
   */
  #settle(bids: readonly Bid[], units: number): Pick<PriceTag, 'worthFen' | 'orders'> {
    const wanting = bids.filter(({ runs }) => runs.length > 0);
    const once = new Set(wanting.filter(({ runs }) => runs.some(({ chargeFen }) => chargeFen === Infinity)));
    const count = () => {
      const chain = findDearestChain(
        wanting.filter((bid) => !once.has(bid)),
        this.#priced.market.weeks,
      );
      const onceFen = [...once].reduce((sum, bid) => sum + bid.onceFen, 0);
      return { ...chain, worthFen: onceFen + units * chain.chargeFen };
    };
    let best = count();
    for (;;) {
      const [most] = [...best.paid]
        .map(([bid, chargeFen]) => ({ bid, excess: units * chargeFen - bid.onceFen }))
        .sort((a, b) => b.excess - a.excess || a.bid.order.index - b.bid.order.index);
      if (most === undefined || most.excess <= 0) break;
      once.add(most.bid);
      const next = count();
      if (next.worthFen >= best.worthFen) break;
      best = next;
    }
    return {
      worthFen: best.worthFen,
      orders: wanting
        .sort((a, b) => b.onceFen - a.onceFen || a.order.index - b.order.index)
        .slice(0, ORDERS_MAX)
        .map(({ order }) => order.source.id),
    };
  }
}

/** The runs that do not overlap and pay most together, and what each bidder pays in them. */
function findDearestChain(bids: readonly Bid[], weeks: number): { chargeFen: number; paid: Map<Bid, number> } {
  interface Link {
    chargeFen: number;
    bid: Bid | null;
    start: number;
  }
  const upTo: Link[] = [{ chargeFen: 0, bid: null, start: 0 }];
  const chargeAt = (week: number): number => upTo[week]?.chargeFen ?? 0;
  for (let week = 1; week <= weeks; week++) {
    let best: Link = { chargeFen: chargeAt(week - 1), bid: null, start: week - 1 };
    for (const bid of bids) {
      for (const { start, end, chargeFen } of bid.runs) {
        const sum = chargeAt(start) + chargeFen;
        if (end === week && sum > best.chargeFen) best = { chargeFen: sum, bid, start };
      }
    }
    upTo.push(best);
  }
  const paid = new Map<Bid, number>();
  for (let week = weeks; week > 0; week = upTo[week]?.start ?? 0) {
    const { bid, start } = upTo[week] as Link;
    if (bid !== null) paid.set(bid, (paid.get(bid) ?? 0) + chargeAt(week) - chargeAt(start));
  }
  return { chargeFen: chargeAt(weeks), paid };
}

/** The `count` best lots together with what the order itself is worth; −Infinity when there are too few. */
function takeBest(lots: Rating[], count: number, orderFen: number): Rating {
  if (lots.length < count) return { fen: -Infinity, units: 0 };
  const best = lots.sort((a, b) => b.fen - a.fen).slice(0, count);
  return best.reduce((sum, lot) => ({ fen: sum.fen + lot.fen, units: sum.units + lot.units }), {
    fen: orderFen,
    units: 0,
  });
}

const NEWTON_STEPS_MAX = 50;
const NEGLIGIBLE_FEN = 0.01;

/** The least charge at which nothing is worth more than `bestFen`. Whatever takes the newcomer takes a whole hour at least. */
function findLeastCharge(bestFen: number, rate: (chargeFen: number) => Rating): number {
  let charge = 0;
  for (let step = 0; ; step++) {
    const { fen, units } = rate(charge);
    const gain = fen - bestFen;
    if (gain <= 0 || units === 0) return charge;
    if (gain <= NEGLIGIBLE_FEN || step === NEWTON_STEPS_MAX) return charge + gain;
    charge += gain / units;
  }
}

/** People free over one run, best first, as far as any row asks for them: hours and net summed up to and with each. */
class Curve {
  readonly #net: Float64Array;
  readonly #hoursUpTo: Float64Array;
  readonly #fenUpTo: Float64Array;

  /** What an hour of each is worth, and how many each has, in any order; both are kept, sorted. */
  constructor(net: Float64Array, hours: Int32Array) {
    sortByNet(net, hours, 0, net.length - 1);
    this.#net = net;
    this.#hoursUpTo = new Float64Array(net.length + 1);
    this.#fenUpTo = new Float64Array(net.length + 1);
    for (let at = 0; at < net.length; at++) {
      const own = hours[at] as number;
      this.#hoursUpTo[at + 1] = (this.#hoursUpTo[at] as number) + own;
      this.#fenUpTo[at + 1] = (this.#fenUpTo[at] as number) + own * (net[at] as number);
    }
  }

  /** Net of the best `hours`; −Infinity when there are too few. */
  netOf(hours: number): number {
    if (hours <= 0) return 0;
    let at = 0;
    while (at < this.#net.length && (this.#hoursUpTo[at + 1] as number) < hours) at++;
    if (at === this.#net.length) return -Infinity;
    return (this.#fenUpTo[at] as number) + (hours - (this.#hoursUpTo[at] as number)) * (this.#net[at] as number);
  }

  /** The same with a newcomer who gives up to `most` hours at `net` each: whoever is worth less makes room. */
  fillWith(hours: number, most: number, net: number): Rating {
    let better = 0;
    while (better < this.#net.length && (this.#net[better] as number) >= net) better++;
    const kept = Math.min(hours, Math.max(this.#hoursUpTo[better] as number, hours - most));
    const fen = this.netOf(kept);
    return { fen: fen + (hours - kept) * net, units: hours - kept };
  }
}

/** Curves of everybody who may serve a row, at the prices of the round; each is made once. */
class Curves {
  readonly #priced: PricedRound;
  readonly #hoursMost: Float64Array;
  readonly #known = new Map<number, Curve>();

  constructor(priced: PricedRound, hoursMost: Float64Array) {
    this.#priced = priced;
    this.#hoursMost = hoursMost;
  }

  of(roster: number, { skill, home }: NeedRow, start: number, end: number): Curve {
    const { market, kernel, view } = this.#priced;
    const key = (roster * market.weeks + start) * (market.weeks + 1) + end;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    kernel.fillRow(roster, skill, this.#hoursMost[2 * skill + Number(home)] as number, start, end, view);
    const { pickCount, pickHours, pickNet } = kernel;
    const curve = new Curve(pickNet.slice(0, pickCount), pickHours.slice(0, pickCount));
    this.#known.set(key, curve);
    return curve;
  }

  /** The curves of a site that is not on the market. */
  around(site: Site): (row: NeedRow, start: number, end: number) => Curve {
    const { market, view } = this.#priced;
    const { scenario, weeks, skillIds, workerTown } = market;
    const entries = new Map<number, { worker: number; perHour: number }[]>();
    for (let number = 0; number < market.workerSource.length; number++) {
      const worker = sourceWorker(market, number);
      const km = distanceKm(worker, site);
      for (const home of [false, true]) {
        if (home ? !canWorkAtHome(scenario, worker, km) : !canCommute(worker, km)) continue;
        for (const skill of new Set(worker.skills)) {
          const s = market.skillNumber.get(skill);
          if (s === undefined) continue;
          const wageFen = market.wageFen[s] as number;
          const slope = view.slope[workerTown[number] as number] as number;
          const perHour = valuePerHourFen(scenario, worker, wageFen, km, home) + wageFen * slope;
          const roster = rosterOf({ skillIds }, 0, s, home);
          entries.set(roster, [...(entries.get(roster) ?? []), { worker: number, perHour }]);
        }
      }
    }
    const known = new Map<number, Curve>();
    return ({ skill, home }, start, end) => {
      const roster = rosterOf({ skillIds }, 0, skill, home);
      const key = (roster * weeks + start) * (weeks + 1) + end;
      const made = known.get(key);
      if (made !== undefined) return made;
      const people = (entries.get(roster) ?? []).flatMap(({ worker, perHour }) => {
        let hours = Infinity;
        for (let at = worker * weeks + start; at < worker * weeks + end; at++)
          hours = Math.min(hours, view.freeHours[at] as number);
        if (hours <= 0) return [];
        const upTo = view.prices?.hoursUpTo;
        const first = worker * (weeks + 1);
        const price = upTo === undefined ? 0 : (upTo[first + end] as number) - (upTo[first + start] as number);
        return [{ net: (end - start) * perHour - price, hours }];
      });
      const curve = new Curve(
        Float64Array.from(people, ({ net }) => net),
        Int32Array.from(people, ({ hours }) => hours),
      );
      known.set(key, curve);
      return curve;
    };
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
