// Assisted entry: somebody acts for a person or a party, because a recorded mandate says so. Enters: a mandate to record, or a
// caller who names one. Leaves: the caller as the grantor's delegate, with what both the delegate and the mandate permit.

import { and, arrayContains, desc, eq, gt, isNull, lt, lte } from 'drizzle-orm';
import type { Context } from '../platform/context.ts';
import { platformScope, sqlState, violatedConstraint, type Scope, type Transaction } from '../platform/database.ts';
import type { Principal } from '../platform/http/index.ts';
import { newId } from '../platform/id.ts';
import { notFound, wrongField } from '../platform/problem.ts';
import type { Permission } from '../vocabulary/permissions.ts';
import { notPermitted, roleDoesNotFit } from './refusals.ts';
import { bothPermit, covers, innerDivision } from './rights.ts';
import { mandate, type GrantorRole } from './tables.ts';

export type Mandate = typeof mandate.$inferSelect;

/**
 * The caller as the delegate of mandate `id`: sees what the grantor sees, may do what both may, and both stand in the audit
 * trail. @throws Problem forbidden when it is not the caller's, not in force, or does not count where the caller acts.
 */
export async function actUnderMandate(
  { db, clock }: Context,
  delegate: Principal,
  id: string,
  requestId: string,
): Promise<Principal> {
  const [given] = await db.inScope(platformScope('system:access', requestId), (tx) =>
    tx
      .select()
      .from(mandate)
      .where(
        and(
          eq(mandate.id, id),
          eq(mandate.delegate, delegate.identity),
          isNull(mandate.revokedAt),
          isNull(mandate.listingId),
        ),
      ),
  );
  const now = clock.now();
  const divisionCode = given && innerDivision(delegate.divisionCode, given.region);
  if (!given || !divisionCode || given.validFrom > now || given.validTo <= now) {
    throw notPermitted('没有可用的委托。', 'There is no such mandate in force for you.');
  }
  return {
    ...delegate,
    subject: `${delegate.subject} for mandate:${given.id}`,
    role: given.grantorRole,
    permissions: bothPermit(delegate.permissions, given.matters),
    divisionCode,
    partyId: given.grantorPartyId ?? undefined,
    personIds: given.grantorPersonId ? [given.grantorPersonId] : [],
  };
}

/** A written mandate over one listing (流转委托书): its delegate may settle `matter` about it. In a scope that sees its division. */
export async function findMandateOver(
  tx: Transaction,
  { listingId, delegate, matter, at }: { listingId: string; delegate: string; matter: Permission; at: Date },
): Promise<Mandate | undefined> {
  const [found] = await tx
    .select()
    .from(mandate)
    .where(
      and(
        eq(mandate.listingId, listingId),
        eq(mandate.delegate, delegate),
        arrayContains(mandate.matters, [matter]),
        lte(mandate.validFrom, at),
        gt(mandate.validTo, at),
        isNull(mandate.revokedAt),
      ),
    )
    .limit(1);
  return found;
}

export interface NewMandate {
  divisionCode: string;
  grantorRole: GrantorRole;
  grantorPartyId?: string | undefined;
  grantorPersonId?: string | undefined;
  delegate: string;
  matters: readonly Permission[];
  listingId?: string | undefined;
  validFrom: Date;
  validTo: Date;
  proof: string;
}

/** @throws Problem forbidden, unprocessable. */
export async function recordMandate(
  { db }: Context,
  recorder: Principal,
  scope: Scope,
  wish: NewMandate,
): Promise<Mandate> {
  if (innerDivision(recorder.divisionCode, wish.divisionCode) !== wish.divisionCode) {
    throw notPermitted('只能登记本级区划范围内的委托。', 'Mandates are recorded within one’s own division only.');
  }
  // Over one listing it is a paper that is put on record, and opens nothing that its recorder could not do.
  if (wish.listingId === undefined && !covers(recorder.permissions, wish.matters)) {
    throw notPermitted(
      '委托事项不得超过登记者自己的权限。',
      'A mandate must not permit more than its recorder may do.',
    );
  }
  const { divisionCode, matters, ...rest } = wish;
  try {
    const [recorded] = await db.inScope(scope, (tx) =>
      tx
        .insert(mandate)
        .values({ id: newId(), region: divisionCode, matters: [...matters], recordedBy: scope.actor, ...rest })
        .returning(),
    );
    if (!recorded) throw new Error('an inserted mandate returned no row');
    return recorded;
  } catch (error) {
    if (violatedConstraint(error) === 'mandate_subject') {
      throw wrongField('body.listingId', '没有这条资源。', 'There is no such listing.');
    }
    if (sqlState(error) === '23503') throw roleDoesNotFit('body.grantor.role');
    // The policy: officials record for whom they see in their division, parties for themselves.
    if (sqlState(error) !== '42501') throw error;
    throw wrongField(
      'body.grantor',
      '没有这个委托人,或您不能为其登记。',
      'There is no such grantor that you may record for.',
    );
  }
}

/** Newest first; one more than the limit. */
export async function readMandates(
  { db }: Context,
  scope: Scope,
  { beforeId, limit }: { beforeId: string | undefined; limit: number },
): Promise<Mandate[]> {
  return db.inScope(scope, (tx) =>
    tx
      .select()
      .from(mandate)
      .where(beforeId ? lt(mandate.id, beforeId) : undefined)
      .orderBy(desc(mandate.id))
      .limit(limit + 1),
  );
}

/** Counts from the next request on. Doing so twice changes nothing. @throws Problem not-found. */
export async function revokeMandate({ db, clock }: Context, scope: Scope, id: string): Promise<Mandate> {
  return db.inScope(scope, async (tx) => {
    await tx
      .update(mandate)
      .set({ revokedAt: clock.now() })
      .where(and(eq(mandate.id, id), isNull(mandate.revokedAt)));
    const [found] = await tx.select().from(mandate).where(eq(mandate.id, id));
    if (!found) throw notFound();
    return found;
  });
}
