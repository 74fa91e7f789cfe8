// The API alone. Needs DATABASE_URL; workers run beside it (worker.ts). Migrations are run first by scripts/migrate.ts.

import { readConfig } from './platform/config.ts';
import { failStart, start, stopOnSignal } from './start.ts';

try {
  const running = await start(readConfig(process.env), { api: true, workers: false });
  stopOnSignal(running.stop);
} catch (error) {
  failStart(error);
}
