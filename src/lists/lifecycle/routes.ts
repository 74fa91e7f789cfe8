import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Context } from '../../platform/context.ts';
import type { Scope } from '../../platform/database.ts';
import {
  daySchema,
  decodeCursor,
  idParams,
  instantSchema,
  operation,
  pageOf,
  pageQuery,
  readIfMatch,
  textSchema,
  toPage,
  type Operation,
  type Principal,
} from '../../platform/http/index.ts';
import { notFound, Problem } from '../../platform/problem.ts';
import { readGazetteer } from '../../regions/index.ts';
import { shanghaiDate } from '../../vocabulary/calendar.ts';
import { divisionContains } from '../../vocabulary/division-code.ts';
import { roles, type Permission } from '../../vocabulary/permissions.ts';
import { someTextPattern } from '../../vocabulary/shapes.ts';
import type { Text } from '../../vocabulary/text.ts';
import { examples as listExamples } from '../examples.ts';
import { readListing } from '../find-listings.ts';
import { decisionSchema, plainDateSchema } from '../kinds/index.ts';
import { toOwnListing } from '../own-listing.ts';
import { listingSchema } from '../schemas.ts';
import type { listing } from '../tables.ts';
import { examples } from './examples.ts';
import { guards, provisionalCalendar, publicityOf, type GuardName } from './guards.ts';
import { actorOf, takeStep } from './move-listing.ts';
import { readFacts } from './read-facts.ts';
import { readDecision, recordDecision } from './record-decision.ts';
import { reportOutdated } from './report-outdated.ts';
import { actionLabels, listingActions, listingStatuses, statusLabels, type ListingAction } from './states.ts';
import { listingMachines, stepListing, type MachineId } from './step-listing.ts';
import { listingTransition } from './tables.ts';
import { readTradePolicy, saveTradePolicy } from './trade-policies.ts';
import { defaultPolicy, tradeWays, type TradePolicy } from './trade-terms.ts';

export function lifecycleOperations(context: Context): Operation[] {
  return [
    ...steps(context),
    actionsOperation(context),
    historyOperation(context),
    reportOperation(context),
    ...decisionOperations(context),
    ...policyOperations(context),
  ];
}

// ── Steps ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What people ask for; the rest is done by the clock and by other rooms. */
const asked = {
  submission: { id: 'submitListing', permission: 'listings:write', zh: '提交审核', en: 'Submit a listing for review' },
  return: { id: 'returnListing', permission: 'listings:publish', zh: '退回', en: 'Return a listing to be mended' },
  approval: { id: 'approveListing', permission: 'listings:publish', zh: '审核通过', en: 'Approve a listing' },
  publication: { id: 'publishListing', permission: 'listings:publish', zh: '发布', en: 'Publish a listing' },
  withdrawal: { id: 'withdrawListing', permission: 'listings:write', zh: '撤下', en: 'Withdraw a listing' },
  renewal: { id: 'renewListing', permission: 'listings:write', zh: '续期', en: 'Say that a listing still holds' },
  closure: { id: 'closeListing', permission: 'listings:write', zh: '结束', en: 'Close a listing that is done with' },
} as const satisfies Partial<Record<ListingAction, Text & { id: string; permission: Permission }>>;
type AskedAction = keyof typeof asked;
const askedActions = Object.keys(asked) as [AskedAction, ...AskedAction[]];

const reasonsSchema = z
  .strictObject({
    reasons: z
      .string()
      .regex(someTextPattern)
      .max(500)
      .describe('退回原因,不写个人信息 · why, and how to mend it; no personal data'),
  })
  .meta({ id: 'ReturnedListing' });

type Caller = Pick<Parameters<Operation['handle']>[0], 'scope' | 'principal' | 'request'>;

function steps(context: Context): Operation[] {
  return askedActions.map((action) => {
    const { id, permission, ...summary } = asked[action];
    const declared = {
      ...{
        method: 'POST' as const,
        url: `/v1/listings/:id/${action}`,
        id,
        tag: 'listings' as const,
        summary,
        permission,
      },
      params: idParams,
      problems: ['not-found', 'forbidden', 'conflict'] as const,
      reply: { status: 200 as const, schema: listingSchema, example: listExamples.listing },
    };
    const take = async ({ scope, principal, request }: Caller, listingId: string, reason?: string) => {
      const expectedVersion = readIfMatch(request.headers['if-match']);
      await context.db.inScope(scope, (tx) =>
        takeStep(context, tx, listingId, { action, byRole: principal.role, reason, expectedVersion }),
      );
      return toOwnListing(context, scope, principal, listingId);
    };
    if (action !== 'return') return operation({ ...declared, handle: (call) => take(call, call.params.id) });
    return operation({
      ...declared,
      body: reasonsSchema,
      bodyExample: { reasons: '面积与不动产登记不符,请核对后重报' },
      handle: (call) => take(call, call.params.id, call.body.reasons),
    });
  });
}

const actionsSchema = z
  .object({
    status: z.enum(listingStatuses),
    statusLabel: textSchema,
    machine: z
      .enum(Object.keys(listingMachines) as [MachineId, ...MachineId[]])
      .describe('Edition of the way that it goes'),
    publicity: z
      .object({ until: daySchema, hasBegun: z.boolean(), warning: textSchema.nullable() })
      .nullable()
      .describe('公示 of the decision that it owes: its last day, in working days of the county'),
    doubt: z
      .object({ since: instantSchema, reason: z.string().nullable().describe('Null: nobody touched it for long') })
      .nullable()
      .describe('疑似失效: its owner renews it if it holds still, or else withdraws it'),
    actions: z.array(
      z.object({
        action: z.enum(askedActions),
        label: textSchema,
        isOpen: z.boolean().describe('The caller may do it now: POST /v1/listings/{id}/{action}'),
        to: z.enum(listingStatuses).nullable().describe('Where it leads'),
        why: textSchema.nullable().describe('Why not'),
        guards: z
          .array(
            z.object({
              guard: z.enum(Object.keys(guards) as [GuardName, ...GuardName[]]),
              why: textSchema,
              mend: textSchema,
            }),
          )
          .describe('What does not hold, and how to mend it'),
      }),
    ),
  })
  .meta({ id: 'ListingActions' });

function actionsOperation(context: Context): Operation {
  return operation({
    method: 'GET',
    url: '/v1/listings/:id/actions',
    id: 'getListingActions',
    tag: 'listings',
    summary: { zh: '现在可以怎么办,办不了的原因', en: 'What the caller may do now, and why not the rest' },
    permission: 'listings:read',
    params: idParams,
    problems: ['not-found'],
    reply: { status: 200, schema: actionsSchema, example: examples.actions },
    async handle({ params, scope, principal }) {
      const { row } = await readOwn(context, scope, principal, params.id);
      const facts = await context.db.inScope(scope, (tx) => readFacts(context, tx, row));
      const publicity = publicityOf(facts);
      const { status, machine } = row;
      return {
        ...{ status, machine, statusLabel: statusLabels[status] },
        publicity: publicity && {
          ...{ until: publicity.until, hasBegun: publicity.hasBegun },
          warning: publicity.isProvisional ? provisionalCalendar : null,
        },
        doubt: row.dormantSince && {
          ...{ since: row.dormantSince.toISOString(), reason: await readDoubt(context, scope, row.id) },
        },
        actions: askedActions.map((action) => {
          const label = actionLabels[action];
          const step = principal.permissions.has(asked[action].permission)
            ? stepListing(action, row, facts, actorOf(principal.role))
            : { refused: 'caller' as const, why: notYours };
          if ('to' in step) return { action, label, isOpen: true, to: step.to, why: null, guards: [] };
          const faults = 'faults' in step ? step.faults : [];
          return { action, label, isOpen: false, to: null, why: step.why, guards: faults };
        }),
      };
    },
  });
}

/** What was said when it was flagged last. */
async function readDoubt({ db }: Context, scope: Scope, listingId: string): Promise<string | null> {
  const [last] = await db.inScope(scope, (tx) =>
    tx
      .select({ reason: listingTransition.reason })
      .from(listingTransition)
      .where(and(eq(listingTransition.listingId, listingId), eq(listingTransition.action, 'dormancy')))
      .orderBy(desc(listingTransition.at), desc(listingTransition.id))
      .limit(1),
  );
  return last?.reason ?? null;
}

const notYours: Text = { zh: '当前身份无权进行此操作。', en: 'Your role may not do this.' };

/** Its owner, whoever it is about, officials. @throws Problem not-found for everybody else */
async function readOwn(
  context: Context,
  scope: Parameters<typeof readListing>[1]['scope'],
  principal: Principal,
  id: string,
): Promise<{ row: typeof listing.$inferSelect }> {
  const { row } = await readListing(context, { scope, visitor: scope }, id);
  const { partyId, personIds } = principal;
  const isOfficial = scope.audience === 'division';
  const isOwner = (partyId !== undefined && partyId === row.ownerId) || personIds.includes(row.personId ?? '');
  if (!isOfficial && !isOwner) throw notFound();
  return { row };
}

// ── History ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const transitionSchema = z
  .object({
    action: z.enum(listingActions),
    label: textSchema,
    from: z.enum(listingStatuses),
    to: z.enum(listingStatuses),
    byRole: z.enum([...roles, 'system']).describe('Who, by role and never by name'),
    reason: z.string().nullable(),
    machine: z.string(),
    at: instantSchema,
  })
  .meta({ id: 'ListingTransition' });

const historyKey = z.tuple([z.iso.datetime(), z.uuid()]);

function historyOperation(context: Context): Operation {
  return operation({
    method: 'GET',
    url: '/v1/listings/:id/history',
    id: 'listListingHistory',
    tag: 'listings',
    summary: { zh: '流转记录', en: 'What became of a listing, step by step' },
    permission: 'listings:read',
    params: idParams,
    query: z.strictObject(pageQuery),
    problems: ['not-found'],
    reply: {
      status: 200,
      schema: pageOf(transitionSchema, 'ListingTransitionPage'),
      example: { items: [examples.transition], nextCursor: null },
    },
    async handle({ params, query, scope, principal }) {
      await readOwn(context, scope, principal, params.id);
      const [at, id] = decodeCursor(query.cursor, historyKey);
      const rows = await context.db.inScope(scope, (tx) =>
        tx
          .select()
          .from(listingTransition)
          .where(
            sql`${listingTransition.listingId} = ${params.id} and ${
              at === undefined ? sql`true` : sql`(at, id) > (${at}::timestamptz, ${id}::uuid)`
            }`,
          )
          .orderBy(asc(listingTransition.at), asc(listingTransition.id))
          .limit(query.limit + 1),
      );
      return toPage(
        rows,
        query.limit,
        ({ action, from, to, byRole, reason, machine, at: instant }) => ({
          ...{ action, from, to, byRole, reason, machine, label: actionLabels[action] },
          at: instant.toISOString(),
        }),
        (row) => [row.at.toISOString(), row.id],
      );
    },
  });
}

// ── 信息已失效 ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function reportOperation(context: Context): Operation {
  return operation({
    method: 'POST',
    url: '/v1/listings/:id/outdated-reports',
    id: 'reportOutdatedListing',
    tag: 'listings',
    summary: { zh: '反映信息已失效', en: 'Say that a listing is no longer true' },
    description:
      'Three different people, or one official of its division, are believed: it is flagged and its owner told.',
    permission: 'listings:report',
    params: idParams,
    problems: ['not-found', 'conflict'],
    reply: {
      status: 200,
      schema: z
        .object({
          reports: z.int().describe('By how many, since its owner last confirmed it'),
          isDormant: z.boolean().describe('疑似失效: it is flagged now'),
        })
        .meta({ id: 'OutdatedReport' }),
      example: { reports: 1, isDormant: false },
    },
    async handle({ params, scope, visitor, principal }) {
      const { row } = await readListing(context, { scope, visitor }, params.id);
      return reportOutdated(context, scope, principal, row.id);
    },
  });
}

// ── 集体决议 ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const decisionOfListingSchema = z
  .object({ ...decisionSchema.shape, version: z.int().describe('Of the listing: send it as If-Match') })
  .meta({ id: 'CollectiveDecision' });

function decisionOperations(context: Context): Operation[] {
  const reply = { status: 200 as const, schema: decisionOfListingSchema, example: examples.decision };
  const { version: _version, ...bodyExample } = examples.decision;
  return [
    operation({
      method: 'GET',
      url: '/v1/listings/:id/decision',
      id: 'getCollectiveDecision',
      tag: 'listings',
      summary: { zh: '读取集体决议', en: 'Read the decision behind a collective’s asset' },
      permission: 'listings:read',
      params: idParams,
      problems: ['not-found'],
      reply,
      async handle({ params, scope, visitor }) {
        const { row, isOwn } = await readListing(context, { scope, visitor }, params.id);
        return { ...(await readDecision(context, isOwn ? scope : visitor, row.id)), version: row.version };
      },
    }),
    operation({
      method: 'PUT',
      url: '/v1/listings/:id/decision',
      id: 'recordCollectiveDecision',
      tag: 'listings',
      summary: { zh: '登记集体决议(四议两公开)', en: 'Record what the members of a collective decided' },
      description:
        'Replaces what stood. What was under review is a draft again: something else was decided than was read.',
      permission: 'listings:write',
      params: idParams,
      body: decisionSchema,
      bodyExample,
      problems: ['not-found', 'conflict'],
      reply,
      async handle({ params, body, scope, principal, request }) {
        const expectedVersion = readIfMatch(request.headers['if-match']);
        const version = await context.db.inScope(scope, (tx) =>
          recordDecision(
            context,
            tx,
            { listingId: params.id, decision: body },
            { byRole: principal.role, expectedVersion },
          ),
        );
        return { ...body, version };
      },
    }),
  ];
}

// ── 交易规则 ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const days = z.int().min(0).max(130);
const termsShape = {
  publicityWorkingDays: days.describe('集体决议公示工作日 · working days that a decision is put up before publishing'),
  noticeWorkingDays: days.describe('交易公告期工作日 · working days of the notice'),
  resultPublicityWorkingDays: days.describe('成交公示期工作日 · working days that a result is put up'),
  openTradeFromFen: z.int().min(0).max(1e13).describe('须公开交易的起点(分) · from this on traded in the open'),
  mediaNoticeFromFen: z
    .int()
    .min(0)
    .max(1e13)
    .describe('须在县级媒体公告的起点(分) · reserve price from which the notice stands in the media too'),
  depositPermille: z.int().min(0).max(1000).describe('保证金(‰) · deposit, per mille of the reserve price'),
  ways: z.array(z.enum(tradeWays)).min(1).max(tradeWays.length).describe('准许的交易方式:招标、拍卖、挂牌、公开协商'),
  relistTimesMax: z.int().min(0).max(20).describe('流拍后最多重新挂牌次数 · how often it may be offered again'),
  relistPriceCutPermilleMax: z.int().min(0).max(1000).describe('每次最多降价(‰) · how much cheaper each time'),
  monthsUntilDormant: z.int().min(1).max(60).describe('多少个月未更新视为疑似失效 · untouched so long it is flagged'),
  monthsBetweenCheckIns: z
    .int()
    .min(1)
    .max(60)
    .describe('成交后多少个月未巡查视为再次闲置 · a deal at which nobody looked for so long counts as idle again'),
};
const newTermsShape = {
  ...termsShape,
  monthsBetweenCheckIns: termsShape.monthsBetweenCheckIns
    .optional()
    .describe(`成交后多少个月未巡查视为再次闲置 · left out: ${defaultPolicy.terms.monthsBetweenCheckIns}`),
};

const policyShape = {
  validFrom: plainDateSchema,
  source: z.string().regex(someTextPattern).max(200).describe('依据文件 · the document that lays it down'),
};
const newPolicySchema = z
  .strictObject({ ...policyShape, terms: z.strictObject(newTermsShape).meta({ id: 'NewTradeTerms' }) })
  .meta({ id: 'NewTradePolicy' });
const tradePolicySchema = z
  .object({
    divisionCode: z.string(),
    ...policyShape,
    terms: z.object(termsShape).meta({ id: 'TradeTerms' }),
    isDefault: z.boolean().describe('The county has laid down nothing: these are the platform’s, to be confirmed'),
    version: z.int(),
  })
  .meta({ id: 'TradePolicy' });

const countyParams = z.strictObject({
  division: z
    .string()
    .length(6)
    .regex(/^\d{6}$/)
    .describe('区县代码 · code of a county'),
});

function policyOperations(context: Context): Operation[] {
  const reply = { status: 200 as const, schema: tradePolicySchema, example: examples.tradePolicy };
  const { validFrom, source, terms } = examples.tradePolicy;
  const toPolicy = (policy: TradePolicy) => ({ ...policy, isDefault: policy.version === 0 });
  const assertKnown = async (division: string) => {
    if (!(await readGazetteer(context)).find(division)) throw notFound();
  };
  return [
    operation({
      method: 'GET',
      url: '/v1/trade-policies/:division',
      id: 'getTradePolicy',
      tag: 'listings',
      summary: { zh: '读取本县交易规则', en: 'Read the trading terms of a county' },
      permission: 'lists:read',
      params: countyParams,
      query: z.strictObject({ on: plainDateSchema.optional().describe('In force on this day; left out: today') }),
      problems: ['not-found'],
      reply,
      async handle({ params, query, visitor }) {
        await assertKnown(params.division);
        const on = query.on ?? shanghaiDate(context.clock.now());
        return toPolicy(await context.db.inScope(visitor, (tx) => readTradePolicy(tx, params.division, on)));
      },
    }),
    operation({
      method: 'PUT',
      url: '/v1/trade-policies/:division',
      id: 'changeTradePolicy',
      tag: 'listings',
      summary: { zh: '制定本县交易规则', en: 'Lay down the trading terms of a county' },
      description: 'From `validFrom` on; what was in force before stays on record. Officials of the county.',
      permission: 'trade-policies:write',
      params: countyParams,
      body: newPolicySchema,
      bodyExample: { validFrom, source, terms },
      problems: ['not-found'],
      reply,
      async handle({ params: { division }, body, scope, principal, request }) {
        await assertKnown(division);
        if (principal.divisionCode !== undefined && !divisionContains(principal.divisionCode, division)) {
          throw new Problem('forbidden', {
            zh: '交易规则由本县工作人员制定。',
            en: 'The terms of a county are laid down by its own officials.',
          });
        }
        const expectedVersion = readIfMatch(request.headers['if-match']);
        const today = shanghaiDate(context.clock.now());
        const { monthsBetweenCheckIns = defaultPolicy.terms.monthsBetweenCheckIns, ...stated } = body.terms;
        const laidDown = { divisionCode: division, ...body, terms: { ...stated, monthsBetweenCheckIns } };
        const saved = await context.db.inScope(scope, (tx) =>
          saveTradePolicy(tx, laidDown, { expectedVersion, today }),
        );
        return toPolicy(saved);
      },
    }),
  ];
}
