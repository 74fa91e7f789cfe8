// Deals 成交. Enters: what two sides came to terms on, by negotiation or bidding. Leaves: the deal and its bookings, in the
// transaction of the act that concluded it.

import { and, desc, eq, lt, type SQL } from 'drizzle-orm';
import { findResource, lockResource, moveListing, type Resource } from '../lists/index.ts';
import { findPartiesById, type Party } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import type { Scope, Transaction } from '../platform/database.ts';
import { newId } from '../platform/id.ts';
import { notFound } from '../platform/problem.ts';
import { bookResource, handOverBookings } from './bookings.ts';
import { notOffered } from './reach.ts';
import { deal } from './tables.ts';
import { isLetAsAWhole, type Condition, type Terms } from './terms.ts';
import type { DealState } from './usage/use-machine.ts';

export type Deal = typeof deal.$inferSelect;

export interface NewDeal {
  listingId: string;
  sellerId: string;
  buyerId: string;
  /** The way they came to terms: one of the two. */
  negotiationId?: string;
  biddingId?: string;
  terms: Terms;
  priceFen: number;
  instalments: number;
  /** The last look, with the resource locked. @throws Problem when it must not be concluded */
  settle: (resource: Resource) => Promise<{ conditions: Condition[]; mandateId: string | null }>;
}

/** @throws Problem conflict when the resource is taken or no longer offered */
export async function concludeDeal(context: Context, tx: Transaction, wish: NewDeal): Promise<Deal> {
  const { listingId, sellerId, buyerId, negotiationId, biddingId, terms, priceFen, instalments, settle } = wish;
  const { intendedUse, startsOn, endsOn, pieces } = terms;
  const found = await findResource(tx, listingId);
  if (!found) throw notOffered();
  const id = newId();
  // Booked before the listing is locked: of those who want the same thing one waits for the other here, and holds nothing meanwhile.
  if (biddingId === undefined) await bookResource(tx, found, terms, { dealId: id });
  else await handOverBookings(tx, biddingId, id);
  const resource = await lockResource(tx, listingId);
  const expected = biddingId !== undefined && isLetAsAWhole(found) ? 'reserved' : 'published';
  if (resource?.status !== expected || resource.ownerId !== sellerId) throw notOffered();
  const { conditions, mandateId } = await settle(resource);
  if (isLetAsAWhole(resource)) await moveListing(context, tx, { listingId, action: 'deal', reason: '成交' });
  const [row] = await tx
    .insert(deal)
    .values({
      ...{
        id,
        region: resource.region,
        listingId,
        negotiationId,
        biddingId,
        sellerId,
        buyerId,
        partyIds: [sellerId, buyerId],
      },
      ...{
        state: 'in-use',
        intendedUse,
        startsOn,
        endsOn,
        pieces,
        priceFen,
        instalments,
        conditions,
        mandateId,
        concludedAt: context.clock.now(),
      },
    })
    .returning();
  if (!row) throw new Error('nothing was inserted');
  return row;
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface DealWithParties {
  row: Deal;
  seller: Party | undefined;
  buyer: Party | undefined;
}

async function withParties(tx: Transaction, rows: readonly Deal[]): Promise<DealWithParties[]> {
  const parties = await findPartiesById(
    tx,
    rows.flatMap(({ partyIds }) => partyIds),
  );
  return rows.map((row) => ({ row, seller: parties.get(row.sellerId), buyer: parties.get(row.buyerId) }));
}

export async function readDeal({ db }: Context, scope: Scope, id: string): Promise<DealWithParties> {
  return db.inScope(scope, async (tx) => {
    const [found] = await withParties(tx, await tx.select().from(deal).where(eq(deal.id, id)));
    if (!found) throw notFound();
    return found;
  });
}

export interface DealFilter {
  listingId?: string | undefined;
  state?: DealState | undefined;
  beforeId?: string | undefined;
  limit: number;
}

/** Newest first, one more than the limit. */
export async function findDeals(
  { db }: Context,
  scope: Scope,
  { listingId, state, beforeId, limit }: DealFilter,
): Promise<DealWithParties[]> {
  const conditions: (SQL | undefined)[] = [
    listingId ? eq(deal.listingId, listingId) : undefined,
    state ? eq(deal.state, state) : undefined,
    beforeId ? lt(deal.id, beforeId) : undefined,
  ];
  return db.inScope(scope, async (tx) =>
    withParties(
      tx,
      await tx
        .select()
        .from(deal)
        .where(and(...conditions))
        .orderBy(desc(deal.id))
        .limit(limit + 1),
    ),
  );
}
