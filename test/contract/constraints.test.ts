// What the tables themselves refuse, whatever the code above them checks. Every CHECK, foreign key and unique index of the
// catalogue has its line here: rows that break it and nothing else. Written as the owner, past row-level security.

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase, type FreshDatabase } from '../support/database.ts';
import {
  insertRow,
  insertSamples,
  sampleId,
  sampleRow,
  sampleTables,
  undone,
  type Row,
} from '../support/sample-rows.ts';

const nobody = '99999999-0000-7000-8000-000000000000';
const unsealed = `\\x09${'00'.repeat(40)}`;
const labour = { kind: 'labour', is_public: false, person_id: sampleId('person') };

interface Line {
  table: string;
  /** Each breaks the rule in a way of its own. */
  broken: Row[];
  /** What must stand already for it to be broken. */
  after?: Row;
}

const line = (table: string, ...broken: Row[]): Line => ({ table, broken });

const reviewed = { approver: 'sample', approver_region: '330803' };
const published = {
  ...reviewed,
  ...{ state: 'published', number: 1, signed_text: 'sample', signature: '\\x00', public_key: 'sample' },
  published_at: '2026-11-21T01:00:00Z',
};

/** Words out of a list, bounds, and what must come together. */
const checks: Record<string, Line> = {
  api_key_slot: line('api_key', { slot: 0 }, { slot: 3 }),
  api_key_auditor_expires: line('api_key', { role: 'auditor' }),
  audit_entry_operation: line('audit_entry', { operation: 'forget' }),
  audit_seal_range: line(
    'audit_seal',
    { number: 0 },
    { entries: 0, entry_ids: [], entry_digests: [] },
    { first_entry_id: 13 },
    { entry_ids: [11] },
    { entry_digests: ['\\x00'] },
  ),
  consent_assistant: line('consent', { channel: 'assisted' }),
  consent_channel: line('consent', { channel: 'hearsay' }),
  consent_withdrawn: line('consent', { withdrawn_on: '2026-11-20' }),
  county_key_purpose: line('county_key', { purpose: 'fun' }),
  county_key_version: line('county_key', { version: 0 }, { version: 65536 }),
  disclosure_purpose: line('disclosure', { purpose: 'curiosity' }),
  division_grant_one_grantee: line('division_grant', { grantee: null }, { grantee_party_id: sampleId('party') }),
  division_grant_term: line('division_grant', { valid_to: '2026-11-21T01:00:00Z' }),
  import_job_status: line('import_job', { status: 'lost' }),
  list_publication_list: line('list_publication', { list: 'wishes' }),
  list_publication_returned: line(
    'list_publication',
    { reasons: 'sample' },
    { ...reviewed, state: 'returned' },
    { ...reviewed, state: 'approved', reasons: 'sample' },
  ),
  list_publication_reviewed: line('list_publication', { state: 'approved' }),
  list_publication_signed: line(
    'list_publication',
    { number: 1 },
    { ...published, number: null },
    { ...published, signed_text: null },
    { ...published, signature: null },
    { ...published, public_key: null },
    { ...published, published_at: null },
    { ...published, state: 'superseded', signature: null },
  ),
  list_publication_state: line('list_publication', { ...reviewed, state: 'lost' }),
  listing_change_change: line('listing_change', { change: 'lost' }),
  listing_person_is_private: line('listing', { ...labour, is_public: true }, { ...labour, person_id: null }),
  listing_point: line('listing', { lng: 69 }, { lng: 141 }, { lat: -1 }, { lat: 61 }),
  listing_stated_point: line('listing', { ...labour, stated_point: { lng: 118.9, lat: 28.9, crs: 'wgs-84' } }),
  listing_status: line('listing', { status: 'lost' }),
  listing_window: line('listing', { available_from: '2026-11-21', available_to: '2026-11-20' }),
  mandate_grantor: line(
    'mandate',
    { grantor_role: 'household' },
    { grantor_party_id: null },
    { grantor_person_id: sampleId('person') },
    { grantor_role: 'household', grantor_person_id: sampleId('person') },
  ),
  mandate_term: line('mandate', { valid_to: '2026-11-21T01:00:00Z' }),
  person_erased: line(
    'person',
    { sealed: null },
    { id_number_index: null },
    { erased_at: '2026-11-21', erased_for: 'asked', id_number_index: null, phone_index: null },
    { erased_at: '2026-11-21', erased_for: 'asked', sealed: null, phone_index: null },
    { erased_at: '2026-11-21', erased_for: 'asked', sealed: null, id_number_index: null },
    { erased_at: '2026-11-21', sealed: null, id_number_index: null, phone_index: null },
  ),
  proposal_labour_hours: line('proposal_labour', { hours_per_week: 0 }, { hours_per_week: 81 }),
  proposal_run: line('proposal', { ends_on: '2026-11-21' }),
  proposal_share: line('proposal', { share: 0.6 }),
  proposal_status: line('proposal', { status: 'agreed' }),
  round_status: line('round', { status: 'lost' }),
  sealed_check: line('local_message', { sealed: `\\x01${'00'.repeat(29)}` }, { sealed: unsealed }),
  sms_code_attempts: line('sms_code', { attempts: -1 }, { attempts: 6 }),
  unmatched_subject: line('unmatched', { subject: 'nothing' }),
};

const references: Record<string, Line> = {
  api_key_party: line(
    'api_key',
    { party_id: nobody, role: 'collective' },
    { party_id: sampleId('party') },
    { party_id: sampleId('party'), role: 'enterprise' },
  ),
  api_key_use_key: line('api_key_use', { key_id: nobody }),
  audit_checkpoint_seal: line('audit_checkpoint', { seal_number: 99 }),
  consent_person_id_person_id_fk: line('consent', { person_id: nobody }),
  disclosure_person_id_person_id_fk: line('disclosure', { person_id: nobody }),
  division_grant_party: line('division_grant', { grantee: null, grantee_party_id: nobody }),
  import_problem_import_id_import_job_id_fk: line('import_problem', { import_id: nobody }),
  listing_owner: line('listing', { owner_id: nobody }),
  listing_person: line('listing', { ...labour, person_id: nobody }),
  mandate_party: line('mandate', { grantor_party_id: nobody }, { grantor_role: 'enterprise' }),
  mandate_person: line('mandate', {
    grantor_role: 'household',
    grantor_party_id: null,
    grantor_person_id: nobody,
  }),
  publication_entry_publication_id_list_publication_id_fk: line('publication_entry', { publication_id: nobody }),
  proposal_labour_lot_id_proposal_lot_id_fk: line('proposal_labour', { lot_id: nobody }),
  proposal_lot_proposal_id_proposal_id_fk: line('proposal_lot', { proposal_id: nobody }),
  proposal_lot_site: line('proposal_lot', { site_id: nobody }),
  proposal_order: line('proposal', { order_id: nobody }),
  proposal_round: line('proposal', { round_id: nobody }),
  unmatched_round_id_round_id_fk: line('unmatched', { round_id: nobody }),
};

/** What there is once only; keys are added below. */
const uniques: Record<string, Line> = {
  api_key_hash: line('api_key', { hash: 'hash 0' }),
  api_key_two_live: line('api_key', { client_id: sampleId('api_key') }),
  audit_seal_last_entry: line('audit_seal', { last_entry_id: 2, first_entry_id: 1 }),
  consent_given: line('consent', { text_version: 'sample 0' }),
  county_key_version: line('county_key', { version: 1 }),
  household_session_token: line('household_session', { token_hash: 'token 0' }),
  list_publication_number: { ...line('list_publication', { ...published, state: 'superseded' }), after: published },
  list_publication_standing: { ...line('list_publication', { ...published, number: 2 }), after: published },
  listing_row_key: line('listing', { row_key: 'row 0' }),
  party_uscc: line('party', { uscc: 'SAMPLE0' }),
  person_id_number: line('person', { id_number_index: 'id 0' }),
  proposal_open_order: { ...line('proposal', { status: 'proposed' }), after: { status: 'proposed' } },
  publication_entry_subject: line('publication_entry', { subject: 'subject 0' }),
  round_one_queued: { ...line('round', { status: 'queued' }), after: { status: 'queued' } },
  round_one_running: {
    ...line('round', { status: 'running' }, { status: 'cancelling' }),
    after: { status: 'cancelling' },
  },
};

const keyColumns: Record<string, string> = {
  api_key_use: 'key_id',
  audit_checkpoint: 'seal_number',
  audit_seal: 'number',
  division: 'code',
};
for (const table of sampleTables) {
  const column = keyColumns[table] ?? 'id';
  uniques[`${table}_pkey`] = line(table, { [column]: sampleRow(table)[column] });
}

let database: FreshDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await insertSamples(client);
  // What number 1 of these refers to.
  for (const table of ['api_key', 'audit_seal']) await insertRow(client, table, sampleRow(table, 2));
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

/** The constraint that refuses the row, or null. */
async function refusalOf(table: string, row: Row): Promise<string | null> {
  try {
    await insertRow(client, table, row);
    return null;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.constraint !== undefined) return error.constraint;
    throw error;
  }
}

/** Its keys are those of a parent that has no such row yet. */
const ordinaryRow = (table: string) =>
  sampleRow(table, table === 'api_key_use' || table === 'audit_checkpoint' ? 2 : 1);

describe('an ordinary row is taken:', () => {
  test.each(sampleTables)('%s', async (table) => {
    await undone(client, async () => {
      expect(await refusalOf(table, ordinaryRow(table))).toBeNull();
    });
  });
});

describe.each([
  ['a check', checks],
  ['a reference', references],
  ['a unique index', uniques],
])('%s refuses what breaks it and nothing else:', (_, lines) => {
  test.each(Object.entries(lines))('%s', async (name, { table, broken, after }) => {
    for (const different of broken) {
      await undone(client, async () => {
        if (after) await insertRow(client, table, sampleRow(table, 3, after));
        const refusal = await refusalOf(table, { ...ordinaryRow(table), ...different });
        expect(refusal, JSON.stringify(different)).toBe(name);
      });
    }
  });
});

const inCatalogue = {
  check: `select conname as name from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace`,
  reference: `select conname as name from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`,
  unique: `select relname as name from pg_index join pg_class on pg_class.oid = indexrelid
           where (indisunique or indisexclusion) and relnamespace = 'public'::regnamespace
             and relname <> 'party_acts_as' -- Holds because the key does; references need it.`,
};

test.each([
  ['check', inCatalogue.check, checks],
  ['reference', inCatalogue.reference, references],
  ['unique index', inCatalogue.unique, uniques],
])('every %s of the catalogue has its line above', async (_, query, lines) => {
  const { rows } = await client.query<{ name: string }>(query);
  expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(lines).sort());
});
