// One ordinary row of every table, for tests that speak to the tables themselves. Enters: a table and what shall be different.
// Leaves: the row as JSON, valid as it stands, or an insert of it. Rows of number 0 are those that others refer to.

import pg from 'pg';

export type Row = Record<string, unknown>;

/** An id that tells its table and number at a glance. */
export function sampleId(table: string, number = 0): string {
  const place = Object.keys(ordinary).indexOf(table) + 1;
  return `00000000-0000-7000-8000-${String(place * 1000 + number).padStart(12, '0')}`;
}

export const homeVillage = '330803114242';
/** The counties on either side in the order of codes. */
export const villageBelow = '330802001001';
export const villageAbove = '330804001001';

const sealed = `\\x01${'00'.repeat(40)}`;
const day = '2026-11-21';
const instant = (hour: number) => `2026-11-21T${String(hour).padStart(2, '0')}:00:00Z`;
const text = { zh: '一', en: 'one' };

/** Of every trade: the party of the samples and another one. */
const anotherParty = 7;
const sides = () => ({
  listing_id: sampleId('listing'),
  seller_id: sampleId('party'),
  buyer_id: sampleId('party', anotherParty),
  party_ids: [sampleId('party'), sampleId('party', anotherParty)],
});
const terms = { intended_use: 'grain', starts_on: day, ends_on: '2026-12-05', pieces: 1 };
const price = { price_fen: 100, instalments: 1 };
const waiting = { expires_at: instant(2), created_at: instant(1) };

/** What differs from row to row stands in terms of its number; tables stand after those they refer to. */
const ordinary: Record<string, (number: number) => Row> = {
  party: (n) => ({
    kind: 'collective',
    name: '示例合作社',
    uscc: `SAMPLE${n}`,
    contact_office: '村务办公室',
    contact_phone: '0570-3830001',
  }),
  person: (n) => ({ sealed, id_number_index: `id ${n}`, phone_index: `phone ${n}` }),
  api_key: (n) => ({
    client_id: sampleId('api_key', n),
    prefix: `gf_live_${n}`,
    hash: `hash ${n}`,
    label: 'sample',
    role: 'official',
  }),
  api_key_use: (n) => ({ key_id: sampleId('api_key', n), last_used_at: instant(1) }),
  division_grant: () => ({
    grantee: 'client:somebody',
    permissions: [],
    valid_from: instant(1),
    valid_to: instant(2),
    recorded_by: 'sample',
  }),
  household_session: (n) => ({ token_hash: `token ${n}`, person_ids: [], expires_at: instant(1) }),
  local_message: () => ({ sealed, sent_at: instant(1) }),
  mandate: () => ({
    grantor_role: 'collective',
    grantor_party_id: sampleId('party'),
    delegate: 'client:somebody',
    matters: [],
    valid_from: instant(1),
    valid_to: instant(2),
    proof: 'sample',
    recorded_by: 'sample',
  }),
  household_session_use: (n) => ({ session_id: sampleId('household_session', n), last_used_at: instant(1) }),
  sms_code: (n) => ({
    phone_index: `phone ${n}`,
    address_index: `address ${n}`,
    sealed,
    code_index: `code ${n}`,
    requested_at: instant(1),
    expires_at: instant(2),
  }),
  import_job: (n) => ({
    sheet: 'workshop',
    file_hash: `file ${n}`,
    sealed_file: sealed,
    is_dry_run: false,
    takes_partly: false,
    publishes: false,
    status: 'queued',
    requested_by: 'sample',
  }),
  import_problem: () => ({
    import_id: sampleId('import_job'),
    row_number: 1,
    column_name: '名称',
    cell: 'A1',
    code: 'sample',
    message: text,
  }),
  listing: (n) => ({
    kind: 'workshop',
    status: 'published',
    is_public: true,
    title: '示例工坊',
    attributes: {},
    row_key: `row ${n}`,
    lng: 118.9,
    lat: 28.9,
    coord_source: 'synthetic',
    search_text: '示例工坊',
    content_hash: `content ${n}`,
  }),
  listing_transition: () => ({
    listing_id: sampleId('listing'),
    machine: 'listing-v1',
    ...{ action: 'publication', from_status: 'draft', to_status: 'published', by_role: 'official' },
    at: instant(1),
  }),
  // One a listing: those of the others are 6, 7 …, which nothing else uses.
  collective_decision: (n) => ({
    listing_id: sampleId('listing', n === 0 ? 0 : n + 2),
    held_on: day,
    ...{ body: 'assembly', due: 3, present: 3, in_favour: 2, minutes: 'sample' },
    ...{ publicity_from: day, publicity_to: day },
  }),
  trade_policy: (n) => ({
    region: '330803',
    valid_from: `2026-11-${String(n + 1).padStart(2, '0')}`,
    ...{ source: 'sample', terms: {}, version: 1 },
  }),
  outdated_report: (n) => ({ listing_id: sampleId('listing'), reporter: `sample ${n}`, at: instant(1) }),
  published_listing: (n) => ({
    kind: 'workshop',
    owner_id: sampleId('party'),
    position: '(13235,3300)',
    search_text: '示例工坊',
    terms: ['示例'],
    published_at: instant(1),
    number: 1_000 + n,
  }),
  saved_search: (n) => ({
    saved_by: 'sample',
    name: `search ${n}`,
    query: {},
    after: 0,
    created_at: instant(1),
  }),
  search_alert: (n) => ({
    saved_search_id: sampleId('saved_search'),
    saved_by: 'sample',
    listing_id: sampleId('listing'),
    listing_version: 1,
    number: n,
    created_at: instant(1),
  }),
  list_publication: (n) => ({
    list: 'resources',
    state: 'draft',
    number: null,
    as_of: day,
    entry_count: 1,
    entries_hash: `entries ${n}`,
    author: 'sample',
    author_region: homeVillage,
    created_at: instant(1),
  }),
  publication_entry: (n) => ({
    publication_id: sampleId('list_publication'),
    subject: `subject ${n}`,
    content: {},
    content_hash: `content ${n}`,
  }),
  listing_change: (n) => ({ id: sampleId('listing_change', n), change: 'published', transaction_id: '1000' }),
  round: () => ({ status: 'done', cause: 'request', requested_by: 'sample', as_of: day, seed: 1, policy: {} }),
  unmatched: () => ({
    round_id: sampleId('round'),
    subject: 'order',
    listing_id: sampleId('listing'),
    cause: 'rule',
    account: {},
  }),
  consent: (n) => ({
    person_id: sampleId('person'),
    text_version: `sample ${n}`,
    channel: 'self',
    given_on: day,
    recorded_by: 'sample',
  }),
  disclosure: () => ({ person_id: sampleId('person'), purpose: 'inspection', note: sealed, disclosed_to: 'sample' }),
  county_key: (n) => ({ purpose: 'seal', version: n + 1, suite: 'aes-256-gcm', wrapped: '\\x00', kek_id: 'sample' }),
  proposal: () => ({
    round_id: sampleId('round'),
    order_id: sampleId('listing'),
    status: 'superseded',
    touches: [],
    party_ids: [],
    share: 1,
    start_week: 0,
    starts_on: day,
    ends_on: '2026-12-05',
    value_fen: 1,
    breakdown: {},
    reasons: [],
    conditions: [],
  }),
  proposal_lot: () => ({
    proposal_id: sampleId('proposal'),
    site_id: sampleId('listing'),
    party_ids: [],
    is_home: false,
    labour: [],
    wage_fen: 1,
  }),
  proposal_labour: () => ({
    lot_id: sampleId('proposal_lot'),
    worker_id: sampleId('listing'),
    skill: 'packing',
    hours_per_week: 20,
    is_home: false,
  }),
  negotiation: () => ({
    ...{ ...sides(), ...terms, state: 'inquired', turn: 'seller', conditions: [] },
    ...{ ...waiting, updated_at: instant(1) },
  }),
  negotiation_offer: (n) => ({
    ...{ negotiation_id: sampleId('negotiation'), party_ids: [], number: n + 1, side: 'seller', offered_by: 'sample' },
    ...{ ...terms, ...price, ...waiting },
  }),
  deal: () => ({ ...sides(), ...terms, ...price, state: 'in-use', conditions: [], concluded_at: instant(1) }),
  rent_payment: () => ({
    ...{ deal_id: sampleId('deal'), party_ids: [], amount_fen: 10, paid_on: day, reference: 'sample' },
    ...{ by_role: 'official', recorded_at: instant(1) },
  }),
  usage_check_in: () => ({
    ...{ deal_id: sampleId('deal'), party_ids: [], found: 'idle', note: 'sample', by_role: 'official', at: instant(1) },
  }),
  usage_alert: (n) => ({
    ...{ deal_id: sampleId('deal'), party_ids: [], kind: 'idle-again', since: day, raised_at: instant(1) },
    // One of a kind stands at a time.
    closed_at: n === 0 ? null : instant(2),
  }),
  bidding: () => ({
    ...{ listing_id: sampleId('listing'), seller_id: sampleId('party'), applied_by: 'sample', state: 'failed' },
    ...{ ...terms, instalments: 1, attempt: 1, reserve_price_fen: 100, deposit_fen: 10 },
    ...{ created_at: instant(1), noticed_at: instant(1) },
  }),
  bidder: (n) => ({
    // One registration each; whoever tries to add another is somebody else.
    ...{ bidding_id: sampleId('bidding'), party_id: sampleId('party', n === 0 ? 0 : n < 5 ? anotherParty : 9) },
    ...{ party_ids: [], deposit_way: 'cash', registered_at: instant(1) },
  }),
  bidding_objection: () => ({
    ...{ bidding_id: sampleId('bidding'), party_id: sampleId('party'), party_ids: [] },
    ...{ state: 'raised', grounds: 'sample', raised_at: instant(1) },
  }),
  resource_booking: (n) => ({
    listing_id: sampleId('listing'),
    deal_id: sampleId('deal'),
    pieces: '[1,1]',
    during: `[20${30 + n}-01-01,20${30 + n}-12-31]`,
  }),
  outbox: (n) => ({ id: n + 1, event: 'sample', reaction: 'sample', payload: {} }),
  audit_entry: (n) => ({
    id: 1_000_000 + n,
    table_name: 'listing',
    row_id: sampleId('listing'),
    operation: 'insert',
    actor: 'sample',
    request_id: '',
    changed: {},
  }),
  audit_seal: (n) => ({
    number: n + 1,
    first_entry_id: 10 * n + 1,
    last_entry_id: 10 * n + 2,
    entries: 2,
    entry_ids: [10 * n + 1, 10 * n + 2],
    entry_digests: ['\\x00', '\\x00'],
    hash: '\\x00',
    sealed_at: instant(1),
  }),
  audit_checkpoint: (n) => ({
    seal_number: n + 1,
    hash: '\\x00',
    at: instant(1),
    key_id: 'sample',
    signature: '\\x00',
  }),
  idempotency_key: (n) => ({ id: `\\x${String(n).padStart(2, '0')}`, fingerprint: '\\x00', created_at: instant(1) }),
  division: (n) => ({
    code: `990000${String(n).padStart(6, '0')}`,
    official_name: '示例村',
    short_name: '示例',
    aliases: [],
    pinyin: 'shili',
    initials: 'sl',
    lng: 118.9,
    lat: 28.9,
    coord_source: 'synthetic',
    valid_from: day,
  }),
};

export const sampleTables = Object.keys(ordinary);

const withoutRegion = new Set([
  'listing_change',
  'api_key_use',
  'household_session_use',
  'audit_seal',
  'audit_checkpoint',
  'division',
  'idempotency_key',
]);
const withoutUuid = new Set([...withoutRegion, 'outbox', 'audit_entry']);

export function sampleRow(table: string, number = 0, different: Row = {}): Row {
  const make = ordinary[table];
  if (!make) throw new Error(`${table} has no ordinary row in test/support/sample-rows.ts: add one`);
  return {
    ...(!withoutUuid.has(table) && { id: sampleId(table, number) }),
    ...(!withoutRegion.has(table) && { region: homeVillage }),
    ...make(number),
    ...different,
  };
}

export function insertOf(table: string, row: Row): string {
  const columns = Object.keys(row)
    .map((name) => pg.escapeIdentifier(name))
    .join(', ');
  const json = pg.escapeLiteral(JSON.stringify(row));
  return `insert into ${pg.escapeIdentifier(table)} (${columns}) overriding system value
          select ${columns} from jsonb_populate_record(null::${pg.escapeIdentifier(table)}, ${json})`;
}

export async function insertRow(client: pg.Client, table: string, row: Row): Promise<void> {
  await client.query(insertOf(table, row));
}

/** Number 0 of every table, and a second party to deal with. */
export async function insertSamples(client: pg.Client): Promise<void> {
  await insertRow(client, 'party', sampleRow('party', anotherParty));
  for (const table of sampleTables) await insertRow(client, table, sampleRow(table));
}

/** Runs `work` and undoes it. */
export async function undone<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    return await work();
  } finally {
    await client.query('rollback');
  }
}
