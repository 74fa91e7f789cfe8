import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateScenario } from './engine/generate-scenario.ts';
import { match, parseScenario } from './engine/index.ts';
import type { Scenario } from './engine/index.ts';
import { aScenario, anOrder, aSite, aWorker, KM } from './engine/scenario-builder.ts';
import { findGaps, type Gap, type UnplacedOrder } from './find-gaps.ts';

function gapsOf(scenario: Scenario, town = 't9'): Gap[] {
  const unplaced = match(scenario).unmatched.flatMap((entry): UnplacedOrder[] =>
    'order' in entry
      ? [
          {
            ...{ orderId: entry.order, town },
            account: { rules: entry.rules, nearMisses: entry.nearMiss.map((hint) => ({ ...hint, apply: null })) },
          },
        ]
      : [],
  );
  return findGaps(scenario, unplaced);
}

const find = (gaps: readonly Gap[], kind: Gap['kind'], code: string | null = null) =>
  gaps.find((gap) => gap.kind === kind && gap.code === code);

describe('the gaps of a county', () => {
  it('are skills, machines and room of a town, each with all orders that it would place, most of them first', () => {
    const packing = { needs: [{ skill: 'packing', hoursPerWeek: 20 }] };
    const gaps = gapsOf(
      aScenario({
        towns: [
          { id: 't1', population: 10 },
          { id: 't2', population: 10 },
        ],
        workers: [aWorker({ town: 't2' })],
        orders: [
          anOrder({ ...packing, id: 'o1', marginFen: 100_000 }),
          anOrder({ ...packing, id: 'o2', marginFen: 700_000 }),
          anOrder({ id: 'o3', equipment: ['cold-store'] }),
        ],
      }),
    );
    // The one worker lives in t2 and could learn it; the one site lies in t1.
    expect(gaps[0]).toMatchObject({
      kind: 'skill',
      code: 'packing',
      town: 't2',
      orderIds: ['o2', 'o1'],
      marginFen: 800_000,
    });
    expect(gaps[0]?.triedOrderIds).toEqual(['o2', 'o1']);
    expect(find(gaps, 'equipment', 'cold-store')).toMatchObject({
      town: 't1',
      orderIds: ['o3'],
      triedOrderIds: ['o3'],
    });
    expect(gaps.map(({ orderIds }) => orderIds.length)).toEqual(
      gaps.map(({ orderIds }) => orderIds.length).sort((a, b) => b - a),
    );
  });

  it('tell how much is missing, from the order that lacks least to the one that lacks most', () => {
    const workers = [aWorker({ hoursPerWeek: 44 }), aWorker({ id: 'w2', hoursPerWeek: 44 })];
    const orders = [anOrder({ areaM2: 112 }), anOrder({ id: 'o2', areaM2: 130 })];
    expect(find(gapsOf(aScenario({ workers, orders })), 'area')).toMatchObject({
      ...{ orderIds: ['o1', 'o2'], triedOrderIds: ['o1', 'o2'], amount: { least: 12, most: 30, unit: 'm2' } },
    });
  });

  it('keep what was tried apart from what a rule says is missing', () => {
    // Three people short: no single change helps, and the rule tells by how much.
    const gaps = gapsOf(aScenario({ orders: [anOrder({ needs: [{ skill: 'sewing', hoursPerWeek: 160 }] })] }));
    const hours = gaps.find(({ kind, town }) => kind === 'hours' && town === 't9');
    expect(hours).toMatchObject({
      code: 'sewing',
      orderIds: ['o1'],
      triedOrderIds: [],
      amount: { most: 120, unit: 'h/week' },
    });
  });

  it('lie where the person lives whom a longer way would bring', () => {
    const workers = [aWorker({ town: 't2', lat: 29 + 7 * KM })];
    const towns = ['t1', 't2'].map((id) => ({ id, population: 10 }));
    expect(find(gapsOf(aScenario({ towns, workers })), 'commute')).toMatchObject({ town: 't2', amount: { least: 2 } });
  });

  it('are none where everything is placed, and an order that could only give way itself has none', () => {
    expect(gapsOf(aScenario())).toEqual([]);
    const orders = [anOrder({ landUse: ['forest'] })];
    const sites = [aSite()];
    expect(gapsOf(aScenario({ sites, orders })).every(({ kind }) => kind === 'land-use')).toBe(true);
  });

  it('count every order once in a gap, and say nothing of orders that are placed', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const parsed = parseScenario(generateScenario({ towns: 3, sites: 5, workers: 30, orders: 12, weeks: 6 }, seed));
        if (!parsed.ok) throw new Error('no scenario');
        const { scenario } = parsed;
        const placed = new Set(match(scenario).placements.map(({ order }) => order));
        for (const { orderIds, triedOrderIds, amount, marginFen } of gapsOf(scenario)) {
          expect(new Set(orderIds).size).toBe(orderIds.length);
          expect(orderIds.filter((id) => placed.has(id))).toEqual([]);
          expect(triedOrderIds.filter((id) => !orderIds.includes(id))).toEqual([]);
          expect(amount === null || (amount.least > 0 && amount.least <= amount.most)).toBe(true);
          const margins = scenario.orders.filter(({ id }) => orderIds.includes(id)).map((order) => order.marginFen);
          expect(marginFen).toBe(margins.reduce((sum, margin) => sum + margin, 0));
        }
      }),
      { numRuns: 10 },
    );
  });
});
