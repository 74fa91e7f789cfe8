// The Redis of a test run: the given one, else a server program on PATH, else a container, else none, which skips the
// stories of that lane loudly. In a given Redis only keys of this run are touched.

import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findFreePort } from '../../src/platform/free-port.ts';
import { superviseProcess } from '../../src/platform/supervised-process.ts';
import { hasContainerRuntime, startContainer } from './containers.ts';
import type { Service } from './global-setup.ts';

export interface RedisLane {
  url: string;
  /** Every key of this run starts with it. */
  runPrefix: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    redisLane: RedisLane | undefined;
  }
}

/** @returns undefined when this machine has no Redis to offer */
export async function startRedisLane(): Promise<Service<RedisLane> | undefined> {
  const runPrefix = `t_${randomUUID().replaceAll('-', '')}`;
  const given = process.env.REDIS_URL;
  if (given) {
    const lane = { url: given, runPrefix };
    await removeKeysOfRun(lane);
    return { address: lane, stop: () => removeKeysOfRun(lane) };
  }
  const own = (await startServerProgram()) ?? (await startServerContainer());
  return own && { address: { url: own.address, runPrefix }, stop: () => own.stop() };
}

/** Also the first look whether a given Redis answers at all: the queue itself would wait for it for ever. */
async function removeKeysOfRun({ url, runPrefix }: RedisLane): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1, lazyConnect: true });
  await redis.connect();
  for await (const keys of redis.scanStream({ match: `${runPrefix}*`, count: 1000 }) as AsyncIterable<string[]>) {
    if (keys.length > 0) await redis.unlink(keys);
  }
  await redis.quit();
}

async function startServerProgram(): Promise<Service<string> | undefined> {
  const program = ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);
  if (program === undefined) return undefined;
  let said = '';
  for (let attempt = 1; attempt < 5; attempt++) {
    const port = await findFreePort();
    const folder = mkdtempSync(join(tmpdir(), 'gongfang-test-redis-'));
    let onReady = () => {};
    const ready = new Promise<'ready'>((resolve) => (onReady = () => resolve('ready')));
    const args = `--port ${port} --bind 127.0.0.1 --appendonly no --daemonize no --databases 1`.split(' ');
    const server = superviseProcess(
      {
        command: program,
        args: [...args, '--save', '', '--dir', folder],
        env: process.env,
        stopSignals: ['SIGTERM', 'SIGKILL'],
        patienceMs: 5_000,
        removeAfterwards: [folder],
      },
      (line) => {
        said = line;
        if (line.includes('Ready to accept connections')) onReady();
      },
    );
    if ((await Promise.race([ready, server.ended])) === 'ready') {
      return { address: `redis://127.0.0.1:${port}`, stop: () => server.stop() };
    }
  }
  throw new Error(`${program} does not start: ${said}`);
}

async function startServerContainer(): Promise<Service<string> | undefined> {
  if (!(await hasContainerRuntime())) return undefined;
  const container = await startContainer('redis:7-alpine', 6379);
  const { host, port } = container.address;
  return { address: `redis://${host}:${port}`, stop: () => container.stop() };
}
