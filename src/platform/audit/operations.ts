// The auditor's API: who saw or changed what, when, and what proves it. It tells columns and digests, never values: whoever
// audits sees that a row was changed, not what it says of anybody. These operations know no word of any room, so they stand
// with the platform, like those of health.

import { sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { divisionCodePattern, divisionLevels, divisionLevelOf, divisionRange } from '../../vocabulary/division-code.ts';
import type { Context } from '../context.ts';
import {
  decodeCursor,
  idSchema,
  momentSchema,
  operation,
  pageOf,
  pageQuery,
  toPage,
  type Operation,
  type Principal,
} from '../http/index.ts';
import { Problem } from '../problem.ts';
import { auditOperations } from '../tables.ts';
import { digestEntry, entryText, instantFormat, type EntryText } from './canonical.ts';

/** To the microsecond, as it was hashed and signed. */
const preciseInstant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/)
  .describe('An instant, to the microsecond, as it was hashed or signed');

const entrySchema = z
  .object({
    id: z.int(),
    at: preciseInstant.describe('When the transaction began, to the microsecond'),
    operation: z.enum(auditOperations).describe('`read`: personal data of the row was shown to the actor'),
    table: z.string(),
    rowId: z.uuid(),
    divisionCode: z.string().describe('The row’s division; `0` for rows of the platform itself'),
    actor: z.string().describe('`key:<prefix>` of a key, `system:<part>` of the service; never a person’s name'),
    requestId: z.string().describe('The request or job; the answer to it said so in x-request-id'),
    columns: z.array(z.string()).describe('Which columns were written; values are not shown'),
    purpose: z.string().nullable().describe('What personal data was shown for; null unless `read`'),
    digest: z.string().describe('SHA-256 of the entry, hexadecimal: the one that its seal covers'),
    sealNumber: z.int().nullable().describe('The seal that covers it; null while it is younger than the newest seal'),
  })
  .meta({ id: 'AuditEntry' });

const sealSchema = z
  .object({
    number: z.int(),
    firstEntryId: z.int(),
    lastEntryId: z.int(),
    entries: z.int().describe('How many entries it covers: every one above the seal before, up to its last'),
    hash: z.string().describe('SHA-256 over the digests of its entries and the hash of the seal before, hexadecimal'),
    sealedAt: preciseInstant,
  })
  .meta({ id: 'AuditSeal' });

const checkpointSchema = z
  .object({
    sealNumber: z.int(),
    hash: z.string().describe('Of that seal'),
    at: preciseInstant,
    keyId: z.string().describe('First 16 hexadecimal digits of the SHA-256 of the public key (SPKI, DER)'),
    signature: z.string().describe('Ed25519, base64'),
  })
  .meta({ id: 'AuditCheckpoint' });

const numberKey = z.tuple([z.int().positive()]);

const aHash = '5f1c0d6a3be24f7f9b0d0c1a8e7d6b5c4a39281706f5e4d3c2b1a09f8e7d6c5b';
const examples = {
  entry: {
    id: 1042,
    at: '2026-11-21T02:00:00.123456Z',
    operation: 'update' as const,
    table: 'listing',
    rowId: '019aa5c2-7c00-7000-8000-000000000014',
    divisionCode: '330803114242',
    actor: 'key:gf_live_8Kq2',
    requestId: '019aa5c2-7c00-7000-8000-000000000020',
    columns: ['status', 'updated_at', 'version'],
    purpose: null,
    digest: aHash,
    sealNumber: 17,
  },
  seal: {
    number: 17,
    firstEntryId: 1040,
    lastEntryId: 1043,
    entries: 4,
    hash: aHash,
    sealedAt: '2026-11-21T02:00:01.500000Z',
  },
  checkpoint: {
    sealNumber: 17,
    hash: aHash,
    at: '2026-11-21T02:00:01.600000Z',
    keyId: '9d2c41a07be85f36',
    signature: `${'q83vEjRWeJCrze8S'.repeat(5)}q83vEg==`,
  },
};

interface EntryRow extends EntryText {
  columns: string[];
  purpose: string | null;
  seal: string | null;
}

export function auditTrailOperations({ db }: Context): Operation[] {
  return [
    operation({
      method: 'GET',
      url: '/v1/audit-entries',
      id: 'listAuditEntries',
      tag: 'audit',
      summary: { zh: '审计记录:谁在何时看过或改过什么', en: 'Who saw or changed what, and when; newest first' },
      permission: 'audit:read',
      problems: ['forbidden'],
      query: z
        .strictObject({
          table: z
            .string()
            .max(63)
            .regex(/^[a-z_]{1,63}$/)
            .optional()
            .describe('As in the entries, e.g. listing'),
          row: idSchema.optional().describe('Only of this row'),
          operation: z.enum(auditOperations).optional().describe('`read`: only who saw personal data'),
          actor: z.string().min(1).max(200).optional().describe('As in the entries, e.g. key:gf_live_8Kq2'),
          request: z.string().min(1).max(200).optional().describe('x-request-id of an answer, or a job’s id'),
          division: z
            .string()
            .max(12)
            .regex(divisionCodePattern)
            .optional()
            .describe('Only of this division and those in it'),
          from: momentSchema.optional().describe('At or after this instant'),
          to: momentSchema.optional().describe('Before this instant'),
          ...pageQuery,
        })
        .describe('Filters add up'),
      reply: {
        status: 200,
        schema: pageOf(entrySchema, 'AuditEntryPage'),
        example: { items: [examples.entry], nextCursor: null },
      },
      async handle({ query, scope, principal }) {
        assertAuditsCounty(principal);
        const [before] = decodeCursor(query.cursor, numberKey);
        const range = query.division === undefined ? undefined : divisionRange(query.division);
        const where = allOf([
          before !== undefined && sql`id < ${before}`,
          query.table !== undefined && sql`table_name = ${query.table}`,
          query.row !== undefined && sql`row_id = ${query.row}`,
          query.operation !== undefined && sql`operation = ${query.operation}`,
          query.actor !== undefined && sql`actor = ${query.actor}`,
          query.request !== undefined && sql`request_id = ${query.request}`,
          range !== undefined && sql`region >= ${range.lo} and region < ${range.hi}`,
          query.from !== undefined && sql`at >= ${utc(query.from)}`,
          query.to !== undefined && sql`at < ${utc(query.to)}`,
        ]);
        const { rows } = await db.inScope(scope, (tx) =>
          tx.execute<EntryRow>(sql`
            select ${entryText},
                   case when operation = 'read' then '{}' else array(select jsonb_object_keys(changed)) end as columns,
                   case when operation = 'read' then changed ->> 'purpose' end as purpose,
                   (select number from audit_seal s where s.last_entry_id >= audit_entry.id
                    order by s.last_entry_id limit 1) as seal
            from audit_entry where ${where} order by audit_entry.id desc limit ${query.limit + 1}`),
        );
        return toPage(rows, query.limit, toEntry, (row) => [Number(row.id)]);
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/audit-seals',
      id: 'listAuditSeals',
      tag: 'audit',
      summary: { zh: '审计封印链', en: 'The chain of seals over the audit entries, newest first' },
      permission: 'audit:read',
      problems: ['forbidden'],
      query: z.strictObject(pageQuery),
      reply: {
        status: 200,
        schema: pageOf(sealSchema, 'AuditSealPage'),
        example: { items: [examples.seal], nextCursor: null },
      },
      async handle({ query, scope, principal }) {
        assertAuditsCounty(principal);
        const [before] = decodeCursor(query.cursor, numberKey);
        const { rows } = await db.inScope(scope, (tx) =>
          tx.execute<Record<'number' | 'first' | 'last' | 'hash' | 'sealedAt', string> & { entries: number }>(sql`
            select number, first_entry_id as first, last_entry_id as last, entries, encode(hash, 'hex') as hash,
                   to_char(sealed_at at time zone 'UTC', ${instantFormat}::text) as "sealedAt"
            from audit_seal where ${allOf([before !== undefined && sql`number < ${before}`])}
            order by number desc limit ${query.limit + 1}`),
        );
        return toPage(
          rows,
          query.limit,
          ({ number, first, last, ...seal }) => ({
            number: Number(number),
            firstEntryId: Number(first),
            lastEntryId: Number(last),
            ...seal,
          }),
          (row) => [Number(row.number)],
        );
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/audit-checkpoints',
      id: 'listAuditCheckpoints',
      tag: 'audit',
      summary: { zh: '审计签名检查点', en: 'The signed checkpoints of the chain, newest first' },
      permission: 'audit:read',
      problems: ['forbidden'],
      query: z.strictObject(pageQuery),
      reply: {
        status: 200,
        schema: pageOf(checkpointSchema, 'AuditCheckpointPage'),
        example: { items: [examples.checkpoint], nextCursor: null },
      },
      async handle({ query, scope, principal }) {
        assertAuditsCounty(principal);
        const [before] = decodeCursor(query.cursor, numberKey);
        const { rows } = await db.inScope(scope, (tx) =>
          tx.execute<Record<'seal' | 'hash' | 'at' | 'keyId' | 'signature', string>>(sql`
            select seal_number as seal, encode(hash, 'hex') as hash, key_id as "keyId",
                   to_char(at at time zone 'UTC', ${instantFormat}::text) as at, translate(encode(signature, 'base64'), E'\n', '') as signature
            from audit_checkpoint where ${allOf([before !== undefined && sql`seal_number < ${before}`])}
            order by seal_number desc limit ${query.limit + 1}`),
        );
        return toPage(
          rows,
          query.limit,
          ({ seal, ...checkpoint }) => ({ sealNumber: Number(seal), ...checkpoint }),
          (row) => [Number(row.seal)],
        );
      },
    }),
  ];
}

/** Towns and villages are audited, they do not audit. @throws Problem forbidden */
function assertAuditsCounty({ role, divisionCode }: Principal): void {
  const level = divisionCode === undefined ? null : divisionLevelOf(divisionCode);
  if (role !== 'official' || level === null) return;
  if (divisionLevels.indexOf(level) <= divisionLevels.indexOf('county')) return;
  throw new Problem('forbidden', {
    zh: '审计记录由县级及以上查阅。',
    en: 'The audit trail is read by the county and above.',
  });
}

function utc(instant: string): string {
  return new Date(instant).toISOString();
}

function allOf(conditions: readonly (SQL | false)[]): SQL {
  const given = conditions.filter((condition) => condition !== false);
  return given.length === 0 ? sql`true` : sql.join(given, sql` and `);
}

function toEntry(row: EntryRow): z.input<typeof entrySchema> {
  return {
    id: Number(row.id),
    at: row.at,
    operation: row.operation as (typeof auditOperations)[number],
    table: row.table,
    rowId: row.row,
    divisionCode: row.region,
    actor: row.actor,
    requestId: row.request,
    columns: row.columns.toSorted(),
    purpose: row.purpose,
    digest: digestEntry(row).toString('hex'),
    sealNumber: row.seal === null ? null : Number(row.seal),
  };
}
