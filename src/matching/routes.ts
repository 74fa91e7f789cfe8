import { z } from 'zod';
import { assertWithin } from '../lists/index.ts';
import type { Context } from '../platform/context.ts';
import {
  daySchema,
  decodeCursor,
  idKey,
  idParams,
  idSchema,
  instantSchema,
  operation,
  pageOf,
  pageQuery,
  textSchema,
  toPage,
  type Operation,
} from '../platform/http/index.ts';
import { Problem } from '../platform/problem.ts';
import { shanghaiDate } from '../vocabulary/calendar.ts';
import { sixDigitsPattern } from '../vocabulary/shapes.ts';
import { fieldValueSchema, parseScenario, planSchema, scenarioSchema, type Plan } from './engine/index.ts';
import { createEngineOnRequest, onRequestLimits, refuseTooLarge, type EngineOnRequest } from './engine-on-request.ts';
import { examples } from './examples.ts';
import { gapOperation } from './gaps.ts';
import { priceTagOperation } from './price-tags.ts';
import { orderChanges, readRoundDifferences } from './round-differences.ts';
import { roundVariantOperation } from './round-variant.ts';
import {
  cancelRound,
  readRound,
  readRounds,
  readUnmatched,
  requestRound,
  type Round,
  type Unmatched,
} from './rounds.ts';
import { roundSummarySchema } from './summary.ts';
import { roundStatuses } from './tables.ts';

const countyCode = z.string().length(6).regex(sixDigitsPattern).describe('6 digits of a county');

const policyOverrides = scenarioSchema.shape.policy
  .partial()
  .describe('Weights that differ from the defaults; wages (分 per hour) that differ from the guide');

const roundSchema = z
  .object({
    id: z.uuid(),
    divisionCode: z.string(),
    status: z.enum(roundStatuses),
    cause: z.enum(['change', 'request']),
    asOf: daySchema.describe('The day that week 0 begins with'),
    seed: z.int(),
    moves: z.int().nullable(),
    progress: z.object({ stage: z.string().nullable(), done: z.int(), of: z.int() }),
    engine: z.string().nullable(),
    inputHash: z.string().nullable().describe('With engine, seed and moves it says exactly what was computed'),
    summary: roundSummarySchema.nullable(),
    failure: textSchema.nullable(),
    createdAt: instantSchema,
    startedAt: instantSchema.nullable(),
    finishedAt: instantSchema.nullable(),
  })
  .meta({ id: 'Round' });

/** A number, a code, codes, needs, a flag, or nothing known. */
const fieldValue = fieldValueSchema.meta({ id: 'FieldValue' });
const unmatchedSchema = z
  .object({
    id: z.uuid(),
    roundId: z.uuid(),
    subject: z.enum(['order', 'site', 'worker']),
    listingId: z.uuid(),
    divisionCode: z.string(),
    cause: z
      .enum(['rule', 'competition', 'not-worth'])
      .describe(
        '`rule`: not even alone on the market; `competition`: others were worth more; `not-worth`: it would cost more than it brings',
      ),
    reasons: z.array(textSchema),
    rules: z
      .array(
        z.object({
          rule: z.string(),
          required: fieldValue,
          best: fieldValue,
          unit: z.string().nullable(),
          candidatesRemoved: z.int(),
          text: textSchema,
        }),
      )
      .describe('Every rule that removed candidates'),
    lostTo: z.array(z.string()).describe('Orders that hold the capacity'),
    nearMisses: z
      .array(
        z.object({
          change: z.object({
            target: z.enum(['order', 'site', 'worker']),
            id: z.string(),
            field: z.string(),
            from: fieldValue,
            to: fieldValue,
            unit: z.string().nullable(),
          }),
          text: textSchema,
          apply: z
            .object({
              method: z.literal('PATCH'),
              path: z.string(),
              headers: z.object({ 'If-Match': z.string().describe('The version that the round read') }),
              body: z.object({
                availableFrom: daySchema.optional(),
                availableTo: daySchema.optional(),
                attributes: z.record(z.string(), fieldValue).optional(),
              }),
            })
            .nullable()
            .describe('The request that makes this change, as it stands: 412 once the listing was changed by somebody'),
        }),
      )
      .describe('Single changes that would place the order; each was tried by the engine'),
  })
  .meta({ id: 'Unmatched' });

const decisionSchema = z
  .object({
    proposalId: z.uuid(),
    share: z.number().describe('Of the quantity ordered: 1, 0.75 or 0.5'),
    startsOn: daySchema,
    endsOn: daySchema.describe('The first day after the run'),
    lots: z.array(z.object({ siteId: z.uuid(), isHome: z.boolean() })),
  })
  .meta({ id: 'RoundDecision' });

const roundDifferenceSchema = z
  .object({
    orderId: z.uuid(),
    change: z
      .enum(orderChanges)
      .describe('`placed`: it was not; `moved`: other sites, start or share; `dropped`: it no longer is placed'),
    before: decisionSchema.nullable(),
    after: decisionSchema.nullable(),
    reasons: z
      .array(textSchema)
      .describe('Why an order is no longer placed; empty when it had left the market, and for all others'),
  })
  .meta({ id: 'RoundDifference' });

function toRound({ region, stage, progressDone, progressOf, ...row }: Round): z.input<typeof roundSchema> {
  const {
    id,
    status,
    cause,
    asOf,
    seed,
    moves,
    engine,
    inputHash,
    summary,
    failure,
    createdAt,
    startedAt,
    finishedAt,
  } = row;
  return {
    ...{ id, status, cause, asOf, seed, moves, engine, inputHash, summary, failure },
    divisionCode: region,
    progress: { stage, done: progressDone, of: progressOf },
    createdAt: createdAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

/** A party reads what it could change itself: hints about single workers and about sites of others are for officials. */
function toUnmatched({ account, region, ...row }: Unmatched, seesAllHints: boolean): z.input<typeof unmatchedSchema> {
  const { id, roundId, subject, listingId, cause } = row;
  const { reasons, rules, lostTo } = account;
  const nearMisses = account.nearMisses.filter(({ change }) => seesAllHints || change.id === listingId);
  return { id, roundId, subject, listingId, divisionCode: region, cause, reasons, rules, lostTo, nearMisses };
}

export function matchingOperations(context: Context): Operation[] {
  const compute = createEngineOnRequest();
  return [
    ...roundOperations(context),
    priceTagOperation(context),
    gapOperation(context),
    roundVariantOperation(context, compute),
    unmatchedOperation(context),
    whatIfOperation(compute),
  ];
}

function roundOperations(context: Context): Operation[] {
  const reply = { status: 200 as const, schema: roundSchema, example: examples.round };
  return [
    operation({
      method: 'POST',
      url: '/v1/rounds',
      id: 'requestRound',
      tag: 'rounds',
      summary: { zh: '发起一轮撮合', en: 'Start a matching round' },
      description: 'A worker runs it; watch it with GET until it is done, cancelled or failed.',
      permission: 'rounds:run',
      body: z
        .strictObject({
          divisionCode: countyCode,
          asOf: daySchema.optional().describe('The day to plan from; today in Shanghai when left out'),
          seed: z.int().min(0).max(2_147_483_647).optional(),
          moves: z.int().min(0).max(1_000_000).optional().describe('Budget of improvement moves'),
          policy: policyOverrides.optional(),
        })
        .meta({ id: 'RoundRequest' }),
      bodyExample: { divisionCode: '330803' },
      problems: ['conflict', 'forbidden'],
      reply: {
        ...reply,
        status: 202,
        location: '/v1/rounds/:id',
        example: { ...examples.round, status: 'queued' as const, summary: null, finishedAt: null },
      },
      async handle({ body, scope, principal }) {
        assertWithin(body.divisionCode, principal.divisionCode);
        const { divisionCode: region, asOf, seed, moves, policy } = body;
        const queued = await requestRound(context, scope, {
          region,
          asOf: asOf ?? shanghaiDate(context.clock.now()),
          ...{ seed, moves, policy },
        });
        return toRound(queued);
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/rounds',
      id: 'listRounds',
      tag: 'rounds',
      summary: { zh: '撮合轮次列表', en: 'Rounds, newest first' },
      permission: 'rounds:read',
      query: z.strictObject({ division: countyCode.optional(), ...pageQuery }),
      reply: {
        status: 200,
        schema: pageOf(roundSchema, 'RoundPage'),
        example: { items: [examples.round], nextCursor: null },
      },
      async handle({ query, scope }) {
        const [beforeId] = decodeCursor(query.cursor, idKey);
        const rows = await readRounds(context, scope, { region: query.division, beforeId, limit: query.limit });
        return toPage(rows, query.limit, toRound, (row) => [row.id]);
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/rounds/:id',
      id: 'getRound',
      tag: 'rounds',
      summary: { zh: '查看一轮撮合的进度与结果', en: 'Watch a round' },
      permission: 'rounds:read',
      params: idParams,
      problems: ['not-found'],
      reply,
      handle: async ({ params, scope }) => toRound(await readRound(context, scope, params.id)),
    }),
    operation({
      method: 'GET',
      url: '/v1/rounds/:id/differences',
      id: 'listRoundDifferences',
      tag: 'rounds',
      summary: { zh: '与上一轮相比:哪些订单变了', en: 'What a round changed, order by order' },
      description:
        'Orders that stand as they did are left out. Compare the two summaries for sums, towns and fairness.',
      permission: 'rounds:read',
      params: idParams,
      query: z.strictObject({
        against: idSchema.optional().describe('Another round of the county; left out: the one done before'),
        ...pageQuery,
      }),
      problems: ['not-found', 'conflict', 'unprocessable'],
      reply: {
        status: 200,
        schema: pageOf(roundDifferenceSchema, 'RoundDifferencePage'),
        example: { items: [examples.roundDifference], nextCursor: null },
      },
      async handle({ params, query, scope }) {
        const [afterOrderId] = decodeCursor(query.cursor, idKey);
        const rows = await readRoundDifferences(context, scope, {
          id: params.id,
          ...(query.against !== undefined && { againstId: query.against }),
          ...(afterOrderId !== undefined && { afterOrderId }),
          limit: query.limit,
        });
        return toPage(
          rows,
          query.limit,
          (row) => row,
          ({ orderId }) => [orderId],
        );
      },
    }),
    operation({
      method: 'POST',
      url: '/v1/rounds/:id/cancellation',
      id: 'cancelRound',
      tag: 'rounds',
      summary: { zh: '取消一轮撮合', en: 'Cancel a round' },
      description: 'Earlier proposals stand. A running round ends within a second or so.',
      permission: 'rounds:run',
      params: idParams,
      problems: ['not-found', 'conflict'],
      reply: {
        ...reply,
        status: 202,
        location: '/v1/rounds/:id',
        example: { ...examples.round, status: 'cancelling' as const, summary: null },
      },
      handle: async ({ params, scope }) => toRound(await cancelRound(context, scope, params.id)),
    }),
  ];
}

function unmatchedOperation(context: Context): Operation {
  return operation({
    method: 'GET',
    url: '/v1/unmatched',
    id: 'listUnmatched',
    tag: 'rounds',
    summary: {
      zh: '未撮合的订单、场地与人员,逐条说明原因',
      en: 'Orders, sites and workers not used, each with its reasons',
    },
    description: 'Without `round`: of the latest round that says something about what was asked for.',
    permission: 'proposals:read',
    query: z.strictObject({
      round: idSchema.optional().describe('Of this round; the latest that has finished when left out'),
      listing: idSchema.optional().describe('Only of this order, site or worker'),
      subject: z.enum(['order', 'site', 'worker']).optional().describe('Only of these'),
      cause: z.enum(['rule', 'competition', 'not-worth']).optional().describe('Only for this cause'),
      ...pageQuery,
    }),
    reply: {
      status: 200,
      schema: pageOf(unmatchedSchema, 'UnmatchedPage'),
      example: { items: [examples.unmatched], nextCursor: null },
    },
    async handle({ query, scope, principal }) {
      const [afterId] = decodeCursor(query.cursor, idKey);
      const rows = await readUnmatched(context, scope, {
        roundId: query.round,
        listingId: query.listing,
        subject: query.subject,
        cause: query.cause,
        afterId,
        limit: query.limit,
      });
      const isOfficial = principal.partyId === undefined;
      return toPage(
        rows,
        query.limit,
        (row) => toUnmatched(row, isOfficial),
        (row) => [row.id],
      );
    },
  });
}

const BODY_BYTES_MAX = 8 * 1024 * 1024;

function whatIfOperation(compute: EngineOnRequest): Operation {
  return operation({
    method: 'POST',
    url: '/v1/what-if',
    id: 'matchScenario',
    tag: 'rounds',
    summary: {
      zh: '试算:对一个场景文件运行撮合引擎,不留痕迹',
      en: 'What if: the engine on a scenario of your own; nothing is kept',
    },
    description:
      `At most ${onRequestLimits.orders} orders, ${onRequestLimits.sites} sites, ${onRequestLimits.workers} workers and ` +
      `${onRequestLimits.moves} moves; larger scenarios run with \`npm run match\`.`,
    permission: 'what-if:run',
    // The engine reads the scenario itself and names every problem at once.
    body: z.record(z.string(), z.unknown()),
    documentedBody: scenarioSchema,
    bodyExample: examples.scenario,
    bodyBytesMax: BODY_BYTES_MAX,
    problems: ['unprocessable'],
    reply: { status: 200, schema: planSchema, example: examples.plan },
    async handle({ body, request }) {
      const parsed = parseScenario(body);
      if (!parsed.ok) {
        const errors = parsed.problems.map(({ path, message }) => ({
          path: path === '' ? 'body' : `body.${path}`,
          message,
        }));
        throw new Problem(parsed.isMalformed ? 'invalid-input' : 'unprocessable', undefined, { errors });
      }
      refuseTooLarge(parsed.scenario);
      const [plan] = await compute(request, [{ scenario: parsed.scenario }]);
      return plan as Plan;
    },
  });
}
