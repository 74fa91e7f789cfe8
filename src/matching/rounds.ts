// Rounds as callers see them. Enters: a wish (somebody asked, or the lists changed), or a question. Leaves: a queued round,
// a cancelled one, or what rounds have found. What a worker does with a queued round stands in run-round.ts.

import { and, asc, desc, eq, getTableColumns, gt, lt, sql } from 'drizzle-orm';
import { findVisible } from '../lists/index.ts';
import type { Context } from '../platform/context.ts';
import type { Scope, Transaction } from '../platform/database.ts';
import { newId } from '../platform/id.ts';
import { notFound, Problem } from '../platform/problem.ts';
import { shanghaiDate } from '../vocabulary/calendar.ts';
import { divisionCodeAt, divisionRange } from '../vocabulary/division-code.ts';
import type { Events } from '../vocabulary/events.ts';
import type { RoundTerms } from './snapshot.ts';
import { round, unmatched } from './tables.ts';

export type Round = Omit<typeof round.$inferSelect, 'scenario' | 'priceTags'>;
export type Unmatched = typeof unmatched.$inferSelect;

/** All but what is large and read on its own. */
const { scenario: _scenario, priceTags: _priceTags, ...columns } = getTableColumns(round);
export const roundColumns = columns;

/** The workers' own scope: one county, all of it. `cause` says in the audit trail what the work was for: a round, an import. */
export function countyScope(region: string, cause: string): Scope {
  return { ...divisionRange(region), audience: 'division', actor: 'system:matching', requestId: cause };
}

export interface RoundRequest {
  region: string;
  asOf?: string | undefined;
  seed?: number | undefined;
  moves?: number | undefined;
  policy?: RoundTerms['policy'] | undefined;
}

/** Queues a round. One that waits because the lists changed gives way to it: this one reads at least as much. */
export async function requestRound(context: Context, scope: Scope, request: RoundRequest): Promise<Round> {
  return context.db.inScope(scope, async (tx) => {
    await tx
      .update(round)
      .set({ status: 'cancelled', finishedAt: sql`now()` })
      .where(and(eq(round.region, request.region), eq(round.status, 'queued'), eq(round.cause, 'change')));
    const queued = await queueRound(context, tx, request, { cause: 'request', requestedBy: scope.actor });
    if (queued) return queued;
    throw new Problem('conflict', {
      zh: '该县已有一轮撮合在排队,请等它完成或先取消它。',
      en: 'A round of this county is queued already: wait for it, or cancel it first.',
    });
  });
}

/**
 * Reaction to changed lists. A queued round has read nothing yet and absorbs the change; a running one has read already,
 * so a queued one is left behind it. Either way no wake-up is lost.
 */
export async function wantRound(
  context: Context,
  cause: Events['import.completed'] | Events['listing.changed'],
  region: string,
): Promise<void> {
  const county = divisionCodeAt(region, 'county');
  if (county === null) return;
  const causeId = 'importId' in cause ? cause.importId : cause.listingId;
  await context.db.inScope(countyScope(county, causeId), async (tx) => {
    const delaySeconds = context.config.matchQuietSeconds;
    const before = await tx.select({ id: round.id }).from(round).where(eq(round.region, county)).limit(1);
    // The first round of a county is somebody's decision: half a county's lists are no market yet.
    if (before.length === 0) return;
    await queueRound(
      context,
      tx,
      { region: county },
      { cause: 'change', requestedBy: 'system:lists' },
      { delaySeconds },
    );
  });
}

async function queueRound(
  { clock, outbox }: Context,
  tx: Transaction,
  { region, asOf, seed = 1, moves, policy = {} }: RoundRequest,
  origin: Pick<Round, 'cause' | 'requestedBy'>,
  when: { delaySeconds?: number } = {},
): Promise<Round | undefined> {
  const [queued] = await tx
    .insert(round)
    .values({
      id: newId(),
      region,
      status: 'queued',
      ...origin,
      seed,
      moves: moves ?? null,
      policy,
      asOf: asOf ?? shanghaiDate(clock.now()),
    })
    .onConflictDoNothing({ target: round.region, where: sql`status = 'queued'` })
    .returning(roundColumns);
  if (queued) {
    const event = { type: 'round.requested', region, payload: { roundId: queued.id } } as const;
    await outbox.tell(tx, event, when);
  }
  return queued;
}

/** Reaction to a finished round: what was queued behind it may run now. */
export async function startQueuedRound(
  context: Context,
  { roundId }: Events['round.finished'],
  region: string,
): Promise<void> {
  await context.db.inScope(countyScope(region, roundId), async (tx) => {
    const [queued] = await tx
      .select({ id: round.id })
      .from(round)
      .where(and(eq(round.region, region), eq(round.status, 'queued')));
    if (queued) await context.outbox.tell(tx, { type: 'round.requested', region, payload: { roundId: queued.id } });
  });
}

export async function cancelRound(context: Context, scope: Scope, id: string): Promise<Round> {
  return context.db.inScope(scope, async (tx) => {
    const [before] = await tx.select(roundColumns).from(round).where(eq(round.id, id)).for('update');
    if (!before) throw notFound();
    if (before.status === 'cancelling' || before.status === 'cancelled') return before;
    if (before.status !== 'queued' && before.status !== 'running') {
      throw new Problem('conflict', {
        zh: '这一轮已经结束,不能取消。',
        en: 'This round has ended: it cannot be cancelled.',
      });
    }
    const change =
      before.status === 'queued'
        ? { status: 'cancelled' as const, finishedAt: sql`now()` }
        : { status: 'cancelling' as const };
    const [after] = await tx.update(round).set(change).where(eq(round.id, id)).returning(roundColumns);
    return after ?? before;
  });
}

export async function readRound({ db }: Context, scope: Scope, id: string): Promise<Round> {
  const [found] = await db.inScope(scope, (tx) => tx.select(roundColumns).from(round).where(eq(round.id, id)));
  if (!found) throw notFound();
  return found;
}

/** @throws Problem not-found; conflict for a round that has found nothing */
export async function readDone(tx: Transaction, id: string): Promise<Pick<Round, 'id' | 'region'>> {
  const [found] = await tx
    .select({ id: round.id, region: round.region, status: round.status })
    .from(round)
    .where(eq(round.id, id));
  if (!found) throw notFound();
  if (found.status === 'done') return found;
  throw new Problem('conflict', {
    zh: '这一轮没有得出结果。',
    en: 'This round has not found anything.',
  });
}

/** Newest first. */
export async function readRounds(
  { db }: Context,
  scope: Scope,
  filter: { region?: string | undefined; beforeId?: string | undefined; limit: number },
): Promise<Round[]> {
  return db.inScope(scope, (tx) =>
    tx
      .select(roundColumns)
      .from(round)
      .where(
        and(
          filter.region ? eq(round.region, filter.region) : undefined,
          filter.beforeId ? lt(round.id, filter.beforeId) : undefined,
        ),
      )
      .orderBy(desc(round.id))
      .limit(filter.limit + 1),
  );
}

export interface UnmatchedFilter {
  roundId?: string | undefined;
  listingId?: string | undefined;
  subject?: Unmatched['subject'] | undefined;
  cause?: Unmatched['cause'] | undefined;
  afterId?: string | undefined;
  limit: number;
}

/** Without a round: of the latest round that has finished, as far as the caller sees it. */
export async function readUnmatched({ db }: Context, scope: Scope, filter: UnmatchedFilter): Promise<Unmatched[]> {
  return db.inScope(scope, async (tx) => {
    const rows = await tx
      .select()
      .from(unmatched)
      .where(
        and(
          filter.roundId
            ? eq(unmatched.roundId, filter.roundId)
            : sql`${unmatched.roundId} = (select max(u.round_id::text)::uuid from unmatched u where ${
                filter.listingId ? sql`u.listing_id = ${filter.listingId}` : sql`true`
              })`,
          filter.listingId ? eq(unmatched.listingId, filter.listingId) : undefined,
          // An order that a later round has placed is no longer unmatched.
          filter.roundId
            ? undefined
            : sql`not exists (select from proposal p where p.order_id = ${unmatched.listingId}
                and p.status = 'proposed' and p.round_id > ${unmatched.roundId})`,
          filter.subject && eq(unmatched.subject, filter.subject),
          filter.cause ? eq(unmatched.cause, filter.cause) : undefined,
          filter.afterId ? gt(unmatched.id, filter.afterId) : undefined,
        ),
      )
      .orderBy(asc(unmatched.id))
      .limit(filter.limit + 1);
    return withoutHiddenHints(tx, rows);
  });
}

/** A hint says what somebody's listing is like: whoever does not see the listing does not read the hint. */
async function withoutHiddenHints(tx: Transaction, rows: readonly Unmatched[]): Promise<Unmatched[]> {
  const others = rows.flatMap(({ listingId, account }) =>
    account.nearMisses.flatMap(({ change }) => (change.id === listingId ? [] : change.id)),
  );
  const visible = await findVisible(tx, [...new Set(others)]);
  return rows.map((row) => ({
    ...row,
    account: {
      ...row.account,
      nearMisses: row.account.nearMisses.filter(({ change: { id } }) => id === row.listingId || visible.has(id)),
    },
  }));
}
