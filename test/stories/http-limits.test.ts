// Too much: who asks too often is told when to come back, what cannot be done in time is refused at once, and an end is orderly.

import { afterEach, expect, test, vi } from 'vitest';
import type { Config } from '../../src/platform/config.ts';
import { county } from '../support/builders.ts';
import { startService, type Service } from '../support/service.ts';
import { openSocket } from '../support/socket.ts';
import { until } from '../support/until.ts';

let service: Service;
afterEach(() => service.close());

async function serviceWith(config: Partial<Config>): Promise<Service> {
  return (service = await startService({ workers: false, config }));
}

const limits = { caller: 1_000, visitor: 1_000, refusedCredentials: 1_000 };
const rateOf = (headers: Headers) =>
  ['ratelimit-limit', 'ratelimit-remaining'].map((name) => Number(headers.get(name) ?? Number.NaN));

test('a caller is counted by who it is, a visitor by address, and both get their requests back', async () => {
  await serviceWith({ rateLimits: { ...limits, caller: 3, visitor: 2 } });
  const official = await service.signIn({ role: 'official', divisionCode: county });
  const other = await service.signIn({ role: 'official', divisionCode: county });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  try {
    for (const remaining of [2, 1, 0]) {
      expect(rateOf((await official.ask('GET', '/v1/rounds')).headers)).toEqual([3, remaining]);
    }
    const refused = await official.ask('GET', '/v1/rounds');
    expect([refused.status, refused.headers.get('content-type')]).toEqual([
      429,
      'application/problem+json; charset=utf-8',
    ]);
    expect(refused.headers.get('retry-after')).toBe(refused.headers.get('ratelimit-reset'));
    expect((await other.ask('GET', '/v1/rounds')).status, 'somebody else').toBe(200);
    expect((await service.visitor.ask('GET', '/v1/nowhere')).status, 'unknown addresses count').toBe(404);
    expect((await service.visitor.ask('GET', '/v1/divisions')).status).toBe(200);
    expect((await service.visitor.refused('GET', '/v1/divisions')).code).toBe('too-many-requests');
    for (const probe of ['/healthz', '/readyz']) {
      const { status, headers } = await service.visitor.ask('GET', probe);
      expect([status, headers.get('ratelimit-limit')], probe).toEqual([200, null]);
    }
    vi.setSystemTime(Date.now() + 1000 * Number(refused.headers.get('retry-after')));
    expect((await official.ask('GET', '/v1/rounds')).status).toBe(200);
  } finally {
    vi.useRealTimers();
  }
});

test('who tries credentials that are none is soon not looked at, whatever he tries; visitors are', async () => {
  await serviceWith({ rateLimits: { ...limits, refusedCredentials: 3 } });
  const known = await service.signIn({ role: 'official', divisionCode: county });
  for (let at = 0; at < 3; at += 1) {
    const guess = service.withKey(`gf_live_${String(at).repeat(32)}`);
    const { status, headers } = await guess.ask('GET', '/v1/divisions');
    expect([status, rateOf(headers)]).toEqual([401, [3, 2 - at]]);
  }
  for (const guess of [service.withKey(`gf_live_${'x'.repeat(32)}`), known]) {
    const { status, headers } = await guess.ask('GET', '/v1/divisions');
    expect([status, Number(headers.get('retry-after')) > 0]).toEqual([429, true]);
  }
  expect((await service.visitor.ask('GET', '/v1/divisions')).status).toBe(200);
});

test('while too many wait for the database, the next is refused at once, and the process is still alive', async () => {
  await serviceWith({ pressure: { eventLoopLagMs: 0, databaseQueue: 1 } });
  const { pool } = service.context.db;
  const held = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
  const waiting = service.visitor.ask('GET', '/v1/listings');
  await until('one waits', async () => (pool.waitingCount === 1 ? true : undefined));
  const refused = await service.visitor.ask('GET', '/v1/listings');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
  expect(refused.body).toMatchObject({ code: 'unavailable', status: 503 });
  expect((await service.visitor.ask('GET', '/healthz')).status).toBe(200);
  for (const client of held) client.release();
  expect((await waiting).status, 'who came first is served').toBe(200);
});

test('while the event loop lags everything but the sign of life is refused', async () => {
  await serviceWith({ pressure: { eventLoopLagMs: 0.000_001, databaseQueue: 100 } });
  const refused = await until('the lag has been measured', async () => {
    const answer = await service.visitor.ask('GET', '/v1/divisions');
    return answer.status === 503 ? answer : undefined;
  });
  expect(refused.headers.get('retry-after')).toBe('2');
  expect((await service.visitor.ask('GET', '/healthz')).status).toBe(200);
  expect((await service.visitor.ask('GET', '/readyz')).status).toBe(503);
});

test('an end waits for what is in flight; who comes meanwhile is told so, and connections end', async () => {
  await serviceWith({});
  const { pool } = service.context.db;
  const held = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
  const inFlight = service.visitor.ask('GET', '/v1/listings');
  await until('it is in flight', async () => (pool.waitingCount === 1 ? true : undefined));
  const idle = openSocket(service.url);
  idle.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
  await until('the connection is kept', async () => (idle.heard().includes('alive') ? true : undefined));

  const closed = service.stopListening();
  const late = await service.visitor.ask('GET', '/v1/divisions');
  expect([late.status, late.headers.get('retry-after'), late.headers.get('connection')]).toEqual([503, '5', 'close']);
  expect((await service.visitor.ask('GET', '/healthz')).status).toBe(200);
  for (const client of held) client.release();
  const answer = await inFlight;
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
  await closed;
  await idle.ended;
  await expect(service.visitor.ask('GET', '/healthz')).rejects.toThrow();
});
