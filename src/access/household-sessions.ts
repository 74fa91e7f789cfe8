// Sessions of villagers who signed in by a code to the phone. Enters: a code, or a session's token. Leaves: a session, or a
// Principal that sees what is written down of its own household, and nothing else.

import { and, eq, gt, isNull } from 'drizzle-orm';
import type { Context } from '../platform/context.ts';
import { platformScope } from '../platform/database.ts';
import type { Principal } from '../platform/http/index.ts';
import { newId } from '../platform/id.ts';
import { permissionsOf } from '../vocabulary/permissions.ts';
import { notBelieved } from './refusals.ts';
import { hashSecret, makeSecret } from './secret.ts';
import { redeemCode } from './sms-codes.ts';
import { householdSession } from './tables.ts';

const SESSION_MS = 12 * 3_600_000;
const identityPrefix = 'session:';

/** @throws Problem unauthenticated, whatever the reason: no such phone, no such code, too late, too often. */
export async function startSession(
  context: Context,
  entered: { phone: string; code: string },
  requestId: string,
): Promise<{ token: string; expiresAt: Date }> {
  const scope = platformScope('system:access', requestId);
  const household = await redeemCode(context, scope, entered);
  if (!household) throw notBelieved();
  const { secret, hash } = makeSecret('session');
  const expiresAt = new Date(context.clock.now().getTime() + SESSION_MS);
  await context.db.inScope(scope, (tx) =>
    tx.insert(householdSession).values({
      id: newId(),
      region: household.divisionCode,
      tokenHash: hash,
      personIds: household.personIds,
      expiresAt,
    }),
  );
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
    divisionCode: session.region,
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
