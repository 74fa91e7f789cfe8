// Ways through an OpenAPI document, for the tests of the contract.

import type { OpenAPIV3_1 } from 'openapi-types';

export type Json = Record<string, unknown>;

export type Described = OpenAPIV3_1.OperationObject & {
  path: string;
  method: string;
  operationId: string;
  responses: Record<string, Json>;
  requestBody?: Json;
  [extension: `x-${string}`]: unknown;
};

export function describedOperations(document: OpenAPIV3_1.Document): Described[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item ?? {}).map(([method, operation]) => ({ path, method, ...(operation as object) }) as Described),
  );
}

/** Follows one reference, if it is one. */
export function resolve(document: OpenAPIV3_1.Document, value: Json | undefined): Json {
  const ref = value?.['$ref'];
  if (typeof ref !== 'string') return value ?? {};
  const steps = ref.replace(/^#\//, '').split('/');
  return steps.reduce<Json>((part, step) => part[step] as Json, document as unknown as Json);
}

const parts = ['items', 'additionalProperties', 'propertyNames', 'not', 'schema'];
const partLists = ['oneOf', 'anyOf', 'allOf', 'prefixItems'];
const partMaps = ['properties', '$defs', 'schemas'];

/** Every schema at or below a value: a document, a response, a schema. References are given, not followed. */
export function schemasIn(value: unknown, at = ''): { schema: Json; at: string }[] {
  const isDocument = typeof value === 'object' && value !== null && 'openapi' in value;
  return isDocument ? below(value, at) : isObject(value) ? [{ schema: value, at }, ...below(value, at)] : [];
}

function below(value: Json, at: string): { schema: Json; at: string }[] {
  return Object.entries(value).flatMap(([key, part]) => {
    const here = `${at}/${key}`;
    if (key === 'example' || key === 'enum' || key === 'const' || key === 'default') return [];
    if (parts.includes(key)) return isObject(part) ? schemasIn(part, here) : [];
    if (partLists.includes(key)) return (part as unknown[]).flatMap((one, i) => schemasIn(one, `${here}/${i}`));
    if (partMaps.includes(key)) {
      return Object.entries(part as Json).flatMap(([name, one]) => schemasIn(one, `${here}/${name}`));
    }
    return isObject(part)
      ? below(part, here)
      : Array.isArray(part)
        ? part.flatMap((one) => below(one as Json, here))
        : [];
  });
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
