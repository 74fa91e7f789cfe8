// npm run prove -- NAME [--full] [--seed N] [--json FILE]: a claim of the README shown by one command. Each proof is
// scripts/prove/NAME.ts; it prints its seed, and the last line is `N passed, N failed`.

import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

export interface ProofOptions {
  /** The release size instead of the one that fits CI. */
  full: boolean;
  seed: number;
}

export interface ProofResult {
  passed: number;
  failed: number;
}

const folder = new URL('./prove/', import.meta.url);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    json: { type: 'string' },
  },
});
const [name = ''] = positionals;
const file = new URL(`${name}.ts`, folder);

if (!/^[a-z-]+$/.test(name) || !existsSync(file)) {
  const names = readdirSync(folder).filter((each) => each.endsWith('.ts'));
  console.error(`npm run prove -- NAME [--full] [--seed N] [--json FILE]\n`);
  for (const each of names) console.error(`  ${each.replace(/\.ts$/, '')}`);
  process.exit(2);
}

const { run } = (await import(file.href)) as { run: (options: ProofOptions) => Promise<ProofResult> };
const seed = Number(values.seed);
console.log(`seed ${seed}`);
const result = await run({ full: values.full, seed });
if (values.json !== undefined)
  await writeFile(values.json, `${JSON.stringify({ name, seed, ...result }, undefined, 2)}\n`);
if (result.failed > 0) console.log(`replay: npm run prove -- ${name} --seed ${seed}${values.full ? ' --full' : ''}`);
console.log(`${result.passed} passed, ${result.failed} failed`);
process.exit(result.failed === 0 ? 0 : 1);
