// What browsers need to know: which pages may call, what may be done with an answer, how to say who one is.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { county } from '../support/builders.ts';
import { startService, type Service } from '../support/service.ts';
import { openSocket } from '../support/socket.ts';

const portal = 'https://portal.example.cn';
const elsewhere = 'https://elsewhere.example';
const missing = '019aa5c2-7c00-7000-8000-000000000099';
let service: Service;
let closed: Service;

beforeAll(async () => {
  [service, closed] = await Promise.all([startService({ config: { corsOrigins: [portal] } }), startService()]);
});
afterAll(async () => {
  await service.close();
  await closed.close();
});

const preflight = (origin: string) => ({
  origin,
  'access-control-request-method': 'PATCH',
  'access-control-request-headers': 'authorization,if-match',
});

test('a page of an allowed origin may call with everything a caller sends, and read what it needs', async () => {
  const { status, headers } = await service.visitor.ask('OPTIONS', `/v1/listings/${missing}`, {
    headers: preflight(portal),
  });
  expect(status).toBe(204);
  expect(headers.get('access-control-allow-origin')).toBe(portal);
  const allowed = headers.get('access-control-allow-headers')?.toLowerCase().split(', ');
  expect(allowed).toEqual(
    expect.arrayContaining([
      ...['authorization', 'content-type', 'idempotency-key', 'if-match', 'x-api-key', 'x-division', 'x-mandate'],
    ]),
  );
  expect(headers.get('access-control-allow-methods')).toContain('PATCH');
  const answer = await service.visitor.ask('GET', '/v1/divisions', { headers: { origin: portal } });
  expect(answer.headers.get('access-control-allow-origin')).toBe(portal);
  expect(answer.headers.get('access-control-expose-headers')).toMatch(/ETag.*Location.*Retry-After.*X-Request-Id/);
  expect(answer.headers.get('vary')).toMatch(/Origin/);
  const refused = await service.visitor.ask('GET', '/v1/proposals', { headers: { origin: portal } });
  expect([refused.status, refused.headers.get('access-control-allow-origin')], 'problems too').toEqual([401, portal]);
});

test.each([
  ['another origin', () => service, elsewhere],
  ['an origin that only begins like it', () => service, `${portal}.evil.example`],
  ['no origin', () => service, 'null'],
  ['any origin, where none is allowed', () => closed, portal],
])('%s is told nothing', async (_what, of, origin) => {
  for (const [method, headers] of [
    ['OPTIONS', preflight(origin)],
    ['GET', { origin }],
  ] as const) {
    const answer = await of().visitor.ask(method, '/v1/divisions', { headers });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});

test('credentials mode is never allowed: there are no cookies', async () => {
  const answer = await service.visitor.ask('GET', '/v1/divisions', { headers: { origin: portal } });
  expect(answer.headers.has('access-control-allow-credentials')).toBe(false);
});

test.each([
  ['a success', 'GET', '/v1/divisions', 200],
  ['a refusal', 'GET', '/v1/proposals', 401],
  ['an unknown address', 'GET', '/v1/nowhere', 404],
  ['an address that cannot be decoded', 'GET', '/v1/listings/%E0%A4%A', 400],
  ['a wrong method', 'DELETE', '/v1/divisions', 405],
  ['the contract', 'GET', '/openapi.json', 200],
])('%s may be run, framed and sniffed by nobody', async (_what, method, path, status) => {
  const answer = await service.visitor.ask(method, path);
  expect(answer.status).toBe(status);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'strict-transport-security': expect.stringMatching(/^max-age=\d{8}/) as string,
    'permissions-policy': expect.stringContaining('geolocation=()') as string,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  });
});

test('the page of the documentation may run its own scripts, and nothing from elsewhere', async () => {
  const { status, headers } = await service.visitor.ask('GET', '/docs/');
  expect(status).toBe(200);
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/script-src 'self'/);
  expect(policy).toMatch(/frame-ancestors 'none'/);
  expect(policy).not.toMatch(/https?:|\*|unsafe-eval|upgrade-insecure/);
});

test('every 401 says how to sign in, and whether what was sent was believed', async () => {
  const challenge = async (headers: Record<string, string>, path = '/v1/proposals') => {
    const answer = await service.visitor.ask('GET', path, { headers });
    expect(answer.status).toBe(401);
    return answer.headers.get('www-authenticate');
  };
  const unbelieved = 'Bearer realm="gongfang", error="invalid_token"';
  expect(await challenge({})).toBe('Bearer realm="gongfang"');
  expect(await challenge({}, '/v1/listings?view=own')).toBe('Bearer realm="gongfang"');
  expect(await challenge({ authorization: 'Bearer nonsense' })).toBe(unbelieved);
  expect(await challenge({ authorization: 'Basic dTpw' })).toBe(unbelieved);
  expect(await challenge({ 'x-api-key': 'nonsense' })).toBe(unbelieved);
});

test('a wrong method is told the right ones, and OPTIONS asks for just them', async () => {
  for (const [method, path, status, allow] of [
    ['DELETE', '/v1/listings', 405, 'GET, HEAD, POST, OPTIONS'],
    ['PROPFIND', `/v1/listings/${missing}`, 405, 'GET, HEAD, PATCH, OPTIONS'],
    ['OPTIONS', '/v1/listings', 204, 'GET, HEAD, POST, OPTIONS'],
    ['OPTIONS', '/v1/nowhere', 404, null],
  ] as const) {
    const answer = await service.visitor.ask(method, path);
    expect([answer.status, answer.headers.get('allow')], `${method} ${path}`).toEqual([status, allow]);
  }
});

test('a method that HTTP does not know is a problem too', async () => {
  const socket = openSocket(service.url);
  socket.write('BREW / HTTP/1.1\r\nhost: x\r\n\r\n');
  expect(await socket.ended).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[^]*"code":"bad-request"/);
});

test('ids of requests are ours, whatever a caller sends', async () => {
  const { headers } = await service.visitor.ask('GET', '/v1/divisions', { headers: { 'x-request-id': county } });
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});
