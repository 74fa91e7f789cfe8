// Starts what the tests need, once per run, before the first test; ends it after the last one and on Ctrl-C. Called by
// vitest in its main process for every project that names it; the tests read the addresses by `inject`.

import type { TestProject } from 'vitest/node';
import { startPostgresLane } from './postgres-lane.ts';
import { startRedisLane } from './redis-lane.ts';

/** Something that was started for this run. `stop` leaves no process, file, database or key behind. */
export interface Service<Address> {
  address: Address;
  stop(): Promise<void>;
}

const running: Service<unknown>[] = [];

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  stopOnInterrupt();
  // Every project loads its own copy of this file: what one has started, the others find at the root project.
  const root = project.vitest.getRootProject();
  let isRedisMissing = false;
  try {
    if (root.getProvidedContext().postgresLane === undefined) {
      root.provide('postgresLane', remember(await startPostgresLane()));
    }
    if (project.name === 'stories-redis') {
      const redis = await startRedisLane();
      if (redis !== undefined) root.provide('redisLane', remember(redis));
      else isRedisMissing = true;
    }
  } catch (error) {
    await stopAll();
    throw error;
  }
  if (isRedisMissing) skipForWantOfRedis(project);
  return async () => {
    await stopAll();
    if (isRedisMissing) announceMissingRedis();
  };
}

function remember<Address>(service: Service<Address>): Address {
  running.push(service);
  return service.address;
}

let stopping: Promise<void> | undefined;

/** The end of the run and a Ctrl-C may come together: both wait for the same stop. */
function stopAll(): Promise<void> {
  stopping ??= (async () => {
    for (const service of running.splice(0).reverse()) await service.stop();
  })();
  return stopping;
}

/** Vitest ends its process at once on Ctrl-C; a database in a given server would stay. A second Ctrl-C does end it at once. */
function stopOnInterrupt(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const others = process.listeners(signal);
    process.removeAllListeners(signal);
    process.once(signal, () => {
      void stopAll().finally(() => {
        for (const listener of others) process.once(signal, listener);
        process.kill(process.pid, signal);
      });
    });
  }
}

function skipForWantOfRedis(project: TestProject): void {
  if (process.env.REQUIRE_REDIS === '1') {
    throw new Error(
      'REQUIRE_REDIS=1, but there is no REDIS_URL, no redis-server or valkey-server on PATH, no container runtime',
    );
  }
  announceMissingRedis();
  // A name that no test can have: all are collected, counted as skipped, and none of their hooks runs.
  project.config.testNamePattern = /(?!)/;
}

function announceMissingRedis(): void {
  const line = '!'.repeat(100);
  console.warn(
    [
      '',
      line,
      '!!  SKIPPED: all stories on the Redis lane. The queue was tested on PostgreSQL only.',
      '!!  To test it on Redis too: install redis-server (or valkey-server), or set REDIS_URL, or start Docker.',
      line,
      '',
    ].join('\n'),
  );
}
