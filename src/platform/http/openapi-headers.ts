// The headers of the contract, each described once. Enters: an operation. Leaves: references to what it takes and answers.

import { problemsOf, changesInPlace, isVersioned, type Operation } from './operation.ts';

const text = (description: string, example: string) => ({ description, schema: { type: 'string' }, example }) as const;
const count = (description: string, example: number) =>
  ({ description, schema: { type: 'integer', format: 'int32', minimum: 0, maximum: 2 ** 31 - 1 }, example }) as const;

export const headerComponents = {
  'X-Request-Id': text(
    'Ours, never the caller’s: say it when you ask for help',
    '019aa5c2-7c00-7000-8000-000000000000',
  ),
  'Content-Language': text('The language of `title` and `detail`', 'zh'),
  'Access-Control-Allow-Origin': text(
    'For pages of origins that the operator allows only',
    'https://portal.example.cn',
  ),
  'RateLimit-Limit': count('Requests a minute that the caller may make', 1200),
  'RateLimit-Remaining': count('How many of them are left', 1199),
  'RateLimit-Reset': count('Seconds until they are all there again', 42),
  'Retry-After': count('Seconds to wait before asking again', 2),
  'WWW-Authenticate': text(
    'With `error="invalid_token"` when a credential came and was not believed',
    'Bearer realm="gongfang"',
  ),
  'Cache-Control': text(
    'Published things: `public, no-cache`. What somebody signed in reads is kept nowhere: `no-store`',
    'no-store',
  ),
  ETag: text(
    'What was read. For a thing with a `version` it begins with it and is what If-Match takes; otherwise it is good for If-None-Match',
    '"3-Qx7aBw0f2LkM9sT4vYz1hA"',
  ),
  'Idempotency-Replayed': text('`true` when this was answered before, to a call with the same key', 'true'),
  Location: text('Where the thing is read from now on', '/v1/listings/019aa5c2-7c00-7000-8000-000000000012'),
};

const ifMatch = {
  in: 'header',
  name: 'If-Match',
  schema: { type: 'string', maxLength: 64 },
  example: '"3-Qx7aBw0f2LkM9sT4vYz1hA"',
} as const;

export const parameterComponents = {
  AcceptLanguage: {
    in: 'header',
    name: 'Accept-Language',
    description: 'The language of problems: `zh` (also when left out) or `en`. Other answers carry both',
    schema: { type: 'string', maxLength: 200 },
    example: 'zh',
  },
  IfNoneMatch: {
    in: 'header',
    name: 'If-None-Match',
    description: 'ETags that the reader has: 304 without a body when it would be the same',
    schema: { type: 'string', maxLength: 500 },
    example: 'W/"Qx7aBw0f2LkM9sT4vYz1hA"',
  },
  IfMatch: {
    ...ifMatch,
    description: 'The ETag that was read: refused when somebody else was faster. Left out: not checked',
  },
  IfMatchRequired: {
    ...ifMatch,
    required: true,
    description:
      'The ETag that was read: refused when somebody else was faster. `*`: whatever it is now. `"3"`, the version alone, does too',
  },
  IdempotencyKey: {
    in: 'header',
    name: 'Idempotency-Key',
    description:
      '重试不会重复办理。A new value, best a UUID, for each thing to be done. Sent again within 24 hours by the same caller, exactly as ' +
      'it was: one effect, and the same answer. With other content: 422 `idempotency-key-reused`. A refused call is not kept: mend ' +
      'it and send it with the same value or another',
    schema: { type: 'string', minLength: 16, maxLength: 128, pattern: '^[!-~]+$' },
    example: '8e03978e-40d5-43e8-bc93-6894a57f9324',
  },
} as const;

export const notModified = {
  description: 'The reader has it already',
  headers: headersOf('ETag', 'Cache-Control', 'X-Request-Id', 'Access-Control-Allow-Origin'),
};

type HeaderName = keyof typeof headerComponents;

function headersOf(...names: HeaderName[]) {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

const always = ['X-Request-Id', 'Access-Control-Allow-Origin'] as const;
const counted = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] as const;

/** Of the answer when all goes well. */
export function successHeaders(op: Operation) {
  const hasLocation = 'location' in op.reply && op.reply.location !== undefined;
  return headersOf(
    ...always,
    'Cache-Control',
    ...(op.probe ? [] : counted),
    ...(op.method === 'GET' || isVersioned(op) ? (['ETag'] as const) : []),
    ...(op.method === 'POST' ? (['Idempotency-Replayed'] as const) : []),
    ...(hasLocation ? (['Location'] as const) : []),
  );
}

export function problemHeaders(status: number) {
  return headersOf(
    ...always,
    'Content-Language',
    ...counted,
    ...(status === 401 ? (['WWW-Authenticate'] as const) : []),
    ...(status === 409 || status === 429 || status === 503 ? (['Retry-After'] as const) : []),
  );
}

export function headerParameters(op: Operation) {
  const names: (keyof typeof parameterComponents)[] = ['AcceptLanguage'];
  if (op.method === 'GET') names.push('IfNoneMatch');
  if (op.method === 'POST') names.push('IdempotencyKey');
  if (changesInPlace(op)) names.push('IfMatchRequired');
  else if (problemsOf(op).includes('version-conflict')) names.push('IfMatch');
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}
