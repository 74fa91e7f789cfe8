import { describe, expect, it } from 'vitest';
import { processingOrderAttributes } from '../lists/kinds/processing-order.ts';
import { weekIndex, wholeWeeksWithin } from '../vocabulary/calendar.ts';
import type { Change } from './engine/index.ts';
import { toListingPatch } from './near-miss-patch.ts';

const asOf = '2026-11-21';
const change = (target: Change['target'], field: string, to: Change['to']): Change => ({
  target,
  id: 'o1',
  field,
  from: null,
  to,
  unit: null,
});

describe('the request that applies a near-miss', () => {
  it('moves the delivery day to the last day of the week before the new due week', () => {
    const patch = toListingPatch(change('order', 'due', 6), asOf, 3);
    expect(patch).toMatchObject({
      method: 'PATCH',
      path: '/v1/listings/o1',
      headers: { 'If-Match': '"3"' },
      body: { attributes: { due: '2027-01-01' } },
    });
    expect(wholeWeeksWithin(asOf, null, '2027-01-01', 16).to).toBe(6);
  });

  it('moves the earliest start to the first day of the new release week', () => {
    const patch = toListingPatch(change('order', 'release', 2), asOf, 3);
    expect(patch?.body.attributes).toEqual({ earliestStart: '2026-12-05' });
    expect(weekIndex(asOf, '2026-12-05')).toBe(2);
  });

  it('opens a site for as many whole weeks as the hint says', () => {
    const patch = toListingPatch(change('site', 'to', 9), asOf, 3);
    expect(wholeWeeksWithin(asOf, null, patch?.body.availableTo ?? null, 16).to).toBe(9);
  });

  it('names only attributes that an order has', () => {
    for (const field of ['needs', 'areaM2', 'powerKw', 'equipment', 'maxLots', 'homeWork', 'minStar', 'minShare']) {
      const patch = toListingPatch(change('order', field, 1), asOf, 3);
      expect(Object.keys(patch?.body.attributes ?? {})).toEqual([field]);
      expect(processingOrderAttributes.shape).toHaveProperty(field);
    }
  });

  it('states whole square metres, never less change than was tried', () => {
    expect(toListingPatch(change('order', 'areaM2', 112.4), asOf, 3)?.body.attributes).toEqual({ areaM2: 112 });
    expect(toListingPatch(change('site', 'areaM2', 112.4), asOf, 3)?.body.attributes).toEqual({ areaM2: 113 });
    expect(toListingPatch(change('order', 'minStar', 4.7), asOf, 3)?.body.attributes).toEqual({ minStar: 4.7 });
  });

  it('says nothing where no attribute stands behind the field', () => {
    expect(toListingPatch(change('order', 'landUse', ['homestead']), asOf, 3)).toBeNull();
    expect(toListingPatch(change('site', 'town', 'x'), asOf, 3)).toBeNull();
  });
});
