// What a list says to everybody just now, for publications and third parties. Enters: a list and a division, or ids of listings.
// Leaves: public fields only; of people nothing but suppressed counts.

import { and, eq, inArray } from 'drizzle-orm';
import { findPartiesById } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import { withinDivision, type Scope, type Transaction } from '../platform/database.ts';
import { readGazetteer, type Gazetteer } from '../regions/index.ts';
import { divisionCodeAt, divisionContains, divisionRange } from '../vocabulary/division-code.ts';
import { countLabour } from './find-listings.ts';
import { publishCounts } from './idle-labour.ts';
import { kinds, type ListId } from './kinds/index.ts';
import type { ListingRow } from './save-listings.ts';
import { noPeople, toListing, type ListingBody } from './state-listing.ts';
import { listing } from './tables.ts';

/** One line of a list as everybody may read it. */
export interface PublishableEntry {
  /** What it is about, the same from one day to the next: a listing, or a division and a skill. */
  subject: string;
  listingId: string | null;
  listingVersion: number | null;
  content: Record<string, unknown>;
}

/** All entries of a list in a division: one statement decides which, and at which version. Ordered by place and subject. */
export async function readPublishable(
  context: Context,
  visitor: Scope,
  { list, divisionCode, limit }: { list: ListId; divisionCode: string; limit: number },
): Promise<PublishableEntry[]> {
  if (list === 'idle-labour') return readLabourCells(context, visitor, divisionCode);
  const gazetteer = await readGazetteer(context);
  const kindIds = kinds.filter((kind) => kind.list === list && kind.isPublic).map(({ id }) => id);
  const rows = await context.db.inScope(visitor, async (tx) =>
    withOwnersStated(
      gazetteer,
      tx,
      await tx
        .select()
        .from(listing)
        .where(
          and(
            inArray(listing.kind, kindIds),
            eq(listing.status, 'published'),
            eq(listing.isPublic, true),
            withinDivision(listing.region, divisionCode),
          ),
        )
        .orderBy(listing.kind, listing.region, listing.id)
        .limit(limit),
    ),
  );
  return rows.map((body) => ({
    subject: body.id,
    listingId: body.id,
    listingVersion: body.version,
    content: contentOf(body),
  }));
}

/** What the listing says, without the marks of when it said so. */
function contentOf(body: ListingBody): Record<string, unknown> {
  const { kind, title, divisionCode, place, owner, point, availableFrom, availableTo, attributes, conditions } = body;
  return { kind, title, divisionCode, place, owner, point, availableFrom, availableTo, attributes, conditions };
}

/** Hidden is what is hidden in the county as a whole, so that a village, its town and the county never tell different cells. */
async function readLabourCells(context: Context, visitor: Scope, divisionCode: string): Promise<PublishableEntry[]> {
  const county = divisionCodeAt(divisionCode, 'county') ?? divisionCode;
  const gazetteer = await readGazetteer(context);
  // Reads all labour of the county, whoever asks: only suppressed counts leave this function.
  const scope = { ...visitor, ...divisionRange(county), audience: 'division' };
  return publishCounts(await countLabour(context, scope, county), county)
    .filter((cell) => divisionContains(divisionCode, cell.divisionCode))
    .map((cell) => ({
      subject: `${cell.divisionCode}/${cell.skill}`,
      listingId: null,
      listingVersion: null,
      content: { ...cell, place: gazetteer.fullNameOf(cell.divisionCode) },
    }))
    .sort((a, b) => (a.subject < b.subject ? -1 : 1));
}

/** Those of `ids` that everybody may read now, as everybody may read them. */
export async function readPublicListings(
  context: Context,
  visitor: Scope,
  ids: readonly string[],
): Promise<Map<string, ListingBody>> {
  const gazetteer = await readGazetteer(context);
  const bodies = await context.db.inScope(visitor, async (tx) =>
    withOwnersStated(
      gazetteer,
      tx,
      await tx
        .select()
        .from(listing)
        .where(and(inArray(listing.id, [...ids]), eq(listing.status, 'published'))),
    ),
  );
  return new Map(bodies.map((body) => [body.id, body]));
}

async function withOwnersStated(
  gazetteer: Gazetteer,
  tx: Transaction,
  rows: readonly ListingRow[],
): Promise<ListingBody[]> {
  const owners = await findPartiesById(
    tx,
    rows.flatMap((row) => row.ownerId ?? []),
  );
  return rows.map((row) =>
    toListing({ row, owner: owners.get(row.ownerId ?? '') }, gazetteer, { isComplete: false, people: noPeople }),
  );
}
