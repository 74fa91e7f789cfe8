import type { Order, Site } from '../scenario.ts';
import { stepTowards } from './rule.ts';
import type { Comparison, HintSearch, SiteRule } from './rule.ts';

const TOLERANCE = 1e-6;
/** Hints are told in whole steps of this. */
const STEP = 1;

/** 面积: the lot's need is within the site's area. That all lots together stay within it is the occupancy's matter (exact reading 6, 7). */
export const areaRule: SiteRule = {
  id: 'area',
  holds: ({ site, lot }) => lot.areaM2 <= site.areaM2 + TOLERANCE,
};

export function compareArea(lot: { areaM2: number }, sites: readonly Site[]): Comparison {
  return {
    required: lot.areaM2,
    best: sites.length > 0 ? sites.reduce((most, site) => Math.max(most, site.areaM2), 0) : null,
    unit: 'm²',
  };
}

/** The order needs less, or one of the sites (those nearest to enough first) has more. */
export function hintArea(
  order: Order,
  lot: { areaM2: number },
  sites: readonly Site[],
  sitesMax: number,
): HintSearch[] {
  const smaller = stepTowards(
    { target: 'order', id: order.id, field: 'areaM2', from: order.areaM2, unit: 'm²' },
    0,
    STEP,
  );
  // A site that is large enough may be taken by others: then as much again is tried, at most.
  const larger = [...sites]
    .sort((a, b) => Math.max(0, lot.areaM2 - a.areaM2) - Math.max(0, lot.areaM2 - b.areaM2))
    .slice(0, sitesMax)
    .flatMap((site) =>
      stepTowards(
        { target: 'site', id: site.id, field: 'areaM2', from: site.areaM2, unit: 'm²' },
        Math.ceil(site.areaM2 + lot.areaM2),
        STEP,
      ),
    );
  return [...smaller, ...larger];
}
