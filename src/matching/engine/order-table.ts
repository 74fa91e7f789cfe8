// What is known of an order before anything is taken or priced. In: the market, a compiled order. Out: what each lot is worth at each
// site apart from labour, and a ceiling: what it would be worth if everybody in reach were wholly free. No view can lift a lot
// above its ceiling but by fairness, which adds at most the steepest slope times the wages.

import { rosterOf } from './market.ts';
import type { CompiledOrder, Market, OrderTable, Variant } from './market.ts';

/** What the order's lots are worth at each site apart from labour, and their ceilings; computed once. */
export function tableOf(market: Market, order: CompiledOrder): OrderTable {
  if (order.table !== null) return order.table;
  const { policy } = market.scenario;
  const { marginFen, transportFenPerKm, durationWeeks } = order.source;
  const size = order.sites.length;
  const siteFen = new Float64Array(order.variants.length * size);
  const ceiling = new Float64Array(order.variants.length * size);
  const wagesFen = new Float64Array(order.variants.length);
  const byCeiling = order.variants.map((variant, v) => {
    for (const row of variant.rows)
      wagesFen[v] = (wagesFen[v] as number) + durationWeeks * row.hours * (market.wageFen[row.skill] as number);
    for (let candidate = 0; candidate < size; candidate++) {
      const number = order.sites[candidate] as number;
      const site = market.scenario.sites[number] as Market['scenario']['sites'][number];
      const starsAboveFour = site.star === null ? 0 : site.star - 4;
      const fen =
        (policy.siteStar * marginFen * variant.share * starsAboveFour -
          transportFenPerKm * (order.siteKm[candidate] as number)) /
          variant.lots +
        policy.rentWeight * site.rentFenPerM2Week * variant.areaM2 * durationWeeks;
      siteFen[v * size + candidate] = fen;
      ceiling[v * size + candidate] = fen + labourCeiling(market, number, variant, durationWeeks);
    }
    const tops = ceiling.subarray(v * size, (v + 1) * size);
    return Int32Array.from({ length: size }, (_, candidate) => candidate).sort(
      // Written out, as −Infinity − −Infinity is no number.
      (a, b) => (tops[a] === tops[b] ? a - b : (tops[b] as number) > (tops[a] as number) ? 1 : -1),
    );
  });
  const table: OrderTable = { siteFen, ceiling, byCeiling, wagesFen };
  order.table = table;
  return table;
}

/** The labour value of a lot if every worker in reach were wholly free; −Infinity when even then hours are missing. */
function labourCeiling(market: Market, site: number, variant: Variant, durationWeeks: number): number {
  const { rosterStart, rosterHoursUpTo, rosterValueUpTo, rosterValue } = market;
  let total = 0;
  for (const row of variant.rows) {
    const roster = rosterOf(market, site, row.skill, row.home);
    let low = rosterStart[roster] as number;
    const last = rosterStart[roster + 1] as number;
    let high = last;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((rosterHoursUpTo[middle] as number) < row.hours) low = middle + 1;
      else high = middle;
    }
    if (low === last) return -Infinity;
    const surplus = (rosterHoursUpTo[low] as number) - row.hours;
    total += durationWeeks * ((rosterValueUpTo[low] as number) - surplus * (rosterValue[low] as number));
  }
  return total;
}

/** The most hours that a row of these orders asks, index 2·skill + home. */
export function mostHoursOf(orders: readonly CompiledOrder[], skills: number): Float64Array {
  const most = new Float64Array(2 * skills);
  for (const { variants } of orders) {
    for (const { rows } of variants) {
      for (const { skill, home, hours } of rows) {
        const at = 2 * skill + Number(home);
        if (hours > (most[at] as number)) most[at] = hours;
      }
    }
  }
  return most;
}
