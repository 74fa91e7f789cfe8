// Agreed placements in the solver's form. They stand first, take their capacity and never move (exact reading 16).

import type { Kernel } from './kernel.ts';
import type { CompiledOrder, Market, Variant } from './market.ts';
import type { Allocation, AllocatedLot } from './occupancy.ts';
import type { Lot } from './scenario.ts';

/** parseScenario has refused pinned placements that break a rule, so each has a variant and each worker a roster entry. */
export function allocatePinned(market: Market, kernel: Kernel): Allocation[] {
  return market.scenario.pinned.map((decision) => {
    const order = market.orders[market.orderNumber.get(decision.order) ?? -1] as CompiledOrder;
    const home = decision.lots.some((lot) => lot.home);
    const v = order.variants.findIndex(
      (variant) => variant.share === decision.share && variant.lots === decision.lots.length && variant.home === home,
    );
    const variant = order.variants[v] as Variant;
    const lots = decision.lots.map((lot) => allocateLot(market, variant, lot));
    return kernel.describe(order, v, decision.start, lots);
  });
}

function allocateLot(market: Market, variant: Variant, lot: Lot): AllocatedLot {
  return {
    site: market.siteNumber.get(lot.site) ?? -1,
    worker: Int32Array.from(lot.labour, (entry) => market.workerNumber.get(entry.worker) ?? -1),
    row: Int32Array.from(lot.labour, (entry) =>
      variant.rows.findIndex((row) => market.skillIds[row.skill] === entry.skill && row.home === entry.home),
    ),
    hours: Int32Array.from(lot.labour, (entry) => entry.hoursPerWeek),
  };
}
