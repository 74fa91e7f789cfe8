// The gate of the engine. In: any JSON. Out: a scenario that the solver may trust, or the list of all its problems,
// each with its path. Nothing wrong is repaired in silence; only what the format lets one leave out gets its default.

import type { Text } from '../../vocabulary/text.ts';
import { checkPlacements } from './check.ts';
import {
  excludedSchema,
  givenPlacementSchema,
  orderSchema,
  policySchema,
  scenarioSchema,
  SCENARIO_LIMITS,
  siteSchema,
  townSchema,
  workerSchema,
} from './scenario.ts';
import type { Decision, Scenario } from './scenario.ts';
import { PROBLEM_TEXTS } from './texts.ts';
import type { z } from 'zod';

type ZodIssue = z.core.$ZodIssue;

export interface ScenarioProblem {
  /** Where it stands, e.g. `orders[3].needs[0].skill`; empty for the whole. */
  path: string;
  message: Text;
}

export type ParsedScenario =
  | { ok: true; scenario: Scenario }
  | {
      ok: false;
      problems: ScenarioProblem[];
      /** Not even the format fits; else it does, but what is said contradicts itself. */
      isMalformed: boolean;
    };

/** More problems than this help nobody; the last one then says how many are not shown. */
const PROBLEMS_SHOWN_MAX = 1_000;

const LIST_LIMITS = {
  towns: SCENARIO_LIMITS.towns,
  sites: SCENARIO_LIMITS.sites,
  workers: SCENARIO_LIMITS.workers,
  orders: SCENARIO_LIMITS.orders,
  pinned: SCENARIO_LIMITS.orders,
  previous: SCENARIO_LIMITS.orders,
  excluded: SCENARIO_LIMITS.excluded,
};

/** Reads a scenario in `gongfang-scenario/1`; finds all problems at once. */
export function parseScenario(json: unknown): ParsedScenario {
  if (!isRecord(json)) return refuse([{ path: '', message: PROBLEM_TEXTS.notAnObject() }], true);
  const oversized = findOversizedLists(json);
  if (oversized.length > 0) return refuse(oversized, true);

  const parsed = scenarioSchema.safeParse(json, { reportInput: true });
  if (!parsed.success) {
    const shape = parsed.error.issues.flatMap(describeIssue);
    const isMalformed = parsed.error.issues.some(({ code }) => code !== 'custom');
    return refuse([...shape, ...findContradictions(keepWellFormed(json))], isMalformed);
  }
  const contradictions = findContradictions(indexScenario(parsed.data));
  if (contradictions.length > 0) return refuse(contradictions, false);
  const infeasible = checkPlacements(parsed.data, parsed.data.pinned).map((violation) => ({
    path: violation.path.startsWith('placements') ? violation.path.replace('placements', 'pinned') : 'pinned',
    message: PROBLEM_TEXTS.pinnedInfeasible(violation.message),
  }));
  return infeasible.length > 0 ? refuse(infeasible, false) : { ok: true, scenario: parsed.data };
}

function refuse(problems: ScenarioProblem[], isMalformed: boolean): ParsedScenario {
  if (problems.length <= PROBLEMS_SHOWN_MAX) return { ok: false, problems, isMalformed };
  const shown = problems.slice(0, PROBLEMS_SHOWN_MAX);
  shown.push({ path: '', message: PROBLEM_TEXTS.moreProblems(problems.length - PROBLEMS_SHOWN_MAX) });
  return { ok: false, problems: shown, isMalformed };
}

function findOversizedLists(json: Record<string, unknown>): ScenarioProblem[] {
  const problems: ScenarioProblem[] = [];
  for (const [name, limit] of Object.entries(LIST_LIMITS)) {
    const list = json[name];
    if (Array.isArray(list) && list.length > limit) {
      problems.push({ path: name, message: PROBLEM_TEXTS.tooMany(list.length, limit) });
    }
  }
  return problems;
}

type Numbered<T> = [index: number, entry: T][];

/** The parts of a scenario that can be compared with one another, each with the index it had in the file. */
interface Comparable {
  weeks: number | null;
  policy: Scenario['policy'] | null;
  towns: Numbered<Scenario['towns'][number]>;
  sites: Numbered<Scenario['sites'][number]>;
  workers: Numbered<Scenario['workers'][number]>;
  orders: Numbered<Scenario['orders'][number]>;
  pinned: Numbered<Decision>;
  previous: Numbered<Decision>;
  excluded: Numbered<Scenario['excluded'][number]>;
  /** Ids of all entries, malformed ones too: a reference to a malformed entry is not dangling. */
  ids: Record<IdentifiedList, Numbered<string>>;
}

type IdentifiedList = 'towns' | 'sites' | 'workers' | 'orders' | 'excluded';

function numberEntries<T>(list: readonly T[]): Numbered<T> {
  return list.map((entry, index) => [index, entry]);
}

function numberIds(list: unknown): Numbered<string> {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown, index): Numbered<string> =>
    isRecord(entry) && typeof entry['id'] === 'string' ? [[index, entry['id']]] : [],
  );
}

function indexScenario(scenario: Scenario): Comparable {
  return {
    weeks: scenario.weeks,
    policy: scenario.policy,
    towns: numberEntries(scenario.towns),
    sites: numberEntries(scenario.sites),
    workers: numberEntries(scenario.workers),
    orders: numberEntries(scenario.orders),
    pinned: numberEntries<Decision>(scenario.pinned),
    previous: numberEntries<Decision>(scenario.previous),
    excluded: numberEntries(scenario.excluded),
    ids: numberAllIds(scenario),
  };
}

function numberAllIds(lists: Record<IdentifiedList, unknown>): Comparable['ids'] {
  return {
    towns: numberIds(lists.towns),
    sites: numberIds(lists.sites),
    workers: numberIds(lists.workers),
    orders: numberIds(lists.orders),
    excluded: numberIds(lists.excluded),
  };
}

/** Of a file whose shape is wrong somewhere: all that is right, so that its contradictions are told in the same answer. */
function keepWellFormed(json: Record<string, unknown>): Comparable {
  const keep = <T>(
    list: unknown,
    schema: { safeParse(entry: unknown): { success: boolean; data?: T } },
  ): Numbered<T> =>
    Array.isArray(list)
      ? list.flatMap((entry: unknown, index): Numbered<T> => {
          const parsed = schema.safeParse(entry);
          return parsed.success && parsed.data !== undefined ? [[index, parsed.data]] : [];
        })
      : [];
  const policy = policySchema.safeParse(json['policy']);
  return {
    weeks: typeof json['weeks'] === 'number' ? json['weeks'] : null,
    policy: policy.success ? policy.data : null,
    towns: keep(json['towns'], townSchema),
    sites: keep(json['sites'], siteSchema),
    workers: keep(json['workers'], workerSchema),
    orders: keep(json['orders'], orderSchema),
    pinned: keep<Decision>(json['pinned'], givenPlacementSchema),
    previous: keep<Decision>(json['previous'], givenPlacementSchema),
    excluded: keep(json['excluded'], excludedSchema),
    ids: numberAllIds({
      towns: json['towns'],
      sites: json['sites'],
      workers: json['workers'],
      orders: json['orders'],
      excluded: json['excluded'],
    }),
  };
}

/** What single entries cannot show: duplicates, references into nothing, windows that never open, rising slopes. */
function findContradictions(scenario: Comparable): ScenarioProblem[] {
  return [
    ...findDuplicates(scenario),
    ...findRisingSlopes(scenario),
    ...findUnknownTowns(scenario),
    ...findUnpricedSkills(scenario),
    ...findImpossibleWindows(scenario),
    ...findUnknownReferences(scenario, 'pinned'),
    ...findUnknownReferences(scenario, 'previous'),
    ...findExcludedThatStand(scenario),
  ];
}

function findDuplicates({ ids, pinned, previous }: Comparable): ScenarioProblem[] {
  const problems: ScenarioProblem[] = [];
  const lookThrough = (list: string, field: string, entries: Numbered<string>): void => {
    const firstAt = new Map<string, number>();
    for (const [index, id] of entries) {
      const first = firstAt.get(id);
      if (first === undefined) firstAt.set(id, index);
      else
        problems.push({
          path: `${list}[${index}].${field}`,
          message: PROBLEM_TEXTS.duplicate(id, `${list}[${first}]`),
        });
    }
  };
  for (const list of ['towns', 'sites', 'workers', 'orders'] as const) lookThrough(list, 'id', ids[list]);
  for (const [list, decisions] of [['pinned', pinned] as const, ['previous', previous] as const]) {
    lookThrough(
      list,
      'order',
      decisions.map(([index, decision]) => [index, decision.order]),
    );
  }
  return problems;
}

function findRisingSlopes({ policy }: Comparable): ScenarioProblem[] {
  return (policy?.fairness ?? []).flatMap(([, slope], index, segments) => {
    const before = segments[index - 1];
    return before !== undefined && slope > before[1]
      ? [{ path: `policy.fairness[${index}][1]`, message: PROBLEM_TEXTS.slopeRises(before[1], slope) }]
      : [];
  });
}

function findUnknownTowns({ ids, sites, workers }: Comparable): ScenarioProblem[] {
  const known = new Set(ids.towns.map(([, id]) => id));
  const check = (list: string, entries: Numbered<{ town: string }>): ScenarioProblem[] =>
    entries
      .filter(([, entry]) => !known.has(entry.town))
      .map(([index, entry]) => ({
        path: `${list}[${index}].town`,
        message: PROBLEM_TEXTS.unknownId('town', entry.town),
      }));
  return [...check('sites', sites), ...check('workers', workers)];
}

function findUnpricedSkills({ policy, workers, orders }: Comparable): ScenarioProblem[] {
  if (policy === null) return [];
  const problems: ScenarioProblem[] = [];
  const check = (path: string, skill: string): void => {
    if (!Object.hasOwn(policy.wageFen, skill)) problems.push({ path, message: PROBLEM_TEXTS.unpricedSkill(skill) });
  };
  for (const [index, worker] of workers)
    worker.skills.forEach((skill, k) => check(`workers[${index}].skills[${k}]`, skill));
  for (const [index, order] of orders) {
    order.needs.forEach((need, k) => check(`orders[${index}].needs[${k}].skill`, need.skill));
  }
  return problems;
}

function findImpossibleWindows({ sites, workers, orders }: Comparable): ScenarioProblem[] {
  const problems: ScenarioProblem[] = [];
  for (const [list, entries] of [['sites', sites] as const, ['workers', workers] as const]) {
    for (const [index, { from, to }] of entries) {
      if (from >= to) problems.push({ path: `${list}[${index}].to`, message: PROBLEM_TEXTS.emptyWindow(from, to) });
    }
  }
  for (const [index, { release, due }] of orders) {
    if (release >= due)
      problems.push({ path: `orders[${index}].due`, message: PROBLEM_TEXTS.emptyWindow(release, due) });
  }
  return problems;
}

/** A withdrawn site may still stand in `previous`, if `excluded` tells of it; a pinned placement must be whole. */
function findUnknownReferences(scenario: Comparable, list: 'pinned' | 'previous'): ScenarioProblem[] {
  const known = (name: IdentifiedList): Set<string> => {
    const alsoExcluded = list === 'previous' ? scenario.ids.excluded : [];
    return new Set([...scenario.ids[name], ...alsoExcluded].map(([, id]) => id));
  };
  const orders = known('orders');
  const sites = known('sites');
  const workers = known('workers');
  const problems: ScenarioProblem[] = [];
  const check = (path: string, ids: Set<string>, kind: 'order' | 'site' | 'worker', id: string): void => {
    if (!ids.has(id)) problems.push({ path, message: PROBLEM_TEXTS.unknownId(kind, id) });
  };
  for (const [index, decision] of scenario[list]) {
    check(`${list}[${index}].order`, orders, 'order', decision.order);
    decision.lots.forEach((lot, l) => {
      check(`${list}[${index}].lots[${l}].site`, sites, 'site', lot.site);
      lot.labour.forEach((row, r) => {
        check(`${list}[${index}].lots[${l}].labour[${r}].worker`, workers, 'worker', row.worker);
      });
    });
  }
  return problems;
}

/** A scenario holds only who and what may be used: the excluded stand beside the lists, never in them. */
function findExcludedThatStand({ ids }: Comparable): ScenarioProblem[] {
  const standing = new Set([...ids.orders, ...ids.sites, ...ids.workers].map(([, id]) => id));
  return ids.excluded
    .filter(([, id]) => standing.has(id))
    .map(([index, id]) => ({ path: `excluded[${index}].id`, message: PROBLEM_TEXTS.excludedStands(id) }));
}

/** One or more problems of one issue of the shape check: every unknown field gets its own path. */
function describeIssue(issue: ZodIssue): ScenarioProblem[] {
  const path = writePath(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: writePath([...issue.path, key]),
        message: PROBLEM_TEXTS.unknownField(key),
      }));
    case 'invalid_type':
      return [{ path, message: PROBLEM_TEXTS.wrongType(issue.expected, issue.input) }];
    case 'too_small':
      return [{ path, message: PROBLEM_TEXTS.tooSmall(Number(issue.minimum), issue.inclusive ?? true, issue.origin) }];
    case 'too_big':
      return [{ path, message: PROBLEM_TEXTS.tooBig(Number(issue.maximum), issue.inclusive ?? true, issue.origin) }];
    case 'invalid_value':
      return [{ path, message: PROBLEM_TEXTS.notOneOf(issue.values.map(String)) }];
    case 'invalid_union':
      return [
        {
          path,
          message: PROBLEM_TEXTS.notOneOf(
            issue.errors.flat().flatMap((e) => ('values' in e ? e.values.map(String) : [])),
          ),
        },
      ];
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return [{ path, message: PROBLEM_TEXTS.invalid(issue.message) }];
  }
}

function writePath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((written, step) => {
    if (typeof step === 'number') return `${written}[${step}]`;
    return written === '' ? String(step) : `${written}.${String(step)}`;
  }, '');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
