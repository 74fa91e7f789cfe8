// The way of a listing 条目流转, first edition, as data. It is never changed once listings have gone it: a new edition is a new
// file and a new id, and a listing keeps the edition it began with.

import type { GuardName } from './guards.ts';
import type { Actor, ListingAction, ListingStatus } from './states.ts';

/** One way of taking a step. The first whose `from`, `by` and `when` fit is taken, if its guards hold. */
export interface Way {
  from: readonly ListingStatus[];
  to: ListingStatus;
  by: readonly Actor[];
  guards?: readonly GuardName[];
  /** Only for listings of which one of these guards does not hold: the others go another way. */
  unless?: readonly GuardName[];
}

export type ListingMachine = Readonly<Record<ListingAction, readonly Way[]>>;

/** What must hold of everything that everybody may read. */
const fit: readonly GuardName[] = [
  'consent-stands',
  'window-not-over',
  'land-use-permitted',
  'safety-documents',
  'decision-recorded',
  'decision-carried',
];
const publishable: readonly GuardName[] = [...fit, 'publicity-over'];
const people: readonly Actor[] = ['owner', 'official'];
const underReview: readonly ListingStatus[] = ['submitted', 'approved', 'publicity'];

export const listingV1: ListingMachine = {
  submission: [{ from: ['draft', 'returned', 'expired', 'withdrawn'], to: 'submitted', by: people, guards: fit }],
  return: [{ from: underReview, to: 'returned', by: ['official'] }],
  approval: [
    { from: ['submitted'], to: 'publicity', by: ['official'], guards: fit, unless: ['publicity-over'] },
    { from: ['submitted'], to: 'approved', by: ['official'], guards: fit },
  ],
  publication: [
    {
      from: ['draft', 'returned', ...underReview, 'expired', 'withdrawn'],
      to: 'published',
      by: ['official'],
      guards: publishable,
    },
    { from: ['publicity'], to: 'published', by: ['system'], guards: publishable },
  ],
  withdrawal: [
    {
      from: ['draft', 'returned', ...underReview, 'published', 'expired'],
      to: 'withdrawn',
      by: [...people, 'system'],
    },
    // Who offered himself may go at any time.
    { from: ['reserved', 'matched'], to: 'withdrawn', by: ['system'] },
  ],
  renewal: [{ from: ['published', 'expired'], to: 'published', by: people, guards: publishable }],
  closure: [
    { from: ['published', 'expired', 'withdrawn'], to: 'closed', by: people },
    { from: ['matched'], to: 'closed', by: ['official', 'system'] },
  ],
  // What was reviewed is not what stands any more; what everybody reads must stay fit for it.
  revision: [
    { from: underReview, to: 'draft', by: [...people, 'system'] },
    { from: ['published'], to: 'draft', by: [...people, 'system'], unless: publishable },
  ],
  reservation: [{ from: ['published'], to: 'reserved', by: ['system'] }],
  release: [{ from: ['reserved'], to: 'published', by: ['system'] }],
  deal: [{ from: ['published', 'reserved'], to: 'matched', by: ['system'] }],
  reopening: [{ from: ['matched', 'closed'], to: 'published', by: ['system'] }],
  expiry: [{ from: [...underReview, 'published'], to: 'expired', by: ['system'], guards: ['window-over'] }],
  dormancy: [{ from: ['published'], to: 'published', by: ['official', 'system'] }],
};
