// After a deal: rents fall due and come, somebody looks how the resource is used, officials hear of what is not as agreed, and what
// has ended is free and on offer again.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Listing } from '../support/answers.ts';
import {
  aDecision,
  anEnterprise,
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
import { startService, type Service } from '../support/service.ts';

interface Deal {
  id: string;
  listingId: string;
  negotiationId: string;
  state: string;
  endedOn: string | null;
  endedBy: string | null;
}
interface Rents {
  paidFen: number;
  overdueFen: number;
  rents: { dueOn: string; amountFen: number; paidFen: number; state: string }[];
}
interface Alert {
  id: string;
  dealId: string;
  kind: string;
  since: string;
  amountFen: number | null;
  checkInId: string | null;
}
interface Actions {
  actions: { action: string; isOpen: boolean; why: { zh: string } | null }[];
}

const DAY = 86_400_000;
/** Every story has a year of its own; the clock only goes on. */
let year = 2026;
let service: Service;
let official: Caller;
let townOfficial: Caller;
let villageOfficial: Caller;
let elsewhere: Caller;
let village: Caller;
let buyer: Caller;
let rival: Caller;

beforeAll(async () => {
  service = await startService();
  official = await service.signIn({ role: 'official', divisionCode: county });
  townOfficial = await service.signIn({ role: 'official', divisionCode: huren.slice(0, 9) });
  villageOfficial = await service.signIn({ role: 'official', divisionCode: huren });
  elsewhere = await service.signIn({ role: 'official', divisionCode: '330803203' });
  const other = anEnterprise(2);
  const parties = await register(service, official, [collective, enterprise, other]);
  const partyId = (uscc: string) => parties.get(uscc) ?? '';
  village = await service.signIn({ role: 'collective', divisionCode: huren, partyId: partyId(collective.uscc) });
  buyer = await service.signIn({ role: 'enterprise', divisionCode: gaojia, partyId: partyId(enterprise.uscc) });
  rival = await service.signIn({ role: 'enterprise', divisionCode: county, partyId: partyId(other.uscc) });
});
afterAll(() => service.close());

let number = 0;
const land = (): ListingWords => ({
  ...{ kind: 'land', divisionCode: huren, owner: collective.uscc, rowKey: `use-${++number}` },
  decision: aDecision(),
  attributes: {
    ...{ name: `出租旱地${number}`, idleLandKind: 'collective-idle', landClass: '0103', isBasicFarmland: false },
    ...{ areaMuX100: 320, transferWay: 'lease', rentFenPerMuYear: 45_000 },
  },
});
const machines = (): ListingWords => ({
  ...{ kind: 'equipment', divisionCode: huren, owner: collective.uscc, rowKey: `use-${++number}` },
  decision: aDecision(),
  attributes: { equipmentKind: 'sewing-machine', quantity: 2, condition: 'good', hireFenPerDay: 3_000 },
});

/** A deal over the next whole calendar year. */
async function conclude(words: object = {}, listed: ListingWords = land()): Promise<Deal> {
  const { id: listingId } = await publish(official, listed);
  const intendedUse = listed.kind === 'land' ? 'grain' : null;
  const wish = { listingId, intendedUse, startsOn: `${year + 1}-01-01`, endsOn: `${year + 1}-12-31` };
  const { id } = await buyer.post<{ id: string }>('/v1/negotiations', wish);
  const expiresAt = new Date(service.clock.now().getTime() + DAY).toISOString();
  await village.post(`/v1/negotiations/${id}/offer`, { priceFen: 100_000, instalments: 4, expiresAt, ...words });
  await buyer.post(`/v1/negotiations/${id}/acceptance`);
  const found = (await buyer.all<Deal>('/v1/deals')).find(({ negotiationId }) => negotiationId === id);
  if (!found) throw new Error('an accepted offer is a deal');
  return found;
}

/** Noon of that day in Shanghai, and the clock's job has been there. */
async function passUntil(day: string): Promise<void> {
  service.clock.advance(Date.parse(`${day}T12:00:00+08:00`) - service.clock.now().getTime());
  year = Number(day.slice(0, 4));
  await attend();
}

async function attend(): Promise<void> {
  await service.context.db.inScope({ lo: '0', hi: ':', audience: 'division', actor: 'test', requestId: '' }, (tx) =>
    service.context.outbox.tell(tx, { type: 'trades.due', region: '0', payload: {} }),
  );
  await service.drain();
}

const path = ({ id }: Deal, part: string) => `/v1/deals/${id}/${part}`;
const rentsOf = (who: Caller, deal: Deal) => who.get<Rents>(path(deal, 'rents'));
const pay = (who: Caller, deal: Deal, amountFen: number) =>
  who.post<{ id: string }>(path(deal, 'rent-payments'), {
    ...{ amountFen, reference: `回单 ${amountFen}`, paidOn: dayOf(service.clock.now()) },
  });
const look = (who: Caller, deal: Deal, words: object) => who.post<{ id: string }>(path(deal, 'check-ins'), words);
const alertsOf = async (who: Caller, deal: Deal, state = 'standing') =>
  who.all<Alert>(`/v1/usage-alerts?deal=${deal.id}&state=${state}`);
const kindsOf = async (deal: Deal) => (await alertsOf(official, deal)).map(({ kind }) => kind).sort();
const dayOf = (at: Date) => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
const refusal = async (who: Caller, deal: Deal, part: string, body?: unknown) =>
  (await who.refused('POST', path(deal, part), { body })).code;

test('rents are due in equal parts, come oldest first, and what is late is told until it has come', async () => {
  const deal = await conclude({ priceFen: 100_001 });
  expect((await rentsOf(buyer, deal)).rents).toEqual([
    { number: 1, dueOn: `${year + 1}-01-01`, amountFen: 25_000, paidFen: 0, state: 'open' },
    { number: 2, dueOn: `${year + 1}-04-01`, amountFen: 25_000, paidFen: 0, state: 'open' },
    { number: 3, dueOn: `${year + 1}-07-01`, amountFen: 25_000, paidFen: 0, state: 'open' },
    { number: 4, dueOn: `${year + 1}-10-01`, amountFen: 25_001, paidFen: 0, state: 'open' },
  ]);
  await passUntil(`${year + 1}-01-01`);
  expect(await kindsOf(deal)).toEqual([]);
  await passUntil(`${year}-04-02`);
  expect(await alertsOf(official, deal)).toMatchObject([
    { kind: 'rent-overdue', since: `${year}-01-01`, amountFen: 50_000 },
  ]);

  const paid = await pay(village, deal, 30_000);
  expect(await rentsOf(village, deal)).toMatchObject({
    ...{ paidFen: 30_000, overdueFen: 20_000 },
    rents: [{ state: 'paid' }, { state: 'overdue', paidFen: 5_000 }, { state: 'open' }, { state: 'open' }],
  });
  // The same alert, of less.
  expect(await alertsOf(buyer, deal)).toMatchObject([{ since: `${year}-04-01`, amountFen: 20_000 }]);
  await pay(townOfficial, deal, 20_000);
  expect(await kindsOf(deal)).toEqual([]);
  expect(await alertsOf(official, deal, 'closed')).toMatchObject([{ kind: 'rent-overdue' }]);

  const reverse = () =>
    village.ask<{ id: string }>('POST', `/v1/rent-payments/${paid.id}/reversal`, { body: { reference: '记错合同' } });
  const back = await reverse();
  expect(back).toMatchObject({ status: 200, body: { amountFen: -30_000, reversesId: paid.id } });
  expect((await reverse()).status).toBe(409);
  expect(
    (await village.ask('POST', `/v1/rent-payments/${back.body.id}/reversal`, { body: { reference: '再冲' } })).status,
  ).toBe(409);
  expect(await alertsOf(official, deal)).toMatchObject([{ kind: 'rent-overdue', amountFen: 30_000 }]);
  expect(await village.all(path(deal, 'rent-payments'))).toHaveLength(3);

  const body = { amountFen: 80_002, paidOn: dayOf(service.clock.now()), reference: '回单' };
  expect(await refusal(village, deal, 'rent-payments', body)).toBe('unprocessable');
  const late = { ...body, amountFen: 1, paidOn: `${year}-04-03` };
  expect(await refusal(village, deal, 'rent-payments', late)).toBe('unprocessable');
  // Who owes it does not say that it came.
  expect(await refusal(buyer, deal, 'rent-payments', { ...body, amountFen: 1 })).toBe('forbidden');
});

test('what is seen is on record; another use than agreed, or none, is told to village and town until it is mended', async () => {
  const deal = await conclude();
  expect(await refusal(villageOfficial, deal, 'check-ins', { found: 'idle' })).toBe('conflict');
  await passUntil(`${year + 1}-01-01`);
  await pay(village, deal, 100_000);
  const photoSha256 = 'a'.repeat(64);
  const seen = await look(villageOfficial, deal, {
    found: 'other-use',
    useFound: 'workshop',
    note: '钢棚',
    photoSha256,
  });
  expect(seen).toMatchObject({ found: 'other-use', useFound: 'workshop', photoSha256, byRole: 'official' });
  for (const who of [villageOfficial, townOfficial, official, village, buyer]) {
    expect(await alertsOf(who, deal)).toMatchObject([
      { kind: 'other-use', checkInId: seen.id, since: `${year}-01-01` },
    ]);
  }
  for (const who of [elsewhere, rival]) expect(await alertsOf(who, deal)).toEqual([]);
  // What somebody noted stays out of the trail.
  const trail = await service.rows<{ changed: object }>(
    `select changed from audit_entry where table_name = 'usage_check_in' and row_id = $1`,
    [seen.id],
  );
  expect(JSON.stringify(trail)).toContain('workshop');
  expect(JSON.stringify(trail)).not.toContain('钢棚');

  await look(village, deal, { found: 'idle' });
  expect(await kindsOf(deal)).toEqual(['idle-again']);
  await look(village, deal, { found: 'in-use' });
  expect(await kindsOf(deal)).toEqual([]);
  expect(await alertsOf(townOfficial, deal, 'closed')).toHaveLength(2);
  expect((await village.all<{ found: string }>(path(deal, 'check-ins'))).map(({ found }) => found)).toEqual([
    'in-use',
    'idle',
    'other-use',
  ]);

  expect(await refusal(buyer, deal, 'check-ins', { found: 'in-use' })).toBe('forbidden');
  for (const who of [rival, elsewhere])
    expect(await refusal(who, deal, 'check-ins', { found: 'idle' })).toBe('not-found');
  const same = { found: 'other-use', useFound: 'grain' };
  expect(await refusal(village, deal, 'check-ins', same)).toBe('unprocessable');
  expect(await refusal(village, deal, 'check-ins', { found: 'idle', useFound: 'workshop' })).toBe('unprocessable');
});

test('where nobody has looked for as long as the county says, it counts as idle again', async () => {
  const policy = `/v1/trade-policies/${county}`;
  const { terms } = await official.get<{ terms: object }>(policy);
  expect(terms).toMatchObject({ monthsBetweenCheckIns: 6 });
  const validFrom = dayOf(service.clock.now());
  const laidDown = { validFrom, source: '衢江区交易规则(示例)', terms: { ...terms, monthsBetweenCheckIns: 3 } };
  await official.ask('PUT', policy, { body: laidDown, headers: { 'if-match': '*' } });
  const deal = await conclude();
  await passUntil(`${year + 1}-04-01`);
  await pay(village, deal, 100_000);
  expect(await kindsOf(deal)).toEqual([]);
  await passUntil(`${year}-04-02`);
  expect(await alertsOf(villageOfficial, deal)).toMatchObject([
    { kind: 'idle-again', since: `${year}-01-01`, checkInId: null },
  ]);
  await look(villageOfficial, deal, { found: 'in-use' });
  expect(await kindsOf(deal)).toEqual([]);
  // Looked for again, nothing more is told.
  await attend();
  expect(await kindsOf(deal)).toEqual([]);
  await passUntil(`${year}-07-03`);
  expect(await kindsOf(deal)).toEqual(['idle-again']);
  await attend();
  expect(await alertsOf(official, deal)).toHaveLength(1);
});

describe('the end', () => {
  const statusOf = async ({ listingId }: Deal) => (await official.get<Listing>(`/v1/listings/${listingId}`)).status;
  const calendarOf = ({ listingId }: Deal) =>
    service.visitor.all<{ endsOn: string }>(`/v1/resource-bookings?listing=${listingId}&from=2026-01-01`);
  const openTo = async (who: Caller, deal: Deal) =>
    (await who.get<Actions>(path(deal, 'actions'))).actions.filter(({ isOpen }) => isOpen).map(({ action }) => action);

  test('of the term closes the use; the resource is on offer again, once, and what is owed stays owed', async () => {
    const deal = await conclude();
    expect(await statusOf(deal)).toBe('matched');
    await passUntil(`${year + 1}-12-31`);
    expect(await official.get<Deal>(`/v1/deals/${deal.id}`)).toMatchObject({ state: 'in-use' });
    await look(village, deal, { found: 'idle' });
    await passUntil(`${year + 1}-01-01`);
    expect(await official.get<Deal>(`/v1/deals/${deal.id}`)).toMatchObject({
      ...{ state: 'ended', endedBy: 'term', endedOn: `${year - 1}-12-31` },
    });
    expect(await statusOf(deal)).toBe('published');
    expect(await kindsOf(deal)).toEqual(['rent-overdue']);
    expect(await refusal(village, deal, 'check-ins', { found: 'idle' })).toBe('conflict');
    expect(await openTo(village, deal)).toEqual(['payment']);

    // Let again: what comes for the old deal moves nothing of the new one.
    const wish = { listingId: deal.listingId, intendedUse: 'grain' };
    const term = { startsOn: `${year + 1}-01-01`, endsOn: `${year + 1}-12-31` };
    const { id } = await rival.post<{ id: string }>('/v1/negotiations', { ...wish, ...term });
    const expiresAt = new Date(service.clock.now().getTime() + DAY).toISOString();
    await village.post(`/v1/negotiations/${id}/offer`, { priceFen: 1, expiresAt });
    await rival.post(`/v1/negotiations/${id}/acceptance`);
    await pay(village, deal, 100_000);
    expect(await kindsOf(deal)).toEqual([]);
    expect(await statusOf(deal)).toBe('matched');
    expect(await calendarOf(deal)).toHaveLength(2);
  });

  test('comes early when both sides want it, and by nobody’s click alone', async () => {
    const deal = await conclude();
    const reason = { reason: '订单减少。' };
    expect(await refusal(official, deal, 'ending', reason)).toBe('forbidden');
    expect(await refusal(rival, deal, 'ending', reason)).toBe('not-found');
    expect(await refusal(village, deal, 'ending-acceptance')).toBe('conflict');
    expect(await buyer.post<Deal>(path(deal, 'ending'), reason)).toMatchObject({
      state: 'ending',
      endingSide: 'buyer',
    });
    expect(await openTo(buyer, deal)).toEqual(['ending-withdrawal']);
    expect(await openTo(village, deal)).toEqual(['payment', 'ending-acceptance', 'ending-refusal']);
    expect(await openTo(official, deal)).toEqual(['payment', 'closure']);
    // Nobody agrees with himself.
    expect(await refusal(buyer, deal, 'ending-acceptance')).toBe('forbidden');
    expect(await village.post<Deal>(path(deal, 'ending-refusal'))).toMatchObject({ state: 'in-use', endingSide: null });
    await village.post(path(deal, 'ending'), reason);
    expect(await refusal(buyer, deal, 'ending-withdrawal')).toBe('forbidden');
    expect(await village.post<Deal>(path(deal, 'ending-withdrawal'))).toMatchObject({ state: 'in-use' });

    await passUntil(`${year + 1}-05-15`);
    await buyer.post(path(deal, 'ending'), reason);
    expect(await village.post<Deal>(path(deal, 'ending-acceptance'))).toMatchObject({
      ...{ state: 'ended', endedBy: 'agreement', endedOn: `${year}-05-15` },
    });
    await service.drain();
    expect(await statusOf(deal)).toBe('published');
    expect(await calendarOf(deal)).toMatchObject([{ endsOn: `${year}-05-15` }]);
    expect((await rentsOf(village, deal)).rents.map(({ state }) => state)).toEqual([
      ...['overdue', 'overdue', 'void', 'void'],
    ]);
    expect(await refusal(village, deal, 'ending', reason)).toBe('conflict');
  });

  test('comes by a ruling that an official records; machines were on offer all along and are free again', async () => {
    const deal = await conclude({}, machines());
    expect(await statusOf(deal)).toBe('published');
    const ruling = { document: '衢江农仲案〔2028〕3号' };
    expect(await refusal(village, deal, 'closure', ruling)).toBe('forbidden');
    expect(await refusal(elsewhere, deal, 'closure', ruling)).toBe('not-found');
    // Before its first day: nothing of it was used.
    expect(await townOfficial.post<Deal>(path(deal, 'closure'), ruling)).toMatchObject({
      ...{ state: 'ended', endedBy: 'ruling', endingReason: ruling.document },
    });
    expect(await calendarOf(deal)).toEqual([]);
    expect(await statusOf(deal)).toBe('published');
    expect((await rentsOf(buyer, deal)).overdueFen).toBe(0);
  });
});
