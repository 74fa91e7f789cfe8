// Listings on the wire. Enters: the kinds. Leaves: one schema per kind for writing and reading, joined by `kind`, so that a
// third party's generated client knows every attribute by name.

import { z } from 'zod';
import { daySchema, instantSchema, textSchema } from '../platform/http/index.ts';
import { divisionCodePattern } from '../vocabulary/division-code.ts';
import { usccPattern } from '../vocabulary/uscc.ts';
import { exampleListing } from './example-listing.ts';
import {
  decisionSchema,
  kindIds,
  kinds,
  listIds,
  plainDateSchema,
  pointSchema,
  type KindId,
  type ListingKind,
} from './kinds/index.ts';
import { listingStatuses } from './lifecycle/states.ts';

export const divisionCode = z.string().max(12).regex(divisionCodePattern).describe('区划代码 · division code');
export const kindSchema = z.enum(kindIds as [KindId, ...KindId[]]);
export const listSchema = z.enum(listIds);
export const statusSchema = z.enum(listingStatuses);

/** land-demand → LandDemand: what the contract calls the kind's components. */
export const componentName = ({ id }: Pick<ListingKind, 'id'>) =>
  id.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());

const newListingFields = {
  divisionCode,
  owner: z
    .string()
    .length(18)
    .regex(usccPattern)
    .optional()
    .describe('统一社会信用代码; left out: the caller’s own party'),
  rowKey: z.string().min(1).max(40).optional().describe('业务编号 · your own stable number; left out: one is made'),
  title: z.string().min(1).max(120).optional(),
  point: pointSchema.optional(),
  availableFrom: plainDateSchema.optional(),
  availableTo: plainDateSchema.optional(),
};

function omit<T extends object>(fields: T, names: readonly (keyof T)[]): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name as keyof T))) as Partial<T>;
}

function newListingOf(kind: ListingKind) {
  return z
    .strictObject({
      kind: z.literal(kind.id),
      // What stands for people is named by what they offer and stands at their village: more could say who it is.
      ...(kind.person ? omit(newListingFields, ['title', 'rowKey', 'point']) : newListingFields),
      attributes: kind.attributes,
      ...(kind.isCommonAsset && { decision: decisionSchema.optional() }),
      ...(kind.person && {
        person: kind.person.schema.describe('Sealed on arrival; shown masked, to officials only'),
        consent: kind.person.consent,
      }),
    })
    .meta({ id: `New${componentName(kind)}`, examples: [exampleListing(kind)] });
}

/** What POST /v1/listings takes. */
export const newListingSchema = z
  .discriminatedUnion(
    'kind',
    kinds.map(newListingOf) as [ReturnType<typeof newListingOf>, ...ReturnType<typeof newListingOf>[]],
  )
  .meta({ id: 'NewListing' });

const maskedPersonSchema = z
  .object({
    id: z.uuid(),
    name: z.string().describe('张*'),
    phone: z.string().describe('138****0000'),
    idNumber: z.string().describe('3308**********0013'),
  })
  .meta({ id: 'MaskedPerson' });

/** The same field, absent when it is left out. */
function mayBeLeftOut(field: z.ZodType): z.ZodOptional {
  const bare = field instanceof z.ZodDefault ? (field.unwrap() as z.ZodType) : field;
  const { description } = field;
  return description === undefined ? bare.optional() : bare.optional().describe(description);
}

/** What was said, before it became WGS-84. */
const statedPointSchema = z
  .object({ lng: z.number(), lat: z.number(), crs: pointSchema.shape.crs.unwrap() })
  .meta({ id: 'StatedPoint' });

function listingOf(kind: ListingKind) {
  // A withheld attribute is simply not there for those who may not see it: no default may stand in for it.
  const shape = kind.attributes.shape as Record<string, z.ZodType>;
  const withheld = Object.fromEntries(kind.withheld.map((name) => [name, mayBeLeftOut(shape[name] ?? z.never())]));
  return z
    .object({
      id: z.uuid(),
      kind: z.literal(kind.id),
      list: listSchema,
      status: statusSchema,
      title: z.string(),
      divisionCode: z.string(),
      place: z.string().describe('高家镇湖仁村'),
      owner: z.object({ id: z.uuid(), name: z.string(), uscc: z.string() }).nullable(),
      point: z
        .object({
          lng: z.number(),
          lat: z.number(),
          source: z.string().describe('`stated`, or that of the division’s point: `synthetic` or `published`'),
          stated: statedPointSchema.nullable(),
        })
        .describe('WGS-84'),
      availableFrom: daySchema.nullable(),
      availableTo: daySchema.nullable().describe('That day included'),
      attributes: z.object({ ...shape, ...withheld }),
      ...(kind.person && {
        person: maskedPersonSchema
          .nullable()
          .describe('Masked, for officials of the division; the clear values: POST /v1/persons/{id}/disclosures'),
      }),
      conditions: z
        .array(z.object({ rule: z.string(), text: textSchema }))
        .describe('Approvals and rules under which the law allows what is listed'),
      warnings: z.array(textSchema).describe('What the owner should look at again; for the owner and officials'),
      version: z.int().describe('Also the ETag: send it as If-Match when you change the listing'),
      publishedAt: instantSchema.nullable(),
      publicityUntil: daySchema.nullable().describe('公示中: its last day'),
      dormantSince: instantSchema.nullable().describe('疑似失效: since when it is doubted that it still holds'),
      updatedAt: instantSchema,
    })
    .meta({ id: componentName(kind) });
}

export const listingSchema = z
  .discriminatedUnion('kind', kinds.map(listingOf) as [ReturnType<typeof listingOf>, ...ReturnType<typeof listingOf>[]])
  .meta({ id: 'Listing' });

const listingChange = z.strictObject({
  title: z.string().min(1).max(120).optional(),
  point: pointSchema.optional(),
  availableFrom: plainDateSchema.nullable().optional(),
  availableTo: plainDateSchema.nullable().optional(),
  attributes: z.record(z.string().max(60), z.unknown()).optional(),
});

/** What PATCH takes. The kind is known only when the listing was read: then the whole is held against it. */
export const listingChangeSchema = listingChange.refine(
  (change) => Object.values(change).some((value) => value !== undefined),
  {
    message: 'nothing to change',
    params: { text: { zh: '没有要修改的内容', en: 'there is nothing to change' } },
  },
);

function attributesChangeOf(kind: ListingKind) {
  // Without defaults: what is left out stays as it is.
  const shape = kind.attributes.shape as Record<string, z.ZodType>;
  const fields = Object.entries(shape).map(([name, field]) => [name, mayBeLeftOut(field)]);
  return z
    .strictObject(Object.fromEntries(fields) as Record<string, z.ZodOptional>)
    .meta({ id: `${componentName(kind)}AttributesChange` });
}

/** The same, as the contract says it. */
export const listingChangeDocument = listingChange
  .extend({
    attributes: z
      .union(kinds.map(attributesChangeOf))
      .optional()
      .describe('Those named are replaced, the others stay; the whole must fit the kind of the listing'),
  })
  .meta({ id: 'ListingChange' });

export const importSchema = z
  .object({
    id: z.uuid(),
    sheet: z.string(),
    divisionCode: z.string(),
    status: z
      .enum(['queued', 'running', 'done', 'refused', 'failed'])
      .describe('`refused`: rows are wrong and nothing was written'),
    isDryRun: z.boolean(),
    takesPartly: z.boolean(),
    publishes: z.boolean(),
    rowsRead: z.int().describe('Progress'),
    counts: z
      .object({ rows: z.int(), created: z.int(), updated: z.int(), unchanged: z.int(), refused: z.int() })
      .nullable(),
    warnings: z.array(textSchema),
    failure: textSchema.nullable(),
    createdAt: instantSchema,
    finishedAt: instantSchema.nullable(),
  })
  .meta({ id: 'Import' });

export const importProblemSchema = z
  .object({
    rowNumber: z.int().describe('As the spreadsheet counts; 0: the file as a whole'),
    column: z.string(),
    cell: z.string(),
    code: z.string().describe('Stable, kebab-case'),
    message: textSchema.describe('What is wrong and how to mend it; never the value itself'),
  })
  .meta({ id: 'ImportProblem' });
