// What a worker does with a queued round, on one screen: claim → snapshot → match → check → record. It may run again from the
// start when its worker died: nothing is recorded until the end, and then everything at once.

import { and, eq, inArray, sql } from 'drizzle-orm';
import { readMarketListings } from '../lists/index.ts';
import type { Context } from '../platform/context.ts';
import { violatedConstraint } from '../platform/database.ts';
import { readOpenDecisions } from '../proposals/index.ts';
import { readGazetteer } from '../regions/index.ts';
import type { Text } from '../vocabulary/text.ts';
import { parseScenario, type Scenario } from './engine/index.ts';
import { Cancelled, Fenced, recordRound, type Market } from './record-round.ts';
import { countyScope, roundColumns, type Round } from './rounds.ts';
import { runEngine, type EngineAnswer } from './run-engine.ts';
import { buildScenario } from './snapshot.ts';
import { round } from './tables.ts';

/** How often the worker writes progress and looks whether the round was cancelled. */
const HEARTBEAT_MS = 500;

/** Reaction: runs the round to its end. Runs again from the start when its worker died: nothing is recorded until the end. */
export async function runRound(
  context: Context,
  { roundId }: { roundId: string },
  region: string,
  closing: AbortSignal,
): Promise<void> {
  const claimed = await claimRound(context, roundId, region);
  if (!claimed) return;
  const { db, log } = context;
  try {
    const gazetteer = await readGazetteer(context);
    const market = await readMarket(context, claimed);
    const scenario = toScenario(market, claimed);
    const answer = await matchWithHeartbeat(context, claimed, scenario, closing);
    if (answer.violations.length > 0) {
      log.error({ roundId, violations: answer.violations.slice(0, 10) }, 'the referee refused a plan of the engine');
      throw new Error(`the referee refused the plan: ${answer.violations.length} violations`);
    }
    await db.inScope(countyScope(region, roundId), (tx) =>
      recordRound(context, tx, { claimed, market, scenario, answer, gazetteer }),
    );
  } catch (error) {
    // The event must stay undone: the attempt that took over may die too, and then only the event brings the round to its end.
    if (error instanceof Fenced) throw error;
    // The round stays as it is: whoever gets the reaction next claims it again.
    if (closing.aborted) throw error;
    const isCancelled = error instanceof Cancelled;
    if (!isCancelled) log.error({ err: error, roundId }, 'round failed');
    await endRound(
      context,
      claimed,
      isCancelled ? { status: 'cancelled' } : { status: 'failed', failure: failureText },
    );
  }
}

const failureText: Text = {
  zh: '本轮撮合因内部错误未完成,现有方案保持不变;原因已记录在日志中。',
  en: 'This round failed on an internal error, earlier proposals stand; the cause is in the log.',
};

/** Fences off every earlier attempt. Nothing is claimed while another round of the county runs: its end starts this one. */
async function claimRound({ db }: Context, id: string, region: string): Promise<Round | undefined> {
  try {
    return await db.inScope(countyScope(region, id), async (tx) => {
      const [claimed] = await tx
        .update(round)
        .set({
          status: sql`case when ${round.status} = 'queued' then 'running' else ${round.status} end`,
          attempt: sql`${round.attempt} + 1`,
          startedAt: sql`now()`,
          stage: 'snapshot',
        })
        .where(and(eq(round.id, id), inArray(round.status, ['queued', 'running', 'cancelling'])))
        .returning(roundColumns);
      return claimed;
    });
  } catch (error) {
    if (violatedConstraint(error) === 'round_one_running') return undefined;
    throw error;
  }
}

/** One consistent view of the county: everything is read in one transaction. */
async function readMarket(context: Context, { id, region }: Round): Promise<Market> {
  return context.db.inScope(countyScope(region, id), async (tx) => {
    await tx.execute(sql`set transaction isolation level repeatable read`);
    const listings = await readMarketListings(context, tx, region);
    return { ...listings, previous: await readOpenDecisions(tx, region) };
  });
}

function toScenario(market: Market, { asOf, seed, policy }: Round): Scenario {
  const parsed = parseScenario(buildScenario(market, { asOf, seed, policy }));
  if (parsed.ok) return parsed.scenario;
  const first = parsed.problems.slice(0, 5).map(({ path, message }) => `${path}: ${message.en}`);
  throw new Error(`the snapshot is no scenario: ${first.join('; ')}`);
}

async function matchWithHeartbeat(
  { db }: Context,
  claimed: Round,
  scenario: Scenario,
  closing: AbortSignal,
): Promise<EngineAnswer> {
  const abort = new AbortController();
  let progress = { stage: 'prices', done: 0, of: 0 };
  const { answer } = runEngine(
    { scenario, moves: claimed.moves ?? undefined, seed: claimed.seed, wantsPriceTags: true },
    { onProgress: (p) => (progress = p), signal: AbortSignal.any([abort.signal, closing]) },
  );
  const beat = async () => {
    const [row] = await db.inScope(countyScope(claimed.region, claimed.id), (tx) =>
      tx
        .update(round)
        .set({ stage: progress.stage, progressDone: progress.done, progressOf: progress.of })
        .where(and(eq(round.id, claimed.id), eq(round.attempt, claimed.attempt)))
        .returning({ status: round.status }),
    );
    if (!row) abort.abort(new Fenced());
    else if (row.status !== 'running') abort.abort(new Cancelled());
  };
  const heart = setInterval(() => {
    // A missed beat is no reason to stop a round: the record at its end is fenced anyway.
    beat().catch(() => {});
  }, HEARTBEAT_MS);
  try {
    return await answer;
  } finally {
    clearInterval(heart);
  }
}

async function endRound(
  { db, outbox }: Context,
  { id, region, attempt }: Round,
  end: { status: 'cancelled' | 'failed'; failure?: Text },
): Promise<void> {
  await db.inScope(countyScope(region, id), async (tx) => {
    const ended = await tx
      .update(round)
      .set({ ...end, stage: null, finishedAt: sql`now()` })
      .where(and(eq(round.id, id), eq(round.attempt, attempt)))
      .returning({ id: round.id });
    if (ended.length === 0) throw new Fenced();
    await outbox.tell(tx, { type: 'round.finished', region, payload: { roundId: id } });
  });
}
