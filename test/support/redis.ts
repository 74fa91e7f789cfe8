// Which backend carries the queue in this run of a story: every story runs once per lane.

import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';

export type QueueLane = { kind: 'postgres' } | { kind: 'redis'; url: string; prefix: string };

/** One prefix per test file: this module is loaded anew for each. */
const filePrefix = randomUUID().slice(0, 8);

export function queueLane(): QueueLane {
  if (process.env.QUEUE_LANE !== 'redis') return { kind: 'postgres' };
  const lane = inject('redisLane');
  if (lane === undefined) throw new Error('There is no Redis in this run: the tests of this lane should be skipped');
  return { kind: 'redis', url: lane.url, prefix: `${lane.runPrefix}-${filePrefix}` };
}
