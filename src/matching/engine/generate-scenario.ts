// Seeded scenarios with the look of a real county: a broad valley with towns, villages around them, poor and remote towns in
// the hills, wages by skill, most workers within a few kilometres of a village site. For tests and benches.

import { Random } from './random.ts';
import type { ScenarioInput } from './scenario.ts';

export interface ScenarioSize {
  towns: number;
  sites: number;
  workers: number;
  orders: number;
  weeks: number;
}

export const SCENARIO_SIZES = {
  tiny: { towns: 2, sites: 4, workers: 24, orders: 5, weeks: 6 },
  T: { towns: 3, sites: 6, workers: 320, orders: 20, weeks: 8 },
  county: { towns: 20, sites: 450, workers: 8_600, orders: 200, weeks: 12 },
  S: { towns: 20, sites: 150, workers: 8_000, orders: 500, weeks: 12 },
} as const satisfies Record<string, ScenarioSize>;

const WAGE_FEN: Record<string, number> = {
  sewing: 1600,
  packing: 1300,
  sorting: 1200,
  assembly: 1500,
  beading: 1100,
  processing: 1400,
};
const SKILLS = Object.keys(WAGE_FEN);
const EQUIPMENT = ['sewing-machine', 'packing-line', 'cold-store', 'drying-room'];
const LAND_USES = ['village-construction', 'homestead', 'facility-farmland'];
const KM_PER_DEGREE = 111.19;

/** A scenario of the given size; the same seed gives the same scenario. */
export function generateScenario(size: ScenarioSize, seed: number): ScenarioInput {
  const random = new Random(seed);
  // A county of the real density: 20 towns on about 45 km × 45 km.
  const spanDegrees = (10 * Math.sqrt(size.towns)) / KM_PER_DEGREE;
  const towns = Array.from({ length: size.towns }, (_, t) => ({
    id: `town-${t + 1}`,
    lng: 118.9 + spanDegrees * random.next(),
    lat: 28.9 + spanDegrees * random.next(),
    // One town in four is small, remote and poor.
    isPoor: t % 4 === 3,
    population: random.between(400, 1400),
  }));
  const townWeights = towns.flatMap((town, t) => new Array<number>(town.isPoor ? 1 : 3).fill(t));
  const around = (t: number, km: number): { lng: number; lat: number } => {
    const town = towns[t] as (typeof towns)[number];
    const angle = 2 * Math.PI * random.next();
    const distance = (km * Math.sqrt(random.next())) / KM_PER_DEGREE;
    return {
      lng: round6(town.lng + (distance * Math.cos(angle)) / 0.87),
      lat: round6(town.lat + distance * Math.sin(angle)),
    };
  };
  const star = (): number | null => (random.next() < 0.2 ? null : round1(2.5 + 2.5 * random.next()));

  const sites = Array.from({ length: size.sites }, (_, s) => {
    const town = random.pick(townWeights) ?? 0;
    const opens = random.next() < 0.15 ? random.between(0, 2) : 0;
    const closes = random.next() < 0.15 ? random.between(Math.ceil(size.weeks / 2) + 1, size.weeks) : size.weeks;
    return {
      id: `site-${s + 1}`,
      town: `town-${town + 1}`,
      ...around(town, 6),
      areaM2: random.between(6, 40) * 10,
      powerKw: random.between(10, 60),
      equipment: EQUIPMENT.filter(() => random.next() < 0.55),
      landUse: random.next() < 0.7 ? 'village-construction' : (random.pick(LAND_USES) ?? 'homestead'),
      from: opens,
      to: closes,
      rentFenPerM2Week: random.between(50, 150),
      star: star(),
    };
  });
  const workers = Array.from({ length: size.workers }, (_, w) => {
    const town = random.pick(townWeights) ?? 0;
    const skills = [random.pick(SKILLS) ?? 'sewing'];
    if (random.next() < 0.35) skills.push(random.pick(SKILLS) ?? 'packing');
    return {
      id: `worker-${w + 1}`,
      town: `town-${town + 1}`,
      ...around(town, 7),
      skills: [...new Set(skills)],
      hoursPerWeek: random.between(2, 8) * 5,
      from: random.next() < 0.1 ? random.between(0, 3) : 0,
      to: random.next() < 0.1 ? random.between(Math.ceil(size.weeks / 2) + 1, size.weeks) : size.weeks,
      lowIncome: random.next() < (towns[town]?.isPoor ? 0.3 : 0.08),
      maxCommuteKm: random.between(2, 8),
      homeWork: random.next() < 0.4,
      star: star(),
    };
  });
  // Few orders want all there is; none is larger than what a large village can do.
  const hoursPerOrder = Math.min(280, (0.8 * size.workers * 25 * size.weeks) / (size.orders * 4));
  const orders = Array.from({ length: size.orders }, (_, o) => {
    const durationWeeks = random.between(2, Math.min(6, size.weeks - 1));
    const release = random.between(0, Math.max(0, size.weeks - durationWeeks - 2));
    const total = Math.max(20, Math.round(hoursPerOrder * (0.2 + 1.8 * random.next())));
    const first = random.pick(SKILLS) ?? 'sewing';
    const second = random.pick(SKILLS.filter((skill) => skill !== first)) ?? 'packing';
    const needs =
      random.next() < 0.4
        ? [
            { skill: first, hoursPerWeek: Math.max(1, Math.round(total * 0.7)) },
            { skill: second, hoursPerWeek: Math.max(1, Math.round(total * 0.3)) },
          ]
        : [{ skill: first, hoursPerWeek: total }];
    const volume = total * durationWeeks;
    return {
      id: `order-${o + 1}`,
      ...around(random.pick(townWeights) ?? 0, 5),
      needs,
      durationWeeks,
      release,
      due: Math.min(size.weeks, release + durationWeeks + random.between(0, 4)),
      areaM2: Math.round(total * (0.25 + 0.3 * random.next())),
      powerKw: Math.round(total * (0.02 + 0.06 * random.next())),
      equipment: EQUIPMENT.filter(() => random.next() < 0.12),
      landUse: random.next() < 0.3 ? ['village-construction'] : ['village-construction', 'homestead'],
      marginFen: Math.round(volume * (300 + 1500 * random.next())),
      transportFenPerKm: random.between(20, 120) * 100,
      maxLots: random.pick([1, 2, 4]) ?? 1,
      homeWork: random.next() < 0.4,
      minStar: random.next() < 0.15 ? 3 : 0,
      minShare: random.pick([1, 1, 0.75, 0.5]) ?? 1,
    };
  });
  return {
    format: 'gongfang-scenario/1',
    asOf: '2026-11-21',
    weeks: size.weeks,
    seed,
    policy: { wageFen: WAGE_FEN },
    towns: towns.map(({ id, population }) => ({ id, population })),
    sites,
    workers,
    orders,
  };
}

function round6(x: number): number {
  return Math.round(x * 1e6) / 1e6;
}

function round1(x: number): number {
  return Math.round(x * 10) / 10;
}
