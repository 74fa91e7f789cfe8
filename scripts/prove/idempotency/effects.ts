// What happened, as numbers. Enters: the database, past row-level security. Leaves: how many rows each table has; changes in place
// show in the audit trail, which is counted by table and operation.

import type pg from 'pg';

export type Counts = Record<string, number>;

/** When a key was last used is noted once a minute, whoever calls. */
const notCounted = ['api_key_use', 'household_session_use'];
/** A guess at a one-time code is counted before it is looked at, on purpose also when the call is then killed. */
const isGuess = `table_name = 'sms_code' and changed ? 'attempts'`;

export async function countRows(client: pg.Client): Promise<Counts> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> all ($1)`,
    [[...notCounted, 'audit_entry']],
  );
  const counts = tables.map(({ name }) => `select '${name}' as what, count(*)::int as count from "${name}"`);
  const changes = `select 'audit of ' || table_name || ' ' || operation, count(*)::int from audit_entry where not (${isGuess}) group by 1`;
  const { rows } = await client.query<{ what: string; count: number }>([...counts, changes].join(' union all '));
  return Object.fromEntries(rows.map(({ what, count }) => [what, count]));
}

/** What came, or went, in between. */
export function difference(before: Counts, after: Counts): Counts {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(
    names.map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)] as const).filter(([, count]) => count !== 0),
  );
}

/** Whether an answer was stored since `before`. */
export async function isStored(client: pg.Client, before: Counts): Promise<boolean> {
  const { rows } = await client.query<{ count: number }>('select count(*)::int as count from idempotency_key');
  return (rows[0]?.count ?? 0) > (before['idempotency_key'] ?? 0);
}
