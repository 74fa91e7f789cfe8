// What can be wrong with a request, each by its name. Enters: a request that is right. Leaves: one that somebody careless or
// hostile would send instead. Where a change can be judged by the contract it is (shot.ts); the others say what must come of it.

import type { Draws } from '../../../src/vocabulary/seeded-draws.ts';
import type { DescribedOperation, Parts } from './contract.ts';
import { toShot, xlsx, type Shot } from './shot.ts';
import { oddTexts } from './valid.ts';

export interface Aim {
  operation: DescribedOperation;
  parts: Parts;
  draws: Draws;
  /** The secret of the caller, if any. */
  secret: string | undefined;
  /** The whole API: for bodies of others, and methods that a path does not take. */
  operations: readonly DescribedOperation[];
}

/** Undefined: there is nothing in this request to do it to. */
type Hostility = (aim: Aim) => Shot | undefined;

// ── Bodies of JSON ──────────────────────────────────────────────────────────────────────────────────────────────────

type Holder = Record<string, unknown> | unknown[];
interface Place {
  holder: Holder;
  key: string;
}

const odd = {
  texts: [
    ...oddTexts,
    '',
    ' ',
    '　',
    '\0',
    'a\0b',
    '\ud800',
    '\udc00x',
    'x'.repeat(10_000),
    '👍'.repeat(300),
    'true',
    '0',
    '-1',
  ],
  days: [
    ...['0000-00-00', '0000-01-01', '0001-01-01', '0999-12-31', '1582-10-10', '1899-12-31', '2026-02-29', '2026-02-30'],
    ...[
      '2026-13-01',
      '2026-00-10',
      '2100-02-29',
      '2200-01-01',
      '9999-12-31',
      '+010000-01-01',
      '-000001-01-01',
      '2026-1-1',
    ],
    ...['20261121', '2026-11-21T00:00:00Z', '2026-11-21 ', '２０２６-11-21', 'today', '9999-12-31T23:59:59-23:59'],
    ...[
      '0000-01-01T00:00:00Z',
      '0001-01-01T00:00:00+23:59',
      '2026-11-21T24:00:00Z',
      '2026-11-21T23:59:60Z',
      '2026-11-21T00:00Z',
    ],
    ...['2026-11-21 00:00:00Z', '2026-11-21T00:00:00', '2026-11-21T00:00:00.1234567890123Z', '-271821-04-20T00:00:00Z'],
  ],
  /** As text of JSON, because no value can say some of them. */
  numbers: [
    ...[
      '-0',
      '-1',
      '0',
      '0.5',
      '1e-400',
      '5e-324',
      '1e400',
      '-1e400',
      '1e308',
      '9007199254740993',
      '2147483648',
      '-2147483649',
    ],
    ...[
      '9223372036854775808',
      '1.0',
      '1E2',
      '0.30000000000000004',
      '100000000000000000000000',
      '1.7976931348623157e308',
    ],
  ],
  keys: [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    '__defineGetter__',
    'then',
    'toJSON',
  ],
};

function placesIn(value: unknown, found: Place[] = []): Place[] {
  if (value === null || typeof value !== 'object') return found;
  for (const [key, part] of Object.entries(value)) {
    found.push({ holder: value as Holder, key });
    placesIn(part, found);
  }
  return found;
}

const valueAt = ({ holder, key }: Place) => (holder as Record<string, unknown>)[key];

function put(holder: Holder, key: string, value: unknown): void {
  // Assigned, `__proto__` would be no key of its own.
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Stands for text of JSON that no value can say. */
const raw = (json: string) => `\u{f0000}${json}\u{f0001}`;
const toJson = (value: unknown) => JSON.stringify(value).replaceAll(/"\u{f0000}([^"]*)\u{f0001}"/gu, '$1');

/** A change of the body at one place of it. Whether the result is still right, the contract knows. */
function inBody(kind: string, change: (body: Holder, draws: Draws) => boolean): [string, Hostility] {
  return [
    kind,
    ({ operation, parts, draws }) => {
      if (!operation.body || typeof parts.body !== 'string') return undefined;
      const body: unknown = JSON.parse(parts.body);
      if (body === null || typeof body !== 'object' || !change(body as Holder, draws)) return undefined;
      return toShot(kind, operation, { ...parts, body: toJson(body) });
    },
  ];
}

function atPlace(
  kind: string,
  change: (value: unknown, draws: Draws) => unknown,
  isMeant: (value: unknown) => boolean = () => true,
): [string, Hostility] {
  return inBody(kind, (body, draws) => {
    const places = placesIn(body).filter((place) => isMeant(valueAt(place)));
    if (places.length === 0) return false;
    const place = draws.pick(places);
    put(place.holder, place.key, change(valueAt(place), draws));
    return true;
  });
}

const isText = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => typeof value === 'number';
const isDayLike = (value: unknown) => typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value);
const isObject = (value: unknown) => value !== null && typeof value === 'object' && !Array.isArray(value);

function inObject(
  kind: string,
  change: (object: Record<string, unknown>, draws: Draws) => boolean,
): [string, Hostility] {
  return inBody(kind, (body, draws) => {
    const objects = [body, ...placesIn(body).map(valueAt)].filter(isObject) as Record<string, unknown>[];
    return objects.length > 0 && change(draws.pick(objects), draws);
  });
}

const bodies: [string, Hostility][] = [
  atPlace('body: wrong type', (value, draws) =>
    draws.pick<unknown>([null, true, 0, '1', [], {}, [value], { value }, String(value)]),
  ),
  atPlace('body: null', () => null),
  atPlace('body: odd text', (_, draws) => draws.pick(odd.texts), isText),
  atPlace(
    'body: text with a character no database keeps',
    (value, draws) => {
      const text = String(value);
      const at = draws.integer(0, text.length);
      return text.slice(0, at) + draws.pick(['\0', '\ud800', '\udfff']) + text.slice(at);
    },
    isText,
  ),
  atPlace(
    'body: text that is longer',
    (value, draws) => String(value).padEnd(draws.pick([41, 61, 121, 201, 1001]), String(value) || 'x'),
    isText,
  ),
  atPlace(
    'body: text with spaces',
    (value, draws) => draws.pick([` ${String(value)}`, `${String(value)}\n`, `　${String(value)}`]),
    isText,
  ),
  atPlace(
    'body: text in other signs',
    (value) => String(value).replaceAll(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)),
    isText,
  ),
  atPlace('body: odd day', (_, draws) => draws.pick(odd.days), isDayLike),
  atPlace('body: odd number', (_, draws) => raw(draws.pick(odd.numbers)), isNumber),
  atPlace(
    'body: number beyond',
    (value, draws) => Number(value) * draws.pick([-1, 10, 1000, 1e9]) + draws.pick([-1, 0, 1, 0.5]),
    isNumber,
  ),
  atPlace(
    'body: long list',
    (value, draws) => {
      const [first = null] = value as unknown[];
      return Array.from({ length: draws.pick([7, 21, 41, 101, 5_000]) }, () => first);
    },
    Array.isArray,
  ),
  atPlace('body: empty list', () => [], Array.isArray),
  atPlace('body: twice in a list', (value) => [...(value as unknown[]), ...(value as unknown[])], Array.isArray),
  atPlace('body: deep', (_, draws) => nested(draws.pick([50, 2_000]))),
  inBody('body: drop', (body, draws) => {
    const places = placesIn(body);
    if (places.length === 0) return false;
    const { holder, key } = draws.pick(places);
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
    return true;
  }),
  inBody('body: swap', (body, draws) => {
    const places = placesIn(body);
    if (places.length < 2) return false;
    const [one, other] = [draws.pick(places), draws.pick(places)];
    const value = valueAt(one);
    put(other.holder, other.key, structuredClone(value));
    return true;
  }),
  inObject('body: unknown field', (object, draws) => {
    put(
      object,
      draws.pick(['colour', 'id', 'role', 'isAdmin', '', ' ', '名称', '$where', 'region', 'x'.repeat(300)]),
      draws.pick<unknown>([1, 'x', null, {}]),
    );
    return true;
  }),
  inObject('body: prototype key', (object, draws) => {
    put(
      object,
      draws.pick(odd.keys),
      draws.pick<unknown>([{ isAdmin: true }, 'x', null, { prototype: { isAdmin: true } }]),
    );
    return true;
  }),
  inObject('body: field in other letters', (object, draws) => {
    const keys = Object.keys(object);
    if (keys.length === 0) return false;
    const key = draws.pick(keys);
    const value = object[key];
    delete object[key];
    put(
      object,
      draws.pick([
        key.toUpperCase(),
        `${key} `,
        key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        `${key}[]`,
      ]),
      value,
    );
    return true;
  }),
  [
    'body: another value altogether',
    ({ operation, parts, draws }) => {
      if (!operation.body) return undefined;
      const body = draws.pick([
        'null',
        'true',
        '0',
        '""',
        '[]',
        '{}',
        '"{}"',
        `[${String(parts.body)}]`,
        '[[]]',
        '{"":{}}',
      ]);
      return toShot('body: another value altogether', operation, { ...parts, body });
    },
  ],
  [
    'body: none',
    ({ operation, parts }) => operation.body && toShot('body: none', operation, { ...parts, body: undefined }),
  ],
];

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

// ── Bodies as bytes ─────────────────────────────────────────────────────────────────────────────────────────────────

function sent(kind: string, change: (shot: Shot, aim: Aim) => Partial<Shot> | undefined): [string, Hostility] {
  return [
    kind,
    (aim) => {
      const shot = toShot(kind, aim.operation, aim.parts);
      const changed = change(shot, aim);
      return changed && { ...shot, ...changed };
    },
  ];
}

const rawBodies: ((json: string) => string | Buffer)[] = [
  (json) => json.slice(0, -1),
  (json) => `${json}x`,
  (json) => `${json}${json}`,
  (json) => json.replaceAll('"', "'").padEnd(3, "'"),
  (json) => json.replace(/\}$/, ',}'),
  (json) => `/* a */${json}`,
  () => '',
  () => ' ',
  () => '{',
  () => 'NaN',
  () => '[1e]',
  () => '{"a":undefined}',
  () => '\0',
  () => '['.repeat(100_000),
  () => 'kind=land&divisionCode=330803',
  () => '<?xml version="1.0"?><a/>',
  () => Buffer.from([0x80, 0x81, 0xff]),
  () => Buffer.from('{"a":"\xff"}', 'latin1'),
  (json) => Buffer.from(json, 'utf16le'),
];

const bytes: [string, Hostility][] = [
  sent('bytes: no JSON', ({ body }, { operation, draws }) =>
    operation.body && typeof body === 'string' ? { body: draws.pick(rawBodies)(body), expects: 'refuse' } : undefined,
  ),
  sent('bytes: no UTF-8', ({ body }, { operation, draws }) => {
    if (!operation.body || typeof body !== 'string') return undefined;
    const texts = [...body.matchAll(/"(?=[,}\]:])/g)];
    if (texts.length === 0) return undefined;
    const at = draws.pick(texts).index;
    const bad = Buffer.from(
      draws.pick([[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe6, 0xb9]]),
    );
    return {
      body: Buffer.concat([Buffer.from(body.slice(0, at)), bad, Buffer.from(body.slice(at))]),
      expects: 'refuse',
    };
  }),
  sent('bytes: too many', ({ body }, { operation, draws }) =>
    operation.body && typeof body === 'string' && operation.id !== 'matchScenario' && draws.chance(0.05)
      ? { body: body.padEnd(300_000), expects: 'refuse' }
      : undefined,
  ),
  sent('bytes: where none are taken', ({ method }, { operation, draws }) =>
    operation.body || operation.upload || method === 'GET'
      ? undefined
      : {
          body: draws.pick(['{"why":"so"}', '[1]', '"x"', '1']),
          headers: { 'content-type': 'application/json' },
          expects: 'refuse',
        },
  ),
  sent('bytes: with a GET', ({ method }, { draws }) =>
    method === 'GET'
      ? {
          body: draws.pick(['{}', '[', 'x']),
          headers: { 'content-type': draws.pick(['application/json', 'text/plain', 'x']) },
          expects: 'any',
        }
      : undefined,
  ),
  sent('bytes: said to be compressed', ({ body, headers }, { draws }) =>
    body === undefined
      ? undefined
      : { headers: { ...headers, 'content-encoding': draws.pick(['gzip', 'br', 'x']) }, expects: 'any' },
  ),
];

const otherTypes = [
  ...[
    'text/plain',
    'text/html',
    'text/csv',
    'application/xml',
    'application/x-www-form-urlencoded',
    'image/png',
    'x',
    '*/*',
  ],
  ...[
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/vnd.api+json',
    'json',
    'application',
    ';',
    'a/b/c',
  ],
];

const contentTypes: [string, Hostility][] = [
  sent('content type: another', ({ body, headers }, { operation, draws }) =>
    body === undefined
      ? undefined
      : {
          headers: {
            ...headers,
            'content-type': draws.pick([...otherTypes, operation.upload ? 'application/json' : xlsx]),
          },
          expects: 'refuse',
        },
  ),
  sent('content type: none', ({ body }, { operation }) =>
    body === undefined || body.length === 0 || !operation.body ? undefined : { headers: {}, expects: 'refuse' },
  ),
  sent(
    'content type: JSON, written otherwise',
    ({ headers }, { operation, draws }) =>
      operation.body && {
        headers: {
          ...headers,
          'content-type': draws.pick([
            'application/json; charset=utf-8',
            'Application/JSON',
            'application/json;charset=UTF-8',
          ]),
        },
      },
  ),
];

// ── Addresses ───────────────────────────────────────────────────────────────────────────────────────────────────────

const oddIds = [
  ...[
    '1',
    '0',
    '-1',
    'null',
    'undefined',
    'NaN',
    'x',
    ' ',
    "'",
    '%',
    '\0',
    '..',
    '../..',
    '.',
    '*',
    '{id}',
    ':id',
    '[object Object]',
  ],
  ...[
    '019aa5c2-7c00-7000-8000-00000000000',
    '019aa5c27c0070008000000000000000',
    '{019aa5c2-7c00-7000-8000-000000000000}',
  ],
  ...[
    'urn:uuid:019aa5c2-7c00-7000-8000-000000000000',
    'g19aa5c2-7c00-7000-8000-000000000000',
    'x'.repeat(199),
    'x'.repeat(2_000),
  ],
  ...['330803\n', '３３０８０３', '33080', '330803;', '湖仁', '\ud800', '__proto__', 'constructor'],
];

function inQuery(kind: string, change: (query: [string, string][], aim: Aim) => void): [string, Hostility] {
  return [
    kind,
    (aim) => {
      const query = aim.parts.query.map(([name, value]): [string, string] => [name, value]);
      change(query, aim);
      return toShot(kind, aim.operation, { ...aim.parts, query });
    },
  ];
}

const addresses: [string, Hostility][] = [
  [
    'path: odd parameter',
    ({ operation, parts, draws }) => {
      const names = Object.keys(parts.path);
      if (names.length === 0) return undefined;
      return toShot('path: odd parameter', operation, {
        ...parts,
        path: { ...parts.path, [draws.pick(names)]: draws.pick(oddIds) },
      });
    },
  ],
  [
    'path: none of ours',
    (aim) => {
      const { target } = toShot('', aim.operation, aim.parts);
      const { draws } = aim;
      const path = target.split('?')[0] ?? '';
      const other = draws.pick([
        ...[
          `${path}/x`,
          `${path}x`,
          `/x${path}`,
          path.replace('/v1', '/v2'),
          path.replace('/v1', '/V1'),
          `/${path}`,
          `${path}/..`,
        ],
        ...[
          '/',
          '/v1',
          '/v1/',
          '/.env',
          '/admin',
          '/%00',
          '/%2e%2e/%2e%2e/etc/hosts',
          '/v1/listings%2f1',
          '/v1/%F0%9F%91%BD',
          '/\u00ff',
        ],
        ...[
          '/v1//listings',
          '/v1/listings/',
          '/docs/../v1',
          '/docs/%2e%2e/x',
          '/docs/static/%2e%2e/%2e%2e/package.json',
          '/%',
        ],
        ...[
          '/favicon.ico',
          '/metrics',
          '/v1/listings;a=b',
          '/v1/listings/%',
          '/robots.txt',
          `/${'x'.repeat(3_000)}`,
          '/dev/outbox/x',
        ],
      ]);
      return {
        ...toShot('path: none of ours', aim.operation, aim.parts),
        operation: undefined,
        target: encodeURI(decode(other)),
        expects: 'any',
      };
    },
  ],
  [
    'method: another',
    (aim) => {
      const taken = new Set(aim.operations.flatMap((op) => (op.path === aim.operation.path ? [op.method] : [])));
      const methods = [
        'GET',
        'POST',
        'PUT',
        'PATCH',
        'DELETE',
        'HEAD',
        'OPTIONS',
        'TRACE',
        'PROPFIND',
        'LOCK',
        'MKCOL',
        'SEARCH',
        'QUERY',
        'REPORT',
      ];
      const method = aim.draws.pick(methods.filter((name) => !taken.has(name)));
      const shot = toShot('method: another', aim.operation, aim.parts);
      const isOpen = method === 'OPTIONS' || method === 'HEAD';
      return { ...shot, method, ...(!isOpen && { operation: undefined }), expects: isOpen ? 'any' : 'refuse' };
    },
  ],
  inQuery('query: unknown', (query, { draws }) => {
    query.push([
      draws.pick([
        'colour',
        'Limit',
        'limit[]',
        'limit[gt]',
        'filter[x]',
        '',
        '__proto__',
        'constructor',
        'toString',
        '$where',
        'q.x',
      ]),
      '1',
    ]);
  }),
  inQuery('query: twice', (query, { operation, draws }) => {
    const names = operation.parameters.filter((p) => p.in === 'query');
    if (names.length === 0) return;
    const { name } = draws.pick(names);
    const [, value = '1'] = query.find(([said]) => said === name) ?? [];
    query.push([name, value]);
    if (query.filter(([said]) => said === name).length < 2) query.push([name, value]);
  }),
  inQuery('query: odd value', (query, { operation, draws }) => {
    const others = operation.parameters.filter((p) => p.in === 'query' && !['cursor', 'since'].includes(p.name));
    if (others.length === 0) return;
    const { name } = draws.pick(others);
    const value = draws.pick([
      ...odd.texts,
      ...oddIds,
      ...odd.days,
      ...odd.numbers,
      '1e1',
      '0x10',
      ' 5',
      '5 ',
      '05',
      '+5',
      '101',
      'Infinity',
    ]);
    const at = query.findIndex(([said]) => said === name);
    if (at >= 0) query[at] = [name, value];
    else query.push([name, value]);
  }),
  sent('query: odd cursor', ({ target }, { operation, draws }) => {
    if (!operation.parameters.some(({ name }) => name === 'cursor')) return undefined;
    const encode = (keys: unknown) => Buffer.from(JSON.stringify(keys)).toString('base64url');
    const cursor = draws.pick([
      ...[
        '',
        'x',
        '%00',
        '=',
        encode({}),
        encode([]),
        encode([null]),
        encode(['x', 'y', 'z']),
        encode(["'"]),
        encode([{}]),
        encode(1),
      ],
      ...[
        encode([1e300]),
        encode([-1]),
        encode([2 ** 53]),
        encode([2 ** 40, 'x']),
        encode(['\0']),
        encode([['a']]),
        'x'.repeat(501),
      ],
    ]);
    return { target: `${target.split('?')[0]}?cursor=${cursor}`, expects: 'refuse' };
  }),
  sent('query: badly encoded', ({ target }, { draws }) => ({
    target: `${target.split('?')[0]}?${draws.pick(['q=%E0%A4%A', 'q=%', '&&&', '=', '=x', 'q=%ff', '?', 'limit=%zz', 'a=b=c', '%', 'q=%00', 'q=+', 'q[]=', ';'])}`,
    expects: 'any',
  })),
];

// ── Who asks, and how ───────────────────────────────────────────────────────────────────────────────────────────────

const jwt = (header: object, claims: object) =>
  `${[header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.c2ln`;

/** Asked by machines that watch, and answered whoever asks. */
const isProbe = ({ permission }: DescribedOperation) => permission === 'service:read';

const credentials: [string, Hostility][] = [
  sent('auth: no credential of ours', ({ headers }, { operation, draws, secret = 'gf_live_x' }) => ({
    caller: 'hostile',
    headers: {
      ...headers,
      authorization: draws.pick([
        ...[
          'Bearer',
          'Bearer ',
          'Basic dXNlcjpwYXNz',
          'Digest x',
          'Bearer null',
          'x',
          secret,
          `Token ${secret}`,
          `Bearer ${secret}x`,
        ],
        ...[
          `Bearer ${secret.slice(0, -1)}`,
          `Bearer ${secret.toUpperCase()}`,
          `Bearer ${secret} ${secret}`,
          `Bearer "${secret}"`,
        ],
        ...[
          `Bearer ${'x'.repeat(8_000)}`,
          'Bearer gf_live_',
          'Bearer gf_session_x',
          'Bearer a.b.c',
          "Bearer ' or 1=1 --",
          'Bearer ..',
        ],
        `Bearer ${jwt({ alg: 'none' }, { sub: 'x', iss: 'https://x' })}`,
        `Bearer ${jwt({ alg: 'HS256', kid: '../../x' }, { sub: 'x', exp: 4e9 })}`,
        `Bearer ${jwt({ alg: 'RS256', jwk: {}, x5u: 'http://127.0.0.1/' }, {})}`,
      ]),
    },
    expects: isProbe(operation) ? 'any' : 'refuse',
  })),
  sent('auth: an app that is none', ({ headers }, { operation, draws }) => ({
    headers: { ...headers, 'x-api-key': draws.pick(['x', 'null', 'gf_live_x', 'gf_session_x', 'x'.repeat(5_000)]) },
    expects: isProbe(operation) ? 'any' : 'refuse',
  })),
  sent('headers: whom and where one acts for', ({ headers }, { draws }) => ({
    headers: {
      ...headers,
      [draws.pick(['x-division', 'x-mandate'])]: draws.pick([
        ...[
          '330803',
          '330803114242',
          '33',
          '999999',
          'x',
          '',
          '*',
          '330803,330802',
          "' or 1=1 --",
          '019aa5c2-7c00-7000-8000-000000000000',
        ],
        ...['00000000-0000-0000-0000-000000000000', 'null', '__proto__', 'x'.repeat(3_000)],
      ]),
    },
    expects: 'any',
  })),
  sent('headers: what HTTP knows', ({ headers }, { draws }) => {
    const [name, values] = draws.pick<[string, string[]]>([
      ['accept', ['application/xml', 'image/*', '', 'application/json;q=0', 'x']],
      ['accept-language', ['en', 'xx', '', 'en;q=9', '*', 'zh-'.repeat(500)]],
      ['accept-encoding', ['gzip', 'br', 'identity;q=0', 'x']],
      ['if-match', ['*', '"1"', 'W/"1"', '"99999999999999999999"', 'x', '""', '"1", "2"', '"-1"']],
      ['if-none-match', ['*', '"x"', 'W/"x"', 'x', '"'.repeat(300)]],
      ['if-modified-since', ['x', 'Sat, 21 Nov 2026 09:00:00 GMT']],
      ['idempotency-key', ['', 'x', 'x'.repeat(300), '"', '\u00ff', '1 2', "' or 1=1 --"]],
      ['range', ['bytes=0-1', 'bytes=9-1', 'x']],
      ['x-request-id', ['x', "' or 1=1 --", 'x'.repeat(3_000)]],
      ['x-forwarded-for', ['127.0.0.1', 'x', '::1, 10.0.0.1']],
      ['x-http-method-override', ['DELETE', 'PATCH']],
      ['cookie', ['session=x', ';;;', '=']],
      ['origin', ['null', 'https://evil.example', 'x']],
      ['referer', ['x', 'javascript:1']],
      ['traceparent', ['x', '00-0-0-0']],
    ]);
    return { headers: { ...headers, [name]: draws.pick(values) }, expects: 'any' };
  }),
  sent('headers: many', ({ headers }) => ({
    headers: { ...headers, ...Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`x-${at}`, 'y'.repeat(50)])) },
    expects: 'any',
  })),
];

function decode(text: string): string {
  try {
    return decodeURI(text);
  } catch {
    return text;
  }
}

const onBody = [...bodies, ...bytes, ...contentTypes];
const onRest = [...bytes, ...addresses, ...credentials];

/** One that this request can suffer, most of them in the body where there is one. */
export function makeHostile(aim: Aim): Shot {
  for (;;) {
    const [, make] = aim.draws.pick(aim.parts.body !== undefined && aim.draws.chance(0.7) ? onBody : onRest);
    const shot = make(aim);
    if (shot) return shot;
  }
}
