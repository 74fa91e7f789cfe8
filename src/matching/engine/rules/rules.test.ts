import { describe, expect, it } from 'vitest';
import { match } from '../index.ts';
import type { RuleId, Scenario } from '../index.ts';
import { aScenario, aSite, aWorker, anOrder, KM } from '../scenario-builder.ts';
import { areaRule } from './area.ts';
import { commuteRule } from './commute.ts';
import { consentRule } from './consent.ts';
import { standsOnDistinctSites } from './distinct-sites.ts';
import { equipmentRule } from './equipment.ts';
import { kindOfExcluded } from './exclusion.ts';
import { homeWorkRule } from './home-work.ts';
import { landUseRule } from './land-use.ts';
import { lawRule } from './law.ts';
import { powerRule } from './power.ts';
import { rectificationRule } from './rectification.ts';
import type { SiteRule, WorkerRule } from './rule.ts';
import { skillRule } from './skill.ts';
import { starRule } from './star.ts';
import { weeklyHoursRule } from './weekly-hours.ts';
import { siteWindowRule, workerWindowRule } from './window.ts';

/** Asks a rule about the first order, site and worker of a scenario. */
function holds(rule: SiteRule | WorkerRule, scenario: Scenario, { start = 0, home = false } = {}): boolean {
  const [order] = scenario.orders;
  const [site] = scenario.sites;
  const [worker] = scenario.workers;
  if (!order || !site || !worker) throw new Error('the scenario needs an order, a site and a worker');
  return rule.holds({ scenario, order, site, worker, start, home, skill: order.needs[0]?.skill ?? '', lot: order });
}

/** Runs the market and returns what it says of the only order: rules, and the hint on one field. */
function explain(scenario: Scenario, field: string) {
  const entry = match(scenario, { moves: 0 }).unmatched.find((other) => 'order' in other);
  return {
    cause: entry?.cause,
    rules: (entry?.rules ?? []).map(({ rule }): RuleId => rule),
    account: (rule: RuleId) => entry?.rules.find((other) => other.rule === rule),
    change: entry?.nearMiss.map(({ change }) => change).find((change) => change.field === field),
  };
}

describe('equipment', () => {
  it('asks for every kind the order lists, and shares machines freely', () => {
    expect(holds(equipmentRule, aScenario())).toBe(true);
    expect(holds(equipmentRule, aScenario({ orders: [anOrder({ equipment: [] })] }))).toBe(true);
    expect(holds(equipmentRule, aScenario({ orders: [anOrder({ equipment: ['sewing-machine', 'iron'] })] }))).toBe(
      false,
    );
  });

  it('tells what is missing, and that the site with it would do', () => {
    const scenario = aScenario({ orders: [anOrder({ equipment: ['sewing-machine', 'iron'] })] });
    const { cause, account, change } = explain(scenario, 'equipment');
    expect(cause).toBe('rule');
    expect(account('equipment')).toMatchObject({
      required: ['sewing-machine', 'iron'],
      best: ['sewing-machine'],
      candidatesRemoved: 5,
    });
    expect(change).toMatchObject({ target: 'order', from: ['sewing-machine', 'iron'], to: ['sewing-machine'] });
  });
});

describe('land use', () => {
  it('takes only land in the order’s list; an empty list accepts any', () => {
    expect(holds(landUseRule, aScenario({ orders: [anOrder({ landUse: [] })] }))).toBe(true);
    expect(holds(landUseRule, aScenario({ orders: [anOrder({ landUse: ['homestead'] })] }))).toBe(false);
  });

  it('hints that the order could accept more, never that land could change its class', () => {
    const { rules, change } = explain(aScenario({ orders: [anOrder({ landUse: ['homestead'] })] }), 'landUse');
    expect(rules).toContain('land-use');
    expect(change).toMatchObject({ target: 'order', to: ['homestead', 'village-construction'] });
  });
});

describe('star', () => {
  it('fails an unknown star whenever any is asked, and none when none is', () => {
    const unrated = [aSite({ star: null })];
    expect(holds(starRule, aScenario({ sites: unrated }))).toBe(true);
    expect(holds(starRule, aScenario({ sites: unrated, orders: [anOrder({ minStar: 0.5 })] }))).toBe(false);
    expect(holds(starRule, aScenario({ orders: [anOrder({ minStar: 4.0000005 })] }))).toBe(true);
    expect(holds(starRule, aScenario({ orders: [anOrder({ minStar: 4.1 })] }))).toBe(false);
  });

  it('hints at the highest star that is really there', () => {
    const sites = [aSite({ star: 3 }), aSite({ id: 's2', star: 4.5 })];
    expect(explain(aScenario({ sites, orders: [anOrder({ minStar: 5 })] }), 'minStar').change).toMatchObject({
      from: 5,
      to: 4.5,
    });
  });
});

describe('area and power', () => {
  it('hold up to the tolerance', () => {
    expect(holds(areaRule, aScenario({ orders: [anOrder({ areaM2: 100.0000009 })] }))).toBe(true);
    expect(holds(areaRule, aScenario({ orders: [anOrder({ areaM2: 100.1 })] }))).toBe(false);
    expect(holds(powerRule, aScenario({ orders: [anOrder({ powerKw: 20.1 })] }))).toBe(false);
  });

  it('hint at the square metres and kilowatts that are missing, of the order and of the site', () => {
    const large = explain(aScenario({ orders: [anOrder({ areaM2: 112 })] }), 'areaM2');
    expect(large.account('area')).toMatchObject({ required: 112, best: 100, unit: 'm²', candidatesRemoved: 5 });
    const changes = match(aScenario({ orders: [anOrder({ areaM2: 112 })] })).unmatched[0]?.nearMiss.map(
      ({ change }) => change,
    );
    expect(changes).toContainEqual({ target: 'order', id: 'o1', field: 'areaM2', from: 112, to: 100, unit: 'm²' });
    expect(changes).toContainEqual({ target: 'site', id: 's1', field: 'areaM2', from: 100, to: 112, unit: 'm²' });
    expect(explain(aScenario({ orders: [anOrder({ powerKw: 22.5 })] }), 'powerKw').change).toMatchObject({ to: 20 });
  });
});

describe('time window', () => {
  it('holds the whole run, week by week, half-open', () => {
    const scenario = aScenario({ sites: [aSite({ from: 2, to: 4 })], workers: [aWorker({ from: 2, to: 4 })] });
    for (const rule of [siteWindowRule, workerWindowRule]) {
      expect([0, 1, 2, 3].map((start) => holds(rule, scenario, { start }))).toEqual([false, false, true, false]);
    }
  });

  it('hints at a later due week when the order’s own window is too short', () => {
    const { cause, account, change } = explain(aScenario({ orders: [anOrder({ durationWeeks: 5, due: 3 })] }), 'due');
    expect(cause).toBe('rule');
    expect(account('window')).toMatchObject({ required: 5, best: 3, unit: 'week' });
    expect(change).toMatchObject({ from: 3, to: 5, unit: 'week' });
  });

  it('hints at an earlier release when the site closes too early', () => {
    const scenario = aScenario({ sites: [aSite({ to: 4 })], orders: [anOrder({ release: 3 })] });
    expect(explain(scenario, 'release').change).toMatchObject({ from: 3, to: 2 });
    expect(explain(scenario, 'to').change).toMatchObject({ target: 'site', from: 4, to: 5 });
  });
});

describe('skill', () => {
  it('is held or not', () => {
    expect(holds(skillRule, aScenario())).toBe(true);
    expect(holds(skillRule, aScenario({ workers: [aWorker({ skills: ['packing'] })] }))).toBe(false);
  });

  it('tells the hours that are missing, and who could learn it', () => {
    const { account, change } = explain(aScenario({ workers: [aWorker({ skills: ['packing'] })] }), 'skills');
    expect(account('skill')).toMatchObject({ required: 40, best: 0, candidatesRemoved: 1 });
    expect(change).toMatchObject({ target: 'worker', id: 'w1', to: ['packing', 'sewing'] });
  });
});

describe('commute', () => {
  it('binds the way to on-site work, not to work at home', () => {
    const scenario = aScenario({ workers: [aWorker({ lat: 29 + 6 * KM })] });
    expect(holds(commuteRule, scenario)).toBe(false);
    expect(holds(commuteRule, scenario, { home: true })).toBe(true);
  });

  it('hints at the kilometres that would do, to the next hundred metres', () => {
    const { account, change } = explain(aScenario({ workers: [aWorker({ lat: 29 + 6.94 * KM })] }), 'maxCommuteKm');
    expect(account('commute')).toMatchObject({ required: 7, best: 5, unit: 'km', candidatesRemoved: 1 });
    expect(change).toMatchObject({ target: 'worker', id: 'w1', from: 5, to: 7, unit: 'km' });
  });
});

describe('home work', () => {
  it('needs the order, the worker and the distance', () => {
    const allowed = { orders: [anOrder({ homeWork: true })] };
    const at = (changes: Parameters<typeof aWorker>[0]): Scenario =>
      aScenario({ ...allowed, workers: [aWorker(changes)] });
    expect(holds(homeWorkRule, at({ homeWork: true, lat: 29 + 7.9 * KM }), { home: true })).toBe(true);
    expect(holds(homeWorkRule, at({ homeWork: true, lat: 29 + 8.1 * KM }), { home: true })).toBe(false);
    expect(holds(homeWorkRule, at({ homeWork: false }), { home: true })).toBe(false);
    expect(holds(homeWorkRule, aScenario({ workers: [aWorker({ homeWork: true })] }), { home: true })).toBe(false);
  });

  it('hints that half the work done at home would fit the room', () => {
    const scenario = aScenario({ sites: [aSite({ areaM2: 30 })], workers: [aWorker({ homeWork: true })] });
    expect(explain(scenario, 'homeWork').change).toMatchObject({ target: 'order', from: false, to: true });
  });
});

describe('weekly hours', () => {
  it('asks for whole hours', () => {
    expect(holds(weeklyHoursRule, aScenario({ workers: [aWorker({ hoursPerWeek: 1 })] }))).toBe(true);
    expect(holds(weeklyHoursRule, aScenario({ workers: [aWorker({ hoursPerWeek: 0.9 })] }))).toBe(false);
  });

  it('hints at fewer hours of the skill, a part of the quantity, or more hours of a worker', () => {
    const scenario = aScenario({ workers: [aWorker({ hoursPerWeek: 30 })] });
    const { account } = explain(scenario, 'needs');
    expect(account('weekly-hours')).toMatchObject({ required: 40, best: 30, unit: 'h/week', candidatesRemoved: 1 });
    expect(explain(scenario, 'needs').change).toMatchObject({ to: [{ skill: 'sewing', hoursPerWeek: 30 }] });
    expect(explain(scenario, 'minShare').change).toMatchObject({ from: 1, to: 0.75 });
    expect(explain(scenario, 'hoursPerWeek').change).toMatchObject({ target: 'worker', from: 30, to: 40 });
  });
});

describe('distinct sites', () => {
  it('keeps the lots of an order apart', () => {
    const lot = { site: 's1', home: false, labour: [] };
    expect(standsOnDistinctSites({ order: 'o1', share: 1, start: 0, lots: [lot, { ...lot, site: 's2' }] })).toBe(true);
    expect(standsOnDistinctSites({ order: 'o1', share: 1, start: 0, lots: [lot, lot] })).toBe(false);
  });

  it('hints at more lots when small sites could take the order together', () => {
    const sites = ['s1', 's2'].map((id) => aSite({ id, areaM2: 25 }));
    expect(explain(aScenario({ sites }), 'maxLots').change).toMatchObject({ from: 1, to: 2 });
  });
});

describe('law, consent and rectification', () => {
  it('are settled before the round; what they left out is a worker or a site unless the scenario says otherwise', () => {
    for (const { id, kind } of [lawRule, consentRule, rectificationRule]) {
      expect(kindOfExcluded({ id: 'x', rule: id })).toBe(kind);
      expect(kindOfExcluded({ id: 'x', rule: id, kind: 'order' })).toBe('order');
    }
  });
});
