// A POST with an Idempotency-Key happens once, however often it is sent: whoever missed the answer hears it again, byte by byte,
// and nobody else ever does.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueKey } from '../../src/access/index.ts';
import { buildApp } from '../../src/app.ts';
import { searchFor } from '../../scripts/prove/canary/needles.ts';
import { searchTables } from '../../scripts/prove/canary/places.ts';
import type { Listing } from '../support/answers.ts';
import { aPerson, aSheet, aWorker, aWorkshop, county, publish, register, workers } from '../support/builders.ts';
import { callerOf, xlsx, type Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

const HOUR_MS = 3_600_000;

let service: Service;
let official: Caller;
/** Villagers by their number: what they offer, and who they are. */
const villagers = new Map<number, { listingId: string; personId: string }>();

beforeAll(async () => {
  service = await startService({ config: { sms: { template: '{code}', by: 'local-outbox' } } });
  official = await service.signIn({ role: 'official', divisionCode: county });
  await register(service, official);
  for (const number of [1, 2, 3, 4, 5]) {
    const { id: listingId } = await publish(official, aWorker({ number }));
    const [row] = await service.rows<{ id: string }>('select person_id as id from listing where id = $1', [listingId]);
    villagers.set(number, { listingId, personId: row?.id ?? '' });
  }
  await service.drain();
});
afterAll(() => service.close());

interface Heard {
  status: number;
  text: string;
  body: { id?: string; code?: string; token?: string; secret?: string };
  location: string | null;
  etag: string | null;
  isReplay: boolean;
}

async function send(
  caller: Caller,
  path: string,
  key: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Heard> {
  const sent = { headers: { 'idempotency-key': key, ...headers }, ...(body !== undefined && { body }) };
  const answer = await caller.ask<Heard['body']>('POST', path, sent);
  return {
    status: answer.status,
    text: JSON.stringify(answer.body),
    body: answer.body,
    location: answer.headers.get('location'),
    etag: answer.headers.get('etag'),
    isReplay: answer.headers.get('idempotency-replayed') === 'true',
  };
}

const same = ({ status, text, location, etag }: Heard) => ({ status, text, location, etag });
const count = async (table: string, where = 'true') =>
  (await service.rows<{ count: number }>(`select count(*)::int as count from ${table} where ${where}`))[0]?.count;

describe('sent again', () => {
  test('a call is answered with the same status, body and headers, and nothing more happens', async () => {
    const [key, words] = [randomUUID(), aWorkshop({ name: '一次' })];
    const [first, again] = [
      await send(official, '/v1/listings', key, words),
      await send(official, '/v1/listings', key, words),
    ];
    expect([first.status, first.location, first.isReplay]).toEqual([201, `/v1/listings/${first.body.id}`, false]);
    expect(first.etag).toMatch(/^"1-/);
    expect(same(again)).toEqual(same(first));
    expect(again.isReplay).toBe(true);
    expect(await count('listing', `title = '一次'`)).toBe(1);
    expect(await count('audit_entry', `row_id = '${first.body.id}'`)).toBe(1);
  });

  test('what it tells is told once', async () => {
    const { id } = await official.post<Listing>('/v1/listings', aWorkshop({ name: '发布一次' }));
    const key = randomUUID();
    const [first, again] = [
      await send(official, `/v1/listings/${id}/publication`, key),
      await send(official, `/v1/listings/${id}/publication`, key),
    ];
    expect(same(again)).toEqual(same(first));
    const told = await service.rows<{ reaction: string; times: number }>(
      `select reaction, count(*)::int as times from outbox where payload->>'listingId' = $1 group by reaction`,
      [id],
    );
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter(({ times }) => times !== 1)).toEqual([]);
    await service.drain();
  });

  test('fifty times at once, beside other calls, it happens once and everybody is answered', async () => {
    const key = randomUUID();
    const words = aWorkshop({ name: '五十' });
    const twins = Array.from({ length: 50 }, () => send(official, '/v1/listings', key, words));
    const others = Array.from({ length: 20 }, (_, at) =>
      send(official, '/v1/listings', randomUUID(), aWorkshop({ name: `旁人${at}` })),
    );
    const reads = Array.from({ length: 20 }, () => official.ask('GET', '/v1/listings?view=own'));
    const heard = await Promise.all(twins);
    expect(new Set(heard.map((answer) => JSON.stringify(same(answer)))).size).toBe(1);
    expect([heard[0]?.status, heard.filter(({ isReplay }) => !isReplay)]).toMatchObject([201, [{ status: 201 }]]);
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual(others.map(() => 201));
    expect((await Promise.all(reads)).map(({ status }) => status)).toEqual(reads.map(() => 200));
    expect(await count('listing', `title = '五十'`)).toBe(1);
  });

  test('to two processes at once, it happens once and everybody is answered', async () => {
    const secret = await issueKey(service.context, { label: 'twins', role: 'official', divisionCode: county }, 'story');
    const beside = await buildApp(service.context);
    const urls = [service.url, await beside.listen({ host: '127.0.0.1', port: 0 })];
    const words = aWorkshop({ name: '两处' });
    for (let round = 1; round <= 3; round++) {
      const key = randomUUID();
      const twins = Array.from({ length: 10 }, (_, at) =>
        send(callerOf(urls[at % 2] ?? '', secret, service.heard), '/v1/listings', key, {
          ...words,
          rowKey: `twins ${round}`,
        }),
      );
      const heard = await Promise.all(twins);
      expect(new Set(heard.map((answer) => JSON.stringify(same(answer)))).size).toBe(1);
      expect(heard[0]?.status).toBe(201);
    }
    expect(await count('listing', `title = '两处'`)).toBe(3);
    await beside.close();
  });

  test('an upload is known by its bytes', async () => {
    const [one, other] = [await aSheet('labour', workers(2)), await aSheet('labour', workers(3))];
    const [key, path, type] = [randomUUID(), `/v1/imports?sheet=labour&division=${county}`, { 'content-type': xlsx }];
    const first = await send(official, path, key, one, type);
    await service.drain();
    const again = await send(official, path, key, one, type);
    expect(first.status).toBe(202);
    // As it was answered then, although the import is done by now.
    expect(same(again)).toEqual(same(first));
    expect((await send(official, path, key, other, type)).body.code).toBe('idempotency-key-reused');
  });

  test('signing out is heard again, although the session has ended', async () => {
    const household = await signIn(1);
    const key = randomUUID();
    const first = await send(household, '/v1/sessions/current/end', key);
    service.clock.advance(1_000);
    const again = await send(household, '/v1/sessions/current/end', key);
    expect([first.status, same(again)]).toEqual([200, same(first)]);
    expect((await household.refused('GET', '/v1/me')).code).toBe('unauthenticated');
    expect((await household.refused('GET', '/v1/lists')).code).toBe('unauthenticated');
  });

  test('a day later it may be forgotten, and happens anew', async () => {
    const key = randomUUID();
    const made = await send(official, '/v1/listings', key, aWorkshop({ name: '昨天' }));
    service.clock.advance(23 * HOUR_MS);
    await forgetWhatIsDue();
    const again = await send(official, '/v1/listings', key, aWorkshop({ name: '昨天' }));
    expect([same(again), again.isReplay]).toEqual([same(made), true]);
    service.clock.advance(2 * HOUR_MS);
    await forgetWhatIsDue();
    const anew = await send(official, '/v1/listings', key, aWorkshop({ name: '昨天' }));
    expect([anew.isReplay, anew.body.id === made.body.id]).toEqual([false, false]);
  });
});

describe('a key', () => {
  test('that comes with another query is refused', async () => {
    const key = randomUUID();
    const sheet = await aSheet('workshop', [aWorkshop({ name: '另问' })]);
    const path = `/v1/imports?sheet=workshop&division=${county}`;
    expect((await send(official, `${path}&dryRun=true`, key, sheet)).status).toBe(202);
    const other = await send(official, path, key, sheet);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
    await service.drain();
    expect(await count('listing', `title = '另问'`)).toBe(0);
  });

  test('that comes with anything else is refused, and the first call stands', async () => {
    const key = randomUUID();
    const words = aWorkshop({ name: '原样' });
    const first = await send(official, '/v1/listings', key, words);
    const path = `/v1/listings/${first.body.id}/publication`;
    for (const other of [
      await send(official, '/v1/listings', key, { ...words, title: '别的' }),
      await send(official, path, key),
      await send(official, '/v1/listings', key, words, { 'x-division': '330803114' }),
    ]) {
      expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
    }
    expect(same(await send(official, '/v1/listings', key, words))).toEqual(same(first));
    expect(await count('listing', `title in ('原样', '别的')`)).toBe(1);
  });

  test('belongs to whoever sent it: somebody else’s same key is another', async () => {
    const [key, words] = [randomUUID(), { divisionCode: county, label: '同一把', role: 'third-party' }];
    const other = await service.signIn({ role: 'official', divisionCode: county });
    const [mine, theirs] = [
      await send(official, '/v1/api-keys', key, words),
      await send(other, '/v1/api-keys', key, words),
    ];
    expect([mine.status, theirs.status, theirs.isReplay]).toEqual([201, 201, false]);
    expect(theirs.text).not.toBe(mine.text);
    expect((await send(service.visitor, '/v1/api-keys', key, words)).status).toBe(401);
  });

  test.each([
    ['too short', 'a'.repeat(15)],
    ['too long', 'a'.repeat(129)],
    ['with a space', `${'a'.repeat(16)} b`],
    ['beyond ASCII', `${'a'.repeat(16)}é`],
  ])('%s is refused in words', async (_, key) => {
    const problem = await official.refused('POST', '/v1/listings', {
      body: aWorkshop(),
      headers: { 'idempotency-key': key },
    });
    expect([problem.code, problem.detail]).toEqual(['bad-request', expect.stringContaining('Idempotency-Key')]);
  });

  test('is no part of reading', async () => {
    const [key, path] = [randomUUID(), '/v1/listings?view=own'];
    const ask = () => official.ask('GET', path, { headers: { 'idempotency-key': key } });
    expect([(await ask()).status, (await ask()).headers.get('idempotency-replayed')]).toEqual([200, null]);
  });
});

describe('a refused call', () => {
  test('leaves nothing behind: mended, it may come with the same key', async () => {
    const key = randomUUID();
    const words = { ...aWorkshop({ name: '改好' }), owner: '91330803MA00000000' };
    const refused = await send(official, '/v1/listings', key, words);
    expect(refused.body.code).toBe('unprocessable');
    const mended = await send(official, '/v1/listings', key, aWorkshop({ name: '改好' }));
    expect([mended.status, mended.isReplay]).toEqual([201, false]);
  });

  test('is refused for what is the case now, not for what was', async () => {
    const { listingId, personId } = villager(4);
    await official.post(`/v1/persons/${personId}/consent-withdrawal`);
    const [key, path] = [randomUUID(), `/v1/listings/${listingId}/publication`];
    expect((await send(official, path, key)).body.code).toBe('conflict');
    await service.rows('delete from consent where person_id = $1', [personId]);
    expect((await send(official, path, key)).status).toBe(200);
    await service.drain();
  });
});

test('an effect whose answer cannot be stored does not happen', async () => {
  const [key, words] = [randomUUID(), aWorkshop({ name: '一起' })];
  await service.rows('revoke insert on idempotency_key from gongfang_app');
  try {
    expect((await send(official, '/v1/listings', key, words)).status).toBeGreaterThanOrEqual(400);
    expect(await count('listing', `title = '一起'`)).toBe(0);
  } finally {
    await service.rows('grant insert on idempotency_key to gongfang_app');
  }
  expect((await send(official, '/v1/listings', key, words)).status).toBe(201);
});

describe('guessing', () => {
  test('is counted although the call is undone', async () => {
    const code = await receiveCode(2);
    const { phone } = aPerson(2);
    const key = randomUUID();
    for (let guess = 0; guess < 5; guess += 1) {
      expect((await send(service.visitor, '/v1/sessions', key, { phone, code: wrong(code, guess) })).status).toBe(401);
    }
    expect((await send(service.visitor, '/v1/sessions', key, { phone, code })).status).toBe(401);
    expect(await count('household_session', `'${villager(2).personId}' = any (person_ids)`)).toBe(0);
  });

  test('at the answer of another visitor, whose key is known, finds it gone after the first attempt', async () => {
    const code = await receiveCode(3);
    const [{ phone }, key] = [aPerson(3), `sign-in-${aPerson(3).phone}`];
    const signedIn = await send(service.visitor, '/v1/sessions', key, { phone, code });
    expect([signedIn.status, same(await send(service.visitor, '/v1/sessions', key, { phone, code }))]).toEqual([
      201,
      same(signedIn),
    ]);
    for (const guess of [wrong(code, 0), code]) {
      const { status, body } = await send(service.visitor, '/v1/sessions', key, { phone, code: guess });
      expect([status, body.code]).toEqual([422, 'idempotency-key-reused']);
    }
  });

  test('of many at the same moment never waits for a connection that another guess holds', async () => {
    const guesses = Array.from({ length: 40 }, (_, at) =>
      send(service.visitor, '/v1/sessions', randomUUID(), { phone: aPerson(at + 100).phone, code: '000000' }),
    );
    expect(new Set((await Promise.all(guesses)).map(({ status }) => status))).toEqual(new Set([401]));
  });
});

test('the stored answer shows nothing: no secret and no person stands in any column, nor the key itself', async () => {
  const key = randomUUID();
  const issued = await send(official, '/v1/api-keys', key, { divisionCode: county, label: '密', role: 'third-party' });
  const shown = await send(official, `/v1/persons/${villager(5).personId}/disclosures`, randomUUID(), {
    purpose: 'arrange-work',
  });
  const session = await signIn(5);
  await session.get('/v1/me');
  const { name, idNumber, phone } = aPerson(5);
  expect(shown.text).toContain(idNumber);
  const secret = issued.body.secret ?? '';
  expect(await service.withKey(secret).get('/v1/me')).toMatchObject({ role: 'third-party' });
  expect(await count('idempotency_key', 'sealed_answer is not null')).toBeGreaterThan(2);
  const search = searchFor([secret, key, name, idNumber, phone]);
  expect((await searchTables(service, search)).findings).toEqual([]);
  await service.drain();
});

// ── Villagers ───────────────────────────────────────────────────────────────────────────────────────────────────────

const wrong = (code: string, by: number) => String((Number(code) + 1 + by) % 1_000_000).padStart(6, '0');

function villager(number: number) {
  const found = villagers.get(number);
  if (!found) throw new Error(`no villager ${number}`);
  return found;
}

async function receiveCode(number: number): Promise<string> {
  service.clock.advance(HOUR_MS);
  const { phone } = aPerson(number);
  expect((await send(service.visitor, '/v1/sms-codes', randomUUID(), { phone })).status).toBe(202);
  await service.drain();
  const { body } = await service.visitor.ask<string>('GET', '/dev/outbox');
  const code = new RegExp(`${phone}[^]*?>(\\d{6})<`).exec(body)?.[1];
  if (code === undefined) throw new Error(`no code was sent: ${body}`);
  return code;
}

async function signIn(number: number): Promise<Caller> {
  const words = { phone: aPerson(number).phone, code: await receiveCode(number) };
  const { body } = await send(service.visitor, '/v1/sessions', randomUUID(), words);
  return service.withKey(body.token ?? '');
}

async function forgetWhatIsDue(): Promise<void> {
  const { db, outbox } = service.context;
  const scope = { lo: '0', hi: ':', audience: 'division', actor: 'story', requestId: '' };
  await db.inScope(scope, (tx) => outbox.tell(tx, { type: 'retention.due', region: '0', payload: {} }));
  await service.drain();
}
