// `npm run prove -- all [NAME …]`: the tests, then every proof or those named, two at a time, each in a process of its own.
// Leaves: what each says once it has ended, one line for each at the end, and the sums.

import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import type { ProofOptions, ProofResult } from '../prove.ts';

interface Part extends ProofResult {
  name: string;
  seconds: number;
}

interface Proof extends ProofResult {
  parts: Part[];
}

/** As many as there are processors on a small machine: a proof is one process that mostly waits for its database. */
const AT_ONCE = 2;

export async function run({ full, seed, parts: wanted }: ProofOptions): Promise<Proof> {
  const names = readdirSync(new URL('./', import.meta.url))
    .filter((file) => file.endsWith('.ts') && file !== 'all.ts')
    .map((file) => file.replace(/\.ts$/, ''))
    .filter((name) => wanted.length === 0 || wanted.includes(name));
  const tests = await runPart('tests', ['run', '--silent', 'check']);
  const parts = [tests];
  // Proofs of a tree that its own tests refuse say nothing.
  const left = tests.failed === 0 ? names : [];
  const takeTurns = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const size = full ? ['--full'] : [];
      parts.push(await runPart(name, ['run', '--silent', 'prove', '--', name, '--seed', String(seed), ...size]));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, takeTurns));
  console.log('');
  for (const { name, passed, failed, seconds } of parts) {
    console.log(`${failed === 0 ? 'ok    ' : 'FAILED'} ${name}: ${passed} passed, ${failed} failed, ${seconds} s`);
  }
  const sum = (of: 'passed' | 'failed') => parts.reduce((total, part) => total + part[of], 0);
  return { parts, passed: sum('passed'), failed: sum('failed') };
}

async function runPart(name: string, npmArguments: readonly string[]): Promise<Part> {
  console.log(`── ${name} begins`);
  const began = performance.now();
  const { said, isGood } = await new Promise<{ said: string; isGood: boolean }>((resolve) => {
    const child = spawn('npm', npmArguments, {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    const heard: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => heard.push(chunk));
    const text = () => Buffer.concat(heard).toString();
    child.on('error', (error) => resolve({ said: `${text()}\n${error.message}`, isGood: false }));
    child.on('close', (code) => resolve({ said: text(), isGood: code === 0 }));
  });
  console.log(`\n── ${name} ──\n${said.trimEnd()}`);
  // The closing line; without one, or when the exit code says otherwise, something failed that was not counted.
  const [, passed = '0', failed = '0'] = /(\d+) passed, (\d+) failed[^\n]*\s*$/.exec(said) ?? [];
  return {
    name,
    passed: Number(passed),
    failed: isGood ? Number(failed) : Math.max(1, Number(failed)),
    seconds: Math.round((performance.now() - began) / 1_000),
  };
}
