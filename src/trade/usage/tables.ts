import { sql } from 'drizzle-orm';
import { bigint, date, index, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { region } from '../../platform/database.ts';
import type { IntendedUse } from '../../vocabulary/land-use.ts';
import type { Role } from '../../vocabulary/permissions.ts';
import type { AlertKind, FoundUse } from './find-alerts.ts';

/** Of one deal, and seen by both its sides wherever they are. */
const ofDeal = () => ({
  id: uuid().primaryKey(),
  region: region().notNull(),
  dealId: uuid('deal_id').notNull(),
  partyIds: uuid('party_ids').array().notNull(),
});
const instant = (name: string) => timestamp(name, { withTimezone: true });

/** 收款: money that came, as who received it or an official says. Added once, never changed: what was wrong is taken back by another. */
export const rentPayment = pgTable(
  'rent_payment',
  {
    ...ofDeal(),
    /** Below nothing when it takes another back. */
    amountFen: bigint('amount_fen', { mode: 'number' }).notNull(),
    paidOn: date('paid_on').notNull(),
    reference: text().notNull(),
    reversesId: uuid('reverses_id'),
    byRole: text('by_role').notNull().$type<Role>(),
    recordedAt: instant('recorded_at').notNull(),
  },
  (t) => [index('rent_payment_page').on(t.dealId, t.id), uniqueIndex('rent_payment_reversed_once').on(t.reversesId)],
);

/** 巡查: how a resource is used after its deal. Added once, never changed. */
export const usageCheckIn = pgTable(
  'usage_check_in',
  {
    ...ofDeal(),
    found: text().notNull().$type<FoundUse>(),
    /** What it is used for instead, if that is seen. */
    useFound: text('use_found').$type<IntendedUse>(),
    note: text(),
    /** SHA-256 of a photo in hexadecimal; the photo stays with whoever took it. */
    photoSha256: text('photo_sha256'),
    byRole: text('by_role').notNull().$type<Role>(),
    at: instant('at').notNull(),
  },
  (t) => [index('usage_check_in_page').on(t.dealId, t.id)],
);

/** 使用预警: what officials must look after. One of a kind stands at a time; it is closed once what it tells of is mended. */
export const usageAlert = pgTable(
  'usage_alert',
  {
    ...ofDeal(),
    kind: text().notNull().$type<AlertKind>(),
    since: date().notNull(),
    amountFen: bigint('amount_fen', { mode: 'number' }),
    checkInId: uuid('check_in_id'),
    raisedAt: instant('raised_at').notNull(),
    closedAt: instant('closed_at'),
  },
  (t) => [
    uniqueIndex('usage_alert_standing')
      .on(t.dealId, t.kind)
      .where(sql`closed_at is null`),
    index('usage_alert_region').on(t.region, t.id),
    index('usage_alert_parties').using('gin', t.partyIds),
    index('usage_alert_check_in').on(t.checkInId),
  ],
);
