// The end of a round. Enters: what the engine decided and what had been read. Leaves: proposals, reasons and the summary, in the
// caller's transaction; what changed since the snapshot is refused, not proposed.

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { eq, sql } from 'drizzle-orm';
import { lockVersions, type MarketListings } from '../lists/index.ts';
import type { Context } from '../platform/context.ts';
import { inParts, type Transaction } from '../platform/database.ts';
import { newId } from '../platform/id.ts';
import { replaceProposals, type NewLot, type NewProposal, type OpenDecision } from '../proposals/index.ts';
import type { Gazetteer } from '../regions/index.ts';
import { landUseVerdict, type LandUseCode } from '../vocabulary/land-use.ts';
import { ENGINE_VERSION, type Placement, type Plan, type Scenario, type UnmatchedEntry } from './engine/index.ts';
import { nameText, type NameOf } from './naming.ts';
import { describeTags } from './describe-tags.ts';
import { toListingPatch } from './near-miss-patch.ts';
import { roundColumns, type Round } from './rounds.ts';
import type { EngineAnswer } from './run-engine.ts';
import { runDates } from './snapshot.ts';
import { summarise, type RoundSummary } from './summary.ts';
import { round, unmatched, type UnmatchedAccount } from './tables.ts';

/** Somebody cancelled the round while it ran. */
export class Cancelled extends Error {
  constructor() {
    super('the round was cancelled');
  }
}

/** Another attempt has taken this round over: this one must leave no trace. */
export class Fenced extends Error {
  constructor() {
    super('another attempt has taken this round over');
  }
}

/** What a round has read: the lists, and the live proposals before it. */
export type Market = MarketListings & { previous: OpenDecision[] };

export interface Outcome {
  claimed: Round;
  market: Market;
  scenario: Scenario;
  answer: EngineAnswer;
  gazetteer: Gazetteer;
}

/** Writes everything a round decided, or nothing: proposals, reasons, summary, and the event that tells of it. */
export async function recordRound(context: Context, tx: Transaction, outcome: Outcome): Promise<void> {
  const { claimed, market, scenario, answer, gazetteer } = outcome;
  const [current] = await tx.select(roundColumns).from(round).where(eq(round.id, claimed.id)).for('update');
  if (current?.attempt !== claimed.attempt) throw new Fenced();
  if (current.status !== 'running') throw new Cancelled();

  const refused = await refuseChanged(tx, market, answer.plan);
  const refusedOrders = new Set(refused.map(({ orderId }) => orderId));
  const taken = answer.plan.placements.filter(({ order }) => !refusedOrders.has(order));
  const nameOf = namesOf(market, gazetteer);

  await replaceProposals(tx, {
    region: claimed.region,
    roundId: claimed.id,
    proposals: taken.map((placement) => toProposal(placement, { market, scenario, nameOf })),
  });
  await recordUnmatched(tx, claimed, market, answer.plan.unmatched, nameOf);

  const summary: RoundSummary = summarise(scenario, answer.plan, { nameOf: gazetteer.fullNameOf, refused });
  await tx
    .update(round)
    .set({
      status: 'done',
      stage: null,
      engine: ENGINE_VERSION,
      inputHash: answer.plan.inputHash,
      scenario: await promisify(gzip)(JSON.stringify(scenario)),
      summary,
      priceTags: answer.priceTags && describeTags(answer.priceTags, { townName: gazetteer.fullNameOf, nameOf }),
      finishedAt: sql`now()`,
    })
    .where(eq(round.id, claimed.id));
  await context.outbox.tell(tx, { type: 'round.finished', region: claimed.region, payload: { roundId: claimed.id } });
}

/** Placements that touch a listing changed, withdrawn or gone since the snapshot. The rows stay locked until the commit. */
async function refuseChanged(tx: Transaction, market: Market, plan: Plan): Promise<RoundSummary['refused']> {
  const used = new Map(
    plan.placements.map((placement) => [
      placement.order,
      [placement.order, ...placement.lots.flatMap(({ site, labour }) => [site, ...labour.map((row) => row.worker)])],
    ]),
  );
  const current = await lockVersions(tx, [...new Set([...used.values()].flat())]);
  const read = new Map([...market.orders, ...market.sites, ...market.labour].map(({ id, version }) => [id, version]));
  const hasChanged = (id: string) => current.get(id) !== read.get(id);
  return [...used].flatMap(([orderId, ids]) => {
    const changedListingId = ids.find(hasChanged);
    return changedListingId === undefined ? [] : [{ orderId, changedListingId }];
  });
}

function toProposal(
  { order: orderId, share, start, lots, valueFen, breakdown, reasons }: Placement,
  { market, scenario, nameOf }: { market: Market; scenario: Scenario; nameOf: NameOf },
): NewProposal {
  const order = market.byId.get(orderId);
  if (order?.kind !== 'processing-order') throw new Error(`placed order ${orderId} is not on the market`);
  const weeks = order.attributes.durationWeeks;
  const sites = lots.map(({ site }) => market.byId.get(site));
  const owners = (listings: typeof sites) => listings.flatMap((listing) => (listing?.ownerId ? [listing.ownerId] : []));
  const newLots = lots.map((lot, index): NewLot => {
    const site = sites[index];
    if (!site) throw new Error(`site ${lot.site} is not on the market`);
    return {
      siteId: lot.site,
      region: site.divisionCode,
      partyIds: [...new Set(owners([order, site]))],
      isHome: lot.home,
      wageFen: Math.round(
        lot.labour.reduce((sum, row) => sum + row.hoursPerWeek * weeks * (scenario.policy.wageFen[row.skill] ?? 0), 0),
      ),
      labour: lot.labour.map(({ worker, skill, hoursPerWeek, home }) => ({
        workerId: worker,
        region: market.byId.get(worker)?.divisionCode ?? site.divisionCode,
        skill,
        hoursPerWeek,
        isHome: home,
      })),
    };
  });
  const conditions = sites.flatMap((site) => {
    if (site?.kind !== 'workshop' && site?.kind !== 'venue') return [];
    const { verdict, rule, text } = landUseVerdict(
      order.attributes.intendedUse,
      site.attributes.landUse as LandUseCode,
    );
    return verdict === 'conditional' ? [{ rule, text }] : [];
  });
  return {
    orderId,
    orderRegion: order.divisionCode,
    partyIds: [...new Set(owners([order, ...sites]))],
    share,
    startWeek: start,
    ...runDates(scenario.asOf, start, weeks),
    valueFen,
    breakdown,
    reasons: reasons.map(({ text, fen }) => ({ ...nameText(text, nameOf), isOpen: fen === null })),
    conditions: [...new Map(conditions.map((condition) => [condition.rule, condition])).values()],
    lots: newLots,
  };
}

async function recordUnmatched(
  tx: Transaction,
  { id: roundId, asOf }: Round,
  market: Market,
  entries: readonly UnmatchedEntry[],
  nameOf: NameOf,
): Promise<void> {
  const rows = entries.flatMap((entry): (typeof unmatched.$inferInsert)[] => {
    const [subject, listingId] =
      'order' in entry
        ? (['order', entry.order] as const)
        : 'site' in entry
          ? (['site', entry.site] as const)
          : (['worker', entry.worker] as const);
    const listing = market.byId.get(listingId);
    if (!listing) return [];
    const account: UnmatchedAccount = {
      reasons: entry.reasons.map((text) => nameText(text, nameOf)),
      rules: entry.rules.map((rule) => ({ ...rule, text: nameText(rule.text, nameOf) })),
      lostTo: entry.lostTo,
      nearMisses: entry.nearMiss.map(({ change, text }) => {
        const version = market.byId.get(change.id)?.version;
        const apply = version === undefined ? null : toListingPatch(change, asOf, version);
        return { change, text: nameText(text, nameOf), apply };
      }),
    };
    const { divisionCode: region, ownerId } = listing;
    return [{ id: newId(), region, roundId, subject, listingId, ownerId, cause: entry.cause, account }];
  });
  await inParts(rows, (part) => tx.insert(unmatched).values(part));
}

/** Orders and sites by their title; people only as "somebody of their village". */
function namesOf({ byId }: Pick<MarketListings, 'byId'>, gazetteer: Gazetteer): NameOf {
  return (id) => {
    const listing = byId.get(id);
    if (!listing) return undefined;
    const place = gazetteer.fullNameOf(listing.divisionCode);
    if (listing.kind === 'labour') return { zh: `${place}一名劳动者`, en: `a worker of ${place}` };
    if (listing.kind === 'processing-order') return { zh: listing.title, en: listing.title };
    return { zh: `${place}${listing.title}`, en: `${place} ${listing.title}` };
  };
}
