// Access tokens of identity providers (OIDC). Enters: a signed JWT. Leaves: a Principal, by the mapping of its issuer. We issue no
// tokens: who somebody is, is the issuer's word; what they may do here, ours.

import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import type { Context } from '../platform/context.ts';
import type { Principal } from '../platform/http/index.ts';
import { isAddress, type OidcIssuer } from '../platform/oidc-issuers.ts';
import { Problem } from '../platform/problem.ts';
import { readGazetteer } from '../regions/index.ts';
import { isDivisionCode } from '../vocabulary/division-code.ts';
import { permissionsOf, type Role } from '../vocabulary/permissions.ts';
import { notBelieved, notPermitted } from './refusals.ts';

/** How far apart two clocks may be. */
const LEEWAY_SECONDS = 30;

/** A party by its credit code or id; the parties room knows, and stands to the right of this one. */
export type FindParty = (codeOrId: string) => Promise<{ id: string; actsAs: Role | null } | undefined>;

/** Three parts in base64url: what follows decides whether it is one of ours. */
export function looksLikeAccessToken(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text);
}

/** @returns reads a token. It throws Problem unauthenticated, forbidden for a role or place we do not know, unavailable. */
export function createTokenReader(context: Context, findParty: FindParty): (token: string) => Promise<Principal> {
  const trusted = new Map(
    context.config.oidcIssuers.map((issuer) => [issuer.issuer, { issuer, keys: keysOf(issuer) }] as const),
  );
  return async (token) => {
    const from = trusted.get(claimedIssuer(token));
    if (!from) throw notBelieved();
    const payload = await verify(token, from.issuer, from.keys, context.clock.now());
    if (!isStrongEnough(payload, from.issuer.signIn, context.clock.now())) throw tooWeak(from.issuer.signIn);
    return toPrincipal(context, from.issuer, payload, findParty);
  };
}

/** Unverified: only tells whose keys to check with. */
function claimedIssuer(token: string): string {
  try {
    return decodeJwt(token).iss ?? '';
  } catch (error) {
    throw notBelieved(error);
  }
}

async function verify(token: string, issuer: OidcIssuer, keys: JWTVerifyGetKey, now: Date): Promise<JWTPayload> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: issuer.issuer,
      audience: issuer.audience,
      algorithms: issuer.algorithms,
      clockTolerance: LEEWAY_SECONDS,
      currentDate: now,
      requiredClaims: ['exp'],
    });
    if (!isForCalling(protectedHeader, payload)) throw new errors.JWTClaimValidationFailed('no access token', payload);
    return payload;
  } catch (cause) {
    const isTheirFault = cause instanceof errors.JWKSTimeout || cause instanceof errors.JWKSInvalid;
    // Whatever jose did not expect, such as a network that is down, is no judgement of the token either.
    if (isTheirFault || !(cause instanceof errors.JOSEError) || cause.code === 'ERR_JOSE_GENERIC') {
      throw new Problem(
        'unavailable',
        { zh: '暂时无法核验登录凭证。', en: 'The credential cannot be checked just now.' },
        { cause, retryAfterSeconds: 5 },
      );
    }
    throw notBelieved(cause);
  }
}

/** An ID token tells a client who signed in, a logout token that somebody left, a refresh token is the issuer's: none may call. */
function isForCalling({ typ }: JWTHeaderParameters, payload: JWTPayload): boolean {
  const named = typ?.toLowerCase().replace(/^application\//, '') ?? 'jwt';
  const { typ: kind, at_hash: idTokenHash, events } = payload;
  // Keycloak says the kind inside.
  const isOtherKind = kind !== undefined && kind !== 'Bearer';
  return (named === 'jwt' || named === 'at+jwt') && !isOtherKind && idTokenHash === undefined && events === undefined;
}

function isStrongEnough(payload: JWTPayload, { acr, amr, maxAgeSeconds }: OidcIssuer['signIn'], now: Date): boolean {
  const { acr: level, amr: means, auth_time: signedInAt } = payload;
  if (acr && !(typeof level === 'string' && acr.includes(level))) return false;
  if (amr && !(Array.isArray(means) && amr.every((each) => means.includes(each)))) return false;
  if (maxAgeSeconds === undefined) return true;
  return typeof signedInAt === 'number' && now.getTime() / 1000 - signedInAt <= maxAgeSeconds + LEEWAY_SECONDS;
}

/** RFC 9470: a client reads from the challenge how to send the person back to the issuer. */
function tooWeak({ acr, maxAgeSeconds }: OidcIssuer['signIn']): Problem {
  const challenge = [
    'error="insufficient_user_authentication"',
    ...(acr ? [`acr_values="${acr.join(' ')}"`] : []),
    ...(maxAgeSeconds === undefined ? [] : [`max_age="${maxAgeSeconds}"`]),
  ].join(', ');
  return new Problem(
    'unauthenticated',
    {
      zh: '登录方式的强度不够或登录时间过久,请按要求(如多因素认证)重新登录。',
      en: 'The sign-in was not strong enough, or too long ago: sign in again as demanded, as with several factors.',
    },
    { challenge },
  );
}

// ── Keys ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function keysOf({ jwks }: OidcIssuer): JWTVerifyGetKey {
  // Keeps keys for ten minutes, and asks again at most every half minute when a token names one it does not know.
  return isAddress(jwks) ? createRemoteJWKSet(new URL(jwks), { timeoutDuration: 5_000 }) : keysOfFile(jwks);
}

/** Reads the file again when it was replaced, so that an issuer may change its keys without our restart. */
function keysOfFile(path: string): JWTVerifyGetKey {
  let known: { modifiedMs: number; find: JWTVerifyGetKey } | undefined;
  return async (header, token) => {
    const { mtimeMs } = await stat(path);
    if (known?.modifiedMs !== mtimeMs) {
      const set = JSON.parse(await readFile(path, 'utf8')) as JSONWebKeySet;
      known = { modifiedMs: mtimeMs, find: createLocalJWKSet(set) };
    }
    return known.find(header, token);
  };
}

// ── Claims ──────────────────────────────────────────────────────────────────────────────────────────────────────────

async function toPrincipal(
  context: Context,
  { issuer, claims, roleMap }: OidcIssuer,
  payload: JWTPayload,
  findParty: FindParty,
): Promise<Principal> {
  const subject = claimAt(payload, claims.subject);
  if (typeof subject !== 'string' || subject === '') throw notBelieved();
  const role = roleAmong([claimAt(payload, claims.roles)].flat(), roleMap);
  const divisionCode = role === 'platform' ? undefined : await readDivision(context, claimAt(payload, claims.division));
  // A subject can be a phone number or a name: the trail keeps a hash, which the issuer's own records lead to.
  const identity = `oidc:${createHash('sha256').update(`${issuer}\n${subject}`).digest('base64url').slice(0, 22)}`;
  return {
    subject: identity,
    identity,
    role,
    permissions: permissionsOf(role),
    divisionCode,
    partyId: await readParty(role, claimAt(payload, claims.party), findParty),
    personIds: [],
  };
}

/** A claim of that very name (`https://example.cn/roles`), or else a path (`realm_access.roles`). */
function claimAt(payload: JWTPayload, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path];
  return path.split('.').reduce<unknown>((value, name) => {
    const isHeld = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
    return isHeld ? (value as Record<string, unknown>)[name] : undefined;
  }, payload);
}

function roleAmong(
  named: readonly unknown[],
  roleMap: OidcIssuer['roleMap'],
): Exclude<Role, 'anonymous' | 'household'> {
  const [, role] = Object.entries(roleMap).find(([theirs]) => named.includes(theirs)) ?? [];
  if (role === undefined) throw notPermitted('您的账号在本平台没有角色。', 'Your account has no role here.');
  return role;
}

async function readDivision(context: Context, claim: unknown): Promise<string> {
  const isInForce =
    typeof claim === 'string' && isDivisionCode(claim) && (await readGazetteer(context)).find(claim) !== undefined;
  if (!isInForce) throw notPermitted('您的账号没有有效的区划。', 'Your account names no division in force.');
  return claim;
}

async function readParty(role: Role, claim: unknown, findParty: FindParty): Promise<string | undefined> {
  if (role !== 'enterprise' && role !== 'collective') return undefined;
  const party = typeof claim === 'string' ? await findParty(claim) : undefined;
  if (!party) throw notPermitted('您的账号没有已登记的主体。', 'Your account names no registered party.');
  if (party.actsAs !== role) {
    throw notPermitted('您账号的角色与其主体类型不符。', 'The role of your account does not fit its kind of party.');
  }
  return party.id;
}
