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
import type { ListingStatus } from './lifecycle/states.ts';
import type { MachineId } from './lifecycle/step-listing.ts';

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
    /** The edition of the way it goes: what was begun under one ends under it (lifecycle/). */
    machine: text().notNull().default('listing-v1').$type<MachineId>(),
    /** The last day of its publicity 公示, while it is in it. */
    publicityUntil: date('publicity_until'),
    /** 疑似失效: since when it is doubted that it still holds. */
    dormantSince: timestamp('dormant_since', { withTimezone: true }),
    /** When its owner last said that it holds: by writing, changing or renewing it. */
    confirmedAt: timestamp('confirmed_at', { withTimezone: true }).notNull().defaultNow(),
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
    /** `skill:packing`: what found listings are counted by; none of what is not public. */
    facets: text().array().notNull().default([]),
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
    index('listing_import').on(t.importId),
    index('listing_doubted')
      .on(t.region, t.id)
      .where(sql`dormant_since is not null`),
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
    facets: text().array().notNull().default([]),
    searchText: text('search_text').notNull(),
    /** All that a search asks for, and where the row stands in each order: see `public_terms` in the migrations. */
    terms: text().array().notNull(),
    publishedAt: timestamp('published_at', { withTimezone: true }).notNull(),
    /** Counted up as listings are published: the order of freshness. */
    number: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [
    // Without a pending list, which every search would have to read to its end.
    index('published_listing_terms').using('gin', t.terms).with({ fastupdate: false }),
    index('published_listing_position').using('gist', t.position),
    uniqueIndex('published_listing_number').on(t.number),
    index('published_listing_price').on(t.kind, t.price, t.id),
    // One of 64, drawn by its number: where the first thousand prices end, without counting them.
    index('published_listing_price_sample')
      .on(t.kind, t.price)
      .where(sql`number % 64 = 0`),
  ],
);

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

/** 保存的搜索: what somebody wants to hear of, asked again of whatever is published after it was saved. */
export const savedSearch = pgTable(
  'saved_search',
  {
    id: uuid().primaryKey(),
    /** That of who saved it; '0' is the whole country. */
    region: region().notNull(),
    /** Who: a caller's `identity`, which outlives his keys. */
    savedBy: text('saved_by').notNull(),
    name: text().notNull(),
    /** Parameters of a search, as they were sent. */
    query: jsonb().notNull().$type<Record<string, string>>(),
    /** The number of the last listing that was published before. */
    after: bigint({ mode: 'number' }).notNull(),
    /** When more was published at once than is told of. */
    overflowedAt: timestamp('overflowed_at', { withTimezone: true }),
    version: integer().notNull().default(1),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  },
  (t) => [index('saved_search_owner').on(t.savedBy, t.id)],
);

/** One listing that a saved search found when it was published. */
export const searchAlert = pgTable(
  'search_alert',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    savedSearchId: uuid('saved_search_id')
      .notNull()
      .references(() => savedSearch.id, { onDelete: 'cascade' }),
    savedBy: text('saved_by').notNull(),
    listingId: uuid('listing_id').notNull(),
    listingVersion: integer('listing_version').notNull(),
    /** Of the publication: told once, however often it is looked at. */
    number: bigint({ mode: 'number' }).notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    readAt: timestamp('read_at', { withTimezone: true }),
  },
  (t) => [
    uniqueIndex('search_alert_once').on(t.savedSearchId, t.number),
    index('search_alert_page').on(t.savedSearchId, t.id),
  ],
);
