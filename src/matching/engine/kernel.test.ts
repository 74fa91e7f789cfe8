import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateScenario } from './generate-scenario.ts';
import { Kernel } from './kernel.ts';
import type { View } from './kernel.ts';
import { compileMarket, sourceWorker, valuePerHourFen } from './market.ts';
import type { Market } from './market.ts';
import { distanceKm } from '../../vocabulary/geo.ts';
import { Occupancy } from './occupancy.ts';
import { parseScenario } from './parse-scenario.ts';
import { Random } from './random.ts';
import { findSiteFailures, findWorkerFailures } from './rules/index.ts';
import type { Scenario, Worker } from './scenario.ts';

function scenarioOf(seed: number): Scenario {
  const parsed = parseScenario(generateScenario({ towns: 2, sites: 5, workers: 40, orders: 6, weeks: 5 }, seed));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.scenario;
}

/** What is free, with random holes as other placements would leave them, and random prices. */
function perforate(market: Market, seed: number): { occupancy: Occupancy; view: View } {
  const random = new Random(seed);
  const occupancy = new Occupancy(market);
  occupancy.freeHours.forEach((hours, at) => {
    if (random.next() < 0.3) occupancy.freeHours[at] = Math.floor(hours * random.next());
  });
  const { weeks } = market;
  const entities = Math.max(market.workerSource.length, market.scenario.sites.length);
  const upTo = (scale: number): Float64Array => {
    const sums = new Float64Array(entities * (weeks + 1));
    for (let at = 0; at < sums.length; at++) {
      if (at % (weeks + 1) > 0) sums[at] = (sums[at - 1] as number) + (random.next() < 0.5 ? 0 : scale * random.next());
    }
    return sums;
  };
  const slope = Float64Array.from(market.scenario.towns, () => 0.5 * random.next());
  const prices = random.next() < 0.5 ? null : { hoursUpTo: upTo(900), areaUpTo: upTo(200), powerUpTo: upTo(200) };
  return {
    occupancy,
    view: {
      ...occupancy,
      freeHours: occupancy.freeHours,
      freeArea: occupancy.freeArea,
      freePower: occupancy.freePower,
      slope,
      slopeMax: Math.max(...slope),
      prices,
    },
  };
}

/** The named rules' and plain arithmetic's answer to what rateLot computes. */
function rateByRules(market: Market, view: View, orderNumber: number, v: number, site: number, start: number): number {
  const { scenario, weeks } = market;
  const order = market.orders[orderNumber]!;
  const { source } = order;
  const variant = order.variants[v]!;
  const place = scenario.sites[site]!;
  if (start + source.durationWeeks > Math.min(source.due, weeks)) return -Infinity;
  if (findSiteFailures({ order: source, site: place, start, lot: variant }).length > 0) return -Infinity;
  const { policy } = scenario;
  let net =
    (policy.siteStar * source.marginFen * variant.share * (place.star === null ? 0 : place.star - 4)) / variant.lots -
    (source.transportFenPerKm * distanceKm(source, place)) / variant.lots +
    policy.rentWeight * place.rentFenPerM2Week * variant.areaM2 * source.durationWeeks;
  const run = (sums: Float64Array, entity: number): number =>
    sums[entity * (weeks + 1) + start + source.durationWeeks]! - sums[entity * (weeks + 1) + start]!;
  if (view.prices)
    net -= variant.areaM2 * run(view.prices.areaUpTo, site) + variant.powerKw * run(view.prices.powerUpTo, site);
  for (const row of variant.rows) {
    const skill = market.skillIds[row.skill]!;
    const hours: number[] = [];
    for (let number = 0; number < market.workerSource.length; number++) {
      const worker: Worker = sourceWorker(market, number);
      const failures = findWorkerFailures({
        scenario,
        order: source,
        site: place,
        start,
        worker,
        skill,
        home: row.home,
      });
      if (failures.length > 0) continue;
      const free = Math.min(
        ...view.freeHours.slice(number * weeks + start, number * weeks + start + source.durationWeeks),
      );
      const wageFen = policy.wageFen[skill]!;
      const value = valuePerHourFen(scenario, worker, wageFen, distanceKm(worker, place), row.home);
      const perHour =
        source.durationWeeks * (value + wageFen * view.slope[market.workerTown[number]!]!) -
        (view.prices ? run(view.prices.hoursUpTo, number) : 0);
      for (let h = 0; h < free; h++) hours.push(perHour);
    }
    if (hours.length < row.hours) return -Infinity;
    net += hours
      .sort((a, b) => b - a)
      .slice(0, row.hours)
      .reduce((sum, x) => sum + x, 0);
  }
  return net;
}

describe('the kernel', () => {
  it('agrees with the named rules on every candidate, and takes the best hours to the 分', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (seed) => {
        const market = compileMarket(scenarioOf(seed));
        const kernel = new Kernel(market);
        const { view } = perforate(market, seed);
        for (const order of market.orders) {
          order.variants.forEach((variant, v) => {
            for (let site = 0; site < market.scenario.sites.length; site++) {
              for (let start = order.firstStart; start <= order.lastStart; start++) {
                const candidate = order.sites.indexOf(site);
                const rated = candidate < 0 ? -Infinity : kernel.rateLot(order, v, variant, candidate, start, view);
                const counted = rateByRules(market, view, order.index, v, site, start);
                if (counted === -Infinity) expect(rated).toBe(-Infinity);
                else expect(Math.abs(rated - counted)).toBeLessThan(1e-3);
              }
            }
          });
        }
      }),
      { numRuns: 25 },
    );
  });

  it('skips only what cannot win: ranking with ceilings equals rating every site', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (seed) => {
        const market = compileMarket(scenarioOf(seed));
        const kernel = new Kernel(market);
        const { view } = perforate(market, seed);
        for (const order of market.orders) {
          order.variants.forEach((variant, v) => {
            for (let start = order.firstStart; start <= order.lastStart; start++) {
              const all = Array.from(order.sites, (_, candidate) =>
                kernel.rateLot(order, v, variant, candidate, start, view),
              )
                .filter((net) => net > -Infinity)
                .sort((a, b) => b - a)
                .slice(0, 3);
              // The ranking sums the same hours in another order: equal but for the last bits.
              const { nets } = kernel.rankSites(order, v, start, view, 3, -Infinity, null);
              expect(nets).toHaveLength(all.length);
              nets.forEach((net, n) => expect(Math.abs(net - (all[n] as number))).toBeLessThan(1e-6));
            }
          });
        }
      }),
      { numRuns: 25 },
    );
  });

  it('leaves everything as it was when an allocation is committed and released', () => {
    const market = compileMarket(scenarioOf(7));
    const kernel = new Kernel(market);
    const { occupancy } = perforate(market, 7);
    const before = occupancy.freeHours.slice();
    for (const order of market.orders) {
      const found = kernel.findBest(
        order,
        { ...occupancy, freeHours: occupancy.freeHours, slopeMax: occupancy.slopeMax, prices: null },
        occupancy,
      );
      if (found === null) continue;
      expect(occupancy.freeHours).toEqual(before);
      expect(occupancy.fits(found.allocation)).toBe(true);
      occupancy.commit(found.allocation);
      occupancy.release(found.allocation);
      expect(occupancy.freeHours).toEqual(before);
      expect(occupancy.objectiveFen).toBeCloseTo(0, 3);
    }
  });
});
