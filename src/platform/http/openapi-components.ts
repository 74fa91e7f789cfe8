// Named schemas as a client generator wants them. Enters: a document with an input and an output twin of everything that has
// an id. Leaves: one component per name and shape, none unused, unions that say by which property to tell them apart.

import type { OpenAPIV3_1 } from 'openapi-types';

type Document = Partial<OpenAPIV3_1.Document>;
type Schema = Record<string, unknown>;
type Schemas = Record<string, Schema>;

const refPattern = /"#\/components\/schemas\/([^"]+)"/g;
const refTo = (name: string) => `#/components/schemas/${name}`;

export function tidyComponents(document: Document): Document {
  const { paths = {}, components = {} } = document;
  const { uses, schemas } = mergeTwins({
    uses: { paths, responses: components.responses },
    schemas: (components.schemas ?? {}) as Schemas,
  });
  const asked = namesReachedFrom(requestsOf(uses.paths), schemas);
  const kept: Schemas = {};
  for (const name of [...namesReachedFrom(uses, schemas)].sort()) {
    const schema = mapSchema(schemas[name], simplify) as Schema;
    kept[name] = asked.has(name) ? schema : (mapSchema(schema, leaveOpen) as Schema);
  }
  const { paths: tidyPaths, responses } = mapSchema(uses, simplify) as Uses;
  const tidySchemas = mapSchema(kept, (part) => discriminate(part, kept)) as Schemas;
  return {
    ...document,
    paths: tidyPaths,
    components: { ...components, responses: responses ?? {}, schemas: tidySchemas },
  };
}

interface Uses {
  paths: OpenAPIV3_1.PathsObject;
  responses: OpenAPIV3_1.ComponentsObject['responses'];
}

interface Parts {
  uses: Uses;
  schemas: Schemas;
}

/** `XInput` becomes `X` where `X` is not referred to, or says the same. Where both are needed and differ both stay. */
function mergeTwins({ uses, schemas }: Parts): Parts {
  const referred = namesReachedFrom(uses, schemas);
  let twins = Object.keys(schemas).filter((name) => `${name}Input` in schemas && referred.has(`${name}Input`));
  // Twins are the same only if all they refer to are: drop those that differ until none is left that does.
  for (let before = -1; before !== twins.length;) {
    before = twins.length;
    twins = twins.filter((name) => {
      if (!referred.has(name)) return true;
      return rename(schemas[`${name}Input`], twins) === rename(schemas[name], twins);
    });
  }
  const renamed = JSON.parse(rename({ uses, schemas }, twins)) as Parts;
  for (const name of twins) {
    renamed.schemas[name] = renamed.schemas[`${name}Input`] ?? {};
    delete renamed.schemas[`${name}Input`];
  }
  return renamed;
}

function rename(value: unknown, twins: readonly string[]): string {
  return JSON.stringify(value).replaceAll(refPattern, (whole, name: string) => {
    const output = name.replace(/Input$/, '');
    return output !== name && twins.includes(output) ? JSON.stringify(refTo(output)) : whole;
  });
}

function namesReachedFrom(start: unknown, schemas: Schemas): Set<string> {
  const reached = new Set<string>();
  const visit = (value: unknown): void => {
    for (const [, name] of JSON.stringify(value ?? null).matchAll(refPattern)) {
      if (name === undefined || reached.has(name)) continue;
      reached.add(name);
      visit(schemas[name]);
    }
  };
  visit(start);
  return reached;
}

/** What callers send, as opposed to what they are answered. */
function requestsOf(paths: object): unknown[] {
  return Object.values(paths).flatMap((item: object) =>
    Object.values(item).map((op: Schema) => [op['parameters'], op['requestBody']]),
  );
}

/** How long a text of these formats is at most. */
const lengthOf: Record<string, number> = { uuid: 36, date: 10, 'date-time': 30 };

/** Without what zod says twice (a pattern that repeats the format at length), and with the bounds that it leaves unsaid. */
function simplify({ pattern, prefixItems, ...part }: Schema): Schema {
  const format = String(part['format']);
  if (part['type'] === 'string' && format in lengthOf) part['maxLength'] ??= lengthOf[format];
  if (part['type'] === 'integer') sayRange(part);
  return {
    ...part,
    ...(Array.isArray(prefixItems) && itemsOf(prefixItems)),
    ...(pattern !== undefined && format !== 'uuid' && format !== 'date' && { pattern }),
  };
}

/** A tuple whose places are alike is an array of so many: generators know what to make of it. */
function itemsOf([first, ...others]: readonly unknown[]): Schema {
  const isAlike = others.every((each) => JSON.stringify(each) === JSON.stringify(first));
  return isAlike ? { items: first } : { prefixItems: [first, ...others], items: false };
}

const INT32_MAX = 2 ** 31 - 1;

function sayRange(integer: Schema): void {
  const lowest = (integer['minimum'] ?? integer['exclusiveMinimum'] ?? Number.MIN_SAFE_INTEGER) as number;
  const highest = (integer['maximum'] ?? integer['exclusiveMaximum'] ?? Number.MAX_SAFE_INTEGER) as number;
  if (!('exclusiveMinimum' in integer)) integer['minimum'] = lowest;
  if (!('exclusiveMaximum' in integer)) integer['maximum'] = highest;
  integer['format'] ??= lowest >= -INT32_MAX && highest <= INT32_MAX ? 'int32' : 'int64';
}

/** Answers may gain fields without breaking a client that checks them. */
function leaveOpen(part: Schema): Schema {
  if (part['additionalProperties'] !== false) return part;
  const { additionalProperties: _closed, ...rest } = part;
  return rest;
}

/** Names the property whose constant tells the members of a union apart, so that generators make tagged unions. */
function discriminate(part: Schema, schemas: Schemas): Schema {
  const members = (part['oneOf'] as Schema[] | undefined)?.map((member) => nameOf(member));
  if (!members || members.some((name) => name === undefined)) return part;
  const constantsOf = (name: string | undefined) =>
    Object.entries((schemas[name ?? '']?.['properties'] ?? {}) as Schemas).filter(([, schema]) => 'const' in schema);
  const [propertyName] = constantsOf(members[0])[0] ?? [];
  if (propertyName === undefined) return part;
  const mapping = Object.fromEntries(
    members.map((name) => {
      const constant = constantsOf(name).find(([property]) => property === propertyName)?.[1]['const'];
      return [String(constant), refTo(name ?? '')];
    }),
  );
  return { ...part, discriminator: { propertyName, mapping } };
}

function nameOf(schema: Schema): string | undefined {
  const ref = schema['$ref'];
  return typeof ref === 'string' ? ref.slice(refTo('').length) : undefined;
}

/** Applies `change` to every object inside, leaves first. Examples are values, not schemas: they stay as they are. */
function mapSchema(value: unknown, change: (part: Schema) => Schema): unknown {
  if (Array.isArray(value)) return value.map((part) => mapSchema(part, change));
  if (value === null || typeof value !== 'object') return value;
  const mapped = Object.entries(value as Schema).map(([key, part]) => [
    key,
    key === 'example' ? part : mapSchema(part, change),
  ]);
  return change(Object.fromEntries(mapped) as Schema);
}
