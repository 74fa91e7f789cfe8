import { z } from 'zod';
import type { Context } from '../platform/context.ts';
import {
  daySchema,
  decodeCursor,
  idKey,
  idParams,
  idSchema,
  instantSchema,
  momentSchema,
  operation,
  pageOf,
  pageQuery,
  textSchema,
  toPage,
  type Operation,
} from '../platform/http/index.ts';
import type { IntendedUse } from '../vocabulary/land-use.ts';
import type { Text } from '../vocabulary/text.ts';
import { examples } from './examples.ts';
import { negotiationStates, sideLabels, sides, stateAt, stateLabels, transitions } from './negotiation-machine.ts';
import {
  acceptOffer,
  actionsOf,
  endNegotiation,
  findNegotiations,
  makeInquiry,
  makeOffer,
  readNegotiation,
  type NegotiationWithOffers,
} from './negotiations.ts';
import { amountFen, conditionsSchema, statedTerms, stepSchema, toStep, wantedTerms } from './wire.ts';

const offerSchema = z.object({
  id: z.uuid(),
  number: z.int().describe('第几次报价'),
  side: z.enum(sides),
  ...statedTerms,
  priceFen: z.int().describe('总价(分),整个期限 · for the whole term, fen'),
  instalments: z.int().describe('分几期付 · paid in so many equal parts'),
  expiresAt: instantSchema,
  createdAt: instantSchema,
});

const negotiationSchema = z
  .object({
    id: z.uuid(),
    listingId: z.uuid(),
    divisionCode: z.string(),
    seller: z.uuid().describe('出让方主体 · the party that offers the resource'),
    buyer: z.uuid().describe('受让方主体 · the party that asks for it'),
    state: z.enum(negotiationStates),
    stateLabel: textSchema,
    turn: z.enum(sides).describe('Which side is to answer'),
    turnLabel: textSchema,
    ...statedTerms,
    conditions: conditionsSchema,
    offers: z.array(offerSchema).describe('In the order in which they were made; the last one stands'),
    expiresAt: instantSchema.describe('Until when an answer is waited for'),
    createdAt: instantSchema,
  })
  .meta({ id: 'Negotiation' });

const actionsSchema = z.object({ actions: z.array(stepSchema) }).meta({ id: 'NegotiationActions' });

const url = '/v1/negotiations';

export function negotiationOperations(context: Context): Operation[] {
  return [...reading(context), inquiryOperation(context), offerOperation(context), ...answers(context)];
}

function inquiryOperation(context: Context): Operation {
  return operation({
    method: 'POST',
    url,
    id: 'createNegotiation',
    tag: 'trade',
    summary: { zh: '询价:就一项已发布的资源提出意向', en: 'Ask for a published resource' },
    description:
      'States the intended use, the period and how many pieces. What the law forbids on this land, what is longer than the term ' +
      'may be, or outside of the availability is refused with the rule and its text; conditions come with the answer.',
    permission: 'trades:write',
    body: z.strictObject({ listingId: idSchema, ...wantedTerms }).meta({ id: 'NewNegotiation' }),
    bodyExample: {
      listingId: examples.inquiry.listingId,
      ...{ intendedUse: 'grain', startsOn: '2027-01-01', endsOn: '2029-12-31', pieces: 1 },
    },
    reply: { status: 201, location: `${url}/:id`, schema: negotiationSchema, example: examples.inquiry },
    handle: async ({ body, ...call }) =>
      toNegotiation(
        await makeInquiry(context, call, {
          ...body,
          pieces: body.pieces ?? 1,
          intendedUse: body.intendedUse as IntendedUse | null,
        }),
        context,
      ),
  });
}

function offerOperation(context: Context): Operation {
  return operation({
    method: 'POST',
    url: `${url}/:id/offer`,
    id: 'offerNegotiation',
    tag: 'trade',
    summary: { zh: '报价或还价', en: 'Make an offer or a counter-offer' },
    description:
      'By the side whose turn it is; then it is the other’s. Period and pieces may be changed with it. For a household’s contracted ' +
      'land the offering side needs the household’s written mandate for that plot.',
    permission: 'trades:write',
    params: idParams,
    body: z
      .strictObject({
        priceFen: amountFen.describe('总价(分),整个期限 · for the whole term, fen'),
        instalments: z
          .int()
          .min(1)
          .max(120)
          .optional()
          .describe('分几期付,不填为一次 · paid in so many equal parts; left out: 1'),
        expiresAt: momentSchema.describe('报价有效期至 · until when it stands'),
        startsOn: daySchema.optional().describe('The first day, when it is to be another'),
        endsOn: daySchema.optional().describe('The last day, when it is to be another'),
        pieces: z.int().min(1).max(10_000).optional().describe('Pieces, when they are to be others'),
      })
      .meta({ id: 'NewOffer' }),
    bodyExample: { priceFen: 432_000, instalments: 3, expiresAt: '2026-12-01T02:00:00.000Z' },
    problems: ['not-found', 'conflict'],
    reply: { status: 200, schema: negotiationSchema, example: examples.offered },
    handle: async ({ params, body: { expiresAt, ...body }, ...call }) =>
      toNegotiation(
        await makeOffer(context, call, params.id, {
          ...body,
          instalments: body.instalments ?? 1,
          expiresAt: new Date(expiresAt),
        }),
        context,
      ),
  });
}

const answering: Record<
  'acceptance' | 'refusal' | 'withdrawal',
  { id: string; summary: Text; example: typeof examples.agreed | typeof examples.refused | typeof examples.withdrawn }
> = {
  acceptance: {
    id: 'acceptNegotiation',
    summary: { zh: '接受对方报价:成交', en: 'Accept what the other side offered: a deal' },
    example: examples.agreed,
  },
  refusal: {
    id: 'refuseNegotiation',
    summary: { zh: '谢绝询价或报价', en: 'Refuse an inquiry or an offer' },
    example: examples.refused,
  },
  withdrawal: {
    id: 'withdrawNegotiation',
    summary: { zh: '撤回自己的询价或报价', en: 'Withdraw one’s own inquiry or offer' },
    example: examples.withdrawn,
  },
};

function answers(context: Context): Operation[] {
  return (['acceptance', 'refusal', 'withdrawal'] as const).map((action) => {
    const { example, ...rest } = answering[action];
    return operation({
      method: 'POST',
      url: `${url}/:id/${action}`,
      tag: 'trade',
      ...rest,
      permission: 'trades:write',
      params: idParams,
      problems: ['not-found', 'conflict'],
      reply: { status: 200, schema: negotiationSchema, example },
      handle: async ({ params, ...call }) =>
        toNegotiation(
          action === 'acceptance'
            ? await acceptOffer(context, call, params.id)
            : await endNegotiation(context, call, params.id, action),
          context,
        ),
    });
  });
}

function reading(context: Context): Operation[] {
  return [
    operation({
      method: 'GET',
      url,
      id: 'listNegotiations',
      tag: 'trade',
      summary: { zh: '协议流转列表,新的在前', en: 'Negotiations, newest first' },
      permission: 'trades:read',
      query: z.strictObject({
        listing: idSchema.optional().describe('Only about this listing'),
        state: z.enum(negotiationStates).optional().describe('Only those that stand so'),
        ...pageQuery,
      }),
      reply: {
        status: 200,
        schema: pageOf(negotiationSchema, 'NegotiationPage'),
        example: { items: [examples.offered], nextCursor: null },
      },
      async handle({ query, scope }) {
        const rows = await findNegotiations(context, scope, {
          listingId: query.listing,
          state: query.state,
          beforeId: decodeCursor(query.cursor, idKey)[0],
          limit: query.limit,
        });
        return toPage(
          rows,
          query.limit,
          (row) => toNegotiation(row, context),
          ({ row }) => [row.id],
        );
      },
    }),
    operation({
      method: 'GET',
      url: `${url}/:id`,
      id: 'getNegotiation',
      tag: 'trade',
      summary: { zh: '一次协议流转及各次报价', en: 'A negotiation with its offers' },
      permission: 'trades:read',
      params: idParams,
      problems: ['not-found'],
      reply: { status: 200, schema: negotiationSchema, example: examples.offered },
      handle: async ({ params, scope }) => toNegotiation(await readNegotiation(context, scope, params.id), context),
    }),
    operation({
      method: 'GET',
      url: `${url}/:id/actions`,
      id: 'getNegotiationActions',
      tag: 'trade',
      summary: { zh: '我现在能办什么、为何不能', en: 'What the caller may do with it now, and why not' },
      permission: 'trades:read',
      params: idParams,
      problems: ['not-found'],
      reply: { status: 200, schema: actionsSchema, example: examples.actions },
      async handle({ params, scope, principal }) {
        const { row } = await readNegotiation(context, scope, params.id);
        const steps = actionsOf(context, row, principal);
        return { actions: steps.map(({ action, step }) => toStep(action, transitions[action].label, step)) };
      },
    }),
  ];
}

function toNegotiation({ row, offers }: NegotiationWithOffers, { clock }: Context): z.input<typeof negotiationSchema> {
  const { id, listingId, turn, intendedUse, startsOn, endsOn, pieces, conditions } = row;
  const state = stateAt(row, clock.now());
  return {
    ...{ id, listingId, turn, intendedUse, startsOn, endsOn, pieces, conditions, state },
    divisionCode: row.region,
    seller: row.sellerId,
    buyer: row.buyerId,
    stateLabel: stateLabels[state],
    turnLabel: sideLabels[turn],
    offers: offers.map((offer) => ({
      ...{ id: offer.id, number: offer.number, side: offer.side, intendedUse: offer.intendedUse },
      ...{ startsOn: offer.startsOn, endsOn: offer.endsOn, pieces: offer.pieces },
      ...{ priceFen: offer.priceFen, instalments: offer.instalments },
      expiresAt: offer.expiresAt.toISOString(),
      createdAt: offer.createdAt.toISOString(),
    })),
    expiresAt: row.expiresAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
  };
}
