// From a near-miss of the engine to the request that would apply it. Enters: one changed field of the scenario. Leaves:
// PATCH /v1/listings/{id} as it can be sent, or null when no attribute of the listing stands behind that field. Pure.

import { addDays, type PlainDate } from '../vocabulary/calendar.ts';
import type { Change } from './engine/index.ts';

export interface ListingPatch {
  method: 'PATCH';
  path: string;
  /** The version that the round read: the hint was tried on that one, and says nothing about any other. */
  headers: { 'If-Match': string };
  body: { availableFrom?: PlainDate; availableTo?: PlainDate; attributes?: Record<string, Change['to']> };
}

/** Fields that mean the same in the scenario and on the listing. */
const sameAttribute: Record<Change['target'], ReadonlySet<string>> = {
  order: new Set([
    'needs',
    'durationWeeks',
    'areaM2',
    'powerKw',
    'equipment',
    'maxLots',
    'homeWork',
    'minStar',
    'minShare',
  ]),
  site: new Set(['areaM2', 'powerKw', 'equipment', 'landUse', 'star']),
  worker: new Set(['skills', 'hoursPerWeek', 'maxCommuteKm', 'homeWork', 'star']),
};

export function toListingPatch(
  { target, id, field, to }: Change,
  asOf: PlainDate,
  version: number,
): ListingPatch | null {
  const patch = (body: ListingPatch['body']): ListingPatch => ({
    method: 'PATCH',
    path: `/v1/listings/${id}`,
    headers: { 'If-Match': `"${version}"` },
    body,
  });
  if (sameAttribute[target].has(field)) return patch({ attributes: { [field]: asStated(target, field, to) } });
  if (typeof to !== 'number') return null;
  const weekBegins = addDays(asOf, to * 7);
  // Weeks are half-open, the days of a listing are included: the last day is the one before the week begins.
  const dayBefore = addDays(weekBegins, -1);
  if (target === 'order' && field === 'release') return patch({ attributes: { earliestStart: weekBegins } });
  if (target === 'order' && field === 'due') return patch({ attributes: { due: dayBefore } });
  if (target !== 'order' && field === 'from') return patch({ availableFrom: weekBegins });
  if (target !== 'order' && field === 'to') return patch({ availableTo: dayBefore });
  return null;
}

/**
 * Listings state whole square metres and hours, the scenario any number: what an order asks is rounded down and what a site or
 * worker offers is rounded up, so that the change is at least as large as the one that was tried.
 */
function asStated(target: Change['target'], field: string, value: Change['to']): Change['to'] {
  if (typeof value !== 'number' || (field !== 'areaM2' && field !== 'hoursPerWeek')) return value;
  return target === 'order' ? Math.floor(value) : Math.ceil(value);
}
