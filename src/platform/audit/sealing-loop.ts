// Seals and signs for as long as the process lives. Enters: the context, the signing key. Runs beside the reactor in every worker
// process; of several, whichever comes first does the work.

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { createCheckpointer, type Checkpointer } from './checkpoints.ts';
import { createEntrySealer, type EntrySealer } from './seal-entries.ts';
import type { SigningKey } from './signing-key.ts';

const TICK_MS = 1_000;
/** After a failure: a database that is away, or a chain that was rewritten, needs no line in the log every second. */
const PAUSE_MS = 30_000;

export type AuditSealing = EntrySealer & Checkpointer;

export function createAuditSealing({ db, config }: Pick<Context, 'db' | 'config'>, key: SigningKey): AuditSealing {
  const file = join(config.dataFolder, 'audit-checkpoints.jsonl');
  return { ...createEntrySealer(db), ...createCheckpointer(db, key, file) };
}

export function startAuditSealing(context: Context, key: SigningKey): { close(): Promise<void> } {
  const sealing = createAuditSealing(context, key);
  const stop = new AbortController();

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      let pauseMs = TICK_MS;
      try {
        await sealing.seal();
        await sealing.checkpoint();
      } catch (error) {
        pauseMs = PAUSE_MS;
        context.log.error({ err: error }, 'the audit trail could not be sealed, it is tried again');
      }
      await delay(pauseMs, undefined, { signal: stop.signal, ref: false }).catch(() => {});
    }
  }

  const running = run();
  return {
    async close() {
      stop.abort();
      await running;
    },
  };
}
