import { sql, type SQL } from 'drizzle-orm';
import {
  bigint,
  boolean,
  customType,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { region, sealed } from '../platform/database.ts';
import type { Text } from '../vocabulary/text.ts';
import type { StatedPoint } from './kinds/index.ts';

/** What the attributes mean is said by the kind (src/lists/kinds); what a row of any kind has in common stands here. */
export const listing = pgTable(
  'listing',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    county: region()
      .notNull()
      .generatedAlwaysAs((): SQL => sql`substr(region, 1, 6)`),
    kind: text().notNull(),
    status: text().notNull().$type<ListingStatus>(),
    /** Whether the public may see it once published; never true for labour. */
    isPublic: boolean('is_public').notNull(),
    title: text().notNull(),
    attributes: jsonb().notNull().$type<Record<string, unknown>>(),
    /** The legal person that offers or asks; none for policies and labour. */
    ownerId: uuid('owner_id'),
    /** Labour only: who it is, in the private table. */
    personId: uuid('person_id'),
    /** Business key within kind and county: the same row imported again changes this listing instead of adding one. */
    rowKey: text('row_key').notNull(),
    lng: doublePrecision().notNull(),
    lat: doublePrecision().notNull(),
    /** `stated`, or that of the division's point. */
    coordSource: text('coord_source').notNull(),
    /** As it was stated, in its own coordinate system; lng and lat are WGS-84. None for people: they stand at their village. */
    statedPoint: jsonb('stated_point').$type<StatedPoint>(),
    availableFrom: date('available_from'),
    availableTo: date('available_to'),
    /** For sorting within a kind, in the kind's own unit; none where the kind has no price. */
    price: bigint({ mode: 'number' }),
    searchText: text('search_text').notNull(),
    searchGrams: text('search_grams')
      .array()
      .notNull()
      .generatedAlwaysAs((): SQL => sql`zh_bigrams(search_text)`),
    /** Keyed hash of everything the owner stated, people included: tells an unchanged row without opening anything. */
    contentHash: text('content_hash').notNull(),
    /** Counts changes: a round refuses to propose what changed after its snapshot. */
    version: integer().notNull().default(1),
    importId: uuid('import_id'),
    publishedAt: timestamp('published_at', { withTimezone: true }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('listing_row_key').on(t.kind, t.rowKey, t.county),
    index('listing_region').on(t.region, t.id),
    index('listing_kind').on(t.kind, t.status, t.id),
    index('listing_search').using('gin', t.searchGrams),
    index('listing_owner').on(t.ownerId),
  ],
);

/** PostgreSQL's own point: what `map_point` makes of a place, in kilometres on the map. */
const mapPoint = customType<{ data: string }>({ dataType: () => 'point' });

/**
 * What everybody may search: one row per listing that is public and published, kept by triggers on `listing`. Open to all, so
 * that the planner may use its indexes first: operators on arrays and points are not leak-proof (docs/decisions/0004).
 */
export const publishedListing = pgTable(
  'published_listing',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    kind: text().notNull(),
    ownerId: uuid('owner_id'),
    position: mapPoint().notNull(),
    availableFrom: date('available_from'),
    availableTo: date('available_to'),
    price: bigint({ mode: 'number' }),
    searchText: text('search_text').notNull(),
    /** Pairs of characters, `#kind`, and `@code` of the division and of each above it: one index lookup for all of them. */
    terms: text().array().notNull(),
    publishedAt: timestamp('published_at', { withTimezone: true }).notNull(),
  },
  (t) => [
    index('published_listing_terms').using('gin', t.terms),
    index('published_listing_position').using('gist', t.position),
    index('published_listing_freshness').on(t.publishedAt, t.id),
    index('published_listing_price').on(t.kind, t.price, t.id),
  ],
);

export const listingStatuses = ['draft', 'published', 'withdrawn'] as const;
export type ListingStatus = (typeof listingStatuses)[number];

/** 导入任务: one uploaded file and what became of it. The file is sealed: it can hold ID numbers. */
export const importJob = pgTable(
  'import_job',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    sheet: text().notNull(),
    fileHash: text('file_hash').notNull(),
    /** Gone once every row was taken; kept while an error workbook may be asked for. */
    sealedFile: sealed('sealed_file'),
    isDryRun: boolean('is_dry_run').notNull(),
    takesPartly: boolean('takes_partly').notNull(),
    publishes: boolean().notNull(),
    status: text().notNull().$type<ImportStatus>(),
    requestedBy: text('requested_by').notNull(),
    /** Set when a party uploads for itself: only rows that it owns are taken. */
    onlyOwnerId: uuid('only_owner_id'),
    rowsRead: integer('rows_read').notNull().default(0),
    counts: jsonb().$type<ImportCounts>(),
    warnings: jsonb().$type<Text[]>(),
    failure: jsonb().$type<Text>(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    finishedAt: timestamp('finished_at', { withTimezone: true }),
  },
  (t) => [index('import_job_file').on(t.fileHash, t.sheet), index('import_job_region').on(t.region, t.id)],
);

export const importStatuses = ['queued', 'running', 'done', 'refused', 'failed'] as const;
export type ImportStatus = (typeof importStatuses)[number];

export interface ImportCounts {
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
}

/** One wrong cell of an import. Says the row, the column and how to mend it, never the value. */
export const importProblem = pgTable(
  'import_problem',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    importId: uuid('import_id')
      .notNull()
      .references(() => importJob.id, { onDelete: 'cascade' }),
    rowNumber: integer('row_number').notNull(),
    column: text('column_name').notNull(),
    cell: text().notNull(),
    code: text().notNull(),
    message: jsonb().notNull().$type<Text>(),
  },
  (t) => [index('import_problem_import').on(t.importId, t.rowNumber, t.id)],
);
