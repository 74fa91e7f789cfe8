// Steps written down. Enters: which listing, which step, who asks, inside his transaction. Leaves: the listing where the step led,
// a line in its history, and an event when what may be matched is different now; or a Problem that says why not.

import { and, eq, notInArray, sql } from 'drizzle-orm';
import type { Context } from '../../platform/context.ts';
import { inParts, type Transaction } from '../../platform/database.ts';
import { newId } from '../../platform/id.ts';
import { notFound, Problem } from '../../platform/problem.ts';
import type { Text } from '../../vocabulary/text.ts';
import { listing } from '../tables.ts';
import { beginPublicity } from './decisions.ts';
import { publicityOf, type ListingFacts } from './guards.ts';
import { readFacts } from './read-facts.ts';
import { heldStatuses, statusLabels, type Actor, type ListingAction, type ListingStatus } from './states.ts';
import { stepListing, type Step } from './step-listing.ts';
import { listingTransition, type TransitionRole } from './tables.ts';

type ListingRow = typeof listing.$inferSelect;

export interface Move {
  action: ListingAction;
  byRole: TransitionRole;
  reason?: string | undefined;
  /** From If-Match; a listing changed meanwhile is refused. */
  expectedVersion?: number | undefined;
}

/** Steps that other rooms take: what is promised, agreed and ended there. */
export type DealAction = Extract<ListingAction, 'reservation' | 'release' | 'deal' | 'closure' | 'reopening'>;

/**
 * For rooms to the right. Locks the listing until the transaction ends; the scope of `tx` must reach it as an official's or the
 * system's does. Returns its new version. @throws Problem not-found, conflict (the machine refuses, with the reason)
 */
export async function moveListing(
  context: Context,
  tx: Transaction,
  { listingId, action, reason }: { listingId: string; action: DealAction; reason: string },
): Promise<{ status: ListingStatus; version: number }> {
  return takeStep(context, tx, listingId, { action, byRole: 'system', reason });
}

/** One step, decided and written. A step to where it stands already, asked for twice, changes nothing. */
export async function takeStep(context: Context, tx: Transaction, id: string, move: Move): Promise<ListingRow> {
  const before = await lockListing(tx, id);
  if (move.expectedVersion !== undefined && before.version !== move.expectedVersion)
    throw new Problem('version-conflict');
  if (isDone(move.action, before.status)) return before;
  const facts = await readFacts(context, tx, before);
  const step = stepListing(move.action, before, facts, actorOf(move.byRole));
  if ('refused' in step) throw refusalOf(step);
  return writeStep(context, tx, { before, facts }, step.to, move);
}

/** Asked for twice these change nothing, as they always have. */
function isDone(action: ListingAction, status: ListingStatus): boolean {
  return (action === 'publication' && status === 'published') || (action === 'withdrawal' && status === 'withdrawn');
}

export function actorOf(role: TransitionRole): Actor {
  if (role === 'system') return role;
  return role === 'official' || role === 'platform' ? 'official' : 'owner';
}

export function refusalOf(step: Extract<Step, { refused: unknown }>): Problem {
  if (step.refused === 'guard') {
    const errors = step.faults.map(({ guard, why, mend }) => ({
      path: guard,
      message: { zh: why.zh + mend.zh, en: `${why.en} ${mend.en}` },
    }));
    return new Problem('conflict', step.why, { errors });
  }
  return new Problem(step.refused === 'caller' ? 'forbidden' : 'conflict', step.why);
}

async function writeStep(
  context: Context,
  tx: Transaction,
  { before, facts }: { before: ListingRow; facts: ListingFacts },
  to: ListingStatus,
  { action, byRole, reason }: Move,
): Promise<ListingRow> {
  const now = context.clock.now();
  const publicity = to === 'publicity' ? publicityOf(facts) : null;
  if (publicity?.hasBegun === false) await beginPublicity(tx, before.id, facts.today);
  const [after] = await tx
    .update(listing)
    .set({
      status: to,
      ...(action === 'publication' && { publishedAt: now }),
      ...(action === 'renewal' && { confirmedAt: now }),
      dormantSince: action === 'dormancy' ? now : null,
      publicityUntil: publicity?.until ?? null,
      version: sql`${listing.version} + 1`,
      updatedAt: sql`now()`,
    })
    .where(eq(listing.id, before.id))
    .returning();
  if (!after) throw notFound();
  await recordSteps(tx, [{ ...before, from: before.status, to, action, byRole, reason, at: now }]);
  await tellChanged(context, tx, after, before.status);
  if (action === 'dormancy') {
    await context.outbox.tell(tx, { type: 'listing.doubted', region: after.region, payload: { listingId: after.id } });
  }
  return after;
}

export interface TakenStep extends Pick<ListingRow, 'id' | 'region' | 'machine'> {
  action: ListingAction;
  from: ListingStatus;
  to: ListingStatus;
  byRole: TransitionRole;
  reason?: string | undefined;
  at: Date;
}

export async function recordSteps(tx: Transaction, steps: readonly TakenStep[]): Promise<void> {
  const rows = steps.map(({ id: listingId, region, machine, action, from, to, byRole, reason = null, at }) => ({
    ...{ id: newId(), region, listingId, machine, action, from, to, byRole, reason, at },
  }));
  await inParts(rows, (part) => tx.insert(listingTransition).values(part));
}

export async function lockListing(tx: Transaction, id: string): Promise<ListingRow> {
  const [row] = await tx.select().from(listing).where(eq(listing.id, id)).for('update');
  if (!row) throw notFound();
  return row;
}

/** @throws Problem conflict when a deal holds it, or it is over */
export function assertNotHeld(status: ListingStatus): void {
  if (heldStatuses.includes(status)) throw new Problem('conflict', isHeld(status));
}

export const isHeld = (status: ListingStatus): Text => ({
  zh: `该条目${statusLabels[status].zh},未改动`,
  en: `this listing is ${statusLabels[status].en}: nothing was changed`,
});

/** Drafts concern nobody: only what is or was published is told. */
export async function tellChanged(
  { outbox }: Context,
  tx: Transaction,
  row: ListingRow,
  before = row.status,
): Promise<void> {
  if (row.status !== 'published' && before !== 'published') return;
  await outbox.tell(tx, { type: 'listing.changed', region: row.region, payload: { listingId: row.id } });
}

/** Takes what a person offers out of lists and rounds at once. */
export async function withdrawListingsOf(context: Context, tx: Transaction, personId: string): Promise<void> {
  const rows = await tx
    .select({ id: listing.id })
    .from(listing)
    .where(and(eq(listing.personId, personId), notInArray(listing.status, ['draft', 'returned', 'closed'])))
    .orderBy(listing.id)
    .for('update');
  for (const { id } of rows) await takeStep(context, tx, id, { action: 'withdrawal', byRole: 'system' });
}
