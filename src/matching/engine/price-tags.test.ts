import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateScenario } from './generate-scenario.ts';
import { match, parseScenario, readPricedRound, tagPrices } from './index.ts';
import type { PriceTag, PriceTags, Scenario } from './index.ts';
import { compileFairness } from './market.ts';
import { centreOf } from './price-tags.ts';
import { aScenario, anOrder, aSite, aWorker } from './scenario-builder.ts';

function tagsOf(scenario: Scenario): PriceTags & { boundFen: number } {
  let tags: PriceTags | undefined;
  const { boundFen } = match(scenario, { moves: 0, onPrices: (priced) => (tags = tagPrices(priced)) });
  if (tags === undefined) throw new Error('the round told no prices');
  return { ...tags, boundFen };
}

/** The round with the newcomer that a tag speaks of, on the same yardstick of fairness. */
function withNewcomer(
  scenario: Scenario,
  { yardstick }: PriceTags,
  { town, skill }: Pick<PriceTag, 'town' | 'skill'>,
): Scenario {
  const centre = centreOf(scenario, town);
  if (centre === null) throw new Error(`nobody and nothing in ${town}`);
  const all = { ...centre, town, id: 'newcomer', from: 0, to: scenario.weeks };
  const { hoursPerWeek, maxCommuteKm, areaM2, rentFenPerM2Week } = yardstick;
  if (skill !== null) {
    const worker = {
      ...all,
      skills: [skill],
      hoursPerWeek,
      maxCommuteKm,
      lowIncome: false,
      homeWork: false,
      star: null,
    };
    const enlarged = parse({ ...scenario, workers: [...scenario.workers, worker] });
    const longer = compileFairness(enlarged).potentialPerHeadFen / compileFairness(scenario).potentialPerHeadFen;
    const fairness = enlarged.policy.fairness.map(([width, slope]): [number, number] => [width / longer, slope]);
    return parse({ ...enlarged, policy: { ...enlarged.policy, fairness } });
  }
  const equipment = [...new Set(scenario.orders.flatMap((order) => order.equipment))];
  const site = { ...all, areaM2, powerKw: 1_000_000, equipment, landUse: 'any', rentFenPerM2Week, star: 4 };
  const orders = scenario.orders.map((order) => ({
    ...order,
    landUse: order.landUse.length === 0 ? [] : [...order.landUse, 'any'],
  }));
  return parse({ ...scenario, orders, sites: [...scenario.sites, site] });
}

function parse(json: unknown): Scenario {
  const parsed = parseScenario(json);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.scenario;
}

describe('a price tag', () => {
  it('says how much more a plan can be worth with one more person, or 100 m² more, and no plan is worth more', () => {
    let dearer = 0;
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const scenario = parse(generateScenario({ towns: 2, sites: 3, workers: 12, orders: 7, weeks: 5 }, seed));
        const told = tagsOf(scenario);
        const skills = [null, ...new Set(scenario.orders.flatMap(({ needs }) => needs.map((need) => need.skill)))];
        for (const { id: town } of scenario.towns) {
          if (centreOf(scenario, town) === null) continue;
          for (const skill of skills) {
            const tag = told.tags.find((each) => each.town === town && each.skill === skill);
            const { objectiveFen } = match(withNewcomer(scenario, told, { town, skill }), { moves: 40 });
            // What is not worth a tag is worth less than a yuan.
            expect(objectiveFen, `${town} ${skill}`).toBeLessThanOrEqual(told.boundFen + (tag?.worthFen ?? 100) + 0.5);
            if (objectiveFen > told.boundFen + 100) dearer += 1;
          }
        }
      }),
      { numRuns: 25 },
    );
    // Otherwise nothing has been tried: the newcomer must often be worth more than the bound without them.
    expect(dearer).toBeGreaterThan(10);
  });

  it('is all that an order is worth which one more person would place', () => {
    const scenario = aScenario({
      workers: [aWorker()],
      orders: [
        anOrder({ needs: [{ skill: 'sewing', hoursPerWeek: 80 }] }),
        anOrder({ id: 'o2', needs: [{ skill: 'packing', hoursPerWeek: 60 }] }),
      ],
    });
    const told = tagsOf(scenario);
    expect(told.yardstick).toMatchObject({ hoursPerWeek: 40, maxCommuteKm: 5, areaM2: 100 });
    // Margin, rent (0.6 · 100 · 50 m² · 2 weeks) and wages of 80 hours for 2 weeks; a newcomer's stars are unknown and add nothing.
    expect(told.tags).toEqual([
      { town: 't1', kind: 'labour', skill: 'sewing', worthFen: expect.closeTo(266_000, 0) as number, orders: ['o1'] },
    ]);
  });

  it('of room is what the order is worth that finds none, and two runs one after another both count', () => {
    const runs = [anOrder({ release: 0, due: 2 }), anOrder({ id: 'o2', release: 2, due: 4, marginFen: 50_000 })];
    const told = tagsOf(aScenario({ sites: [aSite({ areaM2: 20 })], orders: runs }));
    expect(told.tags).toEqual([
      {
        ...{ town: 't1', kind: 'site', skill: null, orders: ['o1', 'o2'] },
        // Margins, and for each the rent of 50 m² and the wages of 80 hours: both gain once, whatever a square metre costs.
        worthFen: expect.closeTo(100_000 + 50_000 + 2 * (6_000 + 80_000), 0) as number,
      },
    ]);
  });

  it('is the same when another thread reads the round from its certified prices', () => {
    const scenario = parse(generateScenario({ towns: 2, sites: 3, workers: 12, orders: 7, weeks: 5 }, 7));
    const told: PriceTags[] = [];
    match(scenario, {
      moves: 0,
      onPrices: (priced) => told.push(tagPrices(priced), tagPrices(readPricedRound(scenario, priced.view))),
    });
    expect(told[0]?.tags.length).toBeGreaterThan(0);
    expect(told[1]).toEqual(told[0]);
  });

  it('of somebody or something that no order needs is not told', () => {
    const enough = [aWorker(), aWorker({ id: 'w2' }), aWorker({ id: 'w3' })];
    expect(tagsOf(aScenario({ workers: enough })).tags).toEqual([]);
    expect(tagsOf(aScenario({ orders: [] })).tags).toEqual([]);
    expect(tagsOf(aScenario({ workers: [], sites: [] })).tags).toEqual([]);
  });
});
