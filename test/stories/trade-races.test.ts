// Two processes of the service on one database: whoever wants the same days at the same moment, whichever process he asks and by
// whichever way, exactly one has them.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { issueKey } from '../../src/access/index.ts';
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
import { freshDatabase } from '../support/database.ts';
import { queueLane } from '../support/redis.ts';
import { startService, type Service } from '../support/service.ts';
import { until } from '../support/until.ts';

/** One person, wherever he asks. */
type Everywhere = [atOne: Caller, atTheOther: Caller];

let one: Service;
let other: Service;
let official: Everywhere;
let village: Everywhere;
let buyer: Everywhere;
let rival: Everywhere;

beforeAll(async () => {
  const database = await freshDatabase();
  const lane = queueLane();
  one = await startService({ place: { database, lane } });
  // It lives in the first one's database, which goes with that.
  other = await startService({
    place: { database: { url: database.url, drop: async () => {} }, lane },
    workers: false,
  });
  const signIn = async (key: Parameters<Service['signIn']>[0]): Promise<Everywhere> => {
    const secret = await issueKey(one.context, { label: 'story', ...key }, 'story');
    return [one.withKey(secret), other.withKey(secret)];
  };
  official = await signIn({ role: 'official', divisionCode: county });
  const second = anEnterprise(2);
  const parties = await register(one, official[0], [collective, enterprise, second]);
  const partyId = (uscc: string) => parties.get(uscc) ?? '';
  village = await signIn({ role: 'collective', divisionCode: huren, partyId: partyId(collective.uscc) });
  buyer = await signIn({ role: 'enterprise', divisionCode: county, partyId: partyId(enterprise.uscc) });
  rival = await signIn({ role: 'enterprise', divisionCode: county, partyId: partyId(second.uscc) });
});
afterAll(async () => {
  await other.close();
  await one.close();
});

let number = 0;
const offer = (words: object): Promise<Listing> =>
  publish(official[0], {
    ...{ divisionCode: huren, owner: collective.uscc, rowKey: `race-${++number}`, decision: aDecision() },
    ...{ kind: 'land', attributes: {}, ...words },
  });
const newLand = () =>
  offer({
    attributes: {
      ...{ name: `抢租地块${number}`, idleLandKind: 'collective-idle', landClass: '0103', isBasicFarmland: false },
      ...{ areaMuX100: 320, transferWay: 'lease', rentFenPerMuYear: 45_000 },
    },
  });
const newMachines = () =>
  offer({
    kind: 'equipment',
    attributes: { equipmentKind: 'sewing-machine', quantity: 3, condition: 'good', hireFenPerDay: 3_000 },
  });

const days = { startsOn: '2027-01-01', endsOn: '2027-12-31' };
async function negotiate(who: Everywhere, { id: listingId, kind }: Listing, pieces = 1): Promise<string> {
  const intendedUse = kind === 'land' ? 'grain' : null;
  const { id } = await who[0].post<{ id: string }>('/v1/negotiations', { listingId, intendedUse, ...days, pieces });
  const expiresAt = '2026-12-01T00:00:00+08:00';
  await village[0].post(`/v1/negotiations/${id}/offer`, { priceFen: 1_000, expiresAt });
  return `/v1/negotiations/${id}/acceptance`;
}

/** Everything is asked before anything may be booked; then all of it at once. Returns the statuses. */
async function atOnce(...asks: (() => Promise<{ status: number }>)[]): Promise<number[]> {
  await one.rows('begin');
  await one.rows('lock table resource_booking in share mode');
  const answers = asks.map((ask) => ask());
  await until('all of them wait to book', async () => {
    const waiting = await one.rows(
      `select 1 from pg_locks join pg_database on pg_database.oid = database where not granted and datname = current_database()`,
    );
    return waiting.length === asks.length ? true : undefined;
  });
  await one.rows('commit');
  return (await Promise.all(answers)).map(({ status }) => status).sort();
}

const holdersOf = ({ id }: Listing) =>
  one.rows<{ pieces: string }>('select pieces::text from resource_booking where listing_id = $1 order by pieces', [id]);

test('of two who accept at two processes one has a deal', async () => {
  const plot = await newLand();
  const [mine, theirs] = [await negotiate(buyer, plot), await negotiate(rival, plot)];
  expect(
    await atOnce(
      () => buyer[0].ask('POST', mine),
      () => rival[1].ask('POST', theirs),
    ),
  ).toEqual([200, 409]);
  expect(await holdersOf(plot)).toHaveLength(1);
  expect(await one.rows('select 1 from deal where listing_id = $1', [plot.id])).toHaveLength(1);
  expect(await buyer[1].get<Listing>(`/v1/listings/${plot.id}`)).toMatchObject({ status: 'matched' });
});

test('a deal at one process and the notice of a bidding at the other: one of them holds it', async () => {
  const plot = await newLand();
  const mine = await negotiate(buyer, plot);
  const wish = { listingId: plot.id, intendedUse: 'grain', ...days, reservePriceFen: 400_000 };
  const { id } = await village[0].post<{ id: string }>('/v1/biddings', wish);
  expect(
    await atOnce(
      () => buyer[0].ask('POST', mine),
      () => official[1].ask('POST', `/v1/biddings/${id}/notice`),
    ),
  ).toEqual([200, 409]);
  const deals = await one.rows('select 1 from deal where listing_id = $1', [plot.id]);
  const { status } = await official[0].get<Listing>(`/v1/listings/${plot.id}`);
  expect(status).toBe(deals.length === 1 ? 'matched' : 'reserved');
  expect(await holdersOf(plot)).toHaveLength(1);
});

test('two of three machines for one, two for another: one has two, and the third is free', async () => {
  const three = await newMachines();
  const [mine, theirs] = [await negotiate(buyer, three, 2), await negotiate(rival, three, 2)];
  expect(
    await atOnce(
      () => buyer[0].ask('POST', mine),
      () => rival[1].ask('POST', theirs),
    ),
  ).toEqual([200, 409]);
  expect(await holdersOf(three)).toEqual([{ pieces: '[1,3)' }]);
  const [first, second] = [await negotiate(buyer, three), await negotiate(rival, three)];
  expect(
    await atOnce(
      () => buyer[0].ask('POST', first),
      () => rival[1].ask('POST', second),
    ),
  ).toEqual([200, 409]);
});

test('one machine for each is no conflict: whoever comes second takes another', async () => {
  const three = await newMachines();
  const all = [await negotiate(buyer, three), await negotiate(rival, three), await negotiate(buyer, three)];
  expect(
    await atOnce(...all.map((path, at) => () => (at % 2 ? rival : buyer)[at % 2 ? 1 : 0].ask('POST', path))),
  ).toEqual([200, 200, 200]);
  expect(await holdersOf(three)).toHaveLength(3);
});
