// THE list of listing kinds. A new kind is one file beside this one and one line here.
import { equipment } from './equipment.ts';
import type { KindId, ListingKind } from './kind.ts';
import { labour } from './labour.ts';
import { land } from './land.ts';
import { policy } from './policy.ts';
import { processingOrder } from './processing-order.ts';
import { venue } from './venue.ts';
import { workshop } from './workshop.ts';

export const kinds: readonly ListingKind[] = [land, venue, workshop, equipment, labour, processingOrder, policy];

const kindOfId = new Map<string, ListingKind>(kinds.map((kind) => [kind.id, kind]));

/** `null` when no kind has this id. */
export function kindById(id: KindId): ListingKind;
export function kindById(id: string): ListingKind | null;
export function kindById(id: string): ListingKind | null {
  return kindOfId.get(id) ?? null;
}

export { equipment, labour, land, policy, processingOrder, venue, workshop };
export * from './kind.ts';
export { listingFields, plainDateSchema, pointSchema } from './listing-fields.ts';
export type { ListingFields } from './listing-fields.ts';
export { labourConsent, labourPerson, weeklyHoursMax } from './labour.ts';
export { formatConditions, meetsCondition, parseConditions } from './eligibility.ts';
export type { EligibilityCondition, EligibilityFacts } from './eligibility.ts';
