// Bytes on the socket that no HTTP client would send. Enters: draws. Leaves: named bytes, and what is wrong with what came back.
// Whoever is answered at all is answered in HTTP, without an error of the server, and a refusal is a problem.

import { connect } from 'node:net';
import type { Draws } from '../../../src/vocabulary/seeded-draws.ts';
import type { Contract } from './contract.ts';
import { judge, type Complaint } from './judge.ts';
import type { Shot } from './shot.ts';

const get = (path: string, ...headers: string[]) =>
  [`GET ${path} HTTP/1.1`, 'host: x', ...headers, '', ''].join('\r\n');
const post = (...lines: string[]) => ['POST /v1/sessions HTTP/1.1', 'host: x', ...lines].join('\r\n');
const json = 'content-type: application/json';

type Bytes = (draws: Draws) => string | Buffer;

/** Each by what is wrong with it. `-`: nothing, but it is odd. */
export const wires: readonly (readonly [kind: string, bytes: Bytes, isHopeless: boolean])[] = [
  ['garbage', (draws) => Buffer.from(Array.from({ length: draws.integer(1, 400) }, () => draws.integer(0, 255))), true],
  ['words', () => 'hello there\r\n\r\n', true],
  ['the greeting of TLS', () => Buffer.from('16030100e4010000e00303', 'hex'), true],
  [
    'a version that is none',
    (draws) => `GET / HTTP/${draws.pick(['9.9', '0', '1', 'x', '1.1.1', ''])}\r\nhost: x\r\n\r\n`,
    true,
  ],
  ['HTTP/2 without asking', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', true],
  ['an older HTTP', () => 'GET /healthz HTTP/1.0\r\n\r\n', false],
  [
    'a method that is none',
    (draws) => `${draws.pick(['BREW', 'get', 'G\0T', 'GET\t', '', 'X'.repeat(9_000)])} / HTTP/1.1\r\nhost: x\r\n\r\n`,
    true,
  ],
  [
    'a method of others',
    (draws) =>
      `${draws.pick(['PROPFIND', 'TRACE', 'M-SEARCH', 'PURGE', 'LINK'])} /v1/listings HTTP/1.1\r\nhost: x\r\n\r\n`,
    true,
  ],
  ['no host', () => 'GET /healthz HTTP/1.1\r\n\r\n', true],
  ['two hosts', () => get('/healthz', 'host: y'), false],
  [
    'an odd host',
    (draws) =>
      `GET /healthz HTTP/1.1\r\nhost: ${draws.pick(['', '%', 'x y', '[::', 'a@b', 'x'.repeat(5_000)])}\r\n\r\n`,
    false,
  ],
  [
    'raw bytes in the path',
    (draws) => get(draws.pick(['/v1/\xe6\x9d\x91', '/v1/listings?q=\xff', '/v1/a b', '/\0', '/\x7f', '/v1/"<>'])),
    true,
  ],
  [
    'a path that is none',
    (draws) => get(draws.pick(['*', 'x', '//', '///v1/listings', 'http://', 'http://x/v1/nowhere', '?', '#'])),
    true,
  ],
  ['an address in full', () => get('http://other.example/healthz'), false],
  ['a path without end', (draws) => get(`/${'x'.repeat(draws.pick([15_000, 17_000, 70_000]))}`), true],
  ['a query without end', (draws) => get(`/v1/listings?q=${'x'.repeat(draws.pick([15_000, 17_000, 70_000]))}`), true],
  ['headers without end', () => get('/healthz', ...Array.from({ length: 3_000 }, (_, at) => `x-${at}: y`)), false],
  ['a header without end', () => get('/healthz', `x: ${'y'.repeat(40_000)}`), true],
  ['a header without a name', () => get('/healthz', ': x'), true],
  ['a header without a colon', () => get('/healthz', 'nonsense'), true],
  [
    'a header with odd bytes',
    (draws) => get('/healthz', draws.pick(['x: \0', 'x\0: y', 'x y: z', 'x: \x7f\x01', 'é: x'])),
    true,
  ],
  ['a header that goes on', () => get('/healthz', 'x: y', ' z'), false],
  ['lines that end otherwise', (draws) => get('/healthz').replaceAll('\r\n', draws.pick(['\n', '\r', '\n\r'])), false],
  [
    'a length that is none',
    (draws) =>
      post(
        json,
        `content-length: ${draws.pick(['many', '-1', '1e3', '0x10', '99999999999999999999', '1 2', ''])}`,
        '',
        '{}',
      ),
    true,
  ],
  ['two lengths', () => post(json, 'content-length: 2', 'content-length: 3', '', '{}x'), true],
  [
    'a length and chunks',
    () => post(json, 'content-length: 2', 'transfer-encoding: chunked', '', '2\r\n{}\r\n0\r\n\r\n'),
    true,
  ],
  ['a length that is too large', () => post(json, 'content-length: 99999999', '', '{}'), true],
  [
    'a chunk that is none',
    (draws) =>
      post(
        json,
        'transfer-encoding: chunked',
        '',
        `${draws.pick(['x', '-1', 'ffffffffffffffffff', ' 2'])}\r\n{}\r\n0\r\n\r\n`,
      ),
    true,
  ],
  [
    'an encoding that is none',
    (draws) =>
      post(
        json,
        `transfer-encoding: ${draws.pick(['gzip', 'x, chunked', 'chunked, chunked', 'chunked x'])}`,
        '',
        '2\r\n{}\r\n0\r\n\r\n',
      ),
    true,
  ],
  ['a trailer', () => post(json, 'transfer-encoding: chunked', '', '2\r\n{}\r\n0\r\nx: y\r\n\r\n'), true],
  [
    'an expectation',
    (draws) => post(json, `expect: ${draws.pick(['100-continue', 'nonsense', ''])}`, 'content-length: 2', '', '{}'),
    true,
  ],
  [
    'an upgrade',
    (draws) => get('/healthz', 'connection: upgrade', `upgrade: ${draws.pick(['websocket', 'h2c', 'x'])}`),
    false,
  ],
  ['a tunnel', () => 'CONNECT db:5432 HTTP/1.1\r\nhost: x\r\n\r\n', true],
  ['one after the other', () => get('/healthz').repeat(20), false],
  ['one behind a body', () => post(json, 'content-length: 2', '', `{}${get('/healthz')}`), true],
  ['bytes behind the end', () => `${get('/healthz')}xyz`, false],
  ['half a request', (draws) => get('/healthz').slice(0, draws.integer(1, 30)), false],
];

/** @returns what is wrong, if anything is. */
export async function tryWire(
  url: string,
  kind: string,
  bytes: string | Buffer,
  isHopeless: boolean,
  contract: Contract,
): Promise<Complaint | undefined> {
  const answer = await exchange(url, bytes);
  // Hung up without a word, or waits for the rest: nobody is owed more.
  if (answer.length === 0) return undefined;
  const head = /^HTTP\/1\.[01] (\d{3})[^\r\n]*\r\n([\s\S]*?)\r\n\r\n/.exec(answer.toString('latin1'));
  if (!head)
    return { about: 'off contract', why: `answered what is no HTTP: ${answer.toString('latin1').slice(0, 200)}` };
  const [whole, status, lines = ''] = head;
  if (status === '100') return undefined;
  const headers = Object.fromEntries(
    lines.split('\r\n').map((line): [string, string] => {
      const at = line.indexOf(':');
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    }),
  );
  const rest = answer.subarray(whole.length);
  const length = Number(headers['content-length'] ?? rest.length);
  const shot: Shot = {
    kind,
    operation: undefined,
    caller: 'anonymous',
    method: 'GET',
    target: '',
    headers: {},
    body: undefined,
    expects: isHopeless ? 'refuse' : 'any',
  };
  return judge(shot, { status: Number(status), headers, body: rest.subarray(0, length) }, contract, []);
}

/** Says it all, then listens until the other side closes or says nothing more. */
function exchange(url: string, bytes: string | Buffer): Promise<Buffer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect(
      Number(port),
      hostname,
      () => void socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
    );
    const end = () => {
      socket.destroy();
      resolve(Buffer.concat(parts));
    };
    socket.setTimeout(300, end);
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.on('error', end);
    socket.on('end', end);
    socket.on('close', end);
  });
}
