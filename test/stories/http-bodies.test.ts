// Bodies that could mean one thing here and another thing elsewhere are refused, and so is what would not be read at all.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { issueKey } from '../../src/access/index.ts';
import { JSON_DEPTH_MAX } from '../../src/platform/http/json-body.ts';
import type { Listing } from '../support/answers.ts';
import { aWorkshop, county, register } from '../support/builders.ts';
import { xlsx, type Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';
import { openSocket } from '../support/socket.ts';
import { until } from '../support/until.ts';

let service: Service;
let official: Caller;

beforeAll(async () => {
  service = await startService();
  official = await service.signIn({ role: 'official', divisionCode: county });
  await register(service, official);
});
afterAll(() => service.close());

const json = { 'content-type': 'application/json' };
const nested = (levels: number) =>
  `{"divisionCode":"${county}","x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;

test.each([
  ['a field that stands twice', `{"divisionCode":"${county}","divisionCode":"${county}"}`],
  ['… also when one of them is written otherwise', `{"divisionCode":"${county}","divisionC\\u006fde":"${county}"}`],
  ['… also deep inside', `{"divisionCode":"${county}","policy":{"wageFen":{"sewing":1,"sewing":2}}}`],
  ['__proto__', `{"divisionCode":"${county}","__proto__":{"isAdmin":true}}`],
  ['constructor.prototype', `{"divisionCode":"${county}","constructor":{"prototype":{"isAdmin":true}}}`],
  ['more levels than are read', nested(JSON_DEPTH_MAX + 1)],
  ['a hundred thousand levels', nested(100_000)],
  ['two values', '{} {}'],
])('%s is refused as malformed', async (_what, body) => {
  const problem = await official.refused('POST', '/v1/rounds', { body, headers: json });
  expect(problem).toMatchObject({ status: 400, code: 'bad-request' });
  expect(problem.detail).toMatch(/[一-鿿]/);
});

test('as many levels as are read are judged by their fields', async () => {
  const problem = await official.refused('POST', '/v1/rounds', { body: nested(JSON_DEPTH_MAX), headers: json });
  expect(problem).toMatchObject({ code: 'invalid-input', errors: [{ path: 'body.x' }] });
});

test('the same field in two objects, quotes and brackets inside of texts are nothing special', async () => {
  const name = '工坊"}],{[:\\';
  const { attributes } = await official.post<Listing>('/v1/listings', aWorkshop({ name }));
  expect(attributes['name']).toBe(name);
});

test('bytes that are no UTF-8 are refused, not replaced', async () => {
  const name = Buffer.from(JSON.stringify(aWorkshop({ name: '旧编码工坊' })));
  const cut = name.indexOf(Buffer.from('旧')) + 1;
  const broken = Buffer.concat([name.subarray(0, cut), name.subarray(cut + 1)]);
  const problem = await official.refused('POST', '/v1/listings', { body: broken, headers: json });
  expect([problem.status, problem.texts.en]).toEqual([400, 'The body is not valid UTF-8.']);
});

test.each([
  ['application/json; charset=utf-8', 201],
  ['application/json;charset="UTF-8"', 201],
  ['application/json; version=1; q', 201],
  ['application/json; profile=x', 201],
  ['application/json; charset=gbk', 415],
  ['application/json; charset=utf-8; charset=gbk', 415],
  ['text/plain', 415],
  ['application/jsonx', 415],
  ['json', 415],
])('a body of type %s is answered %i', async (type, status) => {
  const answer = await official.ask('POST', '/v1/listings', {
    body: JSON.stringify(aWorkshop({ name: '类型' })),
    headers: { 'content-type': type },
  });
  expect(answer.status).toBe(status);
});

test('numbers that are none, too large or between are refused by their fields; 1.0 and -0 are what they say', async () => {
  const words = (seats: string) => JSON.stringify(aWorkshop({ name: '数' })).replace('"seats":20', `"seats":${seats}`);
  for (const seats of ['1e999', '-1e999', '9007199254740993', '1.5']) {
    const problem = await official.refused('POST', '/v1/listings', { body: words(seats), headers: json });
    expect(new Set(problem.errors?.map(({ path }) => path)), seats).toEqual(new Set(['body.attributes.seats']));
  }
  for (const [seats, kept] of [
    ['20.0', 20],
    ['2e1', 20],
    ['-0', 0],
  ] as const) {
    const { body } = await official.ask<Listing>('POST', '/v1/listings', { body: words(seats), headers: json });
    expect(body.attributes?.['seats'], seats).toBe(kept);
  }
});

test('a compressed body is refused before it is read, an upload as well as JSON', async () => {
  for (const [path, type] of [
    ['/v1/listings', 'application/json'],
    [`/v1/imports?sheet=land&division=${county}`, xlsx],
  ] as const) {
    const headers = { 'content-encoding': 'gzip', 'content-type': type };
    const { status, headers: answered } = await official.ask('POST', path, { body: Buffer.from('x'), headers });
    expect([status, answered.get('accept-encoding')], path).toEqual([415, 'identity']);
  }
});

test('a GET with a body is refused: it would not be read', async () => {
  const socket = openSocket(service.url);
  socket.write('GET /v1/listings HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}');
  expect(await socket.ended).toMatch(/^HTTP\/1\.1 400 [^]*"code":"bad-request"/);
});

test('whatever is expected beside 100-continue, the answer is the ordinary one', async () => {
  for (const expected of ['100-continue', 'miracles']) {
    const socket = openSocket(service.url);
    socket.write(`GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: ${expected}\r\n\r\n`);
    expect(await socket.ended, expected).toMatch(/HTTP\/1\.1 200 OK[^]*"alive"/);
  }
});

test('an address that is too long is a problem', async () => {
  const tooLong = await official.refused('GET', `/v1/listings?q=${'x'.repeat(8_000)}`);
  expect([tooLong.status, tooLong.texts.en]).toEqual([400, expect.stringContaining('8000') as string]);
  expect((await official.refused('GET', `/v1/listings/${'x'.repeat(300)}`)).status).toBe(400);
});

test('uploads that are cut off leave nothing behind, and nothing waits for them', async () => {
  const key = await issueKey(service.context, { label: 'raw', role: 'official', divisionCode: county }, 'story');
  const countImports = async () => (await service.rows('select 1 from import_job')).length;
  const imports = await countImports();
  for (const length of ['content-length: 100000', 'transfer-encoding: chunked']) {
    const socket = openSocket(service.url);
    socket.write(
      `POST /v1/imports?sheet=land&division=${county} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n` +
        `content-type: ${xlsx}\r\n${length}\r\nexpect: 100-continue\r\n\r\n`,
    );
    await until('the body is asked for', async () => (socket.heard().includes('100 Continue') ? true : undefined));
    socket.write(`400\r\n${'PK'.repeat(100)}`);
    socket.destroy();
  }
  await service.stopListening();
  expect(await countImports()).toBe(imports);
});
