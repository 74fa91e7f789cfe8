import { LOT_COUNTS } from '../scenario.ts';
import type { Decision, Order } from '../scenario.ts';
import type { HintSearch } from './rule.ts';

/** 分包到不同场地: the lots of an order stand on distinct sites. */
export function standsOnDistinctSites(decision: Decision): boolean {
  return new Set(decision.lots.map((lot) => lot.site)).size === decision.lots.length;
}

/** The order may be split into more lots, so that smaller sites can take it together. */
export function hintMoreLots(order: Order): HintSearch[] {
  const more = LOT_COUNTS.filter((lots) => lots > order.maxLots);
  if (more.length === 0) return [];
  return [
    {
      target: 'order',
      id: order.id,
      field: 'maxLots',
      from: order.maxLots,
      unit: 'lot',
      steps: more.length,
      valueAt: (step) => more[step - 1] ?? 4,
    },
  ];
}
