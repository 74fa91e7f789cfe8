import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPlacements, countPlan } from './check.ts';
import { generateScenario, SCENARIO_SIZES } from './generate-scenario.ts';
import type { ScenarioSize } from './generate-scenario.ts';
import { checkPlan, match, parseScenario, planSchema } from './index.ts';
import type { Decision, NearMiss, Plan, Scenario } from './index.ts';
import { Random } from './random.ts';
import { aScenario, anOrder, aSite, aWorker, KM } from './scenario-builder.ts';
import { LOT_COUNTS, SHARES } from './scenario.ts';

function parse(json: unknown): Scenario {
  const parsed = parseScenario(json);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.scenario;
}

/** Small random markets, some with pins, earlier proposals and a cost of change. */
function randomScenario(size: ScenarioSize, seed: number): Scenario {
  const scenario = parse(generateScenario(size, seed));
  const random = new Random(seed + 1);
  if (random.next() < 0.5) return scenario;
  const earlier = match(scenario, { moves: 20 }).placements;
  return parse({
    ...scenario,
    policy: { ...scenario.policy, changeFen: 50_000 },
    pinned: earlier.filter(() => random.next() < 0.3),
    previous: earlier.filter(() => random.next() < 0.7),
  });
}

function findOrder(plan: Plan, id: string) {
  const entry = plan.unmatched.find((other) => 'order' in other && other.order === id);
  if (entry === undefined) throw new Error(`order ${id} is placed`);
  return entry;
}

/** The scenario with the hint applied, and nothing in the market but what the hint was tried against. */
function applyHint(scenario: Scenario, plan: Plan, order: string, cause: string, { change }: NearMiss): Scenario {
  const lists = { order: 'orders', site: 'sites', worker: 'workers' } as const;
  const list = lists[change.target];
  const changed = {
    ...scenario,
    [list]: scenario[list].map((entity) =>
      entity.id === change.id ? { ...entity, [change.field]: change.to } : entity,
    ),
  };
  const standing = cause === 'rule' ? [] : plan.placements;
  const kept = new Set([order, ...standing.map((placement) => placement.order)]);
  return parse(keepOrders({ ...changed, pinned: standing }, kept));
}

function keepOrders(scenario: Scenario, kept: ReadonlySet<string>): Scenario {
  return {
    ...scenario,
    orders: scenario.orders.filter(({ id }) => kept.has(id)),
    previous: scenario.previous.filter(({ order }) => kept.has(order)),
  };
}

describe('a plan', () => {
  it('passes the referee, has its format, and never exceeds its bound', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const scenario = randomScenario({ towns: 3, sites: 6, workers: 60, orders: 9, weeks: 6 }, seed);
        const plan: unknown = JSON.parse(JSON.stringify(match(scenario, { moves: 60 })));
        expect(checkPlan(scenario, plan)).toEqual([]);
        expect(planSchema.parse(plan).gap ?? 0).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 60 },
    );
  });

  it('is the same for the same scenario, seed and moves, and says what it was made from', () => {
    const scenario = parse(generateScenario(SCENARIO_SIZES.T, 3));
    const plan = match(scenario, { moves: 150, seed: 9 });
    expect(JSON.stringify(match(structuredClone(scenario), { moves: 150, seed: 9 }))).toBe(JSON.stringify(plan));
    expect(plan).toMatchObject({ seed: 9, stats: { moves: 150, movesDone: 150 } });
    expect(plan.objectiveFen).toBeGreaterThanOrEqual(plan.stats.greedyObjectiveFen - 1e-6);
  });

  it('can be stopped early and is then still whole', () => {
    const scenario = parse(generateScenario(SCENARIO_SIZES.T, 3));
    const stages = new Set<string>();
    const plan = match(scenario, {
      moves: 1_000,
      shouldStop: () => true,
      onProgress: ({ stage }) => stages.add(stage),
    });
    expect(checkPlan(scenario, plan)).toEqual([]);
    expect(plan.stats).toMatchObject({ movesDone: 0, stoppedEarly: true });
    expect([...stages]).toEqual(['compile', 'prices', 'greedy', 'improve', 'explain']);
  });

  it.each([
    ['nobody and nothing', { sites: [], workers: [], orders: [], towns: [] }, 0],
    ['no orders', { orders: [] }, 0],
    ['no workers', { workers: [] }, 0],
    ['no sites', { sites: [] }, 0],
    ['one order', {}, 1],
    ['one order that needs no labour', { workers: [], orders: [anOrder({ needs: [] })] }, 1],
  ])('is sensible with %s', (_, changes, placed) => {
    const scenario = aScenario(changes);
    const plan = match(scenario);
    expect(plan.placements).toHaveLength(placed);
    expect(checkPlan(scenario, JSON.parse(JSON.stringify(plan)))).toEqual([]);
  });

  it('leaves pinned placements untouched and gives their capacity to nobody else', () => {
    const row = { worker: 'w1', skill: 'sewing', hoursPerWeek: 40, home: false };
    const pin: Decision = { order: 'o1', share: 1, start: 3, lots: [{ site: 's1', home: false, labour: [row] }] };
    const scenario = aScenario({
      orders: [anOrder(), anOrder({ id: 'o2', release: 3, due: 5, marginFen: 900_000 })],
      pinned: [pin],
    });
    const plan = match(scenario);
    expect(plan.placements).toMatchObject([pin]);
    expect(findOrder(plan, 'o2')).toMatchObject({ cause: 'competition', lostTo: ['o1'] });
  });

  it('keeps what was proposed earlier when the change would cost more than it brings', () => {
    const sites = [aSite(), aSite({ id: 's2', rentFenPerM2Week: 101 })];
    const lot = { site: 's1', home: false, labour: [] };
    const previous: Decision[] = [{ order: 'o1', share: 1, start: 0, lots: [lot] }];
    const siteAt = (changeFen: number): string | undefined =>
      match(aScenario({ sites, previous, policy: { wageFen: { sewing: 1000 }, fairness: [], changeFen } }))
        .placements[0]?.lots[0]?.site;
    expect(siteAt(59)).toBe('s2');
    expect(siteAt(61)).toBe('s1');
  });

  it('prefers the poorer town when pay is equal', () => {
    const towns = [
      { id: 't1', population: 1_000 },
      { id: 't2', population: 10 },
    ];
    const workers = [aWorker({ town: 't2', hoursPerWeek: 40 }), aWorker({ id: 'w2', town: 't1', hoursPerWeek: 40 })];
    const plan = match(aScenario({ towns, workers, policy: { wageFen: { sewing: 1000 } } }));
    expect(plan.placements[0]?.lots[0]?.labour.map((row) => row.worker)).toEqual(['w2']);
  });
});

describe('a plan counted by hand', () => {
  it('is worth margin, rent, wages and ways to the 分', () => {
    // 1 km to the worker, 2 km to the enterprise, half an hour's worth of every term.
    const scenario = aScenario({
      sites: [aSite({ lat: 29 + 2 * KM, star: 5 })],
      workers: [aWorker({ lat: 29 + 3 * KM, lowIncome: true, star: 4.5 })],
      orders: [anOrder({ release: 1 })],
    });
    const plan = match(scenario);
    const labour = 40 * 2 * (1000 * 1.8 + 60 * 0.5 - 30 * 1);
    const site = 0.02 * 100_000 * 1 - 1_000 * 2 + 0.6 * 100 * 50 * 2;
    expect(plan.breakdown.order).toBe(100_000);
    expect(plan.breakdown.site).toBeCloseTo(site, 1);
    expect(plan.breakdown.labour).toBeCloseTo(labour, 1);
    expect(plan.objectiveFen).toBeCloseTo(100_000 + site + labour, 1);
    expect(plan.boundFen).toBeCloseTo(plan.objectiveFen, 1);
    expect(plan.placements[0]?.start).toBe(1);
  });

  it('splits into two lots when one site is too small, and pays for the second lot', () => {
    const scenario = aScenario({
      sites: [aSite({ areaM2: 25 }), aSite({ id: 's2', areaM2: 25 })],
      workers: [aWorker({ hoursPerWeek: 20 }), aWorker({ id: 'w2', hoursPerWeek: 20 })],
      orders: [anOrder({ maxLots: 4 })],
    });
    const plan = match(scenario);
    expect(plan.placements[0]?.lots.map((lot) => lot.site).sort()).toEqual(['s1', 's2']);
    expect(plan.breakdown).toEqual({ order: 70_000, site: 6_000, labour: 80_000, fairness: 0, change: 0 });
  });

  it('takes the largest share that fits and the enterprise accepts, all but the way to the site scaled with it', () => {
    const halved = (minShare: number): Plan =>
      match(
        aScenario({
          sites: [aSite({ areaM2: 30, lat: 29 + 2 * KM })],
          workers: [aWorker({ lat: 29 + 2 * KM })],
          orders: [anOrder({ minShare })],
        }),
      );
    const plan = halved(0.5);
    expect(plan.placements).toMatchObject([{ share: 0.5, lots: [{ labour: [{ worker: 'w1', hoursPerWeek: 20 }] }] }]);
    expect(plan.breakdown.order).toBe(50_000);
    expect(plan.breakdown.site).toBeCloseTo(0.6 * 100 * 25 * 2 - 1_000 * 2, 1);
    expect(plan.breakdown.labour).toBe(40_000);
    expect(findOrder(halved(0.75), 'o1')).toMatchObject({ cause: 'rule', rules: [{ rule: 'area' }] });
  });

  it('does half of the first skill at home, rounded half up, in 55 % of the room', () => {
    const scenario = aScenario({
      sites: [aSite({ areaM2: 28, powerKw: 3 })],
      workers: [aWorker({ homeWork: true, hoursPerWeek: 23 }), aWorker({ id: 'w2', hoursPerWeek: 22 })],
      orders: [anOrder({ homeWork: true, needs: [{ skill: 'sewing', hoursPerWeek: 45 }] })],
    });
    const [lot] = match(scenario).placements[0]?.lots ?? [];
    expect(lot).toMatchObject({
      home: true,
      labour: [
        { worker: 'w1', hoursPerWeek: 23, home: true },
        { worker: 'w2', hoursPerWeek: 22, home: false },
      ],
    });
  });

  it('takes two small orders rather than one large one when together they are worth more', () => {
    const half = [{ skill: 'sewing', hoursPerWeek: 20 }];
    const scenario = aScenario({
      weeks: 2,
      sites: [aSite({ to: 2 })],
      orders: [
        anOrder({ id: 'large', marginFen: 150_000 }),
        anOrder({ id: 'a', needs: half, marginFen: 90_000 }),
        anOrder({ id: 'b', needs: half, marginFen: 90_000 }),
      ],
    });
    const plan = match(scenario);
    expect(plan.placements.map((placement) => placement.order)).toEqual(['a', 'b']);
    expect(findOrder(plan, 'large')).toMatchObject({ cause: 'competition', lostTo: ['a', 'b'] });
  });
});

describe('the bound', () => {
  it('is never below the proven optimum, nor the objective above it; and a rule keeps out only what no plan can hold', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const scenario = microScenario(seed);
        const plan = match(scenario, { moves: 400 });
        const optimum = findOptimum(scenario);
        expect(plan.objectiveFen).toBeLessThanOrEqual(optimum + 1e-6);
        expect(plan.boundFen).toBeGreaterThanOrEqual(optimum - 1e-6);
        expect(plan.objectiveFen).toBeGreaterThanOrEqual(0.85 * optimum);
        for (const order of scenario.orders) {
          if (plan.placements.some((placement) => placement.order === order.id)) continue;
          const hasAnyWay = listDecisions(scenario, order).some(
            (decision) => checkPlacements(scenario, [decision]).length === 0,
          );
          expect(findOrder(plan, order.id).cause === 'rule').toBe(!hasAnyWay);
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe('the account of what was not placed', () => {
  it('gives only hints that are true when they are applied', () => {
    let hints = 0;
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const scenario = randomScenario({ towns: 2, sites: 4, workers: 40, orders: 10, weeks: 6 }, seed);
        const plan = match(scenario, { moves: 30 });
        for (const entry of plan.unmatched) {
          if (!('order' in entry)) continue;
          for (const hint of entry.nearMiss) {
            hints++;
            const again = match(applyHint(scenario, plan, entry.order, entry.cause, hint), { moves: 0 });
            expect(again.placements.map((placement) => placement.order)).toContain(entry.order);
          }
        }
      }),
      { numRuns: 25 },
    );
    expect(hints).toBeGreaterThan(50);
  });

  it('calls it a rule only when the order fits nowhere in an empty market', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const scenario = randomScenario({ towns: 2, sites: 4, workers: 40, orders: 10, weeks: 6 }, seed);
        const plan = match(scenario, { moves: 30 });
        for (const entry of plan.unmatched) {
          if (!('order' in entry)) continue;
          const only = keepOrders({ ...scenario, pinned: [] }, new Set([entry.order]));
          const orders = only.orders.map((order) => ({ ...order, marginFen: 1e12 }));
          const alone = match(parse({ ...only, orders }), { moves: 0 });
          expect(alone.placements).toHaveLength(entry.cause === 'rule' ? 0 : 1);
          if (entry.cause === 'rule') expect(entry.rules.length).toBeGreaterThan(0);
          if (entry.cause === 'competition') expect(entry.lostTo.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('tells an order that costs more than it brings apart from one that lost', () => {
    const scenario = aScenario({ orders: [anOrder({ marginFen: 0, transportFenPerKm: 200_000, lat: 29 + KM })] });
    const entry = findOrder(match(scenario), 'o1');
    expect(entry).toMatchObject({ cause: 'not-worth', lostTo: [] });
    expect(entry.nearMiss.map(({ change }) => change.field)).toContain('marginFen');
  });

  it('says of an unused worker whether skill, distance, weeks or others are in the way', () => {
    const scenario = aScenario({
      workers: [
        aWorker(),
        aWorker({ id: 'unskilled', skills: ['packing'] }),
        aWorker({ id: 'far', lat: 29 + 9 * KM }),
        aWorker({ id: 'late', from: 7 }),
        aWorker({ id: 'idle', hoursPerWeek: 0 }),
        aWorker({ id: 'outscored', star: 3 }),
      ],
    });
    const causes = match(scenario).unmatched.map((entry) => [
      'worker' in entry && entry.worker,
      entry.cause,
      entry.rules[0]?.rule,
    ]);
    expect(causes).toEqual([
      ['unskilled', 'rule', 'skill'],
      ['far', 'rule', 'commute'],
      ['late', 'rule', 'window'],
      ['idle', 'rule', 'weekly-hours'],
      ['outscored', 'competition', undefined],
    ]);
  });
});

/** A market so small that every plan can be tried. */
function microScenario(seed: number): Scenario {
  const random = new Random(seed);
  const pickFrom = <T>(list: readonly T[]): T => list[random.between(0, list.length - 1)] as T;
  return aScenario({
    weeks: 3,
    policy: {
      wageFen: { sewing: 1000, packing: 800 },
      fairness: [
        [0.2, 0.5],
        [0.25, 0.2],
      ],
    },
    towns: [
      { id: 't1', population: 10 },
      { id: 't2', population: 5 },
    ],
    sites: ['s1', 's2'].map((id) =>
      aSite({
        id,
        to: 3,
        areaM2: random.between(4, 8),
        lat: 29 + random.next() * 2 * KM,
        star: pickFrom([null, 3, 5]),
      }),
    ),
    workers: ['w1', 'w2', 'w3'].map((id) =>
      aWorker({
        id,
        town: pickFrom(['t1', 't2']),
        hoursPerWeek: random.between(1, 3),
        from: pickFrom([0, 0, 1]),
        skills: pickFrom([['sewing'], ['packing'], ['sewing', 'packing']]),
        lat: 29 + random.next() * 6 * KM,
        homeWork: random.next() < 0.5,
        lowIncome: random.next() < 0.3,
      }),
    ),
    orders: ['o1', 'o2', 'o3'].map((id) =>
      anOrder({
        id,
        durationWeeks: pickFrom([1, 2]),
        release: pickFrom([0, 1]),
        due: 3,
        needs: pickFrom([
          [{ skill: 'sewing', hoursPerWeek: random.between(1, 4) }],
          [
            { skill: 'packing', hoursPerWeek: 2 },
            { skill: 'sewing', hoursPerWeek: 1 },
          ],
        ]),
        areaM2: random.between(3, 7),
        powerKw: 1,
        marginFen: random.between(0, 8_000),
        transportFenPerKm: 100,
        maxLots: pickFrom([1, 2]),
        homeWork: random.next() < 0.4,
        minShare: pickFrom([1, 0.5]),
      }),
    ),
  });
}

/** Tries every plan: all decisions of each order that keep the rules alone, in all combinations that keep them together. */
function findOptimum(scenario: Scenario): number {
  const choices = scenario.orders.map((order) =>
    listDecisions(scenario, order).filter((decision) => checkPlacements(scenario, [decision]).length === 0),
  );
  let best = 0;
  const extend = (o: number, chosen: Decision[]): void => {
    if (o === choices.length) {
      best = Math.max(best, countPlan(scenario, chosen).objectiveFen);
      return;
    }
    extend(o + 1, chosen);
    for (const decision of choices[o] ?? []) {
      const next = [...chosen, decision];
      if (chosen.length === 0 || checkPlacements(scenario, next).length === 0) extend(o + 1, next);
    }
  };
  extend(0, []);
  return best;
}

function listDecisions(scenario: Scenario, order: Scenario['orders'][number]): Decision[] {
  const decisions: Decision[] = [];
  for (const share of SHARES) {
    if (share < order.minShare) continue;
    for (const count of LOT_COUNTS) {
      if (count > order.maxLots || count > scenario.sites.length) continue;
      for (const home of order.homeWork ? [false, true] : [false]) {
        const rows = order.needs.flatMap((need, n) => {
          const hours = Math.floor((need.hoursPerWeek * share) / count + 0.5);
          const atHome = home && n === 0 ? Math.floor(hours / 2 + 0.5) : 0;
          return [
            { skill: need.skill, home: true, hours: atHome },
            { skill: need.skill, home: false, hours: hours - atHome },
          ].filter((row) => row.hours > 0);
        });
        const staffings = rows.reduce<Decision['lots'][number]['labour'][]>(
          (done, row) =>
            done.flatMap((labour) =>
              distribute(
                scenario.workers.map((worker) => worker.id),
                row.hours,
              ).map((shares) => [
                ...labour,
                ...shares.map(([worker, hoursPerWeek]) => ({ worker, skill: row.skill, hoursPerWeek, home: row.home })),
              ]),
            ),
          [[]],
        );
        const lotsAt = (site: string): Decision['lots'] => staffings.map((labour) => ({ site, home, labour }));
        for (let start = order.release; start + order.durationWeeks <= Math.min(order.due, scenario.weeks); start++) {
          const [first, second] = scenario.sites.map((site) =>
            lotsAt(site.id).filter((lot) => fits(scenario, order, share, count, start, lot)),
          );
          if (count === 1)
            for (const lot of [...(first ?? []), ...(second ?? [])])
              decisions.push({ order: order.id, share, start, lots: [lot] });
          else
            for (const a of first ?? [])
              for (const b of second ?? []) decisions.push({ order: order.id, share, start, lots: [a, b] });
        }
      }
    }
  }
  return decisions;
}

/** Whether a lot alone keeps the rules; the count of lots is not this lot's matter. */
function fits(
  scenario: Scenario,
  order: Scenario['orders'][number],
  share: Decision['share'],
  count: number,
  start: number,
  lot: Decision['lots'][number],
): boolean {
  const violations = checkPlacements(scenario, [{ order: order.id, share, start, lots: [lot] }]);
  return violations.every(({ rule }) => count > 1 && (rule === 'quantity' || rule === 'area' || rule === 'power'));
}

/** All ways to give so many hours to these workers. */
function distribute(workers: readonly string[], hours: number): [string, number][][] {
  const [first, ...rest] = workers;
  if (first === undefined) return hours === 0 ? [[]] : [];
  const ways: [string, number][][] = [];
  for (let own = 0; own <= hours; own++) {
    for (const others of distribute(rest, hours - own)) ways.push(own > 0 ? [[first, own], ...others] : others);
  }
  return ways;
}
