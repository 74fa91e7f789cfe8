// 保存的搜索: searches that somebody keeps. Enters: who, a name, the parameters of a search. Leaves: his own, and what they told of.

import { and, count, desc, eq, isNull, lt, lte, sql } from 'drizzle-orm';
import type { Context } from '../../platform/context.ts';
import type { Scope, Transaction } from '../../platform/database.ts';
import type { Principal } from '../../platform/http/index.ts';
import { newId } from '../../platform/id.ts';
import { notFound, Problem } from '../../platform/problem.ts';
import { publishedListing, savedSearch, searchAlert } from '../tables.ts';

/** Of one identity. */
export const SAVED_SEARCHES_MAX = 20;

export type SavedSearch = typeof savedSearch.$inferSelect & { unread: number };
export type SearchAlert = typeof searchAlert.$inferSelect;

interface Caller {
  principal: Principal;
  scope: Scope;
}

interface Wish {
  name: string;
  query: Record<string, string>;
}

/** What he saved is his, under whatever key he comes. */
function own<Result>(
  { db }: Context,
  { principal, scope }: Caller,
  work: (tx: Transaction, savedBy: string) => Promise<Result>,
): Promise<Result> {
  return db.inScope({ ...scope, actor: principal.identity }, (tx) => work(tx, principal.identity));
}

/** @throws Problem conflict beyond as many as one may keep */
export function saveSearch(context: Context, caller: Caller, { name, query }: Wish): Promise<SavedSearch> {
  return own(context, caller, async (tx, savedBy) => {
    // Two at the same moment: the second counts the first.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`saved searches ${savedBy}`}, 0))`);
    const [kept] = await tx.select({ count: count() }).from(savedSearch).where(eq(savedSearch.savedBy, savedBy));
    if ((kept?.count ?? 0) >= SAVED_SEARCHES_MAX) throw new Problem('conflict', tooMany);
    const [row] = await tx
      .insert(savedSearch)
      .values({
        ...{ id: newId(), region: caller.principal.divisionCode ?? '0', savedBy, name, query },
        ...{ after: await readLastNumber(tx), createdAt: context.clock.now() },
      })
      .returning();
    if (!row) throw new Error('an inserted search returned no row');
    return { ...row, unread: 0 };
  });
}

const tooMany = {
  zh: `最多保存 ${SAVED_SEARCHES_MAX} 个搜索,请先删除不用的。`,
  en: `At most ${SAVED_SEARCHES_MAX} searches are kept: delete one that you no longer need.`,
};

async function readLastNumber(tx: Transaction): Promise<number> {
  const [row] = await tx
    .select({ number: publishedListing.number })
    .from(publishedListing)
    .orderBy(desc(publishedListing.number))
    .limit(1);
  return row?.number ?? 0;
}

/** Newest first; one more than the limit. */
export function listSavedSearches(
  context: Context,
  caller: Caller,
  { beforeId, limit }: { beforeId: string | undefined; limit: number },
): Promise<SavedSearch[]> {
  return own(context, caller, async (tx, savedBy) => {
    const rows = await tx
      .select()
      .from(savedSearch)
      .where(and(eq(savedSearch.savedBy, savedBy), beforeId ? lt(savedSearch.id, beforeId) : undefined))
      .orderBy(desc(savedSearch.id))
      .limit(limit + 1);
    const found: SavedSearch[] = [];
    for (const row of rows) found.push(await withUnread(tx, row));
    return found;
  });
}

async function withUnread(tx: Transaction, row: typeof savedSearch.$inferSelect): Promise<SavedSearch> {
  const [unread] = await tx
    .select({ count: count() })
    .from(searchAlert)
    .where(and(eq(searchAlert.savedSearchId, row.id), isNull(searchAlert.readAt)));
  return { ...row, unread: unread?.count ?? 0 };
}

/** @param expectedVersion from If-Match; one changed meanwhile is refused */
async function lockOwn(tx: Transaction, savedBy: string, id: string, expectedVersion?: number) {
  const [row] = await tx
    .select()
    .from(savedSearch)
    .where(and(eq(savedSearch.id, id), eq(savedSearch.savedBy, savedBy)))
    .for('update');
  if (!row) throw notFound();
  if (expectedVersion !== undefined && row.version !== expectedVersion) throw new Problem('version-conflict');
  return row;
}

/** Another query is asked of what is published from now on. */
export function changeSavedSearch(
  context: Context,
  caller: Caller,
  id: string,
  { name, query }: { name?: string | undefined; query?: Wish['query'] | undefined },
  expectedVersion: number | undefined,
): Promise<SavedSearch> {
  return own(context, caller, async (tx, savedBy) => {
    const before = await lockOwn(tx, savedBy, id, expectedVersion);
    const [row] = await tx
      .update(savedSearch)
      .set({
        ...(name !== undefined && { name }),
        ...(query !== undefined && { query, after: await readLastNumber(tx), overflowedAt: null }),
        version: sql`${savedSearch.version} + 1`,
      })
      .where(eq(savedSearch.id, id))
      .returning();
    return withUnread(tx, row ?? before);
  });
}

/** With all that it told of. */
export function deleteSavedSearch(
  context: Context,
  caller: Caller,
  id: string,
  expectedVersion: number | undefined,
): Promise<SavedSearch> {
  return own(context, caller, async (tx, savedBy) => {
    const row = await withUnread(tx, await lockOwn(tx, savedBy, id, expectedVersion));
    await tx.delete(savedSearch).where(eq(savedSearch.id, id));
    return row;
  });
}

/** Newest first; one more than the limit. */
export function readAlerts(
  context: Context,
  caller: Caller,
  id: string,
  { beforeId, limit }: { beforeId: string | undefined; limit: number },
): Promise<SearchAlert[]> {
  return own(context, caller, async (tx, savedBy) => {
    await lockOwn(tx, savedBy, id);
    return tx
      .select()
      .from(searchAlert)
      .where(and(eq(searchAlert.savedSearchId, id), beforeId ? lt(searchAlert.id, beforeId) : undefined))
      .orderBy(desc(searchAlert.id))
      .limit(limit + 1);
  });
}

/** Marks as read what was told up to an alert, itself included; all when none is named. Doing so twice changes nothing. */
export function markAlertsRead(
  context: Context,
  caller: Caller,
  id: string,
  upTo: string | undefined,
  expectedVersion: number | undefined,
): Promise<SavedSearch> {
  return own(context, caller, async (tx, savedBy) => {
    const row = await lockOwn(tx, savedBy, id, expectedVersion);
    await tx
      .update(searchAlert)
      .set({ readAt: context.clock.now() })
      .where(
        and(
          eq(searchAlert.savedSearchId, id),
          isNull(searchAlert.readAt),
          upTo === undefined ? undefined : lte(searchAlert.id, upTo),
        ),
      );
    return withUnread(tx, row);
  });
}
