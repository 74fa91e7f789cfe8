// Sessions of villagers who signed in by a code to the phone. Enters: a code, or a session's token. Leaves: a session, or a
// Principal that sees what is written down of its own household, and nothing else.

import { and, arrayContains, arrayOverlaps, desc, eq, getTableColumns, gt, isNull, lt } from 'drizzle-orm';
import type { Context } from '../platform/context.ts';
import { platformScope, platformScopeWithin, type Scope, type Transaction } from '../platform/database.ts';
import type { Principal } from '../platform/http/index.ts';
import { newId } from '../platform/id.ts';
import { notFound } from '../platform/problem.ts';
import { permissionsOf } from '../vocabulary/permissions.ts';
import { notBelieved } from './refusals.ts';
import { hashSecret, makeSecret } from './secret.ts';
import { countGuess, redeemCode } from './sms-codes.ts';
import { householdSession, householdSessionUse, smsCode } from './tables.ts';

const SESSION_MS = 12 * 3_600_000;
/** A phone put down on a table is soon somebody else's. */
const IDLE_MS = 2 * 3_600_000;
/** Last use is kept to the minute: one write a minute, not one a request. */
const USE_NOTED_EVERY_MS = 60_000;
/** Far more than a household has phones. */
const SHOWN_SESSIONS = 100;
const identityPrefix = 'session:';

/** @throws Problem unauthenticated, whatever the reason: no such phone, no such code, too late, too often. */
export async function startSession(
  context: Context,
  scope: Scope,
  { phone, code }: { phone: string; code: string },
): Promise<{ token: string; expiresAt: Date }> {
  const id = await countGuess(context, phone, scope.requestId);
  if (id === undefined) throw notBelieved();
  const { secret, hash } = makeSecret('session');
  const now = context.clock.now();
  const expiresAt = new Date(now.getTime() + SESSION_MS);
  await context.db.inScope(platformScopeWithin(scope, 'system:access'), async (tx) => {
    const household = await redeemCode(context, tx, { id, code });
    if (!household) throw notBelieved();
    const { divisionCode: region, personIds } = household;
    const sessionId = newId();
    await tx.insert(householdSession).values({ id: sessionId, region, tokenHash: hash, personIds, expiresAt });
    await tx.insert(householdSessionUse).values({ sessionId, lastUsedAt: now });
  });
  return { token: secret, expiresAt };
}

/**
 * The household; of a session that has ended nobody, who may only hear again that it has: whoever lost that answer asks with what
 * he has. @throws Problem unauthenticated.
 */
export async function readSession({ db, clock }: Context, token: string, requestId: string): Promise<Principal> {
  const session = await db.inScope(platformScope('system:access', requestId), async (tx) => {
    const [found] = await tx
      .select({ ...getTableColumns(householdSession), lastUsedAt: householdSessionUse.lastUsedAt })
      .from(householdSession)
      .innerJoin(householdSessionUse, eq(householdSessionUse.sessionId, householdSession.id))
      .where(and(eq(householdSession.tokenHash, hashSecret(token)), isLive(clock.now())));
    if (found) await noteUse(tx, found, clock.now());
    return found;
  });
  if (!session) throw notBelieved();
  const identity = `${identityPrefix}${session.id}`;
  return {
    subject: identity,
    identity,
    ...(session.endedAt === null
      ? { role: 'household', permissions: permissionsOf('household') }
      : { role: 'anonymous', permissions: new Set(['sessions:end'] as const) }),
    divisionCode: session.region === '0' ? undefined : session.region,
    partyId: undefined,
    personIds: session.personIds,
  };
}

/** Neither at its end nor put down too long ago. */
function isLive(now: Date) {
  return and(
    gt(householdSession.expiresAt, now),
    gt(householdSessionUse.lastUsedAt, new Date(now.getTime() - IDLE_MS)),
  );
}

async function noteUse(tx: Transaction, session: { id: string; lastUsedAt: Date }, now: Date): Promise<void> {
  if (now.getTime() - session.lastUsedAt.getTime() < USE_NOTED_EVERY_MS) return;
  await tx
    .update(householdSessionUse)
    .set({ lastUsedAt: now })
    .where(and(eq(householdSessionUse.sessionId, session.id), lt(householdSessionUse.lastUsedAt, now)));
}

export interface OpenSession {
  id: string;
  expiresAt: Date;
  lastUsedAt: Date;
  /** The one that the caller came with. */
  isCurrent: boolean;
}

/** The sessions in which the caller's people are signed in just now, the caller's own included; last begun first. */
export async function readSessions(
  { db, clock }: Context,
  scope: Scope,
  { identity, personIds }: Principal,
): Promise<OpenSession[]> {
  const rows = await db.inScope(platformScopeWithin(scope, identity), (tx) =>
    tx
      .select({
        id: householdSession.id,
        expiresAt: householdSession.expiresAt,
        lastUsedAt: householdSessionUse.lastUsedAt,
      })
      .from(householdSession)
      .innerJoin(householdSessionUse, eq(householdSessionUse.sessionId, householdSession.id))
      .where(
        and(
          arrayOverlaps(householdSession.personIds, [...personIds]),
          isNull(householdSession.endedAt),
          isLive(clock.now()),
        ),
      )
      .orderBy(desc(householdSession.id))
      .limit(SHOWN_SESSIONS),
  );
  return rows.map((row) => ({ ...row, isCurrent: identity === `${identityPrefix}${row.id}` }));
}

/**
 * Ends one of the sessions of the caller's people: `current` is the one that the caller came with. Doing so twice changes nothing.
 * @throws Problem not-found.
 */
export async function endSession(
  { db, clock }: Context,
  scope: Scope,
  { identity, personIds }: Principal,
  named: string,
): Promise<{ endedAt: Date }> {
  const id = named === 'current' ? identity.slice(identityPrefix.length) : named;
  const isMine = and(eq(householdSession.id, id), arrayOverlaps(householdSession.personIds, [...personIds]));
  return db.inScope(platformScopeWithin(scope, identity), async (tx) => {
    await tx
      .update(householdSession)
      .set({ endedAt: clock.now() })
      .where(and(isMine, isNull(householdSession.endedAt)));
    const [ended] = await tx.select({ endedAt: householdSession.endedAt }).from(householdSession).where(isMine);
    if (!ended?.endedAt) throw notFound();
    return { endedAt: ended.endedAt };
  });
}

/** Ends every session of a person, and codes already on their way: the phone that asked for them is not his. */
export async function endSessionsOf(tx: Transaction, personId: string, endedAt: Date): Promise<void> {
  // Codes first: who is just entering one holds its row, and its session stands before we look for sessions.
  await tx
    .update(smsCode)
    .set({ usedAt: endedAt })
    .where(and(arrayContains(smsCode.personIds, [personId]), isNull(smsCode.usedAt)));
  await tx
    .update(householdSession)
    .set({ endedAt })
    .where(and(arrayContains(householdSession.personIds, [personId]), isNull(householdSession.endedAt)));
}
