// The door of the matching engine: pure, synchronous, deterministic. The same scenario, seed and moves give the same
// plan on every machine. The room, the worker, the what-if endpoint and `npm run match` all call these functions.

export { match, defaultMoves, DEFAULT_MOVES_PER_ORDER } from './match.ts';
export type { MatchOptions, MatchProgress, MatchStage } from './match.ts';
export { readPricedRound, tagPrices } from './price-tags.ts';
export type { CertifiedPrices, PricedRound, PriceTag, PriceTags, Yardstick } from './price-tags.ts';
export { parseScenario } from './parse-scenario.ts';
export type { ParsedScenario, ScenarioProblem } from './parse-scenario.ts';
export { checkPlan } from './check.ts';
export type { Violation } from './check.ts';
export { buildJsonSchemas } from './json-schemas.ts';
export { hashScenario } from './input-hash.ts';
export { ENGINE_VERSION } from './version.ts';
export { orderSchema, RULE_IDS, scenarioSchema, SCENARIO_LIMITS } from './scenario.ts';
export type {
  Decision,
  Excluded,
  LabourRow,
  Lot,
  Order,
  Policy,
  RuleId,
  Scenario,
  ScenarioInput,
  Share,
  Site,
  Town,
  Worker,
} from './scenario.ts';
export { fieldValueSchema, planSchema } from './plan.ts';
export type {
  Change,
  FieldValue,
  NearMiss,
  Placement,
  Plan,
  Reason,
  RuleAccount,
  UnmatchedCause,
  UnmatchedEntry,
} from './plan.ts';
