// 让某人的登录全部退出. Enters: a person whose phone was lost or who asks for it. Leaves: nobody signed in as that person, and codes
// on their way worth nothing.

import { endSessionsOf } from '../access/index.ts';
import { lockPerson } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import type { Scope } from '../platform/database.ts';
import { notFound } from '../platform/problem.ts';
import { everywhere, reachPerson } from './county-scope.ts';

/** @throws Problem not-found. */
export async function signOut(context: Context, scope: Scope, id: string): Promise<{ endedAt: Date }> {
  const { ofCounty } = await reachPerson(context, scope, id);
  const endedAt = context.clock.now();
  await context.db.inScope(everywhere(ofCounty), async (tx) => {
    if (!(await lockPerson(tx, id))) throw notFound();
    await endSessionsOf(tx, id, endedAt);
  });
  return { endedAt };
}
