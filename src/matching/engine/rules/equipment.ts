import type { Order, Site } from '../scenario.ts';
import type { Comparison, HintSearch, SiteRule } from './rule.ts';

/** 设备: a site lists every kind of equipment that the order lists. Presence only; machines are shared (exact reading 8). */
export const equipmentRule: SiteRule = {
  id: 'equipment',
  holds: ({ order, site }) => listMissingEquipment(order, site).length === 0,
};

export function listMissingEquipment(order: Order, site: Site): string[] {
  return order.equipment.filter((kind) => !site.equipment.includes(kind));
}

/** The best site is the one that lacks the fewest kinds. */
export function compareEquipment(order: Order, sites: readonly Site[]): Comparison {
  let best: Site | null = null;
  for (const site of sites) {
    if (best === null || listMissingEquipment(order, site).length < listMissingEquipment(order, best).length)
      best = site;
  }
  return {
    required: order.equipment,
    best: best === null ? null : order.equipment.filter((kind) => best.equipment.includes(kind)),
    unit: null,
  };
}

/** Either the order does without one kind, or a site that lacks the least gets what is missing. */
export function hintEquipment(order: Order, sites: readonly Site[], sitesMax: number): HintSearch[] {
  const withoutOne = [...new Set(order.equipment)].map((kind): HintSearch => {
    const rest = order.equipment.filter((other) => other !== kind);
    return {
      target: 'order',
      id: order.id,
      field: 'equipment',
      from: order.equipment,
      unit: null,
      steps: 1,
      valueAt: () => rest,
    };
  });
  const equipped = sites
    .map((site) => ({ site, missing: listMissingEquipment(order, site) }))
    .filter(({ missing }) => missing.length > 0)
    .sort((a, b) => a.missing.length - b.missing.length)
    .slice(0, sitesMax)
    .map(({ site, missing }): HintSearch => {
      const to = [...site.equipment, ...new Set(missing)];
      return {
        target: 'site',
        id: site.id,
        field: 'equipment',
        from: site.equipment,
        unit: null,
        steps: 1,
        valueAt: () => to,
      };
    });
  return [...withoutOne, ...equipped];
}
