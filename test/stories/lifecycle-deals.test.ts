// What other rooms do to a listing: promise it, free it, close a deal over it. While it is theirs nobody else changes it.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { moveListing, type DealAction } from '../../src/lists/index.ts';
import { divisionRange } from '../../src/vocabulary/division-code.ts';
import type { Listing, Page } from '../support/answers.ts';
import { aSheet, aWorker, aWorkshop, county, importSheet, publish, register } from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

let service: Service;
let official: Caller;

beforeAll(async () => {
  service = await startService();
  official = await service.signIn({ role: 'official', divisionCode: county });
  await register(service, official);
});
afterAll(() => service.close());

let number = 0;
const aListing = () => publish(official, aWorkshop({ rowKey: `XZ-${++number}` }));

/** As a room to the right does, in a transaction of its own. */
async function move(listingId: string, action: DealAction) {
  const scope = { ...divisionRange(county), audience: 'division', actor: 'system:test', requestId: 'test' };
  const moved = await service.context.db.inScope(scope, (tx) =>
    moveListing(service.context, tx, { listingId, action, reason: '示例合同 2026-17' }),
  );
  await service.drain();
  return moved;
}

const found = async (id: string) =>
  (await service.visitor.get<Page<Listing>>('/v1/listings?kind=workshop&limit=100')).items.some((one) => one.id === id);

test('a deal from promise to end: everybody may read it all along, it is found only while it is on offer', async () => {
  const { id } = await aListing();
  for (const [action, status] of [
    ['reservation', 'reserved'],
    ['release', 'published'],
    ['reservation', 'reserved'],
    ['deal', 'matched'],
    ['reopening', 'published'],
    ['deal', 'matched'],
  ] as const) {
    expect(await move(id, action)).toMatchObject({ status });
    expect(await service.visitor.get<Listing>(`/v1/listings/${id}`)).toMatchObject({ status });
    expect(await found(id)).toBe(status === 'published');
  }
  expect(await move(id, 'closure')).toMatchObject({ status: 'closed' });
  expect((await service.visitor.refused('GET', `/v1/listings/${id}`)).status).toBe(404);
  expect(await move(id, 'reopening')).toMatchObject({ status: 'published' });
});

test('what is promised to one is not promised to another', async () => {
  const { id } = await aListing();
  const both = await Promise.allSettled([move(id, 'reservation'), move(id, 'reservation')]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(move(id, 'reservation')).rejects.toMatchObject({
    code: 'conflict',
    detail: { zh: '当前状态为“已预订”,不能预订;须为“已发布”。' },
  });
  await expect(move('019aa5c2-7c00-7000-8000-000000000099', 'reservation')).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('what is held is changed, withdrawn and published by nobody, not even by its own sheet', async () => {
  const words = aWorkshop({ rowKey: 'XZ-900' });
  await importSheet(service, official, 'workshop', await aSheet('workshop', [words]), { publish: true });
  const [{ id } = { id: '' }] = await official.all<Listing>('/v1/listings?view=own&limit=100');
  await move(id, 'reservation');
  expect((await official.refused('PATCH', `/v1/listings/${id}`, { body: { title: '别的' } })).code).toBe('conflict');
  expect((await official.refused('POST', `/v1/listings/${id}/withdrawal`)).code).toBe('forbidden');
  expect((await official.refused('POST', `/v1/listings/${id}/publication`)).code).toBe('conflict');
  const changed = await aSheet('workshop', [aWorkshop({ rowKey: 'XZ-900', areaM2: 999 })]);
  const again = await importSheet(service, official, 'workshop', changed, { publish: true });
  expect(again).toMatchObject({ status: 'done', counts: { updated: 0, unchanged: 1 } });
  expect(again.warnings[0]?.zh).toContain('已预订');
  expect(await official.get<Listing>(`/v1/listings/${id}`)).toMatchObject({
    status: 'reserved',
    attributes: { areaM2: 120 },
  });
});

test('a person goes when he withdraws his consent, promised or not', async () => {
  const { id } = await publish(official, aWorker());
  await move(id, 'reservation');
  const [{ personId } = { personId: '' }] = await service.rows<{ personId: string }>(
    `select person_id as "personId" from listing where id = $1`,
    [id],
  );
  await official.post(`/v1/persons/${personId}/consent-withdrawal`);
  await service.drain();
  expect(await official.get<Listing>(`/v1/listings/${id}`)).toMatchObject({ status: 'withdrawn' });
});

test('every step is on record: what, from where to where, by whom, when, why', async () => {
  const { id } = await aListing();
  await move(id, 'deal');
  const steps = await service.rows(
    `select machine, action, from_status, to_status, by_role, reason from listing_transition where listing_id = $1 order by at, id`,
    [id],
  );
  const machine = 'listing-v1';
  expect(steps).toEqual([
    { machine, action: 'publication', from_status: 'draft', to_status: 'published', by_role: 'official', reason: null },
    {
      ...{ machine, action: 'deal', from_status: 'published', to_status: 'matched', by_role: 'system' },
      reason: '示例合同 2026-17',
    },
  ]);
});
