// The same under row-level security, whatever the code above it does. Enters: the world, and what is declared of each table. Leaves:
// every row that some audience reads, changes, deletes, adds or moves against the declaration, and every right that the
// service's role should not have. Speaks through a login of its own, which is nothing but a member of that role.

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { runAsAppRole } from '../../../src/platform/database.ts';
import { divisionRange } from '../../../src/vocabulary/division-code.ts';
import type { Tried, Wrong } from './cells.ts';
import { openToAll, tables, type Cells, type SqlScope, type TableRule } from './expectations.ts';
import { places } from './world.ts';

interface Standing extends SqlScope {
  name: string;
  settings: Record<string, string>;
}

/** No division: nothing lies in it. */
const nowhere = '-';

export async function tryInSql(owner: pg.Client, url: string, ids: WhoseIds): Promise<Tried> {
  const login = `t_authz_${randomBytes(8).toString('hex')}`;
  const password = randomBytes(16).toString('hex');
  await owner.query(`create role ${login} login password '${password}' in role gongfang_app`);
  const asLogin = new URL(url);
  asLogin.username = login;
  asLogin.password = password;
  const service = new pg.Client({ connectionString: asLogin.href, options: runAsAppRole });
  try {
    await service.connect();
    const wrong: Wrong[] = [];
    const note = (cell: string, found: string | undefined) => {
      if (found !== undefined) wrong.push({ cell: `in SQL, ${cell}`, found });
    };
    const cells = (await tryTables(owner, service, ids, note)) + (await tryRights(owner, service, note));
    return { cells, wrong };
  } finally {
    await service.end();
    await owner.query(`drop role ${login}`);
  }
}

type Note = (cell: string, found: string | undefined) => void;

export interface WhoseIds {
  partyId: string;
  collectiveId: string;
  collectiveActor: string;
  personIds: readonly string[];
}

function scopesOf({ partyId, collectiveId, collectiveActor, personIds }: WhoseIds): Standing[] {
  const within = (division: string | undefined) =>
    division === undefined ? { lo: '0', hi: ':' } : divisionRange(division);
  const scope = (
    name: string,
    audience: SqlScope['audience'],
    division: string | undefined,
    ids: readonly string[] = [],
    actor = 'key:nobody',
  ): Standing => ({
    ...{ name, audience, division, ids, actor },
    settings: { ...within(division), audience: ids.length > 0 ? ids.join(' ') : audience, actor, request_id: 'authz' },
  });
  const county = scope('officials', 'division', places.parent);
  const broken = (
    name: string,
    settings: Record<string, string>,
    audience: SqlScope['audience'] = 'public',
  ): Standing => ({
    ...{ name, audience, division: nowhere, ids: [], actor: '', settings },
  });
  return [
    scope('the public of the town', 'public', places.own),
    scope('the public of the country', 'public', undefined),
    scope('an enterprise in its town', 'party', places.own, [partyId]),
    scope('an enterprise in a county elsewhere', 'party', '340102', [partyId]),
    scope('a collective in its village', 'party', places.child, [collectiveId], collectiveActor),
    scope('a person', 'household', places.parent, personIds.slice(0, 1)),
    scope('two people in another county', 'household', '330802', personIds),
    scope('officials of the village', 'division', places.child),
    scope('officials of the town', 'division', places.own),
    scope('officials of the county', 'division', places.parent),
    scope('officials of the province', 'division', '33'),
    scope('officials elsewhere', 'division', places.far),
    scope('the platform', 'division', undefined),
    broken('without settings', {}),
    broken('with empty settings', { lo: '', hi: '', audience: '' }),
    broken('without an audience', { ...county.settings, audience: '' }),
    broken('without a beginning', { ...county.settings, lo: ':' }, 'division'),
    broken('without an end', { ...county.settings, hi: '' }, 'division'),
    broken('from the end to the beginning', { ...county.settings, lo: '330803:', hi: '330803' }, 'division'),
    broken('as somebody who is not there', {
      ...county.settings,
      lo: '99',
      hi: '99:',
      audience: '019aa5c2-7c00-7000-8000-000000000099',
    }),
  ];
}

// ── Rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Table {
  name: string;
  columns: string;
  rows: Map<string, Cells>;
}

async function readTables(owner: pg.Client): Promise<Map<string, Table>> {
  const { rows } = await owner.query<{ name: string; columns: string }>(
    `select c.relname as name, string_agg(quote_ident(a.attname), ', ') filter (where a.attgenerated = '') as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relrowsecurity group by 1 order by 1`,
  );
  const read = new Map<string, Table>();
  for (const table of rows) {
    const found = await owner.query<{ id: string; row: Cells }>(
      `select id::text, to_jsonb(t) as row from ${table.name} t`,
    );
    read.set(table.name, { ...table, rows: new Map(found.rows.map(({ id, row }) => [id, row])) });
  }
  return read;
}

async function tryTables(owner: pg.Client, service: pg.Client, ids: WhoseIds, note: Note): Promise<number> {
  const read = await readTables(owner);
  const find = (table: string, id: unknown) => read.get(table)?.rows.get(String(id));
  let cells = 0;
  for (const name of new Set([...read.keys(), ...Object.keys(tables)])) {
    const declared = tables[name];
    const table = read.get(name);
    if (!declared || !table) {
      note(name, declared ? 'is declared, and not there' : 'is there, and not declared');
      continue;
    }
    if (table.rows.size === 0) note(name, 'has no rows: nothing could leak');
    for (const scope of scopesOf(ids)) {
      const holds = (rule: TableRule['reads']) =>
        new Set([...table.rows].filter(([, row]) => rule(row, scope, find)).map(([id]) => id));
      const isEmpty = (scope.settings['audience'] ?? '') === '';
      const { reads, changes, adds = changes } = declared[scope.audience];
      const readable = isEmpty && !openToAll.includes(name) ? new Set<string>() : holds(reads);
      const [changeable, addable] = [holds(changes), holds(adds)];
      const all = [...table.rows.keys()];
      await inScope(service, scope, async (run) => {
        const cell = (what: string) => `${scope.name}: ${what} ${name}`;
        const seen = await run(`select id::text from ${name}`);
        note(cell('read'), differ(all, readable, seen));
        const changed = await run(`update ${name} set region = region returning id::text`);
        note(cell('change'), differ(all, changeable, changed));
        const foreign = all.filter((id) => !changeable?.has(id));
        const deleted = await run(`delete from ${name} where id::text = any($1) returning id::text`, [foreign]);
        note(cell('delete'), differ(foreign, new Set(), deleted));
        cells += all.length * 2 + foreign.length;
        const samples = new Map(
          all.filter((id) => !addable?.has(id)).map((id) => [table.rows.get(id)?.['region'], id]),
        );
        for (const id of samples.values()) {
          const copy = JSON.stringify({ ...table.rows.get(id), id: crypto.randomUUID() });
          const insert = `insert into ${name} (${table.columns}) select ${table.columns} from jsonb_populate_record(null::${name}, $1) returning id::text`;
          note(cell(`add one of ${String(table.rows.get(id)?.['region'])} to`), await refused(run, insert, [copy]));
          cells += 1;
        }
        const [own] = changeable ?? [];
        for (const [column, elsewhere] of movesOf(scope, table.rows.get(own ?? ''))) {
          const move = `update ${name} set ${column} = $1 where id::text = $2 returning id::text`;
          note(cell(`give another ${column} to`), await refused(run, move, [elsewhere, own]));
          cells += 1;
        }
      });
    }
  }
  return cells;
}

/** Where what is one's own must not get to. */
function movesOf(scope: Standing, own: Cells | undefined): [column: string, value: string][] {
  if (!own || scope.division === undefined) return [];
  const another = '019aa5c2-7c00-7000-8000-000000000099';
  const owners = { party: ['owner_id', 'grantor_party_id'], household: ['person_id'], public: [], division: [] }[
    scope.audience
  ];
  return [
    ['region', '990101001'],
    ...owners.filter((column) => column in own).map((column): [string, string] => [column, another]),
  ];
}

type Run = (statement: string, values?: unknown[]) => Promise<string[] | pg.DatabaseError>;

/** One transaction, rolled back; a statement that fails does not end it. */
async function inScope(service: pg.Client, { settings }: Standing, work: (run: Run) => Promise<void>): Promise<void> {
  await service.query('begin');
  try {
    for (const [name, value] of Object.entries(settings))
      await service.query('select set_config($1, $2, true)', [`app.${name}`, value]);
    await work(async (statement, values) => {
      await service.query('savepoint one');
      try {
        const answers = [await service.query<{ id: string }>(statement, values)].flat();
        return answers.flatMap(({ rows }) => rows.map(({ id }) => id));
      } catch (error) {
        if (!(error instanceof pg.DatabaseError)) throw error;
        return error;
      } finally {
        await service.query('rollback to savepoint one');
      }
    });
  } finally {
    await service.query('rollback');
  }
}

function differ(
  all: readonly string[],
  declared: ReadonlySet<string> | undefined,
  found: string[] | pg.DatabaseError,
): string | undefined {
  if (found instanceof Error) return found.code === '42501' && declared?.size === 0 ? undefined : found.message;
  const reached = new Set(found);
  const leaked = all.filter((id) => reached.has(id) && !declared?.has(id));
  const withheld = all.filter((id) => !reached.has(id) && declared?.has(id));
  if (leaked.length === 0 && withheld.length === 0) return undefined;
  return `${leaked.length} rows too many, ${withheld.length} too few of ${all.length}: ${[...leaked, ...withheld][0]}`;
}

async function refused(run: Run, statement: string, values?: unknown[]): Promise<string | undefined> {
  const answer = await run(statement, values);
  if (!(answer instanceof Error)) return 'was not refused';
  return answer.code === '42501' ? undefined : `was refused for another reason: ${answer.message}`;
}

// ── Rights ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What the service's role must not be able to do, in whatever scope. */
const forbidden = (ownerRole: string, tableNames: readonly string[]) => [
  ...tableNames.flatMap((name) => [
    `alter table ${name} disable row level security`,
    `alter table ${name} no force row level security`,
    `alter table ${name} disable trigger user`,
    `alter table ${name} owner to gongfang_app`,
    `create policy open on ${name} using (true)`,
    `truncate ${name} cascade`,
    `set local row_security = off; select 1 from ${name}`,
  ]),
  ...[`set role ${ownerRole}`, `set local role ${ownerRole}`, `select set_config('role', '${ownerRole}', true)`],
  ...[`set session authorization ${ownerRole}`, `do $$ begin execute 'set role ${ownerRole}'; end $$`],
  ...[
    'drop policy tenant on listing',
    'alter policy tenant on listing using (true)',
    'drop trigger audit_update on listing',
  ],
  ...[
    'select * from pg_authid',
    'select * from pg_shadow',
    'select * from pg_user_mapping',
    'select * from pg_statistic',
  ],
  ...[
    'alter role gongfang_app bypassrls',
    'alter role gongfang_app superuser',
    'create role gongfang_other',
    `grant ${ownerRole} to gongfang_app`,
  ],
  ...['set session_replication_role = replica', 'create extension file_fdw'],
  ...[
    `copy (select 1) to program 'true'`,
    `copy listing to '/tmp/authz'`,
    `select pg_read_file('postgresql.conf')`,
    `select pg_ls_dir('.')`,
  ],
  ...[`select lo_import('/etc/hostname')`, 'create schema elsewhere', 'create table public.elsewhere (id uuid)'],
  'create or replace function audit_changes() returns trigger language plpgsql as $$ begin return null; end $$',
  'create function elsewhere() returns int language sql security definer return 1',
  ...[
    'alter function audit_changes() owner to gongfang_app',
    'drop function audit_changes() cascade',
    'drop table listing cascade',
  ],
  ...[
    'update audit_entry set actor = actor',
    'delete from audit_entry',
    'update audit_seal set hash = hash',
    'delete from audit_seal',
  ],
  ...['update audit_checkpoint set hash = hash', 'delete from audit_checkpoint'],
  ...[`insert into audit_entry (id) overriding system value values (1)`, `insert into audit_entry (at) values (now())`],
  ...[
    `insert into division (code) values ('99')`,
    `update division set short_name = 'x'`,
    'delete from division',
    'delete from outbox',
  ],
  ...['delete from api_key_use', 'select * from drizzle.__drizzle_migrations'],
  // In whose name something was done is the scope's to say.
  `insert into audit_entry (table_name, row_id, region, operation, actor, request_id, changed)
   values ('listing', gen_random_uuid(), '330803', 'update', 'key:somebody', 'authz', '{}')`,
];

async function tryRights(owner: pg.Client, service: pg.Client, note: Note): Promise<number> {
  const [{ role } = { role: '' }] = (await owner.query<{ role: string }>('select quote_ident(current_user) as role'))
    .rows;
  const statements = forbidden(role, Object.keys(tables));
  const platform = scopesOf({ partyId: '', collectiveId: '', collectiveActor: '', personIds: [] }).find(
    ({ name }) => name === 'the platform',
  );
  if (!platform) throw new Error('there is a scope of the platform');
  await inScope(service, platform, async (run) => {
    for (const statement of statements) note(statement, await refused(run, statement));
  });
  return statements.length;
}
