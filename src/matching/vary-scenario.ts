// 试算变更. Enters: the scenario of a round, and what should be different. Leaves: the changed scenario, or what of the wish does
// not fit it, named by its place in the wish. Pure.

import { guideWageFenPerHour } from '../vocabulary/skills.ts';
import type { Text } from '../vocabulary/text.ts';
import { parseScenario, type Order, type Policy, type Scenario } from './engine/index.ts';

export interface Variant {
  /** Weights that differ from the round's. */
  policy?: Partial<Policy> | undefined;
  /** Orders, sites and people that are taken away. */
  without?: readonly string[] | undefined;
  /** Orders that join the market. */
  orders?: readonly Order[] | undefined;
}

export type Varied = { ok: true; scenario: Scenario } | { ok: false; problems: { path: string; message: Text }[] };

export function varyScenario(scenario: Scenario, { policy = {}, without = [], orders = [] }: Variant): Varied {
  const known = new Set([...scenario.orders, ...scenario.sites, ...scenario.workers].map(({ id }) => id));
  const gone = new Set(without);
  const strangers = without.flatMap((id, at) => (known.has(id) ? [] : [at]));
  if (strangers.length > 0) {
    return {
      ok: false,
      problems: strangers.map((at) => ({
        path: `without[${at}]`,
        message: {
          zh: '不在这一轮的场景中:只能撤去本轮用到的订单、场地或人员',
          en: 'is not in the scenario of this round: only what the round has read can be taken away',
        },
      })),
    };
  }
  const stays = ({ id }: { id: string }) => !gone.has(id);
  const standing = scenario.orders.filter(stays);
  const asked = orders.flatMap((order) => order.needs.map(({ skill }) => skill));
  const wages = asked.map((skill) => [skill, guideWageFenPerHour(skill)] as const);
  const parsed = parseScenario({
    ...scenario,
    policy: {
      ...scenario.policy,
      ...policy,
      wageFen: {
        ...Object.fromEntries(wages.filter(([, fen]) => fen !== null)),
        ...scenario.policy.wageFen,
        ...policy.wageFen,
      },
    },
    orders: [...standing, ...orders],
    sites: scenario.sites.filter(stays),
    workers: scenario.workers.filter(stays),
    previous: scenario.previous.filter(
      ({ order, lots }) =>
        !gone.has(order) &&
        lots.every(({ site, labour }) => !gone.has(site) && labour.every(({ worker }) => !gone.has(worker))),
    ),
  });
  if (parsed.ok) return parsed;
  return {
    ok: false,
    problems: parsed.problems.map(({ path, message }) => ({
      // Orders that are new stand behind those of the round.
      path: path.replace(/^orders\[(\d+)\]/, (_, at: string) => `orders[${Number(at) - standing.length}]`),
      message,
    })),
  };
}

/** The same with fairness worth so many times as much: 0 is none, 1 what it was. */
export function weighFairness(scenario: Scenario, weight: number): Scenario {
  const fairness = scenario.policy.fairness.map(([width, slope]): [number, number] => [width, slope * weight]);
  return { ...scenario, policy: { ...scenario.policy, fairness } };
}
