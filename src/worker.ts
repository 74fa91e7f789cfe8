// Relay and workers alone. Needs DATABASE_URL, and REDIS_URL when jobs live in Redis; run as many as the load needs.

import { readConfig } from './platform/config.ts';
import { failStart, start, stopOnSignal } from './start.ts';

try {
  const running = await start(readConfig(process.env), { api: false, workers: true });
  stopOnSignal(running.stop);
} catch (error) {
  failStart(error);
}
