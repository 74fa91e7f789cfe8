// Tries a change for real. In: one changed field of an order, a site or a worker. Out: whether the order can then be
// inserted at a gain. The market is altered in place and put back, so that thousands of changes can be tried; the insertion
// is the solver's own, over every variant, start and site.

import { distanceKm } from '../../../vocabulary/geo.ts';
import { viewOf } from '../kernel.ts';
import type { Found, Kernel, View } from '../kernel.ts';
import {
  canCommute,
  canWorkAtHome,
  clampWeek,
  compileOrder,
  rosterOf,
  sourceWorker,
  valuePerHourFen,
  wholeHours,
} from '../market.ts';
import type { CompiledOrder, Market } from '../market.ts';
import type { Occupancy } from '../occupancy.ts';
import type { Change } from '../plan.ts';
import type { Order, Site, Worker } from '../scenario.ts';

/** Gains below this are rounding: a hint must hold for whoever computes it again. */
export const GAIN_LEAST_FEN = 1e-3;

export class Trial {
  readonly #market: Market;
  readonly #kernel: Kernel;

  constructor(market: Market, kernel: Kernel) {
    this.#market = market;
    this.#kernel = kernel;
  }

  /** The best way to insert an order into what is free, whatever its gain; null when nothing fits. */
  insert(order: CompiledOrder, occupancy: Occupancy): Found | null {
    const view = viewOf(occupancy, occupancy.slope, null);
    return this.#kernel.findBest(order, view, occupancy);
  }

  /** Whether the order, which cannot be inserted as things are, can be at a gain once the change is made. */
  places(order: CompiledOrder, occupancy: Occupancy, change: Change): boolean {
    switch (change.target) {
      case 'order':
        return this.#gains(this.#recompile(order, { ...order.source, [change.field]: change.to }), occupancy);
      case 'site':
        return this.#withSite(order, occupancy, change);
      case 'worker':
        return this.#withWorker(order, occupancy, change);
    }
  }

  /** Some way that gains is enough. With `sites` known to be the only ones that changed, nothing gains if no lot fits there. */
  #gains(order: CompiledOrder, occupancy: Occupancy, sites?: ReadonlySet<number>): boolean {
    const view = viewOf(occupancy, occupancy.slope, null);
    if (sites !== undefined && !this.#fitsAt(order, view, sites)) return false;
    const found = this.#kernel.findGood(order, view, occupancy, null, GAIN_LEAST_FEN);
    return found !== null && found.netFen > GAIN_LEAST_FEN;
  }

  #fitsAt(order: CompiledOrder, view: View, sites: ReadonlySet<number>): boolean {
    return order.variants.some((variant, v) =>
      order.sites.some((site, candidate) => {
        if (!sites.has(site)) return false;
        for (let start = order.firstStart; start <= order.lastStart; start++)
          if (this.#kernel.rateLot(order, v, variant, candidate, start, view) > -Infinity) return true;
        return false;
      }),
    );
  }

  #recompile(order: CompiledOrder, source: Order): CompiledOrder {
    return compileOrder(this.#market, source, order.index, order.previous);
  }

  #withSite(order: CompiledOrder, occupancy: Occupancy, change: Change): boolean {
    const { scenario, weeks } = this.#market;
    const number = this.#market.siteNumber.get(change.id) ?? -1;
    const before = scenario.sites[number] as Site;
    const after: Site = { ...before, [change.field]: change.to };
    const first = number * weeks;
    const area = occupancy.freeArea.slice(first, first + weeks);
    const power = occupancy.freePower.slice(first, first + weeks);
    for (let week = 0; week < weeks; week++) {
      const isOpen = week >= clampWeek(after.from, weeks) && week < clampWeek(after.to, weeks);
      const wasOpen = week >= clampWeek(before.from, weeks) && week < clampWeek(before.to, weeks);
      const takenArea = wasOpen ? before.areaM2 - (area[week] as number) : 0;
      const takenPower = wasOpen ? before.powerKw - (power[week] as number) : 0;
      occupancy.freeArea[first + week] = isOpen ? after.areaM2 - takenArea : -1;
      occupancy.freePower[first + week] = isOpen ? after.powerKw - takenPower : -1;
    }
    scenario.sites[number] = after;
    try {
      return this.#gains(this.#recompile(order, order.source), occupancy, new Set([number]));
    } finally {
      scenario.sites[number] = before;
      occupancy.freeArea.set(area, first);
      occupancy.freePower.set(power, first);
    }
  }

  #withWorker(order: CompiledOrder, occupancy: Occupancy, change: Change): boolean {
    const market = this.#market;
    const { weeks } = market;
    const number = market.workerNumber.get(change.id) ?? -1;
    const before = sourceWorker(market, number);
    const after: Worker = { ...before, [change.field]: change.to };
    const first = number * weeks;
    const free = occupancy.freeHours.slice(first, first + weeks);
    for (let week = 0; week < weeks; week++) {
      const taken = (market.hoursCapacity[first + week] as number) - (free[week] as number);
      const isThere = week >= clampWeek(after.from, weeks) && week < clampWeek(after.to, weeks);
      occupancy.freeHours[first + week] = isThere ? wholeHours(after) - taken : 0;
    }
    const entries = this.#listEntries(order, after);
    market.patch = { worker: number, entries };
    const rostersPerSite = market.skillIds.length * 2;
    const sites = new Set(Array.from(entries.keys(), (roster) => Math.floor(roster / rostersPerSite)));
    try {
      return this.#gains(this.#recompile(order, order.source), occupancy, sites);
    } finally {
      market.patch = null;
      occupancy.freeHours.set(free, first);
    }
  }

  /** The rosters of the order's sites that the worker would stand in, with their value there. */
  #listEntries(order: CompiledOrder, worker: Worker): Map<number, number> {
    const market = this.#market;
    const entries = new Map<number, number>();
    const skills = new Set(
      order.source.needs.map((need) => need.skill).filter((skill) => worker.skills.includes(skill)),
    );
    for (const site of order.sites) {
      const km = distanceKm(worker, market.scenario.sites[site] as Site);
      for (const home of [false, true]) {
        if (home ? !canWorkAtHome(market.scenario, worker, km) : !canCommute(worker, km)) continue;
        for (const id of skills) {
          const skill = market.skillNumber.get(id) ?? -1;
          const wageFen = market.wageFen[skill] as number;
          entries.set(rosterOf(market, site, skill, home), valuePerHourFen(market.scenario, worker, wageFen, km, home));
        }
      }
    }
    return entries;
  }
}
