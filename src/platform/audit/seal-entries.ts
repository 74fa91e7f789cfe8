// The one sealer of the audit trail. Enters: entries that were committed. Leaves: seals, each covering every entry from where the
// seal before ended up to its own last id. Writers are neither locked nor touched, the sealer only reads what they wrote.
//
// Ids commit out of order: a transaction may hold a lower one than what is already visible. So the sealer first notes how far
// the ids go and then takes a transaction id of its own (the horizon). Whoever holds a lower entry id has a lower transaction
// id (a trigger on audit_entry sees to it). Once all of those have ended, nothing below can appear any more: it is sealed, in
// order of id, and a verifier needs the ids alone. Lost: order by transaction id, which starts anew when a database is
// restored from a dump, and then lies below what was sealed.

import { sql } from 'drizzle-orm';
import type { Database, Transaction } from '../database.ts';
import { platformScope } from '../database.ts';
import { digestEntry, entryText, hashSeal, instantFormat, type EntryText } from './canonical.ts';

interface Horizon {
  entryId: string;
  transactionId: string;
}

/** A seal as the next one and a checkpoint need it. */
export interface SealHead extends Record<string, unknown> {
  number: number;
  lastEntryId: string;
  hash: Buffer;
}

export interface EntrySealer {
  /** Seals whatever is finished; returns how many entries. 0 also when another process is sealing right now. */
  seal(): Promise<number>;
}

/** Bounds the memory of one step, and how much one damaged seal takes down. */
const ENTRIES_PER_SEAL_MAX = 2_000;

export const sealingScope = platformScope('system:audit');

export function createEntrySealer(db: Database): EntrySealer {
  let horizon: Horizon | undefined;
  /** The newest seal that this process wrote or saw: a chain that no longer contains it was rewritten underneath. */
  let known: SealHead | undefined;

  async function sealNext(until: Horizon): Promise<number | 'not-yet' | 'done'> {
    return db.inScope(sealingScope, async (tx) => {
      if (!(await becomeSealer(tx))) return 'done';
      if (!(await isFinished(tx, until))) return 'not-yet';
      const head = await readHead(tx);
      const entries = await readEntries(tx, head?.lastEntryId ?? '0', until.entryId);
      if (entries.length === 0) return 'done';
      known = await writeSeal(tx, head, entries);
      return entries.length;
    });
  }

  return {
    async seal() {
      let sealed = 0;
      known = await db.inScope(sealingScope, async (tx) => {
        if (known) await assertContains(tx, known);
        return readHead(tx);
      });
      horizon ??= await readHorizon(db);
      while (horizon) {
        const step = await sealNext(horizon);
        if (step === 'not-yet') return sealed;
        if (step === 'done') horizon = undefined;
        else sealed += step;
      }
      return sealed;
    },
  };
}

/** The chain in the database does not contain what was sealed or signed before. */
export class BrokenChain extends Error {
  constructor(number: number) {
    super(`audit seal ${number} is not the one that was written: nothing is sealed or signed on top of it`);
    this.name = 'BrokenChain';
  }
}

/** @throws BrokenChain */
export async function assertContains(tx: Transaction, known: { number: number; hash: Buffer }): Promise<void> {
  const { rows } = await tx.execute<{ hash: Buffer }>(sql`select hash from audit_seal where number = ${known.number}`);
  if (!rows[0]?.hash.equals(known.hash)) throw new BrokenChain(known.number);
}

/** Until the end of the transaction; others do something else meanwhile instead of waiting. */
export async function becomeSealer(tx: Transaction): Promise<boolean> {
  const { rows } = await tx.execute<{ is: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtext('gongfang-audit')) as is`,
  );
  return rows[0]?.is === true;
}

export async function readHead(tx: Transaction): Promise<SealHead | undefined> {
  const { rows } = await tx.execute<{ number: string; lastEntryId: string; hash: Buffer }>(
    sql`select number, last_entry_id::text as "lastEntryId", hash from audit_seal order by number desc limit 1`,
  );
  return rows[0] && { ...rows[0], number: Number(rows[0].number) };
}

/** Two statements, in this order: see above. Undefined when nothing is new, and then no transaction id is spent. */
async function readHorizon(db: Database): Promise<Horizon | undefined> {
  return db.inScope(sealingScope, async (tx) => {
    const newest = await tx.execute<{ id: string | null }>(sql`
      select max(id)::text as id from audit_entry
      where id > (select coalesce(max(last_entry_id), 0) from audit_seal)`);
    const entryId = newest.rows[0]?.id;
    if (!entryId) return undefined;
    const own = await tx.execute<{ id: string }>(sql`select pg_current_xact_id()::text as id`);
    return { entryId, transactionId: own.rows[0]?.id ?? '' };
  });
}

async function isFinished(tx: Transaction, { transactionId }: Horizon): Promise<boolean> {
  const { rows } = await tx.execute<{ is: boolean }>(
    sql`select pg_snapshot_xmin(pg_current_snapshot()) > ${transactionId}::text::xid8 as is`,
  );
  return rows[0]?.is === true;
}

async function readEntries(tx: Transaction, after: string, last: string): Promise<EntryText[]> {
  const { rows } = await tx.execute<EntryText>(sql`
    select ${entryText} from audit_entry
    where id > ${after}::text::bigint and id <= ${last}::text::bigint
    order by audit_entry.id limit ${ENTRIES_PER_SEAL_MAX}`);
  return rows;
}

async function writeSeal(
  tx: Transaction,
  head: SealHead | undefined,
  entries: readonly EntryText[],
): Promise<SealHead> {
  const now = await tx.execute<{ at: string }>(
    sql`select to_char(now() at time zone 'UTC', ${instantFormat}::text) as at`,
  );
  const content = {
    number: (head?.number ?? 0) + 1,
    previousHash: head?.hash,
    sealedAt: now.rows[0]?.at ?? '',
    entries: entries.map((entry) => ({ id: entry.id, digest: digestEntry(entry) })),
  };
  const ids = content.entries.map(({ id }) => id);
  const hash = hashSeal(content);
  const lastEntryId = ids.at(-1) ?? '';
  await tx.execute(sql`
    insert into audit_seal (number, first_entry_id, last_entry_id, entries, entry_ids, entry_digests, hash, sealed_at)
    values (
      ${content.number}, ${ids[0]}, ${lastEntryId}, ${ids.length}, ${sql.param(ids)},
      ${sql.param(content.entries.map(({ digest }) => digest))}, ${hash}, ${content.sealedAt}
    )`);
  return { number: content.number, lastEntryId, hash };
}
