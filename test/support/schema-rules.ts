// Rules that the migrated database keeps, whatever migration comes next: tenancy, audit, rights. Each is a query for what breaks it.
// Asked by test/contract/database.test.ts and by `npm run prove -- static`.

import pg from 'pg';

/** Tables without tenants. A line here needs a reason that holds for every row it will ever have. */
export const tenantless: Record<string, string> = {
  outbox: 'holds identities only, is read by the relay for all counties at once',
  idempotency_key: 'hashes and sealed answers that only the caller’s own key finds and opens, whatever the division',
  listing_change: 'ids of public listings without content, read by everybody and written by triggers of every division',
  division: 'public reference data, the service may only read it',
  api_key_use: 'a key and the minute of its last use, written by the sign-in of every division',
  household_session_use: 'a session and the minute of its last use, likewise',
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
  household_session_use: ['INSERT', 'SELECT', 'UPDATE'],
  listing_change: ['INSERT', 'SELECT', 'UPDATE'],
  listing_transition: ['INSERT', 'SELECT'],
  outbox: ['INSERT', 'SELECT', 'UPDATE'],
};

/** Behind row-level security, but append-only and audited by nobody: it is the audit. */
export const auditTrail = 'audit_entry';

/** Copies that triggers of an audited table keep, in the same statement: the change is in the trail once. */
export const copies = ['published_listing'];

const exempt = Object.keys(tenantless);
const quoted = (names: readonly string[]) => pg.escapeLiteral(`{${names.join(',')}}`);

export interface Rule {
  name: string;
  /** Rows with `what`: each breaks the rule. */
  query: string;
}

export const schemaRules: readonly Rule[] = [
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
              and c.relname <> '${auditTrail}' and c.relname <> all (${quoted(copies)})
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
