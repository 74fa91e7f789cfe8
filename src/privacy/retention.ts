// 保存期限. Reaction to the clock: forgets what has been kept long enough. Runs once a day for all counties; running again finds
// nothing more to do. The terms stand in docs/privacy.md; two are settings (IMPORT_FILE_DAYS, WITHDRAWN_PERSON_DAYS).

import { sql } from 'drizzle-orm';
import { forgetSignIns } from '../access/index.ts';
import { removeImportFilesBefore } from '../lists/index.ts';
import { countyOf } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import { platformScope } from '../platform/database.ts';
import { forgetIdempotencyKeysBefore } from '../platform/http/index.ts';
import { Problem } from '../platform/problem.ts';
import { divisionRange } from '../vocabulary/division-code.ts';
import { erase } from './erase-person.ts';

const DAY_MS = 24 * 3_600_000;
const PERSONS_AT_ONCE = 200;
const actor = 'system:retention';

export async function forgetWhatIsDue(
  context: Context,
  _payload: object,
  _region: string,
  closing: AbortSignal,
): Promise<void> {
  const { db, clock, config, log } = context;
  const before = (days: number) => new Date(clock.now().getTime() - days * DAY_MS);
  const files = await db.inScope(platformScope(actor), (tx) =>
    removeImportFilesBefore(tx, before(config.importFileDays)),
  );
  const signIns = await db.inScope(platformScope(actor), (tx) => forgetSignIns(tx, clock.now()));
  await db.inScope(platformScope(actor), (tx) => forgetIdempotencyKeysBefore(tx, before(1)));
  const due = await findLongWithdrawn(context, before(config.withdrawnPersonDays));
  let erased = 0;
  for (const subject of due) {
    closing.throwIfAborted();
    const ofCounty = { ...platformScope(actor), ...divisionRange(countyOf(subject.region)) };
    try {
      await erase(context, ofCounty, subject.id, 'retention');
      erased += 1;
    } catch (error) {
      // A file of the county is being read just now: tomorrow's run comes again.
      if (!(error instanceof Problem && error.code === 'unavailable')) throw error;
    }
  }
  log.info({ files, signIns, erased, left: due.length - erased }, 'retention: forgot what was due');
}

/** People of whom nothing has been published or drafted since `before`. */
async function findLongWithdrawn({ db }: Context, before: Date): Promise<{ id: string; region: string }[]> {
  const { rows } = await db.inScope(platformScope(actor), (tx) =>
    tx.execute<{ id: string; region: string }>(sql`
      select p.id, p.region from person p
      where p.erased_at is null and p.updated_at < ${before}
        and not exists (
          select from listing l
          where l.person_id = p.id and (l.status not in ('withdrawn', 'expired', 'closed') or l.updated_at >= ${before}))
      order by p.id limit ${PERSONS_AT_ONCE}`),
  );
  return rows;
}
