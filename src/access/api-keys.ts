// API keys: of systems, and of people who have no identity provider. Enters: a secret, or a wish for a key. Leaves: a Principal,
// or a secret that is shown this once. A key works until it expires or is revoked; a revocation counts from the next request.

import { isIP, BlockList } from 'node:net';
import { and, desc, eq, getTableColumns, isNull, like, lt } from 'drizzle-orm';
import type { FastifyRequest } from 'fastify';
import type { Context } from '../platform/context.ts';
import { platformScope, sqlState, type Scope, type Transaction } from '../platform/database.ts';
import type { Principal } from '../platform/http/index.ts';
import { newId } from '../platform/id.ts';
import { notFound, Problem, wrongField } from '../platform/problem.ts';
import { ofPartiesAlone, permissionsOf, type Permission, type Role } from '../vocabulary/permissions.ts';
import { notBelieved, notPermitted, roleDoesNotFit } from './refusals.ts';
import { bothPermit, covers, innerDivision, type Permissions } from './rights.ts';
import { hashSecret, makeSecret } from './secret.ts';
import { apiKey, apiKeyUse } from './tables.ts';

type KeyRow = typeof apiKey.$inferSelect;
export type ApiKey = Omit<KeyRow, 'hash'> & { lastUsedAt: Date | null };
export type KeyKind = 'live' | 'demo';

/** Last use is kept to the minute: one write a minute and key, not one a request. */
const USE_NOTED_EVERY_MS = 60_000;

/**
 * Whose key it is. @param isBesidePerson an app's key beside a person's credential: then its scopes say what the app may do for
 * people, which can be more than it may do alone. @throws Problem unauthenticated.
 */
export async function readApiKey(
  { db, clock }: Context,
  secret: string,
  request: FastifyRequest,
  isBesidePerson: boolean,
): Promise<Principal> {
  const key = await db.inScope(platformScope('system:access', request.id), async (tx) => {
    const [found] = await tx
      .select({ ...getTableColumns(apiKey), lastUsedAt: apiKeyUse.lastUsedAt })
      .from(apiKey)
      .leftJoin(apiKeyUse, eq(apiKeyUse.keyId, apiKey.id))
      .where(and(eq(apiKey.hash, hashSecret(secret)), isNull(apiKey.revokedAt)));
    if (!found || isOver(found, clock.now()) || !isFrom(found.ipRanges, request.ip)) return undefined;
    await noteUse(tx, found, clock.now());
    return found;
  });
  if (!key) throw notBelieved();
  return {
    subject: `key:${key.prefix}`,
    identity: `client:${key.clientId}`,
    role: key.role,
    permissions: permissionsOfKey(key, isBesidePerson),
    divisionCode: key.divisionCode ?? undefined,
    partyId: key.partyId ?? undefined,
    personIds: [],
  };
}

function permissionsOfKey({ role, scopes }: Pick<KeyRow, 'role' | 'scopes'>, isBesidePerson: boolean): Permissions {
  if (scopes.length === 0) return permissionsOf(role);
  return isBesidePerson ? new Set(scopes) : bothPermit(permissionsOf(role), scopes);
}

function isOver({ expiresAt }: Pick<KeyRow, 'expiresAt'>, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now;
}

async function noteUse(tx: Transaction, { id, lastUsedAt }: Pick<ApiKey, 'id' | 'lastUsedAt'>, now: Date) {
  if (lastUsedAt && now.getTime() - lastUsedAt.getTime() < USE_NOTED_EVERY_MS) return;
  await tx
    .insert(apiKeyUse)
    .values({ keyId: id, lastUsedAt: now })
    .onConflictDoUpdate({
      target: apiKeyUse.keyId,
      set: { lastUsedAt: now },
      // Others may have noted it just now; whoever comes second writes nothing.
      setWhere: lt(apiKeyUse.lastUsedAt, now),
    });
}

// ── Addresses ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** `10.1.0.0/16`, `2001:db8::/32`, or a single address. */
export function isIpRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  const bitsMax = family === 4 ? 32 : 128;
  return (
    family !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax))
  );
}

/** No ranges: from anywhere. An IPv4 caller on an IPv6 socket counts as the IPv4 address it has. */
export function isFrom(ranges: readonly string[], address: string): boolean {
  if (ranges.length === 0) return true;
  const allowed = new BlockList();
  for (const range of ranges) {
    const [net = '', bits] = range.split('/');
    const family = familyOf(net);
    allowed.addSubnet(net, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);
  }
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(plain) !== 0 && allowed.check(plain, familyOf(plain));
}

const familyOf = (address: string) => (isIP(address) === 4 ? ('ipv4' as const) : ('ipv6' as const));

// ── Issuing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export type KeyRole = Exclude<Role, 'anonymous' | 'household'>;

export interface KeyRequest {
  label: string;
  role: KeyRole;
  /** Required for every role but `platform`. */
  divisionCode?: string | undefined;
  /** Required for enterprises and collectives, and only for them. */
  partyId?: string | undefined;
  scopes?: readonly Permission[] | undefined;
  ipRanges?: readonly string[] | undefined;
  /** Required for auditors: they come for a time. */
  expiresAt?: Date | undefined;
  kind?: KeyKind;
}

export interface IssuedKey {
  key: ApiKey;
  secret: string;
}

/** As the service itself: for scripts and tests. Returns the secret. @throws Problem unprocessable. */
export async function issueKey(context: Context, request: KeyRequest, actor: string): Promise<string> {
  const { secret } = await issue(context, platformScope(actor), request);
  return secret;
}

/** As a caller: within its own division, and never with more rights than its own. @throws Problem forbidden, unprocessable. */
export async function issueKeyAs(
  context: Context,
  issuer: Principal,
  scope: Scope,
  request: KeyRequest,
): Promise<IssuedKey> {
  refuseMoreThanOwn(issuer, request);
  return issue(context, scope, request);
}

function refuseMoreThanOwn(issuer: Principal, { role, scopes = [], divisionCode }: Omit<KeyRequest, 'label'>): void {
  if (innerDivision(issuer.divisionCode, divisionCode) !== divisionCode) {
    throw notPermitted('只能在本级区划范围内发放密钥。', 'Keys are issued within one’s own division only.');
  }
  const handsOn = issuer.permissions.has('trades:supervise')
    ? new Set([...issuer.permissions, ...ofPartiesAlone])
    : issuer.permissions;
  if (!covers(handsOn, scopes.length > 0 ? scopes : permissionsOf(role))) {
    throw notPermitted('密钥的权限不得超过发放者自己的权限。', 'A key must not have more permissions than its issuer.');
  }
}

async function issue(context: Context, scope: Scope, request: KeyRequest): Promise<IssuedKey> {
  refuseIncomplete(request, context.clock.now());
  const { label, role, divisionCode, partyId, scopes = [], ipRanges = [], expiresAt, kind = 'live' } = request;
  return insertKey(context, scope, kind, {
    clientId: newId(),
    slot: 1,
    region: divisionCode ?? '0',
    divisionCode: divisionCode ?? null,
    partyId: partyId ?? null,
    expiresAt: expiresAt ?? null,
    scopes: [...scopes],
    ipRanges: [...ipRanges],
    ...{ label, role },
  });
}

function refuseIncomplete({ role, divisionCode, partyId, scopes = [], expiresAt }: KeyRequest, now: Date): void {
  if ((role === 'platform') !== (divisionCode === undefined)) {
    throw wrongField(
      'body.divisionCode',
      '除平台密钥外都须指定区划代码,平台密钥不得指定。',
      'Every key names its division, one of the platform does not.',
    );
  }
  const isParty = role === 'enterprise' || role === 'collective';
  if (isParty !== (partyId !== undefined)) {
    throw wrongField(
      'body.partyId',
      '企业和村集体的密钥须指定主体,其他角色不得指定。',
      'Keys of enterprises and collectives name their party, others do not.',
    );
  }
  // An app may be lent what it may not do alone: see readApiKey.
  if (role !== 'third-party' && !covers(permissionsOf(role), scopes)) {
    throw wrongField('body.scopes', '含有该角色没有的权限。', 'Names a permission that the role does not have.');
  }
  if (role === 'auditor' && expiresAt === undefined) {
    throw wrongField('body.expiresAt', '审计密钥须有截止时间。', 'A key of an auditor must expire.');
  }
  if (expiresAt !== undefined && expiresAt <= now) {
    throw wrongField('body.expiresAt', '截止时间已过。', 'That moment has passed.');
  }
}

type NewKeyRow = Omit<typeof apiKey.$inferInsert, 'id' | 'prefix' | 'hash'>;

async function insertKey({ db }: Context, scope: Scope, kind: KeyKind, row: NewKeyRow, within?: Transaction) {
  const { secret, prefix, hash } = makeSecret(kind);
  const insert = async (tx: Transaction): Promise<IssuedKey> => {
    const [inserted] = await tx
      .insert(apiKey)
      .values({ id: newId(), prefix, hash, ...row })
      .returning();
    if (!inserted) throw new Error('an inserted key returned no row');
    return { key: withoutHash({ ...inserted, lastUsedAt: null }), secret };
  };
  try {
    return await (within ? insert(within) : db.inScope(scope, insert));
  } catch (error) {
    if (sqlState(error) === '23503') throw roleDoesNotFit('body.role');
    // The policy lets nobody make keys for a party that lies outside of what the issuer sees.
    if (sqlState(error) === '42501') {
      throw wrongField('body.partyId', '本级区划内没有这个主体。', 'There is no such party in your division.');
    }
    throw error;
  }
}

function withoutHash({ hash: _hash, ...key }: KeyRow & { lastUsedAt: Date | null }): ApiKey {
  return key;
}

// ── Keeping ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Newest first; one more than the limit. */
export async function readApiKeys(
  { db }: Context,
  scope: Scope,
  { beforeId, limit }: { beforeId: string | undefined; limit: number },
): Promise<ApiKey[]> {
  const rows = await db.inScope(scope, (tx) =>
    tx
      .select({ ...getTableColumns(apiKey), lastUsedAt: apiKeyUse.lastUsedAt })
      .from(apiKey)
      .leftJoin(apiKeyUse, eq(apiKeyUse.keyId, apiKey.id))
      .where(beforeId ? lt(apiKey.id, beforeId) : undefined)
      .orderBy(desc(apiKey.id))
      .limit(limit + 1),
  );
  return rows.map(withoutHash);
}

/**
 * A second key for the same client on the same terms; both work until the old one is revoked. @param expiresAt of the new one;
 * that of the old one when left out. @throws Problem not-found, conflict when two are live already.
 */
export async function rotateKey(
  context: Context,
  issuer: Principal,
  scope: Scope,
  id: string,
  expiresAt: Date | undefined,
): Promise<IssuedKey> {
  const now = context.clock.now();
  return context.db.inScope(scope, async (tx) => {
    const [named] = await tx.select().from(apiKey).where(eq(apiKey.id, id));
    if (!named) throw notFound();
    const { role, scopes, clientId } = named;
    refuseMoreThanOwn(issuer, { role: role as KeyRole, scopes, divisionCode: named.divisionCode ?? undefined });
    const standing = await tx
      .select()
      .from(apiKey)
      .where(and(eq(apiKey.clientId, clientId), isNull(apiKey.revokedAt)))
      .for('update');
    if (!standing.some((key) => key.id === id)) {
      throw new Problem('conflict', { zh: '该密钥已停用,请新发一把。', en: 'This key was revoked: issue a new one.' });
    }
    const live = standing.filter((key) => !isOver(key, now));
    for (const over of standing.filter((key) => isOver(key, now))) await markRevoked(tx, over.id, now);
    if (live.length > 1) {
      throw new Problem('conflict', {
        zh: '已有新旧两把密钥有效,请先停用旧的一把。',
        en: 'Two keys of this client are live already: revoke the old one first.',
      });
    }
    const terms = { ...named, expiresAt: expiresAt ?? named.expiresAt };
    if (isOver(terms, now)) throw wrongField('body.expiresAt', '截止时间已过。', 'That moment has passed.');
    const { region, label, ipRanges, divisionCode, partyId } = terms;
    const slot = live[0]?.slot === 1 ? 2 : 1;
    const kind = named.prefix.startsWith('gf_demo_') ? 'demo' : 'live';
    const row = { region, clientId, slot, label, role, scopes, ipRanges, divisionCode, partyId };
    return insertKey(context, scope, kind, { ...row, expiresAt: terms.expiresAt }, tx);
  });
}

/** Ends a key at once. Doing so twice changes nothing. @throws Problem not-found. */
export async function revokeKey({ db, clock }: Context, scope: Scope, id: string): Promise<ApiKey> {
  return db.inScope(scope, async (tx) => {
    await markRevoked(tx, id, clock.now());
    const [key] = await tx
      .select({ ...getTableColumns(apiKey), lastUsedAt: apiKeyUse.lastUsedAt })
      .from(apiKey)
      .leftJoin(apiKeyUse, eq(apiKeyUse.keyId, apiKey.id))
      .where(eq(apiKey.id, id));
    if (!key) throw notFound();
    return withoutHash(key);
  });
}

function markRevoked(tx: Transaction, id: string, at: Date) {
  return tx
    .update(apiKey)
    .set({ revokedAt: at })
    .where(and(eq(apiKey.id, id), isNull(apiKey.revokedAt)));
}

/** Ends every key of a kind that still works, at once. */
export async function revokeKeys({ db, clock }: Context, kind: KeyKind, actor: string): Promise<void> {
  await db.inScope(platformScope(actor), (tx) =>
    tx
      .update(apiKey)
      .set({ revokedAt: clock.now() })
      .where(and(like(apiKey.prefix, `gf_${kind}_%`), isNull(apiKey.revokedAt))),
  );
}
