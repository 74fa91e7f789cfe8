// 开标. Enters: a bidding whose time is over. Leaves: every bid that was made, in clear and open to the seller too.

import { and, asc, eq, isNotNull } from 'drizzle-orm';
import { countyOf } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import type { Transaction } from '../platform/database.ts';
import type { OpenedBid } from './bidding-machine.ts';
import { bidder, type bidding } from './tables.ts';

export async function openBids(
  { sealer }: Context,
  tx: Transaction,
  row: typeof bidding.$inferSelect,
): Promise<OpenedBid[]> {
  const keys = await sealer.forOpening(tx, countyOf(row.region));
  const sealedBids = await tx
    .select()
    .from(bidder)
    .where(and(eq(bidder.biddingId, row.id), isNotNull(bidder.sealedBid)))
    .orderBy(asc(bidder.id))
    .for('update');
  const opened: OpenedBid[] = [];
  for (const { id, partyId, sealedBid, bidAt, isMember } of sealedBids) {
    if (!sealedBid || !bidAt) continue;
    const bid = JSON.parse(keys.open(sealedBid).toString()) as { bidderId: string; bidFen: number };
    // Sealed with the bidder's id: bytes moved from one bidder to another are nobody's bid.
    if (bid.bidderId !== id) throw new Error('a sealed bid stands at another bidder');
    await tx
      .update(bidder)
      .set({ bidFen: bid.bidFen, partyIds: [partyId, row.sellerId] })
      .where(eq(bidder.id, id));
    opened.push({ partyId, bidFen: bid.bidFen, bidAt, isMember: isMember ?? false });
  }
  return opened;
}
