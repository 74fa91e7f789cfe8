import { integer, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytea, region } from '../database.ts';
import type { SuiteName } from './suites.ts';

/**
 * Random keys of a county, each wrapped by the key-encryption key: whoever reads this table can open nothing. `seal` keys are
 * replaced by rotation; the `index` key stays, because what it made is looked up by equality.
 */
export const countyKey = pgTable(
  'county_key',
  {
    id: uuid().primaryKey(),
    /** The county itself. */
    region: region().notNull(),
    purpose: text().notNull().$type<'seal' | 'index'>(),
    version: integer().notNull(),
    suite: text().notNull().$type<SuiteName>(),
    wrapped: bytea().notNull(),
    /** Which key-encryption key opens `wrapped`: a fingerprint, not the key. */
    kekId: text('kek_id').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    /** Since when nothing is sealed with it any more. */
    retiredAt: timestamp('retired_at', { withTimezone: true }),
  },
  (t) => [uniqueIndex('county_key_version').on(t.region, t.purpose, t.version)],
);
