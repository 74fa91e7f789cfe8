import type { Order, Site } from '../scenario.ts';
import { stepTowards } from './rule.ts';
import type { Comparison, HintSearch, SiteRule } from './rule.ts';

const TOLERANCE = 1e-6;
/** Hints are told in whole steps of this. */
const STEP = 0.5;

/** 电力: the lot's need is within the site's power. That all lots together stay within it is the occupancy's matter (exact reading 6, 7). */
export const powerRule: SiteRule = {
  id: 'power',
  holds: ({ site, lot }) => lot.powerKw <= site.powerKw + TOLERANCE,
};

export function comparePower(lot: { powerKw: number }, sites: readonly Site[]): Comparison {
  return {
    required: lot.powerKw,
    best: sites.length > 0 ? sites.reduce((most, site) => Math.max(most, site.powerKw), 0) : null,
    unit: 'kW',
  };
}

/** The order needs less, or one of the sites (those nearest to enough first) has more. */
export function hintPower(
  order: Order,
  lot: { powerKw: number },
  sites: readonly Site[],
  sitesMax: number,
): HintSearch[] {
  const smaller = stepTowards(
    { target: 'order', id: order.id, field: 'powerKw', from: order.powerKw, unit: 'kW' },
    0,
    STEP,
  );
  // A site that is large enough may be taken by others: then as much again is tried, at most.
  const larger = [...sites]
    .sort((a, b) => Math.max(0, lot.powerKw - a.powerKw) - Math.max(0, lot.powerKw - b.powerKw))
    .slice(0, sitesMax)
    .flatMap((site) =>
      stepTowards(
        { target: 'site', id: site.id, field: 'powerKw', from: site.powerKw, unit: 'kW' },
        Math.ceil(site.powerKw + lot.powerKw),
        STEP,
      ),
    );
  return [...smaller, ...larger];
}
