// From the lists to the engine's scenario. Enters: the published listings of a county as they stand in one transaction.
// Leaves: a scenario (ids are listing ids), who was left out and by which rule, and the versions that were read. Pure.

import { acceptedLandUses } from '../vocabulary/land-use.ts';
import { addDays, daysBetween, wholeWeeksWithin, type PlainDate } from '../vocabulary/calendar.ts';
import { divisionCodeAt } from '../vocabulary/division-code.ts';
import { fenPerMonthToFenPerWeek } from '../vocabulary/money.ts';
import { guideWageFenPerHour } from '../vocabulary/skills.ts';
import type { LabourListing, OrderListing, SiteListing } from '../lists/index.ts';
import type { OpenDecision } from '../proposals/index.ts';
import type { Excluded, Order, ScenarioInput, Site, Worker } from './engine/index.ts';

/** How far ahead a round plans. Orders that fall due later are planned up to here and again in a later round. */
export const HORIZON_WEEKS = 16;

export interface Market {
  orders: readonly OrderListing[];
  sites: readonly SiteListing[];
  labour: readonly LabourListing[];
  /** What the live proposals decided; what no longer stands is left out. */
  previous: readonly OpenDecision[];
}

export interface RoundTerms {
  asOf: PlainDate;
  seed: number;
  /** Weights that differ from the engine's defaults, and wages that differ from the guide. */
  policy: Partial<Omit<ScenarioInput['policy'], 'wageFen'>> & { wageFen?: Record<string, number> };
}

export function buildScenario(market: Market, terms: RoundTerms): ScenarioInput {
  const { asOf, seed } = terms;
  const excluded: Excluded[] = [];
  const leaveOut = (kind: 'order' | 'site' | 'worker', id: string, rule: Excluded['rule']) => {
    excluded.push({ id, rule, kind });
    return undefined;
  };

  const toOrder = ({ id, point, attributes: a }: OrderListing): Order | undefined => {
    const { from, to } = wholeWeeksWithin(asOf, a.earliestStart, a.due, HORIZON_WEEKS);
    if (to - from < a.durationWeeks) return leaveOut('order', id, 'window');
    return {
      id,
      ...point,
      needs: a.needs,
      durationWeeks: a.durationWeeks,
      release: from,
      due: to,
      areaM2: a.areaM2,
      powerKw: a.powerKw,
      equipment: a.equipment,
      landUse: acceptedLandUses(a.intendedUse),
      marginFen: a.marginFen,
      transportFenPerKm: a.transportFenPerKm,
      maxLots: a.maxLots,
      homeWork: a.homeWork,
      minStar: a.minStar,
      minShare: a.minShare,
    };
  };

  const toSite = ({
    id,
    divisionCode,
    point,
    availableFrom,
    availableTo,
    attributes: a,
  }: SiteListing): Site | undefined => {
    // No business use without a fire check and, for houses, a safety appraisal and papers (CONVENTIONS 2.6).
    // Nor where people live: with the goods of an order it would be dwelling, production and storage in one (三合一).
    const isUnsafe =
      'houseSafety' in a &&
      (!['a', 'b'].includes(a.houseSafety) || !a.hasOwnershipProof || a.buildingUses.includes('dwelling'));
    if (!a.isFireChecked || isUnsafe) return leaveOut('site', id, 'law');
    const { from, to } = wholeWeeksWithin(asOf, availableFrom, availableTo, HORIZON_WEEKS);
    // What is lent by half-days has no whole week to give.
    const isLentBySlots = 'bookableSlots' in a && a.bookableSlots.length > 0;
    if (from >= to || isLentBySlots) return leaveOut('site', id, 'window');
    return {
      id,
      town: townOf(divisionCode),
      ...point,
      areaM2: a.areaM2,
      powerKw: a.powerKw,
      equipment: a.equipment,
      landUse: a.landUse,
      from,
      to,
      rentFenPerM2Week: fenPerMonthToFenPerWeek(a.rentFenPerM2Month),
      star: 'star' in a ? a.star : null,
    };
  };

  const toWorker = ({
    id,
    divisionCode,
    point,
    availableFrom,
    availableTo,
    lowIncome,
    hasConsent,
    attributes: a,
  }: LabourListing): Worker | undefined => {
    if (!hasConsent) return leaveOut('worker', id, 'consent');
    // 16 and 17: only with a certificate of registration, which a person must look at; never by the engine (劳动法 58, 64).
    if (a.minorUntil !== null && a.minorUntil > asOf) return leaveOut('worker', id, 'law');
    const { from, to } = wholeWeeksWithin(asOf, availableFrom, availableTo, HORIZON_WEEKS);
    if (from >= to) return leaveOut('worker', id, 'window');
    return {
      id,
      town: townOf(divisionCode),
      ...point,
      skills: a.skills,
      hoursPerWeek: a.hoursPerWeek,
      from,
      to,
      lowIncome,
      maxCommuteKm: a.maxCommuteKm,
      homeWork: a.homeWork,
      star: a.star,
    };
  };

  const orders = market.orders.map(toOrder).filter((order) => order !== undefined);
  const sites = market.sites.map(toSite).filter((site) => site !== undefined);
  const workers = market.labour.map(toWorker).filter((worker) => worker !== undefined);
  return {
    format: 'gongfang-scenario/1',
    asOf,
    weeks: HORIZON_WEEKS,
    seed,
    policy: { ...terms.policy, wageFen: { ...guideWages(orders, workers), ...terms.policy.wageFen } },
    towns: countTowns(market),
    sites,
    workers,
    orders,
    pinned: [],
    previous: keepStanding(market.previous, asOf, { orders, sites, workers }),
    excluded,
  };
}

const townOf = (divisionCode: string) => divisionCodeAt(divisionCode, 'town') ?? divisionCode;

/** Towns by the people registered as idle: fairness is income per registered worker, no census is needed for it. */
function countTowns({ labour, sites }: Market): ScenarioInput['towns'] {
  const population = new Map<string, number>(sites.map((site) => [townOf(site.divisionCode), 0]));
  for (const { divisionCode } of labour) {
    const town = townOf(divisionCode);
    population.set(town, (population.get(town) ?? 0) + 1);
  }
  return [...population].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, count]) => ({ id, population: count }));
}

/** The guide wage of every skill that somebody asks or offers. */
function guideWages(orders: readonly Order[], workers: readonly Worker[]): Record<string, number> {
  const skills = new Set([
    ...orders.flatMap((o) => o.needs.map((need) => need.skill)),
    ...workers.flatMap((w) => w.skills),
  ]);
  return Object.fromEntries([...skills].sort().map((skill) => [skill, guideWageFenPerHour(skill) ?? 0]));
}

/** Earlier decisions whose order, sites and people are all still there and whose start is not past. */
function keepStanding(
  previous: readonly OpenDecision[],
  asOf: PlainDate,
  standing: { orders: readonly Order[]; sites: readonly Site[]; workers: readonly Worker[] },
): ScenarioInput['previous'] {
  const ids = new Set([...standing.orders, ...standing.sites, ...standing.workers].map(({ id }) => id));
  return previous
    .map(({ orderId, share, startsOn, lots }) => ({
      order: orderId,
      share: share as 1 | 0.75 | 0.5,
      start: daysBetween(asOf, startsOn) / 7,
      lots: lots.map(({ siteId, isHome, labour }) => ({
        site: siteId,
        home: isHome,
        labour: labour.map((row) => ({
          worker: row.workerId,
          skill: row.skill,
          hoursPerWeek: row.hoursPerWeek,
          home: row.isHome,
        })),
      })),
    }))
    .filter(
      ({ order, start, lots }) =>
        Number.isInteger(start) &&
        start >= 0 &&
        start < HORIZON_WEEKS &&
        ids.has(order) &&
        lots.every(({ site, labour }) => ids.has(site) && labour.every((row) => ids.has(row.worker))),
    );
}

/** First and last-but-one day of a run of whole weeks. */
export function runDates(
  asOf: PlainDate,
  startWeek: number,
  durationWeeks: number,
): { startsOn: PlainDate; endsOn: PlainDate } {
  const startsOn = addDays(asOf, startWeek * 7);
  return { startsOn, endsOn: addDays(startsOn, durationWeeks * 7) };
}
