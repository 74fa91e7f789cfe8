// The PostgreSQL of a test run: the given one, else the embedded one, else a container. Leaves: its address and a template
// database that is migrated and holds the divisions, made once; every test file clones it. In a given server only databases
// of this run are touched. TEST_TEMPLATE names a template that is there already: a proof plants bugs in one.

import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres/index.ts';
import { StartProblem } from '../../src/platform/start-problem.ts';
import { hasContainerRuntime, startContainer } from './containers.ts';
import type { Service } from './global-setup.ts';

export interface PostgresLane {
  /** A login that may create databases. */
  serverUrl: string;
  /** Every database of this run is named by this and 16 more hexadecimal digits: together `t_<uuid>`. */
  runPrefix: string;
  template: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    postgresLane: PostgresLane | undefined;
  }
}

export async function startPostgresLane(): Promise<Service<PostgresLane>> {
  const server = await findServer();
  const runPrefix = `t_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  const given = process.env.TEST_TEMPLATE;
  const lane: PostgresLane = { serverUrl: server.address, runPrefix, template: given ?? nameDatabase(runPrefix) };
  const stop = async () => {
    await dropDatabasesOfRun(lane);
    await server.stop();
  };
  try {
    if (given !== undefined) return { address: lane, stop };
    await onServer(lane.serverUrl, `create database ${lane.template}`);
    // Here, so that a run on a template that is there already does not load the whole service.
    const { setUpDatabase } = await import('../../src/start.ts');
    await setUpDatabase(databaseUrl(lane, lane.template));
    return { address: lane, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function findServer(): Promise<Service<string>> {
  const given = process.env.DATABASE_URL;
  if (given) return { address: given, stop: async () => {} };
  try {
    const postgres = await startEmbeddedPostgres({
      dataFolder: mkdtempSync(join(tmpdir(), 'gongfang-test-')),
      temporary: true,
      // Nothing here must survive a power cut.
      settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
    });
    return { address: postgres.url, stop: () => postgres.stop() };
  } catch (error) {
    if (!(error instanceof StartProblem) || !(await hasContainerRuntime())) throw error;
  }
  const password = randomUUID();
  const container = await startContainer('postgres:17-alpine', 5432, { POSTGRES_PASSWORD: password });
  const { host, port } = container.address;
  return { address: `postgresql://postgres:${password}@${host}:${port}/postgres`, stop: () => container.stop() };
}

/** A new name for a database of this run. */
export function nameDatabase(runPrefix: string): string {
  return runPrefix + randomUUID().replaceAll('-', '').slice(-16);
}

export function databaseUrl(lane: PostgresLane, name: string): string {
  const url = new URL(lane.serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs one statement outside of any database of the run. */
export async function onServer(serverUrl: string, statement: string): Promise<{ name: string }[]> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    return (await client.query<{ name: string }>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function dropDatabasesOfRun({ serverUrl, runPrefix }: PostgresLane): Promise<void> {
  const ofThisRun = `select datname as name from pg_database where datname ~ '^${runPrefix}[0-9a-f]{16}$'`;
  for (const { name } of await onServer(serverUrl, ofThisRun)) {
    await onServer(serverUrl, `drop database if exists ${name} with (force)`);
  }
}
