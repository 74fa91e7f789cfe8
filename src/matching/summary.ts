// What a round says of itself on one screen. Enters: the plan and what was on the market. Leaves: counts, income by town,
// the objective with its bound, fairness. Pure; stored with the round and shown by the API, the demo and the portal.

import { z } from 'zod';
import { daySchema } from '../platform/http/index.ts';
import type { Plan, Scenario } from './engine/index.ts';

export const roundSummarySchema = z
  .object({
    asOf: daySchema,
    orders: z.object({ total: z.int(), placed: z.int(), byRule: z.int(), byCompetition: z.int(), notWorth: z.int() }),
    people: z.object({
      total: z.int().describe('Registered idle workers, those left out included'),
      proposed: z.int(),
      lowIncomeTotal: z.int(),
      lowIncomeProposed: z.int(),
      hours: z.number().describe('Hours of work over all runs'),
      wageFen: z.number(),
    }),
    sites: z.object({ total: z.int(), used: z.int() }),
    objectiveFen: z.number(),
    boundFen: z.number().describe('No plan of these orders, sites and people is worth more'),
    gap: z.number().nullable(),
    greedyObjectiveFen: z.number().describe('What placing orders one after another, best first, would have reached'),
    breakdown: z.record(z.string(), z.number()),
    incomeByTown: z
      .array(
        z.object({
          divisionCode: z.string(),
          name: z.string(),
          registered: z.int(),
          proposed: z.int(),
          wageFen: z.number(),
          perHeadFen: z.number().nullable().describe('Per registered idle worker'),
        }),
      )
      .describe('Poorest per head first'),
    gini: z.number().nullable(),
    lowIncomeShare: z.number().nullable(),
    refused: z
      .array(z.object({ orderId: z.uuid(), changedListingId: z.uuid() }))
      .describe('Placements not proposed because a listing changed after the snapshot; the next round sees it'),
    previousPlaced: z.int().describe('Live proposals before this round'),
    moves: z.int(),
    stoppedEarly: z.boolean(),
  })
  .meta({ id: 'RoundSummary' });

export type RoundSummary = z.infer<typeof roundSummarySchema>;

export function summarise(
  scenario: Scenario,
  plan: Plan,
  { nameOf, refused }: { nameOf: (divisionCode: string) => string; refused: RoundSummary['refused'] },
): RoundSummary {
  const refusedOrders = new Set(refused.map((r) => r.orderId));
  const placements = plan.placements.filter((placement) => !refusedOrders.has(placement.order));
  const durationOf = new Map(scenario.orders.map((order) => [order.id, order.durationWeeks]));
  const workerOf = new Map(scenario.workers.map((worker) => [worker.id, worker]));
  const causes = { rule: 0, competition: 0, 'not-worth': 0 };
  for (const entry of plan.unmatched) if ('order' in entry) causes[entry.cause] += 1;

  const proposed = new Set<string>();
  const proposedByTown = new Map<string, Set<string>>();
  let hours = 0;
  let wageFen = 0;
  for (const { order, lots } of placements) {
    const weeks = durationOf.get(order) ?? 0;
    for (const row of lots.flatMap((lot) => lot.labour)) {
      hours += row.hoursPerWeek * weeks;
      wageFen += row.hoursPerWeek * weeks * (scenario.policy.wageFen[row.skill] ?? 0);
      proposed.add(row.worker);
      const town = workerOf.get(row.worker)?.town ?? '';
      proposedByTown.set(town, (proposedByTown.get(town) ?? new Set()).add(row.worker));
    }
  }
  const excludedOf = (kind: string) => scenario.excluded.filter((e) => e.kind === kind).length;
  const lowIncome = scenario.workers.filter((worker) => worker.lowIncome);

  return {
    asOf: scenario.asOf,
    orders: {
      total: scenario.orders.length + excludedOf('order'),
      placed: placements.length,
      byRule: causes.rule,
      byCompetition: causes.competition,
      notWorth: causes['not-worth'],
    },
    people: {
      total: scenario.workers.length + excludedOf('worker'),
      proposed: proposed.size,
      lowIncomeTotal: lowIncome.length,
      lowIncomeProposed: lowIncome.filter((worker) => proposed.has(worker.id)).length,
      hours,
      wageFen,
    },
    sites: {
      total: scenario.sites.length + excludedOf('site'),
      used: new Set(placements.flatMap(({ lots }) => lots.map((lot) => lot.site))).size,
    },
    objectiveFen: plan.objectiveFen,
    boundFen: plan.boundFen,
    gap: plan.gap,
    greedyObjectiveFen: plan.stats.greedyObjectiveFen,
    breakdown: plan.breakdown,
    incomeByTown: plan.fairness.towns
      .map(({ town, population, incomeFen, perHeadFen }) => ({
        divisionCode: town,
        name: nameOf(town),
        registered: population,
        proposed: proposedByTown.get(town)?.size ?? 0,
        wageFen: incomeFen,
        perHeadFen,
      }))
      .sort((a, b) => (a.perHeadFen ?? 0) - (b.perHeadFen ?? 0)),
    gini: plan.fairness.gini,
    lowIncomeShare: plan.fairness.lowIncomeShare,
    refused,
    previousPlaced: scenario.previous.length,
    moves: plan.stats.moves,
    stoppedEarly: plan.stats.stoppedEarly,
  };
}
