// Reading and searching listings. Enters: a scope (who looks) and a filter. Leaves: rows with their owners.

import { and, desc, eq, inArray, isNotNull, isNull, lt, sql, type SQL } from 'drizzle-orm';
import { findPartiesById, type Party } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import { withinDivision, type Scope, type Transaction } from '../platform/database.ts';
import type { Principal } from '../platform/http/index.ts';
import { notFound } from '../platform/problem.ts';
import { readGazetteer } from '../regions/index.ts';
import type { ListingStatus } from './lifecycle/states.ts';
import { kinds, type KindId, type ListId } from './kinds/index.ts';
import type { ListingRow } from './save-listings.ts';
import { holdsAny } from './search/conditions.ts';
import { readSearchWords, type SearchWord } from './search/words.ts';
import { listing } from './tables.ts';

export interface ListingFilter {
  kind?: KindId | undefined;
  list?: ListId | undefined;
  divisionCode?: string | undefined;
  status?: ListingStatus | undefined;
  /** 疑似失效 or not; to whom it belongs, for those who own something. */
  doubt?: { isDoubted: boolean; owner: Pick<Principal, 'partyId' | 'personIds'> } | undefined;
  q?: string | undefined;
  beforeId?: string | undefined;
  limit: number;
}

export interface ListingWithOwner {
  row: ListingRow;
  owner: Party | undefined;
}

/** Of the caller's own scope, drafts too. Newest first; one more than the limit, so that the caller knows whether there is a next page. */
export async function findListings(context: Context, scope: Scope, filter: ListingFilter): Promise<ListingWithOwner[]> {
  const conditions: (SQL | undefined)[] = [
    filter.kind ? eq(listing.kind, filter.kind) : undefined,
    filter.list
      ? inArray(
          listing.kind,
          kinds.filter((kind) => kind.list === filter.list).map((kind) => kind.id),
        )
      : undefined,
    filter.status ? eq(listing.status, filter.status) : undefined,
    filter.doubt && isDoubted(filter.doubt),
    filter.divisionCode ? withinDivision(listing.region, filter.divisionCode) : undefined,
    filter.beforeId ? lt(listing.id, filter.beforeId) : undefined,
    ...(filter.q === undefined ? [] : readSearchWords(filter.q, await readGazetteer(context)).map(holdsWord)),
  ];
  return context.db.inScope(scope, async (tx) => {
    const rows = await tx
      .select()
      .from(listing)
      .where(and(...conditions))
      .orderBy(desc(listing.id))
      .limit(filter.limit + 1);
    return withOwners(tx, rows);
  });
}

function isDoubted({ isDoubted: doubted, owner }: NonNullable<ListingFilter['doubt']>): SQL | undefined {
  const { partyId, personIds } = owner;
  return and(
    doubted ? isNotNull(listing.dormantSince) : isNull(listing.dormantSince),
    partyId === undefined ? undefined : eq(listing.ownerId, partyId),
    personIds.length === 0 ? undefined : inArray(listing.personId, [...personIds]),
  );
}

const holdsWord = (word: SearchWord) => holdsAny(word, { text: listing.searchText, grams: listing.searchGrams });

export async function withOwners(tx: Transaction, rows: readonly ListingRow[]): Promise<ListingWithOwner[]> {
  const owners = await findPartiesById(
    tx,
    rows.flatMap((row) => row.ownerId ?? []),
  );
  return rows.map((row) => ({ row, owner: row.ownerId ? owners.get(row.ownerId) : undefined }));
}

/** In the caller's own scope, or else as any visitor may see it. @throws Problem not-found for either reason alike. */
export async function readListing(
  { db }: Context,
  scopes: { scope: Scope; visitor: Scope },
  id: string,
): Promise<ListingWithOwner & { isOwn: boolean }> {
  for (const [scope, isOwn] of [
    [scopes.scope, true],
    [scopes.visitor, false],
  ] as const) {
    const [found] = await db.inScope(scope, async (tx) =>
      withOwners(tx, await tx.select().from(listing).where(eq(listing.id, id))),
    );
    if (found) return { ...found, isOwn };
  }
  throw notFound();
}

export interface KindCount {
  kind: KindId;
  published: number;
}

export async function countByKind({ db }: Context, scope: Scope, divisionCode: string): Promise<KindCount[]> {
  const counts = await db.inScope(scope, (tx) =>
    tx
      .select({ kind: listing.kind, published: sql<number>`count(*)::int` })
      .from(listing)
      .where(and(eq(listing.status, 'published'), withinDivision(listing.region, divisionCode)))
      .groupBy(listing.kind),
  );
  return kinds.map(({ id }) => ({ kind: id, published: counts.find((count) => count.kind === id)?.published ?? 0 }));
}

/** Per village and skill. For the suppressed public list only: the caller must not hand it on as it is. */
export async function countLabour({ db }: Context, scope: Scope, countyCode: string) {
  return db.inScope(scope, async (tx) => {
    const { rows } = await tx.execute<{ villageCode: string; skill: string; people: number }>(sql`
      select region as "villageCode", skill, count(*)::int as people
      from listing cross join lateral jsonb_array_elements_text(attributes -> 'skills') as skill
      where kind = 'labour' and status = 'published' and ${withinDivision(listing.region, countyCode)}
      group by region, skill order by region, skill`);
    return rows;
  });
}
