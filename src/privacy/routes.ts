import { z } from 'zod';
import { labourPerson } from '../lists/index.ts';
import {
  consentChannelCodes,
  disclosePerson,
  disclosurePurposes,
  erasureReasons,
  lockPerson,
  maskPerson,
  readConsents,
  readWithdrawal,
  saveConsents,
  type Consent,
} from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import { daySchema, idParams, instantSchema, operation, readIfMatch, type Operation } from '../platform/http/index.ts';
import { notFound, Problem } from '../platform/problem.ts';
import { shanghaiDate } from '../vocabulary/calendar.ts';
import { correct } from './correct-person.ts';
import { reachPerson } from './county-scope.ts';
import { erase } from './erase-person.ts';
import { exportPerson } from './export-person.ts';
import { signOut } from './sign-out.ts';
import { withdrawConsent } from './withdraw-consent.ts';

const clearPersonSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    phone: z.string(),
    idNumber: z.string(),
    lowIncome: z.boolean().describe('低收入农户成员: sensitive, never shown but here'),
  })
  .meta({ id: 'ClearPerson' });

const consentSchema = z
  .object({
    id: z.uuid(),
    textVersion: z.string().describe('告知书版本'),
    channel: z.enum(consentChannelCodes),
    assistedBy: z.string().nullable().describe('The post of who helped, no name'),
    givenOn: daySchema,
    withdrawnOn: daySchema.nullable(),
    recordedBy: z.string(),
  })
  .meta({ id: 'Consent' });

const consentsSchema = z
  .object({ consents: z.array(consentSchema).describe('All of the person, newest first') })
  .meta({ id: 'Consents' });

const newConsentSchema = z
  .strictObject({
    textVersion: z.string().min(1).max(20).describe('告知书版本'),
    channel: z.enum(consentChannelCodes),
    assistedBy: z.string().min(1).max(40).optional().describe('Needed for `assisted`: the post, no name'),
    on: daySchema.describe('Not in the future'),
  })
  .refine(({ channel, assistedBy }) => channel !== 'assisted' || assistedBy !== undefined, {
    path: ['assistedBy'],
    message: 'assisted consent names the post of the assistant',
    params: { text: { zh: '代办的须填写代办岗位', en: 'assisted consent names the post of the assistant' } },
  })
  .meta({ id: 'NewConsent' });

const purposeSchema = z
  .enum(disclosurePurposes)
  .describe('用工联系 · 工资发放 · 核对身份 · 更正记录 · 本人申请 · 监督检查');

const newDisclosureSchema = z
  .strictObject({
    purpose: purposeSchema,
    note: z.string().min(1).max(200).optional().describe('Kept sealed, with the person’s data'),
  })
  .meta({ id: 'NewDisclosure' });

const disclosureSchema = z
  .object({ id: z.uuid(), purpose: purposeSchema, at: instantSchema, person: clearPersonSchema })
  .meta({ id: 'Disclosure' });

const correctionSchema = z
  .strictObject({
    name: labourPerson.shape.name.optional(),
    phone: labourPerson.shape.phone.optional().describe('Sessions of the phone before end at once'),
  })
  .refine(({ name, phone }) => name !== undefined || phone !== undefined, {
    message: 'nothing to correct',
    params: { text: { zh: '请填写要更正的姓名或电话', en: 'state the name or the phone that is right' } },
  })
  .meta({ id: 'PersonCorrection' });

const correctedPersonSchema = z
  .object({
    id: z.uuid(),
    name: z.string().describe('张*'),
    phone: z.string().describe('138****0000'),
    idNumber: z.string().describe('3308**********0013'),
    version: z.int().describe('Also the ETag'),
  })
  .meta({ id: 'CorrectedPerson' });

const erasureRequestSchema = z
  .strictObject({ reason: z.enum(erasureReasons).exclude(['retention']) })
  .meta({ id: 'ErasureRequest' });

const erasureSchema = z
  .object({
    personId: z.uuid().describe('Means nobody from now on'),
    erasedAt: instantSchema,
    reason: z.enum(erasureReasons),
    listingsRemoved: z.int(),
    importFilesRemoved: z.int().describe('Kept uploads in which the person stood'),
  })
  .meta({ id: 'Erasure' });

const exportSchema = z
  .object({
    person: clearPersonSchema.extend({ divisionCode: z.string(), recordedAt: instantSchema, updatedAt: instantSchema }),
    consents: z.array(consentSchema),
    listings: z.array(
      z.object({
        id: z.uuid(),
        status: z.string(),
        title: z.string(),
        divisionCode: z.string(),
        attributes: z.record(z.string(), z.unknown().describe('As in a listing of kind labour')),
        availableFrom: daySchema.nullable(),
        availableTo: daySchema.nullable(),
        publishedAt: instantSchema.nullable(),
      }),
    ),
    proposals: z
      .array(
        z.object({
          id: z.uuid(),
          orderId: z.uuid(),
          status: z.string(),
          startsOn: daySchema,
          endsOn: daySchema,
          skill: z.string(),
          hoursPerWeek: z.int(),
          isHome: z.boolean(),
        }),
      )
      .describe('What the person was proposed for; proposals bind nobody'),
    readings: z
      .array(z.object({ at: instantSchema, by: z.string(), purpose: z.string() }))
      .describe('Who was shown the clear values, this export included'),
  })
  .meta({ id: 'PersonExport' });

const id = '019aa5c2-7c00-7000-8000-000000000040';
const clearPerson = { id, name: '示例甲', phone: '13800000001', idNumber: '330803195803150013', lowIncome: false };
const consent = {
  id: '019aa5c2-7c00-7000-8000-000000000041',
  textVersion: '2026-1',
  channel: 'assisted' as const,
  assistedBy: '网格员',
  givenOn: '2026-11-01',
  withdrawnOn: null,
  recordedBy: 'key:gf_live_Ab12cd',
};
const at = '2026-11-21T02:00:00.000Z';
const personExport: z.input<typeof exportSchema> = {
  person: { ...clearPerson, divisionCode: '330803114242', recordedAt: at, updatedAt: at },
  consents: [consent],
  listings: [
    {
      id: '019aa5c2-7c00-7000-8000-000000000042',
      status: 'published',
      title: '缝纫、包装 每周20小时',
      divisionCode: '330803114242',
      attributes: { skills: ['sewing', 'packing'], hoursPerWeek: 20 },
      availableFrom: null,
      availableTo: null,
      publishedAt: at,
    },
  ],
  proposals: [],
  readings: [{ at, by: 'key:gf_live_Ab12cd', purpose: 'export' }],
};

const toConsent = (row: Consent): z.input<typeof consentSchema> => ({
  id: row.id,
  textVersion: row.textVersion,
  channel: row.channel,
  assistedBy: row.assistedBy,
  givenOn: row.givenOn,
  withdrawnOn: row.withdrawnOn,
  recordedBy: row.recordedBy,
});

/** Clear values pass by once: neither a browser nor a proxy may keep them. */
const keepNowhere = (reply: { header(name: string, value: string): unknown }) =>
  reply.header('cache-control', 'no-store');

/** @throws Problem unprocessable when nobody can have agreed on that day, or the withdrawal came after it. */
function refuseDay(on: string, { today, after }: { today: string; after: string | undefined }): void {
  if (on > today) {
    throw new Problem('unprocessable', {
      zh: '同意日期不能晚于今天。',
      en: 'Nobody can have agreed on a day to come.',
    });
  }
  if (after !== undefined && on <= after) {
    throw new Problem('unprocessable', {
      zh: `本人已于 ${after} 撤回同意,新的同意须晚于该日。`,
      en: `The person withdrew on ${after}: a new consent must be of a later day.`,
    });
  }
}

export function privacyOperations(context: Context): Operation[] {
  return [
    operation({
      method: 'POST',
      url: '/v1/persons/:id/disclosures',
      id: 'disclosePerson',
      tag: 'persons',
      summary: {
        zh: '查阅个人明文信息:须说明目的,留痕',
        en: 'Be shown a person’s clear values, for a purpose, on record',
      },
      permission: 'persons:disclose',
      params: idParams,
      body: newDisclosureSchema,
      bodyExample: { purpose: 'arrange-work' as const, note: '联系到岗时间' },
      problems: ['not-found'],
      reply: {
        status: 201,
        schema: disclosureSchema,
        example: { id: '019aa5c2-7c00-7000-8000-000000000043', purpose: 'arrange-work', at, person: clearPerson },
      },
      async handle({ params, body, scope, reply }) {
        const { subject, ofCounty } = await reachPerson(context, scope, params.id);
        const shown = await context.db.inScope(ofCounty, (tx) =>
          disclosePerson(context, tx, subject, { ...body, note: body.note, disclosedTo: scope.actor }),
        );
        if (!shown) throw notFound();
        keepNowhere(reply);
        void reply.header('etag', `"${subject.version}"`);
        const { disclosure, identity } = shown;
        return {
          id: disclosure.id,
          purpose: disclosure.purpose,
          at: disclosure.createdAt.toISOString(),
          person: { id: subject.id, ...identity },
        };
      },
    }),
    operation({
      method: 'PATCH',
      url: '/v1/persons/:id',
      id: 'correctPerson',
      tag: 'persons',
      summary: { zh: '更正姓名或电话', en: 'Correct a name or a phone' },
      description:
        'The version to send as `If-Match` is the ETag of a disclosure or an export. A wrong ID number makes another person: ' +
        'erase this one as `recorded-in-error` and enter the right one. Mend the sheet as well, or its next change brings the ' +
        'mistake back.',
      permission: 'persons:correct',
      params: idParams,
      body: correctionSchema,
      bodyExample: { phone: '13800000002' },
      problems: ['not-found', 'version-conflict'],
      reply: {
        status: 200,
        schema: correctedPersonSchema,
        example: { id, name: '示*', phone: '138****0002', idNumber: '3308**********0013', version: 2 },
      },
      async handle({ params, body, scope, request, reply }) {
        const expected = readIfMatch(request.headers['if-match']);
        const { identity, version } = await correct(context, scope, params.id, body, expected);
        void reply.header('etag', `"${version}"`);
        keepNowhere(reply);
        return { ...maskPerson(params.id, identity), version };
      },
    }),
    operation({
      method: 'POST',
      url: '/v1/persons/:id/sign-out',
      id: 'signOutPerson',
      tag: 'persons',
      summary: { zh: '让该人的所有登录退出(如手机遗失)', en: 'Sign a person out everywhere, as when a phone is lost' },
      description: 'Ends every session of a person, and codes already on their way.',
      permission: 'persons:sign-out',
      params: idParams,
      problems: ['not-found'],
      reply: {
        status: 200,
        schema: z.object({ endedAt: instantSchema }).meta({ id: 'PersonSignedOut' }),
        example: { endedAt: '2026-11-21T03:00:00.000Z' },
      },
      async handle({ params, scope }) {
        const { endedAt } = await signOut(context, scope, params.id);
        return { endedAt: endedAt.toISOString() };
      },
    }),
    operation({
      method: 'POST',
      url: '/v1/persons/:id/consents',
      id: 'recordConsent',
      tag: 'persons',
      summary: { zh: '登记一次同意', en: 'Record that a person agreed' },
      description: 'After a withdrawal, a consent of a later day lets the listing be published again.',
      permission: 'consents:write',
      params: idParams,
      body: newConsentSchema,
      bodyExample: { textVersion: '2026-1', channel: 'assisted', assistedBy: '网格员', on: '2026-11-21' },
      problems: ['not-found', 'unprocessable'],
      reply: { status: 201, schema: consentsSchema, example: { consents: [consent] } },
      async handle({ params, body, scope }) {
        const { ofCounty } = await reachPerson(context, scope, params.id);
        return context.db.inScope(ofCounty, async (tx) => {
          const subject = await lockPerson(tx, params.id);
          if (!subject || subject.erasedAt) throw notFound();
          refuseDay(body.on, { today: shanghaiDate(context.clock.now()), after: await readWithdrawal(tx, params.id) });
          const given = { ...body, given: true, assistedBy: body.assistedBy ?? null };
          await saveConsents(tx, [{ personId: subject.id, region: subject.region, consent: given }], scope.actor);
          return { consents: (await readConsents(tx, params.id)).map(toConsent) };
        });
      },
    }),
    operation({
      method: 'POST',
      url: '/v1/persons/:id/consent-withdrawal',
      id: 'withdrawConsent',
      tag: 'persons',
      summary: { zh: '撤回同意:立即退出清单与撮合', en: 'Withdraw consent: out of lists and rounds at once' },
      permission: 'consents:withdraw',
      params: idParams,
      problems: ['not-found', 'conflict'],
      reply: {
        status: 200,
        schema: consentsSchema,
        example: { consents: [{ ...consent, withdrawnOn: '2026-11-21' }] },
      },
      async handle({ params, scope }) {
        return { consents: (await withdrawConsent(context, scope, params.id)).map(toConsent) };
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/persons/:id/export',
      id: 'exportPerson',
      tag: 'persons',
      summary: { zh: '导出一个人的全部数据,留痕', en: 'Everything that stands of a person, on record' },
      permission: 'persons:export',
      params: idParams,
      problems: ['not-found'],
      reply: { status: 200, schema: exportSchema, example: personExport },
      async handle({ params, scope, reply }) {
        keepNowhere(reply);
        const { version, person, consents, listings, proposals, readings } = await exportPerson(
          context,
          scope,
          params.id,
        );
        void reply.header('etag', `"${version}"`);
        return {
          person: {
            ...person,
            recordedAt: person.recordedAt.toISOString(),
            updatedAt: person.updatedAt.toISOString(),
          },
          consents: consents.map(toConsent),
          listings: listings.map((row) => ({
            ...row,
            publishedAt: row.publishedAt && new Date(row.publishedAt).toISOString(),
          })),
          proposals,
          readings: readings.map((row) => ({ ...row, at: new Date(row.at).toISOString() })),
        };
      },
    }),
    operation({
      method: 'POST',
      url: '/v1/persons/:id/erasure',
      id: 'erasePerson',
      tag: 'persons',
      summary: { zh: '删除一个人的全部个人信息', en: 'Erase everything that says who a person is' },
      description: 'Cannot be undone. Doing it twice answers the same and removes nothing more.',
      permission: 'persons:erase',
      params: idParams,
      body: erasureRequestSchema,
      bodyExample: { reason: 'asked-by-person' as const },
      problems: ['not-found'],
      reply: {
        status: 200,
        schema: erasureSchema,
        example: { personId: id, erasedAt: at, reason: 'asked-by-person', listingsRemoved: 1, importFilesRemoved: 0 },
      },
      async handle({ params, body, scope }) {
        const { ofCounty } = await reachPerson(context, scope, params.id);
        const erasure = await erase(context, ofCounty, params.id, body.reason);
        return { ...erasure, erasedAt: erasure.erasedAt.toISOString() };
      },
    }),
  ];
}
