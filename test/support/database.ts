// A database of one's own for a test file: migrated, with the divisions, empty of business, gone afterwards.

import { inject } from 'vitest';
import { databaseUrl, nameDatabase, onServer } from './postgres-lane.ts';

export interface FreshDatabase {
  url: string;
  /** Ends its connections too. What a test file forgets to drop goes at the end of the run. */
  drop(): Promise<void>;
}

/** Clones the migrated template of this run. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const lane = inject('postgresLane');
  if (lane === undefined)
    throw new Error('This project of vitest.config.ts has no PostgreSQL: it needs the globalSetup');
  const name = nameDatabase(lane.runPrefix);
  await onServer(lane.serverUrl, `create database ${name} template ${lane.template}`);
  return {
    url: databaseUrl(lane, name),
    drop: async () => void (await onServer(lane.serverUrl, `drop database if exists ${name} with (force)`)),
  };
}
