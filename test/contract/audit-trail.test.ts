// What the triggers write of a change, table by table: who, what, and which values. Columns that are sealed, secret or about
// people leave no value in the trail, only that they changed.

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase, type FreshDatabase } from '../support/database.ts';
import {
  homeVillage,
  insertRow,
  insertSamples,
  sampleId,
  sampleRow,
  undone,
  type Row,
} from '../support/sample-rows.ts';

/** Columns whose values stay out, of every audited table. */
const hidden: Record<string, string[]> = {
  api_key: ['hash'],
  bidder: ['sealed_bid'],
  bidding: [],
  bidding_objection: [],
  collective_decision: [],
  consent: [],
  county_key: ['wrapped'],
  deal: [],
  disclosure: ['note'],
  division_grant: [],
  household_session: ['token_hash'],
  import_job: ['sealed_file'],
  import_problem: [],
  list_publication: [],
  listing: ['content_hash', 'row_key', 'search_grams', 'search_text'],
  listing_transition: ['reason'],
  local_message: ['sealed'],
  mandate: ['proof'],
  negotiation: [],
  negotiation_offer: [],
  outdated_report: [],
  party: ['contact_office', 'contact_phone'],
  person: ['id_number_index', 'phone_index', 'sealed'],
  proposal: [],
  proposal_labour: [],
  proposal_lot: [],
  publication_entry: ['content'],
  rent_payment: [],
  resource_booking: [],
  round: ['price_tags', 'scenario'],
  saved_search: ['name', 'query'],
  search_alert: [],
  sms_code: ['address_index', 'code_index', 'phone_index', 'sealed'],
  trade_policy: [],
  unmatched: ['account'],
  usage_alert: [],
  usage_check_in: ['note'],
};

/** Of listings that are not public, these too: they describe somebody. */
const describing = ['attributes', 'lat', 'lng', 'search_grams', 'title'];

/** Another value for a column, by its name or else its type. */
const anew: Record<string, unknown> = {
  lng: 119.5,
  lat: 29.5,
  sealed: `\\x01${'11'.repeat(40)}`,
  sealed_bid: `\\x01${'11'.repeat(40)}`,
  bytea: '\\x11',
  text: 'anew',
  jsonb: { anew: true },
};

let database: FreshDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await insertSamples(client);
  // One decision a listing.
  await insertRow(client, 'listing', sampleRow('listing', 3));
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

interface Entry {
  operation: string;
  region: string;
  actor: string;
  request_id: string;
  changed: Row;
}

/** What the trail says of one row once it was added, changed in all of `columns`, and removed. */
async function lifeOf(table: string, row: Row, columns: readonly string[]): Promise<Entry[]> {
  return undone(client, async () => {
    await client.query(`set local app.actor = 'key:sample'; set local app.request_id = 'request 1'`);
    await insertRow(client, table, row);
    const { rows: types } = await client.query<{ name: string; type: string }>(
      `select attname::text as name, typname::text as type from pg_attribute join pg_type on pg_type.oid = atttypid
       where attrelid = $1::regclass and attname = any ($2) and attgenerated = ''`,
      [table, columns],
    );
    for (const { name, type } of types) {
      const value = anew[name] ?? anew[type];
      await client.query(
        `update ${table} set ${name} = (jsonb_populate_record(null::${table}, $1)).${name} where id = $2`,
        [JSON.stringify({ [name]: value }), row['id']],
      );
    }
    await client.query(`delete from ${table} where id = $1`, [row['id']]);
    const { rows } = await client.query<Entry>(
      `select operation, region, actor, request_id, changed from audit_entry where table_name = $1 and row_id = $2 order by id`,
      [table, row['id']],
    );
    return rows;
  });
}

const ordinary = (table: string) =>
  sampleRow(table, 1, {
    ...(table === 'bidder' && {
      ...{ deposit_reference: 'sample', deposit_confirmed_at: '2026-11-21T01:00:00Z', is_member: false },
      ...{ sealed_bid: sampleRow('person')['sealed'], bid_at: '2026-11-21T01:00:00Z' },
    }),
    ...(table === 'disclosure' && { note: sampleRow('person')['sealed'] }),
    ...(table === 'round' && { scenario: '\\x00', price_tags: '[]' }),
  });

describe.each(Object.entries(hidden))('%s', (table, columns) => {
  test('leaves an entry by whoever acted, without values that stay out', async () => {
    const entries = await lifeOf(table, ordinary(table), [...columns, 'region']);
    expect(entries[0]).toMatchObject({ operation: 'insert', region: ordinary(table)['region'] });
    expect(entries.at(-1)).toMatchObject({ operation: 'delete', changed: {} });
    for (const { actor, request_id } of entries) expect([actor, request_id]).toEqual(['key:sample', 'request 1']);
    // Not a column more either: who reads the trail must see the rest.
    const { rows } = await client.query<{ name: string }>(
      `select attname::text as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
      [table],
    );
    const missing = rows.map(({ name }) => name).filter((name) => !(name in (entries[0]?.changed ?? {})));
    expect(missing.sort()).toEqual(columns);
    const told = entries.flatMap(({ operation, changed }) => (operation === 'update' ? Object.entries(changed) : []));
    for (const [name, value] of told) {
      expect([name, value]).toEqual([name, columns.includes(name) ? '(changed)' : 'anew']);
    }
    expect(told.map(([name]) => name)).toEqual(
      expect.arrayContaining(columns.filter((name) => name !== 'search_grams')),
    );
  });
});

test('what describes a person in a listing stays out of the trail', async () => {
  const row = sampleRow('listing', 1, { kind: 'labour', is_public: false, person_id: sampleId('person') });
  const entries = await lifeOf('listing', row, describing);
  for (const name of describing) expect(entries[0]?.changed).not.toHaveProperty(name);
  const told = Object.assign({}, ...entries.slice(1).map(({ changed }) => changed)) as Row;
  expect(told).toEqual({
    attributes: '(changed)',
    lat: '(changed)',
    lng: '(changed)',
    title: '(changed)',
  });
});

test('an entry takes its number only once its transaction has an id: the sealer relies on it', async () => {
  const entry = (at: string) =>
    `insert into audit_entry (at, table_name, row_id, region, operation, actor, request_id, changed)
     values (${at}, 'person', '${sampleId('person')}', '${homeVillage}', 'read', 'unset', '', '{}') returning at < now() as isLate`;
  // Of a sequence only one number in 32 is logged, and logging alone would give the transaction its id: that one goes first.
  await undone(client, () => client.query(entry('now()')));
  await undone(client, async () => {
    const { rows } = await client.query<{ islate: boolean }>(
      entry(`case when pg_current_xact_id_if_assigned() is null then 'epoch' else now() end`),
    );
    expect(rows).toEqual([{ islate: false }]);
  });
});

test('whatever is sealed stays out of the trail, in every table that is audited', async () => {
  const { rows } = await client.query<{ table: string; column: string }>(
    `select relname::text as table, attname::text as column from pg_attribute join pg_class on pg_class.oid = attrelid
     where relkind = 'r' and relnamespace = 'public'::regnamespace and atttypid = 'sealed'::regtype`,
  );
  expect(rows.length).toBeGreaterThan(3);
  for (const { table, column } of rows) expect(hidden[table], `${table}.${column}`).toContain(column);
});

test('every audited table has its line above', async () => {
  const { rows } = await client.query<{ name: string }>(
    `select distinct relname::text as name from pg_trigger join pg_class on pg_class.oid = tgrelid where tgfoid = 'audit_changes'::regproc`,
  );
  expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(hidden).sort());
});
