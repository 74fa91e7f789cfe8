// The scenario: everything one matching round may know, in the public format `gongfang-scenario/1`.
// In: JSON of anybody. Out: typed, complete (defaults filled) data. Used by parse-scenario.ts, the contract and the solver.
// What a single object must look like stands here; what objects must be to one another stands in parse-scenario.ts.

import { z } from 'zod';

/** Upper limits on the size of a scenario: above them it is refused before anything is read. */
export const SCENARIO_LIMITS = {
  weeks: 104,
  towns: 5_000,
  sites: 50_000,
  workers: 1_000_000,
  orders: 100_000,
  skills: 1_000,
  codesPerEntity: 64,
  needsPerOrder: 16,
  excluded: 1_000_000,
} as const;

/** Every hard rule, in the order in which reasons are told. */
export const RULE_IDS = [
  'skill',
  'commute',
  'home-work',
  'window',
  'weekly-hours',
  'law',
  'area',
  'power',
  'equipment',
  'land-use',
  'star',
  'distinct-sites',
  'consent',
  'rectification',
] as const;

/** The shares of its quantity that an order may be placed at, and the numbers of equal lots it may be split into. */
export const SHARES = [1, 0.75, 0.5] as const;
export const LOT_COUNTS = [1, 2, 4] as const;

const id = z.string().min(1).max(100);
const code = z.string().min(1).max(100);
const codes = z.array(code).max(SCENARIO_LIMITS.codesPerEntity);
const lng = z.number().min(-180).max(180).describe('WGS-84 longitude, degrees');
const lat = z.number().min(-90).max(90).describe('WGS-84 latitude, degrees');
const week = z.int().min(-1_000).max(1_000);
const star = z.number().min(0).max(5).nullable().describe('0 to 5; null is unknown');
const fen = z.number().min(-1e15).max(1e15);
const fenFromZero = z.number().min(0).max(1e15);
const weight = z.number().min(0).max(1e12);

/** 权重: what a unit of each good and each trouble is worth. Money in 分. */
export const policySchema = z.strictObject({
  early: z.number().min(0).max(1).default(0.02).describe('share of the margin lost per week of delay after release'),
  lotFixFen: weight.default(30_000).describe('fixed cost of each lot after the first'),
  siteStar: weight.default(0.02).describe('share of the margin per star of the site above 4'),
  rentWeight: weight.default(0.6).describe('worth of one 分 of rent to the collective'),
  lowIncome: weight.default(0.8).describe('extra worth of wages of low-income households'),
  workerStar: weight.default(60).describe('分 per hour per star of the worker above 4'),
  commuteFenPerKmHour: weight.default(30),
  homeFenPerKmHour: weight.default(8),
  homePenaltyFen: weight.default(100).describe('分 per hour done at home'),
  homeKmMax: z.number().min(0).max(20_100).default(8),
  homeAreaShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.55)
    .describe('area and power of a home-mode lot, share of an on-site lot'),
  fairness: z
    .array(z.tuple([z.number().min(0).max(1e6), z.number().min(0).max(1e6)]))
    .max(8)
    .default((): [number, number][] => [
      [0.2, 0.5],
      [0.25, 0.2],
    ])
    .describe('[width, slope] of each segment; slopes fall'),
  changeFen: weight.default(0).describe('cost of each lot that differs from what was proposed earlier'),
  wageFen: z.record(code, fenFromZero).describe('wage per hour of each skill'),
});

/** 乡镇(街道). */
export const townSchema = z.strictObject({ id, population: z.int().min(0).max(100_000_000) });

/** 场地 of a village collective. Weeks are half-open: `[from, to)`. */
export const siteSchema = z.strictObject({
  id,
  town: id,
  lng,
  lat,
  areaM2: z.number().min(0).max(10_000_000),
  powerKw: z.number().min(0).max(1_000_000),
  equipment: codes,
  landUse: code,
  from: week,
  to: week,
  rentFenPerM2Week: fenFromZero,
  star,
});

/** 村民(劳动者). */
export const workerSchema = z.strictObject({
  id,
  town: id,
  lng,
  lat,
  skills: codes,
  hoursPerWeek: z.number().min(0).max(168),
  from: week,
  to: week,
  lowIncome: z.boolean(),
  maxCommuteKm: z.number().min(0).max(20_100),
  homeWork: z.boolean(),
  star,
});

const needSchema = z.strictObject({ skill: code, hoursPerWeek: z.number().positive().max(1_000_000) });

/** 来料加工订单. */
export const orderSchema = z.strictObject({
  id,
  lng,
  lat,
  needs: z.array(needSchema).max(SCENARIO_LIMITS.needsPerOrder),
  durationWeeks: z.int().min(1).max(SCENARIO_LIMITS.weeks),
  release: z.int().min(0).max(1_000),
  due: z.int().min(1).max(1_000),
  areaM2: z.number().min(0).max(10_000_000),
  powerKw: z.number().min(0).max(1_000_000),
  equipment: codes,
  landUse: codes.describe('land uses accepted; an empty list accepts any'),
  marginFen: fen,
  transportFenPerKm: fenFromZero,
  maxLots: z.int().min(1).max(1_000),
  homeWork: z.boolean(),
  minStar: z.number().min(0).max(5),
  minShare: z.number().positive().max(1),
});

export const labourRowSchema = z.strictObject({
  worker: id,
  skill: code,
  hoursPerWeek: z.int().min(1).max(168),
  home: z.boolean(),
});

export const lotSchema = z.strictObject({
  site: id,
  home: z.boolean(),
  labour: z.array(labourRowSchema).max(100_000),
});

/** The decision part of a placement: where, when, how much and by whom. */
const decisionShape = {
  order: id,
  share: z.union([z.literal(1), z.literal(0.75), z.literal(0.5)]),
  start: z.int().min(0).max(1_000),
  lots: z.array(lotSchema).min(1).max(4),
};

/** A placement given to the engine. What a plan adds to it (value, reasons) may stand there and is not read. */
export const givenPlacementSchema = z.strictObject({
  ...decisionShape,
  valueFen: fen.optional(),
  breakdown: z.unknown().optional().describe('as in a plan; not read'),
  reasons: z.unknown().optional().describe('as in a plan; not read'),
});

/**
 * Who or what was left out of the snapshot, and by which rule. `kind` may be left out: labour rules then speak of a
 * worker, all others of a site.
 */
export const excludedSchema = z.strictObject({
  id,
  rule: z.enum(RULE_IDS),
  kind: z.enum(['order', 'site', 'worker']).optional(),
});

export const scenarioSchema = z
  .strictObject({
    format: z.literal('gongfang-scenario/1'),
    asOf: z.iso.date(),
    weeks: z.int().min(1).max(SCENARIO_LIMITS.weeks),
    seed: z.int().min(0).max(4_294_967_295),
    policy: policySchema,
    towns: z.array(townSchema).max(SCENARIO_LIMITS.towns),
    sites: z.array(siteSchema).max(SCENARIO_LIMITS.sites),
    workers: z.array(workerSchema).max(SCENARIO_LIMITS.workers),
    orders: z.array(orderSchema).max(SCENARIO_LIMITS.orders),
    pinned: z.array(givenPlacementSchema).max(SCENARIO_LIMITS.orders).default([]),
    previous: z.array(givenPlacementSchema).max(SCENARIO_LIMITS.orders).default([]),
    excluded: z.array(excludedSchema).max(SCENARIO_LIMITS.excluded).default([]),
  })
  .meta({ id: 'MatchingScenario', title: 'Scenario of a matching round' });

export type RuleId = (typeof RULE_IDS)[number];
export type Share = (typeof SHARES)[number];
export type Scenario = z.output<typeof scenarioSchema>;
/** A scenario as it may be written: everything with a default may be left out. */
export type ScenarioInput = z.input<typeof scenarioSchema>;
export type Policy = Scenario['policy'];
export type Town = Scenario['towns'][number];
export type Site = Scenario['sites'][number];
export type Worker = Scenario['workers'][number];
export type Order = Scenario['orders'][number];
export type LabourRow = z.output<typeof labourRowSchema>;
export type Lot = z.output<typeof lotSchema>;
export type Excluded = z.output<typeof excludedSchema>;
/** What a placement decides: where, when, how much and by whom. A pinned placement and a plan's placement both are one. */
export interface Decision {
  order: string;
  share: Share;
  start: number;
  lots: Lot[];
}
