// Bugs of the database, read from its own catalogue: whatever a migration adds is tried from then on. Enters: a connection to a
// migrated database. Leaves: for each guard the statements that take it away, and the tests that must notice.

import pg from 'pg';
import { weaken } from './weaken.ts';

export interface DatabaseBug {
  kind: string;
  name: string;
  sql: string;
  tests: readonly string[];
  /** Why it cannot be planted: something of the catalogue is not known here. */
  trouble?: string;
}

const constraints = ['test/contract/constraints.test.ts'];
const policies = ['test/contract/policies.test.ts'];
const auditTrail = ['test/contract/audit-trail.test.ts'];
const schema = ['test/contract/database.test.ts'];
const copies = ['test/contract/published-listing.test.ts'];

const inPublic = (column: string) => `${column} = 'public'::regnamespace`;
const quote = pg.escapeIdentifier;

export async function readDatabaseBugs(client: pg.Client): Promise<DatabaseBug[]> {
  const sources = [
    ...[checks, references, uniques, notNulls, rowPolicies, rowSecurity],
    ...[triggers, triggerArguments, grants, grantsToAll, functionGuards],
  ];
  const bugs: DatabaseBug[] = [];
  for (const source of sources) bugs.push(...(await source(client)));
  return bugs;
}

async function checks(client: pg.Client): Promise<DatabaseBug[]> {
  const { rows } = await client.query<{ name: string; owner: string; condition: string }>(
    `select conname as name, pg_get_expr(conbin, conrelid) as condition,
            case when contypid = 0 then 'table ' || conrelid::regclass else 'domain ' || contypid::regtype end as owner
     from pg_constraint where contype = 'c' and ${inPublic('connamespace')} order by 1`,
  );
  return rows.flatMap(({ name, owner, condition }) =>
    weaken(condition).map((weaker, index, all) => ({
      kind: 'check',
      name: `${name}${all.length > 1 ? `, part ${index + 1}` : ''} checks nothing`,
      sql: `alter ${owner} drop constraint ${quote(name)}; alter ${owner} add constraint ${quote(name)} check (${weaker})`,
      tests: constraints,
    })),
  );
}

async function references(client: pg.Client): Promise<DatabaseBug[]> {
  const { rows } = await client.query<{ name: string; table: string }>(
    `select conname as name, conrelid::regclass::text as table from pg_constraint
     where contype = 'f' and ${inPublic('connamespace')} order by 1`,
  );
  return rows.map(({ name, table }) => ({
    kind: 'reference',
    name: `${name} is gone`,
    sql: `alter table ${table} drop constraint ${quote(name)}`,
    tests: constraints,
  }));
}

async function uniques(client: pg.Client): Promise<DatabaseBug[]> {
  const { rows } = await client.query<{ name: string; table: string; isConstraint: boolean; index: string }>(
    `select c.relname as name, indrelid::regclass::text as table, pg_get_indexdef(indexrelid) as index,
            exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x')) as "isConstraint"
     from pg_index join pg_class c on c.oid = indexrelid
     where (indisunique or indisexclusion) and ${inPublic('c.relnamespace')} order by 1`,
  );
  return rows.map(({ name, table, isConstraint, index }) => ({
    kind: 'unique',
    name: `${name} takes doubles`,
    // What refers to its columns needs it, and goes with it.
    sql: isConstraint
      ? `alter table ${table} drop constraint ${quote(name)} cascade`
      : `do $$ declare r record; begin
           for r in select conname, conrelid::regclass as child from pg_constraint
                    where contype = 'f' and conindid = '${quote(name)}'::regclass
           loop execute format('alter table %s drop constraint %I', r.child, r.conname); end loop; end $$;
         drop index ${quote(name)}; ${index.replace('CREATE UNIQUE INDEX', 'CREATE INDEX')}`,
    tests: constraints,
  }));
}

/** Table by table: there are many, and one test holds them all against the code. */
async function notNulls(client: pg.Client): Promise<DatabaseBug[]> {
  const { rows } = await client.query<{ table: string; columns: string[] }>(
    `select c.oid::regclass::text as table, array_agg(attname::text) as columns
     from pg_attribute a join pg_class c on c.oid = a.attrelid
     where relkind = 'r' and ${inPublic('c.relnamespace')} and attnum > 0 and attnotnull and attidentity = ''
       and not exists (select from pg_index i where i.indrelid = c.oid and indisprimary and attnum = any (indkey))
     group by 1 order by 1`,
  );
  return rows.map(({ table, columns }) => ({
    kind: 'not null',
    name: `${table}: whatever must be there may be null`,
    sql: `alter table ${table} ${columns.map((column) => `alter column ${quote(column)} drop not null`).join(', ')}`,
    tests: schema,
  }));
}

async function rowPolicies(client: pg.Client): Promise<DatabaseBug[]> {
  const { rows } = await client.query<{ name: string; table: string; using: string | null; check: string | null }>(
    `select polname as name, polrelid::regclass::text as table,
            pg_get_expr(polqual, polrelid) as using, pg_get_expr(polwithcheck, polrelid) as check
     from pg_policy order by 2, 1`,
  );
  return rows.flatMap(({ name, table, using, check }) => {
    const on = `${quote(name)} on ${table}`;
    const weaker = (['using', 'with check'] as const).flatMap((clause) => {
      const condition = clause === 'using' ? using : check;
      if (condition === null || condition === 'true') return [];
      return weaken(condition).map((each, index) => ({
        name: `${table}.${name}, ${clause}, part ${index + 1} lets everything pass`,
        sql: `alter policy ${on} ${clause} (${each})`,
      }));
    });
    return [{ name: `${table}.${name} is gone`, sql: `drop policy ${on}` }, ...weaker].map((bug) => ({
      kind: 'policy',
      tests: policies,
      ...bug,
    }));
  });
}

async function rowSecurity(client: pg.Client): Promise<DatabaseBug[]> {
  const { rows } = await client.query<{ table: string }>(
    `select oid::regclass::text as table from pg_class where ${inPublic('relnamespace')} and relrowsecurity order by 1`,
  );
  return rows.flatMap(({ table }) =>
    ['disable', 'no force'].map((word) => ({
      kind: 'row security',
      name: `${table}: ${word} row level security`,
      sql: `alter table ${table} ${word} row level security`,
      tests: schema,
    })),
  );
}

/** Who notices that a trigger is gone, by what it calls. */
const triggerTests: Record<string, readonly string[]> = {
  audit_changes: schema,
  begin_audit_transaction: auditTrail,
  publish_changes: copies,
  tell_changes: copies,
};

async function triggers(client: pg.Client): Promise<DatabaseBug[]> {
  const { rows } = await client.query<{ name: string; table: string; calls: string }>(
    `select tgname as name, tgrelid::regclass::text as table, tgfoid::regproc::text as calls
     from pg_trigger join pg_class c on c.oid = tgrelid where not tgisinternal and ${inPublic('relnamespace')} order by 2, 1`,
  );
  return rows.map(({ name, table, calls }) => ({
    kind: 'trigger',
    name: `${table}.${name} is gone`,
    sql: `drop trigger ${quote(name)} on ${table}`,
    tests: triggerTests[calls] ?? [],
    ...(!(calls in triggerTests) && { trouble: `triggerTests does not know ${calls}` }),
  }));
}

/** A column that an audit trigger was told to hide, and that is there. A deletion writes no values, so there is nothing to hide. */
async function triggerArguments(client: pg.Client): Promise<DatabaseBug[]> {
  const { rows } = await client.query<{ name: string; table: string; definition: string; columns: string[] }>(
    `select tgname as name, tgrelid::regclass::text as table, pg_get_triggerdef(oid) as definition,
            array(select quote_literal(attname) from pg_attribute where attrelid = tgrelid and not attisdropped) as columns
     from pg_trigger where tgfoid = 'audit_changes'::regproc and tgtype & 8 = 0 order by 2, 1`,
  );
  return rows.flatMap(({ name, table, definition, columns }) => {
    const [, head = '', list = ''] = /^(.*audit_changes\()(.*)\)$/s.exec(definition) ?? [];
    const hidden = list === '' ? [] : list.split(', ');
    const standing = hidden.filter((column) => columns.includes(column));
    return standing.map((column) => ({
      kind: 'trigger',
      name: `${table}.${name} no longer hides ${column}`,
      sql: `drop trigger ${quote(name)} on ${table}; ${head}${hidden.filter((each) => each !== column).join(', ')})`,
      tests: auditTrail,
    }));
  });
}

/** Whatever the service may not do to a table. */
async function grants(client: pg.Client): Promise<DatabaseBug[]> {
  const { rows } = await client.query<{ table: string; privilege: string }>(
    `select c.oid::regclass::text as table, privilege from pg_class c,
            unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) as privilege
     where relkind in ('r', 'p') and ${inPublic('relnamespace')} and not has_table_privilege('gongfang_app', c.oid, privilege)
     union all
     select c.oid::regclass || ' (' || attname || ')', privilege
     from pg_class c join pg_attribute a on a.attrelid = c.oid and attnum > 0 and not attisdropped,
          unnest(array['INSERT']) as privilege
     where relkind = 'r' and ${inPublic('relnamespace')} and has_any_column_privilege('gongfang_app', c.oid, privilege)
       and not has_column_privilege('gongfang_app', c.oid, attname, privilege) order by 1, 2`,
  );
  return rows.map(({ table, privilege }) => {
    const [name = '', column = ''] = table.split(' ');
    return {
      kind: 'grant',
      name: `the service may ${privilege} ${table}`,
      sql: `grant ${privilege} ${column} on ${name} to gongfang_app`,
      tests: schema,
    };
  });
}

async function grantsToAll(client: pg.Client): Promise<DatabaseBug[]> {
  const { rows } = await client.query<{ table: string }>(
    `select oid::regclass::text as table from pg_class where relkind in ('r', 'p') and ${inPublic('relnamespace')} order by 1`,
  );
  return [
    ...rows.map(({ table }) => ({ name: `everybody may read ${table}`, sql: `grant select on ${table} to public` })),
    { name: 'the service may add tables of its own', sql: 'grant create on schema public to gongfang_app' },
  ].map((bug) => ({ kind: 'grant', tests: schema, ...bug }));
}

// ── Functions ───────────────────────────────────────────────────────────────────────────────────────────────────────

interface Edit {
  find: string;
  replace: string;
  why: string;
  tests: readonly string[];
}

const isPrivate = `case when to_jsonb(n) ->> 'is_public' = 'false' then private else '{}' end`;

/** What guards something in the functions. Each `find` stands there once; every function that acts has its edits. */
const functionEdits: Record<string, Edit[]> = {
  audit_changes: [
    {
      find: `coalesce(tg_argv::text[], '{}')`,
      replace: `'{}'`,
      why: 'hides nothing',
      tests: auditTrail,
    },
    { find: `- ${isPrivate}`, replace: '', why: 'tells what describes a person who is added', tests: auditTrail },
    { find: `|| ${isPrivate}`, replace: '', why: 'tells what describes a person who changed', tests: auditTrail },
    {
      find: `coalesce(nullif(current_setting('app.actor', true), ''), 'unset')`,
      replace: `'unset'`,
      why: 'forgets who acted',
      tests: auditTrail,
    },
    {
      find: `coalesce(current_setting('app.request_id', true), '')`,
      replace: `''`,
      why: 'forgets in which request',
      tests: auditTrail,
    },
  ],
  begin_audit_transaction: [
    {
      find: 'perform pg_current_xact_id()',
      replace: 'null',
      why: 'lets a number be taken before its transaction has one',
      tests: auditTrail,
    },
  ],
  publish_changes: [
    {
      find: "where p.id = n.id and not (n.is_public and n.status = 'published')",
      replace: 'where false and p.id = n.id',
      why: 'leaves what was withdrawn in the public copy',
      tests: copies,
    },
    {
      find: "where is_public and status = 'published' and not exists",
      replace: 'where is_public and not exists',
      why: 'publishes drafts',
      tests: copies,
    },
    {
      find: "where is_public and status = 'published' and not exists",
      replace: "where status = 'published' and not exists",
      why: 'publishes people',
      tests: copies,
    },
  ],
  tell_changes: [
    {
      find: `when not (n.is_public and n.status = 'published') then 'withdrawn'`,
      replace: `when false then 'withdrawn'`,
      why: 'does not tell that something was withdrawn',
      tests: copies,
    },
    {
      find: `select id, 'published', pg_current_xact_id() from new_rows where is_public and status = 'published'`,
      replace: `select id, 'published', pg_current_xact_id() from new_rows where status = 'published'`,
      why: 'tells of people',
      tests: copies,
    },
  ],
  guard_business_table: [
    ...['enable', 'force'].map((word) => ({
      find: `execute format('alter table %s ${word} row level security', business)`,
      replace: 'null',
      why: `does not ${word} row-level security`,
      tests: schema,
    })),
    ...['insert', 'update', 'delete'].map((event) => ({
      find: `create trigger audit_${event} after ${event} on`,
      replace: `create trigger audit_${event} after ${event === 'insert' ? 'update' : 'insert'} on`,
      why: `does not audit each ${event}`,
      tests: schema,
    })),
  ],
};
/** Pure: they guard nothing, and stories see them work. */
const pureFunctions = ['zh_bigrams', 'zh_tokens', 'map_point', 'price_step', 'public_terms'];

async function functionGuards(client: pg.Client): Promise<DatabaseBug[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select proname as name, pg_get_functiondef(p.oid) as definition from pg_proc p
     where ${inPublic('pronamespace')} and prokind = 'f'
       and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') order by 1`,
  );
  return rows.flatMap(({ name, definition }) => {
    if (pureFunctions.includes(name)) return [];
    const edits = functionEdits[name];
    if (!edits) return [{ kind: 'function', name, sql: '', tests: [], trouble: 'functionEdits does not know it' }];
    return edits.map(({ find, replace, why, tests }) => ({
      ...{ kind: 'function', name: `${name} ${why}`, tests },
      sql: definition.replace(find, () => replace),
      ...(definition.split(find).length !== 2 && { trouble: `does not stand in it exactly once: ${find}` }),
    }));
  });
}
