// Reaction to somebody who wants to sign in by phone: finds out whose phone it is, in a worker, so that the answer to the
// request could not tell. One phone often serves a household (CONVENTIONS 2.4): all its people come along.

import { and, eq, isNull } from 'drizzle-orm';
import { sendCode, type Household } from '../access/index.ts';
import type { Context } from '../platform/context.ts';
import { platformScope, type Transaction } from '../platform/database.ts';
import { listCounties } from '../platform/sealing/index.ts';
import { commonDivision } from '../vocabulary/division-code.ts';
import type { Events } from '../vocabulary/events.ts';
import { person } from './tables.ts';

export async function answerSmsCode(context: Context, { smsCodeId }: Events['sms-code.requested']): Promise<void> {
  await sendCode(context, smsCodeId, (phone) => findHousehold(context, phone, smsCodeId));
}

/** Each county has an index of its own, so each is asked. Who is known in several signs in once and sees all its people. */
async function findHousehold(context: Context, phone: string, cause: string): Promise<Household | undefined> {
  const counties: string[] = [];
  const people: string[] = [];
  for (const county of await listCounties(context.db)) {
    const personIds = await context.db.inScope(platformScope('system:access', cause), (tx) =>
      findByPhone(context, tx, county, phone),
    );
    if (personIds.length === 0) continue;
    counties.push(county);
    people.push(...personIds);
  }
  return people.length > 0 ? { divisionCode: commonDivision(counties) ?? '0', personIds: people } : undefined;
}

async function findByPhone({ sealer }: Context, tx: Transaction, county: string, phone: string): Promise<string[]> {
  const keys = await sealer.forSealing(tx, county);
  const rows = await tx
    .select({ id: person.id })
    .from(person)
    .where(and(eq(person.phoneIndex, keys.blindIndex(phone)), isNull(person.erasedAt)))
    .orderBy(person.id);
  return rows.map(({ id }) => id);
}
