// What was published is held against every saved search. Enters: an import, or a listing, of which an event told. Leaves: one alert for
// each listing and search that finds it; the event may come twice. Each search asks the index once for the whole import, so an
// import of 50,000 rows costs as many questions as there are searches.

import { and, asc, desc, eq, gt, inArray, sql, type SQL } from 'drizzle-orm';
import type { Context } from '../../platform/context.ts';
import { platformScope, type Transaction } from '../../platform/database.ts';
import { newId } from '../../platform/id.ts';
import { readGazetteer, type Gazetteer } from '../../regions/index.ts';
import { holdsOne, matches } from '../search/conditions.ts';
import { blocksOf } from '../search/orders.ts';
import { searchParameters, toPublicFilter } from '../search/query.ts';
import { listing, publishedListing, savedSearch, searchAlert } from '../tables.ts';

/** Of one event and search; who wants to see more searches. */
export const ALERTS_MAX = 200;
/** Kept of one search, the newest. */
const KEPT_MAX = 1_000;
const SEARCHES_AT_ONCE = 100;

const scope = platformScope('system:saved-searches');

export function tellSearchersOfListing(context: Context, { listingId }: { listingId: string }): Promise<void> {
  return tellSearchers(context, eq(publishedListing.id, listingId));
}

export function tellSearchersOfImport(context: Context, { importId }: { importId: string }): Promise<void> {
  const ofImport = sql`exists (select from ${listing} where ${listing.id} = ${publishedListing.id} and ${listing.importId} = ${importId})`;
  return tellSearchers(context, ofImport);
}

async function tellSearchers(context: Context, published: SQL): Promise<void> {
  const numbers = await context.db.inScope(scope, (tx) => readNumbers(tx, published));
  if (!numbers) return;
  const gazetteer = await readGazetteer(context);
  for (let last: string | undefined, isMore = true; isMore;) {
    // Some at a time: whoever saves or deletes one does not wait for all.
    last = await context.db.inScope(scope, async (tx) => {
      const searches = await tx
        .select()
        .from(savedSearch)
        .where(last === undefined ? undefined : gt(savedSearch.id, last))
        .orderBy(asc(savedSearch.id))
        .limit(SEARCHES_AT_ONCE)
        .for('share');
      for (const search of searches) await tellSearcher(context, tx, search, { published, numbers, gazetteer });
      isMore = searches.length === SEARCHES_AT_ONCE;
      return searches.at(-1)?.id;
    });
  }
}

interface Numbers {
  first: number;
  last: number;
}

/** Between which numbers it stands; undefined when nothing of it is public. */
async function readNumbers(tx: Transaction, published: SQL): Promise<Numbers | undefined> {
  const [row] = await tx
    .select({
      first: sql<string | null>`min(${publishedListing.number})`,
      last: sql<string>`max(${publishedListing.number})`,
    })
    .from(publishedListing)
    .where(published);
  return row === undefined || row.first === null ? undefined : { first: Number(row.first), last: Number(row.last) };
}

async function tellSearcher(
  { clock }: Context,
  tx: Transaction,
  search: typeof savedSearch.$inferSelect,
  { published, numbers, gazetteer }: { published: SQL; numbers: Numbers; gazetteer: Gazetteer },
): Promise<void> {
  const parameters = searchParameters.safeParse(search.query);
  const first = Math.max(numbers.first, search.after + 1);
  // What it asks for may be no word of ours any more; then it finds nothing.
  if (!parameters.success || first > numbers.last) return;
  const blocks = blocksOf(first, numbers.last);
  const found = await tx
    .select({ id: publishedListing.id, number: publishedListing.number, version: listing.version })
    .from(publishedListing)
    .innerJoin(listing, eq(listing.id, publishedListing.id))
    .where(
      and(
        matches(toPublicFilter(parameters.data, gazetteer)),
        blocks && holdsOne(blocks),
        sql`${publishedListing.number} between ${first} and ${numbers.last}`,
        published,
      ),
    )
    .orderBy(desc(sql`${publishedListing.number} + 0`))
    .limit(ALERTS_MAX + 1);
  if (found.length === 0) return;
  const told = found.slice(0, ALERTS_MAX).reverse();
  await tx
    .insert(searchAlert)
    .values(
      told.map(({ id, number, version }) => ({
        ...{ id: newId(), region: search.region, savedSearchId: search.id, savedBy: search.savedBy },
        ...{ listingId: id, listingVersion: version, number, createdAt: clock.now() },
      })),
    )
    .onConflictDoNothing();
  if (found.length > ALERTS_MAX) {
    await tx.update(savedSearch).set({ overflowedAt: clock.now() }).where(eq(savedSearch.id, search.id));
  }
  await forgetOldest(tx, search.id);
}

async function forgetOldest(tx: Transaction, id: string): Promise<void> {
  const beyond = tx
    .select({ id: searchAlert.id })
    .from(searchAlert)
    .where(eq(searchAlert.savedSearchId, id))
    .orderBy(desc(searchAlert.id))
    .offset(KEPT_MAX);
  await tx.delete(searchAlert).where(inArray(searchAlert.id, beyond));
}
