import { sql } from 'drizzle-orm';
import { date, index, integer, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytea, region } from '../platform/database.ts';
import type { Text } from '../vocabulary/text.ts';
import type { StoredPriceTag } from './describe-tags.ts';
import type { RoundSummary } from './summary.ts';
import type { Change, RuleAccount, UnmatchedCause } from './engine/index.ts';
import type { ListingPatch } from './near-miss-patch.ts';

/**
 * 撮合轮次: one run of the engine over a county. At most one is queued and one runs in a county: a wake-up while a round
 * runs leaves a queued one behind, and a queued one absorbs all further wake-ups because it has not read anything yet.
 */
export const round = pgTable(
  'round',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    status: text().notNull().$type<RoundStatus>(),
    /** `change`: the lists changed; `request`: somebody asked. */
    cause: text().notNull().$type<'change' | 'request'>(),
    requestedBy: text('requested_by').notNull(),
    /** The day that week 0 begins with. */
    asOf: date('as_of').notNull(),
    seed: integer().notNull(),
    moves: integer(),
    policy: jsonb().notNull().$type<Record<string, unknown>>(),
    /** Fences off a worker that was thought dead: only the newest attempt may record. */
    attempt: integer().notNull().default(0),
    stage: text(),
    progressDone: integer('progress_done').notNull().default(0),
    progressOf: integer('progress_of').notNull().default(0),
    engine: text(),
    inputHash: text('input_hash'),
    /** Gzipped scenario: with seed and moves it re-explains the round a year later. No names, no numbers of persons. */
    scenario: bytea(),
    summary: jsonb().$type<RoundSummary>(),
    /** What one more person or site would be worth, dearest first; null in rounds that did not count it. */
    priceTags: jsonb('price_tags').$type<StoredPriceTag[]>(),
    failure: jsonb().$type<Text>(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    startedAt: timestamp('started_at', { withTimezone: true }),
    finishedAt: timestamp('finished_at', { withTimezone: true }),
  },
  (t) => [
    uniqueIndex('round_one_queued')
      .on(t.region)
      .where(sql`status = 'queued'`),
    uniqueIndex('round_one_running')
      .on(t.region)
      .where(sql`status in ('running', 'cancelling')`),
    index('round_region').on(t.region, t.id),
  ],
);

export const roundStatuses = ['queued', 'running', 'cancelling', 'done', 'cancelled', 'failed'] as const;
export type RoundStatus = (typeof roundStatuses)[number];

/** Why an order, site or worker was not used in a round. */
export const unmatched = pgTable(
  'unmatched',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    roundId: uuid('round_id')
      .notNull()
      .references(() => round.id, { onDelete: 'cascade' }),
    subject: text().notNull().$type<'order' | 'site' | 'worker'>(),
    listingId: uuid('listing_id').notNull(),
    /** The legal person whose order or site it is: it may read why, too. */
    ownerId: uuid('owner_id'),
    cause: text().notNull().$type<UnmatchedCause>(),
    account: jsonb().notNull().$type<UnmatchedAccount>(),
  },
  (t) => [
    index('unmatched_round').on(t.roundId, t.subject, t.id),
    index('unmatched_listing').on(t.listingId, t.roundId),
  ],
);

/** The engine's account of why, with names in place of ids, and each hint with the request that would apply it. */
export interface UnmatchedAccount {
  reasons: Text[];
  rules: RuleAccount[];
  lostTo: string[];
  nearMisses: { change: Change; text: Text; apply: ListingPatch | null }[];
}
