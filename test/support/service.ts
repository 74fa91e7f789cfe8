// The whole service for one test file: API over HTTP, relay and workers on this lane's queue, a database of its own, a clock
// that stands still. Stories act through HTTP, drain, then look; `close` fails when work is left.

import { pino } from 'pino';
import pg from 'pg';
import { buildApp } from '../../src/app.ts';
import { issueKey, type KeyRequest } from '../../src/access/index.ts';
import type { Context, Log } from '../../src/platform/context.ts';
import { readConfig, type Config } from '../../src/platform/config.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { countOutbox, createOutbox } from '../../src/platform/outbox.ts';
import { openDoorbell, type Doorbell } from '../../src/platform/queue.ts';
import { startReactor, type Reaction, type Reactions, type Reactor } from '../../src/platform/reactions.ts';
import { createKeyRing, createSealer } from '../../src/platform/sealing/index.ts';
import type { EventType } from '../../src/vocabulary/events.ts';
import { reactions as wiredReactions } from '../../src/wiring.ts';
import { callerOf, type Caller } from './caller.ts';
import type { FreshDatabase } from './database.ts';
import type { QueueLane } from './redis.ts';
import { until } from './until.ts';

/** When every story begins: a Saturday morning in Shanghai. */
export const storyBegins = '2026-11-21T09:00:00+08:00';

/** Where a service lives: those of a test file are found by vitest, those of a proof are made by its script. */
export interface Place {
  database: FreshDatabase;
  lane: QueueLane;
}

async function placeOfThisTest(): Promise<Place> {
  // Imported here only: outside of vitest these modules do not load.
  const [{ freshDatabase }, { queueLane }] = await Promise.all([import('./database.ts'), import('./redis.ts')]);
  return { database: await freshDatabase(), lane: queueLane() };
}

export interface ServiceOptions {
  place?: Place;
  /** Without them what is told stays in the outbox until `startWorkers`. */
  workers?: boolean;
  /** Settings other than the defaults. */
  config?: Partial<Config>;
  /** Replaces those of src/wiring.ts, event by event. */
  reactions?: Partial<Reactions>;
  /** How soon a failed or lost reaction is offered again. */
  offerAgainSeconds?: number;
}

export interface Service {
  context: Context;
  url: string;
  clock: { now(): Date; advance(milliseconds: number): void };
  /** Nobody in particular. */
  visitor: Caller;
  /** Somebody with a fresh key. */
  signIn(key: Omit<KeyRequest, 'label'>): Promise<Caller>;
  /** Somebody with this secret, whatever it is. */
  withKey(secret: string): Caller;
  /** Everything that was answered to anybody, as text. */
  heard: string[];
  /** Every line of the log, all levels. */
  logged: string[];
  /** As the owner of the tables, past row-level security. */
  rows<Row extends object>(statement: string, values?: readonly unknown[]): Promise<Row[]>;
  doorbell: Doorbell;
  /** What every key of this service's queue in Redis begins with. */
  queuePrefix: string;
  startWorkers(): Promise<void>;
  /** Once what is running has ended. */
  stopWorkers(): Promise<void>;
  /**
   * Runs `moment` once, in the midst of the next run of the reaction: what it works on has been read, nothing is written yet.
   */
  midst(reaction: MidstOf, moment: () => Promise<void>): void;
  /** Until nothing is due and nothing runs. @throws when a reaction is parked */
  drain(): Promise<void>;
  /** As on SIGTERM: resolves once what is in flight has been answered and nobody is connected. */
  stopListening(): Promise<void>;
  /** @throws when work is left, after everything has been ended all the same */
  close(): Promise<void>;
}

/** After which of its own transactions a reaction has read everything. */
const readAfter = {
  'matching.runRound': { actor: 'system:matching', transactions: 2 },
  'lists.runImport': { actor: 'system:import', transactions: 1 },
} as const;
export type MidstOf = keyof typeof readAfter;

let services = 0;

/** Stories ask quickly on slow machines: only those about limits set some. */
const unhurried: Partial<Config> = {
  rateLimits: { caller: 1_000_000, visitor: 1_000_000, refusedCredentials: 1_000_000 },
  pressure: { eventLoopLagMs: 0, databaseQueue: 100_000 },
};

export async function startService(options: ServiceOptions = {}): Promise<Service> {
  const { workers = true, offerAgainSeconds } = options;
  const { database, lane } = options.place ?? (await placeOfThisTest());
  const moments = new Map<MidstOf, () => Promise<void>>();
  const reactions = withMoments({ ...wiredReactions, ...options.reactions }, moments);
  const logged: string[] = [];
  const heard: string[] = [];
  const clock = standingClock();
  const log = listeningLog(logged);
  const onError = (error: Error) => log.warn({ err: error }, 'a connection failed');
  const context: Context = {
    config: { ...readConfig({}), ...unhurried, databaseUrl: database.url, matchQuietSeconds: 0, ...options.config },
    log,
    clock,
    db: openDatabase({ url: database.url, onError }),
    outbox: createOutbox((type) => reactions[type].map(({ name }) => name)),
    sealer: createSealer(createKeyRing([Buffer.alloc(32, 7)], 'aes-256-gcm')),
  };
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  const queuePrefix = lane.kind === 'redis' ? `${lane.prefix}-${++services}` : '';
  const doorbell = openDoorbell({
    databaseUrl: database.url,
    ...(lane.kind === 'redis' && { redisUrl: lane.url, prefix: queuePrefix }),
    onError,
  });
  let reactor: Reactor | undefined;
  const startWorkers = async () => {
    reactor = await startReactor(context, reactions, doorbell, { ...(offerAgainSeconds && { offerAgainSeconds }) });
  };
  if (workers) await startWorkers();
  let isStopped = false;
  const stopWorkers = async () => {
    if (isStopped) return;
    isStopped = true;
    await (reactor ?? doorbell).close();
  };
  const app = await buildApp(context);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });

  async function rows<Row extends object>(statement: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await owner.query<Row>(statement, [...values])).rows;
  }
  const undone = () =>
    rows<{ reaction: string; last_error: string | null; parked_at: Date | null }>(
      'select reaction, last_error, parked_at from outbox where done_at is null',
    );

  async function drain(): Promise<void> {
    await until('the outbox is empty', async () => {
      const { due, parked } = await countOutbox(context.db);
      if (parked > 0) throw new Error(`parked: ${JSON.stringify(await undone())}`);
      if (due === 0) return true;
      reactor?.poke();
      return undefined;
    });
  }

  return {
    context,
    url,
    clock,
    visitor: callerOf(url, undefined, heard),
    async signIn(key) {
      return callerOf(url, await issueKey(context, { label: `story ${key.role}`, ...key }, 'story'), heard);
    },
    withKey: (secret) => callerOf(url, secret, heard),
    heard,
    logged,
    rows,
    doorbell,
    queuePrefix,
    startWorkers,
    stopWorkers,
    midst: (reaction, moment) => void moments.set(reaction, moment),
    drain,
    stopListening: () => app.close(),
    async close() {
      // What is still on its way may end; what then stands is left.
      if (reactor && !isStopped) await drain().catch(() => {});
      const left = await undone();
      await app.close();
      await stopWorkers();
      await context.db.close();
      await owner.end();
      await database.drop();
      if (left.length > 0) throw new Error(`work is left: ${JSON.stringify(left)}`);
      if (moments.size > 0) throw new Error(`a moment never came: ${[...moments.keys()].join(', ')}`);
    },
  };
}

function standingClock(): Service['clock'] {
  let now = Date.parse(storyBegins);
  return { now: () => new Date(now), advance: (milliseconds) => void (now += milliseconds) };
}

/** A real logger with every level on, writing to memory: what it would have written can be searched. */
function listeningLog(lines: string[]): Log {
  return pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
}

function withMoments(reactions: Reactions, moments: Map<MidstOf, () => Promise<void>>): Reactions {
  const withMoment = (reaction: Reaction): Reaction => {
    const name = reaction.name as MidstOf;
    if (!(name in readAfter)) return reaction;
    return {
      name,
      run(context, payload, region, closing) {
        const moment = moments.get(name);
        moments.delete(name);
        return reaction.run(moment ? interrupted(context, name, moment) : context, payload, region, closing);
      },
    };
  };
  return Object.fromEntries(
    (Object.keys(reactions) as EventType[]).map((type) => [
      type,
      (reactions[type] as readonly Reaction[]).map(withMoment),
    ]),
  ) as unknown as Reactions;
}

/** The same context, but between two transactions of the reaction something else happens. */
function interrupted(context: Context, name: MidstOf, moment: () => Promise<void>): Context {
  const { actor, transactions } = readAfter[name];
  let ended = 0;
  const inScope: Context['db']['inScope'] = async (scope, work) => {
    const result = await context.db.inScope(scope, work);
    if (scope.actor === actor && ++ended === transactions) await moment();
    return result;
  };
  return { ...context, db: { ...context.db, inScope } };
}
