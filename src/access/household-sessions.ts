// Sessions of villagers who signed in by a code to the phone. Enters: a code, or a session's token. Leaves: a session, or a
// Principal that sees what is written down of its own household, and nothing else.

import { and, arrayContains, eq, gt, isNull } from 'drizzle-orm';
import type { Context } from '../platform/context.ts';
import { platformScope, type Transaction } from '../platform/database.ts';
import type { Principal } from '../platform/http/index.ts';
import { newId } from '../platform/id.ts';
import { permissionsOf } from '../vocabulary/permissions.ts';
import { notBelieved } from './refusals.ts';
import { hashSecret, makeSecret } from './secret.ts';
import { redeemCode } from './sms-codes.ts';
import { householdSession, smsCode } from './tables.ts';

const SESSION_MS = 12 * 3_600_000;
const identityPrefix = 'session:';

/** @throws Problem unauthenticated, whatever the reason: no such phone, no such code, too late, too often. */
export async function startSession(
  context: Context,
  entered: { phone: string; code: string },
  requestId: string,
): Promise<{ token: string; expiresAt: Date }> {
  const { secret, hash } = makeSecret('session');
  const expiresAt = new Date(context.clock.now().getTime() + SESSION_MS);
  const isStarted = await context.db.inScope(platformScope('system:access', requestId), async (tx) => {
    const household = await redeemCode(context, tx, entered);
    if (!household) return false;
    const { divisionCode: region, personIds } = household;
    await tx.insert(householdSession).values({ id: newId(), region, tokenHash: hash, personIds, expiresAt });
    return true;
  });
  // Outside of the transaction: a wrong guess stays counted.
  if (!isStarted) throw notBelieved();
  return { token: secret, expiresAt };
}

/** @throws Problem unauthenticated. */
export async function readSession({ db, clock }: Context, token: string, requestId: string): Promise<Principal> {
  const [session] = await db.inScope(platformScope('system:access', requestId), (tx) =>
    tx
      .select()
      .from(householdSession)
      .where(
        and(
          eq(householdSession.tokenHash, hashSecret(token)),
          isNull(householdSession.endedAt),
          gt(householdSession.expiresAt, clock.now()),
        ),
      ),
  );
  if (!session) throw notBelieved();
  const identity = `${identityPrefix}${session.id}`;
  return {
    subject: identity,
    identity,
    role: 'household',
    permissions: permissionsOf('household'),
    divisionCode: session.region === '0' ? undefined : session.region,
    partyId: undefined,
    personIds: session.personIds,
  };
}

/** Ends the session that the caller came with, at once. */
export async function endSession(
  { db, clock }: Context,
  { identity }: Principal,
  requestId: string,
): Promise<{ endedAt: Date }> {
  const endedAt = clock.now();
  await db.inScope(platformScope(identity, requestId), (tx) =>
    tx
      .update(householdSession)
      .set({ endedAt })
      .where(eq(householdSession.id, identity.slice(identityPrefix.length))),
  );
  return { endedAt };
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
