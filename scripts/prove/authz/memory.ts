// What the database was like. Enters: the owner's connection. Leaves: a fingerprint of every row, and a way back to it, so that
// each cell of the table is tried in the same world.

import type { Client } from 'pg';

export interface Touched {
  table: string;
  region: string;
}

export interface Memory {
  /** Differs when any row of any table does. */
  fingerprint(): Promise<string>;
  /** What differs from what is remembered, with the request that the trail names. */
  describeChanges(): Promise<string[]>;
  /** Back to what is remembered. Returns the rows that the trail says were touched. */
  undo(): Promise<Touched[]>;
}

/** When a credential was last used is noted by every request. */
const forgotten = ['api_key_use', 'household_session_use'];

export async function rememberDatabase(client: Pick<Client, 'query'>): Promise<Memory> {
  const { rows: tables } = await client.query<{ name: string; columns: string }>(
    `select c.relname as name, string_agg(quote_ident(a.attname), ', ') as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> all ($1) group by 1 order by 1`,
    [forgotten],
  );
  const named = new Map(tables.map((table) => [table.name, table]));
  // Copies and queues, of which the trail knows nothing. Compared as text: a point equals nothing.
  const { rows: audited } = await client.query<{ name: string }>(
    `select distinct tgrelid::regclass::text as name from pg_trigger where tgfoid = any (
       select oid from pg_proc where proname like 'audit%')`,
  );
  const silent = tables.filter(({ name }) => name !== 'audit_entry' && !audited.some((each) => each.name === name));
  await client.query('create schema remembered');
  for (const { name } of tables) await client.query(`create table remembered.${name} as table public.${name}`);
  const [mark] = (await client.query<{ id: string }>('select coalesce(max(id), 0)::text as id from audit_entry')).rows;
  const newEntries = `from audit_entry where id > ${mark?.id ?? 0}`;

  return {
    async fingerprint() {
      const each = tables.map(
        ({ name }) =>
          `(select md5(coalesce(string_agg(h, '' order by h), '')) from (select md5(t::text) as h from public.${name} t) _)`,
      );
      const { rows } = await client.query<{ all: string }>(`select concat_ws(',', ${each.join(', ')}) as all`);
      return rows[0]?.all ?? '';
    },

    async describeChanges() {
      const { rows } = await client.query<{ what: string }>(
        `select distinct operation || ' ' || table_name || ' by ' || request_id as what ${newEntries} limit 20`,
      );
      if (rows.length > 0) return rows.map(({ what }) => what);
      const changed: string[] = [];
      for (const { name } of tables) {
        const { rows: different } = await client.query<{ row: string }>(
          `select t::text as row from public.${name} t except all select r::text from remembered.${name} r limit 1`,
        );
        for (const { row } of different) changed.push(`${name} without a trace in the trail: ${row.slice(0, 120)}`);
      }
      return changed;
    },

    async undo() {
      const { rows } = await client.query<Touched & { ids: string[] }>(
        `select table_name as table, region, array_agg(distinct row_id::text) as ids ${newEntries} group by 1, 2`,
      );
      const put = rows.flatMap(({ table, ids }) => {
        const { columns = '' } = named.get(table) ?? {};
        const those = `where id in (${ids.map((id) => `'${id}'`).join(', ')})`;
        return [
          `delete from public.${table} ${those}`,
          `insert into public.${table} (${columns}) overriding system value select ${columns} from remembered.${table} ${those}`,
        ];
      });
      const putSilent = silent.flatMap(({ name, columns }) => [
        `delete from public.${name} t where t::text not in (select r::text from remembered.${name} r)`,
        `insert into public.${name} (${columns}) overriding system value
         select ${columns} from remembered.${name} r where r::text not in (select t::text from public.${name} t)`,
      ]);
      // As a replica: neither triggers nor foreign keys speak.
      await client.query(
        [
          'begin',
          'set local session_replication_role = replica',
          ...put,
          `delete ${newEntries}`,
          ...putSilent,
          'commit',
        ].join(';'),
      );
      return rows;
    },
  };
}
