import type { Order, Scenario, Site } from '../scenario.ts';
import { stepTowards } from './rule.ts';
import type { Comparison, HintSearch, SiteRule, WorkerRule } from './rule.ts';

/** 时间窗: the run lies within the weeks `[from, to)` of whoever serves it (exact reading 2). */
export const siteWindowRule: SiteRule = {
  id: 'window',
  holds: ({ order, site, start }) => site.from <= start && start + order.durationWeeks <= site.to,
};

export const workerWindowRule: WorkerRule = {
  id: 'window',
  holds: ({ order, worker, start }) => worker.from <= start && start + order.durationWeeks <= worker.to,
};

/** Weeks from the first possible start to the last possible end of an order, within the horizon. */
export function orderWindow(scenario: Scenario, order: Order): { from: number; to: number; lastStart: number } {
  const to = Math.min(order.due, scenario.weeks);
  return { from: order.release, to, lastStart: to - order.durationWeeks };
}

/** Weeks in a row that the order needs, and the most that its own window and a site share. */
export function compareWindow(scenario: Scenario, order: Order, sites: readonly Site[]): Comparison {
  const { from, to } = orderWindow(scenario, order);
  const shared = sites.map((site) => Math.min(to, site.to) - Math.max(from, site.from));
  return {
    required: order.durationWeeks,
    best:
      shared.length > 0
        ? Math.max(
            0,
            shared.reduce((a, b) => Math.max(a, b)),
          )
        : null,
    unit: 'week',
  };
}

/** Later delivery, earlier material, or a site that opens earlier or stays open longer. */
export function hintWindow(scenario: Scenario, order: Order, sites: readonly Site[], sitesMax: number): HintSearch[] {
  const { from, to } = orderWindow(scenario, order);
  const ofOrder = { target: 'order', id: order.id, unit: 'week' } as const;
  const missing = (site: Site): number =>
    Math.max(0, order.durationWeeks - (Math.min(to, site.to) - Math.max(from, site.from)));
  return [
    ...(order.due < scenario.weeks
      ? stepTowards({ ...ofOrder, field: 'due', from: order.due }, scenario.weeks, 1)
      : []),
    ...stepTowards({ ...ofOrder, field: 'release', from: order.release }, 0, 1),
    ...sites
      .filter((site) => missing(site) > 0)
      .sort((a, b) => missing(a) - missing(b))
      .slice(0, sitesMax)
      .flatMap((site) => {
        const ofSite = { target: 'site', id: site.id, unit: 'week' } as const;
        return [
          ...(site.to < to ? stepTowards({ ...ofSite, field: 'to', from: site.to }, to, 1) : []),
          ...(site.from > from ? stepTowards({ ...ofSite, field: 'from', from: site.from }, from, 1) : []),
        ];
      }),
  ];
}
