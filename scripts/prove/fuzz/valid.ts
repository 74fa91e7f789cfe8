// From a schema to a value that it allows. Enters: a schema, draws, and values known to exist (ids, codes) by the name of the
// field. Leaves: a value: mostly ordinary, often at a bound, sometimes in scripts and signs that few think of.

import fc from 'fast-check';
import type { Draws } from '../../../src/vocabulary/seeded-draws.ts';
import { nextPageOf } from './known.ts';
import type { Contract, DescribedOperation, Parameter, Parts, Schema } from './contract.ts';

/** Values that stand in the service, by the name under which a request would say them. */
export type Known = ReadonlyMap<string, readonly string[]>;

interface Making {
  resolve: Contract['resolve'];
  draws: Draws;
  known: Known;
  /** The field that the value is for. */
  name: string;
  depth: number;
}

export function makeParts(
  operation: DescribedOperation,
  { resolve, draws, known }: Pick<Making, 'resolve' | 'draws' | 'known'>,
): Parts {
  const making = { resolve, draws, known, depth: 0 };
  const path: Record<string, string> = {};
  const headers: Record<string, string> = {};
  let query: [string, string][] = [];
  for (const parameter of operation.parameters) {
    if (!parameter.isRequired && draws.chance(0.6)) continue;
    const name = nameOf(operation, parameter, known);
    // Nobody can make one up.
    if (parameter.name === 'cursor' || (parameter.name === 'since' && !known.has(name))) continue;
    const value =
      parameter.name === 'since'
        ? draws.pick(known.get(name) ?? [])
        : String(makeValue(parameter.schema, { ...making, name }));
    if (parameter.in === 'path') path[parameter.name] = value;
    else if (parameter.in === 'header') headers[parameter.name] = makeHeader(parameter, draws);
    else query.push([parameter.name, value]);
  }
  // A cursor goes on with the query that it was an answer to.
  const pages = operation.method === 'GET' ? known.get(nextPageOf(operation.path)) : undefined;
  if (pages && draws.chance(0.2)) query = [...new URLSearchParams(draws.pick(pages))];
  let body: Parts['body'];
  if (operation.upload) body = Buffer.from(Array.from({ length: draws.integer(0, 64) }, () => draws.integer(0, 255)));
  else if (operation.body) {
    const { schema, example } = operation.body;
    // What hangs together in itself, as chance would never make it.
    const isExample = example !== undefined && draws.chance(0.3);
    body = JSON.stringify(
      isExample ? placeHere(example, 'body', making) : makeValue(schema, { ...making, name: 'body' }),
    );
  }
  return { path, query, headers, body };
}

/** The example of the contract, about things that stand here. */
function placeHere(value: unknown, name: string, making: Pick<Making, 'draws' | 'known'>): unknown {
  if (Array.isArray(value)) return value.map((part) => placeHere(part, name, making));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, placeHere(part, key, making)]));
  }
  const standing = making.known.get(name);
  return typeof value === 'string' && standing && making.draws.chance(0.8) ? making.draws.pick(standing) : value;
}

/** Nothing but signs that a header can hold. */
function makeHeader({ name, schema }: Parameter, draws: Draws): string {
  if (name.toLowerCase() === 'if-match') return draws.pick(['*', '*', '"1"', '"2"']);
  const min = (schema['minLength'] ?? 1) as number;
  return Array.from({ length: min + draws.integer(0, 8) }, () => draws.pick([...'abcXYZ019-_.~'])).join('');
}

/** Under which name its values are known: `/v1/persons/{id}/…` takes an id of a person. */
function nameOf(operation: DescribedOperation, parameter: Parameter, known: Known): string {
  if (parameter.in !== 'path') return parameter.name;
  return known.has(operation.path) ? operation.path : `${operation.path.split('/')[2]}/${parameter.name}`;
}

function makeValue(given: Schema, making: Making): unknown {
  const schema = making.resolve(given);
  const { draws } = making;
  if ('const' in schema) return schema['const'];
  if (schema['enum']) return draws.pick(schema['enum'] as unknown[]);
  const choices = (schema['oneOf'] ?? schema['anyOf']) as Schema[] | undefined;
  if (choices) return makeValue(draws.pick(choices), making);
  const types = [schema['type']].flat().filter((type) => type !== undefined) as string[];
  switch (types.length === 0 ? 'nothing' : draws.pick(types)) {
    case 'object':
      return makeObject(schema, making);
    case 'array':
      return makeArray(schema, making);
    case 'string':
      return makeText(schema, making);
    case 'integer':
    case 'number':
      return makeNumber(schema, draws);
    case 'boolean':
      return draws.chance(0.5);
    case 'null':
      return null;
    default:
      return draws.pick<unknown>([null, 0, 'x', true, [], {}]);
  }
}

function makeObject(schema: Schema, making: Making): Record<string, unknown> {
  const { draws, depth } = making;
  const required = new Set((schema['required'] ?? []) as string[]);
  const entries: [string, unknown][] = [];
  const optional = draws.pick([0, 0.3, 1]);
  for (const [name, part] of Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)) {
    if (!required.has(name) && !draws.chance(optional)) continue;
    entries.push([name, makeValue(part, { ...making, name, depth: depth + 1 })]);
  }
  const more = schema['additionalProperties'];
  if (typeof more === 'object' && more !== null) {
    const names = (schema['propertyNames'] ?? { type: 'string', maxLength: 8 }) as Schema;
    for (let left = draws.integer(0, 3); left > 0; left -= 1) {
      const name = String(makeValue(names, { ...making, name: 'key' }));
      if (name !== '__proto__') entries.push([name, makeValue(more as Schema, { ...making, name, depth: depth + 1 })]);
    }
  }
  return Object.fromEntries(entries);
}

function makeArray(schema: Schema, making: Making): unknown[] {
  const { draws, depth } = making;
  const tuple = schema['prefixItems'] as Schema[] | undefined;
  if (tuple) return tuple.map((item) => makeValue(item, making));
  const min = (schema['minItems'] ?? 0) as number;
  const max = (schema['maxItems'] ?? 5) as number;
  // Full lists are dear: only where they are short.
  const length = draws.chance(0.1) && max <= 40 && depth < 4 ? max : draws.integer(min, Math.min(max, min + 3));
  const items = (schema['items'] ?? {}) as Schema;
  return Array.from({ length }, () => makeValue(items, { ...making, depth: depth + 1 }));
}

function makeNumber(schema: Schema, draws: Draws): number {
  const isInteger = schema['type'] === 'integer';
  const step = isInteger ? 1 : 0.001;
  const min = (schema['minimum'] ?? ((schema['exclusiveMinimum'] as number | undefined) ?? -1e6) + step) as number;
  const max = (schema['maximum'] ?? 1e6) as number;
  if (draws.chance(0.25)) return draws.pick([min, max]);
  const near = draws.chance(0.6) ? Math.min(max, min + 100) : max;
  if (isInteger) return draws.integer(min, near);
  return min + draws.next() * (near - min);
}

const samples = new Map<string, string[]>();

/** What a pattern allows, drawn once and then picked from. */
function samplesOf(pattern: string): string[] {
  const made = samples.get(pattern) ?? fc.sample(fc.stringMatching(new RegExp(pattern, 'u')), { numRuns: 60, seed: 1 });
  samples.set(pattern, made);
  return made;
}

export const oddTexts = [
  '湖仁村',
  '缝纫、包装',
  'Ünïcödé',
  '👩‍🌾🧵',
  '𠮷野家',
  '\u202eolleh\u202c',
  'e\u0301\u0323',
  '\ufeffx',
  '\uffff',
  'ﬁ',
  '١٢٣',
  '%',
  '_%',
  '\\',
  "' or '1'='1",
  '"; drop table x; --',
  '<img src=x onerror=alert(1)>',
  '${7*7}{{7*7}}',
  '../../etc/hosts',
  '=1+1',
  'null',
  '\t\n',
  '\u2028',
  '(',
  ')(*',
  '|&!:*',
] as const;

function makeText(schema: Schema, { draws, known, name }: Making): string {
  const pattern = schema['pattern'] as string | undefined;
  const min = (schema['minLength'] ?? 0) as number;
  const max = (schema['maxLength'] ?? 200) as number;
  const standing = known.get(name);
  if (standing && standing.length > 0 && draws.chance(0.8)) {
    const value = draws.pick(standing);
    if (value.length <= max && (pattern === undefined || new RegExp(pattern, 'u').test(value))) return value;
  }
  const format = schema['format'];
  if (format === 'uuid') return makeUuid(draws);
  if (format === 'date') return fitting(() => makeDay(draws), pattern);
  if (format === 'date-time') return fitting(() => `${makeDay(draws)}${makeClock(draws)}`, pattern);
  if (pattern !== undefined) return draws.pick(samplesOf(pattern));
  const signs = [...draws.pick(oddTexts)];
  const length = draws.chance(0.15) ? max : draws.integer(min, Math.min(max, min + 12));
  return Array.from({ length }, (_, at) => signs[at % signs.length]).join('');
}

/** A value of a format beside which a pattern stands: tried, and else an ordinary one. */
function fitting(make: () => string, pattern: string | undefined): string {
  for (let tries = 20; tries > 0; tries -= 1) {
    const made = make();
    if (pattern === undefined || new RegExp(pattern, 'u').test(made)) return made;
  }
  return make();
}

function makeUuid(draws: Draws): string {
  const digits = Array.from({ length: 32 }, () => draws.integer(0, 15).toString(16)).join('');
  const uuid = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return draws.pick([
    uuid,
    uuid,
    uuid.toUpperCase(),
    '00000000-0000-0000-0000-000000000000',
    'f'.repeat(8) + uuid.slice(8),
  ]);
}

const oddDays = ['0001-01-01', '1900-01-01', '1999-12-31', '2000-02-29', '2199-12-31', '9999-12-31'];

function makeDay(draws: Draws): string {
  if (draws.chance(0.15)) return draws.pick(oddDays);
  return new Date(Date.UTC(2026, 10, 21) + draws.integer(-400, 800) * 86_400_000).toISOString().slice(0, 10);
}

function makeClock(draws: Draws): string {
  return draws.pick(['T00:00:00Z', 'T23:59:59.999Z', 'T08:30:00+08:00', 'T12:00:00.123456-11:30', 'T23:59:59-23:59']);
}
