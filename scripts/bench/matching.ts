// npm run bench -- matching [--size T|S|M] [--seeds N] [--json FILE]: the engine on seeded markets, against placing the orders one
// after another over the full lists, and against its own certified bound. Every plan is judged by the referee.
// With --exact small|T|bound [--seconds N] [--record FILE]: against HiGHS, by the whole problem as a mixed-integer program.

import { parseArgs } from 'node:util';
import { generateScenario, SCENARIO_SIZES } from '../../src/matching/engine/generate-scenario.ts';
import { checkPlan, match, parseScenario } from '../../src/matching/engine/index.ts';
import { compareBound, compareExactly, SMALL, type ExactFigures } from './matching/exact.ts';

const SIZES = {
  T: SCENARIO_SIZES.T,
  S: SCENARIO_SIZES.S,
  M: { towns: 200, sites: 1_500, workers: 80_000, orders: 5_000, weeks: 12 },
} as const;

interface Figures {
  size: string;
  seed: number;
  objectiveFen: number;
  overGreedy: number;
  gap: number | null;
  placed: number;
  orders: number;
  cpuSeconds: number;
  /** Wall seconds by stage. */
  stages: Record<string, number>;
  rssPeakMb: number;
  violations: number;
}

export async function run(): Promise<Figures[] | ExactFigures[]> {
  const { values } = parseArgs({
    allowPositionals: true,
    strict: false,
    options: {
      size: { type: 'string', default: 'S' },
      seeds: { type: 'string', default: '1' },
      exact: { type: 'string' },
      seconds: { type: 'string', default: '600' },
      record: { type: 'string' },
    },
  });
  const seeds = Number(values.seeds);
  if (values.exact === 'bound') {
    for (let seed = 1; seed <= seeds; seed++) await compareBound(seed);
    return [];
  }
  if (values.exact !== undefined) {
    const name = String(values.exact);
    const exactSize = { small: SMALL, T: SIZES.T }[name];
    if (exactSize === undefined) throw new Error(`--exact ${name}: small, T or bound`);
    const record = typeof values.record === 'string' ? values.record : undefined;
    return compareExactly(name, exactSize, seeds, Number(values.seconds), record);
  }
  const size = String(values.size);
  if (!(size in SIZES)) throw new Error(`--size ${size}: T, S or M`);
  const figures: Figures[] = [];
  for (let seed = 1; seed <= seeds; seed++) figures.push(measure(size as keyof typeof SIZES, seed));
  const mean = (of: (one: Figures) => number): number =>
    figures.reduce((sum, one) => sum + of(one), 0) / figures.length;
  console.log(
    `${size}, ${figures.length} seeds: over greedy ${percent(mean((one) => one.overGreedy))}, gap ${percent(mean((one) => one.gap ?? 0))}, CPU ${mean((one) => one.cpuSeconds).toFixed(1)} s`,
  );
  return figures;
}

function measure(size: keyof typeof SIZES, seed: number): Figures {
  const parsed = parseScenario(generateScenario(SIZES[size], seed));
  if (!parsed.ok) throw new Error('the generator made no scenario');
  const stages: Record<string, number> = {};
  let stage = 'compile';
  let since = performance.now();
  const before = process.cpuUsage();
  const plan = match(parsed.scenario, {
    onProgress: (progress) => {
      const now = performance.now();
      stages[stage] = (stages[stage] ?? 0) + (now - since) / 1000;
      stage = progress.stage;
      since = now;
    },
  });
  const { user, system } = process.cpuUsage(before);
  const figures: Figures = {
    size,
    seed,
    objectiveFen: plan.objectiveFen,
    overGreedy: plan.objectiveFen / plan.stats.greedyObjectiveFen - 1,
    gap: plan.gap,
    placed: plan.stats.ordersPlaced,
    orders: plan.stats.ordersTotal,
    cpuSeconds: (user + system) / 1e6,
    stages,
    rssPeakMb: process.resourceUsage().maxRSS / 1024,
    violations: checkPlan(parsed.scenario, plan).length,
  };
  console.log(
    `${size} seed ${seed}: ${figures.placed}/${figures.orders} placed, over greedy ${percent(figures.overGreedy)}, gap ${percent(figures.gap ?? 0)}, CPU ${figures.cpuSeconds.toFixed(1)} s, ${figures.rssPeakMb.toFixed(0)} MB, ${figures.violations} violations`,
  );
  return figures;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(2)} %`;
}
