// The engine in a thread of its own, so that a round of many seconds holds up neither the API nor the queue's heartbeat.
// Enters: a scenario. Leaves: the plan and what the referee says of it. Started only by run-engine.ts.

import { parentPort, workerData } from 'node:worker_threads';
import { checkPlan, match, tagPrices, type PriceTags, type Scenario } from './engine/index.ts';
import type { EngineAnswer, EngineMessage, EngineRequest } from './run-engine.ts';

const { scenario, moves, seed, wantsPriceTags, stopFlag } = workerData as EngineRequest & {
  stopFlag: Int32Array;
  scenario: Scenario;
};
const post = (message: EngineMessage) => parentPort?.postMessage(message);

let priceTags: PriceTags | null = null;
const plan = match(scenario, {
  ...(moves !== undefined && { moves }),
  ...(seed !== undefined && { seed }),
  ...(wantsPriceTags === true && { onPrices: (priced) => (priceTags = tagPrices(priced)) }),
  onProgress: ({ stage, done, of }) => post({ progress: { stage, done, of } }),
  shouldStop: () => Atomics.load(stopFlag, 0) === 1,
});
const answer: EngineAnswer = { plan, violations: checkPlan(scenario, plan), priceTags };
post({ answer });
