// One matching round. In: a parsed scenario. Out: the plan, with bound, reasons and hints. Pure and synchronous: callers
// are the round's worker, the what-if endpoint and `npm run match`; each runs it where it may block a thread.

import { explainUnmatched } from './explain/unmatched.ts';
import { Field } from './field.ts';
import { copyCeilings, Greedy, sweepCeilings } from './greedy.ts';
import { hashScenario } from './input-hash.ts';
import { viewOf } from './kernel.ts';
import type { Prices } from './kernel.ts';
import { openMarket } from './open-market.ts';
import type { Plan } from './plan.ts';
import type { PricedRound } from './price-tags.ts';
import { findPrices } from './prices.ts';
import { Random } from './random.ts';
import type { Scenario } from './scenario.ts';
import { Search } from './search.ts';
import { statePlan } from './state-plan.ts';
import { Sweep } from './sweep.ts';
import { ENGINE_VERSION } from './version.ts';

/** Improvement moves per order when no budget is given: more of them gain little. */
export const DEFAULT_MOVES_PER_ORDER = 40;
/** A small round is cheap: it gets at least this many. */
const SMALL_ROUND_MOVES = 6_000;
/** Passes over all orders in search of prices. */
const PRICE_PASSES = 49;

export type MatchStage = 'compile' | 'prices' | 'greedy' | 'improve' | 'explain';

export interface MatchProgress {
  stage: MatchStage;
  done: number;
  of: number;
}

export interface MatchOptions {
  /** Improvement moves in all; defaultMoves(scenario) when left out. The budget is counted in moves so that the plan is the same on every machine. */
  moves?: number;
  /** Seed of the search; the scenario's own when left out. */
  seed?: number;
  onProgress?: (progress: MatchProgress) => void;
  /** Told once, when the bound stands: what it was certified with. */
  onPrices?: (priced: PricedRound) => void;
  /** Asked between moves; the best plan so far is completed, explained and returned. */
  shouldStop?: () => boolean;
}

/** The budget of moves that a round of this size gets when none is given. */
export function defaultMoves(scenario: Scenario): number {
  return Math.max(SMALL_ROUND_MOVES, DEFAULT_MOVES_PER_ORDER * scenario.orders.length);
}

/** Runs a round. The scenario must come from parseScenario; it is not changed. */
export function match(scenario: Scenario, options: MatchOptions = {}): Plan {
  const { moves = defaultMoves(scenario), seed = scenario.seed, onProgress, shouldStop } = options;
  const report = (stage: MatchStage, done: number, of: number): void => onProgress?.({ stage, done, of });
  const mayGoOn = (stage: MatchStage, of: number) => (done: number) => {
    report(stage, done, of);
    return !(shouldStop?.() ?? false);
  };

  report('compile', 0, 1);
  const { market, kernel, occupancy, pinned, free } = openMarket(scenario);

  const prices = findPrices(market, kernel, occupancy, free, PRICE_PASSES, mayGoOn('prices', PRICE_PASSES));

  const sweep = new Sweep(market, kernel, free);
  const base = occupancy.copy();
  const unpriced = viewOf(occupancy, occupancy.slope, null);
  const field = (slope: Float64Array, at: Prices | null): Field =>
    new Field(market, kernel, viewOf(base, slope, at), occupancy, prices.shortlists);
  options.onPrices?.({ market, kernel, view: viewOf(base, prices.slope, prices.prices), free });
  const fields = { priced: field(prices.slope, prices.prices), unpriced: field(prices.slope, null) };
  const search = new Search(market, kernel, occupancy, free);

  report('greedy', 0, 2);
  const ceilings = sweepCeilings(sweep, free, unpriced);
  new Greedy(kernel, occupancy, copyCeilings(ceilings)).run(free, unpriced, true, search.place);
  const greedy = { objectiveFen: occupancy.objectiveFen, allocations: [...search.placed.values()] };
  report('greedy', 1, 2);
  search.restore([]);
  const priced = viewOf(occupancy, prices.slope, prices.prices);
  new Greedy(kernel, occupancy, sweepCeilings(sweep, free, priced)).run(free, priced, false, search.place);
  const complete = (): void =>
    new Greedy(kernel, occupancy, copyCeilings(ceilings)).run(search.unplaced, unpriced, true, search.place);

  const searched = search.improve(fields, prices.shortlists, moves, new Random(seed), mayGoOn('improve', moves));
  if (occupancy.objectiveFen < greedy.objectiveFen) search.restore(greedy.allocations);
  search.exchangeLabour();
  search.polish(prices.shortlists);
  complete();
  search.exchangeLabour();

  const allocations = [...pinned, ...search.placed.values()].sort((a, b) => a.order.index - b.order.index);
  const stated = statePlan(scenario, market, allocations);
  const unmatched = explainUnmatched({ market, kernel, occupancy, allocations }, (done, of) =>
    report('explain', done, of),
  );
  return {
    format: 'gongfang-plan/1',
    engine: ENGINE_VERSION,
    inputHash: hashScenario(scenario),
    seed,
    ...stated.money(prices.boundFen),
    fairness: stated.fairness,
    placements: stated.placements,
    unmatched,
    stats: {
      moves,
      ...searched,
      pricePasses: prices.passes,
      greedyObjectiveFen: greedy.objectiveFen,
      ...stated.counts,
    },
  };
}
