// 保存的搜索: whoever keeps a search hears of what is published later and answers it, once, and of nothing else; nobody else hears.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { reactions } from '../../src/wiring.ts';
import type { Listing } from '../support/answers.ts';
import {
  aDecision,
  aSheet,
  aWorkshop,
  collective,
  county,
  gaojia,
  importSheet,
  publish,
  register,
  shuangqiao,
  type ListingWords,
} from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

interface Saved {
  id: string;
  name: string;
  unread: number;
  version: number;
  overflowedAt: string | null;
}
interface Alert {
  id: string;
  listingId: string;
  listingVersion: number;
  listing: Listing | null;
  readAt: string | null;
}

let service: Service;
let official: Caller;
let seeker: Caller;

beforeAll(async () => {
  // As wired, without rounds.
  const withoutRounds = <Wired extends { name: string }>(all: readonly Wired[]) =>
    all.filter(({ name }) => !name.startsWith('matching.'));
  service = await startService({
    reactions: {
      'import.completed': withoutRounds(reactions['import.completed']),
      'listing.changed': withoutRounds(reactions['listing.changed']),
    },
  });
  official = await service.signIn({ role: 'official', divisionCode: county });
  await register(service, official);
  seeker = await service.signIn({ role: 'third-party', divisionCode: county });
});
afterAll(() => service.close());

const save = (query: Record<string, string>, by = seeker) =>
  by.post<Saved>('/v1/saved-searches', { name: '高家镇工坊', query });
const alertsOf = ({ id }: Saved, by = seeker) => by.all<Alert>(`/v1/saved-searches/${id}/alerts`);
const remove = ({ id }: Saved) => seeker.ask('DELETE', `/v1/saved-searches/${id}`);
async function list(words: ListingWords): Promise<Listing> {
  const listing = await publish(official, words);
  await service.drain();
  return listing;
}

test('what is published later and answers it is told of, once; what lies outside, stood before or is another’s is not', async () => {
  const before = await list(aWorkshop({ name: '早先的缝纫工坊' }));
  const search = await save({ q: '高家镇 缝纫', division: gaojia });
  expect(await alertsOf(search)).toEqual([]);
  const found = await list(aWorkshop({ name: '湖仁缝纫工坊' }));
  await list(aWorkshop({ name: '湖仁包装工坊' }));
  await list(aWorkshop({ name: '双桥缝纫工坊', divisionCode: shuangqiao }));
  await official.patch(`/v1/listings/${before.id}`, { attributes: { seats: 30 } });
  await service.drain();
  expect(await alertsOf(search)).toMatchObject([
    { listingId: found.id, listingVersion: found.version, readAt: null, listing: { title: found.title } },
  ]);
  // The event comes again, as events may; a change of it is no news.
  await service.rows(`update outbox set done_at = null, sent_at = null where reaction like 'lists.tellSearchers%'`);
  await official.patch(`/v1/listings/${found.id}`, { attributes: { seats: 31 } });
  await service.drain();
  expect(await alertsOf(search)).toHaveLength(1);

  await official.post(`/v1/listings/${found.id}/withdrawal`);
  expect(await alertsOf(search)).toMatchObject([{ listingId: found.id, listing: null }]);
  await remove(search);
});

test('a workbook is told of row by row; what was read is marked; what is deleted tells nothing', async () => {
  const search = await save({ kind: 'workshop', q: '竹艺' });
  const other = await save({ kind: 'workshop', q: '竹艺' });
  const rows = Array.from({ length: 3 }, (_, at) =>
    aWorkshop({ name: `竹艺工坊${at}`, owner: collective.uscc, rowKey: `GF-${at}` }),
  );
  await remove(other);
  const sheet = await aSheet('workshop', rows);
  await importSheet(service, official, 'workshop', sheet, { publish: true });
  await importSheet(service, official, 'workshop', sheet, { publish: true });
  const alerts = await alertsOf(search);
  expect(alerts.map(({ listing }) => listing?.title.slice(0, 5))).toEqual(['竹艺工坊2', '竹艺工坊1', '竹艺工坊0']);
  expect(await seeker.refused('GET', `/v1/saved-searches/${other.id}/alerts`)).toMatchObject({ status: 404 });

  const read = await seeker.post<Saved>(`/v1/saved-searches/${search.id}/reading`, { upTo: alerts[1]?.id });
  expect(read.unread).toBe(1);
  expect((await alertsOf(search)).map(({ readAt }) => readAt !== null)).toEqual([false, true, true]);
  expect((await seeker.post<Saved>(`/v1/saved-searches/${search.id}/reading`, {})).unread).toBe(0);
  await remove(search);
  expect(await service.rows('select from search_alert')).toEqual([]);
});

test('more at once than anybody reads: the newest are told of, and that there were more', async () => {
  const search = await save({ kind: 'land' });
  const plots = Array.from({ length: 205 }, (_, at) => ({
    ...{ kind: 'land' as const, divisionCode: gaojia, owner: collective.uscc, rowKey: `TD-${at}` },
    decision: aDecision(),
    attributes: {
      ...{ name: `旱地${at}`, idleLandKind: 'abandoned', landClass: '0103', isBasicFarmland: false },
      ...{ areaMuX100: 320, transferWay: 'lease', rentFenPerMuYear: 45_000 },
    },
  }));
  await importSheet(service, official, 'land', await aSheet('land', plots), { publish: true });
  const [first] = await alertsOf(search);
  expect(first?.listing?.title).toMatch(/^旱地204/);
  const [saved] = await seeker.all<Saved>('/v1/saved-searches');
  expect(saved).toMatchObject({ unread: 200, overflowedAt: service.clock.now().toISOString() });
  await remove(search);
});

test('a search is its owner’s alone, under whatever key; so many and no more; another query hears of later things', async () => {
  const search = await save({ q: '湖仁' });
  const stranger = await service.signIn({ role: 'third-party', divisionCode: county });
  for (const by of [stranger, official]) {
    expect(await by.all('/v1/saved-searches')).toEqual([]);
    for (const [method, path, body] of [
      ['GET', '/alerts', undefined],
      ['PATCH', '', { name: '改' }],
      ['DELETE', '', undefined],
      ['POST', '/reading', {}],
    ] as const) {
      const { status } = await by.refused(method, `/v1/saved-searches/${search.id}${path}`, body && { body });
      expect(status).toBe(404);
    }
  }
  expect(await service.visitor.refused('GET', '/v1/saved-searches')).toMatchObject({ status: 401 });

  const changed = await seeker.patch<Saved>(`/v1/saved-searches/${search.id}`, { query: { q: '双桥' } });
  expect(changed).toMatchObject({ version: 2, name: '高家镇工坊' });
  await list(aWorkshop({ name: '湖仁又一工坊' }));
  const heard = await list(aWorkshop({ name: '双桥又一工坊', divisionCode: shuangqiao }));
  expect((await alertsOf(search)).map(({ listingId }) => listingId)).toEqual([heard.id]);

  for (let more = 1; more < 20; more += 1) await save({ q: `竹${more}` });
  const tooMany = { body: { name: '又一个', query: { q: '竹' } } };
  expect(await seeker.refused('POST', '/v1/saved-searches', tooMany)).toMatchObject({ status: 409 });
});

test.each([
  [{}, 'body.query'],
  [{ sort: 'price' }, 'body.query.sort'],
  [{ near: '29,119' }, 'body.query.near'],
  [{ radiusKm: '5' }, 'body.query.near'],
])('%j cannot be kept, and it is told why', async (query, path) => {
  const { status, errors } = await official.refused('POST', '/v1/saved-searches', { body: { name: '空', query } });
  expect([400, 422]).toContain(status);
  expect(errors?.[0]?.path).toBe(path);
});
