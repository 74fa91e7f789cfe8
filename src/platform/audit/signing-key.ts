// The key that signs checkpoints. Enters: settings. Leaves: an Ed25519 key and the number of its public half. The public half is
// written beside it: give it to the auditor while you still trust the machine.

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';

export interface SigningKey {
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** First 16 hexadecimal digits of the SHA-256 of the public key (SPKI, DER). */
  id: string;
}

export function signingKeyOf(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey);
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return { privateKey, publicKey, id: createHash('sha256').update(der).digest('hex').slice(0, 16) };
}

/** The key of the settings, or one made on the first start and kept in the data folder, readable by its owner only. */
export async function readSigningKey({
  auditSigningKey,
  dataFolder,
}: Pick<Config, 'auditSigningKey' | 'dataFolder'>): Promise<SigningKey> {
  await mkdir(dataFolder, { recursive: true });
  const key = signingKeyOf(auditSigningKey ?? (await keptKey(join(dataFolder, 'audit-signing.key'))));
  await writeOnce(join(dataFolder, `audit-signing.${key.id}.pub`), pem(key.publicKey, 'spki'), 0o644);
  return key;
}

async function keptKey(file: string): Promise<KeyObject> {
  await writeOnce(file, pem(generateKeyPairSync('ed25519').privateKey, 'pkcs8'), 0o600);
  return createPrivateKey(await readFile(file, 'utf8'));
}

function pem(key: KeyObject, type: 'pkcs8' | 'spki'): string {
  return key.export({ type, format: 'pem' } as never).toString();
}

/** Several processes may start at once: the first one's content stands. */
async function writeOnce(file: string, content: string, mode: number): Promise<void> {
  try {
    await writeFile(file, content, { mode, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
