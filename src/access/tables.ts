import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, smallint, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { region, sealed } from '../platform/database.ts';
import type { Permission, Role } from '../vocabulary/permissions.ts';

/** A key of a person or system that calls the API. Only its SHA-256 is kept: whoever reads this table can call nothing. */
export const apiKey = pgTable(
  'api_key',
  {
    id: uuid().primaryKey(),
    /** Of the division the key acts for; '0' for the platform itself. */
    region: region().notNull(),
    /** Whoever holds the key; the same through every rotation. */
    clientId: uuid('client_id').notNull(),
    /** 1 or 2: a client has at most two live keys, the old and the new one of a rotation. */
    slot: smallint().notNull().default(1),
    prefix: text().notNull(),
    hash: text().notNull(),
    label: text().notNull(),
    role: text().notNull().$type<Role>(),
    /** Empty: all that the role may do. */
    scopes: text()
      .array()
      .notNull()
      .default(sql`'{}'`)
      .$type<Permission[]>(),
    /** CIDR ranges it may be used from; empty: anywhere. */
    ipRanges: text('ip_ranges')
      .array()
      .notNull()
      .default(sql`'{}'`),
    divisionCode: region('division_code'),
    partyId: uuid('party_id'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp('expires_at', { withTimezone: true }),
    revokedAt: timestamp('revoked_at', { withTimezone: true }),
  },
  (t) => [
    uniqueIndex('api_key_hash').on(t.hash),
    uniqueIndex('api_key_two_live')
      .on(t.clientId, t.slot)
      .where(sql`${t.revokedAt} is null`),
    index('api_key_region').on(t.region, t.id),
    check('api_key_slot', sql`${t.slot} in (1, 2)`),
    check('api_key_auditor_expires', sql`${t.role} <> 'auditor' or ${t.expiresAt} is not null`),
  ],
);

/** When a key was last used, to the minute. Beside the keys, because it is no business of the audit trail. */
export const apiKeyUse = pgTable('api_key_use', {
  keyId: uuid('key_id').primaryKey(),
  lastUsedAt: timestamp('last_used_at', { withTimezone: true }).notNull(),
});

/** 委托书: who acts for whom, in which matters, how long (农村土地经营权流转管理办法 art. 8: matter, authority, term). */
export const mandate = pgTable(
  'mandate',
  {
    id: uuid().primaryKey(),
    /** The division it counts in. */
    region: region().notNull(),
    /** As whom the delegate acts: `enterprise` or `collective` for a party, `household` for a person. */
    grantorRole: text('grantor_role').notNull().$type<GrantorRole>(),
    grantorPartyId: uuid('grantor_party_id'),
    grantorPersonId: uuid('grantor_person_id'),
    /** A principal's `identity`. */
    delegate: text().notNull(),
    matters: text().array().notNull().$type<Permission[]>(),
    /** For this listing alone: it lets the delegate conclude about it, and act as the grantor in nothing. */
    listingId: uuid('listing_id'),
    validFrom: timestamp('valid_from', { withTimezone: true }).notNull(),
    validTo: timestamp('valid_to', { withTimezone: true }).notNull(),
    /** Where the signed paper is kept. */
    proof: text().notNull(),
    recordedBy: text('recorded_by').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    revokedAt: timestamp('revoked_at', { withTimezone: true }),
  },
  (t) => [
    index('mandate_region').on(t.region, t.id),
    index('mandate_listing').on(t.listingId),
    check('mandate_term', sql`${t.validTo} > ${t.validFrom}`),
    check(
      'mandate_grantor',
      sql`(${t.grantorRole} = 'household') = (${t.grantorPersonId} is not null)
          and (${t.grantorRole} <> 'household') = (${t.grantorPartyId} is not null)`,
    ),
  ],
);

export const grantorRoles = ['enterprise', 'collective', 'household'] as const;
export type GrantorRole = (typeof grantorRoles)[number];

/** A caller from elsewhere may act in this division: an enterprise of three counties, an alliance (党建联盟) over villages. */
export const divisionGrant = pgTable(
  'division_grant',
  {
    id: uuid().primaryKey(),
    /** The division it opens. */
    region: region().notNull(),
    /** A principal's `identity`; or else the party whose every caller is meant. */
    grantee: text(),
    granteePartyId: uuid('grantee_party_id'),
    permissions: text().array().notNull().$type<Permission[]>(),
    validFrom: timestamp('valid_from', { withTimezone: true }).notNull(),
    validTo: timestamp('valid_to', { withTimezone: true }).notNull(),
    recordedBy: text('recorded_by').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    revokedAt: timestamp('revoked_at', { withTimezone: true }),
  },
  (t) => [
    index('division_grant_region').on(t.region, t.id),
    index('division_grant_grantee').on(t.grantee),
    index('division_grant_party').on(t.granteePartyId),
    check('division_grant_term', sql`${t.validTo} > ${t.validFrom}`),
    check('division_grant_one_grantee', sql`(${t.grantee} is null) <> (${t.granteePartyId} is null)`),
  ],
);

/** A one-time code that somebody asked for. Region '0': before it is used nobody knows whose it is. */
export const smsCode = pgTable(
  'sms_code',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    /** Keyed hashes: enough to count and to find again. */
    phoneIndex: text('phone_index').notNull(),
    addressIndex: text('address_index').notNull(),
    /** JSON { phone, code? }; gone once the message was sent or there is nobody to send it to. */
    sealed: sealed(),
    /** Keyed hash; null until the phone was found to belong to somebody. */
    codeIndex: text('code_index'),
    divisionCode: region('division_code'),
    personIds: uuid('person_ids')
      .array()
      .notNull()
      .default(sql`'{}'`),
    attempts: integer().notNull().default(0),
    requestedAt: timestamp('requested_at', { withTimezone: true }).notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    usedAt: timestamp('used_at', { withTimezone: true }),
  },
  (t) => [
    index('sms_code_phone').on(t.phoneIndex, t.requestedAt),
    index('sms_code_address').on(t.addressIndex, t.requestedAt),
    check('sms_code_attempts', sql`${t.attempts} between 0 and 5`),
  ],
);

/** A household that signed in by a code. The token's hash is kept, like that of a key. */
export const householdSession = pgTable(
  'household_session',
  {
    id: uuid().primaryKey(),
    region: region().notNull(),
    tokenHash: text('token_hash').notNull(),
    personIds: uuid('person_ids').array().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    endedAt: timestamp('ended_at', { withTimezone: true }),
  },
  (t) => [uniqueIndex('household_session_token').on(t.tokenHash)],
);

/** When a session was last used, to the minute. Beside the sessions, because it is no business of the audit trail. */
export const householdSessionUse = pgTable('household_session_use', {
  sessionId: uuid('session_id').primaryKey(),
  lastUsedAt: timestamp('last_used_at', { withTimezone: true }).notNull(),
});

/** What a gateway would have sent, where there is none (LOCAL_OUTBOX). Sealed all the same: codes are secrets. */
export const localMessage = pgTable('local_message', {
  id: uuid().primaryKey(),
  region: region().notNull(),
  /** JSON { phone, text } */
  sealed: sealed().notNull(),
  sentAt: timestamp('sent_at', { withTimezone: true }).notNull(),
});
