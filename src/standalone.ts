// API and workers in one process, on the embedded PostgreSQL unless DATABASE_URL names another: for development, for the
// demo, and for a first look in a county office.

import { pathToFileURL } from 'node:url';
import type { Clock } from './platform/clock.ts';
import { readConfig, type Config } from './platform/config.ts';
import { startEmbeddedPostgres } from './platform/embedded-postgres/index.ts';
import { failStart, setUpDatabase, start, stopOnSignal, type Running } from './start.ts';

interface StandaloneOptions {
  /** Is told each step that takes time. */
  say?: (step: string) => void;
  clock?: Clock;
}

/** Migrates, then serves. */
export async function startStandalone(
  config: Config,
  { say = () => {}, clock }: StandaloneOptions = {},
): Promise<Running> {
  const embedded = config.databaseUrl ? undefined : await startEmbedded(config, say);
  try {
    const databaseUrl = config.databaseUrl ?? embedded?.url;
    if (databaseUrl === undefined) throw new Error('the embedded database has no address');
    say('建表与迁移 · migrating');
    await setUpDatabase(config.migrationDatabaseUrl ?? databaseUrl);
    say('启动接口与后台任务 · starting API and workers');
    const running = await start({ ...config, databaseUrl }, { api: true, workers: true }, clock);
    const stop = async () => {
      await running.stop();
      await embedded?.stop();
    };
    return { ...running, stop };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

function startEmbedded({ dataFolder }: Config, say: (step: string) => void) {
  say('启动内置 PostgreSQL · starting the embedded PostgreSQL');
  return startEmbeddedPostgres({ dataFolder });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const running = await startStandalone(readConfig(process.env), {
      say: (step) => process.stderr.write(`${step}\n`),
    });
    stopOnSignal(running.stop);
    process.stderr.write(`${running.url}/docs\n`);
  } catch (error) {
    failStart(error);
  }
}
