// The engine alone, with nothing else up: `npm run match -- scenario.json [--moves N] [--seed N] [--out plan.json] [--json]`.
// For developers, for a dispute, for a third party. Exit code 0: a plan, recounted by the referee. 1: the referee objects.
// 2: the scenario or the command is wrong, all problems told.

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkPlan, match, parseScenario } from '../src/matching/engine/index.ts';
import type { MatchProgress, Plan, Scenario, UnmatchedEntry } from '../src/matching/engine/index.ts';

const USAGE = 'npm run match -- scenario.json [--moves N] [--seed N] [--out plan.json] [--json]';
const TELLING_COUNT = 5;
const TOWNS_SHOWN = 30;

interface Command {
  file: string;
  moves: number | undefined;
  seed: number | undefined;
  out: string | undefined;
  json: boolean;
}

process.exitCode = run();

function run(): number {
  const command = readCommand();
  if (typeof command === 'string') return complain([command, USAGE]);
  const read = readJson(command.file);
  if ('refusal' in read) return complain([read.refusal]);
  const parsed = parseScenario(read.json);
  if (!parsed.ok) {
    return complain([
      `场景有 ${parsed.problems.length} 个问题 / ${parsed.problems.length} problems in the scenario:`,
      ...parsed.problems.map(({ path, message }) => `  ${path || '(file)'}: ${message.zh} / ${message.en}`),
    ]);
  }
  const { scenario } = parsed;
  const plan = match(scenario, {
    moves: command.moves,
    seed: command.seed,
    ...(process.stderr.isTTY ? { onProgress: showProgress } : {}),
  });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  if (command.out !== undefined) {
    try {
      writeFileSync(command.out, `${JSON.stringify(plan, null, 2)}\n`);
    } catch (cause) {
      return complain([`无法写入 / cannot write ${command.out}: ${describeError(cause)}`]);
    }
  }
  if (command.json) process.stdout.write(`${JSON.stringify(plan)}\n`);
  else for (const line of summarize(scenario, plan)) console.log(line);
  const violations = checkPlan(scenario, plan);
  if (violations.length === 0) {
    if (!command.json) console.log('\n复核通过 / the referee accepts the plan');
    return 0;
  }
  console.error(`\n复核发现 ${violations.length} 处问题 / the referee objects:`);
  for (const { rule, path, message } of violations) console.error(`  [${rule}] ${path}: ${message.zh} / ${message.en}`);
  return 1;
}

/** The command line as a command, or the sentence that says what is wrong with it. */
function readCommand(): Command | string {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        moves: { type: 'string' },
        seed: { type: 'string' },
        out: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const [file, ...others] = positionals;
    if (file === undefined || others.length > 0) return '请给出一个场景文件 / give one scenario file';
    const moves = readWhole(values.moves, 100_000_000);
    const seed = readWhole(values.seed, 4_294_967_295);
    if (moves === null) return `--moves ${values.moves}: 应为非负整数 / must be a whole number`;
    if (seed === null)
      return `--seed ${values.seed}: 应为 0 至 4294967295 的整数 / must be a whole number up to 4294967295`;
    return { file, moves, seed, out: values.out, json: values.json };
  } catch (cause) {
    return describeError(cause);
  }
}

function readWhole(written: string | undefined, max: number): number | undefined | null {
  if (written === undefined) return undefined;
  const value = Number(written);
  return /^\d+$/.test(written) && value <= max ? value : null;
}

function readJson(file: string): { json: unknown } | { refusal: string } {
  try {
    return { json: JSON.parse(readFileSync(file, 'utf8')) as unknown };
  } catch (cause) {
    return { refusal: `无法读取 / cannot read ${file}: ${describeError(cause)}` };
  }
}

function complain(lines: string[]): number {
  for (const line of lines) console.error(line);
  return 2;
}

function describeError(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

let shownAt = 0;
function showProgress({ stage, done, of }: MatchProgress): void {
  const now = Date.now();
  if (now - shownAt < 100) return;
  shownAt = now;
  process.stderr.write(`\r\u001b[K${stage} ${done}/${of}`);
}

function summarize(scenario: Scenario, plan: Plan): string[] {
  const { stats, breakdown, fairness } = plan;
  const open = plan.unmatched.filter(
    (entry) => 'order' in entry && scenario.orders.some((order) => order.id === entry.order),
  );
  const byCause = (cause: UnmatchedEntry['cause']): number => open.filter((entry) => entry.cause === cause).length;
  const gained = plan.objectiveFen - stats.greedyObjectiveFen;
  return [
    `共富工坊匹配方案 / matching plan  (${plan.engine}, seed ${plan.seed}, ${stats.movesDone}/${stats.moves} moves)`,
    `输入指纹 / input hash  ${plan.inputHash}`,
    '',
    `订单 / orders      已安排 ${stats.ordersPlaced} placed / 共 ${stats.ordersTotal} in all`,
    `                   未安排 / not placed: 规则 rule ${byCause('rule')} · 竞争 competition ${byCause('competition')} · 不值 not worth ${byCause('not-worth')}`,
    `人与场地 / people  ${stats.workersUsed} 人 workers · ${stats.hoursTotal} 小时 hours · ${stats.sitesUsed} 处场地 sites`,
    `目标值 / value     ${yuan(plan.objectiveFen)} 元 yuan (比贪心 over greedy ${gained >= 0 ? '+' : ''}${yuan(gained)})`,
    `上界 / bound       ${yuan(plan.boundFen)} 元 yuan, 差距 gap ${percent(plan.gap)}`,
    `构成 / breakdown   订单 order ${yuan(breakdown.order)} · 场地 site ${yuan(breakdown.site)} · 劳动 labour ${yuan(breakdown.labour)} · 均衡 fairness ${yuan(breakdown.fairness)} · 变更 change ${yuan(breakdown.change)}`,
    '',
    `乡镇工资收入 / wage income by town  (Gini ${fairness.gini === null ? '–' : fairness.gini.toFixed(3)}, 最低 worst ${fairness.worstTown ?? '–'}, 低收入农户占 low-income share ${percent(fairness.lowIncomeShare)})`,
    ...fairness.towns
      .slice(0, TOWNS_SHOWN)
      .map(
        ({ town, incomeFen, perHeadFen }) =>
          `  ${town.padEnd(14)} ${yuan(incomeFen).padStart(14)} 元, 人均 per head ${perHeadFen === null ? '–' : yuan(perHeadFen)}`,
      ),
    ...(fairness.towns.length > TOWNS_SHOWN ? [`  … ${fairness.towns.length - TOWNS_SHOWN} more`] : []),
    '',
    '最说明问题的说明 / most telling explanations',
    ...pickTelling(plan, open).flatMap((lines, position) => [
      `${position + 1}. ${lines[0]}`,
      ...lines.slice(1).map((line) => `   ${line}`),
    ]),
  ];
}

/** Open orders with hints first (one of each cause), then the placement of highest value. */
function pickTelling(plan: Plan, open: readonly UnmatchedEntry[]): string[][] {
  const telling = [...open].sort((a, b) => Number(b.nearMiss.length > 0) - Number(a.nearMiss.length > 0));
  const firstOfCause = telling.filter((entry, at) => telling.findIndex((other) => other.cause === entry.cause) === at);
  const chosen = [...firstOfCause, ...telling.filter((entry) => !firstOfCause.includes(entry))].slice(
    0,
    TELLING_COUNT - 1,
  );
  const told = chosen.map((entry) => [
    `未安排 / not placed: ${'order' in entry ? entry.order : ''} (${entry.cause})`,
    ...entry.reasons.flatMap(({ zh, en }) => [zh, en]),
    ...entry.nearMiss.slice(0, 2).flatMap(({ text }) => [`→ ${text.zh}`, `  ${text.en}`]),
  ]);
  const best = [...plan.placements].sort((a, b) => b.valueFen - a.valueFen).slice(0, TELLING_COUNT - told.length);
  const placed = best.map((placement) => [
    `已安排 / placed: ${placement.order} → ${placement.lots.map((lot) => lot.site).join(', ')} (${yuan(placement.valueFen)} 元)`,
    ...placement.reasons
      .filter(({ term, share }) => term === 'where' || term === 'who' || (share !== null && Math.abs(share) >= 0.1))
      .flatMap(({ text }) => [`${text.zh} / ${text.en}`]),
  ]);
  return [...told, ...placed];
}

function yuan(fen: number): string {
  return (Math.round(fen) / 100).toFixed(2);
}

function percent(ratio: number | null): string {
  return ratio === null ? '–' : `${(ratio * 100).toFixed(2)} %`;
}
