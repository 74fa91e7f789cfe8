// The ciphers that personal data may be sealed with. Enters: a suite's name, a key, bytes. Leaves: iv | tag | body, or the clear
// bytes again. AES-256-GCM with SHA-256 everywhere; SM4-GCM with SM3 (国密) where the runtime offers them.

import { createCipheriv, createDecipheriv, getCiphers, getHashes, randomBytes } from 'node:crypto';
import { StartProblem } from '../start-problem.ts';

export const suiteNames = ['aes-256-gcm', 'sm4-gcm'] as const;
export type SuiteName = (typeof suiteNames)[number];

interface Suite {
  /** First byte of everything sealed with it. */
  mark: number;
  keyBytes: number;
  /** For blind indexes and for deriving wrapping keys. */
  hash: 'sha256' | 'sm3';
}

export const suites: Record<SuiteName, Suite> = {
  'aes-256-gcm': { mark: 1, keyBytes: 32, hash: 'sha256' },
  'sm4-gcm': { mark: 2, keyBytes: 16, hash: 'sm3' },
};

/** What this process can seal with. @throws StartProblem that says why it cannot, and what to do. */
export function requireSuite(
  name: SuiteName,
  offered: { ciphers: readonly string[]; hashes: readonly string[] } = { ciphers: getCiphers(), hashes: getHashes() },
): void {
  if (offered.ciphers.includes(name) && offered.hashes.includes(suites[name].hash)) return;
  const { node, openssl } = process.versions;
  throw new StartProblem({
    zh: `SEALING=${name} 不可用:本机 Node ${node} 所带的 OpenSSL ${openssl} 没有 ${name} 或 ${suites[name].hash}。请换用加密库带有它们的 Node(官方发行的 Node 20、24 均没有 SM4-GCM),或设 SEALING=aes-256-gcm。`,
    en: `SEALING=${name} is not possible: OpenSSL ${openssl} of this Node ${node} has no ${name} or no ${suites[name].hash}. Run a Node built on a library that has them (the official Node 20 and 24 have no SM4-GCM), or set SEALING=aes-256-gcm.`,
  });
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** GCM; `bound` is authenticated with the bytes but not part of them. */
export function encrypt(name: SuiteName, key: Buffer, clear: Buffer | string, bound: Buffer): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(typedAsGcm(name), key, iv).setAAD(bound);
  const body = Buffer.concat([cipher.update(clear), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** @throws when key, bytes or what was bound to them are not the same as then. */
export function decrypt(name: SuiteName, key: Buffer, encrypted: Buffer, bound: Buffer): Buffer {
  const iv = encrypted.subarray(0, IV_BYTES);
  const tag = encrypted.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(typedAsGcm(name), key, iv, { authTagLength: TAG_BYTES }).setAAD(bound);
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(encrypted.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
}

/** Node's types know GCM by the names of AES alone. */
const typedAsGcm = (name: SuiteName) => name as 'aes-256-gcm';
