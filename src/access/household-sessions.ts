// Sessions of villagers who signed in by a code to the phone. Enters: a code, or a session's token. Leaves: a session, or a
// Principal that sees what is written down of its own household, and nothing else.

import { and, arrayContains, eq, gt, isNull } from 'drizzle-orm';
import type { Context } from '../platform/context.ts';
import { platformScope, platformScopeWithin, type Scope, type Transaction } from '../platform/database.ts';
import type { Principal } from '../platform/http/index.ts';
import { newId } from '../platform/id.ts';
import { permissionsOf } from '../vocabulary/permissions.ts';
import { notBelieved } from './refusals.ts';
import { hashSecret, makeSecret } from './secret.ts';
import { countGuess, redeemCode } from './sms-codes.ts';
import { householdSession, smsCode } from './tables.ts';

const SESSION_MS = 12 * 3_600_000;
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
  const expiresAt = new Date(context.clock.now().getTime() + SESSION_MS);
  await context.db.inScope(platformScopeWithin(scope, 'system:access'), async (tx) => {
    const household = await redeemCode(context, tx, { id, code });
    if (!household) throw notBelieved();
    const { divisionCode: region, personIds } = household;
    await tx.insert(householdSession).values({ id: newId(), region, tokenHash: hash, personIds, expiresAt });
  });
  return { token: secret, expiresAt };
}

/**
 * The household; of a session that has ended nobody, who may only hear again that it has: whoever lost that answer asks with what
 * he has. @throws Problem unauthenticated.
 */
export async function readSession({ db, clock }: Context, token: string, requestId: string): Promise<Principal> {
  const [session] = await db.inScope(platformScope('system:access', requestId), (tx) =>
    tx
      .select()
      .from(householdSession)
      .where(and(eq(householdSession.tokenHash, hashSecret(token)), gt(householdSession.expiresAt, clock.now()))),
  );
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

/** Ends the session that the caller came with, at once. Doing so twice changes nothing. */
export async function endSession(
  { db, clock }: Context,
  scope: Scope,
  { identity }: Principal,
): Promise<{ endedAt: Date }> {
  const isThis = eq(householdSession.id, identity.slice(identityPrefix.length));
  return db.inScope(platformScopeWithin(scope, identity), async (tx) => {
    await tx
      .update(householdSession)
      .set({ endedAt: clock.now() })
      .where(and(isThis, isNull(householdSession.endedAt)));
    const [ended] = await tx.select({ endedAt: householdSession.endedAt }).from(householdSession).where(isThis);
    if (!ended?.endedAt) throw notBelieved();
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
