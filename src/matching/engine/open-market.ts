// The market as a round finds it. In: a parsed scenario. Out: it compiled, with what pinned orders hold taken, and the other orders.

import { Kernel } from './kernel.ts';
import { compileMarket, type CompiledOrder, type Market } from './market.ts';
import { Occupancy, type Allocation } from './occupancy.ts';
import { allocatePinned } from './pinned.ts';
import type { Scenario } from './scenario.ts';

export interface OpenMarket {
  market: Market;
  kernel: Kernel;
  occupancy: Occupancy;
  pinned: Allocation[];
  /** Orders that are not pinned. */
  free: CompiledOrder[];
}

export function openMarket(scenario: Scenario): OpenMarket {
  const market = compileMarket(scenario);
  const kernel = new Kernel(market);
  const occupancy = new Occupancy(market);
  const pinned = allocatePinned(market, kernel);
  for (const allocation of pinned) occupancy.commit(allocation);
  const pinnedOrders = new Set(pinned.map((allocation) => allocation.order.index));
  return { market, kernel, occupancy, pinned, free: market.orders.filter((order) => !pinnedOrders.has(order.index)) };
}
