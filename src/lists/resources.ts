// One resource as a trade reads it. Enters: an id, in whatever scope looks. Leaves: what may be agreed about it, or undefined.

import { and, eq, inArray } from 'drizzle-orm';
import type { Transaction } from '../platform/database.ts';
import { kinds, type KindId } from './kinds/index.ts';
import type { ListingRow } from './save-listings.ts';
import { listing } from './tables.ts';

export type Resource = Pick<
  ListingRow,
  'id' | 'region' | 'status' | 'ownerId' | 'title' | 'attributes' | 'availableFrom' | 'availableTo' | 'publishedAt'
> & { kind: KindId };

/** People are never traded: only what legal persons offer on the resource list. */
const kindIds = kinds.filter(({ list, person }) => list === 'resources' && person === undefined).map(({ id }) => id);

export async function findResource(tx: Transaction, id: string): Promise<Resource | undefined> {
  const [row] = await tx
    .select()
    .from(listing)
    .where(and(eq(listing.id, id), inArray(listing.kind, kindIds)));
  return row && { ...row, kind: row.kind as KindId };
}

/** Nobody changes it until the transaction ends. */
export async function lockResource(tx: Transaction, id: string): Promise<Resource | undefined> {
  await tx.select({ id: listing.id }).from(listing).where(eq(listing.id, id)).for('update');
  return findResource(tx, id);
}
