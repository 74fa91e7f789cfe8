// The use of a resource after its deal 资源使用跟踪 (B03). Enters: who acts and what he says: money that came, what was seen, an early
// end. Leaves: its rows with the deal and its alerts, in one transaction; what has ended is free and on offer again.

import { and, asc, desc, eq, gt, isNull, lt, ne, sql } from 'drizzle-orm';
import { findResource, moveListing, readTradePolicy } from '../../lists/index.ts';
import type { Context } from '../../platform/context.ts';
import { platformScope, type Scope, type Transaction } from '../../platform/database.ts';
import type { Principal } from '../../platform/http/index.ts';
import { newId } from '../../platform/id.ts';
import { notFound, Problem, wrongField } from '../../platform/problem.ts';
import { addDays, shanghaiDate, type PlainDate } from '../../vocabulary/calendar.ts';
import type { IntendedUse } from '../../vocabulary/land-use.ts';
import { releaseBookings } from '../bookings.ts';
import type { Deal } from '../deals.ts';
import { sideOf } from '../negotiations.ts';
import { ofCounty, refused, type Caller } from '../reach.ts';
import { deal, type DealEnd } from '../tables.ts';
import { isLetAsAWhole } from '../terms.ts';
import { findAlerts, type AlertKind, type FoundUse, type StandingAlert } from './find-alerts.ts';
import { readRents, type Rent } from './rents.ts';
import { rentPayment, usageAlert, usageCheckIn } from './tables.ts';
import { stepUse, useActions, useTransitions, type UseAction, type UseActor } from './use-machine.ts';

export type RentPayment = typeof rentPayment.$inferSelect;
export type CheckIn = typeof usageCheckIn.$inferSelect;
export type UsageAlert = typeof usageAlert.$inferSelect & { listingId: string };

// ── Steps ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** One step: locks the deal, asks the machine, writes what the step changes, then looks what officials must hear of it. */
async function inUse<Result>(
  context: Context,
  { scope, principal }: Caller,
  id: string,
  action: UseAction,
  work: (tx: Transaction, row: Deal, today: PlainDate) => Promise<{ change?: Partial<Deal>; result: Result }>,
): Promise<Result> {
  const { region } = await readVisible(context, scope, id);
  const today = shanghaiDate(context.clock.now());
  return context.db.inScope(ofCounty(scope, region), async (tx) => {
    const [row] = await tx.select().from(deal).where(eq(deal.id, id)).for('update');
    if (!row) throw notFound();
    const step = stepUse(action, row, { actor: actorOf(row, scope, principal), today });
    if ('refused' in step) throw refused(step);
    const { change, result } = await work(tx, row, today);
    const after = { ...row, ...change, state: step.to };
    if (step.to !== row.state) {
      await tx
        .update(deal)
        .set({ ...change, state: step.to })
        .where(eq(deal.id, id));
      if (step.to === 'ended') await endUse(context, tx, after, today);
    }
    await attendTo(context, tx, after, today);
    return result;
  });
}

/** Each side wherever it is; officials of the division in which the resource lies. */
export function actorOf(row: Deal, scope: Scope, principal: Principal): UseActor | undefined {
  if (principal.partyId !== undefined) return sideOf(row, principal);
  const isWithin = row.region >= scope.lo && row.region < scope.hi;
  return scope.audience === 'division' && isWithin ? 'official' : undefined;
}

async function readVisible({ db }: Context, scope: Scope, id: string): Promise<Deal> {
  const [row] = await db.inScope(scope, (tx) => tx.select().from(deal).where(eq(deal.id, id)));
  if (!row) throw notFound();
  return row;
}

export interface NewPayment {
  amountFen: number;
  paidOn: PlainDate;
  reference: string;
}

/** 登记收款. @throws Problem forbidden, conflict, unprocessable when more comes than is owed */
export async function recordPayment(
  context: Context,
  caller: Caller,
  dealId: string,
  { amountFen, paidOn, reference }: NewPayment,
): Promise<RentPayment> {
  return inUse(context, caller, dealId, 'payment', async (tx, row, today) => {
    if (paidOn > today) throw wrongField('body.paidOn', '收款日期在今天之后。', 'It is later than today.');
    const left = row.priceFen - (await sumPaid(tx, dealId));
    if (amountFen > left) {
      throw wrongField(
        'body.amountFen',
        `超过未收的租金,最多还可登记 ${left} 分。`,
        `More than is left of the rents: ${left} fen at most.`,
      );
    }
    const paid = { amountFen, paidOn, reference, reversesId: null };
    return { result: await insertPayment(context, tx, row, caller.principal, paid) };
  });
}

/** 冲正: takes back what was recorded wrongly, by a payment of as much below nothing. @throws Problem conflict, forbidden */
export async function reversePayment(
  context: Context,
  caller: Caller,
  id: string,
  reference: string,
): Promise<RentPayment> {
  const [found] = await context.db.inScope(caller.scope, (tx) =>
    tx.select().from(rentPayment).where(eq(rentPayment.id, id)),
  );
  if (!found) throw notFound();
  return inUse(context, caller, found.dealId, 'payment', async (tx, row, today) => {
    // The deal is locked: nobody takes it back at the same time.
    const again = await tx.$count(rentPayment, eq(rentPayment.reversesId, id));
    if (again > 0 || found.reversesId !== null) throw reversedAlready();
    const back = { amountFen: -found.amountFen, paidOn: today, reference, reversesId: id };
    return { result: await insertPayment(context, tx, row, caller.principal, back) };
  });
}

async function insertPayment(
  { clock }: Context,
  tx: Transaction,
  { id: dealId, region, partyIds }: Deal,
  { role: byRole }: Principal,
  paid: NewPayment & { reversesId: string | null },
): Promise<RentPayment> {
  const [row] = await tx
    .insert(rentPayment)
    .values({ id: newId(), region, dealId, partyIds, byRole, recordedAt: clock.now(), ...paid })
    .returning();
  if (!row) throw new Error('nothing was inserted');
  return row;
}

export interface NewCheckIn {
  found: FoundUse;
  useFound: IntendedUse | null;
  note: string | null;
  photoSha256: string | null;
}

/** 登记巡查. @throws Problem forbidden, conflict before the term has begun */
export async function recordCheckIn(
  context: Context,
  caller: Caller,
  dealId: string,
  seen: NewCheckIn,
): Promise<CheckIn> {
  return inUse(context, caller, dealId, 'check-in', async (tx, { region, partyIds, intendedUse }) => {
    if (seen.useFound !== null && (seen.found !== 'other-use' || seen.useFound === intendedUse)) {
      throw wrongField(
        'body.useFound',
        '只在发现用途与约定不符时填写,且不同于约定的用途。',
        'State it when something else is seen than was agreed, and only then.',
      );
    }
    const [row] = await tx
      .insert(usageCheckIn)
      .values({
        ...{ id: newId(), region, dealId, partyIds, ...seen },
        ...{ byRole: caller.principal.role, at: context.clock.now() },
      })
      .returning();
    if (!row) throw new Error('nothing was inserted');
    return { result: row };
  });
}

/** 申请提前终止. @throws Problem forbidden, conflict */
export async function requestEnding(context: Context, caller: Caller, id: string, endingReason: string): Promise<void> {
  return inUse(context, caller, id, 'ending', async (_tx, row) => {
    const endingSide = sideOf(row, caller.principal);
    if (!endingSide) throw new Error('a side asks for the end');
    return { change: { endingSide, endingReason }, result: undefined };
  });
}

/** The other side agrees: it ends today. @throws Problem forbidden, conflict */
export async function acceptEnding(context: Context, caller: Caller, id: string): Promise<void> {
  return inUse(context, caller, id, 'ending-acceptance', async (_tx, _row, today) => ({
    ...{ change: endedNow('agreement', today), result: undefined },
  }));
}

/** It goes on. @throws Problem forbidden, conflict */
export async function dropEnding(
  context: Context,
  caller: Caller,
  id: string,
  action: 'ending-refusal' | 'ending-withdrawal',
): Promise<void> {
  return inUse(context, caller, id, action, async () => ({
    ...{ change: { endingSide: null, endingReason: null }, result: undefined },
  }));
}

/** 依裁决终止: an official records the ruling, by its number. @throws Problem forbidden, conflict */
export async function closeDeal(context: Context, caller: Caller, id: string, endingReason: string): Promise<void> {
  return inUse(context, caller, id, 'closure', async (_tx, _row, today) => ({
    ...{ change: { ...endedNow('ruling', today), endingReason }, result: undefined },
  }));
}

const endedNow = (endedBy: DealEnd, endedOn: PlainDate) => ({ endedBy, endedOn });

/** 再次闲置: free from the day after its last, and on offer again if it left the lists with its deal. */
async function endUse(context: Context, tx: Transaction, { id, listingId, endedOn }: Deal, today: PlainDate) {
  await releaseBookings(tx, id, addDays(endedOn ?? today, 1));
  const resource = await findResource(tx, listingId);
  // Its owner may have closed it meanwhile.
  if (resource?.status !== 'matched' || !isLetAsAWhole(resource)) return;
  await moveListing(context, tx, { listingId, action: 'reopening', reason: '使用终止,再次闲置' });
}

// ── The clock ───────────────────────────────────────────────────────────────────────────────────────────────────────

const actor = 'system:trade';
const DEALS_AT_ONCE = 500;

/** Once a day: ends what is over its term, raises what is due. Again, it finds nothing left to do. */
export async function attendToUses(context: Context, closing: AbortSignal): Promise<void> {
  const { db, clock } = context;
  const today = shanghaiDate(clock.now());
  for (let ids = await readRunning(context, undefined); ids.length > 0; ids = await readRunning(context, ids.at(-1))) {
    for (const id of ids) {
      closing.throwIfAborted();
      // Each alone: who works at one of them meanwhile waits for that one.
      await db.inScope(platformScope(actor), async (tx) => {
        const [row] = await tx.select().from(deal).where(eq(deal.id, id)).for('update');
        if (!row) return;
        const isOver = row.state !== 'ended' && row.endsOn < today;
        const change = { state: 'ended', endedBy: 'term', endedOn: row.endsOn } as const;
        const after = isOver ? { ...row, ...change } : row;
        if (isOver) {
          await tx.update(deal).set(change).where(eq(deal.id, id));
          await endUse(context, tx, after, today);
        }
        await attendTo(context, tx, after, today);
      });
    }
  }
}

/** What has ended is looked after by whoever pays what is still owed. */
async function readRunning({ db }: Context, afterId: string | undefined): Promise<string[]> {
  const rows = await db.inScope(platformScope(actor), (tx) =>
    tx
      .select({ id: deal.id })
      .from(deal)
      .where(and(ne(deal.state, 'ended'), afterId ? gt(deal.id, afterId) : undefined))
      .orderBy(asc(deal.id))
      .limit(DEALS_AT_ONCE),
  );
  return rows.map(({ id }) => id);
}

// ── Alerts ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Raises what officials must hear of now, and closes what is mended. */
async function attendTo({ clock }: Context, tx: Transaction, row: Deal, today: PlainDate): Promise<void> {
  const [seen] = await tx
    .select()
    .from(usageCheckIn)
    .where(eq(usageCheckIn.dealId, row.id))
    .orderBy(desc(usageCheckIn.id))
    .limit(1);
  const { terms } = await readTradePolicy(tx, row.region, today);
  const wanted = findAlerts({
    ...{ today, isEnded: row.state === 'ended', startsOn: row.startsOn },
    rents: readRents(row, await sumPaid(tx, row.id), today),
    lastCheckIn: seen && { id: seen.id, found: seen.found, on: shanghaiDate(seen.at) },
    monthsBetweenCheckIns: terms.monthsBetweenCheckIns,
  });
  const standing = await tx
    .select()
    .from(usageAlert)
    .where(and(eq(usageAlert.dealId, row.id), isNull(usageAlert.closedAt)));
  for (const { id, kind, ...told } of standing) {
    const alert = wanted.find((each) => each.kind === kind);
    if (!alert) await tx.update(usageAlert).set({ closedAt: clock.now() }).where(eq(usageAlert.id, id));
    else if (isOther(alert, told)) await tx.update(usageAlert).set(alert).where(eq(usageAlert.id, id));
  }
  const fresh = wanted.filter(({ kind }) => !standing.some((each) => each.kind === kind));
  if (fresh.length === 0) return;
  const { id: dealId, region, partyIds } = row;
  await tx
    .insert(usageAlert)
    .values(fresh.map((alert) => ({ id: newId(), region, dealId, partyIds, ...alert, raisedAt: clock.now() })));
}

const isOther = (one: Omit<StandingAlert, 'kind'>, other: Omit<StandingAlert, 'kind'>) =>
  one.since !== other.since || one.amountFen !== other.amountFen || one.checkInId !== other.checkInId;

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

async function sumPaid(tx: Transaction, dealId: string): Promise<number> {
  const [row] = await tx
    .select({ sum: sql<string>`coalesce(sum(${rentPayment.amountFen}), 0)` })
    .from(rentPayment)
    .where(eq(rentPayment.dealId, dealId));
  return Number(row?.sum ?? 0);
}

export async function readDealRents(context: Context, scope: Scope, id: string): Promise<{ row: Deal; rents: Rent[] }> {
  return context.db.inScope(scope, async (tx) => {
    const [row] = await tx.select().from(deal).where(eq(deal.id, id));
    if (!row) throw notFound();
    return { row, rents: readRents(row, await sumPaid(tx, id), shanghaiDate(context.clock.now())) };
  });
}

interface PageOfDeal {
  dealId: string;
  beforeId: string | undefined;
  limit: number;
}

/** Newest first; one more than the limit. */
export async function readPayments({ db }: Context, scope: Scope, page: PageOfDeal): Promise<RentPayment[]> {
  return db.inScope(scope, async (tx) => {
    await requireDeal(tx, page.dealId);
    return tx
      .select()
      .from(rentPayment)
      .where(and(eq(rentPayment.dealId, page.dealId), page.beforeId ? lt(rentPayment.id, page.beforeId) : undefined))
      .orderBy(desc(rentPayment.id))
      .limit(page.limit + 1);
  });
}

/** Newest first; one more than the limit. */
export async function readCheckIns({ db }: Context, scope: Scope, page: PageOfDeal): Promise<CheckIn[]> {
  return db.inScope(scope, async (tx) => {
    await requireDeal(tx, page.dealId);
    return tx
      .select()
      .from(usageCheckIn)
      .where(and(eq(usageCheckIn.dealId, page.dealId), page.beforeId ? lt(usageCheckIn.id, page.beforeId) : undefined))
      .orderBy(desc(usageCheckIn.id))
      .limit(page.limit + 1);
  });
}

async function requireDeal(tx: Transaction, id: string): Promise<void> {
  const [found] = await tx.select({ id: deal.id }).from(deal).where(eq(deal.id, id));
  if (!found) throw notFound();
}

export interface AlertFilter {
  kind?: AlertKind | undefined;
  state: 'standing' | 'closed';
  dealId?: string | undefined;
  beforeId?: string | undefined;
  limit: number;
}

/** Newest first; one more than the limit. */
export async function findUsageAlerts(
  { db }: Context,
  scope: Scope,
  { kind, state, dealId, beforeId, limit }: AlertFilter,
): Promise<UsageAlert[]> {
  return db.inScope(scope, async (tx) => {
    const rows = await tx
      .select({ alert: usageAlert, listingId: deal.listingId })
      .from(usageAlert)
      .innerJoin(deal, eq(deal.id, usageAlert.dealId))
      .where(
        and(
          kind ? eq(usageAlert.kind, kind) : undefined,
          state === 'standing' ? isNull(usageAlert.closedAt) : sql`${usageAlert.closedAt} is not null`,
          dealId ? eq(usageAlert.dealId, dealId) : undefined,
          beforeId ? lt(usageAlert.id, beforeId) : undefined,
        ),
      )
      .orderBy(desc(usageAlert.id))
      .limit(limit + 1);
    return rows.map(({ alert, listingId }) => ({ ...alert, listingId }));
  });
}

/** What the caller may do now, and why not the rest. */
export function useActionsOf({ clock }: Context, row: Deal, scope: Scope, principal: Principal) {
  const today = shanghaiDate(clock.now());
  const acting = actorOf(row, scope, principal);
  return useActions.map((action) => {
    const isAllowed = principal.permissions.has(useTransitions[action].permission);
    return { action, step: stepUse(action, row, { actor: isAllowed ? acting : undefined, today }) };
  });
}

function reversedAlready(): Problem {
  return new Problem('conflict', {
    zh: '该笔收款已冲正,或本身就是冲正。',
    en: 'This payment has been taken back already, or takes another back.',
  });
}
