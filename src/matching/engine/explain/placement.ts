// Why an order was placed as it was: every term with its part of the value, then what the numbers rest on.

import { distanceKm } from '../../../vocabulary/geo.ts';
import { sourceWorker } from '../market.ts';
import type { Market } from '../market.ts';
import type { Allocation } from '../occupancy.ts';
import type { Reason } from '../plan.ts';
import type { Site } from '../scenario.ts';
import { PLACEMENT_TEXTS, TERM_TEXTS } from '../texts.ts';

/** Terms of a placement's value in 分; costs are negative. */
export interface PlacementTerms {
  margin: number;
  early: number;
  lotFix: number;
  siteStar: number;
  transport: number;
  rent: number;
  wage: number;
  lowIncome: number;
  workerStar: number;
  way: number;
}

/** Largest terms first; fairness last, as it belongs to the plan and not to the placement's value. */
export function explainPlacement(
  market: Market,
  allocation: Allocation,
  terms: PlacementTerms,
  valueFen: number,
  fairnessFen: number,
): Reason[] {
  const parts = (Object.keys(terms) as (keyof PlacementTerms)[])
    .filter((term) => terms[term] !== 0)
    .sort((a, b) => Math.abs(terms[b]) - Math.abs(terms[a]))
    .map((term): Reason => {
      const share = valueFen !== 0 ? terms[term] / valueFen : null;
      return { term, fen: terms[term], share, text: PLACEMENT_TEXTS.term(TERM_TEXTS[term], terms[term], share) };
    });
  const fairness: Reason[] =
    fairnessFen === 0
      ? []
      : [
          {
            term: 'fairness',
            fen: fairnessFen,
            share: null,
            text: PLACEMENT_TEXTS.term(TERM_TEXTS.fairness, fairnessFen, null),
          },
        ];
  return [...parts, ...fairness, ...describeSites(market, allocation), describePeople(market, allocation)];
}

function describeSites(market: Market, { order, variant, lots }: Allocation): Reason[] {
  return lots.map((lot) => {
    const site = market.scenario.sites[lot.site] as Site;
    const km = distanceKm(order.source, site);
    return {
      term: 'where',
      fen: null,
      share: null,
      text: PLACEMENT_TEXTS.site(site.id, km, variant.areaM2, site.areaM2, order.sites.length),
    };
  });
}

function describePeople(market: Market, { variant, lots }: Allocation): Reason {
  const people = new Set<number>();
  const low = new Set<number>();
  let hours = 0;
  let hoursAtHome = 0;
  let kmHours = 0;
  for (const lot of lots) {
    const site = market.scenario.sites[lot.site] as Site;
    lot.worker.forEach((number, e) => {
      const worker = sourceWorker(market, number);
      const given = lot.hours[e] as number;
      people.add(number);
      if (worker.lowIncome) low.add(number);
      hours += given;
      if (variant.rows[lot.row[e] as number]?.home) hoursAtHome += given;
      kmHours += given * distanceKm(worker, site);
    });
  }
  const text = PLACEMENT_TEXTS.people(people.size, low.size, hours, hoursAtHome, hours > 0 ? kmHours / hours : 0);
  return { term: 'who', fen: null, share: null, text };
}
