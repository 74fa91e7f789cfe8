// `npm run prove -- all`: the tests, then every proof at its size, one after another, each in a process of its own. What CI runs.
// Leaves: what each says as it says it, one line for each at the end, and the sums.

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

export async function run({ full, seed }: ProofOptions): Promise<Proof> {
  const names = readdirSync(new URL('./', import.meta.url))
    .filter((file) => file.endsWith('.ts') && file !== 'all.ts')
    .map((file) => file.replace(/\.ts$/, ''));
  const parts = [await runPart('tests', ['run', '--silent', 'check'])];
  // Proofs of a tree that its own tests refuse say nothing.
  for (const name of parts[0]?.failed === 0 ? names : []) {
    const size = full ? ['--full'] : [];
    parts.push(await runPart(name, ['run', '--silent', 'prove', '--', name, '--seed', String(seed), ...size]));
  }
  console.log('');
  for (const { name, passed, failed, seconds } of parts) {
    console.log(`${failed === 0 ? 'ok    ' : 'FAILED'} ${name}: ${passed} passed, ${failed} failed, ${seconds} s`);
  }
  const sum = (of: 'passed' | 'failed') => parts.reduce((total, part) => total + part[of], 0);
  return { parts, passed: sum('passed'), failed: sum('failed') };
}

async function runPart(name: string, npmArguments: readonly string[]): Promise<Part> {
  console.log(`\n── ${name} ──`);
  const began = performance.now();
  const { said, isGood } = await new Promise<{ said: string; isGood: boolean }>((resolve) => {
    const child = spawn('npm', npmArguments, {
      stdio: ['ignore', 'pipe', 'inherit'],
      shell: process.platform === 'win32',
    });
    let last = '';
    child.stdout.on('data', (chunk: Buffer) => {
      process.stdout.write(chunk);
      last = (last + chunk.toString()).slice(-1_000);
    });
    child.on('error', (error) => resolve({ said: error.message, isGood: false }));
    child.on('close', (code) => resolve({ said: last, isGood: code === 0 }));
  });
  // The closing line; without one, or when the exit code says otherwise, something failed that was not counted.
  const [, passed = '0', failed = '0'] = /(\d+) passed, (\d+) failed[^\n]*\s*$/.exec(said) ?? [];
  return {
    name,
    passed: Number(passed),
    failed: isGood ? Number(failed) : Math.max(1, Number(failed)),
    seconds: Math.round((performance.now() - began) / 1_000),
  };
}
