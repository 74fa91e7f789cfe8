// The lists as a matching round reads them. Enters: a county, inside the round's transaction. Leaves: what may be placed and
// used, typed by kind, with the versions that tell later whether anything has changed.

import { and, eq, inArray } from 'drizzle-orm';
import type { z } from 'zod';
import { findConsenting, openPersons } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import { withinDivision, type Transaction } from '../platform/database.ts';
import type { KindId, labour, processingOrder, venue, workshop } from './kinds/index.ts';
import { listing } from './tables.ts';

interface MarketListing<Kind extends KindId> {
  id: string;
  kind: Kind;
  divisionCode: string;
  ownerId: string | null;
  title: string;
  point: { lng: number; lat: number };
  availableFrom: string | null;
  availableTo: string | null;
  version: number;
  attributes: AttributesOf<Kind>;
}

interface KindTypes {
  'processing-order': typeof processingOrder;
  workshop: typeof workshop;
  venue: typeof venue;
  labour: typeof labour;
}
type AttributesOf<Kind extends KindId> = Kind extends keyof KindTypes ? z.output<KindTypes[Kind]['attributes']> : never;

export type OrderListing = MarketListing<'processing-order'>;
export type SiteListing = MarketListing<'workshop'> | MarketListing<'venue'>;
export interface LabourListing extends MarketListing<'labour'> {
  /** Of an identified low-income household: kept sealed, opened for the engine alone. */
  lowIncome: boolean;
  /** Whether the person agrees now to be matched. */
  hasConsent: boolean;
}

export interface MarketListings {
  orders: OrderListing[];
  sites: SiteListing[];
  labour: LabourListing[];
  byId: ReadonlyMap<string, OrderListing | SiteListing | LabourListing>;
}

/** Everything published in a county that a round may place or use, by id. Attributes were checked when they were written. */
export async function readMarketListings(
  context: Context,
  tx: Transaction,
  countyCode: string,
): Promise<MarketListings> {
  const rows = await tx
    .select()
    .from(listing)
    .where(
      and(
        eq(listing.status, 'published'),
        inArray(listing.kind, ['processing-order', 'workshop', 'venue', 'labour']),
        withinDivision(listing.region, countyCode),
      ),
    )
    .orderBy(listing.id);
  const personIds = rows.flatMap((row) => row.personId ?? []);
  const people = await openPersons(context, tx, personIds);
  const consenting = await findConsenting(tx, personIds);
  const all = rows.map(
    ({ id, kind, region, ownerId, personId, title, lng, lat, availableFrom, availableTo, version, attributes }) =>
      ({
        ...{ id, kind, divisionCode: region, ownerId, title, point: { lng, lat } },
        ...{ availableFrom, availableTo, version, attributes },
        ...(personId !== null && {
          lowIncome: people.get(personId)?.lowIncome ?? false,
          hasConsent: consenting.has(personId),
        }),
      }) as OrderListing | SiteListing | LabourListing,
  );
  return {
    orders: all.filter((l) => l.kind === 'processing-order'),
    sites: all.filter((l) => l.kind === 'workshop' || l.kind === 'venue'),
    labour: all.filter((l) => l.kind === 'labour'),
    byId: new Map(all.map((l) => [l.id, l])),
  };
}

/** Versions of published listings, the rows locked against change until the transaction ends. */
export async function lockVersions(tx: Transaction, ids: readonly string[]): Promise<Map<string, number>> {
  const versions = new Map<string, number>();
  for (let at = 0; at < ids.length; at += 5000) {
    const rows = await tx
      .select({ id: listing.id, version: listing.version })
      .from(listing)
      .where(and(inArray(listing.id, ids.slice(at, at + 5000)), eq(listing.status, 'published')))
      .orderBy(listing.id)
      .for('share');
    for (const { id, version } of rows) versions.set(id, version);
  }
  return versions;
}

/** Those of `ids` that this scope sees; as many as a page holds. */
export async function findVisible(tx: Transaction, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx
    .select({ id: listing.id })
    .from(listing)
    .where(inArray(listing.id, [...ids]));
  return new Set(rows.map(({ id }) => id));
}
