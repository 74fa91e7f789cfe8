// `npm run prove -- bite`: tests are worth what they catch. Each bug takes one guard away (a constraint, policy, trigger, grant or
// lock, by the catalogue of the database; a check, by a list of places in the code), in a copy of the tree and a copy of the
// database; then the tests that answer for it are run. Claims: a test turns red for each, and is green without it.

import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import {
  databaseUrl,
  nameDatabase,
  onServer,
  startPostgresLane,
  type PostgresLane,
} from '../../test/support/postgres-lane.ts';
import { groupBy } from '../../src/platform/group-by.ts';
import { drawsFromSeed } from '../../src/vocabulary/seeded-draws.ts';
import type { ProofOptions, ProofResult } from '../prove.ts';
import { readDatabaseBugs, type DatabaseBug } from './bite/database-bugs.ts';
import { noVerdict, runTests, type Verdict } from './bite/run-tests.ts';
import { sourceBugs, type SourceBug } from './bite/source-bugs.ts';

const CI_SIZE = 20;
const root = fileURLToPath(new URL('../../', import.meta.url));

interface Bug {
  kind: string;
  name: string;
  tests: readonly string[];
  named?: string;
  /** The rows that a hook writes may meet it before any test does. Code that does not even load is no catch. */
  isMetByHooks: boolean;
  /** Runs its tests with the bug in `tree`, and takes it out again. */
  bite(tree: string): Promise<Verdict>;
}

interface Bite {
  bug: Bug;
  isCaught: boolean;
  isByHook: boolean;
  /** The test that noticed, or why nothing can be said. */
  by: string;
}

interface Proof extends ProofResult {
  catalogue: Record<string, number>;
  bites: { kind: string; name: string; isCaught: boolean; by: string }[];
}

export async function run({ full, seed }: ProofOptions): Promise<Proof> {
  const postgres = await startPostgresLane();
  const trees: string[] = [];
  try {
    const lane = postgres.address;
    const bugs = [...(await fromCatalogue(lane)), ...fromSource(lane)];
    const chosen = full ? bugs : choose(bugs, seed, CI_SIZE);
    console.log(`${bugs.length} bugs in the catalogue, ${chosen.length} of them now`);
    for (let at = 0; at < Math.min(4, availableParallelism()); at++) trees.push(await copyTree());
    const bites = await biteAll(chosen, trees);
    await withoutBugs(bites, lane, trees);
    const failed = bites.filter(({ isCaught }) => !isCaught).length;
    return {
      catalogue: countByKind(bugs),
      bites: bites.map(({ bug: { kind, name }, isCaught, by }) => ({ kind, name, isCaught, by })),
      passed: bites.length - failed,
      failed,
    };
  } finally {
    for (const tree of trees) await rm(tree, { recursive: true, force: true });
    await postgres.stop();
  }
}

/** From each kind in turn, so that the many of one kind do not crowd out the few of another. */
function choose(bugs: readonly Bug[], seed: number, count: number): Bug[] {
  const draws = drawsFromSeed(seed);
  const shuffled = bugs.map((bug) => ({ bug, place: draws.next() })).sort((one, other) => one.place - other.place);
  const kinds = groupBy(
    shuffled.map(({ bug }) => bug),
    ({ kind }) => kind,
  );
  const turns = [...kinds.values()].flatMap((ofKind) => ofKind.map((bug, turn) => ({ bug, turn })));
  return turns
    .sort((one, other) => one.turn - other.turn)
    .slice(0, count)
    .map(({ bug }) => bug);
}

function countByKind(bugs: readonly Bug[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of bugs) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** What can be edited without touching the working tree. */
async function copyTree(): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), 'gongfang-bite-'));
  const left = new Set(['node_modules', '.git', '.gongfang', 'dist', 'coverage'].map((name) => join(root, name)));
  await cp(root, tree, { recursive: true, filter: (source) => !left.has(source) });
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'), 'junction');
  return tree;
}

async function biteAll(bugs: readonly Bug[], trees: readonly string[]): Promise<Bite[]> {
  const waiting = [...bugs];
  const bites: Bite[] = [];
  const biteOn = async (tree: string) => {
    for (let bug = waiting.shift(); bug; bug = waiting.shift()) {
      const verdict = await bug.bite(tree);
      // A hook that ran out of patience is no verdict: on a busy machine it may be nobody's fault.
      const isOpen = verdict.failed.length === 0 && (verdict.broken.length > 0 || verdict.trouble !== undefined);
      const bite = judge(bug, isOpen ? await bug.bite(tree) : verdict);
      bites.push(bite);
      console.log(
        `${bite.isCaught ? 'caught' : 'MISSED'} ${bites.length}/${bugs.length} ${bug.kind}: ${bug.name}\n         ${bite.by}`,
      );
    }
  };
  await Promise.all(trees.map(biteOn));
  return bites;
}

function judge(bug: Bug, { passed, failed, broken, trouble }: Verdict): Bite {
  const [test] = failed;
  if (test !== undefined) return { bug, isCaught: true, isByHook: false, by: test };
  const [hook] = broken;
  const isByHook = trouble === undefined && hook !== undefined && bug.isMetByHooks;
  const silent = `${passed.length} tests passed: ${bug.tests.join(', ')}${bug.named ? ` named “${bug.named}”` : ''}`;
  return { bug, isCaught: isByHook, isByHook, by: trouble ?? hook ?? silent };
}

/** The same tests on the tree as it is: one that is red without any bug has caught nothing. */
async function withoutBugs(bites: readonly Bite[], lane: PostgresLane, trees: readonly string[]): Promise<void> {
  const caught = bites.filter(({ isCaught }) => isCaught);
  const waiting = [...groupBy(caught, ({ bug }) => bug.named)];
  let passed = 0;
  const runOn = async (tree: string) => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [named, alike] = next;
      const files = [...new Set(alike.flatMap(({ bug }) => bug.tests))];
      const verdict = await runTests({
        tree,
        files,
        ...(named !== undefined && { named }),
        environment: onServerOf(lane),
      });
      for (const bite of alike) {
        const isGreen = bite.isByHook ? verdict.broken.length === 0 : verdict.passed.includes(bite.by);
        if (isGreen) passed += 1;
        else {
          bite.isCaught = false;
          console.log(`MISSED ${bite.bug.kind}: ${bite.bug.name}\n         red without the bug too: ${bite.by}`);
        }
      }
    }
  };
  await Promise.all(trees.map(runOn));
  console.log(`without the bugs: ${passed} of the ${caught.length} tests that noticed are green`);
}

const onServerOf = (lane: PostgresLane, template = lane.template) => ({
  DATABASE_URL: lane.serverUrl,
  TEST_TEMPLATE: template,
});

// ── The two kinds ───────────────────────────────────────────────────────────────────────────────────────────────────

async function fromCatalogue(lane: PostgresLane): Promise<Bug[]> {
  const name = await cloneTemplate(lane);
  try {
    const bugs = await onDatabase(lane, name, readDatabaseBugs);
    return bugs.map((bug) => ({ ...bug, isMetByHooks: true, bite: (tree) => biteDatabase(lane, bug, tree) }));
  } finally {
    await onServer(lane.serverUrl, `drop database ${name}`);
  }
}

async function biteDatabase(lane: PostgresLane, { sql, tests, trouble }: DatabaseBug, tree: string): Promise<Verdict> {
  if (trouble !== undefined) return noVerdict(`database-bugs.ts: ${trouble}`);
  const template = await cloneTemplate(lane);
  try {
    const refusal = await onDatabase(lane, template, (client) => client.query(sql).then(() => null, String));
    if (refusal !== null) return noVerdict(`cannot be planted: ${refusal}`);
    return await runTests({
      tree,
      files: tests,
      environment: onServerOf(lane, template),
      bail: true,
    });
  } finally {
    await onServer(lane.serverUrl, `drop database ${template} with (force)`);
  }
}

async function cloneTemplate(lane: PostgresLane): Promise<string> {
  const name = nameDatabase(lane.runPrefix);
  await onServer(lane.serverUrl, `create database ${name} template ${lane.template}`);
  return name;
}

async function onDatabase<T>(lane: PostgresLane, name: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl(lane, name) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A bug whose place has moved is missed, whatever its tests say: its line in source-bugs.ts must follow. */
function fromSource(lane: PostgresLane): Bug[] {
  return sourceBugs.map((bug) => ({
    ...bug,
    kind: `code, ${bug.kind}`,
    isMetByHooks: false,
    name: `${bug.why} (${bug.file})`,
    bite: (tree) => biteSource(lane, bug, tree),
  }));
}

async function biteSource(lane: PostgresLane, bug: SourceBug, tree: string): Promise<Verdict> {
  const path = join(tree, bug.file);
  const content = await readFile(path, 'utf8');
  if (content.split(bug.find).length !== 2) {
    return noVerdict(`does not stand in the file exactly once: ${bug.find.trim()}`);
  }
  await writeFile(
    path,
    content.replace(bug.find, () => bug.replace),
  );
  // A migration is planted on a server of its own: roles belong to the whole server.
  const isMigration = bug.file.startsWith('migrations/');
  try {
    return await runTests({
      tree,
      files: bug.tests,
      ...(bug.named !== undefined && { named: bug.named }),
      environment: isMigration ? {} : onServerOf(lane),
      bail: true,
    });
  } finally {
    await writeFile(path, content);
  }
}
