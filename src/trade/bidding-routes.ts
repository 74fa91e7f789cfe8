import { z } from 'zod';
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
import type { Party } from '../parties/index.ts';
import type { Scope } from '../platform/database.ts';
import type { IntendedUse } from '../vocabulary/land-use.ts';
import { someTextPattern } from '../vocabulary/shapes.ts';
import type { Text } from '../vocabulary/text.ts';
import { biddingLabels, biddingStates, biddingTransitions } from './bidding-machine.ts';
import {
  applyForBidding,
  biddingActionsOf,
  cancelBidding,
  certifyBidding,
  findBiddings,
  openBidding,
  publishNotice,
  readBidding,
  readSides,
  recordMediaNotice,
  relistBidding,
  type Bidding,
} from './biddings.ts';
import { examples } from './examples.ts';
import type { Caller } from './reach.ts';
import { amountFen, partySchema, statedTerms, stepSchema, toStep, wantedTerms } from './wire.ts';

const url = '/v1/biddings';

const biddingSchema = z
  .object({
    id: z.uuid(),
    listingId: z.uuid(),
    divisionCode: z.string(),
    seller: partySchema,
    state: z.enum(biddingStates),
    stateLabel: textSchema,
    attempt: z.int().describe('第几次挂牌'),
    previousId: z.uuid().nullable().describe('The bidding that failed before it'),
    ...statedTerms,
    instalments: z.int(),
    reservePriceFen: z.int().describe('底价(分),整个期限 · for the whole term, fen'),
    depositFen: z.int().describe('保证金(分) · deposit of each bidder'),
    noticedAt: instantSchema.nullable(),
    closesAt: instantSchema.nullable().describe('公告截止 · until when parties register and bid'),
    owesMediaNotice: z.boolean().describe('须媒体公告 · the county asks for the notice in the media too'),
    mediaNotice: z.object({ medium: z.string(), publishedOn: daySchema }).nullable().describe('媒体公告'),
    openedAt: instantSchema.nullable(),
    bidCount: z.int().nullable(),
    winner: partySchema.nullable(),
    winningFen: z.int().nullable().describe('成交价(分)'),
    publicUntil: instantSchema.nullable().describe('结果公示截止 · until when anybody may object'),
    reason: z.string().nullable().describe('Why it was cancelled'),
    certificateNumber: z.string().nullable().describe('鉴证书编号'),
    certifiedAt: instantSchema.nullable(),
    createdAt: instantSchema,
  })
  .meta({ id: 'Bidding' });

const actionsSchema = z.object({ actions: z.array(stepSchema) }).meta({ id: 'BiddingActions' });

export function biddingOperations(context: Context): Operation[] {
  return [
    ...reading(context),
    applying(context),
    ...steps(context),
    mediaNotice(context),
    cancelling(context),
    relisting(context),
  ];
}

function applying(context: Context): Operation {
  return operation({
    method: 'POST',
    url,
    id: 'createBidding',
    tag: 'trade',
    summary: { zh: '申请公开交易', en: 'Apply for an open bidding of one’s own resource' },
    description:
      'The use, the term and the reserve price are stated by the owner. After the notice every bid is opened at once; the result is ' +
      'public before it is certified. How many working days each lasts is in the county’s trade policy, as is the deposit.',
    permission: 'trades:write',
    body: z
      .strictObject({
        listingId: idSchema,
        ...wantedTerms,
        reservePriceFen: amountFen.describe('底价(分),整个期限 · for the whole term, fen'),
        instalments: z.int().min(1).max(120).optional().describe('分几期付,不填为一次 · equal parts; left out: 1'),
      })
      .meta({ id: 'NewBidding' }),
    bodyExample: {
      listingId: examples.bidding.listingId,
      ...{ intendedUse: 'grain', startsOn: '2027-01-01', endsOn: '2029-12-31' },
      ...{ reservePriceFen: 400_000, instalments: 3 },
    },
    problems: ['conflict'],
    reply: { status: 201, location: `${url}/:id`, schema: biddingSchema, example: examples.applied },
    handle: async ({ body, ...call }) =>
      toBidding(
        context,
        call.visitor,
        await applyForBidding(context, call, {
          ...body,
          intendedUse: body.intendedUse as IntendedUse | null,
          pieces: body.pieces ?? 1,
          instalments: body.instalments ?? 1,
        }),
      ),
  });
}

interface StepOperation {
  path: string;
  id: string;
  summary: Text;
  example: z.input<typeof biddingSchema>;
  take: (context: Context, caller: Caller, id: string) => Promise<Bidding>;
}

const officialSteps: readonly StepOperation[] = [
  {
    ...{ path: 'notice', id: 'publishBidding', example: examples.bidding },
    summary: { zh: '发布交易公告', en: 'Publish the notice: parties may register and bid' },
    take: (...call) => publishNotice(...call),
  },
  {
    ...{ path: 'opening', id: 'openBidding', example: examples.opened },
    summary: { zh: '开标:产生成交方,或流拍', en: 'Open the bids: somebody wins, or it has failed' },
    take: (...call) => openBidding(...call),
  },
  {
    ...{ path: 'certification', id: 'certifyBidding', example: examples.certified },
    summary: { zh: '公示期满,出具鉴证书', en: 'Certify the deal once its publicity is over' },
    take: (...call) => certifyBidding(...call),
  },
];

function steps(context: Context): Operation[] {
  return officialSteps.map(({ path, id, summary, example, take }) =>
    operation({
      method: 'POST',
      url: `${url}/:id/${path}`,
      ...{ id, summary, tag: 'trade' },
      permission: 'trades:supervise',
      params: idParams,
      problems: ['not-found', 'conflict'],
      reply: { status: 200, schema: biddingSchema, example },
      handle: async ({ params, ...call }) => toBidding(context, call.visitor, await take(context, call, params.id)),
    }),
  );
}

function mediaNotice(context: Context): Operation {
  return operation({
    method: 'POST',
    url: `${url}/:id/media-notice`,
    id: 'recordMediaNotice',
    tag: 'trade',
    summary: { zh: '登记媒体公告', en: 'Record that the notice stood in the media' },
    description:
      'Where the reserve price reaches what the county’s trade policy says (`mediaNoticeFromFen`), bids are opened only after it. ' +
      'Recorded again before the opening, it is corrected.',
    permission: 'trades:supervise',
    params: idParams,
    body: z
      .strictObject({
        medium: z.string().regex(someTextPattern).max(100).describe('媒体名称 · name of the medium'),
        publishedOn: daySchema.describe('刊登日期 · within the days of the notice'),
      })
      .meta({ id: 'NewMediaNotice' }),
    bodyExample: examples.inMedia.mediaNotice,
    problems: ['not-found', 'conflict'],
    reply: { status: 200, schema: biddingSchema, example: examples.inMedia },
    handle: async ({ params, body, ...call }) =>
      toBidding(context, call.visitor, await recordMediaNotice(context, call, params.id, body)),
  });
}

function cancelling(context: Context): Operation {
  return operation({
    method: 'POST',
    url: `${url}/:id/cancellation`,
    id: 'cancelBidding',
    tag: 'trade',
    summary: { zh: '终止公开交易并说明原因', en: 'Cancel a bidding before its opening, with the reason' },
    permission: 'trades:write',
    params: idParams,
    body: z
      .strictObject({ reason: z.string().regex(someTextPattern).max(200).describe('Public; no person’s name') })
      .meta({ id: 'CancelledBidding' }),
    bodyExample: { reason: '出让方撤回申请。' },
    problems: ['not-found', 'conflict'],
    reply: { status: 200, schema: biddingSchema, example: examples.cancelled },
    handle: async ({ params, body, ...call }) =>
      toBidding(context, call.visitor, await cancelBidding(context, call, params.id, body.reason)),
  });
}

function relisting(context: Context): Operation {
  return operation({
    method: 'POST',
    url: `${url}/:id/relisting`,
    id: 'relistBidding',
    tag: 'trade',
    summary: { zh: '流拍后重新挂牌', en: 'List anew what has failed' },
    description:
      'As often, and as much cheaper each time, as the county’s trade policy lets it. The answer is a bidding of its own.',
    permission: 'trades:write',
    params: idParams,
    body: z
      .strictObject({ reservePriceFen: amountFen.describe('新的底价(分) · the new reserve price') })
      .meta({ id: 'RelistedBidding' }),
    bodyExample: { reservePriceFen: 360_000 },
    problems: ['not-found', 'conflict'],
    reply: { status: 201, location: `${url}/:id`, schema: biddingSchema, example: examples.relisted },
    handle: async ({ params, body, ...call }) =>
      toBidding(context, call.visitor, await relistBidding(context, call, params.id, body.reservePriceFen)),
  });
}

function reading(context: Context): Operation[] {
  return [
    operation({
      method: 'GET',
      url,
      id: 'listBiddings',
      tag: 'trade',
      summary: { zh: '公开交易公告与结果,新的在前', en: 'Notices and results of open biddings, newest first' },
      permission: 'biddings:read',
      query: z.strictObject({
        listing: idSchema.optional().describe('Only of this listing'),
        state: z.enum(biddingStates).optional().describe('Only those that stand so'),
        view: z
          .enum(['public', 'own'])
          .default('public')
          .describe('`own`: for the seller and officials, those without a notice too'),
        ...pageQuery,
      }),
      reply: {
        status: 200,
        schema: pageOf(biddingSchema, 'BiddingPage'),
        example: { items: [examples.opened], nextCursor: null },
      },
      async handle({ query, scope, visitor, principal }) {
        if (query.view === 'own' && principal.role === 'anonymous') throw new Problem('unauthenticated');
        const rows = await findBiddings(context, query.view === 'own' ? scope : visitor, {
          listingId: query.listing,
          state: query.state,
          beforeId: decodeCursor(query.cursor, idKey)[0],
          limit: query.limit,
        });
        const sides = await readSides(context, visitor, rows);
        return toPage(
          rows,
          query.limit,
          (row) => bodyOf(row, sides),
          ({ id }) => [id],
        );
      },
    }),
    operation({
      method: 'GET',
      url: `${url}/:id`,
      id: 'getBidding',
      tag: 'trade',
      summary: { zh: '一次公开交易', en: 'An open bidding' },
      permission: 'biddings:read',
      params: idParams,
      problems: ['not-found'],
      reply: { status: 200, schema: biddingSchema, example: examples.bidding },
      handle: async ({ params, ...call }) =>
        toBidding(context, call.visitor, await readBidding(context, call, params.id)),
    }),
    operation({
      method: 'GET',
      url: `${url}/:id/actions`,
      id: 'getBiddingActions',
      tag: 'trade',
      summary: { zh: '我现在能办什么、为何不能', en: 'What the caller may do with it now, and why not' },
      permission: 'biddings:read',
      params: idParams,
      problems: ['not-found'],
      reply: { status: 200, schema: actionsSchema, example: examples.actions },
      async handle({ params, ...call }) {
        const row = await readBidding(context, call, params.id);
        const all = biddingActionsOf(context, row, call.scope, call.principal);
        return { actions: all.map(({ action, step }) => toStep(action, biddingTransitions[action].label, step)) };
      },
    }),
  ];
}

async function toBidding(context: Context, visitor: Scope, row: Bidding): Promise<z.input<typeof biddingSchema>> {
  return bodyOf(row, await readSides(context, visitor, [row]));
}

function bodyOf(row: Bidding, sides: ReadonlyMap<string, Party>): z.input<typeof biddingSchema> {
  const { id, listingId, state, attempt, previousId, intendedUse, startsOn, endsOn, pieces, instalments } = row;
  const { reservePriceFen, depositFen, bidCount, winningFen, reason, certificateYear, certificateSerial } = row;
  const seller = partyOf(row.sellerId, sides);
  if (!seller) throw new Error('the seller of a bidding is registered');
  const instantOf = (at: Date | null) => at?.toISOString() ?? null;
  return {
    ...{ id, listingId, state, attempt, previousId, intendedUse, startsOn, endsOn, pieces, instalments },
    ...{ reservePriceFen, depositFen, bidCount, winningFen, reason, seller, owesMediaNotice: row.owesMediaNotice },
    mediaNotice:
      row.medium === null || row.mediaNoticedOn === null
        ? null
        : { medium: row.medium, publishedOn: row.mediaNoticedOn },
    divisionCode: row.region,
    stateLabel: biddingLabels[state],
    winner: row.winnerId === null ? null : partyOf(row.winnerId, sides),
    certificateNumber: certificateSerial === null ? null : `${row.county}〔${certificateYear}〕${certificateSerial}号`,
    noticedAt: instantOf(row.noticedAt),
    closesAt: instantOf(row.closesAt),
    openedAt: instantOf(row.openedAt),
    publicUntil: instantOf(row.publicUntil),
    certifiedAt: instantOf(row.certifiedAt),
    createdAt: row.createdAt.toISOString(),
  };
}

function partyOf(id: string, sides: ReadonlyMap<string, Party>): z.input<typeof partySchema> | null {
  const found = sides.get(id);
  return found ? { id, name: found.name, uscc: found.uscc } : null;
}
