// Every example of the contract against its schema: as a client checks it (JSON Schema), and as the service does, which
// also finds fields that no schema knows.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { declareOperations } from '../../src/app.ts';
import { isPlainDate } from '../../src/vocabulary/calendar.ts';
import { buildDocument, shutContext } from '../../scripts/openapi/contract.ts';
import { describedOperations, type Json } from './document.ts';

const document = await buildDocument();
const declared = declareOperations(shutContext);

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
ajv.addKeyword({ keyword: 'discriminator', schemaType: 'object' });
ajv.addFormat('uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
ajv.addFormat('date', isPlainDate);
ajv.addFormat('int32', { type: 'number', validate: (value: number) => (value | 0) === value });
ajv.addFormat('int64', { type: 'number', validate: Number.isSafeInteger });
ajv.addFormat('date-time', (value: string) => new Date(value).toISOString() === value);
ajv.addSchema(elsewhere({ $id: 'contract', $defs: document.components?.schemas }));

/** The same schema with its references pointing into `contract`. */
function elsewhere(schema: object): Json {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"contract#/$defs/')) as Json;
}

/** What stands wrong in a value, in words; empty when it fits. */
function faultsOf(schema: Json, value: unknown): string[] {
  const validate = ajv.compile(elsewhere(schema));
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
}

interface Shown {
  schema: Json;
  example?: unknown;
}

const shown = [
  ...describedOperations(document).flatMap(({ operationId, requestBody, responses }) => [
    ...contentsOf(requestBody).map((content) => [`request of ${operationId}`, content] as const),
    ...Object.values(responses).flatMap((response) =>
      contentsOf(response).map((content) => [`answer of ${operationId}`, content] as const),
    ),
  ]),
  ...Object.entries(document.components?.responses ?? {}).flatMap(([name, response]) =>
    contentsOf(response as unknown as Json).map((content) => [`problem ${name}`, content] as const),
  ),
];

/** Contents that are JSON: files have no example. */
function contentsOf(holder: Json | undefined): Shown[] {
  const contents = Object.entries((holder?.['content'] ?? {}) as Record<string, Shown>);
  return contents.filter(([type]) => type.endsWith('json')).map(([, content]) => content);
}

describe('the contract shows', () => {
  test('a request and an answer of every operation that has one in JSON', () => {
    expect(shown.length).toBeGreaterThan(30);
  });

  test.each(shown)('an example that fits: %s', (_, { schema, example }) => {
    expect(example).toBeDefined();
    expect(faultsOf(schema, example)).toEqual([]);
  });

  test.each(declared.flatMap(({ id, reply }) => ('schema' in reply ? [[id, reply] as const] : [])))(
    '%s: an answer in which the service knows every field',
    (_, { schema, example }) => {
      expect(schema.parse(example)).toEqual(example);
    },
  );

  test.each(declared.flatMap(({ id, body, bodyExample }) => (body ? [[id, { body, bodyExample }] as const] : [])))(
    '%s: a request that the service takes',
    (_, { body, bodyExample }) => {
      expect(body.safeParse(bodyExample)).toMatchObject({ success: true });
    },
  );
});

test('an example that does not fit would be found', () => {
  const division = { $ref: '#/components/schemas/Division' };
  expect(faultsOf(division, { code: 330803 })).toContain("/ must have required property 'level'");
  expect(faultsOf({ type: 'string', format: 'date' }, '2026-02-30')).toEqual(['/ must match format "date"']);
});
