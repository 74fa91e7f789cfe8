// Our own OpenAPI document, as the referee. Enters: the document of the running service. Leaves: its operations, and for any
// request or answer whether the document allows it. Knows nothing of the service but what the document says.

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

export type Schema = Record<string, unknown>;

export interface Parameter {
  in: 'path' | 'query' | 'header';
  name: string;
  isRequired: boolean;
  schema: Schema;
  fits: (value: unknown) => boolean;
}

export interface Answers {
  /** By content type; none: an answer without a body. */
  content: ReadonlyMap<string, ValidateFunction | undefined>;
}

export interface DescribedOperation {
  id: string;
  method: string;
  /** With its parameters in braces. */
  path: string;
  parameters: readonly Parameter[];
  body: { schema: Schema; example: unknown; fits: (value: unknown) => boolean } | undefined;
  /** Content types of a body that is bytes. */
  upload: readonly string[] | undefined;
  answers: ReadonlyMap<number, Answers>;
  problemCodes: readonly string[];
  permission: string;
  /** Whether it is answered without a key. */
  isOpen: boolean;
}

export interface Contract {
  operations: readonly DescribedOperation[];
  resolve: (schema: Schema) => Schema;
  isProblem: (body: unknown) => boolean;
}

/** A request as the document sees it: decoded, before it becomes bytes. */
export interface Parts {
  path: Readonly<Record<string, string>>;
  query: readonly (readonly [name: string, value: string])[];
  headers: Readonly<Record<string, string>>;
  /** Undefined: none is sent. JSON as text, because text can say what no value can. */
  body: string | Buffer | undefined;
}

const formats = {
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  date: isRealDay,
  'date-time': (text: string) => {
    const match = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|[+-](\d\d):(\d\d))$/.exec(text);
    if (!match) return false;
    const [, day = '', ...clock] = match;
    const [hour = 0, minute = 0, second = 0, zoneHour = 0, zoneMinute = 0] = clock.map((part) => Number(part ?? 0));
    return isRealDay(day) && hour < 24 && minute < 60 && second < 60 && zoneHour < 24 && zoneMinute < 60;
  },
  // Said by the bounds beside them.
  int32: true as const,
  int64: true as const,
  binary: true as const,
};

function isRealDay(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!match) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** The keys that lead to a part of the document: its own, or those that its reference says. */
function whereIs(part: Schema, at: (string | number)[]): (string | number)[] {
  const ref = part['$ref'];
  return typeof ref === 'string' ? ref.slice(2).split('/') : at;
}

interface Document {
  paths: Record<string, Record<string, Schema>>;
  components: { schemas: Record<string, Schema> };
}

export function readContract(given: unknown): Contract {
  const document = given as Document;
  const ajv = new Ajv2020({ strict: false, validateFormats: true, allErrors: false });
  for (const [name, format] of Object.entries(formats)) ajv.addFormat(name, format);
  ajv.addSchema({ $id: 'contract', ...document });
  const resolve = (schema: Schema): Schema => {
    const ref = schema['$ref'];
    if (typeof ref !== 'string') return schema;
    const found = ref
      .slice(2)
      .split('/')
      .reduce<unknown>((part, key) => (part as Schema)[key.replaceAll('~1', '/').replaceAll('~0', '~')], document);
    return resolve(found as Schema);
  };
  /** @param at the keys that lead to a schema in the document */
  const compile = (...at: (string | number)[]): ValidateFunction => {
    const pointer = at.map((key) => encodeURIComponent(String(key).replaceAll('~', '~0').replaceAll('/', '~1')));
    return ajv.compile({ $ref: `contract#/${pointer.join('/')}` });
  };

  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]): DescribedOperation => {
      const at = ['paths', path, method];
      const parameters = ((described['parameters'] ?? []) as Schema[]).map((given, index): Parameter => {
        const parameter = resolve(given);
        const fits = compile(...whereIs(given, [...at, 'parameters', index]), 'schema');
        return {
          in: parameter['in'] as Parameter['in'],
          name: parameter['name'] as string,
          isRequired: parameter['required'] === true,
          schema: parameter['schema'] as Schema,
          fits: (value) => fits(value),
        };
      });
      const content = ((described['requestBody'] as Schema | undefined)?.['content'] ?? {}) as Record<string, Schema>;
      const json = content['application/json'];
      const fitsBody = json && compile(...at, 'requestBody', 'content', 'application/json', 'schema');
      const answers = Object.keys(described['responses'] as Schema).map((status): [number, Answers] => {
        const response = (described['responses'] as Record<string, Schema>)[status] ?? {};
        const where = whereIs(response, [...at, 'responses', status]);
        const types = Object.entries((resolve(response)['content'] ?? {}) as Record<string, Schema>);
        return [
          Number(status),
          {
            content: new Map(
              types.map(([type, { schema }]) => [
                type.split(';')[0] ?? '',
                (schema as Schema)['format'] === 'binary' ? undefined : compile(...where, 'content', type, 'schema'),
              ]),
            ),
          },
        ];
      });
      return {
        id: described['operationId'] as string,
        method: method.toUpperCase(),
        path,
        parameters,
        body: json &&
          fitsBody && {
            schema: json['schema'] as Schema,
            example: json['example'],
            fits: (value) => fitsBody(value),
          },
        upload: !json && Object.keys(content).length > 0 ? Object.keys(content) : undefined,
        answers: new Map(answers),
        problemCodes: described['x-problem-codes'] as string[],
        permission: described['x-permission'] as string,
        isOpen: (described['security'] as object[]).some((way) => Object.keys(way).length === 0),
      };
    }),
  );
  const isProblem = compile('components', 'schemas', 'Problem');
  return { operations, resolve, isProblem: (body) => isProblem(body) };
}

/**
 * Whether the document allows a request. What it says of all JSON: no U+0000, no half of a surrogate pair, no key that a careless
 * program would take for the prototype of an object.
 */
export function fitsContract(operation: DescribedOperation, { path, query, headers, body }: Parts): boolean {
  const given = new Map<string, string[]>();
  for (const [name, value] of query) given.set(name, [...(given.get(name) ?? []), value]);
  const known = new Set(operation.parameters.flatMap((p) => (p.in === 'query' ? [p.name] : [])));
  if ([...given.keys()].some((name) => !known.has(name))) return false;
  for (const parameter of operation.parameters) {
    const values =
      parameter.in === 'query'
        ? (given.get(parameter.name) ?? [])
        : [(parameter.in === 'path' ? path : headers)[parameter.name]].filter((value) => value !== undefined);
    if (values.length > 1 || (values.length === 0 && parameter.isRequired)) return false;
    if (values.some((value) => !isKept(value) || !parameter.fits(fromText(value, parameter.schema)))) return false;
  }
  if (operation.upload) return Buffer.isBuffer(body);
  if (!operation.body) return body === undefined;
  if (typeof body !== 'string') return false;
  try {
    const value: unknown = JSON.parse(body);
    return isKeptThroughout(value) && operation.body.fits(value);
  } catch {
    return false;
  }
}

/** The one lexical form of a number in a query is that of JSON. */
function fromText(text: string, schema: Schema): unknown {
  if (schema['type'] !== 'integer' && schema['type'] !== 'number') return text;
  return /^-?(?:0|[1-9]\d*)$/.test(text) ? Number(text) : text;
}

const isKept = (text: string) => !/[\0\p{Surrogate}]/u.test(text);

function isKeptThroughout(value: unknown): boolean {
  if (typeof value === 'string') return isKept(value);
  if (value === null || typeof value !== 'object') return true;
  return Object.entries(value).every(
    ([key, part]: [string, unknown]) => isKept(key) && !isPrototype(key, part) && isKeptThroughout(part),
  );
}

const isPrototype = (key: string, value: unknown) =>
  key === '__proto__' || (key === 'constructor' && value !== null && typeof value === 'object' && 'prototype' in value);
