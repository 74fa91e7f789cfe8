// The migrated database held to the rules of tenancy and audit, whatever migration comes next. Each rule is a query for what
// breaks it; the last tests plant a careless migration and see every rule object.

import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { is } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase, type FreshDatabase } from '../support/database.ts';

/** Tables without tenants. A line here needs a reason that holds for every row it will ever have. */
const tenantless: Record<string, string> = {
  outbox: 'holds identities only, is read by the relay for all counties at once',
  idempotency_key: 'hashes and sealed answers that only the caller’s own key finds and opens, whatever the division',
  division: 'public reference data, the service may only read it',
  api_key_use: 'a key and the minute of its last use, written by the sign-in of every division',
  audit_seal: 'hashes over the audit trail of all counties, added once and never changed',
  audit_checkpoint: 'signatures over those hashes, likewise',
};

/** What the service may do with tables that it may not read and write freely. */
const narrower: Record<string, string[]> = {
  api_key_use: ['INSERT', 'SELECT', 'UPDATE'],
  audit_checkpoint: ['INSERT', 'SELECT'],
  audit_entry: ['SELECT'],
  audit_seal: ['INSERT', 'SELECT'],
  division: ['SELECT'],
  outbox: ['INSERT', 'SELECT', 'UPDATE'],
};

/** Behind row-level security, but append-only and audited by nobody: it is the audit. */
const auditTrail = 'audit_entry';

const exempt = Object.keys(tenantless);
const quoted = (names: readonly string[]) => pg.escapeLiteral(`{${names.join(',')}}`);

interface Rule {
  name: string;
  /** Rows with `what`: each breaks the rule. */
  query: string;
}

const rules: Rule[] = [
  {
    name: 'every table has row-level security, forced, so that it holds for its owner too',
    query: `select c.relname as what from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> all (${quoted(exempt)})
              and not (c.relrowsecurity and c.relforcerowsecurity)`,
  },
  {
    name: 'every table has a policy',
    query: `select c.relname as what from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> all (${quoted(exempt)})
              and not exists (select from pg_policy p where p.polrelid = c.oid)`,
  },
  {
    name: 'a policy reads its settings once a statement, not once a row',
    query: `select tablename || '.' || policyname as what
            from pg_policies, lateral (select coalesce(qual, '') || coalesce(with_check, '') as condition) as p
            where schemaname = 'public'
              and regexp_count(condition, 'current_setting\\(') <> regexp_count(condition, 'SELECT current_setting\\(')`,
  },
  {
    name: 'a policy that is bounded below by division is bounded above too',
    query: `select tablename || '.' || policyname as what
            from pg_policies, lateral (select coalesce(qual, '') || coalesce(with_check, '') as condition) as p
            where schemaname = 'public'
              and condition like '%app.lo%' and condition not like '%app.hi%'`,
  },
  {
    name: 'every table has its row’s id and region',
    query: `select c.relname as what from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> all (${quoted(exempt)})
              and (select count(*) from pg_attribute a
                   where a.attrelid = c.oid and a.attnotnull and a.attname in ('id', 'region')) <> 2`,
  },
  {
    name: 'division codes are compared byte by byte, or the range of a county would miss rows and use no index',
    query: `select c.relname || '.' || a.attname as what
            from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0
             
              and (a.attname in ('region', 'county', 'division_code', 'parent_code', 'successor_code')
                   or (c.relname = 'division' and a.attname = 'code'))
              and not (a.atttypid = 'text'::regtype and a.attcollation = '"C"'::regcollation)`,
  },
  {
    name: 'every change of a business row is audited',
    query: `select c.relname || ' ' || event.name as what
            from pg_class c,
                 -- INSERT 4, UPDATE 16, DELETE 8 in tgtype; 1 would be a trigger per row, 2 one before the change.
                 (values ('insert', 4), ('update', 16), ('delete', 8)) as event (name, bit)
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> all (${quoted(exempt)})
              and c.relname <> '${auditTrail}'
              and not exists (
                select from pg_trigger t
                where t.tgrelid = c.oid and t.tgfoid = 'audit_changes'::regproc and t.tgenabled = 'O'
                  and t.tgtype & event.bit > 0 and t.tgtype & 3 = 0)`,
  },
  {
    name: 'no function acts with more rights than its caller',
    query: `select p.proname as what from pg_proc p
            where p.prosecdef and p.pronamespace in ('public'::regnamespace, 'bullmq'::regnamespace)
             `,
  },
  {
    name: 'no view hides who looks',
    query: `select c.relname as what from pg_class c
            where c.relnamespace = 'public'::regnamespace
              and (c.relkind = 'm' or (c.relkind = 'v' and not coalesce('security_invoker=true' = any (c.reloptions), false)))`,
  },
  {
    name: 'nothing is granted to everybody',
    query: `select table_name || ' ' || privilege_type as what from information_schema.role_table_grants
            where grantee = 'PUBLIC' and table_schema = 'public'`,
  },
  {
    name: 'the service owns nothing: an owner could switch row-level security off',
    query: `select c.relname as what from pg_class c
            where pg_get_userbyid(c.relowner) = 'gongfang_app' and c.relnamespace = 'public'::regnamespace
             
            union all
            select p.proname from pg_proc p where pg_get_userbyid(p.proowner) = 'gongfang_app'
            union all
            select n.nspname from pg_namespace n where pg_get_userbyid(n.nspowner) = 'gongfang_app'`,
  },
  {
    name: 'the service can neither pass row-level security nor become somebody who can',
    query: `select r.rolname || ' is or may become ' || s.rolname as what
            from pg_roles r join pg_roles s on pg_has_role(r.oid, s.oid, 'member')
            where r.rolname = 'gongfang_app'
              and (s.oid <> r.oid or s.rolsuper or s.rolbypassrls or s.rolcreaterole or s.rolcreatedb)`,
  },
  {
    name: 'the audit trail can be added to and read, never changed',
    query: `select distinct table_name || ' ' || privilege_type as what from information_schema.column_privileges
            where grantee = 'gongfang_app' and table_name in ('${auditTrail}', 'audit_seal', 'audit_checkpoint')
              and privilege_type not in ('INSERT', 'SELECT')
            union
            select table_name || ' ' || privilege_type from information_schema.role_table_grants
            where grantee = 'gongfang_app' and table_name in ('${auditTrail}', 'audit_seal', 'audit_checkpoint')
              and privilege_type not in ('INSERT', 'SELECT')`,
  },
  {
    name: 'number, instant and transaction of an audit entry are the database’s to say',
    query: `select column_name as what from information_schema.column_privileges
            where grantee = 'gongfang_app' and table_name = '${auditTrail}' and privilege_type = 'INSERT'
              and column_name in ('id', 'at', 'transaction_id')`,
  },
  {
    name: 'the service reads and writes rows, and where less is needed less',
    query: `select c.relname || ' ' || privilege as what
            from pg_class c
            left join jsonb_each(${pg.escapeLiteral(JSON.stringify(narrower))}) as n on n.key = c.relname,
                 unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) as privilege
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
              and has_table_privilege('gongfang_app', c.oid, privilege)
              and not coalesce(n.value, '["SELECT", "INSERT", "UPDATE", "DELETE"]') ? privilege`,
  },
  {
    name: 'the service makes no tables',
    query: `select nspname as what from pg_namespace
            where nspname = 'public' and has_schema_privilege('gongfang_app', oid, 'CREATE')`,
  },
];

let database: FreshDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

async function breaks({ query }: Rule): Promise<string[]> {
  const { rows } = await client.query<{ what: string }>(query);
  return rows.map(({ what }) => what).sort();
}

describe('the migrated database', () => {
  test.each(rules.map((rule) => [rule.name, rule] as const))('%s', async (_, rule) => {
    expect(await breaks(rule)).toEqual([]);
  });

  test('lets the service add to the audit trail and read it', async () => {
    const granted = await client.query<{ privilege_type: string }>(
      `select distinct privilege_type from information_schema.column_privileges
       where grantee = 'gongfang_app' and table_name = $1 order by 1`,
      [auditTrail],
    );
    expect(granted.rows.map(({ privilege_type }) => privilege_type)).toEqual(['INSERT', 'SELECT']);
  });

  test('has exactly the tables and columns that the code knows, and knows which may be null', async () => {
    const { rows } = await client.query<{ table: string; columns: string[] }>(
      `select c.relname as table, array_agg(a.attname || case when a.attnotnull then '' else '?' end) as columns
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') group by 1`,
    );
    const known = await tablesInCode();
    expect(known.size).toBeGreaterThan(10);
    expect(new Map(rows.map(({ table, columns }) => [table, columns.sort()]))).toEqual(known);
    for (const table of exempt) expect(known.has(table), `${table} is exempt but not there`).toBe(true);
  });
});

describe('a careless migration is found:', () => {
  const careless: Record<string, { sql: string; found: string[] }> = {
    'every table has row-level security, forced, so that it holds for its owner too': {
      sql: 'create table careless (id uuid not null, region text collate "C" not null)',
      found: ['careless'],
    },
    'every table has a policy': {
      sql: `create table careless (id uuid not null, region text collate "C" not null);
            select guard_business_table('careless')`,
      found: ['careless'],
    },
    'a policy reads its settings once a statement, not once a row': {
      sql: `create policy careless on party using (region >= current_setting('app.lo', true))`,
      found: ['party.careless'],
    },
    'a policy that is bounded below by division is bounded above too': {
      sql: `create policy careless on party using (region >= (select current_setting('app.lo', true)))`,
      found: ['party.careless'],
    },
    'every table has its row’s id and region': {
      sql: 'create table careless (id uuid not null)',
      found: ['careless'],
    },
    'division codes are compared byte by byte, or the range of a county would miss rows and use no index': {
      sql: 'alter table round add county text',
      found: ['round.county'],
    },
    'every change of a business row is audited': {
      sql: 'drop trigger audit_delete on listing; alter table party disable trigger audit_update',
      found: ['listing delete', 'party update'],
    },
    'no function acts with more rights than its caller': {
      sql: 'create function careless() returns int language sql security definer return 1',
      found: ['careless'],
    },
    'no view hides who looks': { sql: 'create view careless as select * from person', found: ['careless'] },
    'nothing is granted to everybody': { sql: 'grant select on person to public', found: ['person SELECT'] },
    'the service owns nothing: an owner could switch row-level security off': {
      sql: 'alter table listing owner to gongfang_app',
      found: ['listing'],
    },
    'the service can neither pass row-level security nor become somebody who can': {
      sql: 'alter role gongfang_app bypassrls',
      found: ['gongfang_app is or may become gongfang_app'],
    },
    'the audit trail can be added to and read, never changed': {
      sql: `grant update, delete on ${auditTrail} to gongfang_app; grant truncate on audit_seal to gongfang_app`,
      found: ['audit_entry DELETE', 'audit_entry UPDATE', 'audit_seal TRUNCATE'],
    },
    'number, instant and transaction of an audit entry are the database’s to say': {
      sql: `grant insert on ${auditTrail} to gongfang_app`,
      found: ['at', 'id', 'transaction_id'],
    },
    'the service reads and writes rows, and where less is needed less': {
      sql: 'grant insert on division to gongfang_app; grant truncate on listing to gongfang_app',
      found: ['division INSERT', 'listing TRUNCATE'],
    },
    'the service makes no tables': { sql: 'grant create on schema public to gongfang_app', found: ['public'] },
  };

  test.each(rules.map((rule) => [rule.name, rule] as const))('%s', async (name, rule) => {
    const planted = careless[name];
    await client.query('begin');
    try {
      await client.query(planted?.sql ?? '');
      expect(await breaks(rule)).toEqual(expect.arrayContaining(planted?.found ?? ['a planted break']));
    } finally {
      await client.query('rollback');
    }
  });
});

test('a table that a migration guards lacks nothing but its policy', async () => {
  await client.query('begin');
  try {
    await client.query(
      `create table guarded (id uuid not null, region text collate "C" not null);
       select guard_business_table('guarded');
       create policy tenant on guarded using (region >= (select current_setting('app.lo', true))
         and region < (select current_setting('app.hi', true)))`,
    );
    for (const rule of rules) expect(await breaks(rule), rule.name).toEqual([]);
  } finally {
    await client.query('rollback');
  }
});

/** Table name → column names, from every tables.ts; `?` after one that may be null. */
async function tablesInCode(): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (path) => basename(path) === 'tables.ts',
  );
  for (const file of files) {
    const module = (await import(/* @vite-ignore */ `../../src/${file}`)) as Record<string, unknown>;
    for (const table of Object.values(module)) {
      if (!is(table, PgTable)) continue;
      const { name, columns } = getTableConfig(table);
      found.set(name, columns.map((column) => `${column.name}${column.notNull ? '' : '?'}`).sort());
    }
  }
  return found;
}
