// Key rotation, while the service runs: `npm run rotate-keys -- --rewrap | --data-keys [--county 330803] [--resume]`.
// Enters: the service's own settings. Leaves: county keys under the newest PERSONAL_DATA_KEY, or new data keys and everything
// sealed anew. Killing it loses nothing: run it again, with --resume for data keys. Steps for an operator: docs/privacy.md.

import { parseArgs } from 'node:util';
import { readConfig } from '../src/platform/config.ts';
import { openDatabase } from '../src/platform/database.ts';
import { listCounties, readKeyRing, rewrapKeys, rotateDataKey } from '../src/platform/sealing/index.ts';
import { StartProblem } from '../src/platform/start-problem.ts';
import { failStart } from '../src/start.ts';

const usage: StartProblem = new StartProblem({
  zh: '用法:rotate-keys --rewrap(主密钥更换后重新包裹各县密钥);rotate-keys --data-keys [--county 330803] [--resume](更换县数据密钥并重新加密)',
  en: 'Usage: rotate-keys --rewrap (county keys under the new key); rotate-keys --data-keys [--county 330803] [--resume] (new data keys, everything sealed anew)',
});

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        rewrap: { type: 'boolean', default: false },
        'data-keys': { type: 'boolean', default: false },
        county: { type: 'string' },
        resume: { type: 'boolean', default: false },
      },
    });
    if (values.rewrap !== values['data-keys']) return values;
  } catch {
    // Falls through: whatever was typed, the usage helps more than the parser's words.
  }
  throw usage;
}

try {
  const { rewrap, county, resume } = readArguments();
  const config = readConfig(process.env);
  if (config.databaseUrl === undefined) {
    throw new StartProblem({ zh: '没有设置 DATABASE_URL。', en: 'DATABASE_URL is not set.' });
  }
  const ring = await readKeyRing(config);
  const db = openDatabase({ url: config.databaseUrl, poolSize: 2 });
  try {
    if (rewrap) {
      const count = await rewrapKeys(db, ring);
      console.log(`已重新包裹 ${count} 把县密钥 · re-wrapped ${count} county keys under ${ring.currentKekId}`);
    } else {
      for (const code of county === undefined ? await listCounties(db) : [county]) {
        const { version, rows } = await rotateDataKey(db, ring, code, { onlyResume: resume });
        console.log(
          `${code}: 第 ${version} 版密钥,重新加密 ${rows} 行 · key version ${version}, ${rows} rows sealed anew`,
        );
      }
    }
  } finally {
    await db.close();
  }
} catch (error) {
  failStart(error);
}
