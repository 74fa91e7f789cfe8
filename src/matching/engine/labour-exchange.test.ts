import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateScenario } from './generate-scenario.ts';
import { Kernel, viewOf } from './kernel.ts';
import { LabourExchange } from './labour-exchange.ts';
import { compileMarket } from './market.ts';
import type { Market } from './market.ts';
import { Occupancy } from './occupancy.ts';
import type { Allocation } from './occupancy.ts';
import { parseScenario } from './parse-scenario.ts';
import { aScenario, anOrder, aSite, aWorker, KM } from './scenario-builder.ts';

/** Every order in turn at its best, as long as any fits. */
function placeAll(market: Market): { kernel: Kernel; occupancy: Occupancy; allocations: Allocation[] } {
  const kernel = new Kernel(market);
  const occupancy = new Occupancy(market);
  const allocations: Allocation[] = [];
  for (const order of market.orders) {
    const found = kernel.findBest(order, viewOf(occupancy, occupancy.slope, null), occupancy);
    if (found === null) continue;
    occupancy.commit(found.allocation);
    allocations.push(found.allocation);
  }
  return { kernel, occupancy, allocations };
}

describe('exchanging labour', () => {
  it('takes a worker from one row for another when both together gain', () => {
    // The first order takes the only worker whom the second can reach; a neighbour costs the first a little more.
    const scenario = aScenario({
      weeks: 2,
      sites: [aSite({ to: 2 }), aSite({ id: 's2', lat: 29 + 4 * KM, to: 2, equipment: ['oven'] })],
      workers: [
        aWorker({ id: 'between', lat: 29 + KM, maxCommuteKm: 5 }),
        aWorker({ id: 'near-first', lat: 29 - 2 * KM, maxCommuteKm: 3 }),
        aWorker({ id: 'far-second', lat: 29 + 12 * KM, maxCommuteKm: 10 }),
      ],
      orders: [anOrder(), anOrder({ id: 'o2', equipment: ['oven'] })],
    });
    const market = compileMarket(scenario);
    const { kernel, occupancy, allocations } = placeAll(market);
    const whoOf = (them: readonly Allocation[]): string[][] =>
      them.map(({ lots }) =>
        lots.flatMap((lot) =>
          Array.from(lot.worker, (worker) => scenario.workers[market.workerSource[worker] as number]?.id ?? ''),
        ),
      );
    expect(whoOf(allocations)).toEqual([['between'], ['far-second']]);
    const exchange = new LabourExchange(market, kernel, occupancy, allocations);
    // One km more for the first, five less for the second; 40 hours, two weeks, 30 分 per km and hour.
    expect(exchange.run()).toBeCloseTo(40 * 2 * 30 * (-1 + 5), 1);
    expect(whoOf(exchange.describe(allocations))).toEqual([['near-first'], ['between']]);
  });

  it('keeps every hour that a row needs and every limit, never loses, and says what it gained', () => {
    let gains = 0;
    fc.assert(
      fc.property(fc.nat(100_000), (seed) => {
        const parsed = parseScenario(generateScenario({ towns: 2, sites: 5, workers: 80, orders: 12, weeks: 6 }, seed));
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
        const market = compileMarket(parsed.scenario);
        const { kernel, occupancy, allocations } = placeAll(market);
        const before = occupancy.objectiveFen;
        const exchange = new LabourExchange(market, kernel, occupancy, allocations);
        const gained = exchange.run();
        expect(occupancy.objectiveFen).toBe(before);
        const after = new Occupancy(market);
        exchange.describe(allocations).forEach((allocation, a) => {
          expect(after.fits(allocation)).toBe(true);
          after.commit(allocation);
          const old = allocations[a] as Allocation;
          allocation.lots.forEach((lot, l) => {
            expect(hoursByRow(lot)).toEqual(hoursByRow(old.lots[l] as typeof lot));
          });
        });
        expect(after.objectiveFen - before).toBeCloseTo(gained, 2);
        expect(gained).toBeGreaterThanOrEqual(0);
        if (gained > 0) gains++;
      }),
      { numRuns: 25 },
    );
    expect(gains).toBeGreaterThan(3);
  });
});

function hoursByRow({ row, hours }: { row: Int32Array; hours: Int32Array }): number[] {
  const sums: number[] = [];
  row.forEach((r, e) => (sums[r] = (sums[r] ?? 0) + (hours[e] as number)));
  return sums;
}
