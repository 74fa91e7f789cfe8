import type pg from 'pg';
import { DEFAULT_SCHEMA, runMigrations } from 'bullmq';

/** Creates or upgrades the tables in which BullMQ keeps jobs when there is no Redis, and lets `role` use them. */
export async function migrateQueueSchema(client: pg.Client, role: string): Promise<void> {
  await runMigrations(client, DEFAULT_SCHEMA);
  const schema = `"${DEFAULT_SCHEMA}"`;
  await client.query(`
    -- create: BullMQ makes a sequence per queue when it is first used.
    grant usage, create on schema ${schema} to ${role};
    grant select, insert, update, delete on all tables in schema ${schema} to ${role};
    grant usage, select on all sequences in schema ${schema} to ${role};
    grant execute on all functions in schema ${schema} to ${role};
  `);
}
