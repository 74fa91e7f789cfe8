// The referee. In: a scenario and a plan of anybody. Out: every way in which the plan breaks a rule or misstates a
// figure. It knows nothing of how plans are made and shares no arithmetic with the solver: it recounts all from the
// scenario. parse-scenario.ts asks it about pinned placements, the worker about every plan before it is recorded.

import { distanceKm } from '../../vocabulary/geo.ts';
import type { Text } from '../../vocabulary/text.ts';
import { hashScenario } from './input-hash.ts';
import { planSchema } from './plan.ts';
import type { Plan } from './plan.ts';
import { LOT_COUNTS, SHARES } from './scenario.ts';
import type { Decision, LabourRow, Lot, Order, RuleId, Scenario, Site, Worker } from './scenario.ts';
import { VIOLATION_TEXTS } from './texts.ts';

export interface Violation {
  /** A hard rule, or what else is wrong: the file's shape, a reference, a quantity, a pin, a figure, an account. */
  rule: RuleId | 'format' | 'reference' | 'quantity' | 'pinned' | 'money' | 'account';
  /** Where it stands in the plan, e.g. `placements[2].lots[0].labour[4]`. */
  path: string;
  message: Text;
}

/** Comparisons of km, m², kW and stars tolerate this much (ENGINE, exact reading 1). */
const TOLERANCE = 1e-6;
/** Two float64 sums of the same money may differ by their rounding: a hundredth of a 分, or a billionth of the sum. */
const MONEY_TOLERANCE_FEN = 0.01;
const MONEY_TOLERANCE_SHARE = 1e-9;

/** Recounts a whole plan. An empty answer means that every rule holds and every figure is right. */
export function checkPlan(scenario: Scenario, plan: unknown): Violation[] {
  const parsed = planSchema.safeParse(plan);
  if (!parsed.success) {
    return parsed.error.issues.map((issue) => ({
      rule: 'format',
      path: issue.path.join('.'),
      message: VIOLATION_TEXTS.format(issue.message),
    }));
  }
  const given = parsed.data;
  const violations = checkPlacements(scenario, given.placements);
  // Figures of a plan that names things that do not exist cannot be recounted.
  const countable = !violations.some((violation) => violation.rule === 'reference');
  return [
    ...violations,
    ...checkIdentity(scenario, given),
    ...checkPins(scenario, given),
    ...checkAccounts(scenario, given),
    ...(countable ? checkMoney(scenario, given) : []),
  ];
}

/** Everything the placements of a plan must keep, alone and together. */
export function checkPlacements(scenario: Scenario, placements: readonly Decision[]): Violation[] {
  const register = new Register(scenario);
  const violations: Violation[] = [];
  const usage = new Usage(scenario.weeks);
  const seen = new Set<string>();
  placements.forEach((placement, index) => {
    const path = `placements[${index}]`;
    const order = register.orders.get(placement.order);
    if (order === undefined) {
      violations.push({ rule: 'reference', path: `${path}.order`, message: VIOLATION_TEXTS.unknown(placement.order) });
      return;
    }
    if (seen.has(order.id)) {
      violations.push({ rule: 'quantity', path: `${path}.order`, message: VIOLATION_TEXTS.placedTwice(order.id) });
    }
    seen.add(order.id);
    violations.push(...checkTerms(scenario, order, placement, path));
    placement.lots.forEach((lot, l) => {
      violations.push(...checkLot(scenario, register, order, placement, lot, `${path}.lots[${l}]`));
    });
    usage.add(scenario, register, order, placement);
  });
  return [...violations, ...checkCapacities(register, usage)];
}

/** The entities of a scenario by id. */
class Register {
  readonly orders: Map<string, Order>;
  readonly sites: Map<string, Site>;
  readonly workers: Map<string, Worker>;

  constructor(scenario: Scenario) {
    this.orders = new Map(scenario.orders.map((order) => [order.id, order]));
    this.sites = new Map(scenario.sites.map((site) => [site.id, site]));
    this.workers = new Map(scenario.workers.map((worker) => [worker.id, worker]));
  }
}

/** What all placements together take, week by week. */
class Usage {
  readonly areaM2 = new Map<string, number[]>();
  readonly powerKw = new Map<string, number[]>();
  readonly hours = new Map<string, number[]>();
  readonly weeks: number;

  constructor(weeks: number) {
    this.weeks = weeks;
  }

  add(scenario: Scenario, register: Register, order: Order, placement: Decision): void {
    const scale = placement.share / placement.lots.length;
    for (const lot of placement.lots) {
      if (!register.sites.has(lot.site)) continue;
      const mode = lot.home ? scenario.policy.homeAreaShare : 1;
      this.#addOver(this.areaM2, lot.site, placement.start, order.durationWeeks, order.areaM2 * scale * mode);
      this.#addOver(this.powerKw, lot.site, placement.start, order.durationWeeks, order.powerKw * scale * mode);
      for (const row of lot.labour) {
        if (!register.workers.has(row.worker)) continue;
        this.#addOver(this.hours, row.worker, placement.start, order.durationWeeks, row.hoursPerWeek);
      }
    }
  }

  #addOver(of: Map<string, number[]>, id: string, start: number, duration: number, amount: number): void {
    let perWeek = of.get(id);
    if (perWeek === undefined) of.set(id, (perWeek = new Array<number>(this.weeks).fill(0)));
    for (let week = start; week < Math.min(start + duration, this.weeks); week++) {
      perWeek[week] = (perWeek[week] ?? 0) + amount;
    }
  }
}

/** Share, number of lots, distinct sites, one mode, and the order's own window. */
function checkTerms(scenario: Scenario, order: Order, placement: Decision, path: string): Violation[] {
  const violations: Violation[] = [];
  const lots = placement.lots.length;
  if (!SHARES.includes(placement.share) || placement.share < order.minShare) {
    violations.push({
      rule: 'quantity',
      path: `${path}.share`,
      message: VIOLATION_TEXTS.share(placement.share, order.minShare),
    });
  }
  if (!LOT_COUNTS.some((count) => count === lots) || lots > order.maxLots) {
    violations.push({ rule: 'quantity', path: `${path}.lots`, message: VIOLATION_TEXTS.lots(lots, order.maxLots) });
  }
  if (new Set(placement.lots.map((lot) => lot.site)).size !== lots) {
    violations.push({ rule: 'distinct-sites', path: `${path}.lots`, message: VIOLATION_TEXTS.sameSiteTwice(order.id) });
  }
  if (new Set(placement.lots.map((lot) => lot.home)).size > 1) {
    violations.push({ rule: 'home-work', path: `${path}.lots`, message: VIOLATION_TEXTS.mixedModes(order.id) });
  }
  if (placement.lots.some((lot) => lot.home) && !order.homeWork) {
    violations.push({ rule: 'home-work', path: `${path}.lots`, message: VIOLATION_TEXTS.noHomeWork(order.id) });
  }
  const latest = Math.min(order.due, scenario.weeks) - order.durationWeeks;
  if (!Number.isInteger(placement.start) || placement.start < order.release || placement.start > latest) {
    violations.push({
      rule: 'window',
      path: `${path}.start`,
      message: VIOLATION_TEXTS.start(placement.start, order.release, latest),
    });
  }
  return violations;
}

function checkLot(
  scenario: Scenario,
  register: Register,
  order: Order,
  placement: Decision,
  lot: Lot,
  path: string,
): Violation[] {
  const site = register.sites.get(lot.site);
  if (site === undefined)
    return [{ rule: 'reference', path: `${path}.site`, message: VIOLATION_TEXTS.unknown(lot.site) }];
  const violations: Violation[] = [];
  const end = placement.start + order.durationWeeks;
  if (placement.start < site.from || end > site.to) {
    violations.push({
      rule: 'window',
      path: `${path}.site`,
      message: VIOLATION_TEXTS.window(site.id, site.from, site.to),
    });
  }
  const missing = order.equipment.filter((kind) => !site.equipment.includes(kind));
  if (missing.length > 0) {
    violations.push({ rule: 'equipment', path: `${path}.site`, message: VIOLATION_TEXTS.equipment(site.id, missing) });
  }
  if (order.landUse.length > 0 && !order.landUse.includes(site.landUse)) {
    violations.push({
      rule: 'land-use',
      path: `${path}.site`,
      message: VIOLATION_TEXTS.landUse(site.id, site.landUse),
    });
  }
  if (order.minStar > 0 && (site.star === null || site.star < order.minStar - TOLERANCE)) {
    violations.push({
      rule: 'star',
      path: `${path}.site`,
      message: VIOLATION_TEXTS.star(site.id, site.star, order.minStar),
    });
  }
  lot.labour.forEach((row, r) => {
    violations.push(...checkRow(scenario, register, order, placement, site, lot, row, `${path}.labour[${r}]`));
  });
  return [...violations, ...checkHoursOfLot(order, placement, lot, path)];
}

function checkRow(
  scenario: Scenario,
  register: Register,
  order: Order,
  placement: Decision,
  site: Site,
  lot: Lot,
  row: LabourRow,
  path: string,
): Violation[] {
  const worker = register.workers.get(row.worker);
  if (worker === undefined) {
    return [{ rule: 'reference', path: `${path}.worker`, message: VIOLATION_TEXTS.unknown(row.worker) }];
  }
  const violations: Violation[] = [];
  if (!worker.skills.includes(row.skill)) {
    violations.push({ rule: 'skill', path, message: VIOLATION_TEXTS.skill(worker.id, row.skill) });
  }
  if (placement.start < worker.from || placement.start + order.durationWeeks > worker.to) {
    violations.push({ rule: 'window', path, message: VIOLATION_TEXTS.window(worker.id, worker.from, worker.to) });
  }
  const km = distanceKm(worker, site);
  if (row.home) {
    if (!lot.home || !worker.homeWork || km > scenario.policy.homeKmMax + TOLERANCE) {
      violations.push({
        rule: 'home-work',
        path,
        message: VIOLATION_TEXTS.homeWork(worker.id, km, scenario.policy.homeKmMax),
      });
    }
  } else if (km > worker.maxCommuteKm + TOLERANCE) {
    violations.push({ rule: 'commute', path, message: VIOLATION_TEXTS.commute(worker.id, km, worker.maxCommuteKm) });
  }
  return violations;
}

/** Each (skill, home) row of a lot is met exactly: not an hour less, not an hour more, nothing that was not asked. */
function checkHoursOfLot(order: Order, placement: Decision, lot: Lot, path: string): Violation[] {
  const balance = new Map<string, number>();
  const add = (skill: string, home: boolean, hours: number): void => {
    const row = `${skill}${home ? ' (home)' : ''}`;
    balance.set(row, (balance.get(row) ?? 0) + hours);
  };
  order.needs.forEach((need, index) => {
    const asked = roundHalfUp((need.hoursPerWeek * placement.share) / placement.lots.length);
    const atHome = lot.home && index === 0 ? roundHalfUp(asked / 2) : 0;
    add(need.skill, true, atHome);
    add(need.skill, false, asked - atHome);
  });
  for (const row of lot.labour) add(row.skill, row.home, -row.hoursPerWeek);
  return [...balance]
    .filter(([, hours]) => hours !== 0)
    .map(([row, hours]) => ({ rule: 'quantity', path: `${path}.labour`, message: VIOLATION_TEXTS.hours(row, hours) }));
}

function checkCapacities(register: Register, usage: Usage): Violation[] {
  const violations: Violation[] = [];
  const compare = (rule: RuleId, id: string, perWeek: number[], limit: number, unit: string): void => {
    perWeek.forEach((used, week) => {
      if (used > limit)
        violations.push({ rule, path: id, message: VIOLATION_TEXTS.capacity(id, week, used, limit, unit) });
    });
  };
  for (const [id, perWeek] of usage.areaM2)
    compare('area', id, perWeek, (register.sites.get(id)?.areaM2 ?? 0) + TOLERANCE, 'm²');
  for (const [id, perWeek] of usage.powerKw)
    compare('power', id, perWeek, (register.sites.get(id)?.powerKw ?? 0) + TOLERANCE, 'kW');
  for (const [id, perWeek] of usage.hours)
    compare('weekly-hours', id, perWeek, register.workers.get(id)?.hoursPerWeek ?? 0, 'h');
  return violations;
}

function checkIdentity(scenario: Scenario, plan: Plan): Violation[] {
  const hash = hashScenario(scenario);
  return plan.inputHash === hash
    ? []
    : [{ rule: 'format', path: 'inputHash', message: VIOLATION_TEXTS.inputHash(hash) }];
}

function checkPins(scenario: Scenario, plan: Plan): Violation[] {
  const placed = new Map(plan.placements.map((placement) => [placement.order, placement]));
  return scenario.pinned
    .filter((pin) => {
      const placement = placed.get(pin.order);
      return placement === undefined || describeDecision(placement) !== describeDecision(pin);
    })
    .map((pin) => ({ rule: 'pinned', path: 'placements', message: VIOLATION_TEXTS.pinMoved(pin.order) }));
}

function describeDecision({ order, share, start, lots }: Decision): string {
  const written = lots.map(({ site, home, labour }) => {
    const rows = labour.map((row) => `${row.worker}|${row.skill}|${row.hoursPerWeek}|${row.home}`).sort();
    return JSON.stringify([site, home, rows]);
  });
  return JSON.stringify([order, share, start, written.sort()]);
}

/** Who is not in the plan is told why, once; who is in it is not; hints start from what the scenario says. */
function checkAccounts(scenario: Scenario, plan: Plan): Violation[] {
  const violations: Violation[] = [];
  const blame = (path: string, message: Text): void => void violations.push({ rule: 'account', path, message });
  const used = {
    order: new Set(plan.placements.map((placement) => placement.order)),
    site: new Set(plan.placements.flatMap((placement) => placement.lots.map((lot) => lot.site))),
    worker: new Set(plan.placements.flatMap((p) => p.lots.flatMap((lot) => lot.labour.map((row) => row.worker)))),
  };
  const known = {
    order: new Map<string, object>(scenario.orders.map((order) => [order.id, order])),
    site: new Map<string, object>(scenario.sites.map((site) => [site.id, site])),
    worker: new Map<string, object>(scenario.workers.map((worker) => [worker.id, worker])),
  };
  const excluded = new Set(scenario.excluded.map((entry) => entry.id));
  const told = { order: new Set<string>(), site: new Set<string>(), worker: new Set<string>() };
  plan.unmatched.forEach((entry, index) => {
    const [kind, id] =
      'order' in entry
        ? (['order', entry.order] as const)
        : 'site' in entry
          ? (['site', entry.site] as const)
          : (['worker', entry.worker] as const);
    const path = `unmatched[${index}]`;
    if (!known[kind].has(id) && !excluded.has(id)) blame(path, VIOLATION_TEXTS.unknown(id));
    if (used[kind].has(id)) blame(path, VIOLATION_TEXTS.usedAndUnmatched(id));
    if (told[kind].has(id)) blame(path, VIOLATION_TEXTS.toldTwice(id));
    told[kind].add(id);
    for (const winner of entry.lostTo)
      if (!used.order.has(winner)) blame(`${path}.lostTo`, VIOLATION_TEXTS.unknown(winner));
    for (const { change } of entry.nearMiss) {
      const target = known[change.target].get(change.id);
      const now: unknown = target === undefined ? undefined : Reflect.get(target, change.field);
      if (JSON.stringify(now) !== JSON.stringify(change.from)) {
        blame(`${path}.nearMiss`, VIOLATION_TEXTS.hintStartsElsewhere(change.id, change.field));
      }
    }
  });
  for (const order of scenario.orders) {
    if (!used.order.has(order.id) && !told.order.has(order.id)) blame('unmatched', VIOLATION_TEXTS.untold(order.id));
  }
  return violations;
}

interface Money {
  order: number;
  site: number;
  labour: number;
}

function checkMoney(scenario: Scenario, plan: Plan): Violation[] {
  const violations: Violation[] = [];
  let volumeFen = 0;
  const compare = (path: string, stated: number | null, counted: number | null): void => {
    const allowed = MONEY_TOLERANCE_FEN + MONEY_TOLERANCE_SHARE * volumeFen;
    if (stated === null && counted === null) return;
    if (stated === null || counted === null || !(Math.abs(stated - counted) <= allowed)) {
      violations.push({ rule: 'money', path, message: VIOLATION_TEXTS.figure(stated, counted) });
    }
  };
  const compareRatio = (path: string, stated: number | null, counted: number | null): void => {
    if (stated === null && counted === null) return;
    if (stated === null || counted === null || !(Math.abs(stated - counted) <= 1e-9 * Math.max(1, Math.abs(counted)))) {
      violations.push({ rule: 'money', path, message: VIOLATION_TEXTS.figure(stated, counted) });
    }
  };

  const register = new Register(scenario);
  const counted = countPlan(scenario, plan.placements);
  volumeFen = counted.volumeFen;
  plan.placements.forEach((placement, index) => {
    const money = countPlacement(scenario, register, placement);
    for (const term of ['order', 'site', 'labour'] as const) {
      compare(`placements[${index}].breakdown.${term}`, placement.breakdown[term], money[term]);
    }
    compare(`placements[${index}].valueFen`, placement.valueFen, money.order + money.site + money.labour);
  });

  const incomes = countIncomes(scenario, register, plan.placements);
  for (const term of ['order', 'site', 'labour', 'fairness', 'change'] as const) {
    compare(`breakdown.${term}`, plan.breakdown[term], counted.breakdown[term]);
  }
  compare('objectiveFen', plan.objectiveFen, counted.objectiveFen);
  if (plan.boundFen < plan.objectiveFen) {
    violations.push({
      rule: 'money',
      path: 'boundFen',
      message: VIOLATION_TEXTS.boundBelow(plan.boundFen, plan.objectiveFen),
    });
  }
  const distance = plan.boundFen - plan.objectiveFen;
  const gap = plan.objectiveFen !== 0 ? distance / Math.abs(plan.objectiveFen) : distance === 0 ? 0 : null;
  compareRatio('gap', plan.gap, gap);

  // Fairness shown: income by town, Gini over inhabitants, the poorest town, the part of low-income households.
  const shown = plan.fairness;
  if (shown.towns.map((town) => town.town).join('\n') !== scenario.towns.map((town) => town.id).join('\n')) {
    violations.push({ rule: 'money', path: 'fairness.towns', message: VIOLATION_TEXTS.townsMissing() });
    return violations;
  }
  let poorest: { town: string; perHead: number } | null = null;
  scenario.towns.forEach((town, index) => {
    const income = incomes.byTown.get(town.id) ?? 0;
    const perHead = town.population > 0 ? income / town.population : null;
    if (perHead !== null && (poorest === null || perHead < poorest.perHead)) poorest = { town: town.id, perHead };
    const stated = shown.towns[index];
    if (stated === undefined) return;
    const path = `fairness.towns[${index}]`;
    compare(`${path}.incomeFen`, stated.incomeFen, income);
    compare(`${path}.perHeadFen`, stated.perHeadFen, perHead);
    compareRatio(`${path}.share`, stated.share, incomes.all > 0 ? income / incomes.all : null);
    compareRatio(`${path}.population`, stated.population, town.population);
  });
  compare('fairness.potentialPerHeadFen', shown.potentialPerHeadFen, countPotentialPerHead(scenario));
  compareRatio('fairness.gini', shown.gini, countGini(scenario, incomes.byTown));
  compareRatio(
    'fairness.lowIncomeShare',
    shown.lowIncomeShare,
    incomes.all > 0 ? incomes.lowIncome / incomes.all : null,
  );
  const statedWorst = scenario.towns.find((town) => town.id === shown.worstTown);
  const worst = poorest as { town: string; perHead: number } | null;
  if ((statedWorst === undefined) !== (worst === null)) {
    violations.push({
      rule: 'money',
      path: 'fairness.worstTown',
      message: VIOLATION_TEXTS.worstTown(worst?.town ?? null),
    });
  } else if (statedWorst !== undefined && worst !== null) {
    const perHead = (incomes.byTown.get(statedWorst.id) ?? 0) / statedWorst.population;
    compare('fairness.worstTown', perHead, worst.perHead);
  }
  return [...violations, ...checkStats(scenario, plan)];
}

function checkStats(scenario: Scenario, plan: Plan): Violation[] {
  const rows = plan.placements.flatMap((placement) => placement.lots.flatMap((lot) => lot.labour));
  const durations = new Map(scenario.orders.map((order) => [order.id, order.durationWeeks]));
  const counted = {
    ordersPlaced: plan.placements.length,
    ordersTotal: scenario.orders.length,
    workersUsed: new Set(rows.map((row) => row.worker)).size,
    sitesUsed: new Set(plan.placements.flatMap((placement) => placement.lots.map((lot) => lot.site))).size,
    hoursTotal: plan.placements.reduce(
      (sum, placement) =>
        sum +
        (durations.get(placement.order) ?? 0) *
          placement.lots.reduce((hours, lot) => hours + lot.labour.reduce((h, row) => h + row.hoursPerWeek, 0), 0),
      0,
    ),
  };
  return (Object.keys(counted) as (keyof typeof counted)[])
    .filter((figure) => plan.stats[figure] !== counted[figure])
    .map((figure) => ({
      rule: 'account',
      path: `stats.${figure}`,
      message: VIOLATION_TEXTS.figure(plan.stats[figure], counted[figure]),
    }));
}

/** The objective of these placements and its terms, in 分, and the sum of all amounts whatever their sign. */
export function countPlan(
  scenario: Scenario,
  placements: readonly Decision[],
): { objectiveFen: number; breakdown: Plan['breakdown']; volumeFen: number } {
  const register = new Register(scenario);
  const breakdown = { order: 0, site: 0, labour: 0, fairness: 0, change: 0 };
  let volumeFen = 0;
  for (const placement of placements) {
    const money = countPlacement(scenario, register, placement);
    for (const term of ['order', 'site', 'labour'] as const) {
      breakdown[term] += money[term];
      volumeFen += Math.abs(money[term]);
    }
  }
  breakdown.fairness = countFairness(scenario, countIncomes(scenario, register, placements).byTown);
  breakdown.change = countChange(scenario, placements);
  const { order, site, labour, fairness, change } = breakdown;
  return { objectiveFen: order + site + labour + fairness + change, breakdown, volumeFen };
}

/** Order, site and labour value of one placement (ENGINE, objective; exact reading 6, 10, 12). */
function countPlacement(scenario: Scenario, register: Register, placement: Decision): Money {
  const { policy } = scenario;
  const order = register.orders.get(placement.order);
  if (order === undefined) return { order: 0, site: 0, labour: 0 };
  const lots = placement.lots.length;
  const money: Money = {
    order:
      order.marginFen * placement.share * (1 - policy.early * (placement.start - order.release)) -
      policy.lotFixFen * (lots - 1),
    site: 0,
    labour: 0,
  };
  for (const lot of placement.lots) {
    const site = register.sites.get(lot.site);
    if (site === undefined) continue;
    const areaM2 = (order.areaM2 * placement.share * (lot.home ? policy.homeAreaShare : 1)) / lots;
    const starsAboveFour = site.star === null ? 0 : site.star - 4;
    money.site +=
      (policy.siteStar * order.marginFen * placement.share * starsAboveFour -
        order.transportFenPerKm * distanceKm(order, site)) /
        lots +
      policy.rentWeight * site.rentFenPerM2Week * areaM2 * order.durationWeeks;
    for (const row of lot.labour) {
      const worker = register.workers.get(row.worker);
      if (worker === undefined) continue;
      const wageFen = policy.wageFen[row.skill] ?? 0;
      const km = distanceKm(worker, site);
      const way = row.home ? policy.homeFenPerKmHour * km + policy.homePenaltyFen : policy.commuteFenPerKmHour * km;
      const perHour =
        wageFen * (1 + (worker.lowIncome ? policy.lowIncome : 0)) +
        policy.workerStar * (worker.star === null ? 0 : worker.star - 4) -
        way;
      money.labour += row.hoursPerWeek * order.durationWeeks * perHour;
    }
  }
  return money;
}

interface Incomes {
  byTown: Map<string, number>;
  all: number;
  lowIncome: number;
}

/** Wage income by town of residence, home hours included, without the low-income factor (exact reading 11). */
function countIncomes(scenario: Scenario, register: Register, placements: readonly Decision[]): Incomes {
  const incomes: Incomes = { byTown: new Map(), all: 0, lowIncome: 0 };
  for (const placement of placements) {
    const duration = register.orders.get(placement.order)?.durationWeeks ?? 0;
    for (const row of placement.lots.flatMap((lot) => lot.labour)) {
      const worker = register.workers.get(row.worker);
      if (worker === undefined) continue;
      const wages = row.hoursPerWeek * duration * (scenario.policy.wageFen[row.skill] ?? 0);
      incomes.byTown.set(worker.town, (incomes.byTown.get(worker.town) ?? 0) + wages);
      incomes.all += wages;
      if (worker.lowIncome) incomes.lowIncome += wages;
    }
  }
  return incomes;
}

function countPotentialPerHead(scenario: Scenario): number {
  let potentialFen = 0;
  for (const worker of scenario.workers) {
    const weeks = Math.max(0, Math.min(worker.to, scenario.weeks) - Math.max(worker.from, 0));
    const bestWage = Math.max(0, ...worker.skills.map((skill) => scenario.policy.wageFen[skill] ?? 0));
    potentialFen += worker.hoursPerWeek * weeks * bestWage;
  }
  const population = scenario.towns.reduce((sum, town) => sum + town.population, 0);
  return population > 0 ? potentialFen / population : 0;
}

function countFairness(scenario: Scenario, incomeByTown: Map<string, number>): number {
  const perHead = countPotentialPerHead(scenario);
  let worth = 0;
  for (const town of scenario.towns) {
    let left = incomeByTown.get(town.id) ?? 0;
    for (const [width, slope] of scenario.policy.fairness) {
      const inside = Math.min(left, width * perHead * town.population);
      worth += slope * inside;
      left -= inside;
    }
  }
  return worth;
}

/** Half the mean difference of income per head between any two inhabitants, over the mean income per head. */
function countGini(scenario: Scenario, incomeByTown: Map<string, number>): number | null {
  const towns = scenario.towns
    .filter((town) => town.population > 0)
    .map((town) => ({ heads: town.population, income: incomeByTown.get(town.id) ?? 0 }))
    .sort((a, b) => a.income / a.heads - b.income / b.heads);
  const heads = towns.reduce((sum, town) => sum + town.heads, 0);
  const income = towns.reduce((sum, town) => sum + town.income, 0);
  if (income <= 0) return null;
  // Twice the area under the Lorenz curve, trapezium by trapezium.
  let below = 0;
  let area = 0;
  for (const town of towns) {
    area += town.heads * (2 * below + town.income);
    below += town.income;
  }
  return 1 - area / (heads * income);
}

function countChange(scenario: Scenario, placements: readonly Decision[]): number {
  const earlier = new Map(scenario.previous.map((placement) => [placement.order, placement]));
  let moved = 0;
  for (const placement of placements) {
    const before = earlier.get(placement.order);
    if (before === undefined) continue;
    for (const lot of placement.lots) {
      const stays =
        before.start === placement.start &&
        before.share === placement.share &&
        before.lots.some((old) => old.site === lot.site && old.home === lot.home);
      if (!stays) moved++;
    }
  }
  return moved === 0 ? 0 : -scenario.policy.changeFen * moved;
}

function roundHalfUp(x: number): number {
  return Math.floor(x + 0.5);
}
