import { sql, type SQL } from 'drizzle-orm';
import {
  bigint,
  boolean,
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
import { region, sealed } from '../platform/database.ts';
import type { IntendedUse } from '../vocabulary/land-use.ts';
import type { BiddingState } from './bidding-machine.ts';
import type { NegotiationState, Side } from './negotiation-machine.ts';
import type { Condition } from './terms.ts';
import type { DealState } from './usage/use-machine.ts';

/** Who sees a row: both sides, wherever they are, beside the officials of the resource's division. */
const partyIds = () => uuid('party_ids').array().notNull();
const instant = (name: string) => timestamp(name, { withTimezone: true });

/** What is agreed on, in each table that says so. */
const terms = () => ({
  intendedUse: text('intended_use').$type<IntendedUse>(),
  startsOn: date('starts_on').notNull(),
  endsOn: date('ends_on').notNull(),
  pieces: integer().notNull(),
});

/** For the whole term, paid in so many equal parts: sums stay integers of 分. */
const price = () => ({
  priceFen: bigint('price_fen', { mode: 'number' }).notNull(),
  instalments: integer().notNull(),
});

/** 协议流转: somebody asks for a published resource, and both sides come to terms or part. */
export const negotiation = pgTable(
  'negotiation',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    listingId: uuid('listing_id').notNull(),
    sellerId: uuid('seller_id').notNull(),
    buyerId: uuid('buyer_id').notNull(),
    partyIds: partyIds(),
    state: text().notNull().$type<NegotiationState>(),
    turn: text().notNull().$type<Side>(),
    ...terms(),
    conditions: jsonb().notNull().$type<Condition[]>(),
    /** Until when the side whose turn it is may answer. */
    expiresAt: instant('expires_at').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    index('negotiation_region').on(t.region, t.id),
    index('negotiation_parties').using('gin', t.partyIds),
    index('negotiation_listing').on(t.listingId),
    index('negotiation_due')
      .on(t.expiresAt)
      .where(sql`state in ('inquired', 'offered')`),
  ],
);

/** 报价、还价: what one side offered, kept as it was. The last one stands. */
export const negotiationOffer = pgTable(
  'negotiation_offer',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    negotiationId: uuid('negotiation_id').notNull(),
    partyIds: partyIds(),
    number: integer().notNull(),
    side: text().notNull().$type<Side>(),
    /** Who made it: a mandate must be his. A key or mandate, never a name. */
    offeredBy: text('offered_by').notNull(),
    ...terms(),
    ...price(),
    expiresAt: instant('expires_at').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [uniqueIndex('negotiation_offer_number').on(t.negotiationId, t.number)],
);

/** 成交: what both sides consented to, whichever way they came to it. */
export const deal = pgTable(
  'deal',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    listingId: uuid('listing_id').notNull(),
    negotiationId: uuid('negotiation_id'),
    biddingId: uuid('bidding_id'),
    sellerId: uuid('seller_id').notNull(),
    buyerId: uuid('buyer_id').notNull(),
    partyIds: partyIds(),
    state: text().notNull().$type<DealState>(),
    ...terms(),
    ...price(),
    conditions: jsonb().notNull().$type<Condition[]>(),
    /** 委托书 of the household whose contracted land it is. */
    mandateId: uuid('mandate_id'),
    concludedAt: instant('concluded_at').notNull(),
    /** Which side asks to end it early, or asked, and why. */
    endingSide: text('ending_side').$type<Side>(),
    endingReason: text('ending_reason'),
    /** The last day of its use, and what ended it. */
    endedOn: date('ended_on'),
    endedBy: text('ended_by').$type<DealEnd>(),
  },
  (t) => [
    index('deal_region').on(t.region, t.id),
    index('deal_parties').using('gin', t.partyIds),
    index('deal_listing').on(t.listingId),
    index('deal_running')
      .on(t.id)
      .where(sql`state <> 'ended'`),
    uniqueIndex('deal_once').on(t.negotiationId),
    uniqueIndex('deal_once_bidden').on(t.biddingId),
  ],
);

/** 期满 · 双方协商 · 裁决. */
export const dealEnds = ['term', 'agreement', 'ruling'] as const;
export type DealEnd = (typeof dealEnds)[number];

/** Both days included; PostgreSQL answers with the last one excluded. */
const dateRange = customType<{ data: string }>({ dataType: () => 'daterange' });
/** Numbers of pieces, from 1. */
const pieceRange = customType<{ data: string }>({ dataType: () => 'int4range' });

/**
 * 占用: which pieces of a resource are taken from when to when. No piece is taken twice on a day: the table itself refuses it (an
 * exclusion constraint over listing, pieces and days). Everybody may read it, so it says nothing of the parties.
 */
export const resourceBooking = pgTable(
  'resource_booking',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    listingId: uuid('listing_id').notNull(),
    /** Who has it: a deal, or a bidding that may become one. */
    dealId: uuid('deal_id'),
    biddingId: uuid('bidding_id'),
    pieces: pieceRange().notNull(),
    during: dateRange().notNull(),
  },
  (t) => [index('resource_booking_deal').on(t.dealId), index('resource_booking_bidding').on(t.biddingId)],
);

/** 公开交易: a resource that whoever bids most may have. Everybody reads the notice and the result. */
export const bidding = pgTable(
  'bidding',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    county: region()
      .notNull()
      .generatedAlwaysAs((): SQL => sql`substr(region, 1, 6)`),
    listingId: uuid('listing_id').notNull(),
    sellerId: uuid('seller_id').notNull(),
    /** Who applied for it: a mandate must be his. A key or mandate, never a name. */
    appliedBy: text('applied_by').notNull(),
    state: text().notNull().$type<BiddingState>(),
    /** 第几次挂牌, and the one that failed before it. */
    attempt: integer().notNull(),
    previousId: uuid('previous_id'),
    ...terms(),
    instalments: integer().notNull(),
    reservePriceFen: bigint('reserve_price_fen', { mode: 'number' }).notNull(),
    depositFen: bigint('deposit_fen', { mode: 'number' }).notNull(),
    createdAt: instant('created_at').notNull(),
    noticedAt: instant('noticed_at'),
    closesAt: instant('closes_at'),
    /** 媒体公告: whether the policy in force at the notice asks for it, and in which medium it stood since when. */
    owesMediaNotice: boolean('owes_media_notice').notNull().default(false),
    medium: text(),
    mediaNoticedOn: date('media_noticed_on'),
    openedAt: instant('opened_at'),
    bidCount: integer('bid_count'),
    winnerId: uuid('winner_id'),
    winningFen: bigint('winning_fen', { mode: 'number' }),
    publicUntil: instant('public_until'),
    /** Why it was cancelled. */
    reason: text(),
    certificateYear: integer('certificate_year'),
    certificateSerial: integer('certificate_serial'),
    certifiedAt: instant('certified_at'),
  },
  (t) => [
    index('bidding_region').on(t.region, t.id),
    index('bidding_seller').on(t.sellerId),
    uniqueIndex('bidding_previous').on(t.previousId),
    uniqueIndex('bidding_certificate').on(t.county, t.certificateYear, t.certificateSerial),
    uniqueIndex('bidding_open')
      .on(t.listingId)
      .where(sql`state in ('applied', 'noticed', 'opened')`),
  ],
);

/** 竞买人: one registration, its deposit and its one bid, which nobody can read before the opening. */
export const bidder = pgTable(
  'bidder',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    biddingId: uuid('bidding_id').notNull(),
    partyId: uuid('party_id').notNull(),
    /** Alone until the opening; then the seller too. */
    partyIds: partyIds(),
    depositWay: text('deposit_way').notNull().$type<DepositWay>(),
    registeredAt: instant('registered_at').notNull(),
    isMember: boolean('is_member'),
    depositReference: text('deposit_reference'),
    depositConfirmedAt: instant('deposit_confirmed_at'),
    depositReturnReference: text('deposit_return_reference'),
    depositReturnedAt: instant('deposit_returned_at'),
    sealedBid: sealed('sealed_bid'),
    bidAt: instant('bid_at'),
    bidFen: bigint('bid_fen', { mode: 'number' }),
  },
  (t) => [
    uniqueIndex('bidder_once').on(t.biddingId, t.partyId),
    index('bidder_page').on(t.biddingId, t.id),
    index('bidder_parties').using('gin', t.partyIds),
  ],
);

export const depositWays = ['bank-transfer', 'bank-guarantee', 'cash'] as const;
export type DepositWay = (typeof depositWays)[number];

/** 异议 against a result in publicity. */
export const biddingObjection = pgTable(
  'bidding_objection',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    biddingId: uuid('bidding_id').notNull(),
    partyId: uuid('party_id').notNull(),
    partyIds: partyIds(),
    state: text().notNull().$type<ObjectionState>(),
    grounds: text().notNull(),
    ruling: text(),
    raisedAt: instant('raised_at').notNull(),
    ruledAt: instant('ruled_at'),
  },
  (t) => [index('bidding_objection_page').on(t.biddingId, t.id)],
);

export const objectionStates = ['raised', 'dismissed', 'upheld'] as const;
export type ObjectionState = (typeof objectionStates)[number];
