// Resources change hands by negotiation: inquiry, offer, counter-offer, acceptance; who may, until when, on which terms; and that
// nothing is let twice.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type Service } from '../support/service.ts';
import type { Listing } from '../support/answers.ts';
import {
  aDecision,
  anEnterprise,
  aWorker,
  collective,
  county,
  enterprise,
  gaojia,
  huren,
  publish,
  register,
  type ListingWords,
} from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';

interface Negotiation {
  id: string;
  state: string;
  turn: string;
  conditions: { rule: string }[];
  offers: { number: number; side: string; priceFen: number }[];
}
interface Actions {
  actions: { action: string; isOpen: boolean; why: { zh: string } | null }[];
}
interface Deal {
  id: string;
  listingId: string;
  negotiationId: string;
  priceFen: number;
  mandateId: string | null;
  seller: { contact: { phone: string } };
  buyer: { contact: { phone: string } };
}

let service: Service;
let official: Caller;
let village: Caller;
let buyer: Caller;
let rival: Caller;
const other = anEnterprise(2, { name: '示例农业有限公司' });

beforeAll(async () => {
  service = await startService();
  official = await service.signIn({ role: 'official', divisionCode: county });
  const parties = await register(service, official, [collective, enterprise, other]);
  const partyId = (uscc: string) => parties.get(uscc) ?? '';
  village = await service.signIn({ role: 'collective', divisionCode: huren, partyId: partyId(collective.uscc) });
  // Of another town than the land: its own dealings follow it all the same.
  buyer = await service.signIn({ role: 'enterprise', divisionCode: gaojia, partyId: partyId(enterprise.uscc) });
  rival = await service.signIn({ role: 'enterprise', divisionCode: county, partyId: partyId(other.uscc) });
});
afterAll(() => service.close());

let number = 0;
const land = (words: Record<string, unknown> = {}): ListingWords => ({
  ...{ kind: 'land', divisionCode: huren, owner: collective.uscc, rowKey: `trade-${++number}` },
  decision: aDecision(),
  attributes: {
    ...{ name: `村口旱地${number}`, idleLandKind: 'collective-idle', landClass: '0103', isBasicFarmland: false },
    ...{ areaMuX100: 320, transferWay: 'lease', rentFenPerMuYear: 45_000, ...words },
  },
});
const machines = (quantity: number): ListingWords => ({
  ...{ kind: 'equipment', divisionCode: huren, owner: collective.uscc, rowKey: `trade-${++number}` },
  decision: aDecision(),
  attributes: {
    ...{ equipmentKind: 'sewing-machine', quantity, condition: 'good', hireFenPerDay: 3_000 },
    unavailable: [{ from: '2027-05-01', to: '2027-05-05' }],
  },
});

const wish = { intendedUse: 'grain', startsOn: '2027-01-01', endsOn: '2029-12-31' };
const until = '2026-12-01T00:00:00+08:00';
const inquire = (who: Caller, { id: listingId }: Listing, words: object = {}) =>
  who.post<Negotiation>('/v1/negotiations', { listingId, ...wish, ...words });
const offer = (who: Caller, { id }: Negotiation, words: object = {}) =>
  who.post<Negotiation>(`/v1/negotiations/${id}/offer`, { priceFen: 432_000, expiresAt: until, ...words });
const answer = (who: Caller, { id }: Negotiation, how: string) =>
  who.post<Negotiation>(`/v1/negotiations/${id}/${how}`);
const refused = (who: Caller, { id }: Negotiation, how: string, body?: unknown) =>
  who.refused('POST', `/v1/negotiations/${id}/${how}`, { body });
const dealOf = async (who: Caller, { id }: Negotiation) =>
  (await who.all<Deal>('/v1/deals')).find(({ negotiationId }) => negotiationId === id);

test('an inquiry, an offer, a counter-offer and its acceptance make a deal; then the contacts are open', async () => {
  const plot = await publish(official, land());
  const asked = await inquire(buyer, plot);
  expect(asked).toMatchObject({ state: 'inquired', turn: 'seller', offers: [] });
  expect(await refused(buyer, asked, 'offer', { priceFen: 1, expiresAt: until })).toMatchObject({ code: 'forbidden' });
  expect(await refused(village, asked, 'acceptance')).toMatchObject({ code: 'conflict' });

  expect(await offer(village, asked)).toMatchObject({ state: 'offered', turn: 'buyer' });
  // Who offered waits; nobody accepts his own offer.
  expect(await refused(village, asked, 'acceptance')).toMatchObject({ code: 'forbidden' });
  const countered = await offer(buyer, asked, { priceFen: 400_000, instalments: 3 });
  expect(countered.offers.map(({ side, priceFen }) => [side, priceFen])).toEqual([
    ['seller', 432_000],
    ['buyer', 400_000],
  ]);
  const { actions } = await village.get<Actions>(`/v1/negotiations/${asked.id}/actions`);
  expect(actions.filter(({ isOpen }) => isOpen).map(({ action }) => action)).toEqual([
    'offer',
    'acceptance',
    'refusal',
  ]);
  expect(actions.find(({ action }) => action === 'withdrawal')?.why?.zh).toContain('受让方');
  expect(await dealOf(buyer, asked)).toBeUndefined();

  expect(await answer(village, asked, 'acceptance')).toMatchObject({ state: 'agreed' });
  const deal = await dealOf(buyer, asked);
  expect(deal).toMatchObject({ priceFen: 400_000, mandateId: null });
  expect(deal?.seller.contact.phone).toBe(collective.contactPhone);
  expect(await dealOf(village, asked)).toEqual(deal);
  expect(await dealOf(official, asked)).toEqual(deal);
  expect(await refused(village, asked, 'acceptance')).toMatchObject({ code: 'conflict' });
});

test('who is no side of it finds nothing; officials look on and bind nobody', async () => {
  const plot = await publish(official, land());
  const asked = await inquire(buyer, plot);
  await offer(village, asked);
  for (const path of ['', '/actions']) {
    expect(await rival.refused('GET', `/v1/negotiations/${asked.id}${path}`)).toMatchObject({ code: 'not-found' });
  }
  expect(await refused(rival, asked, 'acceptance')).toMatchObject({ code: 'not-found' });
  expect((await rival.all<Negotiation>('/v1/negotiations')).map(({ id }) => id)).not.toContain(asked.id);
  expect(await refused(official, asked, 'acceptance')).toMatchObject({ code: 'forbidden' });
  const { actions } = await official.get<Actions>(`/v1/negotiations/${asked.id}/actions`);
  expect(actions.every(({ isOpen }) => !isOpen)).toBe(true);
  expect(await service.visitor.refused('GET', `/v1/negotiations/${asked.id}`)).toMatchObject({
    code: 'unauthenticated',
  });
});

test('an offer that has expired is not accepted, whether or not the clock’s job has been there', async () => {
  const plot = await publish(official, land());
  const asked = await inquire(buyer, plot);
  const soon = new Date(service.clock.now().getTime() + 60_000).toISOString();
  await offer(village, asked, { expiresAt: soon });
  service.clock.advance(60_000);
  expect(await refused(buyer, asked, 'acceptance')).toMatchObject({ code: 'conflict' });
  expect(await buyer.get<Negotiation>(`/v1/negotiations/${asked.id}`)).toMatchObject({ state: 'expired' });
  await service.context.db.inScope({ lo: '0', hi: ':', audience: 'division', actor: 'test', requestId: '' }, (tx) =>
    service.context.outbox.tell(tx, { type: 'trades.due', region: '0', payload: {} }),
  );
  await service.drain();
  const [row] = await service.rows<{ state: string }>('select state from negotiation where id = $1', [asked.id]);
  expect(row?.state).toBe('expired');
});

test('an inquiry is refused or withdrawn, and is then over', async () => {
  const plot = await publish(official, land());
  const one = await inquire(buyer, plot);
  expect(await refused(buyer, one, 'refusal')).toMatchObject({ code: 'forbidden' });
  expect(await answer(village, one, 'refusal')).toMatchObject({ state: 'refused' });
  expect(await refused(village, one, 'offer', { priceFen: 1, expiresAt: until })).toMatchObject({ code: 'conflict' });
  const two = await inquire(buyer, plot);
  expect(await answer(buyer, two, 'withdrawal')).toMatchObject({ state: 'withdrawn' });
});

describe('terms that the law or the resource does not allow are refused with their rule:', () => {
  const cases: [string, () => ListingWords, object, string][] = [
    ['a factory on cropland', land, { intendedUse: 'workshop' }, 'land-use/workshop/cropland'],
    ['no use stated', land, { intendedUse: null }, 'land-use/not-stated'],
    [
      'forest on basic farmland',
      () => land({ isBasicFarmland: true }),
      { intendedUse: 'fruit-forestry' },
      'land-use/fruit-forestry/basic-farmland',
    ],
    [
      'longer than the contract',
      () => land({ remainingTermMonths: 36 }),
      { endsOn: '2030-01-01' },
      'term/remaining-contract',
    ],
    ['longer than the first round', land, { endsOn: '2057-01-01' }, 'term/first-round'],
    [
      'industrial land over twenty years',
      () => land({ landClass: '0601' }),
      { intendedUse: 'workshop', endsOn: '2047-01-01' },
      'term/civil-code-705',
    ],
    ['an end before the beginning', land, { endsOn: '2026-12-31' }, 'term/reversed'],
    ['a beginning in the past', land, { startsOn: '2026-11-20' }, 'term/past'],
    ['two of one plot', land, { pieces: 2 }, 'pieces/capacity'],
    ['more machines than there are', () => machines(3), { intendedUse: null, pieces: 4 }, 'pieces/capacity'],
    [
      'machines that are not free then',
      () => machines(3),
      { intendedUse: null, startsOn: '2027-05-05', endsOn: '2027-05-06' },
      'term/availability',
    ],
  ];
  test.each(cases)('%s', async (_, words, wanted, rule) => {
    const { id: listingId } = await publish(official, words());
    const body = { listingId, ...wish, ...wanted };
    const problem = await buyer.refused('POST', '/v1/negotiations', { body });
    expect(problem.code).toBe('unprocessable');
    expect(JSON.stringify(problem.errors)).toContain(rule);
  });

  test('what is allowed under a condition says which', async () => {
    const plot = await publish(official, land({ landClass: '1202' }));
    const asked = await inquire(buyer, plot, { intendedUse: 'workshop', endsOn: '2028-12-31' });
    expect(asked.conditions.map(({ rule }) => rule)).toEqual(['land-use/workshop/facility-agriculture']);
  });

  test('nobody asks for his own, for what is no resource or not published', async () => {
    const plot = await publish(official, land());
    const own = { body: { listingId: plot.id, ...wish } };
    expect(await village.refused('POST', '/v1/negotiations', own)).toMatchObject({ code: 'unprocessable' });
    const { id } = await publish(official, aWorker({ number: 40 }));
    for (const listingId of [id, '019aa5c2-7c00-7000-8000-000000000099']) {
      const problem = await buyer.refused('POST', '/v1/negotiations', { body: { listingId, ...wish } });
      expect(problem).toMatchObject({ code: 'unprocessable' });
    }
    expect(await official.refused('POST', '/v1/negotiations', own)).toMatchObject({ code: 'forbidden' });
  });
});

test('land under a household’s contract is concluded about under its written mandate only', async () => {
  const plot = await publish(official, land({ remainingTermMonths: 120 }));
  const asked = await inquire(buyer, plot);
  const newOffer = { priceFen: 432_000, expiresAt: until };
  expect(await refused(village, asked, 'offer', newOffer)).toMatchObject({ code: 'forbidden' });

  await publish(official, aWorker({ number: 41 }));
  const [person] = await service.rows<{ id: string }>('select id from person order by created_at desc limit 1');
  const { identity } = await village.get<{ identity: string }>('/v1/me');
  const mandate = {
    ...{ divisionCode: huren, grantor: { role: 'household', personId: person?.id }, delegate: identity },
    ...{
      matters: ['trades:write'],
      listingId: plot.id,
      validTo: '2027-11-21T00:00:00+08:00',
      proof: '委托书 2026-18 号',
    },
  };
  const wider = { body: { ...mandate, matters: ['trades:write', 'me:read'] } };
  expect(await official.refused('POST', '/v1/mandates', wider)).toMatchObject({ code: 'unprocessable' });
  const recorded = await official.post<{ id: string }>('/v1/mandates', mandate);
  // It is for this plot alone: it does not let anybody act as the household.
  const asHousehold = village.sending({ 'x-mandate': recorded.id });
  expect(await asHousehold.refused('GET', '/v1/me')).toMatchObject({ code: 'forbidden' });

  await offer(village, asked);
  await official.post(`/v1/mandates/${recorded.id}/revocation`);
  expect(await refused(buyer, asked, 'acceptance')).toMatchObject({ code: 'forbidden' });
  const again = await official.post<{ id: string }>('/v1/mandates', mandate);
  expect(await answer(buyer, asked, 'acceptance')).toMatchObject({ state: 'agreed' });
  expect(await dealOf(buyer, asked)).toMatchObject({ mandateId: again.id });
});

test('what a collective lets for more than the county’s threshold is not negotiated but traded openly', async () => {
  const plot = await publish(official, land());
  const asked = await inquire(buyer, plot);
  const dear = { priceFen: 5_000_000, expiresAt: until };
  const problem = await village.refused('POST', `/v1/negotiations/${asked.id}/offer`, { body: dear });
  expect(problem).toMatchObject({ code: 'unprocessable' });
  expect(JSON.stringify(problem.errors)).toContain('/v1/biddings');
  expect(await offer(village, asked, { priceFen: 4_999_999 })).toMatchObject({ state: 'offered' });
});

test('a broker negotiates under the written mandate of a party, and for nobody else', async () => {
  const plot = await publish(official, land());
  const broker = await service.signIn({ role: 'broker', divisionCode: county });
  const body = { listingId: plot.id, ...wish };
  expect(await broker.refused('POST', '/v1/negotiations', { body })).toMatchObject({ code: 'forbidden' });
  const { partyId } = await buyer.get<{ partyId: string }>('/v1/me');
  const { identity } = await broker.get<{ identity: string }>('/v1/me');
  const { id } = await buyer.post<{ id: string }>('/v1/mandates', {
    ...{ divisionCode: gaojia, grantor: { role: 'enterprise', partyId }, delegate: identity },
    ...{ matters: ['trades:read', 'trades:write'], validTo: '2027-11-21T00:00:00+08:00', proof: '委托书 2026-19 号' },
  });
  const asked = await inquire(broker.sending({ 'x-mandate': id }), plot);
  expect((await buyer.get<Negotiation>(`/v1/negotiations/${asked.id}`)).state).toBe('inquired');
});

describe('nothing is let twice:', () => {
  const agree = async (who: Caller, listing: Listing, words: object) => {
    const asked = await inquire(who, listing, words);
    await offer(village, asked);
    return asked;
  };

  test('of twenty who accept at once for the same days one has it', async () => {
    const plot = await publish(official, land());
    const all: Negotiation[] = [];
    for (let at = 0; at < 20; at += 1) all.push(await agree(at % 2 ? buyer : rival, plot, {}));
    const answers = await Promise.all(
      all.map(({ id }, at) => (at % 2 ? buyer : rival).ask('POST', `/v1/negotiations/${id}/acceptance`)),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array<number>(19).fill(409)]);
    const deals = await service.rows('select 1 from deal where listing_id = $1', [plot.id]);
    expect(deals).toHaveLength(1);
  });

  test('machines are booked piece by piece, and days that do not overlap are free', async () => {
    const three = await publish(official, machines(3));
    const free = { intendedUse: null, startsOn: '2027-03-01', endsOn: '2027-03-10' };
    const book = async (words: object) => {
      const asked = await agree(buyer, three, { ...free, ...words });
      return (await buyer.ask('POST', `/v1/negotiations/${asked.id}/acceptance`)).status;
    };
    expect(await book({ pieces: 2 })).toBe(200);
    expect(await book({ pieces: 2 })).toBe(409);
    expect(await book({ pieces: 1 })).toBe(200);
    expect(await book({ pieces: 1, startsOn: '2027-03-10', endsOn: '2027-03-12' })).toBe(409);
    expect(await book({ pieces: 3, startsOn: '2027-03-11', endsOn: '2027-03-12' })).toBe(200);
    const calendar = await service.visitor.all(`/v1/resource-bookings?listing=${three.id}&limit=1`);
    expect(calendar).toEqual([
      { startsOn: '2027-03-01', endsOn: '2027-03-10', pieces: 2 },
      { startsOn: '2027-03-01', endsOn: '2027-03-10', pieces: 1 },
      { startsOn: '2027-03-11', endsOn: '2027-03-12', pieces: 3 },
    ]);
  });
});
