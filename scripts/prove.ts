// npm run prove -- NAME [PART …] [--full] [--seed N] [--only K] [--json FILE]: a claim of the README shown by one command. Each proof is
// scripts/prove/NAME.ts; it prints its seed, and the last line is `N passed, N failed`.

import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

export interface ProofOptions {
  /** The release size instead of the one that fits CI. */
  full: boolean;
  seed: number;
  /** A service that runs already, and a key to it; else the proof starts one. */
  url: string | undefined;
  key: string | undefined;
  /** Only this one of what the proof would try: a replay. */
  only: number | undefined;
  /** Of `all`: these proofs alone. */
  parts: readonly string[];
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
    url: { type: 'string' },
    key: { type: 'string' },
    only: { type: 'string' },
  },
});
const [name = '', ...parts] = positionals;
const file = new URL(`${name}.ts`, folder);

if (!/^[a-z-]+$/.test(name) || !existsSync(file)) {
  const names = readdirSync(folder).filter((each) => each.endsWith('.ts'));
  console.error(`npm run prove -- NAME [--full] [--seed N] [--only K] [--json FILE] [--url URL [--key KEY]]\n`);
  for (const each of names) console.error(`  ${each.replace(/\.ts$/, '')}`);
  process.exit(2);
}

const { run } = (await import(file.href)) as { run: (options: ProofOptions) => Promise<ProofResult> };
const seed = Number(values.seed);
console.log(`seed ${seed}`);
const { full, url, key } = values;
const only = values.only === undefined ? undefined : Number(values.only);
const result = await run({ full, seed, url, key, only, parts });
if (values.json !== undefined)
  await writeFile(values.json, `${JSON.stringify({ name, seed, ...result }, undefined, 2)}\n`);
if (result.failed > 0) console.log(`replay: npm run prove -- ${name} --seed ${seed}${full ? ' --full' : ''}`);
console.log(`${result.passed} passed, ${result.failed} failed`);
process.exit(result.failed === 0 ? 0 : 1);
