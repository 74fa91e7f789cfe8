// What was proposed to whom. Enters: the placements of a round, in words of the lists. Leaves: one live proposal an order,
// with its lots and the labour behind each. A proposal binds nobody.

import { and, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Context } from '../platform/context.ts';
import { inParts, withinDivision, type Scope, type Transaction } from '../platform/database.ts';
import { groupBy } from '../platform/group-by.ts';
import { newId } from '../platform/id.ts';
import { notFound } from '../platform/problem.ts';
import { proposal, proposalLabour, proposalLot, type ProposalStatus } from './tables.ts';

type ProposalRow = typeof proposal.$inferSelect;
type LotRow = typeof proposalLot.$inferSelect;

export interface NewLabour {
  workerId: string;
  region: string;
  skill: string;
  hoursPerWeek: number;
  isHome: boolean;
}

export interface NewLot {
  siteId: string;
  region: string;
  partyIds: string[];
  isHome: boolean;
  wageFen: number;
  labour: NewLabour[];
}

export type NewProposal = Pick<
  ProposalRow,
  | 'orderId'
  | 'partyIds'
  | 'share'
  | 'startWeek'
  | 'startsOn'
  | 'endsOn'
  | 'valueFen'
  | 'breakdown'
  | 'reasons'
  | 'conditions'
> & { orderRegion: string; lots: NewLot[] };

/**
 * Replaces the live proposals of a county by those of a round, inside the round's own transaction: readers see either
 * the old or the new, never a mixture.
 */
export async function replaceProposals(
  tx: Transaction,
  { region, roundId, proposals }: { region: string; roundId: string; proposals: readonly NewProposal[] },
): Promise<void> {
  await tx
    .update(proposal)
    .set({ status: 'superseded', updatedAt: sql`now()` })
    .where(and(eq(proposal.status, 'proposed'), withinDivision(proposal.region, region)));

  const proposalRows: (typeof proposal.$inferInsert)[] = [];
  const lotRows: (typeof proposalLot.$inferInsert)[] = [];
  const labourRows: (typeof proposalLabour.$inferInsert)[] = [];
  for (const { lots, orderRegion, ...fields } of proposals) {
    const proposalId = newId();
    const touches = [...new Set([orderRegion, ...lots.map((lot) => lot.region)])];
    proposalRows.push({ id: proposalId, region, roundId, status: 'proposed', touches, ...fields });
    for (const { labour, ...lot } of lots) {
      const lotId = newId();
      lotRows.push({ id: lotId, proposalId, ...lot, labour: countLabour(labour) });
      labourRows.push(...labour.map((row) => ({ id: newId(), lotId, ...row })));
    }
  }
  await inParts(proposalRows, (part) => tx.insert(proposal).values(part));
  await inParts(lotRows, (part) => tx.insert(proposalLot).values(part));
  await inParts(labourRows, (part) => tx.insert(proposalLabour).values(part));
}

/** How many people and hours per skill: what an enterprise may know before anybody has accepted. */
function countLabour(labour: readonly NewLabour[]): LotRow['labour'] {
  const counts = new Map<string, LotRow['labour'][number]>();
  for (const { skill, isHome, hoursPerWeek } of labour) {
    const key = `${skill} ${isHome}`;
    const count = counts.get(key) ?? { skill, isHome, people: 0, hoursPerWeek: 0 };
    counts.set(key, { ...count, people: count.people + 1, hoursPerWeek: count.hoursPerWeek + hoursPerWeek });
  }
  return [...counts.values()];
}

/** What a live proposal decided, so that the next round can prefer to leave people's expectations as they are. */
export interface OpenDecision {
  orderId: string;
  share: number;
  startsOn: string;
  lots: {
    siteId: string;
    isHome: boolean;
    labour: Pick<NewLabour, 'workerId' | 'skill' | 'hoursPerWeek' | 'isHome'>[];
  }[];
}

export async function readOpenDecisions(tx: Transaction, region: string): Promise<OpenDecision[]> {
  const open = await tx
    .select()
    .from(proposal)
    .where(and(eq(proposal.status, 'proposed'), withinDivision(proposal.region, region)))
    .orderBy(proposal.orderId);
  if (open.length === 0) return [];
  const lots = await readLots(
    tx,
    open.map((row) => row.id),
  );
  const labour = await tx
    .select()
    .from(proposalLabour)
    .where(
      inArray(
        proposalLabour.lotId,
        lots.map((lot) => lot.id),
      ),
    )
    .orderBy(proposalLabour.id);
  const labourOf = groupBy(labour, (row) => row.lotId);
  const lotsOf = groupBy(lots, (lot) => lot.proposalId);
  return open.map(({ id, orderId, share, startsOn }) => ({
    orderId,
    share,
    startsOn,
    lots: (lotsOf.get(id) ?? []).map((lot) => ({
      siteId: lot.siteId,
      isHome: lot.isHome,
      labour: labourOf.get(lot.id) ?? [],
    })),
  }));
}

/** What a round decided for an order, live or superseded. */
export interface RoundDecision {
  orderId: string;
  proposalId: string;
  share: number;
  startsOn: string;
  endsOn: string;
  lots: { siteId: string; isHome: boolean }[];
}

export async function readRoundDecisions(tx: Transaction, roundId: string): Promise<RoundDecision[]> {
  const rows = await tx
    .select({
      orderId: proposal.orderId,
      proposalId: proposal.id,
      share: proposal.share,
      startsOn: proposal.startsOn,
      endsOn: proposal.endsOn,
    })
    .from(proposal)
    .where(eq(proposal.roundId, roundId))
    .orderBy(proposal.orderId);
  const lots = await readLots(
    tx,
    rows.map((row) => row.proposalId),
  );
  const lotsOf = groupBy(lots, (lot) => lot.proposalId);
  return rows.map((row) => ({
    ...row,
    lots: (lotsOf.get(row.proposalId) ?? []).map(({ siteId, isHome }) => ({ siteId, isHome })),
  }));
}

function readLots(tx: Transaction, proposalIds: readonly string[]): Promise<LotRow[]> {
  if (proposalIds.length === 0) return Promise.resolve([]);
  return tx
    .select()
    .from(proposalLot)
    .where(inArray(proposalLot.proposalId, [...proposalIds]))
    .orderBy(proposalLot.id);
}

export type ProposalWithLots = ProposalRow & { lots: LotRow[] };

export interface ProposalFilter {
  roundId?: string | undefined;
  orderId?: string | undefined;
  siteId?: string | undefined;
  status?: ProposalStatus | undefined;
  afterId?: string | undefined;
  limit: number;
}

/** One more than the limit, so that the caller knows whether there is a next page. */
export async function readProposals(
  { db }: Context,
  scope: Scope,
  filter: ProposalFilter,
): Promise<ProposalWithLots[]> {
  return db.inScope(scope, async (tx) => {
    const rows = await tx
      .select()
      .from(proposal)
      .where(
        and(
          filter.roundId ? eq(proposal.roundId, filter.roundId) : undefined,
          filter.orderId ? eq(proposal.orderId, filter.orderId) : undefined,
          filter.status && eq(proposal.status, filter.status),
          filter.afterId ? gt(proposal.id, filter.afterId) : undefined,
          filter.siteId
            ? sql`exists (select from proposal_lot l where l.proposal_id = ${proposal.id} and l.site_id = ${filter.siteId})`
            : undefined,
        ),
      )
      .orderBy(proposal.id)
      .limit(filter.limit + 1);
    const lots = await readLots(
      tx,
      rows.map((row) => row.id),
    );
    const lotsOf = groupBy(lots, (lot) => lot.proposalId);
    return rows.map((row) => ({ ...row, lots: lotsOf.get(row.id) ?? [] }));
  });
}

export async function readProposal({ db }: Context, scope: Scope, id: string): Promise<ProposalWithLots> {
  return db.inScope(scope, async (tx) => {
    const [row] = await tx.select().from(proposal).where(eq(proposal.id, id));
    if (!row) throw notFound();
    return { ...row, lots: await readLots(tx, [id]) };
  });
}
