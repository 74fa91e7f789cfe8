// Bidders of an open bidding: registration, deposit, one sealed bid each. Money is not moved here: an official records that it came
// and went. A bid is sealed under the county's key until the opening; then it stands in clear for both sides.

import { and, asc, eq, gt } from 'drizzle-orm';
import { findResource } from '../lists/index.ts';
import { countyOf, findPartiesById } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import type { Scope } from '../platform/database.ts';
import { newId } from '../platform/id.ts';
import { notFound, Problem } from '../platform/problem.ts';
import { shanghaiDate } from '../vocabulary/calendar.ts';
import { inBidding, type Bidding } from './biddings.ts';
import { notOffered, partyOf, termsNoLongerHold, type Caller } from './reach.ts';
import { bidder, bidding, type DepositWay } from './tables.ts';
import { judgeTerms } from './terms.ts';

export type Bidder = typeof bidder.$inferSelect;

/** 报名. @throws Problem conflict when it is registered already, or the law does not let this party take it */
export async function registerBidder(
  context: Context,
  caller: Caller,
  biddingId: string,
  depositWay: DepositWay,
): Promise<Bidder> {
  const partyId = partyOf(caller.principal);
  const now = context.clock.now();
  let registered: Bidder | undefined;
  await inBidding(context, caller, biddingId, 'registration', async (tx, row) => {
    const resource = await findResource(tx, row.listingId);
    const taker = (await findPartiesById(tx, [partyId])).get(partyId);
    if (!resource || !taker) throw notOffered();
    const { broken } = judgeTerms(resource, row, { today: shanghaiDate(now), takerKind: taker.kind });
    if (broken.length > 0) throw termsNoLongerHold(broken);
    [registered] = await tx
      .insert(bidder)
      .values({
        ...{ id: newId(), region: row.region, biddingId, partyId, partyIds: [partyId] },
        ...{ depositWay, registeredAt: now },
      })
      .onConflictDoNothing()
      .returning();
    return {};
  });
  if (!registered) {
    throw new Problem('conflict', { zh: '本主体已报名。', en: 'This party is registered already.' });
  }
  return registered;
}

/** 保证金到账: an official says so, and whether the party is a member of the collective. */
export async function confirmDeposit(
  context: Context,
  { scope }: Caller,
  id: string,
  { reference, isMember }: { reference: string; isMember: boolean },
): Promise<Bidder> {
  return changeBidder(context, scope, id, (row, { state, closesAt }) => {
    if (row.depositConfirmedAt !== null) throw depositSettled();
    if (state !== 'noticed' || !closesAt || closesAt <= context.clock.now()) throw biddingClosed();
    return { depositReference: reference, depositConfirmedAt: context.clock.now(), isMember };
  });
}

/** 退还保证金: once nothing is to be decided about the party any more; the winner's after the certificate. */
export async function returnDeposit(
  context: Context,
  { scope }: Caller,
  id: string,
  reference: string,
): Promise<Bidder> {
  return changeBidder(context, scope, id, (row, { state, winnerId }) => {
    if (row.depositConfirmedAt === null || row.depositReturnedAt !== null) throw depositSettled();
    const isOver = ['certified', 'failed', 'relisted', 'cancelled'].includes(state);
    if (!isOver && (state !== 'opened' || winnerId === row.partyId)) throw depositHeld();
    return { depositReturnReference: reference, depositReturnedAt: context.clock.now() };
  });
}

async function changeBidder(
  { db }: Context,
  scope: Scope,
  id: string,
  change: (row: Bidder, of: Bidding) => Partial<Bidder>,
): Promise<Bidder> {
  return db.inScope(scope, async (tx) => {
    const [row] = await tx.select().from(bidder).where(eq(bidder.id, id)).for('update');
    if (!row) throw notFound();
    const [of] = await tx.select().from(bidding).where(eq(bidding.id, row.biddingId));
    if (!of) throw notFound();
    const [after] = await tx.update(bidder).set(change(row, of)).where(eq(bidder.id, id)).returning();
    if (!after) throw notFound();
    return after;
  });
}

/** 一次性报价: once, for good, and nobody reads it before the opening. @throws Problem not-found, conflict */
export async function submitBid(context: Context, caller: Caller, id: string, bidFen: number): Promise<Bidder> {
  const mine = await readBidder(context, caller.scope, id);
  const now = context.clock.now();
  if (mine.partyId !== partyOf(caller.principal)) throw notFound();
  let after: Bidder | undefined;
  await inBidding(context, caller, mine.biddingId, 'bid', async (tx, row) => {
    const [standing] = await tx.select().from(bidder).where(eq(bidder.id, id));
    if (!standing?.depositConfirmedAt) throw depositMissing();
    if (standing.sealedBid) throw bidAlready();
    if (bidFen < row.reservePriceFen) throw belowReserve(row.reservePriceFen);
    const keys = await context.sealer.forSealing(tx, countyOf(row.region));
    [after] = await tx
      .update(bidder)
      .set({ sealedBid: keys.seal(JSON.stringify({ bidderId: id, bidFen })), bidAt: now })
      .where(eq(bidder.id, id))
      .returning();
    return {};
  });
  if (!after) throw notFound();
  return after;
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

async function readBidder({ db }: Context, scope: Scope, id: string): Promise<Bidder> {
  const [row] = await db.inScope(scope, (tx) => tx.select().from(bidder).where(eq(bidder.id, id)));
  if (!row) throw notFound();
  return row;
}

/** Those that the caller may see: officials all, a bidder itself, the seller all once they are open. One more than the limit. */
export async function readBidders(
  { db }: Context,
  scope: Scope,
  { biddingId, afterId, limit }: { biddingId: string; afterId: string | undefined; limit: number },
): Promise<Bidder[]> {
  return db.inScope(scope, (tx) =>
    tx
      .select()
      .from(bidder)
      .where(and(eq(bidder.biddingId, biddingId), afterId ? gt(bidder.id, afterId) : undefined))
      .orderBy(asc(bidder.id))
      .limit(limit + 1),
  );
}

function conflict(zh: string, en: string): Problem {
  return new Problem('conflict', { zh, en });
}

const depositSettled = () =>
  conflict('该保证金已登记或不在待退状态。', 'This deposit has been settled, or never came.');
const depositMissing = () =>
  conflict('保证金到账确认后才能报价。', 'A bid is taken once its deposit has been confirmed.');
const depositHeld = () => conflict('结果确定前不退还该保证金。', 'This deposit is held until the result is settled.');
const biddingClosed = () => conflict('公告期已过或未在公告中。', 'It is not under notice, or its time is over.');
const bidAlready = () => conflict('一次性报价,已报不能更改。', 'There is one bid each, and it stands.');
const belowReserve = (fen: number) => conflict(`报价低于底价 ${fen} 分。`, `Below the reserve price of ${fen} fen.`);
