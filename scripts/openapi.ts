// The committed contract: `npm run openapi` writes it, `npm run openapi -- --check` compares. Exit code 1: what is committed
// is not what the code says.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { buildContract } from './openapi/contract.ts';

const folder = new URL('../openapi/', import.meta.url);
const isCheck = process.argv.includes('--check');
const contract = await buildContract();

const drifted: string[] = [];
for (const [name, content] of Object.entries(contract)) {
  const committed = await readFile(new URL(name, folder), 'utf8').catch(() => undefined);
  if (committed !== content) drifted.push(name);
}

if (isCheck) {
  if (drifted.length > 0) {
    const files = drifted.map((name) => `openapi/${name}`).join(', ');
    console.error(
      `接口契约与代码不一致:${files}。请运行 npm run openapi,核对改动,写入 openapi/CHANGELOG.md 后一并提交。`,
    );
    console.error(
      `The contract differs from the code: ${files}. Run npm run openapi, read the difference, note it in ` +
        'openapi/CHANGELOG.md and commit both.',
    );
    process.exitCode = 1;
  }
} else {
  await mkdir(folder, { recursive: true });
  for (const name of drifted) await writeFile(new URL(name, folder), contract[name] ?? '');
  console.log(
    drifted.length === 0
      ? `${fileURLToPath(folder)} is up to date`
      : `written to ${fileURLToPath(folder)}: ${drifted.join(', ')}`,
  );
}
