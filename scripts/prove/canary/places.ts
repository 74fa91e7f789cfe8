// Where to look: every column of every table whatever its type, every key of Redis, and what was written to the log and answered.

import { Redis } from 'ioredis';
import type { Service } from '../../../test/support/service.ts';
import { textsOf, type Hit, type Search } from './needles.ts';

export interface Finding extends Hit {
  place: string;
}

/** `outbox.payload`, `bullmq.job.data`…: with every row, as PostgreSQL writes it, and bytes unpacked. */
export async function searchTables(
  service: Pick<Service, 'rows'>,
  search: Search,
): Promise<{ columns: number; findings: Finding[] }> {
  const columns = await service.rows<{ schema: string; table: string; column: string; isBytes: boolean }>(
    `select n.nspname as schema, c.relname as table, a.attname as column,
            coalesce(nullif(t.typbasetype, 0), t.oid) = 'bytea'::regtype as "isBytes"
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
          join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
     where c.relkind in ('r', 'p', 'm') and a.attnum > 0 and not a.attisdropped
       and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
     order by 1, 2, 3`,
  );
  const findings: Finding[] = [];
  for (const { schema, table, column, isBytes } of columns) {
    const place = `${schema}.${table}.${column}`;
    const rows = await service.rows<{ value: string | Buffer }>(
      `select "${column}"${isBytes ? '' : '::text'} as value from "${schema}"."${table}" where "${column}" is not null`,
    );
    const text = rows.flatMap(({ value }) => (Buffer.isBuffer(value) ? textsOf(value) : [value])).join('\n');
    findings.push(...search(text).map((hit) => ({ place, ...hit })));
  }
  return { columns: columns.length, findings };
}

/** Listens to everything that Redis is told from now on: jobs are gone from it as soon as they are done. */
export async function listenToRedis(url: string): Promise<{ said: () => string; stop: () => Promise<void> }> {
  const redis = new Redis(url);
  const monitor = await redis.monitor();
  const lines: string[] = [];
  monitor.on('monitor', (_time: string, args: string[]) => lines.push(args.join(' ')));
  return {
    said: () => lines.join('\n'),
    async stop() {
      monitor.disconnect();
      await redis.quit();
    },
  };
}

/** The same for a queue in PostgreSQL: looks again and again, and remembers what it saw. */
export function watchQueueTables(service: Pick<Service, 'rows'>): { said: () => string; stop: () => Promise<void> } {
  const seen = new Set<string>();
  let isStopped = false;
  const watching = (async () => {
    const tables = await service.rows<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'bullmq'`,
    );
    while (!isStopped) {
      for (const { name } of tables) {
        for (const { row } of await service.rows<{ row: string }>(`select t::text as row from ${name} as t`))
          seen.add(row);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  return {
    said: () => [...seen].join('\n'),
    async stop() {
      isStopped = true;
      await watching;
    },
  };
}
