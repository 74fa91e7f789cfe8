import { sql, type SQL } from 'drizzle-orm';
import { date, index, integer, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { region, sealed } from '../platform/database.ts';
import type { PartyKind } from '../vocabulary/party-kinds.ts';

/** 主体: a legal person. A village has at least two (CONVENTIONS 2.1): contracts and money belong to the collective. */
export const party = pgTable(
  'party',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    kind: text().notNull().$type<PartyKind>(),
    /** The role of whoever acts for it; null for public bodies: their officials act for a division. Keys and mandates refer to it. */
    actsAs: text('acts_as')
      .generatedAlwaysAs(
        (): SQL => sql`case when kind in ('collective', 'village-committee') then 'collective'
                            when kind in ('enterprise', 'sole-trader', 'cooperative', 'social-org') then 'enterprise' end`,
      )
      .$type<'enterprise' | 'collective'>(),
    name: text().notNull(),
    uscc: text().notNull(),
    /** An office and its phone, never a person; not part of the public register. */
    contactOffice: text('contact_office').notNull(),
    contactPhone: text('contact_phone').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [uniqueIndex('party_uscc').on(t.uscc), uniqueIndex('party_acts_as').on(t.id, t.actsAs)],
);

/**
 * 村民: who a worker is, and what is sensitive about him. The only table with personal data; all of it is sealed. After an
 * erasure the row stays as a meaningless id, for what refers to it.
 */
export const person = pgTable(
  'person',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    /** JSON of `Identity`; null once erased. */
    sealed: sealed(),
    /** Keyed hash of the ID number, per county: finds the same person again without opening anything. Null once erased. */
    idNumberIndex: text('id_number_index'),
    /** The same of the phone, which one household shares: many people may have one (CONVENTIONS 2.4). */
    phoneIndex: text('phone_index'),
    /** Counts changes of what is sealed: a correction of what was read meanwhile by another is refused. */
    version: integer().notNull().default(1),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
    erasedAt: timestamp('erased_at', { withTimezone: true }),
    erasedFor: text('erased_for').$type<ErasureReason>(),
  },
  (t) => [uniqueIndex('person_id_number').on(t.idNumberIndex), index('person_phone').on(t.phoneIndex)],
);

export const erasureReasons = [
  /** 本人申请 */
  'asked-by-person',
  /** 撤回同意 */
  'consent-withdrawn',
  /** 误录 */
  'recorded-in-error',
  /** 保存期限届满 */
  'retention',
] as const;
export type ErasureReason = (typeof erasureReasons)[number];

/** 同意记录: that a person agreed to be listed and matched: to which text, how, and until when. */
export const consent = pgTable(
  'consent',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    personId: uuid('person_id')
      .notNull()
      .references(() => person.id),
    textVersion: text('text_version').notNull(),
    channel: text().notNull().$type<ConsentChannel>(),
    /** The post of who helped (网格员), never a name. */
    assistedBy: text('assisted_by'),
    givenOn: date('given_on').notNull(),
    withdrawnOn: date('withdrawn_on'),
    /** Actor of the audit trail. */
    recordedBy: text('recorded_by').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [uniqueIndex('consent_given').on(t.personId, t.givenOn, t.textVersion, t.channel)],
);

export const consentChannelCodes = ['self', 'assisted', 'paper'] as const;
export type ConsentChannel = (typeof consentChannelCodes)[number];

/** 明文查阅: that somebody was shown a person's clear values, what for. The audit trail has the reading itself. */
export const disclosure = pgTable(
  'disclosure',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    personId: uuid('person_id')
      .notNull()
      .references(() => person.id),
    purpose: text().notNull().$type<DisclosurePurpose>(),
    /** Typed by a person about a person, so it is sealed too; null once the person was erased. */
    note: sealed(),
    disclosedTo: text('disclosed_to').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [index('disclosure_person').on(t.personId, t.id)],
);

export const disclosurePurposes = [
  /** 用工联系 */
  'arrange-work',
  /** 工资发放 */
  'pay-wages',
  /** 核对身份 */
  'verify-identity',
  /** 更正记录 */
  'correct-record',
  /** 本人申请 */
  'asked-by-person',
  /** 监督检查 */
  'inspection',
] as const;
export type DisclosurePurpose = (typeof disclosurePurposes)[number];
