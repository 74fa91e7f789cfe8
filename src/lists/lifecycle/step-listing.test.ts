import { describe, expect, test } from 'vitest';
import { publicityOf, type ListingFacts } from './guards.ts';
import { findShareFault } from './statutory-share.ts';
import { settleStanding } from './settle-standing.ts';
import { listingActions, listingStatuses, type Actor, type ListingAction, type ListingStatus } from './states.ts';
import { stepListing, type Standing } from './step-listing.ts';

const fit: ListingFacts = {
  today: '2026-11-21',
  lastDay: null,
  isConsentWithdrawn: false,
  landUseFaults: [],
  missingPapers: [],
  owesDecision: false,
  decision: null,
  publicityWorkingDays: 5,
};
const standing = (status: ListingStatus): Standing => ({ machine: 'listing-v1', status });
const step = (action: ListingAction, status: ListingStatus, actor: Actor, facts = fit) =>
  stepListing(action, standing(status), facts, actor);

test.each<[ListingAction, ListingStatus, Actor, ListingStatus]>([
  ['submission', 'draft', 'owner', 'submitted'],
  ['approval', 'submitted', 'official', 'approved'],
  ['publication', 'approved', 'official', 'published'],
  ['publication', 'draft', 'official', 'published'],
  ['reservation', 'published', 'system', 'reserved'],
  ['release', 'reserved', 'system', 'published'],
  ['deal', 'published', 'system', 'matched'],
  ['deal', 'reserved', 'system', 'matched'],
  ['closure', 'matched', 'system', 'closed'],
  ['reopening', 'closed', 'system', 'published'],
  ['reopening', 'matched', 'system', 'published'],
  ['withdrawal', 'reserved', 'system', 'withdrawn'],
])('%s of what is %s, by %s, leads to %s', (action, from, actor, to) => {
  expect(step(action, from, actor)).toEqual({ to });
});

test.each<[ListingAction, ListingStatus, Actor, 'state' | 'caller']>([
  ['approval', 'submitted', 'owner', 'caller'],
  ['publication', 'approved', 'owner', 'caller'],
  ['withdrawal', 'reserved', 'official', 'caller'],
  ['reservation', 'published', 'official', 'caller'],
  ['approval', 'draft', 'official', 'state'],
  ['release', 'published', 'system', 'state'],
  ['reservation', 'reserved', 'system', 'state'],
  ['publication', 'closed', 'official', 'state'],
])('%s of what is %s, by %s, is refused for its %s', (action, from, actor, refused) => {
  expect(step(action, from, actor)).toMatchObject({ refused });
});

test('what may not be used is not published: each thing in the way is named, with how to mend it', () => {
  const unfit = {
    ...fit,
    lastDay: '2026-11-20',
    isConsentWithdrawn: true,
    missingPapers: [{ zh: '消防检查合格证明', en: 'a passed fire check' }],
    landUseFaults: [{ zh: '基本农田不得挖塘养鱼', en: 'no ponds on basic farmland' }],
  };
  const refused = step('publication', 'draft', 'official', unfit);
  if (!('faults' in refused)) throw new Error('it was not refused');
  expect(refused.faults.map(({ guard }) => guard)).toEqual([
    'consent-stands',
    'window-not-over',
    'land-use-permitted',
    'safety-documents',
  ]);
  expect(refused.why.zh).toContain('消防检查合格证明');
});

test('its last day is still a day of it', () => {
  expect(step('publication', 'draft', 'official', { ...fit, lastDay: fit.today })).toEqual({ to: 'published' });
  expect(step('expiry', 'published', 'system', { ...fit, lastDay: fit.today })).toMatchObject({ refused: 'guard' });
  expect(step('expiry', 'published', 'system', { ...fit, lastDay: '2026-11-20' })).toEqual({ to: 'expired' });
});

test('nobody leaves the states, and every refusal says why in both languages', () => {
  for (const action of listingActions)
    for (const status of listingStatuses)
      for (const actor of ['owner', 'official', 'system'] as const) {
        const outcome = step(action, status, actor);
        if ('to' in outcome) expect(listingStatuses).toContain(outcome.to);
        else
          expect(outcome.why).toEqual({
            zh: expect.stringMatching(/\p{Script=Han}/u) as string,
            en: expect.any(String) as string,
          });
      }
});

test('only a deal reserves, and what is held is in nobody’s hands but the system’s', () => {
  for (const action of listingActions)
    for (const actor of ['owner', 'official'] as const) {
      expect(step(action, 'reserved', actor)).toHaveProperty('refused');
    }
});

test('what is changed under review is a draft again', () => {
  expect(settleStanding(standing('approved'), fit, { isChanged: true, publishes: false }).status).toBe('draft');
  expect(settleStanding(standing('approved'), fit, { isChanged: false, publishes: false }).status).toBe('approved');
});

test('what is published stays so while it is fit, and is taken back when a change makes it unfit', () => {
  const change = { isChanged: true, publishes: false };
  expect(settleStanding(standing('published'), fit, change)).toEqual({ status: 'published', steps: [] });
  const unfit = { ...fit, missingPapers: [{ zh: '权属证明', en: 'ownership papers' }] };
  expect(settleStanding(standing('published'), unfit, change)).toMatchObject({
    status: 'draft',
    steps: [{ action: 'revision', from: 'published', to: 'draft' }],
    notPublished: { zh: expect.stringContaining('权属证明') as string },
  });
});

describe('an asset of a collective', () => {
  const decision = {
    ...{ heldOn: '2026-11-10', body: 'representatives' as const, due: 36, present: 33, inFavour: 31 },
    ...{ minutes: '湖仁股合〔2026〕7号', publicityFrom: '2026-11-13', publicityTo: null },
  };
  const owed = { ...fit, owesDecision: true, decision };
  const guardsOf = (facts: ListingFacts, action: ListingAction = 'publication') => {
    const outcome = step(action, 'submitted', 'official', facts);
    return 'faults' in outcome ? outcome.faults.map(({ guard }) => guard) : [];
  };

  test('is not published without a decision that was carried and put up long enough', () => {
    expect(guardsOf({ ...owed, decision: null })).toEqual(['decision-recorded']);
    expect(guardsOf({ ...owed, decision: { ...decision, inFavour: 23 } })).toEqual(['decision-carried']);
    expect(guardsOf({ ...owed, decision: { ...decision, publicityFrom: null } })).toEqual(['publicity-over']);
    expect(guardsOf(owed)).toEqual([]);
  });

  test('counts working days: five after Friday the 13th are over when Friday the 20th is', () => {
    expect(guardsOf({ ...owed, today: '2026-11-20' })).toEqual(['publicity-over']);
    expect(guardsOf({ ...owed, today: '2026-11-21' })).toEqual([]);
    expect(guardsOf({ ...owed, decision: { ...decision, publicityTo: '2026-11-25' } })).toEqual(['publicity-over']);
  });

  test('says so when the days to be counted are not announced yet', () => {
    const facts = { ...owed, today: '2026-12-30', decision: { ...decision, publicityFrom: '2026-12-30' } };
    expect(publicityOf(facts)).toEqual({ until: '2027-01-06', hasBegun: true, isProvisional: true });
    const refused = step('publication', 'submitted', 'official', facts);
    expect('why' in refused && refused.why.zh).toContain('暂按周末推算');
  });

  test('is put up by approval while its publicity is not over, and simply approved once it is', () => {
    expect(step('approval', 'submitted', 'official', { ...owed, today: '2026-11-16' })).toEqual({ to: 'publicity' });
    expect(step('approval', 'submitted', 'official', owed)).toEqual({ to: 'approved' });
  });

  test.each([
    ['assembly', 100, 67, 67, true],
    ['assembly', 100, 66, 66, false],
    ['assembly', 100, 80, 66, false],
    ['representatives', 30, 20, 20, true],
    ['representatives', 30, 30, 19, false],
    ['council', 5, 4, 3, true],
    ['council', 5, 3, 3, false],
    ['council', 6, 6, 3, false],
  ] as const)('%s: of %i due %i came and %i agreed: carried %s', (body, due, present, inFavour, isCarried) => {
    expect(findShareFault({ ...decision, body, due, present, inFavour }) === null).toBe(isCarried);
  });
});
