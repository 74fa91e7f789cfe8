// Searching what is public. Enters: a filter, an order, where the page before ended. Leaves: listings with their owners; or how
// many there are of each kind, town and term, at a cost that does not grow with the lists.

import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Context } from '../../platform/context.ts';
import type { Scope, Transaction } from '../../platform/database.ts';
import { withOwners, type ListingWithOwner } from '../find-listings.ts';
import { kinds, type KindId } from '../kinds/index.ts';
import { listing, publishedListing } from '../tables.ts';
import { matches, orderBy, type PublicFilter, type Sort, type SortKeys } from './conditions.ts';

export interface Found extends ListingWithOwner {
  keys: SortKeys;
}

/** One more than the limit, so that the caller knows whether there is a next page. */
export async function searchListings(
  { db }: Context,
  visitor: Scope,
  filter: PublicFilter,
  { sort, after, limit }: { sort: Sort; after: SortKeys | undefined; limit: number },
): Promise<Found[]> {
  const order = orderBy(sort, filter);
  return db.inScope(visitor, async (tx) => {
    const hits = await tx
      .select({ id: publishedListing.id, key: order.key })
      .from(publishedListing)
      .where(and(matches(filter), order.where, after && order.after(after)))
      .orderBy(order.order)
      .limit(limit + 1);
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
export const FACETS_COUNTED_MAX = 1_000;

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
  return db.inScope(visitor, async (tx) => {
    const hits = await tx
      .select({ id: publishedListing.id, kind: publishedListing.kind, region: publishedListing.region })
      .from(publishedListing)
      .where(matches(filter))
      .orderBy(orderBy('freshness', filter).order)
      .limit(FACETS_COUNTED_MAX + 1);
    const counted = hits.slice(0, FACETS_COUNTED_MAX);
    return {
      counted: counted.length,
      isExact: counted.length === hits.length,
      kinds: countEach(counted.map(({ kind }) => kind as KindId)),
      towns: countEach(counted.flatMap(({ region }) => (region.length >= 9 ? [region.slice(0, 9)] : []))),
      terms: await countTerms(
        tx,
        counted.map(({ id }) => id),
      ),
    };
  });
}

function countEach<Value>(values: readonly Value[]): Map<Value, number> {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

const facetPaths = kinds.flatMap(({ id: kind, facets = [] }) =>
  facets.map(({ id: facet, path }) => ({ kind, facet, path: `$.${path}` })),
);

async function countTerms(tx: Transaction, ids: readonly string[]): Promise<Facets['terms']> {
  const said = tx
    .select({
      facet: sql<string>`f.facet`.as('facet'),
      code: sql<string>`code #>> '{}'`.as('code'),
      id: listing.id,
    })
    .from(listing)
    .innerJoin(
      sql`jsonb_to_recordset(${JSON.stringify(facetPaths)}::jsonb) as f (kind text, facet text, path text)`,
      eq(listing.kind, sql`f.kind`),
    )
    .crossJoinLateral(sql`jsonb_path_query(${listing.attributes}, f.path::jsonpath) as code`)
    .where(sql`${listing.id} = any(${sql.param(ids)}::uuid[])`)
    .as('said');
  const rows = await tx
    .select({ facet: said.facet, code: said.code, count: sql<number>`count(distinct ${said.id})::int` })
    .from(said)
    .groupBy(said.facet, said.code);
  const terms: Facets['terms'] = new Map();
  for (const { facet, code, count } of rows) {
    terms.set(facet, (terms.get(facet) ?? new Map<string, number>()).set(code, count));
  }
  return terms;
}
