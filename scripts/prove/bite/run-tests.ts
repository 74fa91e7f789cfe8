// Runs test files of a tree with vitest. Enters: where, which, in what environment. Leaves: the names of tests that failed, and
// whether there was a verdict at all: a run that could not start tells nothing of the tests.

import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface TestRun {
  tree: string;
  files: readonly string[];
  /** A regular expression over full names. */
  named?: string;
  environment: Record<string, string>;
  /** Ends at the first that fails. */
  bail?: boolean;
}

/** Tests by their full names. */
export interface Verdict {
  passed: string[];
  failed: string[];
  /** Files that turned red before their tests: they do not load, or a hook throws. */
  broken: string[];
  /** Why nothing can be said at all. */
  trouble?: string;
}

export const noVerdict = (trouble: string): Verdict => ({ passed: [], failed: [], broken: [], trouble });

const PATIENCE_MS = 300_000;

interface Report {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string }[];
  }[];
}

export async function runTests({ tree, files, named, environment, bail = false }: TestRun): Promise<Verdict> {
  const report = join(tree, 'verdict.json');
  await rm(report, { force: true });
  const args = [
    ...['node_modules/vitest/vitest.mjs', 'run', ...files, '--project', '!stories-redis'],
    ...['--reporter', 'json', '--outputFile', report],
    ...(bail ? ['--bail', '1'] : []),
    ...(named === undefined ? [] : ['--testNamePattern', named]),
  ];
  const said = await new Promise<string>((resolve) => {
    const { DATABASE_URL: _database, REDIS_URL: _redis, ...inherited } = process.env;
    const child = spawn(process.execPath, args, {
      cwd: tree,
      env: { ...inherited, ...environment },
      timeout: PATIENCE_MS,
    });
    let text = '';
    const listen = (chunk: Buffer) => (text = (text + chunk.toString()).slice(-2_000));
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('close', () => resolve(text));
  });
  const content = await readFile(report, 'utf8').catch(() => undefined);
  if (content === undefined) return noVerdict(`no verdict: ${said}`);
  const { testResults } = JSON.parse(content) as Report;
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const namesOf = (wanted: string) => all.filter(({ status }) => status === wanted).map(({ fullName }) => fullName);
  return {
    passed: namesOf('passed'),
    failed: namesOf('failed'),
    broken: testResults
      .filter(
        ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((t) => t.status === 'failed'),
      )
      .map(({ name, message }) => `${name}: ${message}`),
  };
}
