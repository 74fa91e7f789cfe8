import {
  bigint,
  boolean,
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
import { sql } from 'drizzle-orm';
import { region } from '../platform/database.ts';
import type { Text } from '../vocabulary/text.ts';

/**
 * 撮合方案: one order × site(s) × people, put to the parties. It binds nobody (R02): agreements come from consent.
 * Seen by officials of every division it touches and by the legal persons in `partyIds`.
 */
export const proposal = pgTable(
  'proposal',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    roundId: uuid('round_id').notNull(),
    orderId: uuid('order_id').notNull(),
    status: text().notNull().$type<ProposalStatus>(),
    /** Divisions: that of the order first, then those of its sites. */
    touches: text().array().notNull(),
    partyIds: uuid('party_ids').array().notNull(),
    /** Of the order's quantity: 1, 0.75 or 0.5. */
    share: doublePrecision().notNull(),
    startWeek: integer('start_week').notNull(),
    startsOn: date('starts_on').notNull(),
    endsOn: date('ends_on').notNull(),
    valueFen: doublePrecision('value_fen').notNull(),
    breakdown: jsonb().notNull().$type<Record<string, number>>(),
    reasons: jsonb().notNull().$type<ProposalReason[]>(),
    /** Permits that the use of the land needs first (◐ of the land-use matrix). */
    conditions: jsonb().notNull().$type<{ rule: string; text: Text }[]>(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    // One live proposal an order: a later round replaces it.
    uniqueIndex('proposal_open_order')
      .on(t.orderId)
      .where(sql`status = 'proposed'`),
    index('proposal_round').on(t.roundId, t.id),
    index('proposal_region').on(t.region, t.id),
    index('proposal_parties').using('gin', t.partyIds),
  ],
);

export interface ProposalReason extends Text {
  /** For whoever sees the proposal. The others, terms of its worth, would tell what the order earns. */
  isOpen?: boolean;
}

export const proposalStatuses = ['proposed', 'superseded', 'outdated'] as const;
export type ProposalStatus = (typeof proposalStatuses)[number];

/** 分包: the part of an order on one site. `labour` says how many people and hours, not who. */
export const proposalLot = pgTable(
  'proposal_lot',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    proposalId: uuid('proposal_id')
      .notNull()
      .references(() => proposal.id, { onDelete: 'cascade' }),
    siteId: uuid('site_id').notNull(),
    partyIds: uuid('party_ids').array().notNull(),
    isHome: boolean('is_home').notNull(),
    labour: jsonb().notNull().$type<{ skill: string; people: number; hoursPerWeek: number; isHome: boolean }[]>(),
    wageFen: bigint('wage_fen', { mode: 'number' }).notNull(),
  },
  (t) => [index('proposal_lot_proposal').on(t.proposalId), index('proposal_lot_site').on(t.siteId)],
);

/** Who is proposed for which hours. Seen by officials only until the person has accepted. */
export const proposalLabour = pgTable(
  'proposal_labour',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    lotId: uuid('lot_id')
      .notNull()
      .references(() => proposalLot.id, { onDelete: 'cascade' }),
    workerId: uuid('worker_id').notNull(),
    skill: text().notNull(),
    hoursPerWeek: integer('hours_per_week').notNull(),
    isHome: boolean('is_home').notNull(),
  },
  (t) => [index('proposal_labour_lot').on(t.lotId), index('proposal_labour_worker').on(t.workerId)],
);
