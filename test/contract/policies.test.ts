// Who may do what to a row, by the tables alone: row-level security as the service's role meets it, whatever the code asks.
// Every table behind it has its lines: a viewer, a row, and which of add, read, change, remove is open to him. What no line
// opens is closed to everybody but the officials of the row's own division.

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase, type FreshDatabase } from '../support/database.ts';
import {
  homeVillage,
  insertOf,
  insertRow,
  insertSamples,
  sampleId,
  sampleRow,
  undone,
  villageAbove,
  villageBelow,
  type Row,
} from '../support/sample-rows.ts';

/** As `Scope` of src/platform/database.ts; unset: a connection that nobody gave a scope. */
interface Viewer {
  lo?: string;
  hi?: string;
  audience?: string;
  actor?: string;
}

const inCounty = { lo: '330803', hi: '330803:', actor: 'test' };
const party = sampleId('party');
const person = sampleId('person');

const viewers = {
  official: { ...inCounty, audience: 'division' },
  'official of a town': { lo: '330803114', hi: '330803114:', audience: 'division', actor: 'test' },
  'official of the town beside': { lo: '330803203', hi: '330803203:', audience: 'division', actor: 'test' },
  visitor: { ...inCounty, audience: 'public' },
  'nobody in the county': { ...inCounty, audience: '' },
  'a connection without scope': {},
  'a party': { ...inCounty, audience: party },
  'a party that asked for it': { ...inCounty, audience: party, actor: 'sample' },
  'a party far away': { lo: '440000', hi: '440000:', audience: party, actor: 'test' },
  'another party': { ...inCounty, audience: sampleId('party', 9) },
  'a household': { ...inCounty, audience: `${sampleId('person', 9)} ${person}` },
  'a household far away': { lo: '440000', hi: '440000:', audience: person, actor: 'test' },
  'a party that is nowhere': { lo: '330803114', hi: '330803114', audience: party, actor: 'test' },
  'another household': { ...inCounty, audience: sampleId('person', 9) },
} satisfies Record<string, Viewer>;
type ViewerName = keyof typeof viewers;

type Line = [ViewerName, Row, string];
const all = 'add read change remove';

/** Holds for every table, unless its own lines say otherwise for that viewer and row. */
const usual: Line[] = [
  ['official', {}, all],
  ['official', { region: villageBelow }, ''],
  ['official', { region: villageAbove }, ''],
  ['official of a town', {}, all],
  ['official of the town beside', {}, ''],
  ['visitor', {}, ''],
  ['nobody in the county', {}, ''],
  ['a connection without scope', {}, ''],
  ['a party', {}, ''],
  ['another party', {}, ''],
  ['a household', {}, ''],
  ['another household', {}, ''],
];

const publishedList = {
  ...{ state: 'published', number: 1, approver: 'sample', approver_region: '330803' },
  ...{ signed_text: 'sample', signature: '\\x00', public_key: 'sample', published_at: '2026-11-21T01:00:00Z' },
};
const labour = { kind: 'labour', is_public: false, person_id: person };

const tables: Record<string, Line[]> = {
  // A public register: everybody reads it, officials write what is theirs.
  party: [
    ['official', { region: villageBelow }, 'read'],
    ['official', { region: villageAbove }, 'read'],
    ['official of the town beside', {}, 'read'],
    ['visitor', {}, 'read'],
    ['a party', {}, 'read'],
    ['another party', {}, 'read'],
    ['a household', {}, 'read'],
    ['another household', {}, 'read'],
  ],
  // Everybody is shown himself, wherever he acts.
  person: [
    ['a household', { id: sampleId('person', 9) }, 'read'],
    ['another household', { id: sampleId('person', 9) }, 'read'],
    ['a household', { id: sampleId('person', 8) }, ''],
  ],
  api_key: [
    // Nobody makes a key in the name of a party out of his sight.
    ['official', { party_id: party, role: 'collective' }, all],
    ['official', { party_id: sampleId('party', 2), role: 'collective' }, 'read change remove'],
    ['official', { party_id: sampleId('party', 3), role: 'collective' }, 'read change remove'],
  ],
  mandate: [
    ['a party', {}, all],
    ['a party', { region: villageBelow }, ''],
    ['a party', { region: villageAbove }, ''],
    ['official', { grantor_party_id: sampleId('party', 2) }, 'read change remove'],
    ['official', { grantor_party_id: sampleId('party', 3) }, 'read change remove'],
    ['official', { ...byPerson(person) }, all],
    ['official', { ...byPerson(sampleId('person', 2)) }, 'read change remove'],
  ],
  division_grant: [
    ['a party far away', { grantee: null, grantee_party_id: party }, 'read'],
    ['a party', { grantee: null, grantee_party_id: party }, 'read'],
  ],
  household_session: [],
  local_message: [],
  sms_code: [],
  import_job: [
    ['a party that asked for it', {}, all],
    ['a party that asked for it', { region: villageBelow }, ''],
    ['a party that asked for it', { region: villageAbove }, ''],
  ],
  import_problem: [
    ['a party that asked for it', {}, all],
    ['a party that asked for it', { region: villageBelow }, ''],
    ['official', { import_id: sampleId('import_job', 2) }, ''],
  ],
  saved_search: [
    ['a party that asked for it', {}, all],
    ['a party that asked for it', { region: villageBelow }, ''],
    ['a party that asked for it', { region: villageAbove }, ''],
  ],
  search_alert: [
    ['a party that asked for it', {}, all],
    ['a party that asked for it', { region: villageBelow }, ''],
    ['a party that asked for it', { region: villageAbove }, ''],
  ],
  listing: [
    ['visitor', {}, 'read'],
    ['another party', {}, 'read'],
    ['a party', {}, 'read'],
    ['a household', {}, 'read'],
    ['another household', {}, 'read'],
    ['visitor', { region: villageBelow }, ''],
    ['visitor', { region: villageAbove }, ''],
    ['visitor', { status: 'draft' }, ''],
    ['visitor', { status: 'withdrawn' }, ''],
    ['visitor', { status: 'reserved' }, 'read'],
    ['visitor', { status: 'matched' }, 'read'],
    ['visitor', { status: 'publicity' }, 'read'],
    ['visitor', { status: 'approved' }, ''],
    ['nobody in the county', { status: 'reserved' }, ''],
    ['visitor', labour, ''],
    ['another party', { status: 'draft' }, ''],
    ['a party', { owner_id: party, status: 'draft' }, all],
    ['a party', { owner_id: party, region: villageBelow }, ''],
    ['a party', { owner_id: party, region: villageAbove }, ''],
    ['a household', labour, all],
    ['a household', { ...labour, region: villageBelow }, ''],
    ['a household', { ...labour, region: villageAbove }, ''],
    ['another household', labour, ''],
  ],
  // Whoever may change the listing adds to its history; nobody changes it.
  listing_transition: [
    ['official', {}, 'add read'],
    ['official of a town', {}, 'add read'],
    ['a party', { listing_id: sampleId('listing', 2) }, 'add read'],
    ['a party', { listing_id: sampleId('listing', 2), region: villageBelow }, ''],
    ['a party', { listing_id: sampleId('listing', 2), region: villageAbove }, ''],
    ['another party', { listing_id: sampleId('listing', 2) }, ''],
    ['visitor', { listing_id: sampleId('listing', 2) }, ''],
    ['a household', { listing_id: sampleId('listing', 3) }, 'add read'],
    ['another household', { listing_id: sampleId('listing', 3) }, ''],
  ],
  // Read by whoever reads the listing.
  collective_decision: [
    ['visitor', { listing_id: sampleId('listing', 2) }, 'read'],
    ['visitor', { listing_id: sampleId('listing', 2), region: villageBelow }, ''],
    ['visitor', { listing_id: sampleId('listing', 2), region: villageAbove }, ''],
    ['visitor', { listing_id: sampleId('listing', 3) }, ''],
    ['nobody in the county', { listing_id: sampleId('listing', 2) }, ''],
    ['a party', {}, 'add'],
    ['a party', { listing_id: sampleId('listing', 2) }, all],
    ['a party', { listing_id: sampleId('listing', 2), region: villageBelow }, ''],
    ['a party', { listing_id: sampleId('listing', 2), region: villageAbove }, ''],
    ['another party', { listing_id: sampleId('listing', 2) }, 'read'],
    ['a household', { listing_id: sampleId('listing', 2) }, 'read'],
    ['another household', { listing_id: sampleId('listing', 2) }, 'read'],
  ],
  // A public register of the counties' terms.
  trade_policy: [
    ['official', {}, all],
    ['official', { region: '330802' }, 'read'],
    ['official', { region: '330804' }, 'read'],
    ['official', { region: villageBelow }, 'read'],
    ['official', { region: villageAbove }, 'read'],
    ['official of a town', {}, 'read'],
    ['official of the town beside', {}, 'read'],
    ['visitor', {}, 'read'],
    ['a party', {}, 'read'],
    ['another party', {}, 'read'],
    ['a household', {}, 'read'],
    ['another household', {}, 'read'],
  ],
  outdated_report: [],
  // Open to everybody, written by the triggers of `listing` alone.
  published_listing: [
    ...(Object.keys(viewers) as ViewerName[]).map((who): Line => [who, {}, 'read']),
    ['official', { region: villageBelow }, 'read'],
    ['official', { region: villageAbove }, 'read'],
  ],
  // Everybody reads what was published, in his own range; what is on its way only officials of the division.
  list_publication: [
    ['visitor', publishedList, 'read'],
    ['visitor', { ...publishedList, state: 'superseded' }, 'read'],
    ['visitor', { ...publishedList, region: villageBelow }, ''],
    ['visitor', { ...publishedList, region: villageAbove }, ''],
    ['nobody in the county', publishedList, ''],
    ['another party', publishedList, 'read'],
    ['another household', publishedList, 'read'],
    ['official of the town beside', publishedList, ''],
  ],
  publication_entry: [
    ['visitor', { publication_id: sampleId('list_publication', 2) }, 'read'],
    ['visitor', { publication_id: sampleId('list_publication', 2), region: villageBelow }, ''],
    ['visitor', { publication_id: sampleId('list_publication', 2), region: villageAbove }, ''],
    ['another party', { publication_id: sampleId('list_publication', 2) }, 'read'],
  ],
  round: [],
  unmatched: [
    ['a party', { owner_id: party }, 'read'],
    ['a party far away', { owner_id: party }, 'read'],
    ['another party', { owner_id: party }, ''],
  ],
  proposal: [
    ['a party', { party_ids: [party] }, 'read'],
    ['a party far away', { party_ids: [party] }, 'read'],
    ['another party', { party_ids: [party] }, ''],
    // Whoever is touched by it reads it, wherever its order is.
    ['official', { region: villageBelow, touches: [villageAbove, homeVillage] }, 'read'],
    ['official', { region: villageBelow, touches: [villageBelow] }, ''],
    ['official', { region: villageAbove, touches: [villageAbove] }, ''],
    ['visitor', { touches: [homeVillage] }, ''],
  ],
  proposal_lot: [
    ['a party', { party_ids: [party] }, 'read'],
    ['a party far away', { party_ids: [party] }, 'read'],
    ['another party', { party_ids: [party] }, ''],
  ],
  negotiation: [
    ['a party', {}, 'read'],
    ['a party far away', {}, 'read'],
    ['another party', {}, ''],
  ],
  negotiation_offer: [
    ['a party', { party_ids: [party] }, 'read'],
    ['a party far away', { party_ids: [party] }, 'read'],
    ['another party', { party_ids: [party] }, ''],
  ],
  deal: [
    ['a party', {}, 'read'],
    ['a party far away', {}, 'read'],
    ['another party', {}, ''],
  ],
  // Added once and never changed.
  rent_payment: [
    ['official', {}, 'add read'],
    ['official of a town', {}, 'add read'],
    ['a party', { party_ids: [party] }, 'read'],
    ['a party far away', { party_ids: [party] }, 'read'],
    ['another party', { party_ids: [party] }, ''],
  ],
  usage_check_in: [
    ['official', {}, 'add read'],
    ['official of a town', {}, 'add read'],
    ['a party', { party_ids: [party] }, 'read'],
    ['a party far away', { party_ids: [party] }, 'read'],
    ['another party', { party_ids: [party] }, ''],
  ],
  usage_alert: [
    ['a party', { party_ids: [party] }, 'read'],
    ['a party far away', { party_ids: [party] }, 'read'],
    ['another party', { party_ids: [party] }, ''],
  ],
  // From the notice on everybody reads it; before, its seller and officials.
  bidding: [
    ['visitor', {}, 'read'],
    ['a party', {}, 'read'],
    ['another party', {}, 'read'],
    ['a household', {}, 'read'],
    ['another household', {}, 'read'],
    ['visitor', { region: villageBelow }, ''],
    ['visitor', { region: villageAbove }, ''],
    ['visitor', { noticed_at: null }, ''],
    ['a party', { noticed_at: null }, 'read'],
    ['a party', { noticed_at: null, region: villageBelow }, ''],
    ['a party', { noticed_at: null, region: villageAbove }, ''],
    ['another party', { noticed_at: null }, ''],
    ['nobody in the county', {}, ''],
  ],
  bidder: [
    ['a party', { party_ids: [party] }, 'read'],
    ['a party far away', { party_ids: [party] }, 'read'],
    ['another party', { party_ids: [party] }, ''],
  ],
  bidding_objection: [
    ['a party', { party_ids: [party] }, 'read'],
    ['a party far away', { party_ids: [party] }, 'read'],
    ['another party', { party_ids: [party] }, ''],
  ],
  // A calendar that everybody reads, in his own range.
  resource_booking: [
    ['visitor', {}, 'read'],
    ['a party', {}, 'read'],
    ['another party', {}, 'read'],
    ['a household', {}, 'read'],
    ['another household', {}, 'read'],
    ['visitor', { region: villageBelow }, ''],
    ['visitor', { region: villageAbove }, ''],
  ],
  proposal_labour: [],
  consent: [],
  disclosure: [],
  // Wrapped: reading them opens nothing. Whoever acts in the county or below it, signed in, seals and opens with them; a key
  // that is lost loses all that it opens, so only officials of the whole county change and remove them.
  county_key: [
    ['official', { region: '330803' }, all],
    ['official of the town beside', { region: '330803' }, 'add read'],
    ['official', { region: '330802' }, ''],
    ['official', { region: '330804' }, ''],
    ['a party', {}, 'add read'],
    ['another party', {}, 'add read'],
    ['a household', {}, 'add read'],
    ['another household', {}, 'add read'],
    ['a party that is nowhere', { region: '330803' }, ''],
  ],
  // Added to by whoever changes something, read by officials, changed by nobody.
  audit_entry: [
    ['official', {}, 'read'],
    ['official of a town', {}, 'read'],
    ['a party that asked for it', {}, 'add'],
  ],
};
/** The triggers write in the name of whoever acts, and in no other. */
const addedInOwnName = new Set(['audit_entry']);

function byPerson(id: string): Row {
  return { grantor_role: 'household', grantor_party_id: null, grantor_person_id: id };
}

function linesOf(table: string): Line[] {
  const own = tables[table] ?? [];
  const isTheSame = (one: Line, other: Line) =>
    one[0] === other[0] && JSON.stringify(one[1]) === JSON.stringify(other[1]);
  const lines = [...usual.filter((each) => !own.some((line) => isTheSame(each, line))), ...own];
  if (!addedInOwnName.has(table)) return lines;
  const inOwnName = lines.map(([who, row, may]): Line => {
    const { actor = 'unset' }: Viewer = viewers[who];
    return [who, { ...row, actor }, may.startsWith('add') ? may : `add ${may}`.trim()];
  });
  return [...lines, ...inOwnName];
}

let database: FreshDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await insertSamples(client);
  await insertRow(client, 'party', sampleRow('party', 2, { region: villageBelow }));
  await insertRow(client, 'party', sampleRow('party', 3, { region: villageAbove }));
  await insertRow(client, 'person', sampleRow('person', 2, { region: villageBelow }));
  await insertRow(client, 'list_publication', sampleRow('list_publication', 2, { ...publishedList, list: 'policies' }));
  await insertRow(client, 'listing', sampleRow('listing', 2, { owner_id: party }));
  await insertRow(client, 'listing', sampleRow('listing', 3, labour));
  // About number 6 is what is tried, about number 7 what is added.
  await insertRow(client, 'listing', sampleRow('listing', 6, { status: 'draft' }));
  await insertRow(client, 'listing', sampleRow('listing', 7, { owner_id: party }));
  await insertRow(client, 'import_job', sampleRow('import_job', 2, { region: villageBelow }));
  // Carries out what is written into it: from within a trigger, with the rights of whoever writes.
  await client.query(
    `create table door (statement text, touched integer);
     create function pass_door() returns trigger language plpgsql as $$
     begin execute new.statement; get diagnostics new.touched = row_count; return new; end $$;
     create trigger door before insert on door for each row execute function pass_door();
     grant select, insert on door to gongfang_app`,
  );
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

const directly = (statement: string) => statement;
const throughTrigger = (statement: string) =>
  `insert into door values (${pg.escapeLiteral(statement)}) returning touched`;

/** What `viewer` may do to `row`: tried as the service's role, and undone. */
async function mayDo(viewer: Viewer, table: string, row: Row, how = directly): Promise<string> {
  return undone(client, async () => {
    const isThis = `where id = '${String(row['id'])}'`;
    await insertRow(client, table, row);
    await client.query('set local role gongfang_app');
    for (const [name, value] of Object.entries(viewer)) {
      await client.query('select set_config($1, $2, true)', [`app.${name}`, value]);
    }
    const { id, ...added } = { ...row, ...another(table) };
    const attempts = {
      // Entries of the trail are numbered by the database.
      add: insertOf(table, table === 'audit_entry' ? added : { id, ...added }),
      read: `select 1 from ${table} ${isThis}`,
      change: `update ${table} set region = region ${isThis}`,
      remove: `delete from ${table} ${isThis}`,
    };
    const open: string[] = [];
    for (const [name, statement] of Object.entries(attempts)) {
      await client.query('savepoint attempt');
      if (await isTouched(how(statement))) open.push(name);
      await client.query('rollback to savepoint attempt');
    }
    return open.join(' ');
  });
}

/** Another row of the same kind: what must be unique is its own. */
function another(table: string): Row {
  const { id, ...others } = sampleRow(table, 5);
  const first = sampleRow(table, 4);
  return { id, ...Object.fromEntries(Object.entries(others).filter(([name, value]) => first[name] !== value)) };
}

async function isTouched(statement: string): Promise<boolean> {
  try {
    const { rows, rowCount } = await client.query<{ touched?: number }>(statement);
    return (rows[0]?.touched ?? rowCount ?? 0) > 0;
  } catch (error) {
    return isRefused(error);
  }
}

/** False: for want of a policy or a privilege. A reference that stops it would have come after both. */
function isRefused(error: unknown): boolean {
  const code = error instanceof pg.DatabaseError ? error.code : undefined;
  if (code === '42501') return false;
  if (code === '23503') return true;
  throw error;
}

describe.each(Object.keys(tables))('%s:', (table) => {
  test.each(linesOf(table))('%s, row %j: %s', async (who, different, may) => {
    expect(await mayDo(viewers[who], table, sampleRow(table, 4, different))).toBe(may);
  });
});

// Whoever could make a trigger of his own would still write only what is his.
describe('published_listing, from within a trigger:', () => {
  test.each<Line>([
    ['official', {}, all],
    ['official', { region: villageBelow }, 'read'],
    ['official', { region: villageAbove }, 'read'],
    ['nobody in the county', {}, 'read'],
    ['a connection without scope', {}, 'read'],
    ['visitor', {}, 'read'],
    ['a party', { owner_id: party }, all],
    ['another party', { owner_id: party }, 'read'],
  ])('%s, row %j: %s', async (who, different, may) => {
    const row = sampleRow('published_listing', 4, different);
    expect(await mayDo(viewers[who], 'published_listing', row, throughTrigger)).toBe(may);
  });
});

test('every table behind row-level security has its lines', async () => {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity`,
  );
  expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(tables).sort());
});
