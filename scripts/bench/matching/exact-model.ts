// The whole problem of a scenario as a mixed-integer program, written down from the exact reading of the scenario format and from nothing of
// the solver. In: a scenario. Out: its model in CPLEX LP text, in 元, and the plan that a solution of it means.

import type { Decision, Order, Scenario, Site, Worker } from '../../../src/matching/engine/index.ts';
import { distanceKm } from '../../../src/vocabulary/geo.ts';

const TOLERANCE = 1e-6;

export interface ExactModel {
  /** CPLEX LP text; maximises 元. */
  text: string;
  variables: number;
  rows: number;
  /** What a solution decides, from the values of its variables by name. */
  read(valueOf: (name: string) => number): Decision[];
}

interface Way {
  share: Decision['share'];
  lots: number;
  home: boolean;
  /** Hours of one lot by `${skill}|${home}`. */
  rows: Map<string, number>;
}

/** `isRelaxed`: without whole numbers, which is the linear program whose optimum bounds the other. */
export function writeExactModel(scenario: Scenario, isRelaxed: boolean): ExactModel {
  const { policy, weeks } = scenario;
  const objective: string[] = [];
  const rows: string[] = [];
  const bounds: string[] = [];
  const binaries: string[] = [];
  const wholes: string[] = [];
  const siteUse = new Map<string, string[]>();
  const hoursUse = new Map<string, string[]>();
  const wages = new Map<string, string[]>();
  const read: ((valueOf: (name: string) => number, decisions: Map<string, Decision>) => void)[] = [];

  const push = (into: Map<string, string[]>, key: string, term: string): void => {
    const terms = into.get(key);
    if (terms === undefined) into.set(key, [term]);
    else terms.push(term);
  };
  const row = (terms: readonly string[], relation: string): void => {
    rows.push(` ${terms.join('\n  ')} ${relation}`);
  };

  scenario.orders.forEach((order, o) => {
    const ways = listWays(order);
    const last = Math.min(order.due, weeks) - order.durationWeeks;
    const once: string[] = [];
    for (let start = order.release; start <= last; start++) {
      const end = start + order.durationWeeks;
      const sites = scenario.sites
        .map((site, j) => ({ site, j }))
        .filter(({ site }) => mayUse(order, site) && site.from <= start && site.to >= end);
      /** By site and labour row: the lots that ask for it, with their hours. */
      const asked = new Map<string, { j: number; key: string; lots: { name: string; hours: number }[] }>();
      ways.forEach((way, v) => {
        const scale = (way.share * (way.home ? policy.homeAreaShare : 1)) / way.lots;
        const area = order.areaM2 * scale;
        const power = order.powerKw * scale;
        const lots: string[] = [];
        for (const { site, j } of sites) {
          if (area > site.areaM2 + TOLERANCE || power > site.powerKw + TOLERANCE) continue;
          const name = `x_${o}_${v}_${start}_${j}`;
          lots.push(name);
          binaries.push(name);
          const stars = site.star === null ? 0 : site.star - 4;
          const fen =
            (policy.siteStar * order.marginFen * way.share * stars -
              order.transportFenPerKm * distanceKm(order, site)) /
              way.lots +
            policy.rentWeight * site.rentFenPerM2Week * area * order.durationWeeks -
            changeOf(scenario, order, way, start, site) +
            orderFen(scenario, order, way, start) / way.lots;
          objective.push(term(fen / 100, name));
          for (let week = start; week < end; week++) {
            push(siteUse, `area_${j}_${week}`, term(area, name));
            push(siteUse, `power_${j}_${week}`, term(power, name));
          }
          for (const [key, hours] of way.rows) {
            const at = `${j}|${key}`;
            const entry = asked.get(at) ?? { j, key, lots: [] };
            entry.lots.push({ name, hours });
            asked.set(at, entry);
          }
        }
        if (lots.length < way.lots) {
          // Too few sites for this many lots: none of them may stand.
          for (const name of lots) row([term(1, name)], '<= 0');
          return;
        }
        if (way.lots === 1) once.push(...lots.map((name) => term(1, name)));
        else {
          const chosen = `y_${o}_${v}_${start}`;
          binaries.push(chosen);
          once.push(term(1, chosen));
          row([...lots.map((name) => term(1, name)), term(-way.lots, chosen)], '= 0');
          for (const name of lots) row([term(1, name), term(-1, chosen)], '<= 0');
        }
        read.push((valueOf, decisions) => {
          for (const name of lots) {
            if (valueOf(name) < 0.5) continue;
            const decision = decisions.get(order.id) ?? { order: order.id, share: way.share, start, lots: [] };
            const site = scenario.sites[Number(name.split('_')[4])] as Site;
            decision.lots.push({ site: site.id, home: way.home, labour: [] });
            decisions.set(order.id, decision);
          }
        });
      });
      for (const { j, key, lots } of asked.values()) {
        const site = scenario.sites[j] as Site;
        const [skill = '', home] = key.split('|');
        const atHome = home === 'true';
        const wage = policy.wageFen[skill] ?? 0;
        const given: string[] = [];
        scenario.workers.forEach((worker, i) => {
          const km = distanceKm(worker, site);
          const own = Math.floor(worker.hoursPerWeek);
          if (own === 0 || !worker.skills.includes(skill) || worker.from > start || worker.to < end) return;
          if (atHome ? !worker.homeWork || km > policy.homeKmMax + TOLERANCE : km > worker.maxCommuteKm + TOLERANCE)
            return;
          const name = `h_${o}_${start}_${j}_${skill.replaceAll(/\W/g, '')}_${atHome ? 1 : 0}_${i}`;
          given.push(name);
          wholes.push(name);
          objective.push(term((order.durationWeeks * hourFen(scenario, worker, wage, km, atHome)) / 100, name));
          for (let week = start; week < end; week++) push(hoursUse, `hours_${i}_${week}`, term(1, name));
          push(wages, worker.town, term((-order.durationWeeks * wage) / 100, name));
          row([term(1, name), ...lots.map((lot) => term(-Math.min(own, lot.hours), lot.name))], '<= 0');
          read.push((valueOf, decisions) => {
            const hours = Math.round(valueOf(name));
            if (hours === 0) return;
            const lot = decisions.get(order.id)?.lots.find((one) => one.site === site.id);
            lot?.labour.push({ worker: worker.id, skill, hoursPerWeek: hours, home: atHome });
          });
        });
        row([...given.map((name) => term(1, name)), ...lots.map((lot) => term(-lot.hours, lot.name))], '= 0');
      }
    }
    if (once.length > 0) row(once, '<= 1');
  });

  for (const [key, terms] of siteUse) {
    const [kind, j] = key.split('_');
    const site = scenario.sites[Number(j)] as Site;
    row(terms, `<= ${(kind === 'area' ? site.areaM2 : site.powerKw) + TOLERANCE}`);
  }
  for (const [key, terms] of hoursUse) {
    const worker = scenario.workers[Number(key.split('_')[1])] as Worker;
    row(terms, `<= ${Math.floor(worker.hoursPerWeek)}`);
  }
  const perHead = potentialPerHeadFen(scenario);
  scenario.towns.forEach((town, g) => {
    const own = wages.get(town.id);
    if (own === undefined) return;
    const segments = policy.fairness.map(([width, slope], s) => {
      const name = `f_${g}_${s}`;
      objective.push(term(slope, name));
      bounds.push(` 0 <= ${name} <= ${(width * perHead * town.population) / 100}`);
      return term(1, name);
    });
    if (segments.length > 0) row([...segments, ...own], '<= 0');
  });

  const names = [...binaries, ...wholes];
  if (isRelaxed) for (const name of binaries) bounds.push(` 0 <= ${name} <= 1`);
  const text = [
    'Maximize',
    ` value: ${objective.length === 0 ? '0 nothing' : objective.join('\n  ')}`,
    'Subject To',
    ...rows.map((line, number) => ` r${number}:${line}`),
    'Bounds',
    ...bounds,
    ...(isRelaxed
      ? []
      : ['General', ...wholes.map((name) => ` ${name}`), 'Binary', ...binaries.map((name) => ` ${name}`)]),
    'End',
    '',
  ].join('\n');
  return {
    text,
    variables: names.length,
    rows: rows.length,
    read: (valueOf) => {
      const decisions = new Map<string, Decision>();
      // Lots stand before hours in the list, order by order.
      for (const one of read) one(valueOf, decisions);
      return [...decisions.values()];
    },
  };
}

function term(factor: number, name: string): string {
  return `${factor < 0 ? '-' : '+'} ${Math.abs(factor)} ${name}`;
}

/** Exact reading 4 and 9. */
function listWays(order: Order): Way[] {
  const ways: Way[] = [];
  for (const share of [1, 0.75, 0.5] as const) {
    for (const lots of [1, 2, 4]) {
      for (const home of [false, true]) {
        if (share < order.minShare || lots > order.maxLots || (home && !order.homeWork)) continue;
        const rows = new Map<string, number>();
        order.needs.forEach((need, n) => {
          const hours = Math.floor((need.hoursPerWeek * share) / lots + 0.5);
          const atHome = home && n === 0 ? Math.floor(hours / 2 + 0.5) : 0;
          for (const [where, some] of [
            [true, atHome],
            [false, hours - atHome],
          ] as const) {
            const key = `${need.skill}|${where}`;
            if (some > 0) rows.set(key, (rows.get(key) ?? 0) + some);
          }
        });
        ways.push({ share, lots, home, rows });
      }
    }
  }
  return ways;
}

function mayUse(order: Order, site: Site): boolean {
  return (
    order.equipment.every((kind) => site.equipment.includes(kind)) &&
    (order.landUse.length === 0 || order.landUse.includes(site.landUse)) &&
    (order.minStar <= 0 || (site.star !== null && site.star + TOLERANCE >= order.minStar))
  );
}

function orderFen({ policy }: Scenario, order: Order, way: Way, start: number): number {
  return order.marginFen * way.share * (1 - policy.early * (start - order.release)) - policy.lotFixFen * (way.lots - 1);
}

function hourFen({ policy }: Scenario, worker: Worker, wageFen: number, km: number, atHome: boolean): number {
  const star = worker.star === null ? 0 : policy.workerStar * (worker.star - 4);
  const way = atHome ? policy.homeFenPerKmHour * km + policy.homePenaltyFen : policy.commuteFenPerKmHour * km;
  return wageFen * (1 + (worker.lowIncome ? policy.lowIncome : 0)) + star - way;
}

/** Exact reading 16. */
function changeOf({ policy, previous }: Scenario, order: Order, way: Way, start: number, site: Site): number {
  const before = previous.find((decision) => decision.order === order.id);
  if (before === undefined) return 0;
  const stays =
    before.start === start &&
    before.share === way.share &&
    before.lots.some((lot) => lot.site === site.id && lot.home === way.home);
  return stays ? 0 : policy.changeFen;
}

/** Exact reading 11. */
function potentialPerHeadFen({ workers, towns, weeks, policy }: Scenario): number {
  const population = towns.reduce((sum, town) => sum + town.population, 0);
  const potential = workers.reduce((sum, worker) => {
    const open = Math.min(worker.to, weeks) - Math.max(worker.from, 0);
    const best = Math.max(0, ...worker.skills.map((skill) => policy.wageFen[skill] ?? 0));
    return sum + worker.hoursPerWeek * Math.max(0, open) * best;
  }, 0);
  return population > 0 ? potential / population : 0;
}
