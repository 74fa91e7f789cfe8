// Everybody and everything that the plan leaves out, each with its reasons: orders (with hints that were tried), sites,
// workers, and what the snapshot had excluded. Called once, at the end of a round, by match.ts.

import type { Kernel } from '../kernel.ts';
import type { Market } from '../market.ts';
import { Occupancy } from '../occupancy.ts';
import type { Allocation } from '../occupancy.ts';
import type { UnmatchedEntry } from '../plan.ts';
import { kindOfExcluded } from '../rules/exclusion.ts';
import type { Excluded } from '../scenario.ts';
import { CAUSE_TEXTS, RULE_TEXTS } from '../texts.ts';
import { explainIdle } from './idle.ts';
import { explainOrder } from './order.ts';
import type { Holders } from './order.ts';
import { Trial } from './try-change.ts';

/** Insertions that the hints of one order may cost, and those of a whole round. */
const TRIES_PER_ORDER = 150;
const TRIES_PER_ROUND = 6_000;
const TRIES_PER_ORDER_LEAST = 20;

/** What there is to explain: the market, and the plan as it stands in it. */
export interface Outcome {
  market: Market;
  kernel: Kernel;
  occupancy: Occupancy;
  allocations: readonly Allocation[];
}

export function explainUnmatched(outcome: Outcome, report: (done: number, of: number) => void): UnmatchedEntry[] {
  const { market, kernel, occupancy, allocations } = outcome;
  const placed = new Set(allocations.map((allocation) => allocation.order));
  const open = market.orders.filter((order) => !placed.has(order));
  const triesMax = Math.max(
    TRIES_PER_ORDER_LEAST,
    Math.min(TRIES_PER_ORDER, Math.floor(TRIES_PER_ROUND / Math.max(1, open.length))),
  );
  const context = {
    market,
    trial: new Trial(market, kernel),
    plan: occupancy,
    empty: new Occupancy(market),
    holders: indexHolders(allocations),
    triesMax,
  };
  const orders = open.map((order, done) => {
    report(done, open.length);
    return explainOrder(context, order);
  });
  report(open.length, open.length);
  return [...orders, ...explainIdle(market, allocations), ...market.scenario.excluded.map(explainExcluded)];
}

function indexHolders(allocations: readonly Allocation[]): Holders {
  const holders: Holders = { bySite: new Map(), byWorker: new Map() };
  const note = (of: Map<number, Allocation[]>, key: number, allocation: Allocation): void => {
    const known = of.get(key);
    if (known === undefined) of.set(key, [allocation]);
    else if (known[known.length - 1] !== allocation) known.push(allocation);
  };
  for (const allocation of allocations) {
    for (const lot of allocation.lots) {
      note(holders.bySite, lot.site, allocation);
      for (const worker of lot.worker) note(holders.byWorker, worker, allocation);
    }
  }
  return holders;
}

/** Settled before the round: the rule is known, its figures are not (exact reading 17). */
function explainExcluded(excluded: Excluded): UnmatchedEntry {
  const { id, rule } = excluded;
  const text = RULE_TEXTS.excluded(rule);
  const rest = {
    cause: 'rule' as const,
    rules: [{ rule, required: null, best: null, unit: null, candidatesRemoved: 1, text }],
    lostTo: [],
    nearMiss: [],
    reasons: [CAUSE_TEXTS.excluded(RULE_TEXTS.name[rule])],
  };
  const kind = kindOfExcluded(excluded);
  return kind === 'order' ? { order: id, ...rest } : kind === 'site' ? { site: id, ...rest } : { worker: id, ...rest };
}
