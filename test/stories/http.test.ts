// Whatever is sent, the answer is a problem that says what to do, in the caller's language; also where no operation was reached.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProblemBody } from '../../src/platform/http/problems.ts';
import type { Listing, Page } from '../support/answers.ts';
import { aWorker, aWorkshop, anEnterprise, anOrder, county, register } from '../support/builders.ts';
import { xlsx, type Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';
import { openSocket } from '../support/socket.ts';

let service: Service;
let official: Caller;

beforeAll(async () => {
  service = await startService();
  official = await service.signIn({ role: 'official', divisionCode: county });
  await register(service, official);
});
afterAll(() => service.close());

const json = { 'content-type': 'application/json' };
const missing = '019aa5c2-7c00-7000-8000-000000000099';

test.each<
  [what: string, method: string, path: string, status: number, code: string, sent?: Parameters<Caller['ask']>[2]]
>([
  ['an unknown address', 'GET', '/v1/nowhere', 404, 'not-found'],
  ['an unknown address outside the API', 'GET', '/favicon.ico', 404, 'not-found'],
  ['a wrong method', 'DELETE', '/v1/listings', 405, 'method-not-allowed'],
  ['a wrong method on an address with an id', 'PUT', `/v1/listings/${missing}`, 405, 'method-not-allowed'],
  ['JSON that is none', 'POST', '/v1/rounds', 400, 'bad-request', { body: '{"divisionCode":', headers: json }],
  ['no body where one is needed', 'POST', '/v1/rounds', 400, 'bad-request', { body: '', headers: json }],
  [
    'a wrong content type',
    'POST',
    '/v1/rounds',
    415,
    'unsupported-media-type',
    { body: 'a,b', headers: { 'content-type': 'text/csv' } },
  ],
  [
    'bytes where JSON is taken',
    'POST',
    '/v1/rounds',
    415,
    'unsupported-media-type',
    { body: Buffer.from('PK'), headers: { 'content-type': xlsx } },
  ],
  [
    'JSON where bytes are taken',
    'POST',
    `/v1/imports?sheet=land&division=${county}`,
    415,
    'unsupported-media-type',
    { body: { rows: [] } },
  ],
  [
    'a body where none is taken',
    'POST',
    `/v1/rounds/${missing}/cancellation`,
    400,
    'bad-request',
    { body: { why: 'so' } },
  ],
  [
    'a body that is too large',
    'POST',
    '/v1/rounds',
    413,
    'payload-too-large',
    { body: { divisionCode: county, x: 'x'.repeat(300_000) } },
  ],
  ['an id that is none', 'GET', '/v1/listings/1', 400, 'invalid-input'],
  ['an address that cannot be decoded', 'GET', '/v1/listings/%E0%A4%A', 400, 'bad-request'],
  ['a query that cannot be decoded', 'GET', '/v1/listings?q=%ED%B0%80', 400, 'bad-request'],
  ['a query with a character that no text has', 'GET', '/v1/listings?q=%00', 400, 'bad-request'],
  ['a limit beyond 100', 'GET', '/v1/listings?limit=101', 400, 'invalid-input'],
])('%s is a problem', async (_what, method, path, status, code, sent) => {
  const problem = await official.refused(method, path, sent);
  expect(problem).toMatchObject({ status, code, type: `urn:gongfang:problem:${code}` });
  expect(problem.texts.zh).toMatch(/[一-鿿]/);
  expect(problem.texts.en).toMatch(/[a-z]{3}/);
  expect(problem.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test('an unknown field is named by its path, in body and query alike', async () => {
  const inBody = await official.refused('POST', '/v1/rounds', { body: { divisionCode: county, colour: 'red' } });
  expect(inBody.errors?.map(({ path }) => path)).toEqual(['body.colour']);
  const inQuery = await official.refused('GET', '/v1/listings?colour=red');
  expect(inQuery.errors?.map(({ path }) => path)).toEqual(['querystring.colour']);
  const whereNoneIsTaken = await official.refused('GET', '/v1/me?colour=red');
  expect(whereNoneIsTaken.errors?.map(({ path }) => path)).toEqual(['querystring.colour']);
  const deep = await official.refused('POST', '/v1/listings', { body: { ...aWorkshop({ colour: 1 }), shade: 2 } });
  expect(deep.errors?.map(({ path }) => path).sort()).toEqual(['body.attributes.colour', 'body.shade']);
});

test.each(['listings', 'divisions', 'parties', 'proposals', 'unmatched', 'rounds'])(
  'a cursor that is not ours is refused by the list of %s, whatever it holds',
  async (list) => {
    const encode = (keys: unknown) => Buffer.from(JSON.stringify(keys)).toString('base64url');
    for (const cursor of ['nonsense', encode({}), encode([]), encode([null]), encode(['x', 'y', 'z']), encode(["'"])]) {
      const problem = await official.refused('GET', `/v1/${list}?cursor=${cursor}`);
      expect(problem, cursor).toMatchObject({ status: 400, code: 'invalid-input' });
      expect(problem.errors?.map(({ path }) => path)).toEqual(['querystring.cursor']);
    }
  },
);

test('a text of the wrong shape is told in words how it is written, never by a pattern', async () => {
  const told = async (method: string, path: string, sent?: { body: unknown }) =>
    (await official.refused(method, path, sent)).errors?.map(({ message }) => message);
  const code = {
    zh: '须为行政区划代码:2、4、6、9 或 12 位数字',
    en: 'must be a division code: 2, 4, 6, 9 or 12 digits',
  };
  expect(await told('GET', '/v1/listings?division=高家')).toEqual([code]);
  const blank = { divisionCode: county, role: 'third-party', label: ' ' };
  expect(await told('POST', '/v1/api-keys', { body: blank })).toEqual([{ zh: '不能为空', en: 'must not be empty' }]);
  const [other] = (await told('GET', '/v1/listings?near=here')) ?? [];
  expect(other?.zh).toContain('接口文档');
});

test('a character that no database keeps is refused, wherever it stands', async () => {
  const nul = String.fromCharCode(0);
  const attempts = [
    () => official.refused('POST', '/v1/listings', { body: aWorkshop({ name: `工坊${nul}` }) }),
    () => official.refused('POST', '/v1/listings', { body: { ...aWorkshop(), title: `工坊${nul}` } }),
    () => official.refused('POST', '/v1/listings', { body: { ...aWorkshop(), rowKey: `1${nul}` } }),
    () => official.refused('POST', '/v1/listings', { body: aWorkshop({ name: '工坊\ud800' }) }),
    () => official.refused('GET', `/v1/divisions?q=${encodeURIComponent(`湖${nul}仁`)}`),
  ];
  for (const attempt of attempts) expect(await attempt()).toMatchObject({ status: 400 });
});

test('a request that fits the published schema is never called malformed', async () => {
  const anyUuid = 'aaaaaaaa-aaaa-0aaa-0aaa-aaaaaaaaaaaa';
  const unknown = [
    () => official.refused('GET', `/v1/listings/${anyUuid}`),
    () => official.refused('POST', `/v1/rounds/${anyUuid}/cancellation`),
  ];
  for (const attempt of unknown) expect(await attempt()).toMatchObject({ status: 404, code: 'not-found' });
  // What no schema can say: a check digit, an end before its beginning, who is registered.
  const order = anOrder({ earliestStart: '2027-01-31', due: '2027-01-01' });
  const worker = aWorker();
  const attempts: [path: string, body: unknown][] = [
    ['body.attributes.due', order],
    ['body.person.idNumber', { ...worker, person: { ...worker.person, idNumber: '330803195803150014' } }],
    ['body.divisionCode', aWorkshop({ divisionCode: '330803999999' })],
    ['body.owner', aWorkshop({ owner: anEnterprise(77).uscc })],
  ];
  for (const [path, body] of attempts) {
    const problem = await official.refused('POST', '/v1/listings', { body });
    expect(problem, path).toMatchObject({ status: 422, code: 'unprocessable' });
    expect(problem.errors?.map((error) => error.path)).toContain(path);
  }
  // A schema counts characters as people do.
  expect((await official.ask('POST', '/v1/listings', { body: aWorkshop({ name: '🧵'.repeat(60) }) })).status).toBe(201);
  // One field that the schema refuses, and all of it is malformed.
  expect(await official.refused('POST', '/v1/listings', { body: { ...order, colour: 1 } })).toMatchObject({
    status: 400,
  });
});

test.each(['1e1', '0x10', '%205', '05', '%2B5', '', '5.0', '1&limit=2'])(
  'a limit of %s is no number',
  async (limit) => {
    expect(await official.refused('GET', `/v1/listings?limit=${limit}`)).toMatchObject({ code: 'invalid-input' });
  },
);

test('a name of nothing but blanks is none, and one of full length may have blanks around it', async () => {
  const keyFor = (label: string) =>
    official.ask('POST', '/v1/api-keys', { body: { label, role: 'third-party', divisionCode: county } });
  expect((await keyFor(' \u3000')).status).toBe(400);
  expect((await keyFor(` ${'x'.repeat(99)} `)).status).toBe(400);
  expect((await keyFor(` ${'x'.repeat(98)} `)).status).toBe(201);
});

test('a moment or a day is of a year that a calendar here has', async () => {
  const refused = async (expiresAt: string) =>
    (
      await official.refused('POST', '/v1/api-keys', {
        body: { label: 'x', role: 'third-party', divisionCode: county, expiresAt },
      })
    ).code;
  for (const moment of ['9999-12-31T23:59:59-23:59', '0000-01-01T00:00:00Z'])
    expect(await refused(moment)).toBe('invalid-input');
  for (const day of ['9999-12-31', '0001-01-01', '2026-02-30']) {
    const body = { divisionCode: county, asOf: day };
    expect((await official.refused('POST', '/v1/rounds', { body })).errors?.map(({ path }) => path)).toEqual([
      'body.asOf',
    ]);
  }
});

test('text that is none is refused also where nothing is kept as text', async () => {
  for (const note of ['\ud800', 'a\u0000b']) {
    const problem = await official.refused('POST', `/v1/persons/${missing}/disclosures`, {
      body: { purpose: 'inspection', note },
    });
    expect(problem).toMatchObject({ status: 400, code: 'bad-request' });
  }
});

test('a way out of the folder of documents leads nowhere', async () => {
  // fetch would tidy the address up.
  const socket = openSocket(service.url);
  socket.write('GET /docs/static/../../package.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  const answer = await socket.ended;
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(answer).toMatch(/content-type: application\/problem\+json/);
});

test('the answer is Chinese, or English where that is asked for, and always holds both', async () => {
  const ask = (language: string | undefined) =>
    service.visitor.ask<ProblemBody>('GET', '/v1/proposals', {
      headers: language === undefined ? {} : { 'accept-language': language },
    });
  for (const [language, expected] of [
    [undefined, 'zh'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['en', 'en'],
    ['en-GB,en;q=0.9,zh;q=0.5', 'en'],
    ['fr', 'zh'],
  ] as const) {
    const { headers, body } = await ask(language);
    expect(headers.get('content-language')).toBe(expected);
    expect(body.title, language).toBe(expected === 'zh' ? '请先登录或提供有效的密钥' : 'Sign in or send a valid key');
    expect(Object.keys(body.texts).sort()).toEqual(['en', 'zh']);
  }
});

test.each([
  ['garbage', 'garbage\r\n\r\n', 400],
  ['a version of HTTP that is none', 'GET / HTTP/9.9\r\nhost: x\r\n\r\n', 400],
  ['a length that is no number', 'POST /v1/rounds HTTP/1.1\r\nhost: x\r\ncontent-length: many\r\n\r\n', 400],
  ['no host', 'GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
  ['a header without end', `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(40_000)}\r\n\r\n`, 431],
])('%s on the socket is answered with a problem too', async (_what, sent, status) => {
  const socket = openSocket(service.url);
  socket.write(sent);
  const [head = '', body = ''] = (await socket.ended).split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(head).toMatch(/content-type: application\/problem\+json/);
  expect(head).toMatch(/content-security-policy: default-src 'none'/);
  expect(JSON.parse(body)).toMatchObject({ status, requestId: expect.any(String) as string });
});

test('a page says where the next one begins, and the last one that it is the last', async () => {
  const first = await service.visitor.get<Page<{ code: string }>>(`/v1/divisions?parent=${county}&limit=15`);
  expect([first.items.length, first.nextCursor === null]).toEqual([15, false]);
  const codes = (await service.visitor.all<{ code: string }>(`/v1/divisions?parent=${county}&limit=15`)).map(
    ({ code }) => code,
  );
  expect([codes.length, new Set(codes).size]).toEqual([20, 20]);
});

test('an internal error says nothing of what happened inside, and is in the log under its request', async () => {
  const { db } = service.context;
  const inScope = db.inScope.bind(db);
  const draft = await official.post<Listing>('/v1/listings', aWorkshop());
  db.inScope = (scope, work) =>
    scope.actor.startsWith('key:') ? Promise.reject(new Error('secret of the house')) : inScope(scope, work);
  try {
    const problem = await official.refused('GET', `/v1/listings/${draft.id}`);
    expect(problem).toMatchObject({ status: 500, code: 'internal' });
    expect(JSON.stringify(problem)).not.toContain('secret');
    const line = service.logged.find((logged) => logged.includes('secret of the house'));
    expect(line).toContain(problem.requestId);
  } finally {
    db.inScope = inScope;
  }
});

test('alive and ready are told apart, and the contract is served', async () => {
  expect(await service.visitor.get('/healthz')).toEqual({ status: 'alive' });
  expect(await service.visitor.get('/readyz')).toEqual({ status: 'ready', outbox: { due: 0, later: 0, parked: 0 } });
  expect(await service.visitor.get('/openapi.json')).toMatchObject({ openapi: '3.1.0' });
  expect((await service.visitor.ask('GET', '/docs/')).status).toBe(200);
});
