// A listing on the wire. Enters: a row, its owner, and how much the caller may see of it. Leaves: what `listingSchema` says.

import type { z } from 'zod';
import type { MaskedPerson } from '../parties/index.ts';
import type { Gazetteer } from '../regions/index.ts';
import type { ListingWithOwner } from './find-listings.ts';
import { kindById, type KindId } from './kinds/index.ts';
import { warningsOf } from './save-listings.ts';
import type { listingSchema } from './schemas.ts';

export type ListingBody = z.input<typeof listingSchema>;

export type MaskedPeople = ReadonlyMap<string, MaskedPerson>;
export const noPeople: MaskedPeople = new Map();

export function toListing(
  { row, owner }: ListingWithOwner,
  gazetteer: Gazetteer,
  { isComplete, people }: { isComplete: boolean; people: MaskedPeople },
): ListingBody {
  const kind = kindById(row.kind as KindId);
  const withheld: ReadonlySet<string> = new Set(isComplete ? [] : kind.withheld);
  return {
    id: row.id,
    kind: kind.id,
    list: kind.list,
    status: row.status,
    title: row.title,
    divisionCode: row.region,
    place: gazetteer.fullNameOf(row.region),
    owner: owner ? { id: owner.id, name: owner.name, uscc: owner.uscc } : null,
    point: { lng: row.lng, lat: row.lat, source: row.coordSource, stated: row.statedPoint },
    availableFrom: row.availableFrom,
    availableTo: row.availableTo,
    attributes: Object.fromEntries(Object.entries(row.attributes).filter(([name]) => !withheld.has(name))),
    ...(kind.person && { person: people.get(row.personId ?? '') ?? null }),
    conditions: kind.conditionsOf?.(row.attributes) ?? [],
    warnings: isComplete ? warningsOf(kind, row) : [],
    version: row.version,
    publishedAt: row.publishedAt?.toISOString() ?? null,
    publicityUntil: row.publicityUntil,
    dormantSince: row.dormantSince?.toISOString() ?? null,
    updatedAt: row.updatedAt.toISOString(),
  };
}
