import { describe, expect, test } from 'vitest';
import { chooseWinner, stepBidding, type BiddingStanding, type OpenedBid } from './bidding-machine.ts';

const bid = (partyId: string, bidFen: number, words: Partial<OpenedBid> = {}): OpenedBid => ({
  ...{ partyId, bidFen, isMember: false, bidAt: new Date('2026-12-01T02:00:00Z') },
  ...words,
});

describe('who wins', () => {
  test('the highest price does', () => {
    expect(chooseWinner([bid('a', 100), bid('b', 120), bid('c', 110)], 100)?.partyId).toBe('b');
  });

  test('a member of the collective does on equal terms, and on equal terms only', () => {
    expect(chooseWinner([bid('a', 120), bid('b', 120, { isMember: true })], 100)?.partyId).toBe('b');
    expect(chooseWinner([bid('a', 121), bid('b', 120, { isMember: true })], 100)?.partyId).toBe('a');
  });

  test('whoever bid first does when nothing else tells them apart', () => {
    const later = new Date('2026-12-01T03:00:00Z');
    expect(chooseWinner([bid('a', 120, { bidAt: later }), bid('b', 120)], 100)?.partyId).toBe('b');
  });

  test('nobody does when fewer than two reach the reserve price', () => {
    expect(chooseWinner([bid('a', 500)], 100)).toBeNull();
    expect(chooseWinner([bid('a', 500), bid('b', 99)], 100)).toBeNull();
    expect(chooseWinner([], 100)).toBeNull();
  });
});

describe('the opening', () => {
  const now = new Date('2026-12-02T02:00:00Z');
  const noticed = { state: 'noticed', closesAt: new Date('2026-12-01T16:00:00Z'), publicUntil: null } as const;
  const open = (media: Pick<BiddingStanding, 'owesMediaNotice' | 'mediaNoticedOn'>) =>
    stepBidding('opening', { ...noticed, ...media }, { actor: 'official', now });

  test('waits for the notice in the media where that is owed', () => {
    expect(open({ owesMediaNotice: false, mediaNoticedOn: null })).toEqual({ to: 'opened' });
    expect(open({ owesMediaNotice: true, mediaNoticedOn: null })).toMatchObject({ refused: 'state' });
    expect(open({ owesMediaNotice: true, mediaNoticedOn: '2026-11-30' })).toEqual({ to: 'opened' });
  });
});
