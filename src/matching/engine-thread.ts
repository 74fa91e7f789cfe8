// The engine in a thread of its own, so that a round of many seconds holds up neither the API nor the queue's heartbeat.
// Enters: a scenario. Leaves: the prices once they are certified, the plan, and what the referee says of it. Started only by
// run-engine.ts.

import { parentPort, workerData } from 'node:worker_threads';
import { checkPlan, match } from './engine/index.ts';
import type { EngineMessage, EngineRequest } from './run-engine.ts';

const { scenario, moves, seed, wantsPriceTags, stopFlag } = workerData as EngineRequest & { stopFlag: Int32Array };
const post = (message: EngineMessage) => parentPort?.postMessage(message);

const plan = match(scenario, {
  ...(moves !== undefined && { moves }),
  ...(seed !== undefined && { seed }),
  ...(wantsPriceTags === true && { onPrices: ({ view: { slope, prices } }) => post({ certified: { slope, prices } }) }),
  onProgress: ({ stage, done, of }) => post({ progress: { stage, done, of } }),
  shouldStop: () => Atomics.load(stopFlag, 0) === 1,
});
post({ answer: { plan, violations: checkPlan(scenario, plan) } });
