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
  type Principal,
} from '../platform/http/index.ts';
import { divisionContains } from '../vocabulary/division-code.ts';
import { readProposal, readProposals, type ProposalWithLots } from './service.ts';
import { proposalStatuses } from './tables.ts';

const proposalSchema = z
  .object({
    id: z.uuid(),
    roundId: z.uuid(),
    orderId: z.uuid().describe('The listing of the processing order'),
    status: z.enum(proposalStatuses).describe('`superseded`: a later round decided anew'),
    share: z.number().describe('Of the quantity ordered: 1, 0.75 or 0.5'),
    startsOn: daySchema,
    endsOn: daySchema.describe('The first day after the run'),
    valueFen: z
      .number()
      .nullable()
      .describe('null for all but officials of the order’s division: it would tell what the order earns'),
    breakdown: z
      .record(z.string(), z.number())
      .nullable()
      .describe('What each term of the objective adds, in 分; null likewise'),
    reasons: z
      .array(textSchema)
      .describe('Why this match; what its terms are worth, for those alone who see `valueFen`'),
    conditions: z
      .array(z.object({ rule: z.string(), text: textSchema }))
      .describe('Permits that the use of the land needs before work may start'),
    lots: z.array(
      z.object({
        id: z.uuid(),
        siteId: z.uuid().describe('The listing of the workshop or venue'),
        divisionCode: z.string(),
        isHome: z.boolean().describe('Half of the first skill is done at home'),
        wageFen: z.int().describe('Wages of the lot over the whole run, in 分'),
        labour: z
          .array(z.object({ skill: z.string(), people: z.int(), hoursPerWeek: z.int(), isHome: z.boolean() }))
          .describe('How many people and hours, not who: names are shown after both sides have accepted'),
      }),
    ),
    createdAt: instantSchema,
  })
  .meta({ id: 'Proposal' });

const example: z.infer<typeof proposalSchema> = {
  id: '019aa5c2-7c00-7000-8000-000000000010',
  roundId: '019aa5c2-7c00-7000-8000-000000000011',
  orderId: '019aa5c2-7c00-7000-8000-000000000012',
  status: 'proposed',
  share: 1,
  startsOn: '2026-11-28',
  endsOn: '2026-12-19',
  valueFen: 2_845_300,
  breakdown: { order: 1_500_000, site: -8_200, labour: 1_353_500 },
  reasons: [{ zh: '湖仁村工坊离发料地 3.1 公里', en: 'The workshop of 湖仁村 is 3.1 km from the material' }],
  conditions: [],
  lots: [
    {
      id: '019aa5c2-7c00-7000-8000-000000000013',
      siteId: '019aa5c2-7c00-7000-8000-000000000014',
      divisionCode: '330803114242',
      isHome: false,
      wageFen: 1_152_000,
      labour: [{ skill: 'sewing', people: 12, hoursPerWeek: 240, isHome: false }],
    },
  ],
  createdAt: '2026-11-21T02:00:00.000Z',
};

/** The worth of a match begins with the margin of its order: it is told to whom the order's listing tells that. */
function toProposal(row: ProposalWithLots, principal: Principal): z.infer<typeof proposalSchema> {
  const { id, roundId, orderId, status, share, startsOn, endsOn, conditions } = row;
  const seesWorth = seesMarginOf(row, principal);
  return {
    ...{ id, roundId, orderId, status, share, startsOn, endsOn, conditions },
    reasons: row.reasons.filter(({ isOpen }) => seesWorth || isOpen === true).map(({ zh, en }) => ({ zh, en })),
    valueFen: seesWorth ? row.valueFen : null,
    breakdown: seesWorth ? row.breakdown : null,
    lots: row.lots.map((lot) => ({
      id: lot.id,
      siteId: lot.siteId,
      divisionCode: lot.region,
      isHome: lot.isHome,
      wageFen: lot.wageFen,
      labour: lot.labour,
    })),
    createdAt: row.createdAt.toISOString(),
  };
}

function seesMarginOf({ touches: [ofOrder = ''] }: ProposalWithLots, { role, divisionCode }: Principal): boolean {
  const isOfficial = role === 'official' || role === 'platform';
  return isOfficial && (divisionCode === undefined || divisionContains(divisionCode, ofOrder));
}

export function proposalOperations(context: Context): Operation[] {
  return [
    operation({
      method: 'GET',
      url: '/v1/proposals',
      id: 'listProposals',
      tag: 'proposals',
      summary: { zh: '撮合方案列表,附理由', en: 'Proposals with their reasons' },
      permission: 'proposals:read',
      query: z.strictObject({
        round: idSchema.optional().describe('Only of this round'),
        order: idSchema.optional().describe('Only for this order'),
        site: idSchema.optional().describe('Only with a lot on this site'),
        status: z.enum(proposalStatuses).optional().describe('Only those that stand so'),
        ...pageQuery,
      }),
      reply: {
        status: 200,
        schema: pageOf(proposalSchema, 'ProposalPage'),
        example: { items: [example], nextCursor: null },
      },
      async handle({ query, scope, principal }) {
        const [afterId] = decodeCursor(query.cursor, idKey);
        const rows = await readProposals(context, scope, {
          roundId: query.round,
          orderId: query.order,
          siteId: query.site,
          status: query.status,
          afterId,
          limit: query.limit,
        });
        return toPage(
          rows,
          query.limit,
          (row) => toProposal(row, principal),
          (row) => [row.id],
        );
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/proposals/:id',
      id: 'getProposal',
      tag: 'proposals',
      summary: { zh: '读取一个撮合方案', en: 'Read one proposal' },
      permission: 'proposals:read',
      params: idParams,
      problems: ['not-found'],
      reply: { status: 200, schema: proposalSchema, example },
      handle: async ({ params, scope, principal }) =>
        toProposal(await readProposal(context, scope, params.id), principal),
    }),
  ];
}
