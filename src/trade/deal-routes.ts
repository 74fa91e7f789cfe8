import { z } from 'zod';
import type { Party } from '../parties/index.ts';
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
import { shanghaiDate } from '../vocabulary/calendar.ts';
import { readBookings } from './bookings.ts';
import { findDeals, readDeal, type DealWithParties } from './deals.ts';
import { examples } from './examples.ts';
import { sides } from './negotiation-machine.ts';
import { dealEnds } from './tables.ts';
import { dealLabels, dealStates } from './usage/use-machine.ts';
import { conditionsSchema, partySchema, statedTerms } from './wire.ts';

const contactedParty = partySchema.extend({
  contact: z
    .object({ office: z.string(), phone: z.string() })
    .describe('Opened to both sides because both have accepted'),
});

export const dealSchema = z
  .object({
    id: z.uuid(),
    listingId: z.uuid(),
    divisionCode: z.string(),
    way: z.enum(['negotiated', 'open-bidding']).describe('成交方式 · the way they came to terms'),
    negotiationId: z.uuid().nullable(),
    biddingId: z.uuid().nullable(),
    seller: contactedParty,
    buyer: contactedParty,
    state: z.enum(dealStates),
    stateLabel: textSchema,
    ...statedTerms,
    priceFen: z.int().describe('总价(分) · for the whole term, fen'),
    instalments: z.int(),
    conditions: conditionsSchema,
    mandateId: z.uuid().nullable().describe('委托书 · of the household whose contracted land it is'),
    concludedAt: instantSchema,
    endingSide: z.enum(sides).nullable().describe('Which side asks to end it early, or asked'),
    endingReason: z.string().nullable(),
    endedOn: daySchema.nullable().describe('使用的最后一天 · the last day of its use, once that is over'),
    endedBy: z.enum(dealEnds).nullable().describe('期满、双方协商或裁决 · its term, both sides, or a ruling'),
  })
  .meta({ id: 'Deal' });

const bookingSchema = z
  .object({ startsOn: daySchema, endsOn: daySchema.describe('Included'), pieces: z.int() })
  .meta({ id: 'ResourceBooking' });

export function dealOperations(context: Context): Operation[] {
  return [
    operation({
      method: 'GET',
      url: '/v1/deals',
      id: 'listDeals',
      tag: 'trade',
      summary: { zh: '成交列表,新的在前', en: 'Deals, newest first' },
      permission: 'trades:read',
      query: z.strictObject({
        listing: idSchema.optional().describe('Only about this listing'),
        state: z.enum(dealStates).optional().describe('Only those that stand so'),
        ...pageQuery,
      }),
      reply: {
        status: 200,
        schema: pageOf(dealSchema, 'DealPage'),
        example: { items: [examples.deal], nextCursor: null },
      },
      async handle({ query, scope }) {
        const rows = await findDeals(context, scope, {
          listingId: query.listing,
          state: query.state,
          beforeId: decodeCursor(query.cursor, idKey)[0],
          limit: query.limit,
        });
        return toPage(rows, query.limit, toDeal, ({ row }) => [row.id]);
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/deals/:id',
      id: 'getDeal',
      tag: 'trade',
      summary: { zh: '一笔成交及双方联系方式', en: 'A deal, with the contacts of both sides' },
      permission: 'trades:read',
      params: idParams,
      problems: ['not-found'],
      reply: { status: 200, schema: dealSchema, example: examples.deal },
      handle: async ({ params, scope }) => toDeal(await readDeal(context, scope, params.id)),
    }),
    operation({
      method: 'GET',
      url: '/v1/resource-bookings',
      id: 'listResourceBookings',
      tag: 'trade',
      summary: { zh: '一项资源的占用日历', en: 'When a resource is taken' },
      description: 'For everybody: periods and pieces, nothing of the parties.',
      permission: 'listings:read',
      query: z.strictObject({
        listing: idSchema.describe('Whose calendar'),
        from: daySchema.optional().describe('Those that end on this day or later; left out: today'),
        ...pageQuery,
      }),
      reply: {
        status: 200,
        schema: pageOf(bookingSchema, 'ResourceBookingPage'),
        example: { items: [examples.booking], nextCursor: null },
      },
      async handle({ query, visitor }) {
        const rows = await context.db.inScope(visitor, (tx) =>
          readBookings(tx, {
            listingId: query.listing,
            from: query.from ?? shanghaiDate(context.clock.now()),
            after: decodeCursor(query.cursor, idKey)[0],
            limit: query.limit,
          }),
        );
        return toPage(
          rows,
          query.limit,
          ({ startsOn, endsOn, pieces }) => ({ startsOn, endsOn, pieces }),
          ({ id }) => [id],
        );
      },
    }),
  ];
}

function toContactedParty(party: Party | undefined): z.input<typeof contactedParty> {
  if (!party) throw new Error('the parties of a deal are registered');
  const { id, name, uscc, contactOffice, contactPhone } = party;
  return { id, name, uscc, contact: { office: contactOffice, phone: contactPhone } };
}

export function toDeal({ row, seller, buyer }: DealWithParties): z.input<typeof dealSchema> {
  const { id, listingId, negotiationId, biddingId, state, intendedUse, startsOn, endsOn, pieces } = row;
  const { priceFen, instalments, conditions, mandateId, endingSide, endingReason, endedOn, endedBy } = row;
  return {
    ...{ id, listingId, negotiationId, biddingId, state, intendedUse, startsOn, endsOn, pieces },
    ...{ priceFen, instalments, conditions, mandateId, endingSide, endingReason, endedOn, endedBy },
    stateLabel: dealLabels[state],
    way: biddingId === null ? 'negotiated' : 'open-bidding',
    divisionCode: row.region,
    seller: toContactedParty(seller),
    buyer: toContactedParty(buyer),
    concludedAt: row.concludedAt.toISOString(),
  };
}
