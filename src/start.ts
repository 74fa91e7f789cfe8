// One process of the service, whole or in part. Enters: settings. Leaves: what it serves, and how to stop it in order:
// first no new requests, then no new jobs, then the connections.

import { pino } from 'pino';
import { readSigningKey, startAuditSealing } from './platform/audit/index.ts';
import { systemClock, type Clock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import type { Context, Log } from './platform/context.ts';
import { startDaily } from './platform/daily.ts';
import { openDatabase, prepareDatabase } from './platform/database.ts';
import { createOutbox } from './platform/outbox.ts';
import { openDoorbell } from './platform/queue.ts';
import { startReactor } from './platform/reactions.ts';
import { assertKeysOpen, createSealer, readKeyRing } from './platform/sealing/index.ts';
import { StartProblem } from './platform/start-problem.ts';
import { seedDivisions } from './regions/index.ts';
import { buildApp } from './app.ts';
import { reactions, reactionsTo } from './wiring.ts';

export interface Running {
  context: Context;
  /** Where the API answers; undefined for a process of workers only. */
  url: string | undefined;
  stop: () => Promise<void>;
}

export interface Parts {
  api: boolean;
  workers: boolean;
}

/** Logs never hold bodies, queries or header values: what people typed can be personal. */
export function openLog(level: Config['logLevel']): Log {
  return pino({ level, redact: ['req', 'res', '*.authorization'], base: { service: 'gongfang' } });
}

/** Brings the database of `url` to the current schema and writes the divisions that come with the project. */
export async function setUpDatabase(url: string): Promise<void> {
  await prepareDatabase(url);
  await seedDivisions(url);
}

export async function openContext(config: Config, log: Log, clock: Clock = systemClock): Promise<Context> {
  const databaseUrl = requireDatabase(config);
  const onError = (error: Error) => log.warn({ err: error }, 'a database connection failed');
  const ring = await readKeyRing(config);
  const db = openDatabase({ url: databaseUrl, onError });
  await assertKeysOpen(db, ring).catch(async (error: unknown) => {
    // A database that is away, or not migrated yet, is told by readiness; a wrong key must not start.
    if (!(error instanceof StartProblem)) return;
    await db.close();
    throw error;
  });
  return {
    config,
    log,
    clock,
    db,
    outbox: createOutbox(reactionsTo),
    sealer: createSealer(ring),
  };
}

export async function start(config: Config, parts: Parts, clock?: Clock): Promise<Running> {
  const log = openLog(config.logLevel);
  const context = await openContext(config, log, clock);
  const stops: (() => Promise<void>)[] = [() => context.db.close()];
  const stop = async () => {
    for (const stopPart of stops.splice(0).reverse()) await stopPart();
  };
  try {
    if (parts.workers) {
      const onError = (error: Error) => log.warn({ err: error }, 'the queue reported an error');
      const doorbell = openDoorbell({ databaseUrl: requireDatabase(config), redisUrl: config.redisUrl, onError });
      const reactor = await startReactor(context, reactions, doorbell);
      stops.push(() => reactor.close());
      const sealing = startAuditSealing(context, await readSigningKey(config));
      stops.push(() => sealing.close());
      const daily = startDaily(context, ['retention.due', 'trades.due', 'listings.due']);
      stops.push(async () => daily.stop());
    }
    let url: string | undefined;
    if (parts.api) {
      const app = await buildApp(context);
      stops.push(() => app.close());
      url = await listen(app, config);
    }
    return { context, url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Stops in order on Ctrl-C and on SIGTERM; a second signal ends at once. */
export function stopOnSignal(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(1));
      stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

/** Says what is wrong with the start in words, without a stack, and ends with code 1. */
export function failStart(error: unknown): never {
  process.stderr.write(`\n${sentenceOf(error)}\n`);
  process.exit(1);
}

function sentenceOf(error: unknown): string {
  // Several addresses of one host fail together; the first says what matters.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (first instanceof StartProblem) return `${first.text.zh}\n${first.text.en}`;
  const code = first instanceof Error && 'code' in first ? String(first.code) : '';
  const cause = first instanceof Error ? first.message : String(first);
  if (['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'ECONNRESET'].includes(code)) {
    return `连不上数据库或 Redis(${cause})。请检查 DATABASE_URL / REDIS_URL 指向的服务是否已启动。\nThe database or Redis does not answer (${cause}). Check that what DATABASE_URL / REDIS_URL name is running.`;
  }
  if (code === '28P01' || code === '28000' || code === '3D000') {
    return `数据库拒绝了登录(${cause})。请检查 DATABASE_URL 中的用户名、密码和库名。\nThe database refused the login (${cause}). Check user, password and database name in DATABASE_URL.`;
  }
  return cause;
}

async function listen(app: Awaited<ReturnType<typeof buildApp>>, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new StartProblem({
        zh: `端口 ${port} 已被占用。请关闭占用它的程序,或换一个端口再启动,例如:PORT=${port + 1} npm run demo`,
        en: `Port ${port} is taken. Stop the program that uses it, or choose another: PORT=${port + 1} npm run demo`,
      });
    }
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') {
      throw new StartProblem({
        zh: `没有权限使用端口 ${port}。请换用 1024 以上的端口,例如:PORT=3000`,
        en: `Port ${port} may not be used by this user. Choose one above 1024, e.g. PORT=3000`,
      });
    }
    throw error;
  }
}

function requireDatabase({ databaseUrl }: Config): string {
  if (databaseUrl !== undefined) return databaseUrl;
  throw new StartProblem({
    zh: '没有设置 DATABASE_URL。分开部署的 API 与 worker 需要一个 PostgreSQL;只想试用请运行 npm run demo。',
    en: 'DATABASE_URL is not set. Separate API and worker processes need a PostgreSQL; to try it out run npm run demo.',
  });
}
