// Resources change hands by open bidding: notice, deposits, sealed bids, opening, publicity, objections, certificate; and what fails.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Listing } from '../support/answers.ts';
import {
  aDecision,
  anEnterprise,
  collective,
  county,
  enterprise,
  huren,
  publish,
  register,
} from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { addDays, shanghaiDate } from '../../src/vocabulary/calendar.ts';
import { startService, type Service } from '../support/service.ts';

interface Bidding {
  id: string;
  state: string;
  attempt: number;
  depositFen: number;
  closesAt: string | null;
  bidCount: number | null;
  winner: { id: string } | null;
  winningFen: number | null;
  publicUntil: string | null;
  certificateNumber: string | null;
}
interface Bidder {
  id: string;
  party: string;
  bidFen: number | null;
}

let service: Service;
let official: Caller;
let village: Caller;
const bidders: Caller[] = [];
const others = [2, 3].map((number) => anEnterprise(number));

beforeAll(async () => {
  service = await startService();
  official = await service.signIn({ role: 'official', divisionCode: county });
  const parties = await register(service, official, [collective, enterprise, ...others]);
  const partyId = (uscc: string) => parties.get(uscc) ?? '';
  village = await service.signIn({ role: 'collective', divisionCode: huren, partyId: partyId(collective.uscc) });
  for (const { uscc } of [enterprise, ...others]) {
    bidders.push(await service.signIn({ role: 'enterprise', divisionCode: county, partyId: partyId(uscc) }));
  }
});
afterAll(() => service.close());

let number = 0;
const newLand = (): Promise<Listing> =>
  publish(official, {
    ...{ kind: 'land', divisionCode: huren, owner: collective.uscc, rowKey: `bid-${++number}` },
    decision: aDecision(),
    attributes: {
      ...{ name: `竞买地块${number}`, idleLandKind: 'collective-idle', landClass: '0103', isBasicFarmland: false },
      ...{ areaMuX100: 320, transferWay: 'lease', rentFenPerMuYear: 45_000 },
    },
  });

const terms = { intendedUse: 'grain', startsOn: '2027-06-01', endsOn: '2030-05-31', reservePriceFen: 400_000 };
const apply = async (listing?: Listing) =>
  village.post<Bidding>('/v1/biddings', { listingId: (listing ?? (await newLand())).id, ...terms });
const step = (who: Caller, { id }: { id: string }, path: string, body?: unknown) =>
  who.post<Bidding>(`/v1/biddings/${id}/${path}`, body);
const refused = async (who: Caller, { id }: { id: string }, path: string, body?: unknown) =>
  (await who.refused('POST', `/v1/biddings/${id}/${path}`, { body })).code;
const enter = (who: Caller, { id }: Bidding) =>
  who.post<Bidder>(`/v1/biddings/${id}/bidders`, { depositWay: 'bank-transfer' });
const confirm = ({ id }: Bidder, isMember = false) =>
  official.post<Bidder>(`/v1/bidders/${id}/deposit`, { reference: '回单 1', isMember });
const passUntil = (instant: string | null) =>
  service.clock.advance(Date.parse(instant ?? '') - service.clock.now().getTime());

/** Registered, deposit confirmed, bid made; of as many bidders as there are prices. */
async function bidAll(bidding: Bidding, prices: readonly number[], members: readonly number[] = []): Promise<Bidder[]> {
  const entered: Bidder[] = [];
  for (const [at, bidFen] of prices.entries()) {
    const who = bidders[at];
    if (!who) throw new Error('there are three bidders');
    const mine = await enter(who, bidding);
    await confirm(mine, members.includes(at));
    await who.post(`/v1/bidders/${mine.id}/bid`, { bidFen });
    entered.push(mine);
  }
  return entered;
}

const at = (index: number): Caller => {
  const found = bidders[index];
  if (!found) throw new Error('there are three bidders');
  return found;
};

test('a bidding goes from the application to a certified deal; bids are sealed until the opening', async () => {
  const applied = await apply();
  expect(applied).toMatchObject({ state: 'applied', depositFen: 40_000, attempt: 1 });
  // Before the notice it is nobody's business but the seller's and the officials'.
  expect((await service.visitor.refused('GET', `/v1/biddings/${applied.id}`)).code).toBe('not-found');
  expect(await refused(at(0), applied, 'bidders', { depositWay: 'cash' })).toBe('not-found');
  expect(await refused(village, applied, 'notice')).toBe('forbidden');

  const noticed = await step(official, applied, 'notice');
  // Seven working days after Saturday 2026-11-21, at 24:00.
  expect(noticed).toMatchObject({ state: 'noticed', closesAt: '2026-12-01T16:00:00.000Z' });
  expect(await service.visitor.get<Bidding>(`/v1/biddings/${applied.id}`)).toMatchObject({ state: 'noticed' });
  expect(await refused(village, noticed, 'bidders', { depositWay: 'cash' })).toBe('forbidden');
  const first = await enter(at(0), noticed);
  expect(await refused(at(0), noticed, 'bidders', { depositWay: 'cash' })).toBe('conflict');
  // No bid without a deposit, none below the reserve price, and one only.
  const bid = (who: Caller, { id }: Bidder, bidFen: number) =>
    who.refused('POST', `/v1/bidders/${id}/bid`, { body: { bidFen } });
  expect(await bid(at(0), first, 450_000)).toMatchObject({ code: 'conflict' });
  await confirm(first);
  expect(await bid(at(0), first, 399_999)).toMatchObject({ code: 'conflict' });
  await at(0).post(`/v1/bidders/${first.id}/bid`, { bidFen: 450_000 });
  expect(await bid(at(0), first, 460_000)).toMatchObject({ code: 'conflict' });
  expect(await bid(at(1), first, 460_000)).toMatchObject({ code: 'not-found' });
  const second = await enter(at(1), noticed);
  await confirm(second);
  await at(1).post(`/v1/bidders/${second.id}/bid`, { bidFen: 432_100 });

  const path = `/v1/biddings/${noticed.id}/bidders`;
  expect((await official.all<Bidder>(path)).map(({ bidFen }) => bidFen)).toEqual([null, null]);
  expect((await at(0).all<Bidder>(path)).map(({ id }) => id)).toEqual([first.id]);
  expect(await village.all<Bidder>(path)).toEqual([]);
  const [stored] = await service.rows<{ row: string }>('select bidder::text as row from bidder where id = $1', [
    first.id,
  ]);
  expect(stored?.row).not.toContain('450000');

  expect(await refused(official, noticed, 'opening')).toBe('conflict');
  passUntil(noticed.closesAt);
  expect(await refused(at(2), noticed, 'bidders', { depositWay: 'cash' })).toBe('conflict');
  const opened = await step(official, noticed, 'opening');
  expect(opened).toMatchObject({ state: 'opened', bidCount: 2, winningFen: 450_000, winner: { id: first.party } });
  expect((await village.all<Bidder>(path)).map(({ bidFen }) => bidFen)).toEqual([450_000, 432_100]);
  expect(await service.visitor.get<Bidding>(`/v1/biddings/${noticed.id}`)).toMatchObject({ winningFen: 450_000 });

  const giveBack = (id: string) =>
    official.ask('POST', `/v1/bidders/${id}/deposit-return`, { body: { reference: '回单 2' } });
  expect((await giveBack(second.id)).status).toBe(200);
  expect((await giveBack(second.id)).status).toBe(409);
  expect((await giveBack(first.id)).status).toBe(409);
  expect(await refused(official, opened, 'certification')).toBe('conflict');
  passUntil(opened.publicUntil);
  const certified = await step(official, opened, 'certification');
  expect(certified).toMatchObject({ state: 'certified', certificateNumber: '330803〔2026〕1号' });
  expect((await giveBack(first.id)).status).toBe(200);
  const [deal] = await at(0).all<{ way: string; biddingId: string; priceFen: number }>('/v1/deals');
  expect(deal).toMatchObject({ way: 'open-bidding', biddingId: opened.id, priceFen: 450_000 });
});

test('on equal terms a member of the collective goes first; certificates count on', async () => {
  const noticed = await step(official, await apply(), 'notice');
  const [, , member] = await bidAll(noticed, [500_000, 400_000, 500_000], [2]);
  passUntil(noticed.closesAt);
  const opened = await step(official, noticed, 'opening');
  expect(opened).toMatchObject({ winner: { id: member?.party }, bidCount: 3 });
  passUntil(opened.publicUntil);
  expect((await step(official, opened, 'certification')).certificateNumber).toBe('330803〔2026〕2号');
});

test('with one bidder it fails, the resource is free again, and policy bounds how it is listed anew', async () => {
  const noticed = await step(official, await apply(), 'notice');
  await bidAll(noticed, [900_000]);
  passUntil(noticed.closesAt);
  expect(await step(official, noticed, 'opening')).toMatchObject({ state: 'failed', winner: null, bidCount: 1 });
  expect(await service.rows('select 1 from resource_booking where bidding_id = $1', [noticed.id])).toEqual([]);

  expect(await refused(village, noticed, 'relisting', { reservePriceFen: 359_999 })).toBe('unprocessable');
  const second = await step(village, noticed, 'relisting', { reservePriceFen: 360_000 });
  expect(second).toMatchObject({ state: 'applied', attempt: 2 });
  expect(await village.get<Bidding>(`/v1/biddings/${noticed.id}`)).toMatchObject({ state: 'relisted' });
  const fail = async (bidding: Bidding) => {
    passUntil((await step(official, bidding, 'notice')).closesAt);
    await step(official, bidding, 'opening');
  };
  await fail(second);
  const third = await step(village, second, 'relisting', { reservePriceFen: 324_000 });
  await fail(third);
  expect(await refused(village, third, 'relisting', { reservePriceFen: 320_000 })).toBe('conflict');
});

test('an objection holds the certificate up; one that is upheld ends the bidding', async () => {
  const noticed = await step(official, await apply(), 'notice');
  await bidAll(noticed, [500_000, 400_000]);
  passUntil(noticed.closesAt);
  const opened = await step(official, noticed, 'opening');
  const object = { grounds: '保证金在截止后才到账。' };
  expect(await refused(village, opened, 'objections', object)).toBe('forbidden');
  const raise = () => at(1).post<{ id: string }>(`/v1/biddings/${opened.id}/objections`, object);
  const [one, two] = [await raise(), await raise()];
  passUntil(opened.publicUntil);
  expect(await refused(at(1), opened, 'objections', object)).toBe('conflict');
  expect(await refused(official, opened, 'certification')).toBe('conflict');
  const rule = (id: string, state: string) =>
    official.ask('POST', `/v1/bidding-objections/${id}/ruling`, { body: { state, ruling: '已核实。' } });
  expect((await rule(one.id, 'dismissed')).status).toBe(200);
  expect((await rule(one.id, 'upheld')).status).toBe(409);
  expect((await rule(two.id, 'upheld')).status).toBe(200);
  expect(await village.get<Bidding>(`/v1/biddings/${opened.id}`)).toMatchObject({ state: 'cancelled' });
  expect(await refused(official, opened, 'certification')).toBe('conflict');
});

test('what is put up for bidding is held: it is neither let nor put up a second time; the seller may still cancel', async () => {
  const plot = await newLand();
  const noticed = await step(official, await apply(plot), 'notice');
  const again = { body: { listingId: plot.id, ...terms } };
  expect((await village.ask('POST', '/v1/biddings', again)).status).toBeGreaterThan(400);
  const { reservePriceFen: _price, ...wish } = terms;
  const body = { listingId: plot.id, ...wish };
  const asked = await at(0).ask<{ id: string }>('POST', '/v1/negotiations', { body });
  if (asked.status === 201) {
    const expiresAt = new Date(service.clock.now().getTime() + 86_400_000).toISOString();
    await village.post(`/v1/negotiations/${asked.body.id}/offer`, { priceFen: 1_000, expiresAt });
    expect((await at(0).ask('POST', `/v1/negotiations/${asked.body.id}/acceptance`)).status).toBe(409);
  }
  expect(await refused(at(0), noticed, 'cancellation', { reason: '不公' })).toBe('forbidden');
  expect(await step(village, noticed, 'cancellation', { reason: '出让方撤回申请。' })).toMatchObject({
    state: 'cancelled',
  });
  expect((await village.ask('POST', '/v1/biddings', again)).status).toBe(201);
});

test('everybody hears what he may do with it, and why not', async () => {
  const noticed = await step(official, await apply(), 'notice');
  const openTo = async (who: Caller) => {
    const path = `/v1/biddings/${noticed.id}/actions`;
    const { actions } = await who.get<{ actions: { action: string; isOpen: boolean; why: unknown }[] }>(path);
    expect(actions.every(({ isOpen, why }) => isOpen === (why === null))).toBe(true);
    return actions.filter(({ isOpen }) => isOpen).map(({ action }) => action);
  };
  expect(await openTo(at(0))).toEqual(['registration', 'bid']);
  expect(await openTo(village)).toEqual(['cancellation']);
  expect(await openTo(service.visitor)).toEqual([]);
  passUntil(noticed.closesAt);
  expect(await openTo(official)).toEqual(['media-notice', 'opening']);
});

/** From today on, until `work` is done. */
async function underPolicy(changed: object, work: () => Promise<void>): Promise<void> {
  const path = `/v1/trade-policies/${county}`;
  const { terms: standing } = await official.get<{ terms: object }>(path);
  const lay = (words: object) =>
    official.sending({ 'if-match': '*' }).put(path, {
      ...{ validFrom: shanghaiDate(service.clock.now()), source: '衢江区交易规则(示例)' },
      terms: { ...standing, ...words },
    });
  await lay(changed);
  await work();
  await lay({});
}

test('from the county’s threshold on bids are opened only after the notice has stood in the media', async () => {
  await underPolicy({ mediaNoticeFromFen: 400_000 }, async () => {
    const noticed = await step(official, await apply(), 'notice');
    expect(noticed).toMatchObject({ owesMediaNotice: true, mediaNotice: null });
    await bidAll(noticed, [500_000, 400_000]);
    const today = shanghaiDate(service.clock.now());
    const inMedia = { medium: '衢江新闻网', publishedOn: today };
    for (const publishedOn of [addDays(today, -1), addDays(today, 1)]) {
      expect(await refused(official, noticed, 'media-notice', { ...inMedia, publishedOn })).toBe('unprocessable');
    }
    expect(await refused(village, noticed, 'media-notice', inMedia)).toBe('forbidden');
    passUntil(noticed.closesAt);
    expect(await refused(official, noticed, 'opening')).toBe('conflict');
    const { actions } = await official.get<{ actions: { action: string; why: { zh: string } | null }[] }>(
      `/v1/biddings/${noticed.id}/actions`,
    );
    expect(actions.find(({ action }) => action === 'opening')?.why?.zh).toContain('媒体公告');
    // It did stand there in time, and is only written down now; after the end it would be no notice.
    const late = { ...inMedia, publishedOn: shanghaiDate(service.clock.now()) };
    expect(await refused(official, noticed, 'media-notice', late)).toBe('unprocessable');
    expect(await step(official, noticed, 'media-notice', inMedia)).toMatchObject({ mediaNotice: inMedia });
    expect(await step(official, noticed, 'opening')).toMatchObject({ state: 'opened' });
    expect(await refused(official, noticed, 'media-notice', inMedia)).toBe('conflict');
  });
  const below = await step(official, await apply(), 'notice');
  expect(below).toMatchObject({ owesMediaNotice: false });
});

test('a county that has neither tenders nor listings among its ways has nothing bid for', async () => {
  const applied = await apply();
  const another = await newLand();
  await underPolicy({ ways: ['auction', 'negotiation'] }, async () => {
    expect(await refused(official, applied, 'notice')).toBe('conflict');
    const body = { listingId: another.id, ...terms };
    expect(await village.refused('POST', '/v1/biddings', { body })).toMatchObject({ code: 'conflict' });
  });
  expect(await step(official, applied, 'notice')).toMatchObject({ state: 'noticed' });
  expect(await apply(another)).toMatchObject({ state: 'applied' });
});
