// The solver's allocations as the plan states them: ids instead of numbers, every 分 by term, fairness by town. Here the
// figures of the plan are computed; the referee (check.ts) computes them again, on its own.

import { distanceKm } from '../../vocabulary/geo.ts';
import { explainPlacement } from './explain/placement.ts';
import type { PlacementTerms } from './explain/placement.ts';
import { fairnessWorth, sourceWorker, valuePerHourFen } from './market.ts';
import type { CompiledOrder, Market } from './market.ts';
import type { Allocation } from './occupancy.ts';
import type { Placement, Plan } from './plan.ts';
import type { Decision, Lot, Scenario, Site } from './scenario.ts';

export interface StatedPlan {
  placements: Placement[];
  fairness: Plan['fairness'];
  money(boundFen: number): Pick<Plan, 'objectiveFen' | 'boundFen' | 'gap' | 'breakdown'>;
  counts: Pick<Plan['stats'], 'ordersPlaced' | 'ordersTotal' | 'workersUsed' | 'sitesUsed' | 'hoursTotal'>;
}

export function statePlan(scenario: Scenario, market: Market, allocations: readonly Allocation[]): StatedPlan {
  const incomeFen = new Float64Array(scenario.towns.length);
  let lowIncomeFen = 0;
  let hoursTotal = 0;
  const workers = new Set<number>();
  const sites = new Set<number>();
  for (const { order, variant, lots } of allocations) {
    for (const lot of lots) {
      sites.add(lot.site);
      lot.worker.forEach((worker, e) => {
        const volume = (lot.hours[e] as number) * order.source.durationWeeks;
        const wages =
          volume *
          (market.wageFen[(variant.rows[lot.row[e] as number] as (typeof variant.rows)[number]).skill] as number);
        const town = market.workerTown[worker] as number;
        incomeFen[town] = (incomeFen[town] as number) + wages;
        if (sourceWorker(market, worker).lowIncome) lowIncomeFen += wages;
        hoursTotal += volume;
        workers.add(worker);
      });
    }
  }
  const fairnessFen = incomeFen.reduce((sum, income, town) => sum + fairnessWorth(market.fairness, town, income), 0);
  const stated = allocations.map((allocation) => {
    const decision = decide(market, allocation);
    const terms = valueTerms(market, allocation);
    return { decision, terms, changeFen: countChange(market, allocation.order, decision) };
  });
  const placements = stated.map(({ decision, terms }, p): Placement => {
    const breakdown = sumTerms(terms);
    const valueFen = breakdown.order + breakdown.site + breakdown.labour;
    const allocation = allocations[p] as Allocation;
    return {
      ...decision,
      valueFen,
      breakdown,
      reasons: explainPlacement(market, allocation, terms, valueFen, lastFairnessFen(market, allocation, incomeFen)),
    };
  });
  const breakdown = { order: 0, site: 0, labour: 0, fairness: fairnessFen, change: 0 };
  placements.forEach((placement, p) => {
    breakdown.order += placement.breakdown.order;
    breakdown.site += placement.breakdown.site;
    breakdown.labour += placement.breakdown.labour;
    breakdown.change += stated[p]?.changeFen ?? 0;
  });
  const objectiveFen = breakdown.order + breakdown.site + breakdown.labour + breakdown.fairness + breakdown.change;
  return {
    placements,
    fairness: stateFairness(scenario, market, incomeFen, lowIncomeFen),
    money: (certifiedFen) => {
      // The bound holds in real numbers; where plan and bound meet, rounding must not put it below.
      const boundFen = Math.max(certifiedFen, objectiveFen);
      const gap = objectiveFen !== 0 ? (boundFen - objectiveFen) / Math.abs(objectiveFen) : boundFen === 0 ? 0 : null;
      return { objectiveFen, boundFen, gap, breakdown };
    },
    counts: {
      ordersPlaced: placements.length,
      ordersTotal: scenario.orders.length,
      workersUsed: workers.size,
      sitesUsed: sites.size,
      hoursTotal,
    },
  };
}

/** An allocation with the ids of the scenario. */
export function decide(market: Market, { order, variant, start, lots }: Allocation): Decision {
  return {
    order: order.source.id,
    share: variant.share,
    start,
    lots: lots.map((lot): Lot => ({
      site: (market.scenario.sites[lot.site] as Site).id,
      home: variant.home,
      labour: Array.from(lot.worker, (worker, e) => {
        const row = variant.rows[lot.row[e] as number] as (typeof variant.rows)[number];
        return {
          worker: sourceWorker(market, worker).id,
          skill: market.skillIds[row.skill] as string,
          hoursPerWeek: lot.hours[e] as number,
          home: row.home,
        };
      }),
    })),
  };
}

/** Every term of a placement's value in 分 (ENGINE, objective; exact reading 6, 10, 12). */
function valueTerms(market: Market, { order, variant, start, lots }: Allocation): PlacementTerms {
  const { policy } = market.scenario;
  const { source } = order;
  const margin = source.marginFen * variant.share;
  const terms: PlacementTerms = {
    margin,
    early: -margin * policy.early * (start - source.release),
    lotFix: -policy.lotFixFen * (variant.lots - 1),
    siteStar: 0,
    transport: 0,
    rent: 0,
    wage: 0,
    lowIncome: 0,
    workerStar: 0,
    way: 0,
  };
  for (const lot of lots) {
    const site = market.scenario.sites[lot.site] as Site;
    terms.siteStar += (policy.siteStar * margin * (site.star === null ? 0 : site.star - 4)) / variant.lots;
    terms.transport -= (source.transportFenPerKm * distanceKm(source, site)) / variant.lots;
    terms.rent += policy.rentWeight * site.rentFenPerM2Week * variant.areaM2 * source.durationWeeks;
    lot.worker.forEach((number, e) => {
      const worker = sourceWorker(market, number);
      const row = variant.rows[lot.row[e] as number] as (typeof variant.rows)[number];
      const volume = (lot.hours[e] as number) * source.durationWeeks;
      const wageFen = market.wageFen[row.skill] as number;
      const star = worker.star === null ? 0 : policy.workerStar * (worker.star - 4);
      const lowIncome = worker.lowIncome ? policy.lowIncome * wageFen : 0;
      const perHour = valuePerHourFen(market.scenario, worker, wageFen, distanceKm(worker, site), row.home);
      terms.wage += volume * wageFen;
      terms.lowIncome += volume * lowIncome;
      terms.workerStar += volume * star;
      terms.way += volume * (perHour - wageFen - lowIncome - star);
    });
  }
  return terms;
}

function sumTerms(terms: PlacementTerms): Placement['breakdown'] {
  return {
    order: terms.margin + terms.early + terms.lotFix,
    site: terms.siteStar + terms.transport + terms.rent,
    labour: terms.wage + terms.lowIncome + terms.workerStar + terms.way,
  };
}

/** What the fairness of the plan would lose without this placement. */
function lastFairnessFen(market: Market, { towns, townWagesFen }: Allocation, incomeFen: Float64Array): number {
  let loss = 0;
  towns.forEach((town, t) => {
    const income = incomeFen[town] as number;
    const without = income - (townWagesFen[t] as number);
    loss += fairnessWorth(market.fairness, town, income) - fairnessWorth(market.fairness, town, without);
  });
  return loss;
}

function countChange(market: Market, { previous }: CompiledOrder, decision: Decision): number {
  if (previous === null) return 0;
  const moved = decision.lots.filter(
    (lot) =>
      previous.start !== decision.start ||
      previous.share !== decision.share ||
      !previous.lots.some((old) => old.site === lot.site && old.home === lot.home),
  ).length;
  return moved === 0 ? 0 : -market.scenario.policy.changeFen * moved;
}

function stateFairness(
  scenario: Scenario,
  market: Market,
  incomeFen: Float64Array,
  lowIncomeFen: number,
): Plan['fairness'] {
  const all = incomeFen.reduce((sum, income) => sum + income, 0);
  const towns = scenario.towns.map((town, number) => ({
    town: town.id,
    population: town.population,
    incomeFen: incomeFen[number] as number,
    perHeadFen: town.population > 0 ? (incomeFen[number] as number) / town.population : null,
    share: all > 0 ? (incomeFen[number] as number) / all : null,
  }));
  let worst: { town: string; perHeadFen: number } | null = null;
  for (const { town, perHeadFen } of towns) {
    if (perHeadFen !== null && (worst === null || perHeadFen < worst.perHeadFen)) worst = { town, perHeadFen };
  }
  return {
    towns,
    potentialPerHeadFen: market.fairness.potentialPerHeadFen,
    gini: gini(towns),
    worstTown: worst?.town ?? null,
    lowIncomeShare: all > 0 ? lowIncomeFen / all : null,
  };
}

/** Gini coefficient of income per head over all inhabitants: mean difference of any two, over twice the mean. */
function gini(towns: readonly { population: number; incomeFen: number; perHeadFen: number | null }[]): number | null {
  const peopled = towns.filter((town) => town.perHeadFen !== null);
  const heads = peopled.reduce((sum, town) => sum + town.population, 0);
  const income = peopled.reduce((sum, town) => sum + town.incomeFen, 0);
  if (!(income > 0)) return null;
  let difference = 0;
  for (const a of peopled) {
    for (const b of peopled)
      difference += a.population * b.population * Math.abs((a.perHeadFen ?? 0) - (b.perHeadFen ?? 0));
  }
  return difference / (2 * heads * income);
}
