import { z } from 'zod';
import type { Context } from '../../platform/context.ts';
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
} from '../../platform/http/index.ts';
import { formatDateZh } from '../../vocabulary/calendar.ts';
import type { IntendedUse } from '../../vocabulary/land-use.ts';
import { roles } from '../../vocabulary/permissions.ts';
import type { Text } from '../../vocabulary/text.ts';
import { dealSchema, toDeal } from '../deal-routes.ts';
import { readDeal } from '../deals.ts';
import { examples } from '../examples.ts';
import type { Caller } from '../reach.ts';
import { amountFen, intendedUseSchema, stepSchema, toStep } from '../wire.ts';
import { someTextPattern } from '../../vocabulary/shapes.ts';
import { alertKinds, foundUses } from './find-alerts.ts';
import { rentStates } from './rents.ts';
import { useTransitions, type UseAction } from './use-machine.ts';
import {
  acceptEnding,
  closeDeal,
  dropEnding,
  findUsageAlerts,
  readCheckIns,
  readDealRents,
  readPayments,
  recordCheckIn,
  recordPayment,
  requestEnding,
  reversePayment,
  useActionsOf,
  type CheckIn,
  type RentPayment,
  type UsageAlert,
} from './uses.ts';

const url = '/v1/deals/:id';

export function usageOperations(context: Context): Operation[] {
  return [
    ...rents(context),
    ...checkIns(context),
    alertsOperation(context),
    actionsOperation(context),
    ...endings(context),
  ];
}

// ── Rents ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const rentsSchema = z
  .object({
    dealId: z.uuid(),
    priceFen: z.int().describe('总价(分) · for the whole term, fen'),
    paidFen: z.int().describe('已收(分)'),
    overdueFen: z.int().describe('逾期未收(分) · of parts that are overdue'),
    rents: z.array(
      z.object({
        number: z.int(),
        dueOn: daySchema.describe('应付日 · the first day of what it pays for'),
        amountFen: z.int(),
        paidFen: z.int().describe('What came settles the oldest first'),
        state: z
          .enum(rentStates)
          .describe('已收、逾期、待收、免收 · `overdue` from the day after, `void`: the use ended before it fell due'),
      }),
    ),
  })
  .meta({ id: 'DealRents' });

const paymentSchema = z
  .object({
    id: z.uuid(),
    dealId: z.uuid(),
    amountFen: z.int().describe('金额(分) · below nothing when it takes another back'),
    paidOn: daySchema,
    reference: z.string(),
    reversesId: z.uuid().nullable().describe('冲正 · the payment that it takes back'),
    byRole: z.enum(roles).describe('Who recorded it, by role and never by name'),
    recordedAt: instantSchema,
  })
  .meta({ id: 'RentPayment' });

const reference = z.string().regex(someTextPattern).max(100);

function rents(context: Context): Operation[] {
  return [
    operation({
      method: 'GET',
      url: `${url}/rents`,
      id: 'getDealRents',
      tag: 'trade',
      summary: { zh: '应付租金:各期应付日、已收与逾期', en: 'The rents of a deal: due when, paid, overdue' },
      description:
        'As the terms make them: as many equal parts as were agreed, each due on the first day of what it pays for; together they are ' +
        'the price to the fen.',
      permission: 'usage:read',
      params: idParams,
      problems: ['not-found'],
      reply: { status: 200, schema: rentsSchema, example: examples.rents },
      async handle({ params, scope }) {
        const { row, rents: all } = await readDealRents(context, scope, params.id);
        const overdue = all.filter(({ state }) => state === 'overdue');
        const sum = (amounts: number[]) => amounts.reduce((total, each) => total + each, 0);
        return {
          ...{ dealId: row.id, priceFen: row.priceFen, rents: all },
          paidFen: sum(all.map(({ paidFen }) => paidFen)),
          overdueFen: sum(overdue.map((rent) => rent.amountFen - rent.paidFen)),
        };
      },
    }),
    operation({
      method: 'POST',
      url: `${url}/rent-payments`,
      id: 'recordRentPayment',
      tag: 'trade',
      summary: { zh: '登记收到的租金', en: 'Record rent that came' },
      description: 'By the offering side or an official; money is not moved here. No more than is left of the price.',
      permission: 'usage:write',
      params: idParams,
      body: z
        .strictObject({
          amountFen: amountFen.min(1).describe('金额(分) · fen'),
          paidOn: daySchema.describe('收款日期 · today or earlier'),
          reference: reference.describe('凭证号,不写人名 · the receipt; no person’s name'),
        })
        .meta({ id: 'NewRentPayment' }),
      bodyExample: { amountFen: 144_000, paidOn: '2026-11-20', reference: '回单 20261120-01' },
      problems: ['not-found', 'conflict'],
      reply: { status: 200, schema: paymentSchema, example: examples.payment },
      handle: async ({ params, body, ...call }) => toPayment(await recordPayment(context, call, params.id, body)),
    }),
    operation({
      method: 'GET',
      url: `${url}/rent-payments`,
      id: 'listRentPayments',
      tag: 'trade',
      summary: { zh: '租金收款记录,新的在前', en: 'Rent that came, newest first' },
      permission: 'usage:read',
      params: idParams,
      query: z.strictObject(pageQuery),
      problems: ['not-found'],
      reply: {
        status: 200,
        schema: pageOf(paymentSchema, 'RentPaymentPage'),
        example: { items: [examples.payment], nextCursor: null },
      },
      async handle({ params, query, scope }) {
        const page = { dealId: params.id, beforeId: decodeCursor(query.cursor, idKey)[0], limit: query.limit };
        return toPage(await readPayments(context, scope, page), query.limit, toPayment, ({ id }) => [id]);
      },
    }),
    operation({
      method: 'POST',
      url: '/v1/rent-payments/:id/reversal',
      id: 'reverseRentPayment',
      tag: 'trade',
      summary: { zh: '冲正一笔记错的收款', en: 'Take back a payment that was recorded wrongly' },
      description: 'By another payment of as much below nothing: what was recorded stays on record.',
      permission: 'usage:write',
      params: idParams,
      body: z
        .strictObject({ reference: reference.describe('原因或凭证号,不写人名 · why; no person’s name') })
        .meta({ id: 'ReversedRentPayment' }),
      bodyExample: { reference: '记错合同' },
      problems: ['not-found', 'conflict'],
      reply: { status: 200, schema: paymentSchema, example: examples.reversal },
      handle: async ({ params, body, ...call }) =>
        toPayment(await reversePayment(context, call, params.id, body.reference)),
    }),
  ];
}

function toPayment(row: RentPayment): z.input<typeof paymentSchema> {
  const { id, dealId, amountFen: fen, paidOn, reference: receipt, reversesId, byRole, recordedAt } = row;
  return {
    ...{ id, dealId, amountFen: fen, paidOn, reference: receipt, reversesId, byRole },
    recordedAt: recordedAt.toISOString(),
  };
}

// ── Check-ins ───────────────────────────────────────────────────────────────────────────────────────────────────────

const checkInSchema = z
  .object({
    id: z.uuid(),
    dealId: z.uuid(),
    found: z.enum(foundUses),
    useFound: intendedUseSchema.nullable(),
    note: z.string().nullable(),
    photoSha256: z.string().nullable(),
    byRole: z.enum(roles).describe('Who saw it, by role and never by name'),
    at: instantSchema,
  })
  .meta({ id: 'CheckIn' });

function checkIns(context: Context): Operation[] {
  return [
    operation({
      method: 'POST',
      url: `${url}/check-ins`,
      id: 'recordCheckIn',
      tag: 'trade',
      summary: { zh: '登记一次巡查:实际怎样使用', en: 'Record what is seen: how it is used' },
      description:
        'By the offering side or an official, from its first day on. Idle, or used for something else than was agreed, raises an alert; ' +
        'seen in use again, it is closed. The photo itself is not taken here: keep it, its hash says that it is the one.',
      permission: 'usage:write',
      params: idParams,
      body: z
        .strictObject({
          found: z.enum(foundUses).describe('在用、闲置、与约定用途不符 · as agreed, by nobody, for something else'),
          useFound: intendedUseSchema.optional().describe('实际用途 · what it is used for instead, if that is seen'),
          note: z.string().regex(someTextPattern).max(500).optional().describe('说明,不写人名 · no person’s name'),
          photoSha256: z
            .string()
            .length(64)
            .regex(/^[0-9a-f]{64}$/)
            .optional()
            .describe('照片的 SHA-256(十六进制) · of the photo, in hexadecimal'),
        })
        .meta({ id: 'NewCheckIn' }),
      bodyExample: { found: 'in-use', note: '水稻长势正常。', photoSha256: examples.checkIn.photoSha256 },
      problems: ['not-found', 'conflict'],
      reply: { status: 200, schema: checkInSchema, example: examples.checkIn },
      handle: async ({ params, body: { found, useFound, note, photoSha256 }, ...call }) =>
        toCheckIn(
          await recordCheckIn(context, call, params.id, {
            ...{ found, note: note ?? null, photoSha256: photoSha256 ?? null },
            useFound: (useFound as IntendedUse | undefined) ?? null,
          }),
        ),
    }),
    operation({
      method: 'GET',
      url: `${url}/check-ins`,
      id: 'listCheckIns',
      tag: 'trade',
      summary: { zh: '巡查记录,新的在前', en: 'What was seen, newest first' },
      permission: 'usage:read',
      params: idParams,
      query: z.strictObject(pageQuery),
      problems: ['not-found'],
      reply: {
        status: 200,
        schema: pageOf(checkInSchema, 'CheckInPage'),
        example: { items: [examples.checkIn], nextCursor: null },
      },
      async handle({ params, query, scope }) {
        const page = { dealId: params.id, beforeId: decodeCursor(query.cursor, idKey)[0], limit: query.limit };
        return toPage(await readCheckIns(context, scope, page), query.limit, toCheckIn, ({ id }) => [id]);
      },
    }),
  ];
}

function toCheckIn(row: CheckIn): z.input<typeof checkInSchema> {
  const { id, dealId, found, useFound, note, photoSha256, byRole, at } = row;
  return { id, dealId, found, useFound, note, photoSha256, byRole, at: at.toISOString() };
}

// ── Alerts ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const alertSchema = z
  .object({
    id: z.uuid(),
    dealId: z.uuid(),
    listingId: z.uuid(),
    divisionCode: z.string(),
    kind: z.enum(alertKinds).describe('租金逾期、用途不符、再次闲置'),
    text: textSchema,
    since: daySchema,
    amountFen: z.int().nullable().describe('逾期未收(分) · of overdue rents, all together'),
    checkInId: z.uuid().nullable().describe('What was seen; null of `idle-again`: nobody has looked'),
    raisedAt: instantSchema,
    closedAt: instantSchema.nullable().describe('When what it tells of was mended'),
  })
  .meta({ id: 'UsageAlert' });

function alertsOperation(context: Context): Operation {
  return operation({
    method: 'GET',
    url: '/v1/usage-alerts',
    id: 'listUsageAlerts',
    tag: 'trade',
    summary: { zh: '使用预警:租金逾期、用途不符、再次闲置', en: 'Alerts: rent overdue, other use, idle again' },
    description:
      'For officials of the village, town and county in which the resource lies, and both sides. Looked for once a day and at every ' +
      'payment and check-in; an alert is closed by what mends it. How often somebody must look is in the county’s trade policy.',
    permission: 'usage:read',
    query: z.strictObject({
      state: z.enum(['standing', 'closed']).default('standing').describe('Those that stand, or those that are mended'),
      kind: z.enum(alertKinds).optional().describe('Only of this kind'),
      deal: idSchema.optional().describe('Only of this deal'),
      ...pageQuery,
    }),
    reply: {
      status: 200,
      schema: pageOf(alertSchema, 'UsageAlertPage'),
      example: { items: [examples.usageAlert], nextCursor: null },
    },
    async handle({ query, scope }) {
      const rows = await findUsageAlerts(context, scope, {
        ...{ kind: query.kind, state: query.state, dealId: query.deal },
        beforeId: decodeCursor(query.cursor, idKey)[0],
        limit: query.limit,
      });
      return toPage(rows, query.limit, toAlert, ({ id }) => [id]);
    },
  });
}

function toAlert(row: UsageAlert): z.input<typeof alertSchema> {
  const { id, dealId, listingId, kind, since, amountFen: fen, checkInId } = row;
  return {
    ...{ id, dealId, listingId, kind, since, amountFen: fen, checkInId, text: say(row) },
    divisionCode: row.region,
    raisedAt: row.raisedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
  };
}

function say({ kind, since, amountFen: fen, checkInId }: UsageAlert): Text {
  const day = formatDateZh(since);
  if (kind === 'rent-overdue') {
    return { zh: `${day}起应付的租金逾期,共 ${fen} 分。`, en: `Rent due from ${since} on is overdue: ${fen} fen.` };
  }
  if (kind === 'other-use') {
    return {
      zh: `${day}巡查发现用途与约定不符。`,
      en: `Seen on ${since}: used for something else than was agreed.`,
    };
  }
  return checkInId === null
    ? { zh: `自${day}起无人巡查,视为再次闲置。`, en: `Nobody has looked since ${since}: it counts as idle again.` }
    : { zh: `${day}巡查发现闲置。`, en: `Seen on ${since}: idle.` };
}

// ── The end ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const actionsSchema = z.object({ actions: z.array(stepSchema) }).meta({ id: 'DealActions' });

function actionsOperation(context: Context): Operation {
  return operation({
    method: 'GET',
    url: `${url}/actions`,
    id: 'getDealActions',
    tag: 'trade',
    summary: { zh: '我现在能办什么、为何不能', en: 'What the caller may do with it now, and why not' },
    permission: 'usage:read',
    params: idParams,
    problems: ['not-found'],
    reply: { status: 200, schema: actionsSchema, example: examples.dealActions },
    async handle({ params, scope, principal }) {
      const { row } = await readDeal(context, scope, params.id);
      const all = useActionsOf(context, row, scope, principal);
      return { actions: all.map(({ action, step }) => toStep(action, useTransitions[action].label, step)) };
    },
  });
}

interface EndStep {
  id: string;
  summary: Text;
  description: string;
  example: z.input<typeof dealSchema>;
  take: (context: Context, caller: Caller, id: string) => Promise<void>;
}

const answers: Partial<Record<UseAction, EndStep>> = {
  'ending-acceptance': {
    ...{ id: 'acceptDealEnding', example: examples.ended, take: acceptEnding },
    summary: { zh: '同意提前终止', en: 'Agree to an early end' },
    description: 'By the side that was asked. It ends today; the resource is free from tomorrow, and on offer again.',
  },
  'ending-refusal': {
    ...{ id: 'refuseDealEnding', example: examples.deal },
    summary: { zh: '不同意提前终止', en: 'Refuse an early end' },
    description: 'By the side that was asked: it goes on.',
    take: (...call) => dropEnding(...call, 'ending-refusal'),
  },
  'ending-withdrawal': {
    ...{ id: 'withdrawDealEnding', example: examples.deal },
    summary: { zh: '撤回提前终止申请', en: 'Withdraw the wish for an early end' },
    description: 'By the side that asked: it goes on.',
    take: (...call) => dropEnding(...call, 'ending-withdrawal'),
  },
};

const whyEnded = z.strictObject({
  reason: z.string().regex(someTextPattern).max(200).describe('原因,不写人名 · why; no person’s name'),
});

function endings(context: Context): Operation[] {
  const problems = ['not-found', 'conflict'] as const;
  const after = async (scope: Caller['scope'], id: string) => toDeal(await readDeal(context, scope, id));
  return [
    operation({
      method: 'POST',
      url: `${url}/ending`,
      id: 'requestDealEnding',
      tag: 'trade',
      summary: { zh: '申请提前终止', en: 'Ask the other side for an early end' },
      description: 'By either side. It ends once the other agrees, and until then goes on.',
      permission: useTransitions.ending.permission,
      params: idParams,
      body: whyEnded.meta({ id: 'RequestedEnding' }),
      bodyExample: { reason: '订单减少,不再需要该场地。' },
      problems,
      reply: { status: 200, schema: dealSchema, example: examples.ending },
      async handle({ params, body, ...call }) {
        await requestEnding(context, call, params.id, body.reason);
        return after(call.scope, params.id);
      },
    }),
    ...Object.entries(answers).map(([action, { take, example, ...rest }]) =>
      operation({
        method: 'POST',
        url: `${url}/${action}`,
        tag: 'trade',
        ...rest,
        permission: useTransitions[action as UseAction].permission,
        params: idParams,
        problems,
        reply: { status: 200, schema: dealSchema, example },
        async handle({ params, ...call }) {
          await take(context, call, params.id);
          return after(call.scope, params.id);
        },
      }),
    ),
    operation({
      method: 'POST',
      url: `${url}/closure`,
      id: 'closeDeal',
      tag: 'trade',
      summary: { zh: '依裁决终止,登记文书号', en: 'Record the ruling that ends a deal' },
      description:
        'By an official, where both sides do not agree: a court, an arbitration or a mediation has ended it. It ends today.',
      permission: useTransitions.closure.permission,
      params: idParams,
      body: z
        .strictObject({ document: reference.describe('裁决、调解文书号 · number of the ruling') })
        .meta({ id: 'ClosedDeal' }),
      bodyExample: { document: '衢江农仲案〔2028〕3号裁决书' },
      problems,
      reply: { status: 200, schema: dealSchema, example: examples.closed },
      async handle({ params, body, ...call }) {
        await closeDeal(context, call, params.id, body.document);
        return after(call.scope, params.id);
      },
    }),
  ];
}
