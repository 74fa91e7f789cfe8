// A listing for those who may see all of it: its owner, officials of its division, and whoever it is about.

import { maskPerson, openPersons } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import type { Scope } from '../platform/database.ts';
import type { Principal } from '../platform/http/index.ts';
import { readGazetteer } from '../regions/index.ts';
import { readListing, type ListingWithOwner } from './find-listings.ts';
import { noPeople, toListing, type ListingBody, type MaskedPeople } from './state-listing.ts';

/** Officials see every attribute in their division, owners those of their own listings. */
export function seesAll(principal: Principal, { row }: ListingWithOwner): boolean {
  if (principal.role === 'official' || principal.role === 'platform') return true;
  return principal.partyId !== undefined && principal.partyId === row.ownerId;
}

/** Who is behind labour listings, masked; officials only. */
export async function readMaskedPeople(
  context: Context,
  scope: Scope,
  { role }: Principal,
  listings: readonly ListingWithOwner[],
): Promise<MaskedPeople> {
  const ids = listings.flatMap(({ row }) => row.personId ?? []);
  if (ids.length === 0 || (role !== 'official' && role !== 'platform')) return noPeople;
  const people = await context.db.inScope(scope, (tx) => openPersons(context, tx, ids));
  return new Map([...people].map(([id, identity]) => [id, maskPerson(id, identity)]));
}

export async function toOwnListing(
  context: Context,
  scope: Scope,
  principal: Principal,
  id: string,
): Promise<ListingBody> {
  const found = await readListing(context, { scope, visitor: scope }, id);
  const people = await readMaskedPeople(context, scope, principal, [found]);
  return toListing(found, await readGazetteer(context), { isComplete: true, people });
}
