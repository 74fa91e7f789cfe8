// The clock's side of the outbox: tells an event once a day, whichever process looks first. A lost look costs an hour, never a day.

import { sql } from 'drizzle-orm';
import type { EventType, Events } from '../vocabulary/events.ts';
import type { Context } from './context.ts';
import { platformScope } from './database.ts';

/** Events of the clock: they name nothing, their reactions look for what is due. */
type DailyEvent = { [T in EventType]: Events[T] extends Record<string, never> ? T : never }[EventType];

const LOOK_AGAIN_MS = 3_600_000;
/** Shorter than a day by less than the look's interval: the hour of the day stays about the same. */
const APART = sql`interval '23 hours 30 minutes'`;

/** Returns whether it was told now. */
export async function tellDaily({ db, outbox }: Context, type: DailyEvent): Promise<boolean> {
  return db.inScope(platformScope('system:clock'), async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${type}, 0))`);
    const { rows } = await tx.execute(
      sql`select 1 from outbox where event = ${type} and created_at > now() - ${APART} limit 1`,
    );
    if (rows.length > 0) return false;
    await outbox.tell(tx, { type, region: '0', payload: {} });
    return true;
  });
}

/** Looks now and every hour until stopped. */
export function startDaily(context: Context, types: readonly DailyEvent[]): { stop(): void } {
  const look = () => {
    for (const type of types) {
      tellDaily(context, type).catch((error: unknown) =>
        context.log.warn({ err: error, event: type }, 'the clock could not tell, it looks again in an hour'),
      );
    }
  };
  look();
  const timer = setInterval(look, LOOK_AGAIN_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
