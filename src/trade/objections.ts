// 异议 against the result of a bidding. Enters: what a party objects, and what an official rules. Leaves: the objection; one that is
// upheld ends the bidding.

import { and, asc, eq, gt } from 'drizzle-orm';
import type { Context } from '../platform/context.ts';
import type { Scope } from '../platform/database.ts';
import { newId } from '../platform/id.ts';
import { notFound, Problem } from '../platform/problem.ts';
import { inBidding, letGo } from './biddings.ts';
import { partyOf, type Caller } from './reach.ts';
import { bidding, biddingObjection, type ObjectionState } from './tables.ts';

export type Objection = typeof biddingObjection.$inferSelect;

/** While the result is in publicity. @throws Problem conflict, forbidden */
export async function raiseObjection(
  context: Context,
  caller: Caller,
  biddingId: string,
  grounds: string,
): Promise<Objection> {
  const partyId = partyOf(caller.principal);
  let raised: Objection | undefined;
  await inBidding(context, caller, biddingId, 'objection', async (tx, { region }) => {
    [raised] = await tx
      .insert(biddingObjection)
      .values({
        ...{ id: newId(), region, biddingId, partyId, partyIds: [partyId], state: 'raised', grounds },
        raisedAt: context.clock.now(),
      })
      .returning();
    return {};
  });
  if (!raised) throw new Error('nothing was inserted');
  return raised;
}

/** 裁定. @throws Problem conflict when it was ruled on already */
export async function ruleOnObjection(
  context: Context,
  { scope }: Caller,
  id: string,
  { state, ruling }: { state: Exclude<ObjectionState, 'raised'>; ruling: string },
): Promise<Objection> {
  return context.db.inScope(scope, async (tx) => {
    const [found] = await tx.select().from(biddingObjection).where(eq(biddingObjection.id, id));
    if (!found) throw notFound();
    // The bidding first, as every step of it does: who certifies meanwhile waits, and then finds it ruled.
    const [of] = await tx.select().from(bidding).where(eq(bidding.id, found.biddingId)).for('update');
    const [ruled] = await tx
      .update(biddingObjection)
      .set({ state, ruling, ruledAt: context.clock.now() })
      .where(and(eq(biddingObjection.id, id), eq(biddingObjection.state, 'raised')))
      .returning();
    if (!ruled) throw new Problem('conflict', { zh: '该异议已裁定。', en: 'This objection has been ruled on.' });
    if (state === 'upheld' && of?.state === 'opened') {
      await letGo(context, tx, of, '异议成立');
      await tx.update(bidding).set({ state: 'cancelled', reason: ruling }).where(eq(bidding.id, of.id));
    }
    return ruled;
  });
}

/** Those that the caller may see: officials all, a party its own. One more than the limit. */
export async function readObjections(
  { db }: Context,
  scope: Scope,
  { biddingId, afterId, limit }: { biddingId: string; afterId: string | undefined; limit: number },
): Promise<Objection[]> {
  return db.inScope(scope, (tx) =>
    tx
      .select()
      .from(biddingObjection)
      .where(and(eq(biddingObjection.biddingId, biddingId), afterId ? gt(biddingObjection.id, afterId) : undefined))
      .orderBy(asc(biddingObjection.id))
      .limit(limit + 1),
  );
}
