import { date, doublePrecision, index, pgTable, text } from 'drizzle-orm/pg-core';
import { region } from '../platform/database.ts';

/**
 * 区划: province to village, by statistical code (GB/T 2260 and the bureau's 12 digits). Public reference data, outside
 * row-level security. A merged or split division keeps its row with `validTo` and names its successor.
 */
export const division = pgTable(
  'division',
  {
    code: region().primaryKey(),
    parentCode: region('parent_code'),
    officialName: text('official_name').notNull(),
    shortName: text('short_name').notNull(),
    aliases: text().array().notNull(),
    pinyin: text().notNull(),
    initials: text().notNull(),
    lng: doublePrecision().notNull(),
    lat: doublePrecision().notNull(),
    /** `synthetic`: made inside the real outline because no public source has village coordinates. */
    coordSource: text('coord_source').notNull(),
    validFrom: date('valid_from').notNull(),
    validTo: date('valid_to'),
    successorCode: region('successor_code'),
  },
  (t) => [index('division_parent').on(t.parentCode, t.code)],
);

export type Division = typeof division.$inferSelect;
