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

const householdMandate = {
  grantor_role: 'household',
  grantor_party_id: null,
  grantor_person_id: sampleId('person'),
};

const depositMade = {
  deposit_reference: 'sample',
  deposit_confirmed_at: '2026-11-21T01:00:00Z',
  is_member: false,
};
const won = { winner_id: sampleId('party', 7), bid_count: 2, winning_fen: 100 };
const certified = {
  ...{ ...won, state: 'certified', certificate_year: 2026, certificate_serial: 1 },
  certified_at: '2026-11-21T01:00:00Z',
};

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
  collective_decision_body: line('collective_decision', { body: 'gossip' }),
  collective_decision_people: line(
    'collective_decision',
    { due: 0, present: 0, in_favour: 0 },
    { present: 4 },
    { present: 0, in_favour: 0 },
    { in_favour: 4 },
    { in_favour: -1 },
  ),
  collective_decision_publicity: line(
    'collective_decision',
    { publicity_from: '2026-11-20', publicity_to: null },
    { publicity_to: '2026-11-20' },
    { publicity_from: null },
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
  listing_dormant: line('listing', { status: 'draft', dormant_since: '2026-11-21T01:00:00Z' }),
  listing_machine: line('listing', { machine: 'listing-v0' }),
  listing_publicity: line('listing', { publicity_until: '2026-11-21' }),
  listing_transition_action: line('listing_transition', { action: 'loss' }),
  listing_transition_machine: line('listing_transition', { machine: 'listing-v0' }),
  listing_transition_return: line('listing_transition', { action: 'return' }),
  listing_change_change: line('listing_change', { change: 'lost' }),
  listing_person_is_private: line('listing', { ...labour, is_public: true }, { ...labour, person_id: null }),
  listing_point: line('listing', { lng: 69 }, { lng: 141 }, { lat: -1 }, { lat: 61 }),
  listing_stated_point: line('listing', { ...labour, stated_point: { lng: 118.9, lat: 28.9, crs: 'wgs-84' } }),
  listing_status: line('listing', { status: 'lost' }),
  listing_window: line('listing', { available_from: '2026-11-21', available_to: '2026-11-20' }),
  bidder_bid: line(
    'bidder',
    { ...depositMade, sealed_bid: sampleRow('person')['sealed'] },
    { ...depositMade, bid_at: '2026-11-21T01:00:00Z' },
    { sealed_bid: sampleRow('person')['sealed'], bid_at: '2026-11-21T01:00:00Z' },
    { bid_fen: 1 },
  ),
  bidder_confirmed: line(
    'bidder',
    { ...depositMade, is_member: null },
    { ...depositMade, deposit_reference: null },
    { is_member: true },
  ),
  bidder_deposit_way: line('bidder', { deposit_way: 'rice' }),
  bidder_returned: line(
    'bidder',
    { ...depositMade, deposit_returned_at: '2026-11-21T01:00:00Z' },
    { ...depositMade, deposit_return_reference: 'sample' },
    { deposit_return_reference: 'sample', deposit_returned_at: '2026-11-21T01:00:00Z' },
  ),
  bidding_certified: line(
    'bidding',
    { certificate_serial: 1 },
    { ...certified, certificate_year: null },
    { ...certified, certificate_serial: null },
    { ...certified, certified_at: null },
  ),
  bidding_competition: line(
    'bidding',
    { ...won, bid_count: 1 },
    { ...won, bid_count: null },
    { ...won, winning_fen: 99 },
    { ...won, winning_fen: null },
  ),
  bidding_counts: line(
    'bidding',
    { pieces: 0 },
    { instalments: 0 },
    { attempt: 0 },
    { reserve_price_fen: -1 },
    { deposit_fen: -1 },
  ),
  bidding_media: line('bidding', { medium: 'sample' }, { media_noticed_on: '2026-11-21' }),
  bidding_media_owed: line(
    'bidding',
    { owes_media_notice: true },
    { owes_media_notice: true, state: 'relisted' },
    { ...won, owes_media_notice: true, state: 'opened' },
    { ...certified, owes_media_notice: true },
  ),
  bidding_objection_ruled: line(
    'bidding_objection',
    { ruling: 'sample' },
    { state: 'upheld', ruling: 'sample' },
    { state: 'upheld', ruled_at: '2026-11-21T01:00:00Z' },
  ),
  bidding_objection_state: line('bidding_objection', {
    ...{ state: 'lost', ruling: 'sample', ruled_at: '2026-11-21T01:00:00Z' },
  }),
  bidding_period: line('bidding', { ends_on: '2026-11-20' }),
  bidding_result: line('bidding', { state: 'opened' }, { ...certified, winner_id: null }),
  bidding_state: line('bidding', { state: 'lost' }),
  deal_ended: line('deal', { ended_on: '2026-11-21' }, { ended_by: 'term' }, { state: 'ended', ended_by: 'term' }),
  deal_ended_by: line('deal', { state: 'ended', ended_on: '2026-11-21', ended_by: 'storm' }),
  deal_ending: line(
    'deal',
    { state: 'ending' },
    { ending_side: 'broker', ending_reason: 'sample' },
    { ending_side: 'seller' },
  ),
  deal_parties: line('deal', { party_ids: [] }),
  deal_period: line('deal', { ends_on: '2026-11-20' }),
  deal_pieces: line('deal', { pieces: 0 }),
  deal_price: line('deal', { price_fen: -1 }, { instalments: 0 }),
  deal_state: line('deal', { state: 'lost' }),
  deal_way: line('deal', { negotiation_id: sampleId('negotiation'), bidding_id: sampleId('bidding') }),
  deal_two_sides: line('deal', { buyer_id: sampleId('party'), party_ids: [sampleId('party'), sampleId('party')] }),
  mandate_grantor: line(
    'mandate',
    { grantor_role: 'household' },
    { grantor_party_id: null },
    { grantor_person_id: sampleId('person') },
    { grantor_role: 'household', grantor_person_id: sampleId('person') },
  ),
  mandate_over_listing: line(
    'mandate',
    { listing_id: sampleId('listing'), matters: ['trades:write'] },
    { ...householdMandate, listing_id: sampleId('listing') },
  ),
  mandate_term: line('mandate', { valid_to: '2026-11-21T01:00:00Z' }),
  negotiation_parties: line('negotiation', { party_ids: [] }),
  negotiation_period: line('negotiation', { ends_on: '2026-11-20' }),
  negotiation_pieces: line('negotiation', { pieces: 0 }),
  negotiation_state: line('negotiation', { state: 'lost' }),
  negotiation_turn: line('negotiation', { turn: 'lost' }),
  negotiation_two_sides: line('negotiation', {
    buyer_id: sampleId('party'),
    party_ids: [sampleId('party'), sampleId('party')],
  }),
  negotiation_offer_period: line('negotiation_offer', { ends_on: '2026-11-20' }),
  negotiation_offer_pieces: line('negotiation_offer', { pieces: 0 }),
  negotiation_offer_price: line('negotiation_offer', { price_fen: -1 }, { instalments: 0 }),
  negotiation_offer_side: line('negotiation_offer', { side: 'lost' }),
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
  rent_payment_amount: line(
    'rent_payment',
    { amount_fen: 0 },
    { amount_fen: -1 },
    { reverses_id: sampleId('rent_payment') },
  ),
  resource_booking_holder: line('resource_booking', { deal_id: null }, { bidding_id: sampleId('bidding') }),
  resource_booking_something: line(
    'resource_booking',
    { pieces: 'empty' },
    { during: 'empty' },
    { pieces: '[1,]' },
    { pieces: '[,1]' },
    { during: '[2030-01-01,]' },
    { during: '[,2030-01-01]' },
  ),
  round_status: line('round', { status: 'lost' }),
  sealed_check: line('local_message', { sealed: `\\x01${'00'.repeat(29)}` }, { sealed: unsealed }),
  sms_code_attempts: line('sms_code', { attempts: -1 }, { attempts: 6 }),
  trade_policy_version: line('trade_policy', { version: 0 }),
  usage_alert_subject: line(
    'usage_alert',
    { kind: 'gossip' },
    { kind: 'rent-overdue' },
    { kind: 'rent-overdue', amount_fen: 0 },
    { kind: 'rent-overdue', amount_fen: 1, check_in_id: sampleId('usage_check_in') },
    { kind: 'other-use' },
    { kind: 'other-use', check_in_id: sampleId('usage_check_in'), amount_fen: 1 },
    { amount_fen: 1 },
  ),
  usage_check_in_found: line('usage_check_in', { found: 'lost' }),
  usage_check_in_other_use: line('usage_check_in', { use_found: 'grain' }),
  usage_check_in_photo: line('usage_check_in', { photo_sha256: 'a'.repeat(63) }, { photo_sha256: 'A'.repeat(64) }),
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
  collective_decision_listing_id_listing_id_fk: line('collective_decision', { listing_id: nobody }),
  outdated_report_listing_id_listing_id_fk: line('outdated_report', { listing_id: nobody }),
  consent_person_id_person_id_fk: line('consent', { person_id: nobody }),
  disclosure_person_id_person_id_fk: line('disclosure', { person_id: nobody }),
  division_grant_party: line('division_grant', { grantee: null, grantee_party_id: nobody }),
  household_session_use_session: line('household_session_use', { session_id: nobody }),
  import_problem_import_id_import_job_id_fk: line('import_problem', { import_id: nobody }),
  listing_transition_listing_id_listing_id_fk: line('listing_transition', { listing_id: nobody }),
  listing_owner: line('listing', { owner_id: nobody }),
  listing_person: line('listing', { ...labour, person_id: nobody }),
  bidder_bidding: line('bidder', { bidding_id: nobody }),
  bidder_party: line('bidder', { party_id: nobody }),
  bidding_before: line('bidding', { previous_id: nobody }),
  bidding_listing: line('bidding', { listing_id: nobody }),
  bidding_objection_bidding: line('bidding_objection', { bidding_id: nobody }),
  bidding_objection_party: line('bidding_objection', { party_id: nobody }),
  bidding_seller: line('bidding', { seller_id: nobody }),
  bidding_winner: line('bidding', { ...won, winner_id: nobody }),
  deal_bidding: line('deal', { bidding_id: nobody }),
  resource_booking_bidding: line('resource_booking', { deal_id: null, bidding_id: nobody }),
  deal_buyer: line('deal', { buyer_id: nobody, party_ids: [sampleId('party'), nobody] }),
  deal_listing: line('deal', { listing_id: nobody }),
  deal_mandate: line('deal', { mandate_id: nobody }),
  deal_negotiation: line('deal', { negotiation_id: nobody }),
  deal_seller: line('deal', { seller_id: nobody, party_ids: [nobody, sampleId('party', 7)] }),
  negotiation_buyer: line('negotiation', { buyer_id: nobody, party_ids: [sampleId('party'), nobody] }),
  negotiation_listing: line('negotiation', { listing_id: nobody }),
  negotiation_offer_negotiation: line('negotiation_offer', { negotiation_id: nobody }),
  negotiation_seller: line('negotiation', { seller_id: nobody, party_ids: [nobody, sampleId('party', 7)] }),
  rent_payment_deal: line('rent_payment', { deal_id: nobody }),
  rent_payment_reverses: line('rent_payment', { reverses_id: nobody, amount_fen: -1 }),
  resource_booking_listing: line('resource_booking', { listing_id: nobody }),
  mandate_subject: line('mandate', { ...householdMandate, matters: ['trades:write'], listing_id: nobody }),
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
  search_alert_saved_search_id_saved_search_id_fk: line('search_alert', { saved_search_id: nobody }),
  usage_alert_check_in: line('usage_alert', { check_in_id: nobody }),
  usage_alert_deal: line('usage_alert', { deal_id: nobody }),
  usage_check_in_deal: line('usage_check_in', { deal_id: nobody }),
  unmatched_round_id_round_id_fk: line('unmatched', { round_id: nobody }),
};

/** What there is once only; keys are added below. */
const uniques: Record<string, Line> = {
  api_key_hash: line('api_key', { hash: 'hash 0' }),
  api_key_two_live: line('api_key', { client_id: sampleId('api_key') }),
  audit_seal_last_entry: line('audit_seal', { last_entry_id: 2, first_entry_id: 1 }),
  collective_decision_listing: line('collective_decision', { listing_id: sampleId('listing') }),
  outdated_report_once: line('outdated_report', { reporter: 'sample 0' }),
  trade_policy_day: line('trade_policy', { valid_from: '2026-11-01' }),
  consent_given: line('consent', { text_version: 'sample 0' }),
  county_key_version: line('county_key', { version: 1 }),
  household_session_token: line('household_session', { token_hash: 'token 0' }),
  list_publication_number: { ...line('list_publication', { ...published, state: 'superseded' }), after: published },
  list_publication_standing: { ...line('list_publication', { ...published, number: 2 }), after: published },
  listing_row_key: line('listing', { row_key: 'row 0' }),
  party_uscc: line('party', { uscc: 'SAMPLE0' }),
  bidder_once: line('bidder', { party_id: sampleId('party') }),
  bidding_certificate: { ...line('bidding', certified), after: certified },
  bidding_open: {
    ...line('bidding', { state: 'applied' }, { state: 'noticed' }, { ...won, state: 'opened' }),
    after: { state: 'applied' },
  },
  bidding_previous: {
    ...line('bidding', { previous_id: sampleId('bidding') }),
    after: { previous_id: sampleId('bidding') },
  },
  deal_once_bidden: {
    ...line('deal', { bidding_id: sampleId('bidding') }),
    after: { bidding_id: sampleId('bidding') },
  },
  deal_once: {
    ...line('deal', { negotiation_id: sampleId('negotiation') }),
    after: { negotiation_id: sampleId('negotiation') },
  },
  negotiation_offer_number: line('negotiation_offer', { number: 1 }),
  resource_booking_no_double: line(
    'resource_booking',
    { during: '[2030-12-31,2031-06-30]' },
    { during: '[2030-03-01,2030-03-02]', pieces: '[1,5]' },
  ),
  rent_payment_reversed_once: {
    ...line('rent_payment', { reverses_id: sampleId('rent_payment'), amount_fen: -1 }),
    after: { reverses_id: sampleId('rent_payment'), amount_fen: -1 },
  },
  usage_alert_standing: line('usage_alert', { closed_at: null }),
  person_id_number: line('person', { id_number_index: 'id 0' }),
  proposal_open_order: { ...line('proposal', { status: 'proposed' }), after: { status: 'proposed' } },
  published_listing_number: line('published_listing', { number: 1_000 }),
  publication_entry_subject: line('publication_entry', { subject: 'subject 0' }),
  search_alert_once: line('search_alert', { number: 0 }),
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
  household_session_use: 'session_id',
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
  for (const table of ['api_key', 'audit_seal', 'household_session'])
    await insertRow(client, table, sampleRow(table, 2));
  await insertRow(client, 'listing', sampleRow('listing', 4));
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
  sampleRow(
    table,
    ['api_key_use', 'audit_checkpoint', 'collective_decision', 'household_session_use'].includes(table) ? 2 : 1,
  );

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
