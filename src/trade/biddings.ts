// The life of an open bidding. Enters: who acts and what he asks. Leaves: its row, changed in one transaction with its bidders,
// bookings, the listing and the deal that comes of it.

import { and, desc, eq, lt, max, sql, type SQL } from 'drizzle-orm';
import {
  findResource,
  moveListing,
  readTradePolicy,
  type Resource,
  type TradeTerms,
  type TradeWay,
} from '../lists/index.ts';
import { countyOf, findPartiesById, type Party } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import type { Scope, Transaction } from '../platform/database.ts';
import type { Principal } from '../platform/http/index.ts';
import { newId } from '../platform/id.ts';
import { notFound, Problem, wrongField } from '../platform/problem.ts';
import { addDays, shanghaiDate, type PlainDate } from '../vocabulary/calendar.ts';
import { countWorkingDays } from '../vocabulary/working-days.ts';
import { bookResource, removeBookings } from './bookings.ts';
import { openBids } from './open-bids.ts';
import {
  biddingActions,
  chooseWinner,
  stepBidding,
  type BiddingAction,
  type BiddingActor,
  type BiddingState,
} from './bidding-machine.ts';
import { concludeDeal } from './deals.ts';
import { requireMandate } from './negotiations.ts';
import { notOffered, ofCounty, partyOf, refused, termsNoLongerHold, termsRefused, type Caller } from './reach.ts';
import { bidding, biddingObjection } from './tables.ts';
import { isLetAsAWhole, judgeTerms, type Terms } from './terms.ts';

export type Bidding = typeof bidding.$inferSelect;

export interface NewBidding extends Terms {
  listingId: string;
  instalments: number;
  reservePriceFen: number;
}

/** 申请挂牌: the owner of a published resource puts it up. @throws Problem unprocessable, forbidden, conflict */
export async function applyForBidding(
  context: Context,
  { scope, principal }: Caller,
  { listingId, instalments, reservePriceFen, ...terms }: NewBidding,
): Promise<Bidding> {
  const sellerId = partyOf(principal);
  const resource = await context.db.inScope(scope, (tx) => findResource(tx, listingId));
  if (resource?.ownerId !== sellerId) throw notYours();
  if (resource.status !== 'published') throw notOffered();
  return context.db.inScope(ofCounty(scope, resource.region), async (tx) => {
    const { broken } = await judge(context, tx, resource, terms, sellerId);
    if (broken.length > 0) throw termsRefused(broken);
    await requireMandate(context, tx, resource, principal.identity);
    return insertBidding(context, tx, {
      ...{ region: resource.region, listingId, sellerId, appliedBy: principal.identity, attempt: 1, ...terms },
      ...{ instalments, reservePriceFen },
    });
  });
}

async function insertBidding(
  context: Context,
  tx: Transaction,
  wish: Omit<typeof bidding.$inferInsert, 'id' | 'state' | 'createdAt' | 'depositFen'>,
): Promise<Bidding> {
  const [standing] = await tx
    .select({ id: bidding.id })
    .from(bidding)
    .where(and(eq(bidding.listingId, wish.listingId), eq(bidding.state, 'applied')));
  if (standing) throw openAlready();
  const { depositPermille, ways } = await readTerms(context, tx, wish.region);
  if (!isOpenTradeAllowed(ways)) throw notBiddenHere();
  const depositFen = Math.floor((wish.reservePriceFen * depositPermille) / 1000);
  const [row] = await tx
    .insert(bidding)
    .values({ ...wish, id: newId(), state: 'applied', depositFen, createdAt: context.clock.now() })
    .onConflictDoNothing()
    .returning();
  if (!row) throw openAlready();
  return row;
}

/** 公告: the resource is held for it from now on. @throws Problem conflict */
export async function publishNotice(context: Context, caller: Caller, id: string): Promise<Bidding> {
  const now = context.clock.now();
  return inBidding(context, caller, id, 'notice', async (tx, row) => {
    const resource = await findResource(tx, row.listingId);
    if (resource?.status !== 'published') throw notOffered();
    const { broken } = await judge(context, tx, resource, row, row.sellerId);
    if (broken.length > 0) throw termsNoLongerHold(broken);
    await bookResource(tx, resource, row, { biddingId: id });
    if (isLetAsAWhole(resource)) {
      await moveListing(context, tx, { listingId: resource.id, action: 'reservation', reason: '公开交易公告' });
    }
    const { noticeWorkingDays, mediaNoticeFromFen, ways } = await readTerms(context, tx, row.region);
    if (!isOpenTradeAllowed(ways)) throw notBiddenHere();
    const { until } = countWorkingDays(shanghaiDate(now), noticeWorkingDays);
    const owesMediaNotice = row.reservePriceFen >= mediaNoticeFromFen;
    return { noticedAt: now, closesAt: endOfDay(until), owesMediaNotice };
  });
}

/** One sealed price before a day is a tender 招标 or a listing 挂牌; it is no auction, where prices answer each other. */
const isOpenTradeAllowed = (ways: readonly TradeWay[]) => ways.includes('tender') || ways.includes('listing');

/** 媒体公告: in which medium the notice stood, and since when. Said again, it is corrected. @throws Problem conflict, unprocessable */
export async function recordMediaNotice(
  context: Context,
  caller: Caller,
  id: string,
  { medium, publishedOn }: { medium: string; publishedOn: PlainDate },
): Promise<Bidding> {
  return inBidding(context, caller, id, 'media-notice', async (_tx, { noticedAt, closesAt }) => {
    if (!noticedAt || !closesAt) throw new Error('a noticed bidding has its days');
    const today = shanghaiDate(context.clock.now());
    const last = addDays(shanghaiDate(closesAt), -1);
    const until = last < today ? last : today;
    if (publishedOn < shanghaiDate(noticedAt) || publishedOn > until) {
      throw wrongField(
        'body.publishedOn',
        `须在公告期内且不晚于今天:${shanghaiDate(noticedAt)} 至 ${until}。`,
        `Within the days of the notice, today at the latest: ${shanghaiDate(noticedAt)} to ${until}.`,
      );
    }
    return { medium, mediaNoticedOn: publishedOn };
  });
}

/** What the county demands of a trade today. */
export async function readTerms({ clock }: Context, tx: Transaction, region: string): Promise<TradeTerms> {
  return (await readTradePolicy(tx, region, shanghaiDate(clock.now()))).terms;
}

/** The resource is free again: nothing came of it. */
export async function letGo(context: Context, tx: Transaction, row: Bidding, reason: string): Promise<void> {
  await removeBookings(tx, row.id);
  const resource = await findResource(tx, row.listingId);
  if (resource?.status === 'reserved' && isLetAsAWhole(resource)) {
    await moveListing(context, tx, { listingId: row.listingId, action: 'release', reason });
  }
}

/** 24:00 in Shanghai. */
const endOfDay = (day: string) => new Date(`${addDays(day, 1)}T00:00:00+08:00`);

/** 开标: now the bids can be read; the result goes into publicity, or the bidding has failed. */
export async function openBidding(context: Context, caller: Caller, id: string): Promise<Bidding> {
  const now = context.clock.now();
  return inBidding(context, caller, id, 'opening', async (tx, row) => {
    const bids = await openBids(context, tx, row);
    const winner = chooseWinner(bids, row.reservePriceFen);
    const opened = { openedAt: now, bidCount: bids.length };
    if (!winner) {
      await letGo(context, tx, row, '流拍');
      return { ...opened, state: 'failed' };
    }
    const { resultPublicityWorkingDays } = await readTerms(context, tx, row.region);
    const { until } = countWorkingDays(shanghaiDate(now), resultPublicityWorkingDays);
    return { ...opened, winnerId: winner.partyId, winningFen: winner.bidFen, publicUntil: endOfDay(until) };
  });
}

/** 鉴证: the deal, with its number. @throws Problem conflict while an objection is open */
export async function certifyBidding(context: Context, caller: Caller, id: string): Promise<Bidding> {
  const now = context.clock.now();
  return inBidding(context, caller, id, 'certification', async (tx, row) => {
    const [open] = await tx
      .select({ id: biddingObjection.id })
      .from(biddingObjection)
      .where(and(eq(biddingObjection.biddingId, id), eq(biddingObjection.state, 'raised')))
      .limit(1);
    if (open) throw objectionOpen();
    const { winnerId, winningFen } = row;
    if (winnerId === null || winningFen === null) throw new Error('an opened bidding has a winner');
    await concludeDeal(context, tx, {
      ...{ listingId: row.listingId, sellerId: row.sellerId, buyerId: winnerId, biddingId: id, terms: row },
      ...{ priceFen: winningFen, instalments: row.instalments },
      settle: async (resource) => ({
        conditions: (await judge(context, tx, resource, row, winnerId)).conditions,
        mandateId: await requireMandate(context, tx, resource, row.appliedBy),
      }),
    });
    const certificateYear = Number(shanghaiDate(now).slice(0, 4));
    const certificateSerial = await nextCertificate(tx, countyOf(row.region), certificateYear);
    return { certificateYear, certificateSerial, certifiedAt: now };
  });
}

/** 衢江交鉴〔2026〕7号: counted for each county and year, never used again. */
async function nextCertificate(tx: Transaction, county: string, year: number): Promise<number> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`bidding certificate ${county} ${year}`}))`);
  const [last] = await tx
    .select({ serial: max(bidding.certificateSerial) })
    .from(bidding)
    .where(and(eq(bidding.county, county), eq(bidding.certificateYear, year)));
  return (last?.serial ?? 0) + 1;
}

/** 终止. */
export async function cancelBidding(context: Context, caller: Caller, id: string, reason: string): Promise<Bidding> {
  return inBidding(context, caller, id, 'cancellation', async (tx, row) => {
    await letGo(context, tx, row, '公开交易终止');
    return { reason };
  });
}

/** 重新挂牌 of what failed, as a bidding of its own. @throws Problem conflict, unprocessable when policy does not allow it */
export async function relistBidding(
  context: Context,
  caller: Caller,
  id: string,
  reservePriceFen: number,
): Promise<Bidding> {
  let again: Bidding | undefined;
  await inBidding(context, caller, id, 'relisting', async (tx, row) => {
    const { relistTimesMax, relistPriceCutPermilleMax } = await readTerms(context, tx, row.region);
    if (row.attempt > relistTimesMax) throw relistedTooOften(relistTimesMax);
    const lowest = Math.ceil((row.reservePriceFen * (1000 - relistPriceCutPermilleMax)) / 1000);
    if (reservePriceFen < lowest) throw fallsTooFar(lowest);
    const { region, listingId, sellerId, intendedUse, startsOn, endsOn, pieces, instalments } = row;
    const resource = await findResource(tx, listingId);
    if (resource?.status !== 'published' || resource.ownerId !== sellerId) throw notOffered();
    again = await insertBidding(context, tx, {
      ...{ region, listingId, sellerId, intendedUse, startsOn, endsOn, pieces, instalments, reservePriceFen },
      ...{ appliedBy: caller.principal.identity, attempt: row.attempt + 1, previousId: id },
    });
    return {};
  });
  if (!again) throw new Error('a relisting leaves a bidding');
  return again;
}

/** One step: locks the row, asks the machine, writes what the step changes; `work` may lead elsewhere than the machine. */
export async function inBidding(
  context: Context,
  { scope, visitor, principal }: Caller,
  id: string,
  action: BiddingAction,
  work: (tx: Transaction, row: Bidding) => Promise<Partial<Bidding>>,
): Promise<Bidding> {
  const { region } = await readBidding(context, { scope, visitor }, id);
  return context.db.inScope(ofCounty(scope, region), async (tx) => {
    const [row] = await tx.select().from(bidding).where(eq(bidding.id, id)).for('update');
    if (!row) throw notFound();
    const actor = actorOf(row, scope, principal);
    const step = stepBidding(action, row, { actor, now: context.clock.now() });
    if ('refused' in step) throw refused(step);
    const change = { state: step.to, ...(await work(tx, row)) };
    const [after] = await tx.update(bidding).set(change).where(eq(bidding.id, id)).returning();
    if (!after) throw notFound();
    return after;
  });
}

/** Officials of the division in which the resource lies; of parties the one that offers, or another. */
export function actorOf({ region, sellerId }: Bidding, scope: Scope, { partyId }: Principal): BiddingActor | undefined {
  if (partyId !== undefined) return partyId === sellerId ? 'seller' : 'party';
  const isWithin = region >= scope.lo && region < scope.hi;
  return scope.audience === 'division' && isWithin ? 'official' : undefined;
}

async function judge({ clock }: Context, tx: Transaction, resource: Resource, terms: Terms, takerId: string) {
  const taker = (await findPartiesById(tx, [takerId])).get(takerId);
  if (!taker) throw new Error('a party of a bidding is registered');
  return judgeTerms(resource, terms, { today: shanghaiDate(clock.now()), takerKind: taker.kind });
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Readers {
  scope: Scope;
  visitor: Scope;
}

/** As the caller's own, or else as any visitor. @throws Problem not-found */
export async function readBidding({ db }: Context, { scope, visitor }: Readers, id: string): Promise<Bidding> {
  for (const reader of [scope, visitor]) {
    const [row] = await db.inScope(reader, (tx) => tx.select().from(bidding).where(eq(bidding.id, id)));
    if (row) return row;
  }
  throw notFound();
}

export interface BiddingFilter {
  listingId?: string | undefined;
  state?: BiddingState | undefined;
  beforeId?: string | undefined;
  limit: number;
}

/** Newest first, one more than the limit. */
export async function findBiddings(
  { db }: Context,
  scope: Scope,
  { listingId, state, beforeId, limit }: BiddingFilter,
): Promise<Bidding[]> {
  const conditions: (SQL | undefined)[] = [
    listingId ? eq(bidding.listingId, listingId) : undefined,
    state ? eq(bidding.state, state) : undefined,
    beforeId ? lt(bidding.id, beforeId) : undefined,
  ];
  return db.inScope(scope, (tx) =>
    tx
      .select()
      .from(bidding)
      .where(and(...conditions))
      .orderBy(desc(bidding.id))
      .limit(limit + 1),
  );
}

/** Who offers and who won; legal persons are a public register. */
export async function readSides(
  { db }: Context,
  visitor: Scope,
  rows: readonly Bidding[],
): Promise<Map<string, Party>> {
  return db.inScope(visitor, (tx) =>
    findPartiesById(
      tx,
      rows.flatMap(({ sellerId, winnerId }) => [sellerId, ...(winnerId ? [winnerId] : [])]),
    ),
  );
}

export function biddingActionsOf({ clock }: Context, row: Bidding, scope: Scope, principal: Principal) {
  const actor = actorOf(row, scope, principal);
  return biddingActions.map((action) => ({ action, step: stepBidding(action, row, { actor, now: clock.now() }) }));
}

function notYours(): Problem {
  return new Problem('forbidden', {
    zh: '只能为本主体自己的资源申请公开交易。',
    en: 'Only a resource of one’s own is put up for bidding.',
  });
}

function openAlready(): Problem {
  return new Problem('conflict', {
    zh: '该资源已有进行中的公开交易。',
    en: 'An open bidding of this resource is under way already.',
  });
}

function notBiddenHere(): Problem {
  return new Problem('conflict', {
    zh: '本县交易规则未准许招标或挂牌,不能公开报价交易(GET /v1/trade-policies/{division})。',
    en: 'The county’s trade policy allows neither tender nor listing: nothing is bid for here (GET /v1/trade-policies/{division}).',
  });
}

function objectionOpen(): Problem {
  return new Problem('conflict', {
    zh: '还有未裁定的异议,须先裁定(POST /v1/bidding-objections/{id}/ruling)。',
    en: 'An objection is open: rule on it first (POST /v1/bidding-objections/{id}/ruling).',
  });
}

function relistedTooOften(times: number): Problem {
  return new Problem('conflict', {
    zh: `流拍后最多重新挂牌 ${times} 次。`,
    en: `What failed is listed anew ${times} times at most.`,
  });
}

function fallsTooFar(lowestFen: number): Problem {
  return wrongField(
    'body.reservePriceFen',
    `降价超过本县重新挂牌的幅度,底价不得低于 ${lowestFen} 分。`,
    `The reserve price falls further than the county lets it: ${lowestFen} fen at least.`,
  );
}
