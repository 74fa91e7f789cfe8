import { z } from 'zod';
import type { Context } from '../platform/context.ts';
import {
  decodeCursor,
  idKey,
  idParams,
  idSchema,
  instantSchema,
  momentSchema,
  operation,
  pageOf,
  pageQuery,
  toPage,
  type Operation,
} from '../platform/http/index.ts';
import { divisionCodePattern } from '../vocabulary/division-code.ts';
import { permissionCodes, roles } from '../vocabulary/permissions.ts';
import { mobilePattern } from '../vocabulary/phone.ts';
import { sixDigitsPattern, someTextPattern } from '../vocabulary/shapes.ts';
import { isIpRange, issueKeyAs, readApiKeys, revokeKey, rotateKey, type ApiKey, type IssuedKey } from './api-keys.ts';
import { readDivisionGrants, recordDivisionGrant, revokeDivisionGrant, type DivisionGrant } from './division-grants.ts';
import { examples } from './examples.ts';
import { endSession, readSessions, startSession } from './household-sessions.ts';
import { localOutboxPage } from './local-outbox-page.ts';
import { readMandates, recordMandate, revokeMandate, type Mandate } from './mandates.ts';
import { requestCode } from './sms-codes.ts';
import { grantorRoles } from './tables.ts';

export function accessOperations(context: Context): Operation[] {
  return [
    ...signInOperations(context),
    ...keyOperations(context),
    ...mandateOperations(context),
    ...grantOperations(context),
    // Shows codes to everybody: declared on a developer's machine only, so that nowhere else there is anything to reach.
    ...(context.config.sms?.by === 'local-outbox' ? [localOutboxPage(context)] : []),
  ];
}

// ── Words of this room ──────────────────────────────────────────────────────────────────────────────────────────────

const divisionCode = z.string().max(12).regex(divisionCodePattern);
export const permissionSchema = z.enum(permissionCodes).meta({ id: 'Permission' });
const permissionList = z.array(permissionSchema).min(1).max(permissionCodes.length);
const roleSchema = z.enum(roles).exclude(['anonymous', 'household']);
/** Somebody's stable name, as GET /v1/me tells it. */
const identitySchema = z
  .string()
  .max(43)
  .regex(/^(?:client:[0-9a-f-]{36}|oidc:[\w-]{22})$/);
const moment = momentSchema.describe('An instant, such as 2027-11-21T00:00:00+08:00');
const term = { validFrom: moment.optional().describe('Now when left out'), validTo: moment };
const termProblem = {
  path: ['validTo'],
  params: { text: { zh: '截止时间须晚于起始时间', en: 'must be later than the beginning' } },
};
const isTerm = ({ validFrom, validTo }: { validFrom?: string | undefined; validTo: string }) =>
  validFrom === undefined || Date.parse(validTo) > Date.parse(validFrom);
const exactlyOne = (one: unknown, other: unknown) => (one === undefined) !== (other === undefined);

const instant = (date: Date | null) => date?.toISOString() ?? null;
const beforeIdOf = (cursor: string | undefined) => decodeCursor(cursor, idKey)[0];

// ── Signing in by phone ─────────────────────────────────────────────────────────────────────────────────────────────

const phone = z.string().length(11).regex(mobilePattern).describe('手机号 · a mobile number');

const endedSessionSchema = z.object({ endedAt: instantSchema }).meta({ id: 'SessionEnded' });

const sessionSchema = z
  .object({
    id: z.uuid(),
    isCurrent: z.boolean().describe('The session of this request'),
    lastUsedAt: instantSchema.describe('To the minute'),
    expiresAt: instantSchema.describe('At the latest'),
  })
  .meta({ id: 'OpenSession' });

function signInOperations(context: Context): Operation[] {
  return [
    operation({
      method: 'POST',
      url: '/v1/sms-codes',
      id: 'requestSmsCode',
      tag: 'sign-in',
      summary: { zh: '向手机发送登录验证码', en: 'Send a code to a phone, to sign in with' },
      description: 'The answer is the same whether or not anybody is known under the number.',
      permission: 'sessions:start',
      body: z.strictObject({ phone }).meta({ id: 'SmsCodeRequest' }),
      bodyExample: { phone: '13800000000' },
      problems: ['too-many-requests', 'unprocessable'],
      reply: {
        status: 202,
        schema: z
          .object({ validForSeconds: z.int().describe('How long a code is good, should one arrive') })
          .meta({ id: 'SmsCodeRequested' }),
        example: { validForSeconds: 300 },
      },
      async handle({ body, request, scope }) {
        await requestCode(context, scope, { phone: body.phone, address: request.ip });
        return { validForSeconds: 300 };
      },
    }),
    operation({
      method: 'POST',
      url: '/v1/sessions',
      id: 'createSession',
      tag: 'sign-in',
      summary: { zh: '用验证码登录(村民)', en: 'Sign in with a code, as a villager' },
      permission: 'sessions:start',
      body: z
        .strictObject({
          phone,
          code: z.string().length(6).regex(sixDigitsPattern).describe('验证码 · the code'),
        })
        .meta({ id: 'NewSession' }),
      bodyExample: { phone: '13800000000', code: '012345' },
      reply: {
        status: 201,
        schema: z
          .object({
            token: z.string().describe('For Authorization: Bearer; shown this once'),
            expiresAt: instantSchema,
          })
          .meta({ id: 'Session' }),
        example: { token: 'gf_session_3qk0…', expiresAt: '2026-11-21T14:00:00.000Z' },
      },
      async handle({ body, scope }) {
        const { token, expiresAt } = await startSession(context, scope, body);
        return { token, expiresAt: expiresAt.toISOString() };
      },
    }),
    operation({
      method: 'POST',
      url: '/v1/sessions/current/end',
      id: 'endSession',
      tag: 'sign-in',
      summary: { zh: '退出登录', en: 'Sign out' },
      permission: 'sessions:end',
      reply: {
        status: 200,
        schema: endedSessionSchema,
        example: { endedAt: '2026-11-21T03:00:00.000Z' },
      },
      async handle({ principal, scope }) {
        const { endedAt } = await endSession(context, scope, principal, 'current');
        return { endedAt: endedAt.toISOString() };
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/sessions',
      id: 'getSessions',
      tag: 'sign-in',
      summary: { zh: '本户当前的登录', en: 'Where one’s own household is signed in' },
      description: 'A session ends twelve hours after it began, and after two hours without use.',
      permission: 'sessions:read',
      reply: {
        status: 200,
        schema: z
          .object({ items: z.array(sessionSchema).max(100).describe('Last begun first') })
          .meta({ id: 'Sessions' }),
        example: {
          items: [
            {
              id: '019aa5c2-7c00-7000-8000-000000000071',
              isCurrent: true,
              lastUsedAt: '2026-11-21T03:00:00.000Z',
              expiresAt: '2026-11-21T14:00:00.000Z',
            },
          ],
        },
      },
      async handle({ principal, scope }) {
        const sessions = await readSessions(context, scope, principal);
        return {
          items: sessions.map(({ lastUsedAt, expiresAt, ...session }) => ({
            ...session,
            lastUsedAt: lastUsedAt.toISOString(),
            expiresAt: expiresAt.toISOString(),
          })),
        };
      },
    }),
    operation({
      method: 'POST',
      url: '/v1/sessions/:id/end',
      id: 'endOtherSession',
      tag: 'sign-in',
      summary: { zh: '让本户的另一处登录退出', en: 'Sign out elsewhere: end another session of one’s household' },
      permission: 'sessions:end-others',
      params: idParams,
      problems: ['not-found'],
      reply: {
        status: 200,
        schema: endedSessionSchema,
        example: { endedAt: '2026-11-21T03:00:00.000Z' },
      },
      async handle({ params, principal, scope }) {
        const { endedAt } = await endSession(context, scope, principal, params.id);
        return { endedAt: endedAt.toISOString() };
      },
    }),
  ];
}

// ── API keys ────────────────────────────────────────────────────────────────────────────────────────────────────────

const apiKeySchema = z
  .object({
    id: z.uuid(),
    clientId: z.uuid().describe('Whoever holds the key; the same through every rotation'),
    prefix: z.string().describe('How the secret begins'),
    label: z.string(),
    role: roleSchema,
    divisionCode: z.string().nullable(),
    partyId: z.uuid().nullable(),
    scopes: z.array(permissionSchema).describe('Empty: all that the role may do'),
    ipRanges: z.array(z.string()).describe('Empty: from anywhere'),
    createdAt: instantSchema,
    expiresAt: instantSchema.nullable(),
    lastUsedAt: instantSchema.nullable().describe('To the minute'),
    revokedAt: instantSchema.nullable(),
  })
  .meta({ id: 'ApiKey' });

const issuedKeySchema = z
  .object({ key: apiKeySchema, secret: z.string().describe('Shown this once: only a hash of it is kept') })
  .meta({ id: 'IssuedApiKey' });

function toApiKey(key: ApiKey): z.input<typeof apiKeySchema> {
  const { id, clientId, prefix, label, role, partyId, scopes, ipRanges, createdAt } = key;
  return {
    ...{ id, clientId, prefix, label, partyId, scopes, ipRanges },
    role: role as z.infer<typeof roleSchema>,
    divisionCode: key.divisionCode,
    createdAt: createdAt.toISOString(),
    expiresAt: instant(key.expiresAt),
    lastUsedAt: instant(key.lastUsedAt),
    revokedAt: instant(key.revokedAt),
  };
}

const toIssuedKey = ({ key, secret }: IssuedKey) => ({ key: toApiKey(key), secret });

function keyOperations(context: Context): Operation[] {
  const issued = {
    status: 201 as const,
    schema: issuedKeySchema,
    example: { key: examples.apiKey, secret: 'gf_live_mJ8xQ2…' },
  };
  return [
    operation({
      method: 'POST',
      url: '/v1/api-keys',
      id: 'createApiKey',
      tag: 'api-keys',
      summary: { zh: '发放密钥,仅显示一次', en: 'Issue a key; its secret is shown once' },
      description:
        'Within the caller’s own division, and with no more permissions than the caller’s own. An auditor’s key must expire. ' +
        'Scopes of a third-party key may name what the app may do for people who use it, by its key in `X-Api-Key`.',
      permission: 'api-keys:write',
      body: z
        .strictObject({
          label: z.string().regex(someTextPattern).max(100).describe('Who holds it; no person’s name'),
          role: roleSchema,
          divisionCode: divisionCode.optional().describe('Required for every role but `platform`'),
          partyId: idSchema.optional().describe('For enterprises and collectives'),
          scopes: z.array(permissionSchema).max(permissionCodes.length).optional(),
          ipRanges: z
            .array(
              z
                .string()
                .max(49)
                .refine(isIpRange, {
                  message: 'not an address or CIDR range',
                  params: { text: { zh: '须为 IP 地址或 CIDR 网段', en: 'must be an address or a CIDR range' } },
                })
                .describe('10.1.0.0/16'),
            )
            .max(20)
            .optional(),
          expiresAt: moment.optional(),
        })
        .meta({ id: 'NewApiKey' }),
      bodyExample: {
        label: '县数据平台 county data platform',
        role: 'third-party',
        divisionCode: '330803',
        scopes: ['lists:read', 'listings:read'],
        ipRanges: ['10.33.0.0/16'],
        expiresAt: '2027-11-21T02:00:00.000Z',
      },
      problems: ['forbidden'],
      reply: issued,
      async handle({ body, principal, scope, reply }) {
        const expiresAt = body.expiresAt === undefined ? undefined : new Date(body.expiresAt);
        const made = await issueKeyAs(context, principal, scope, { ...body, expiresAt });
        void reply.header('cache-control', 'no-store');
        return toIssuedKey(made);
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/api-keys',
      id: 'listApiKeys',
      tag: 'api-keys',
      summary: { zh: '本级区划的密钥,新的在前', en: 'Keys of the caller’s division, newest first' },
      permission: 'api-keys:read',
      query: z.strictObject(pageQuery),
      reply: {
        status: 200,
        schema: pageOf(apiKeySchema, 'ApiKeyPage'),
        example: { items: [examples.apiKey], nextCursor: null },
      },
      async handle({ query, scope }) {
        const rows = await readApiKeys(context, scope, { beforeId: beforeIdOf(query.cursor), limit: query.limit });
        return toPage(rows, query.limit, toApiKey, (row) => [row.id]);
      },
    }),
    operation({
      method: 'POST',
      url: '/v1/api-keys/:id/rotation',
      id: 'rotateApiKey',
      tag: 'api-keys',
      summary: { zh: '换发密钥,新旧并行直至停用旧的', en: 'Issue a second key that will replace this one' },
      description: 'Both work until the old one is revoked. A client has at most two live keys.',
      permission: 'api-keys:write',
      params: idParams,
      body: z
        .strictObject({ expiresAt: moment.optional().describe('That of the old key when left out') })
        .meta({ id: 'KeyRotation' }),
      bodyExample: { expiresAt: '2027-11-21T02:00:00.000Z' },
      problems: ['not-found', 'forbidden', 'conflict'],
      reply: issued,
      async handle({ params, body, principal, scope, reply }) {
        const expiresAt = body.expiresAt === undefined ? undefined : new Date(body.expiresAt);
        const made = await rotateKey(context, principal, scope, params.id, expiresAt);
        void reply.header('cache-control', 'no-store');
        return toIssuedKey(made);
      },
    }),
    operation({
      method: 'POST',
      url: '/v1/api-keys/:id/revocation',
      id: 'revokeApiKey',
      tag: 'api-keys',
      summary: { zh: '立即停用密钥', en: 'Revoke a key, at once' },
      permission: 'api-keys:write',
      params: idParams,
      problems: ['not-found'],
      reply: {
        status: 200,
        schema: apiKeySchema,
        example: { ...examples.apiKey, revokedAt: '2026-11-21T03:00:00.000Z' },
      },
      handle: async ({ params, scope }) => toApiKey(await revokeKey(context, scope, params.id)),
    }),
  ];
}

// ── Mandates ────────────────────────────────────────────────────────────────────────────────────────────────────────

const mandateSchema = z
  .object({
    id: z.uuid(),
    divisionCode: z.string(),
    grantor: z.object({
      role: z.enum(grantorRoles),
      partyId: z.uuid().nullable(),
      personId: z.uuid().nullable(),
    }),
    delegate: z.string().describe('The `identity` of whoever acts'),
    matters: z.array(permissionSchema),
    listingId: z.uuid().nullable().describe('Over this listing alone'),
    validFrom: instantSchema,
    validTo: instantSchema,
    proof: z.string(),
    recordedBy: z.string(),
    revokedAt: instantSchema.nullable(),
  })
  .meta({ id: 'Mandate' });

function toMandate(row: Mandate): z.input<typeof mandateSchema> {
  const { id, region, grantorRole, grantorPartyId, grantorPersonId, delegate, matters, listingId, proof, recordedBy } =
    row;
  return {
    ...{ id, delegate, matters, listingId, proof, recordedBy },
    divisionCode: region,
    grantor: { role: grantorRole, partyId: grantorPartyId, personId: grantorPersonId },
    validFrom: row.validFrom.toISOString(),
    validTo: row.validTo.toISOString(),
    revokedAt: instant(row.revokedAt),
  };
}

function mandateOperations(context: Context): Operation[] {
  return [
    operation({
      method: 'POST',
      url: '/v1/mandates',
      id: 'createMandate',
      tag: 'mandates',
      summary: { zh: '登记委托书:谁可以代谁办理', en: 'Record a mandate: who may act for whom' },
      description:
        'Officials record the signed paper of a person or party of their division; parties give mandates of their own. The ' +
        'delegate then names it in the header `X-Mandate`.',
      permission: 'mandates:write',
      body: z
        .strictObject({
          divisionCode,
          grantor: z
            .strictObject({
              role: z.enum(grantorRoles).describe('`household` for a person'),
              partyId: idSchema.optional(),
              personId: idSchema.optional(),
            })
            .refine(
              ({ role, partyId, personId }) => exactlyOne(partyId, personId) && (role === 'household') === !!personId,
              {
                params: {
                  text: {
                    zh: '农户填 personId,企业或村集体填 partyId',
                    en: 'a household by personId, an enterprise or collective by partyId',
                  },
                },
              },
            ),
          delegate: identitySchema.describe('The `identity` that GET /v1/me tells whoever will act'),
          matters: permissionList,
          listingId: idSchema
            .optional()
            .describe('A household’s mandate over its contracted land: then the only matter is `trades:write`'),
          ...term,
          proof: z
            .string()
            .regex(someTextPattern)
            .max(200)
            .describe('Where the signed paper is kept; no person’s name'),
        })
        .refine(isTerm, termProblem)
        .refine(isFittingSubject, {
          path: ['matters'],
          params: {
            text: {
              zh: '就一块承包地的委托由农户出具,事项只能是 trades:write',
              en: 'a mandate over one listing is a household’s, and its only matter is trades:write',
            },
          },
        })
        .meta({ id: 'NewMandate' }),
      bodyExample: {
        divisionCode: '330803114242',
        grantor: { role: 'household', personId: '019aa5c2-7c00-7000-8000-000000000023' },
        delegate: 'client:019aa5c2-7c00-7000-8000-000000000021',
        matters: ['me:read', 'listings:write'],
        validTo: '2027-11-21T02:00:00.000Z',
        proof: '湖仁村委托书 2026-17 号',
      },
      problems: ['forbidden'],
      reply: { status: 201, schema: mandateSchema, example: examples.mandate },
      async handle({ body, principal, scope }) {
        const { grantor, validFrom, validTo, ...rest } = body;
        const recorded = await recordMandate(context, principal, scope, {
          ...rest,
          grantorRole: grantor.role,
          grantorPartyId: grantor.partyId,
          grantorPersonId: grantor.personId,
          ...toTerm(context, validFrom, validTo),
        });
        return toMandate(recorded);
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/mandates',
      id: 'listMandates',
      tag: 'mandates',
      summary: { zh: '委托书台账,新的在前', en: 'Mandates on record, newest first' },
      permission: 'mandates:read',
      query: z.strictObject(pageQuery),
      reply: {
        status: 200,
        schema: pageOf(mandateSchema, 'MandatePage'),
        example: { items: [examples.mandate], nextCursor: null },
      },
      async handle({ query, scope }) {
        const rows = await readMandates(context, scope, { beforeId: beforeIdOf(query.cursor), limit: query.limit });
        return toPage(rows, query.limit, toMandate, (row) => [row.id]);
      },
    }),
    operation({
      method: 'POST',
      url: '/v1/mandates/:id/revocation',
      id: 'revokeMandate',
      tag: 'mandates',
      summary: { zh: '撤销委托', en: 'Revoke a mandate, at once' },
      permission: 'mandates:write',
      params: idParams,
      problems: ['not-found'],
      reply: {
        status: 200,
        schema: mandateSchema,
        example: { ...examples.mandate, revokedAt: '2026-11-21T03:00:00.000Z' },
      },
      handle: async ({ params, scope }) => toMandate(await revokeMandate(context, scope, params.id)),
    }),
  ];
}

function isFittingSubject({
  listingId,
  grantor,
  matters,
}: {
  listingId?: string | undefined;
  grantor: { role: string };
  matters: readonly string[];
}): boolean {
  return (
    listingId === undefined || (grantor.role === 'household' && matters.every((matter) => matter === 'trades:write'))
  );
}

function toTerm({ clock }: Context, validFrom: string | undefined, validTo: string) {
  return { validFrom: validFrom === undefined ? clock.now() : new Date(validFrom), validTo: new Date(validTo) };
}

// ── Grants over divisions ───────────────────────────────────────────────────────────────────────────────────────────

const divisionGrantSchema = z
  .object({
    id: z.uuid(),
    divisionCode: z.string().describe('The division it opens, with all below'),
    grantee: z.object({ identity: z.string().nullable(), partyId: z.uuid().nullable() }),
    permissions: z.array(permissionSchema),
    validFrom: instantSchema,
    validTo: instantSchema,
    recordedBy: z.string(),
    revokedAt: instantSchema.nullable(),
  })
  .meta({ id: 'DivisionGrant' });

function toDivisionGrant(row: DivisionGrant): z.input<typeof divisionGrantSchema> {
  const { id, region, grantee, granteePartyId, permissions, recordedBy } = row;
  return {
    ...{ id, permissions, recordedBy },
    divisionCode: region,
    grantee: { identity: grantee, partyId: granteePartyId },
    validFrom: row.validFrom.toISOString(),
    validTo: row.validTo.toISOString(),
    revokedAt: instant(row.revokedAt),
  };
}

function grantOperations(context: Context): Operation[] {
  return [
    operation({
      method: 'POST',
      url: '/v1/division-grants',
      id: 'createDivisionGrant',
      tag: 'division-grants',
      summary: { zh: '向外来主体开放本区划', en: 'Open a division to a caller from elsewhere' },
      description:
        'For an enterprise that deals in several counties, or an alliance over several villages. The grantee then names the ' +
        'division in the header `X-Division`, one a request.',
      permission: 'division-grants:write',
      body: z
        .strictObject({
          divisionCode,
          grantee: z
            .strictObject({
              identity: identitySchema.optional().describe('One caller, by the `identity` that GET /v1/me tells'),
              partyId: idSchema.optional().describe('Every caller of a party'),
            })
            .refine(({ identity, partyId }) => exactlyOne(identity, partyId), {
              params: { text: { zh: 'identity 与 partyId 只填其一', en: 'either identity or partyId' } },
            }),
          permissions: permissionList,
          ...term,
        })
        .refine(isTerm, termProblem)
        .meta({ id: 'NewDivisionGrant' }),
      bodyExample: {
        divisionCode: '330802',
        grantee: { partyId: '019aa5c2-7c00-7000-8000-000000000001' },
        permissions: ['listings:read', 'listings:write'],
        validTo: '2027-11-21T02:00:00.000Z',
      },
      problems: ['forbidden'],
      reply: { status: 201, schema: divisionGrantSchema, example: examples.divisionGrant },
      async handle({ body, principal, scope }) {
        const { grantee, validFrom, validTo, ...rest } = body;
        const recorded = await recordDivisionGrant(context, principal, scope, {
          ...rest,
          grantee: grantee.identity,
          granteePartyId: grantee.partyId,
          ...toTerm(context, validFrom, validTo),
        });
        return toDivisionGrant(recorded);
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/division-grants',
      id: 'listDivisionGrants',
      tag: 'division-grants',
      summary: { zh: '区划开放记录,新的在前', en: 'Grants over divisions, newest first' },
      permission: 'division-grants:read',
      query: z.strictObject(pageQuery),
      reply: {
        status: 200,
        schema: pageOf(divisionGrantSchema, 'DivisionGrantPage'),
        example: { items: [examples.divisionGrant], nextCursor: null },
      },
      async handle({ query, scope }) {
        const page = { beforeId: beforeIdOf(query.cursor), limit: query.limit };
        return toPage(await readDivisionGrants(context, scope, page), query.limit, toDivisionGrant, (row) => [row.id]);
      },
    }),
    operation({
      method: 'POST',
      url: '/v1/division-grants/:id/revocation',
      id: 'revokeDivisionGrant',
      tag: 'division-grants',
      summary: { zh: '收回区划开放', en: 'Revoke a grant, at once' },
      permission: 'division-grants:write',
      params: idParams,
      problems: ['not-found'],
      reply: {
        status: 200,
        schema: divisionGrantSchema,
        example: { ...examples.divisionGrant, revokedAt: '2026-11-21T03:00:00.000Z' },
      },
      handle: async ({ params, scope }) => toDivisionGrant(await revokeDivisionGrant(context, scope, params.id)),
    }),
  ];
}
