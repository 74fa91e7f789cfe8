import type { Order, Site } from '../scenario.ts';
import type { Comparison, HintSearch, SiteRule } from './rule.ts';

/** 土地用途: the site's land use stands in the order's list; an empty list accepts any (exact reading 8). */
export const landUseRule: SiteRule = {
  id: 'land-use',
  holds: ({ order, site }) => order.landUse.length === 0 || order.landUse.includes(site.landUse),
};

export function compareLandUse(order: Order, sites: readonly Site[]): Comparison {
  const offered = [...new Set(sites.map((site) => site.landUse))].sort();
  return { required: order.landUse, best: offered, unit: null };
}

/** The order accepts one more kind of land. The land itself is never changed by a hint: its class is a matter of law. */
export function hintLandUse(order: Order, sites: readonly Site[]): HintSearch[] {
  if (order.landUse.length === 0) return [];
  const offered = [...new Set(sites.map((site) => site.landUse))]
    .filter((code) => !order.landUse.includes(code))
    .sort();
  return offered.map((code) => {
    const to = [...order.landUse, code];
    return {
      target: 'order',
      id: order.id,
      field: 'landUse',
      from: order.landUse,
      unit: null,
      steps: 1,
      valueAt: () => to,
    };
  });
}
