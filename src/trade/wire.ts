// The words of trade on the wire, that its operations share.

import { z } from 'zod';
import { daySchema, textSchema } from '../platform/http/index.ts';
import { intendedUseCodes } from '../vocabulary/land-use.ts';

export const intendedUseSchema = z.enum(intendedUseCodes as [string, ...string[]]);

/** What somebody wants, as it is asked for. */
export const wantedTerms = {
  intendedUse: intendedUseSchema.nullable().describe('拟用途 · judged by the land-use law; null for equipment'),
  startsOn: daySchema.describe('第一天 · the first day'),
  endsOn: daySchema.describe('最后一天 · the last day, included'),
  pieces: z.int().min(1).max(10_000).optional().describe('设备台数,不填为 1 · pieces of equipment; left out: 1'),
};

export const statedTerms = {
  intendedUse: intendedUseSchema.nullable(),
  startsOn: daySchema,
  endsOn: daySchema,
  pieces: z.int(),
};

/** 100 亿元: more than a village has ever let for. */
const fenMax = 1_000_000_000_000;
export const amountFen = z.int().min(0).max(fenMax);

export const conditionsSchema = z
  .array(z.object({ rule: z.string(), text: textSchema }))
  .describe('Approvals and reviews that the law ties to this use');

export const stepSchema = z.object({
  action: z.string(),
  label: textSchema,
  isOpen: z.boolean().describe('Whether the caller may do it now'),
  why: textSchema.nullable().describe('Why not'),
});

export const partySchema = z.object({ id: z.uuid(), name: z.string(), uscc: z.string() });

/** `{ to }` or why not, as `stepSchema` says it. */
export function toStep<Action extends string>(
  action: Action,
  label: z.input<typeof textSchema>,
  step: { to: string } | { why: z.input<typeof textSchema> },
): z.input<typeof stepSchema> {
  return { action, label, isOpen: 'to' in step, why: 'why' in step ? step.why : null };
}
