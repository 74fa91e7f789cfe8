// 更正个人信息. Enters: a person whose name or phone was recorded wrongly. Leaves: what is right, sealed, as a new version. Whoever
// signed in by the wrong phone is signed out. What makes a person who he is, the ID number, is not corrected but entered anew.

import { endSessionsOf } from '../access/index.ts';
import { correctPerson, lockPerson, type Identity } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import type { Scope } from '../platform/database.ts';
import { notFound, Problem } from '../platform/problem.ts';
import { everywhere, reachPerson } from './county-scope.ts';

export type Correction = { [field in 'name' | 'phone']?: string | undefined };

/** @param expectedVersion refused when it no longer stands. @throws Problem not-found, version-conflict. */
export async function correct(
  context: Context,
  scope: Scope,
  id: string,
  correction: Correction,
  expectedVersion: number | undefined,
): Promise<{ identity: Identity; version: number }> {
  const { ofCounty } = await reachPerson(context, scope, id);
  return context.db.inScope(everywhere(ofCounty), async (tx) => {
    const subject = await lockPerson(tx, id);
    if (!subject || subject.erasedAt) throw notFound();
    if (expectedVersion !== undefined && subject.version !== expectedVersion) throw new Problem('version-conflict');
    const corrected = await correctPerson(context, tx, subject, correction);
    if (correction.phone !== undefined) await endSessionsOf(tx, id, context.clock.now());
    return corrected;
  });
}
