// The migrated database held to the rules of tenancy and audit (test/support/schema-rules.ts); the last tests plant a careless
// migration and see every rule object.

import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { is } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase, type FreshDatabase } from '../support/database.ts';
import { auditTrail, schemaRules, tenantless, type Rule } from '../support/schema-rules.ts';

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
  test.each(schemaRules.map((rule) => [rule.name, rule] as const))('%s', async (_, rule) => {
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
    for (const table of Object.keys(tenantless))
      expect(known.has(table), `${table} is exempt but not there`).toBe(true);
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

  test.each(schemaRules.map((rule) => [rule.name, rule] as const))('%s', async (name, rule) => {
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
    for (const rule of schemaRules) expect(await breaks(rule), rule.name).toEqual([]);
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
