// 与上一轮相比. Enters: two rounds of a county. Leaves: every order that stands differently after the later one, from what to what,
// and for one that is no longer placed the reasons that the later round gave.

import { and, desc, eq, inArray, lt } from 'drizzle-orm';
import type { Context } from '../platform/context.ts';
import type { Scope, Transaction } from '../platform/database.ts';
import { wrongField } from '../platform/problem.ts';
import { readRoundDecisions, type RoundDecision } from '../proposals/index.ts';
import type { Text } from '../vocabulary/text.ts';
import { readDone } from './rounds.ts';
import { round, unmatched, type UnmatchedAccount } from './tables.ts';

export const orderChanges = ['placed', 'moved', 'dropped'] as const;

export interface RoundDifference {
  orderId: string;
  /** `placed`: it was not; `moved`: other sites, start or share; `dropped`: it no longer is. */
  change: (typeof orderChanges)[number];
  before: RoundDecision | null;
  after: RoundDecision | null;
  /** Of a dropped one: what the later round says; empty when the order had left the market. */
  reasons: Text[];
}

/** What was decided for an order, whether anybody was proposed anything or not. */
export type Decided = Omit<RoundDecision, 'proposalId'>;

interface Ends {
  id: string;
  region: string;
}

/**
 * By the order's id, one more than the limit. @param againstId left out: the round of the county that was done before; all that a
 * county's first round placed is new. @throws Problem not-found, unprocessable for rounds of two counties, conflict when one has
 * not found anything
 */
export async function readRoundDifferences(
  { db }: Context,
  scope: Scope,
  { id, againstId, afterOrderId, limit }: { id: string; againstId?: string; afterOrderId?: string; limit: number },
): Promise<RoundDifference[]> {
  return db.inScope(scope, async (tx) => {
    const after = await readDone(tx, id);
    const before = againstId === undefined ? await readOneBefore(tx, after) : await readDone(tx, againstId);
    if (before && before.region !== after.region) {
      throw wrongField('querystring.against', '须为同一区县的轮次', 'must be a round of the same county');
    }
    const [was, is] = [before ? await readRoundDecisions(tx, before.id) : [], await readRoundDecisions(tx, after.id)];
    const changes = compareDecisions(was, is)
      .filter(({ orderId }) => afterOrderId === undefined || orderId > afterOrderId)
      .slice(0, limit + 1);
    const dropped = changes.flatMap(({ orderId, change }) => (change === 'dropped' ? [orderId] : []));
    const accounts = await readAccounts(tx, after.id, dropped);
    return changes.map((change) => ({ ...change, reasons: accounts.get(change.orderId)?.reasons ?? [] }));
  });
}

/** Orders that stand as they did are left out. */
export function compareDecisions<Before extends Decided, After extends Decided>(
  was: readonly Before[],
  is: readonly After[],
): { orderId: string; change: RoundDifference['change']; before: Before | null; after: After | null }[] {
  const before = new Map(was.map((each) => [each.orderId, each]));
  const after = new Map(is.map((each) => [each.orderId, each]));
  const orderIds = [...new Set([...before.keys(), ...after.keys()])].sort();
  return orderIds.flatMap((orderId) => {
    const [one = null, other = null] = [before.get(orderId), after.get(orderId)];
    if (one && other && isSame(one, other)) return [];
    const change = one && other ? 'moved' : other ? 'placed' : 'dropped';
    return [{ orderId, change, before: one, after: other }];
  });
}

function isSame(one: Decided, other: Decided): boolean {
  const lotsOf = ({ lots }: Decided) => lots.map(({ siteId, isHome }) => `${siteId} ${isHome}`).sort();
  return one.share === other.share && one.startsOn === other.startsOn && lotsOf(one).join() === lotsOf(other).join();
}

async function readOneBefore(tx: Transaction, { id, region }: Ends): Promise<Ends | undefined> {
  const [found] = await tx
    .select({ id: round.id, region: round.region })
    .from(round)
    .where(and(eq(round.region, region), eq(round.status, 'done'), lt(round.id, id)))
    .orderBy(desc(round.id))
    .limit(1);
  return found;
}

async function readAccounts(
  tx: Transaction,
  roundId: string,
  orderIds: readonly string[],
): Promise<Map<string, UnmatchedAccount>> {
  if (orderIds.length === 0) return new Map();
  const rows = await tx
    .select({ listingId: unmatched.listingId, account: unmatched.account })
    .from(unmatched)
    .where(and(eq(unmatched.roundId, roundId), inArray(unmatched.listingId, [...orderIds])));
  return new Map(rows.map(({ listingId, account }) => [listingId, account]));
}
