// The life of a negotiation. Enters: who acts and what he asks. Leaves: its row with the offers; an acceptance leaves a deal with it.

import { and, asc, desc, eq, inArray, lt, lte, type SQL } from 'drizzle-orm';
import { findMandateOver } from '../access/index.ts';
import { findResource, readTradePolicy, type Resource } from '../lists/index.ts';
import { findPartiesById, type Party } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import { platformScope, type Scope, type Transaction } from '../platform/database.ts';
import type { Principal } from '../platform/http/index.ts';
import { newId } from '../platform/id.ts';
import { notFound, Problem, wrongField } from '../platform/problem.ts';
import { shanghaiDate } from '../vocabulary/calendar.ts';
import { concludeDeal } from './deals.ts';
import {
  negotiationActions,
  otherSide,
  stepNegotiation,
  type NegotiationAction,
  type NegotiationState,
  type Side,
} from './negotiation-machine.ts';
import { notOffered, ofCounty, partyOf, refused, termsNoLongerHold, termsRefused, type Caller } from './reach.ts';
import { negotiation, negotiationOffer } from './tables.ts';
import { isContractedLand, judgeTerms, type Terms } from './terms.ts';

export type Negotiation = typeof negotiation.$inferSelect;
export type Offer = typeof negotiationOffer.$inferSelect;
export interface NegotiationWithOffers {
  row: Negotiation;
  offers: Offer[];
}

/** How long an inquiry waits for an answer. */
const INQUIRY_DAYS = 30;
const DAY_MS = 86_400_000;

/** 询价. @throws Problem unprocessable with each rule that the wish breaks */
export async function makeInquiry(
  context: Context,
  { scope, visitor, principal }: Caller,
  { listingId, ...terms }: Terms & { listingId: string },
): Promise<NegotiationWithOffers> {
  const buyerId = partyOf(principal);
  const now = context.clock.now();
  const { resource, parties } = await context.db.inScope(visitor, async (tx) => {
    const found = await findResource(tx, listingId);
    return {
      resource: found,
      parties: await findPartiesById(tx, [buyerId, ...(found?.ownerId ? [found.ownerId] : [])]),
    };
  });
  const sellerId = resource?.ownerId;
  if (!resource || !sellerId || resource.status !== 'published') {
    throw wrongField('body.listingId', '没有这项已发布的资源。', 'There is no such published resource.');
  }
  if (sellerId === buyerId) throw wrongField('body.listingId', '这是本主体自己的资源。', 'This resource is your own.');
  const judged = judgeTerms(resource, terms, { today: shanghaiDate(now), takerKind: kindOf(parties, buyerId) });
  if (judged.broken.length > 0) throw termsRefused(judged.broken);
  const [row] = await context.db.inScope(ofCounty(scope, resource.region), (tx) =>
    tx
      .insert(negotiation)
      .values({
        ...{ id: newId(), region: resource.region, listingId, sellerId, buyerId, partyIds: [sellerId, buyerId] },
        ...{ state: 'inquired', turn: 'seller', ...terms, conditions: judged.conditions },
        ...{ expiresAt: new Date(now.getTime() + INQUIRY_DAYS * DAY_MS), createdAt: now, updatedAt: now },
      })
      .returning(),
  );
  if (!row) throw new Error('nothing was inserted');
  return { row, offers: [] };
}

export interface NewOffer {
  priceFen: number;
  instalments: number;
  expiresAt: Date;
  startsOn?: string | undefined;
  endsOn?: string | undefined;
  pieces?: number | undefined;
}

/** 报价, 还价. @throws Problem forbidden, conflict, unprocessable */
export async function makeOffer(
  context: Context,
  caller: Caller,
  id: string,
  { priceFen, instalments, expiresAt, ...wish }: NewOffer,
): Promise<NegotiationWithOffers> {
  const now = context.clock.now();
  if (expiresAt <= now) throw wrongField('body.expiresAt', '有效期已过。', 'It has passed already.');
  return inNegotiation(context, caller, id, 'offer', async (tx, { row, offers }, { side, to }) => {
    const { intendedUse, startsOn, endsOn, pieces, region, partyIds } = row;
    const terms = {
      intendedUse,
      startsOn: wish.startsOn ?? startsOn,
      endsOn: wish.endsOn ?? endsOn,
      pieces: wish.pieces ?? pieces,
    };
    const resource = await readStanding(tx, row.listingId);
    const { broken, conditions } = await judge(context, tx, resource, terms, row.buyerId);
    if (broken.length > 0) throw termsRefused(broken);
    const offeredBy = caller.principal.identity;
    if (side === 'seller') await requireMandate(context, tx, resource, offeredBy);
    await requireNegotiable(context, tx, row, priceFen);
    const number = offers.length + 1;
    await tx.insert(negotiationOffer).values({
      ...{ id: newId(), region, negotiationId: id, partyIds, number, side, offeredBy, ...terms },
      ...{ priceFen, instalments, expiresAt, createdAt: now },
    });
    return { state: to, turn: otherSide(side), expiresAt, ...terms, conditions };
  });
}

/** 成交: the side that was asked accepts what the other offered. @throws Problem forbidden, conflict */
export async function acceptOffer(context: Context, caller: Caller, id: string): Promise<NegotiationWithOffers> {
  return inNegotiation(context, caller, id, 'acceptance', async (tx, { row, offers }, { side, to }) => {
    const offer = offers.at(-1);
    if (!offer) throw new Error('an offered negotiation has an offer');
    const terms = termsOf(offer);
    await concludeDeal(context, tx, {
      ...{ listingId: row.listingId, sellerId: row.sellerId, buyerId: row.buyerId, negotiationId: id },
      ...{ terms, priceFen: offer.priceFen, instalments: offer.instalments },
      async settle(resource) {
        const { broken, conditions } = await judge(context, tx, resource, terms, row.buyerId);
        if (broken.length > 0) throw termsNoLongerHold(broken);
        const actor = side === 'seller' ? caller.principal.identity : offer.offeredBy;
        return { conditions, mandateId: await requireMandate(context, tx, resource, actor) };
      },
    });
    return { state: to };
  });
}

/** 谢绝, 撤回. @throws Problem forbidden, conflict */
export async function endNegotiation(
  context: Context,
  caller: Caller,
  id: string,
  action: 'refusal' | 'withdrawal',
): Promise<NegotiationWithOffers> {
  return inNegotiation(context, caller, id, action, async (_tx, _negotiation, { to }) => ({ state: to }));
}

/** One step: locks the row, asks the machine, writes what the step changes. */
async function inNegotiation(
  context: Context,
  { scope, principal }: Caller,
  id: string,
  action: NegotiationAction,
  work: (
    tx: Transaction,
    negotiation: NegotiationWithOffers,
    step: { side: Side; to: NegotiationState },
  ) => Promise<Partial<Negotiation>>,
): Promise<NegotiationWithOffers> {
  const { region } = await readVisible(context, scope, id);
  const now = context.clock.now();
  return context.db.inScope(ofCounty(scope, region), async (tx) => {
    const [row] = await tx.select().from(negotiation).where(eq(negotiation.id, id)).for('update');
    if (!row) throw notFound();
    const side = sideOf(row, principal);
    const step = stepNegotiation(action, row, { side, now });
    if ('refused' in step) throw refused(step);
    if (!side) throw new Error('a step is taken by a side');
    const before = { row, offers: await readOffers(tx, id) };
    const change = await work(tx, before, { side, to: step.to });
    const [after] = await tx
      .update(negotiation)
      .set({ ...change, updatedAt: now })
      .where(eq(negotiation.id, id))
      .returning();
    if (!after) throw notFound();
    return { row: after, offers: await readOffers(tx, id) };
  });
}

export function sideOf(
  { sellerId, buyerId }: Pick<Negotiation, 'sellerId' | 'buyerId'>,
  { partyId }: Principal,
): Side | undefined {
  return partyId === sellerId ? 'seller' : partyId === buyerId ? 'buyer' : undefined;
}

function termsOf({ intendedUse, startsOn, endsOn, pieces }: Terms): Terms {
  return { intendedUse, startsOn, endsOn, pieces };
}

/** @throws Problem conflict when it is offered no longer */
async function readStanding(tx: Transaction, listingId: string): Promise<Resource> {
  const resource = await findResource(tx, listingId);
  if (resource?.status !== 'published') throw notOffered();
  return resource;
}

async function judge({ clock }: Context, tx: Transaction, resource: Resource, terms: Terms, buyerId: string) {
  const parties = await findPartiesById(tx, [buyerId]);
  return judgeTerms(resource, terms, { today: shanghaiDate(clock.now()), takerKind: kindOf(parties, buyerId) });
}

/** 公开交易: above a county's threshold a collective's resource is not let behind closed doors. @throws Problem unprocessable */
async function requireNegotiable(
  { clock }: Context,
  tx: Transaction,
  { region, sellerId }: Negotiation,
  priceFen: number,
): Promise<void> {
  const { terms } = await readTradePolicy(tx, region, shanghaiDate(clock.now()));
  if (!terms.ways.includes('negotiation')) {
    throw wrongField(
      'body.priceFen',
      '本县不采用协议流转,请公开交易。',
      'The county lets nothing be negotiated: bid openly.',
    );
  }
  const isCollective = kindOf(await findPartiesById(tx, [sellerId]), sellerId) === 'collective';
  if (!isCollective || priceFen < terms.openTradeFromFen) return;
  throw wrongField(
    'body.priceFen',
    `村集体资源总价达 ${terms.openTradeFromFen} 分的,须公开交易(POST /v1/biddings)。`,
    `From ${terms.openTradeFromFen} fen on a collective’s resource is traded by open bidding (POST /v1/biddings).`,
  );
}

function kindOf(parties: ReadonlyMap<string, Party>, id: string): Party['kind'] {
  const found = parties.get(id);
  if (!found) throw new Error('a party of a negotiation is registered');
  return found.kind;
}

/**
 * The household's written mandate for its contracted land; null where none is needed.
 * @throws Problem forbidden: nobody concludes for a household without one (办法 art. 8)
 */
export async function requireMandate(
  { clock }: Context,
  tx: Transaction,
  resource: Resource,
  delegate: string,
): Promise<string | null> {
  if (!isContractedLand(resource)) return null;
  const found = await findMandateOver(tx, {
    listingId: resource.id,
    delegate,
    matter: 'trades:write',
    at: clock.now(),
  });
  if (found) return found.id;
  throw new Problem('forbidden', {
    zh: '这是农户承包地:须先登记承包农户就该地块出具、仍在有效期内的书面委托(POST /v1/mandates,填 listingId),才能代为报价或成交。',
    en: 'This is land under a household’s contract: its written mandate for this plot must be on record and in force (POST /v1/mandates with listingId) before anybody offers or concludes for it.',
  });
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

async function readVisible({ db }: Context, scope: Scope, id: string): Promise<Negotiation> {
  const [row] = await db.inScope(scope, (tx) => tx.select().from(negotiation).where(eq(negotiation.id, id)));
  if (!row) throw notFound();
  return row;
}

export async function readNegotiation({ db }: Context, scope: Scope, id: string): Promise<NegotiationWithOffers> {
  return db.inScope(scope, async (tx) => {
    const [row] = await tx.select().from(negotiation).where(eq(negotiation.id, id));
    if (!row) throw notFound();
    return { row, offers: await readOffers(tx, id) };
  });
}

function readOffers(tx: Transaction, ...ids: string[]): Promise<Offer[]> {
  return tx
    .select()
    .from(negotiationOffer)
    .where(inArray(negotiationOffer.negotiationId, ids))
    .orderBy(asc(negotiationOffer.number));
}

export interface NegotiationFilter {
  listingId?: string | undefined;
  state?: NegotiationState | undefined;
  beforeId?: string | undefined;
  limit: number;
}

/** Newest first, one more than the limit. */
export async function findNegotiations(
  { db }: Context,
  scope: Scope,
  { listingId, state, beforeId, limit }: NegotiationFilter,
): Promise<NegotiationWithOffers[]> {
  const conditions: (SQL | undefined)[] = [
    listingId ? eq(negotiation.listingId, listingId) : undefined,
    state ? eq(negotiation.state, state) : undefined,
    beforeId ? lt(negotiation.id, beforeId) : undefined,
  ];
  return db.inScope(scope, async (tx) => {
    const rows = await tx
      .select()
      .from(negotiation)
      .where(and(...conditions))
      .orderBy(desc(negotiation.id))
      .limit(limit + 1);
    const offers = rows.length === 0 ? [] : await readOffers(tx, ...rows.map(({ id }) => id));
    return rows.map((row) => ({ row, offers: offers.filter(({ negotiationId }) => negotiationId === row.id) }));
  });
}

/** What the caller may do now, and why not the rest. */
export function actionsOf({ clock }: Context, row: Negotiation, principal: Principal) {
  const side = sideOf(row, principal);
  return negotiationActions.map((action) => ({
    action,
    step: stepNegotiation(action, row, { side, now: clock.now() }),
  }));
}

/** 过期: writes down what the clock has decided already. Returns how many. */
export async function expireNegotiations({ db, clock }: Context): Promise<number> {
  const now = clock.now();
  return db.inScope(platformScope('system:trade'), async (tx) => {
    const { rowCount } = await tx
      .update(negotiation)
      .set({ state: 'expired', updatedAt: now })
      .where(and(inArray(negotiation.state, ['inquired', 'offered']), lte(negotiation.expiresAt, now)));
    return rowCount ?? 0;
  });
}
