import { describe, expect, it } from 'vitest';
import { match, parseScenario } from './index.ts';
import { aScenario, aScenarioInput, aSite, aWorker, anOrder } from './scenario-builder.ts';

function pathsOf(json: unknown): string[] {
  const parsed = parseScenario(json);
  return parsed.ok ? [] : parsed.problems.map((problem) => problem.path);
}

describe('a scenario file', () => {
  it('gets the default weights of the policy where it leaves them out', () => {
    const { policy } = aScenario({ policy: { wageFen: { sewing: 1000, packing: 800 } } });
    expect(policy).toEqual({
      early: 0.02,
      lotFixFen: 30000,
      siteStar: 0.02,
      rentWeight: 0.6,
      lowIncome: 0.8,
      workerStar: 60,
      commuteFenPerKmHour: 30,
      homeFenPerKmHour: 8,
      homePenaltyFen: 100,
      homeKmMax: 8,
      homeAreaShare: 0.55,
      fairness: [
        [0.2, 0.5],
        [0.25, 0.2],
      ],
      changeFen: 0,
      wageFen: { sewing: 1000, packing: 800 },
    });
  });

  it('is told all its problems at once, each with its path', () => {
    const json = {
      ...aScenarioInput({
        sites: [aSite(), aSite(), aSite({ id: 's3', town: 'nowhere' }), aSite({ id: 's4', from: 5, to: 5 })],
        workers: [aWorker({ skills: ['welding'] }), aWorker({ id: 'w2', hoursPerWeek: Number.NaN })],
        orders: [anOrder({ release: 4, due: 2 }), anOrder({ id: 'o2', lat: 119 })],
      }),
      colour: 'red',
    };
    expect(pathsOf(json).sort()).toEqual([
      'colour',
      'orders[0].due',
      'orders[1].lat',
      'sites[1].id',
      'sites[2].town',
      'sites[3].to',
      'workers[0].skills[0]',
      'workers[1].hoursPerWeek',
    ]);
  });

  it.each([
    ['nothing at all', null, ['']],
    ['a list', [], ['']],
    [
      'an unknown weight',
      aScenarioInput({ policy: { wageFen: {}, kindness: 1 } as never, orders: [], workers: [] }),
      ['policy.kindness'],
    ],
    [
      'an unknown field deep inside',
      aScenarioInput({ orders: [{ ...anOrder(), needs: [{ skill: 'sewing', hoursPerWeek: 4, x: 1 } as never] }] }),
      ['orders[0].needs[0].x'],
    ],
    ['text for a number', aScenarioInput({ sites: [aSite({ areaM2: '220' as never })] }), ['sites[0].areaM2']],
    ['another format', { ...aScenarioInput(), format: 'gongfang-scenario/2' }, ['format']],
    [
      'rising slopes of fairness',
      aScenarioInput({
        policy: {
          wageFen: { sewing: 1 },
          fairness: [
            [0.2, 0.1],
            [0.2, 0.5],
          ],
        },
      }),
      ['policy.fairness[1][1]'],
    ],
    ['half a week', aScenarioInput({ orders: [anOrder({ release: 0.5 })] }), ['orders[0].release']],
    [
      'a skill without a wage',
      aScenarioInput({ orders: [anOrder({ needs: [{ skill: 'flying', hoursPerWeek: 2 }] })] }),
      ['orders[0].needs[0].skill'],
    ],
    [
      'a wage inherited from nobody',
      aScenarioInput({ orders: [anOrder({ needs: [{ skill: 'toString', hoursPerWeek: 2 }] })] }),
      ['orders[0].needs[0].skill'],
    ],
    [
      'an excluded worker who stands in the list',
      aScenarioInput({ excluded: [{ id: 'w1', rule: 'consent' }] }),
      ['excluded[0].id'],
    ],
  ])('is refused with %s', (_, json, paths) => {
    expect(pathsOf(json)).toEqual(paths);
  });

  it('is refused before it is read when it holds ten million workers', () => {
    expect(pathsOf({ ...aScenarioInput(), workers: new Array(10_000_000) })).toEqual(['workers']);
  });

  it('is refused when a pinned placement is unknown or breaks a rule', () => {
    const row = { worker: 'w1', skill: 'sewing', hoursPerWeek: 40, home: false };
    const pin = { order: 'o1', share: 1 as const, start: 0, lots: [{ site: 's1', home: false, labour: [row] }] };
    expect(pathsOf(aScenarioInput({ pinned: [pin] }))).toEqual([]);
    expect(pathsOf(aScenarioInput({ pinned: [{ ...pin, order: 'gone' }] }))).toEqual(['pinned[0].order']);
    expect(pathsOf(aScenarioInput({ pinned: [{ ...pin, start: 5 }] }))).toEqual(['pinned[0].start']);
    expect(pathsOf(aScenarioInput({ pinned: [pin], workers: [aWorker({ hoursPerWeek: 39 })] }))).toEqual([
      'pinned',
      'pinned',
    ]);
  });

  it('may hold in "previous" what has since been excluded, and nothing else that is unknown', () => {
    const lot = { site: 'gone', home: false, labour: [] };
    const previous = [{ order: 'o1', share: 1 as const, start: 0, lots: [lot] }];
    expect(pathsOf(aScenarioInput({ previous }))).toEqual(['previous[0].lots[0].site']);
    expect(pathsOf(aScenarioInput({ previous, excluded: [{ id: 'gone', rule: 'rectification' }] }))).toEqual([]);
  });

  it('says in the plan why the excluded were left out', () => {
    const plan = match(
      aScenario({
        excluded: [
          { id: 'w9', rule: 'consent' },
          { id: 's9', rule: 'rectification' },
        ],
      }),
    );
    expect(plan.unmatched).toMatchObject([
      { worker: 'w9', cause: 'rule', rules: [{ rule: 'consent' }] },
      { site: 's9', cause: 'rule', rules: [{ rule: 'rectification' }] },
    ]);
  });
});
