// Makes a listing draft of a kind from its attributes; the schema checks and completes them, so no generator can write a row
// that the importer would refuse.
import { decisionSchema, kindById, pointSchema } from '../../src/lists/kinds/index.ts';
import type { KindId } from '../../src/lists/kinds/index.ts';
import type { ListingDraft } from '../../src/lists/sheets/index.ts';
import { exampleAsOf } from './files.ts';

export interface ListingInput {
  number: string;
  divisionCode: string;
  owner: string | null;
  point?: unknown;
  availableFrom?: string | null;
  availableTo?: string | null;
  attributes: Record<string, unknown>;
  decision?: unknown;
  person?: unknown;
  consent?: unknown;
}

export function makeListing(kindId: KindId, input: ListingInput): ListingDraft {
  const kind = kindById(kindId);
  const attributes = kind.attributes.parse(input.attributes);
  const common = {
    type: 'listing' as const,
    kindId,
    divisionCode: input.divisionCode,
    owner: input.owner,
    title: kind.titleOf(attributes),
    point: pointSchema.nullable().parse(input.point ?? null),
    availableFrom: input.availableFrom ?? null,
    availableTo: input.availableTo ?? null,
    ...(kind.isCommonAsset && { decision: decisionSchema.nullable().parse(input.decision ?? null) }),
  };
  if (kind.person === undefined) {
    const rowKey = input.owner === null ? input.number : `${input.owner}/${input.number}`;
    return { ...common, rowKey, attributes };
  }
  const person = kind.person.schema.parse(input.person);
  const settled = kind.person.settle(person, exampleAsOf);
  if ('refused' in settled) throw new Error(settled.refused.text.en);
  return {
    ...common,
    rowKey: null,
    attributes: { ...attributes, ...settled.attributes },
    person,
    consent: kind.person.consent.parse(input.consent),
  };
}

/** "GF-007" */
export function numbered(prefix: string, number: number): string {
  return `${prefix}-${String(number).padStart(3, '0')}`;
}
