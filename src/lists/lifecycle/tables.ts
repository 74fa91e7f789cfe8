import { date, index, integer, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { region } from '../../platform/database.ts';
import type { Role } from '../../vocabulary/permissions.ts';
import type { CollectiveDecision } from '../kinds/index.ts';
import { listing } from '../tables.ts';
import type { ListingAction, ListingStatus } from './states.ts';
import type { MachineId } from './step-listing.ts';
import type { TradeTerms } from './trade-terms.ts';

/** 流转记录: one step of a listing's way. Added once, never changed; it goes with its listing. */
export const listingTransition = pgTable(
  'listing_transition',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    listingId: uuid('listing_id')
      .notNull()
      .references(() => listing.id, { onDelete: 'cascade' }),
    /** The edition of the way by which it was taken. */
    machine: text().notNull().$type<MachineId>(),
    action: text().notNull().$type<ListingAction>(),
    from: text('from_status').notNull().$type<ListingStatus>(),
    to: text('to_status').notNull().$type<ListingStatus>(),
    /** Who, by what he is and never by name; the trail knows the key. */
    byRole: text('by_role').notNull().$type<TransitionRole>(),
    /** In words of whoever acted. */
    reason: text(),
    at: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [index('listing_transition_listing').on(t.listingId, t.at, t.id)],
);

export type TransitionRole = Role | 'system';

/** 集体决议: without it an asset of a collective is not published. */
export const collectiveDecision = pgTable(
  'collective_decision',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    listingId: uuid('listing_id')
      .notNull()
      .references(() => listing.id, { onDelete: 'cascade' }),
    heldOn: date('held_on').notNull(),
    body: text().notNull().$type<CollectiveDecision['body']>(),
    due: integer().notNull(),
    present: integer().notNull(),
    inFavour: integer('in_favour').notNull(),
    minutes: text().notNull(),
    publicityFrom: date('publicity_from'),
    publicityTo: date('publicity_to'),
  },
  (t) => [uniqueIndex('collective_decision_listing').on(t.listingId)],
);

/** 交易规则 of a county, from a day on. */
export const tradePolicy = pgTable(
  'trade_policy',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    validFrom: date('valid_from').notNull(),
    source: text().notNull(),
    terms: jsonb().notNull().$type<TradeTerms>(),
    /** Counts what the county has laid down. */
    version: integer().notNull(),
  },
  (t) => [uniqueIndex('trade_policy_day').on(t.region, t.validFrom)],
);

/** 信息已失效: somebody says that a listing is no longer true. */
export const outdatedReport = pgTable(
  'outdated_report',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    listingId: uuid('listing_id')
      .notNull()
      .references(() => listing.id, { onDelete: 'cascade' }),
    /** A key, a party or a person by id, never by name. */
    reporter: text().notNull(),
    at: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [
    uniqueIndex('outdated_report_once').on(t.listingId, t.reporter),
    index('outdated_report_reporter').on(t.reporter, t.at),
  ],
);
