// The doorbell. Enters: ids of outbox rows. Leaves: calls of `work` with those ids, at least once, in some worker process.
// BullMQ on Redis when there is a REDIS_URL, on PostgreSQL otherwise: the same code either way (docs/decisions/0003).

import {
  createPostgresBackend,
  Queue,
  Worker,
  type Job,
  type JobProgress,
  type PostgresConnectionOptions,
  type PostgresQueueBackend,
  type WorkerOptions,
} from 'bullmq';
import { runAsAppRole } from './database.ts';

export interface QueueConnection {
  /** Where jobs live when there is no Redis. */
  databaseUrl: string;
  redisUrl?: string | undefined;
  /** Keeps several installations (or test files) apart in one Redis. */
  prefix?: string;
  onError: (error: Error) => void;
}

export interface Doorbell {
  /** Rings for each id; an id that still has a job is not rung twice. */
  ring(ids: readonly number[]): Promise<void>;
  /** Starts answering in this process; resolves once the worker is connected. */
  answer(work: (id: number) => Promise<void>, concurrency: number): Promise<void>;
  /** Whether the backend answers: for readiness. */
  isReachable(): Promise<boolean>;
  close(): Promise<void>;
}

const QUEUE_NAME = 'gongfang';

/**
 * A killed worker's job is seen as stalled after 4 s at most (BullMQ's defaults take 60 s). Handlers are idempotent, so a
 * worker that merely froze that long costs a repeated run, never a wrong one.
 */
const lease = { lockDuration: 3_000, stalledInterval: 1_000, maxStalledCount: 100 };

export function openDoorbell({ databaseUrl, redisUrl, prefix, onError }: QueueConnection): Doorbell {
  const { queue, startWorker } = redisUrl
    ? onRedis(redisUrl, prefix ?? 'gongfang')
    : onPostgres({ connectionString: databaseUrl, options: runAsAppRole, max: 4, keepAlive: true });
  queue.on('error', onError);
  const workers: Pick<Worker, 'close'>[] = [];

  return {
    async ring(ids) {
      await queue.addBulk(
        ids.map((id) => ({
          name: 'outbox',
          data: { id },
          // The failed job must go, or its id would swallow the relay's next offer of the same row.
          opts: { jobId: `ob-${id}`, removeOnComplete: true, removeOnFail: true },
        })),
      );
    },
    async answer(work, concurrency) {
      const worker = startWorker((job) => work(job.data.id), { ...lease, concurrency });
      worker.on('error', onError);
      workers.push(worker);
      await worker.waitUntilReady();
    },
    async isReachable() {
      return queue.getWaitingCount().then(
        () => true,
        () => false,
      );
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
      await queue.close();
    },
  };
}

interface JobData {
  id: number;
}
type Process = (job: Job<JobData>) => Promise<void>;
type WorkerSettings = Pick<WorkerOptions, 'lockDuration' | 'stalledInterval' | 'maxStalledCount' | 'concurrency'>;

function onRedis(url: string, prefix: string) {
  const { hostname, port, username, password, pathname, protocol } = new URL(url);
  const connection = {
    host: hostname,
    port: Number(port || 6379),
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    db: Number(pathname.slice(1) || 0),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
  return {
    // A producer must fail fast when Redis is away (the relay offers again); a worker must wait for it.
    queue: new Queue<JobData>(QUEUE_NAME, {
      connection: { ...connection, maxRetriesPerRequest: 1, enableOfflineQueue: false },
      prefix,
    }),
    startWorker: (process: Process, settings: WorkerSettings) =>
      new Worker<JobData>(QUEUE_NAME, process, {
        ...settings,
        connection: { ...connection, maxRetriesPerRequest: null },
        prefix,
      }),
  };
}

function onPostgres(connection: PostgresConnectionOptions) {
  type Options = PostgresConnectionOptions;
  type Backend = PostgresQueueBackend;
  return {
    queue: new Queue<JobData, unknown, string, JobData, unknown, string, Backend, Options>(
      QUEUE_NAME,
      { connection },
      createPostgresBackend,
    ),
    startWorker: (process: Process, settings: WorkerSettings) =>
      new Worker<JobData, unknown, string, Backend, JobProgress, Options>(
        QUEUE_NAME,
        process,
        { ...settings, connection },
        createPostgresBackend,
      ),
  };
}
