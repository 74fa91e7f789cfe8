// What the day brings 到期处理: what is over its last day expires, publicity that is over ends in publishing, what nobody touched for
// long is flagged (没有样子货). Runs once a day; again, it finds nothing left to do.

import { and, eq, gt, isNull, lt, or, sql, type SQL } from 'drizzle-orm';
import type { Context } from '../../platform/context.ts';
import { platformScope, withinDivision, type Scope } from '../../platform/database.ts';
import { Problem } from '../../platform/problem.ts';
import { shanghaiDate, type PlainDate } from '../../vocabulary/calendar.ts';
import { divisionRange } from '../../vocabulary/division-code.ts';
import { kinds } from '../kinds/index.ts';
import { listing } from '../tables.ts';
import { takeStep } from './move-listing.ts';
import type { ListingAction } from './states.ts';
import { readTradePolicies } from './trade-policies.ts';

const actor = 'system:lifecycle';
/** Written in one transaction. */
const LISTINGS_AT_ONCE = 100;

export async function moveDueListings(
  context: Context,
  _payload: Record<string, never>,
  _region: string,
  closing: AbortSignal,
): Promise<void> {
  const { db, clock, log } = context;
  const now = clock.now();
  const today = shanghaiDate(now);
  const { counties, policyOf } = await db.inScope(platformScope(actor), async (tx) => {
    const rows = await tx.selectDistinct({ code: listing.county }).from(listing);
    const codes = rows.map(({ code }) => code).sort();
    return { counties: codes, policyOf: await readTradePolicies(tx, codes, today) };
  });
  for (const county of counties) {
    const scope: Scope = { ...platformScope(actor), ...divisionRange(county) };
    const { monthsUntilDormant } = policyOf(county).terms;
    const moved = {
      expiry: await moveAll('expiry', isOver(today)),
      publication: await moveAll('publication', isPutUpLongEnough(today)),
      dormancy: await moveAll('dormancy', isUntouchedSince(now, monthsUntilDormant)),
    };
    log.info({ county, ...moved }, 'listings: moved what was due');

    async function moveAll(action: ListingAction, isDue: SQL | undefined): Promise<number> {
      let count = 0;
      let afterId: string | undefined;
      do {
        closing.throwIfAborted();
        afterId = await db.inScope(scope, async (tx) => {
          const due = await tx
            .select({ id: listing.id })
            .from(listing)
            .where(and(isDue, withinDivision(listing.region, county), afterId ? gt(listing.id, afterId) : undefined))
            .orderBy(listing.id)
            .limit(LISTINGS_AT_ONCE);
          for (const { id } of due) {
            try {
              await takeStep(context, tx, id, { action, byRole: 'system' });
              count += 1;
            } catch (error) {
              // Something else stands in its way, or somebody was here first: /actions tells its owner what.
              if (!(error instanceof Problem)) throw error;
            }
          }
          return due.length === LISTINGS_AT_ONCE ? due.at(-1)?.id : undefined;
        });
      } while (afterId !== undefined);
      return count;
    }
  }
}

/** `least` passes over what is null: a kind without a last day of its own, or an open end. */
const lastDay = sql`least(${listing.availableTo}, case ${listing.kind} ${sql.join(
  kinds.flatMap(({ id, lastDayAttribute }) =>
    lastDayAttribute ? [sql`when ${id} then (${listing.attributes} ->> ${lastDayAttribute})::date`] : [],
  ),
  sql` `,
)} end)`;

function isOver(today: PlainDate): SQL | undefined {
  const isAlive = sql`${listing.status} in ('submitted', 'approved', 'publicity', 'published')`;
  return and(isAlive, sql`${lastDay} < ${today}`);
}

function isPutUpLongEnough(today: PlainDate): SQL | undefined {
  return and(eq(listing.status, 'publicity'), or(isNull(listing.publicityUntil), lt(listing.publicityUntil, today)));
}

function isUntouchedSince(now: Date, months: number): SQL | undefined {
  return and(
    eq(listing.status, 'published'),
    isNull(listing.dormantSince),
    sql`${listing.confirmedAt} < ${now.toISOString()}::timestamptz - make_interval(months => ${months})`,
  );
}
