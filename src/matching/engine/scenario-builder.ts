// Builders for tests: a small market in which everything fits, so that a test names only what it is about.

import { parseScenario } from './parse-scenario.ts';
import type { Scenario, ScenarioInput } from './scenario.ts';

type Input<List extends 'sites' | 'workers' | 'orders'> = ScenarioInput[List][number];

/** About a kilometre of latitude. */
export const KM = 1 / 111.19508;

export function aSite(changes: Partial<Input<'sites'>> = {}): Input<'sites'> {
  return {
    id: 's1',
    town: 't1',
    lng: 119,
    lat: 29,
    areaM2: 100,
    powerKw: 20,
    equipment: ['sewing-machine'],
    landUse: 'village-construction',
    from: 0,
    to: 8,
    rentFenPerM2Week: 100,
    star: 4,
    ...changes,
  };
}

export function aWorker(changes: Partial<Input<'workers'>> = {}): Input<'workers'> {
  return {
    id: 'w1',
    town: 't1',
    lng: 119,
    lat: 29,
    skills: ['sewing'],
    hoursPerWeek: 40,
    from: 0,
    to: 8,
    lowIncome: false,
    maxCommuteKm: 5,
    homeWork: false,
    star: 4,
    ...changes,
  };
}

export function anOrder(changes: Partial<Input<'orders'>> = {}): Input<'orders'> {
  return {
    id: 'o1',
    lng: 119,
    lat: 29,
    needs: [{ skill: 'sewing', hoursPerWeek: 40 }],
    durationWeeks: 2,
    release: 0,
    due: 6,
    areaM2: 50,
    powerKw: 5,
    equipment: ['sewing-machine'],
    landUse: ['village-construction'],
    marginFen: 100_000,
    transportFenPerKm: 1_000,
    maxLots: 1,
    homeWork: false,
    minStar: 0,
    minShare: 1,
    ...changes,
  };
}

/** Fairness is switched off, so that values can be counted by hand. */
export function aScenarioInput(changes: Partial<ScenarioInput> = {}): ScenarioInput {
  return {
    format: 'gongfang-scenario/1',
    asOf: '2026-11-21',
    weeks: 8,
    seed: 1,
    policy: { wageFen: { sewing: 1000, packing: 800 }, fairness: [] },
    towns: [{ id: 't1', population: 100 }],
    sites: [aSite()],
    workers: [aWorker()],
    orders: [anOrder()],
    ...changes,
  };
}

/** A parsed scenario; throws with its problems when the test built a wrong one. */
export function aScenario(changes: Partial<ScenarioInput> = {}): Scenario {
  const parsed = parseScenario(aScenarioInput(changes));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.scenario;
}
