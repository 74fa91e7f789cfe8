// 缺口清单: what the county lacks. Enters: a round's scenario and what it said of the orders that it did not place. Leaves: skills,
// hours, room, power, machines and ways by town, each with the orders that it would place. Pure.
//
// Two kinds of evidence, never mixed up: a near-miss was tried, that one change alone places the order; a rule that nobody and
// nothing in the county meets says what is missing, not that it would suffice. What the order itself could give up (a later
// date, a smaller share) is no gap of the county. An order stands in each gap that concerns it, so gaps do not add up.

import type { FieldValue, Scenario } from './engine/index.ts';
import type { UnmatchedAccount } from './tables.ts';

export const gapKinds = [
  'skill',
  'hours',
  'area',
  'power',
  'equipment',
  'commute',
  'home-work',
  'land-use',
  'availability',
] as const;
export type GapKind = (typeof gapKinds)[number];
export type GapUnit = 'h/week' | 'm2' | 'kW' | 'km' | 'weeks';

export interface Gap {
  kind: GapKind;
  /** Of the skill, machine or class of land; null for all else, and where the order asks for several skills. */
  code: string | null;
  town: string;
  /** Best margin first. */
  orderIds: string[];
  /** Of these, the orders that were tried: this alone places each of them. */
  triedOrderIds: string[];
  marginFen: number;
  /** The least that an order is short of, and the most; null for what is there or not. */
  amount: { least: number; most: number; unit: GapUnit } | null;
}

/** An order that was not placed, as the round told it. */
export interface UnplacedOrder {
  orderId: string;
  town: string;
  account: Pick<UnmatchedAccount, 'rules' | 'nearMisses'>;
}

interface Lack {
  kind: GapKind;
  code: string | null;
  town: string;
  isTried: boolean;
  amount: { value: number; unit: GapUnit } | null;
}

/** Most orders first, then most margin; of two alike, what was tried with more of them. */
export function findGaps(scenario: Scenario, unplaced: readonly UnplacedOrder[]): Gap[] {
  const marginOf = new Map(scenario.orders.map(({ id, marginFen }) => [id, marginFen]));
  const byKey = new Map<string, Gap>();
  for (const { orderId, ...told } of unplaced) {
    for (const lack of listLacks(scenario, { orderId, ...told })) {
      const key = [lack.town, lack.kind, lack.code].join();
      const gap = byKey.get(key) ?? startGap(lack);
      byKey.set(key, gap);
      if (!gap.orderIds.includes(orderId)) {
        gap.orderIds.push(orderId);
        gap.marginFen += marginOf.get(orderId) ?? 0;
      }
      if (lack.isTried && !gap.triedOrderIds.includes(orderId)) gap.triedOrderIds.push(orderId);
      if (lack.amount && gap.amount) {
        gap.amount.least = Math.min(gap.amount.least, lack.amount.value);
        gap.amount.most = Math.max(gap.amount.most, lack.amount.value);
      }
    }
  }
  const byMargin = (a: string, b: string) =>
    (marginOf.get(b) ?? 0) - (marginOf.get(a) ?? 0) || (a < b ? -1 : a > b ? 1 : 0);
  const keyOf = ({ town, kind, code }: Gap) => `${town} ${kind} ${code}`;
  return [...byKey.values()]
    .map((gap) => ({ ...gap, orderIds: gap.orderIds.sort(byMargin), triedOrderIds: gap.triedOrderIds.sort(byMargin) }))
    .sort(
      (a, b) =>
        b.orderIds.length - a.orderIds.length ||
        b.marginFen - a.marginFen ||
        b.triedOrderIds.length - a.triedOrderIds.length ||
        (keyOf(a) < keyOf(b) ? -1 : 1),
    );
}

function startGap({ kind, code, town, amount }: Lack): Gap {
  const range = amount && { least: amount.value, most: amount.value, unit: amount.unit };
  return { kind, code, town, orderIds: [], triedOrderIds: [], marginFen: 0, amount: range };
}

function listLacks(scenario: Scenario, { orderId, town, account }: UnplacedOrder): Lack[] {
  const order = scenario.orders.find(({ id }) => id === orderId);
  if (!order) return [];
  const skills = [...new Set(order.needs.map(({ skill }) => skill))];
  const oneOf = (all: readonly string[]): string | null => (all.length === 1 ? (all[0] ?? null) : null);

  const tried = account.nearMisses.flatMap(({ change: { target, id, field, from, to } }): Lack[] => {
    if (target === 'order') return [];
    const place = (target === 'site' ? scenario.sites : scenario.workers).find((each) => each.id === id);
    if (!place) return [];
    const lack = (kind: GapKind, code: string | null, unit: GapUnit | null, value = difference(from, to)): Lack => ({
      ...{ kind, code, town: place.town, isTried: true },
      amount: unit === null ? null : { value, unit },
    });
    switch (field) {
      case 'skills':
        return added(from, to).map((skill) => lack('skill', skill, null));
      case 'hoursPerWeek':
        return [
          lack('hours', 'skills' in place ? oneOf(skills.filter((s) => place.skills.includes(s))) : null, 'h/week'),
        ];
      case 'maxCommuteKm':
        return [lack('commute', null, 'km')];
      case 'homeWork':
        return [lack('home-work', null, null)];
      case 'areaM2':
        return [lack('area', null, 'm2')];
      case 'powerKw':
        return [lack('power', null, 'kW')];
      case 'equipment':
        return added(from, to).map((kind) => lack('equipment', kind, null));
      case 'landUse':
        return [lack('land-use', typeof to === 'string' ? to : null, null)];
      case 'from':
      case 'to':
        return [lack('availability', null, 'weeks', Math.abs(difference(from, to)))];
      default:
        return [];
    }
  });

  // Only what the best of the county falls short of: a rule that merely removed some candidates is no gap.
  const ruled = account.rules.flatMap(({ rule, required, best }): Lack[] => {
    const lack = (kind: GapKind, code: string | null, unit: GapUnit | null): Lack[] => {
      const missing = difference(best, required);
      if (unit !== null && missing <= 0) return [];
      return [{ kind, code, town, isTried: false, amount: unit === null ? null : { value: missing, unit } }];
    };
    if (rule === 'skill' || rule === 'weekly-hours') return lack('hours', oneOf(skills), 'h/week');
    if (rule === 'area') return lack('area', null, 'm2');
    if (rule === 'power') return lack('power', null, 'kW');
    if (rule === 'equipment') return added(best, required).flatMap((kind) => lack('equipment', kind, null));
    return [];
  });
  return [...tried, ...ruled];
}

/** By how much `to` is above `from`, to the hundredth; nothing known counts as none. */
function difference(from: FieldValue, to: FieldValue): number {
  return typeof to === 'number' ? Math.round((to - (typeof from === 'number' ? from : 0)) * 100) / 100 : 0;
}

function added(from: FieldValue, to: FieldValue): string[] {
  const codes = (value: FieldValue) =>
    Array.isArray(value) ? value.flatMap((each) => (typeof each === 'string' ? [each] : [])) : [];
  return codes(to).filter((code) => !codes(from).includes(code));
}
