// By which codes a listing is counted. Enters: its kind and attributes. Leaves: `facet:code`, each once; none of what is not public.

import type { ListingKind } from '../kinds/index.ts';

export function facetsOf({ isPublic, facets = [] }: ListingKind, attributes: Record<string, unknown>): string[] {
  if (!isPublic) return [];
  return [
    ...new Set(facets.flatMap(({ id, path }) => codesAt(attributes, path.split('.')).map((code) => `${id}:${code}`))),
  ];
}

/** `needs[*].skill`: the jsonpath of a facet below `$`, of names and `[*]` alone. */
function codesAt(value: unknown, [step, ...rest]: readonly string[]): string[] {
  if (step === undefined) return typeof value === 'string' ? [value] : [];
  const name = step.replace('[*]', '');
  const inner = value instanceof Object ? (value as Record<string, unknown>)[name] : undefined;
  return (step.endsWith('[*]') ? [inner].flat() : [inner]).flatMap((each) => codesAt(each, rest));
}
