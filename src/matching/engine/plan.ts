// The plan: what one matching round answers, in the public format `gongfang-plan/1`. Made by match.ts, judged by
// check.ts, stored and shown by the room. Money is in 分, unrounded (float64).

import { z } from 'zod';
import { lotSchema, RULE_IDS } from './scenario.ts';

const textSchema = z.strictObject({ zh: z.string(), en: z.string() });
const fen = z.number();

/** A value of a scenario field: a number, a code, a list of codes, a list of needs, a flag, or unknown. */
export const fieldValueSchema = z.union([
  z.number(),
  z.string(),
  z.boolean(),
  z.array(z.string()),
  z.array(z.strictObject({ skill: z.string(), hoursPerWeek: z.number() })),
  z.null(),
]);

/** One part of a placement's value: `fen` is what it adds, `share` its part of the value (null when the value is 0). */
const reasonSchema = z.strictObject({
  term: z.string(),
  fen: fen.nullable(),
  share: z.number().nullable(),
  text: textSchema,
});

export const placementSchema = z.strictObject({
  order: z.string(),
  share: z.union([z.literal(1), z.literal(0.75), z.literal(0.5)]),
  start: z.int(),
  lots: z.array(lotSchema),
  valueFen: fen,
  breakdown: z.strictObject({ order: fen, site: fen, labour: fen }),
  reasons: z.array(reasonSchema),
});

/** A rule that removed candidates: what it asks, the best that is there, and how many it removed. */
const ruleAccountSchema = z.strictObject({
  rule: z.enum(RULE_IDS),
  required: fieldValueSchema,
  best: fieldValueSchema,
  unit: z.string().nullable(),
  candidatesRemoved: z.int(),
  text: textSchema,
});

/** One changed field that would place the order; set `field` of the target to `to`. Always tried, never guessed. */
const nearMissSchema = z.strictObject({
  change: z.strictObject({
    target: z.enum(['order', 'site', 'worker']),
    id: z.string(),
    field: z.string(),
    from: fieldValueSchema,
    to: fieldValueSchema,
    unit: z.string().nullable(),
  }),
  verified: z.literal(true),
  text: textSchema,
});

const unmatchedShape = {
  cause: z.enum(['rule', 'competition', 'not-worth']),
  rules: z.array(ruleAccountSchema),
  lostTo: z.array(z.string()).describe('orders that hold the capacity'),
  nearMiss: z.array(nearMissSchema),
  reasons: z.array(textSchema),
};

export const unmatchedSchema = z.union([
  z.strictObject({ order: z.string(), ...unmatchedShape }),
  z.strictObject({ worker: z.string(), ...unmatchedShape }),
  z.strictObject({ site: z.string(), ...unmatchedShape }),
]);

export const planSchema = z
  .strictObject({
    format: z.literal('gongfang-plan/1'),
    engine: z.string(),
    inputHash: z.string().describe('SHA-256 of the canonical JSON of the scenario, defaults filled'),
    seed: z.int(),
    objectiveFen: fen,
    boundFen: fen.describe('no plan of this scenario is worth more'),
    gap: z
      .number()
      .nullable()
      .describe('(boundFen − objectiveFen) / |objectiveFen|; null when only the objective is 0'),
    breakdown: z.strictObject({ order: fen, site: fen, labour: fen, fairness: fen, change: fen }),
    fairness: z.strictObject({
      towns: z.array(
        z.strictObject({
          town: z.string(),
          population: z.int(),
          incomeFen: fen,
          perHeadFen: fen.nullable(),
          share: z.number().nullable(),
        }),
      ),
      potentialPerHeadFen: fen,
      gini: z.number().nullable().describe('of income per head over all inhabitants'),
      worstTown: z.string().nullable(),
      lowIncomeShare: z.number().nullable(),
    }),
    placements: z.array(placementSchema),
    unmatched: z.array(unmatchedSchema),
    stats: z.strictObject({
      moves: z.int().describe('budget of improvement moves'),
      movesDone: z.int(),
      movesAccepted: z.int(),
      stoppedEarly: z.boolean(),
      pricePasses: z.int(),
      greedyObjectiveFen: fen.describe('what placing the orders one after another, best first, would have given'),
      ordersPlaced: z.int(),
      ordersTotal: z.int(),
      workersUsed: z.int(),
      sitesUsed: z.int(),
      hoursTotal: z.number().describe('hours of the whole horizon'),
    }),
  })
  .meta({ id: 'MatchingPlan', title: 'Plan of a matching round' });

export type Plan = z.output<typeof planSchema>;
export type Placement = z.output<typeof placementSchema>;
export type Reason = z.output<typeof reasonSchema>;
export type UnmatchedEntry = z.output<typeof unmatchedSchema>;
export type RuleAccount = z.output<typeof ruleAccountSchema>;
export type NearMiss = z.output<typeof nearMissSchema>;
export type Change = NearMiss['change'];
export type FieldValue = z.output<typeof fieldValueSchema>;
export type UnmatchedCause = UnmatchedEntry['cause'];
