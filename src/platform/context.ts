// What every room is given: the doors to the outside, opened once per process. No room reaches past it.

import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './database.ts';
import type { Outbox } from './outbox.ts';
import type { Sealer } from './sealing/index.ts';

/** The part of a pino logger that the product uses. Objects first; never a body, a query or a personal value. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Context {
  config: Config;
  log: Log;
  clock: Clock;
  db: Database;
  outbox: Outbox;
  sealer: Sealer;
}
