// Telling right, reliably. Enters: events, inside the transaction of the effect they tell of. Leaves: one outbox row per
// reaction. PostgreSQL is the truth; the queue is only the doorbell that the relay rings for rows not done yet.

import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Event, EventType } from '../vocabulary/events.ts';
import type { Database, Transaction } from './database.ts';
import { platformScope } from './database.ts';
import { outbox } from './tables.ts';

export interface Outbox {
  /** Writes the event for every reaction wired to it; without a reaction it is not kept. */
  tell<T extends EventType>(tx: Transaction, event: Event<T>, options?: { delaySeconds?: number }): Promise<void>;
}

export function createOutbox(reactionsTo: (type: EventType) => readonly string[]): Outbox {
  return {
    async tell(tx, event, { delaySeconds } = {}) {
      const rows = reactionsTo(event.type).map((reaction) => ({
        event: event.type,
        reaction,
        region: event.region,
        payload: event.payload,
        // By the database's clock, which the relay also reads: that of this process may differ.
        ...(delaySeconds !== undefined && { availableAt: sql`now() + make_interval(secs => ${delaySeconds})` }),
      }));
      if (rows.length > 0) await tx.insert(outbox).values(rows);
    },
  };
}

export interface OutboxRow {
  id: number;
  reaction: string;
  region: string;
  payload: Record<string, string>;
  attempts: number;
}

/** A row that was offered and is not done after this long is offered again: the doorbell may have been lost. */
export const OFFER_AGAIN_SECONDS = 15;
/** A reaction that failed this often waits for a person instead of turning for ever. */
const ATTEMPTS_MAX = 10;

const relayScope = platformScope('system:relay');

/**
 * Offers due rows through `ring` and marks them sent. Everything undone is offered again rather than paged by id, because
 * ids commit out of order; the queue drops an offer whose job still exists. Returns how many rows were offered.
 */
export async function offerDueRows(
  db: Database,
  ring: (rows: OutboxRow[]) => Promise<void>,
  { offerAgainSeconds = OFFER_AGAIN_SECONDS, limit = 200 }: { offerAgainSeconds?: number; limit?: number } = {},
): Promise<number> {
  return db.inScope(relayScope, async (tx) => {
    const due = await tx
      .select()
      .from(outbox)
      .where(
        and(
          isNull(outbox.doneAt),
          isNull(outbox.parkedAt),
          sql`${outbox.availableAt} <= now()`,
          sql`(${outbox.sentAt} is null or ${outbox.sentAt} < now() - make_interval(secs => ${offerAgainSeconds}))`,
        ),
      )
      .orderBy(outbox.id)
      .limit(limit)
      .for('update', { skipLocked: true });
    if (due.length === 0) return 0;
    await ring(due);
    await tx
      .update(outbox)
      .set({ sentAt: sql`now()` })
      .where(
        inArray(
          outbox.id,
          due.map((row) => row.id),
        ),
      );
    return due.length;
  });
}

/** The row to work on, or undefined when it is done, parked or unknown: a doorbell may ring twice. */
export async function readUndoneRow(db: Database, id: number): Promise<OutboxRow | undefined> {
  const [row] = await db.inScope(relayScope, (tx) =>
    tx
      .select()
      .from(outbox)
      .where(and(eq(outbox.id, id), isNull(outbox.doneAt), isNull(outbox.parkedAt))),
  );
  return row;
}

export async function markDone(db: Database, id: number): Promise<void> {
  await db.inScope(relayScope, (tx) =>
    tx
      .update(outbox)
      .set({ doneAt: sql`now()`, lastError: null })
      .where(eq(outbox.id, id)),
  );
}

/** Gives the row back at once: its worker is going, which is nobody's failure. */
export async function markInterrupted(db: Database, id: number): Promise<void> {
  await db.inScope(relayScope, (tx) => tx.update(outbox).set({ sentAt: null }).where(eq(outbox.id, id)));
}

/** Keeps the failure's class and message; parks the row when it failed too often. Returns whether it is parked. */
export async function markFailed(db: Database, id: number, error: unknown): Promise<boolean> {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const rows = await db.inScope(relayScope, (tx) =>
    tx
      .update(outbox)
      .set({
        attempts: sql`${outbox.attempts} + 1`,
        lastError: message.slice(0, 500),
        sentAt: sql`now()`,
        parkedAt: sql`case when ${outbox.attempts} + 1 >= ${ATTEMPTS_MAX} then now() end`,
      })
      .where(eq(outbox.id, id))
      .returning({ parkedAt: outbox.parkedAt }),
  );
  return Boolean(rows[0]?.parkedAt);
}

/**
 * How much is waiting: for readiness, for drains in tests, and for the operator. By `clock_timestamp()`: what this
 * statement sees may have been told after its transaction began, and `now()` would take that for something later.
 */
export async function countOutbox(db: Database): Promise<{ due: number; later: number; parked: number }> {
  const [row] = await db.inScope(relayScope, (tx) =>
    tx
      .select({
        due: sql<number>`count(*) filter (where ${outbox.parkedAt} is null and ${outbox.availableAt} <= clock_timestamp())::int`,
        later: sql<number>`count(*) filter (where ${outbox.parkedAt} is null and ${outbox.availableAt} > clock_timestamp())::int`,
        parked: sql<number>`count(*) filter (where ${outbox.parkedAt} is not null)::int`,
      })
      .from(outbox)
      .where(isNull(outbox.doneAt)),
  );
  return row ?? { due: 0, later: 0, parked: 0 };
}
