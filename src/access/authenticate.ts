// Who is calling, on one screen. Enters: the headers of a request. Leaves: a Principal; without any credential, `anonymous`.
//
//   Authorization   a person or system: API key, access token of an issuer, session of a household
//   X-Division      where: own division or below, or one that was granted
//   X-Api-Key       the app that a person uses: what is left is what both may do, where both may act
//   X-Mandate       for whom: what is left is what the delegate and the mandate permit, over what the grantor sees
//
// In this order: each step only takes away, but a grant or a mandate must not reach further than an app does.

import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Context } from '../platform/context.ts';
import { anonymous, type Authenticate, type Principal } from '../platform/http/index.ts';
import { Problem } from '../platform/problem.ts';
import { isDivisionCode } from '../vocabulary/division-code.ts';
import { createTokenReader, looksLikeAccessToken, type FindParty } from './access-tokens.ts';
import { readApiKey } from './api-keys.ts';
import { actInDivision } from './division-grants.ts';
import { readSession } from './household-sessions.ts';
import { actUnderMandate } from './mandates.ts';
import { notBelieved, notPermitted } from './refusals.ts';
import { bothPermit, innerDivision } from './rights.ts';
import { secretKindOf } from './secret.ts';

export function authenticateWith(context: Context, findParty: FindParty): Authenticate {
  const readAccessToken = createTokenReader(context, findParty);

  async function readBearer(secret: string, request: FastifyRequest): Promise<Principal> {
    const kind = secretKindOf(secret);
    if (kind === 'session') return readSession(context, secret, request.id);
    if (kind !== null) return readApiKey(context, secret, request, false);
    if (looksLikeAccessToken(secret)) return readAccessToken(secret);
    throw notBelieved();
  }

  function readApp(secret: string, request: FastifyRequest, isBesidePerson: boolean): Promise<Principal> {
    const kind = secretKindOf(secret);
    if (kind === null || kind === 'session') throw notBelieved();
    return readApiKey(context, secret, request, isBesidePerson);
  }

  return async (request) => {
    const { bearer, app, division, mandate } = readHeaders(request.headers);
    let caller = anonymous;
    if (bearer !== undefined) caller = await readBearer(bearer, request);
    else if (app !== undefined) caller = await readApp(app, request, false);
    if (division !== undefined) caller = await actInDivision(context, caller, division, request.id);
    if (bearer !== undefined && app !== undefined) caller = throughApp(caller, await readApp(app, request, true));
    if (mandate !== undefined) caller = await actUnderMandate(context, caller, mandate, request.id);
    return caller;
  };
}

/** The person, with no more rights than the app has been given, and no further afield. */
function throughApp(person: Principal, app: Principal): Principal {
  const divisionCode = innerDivision(person.divisionCode, app.divisionCode);
  if (divisionCode === null) {
    throw notPermitted('该应用不在您的区划提供服务。', 'This app does not serve your division.');
  }
  return {
    ...person,
    subject: `${person.subject} via ${app.subject}`,
    permissions: bothPermit(person.permissions, app.permissions),
    divisionCode,
  };
}

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function readHeaders(headers: IncomingHttpHeaders) {
  const { authorization, 'x-api-key': app, 'x-mandate': mandate, 'x-division': division } = headers;
  const bearer = authorization === undefined ? undefined : /^Bearer +(\S{1,8192})$/i.exec(authorization)?.[1];
  if (authorization !== undefined && bearer === undefined) throw notBelieved();
  return {
    bearer,
    app: app === undefined ? undefined : String(app),
    mandate: checked('X-Mandate', mandate, (text) => uuidPattern.test(text)),
    division: checked('X-Division', division, isDivisionCode),
  };
}

function checked(name: string, value: string | string[] | undefined, isValid: (text: string) => boolean) {
  if (value === undefined || (typeof value === 'string' && isValid(value))) return value;
  throw new Problem('bad-request', { zh: `请求头 ${name} 格式不正确。`, en: `The header ${name} is malformed.` });
}
