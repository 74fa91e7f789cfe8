// Acting in a division other than one's own. Enters: a grant to record, or a caller who names a division. Leaves: the caller in
// that one division only. Several divisions are several requests: no wider prefix is ever made of them.

import { and, desc, eq, gt, isNull, lt, lte, or } from 'drizzle-orm';
import type { Context } from '../platform/context.ts';
import { platformScope, sqlState, type Scope } from '../platform/database.ts';
import type { Principal } from '../platform/http/index.ts';
import { newId } from '../platform/id.ts';
import { notFound, wrongField } from '../platform/problem.ts';
import { divisionContains } from '../vocabulary/division-code.ts';
import type { Permission } from '../vocabulary/permissions.ts';
import { notPermitted } from './refusals.ts';
import { bothPermit, covers, innerDivision } from './rights.ts';
import { divisionGrant } from './tables.ts';

export type DivisionGrant = typeof divisionGrant.$inferSelect;

/**
 * The caller in division `code`: its own or one below it, with all its rights; one that was granted, with what the caller and
 * the grants both permit. @throws Problem forbidden otherwise.
 */
export async function actInDivision(
  { db, clock }: Context,
  caller: Principal,
  code: string,
  requestId: string,
): Promise<Principal> {
  const isOwn = caller.divisionCode === undefined || divisionContains(caller.divisionCode, code);
  if (isOwn && caller.role !== 'anonymous') return { ...caller, divisionCode: code };
  const now = clock.now();
  const grants = await db.inScope(platformScope('system:access', requestId), (tx) =>
    tx
      .select()
      .from(divisionGrant)
      .where(
        and(
          or(
            eq(divisionGrant.grantee, caller.identity),
            caller.partyId ? eq(divisionGrant.granteePartyId, caller.partyId) : undefined,
          ),
          lte(divisionGrant.validFrom, now),
          gt(divisionGrant.validTo, now),
          isNull(divisionGrant.revokedAt),
        ),
      ),
  );
  const here = grants.filter((grant) => divisionContains(grant.region, code));
  if (here.length === 0) throw notPermitted('您不能在该区划办理业务。', 'You may not act in that division.');
  const permitted = here.flatMap(({ permissions }) => permissions);
  return { ...caller, divisionCode: code, permissions: bothPermit(caller.permissions, permitted) };
}

export interface NewDivisionGrant {
  divisionCode: string;
  grantee?: string | undefined;
  granteePartyId?: string | undefined;
  permissions: readonly Permission[];
  validFrom: Date;
  validTo: Date;
}

/** @throws Problem forbidden, unprocessable. */
export async function recordDivisionGrant(
  { db }: Context,
  granter: Principal,
  scope: Scope,
  wish: NewDivisionGrant,
): Promise<DivisionGrant> {
  if (innerDivision(granter.divisionCode, wish.divisionCode) !== wish.divisionCode) {
    throw notPermitted('只能开放本级区划范围内的区划。', 'Only divisions within one’s own can be opened.');
  }
  if (!covers(granter.permissions, wish.permissions)) {
    throw notPermitted('开放的权限不得超过您自己的权限。', 'A grant must not permit more than its granter may do.');
  }
  const { divisionCode, permissions, ...rest } = wish;
  try {
    const [recorded] = await db.inScope(scope, (tx) =>
      tx
        .insert(divisionGrant)
        .values({ id: newId(), region: divisionCode, permissions: [...permissions], recordedBy: scope.actor, ...rest })
        .returning(),
    );
    if (!recorded) throw new Error('an inserted grant returned no row');
    return recorded;
  } catch (error) {
    if (sqlState(error) !== '23503') throw error;
    throw wrongField('body.grantee', '没有这个主体。', 'There is no such party.');
  }
}

/** Newest first; one more than the limit. Parties see the grants that were given to them. */
export async function readDivisionGrants(
  { db }: Context,
  scope: Scope,
  { beforeId, limit }: { beforeId: string | undefined; limit: number },
): Promise<DivisionGrant[]> {
  return db.inScope(scope, (tx) =>
    tx
      .select()
      .from(divisionGrant)
      .where(beforeId ? lt(divisionGrant.id, beforeId) : undefined)
      .orderBy(desc(divisionGrant.id))
      .limit(limit + 1),
  );
}

/** Counts from the next request on. Doing so twice changes nothing. @throws Problem not-found. */
export async function revokeDivisionGrant({ db, clock }: Context, scope: Scope, id: string): Promise<DivisionGrant> {
  return db.inScope(scope, async (tx) => {
    await tx
      .update(divisionGrant)
      .set({ revokedAt: clock.now() })
      .where(and(eq(divisionGrant.id, id), isNull(divisionGrant.revokedAt)));
    const [found] = await tx.select().from(divisionGrant).where(eq(divisionGrant.id, id));
    if (!found) throw notFound();
    return found;
  });
}
