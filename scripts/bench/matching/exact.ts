// The engine beside HiGHS, which proves what it finds. In: seeded markets small enough for that. Out: how far the plans stay
// below the proven optimum, how far the engine's bound lies above the linear program's, and CPU seconds of both.

import { writeFile } from 'node:fs/promises';
import highsModule from 'highs';
import { checkPlacements, countPlan } from '../../../src/matching/engine/check.ts';
import { generateScenario } from '../../../src/matching/engine/generate-scenario.ts';
import type { ScenarioSize } from '../../../src/matching/engine/generate-scenario.ts';
import { match, parseScenario } from '../../../src/matching/engine/index.ts';
import type { Scenario } from '../../../src/matching/engine/index.ts';
import { writeExactModel } from './exact-model.ts';

/** Its types are those of a CommonJS module; what Node loads is an ES module, whose default is the loader itself. */
const loadHighs = highsModule as unknown as (typeof highsModule)['default'];

/** Small enough for a proof within seconds. */
export const SMALL: ScenarioSize = { towns: 2, sites: 4, workers: 60, orders: 8, weeks: 6 };
/** A tenth of a county. */
export const TENTH: ScenarioSize = { towns: 2, sites: 15, workers: 800, orders: 50, weeks: 12 };
/** A plan whose figure is within this share of the proven one is the same plan, but for the tolerances of HiGHS. */
const SAME = 1e-6;

export interface ExactFigures {
  seed: number;
  isProven: boolean;
  /** The best that HiGHS found, recounted by the referee; the optimum when proven. */
  foundFen: number;
  /** No plan is worth more, says HiGHS. */
  limitFen: number;
  objectiveFen: number;
  boundFen: number;
  /** Of the plan to the optimum. */
  gap: number;
  highsCpu: number;
  engineCpu: number;
}

/** `secondsMax` is wall time, for each market. `record`: where proven optima are written for the engine's tests. */
export async function compareExactly(
  name: string,
  size: ScenarioSize,
  seeds: number,
  secondsMax: number,
  record: string | undefined,
): Promise<ExactFigures[]> {
  const all: ExactFigures[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const scenario = makeScenario(size, seed);
    const [plan, engineCpu] = timed(() => match(scenario));
    const { foundFen, limitFen, isProven, cpu } = await solve(scenario, secondsMax);
    // Where nothing can be placed both are 0.
    const gap = foundFen === 0 ? 0 : 1 - plan.objectiveFen / foundFen;
    if (plan.objectiveFen > limitFen * (1 + SAME))
      throw new Error(`seed ${seed}: better than what is proven impossible`);
    if (plan.boundFen < foundFen * (1 - SAME)) throw new Error(`seed ${seed}: the bound lies below a plan`);
    all.push({
      seed,
      isProven,
      foundFen,
      limitFen,
      objectiveFen: plan.objectiveFen,
      boundFen: plan.boundFen,
      gap,
      highsCpu: cpu,
      engineCpu,
    });
    console.log(
      `${name} seed ${seed}: ${isProven ? 'optimum' : `HiGHS ended ${percent(limitFen / foundFen - 1)} short of a proof;`} plan ${percent(gap)} below ${isProven ? 'it' : 'its best'}, bound ${foundFen === 0 ? 'any' : percent(plan.boundFen / foundFen - 1)} above, CPU ${engineCpu.toFixed(2)} s : ${cpu.toFixed(1)} s`,
    );
  }
  const proven = all.filter(({ isProven }) => isProven);
  const sum = (of: (one: ExactFigures) => number): number => proven.reduce((total, one) => total + of(one), 0);
  console.log(
    `${name}: ${proven.length} of ${all.length} proven; mean gap ${percent(sum(({ gap }) => gap) / proven.length)}, worst ${percent(Math.max(...proven.map(({ gap }) => gap)))}; CPU 1 : ${(sum(({ highsCpu }) => highsCpu) / sum(({ engineCpu }) => engineCpu)).toFixed(1)}`,
  );
  if (record !== undefined) {
    const optima = proven.map(({ seed, foundFen }) => [seed, Math.round(foundFen)]);
    await writeFile(
      record,
      `${JSON.stringify({ size, optimaFen: Object.fromEntries(optima) as unknown }, undefined, 2)}\n`,
    );
  }
  return all;
}

/** The optimum of the linear program, whole numbers left out, beside the engine's bound. */
export async function compareBound(seed: number): Promise<void> {
  const scenario = makeScenario(TENTH, seed);
  const [plan, engineCpu] = timed(() => match(scenario, { moves: 1 }));
  const model = writeExactModel(scenario, true);
  const highs = await loadHighs();
  const [solution, cpu] = timed(() =>
    highs.solve(model.text, { solver: 'ipm', run_crossover: 'off', output_flag: false }),
  );
  const limitFen = 100 * solution.ObjectiveValue;
  console.log(
    `a tenth of a county, seed ${seed}: ${solution.Status}; the engine's bound is ${percent(plan.boundFen / limitFen - 1)} above the linear program's, CPU ${engineCpu.toFixed(2)} s : ${cpu.toFixed(1)} s`,
  );
}

async function solve(
  scenario: Scenario,
  secondsMax: number,
): Promise<{ foundFen: number; limitFen: number; isProven: boolean; cpu: number }> {
  const model = writeExactModel(scenario, false);
  const highs = await loadHighs();
  return highs.withModel({ format: 'lp', data: model.text }, (solver) => {
    solver.options.set({ output_flag: false, mip_rel_gap: 0, mip_abs_gap: 0.005, time_limit: secondsMax });
    const [, cpu] = timed(() => solver.run());
    const { colValue } = solver.getSolution();
    const decisions = model.read((name) => colValue[solver.getColByName(name)] ?? 0);
    // HiGHS is asked for a plan, not for a number: the referee judges and counts it.
    const violations = checkPlacements(scenario, decisions);
    if (violations.length > 0) throw new Error(`the model allows what the rules forbid: ${violations[0]?.path}`);
    return {
      foundFen: countPlan(scenario, decisions).objectiveFen,
      limitFen: 100 * Number(solver.info.get('mip_dual_bound')),
      isProven: solver.getModelStatus() === highs.constants.modelStatus.optimal,
      cpu,
    };
  });
}

function makeScenario(size: ScenarioSize, seed: number): Scenario {
  const parsed = parseScenario(generateScenario(size, seed));
  if (!parsed.ok) throw new Error('the generator made no scenario');
  return parsed.scenario;
}

/** CPU seconds, not wall: the machine may be shared. */
function timed<T>(act: () => T): [T, number] {
  const before = process.cpuUsage();
  const result = act();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1e6];
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(2)} %`;
}
