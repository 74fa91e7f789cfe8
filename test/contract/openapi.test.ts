// The contract held to its own rules. What is checked is the document that clients receive, beside the operations as rooms
// declare them: a rule that one operation breaks names that operation.

import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { declareOperations } from '../../src/app.ts';
import { problemsOf } from '../../src/platform/http/index.ts';
import { problemKinds, type ProblemCode } from '../../src/platform/problem.ts';
import { permissions } from '../../src/vocabulary/permissions.ts';
import { buildContract, buildDocument, shutContext } from '../../scripts/openapi/contract.ts';
import { describedOperations, resolve, schemasIn, type Described, type Json } from './document.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const document = await buildDocument();
const declared = declareOperations(shutContext);
const described = describedOperations(document);
const each = described.map((operation) => [operation.operationId, operation] as const);
const declaredOf = (id: string) => declared.find((operation) => operation.id === id);

/** The first word of every operationId. A new verb is a decision: clients read it as the name of a function. */
const verbs = [
  'disclose',
  'sign',
  'correct',
  'record',
  'export',
  'erase',
  'get',
  'list',
  'find',
  'create',
  'change',
  'rotate',
  'revoke',
  'end',
  'submit',
  'approve',
  'return',
  'publish',
  'renew',
  'close',
  'report',
  'withdraw',
  'request',
  'cancel',
  'match',
  'offer',
  'accept',
  'refuse',
  'delete',
  'read',
  'open',
  'certify',
  'relist',
  'confirm',
  'settle',
  'reverse',
];

describe('the document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document) as never)).toMatchObject({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  test('is the one that is committed, and so are the formats of the engine', async () => {
    const contract = await buildContract();
    for (const [name, content] of Object.entries(contract)) {
      expect(read(`openapi/${name}`) === content, `openapi/${name} differs: run npm run openapi`).toBe(true);
    }
  });

  test('carries the version of the package, and the changelog knows it', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(document.info.version).toBe(version);
    expect(read('openapi/CHANGELOG.md')).toContain(`## ${version}`);
  });

  test('refers only to what it holds, and holds only what it refers to', () => {
    const refs = new Set([...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? ''));
    const held = (['schemas', 'responses', 'headers', 'parameters'] as const).flatMap((part) =>
      Object.keys(document.components?.[part] ?? {}).map((name) => `components/${part}/${name}`),
    );
    expect([...refs].sort()).toEqual(held.sort());
  });

  test('names its components as nouns in PascalCase, without a twin for input', () => {
    const names = Object.keys(document.components?.schemas ?? {});
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      expect(name).toMatch(/^([A-Z][a-z0-9]+)+$/);
      expect(name, 'input and output differ: give them two names').not.toMatch(/Input$/);
    }
  });

  test('lets a client tell the members of every union of components apart', () => {
    for (const { schema, at } of schemasIn(document)) {
      const members = schema['oneOf'] as Json[] | undefined;
      if (!members) continue;
      const { propertyName, mapping } = (schema['discriminator'] ?? {}) as { propertyName: string; mapping: object };
      expect(propertyName, at).toBeDefined();
      expect(Object.values(mapping).sort(), at).toEqual(members.map((member) => member['$ref']).sort());
    }
  });

  test('says something about every value', () => {
    for (const { schema, at } of schemasIn(document)) expect(Object.keys(schema), at).not.toEqual([]);
  });

  test('leaves answers open to new fields, and requests closed to misspelt ones', () => {
    const asked = new Set(requestSchemas().map(({ at }) => at));
    for (const { schema, at } of schemasIn(document)) {
      if (schema['type'] !== 'object' || !schema['properties']) continue;
      expect(schema['additionalProperties'], at).toBe(asked.has(at) ? false : undefined);
    }
  });
});

describe('every operation', () => {
  test('is declared once and described once', () => {
    const ids = described.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(declared.map(({ id }) => id).sort());
    expect(ids.length).toBeGreaterThan(20);
  });

  test.each(each)('%s: is named by a verb and its object', (id) => {
    expect(id).toMatch(/^[a-z]+([A-Z][a-z]+)+$/);
    expect(verbs).toContain(/^[a-z]+/.exec(id)?.[0]);
  });

  test.each(each)('%s: has a Chinese and an English summary and one tag', (id, operation) => {
    const summary = declaredOf(id)?.summary;
    expect(summary?.zh).toMatch(/\p{Script=Han}/u);
    expect(summary?.en).toMatch(/^[A-Z][^\p{Script=Han}]{6,}$/u);
    expect(operation.summary).toBe(`${summary?.zh} · ${summary?.en}`);
    expect(operation.tags).toHaveLength(1);
    expect(document.tags?.map(({ name }) => name)).toContain(operation.tags?.[0]);
  });

  test.each(each)('%s: names a permission, and asks for a key unless everybody has it', (_, operation) => {
    const permission = operation['x-permission'] as keyof typeof permissions;
    expect(Object.keys(permissions)).toContain(permission);
    const isOpen = (permissions[permission] as readonly string[]).includes('anonymous');
    expect(operation.security).toEqual(isOpen ? [{}, { apiKey: [] }] : [{ apiKey: [] }]);
    expect(Object.keys(document.components?.securitySchemes ?? {})).toEqual(['apiKey']);
  });

  test.each(each)('%s: lists every problem it can answer, each with its status', (id, operation) => {
    const operationDeclared = declaredOf(id);
    const codes = operationDeclared ? problemsOf(operationDeclared) : [];
    expect(operation['x-problem-codes']).toEqual(codes);
    for (const code of codes) {
      const answer = resolve(document, operation.responses[problemKinds[code].status]);
      expect(Object.keys(answer['content'] as Json), code).toEqual(['application/problem+json']);
      expect(answer['description'], code).toContain(`\`${code}\``);
    }
    const statuses = new Set(codes.map((code) => String(problemKinds[code].status)));
    for (const status of Object.keys(operation.responses).filter((s) => Number(s) >= 400)) {
      expect(statuses.has(status), `${status} is described but no code of the operation has it`).toBe(true);
    }
  });

  test.each(each)('%s: has exactly one answer when all goes well', (_, operation) => {
    expect(Object.keys(operation.responses).filter((status) => Number(status) < 300)).toHaveLength(1);
  });

  test.each(each)('%s: can say not-found and not-fitting where its path and body can be wrong', (_, operation) => {
    const codes = operation['x-problem-codes'] as ProblemCode[];
    const ids = parametersOf(operation).filter(({ in: place, schema }) => place === 'path' && !('enum' in schema));
    if (ids.length > 0) expect(codes).toContain('not-found');
    if (operation.requestBody) expect(codes).toContain('payload-too-large');
  });

  test.each(each)('%s: identifies things by uuid, or by the code the country gave them', (_, operation) => {
    for (const { in: place, name, schema } of parametersOf(operation)) {
      if (place === 'path' && name === 'id') expect(schema).toMatchObject({ type: 'string', format: 'uuid' });
    }
  });
});

describe('the headers of', () => {
  const headersOf = (answer: Json | undefined) => Object.keys(resolve(document, answer)['headers'] ?? {});
  const takes = (operation: Described, name: string) => parametersOf(operation).find((p) => p.name === name);
  const successOf = ({ responses }: Described) => Object.entries(responses).find(([status]) => Number(status) < 300);
  const reads = described.filter(({ method }) => method === 'get');

  test.each(each)('%s: every answer says its request, and how much is left', (id, operation) => {
    const isProbe = declaredOf(id)?.probe !== undefined;
    for (const [status, answer] of Object.entries(operation.responses)) {
      const headers = headersOf(answer);
      expect(headers, status).toContain('X-Request-Id');
      if (status === '304' || isProbe) continue;
      expect(headers, status).toEqual(
        expect.arrayContaining(['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset']),
      );
    }
    expect(headersOf(operation.responses['401'])).toContain('WWW-Authenticate');
    expect(headersOf(operation.responses['503'])).toContain('Retry-After');
    if (isProbe) return;
    expect(headersOf(operation.responses['429'])).toContain('Retry-After');
    expect(takes(operation, 'Accept-Language')).toBeDefined();
  });

  test.each(reads.map((read) => [read.operationId, read] as const))(
    '%s: what is read can be told apart',
    (id, read) => {
      expect(headersOf(read.responses['200'])).toContain('ETag');
      if (declaredOf(id)?.probe) return;
      expect(takes(read, 'If-None-Match')).toBeDefined();
      expect(headersOf(read.responses['304'])).toContain('ETag');
    },
  );

  test.each(each)('%s: what has a version is changed by it', (_, operation) => {
    const [status = '', answer] = successOf(operation) ?? [];
    const content = (operation.responses[status]?.['content'] as Json | undefined)?.['application/json'];
    const isVersioned = 'version' in ((content as { example: Json } | undefined)?.example ?? {});
    if (isVersioned) expect(headersOf(answer)).toContain('ETag');
    const changes = operation.method === 'patch' || operation.method === 'put';
    if (changes) expect(takes(operation, 'If-Match')).toMatchObject({ required: true });
    else if (isVersioned && ['post', 'delete'].includes(operation.method) && operation.path.includes('{id}')) {
      expect(takes(operation, 'If-Match')).toBeDefined();
    } else expect(takes(operation, 'If-Match')).toBeUndefined();
    const codes = operation['x-problem-codes'] as ProblemCode[];
    expect(codes.includes('precondition-required')).toBe(changes);
    expect(codes.includes('version-conflict')).toBe(takes(operation, 'If-Match') !== undefined);
  });

  test.each(each)('%s: what was made or begun says where to read it, if anywhere', (id, operation) => {
    const [status, answer] = successOf(operation) ?? [];
    if (status !== '201' && status !== '202') return;
    const [collection = ''] = operation.path.split('/{id}');
    const isReadable = reads.some(({ path }) => path === `${collection}/{id}`);
    expect(headersOf(answer).includes('Location')).toBe(isReadable);
    const reply = declaredOf(id)?.reply;
    if (isReadable) expect(reply).toMatchObject({ location: `${collection}/:id` });
  });
});

describe('a list', () => {
  const lists = described.filter(({ operationId }) => /^(list|find)/.test(operationId));

  test.each(lists.map((list) => [list.operationId, list] as const))(
    '%s: is read in pages of at most 100',
    (_, list) => {
      const page = resolve(document, contentOf(list.responses['200'] as Json));
      expect(page['required']).toEqual(['items', 'nextCursor']);
      const [limit, cursor] = ['limit', 'cursor'].map(
        (name) => parametersOf(list).find((p) => p.name === name)?.schema,
      );
      expect(limit).toMatchObject({ type: 'integer', minimum: 1, maximum: 100, default: 20 });
      expect(cursor).toMatchObject({ type: 'string' });
    },
  );

  test('is everything that answers with a page', () => {
    const paged = described.filter(({ responses }) => /schemas\/\w+Page"/.test(JSON.stringify(responses['200'])));
    const idsOf = (operations: Described[]) => operations.map(({ operationId }) => operationId).sort();
    expect(idsOf(paged)).toEqual(idsOf(lists));
  });
});

describe('what a caller sends', () => {
  const requests = requestSchemas();

  test('has a bound on every text, list and number', () => {
    expect(requests.length).toBeGreaterThan(200);
    const unbounded = requests.flatMap(({ schema, at }) =>
      isBounded(schema) ? [] : [`${at} ${JSON.stringify(schema)}`],
    );
    expect(unbounded).toEqual([]);
  });

  test.each(each)('%s: says what each parameter means, or its name and values do', (_, operation) => {
    for (const { name, schema, description } of parametersOf(operation)) {
      const isEvident = 'enum' in schema || schema['format'] === 'uuid' || selfEvident.has(name);
      expect(isEvident || (description ?? '').length > 3, name).toBe(true);
    }
  });
});

/** Parameters whose name and values say all. */
const selfEvident = new Set(['code']);

function isBounded(schema: Json): boolean {
  if ('const' in schema || 'enum' in schema || '$ref' in schema) return true;
  const types = [schema['type']].flat();
  if (types.includes('string') && !['maxLength', 'pattern', 'format'].some((bound) => bound in schema)) return false;
  if (types.includes('array') && !('maxItems' in schema)) return false;
  if (types.includes('integer') || types.includes('number')) {
    const hasFloor = 'minimum' in schema || 'exclusiveMinimum' in schema;
    return hasFloor && ('maximum' in schema || 'exclusiveMaximum' in schema);
  }
  return true;
}

interface Parameter {
  in: string;
  name: string;
  schema: Json;
  description?: string;
}

function parametersOf(operation: Described): Parameter[] {
  return (operation.parameters ?? []).map((parameter) => resolve(document, parameter as Json) as unknown as Parameter);
}

function contentOf(holder: Json): Json {
  return ((holder['content'] as Json)['application/json'] as Json)['schema'] as Json;
}

/** Every schema a request can reach, through references too. Bytes of an upload are bounded by the operation. */
function requestSchemas(): { schema: Json; at: string }[] {
  const reached = new Map<string, Json>();
  const visit = (start: unknown, at: string): void => {
    for (const found of schemasIn(start, at)) {
      if (reached.has(found.at)) continue;
      reached.set(found.at, found.schema);
      const ref = found.schema['$ref'];
      if (typeof ref === 'string') visit(resolve(document, found.schema), ref.slice(1));
    }
  };
  for (const operation of described) {
    const at = `/paths/${operation.path}/${operation.method}`;
    for (const { schema, name } of parametersOf(operation)) visit(schema, `${at}/${name}`);
    const content = (operation.requestBody as { content?: Json } | undefined)?.content ?? {};
    const body = content['application/json'] as { schema: Json } | undefined;
    if (body) visit(body.schema, `${at}/body`);
  }
  return [...reached].map(([at, schema]) => ({ at, schema }));
}
