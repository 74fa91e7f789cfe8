// Searching what is public. Enters: a filter, an order, where the page before ended. Leaves: listings with their owners; or how
// many there are of each kind, town and term, at a cost that does not grow with the lists.

import { inArray, sql } from 'drizzle-orm';
import type { Context } from '../../platform/context.ts';
import type { Scope, Transaction } from '../../platform/database.ts';
import { withOwners, type ListingWithOwner } from '../find-listings.ts';
import type { KindId } from '../kinds/index.ts';
import { listing, publishedListing } from '../tables.ts';
import type { PublicFilter } from './conditions.ts';
import { partsOf, type Sort, type SortKeys } from './orders.ts';

export interface Found extends ListingWithOwner {
  keys: SortKeys;
}

interface Page {
  sort: Sort;
  after: SortKeys | undefined;
  limit: number;
}

/** One more than the limit, so that the caller knows whether there is a next page. */
export async function searchListings(
  { db }: Context,
  visitor: Scope,
  filter: PublicFilter,
  page: Page,
): Promise<Found[]> {
  return db.inScope(visitor, async (tx) => {
    const hits = await findHits(tx, filter, page);
    const found = await readListings(
      tx,
      hits.map(({ id }) => id),
    );
    return hits.flatMap(({ id, key }) => {
      const one = found.get(id);
      return one ? [{ ...one, keys: [Number(key), id] as SortKeys }] : [];
    });
  });
}

/** One more than the limit. */
async function findHits(tx: Transaction, filter: PublicFilter, { sort, after, limit }: Page, isCounted = false) {
  const { id, kind, region, facets } = publishedListing;
  const wanted = limit + 1;
  const hits: { id: string; kind: string; region: string; facets: string[]; key: number }[] = [];
  const progress = { found: 0, wanted };
  for await (const { where, key, order } of partsOf(tx, sort, filter, after, progress)) {
    const rows = await tx
      .select({ id, kind, region, facets: isCounted ? facets : sql<string[]>`'{}'::text[]`, key })
      .from(publishedListing)
      .where(where)
      .orderBy(order)
      .limit(wanted - hits.length);
    hits.push(...rows);
    progress.found = hits.length;
    if (hits.length >= wanted) break;
  }
  return hits;
}

async function readListings(tx: Transaction, ids: readonly string[]): Promise<Map<string, ListingWithOwner>> {
  if (ids.length === 0) return new Map();
  const rows = await withOwners(
    tx,
    await tx
      .select()
      .from(listing)
      .where(inArray(listing.id, [...ids])),
  );
  return new Map(rows.map((one) => [one.row.id, one]));
}

/** Beyond so many, the newest are counted and the answer says so. */
export const FACETS_COUNTED_MAX = 200;

export interface Facets {
  counted: number;
  /** Whether nothing is left uncounted. */
  isExact: boolean;
  kinds: Map<KindId, number>;
  towns: Map<string, number>;
  /** Facet id → code → listings that say it. */
  terms: Map<string, Map<string, number>>;
}

export async function countFacets({ db }: Context, visitor: Scope, filter: PublicFilter): Promise<Facets> {
  const page: Page = { sort: 'freshness', after: undefined, limit: FACETS_COUNTED_MAX };
  const hits = await db.inScope(visitor, (tx) => findHits(tx, filter, page, true));
  const counted = hits.slice(0, FACETS_COUNTED_MAX);
  const terms: Facets['terms'] = new Map();
  for (const [said, times] of countEach(counted.flatMap(({ facets }) => facets))) {
    const [facet = '', code = ''] = said.split(':');
    terms.set(facet, (terms.get(facet) ?? new Map<string, number>()).set(code, times));
  }
  return {
    counted: counted.length,
    isExact: counted.length === hits.length,
    kinds: countEach(counted.map(({ kind }) => kind as KindId)),
    towns: countEach(counted.flatMap(({ region }) => (region.length >= 9 ? [region.slice(0, 9)] : []))),
    terms,
  };
}

function countEach<Value>(values: readonly Value[]): Map<Value, number> {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
