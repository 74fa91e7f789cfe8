// Signed checkpoints. Enters: the chain of seals. Leaves: signatures over it, in a table and in a file outside of the database,
// so that somebody who owns the database alone cannot rewrite what was signed without being found out.

import { sign, verify } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import type { Database, Transaction } from '../database.ts';
import { checkpointBytes, instantFormat, type CheckpointContent } from './canonical.ts';
import { assertContains, becomeSealer, readHead, sealingScope, type SealHead } from './seal-entries.ts';
import type { SigningKey } from './signing-key.ts';

export interface Checkpoint extends CheckpointContent {
  signature: Buffer;
}

export interface Checkpointer {
  /** Signs the newest seal when it is time, or at once; brings the file up to date. Undefined: nothing was due. */
  checkpoint(options?: { atOnce?: boolean }): Promise<Checkpoint | undefined>;
}

/** A checkpoint is due after so many seals, or so long after the last one when anything was sealed since. */
const SEALS_MAX = 60;
const HOURS_MAX = 1;

/** @param file one JSON object a line, only ever appended to */
export function createCheckpointer(db: Database, key: SigningKey, file: string): Checkpointer {
  /** The last checkpoint that stands in the file: what is signed next must still contain it. */
  let known: Checkpoint | undefined;

  async function readKnown(): Promise<Checkpoint | undefined> {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    // A line that a crash cut off is skipped: the table still has it, and it is appended again.
    return text
      .split('\n')
      .map(fromLine)
      .findLast((checkpoint) => checkpoint !== undefined && isSignedBy(key, checkpoint));
  }

  async function appendMissing(): Promise<void> {
    const after = known?.sealNumber ?? 0;
    const missing = await db.inScope(sealingScope, (tx) => readCheckpoints(tx, key.id, after));
    if (missing.length === 0) return;
    // Another process of this machine may have been here.
    known = await readKnown();
    const last = known?.sealNumber ?? 0;
    // What somebody else put into the table does not reach the file.
    const genuine = missing.filter((checkpoint) => checkpoint.sealNumber > last && isSignedBy(key, checkpoint));
    if (genuine.length === 0) return;
    const handle = await open(file, 'a', 0o644);
    try {
      await handle.write(genuine.map((checkpoint) => `${toLine(checkpoint)}\n`).join(''));
      await handle.sync();
    } finally {
      await handle.close();
    }
    known = genuine.at(-1);
  }

  return {
    async checkpoint({ atOnce = false } = {}) {
      known ??= await readKnown();
      const signed = await db.inScope(sealingScope, async (tx) => {
        if (!(await becomeSealer(tx))) return undefined;
        const head = await readDueHead(tx, atOnce);
        if (!head) return undefined;
        if (known) await assertContains(tx, { number: known.sealNumber, hash: known.hash });
        return writeCheckpoint(tx, key, head);
      });
      await appendMissing();
      return signed;
    },
  };
}

/** The newest seal, when it is not signed yet and it is time. */
async function readDueHead(tx: Transaction, atOnce: boolean): Promise<SealHead | undefined> {
  const head = await readHead(tx);
  if (!head) return undefined;
  const { rows } = await tx.execute<{ seals: string; isOld: boolean }>(sql`
    select ${head.number} - seal_number as seals, at < now() - make_interval(hours => ${HOURS_MAX}) as "isOld"
    from audit_checkpoint order by seal_number desc limit 1`);
  const last = rows[0];
  if (!last) return head;
  const seals = Number(last.seals);
  return seals > 0 && (atOnce || last.isOld || seals >= SEALS_MAX) ? head : undefined;
}

async function writeCheckpoint(tx: Transaction, key: SigningKey, { number, hash }: SealHead): Promise<Checkpoint> {
  const { rows } = await tx.execute<{ at: string }>(
    sql`select to_char(now() at time zone 'UTC', ${instantFormat}::text) as at`,
  );
  const content = { sealNumber: number, hash, at: rows[0]?.at ?? '', keyId: key.id };
  const signature = sign(null, checkpointBytes(content), key.privateKey);
  await tx.execute(sql`
    insert into audit_checkpoint (seal_number, hash, at, key_id, signature)
    values (${number}, ${hash}, ${content.at}, ${key.id}, ${signature})`);
  return { ...content, signature };
}

async function readCheckpoints(tx: Transaction, keyId: string, after: number): Promise<Checkpoint[]> {
  const { rows } = await tx.execute<{ number: string; hash: Buffer; at: string; signature: Buffer }>(sql`
    select seal_number as number, hash, to_char(at at time zone 'UTC', ${instantFormat}::text) as at, signature
    from audit_checkpoint where key_id = ${keyId} and seal_number > ${after} order by seal_number`);
  return rows.map(({ number, ...row }) => ({ ...row, sealNumber: Number(number), keyId }));
}

function isSignedBy({ publicKey, id }: SigningKey, checkpoint: Checkpoint): boolean {
  return checkpoint.keyId === id && verify(null, checkpointBytes(checkpoint), publicKey, checkpoint.signature);
}

function toLine({ sealNumber, hash, at, keyId, signature }: Checkpoint): string {
  return JSON.stringify({
    sealNumber,
    hash: hash.toString('hex'),
    at,
    keyId,
    signature: signature.toString('base64'),
  });
}

function fromLine(line: string): Checkpoint | undefined {
  try {
    const read = JSON.parse(line) as Record<'hash' | 'at' | 'keyId' | 'signature', string> & { sealNumber: number };
    return { ...read, hash: Buffer.from(read.hash, 'hex'), signature: Buffer.from(read.signature, 'base64') };
  } catch {
    return undefined;
  }
}
