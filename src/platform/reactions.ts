// What happens after something was told. Enters: the table of reactions (src/wiring.ts). Leaves: each reaction run at least
// once for each of its events, by some worker process, until it succeeds.

import { setTimeout as delay } from 'node:timers/promises';
import type { EventType, Events } from '../vocabulary/events.ts';
import type { Context } from './context.ts';
import {
  markDone,
  markFailed,
  markInterrupted,
  OFFER_AGAIN_SECONDS,
  offerDueRows,
  readUndoneRow,
  type OutboxRow,
} from './outbox.ts';
import type { Doorbell } from './queue.ts';

/** Must be idempotent: it may run again after it succeeded. It reads the state afresh; the payload only says where to look. */
export interface Reaction<T extends EventType = EventType> {
  name: string;
  /** @param closing fires when the process must end: a long reaction then throws, and runs again elsewhere or later. */
  run(context: Context, payload: Events[T], region: string, closing: AbortSignal): Promise<void>;
}

/** Event → reactions: the system on one screen. */
export type Reactions = { [T in EventType]: readonly Reaction<T>[] };

export interface Reactor {
  /** Stops offering, tells what runs to stop, waits for it, closes the queue. */
  close(): Promise<void>;
  /** Offers what is due at once instead of at the next tick. */
  poke(): void;
}

const TICK_MS = 200;

/** Starts relay and worker in this process. */
export async function startReactor(
  context: Context,
  reactions: Reactions,
  doorbell: Doorbell,
  {
    concurrency = 4,
    offerAgainSeconds = OFFER_AGAIN_SECONDS,
  }: { concurrency?: number; offerAgainSeconds?: number } = {},
): Promise<Reactor> {
  const byName = new Map(
    Object.values(reactions)
      .flat()
      .map((r) => [r.name, r as Reaction]),
  );
  const stop = new AbortController();
  let poked = new AbortController();

  async function react(row: OutboxRow): Promise<void> {
    const reaction = byName.get(row.reaction);
    if (!reaction) throw new Error(`no reaction is named ${row.reaction}`);
    await reaction.run(context, row.payload as Events[EventType], row.region, stop.signal);
  }

  async function work(id: number): Promise<void> {
    const row = await readUndoneRow(context.db, id);
    if (!row) return;
    try {
      await react(row);
      await markDone(context.db, id);
    } catch (error) {
      if (stop.signal.aborted) return void (await markInterrupted(context.db, id));
      const isParked = await markFailed(context.db, id, error);
      context.log.error(
        { err: error, reaction: row.reaction, outboxId: id, attempts: row.attempts + 1, isParked },
        isParked ? 'reaction parked: it failed too often' : 'reaction failed, it will be offered again',
      );
    }
    // What the reaction told of is offered now rather than at the next tick.
    poked.abort();
  }

  async function relay(): Promise<void> {
    while (!stop.signal.aborted) {
      let offered = 0;
      try {
        const ring = (rows: OutboxRow[]) => doorbell.ring(rows.map((row) => row.id));
        offered = await offerDueRows(context.db, ring, { offerAgainSeconds });
      } catch (error) {
        if (!stop.signal.aborted) context.log.warn({ err: error }, 'relay could not offer, it tries again');
      }
      if (offered > 0) continue;
      poked = new AbortController();
      await delay(TICK_MS, undefined, { signal: AbortSignal.any([stop.signal, poked.signal]), ref: false }).catch(
        () => {},
      );
    }
  }

  await doorbell.answer(work, concurrency);
  const relaying = relay();
  return {
    poke: () => poked.abort(),
    async close() {
      stop.abort();
      await relaying;
      await doorbell.close();
    },
  };
}
