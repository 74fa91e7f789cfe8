// The door of the kinds: their list, derived from all.ts, and the words around them.
import type { z } from 'zod';
import * as all from './all.ts';
import type { ListingKind as AnyKind } from './kind.ts';

export type KindId = (typeof all)[keyof typeof all]['id'];
export type ListingKind = AnyKind<z.ZodObject, KindId>;

export const kinds: readonly ListingKind[] = Object.values(all);
export const kindIds: readonly KindId[] = kinds.map((kind) => kind.id);

const kindOfId = new Map<string, ListingKind>(kinds.map((kind) => [kind.id, kind]));

/** `null` when no kind has this id. */
export function kindById(id: KindId): ListingKind;
export function kindById(id: string): ListingKind | null;
export function kindById(id: string): ListingKind | null {
  return kindOfId.get(id) ?? null;
}

export * from './all.ts';
export { listIds, listLabels } from './kind.ts';
export type { CellType, Column, ListId, PersonPart } from './kind.ts';
export { listingFields, plainDateSchema, pointSchema } from './listing-fields.ts';
export type { ListingFields, StatedPoint } from './listing-fields.ts';
export { decisionSchema, type CollectiveDecision } from './decision-fields.ts';
export { labourPerson, weeklyHoursMax } from './labour.ts';
export { formatConditions, meetsCondition, parseConditions } from './eligibility.ts';
export type { EligibilityCondition, EligibilityFacts } from './eligibility.ts';
