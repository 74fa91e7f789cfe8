import type { Order, Site } from '../scenario.ts';
import type { Comparison, HintSearch, SiteRule } from './rule.ts';

const TOLERANCE = 1e-6;

/** 星级: a site has at least the stars that the order asks; an unknown star fails any demand (exact reading 10). */
export const starRule: SiteRule = {
  id: 'star',
  holds: ({ order, site }) => order.minStar <= 0 || (site.star !== null && site.star >= order.minStar - TOLERANCE),
};

export function compareStar(order: Order, sites: readonly Site[]): Comparison {
  const known = sites.flatMap((site) => (site.star === null ? [] : [site.star]));
  return {
    required: order.minStar,
    best: known.length > 0 ? known.reduce((a, b) => Math.max(a, b)) : null,
    unit: 'star',
  };
}

/** The order asks for less: one of the stars that sites really have, or none at all. */
export function hintStar(order: Order, sites: readonly Site[]): HintSearch[] {
  if (order.minStar <= 0) return [];
  const lower = new Set(sites.flatMap((site) => (site.star !== null && site.star < order.minStar ? [site.star] : [])));
  const values = [...lower.add(0)].sort((a, b) => b - a);
  return [
    {
      target: 'order',
      id: order.id,
      field: 'minStar',
      from: order.minStar,
      unit: 'star',
      steps: values.length,
      valueAt: (step) => values[step - 1] ?? 0,
    },
  ];
}
