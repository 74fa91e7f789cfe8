import { describe, expect, it } from 'vitest';
import { aScenario, anOrder, aSite } from './engine/scenario-builder.ts';
import { weighPoints } from './round-variant.ts';
import { varyScenario, weighFairness } from './vary-scenario.ts';

describe('a changed scenario', () => {
  it('is refused with the place of what does not fit, counted as the wish counts', () => {
    const scenario = aScenario();
    const strangers = varyScenario(scenario, { without: ['s1', 'nobody'] });
    expect(strangers).toMatchObject({ ok: false, problems: [{ path: 'without[1]' }] });
    const odd = varyScenario(scenario, { orders: [anOrder({ id: 'o2' }), anOrder({ id: 'o1' })] });
    expect(odd).toMatchObject({ ok: false, problems: [{ path: 'orders[1].id' }] });
  });

  it('knows what is paid for a skill that nobody had asked for, and forgets what was proposed on a site that is gone', () => {
    const lot = { site: 's1', home: false, labour: [] };
    const scenario = aScenario({
      sites: [aSite(), aSite({ id: 's2' })],
      previous: [{ order: 'o1', share: 1, start: 0, lots: [lot] }],
    });
    const wish = anOrder({ id: 'o2', needs: [{ skill: 'bamboo-weaving', hoursPerWeek: 10 }] });
    const varied = varyScenario(scenario, {
      without: ['s1'],
      orders: [wish],
      policy: { wageFen: { 'bamboo-weaving': 900 } },
    });
    if (!varied.ok) throw new Error(JSON.stringify(varied.problems));
    expect(varied.scenario).toMatchObject({
      previous: [],
      sites: [{ id: 's2' }],
      orders: [{ id: 'o1' }, { id: 'o2' }],
    });
    expect(varied.scenario.policy.wageFen).toEqual({ sewing: 1000, packing: 800, 'bamboo-weaving': 900 });
  });

  it('weighs fairness as often as asked: not at all, once, twice', () => {
    const scenario = aScenario({ policy: { wageFen: { sewing: 1000 }, fairness: [[0.2, 0.5]] } });
    const slopes = [0, 1, 2].map((weight) => weighFairness(scenario, weight).policy.fairness);
    expect(slopes).toEqual([[[0.2, 0]], [[0.2, 0.5]], [[0.2, 1]]]);
  });
});

describe('of several weights of fairness', () => {
  const point = (weight: number, valueFen: number, worstPerHeadFen: number) => ({
    ...{ weight, valueFen, worstPerHeadFen, worstTown: 't1', gini: null, lowIncomeShare: null, placed: 1 },
  });

  it('those that another beats in one and equals in the other are told', () => {
    const told = weighPoints([point(2, 80, 30), point(0, 100, 10), point(1, 80, 20)]);
    expect(told.map(({ weight, isDominated }) => [weight, isDominated])).toEqual([
      [0, false],
      [1, true],
      [2, false],
    ]);
  });

  it('none of two alike beats the other', () => {
    expect(weighPoints([point(0, 80, 30), point(1, 80, 30)]).map(({ isDominated }) => isDominated)).toEqual([
      false,
      false,
    ]);
  });
});
