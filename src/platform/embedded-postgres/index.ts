// A real PostgreSQL for machines that have none. Enters: a folder. Leaves: the address of a running server with the database
// `gongfang`, bound to this process's life. Called by standalone.ts, the demo and the tests; everyone else only sees
// DATABASE_URL. Lost: PGlite (hangs with our index types), the npm wrapper of these binaries (needs an install script).

import { mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { findFreePort } from '../free-port.ts';
import { StartProblem } from '../start-problem.ts';
import { superviseProcess, type SupervisedProcess } from '../supervised-process.ts';
import { prepareBinaries, serverEnvironment, type Account, type Binaries } from './binaries.ts';
import { chooseAccount, clusterFolder, goesByDescriptor, openCluster, superuser } from './cluster.ts';
import { alreadyRunning, explainFailure } from './failure.ts';

export interface EmbeddedPostgresOptions {
  /** Created when missing; the server keeps its files in its subfolder `postgresql`. */
  dataFolder: string;
  /** The server's own log, line by line. */
  log?: (line: string) => void;
  /** Settings of the server beyond the ones below. */
  settings?: Readonly<Record<string, string>>;
  /** Removes the data folder once the server has ended, even when this process was killed. */
  temporary?: boolean;
}

export interface EmbeddedPostgres {
  /** The superuser's address of the database `gongfang`. */
  url: string;
  port: number;
  /** Ends the server and resolves when it is gone. */
  stop(): Promise<void>;
}

const database = 'gongfang';

const defaultSettings = {
  listen_addresses: '127.0.0.1',
  // Sockets on disk would need a path of at most 107 bytes; nothing here uses them.
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  max_connections: '100',
  shared_buffers: '256MB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  effective_cache_size: '1GB',
  random_page_cost: '1.1',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  jit: 'off',
  log_checkpoints: 'off',
  // Failed statements are the caller's to report; here their values (names, phone numbers) would end up in a log.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
};

/** @throws StartProblem with a sentence that says what to do, whenever this machine is the reason. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    // A free port can be taken by others between our look and the server's: then all of it is done once more.
    for (let attempt = 1; attempt < 5; attempt++) {
      const started = await startOn(await findFreePort(), options);
      if (started !== 'port-taken') return started;
    }
    throw new Error('could not bind any free port');
  } catch (error) {
    if (options.temporary) rmSync(options.dataFolder, { recursive: true, force: true });
    // Node's and PostgreSQL's errors carry a code; anything else is a mistake of ours and keeps its stack.
    if (error instanceof StartProblem || !(error instanceof Error && 'code' in error)) throw error;
    throw explainFailure(error.message, options.dataFolder, error);
  }
}

async function startOn(port: number, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres | 'port-taken'> {
  mkdirSync(options.dataFolder, { recursive: true });
  const dataFolder = realpathSync(options.dataFolder);
  const account = chooseAccount(dataFolder);
  const binaries = prepareBinaries(account, dataFolder);
  try {
    const password = await openCluster(dataFolder, binaries, account);
    const server = await launchServer(port, { ...options, dataFolder }, binaries, account);
    if (server === 'port-taken') return server;
    try {
      const address = (name: string) => `postgresql://${superuser}:${password}@127.0.0.1:${port}/${name}`;
      await createDatabase(address('postgres'));
      return { url: address(database), port, stop: () => server.stop() };
    } catch (error) {
      await server.stop();
      throw error;
    }
  } catch (error) {
    if (binaries.copy !== undefined) rmSync(binaries.copy, { recursive: true, force: true });
    throw error;
  }
}

/** Resolves when the server takes connections; a server that refuses to start says why in its log. */
async function launchServer(
  port: number,
  { dataFolder, log, settings, temporary }: EmbeddedPostgresOptions,
  binaries: Binaries,
  account: Account | undefined,
): Promise<SupervisedProcess | 'port-taken'> {
  const files = clusterFolder(dataFolder);
  const byDescriptor = goesByDescriptor(account);
  const allSettings = { ...defaultSettings, ...settings, port: String(port) };
  const said: string[] = [];
  let onReady = () => {};
  const ready = new Promise<'ready'>((resolve) => (onReady = () => resolve('ready')));

  const server = superviseProcess(
    {
      command: binaries.postgres,
      args: [
        ...['-D', byDescriptor ? '/proc/self/fd/3' : files],
        ...Object.entries(allSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      env: serverEnvironment(),
      account,
      heldFolder: byDescriptor ? files : undefined,
      // PostgreSQL's fast shutdown, then its immediate one, which the next start recovers from.
      stopSignals: ['SIGINT', 'SIGQUIT', 'SIGKILL'],
      patienceMs: 10_000,
      removeAfterwards: [binaries.copy, temporary ? dataFolder : undefined].filter((path) => path !== undefined),
    },
    (line) => {
      if (said.length < 50) said.push(line);
      log?.(line);
      if (line.includes('database system is ready to accept connections')) onReady();
    },
  );
  if ((await Promise.race([ready, server.ended])) === 'ready') {
    server.unref();
    return server;
  }

  const reason = said.join('\n');
  if (/could not bind|Address already in use/.test(reason)) return 'port-taken';
  if (!reason.includes('lock file "postmaster.pid" already exists')) throw explainFailure(reason, dataFolder);
  const lockFile = readFileSync(join(files, 'postmaster.pid'), 'utf8').split('\n');
  throw alreadyRunning(dataFolder, lockFile[0] ?? '?', lockFile[3] ?? '?');
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}
