// 撤回同意. Enters: a person who no longer agrees. Leaves: every consent ended, what he offers out of lists and rounds at once, and
// the record of it kept: a later import does not bring him back without a newer consent (lists/save-listings.ts).

import { withdrawListingsOf } from '../lists/index.ts';
import { lockPerson, readConsents, withdrawConsents, type Consent } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import type { Scope } from '../platform/database.ts';
import { notFound, Problem } from '../platform/problem.ts';
import { shanghaiDate } from '../vocabulary/calendar.ts';
import { reachPerson } from './county-scope.ts';

/** Doing so twice changes nothing. Returns every consent of the person. @throws Problem not-found, conflict when he never agreed. */
export async function withdrawConsent(context: Context, scope: Scope, personId: string): Promise<Consent[]> {
  const { ofCounty } = await reachPerson(context, scope, personId);
  return context.db.inScope(ofCounty, async (tx) => {
    const subject = await lockPerson(tx, personId);
    if (!subject || subject.erasedAt) throw notFound();
    await withdrawConsents(tx, personId, shanghaiDate(context.clock.now()));
    const consents = await readConsents(tx, personId);
    if (consents.length === 0) {
      throw new Problem('conflict', {
        zh: '此人没有同意记录;如要下架,请撤下其清单条目。',
        en: 'This person never agreed to anything: withdraw the listing instead.',
      });
    }
    await withdrawListingsOf(context, tx, personId);
    return consents;
  });
}
