import { z } from 'zod';
import type { Context } from '../platform/context.ts';
import {
  decodeCursor,
  idKey,
  idParams,
  instantSchema,
  operation,
  pageOf,
  pageQuery,
  toPage,
  type Operation,
} from '../platform/http/index.ts';
import { someTextPattern } from '../vocabulary/shapes.ts';
import { confirmDeposit, readBidders, registerBidder, returnDeposit, submitBid, type Bidder } from './bidders.ts';
import { readBidding } from './biddings.ts';
import { examples } from './examples.ts';
import { raiseObjection, readObjections, ruleOnObjection, type Objection } from './objections.ts';
import { depositWays, objectionStates } from './tables.ts';
import { amountFen } from './wire.ts';

const bidderSchema = z
  .object({
    id: z.uuid(),
    biddingId: z.uuid(),
    party: z.uuid(),
    depositWay: z.enum(depositWays).describe('保证金怎样交 · how the deposit is paid'),
    registeredAt: instantSchema,
    isMember: z.boolean().nullable().describe('本集体经济组织成员 · goes first on equal terms; null until confirmed'),
    depositReference: z.string().nullable(),
    depositConfirmedAt: instantSchema.nullable(),
    bidAt: instantSchema.nullable().describe('When it bid'),
    bidFen: z.int().nullable().describe('报价(分); null until the bids are opened'),
    depositReturnReference: z.string().nullable(),
    depositReturnedAt: instantSchema.nullable(),
  })
  .meta({ id: 'Bidder' });

const objectionSchema = z
  .object({
    id: z.uuid(),
    biddingId: z.uuid(),
    party: z.uuid(),
    state: z.enum(objectionStates),
    grounds: z.string(),
    ruling: z.string().nullable(),
    raisedAt: instantSchema,
    ruledAt: instantSchema.nullable(),
  })
  .meta({ id: 'BiddingObjection' });

const reference = z.string().regex(someTextPattern).max(100);
const words = z.string().regex(someTextPattern).max(500);

export function bidderOperations(context: Context): Operation[] {
  return [...registration(context), ...deposits(context), bidOperation(context), ...objections(context)];
}

function registration(context: Context): Operation[] {
  return [
    operation({
      method: 'POST',
      url: '/v1/biddings/:id/bidders',
      id: 'createBidder',
      tag: 'trade',
      summary: { zh: '报名竞买', en: 'Register as a bidder' },
      permission: 'trades:write',
      params: idParams,
      body: z
        .strictObject({ depositWay: z.enum(depositWays).describe('保证金怎样交 · how the deposit is paid') })
        .meta({ id: 'NewBidder' }),
      bodyExample: { depositWay: 'bank-transfer' },
      problems: ['not-found', 'conflict'],
      reply: { status: 200, schema: bidderSchema, example: examples.bidder },
      handle: async ({ params, body, ...call }) =>
        toBidder(await registerBidder(context, call, params.id, body.depositWay)),
    }),
    operation({
      method: 'GET',
      url: '/v1/biddings/:id/bidders',
      id: 'listBidders',
      tag: 'trade',
      summary: { zh: '竞买人:监管人员看全部,竞买人看自己', en: 'Bidders: officials see all, a bidder itself' },
      description: 'The seller sees them once the bids are opened. Until then nobody sees what was bid.',
      permission: 'trades:read',
      params: idParams,
      query: z.strictObject(pageQuery),
      problems: ['not-found'],
      reply: {
        status: 200,
        schema: pageOf(bidderSchema, 'BidderPage'),
        example: { items: [examples.bid], nextCursor: null },
      },
      async handle({ params, query, ...call }) {
        await readBidding(context, call, params.id);
        const [afterId] = decodeCursor(query.cursor, idKey);
        const rows = await readBidders(context, call.scope, { biddingId: params.id, afterId, limit: query.limit });
        return toPage(rows, query.limit, toBidder, ({ id }) => [id]);
      },
    }),
  ];
}

function deposits(context: Context): Operation[] {
  return [
    operation({
      method: 'POST',
      url: '/v1/bidders/:id/deposit',
      id: 'confirmDeposit',
      tag: 'trade',
      summary: { zh: '确认保证金到账', en: 'Record that the deposit has come' },
      description: 'Money is not moved here. Says too whether the party is a member of the collective.',
      permission: 'trades:supervise',
      params: idParams,
      body: z
        .strictObject({
          reference: reference.describe('回单编号 · number of the receipt'),
          isMember: z.boolean().describe('本集体经济组织成员 · a member of the collective'),
        })
        .meta({ id: 'ConfirmedDeposit' }),
      bodyExample: { reference: '回单 20261123-01', isMember: false },
      problems: ['not-found', 'conflict'],
      reply: { status: 200, schema: bidderSchema, example: examples.confirmed },
      handle: async ({ params, body, ...call }) => toBidder(await confirmDeposit(context, call, params.id, body)),
    }),
    operation({
      method: 'POST',
      url: '/v1/bidders/:id/deposit-return',
      id: 'returnDeposit',
      tag: 'trade',
      summary: { zh: '登记退还保证金', en: 'Record that the deposit was returned' },
      permission: 'trades:supervise',
      params: idParams,
      body: z
        .strictObject({ reference: reference.describe('回单编号 · number of the receipt') })
        .meta({ id: 'ReturnedDeposit' }),
      bodyExample: { reference: '回单 20261203-02' },
      problems: ['not-found', 'conflict'],
      reply: { status: 200, schema: bidderSchema, example: examples.returned },
      handle: async ({ params, body, ...call }) =>
        toBidder(await returnDeposit(context, call, params.id, body.reference)),
    }),
  ];
}

function bidOperation(context: Context): Operation {
  return operation({
    method: 'POST',
    url: '/v1/bidders/:id/bid',
    id: 'submitBid',
    tag: 'trade',
    summary: { zh: '一次性报价,开标前密封', en: 'Bid once; sealed until the opening' },
    permission: 'trades:write',
    params: idParams,
    body: z
      .strictObject({ bidFen: amountFen.describe('报价(分),整个期限 · for the whole term') })
      .meta({ id: 'NewBid' }),
    bodyExample: { bidFen: 432_000 },
    problems: ['not-found', 'conflict'],
    reply: { status: 200, schema: bidderSchema, example: examples.bid },
    handle: async ({ params, body, ...call }) => toBidder(await submitBid(context, call, params.id, body.bidFen)),
  });
}

function objections(context: Context): Operation[] {
  return [
    operation({
      method: 'POST',
      url: '/v1/biddings/:id/objections',
      id: 'createObjection',
      tag: 'trade',
      summary: { zh: '对结果提出异议', en: 'Object to a result while it is in publicity' },
      permission: 'trades:write',
      params: idParams,
      body: z
        .strictObject({ grounds: words.describe('理由,勿写个人信息 · no person’s name') })
        .meta({ id: 'NewObjection' }),
      bodyExample: { grounds: examples.objection.grounds },
      problems: ['not-found', 'conflict'],
      reply: { status: 200, schema: objectionSchema, example: examples.objection },
      handle: async ({ params, body, ...call }) =>
        toObjection(await raiseObjection(context, call, params.id, body.grounds)),
    }),
    operation({
      method: 'GET',
      url: '/v1/biddings/:id/objections',
      id: 'listObjections',
      tag: 'trade',
      summary: { zh: '异议:监管人员看全部,主体看自己的', en: 'Objections: officials see all, a party its own' },
      permission: 'trades:read',
      params: idParams,
      query: z.strictObject(pageQuery),
      problems: ['not-found'],
      reply: {
        status: 200,
        schema: pageOf(objectionSchema, 'BiddingObjectionPage'),
        example: { items: [examples.objection], nextCursor: null },
      },
      async handle({ params, query, ...call }) {
        await readBidding(context, call, params.id);
        const [afterId] = decodeCursor(query.cursor, idKey);
        const rows = await readObjections(context, call.scope, { biddingId: params.id, afterId, limit: query.limit });
        return toPage(rows, query.limit, toObjection, ({ id }) => [id]);
      },
    }),
    operation({
      method: 'POST',
      url: '/v1/bidding-objections/:id/ruling',
      id: 'settleObjection',
      tag: 'trade',
      summary: { zh: '裁定异议', en: 'Rule on an objection; one that is upheld ends the bidding' },
      permission: 'trades:supervise',
      params: idParams,
      body: z
        .strictObject({ state: z.enum(['dismissed', 'upheld']), ruling: words.describe('裁定理由 · why') })
        .meta({ id: 'ObjectionRuling' }),
      bodyExample: { state: 'dismissed', ruling: examples.ruled.ruling },
      problems: ['not-found', 'conflict'],
      reply: { status: 200, schema: objectionSchema, example: examples.ruled },
      handle: async ({ params, body, ...call }) => toObjection(await ruleOnObjection(context, call, params.id, body)),
    }),
  ];
}

const instantOf = (at: Date | null) => at?.toISOString() ?? null;

function toBidder(row: Bidder): z.input<typeof bidderSchema> {
  const { id, biddingId, partyId, depositWay, isMember, depositReference, bidFen, depositReturnReference } = row;
  return {
    ...{ id, biddingId, depositWay, isMember, depositReference, bidFen, depositReturnReference },
    party: partyId,
    registeredAt: row.registeredAt.toISOString(),
    depositConfirmedAt: instantOf(row.depositConfirmedAt),
    bidAt: instantOf(row.bidAt),
    depositReturnedAt: instantOf(row.depositReturnedAt),
  };
}

function toObjection(row: Objection): z.input<typeof objectionSchema> {
  const { id, biddingId, partyId, state, grounds, ruling } = row;
  return {
    ...{ id, biddingId, state, grounds, ruling },
    party: partyId,
    raisedAt: row.raisedAt.toISOString(),
    ruledAt: instantOf(row.ruledAt),
  };
}
