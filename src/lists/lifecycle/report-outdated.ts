// 信息已失效: whoever finds that a listing is no longer true says so. Enters: who and which listing. Leaves: his report; after enough of
// them, or one official's word, the listing is flagged and its owner told.

import { and, count, eq, gt, gte, sql } from 'drizzle-orm';
import type { Context } from '../../platform/context.ts';
import { platformScopeWithin, type Scope } from '../../platform/database.ts';
import type { Principal } from '../../platform/http/index.ts';
import { newId } from '../../platform/id.ts';
import { Problem } from '../../platform/problem.ts';
import { divisionContains } from '../../vocabulary/division-code.ts';
import { actorOf, lockListing, takeStep } from './move-listing.ts';
import { outdatedReport } from './tables.ts';

/** So many different people are believed. */
export const REPORTS_UNTIL_DORMANT = 3;
/** Nobody says the same of the same listing sooner again. */
const AGAIN_AFTER_MS = 7 * 86_400_000;
/** More in one day are no observations. */
const REPORTS_A_DAY = 20;
const DAY_MS = 86_400_000;

/** @returns whether it is flagged now. @throws Problem conflict, too-many-requests */
export async function reportOutdated(
  context: Context,
  scope: Scope,
  principal: Principal,
  listingId: string,
): Promise<{ reports: number; isDormant: boolean }> {
  const reporter = reporterOf(principal);
  const now = context.clock.now();
  const before = (milliseconds: number) => new Date(now.getTime() - milliseconds);
  // Nobody may see or change another's listing or who else reported it: the platform does it for him.
  return context.db.inScope(platformScopeWithin(scope, 'system:reports'), async (tx) => {
    // One at a time for each reporter, or twenty at once would each be the first of the day.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`outdated_report ${reporter}`}))`);
    const row = await lockListing(tx, listingId);
    if (row.status !== 'published') throw notOnOffer();
    const mine = eq(outdatedReport.reporter, reporter);
    const ofListing = eq(outdatedReport.listingId, listingId);
    const recent = await tx.$count(outdatedReport, and(mine, ofListing, gt(outdatedReport.at, before(AGAIN_AFTER_MS))));
    if (recent > 0) throw tooOften(AGAIN_AFTER_MS);
    const today = await tx.$count(outdatedReport, and(mine, gt(outdatedReport.at, before(DAY_MS))));
    if (today >= REPORTS_A_DAY) throw tooOften(DAY_MS);
    await tx
      .insert(outdatedReport)
      .values({ id: newId(), region: row.region, listingId, reporter, at: now })
      .onConflictDoUpdate({ target: [outdatedReport.listingId, outdatedReport.reporter], set: { at: now } });
    // What was said before its owner last confirmed it is answered.
    const [standing] = await tx
      .select({ reports: count() })
      .from(outdatedReport)
      .where(and(ofListing, gte(outdatedReport.at, row.confirmedAt)));
    const reports = standing?.reports ?? 0;
    const isConfirmed = actorOf(principal.role) === 'official' && isWithin(principal, row.region);
    const isEnough = isConfirmed || reports >= REPORTS_UNTIL_DORMANT;
    if (isEnough && row.dormantSince === null) {
      const byRole = isConfirmed ? principal.role : 'system';
      await takeStep(context, tx, listingId, { action: 'dormancy', byRole, reason: `信息已失效:${reports} 人反映` });
    }
    return { reports, isDormant: isEnough || row.dormantSince !== null };
  });
}

const isWithin = ({ divisionCode }: Principal, region: string) =>
  divisionCode === undefined || divisionContains(divisionCode, region);

/** One for a party and for a person, however often they sign in. */
function reporterOf({ partyId, personIds, identity }: Principal): string {
  if (partyId !== undefined) return `party:${partyId}`;
  const [person] = [...personIds].sort();
  return person === undefined ? identity : `person:${person}`;
}

function notOnOffer(): Problem {
  return new Problem('conflict', {
    zh: '该条目已不在发布状态,无须反映。',
    en: 'It is not on offer any more: there is nothing to report.',
  });
}

function tooOften(milliseconds: number): Problem {
  return new Problem(
    'too-many-requests',
    {
      zh: '您已反映过,我们会尽快核实;同一条目七天内只需反映一次,每人每天最多二十条。',
      en: 'You have told us: once in seven days for a listing is enough, and at most twenty a day.',
    },
    { retryAfterSeconds: milliseconds / 1000 },
  );
}
