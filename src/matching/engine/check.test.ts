import { describe, expect, it } from 'vitest';
import { checkPlan, match, parseScenario } from './index.ts';
import type { Plan, Scenario } from './index.ts';
import { aScenarioInput, aSite, aWorker, anOrder, KM } from './scenario-builder.ts';

/** Two orders in two lots each (one half at home), one of them pinned, one that finds no site, and people who stay idle. */
function buildCase(): { scenario: Scenario; plan: Plan } {
  const needs = [{ skill: 'sewing', hoursPerWeek: 40 }];
  const people = Array.from({ length: 8 }, (_, i) => aWorker({ id: `w${i}`, hoursPerWeek: 20, homeWork: true }));
  const input = aScenarioInput({
    policy: { wageFen: { sewing: 1000, packing: 800 }, changeFen: 500 },
    towns: [
      { id: 't1', population: 100 },
      { id: 't2', population: 50 },
    ],
    sites: [
      aSite({ areaM2: 30 }),
      aSite({ id: 's2', areaM2: 30, star: 3 }),
      aSite({ id: 'far', lat: 30, areaM2: 500 }),
      aSite({ id: 'bare', equipment: [] }),
      aSite({ id: 'field', landUse: 'farmland' }),
      aSite({ id: 'unrated', star: null }),
      aSite({ id: 'closing', to: 1 }),
    ],
    workers: [
      ...people,
      aWorker({ id: 'packer', skills: ['packing'] }),
      aWorker({ id: 'remote', lat: 29 + 7 * KM }),
      aWorker({ id: 'late', from: 6, town: 't2' }),
    ],
    orders: [
      anOrder({ id: 'o1', needs, maxLots: 2, minStar: 2, release: 1, due: 3 }),
      anOrder({ id: 'o2', needs, maxLots: 2, homeWork: true, minStar: 2 }),
      anOrder({ id: 'o3', equipment: ['loom'] }),
    ],
  });
  const first = match(parse(input));
  const pinned = first.placements.filter((placement) => placement.order === 'o1');
  const previous = first.placements.map((placement) => ({ ...placement, start: placement.start + 1 }));
  const scenario = parse({ ...input, pinned, previous });
  return { scenario, plan: match(scenario) };
}

function parse(json: unknown): Scenario {
  const parsed = parseScenario(json);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.scenario;
}

const { scenario, plan } = buildCase();
const placementOf = (tampered: Plan, order: string): Plan['placements'][number] => {
  const found = tampered.placements.find((placement) => placement.order === order);
  if (found === undefined) throw new Error(`${order} is not placed`);
  return found;
};
const lotOf = (tampered: Plan, order: string) => placementOf(tampered, order).lots[0]!;
const rowOf = (tampered: Plan, order: string) => lotOf(tampered, order).labour[0]!;

describe('the referee', () => {
  it('accepts the plan that is right', () => {
    expect(checkPlan(scenario, plan)).toEqual([]);
    expect(plan.placements.map((placement) => placement.order)).toEqual(['o1', 'o2']);
  });

  it.each<[string, string, (tampered: Plan) => void]>([
    ['an hour more', 'quantity', (p) => void (rowOf(p, 'o2').hoursPerWeek += 1)],
    ['half an hour', 'format', (p) => void (rowOf(p, 'o2').hoursPerWeek -= 0.5)],
    ['a worker who left', 'quantity', (p) => void lotOf(p, 'o2').labour.pop()],
    ['a worker without the skill', 'skill', (p) => void (rowOf(p, 'o2').worker = 'packer')],
    ['another skill in the row', 'quantity', (p) => void (rowOf(p, 'o2').skill = 'packing')],
    [
      'a worker who would travel too far',
      'commute',
      (p) => lotOf(p, 'o1').labour.forEach((row) => (row.worker = 'remote')),
    ],
    ['a worker who is not there yet', 'window', (p) => void (rowOf(p, 'o2').worker = 'late')],
    [
      'a worker beyond the weekly hours',
      'weekly-hours',
      (p) => p.placements.forEach((q) => q.lots.forEach((lot) => lot.labour.forEach((row) => (row.worker = 'w0')))),
    ],
    ['home hours in an on-site lot', 'home-work', (p) => void (rowOf(p, 'o1').home = true)],
    ['one lot of two at home', 'home-work', (p) => void (lotOf(p, 'o1').home = !lotOf(p, 'o1').home)],
    ['the same site twice', 'distinct-sites', (p) => void (placementOf(p, 'o1').lots[1]!.site = lotOf(p, 'o1').site)],
    ['three lots', 'quantity', (p) => void placementOf(p, 'o2').lots.push(structuredClone(lotOf(p, 'o2')))],
    ['a share that is not offered', 'quantity', (p) => void (placementOf(p, 'o2').share = 0.5)],
    ['a start before release', 'window', (p) => void (placementOf(p, 'o1').start = 0)],
    ['an end after due', 'window', (p) => void (placementOf(p, 'o2').start = 5)],
    ['a site without the machine', 'equipment', (p) => void (lotOf(p, 'o2').site = 'bare')],
    ['a site on farmland', 'land-use', (p) => void (lotOf(p, 'o2').site = 'field')],
    ['a site that closes before the end', 'window', (p) => void (lotOf(p, 'o2').site = 'closing')],
    ['a site without a star', 'star', (p) => void (lotOf(p, 'o2').site = 'unrated')],
    ['a site that others fill', 'area', (p) => p.placements.forEach((q) => ((q.start = 1), (q.lots[0]!.site = 's1')))],
    ['an order placed twice', 'quantity', (p) => void p.placements.push(structuredClone(placementOf(p, 'o2')))],
    ['an order nobody posted', 'reference', (p) => void (placementOf(p, 'o2').order = 'o9')],
    ['a worker nobody knows', 'reference', (p) => void (rowOf(p, 'o2').worker = 'w99')],
    ['a pin that moved', 'pinned', (p) => void (rowOf(p, 'o1').worker = rowOf(p, 'o1').worker === 'w7' ? 'w6' : 'w7')],
    ['a pin that is gone', 'pinned', (p) => void (p.placements = p.placements.filter((q) => q.order !== 'o1'))],
    ['a better objective', 'money', (p) => void (p.objectiveFen += 1)],
    ['a fen moved between terms', 'money', (p) => ((p.breakdown.site += 1), (p.breakdown.labour -= 1))],
    ['no cost of change', 'money', (p) => ((p.objectiveFen -= p.breakdown.change), (p.breakdown.change = 0))],
    ['a placement that boasts', 'money', (p) => void (placementOf(p, 'o2').valueFen += 1)],
    ['a bound below the plan', 'money', (p) => void (p.boundFen = p.objectiveFen - 1)],
    ['a smaller gap', 'money', (p) => void (p.gap = -0.5)],
    ['a town with more income', 'money', (p) => void (p.fairness.towns[1]!.incomeFen += 100)],
    ['a flattering Gini', 'money', (p) => void (p.fairness.gini = 0)],
    ['another worst town', 'money', (p) => void (p.fairness.worstTown = 't1')],
    [
      'an order that nobody explains',
      'account',
      (p) => void (p.unmatched = p.unmatched.filter((entry) => !('order' in entry))),
    ],
    [
      'a used worker called idle',
      'account',
      (p) =>
        void p.unmatched.push({
          ...structuredClone(p.unmatched.find((e) => 'worker' in e)!),
          worker: rowOf(p, 'o1').worker,
        }),
    ],
    [
      'a hint that starts from another value',
      'account',
      (p) => p.unmatched.forEach((entry) => entry.nearMiss.forEach((hint) => (hint.change.from = 'x'))),
    ],
    ['another count of people', 'account', (p) => void (p.stats.workersUsed += 1)],
    ['another scenario', 'format', (p) => void (p.inputHash = '0'.repeat(64))],
    ['another format', 'format', (p) => void ((p as { format: string }).format = 'gongfang-plan/2')],
  ])('catches %s', (_, rule, tamper) => {
    const tampered = structuredClone(plan);
    tamper(tampered);
    expect(checkPlan(scenario, tampered).map((violation) => violation.rule)).toContain(rule);
  });

  it('refuses what is no plan at all', () => {
    for (const nothing of [null, {}, [], 'plan', { ...plan, placements: null }]) {
      expect(checkPlan(scenario, nothing).length).toBeGreaterThan(0);
    }
  });
});
