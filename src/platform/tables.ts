// The platform's own tables. They hold no business content and therefore stand outside row-level security: `outbox` holds
// identities, `audit_seal` and `audit_checkpoint` hashes. `audit_entry` is read through a policy of its own.

import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytea, region } from './database.ts';

/** One row per event and reaction, written in the transaction of the effect it tells of. */
export const outbox = pgTable(
  'outbox',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    event: text().notNull(),
    reaction: text().notNull(),
    region: region().notNull(),
    payload: jsonb().notNull().$type<Record<string, string>>(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    /** Not offered to the queue before this instant: how a change waits for the lists to become quiet. */
    availableAt: timestamp('available_at', { withTimezone: true }).notNull().defaultNow(),
    sentAt: timestamp('sent_at', { withTimezone: true }),
    doneAt: timestamp('done_at', { withTimezone: true }),
    attempts: integer().notNull().default(0),
    lastError: text('last_error'),
    /** Set when the reaction failed so often that a person must look. */
    parkedAt: timestamp('parked_at', { withTimezone: true }),
  },
  (t) => [
    index('outbox_undone')
      .on(t.availableAt)
      .where(sql`${t.doneAt} is null and ${t.parkedAt} is null`),
  ],
);

/**
 * The answer to a POST with an Idempotency-Key, written in the transaction of its effect (http/idempotency.ts). Nothing here can
 * be found or opened without the key that only the caller has.
 */
export const idempotencyKey = pgTable(
  'idempotency_key',
  {
    id: bytea().primaryKey(),
    /** Of what was asked, and for whom. */
    fingerprint: bytea().notNull(),
    /** Null once a visitor came with the key and other content. */
    sealedAnswer: bytea('sealed_answer'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  },
  (t) => [index('idempotency_key_created').on(t.createdAt)],
);

/**
 * One row per changed business row, written by triggers only, and one per reading of personal data (`recordRead`).
 * `changed` holds no personal column. Ids follow the order of changes of one row: the later change waited for the earlier.
 */
export const auditEntry = pgTable(
  'audit_entry',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: timestamp({ withTimezone: true }).notNull().defaultNow(),
    transactionId: bigint('transaction_id', { mode: 'bigint' })
      .notNull()
      .default(sql`pg_current_xact_id()::text::bigint`),
    table: text('table_name').notNull(),
    rowId: uuid('row_id').notNull(),
    region: region().notNull(),
    operation: text().notNull().$type<AuditOperation>(),
    actor: text().notNull(),
    requestId: text('request_id').notNull(),
    changed: jsonb().notNull().$type<Record<string, unknown>>(),
  },
  (t) => [
    index('audit_entry_row').on(t.rowId, t.id),
    index('audit_entry_region').on(t.region, t.id),
    index('audit_entry_actor').on(t.actor, t.id),
  ],
);

export const auditOperations = ['insert', 'update', 'delete', 'read'] as const;
export type AuditOperation = (typeof auditOperations)[number];

/**
 * One link of the chain over the audit trail: every entry with an id above the last of the seal before, up to its own last.
 * `hash` covers the digests of those entries and the hash of the seal before (src/platform/audit/canonical.ts). The digests
 * are kept so that a verifier can name the entry that was touched, not only the seal.
 */
export const auditSeal = pgTable(
  'audit_seal',
  {
    number: bigint({ mode: 'number' }).primaryKey(),
    firstEntryId: bigint('first_entry_id', { mode: 'number' }).notNull(),
    lastEntryId: bigint('last_entry_id', { mode: 'number' }).notNull(),
    entries: integer().notNull(),
    entryIds: bigint('entry_ids', { mode: 'number' }).array().notNull(),
    entryDigests: bytea('entry_digests').array().notNull(),
    hash: bytea().notNull(),
    sealedAt: timestamp('sealed_at', { withTimezone: true }).notNull(),
  },
  (t) => [uniqueIndex('audit_seal_last_entry').on(t.lastEntryId)],
);

/** A signature over the chain up to a seal. It also stands in a file outside of the database. */
export const auditCheckpoint = pgTable('audit_checkpoint', {
  sealNumber: bigint('seal_number', { mode: 'number' }).primaryKey(),
  hash: bytea().notNull(),
  at: timestamp({ withTimezone: true }).notNull(),
  /** Of the public key that the signature is checked with. */
  keyId: text('key_id').notNull(),
  signature: bytea().notNull(),
});
