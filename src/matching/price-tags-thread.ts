// What one more person or site would be worth, counted beside the round that goes on with its prices. Enters: the scenario, and the
// prices that certify its bound. Leaves: the tags. Started only by run-engine.ts.

import { parentPort, workerData } from 'node:worker_threads';
import { readPricedRound, tagPrices, type CertifiedPrices, type Scenario } from './engine/index.ts';
import type { TagsMessage } from './run-engine.ts';

const { scenario, certified } = workerData as { scenario: Scenario; certified: CertifiedPrices };
const message: TagsMessage = { priceTags: tagPrices(readPricedRound(scenario, certified)) };
parentPort?.postMessage(message);
