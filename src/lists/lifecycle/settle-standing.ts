// Where a listing stands once what it says was written. Enters: where it stood, what is known of it now, whether it shall be
// published. Leaves: the steps taken, and why it is not published. Pure.

import type { Text } from '../../vocabulary/text.ts';
import type { ListingFacts } from './guards.ts';
import type { ListingAction, ListingStatus } from './states.ts';
import { stepListing, type Standing } from './step-listing.ts';

export interface Settled {
  status: ListingStatus;
  steps: { action: ListingAction; from: ListingStatus; to: ListingStatus }[];
  notPublished?: Text;
}

/** What was reviewed and is changed is a draft again; so is what was published and must not be any more. */
export function settleStanding(
  { machine, status: from }: Standing,
  facts: ListingFacts,
  { isChanged, publishes }: { isChanged: boolean; publishes: boolean },
): Settled {
  const settled: Settled = { status: from, steps: [] };
  const take = (action: 'revision' | 'publication') => {
    const { status } = settled;
    const step = stepListing(action, { machine, status }, facts, action === 'revision' ? 'system' : 'official');
    if ('refused' in step) return step.why;
    settled.steps.push({ action, from: status, to: step.to });
    settled.status = step.to;
    return undefined;
  };
  if (isChanged) take('revision');
  const isTakenBack = from === 'published' && settled.status !== 'published';
  if ((publishes || isTakenBack) && settled.status !== 'published') {
    const why = take('publication');
    if (why) settled.notPublished = { zh: `未发布:${why.zh}`, en: `Not published: ${why.en}` };
  }
  return settled;
}
