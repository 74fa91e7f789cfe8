// What exactly is hashed and signed. Enters: entries, seals and checkpoints as PostgreSQL writes them in text. Leaves: bytes that
// anybody can build again from the tables alone. scripts/verify-audit.ts does so without this file: they change together,
// under a new format number.

import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';

/** How instants are written here: UTC, to the microsecond, whatever the session's time zone. */
export const instantFormat = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"';

/** An entry in the order of its columns, every one as text. */
export interface EntryText extends Record<string, unknown> {
  id: string;
  at: string;
  transaction: string;
  table: string;
  row: string;
  region: string;
  operation: string;
  actor: string;
  request: string;
  /** PostgreSQL's own text of the jsonb value: one for each value. */
  changed: string;
}

/** The select list that makes an `EntryText` of an audit_entry. */
export const entryText = sql`
  id::text as id, to_char(at at time zone 'UTC', ${sql.raw(`'${instantFormat}'`)}) as at, transaction_id::text as transaction,
  table_name as table, row_id::text as row, region, operation, actor, request_id as request, changed::text as changed`;

/** SHA-256 of one entry: a JSON array of texts, so that no content can pass for a boundary. */
export function digestEntry(e: EntryText): Buffer {
  const fields = [e.id, e.at, e.transaction, e.table, e.row, e.region, e.operation, e.actor, e.request, e.changed];
  return sha256(JSON.stringify(fields));
}

export interface SealContent {
  number: number;
  /** Of the seal before; undefined for the first. */
  previousHash: Buffer | undefined;
  /** In `instantFormat`. */
  sealedAt: string;
  entries: readonly { id: string; digest: Buffer }[];
}

/** SHA-256 of a seal: a line that names it and the seal before, then a line for every entry. */
export function hashSeal({ number, previousHash, sealedAt, entries }: SealContent): Buffer {
  const first = entries[0]?.id ?? '';
  const last = entries.at(-1)?.id ?? '';
  const previous = previousHash?.toString('hex') ?? '';
  const head = ['gongfang/audit-seal/1', String(number), previous, sealedAt, first, last, String(entries.length)];
  const lines = entries.map(({ id, digest }) => `${id} ${digest.toString('hex')}`);
  return sha256([JSON.stringify(head), ...lines].join('\n'));
}

export interface CheckpointContent {
  sealNumber: number;
  hash: Buffer;
  /** In `instantFormat`. */
  at: string;
  keyId: string;
}

/** What is signed: the hash of a seal, and through it everything before. */
export function checkpointBytes({ sealNumber, hash, at, keyId }: CheckpointContent): Buffer {
  return Buffer.from(
    JSON.stringify(['gongfang/audit-checkpoint/1', String(sealNumber), hash.toString('hex'), at, keyId]),
  );
}

function sha256(content: string): Buffer {
  return createHash('sha256').update(content, 'utf8').digest();
}
