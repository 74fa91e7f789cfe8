// 登记集体决议. Enters: what the collective decided, for one listing. Leaves: the decision beside it; the listing has changed by it as by
// any change of what it says.

import { eq, sql } from 'drizzle-orm';
import type { Context } from '../../platform/context.ts';
import type { Scope, Transaction } from '../../platform/database.ts';
import { notFound, Problem } from '../../platform/problem.ts';
import { kindById, type CollectiveDecision, type KindId } from '../kinds/index.ts';
import { listing } from '../tables.ts';
import { readDecisions, replaceDecisions } from './decisions.ts';
import { assertNotHeld, lockListing, recordSteps, tellChanged, type Move } from './move-listing.ts';
import { readFacts } from './read-facts.ts';
import { settleStanding } from './settle-standing.ts';

/** Returns the listing's new version. @throws Problem not-found, conflict, unprocessable, version-conflict */
export async function recordDecision(
  context: Context,
  tx: Transaction,
  { listingId, decision }: { listingId: string; decision: CollectiveDecision },
  { byRole, expectedVersion }: Pick<Move, 'byRole' | 'expectedVersion'>,
): Promise<number> {
  const before = await lockListing(tx, listingId);
  if (expectedVersion !== undefined && before.version !== expectedVersion) throw new Problem('version-conflict');
  assertNotHeld(before.status);
  if (!kindById(before.kind as KindId).isCommonAsset) throw needsNone();
  const now = context.clock.now();
  await replaceDecisions(tx, [{ listingId, region: before.region, decision }]);
  const facts = await readFacts(context, tx, before);
  const { status, steps, notPublished } = settleStanding(before, facts, { isChanged: true, publishes: false });
  const [after] = await tx
    .update(listing)
    .set({
      ...{ status, publicityUntil: null, dormantSince: null, confirmedAt: now },
      ...{ version: sql`${listing.version} + 1`, updatedAt: sql`now()` },
    })
    .where(eq(listing.id, listingId))
    .returning();
  if (!after) throw notFound();
  const taken = { ...before, byRole, at: now, reason: notPublished?.zh };
  await recordSteps(
    tx,
    steps.map((step) => ({ ...taken, ...step })),
  );
  await tellChanged(context, tx, after, before.status);
  return after.version;
}

/** As the scope sees it. @throws Problem not-found */
export async function readDecision({ db }: Context, scope: Scope, listingId: string): Promise<CollectiveDecision> {
  const decisions = await db.inScope(scope, (tx) => readDecisions(tx, [listingId]));
  const decision = decisions.get(listingId);
  if (!decision) throw notFound();
  return decision;
}

function needsNone(): Problem {
  return new Problem('unprocessable', {
    zh: '这类条目不需要集体决议;土地、房屋场地、设备和共享设施才登记。',
    en: 'Listings of this kind need no decision: land, venues, equipment and shared facilities do.',
  });
}
