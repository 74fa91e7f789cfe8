// npm run bench -- NAME [--json FILE] [its own options]: a figure of the README measured by one command. Each is scripts/bench/NAME.ts.

import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

const folder = new URL('./bench/', import.meta.url);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { json: { type: 'string' } },
});
const [name = ''] = positionals;
const file = new URL(`${name}.ts`, folder);

if (!/^[a-z-]+$/.test(name) || !existsSync(file)) {
  console.error('npm run bench -- NAME [--json FILE]\n');
  for (const each of readdirSync(folder).filter((one) => one.endsWith('.ts'))) {
    console.error(`  ${each.replace(/\.ts$/, '')}`);
  }
  process.exit(2);
}

const { run } = (await import(file.href)) as { run: () => Promise<unknown> };
const figures = await run();
if (typeof values.json === 'string')
  await writeFile(values.json, `${JSON.stringify({ name, figures }, undefined, 2)}\n`);
process.exit(0);
