import { sql } from 'drizzle-orm';
import {
  customType,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { ListId } from '../lists/index.ts';
import { bytea, region } from '../platform/database.ts';
import type { PublicationState } from './machine.ts';

/** 清单发布: one list of a division as it stood on a day. Everybody reads it once it was published. */
export const listPublication = pgTable(
  'list_publication',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    list: text().notNull().$type<ListId>(),
    state: text().notNull().$type<PublicationState>(),
    /** 第几版, counted for each list and division; given when it is published. */
    number: integer(),
    /** The day of the snapshot. */
    asOf: date('as_of').notNull(),
    entryCount: integer('entry_count').notNull(),
    /** SHA-256 over all entries: what is reviewed is what is published. */
    entriesHash: text('entries_hash').notNull(),
    /** Keys and mandates, never names of people. The divisions stand beside them; '' is the whole country. */
    author: text().notNull(),
    authorRegion: region('author_region').notNull(),
    approver: text(),
    approverRegion: region('approver_region'),
    /** Why it was returned. */
    reasons: text(),
    /** The text that was signed, and with which key: it can be verified when the key has long been replaced. */
    signedText: text('signed_text'),
    signature: bytea(),
    publicKey: text('public_key'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    publishedAt: timestamp('published_at', { withTimezone: true }),
  },
  (t) => [
    uniqueIndex('list_publication_number').on(t.region, t.list, t.number),
    // One stands; the one before is superseded.
    uniqueIndex('list_publication_standing')
      .on(t.region, t.list)
      .where(sql`state = 'published'`),
  ],
);

/** One line of a publication: public fields only, kept as they were. */
export const publicationEntry = pgTable(
  'publication_entry',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    publicationId: uuid('publication_id')
      .notNull()
      .references(() => listPublication.id, { onDelete: 'cascade' }),
    /** The same from one version to the next. */
    subject: text().notNull(),
    listingId: uuid('listing_id'),
    listingVersion: integer('listing_version'),
    content: jsonb().notNull().$type<Record<string, unknown>>(),
    contentHash: text('content_hash').notNull(),
  },
  (t) => [
    uniqueIndex('publication_entry_subject').on(t.publicationId, t.subject),
    index('publication_entry_page').on(t.publicationId, t.id),
  ],
);

const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' });

/**
 * What happened last to a public listing, written by a trigger on it. It has no content: whoever reads it reads the listing. One
 * row a listing, so that a reader who begins at the start hears each once.
 */
export const listingChange = pgTable(
  'listing_change',
  {
    /** That of the listing. */
    id: uuid().primaryKey(),
    change: text().notNull().$type<ListingChange>(),
    /** Rows are read once every older transaction has ended: none can appear before what was read. */
    transactionId: xid8('transaction_id').notNull(),
  },
  (t) => [index('listing_change_order').on(t.transactionId, t.id)],
);

export const listingChanges = ['published', 'changed', 'withdrawn'] as const;
export type ListingChange = (typeof listingChanges)[number];
