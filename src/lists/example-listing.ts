// A well filled listing of any kind, made from the examples of its columns: what the template shows is what the contract shows.
import type { KindId, ListingKind } from './kinds/index.ts';
import { handlerOf } from './sheets/cell-types.ts';

interface ExampleListing {
  kind: KindId;
  attributes: Record<string, unknown>;
  [field: string]: unknown;
}

/** What POST /v1/listings takes. */
export function exampleListing(kind: ListingKind): ExampleListing {
  const listing: ExampleListing = { kind: kind.id, attributes: {} };
  for (const { path, cell, example } of kind.columns) {
    if (example === '') continue;
    const reading = handlerOf(cell).read(
      { kind: 'text', text: example },
      { resolveDivision: (text) => ({ code: text }), isUsccReleased: () => false },
    );
    if ('fault' in reading) throw new Error(`the example of ${kind.id} ${path} is wrong: ${reading.fault.text.en}`);
    setAt(listing, path.split('.'), reading.value);
  }
  return listing;
}

/** Sets a value at a path; a segment that is a number makes a list. */
function setAt(target: Record<string, unknown>, [segment = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[segment] = value;
    return;
  }
  target[segment] ??= /^\d+$/.test(rest[0] ?? '') ? [] : {};
  setAt(target[segment] as Record<string, unknown>, rest, value);
}
