// 变更流: what happened to public listings, for systems that keep a copy. Enters: where the reader stands. Leaves: the changes since,
// in an order into which nothing is put afterwards.

import { asc, sql } from 'drizzle-orm';
import { readPublicListings } from '../lists/index.ts';
import type { Context } from '../platform/context.ts';
import type { Scope, Transaction } from '../platform/database.ts';
import { Problem } from '../platform/problem.ts';
import { listingChange } from './tables.ts';

/** Transaction and listing of the last change that was read. */
export type Position = readonly [transactionId: string, listingId: string];

/**
 * Transactions get their ids when they begin to write and commit in any order. So only those are told that are older than every
 * transaction still running: a late one is not passed by, it holds back what came after it until it has ended.
 */
export async function readChanges(context: Context, visitor: Scope, since: Position | undefined, limit: number) {
  const rows = await context.db.inScope(visitor, async (tx) => {
    if (since !== undefined) await assertReached(tx, since[0]);
    return tx
      .select()
      .from(listingChange)
      .where(
        sql`${listingChange.transactionId} < pg_snapshot_xmin(pg_current_snapshot()) ${
          since === undefined
            ? sql``
            : sql`and (${listingChange.transactionId}, ${listingChange.id}) > (${since[0]}::xid8, ${since[1]}::uuid)`
        }`,
      )
      .orderBy(asc(listingChange.transactionId), asc(listingChange.id))
      .limit(limit + 1);
  });
  const shown = rows.slice(0, limit);
  // As they stand now: one that changed again meanwhile comes once more.
  const ids = shown.map(({ id }) => id);
  const listings = ids.length === 0 ? undefined : await readPublicListings(context, visitor, ids);
  const last = shown.at(-1);
  return {
    changes: shown.map(({ id, change }) => {
      const listing = listings?.get(id) ?? null;
      return { listingId: id, change: listing === null ? ('withdrawn' as const) : change, listing };
    }),
    position: last ? ([last.transactionId, last.id] as const) : since,
    hasMore: rows.length > limit,
  };
}

/** A position that this database has not reached yet is of another one: after a restore the reader begins anew. */
async function assertReached(tx: Transaction, transactionId: string) {
  const { rows } = await tx.execute<{ isReached: boolean }>(
    sql`select ${transactionId}::xid8 < pg_snapshot_xmax(pg_current_snapshot()) as "isReached"`,
  );
  if (rows[0]?.isReached) return;
  throw new Problem('conflict', {
    zh: '游标超出了现有数据(数据库可能已从备份恢复),请不带 since 从头读取。',
    en: 'The cursor is ahead of the data (the database may have been restored): begin anew without since.',
  });
}
