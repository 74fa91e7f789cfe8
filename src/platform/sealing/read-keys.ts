// Where the key-encryption keys come from. Enters: settings. Leaves: a key ring. Called by each process at its start and by the
// rotation script; a wrong or missing key is said there, in words, not by the first request that needs it.

import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { platformScope, type Database } from '../database.ts';
import { StartProblem } from '../start-problem.ts';
import { createKeyRing, type KeyRing } from './sealer.ts';
import { requireSuite } from './suites.ts';
import { countyKey } from './tables.ts';

type KeySettings = Pick<
  Config,
  'personalDataKey' | 'personalDataKeyFile' | 'previousPersonalDataKey' | 'sealing' | 'dataFolder'
>;

/** @throws StartProblem when the file holds no key, or the runtime has no such cipher. */
export async function readKeyRing(settings: KeySettings): Promise<KeyRing> {
  requireSuite(settings.sealing);
  const previous = settings.previousPersonalDataKey ? [settings.previousPersonalDataKey] : [];
  return createKeyRing([await readCurrentKey(settings), ...previous], settings.sealing);
}

async function readCurrentKey({ personalDataKey, personalDataKeyFile, dataFolder }: KeySettings): Promise<Buffer> {
  if (personalDataKey) return personalDataKey;
  if (personalDataKeyFile !== undefined) return readKeyFile(personalDataKeyFile);
  const file = join(dataFolder, 'personal-data.key');
  await mkdir(dataFolder, { recursive: true });
  try {
    await writeFile(file, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readKeyFile(file);
}

async function readKeyFile(file: string): Promise<Buffer> {
  const key = Buffer.from((await readFile(file, 'utf8').catch(() => '')).trim(), 'base64');
  if (key.length === 32) return key;
  throw new StartProblem({
    zh: `个人信息密钥文件 ${file} 无法读取,或内容不是 32 字节的 base64。`,
    en: `The key file ${file} cannot be read, or does not hold 32 bytes in base64.`,
  });
}

/** @throws StartProblem when county keys were wrapped by a key that is not configured: better no start than broken answers. */
export async function assertKeysOpen(db: Database, ring: KeyRing): Promise<void> {
  const used = await db.inScope(platformScope('system:start'), (tx) =>
    tx.selectDistinct({ kekId: countyKey.kekId }).from(countyKey),
  );
  const missing = used.map(({ kekId }) => kekId).filter((kekId) => !ring.hasKek(kekId));
  if (missing.length === 0) return;
  throw new StartProblem({
    zh: `数据库中的个人信息由另一把密钥保护(编号 ${missing.join('、')}),与 PERSONAL_DATA_KEY 不符。请填回原密钥;如正在换钥,请把原密钥填入 PERSONAL_DATA_KEY_PREVIOUS。`,
    en: `Personal data in this database is protected by another key (${missing.join(', ')}) than PERSONAL_DATA_KEY. Set the original key; while keys are changed, set it as PERSONAL_DATA_KEY_PREVIOUS.`,
  });
}
