// The formats as JSON Schema, generated from the schemas that the engine itself uses, so that they cannot drift.

import { z } from 'zod';
import { planSchema } from './plan.ts';
import { scenarioSchema } from './scenario.ts';

/** JSON Schema (draft 2020-12) of the two public formats, by the name of the file they are published under. */
export function buildJsonSchemas(): { 'scenario.schema.json': object; 'plan.schema.json': object } {
  return {
    'scenario.schema.json': z.toJSONSchema(scenarioSchema, { io: 'input', target: 'draft-2020-12' }),
    'plan.schema.json': z.toJSONSchema(planSchema, { io: 'output', target: 'draft-2020-12' }),
  };
}
