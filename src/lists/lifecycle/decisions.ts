// 集体决议 kept beside the listing that they are about. Enters: what a sheet or the API states. Leaves: one decision a listing.

import { eq, inArray, sql } from 'drizzle-orm';
import { inParts, type Transaction } from '../../platform/database.ts';
import { newId } from '../../platform/id.ts';
import type { PlainDate } from '../../vocabulary/calendar.ts';
import type { CollectiveDecision } from '../kinds/index.ts';
import { collectiveDecision } from './tables.ts';

export async function readDecisions(
  tx: Transaction,
  listingIds: readonly string[],
): Promise<Map<string, CollectiveDecision>> {
  if (listingIds.length === 0) return new Map();
  const rows = await tx
    .select()
    .from(collectiveDecision)
    .where(inArray(collectiveDecision.listingId, [...listingIds]));
  return new Map(rows.map(({ id: _id, region: _region, listingId, ...decision }) => [listingId, decision]));
}

interface Stated {
  listingId: string;
  region: string;
  /** Undefined: of a kind that needs none. */
  decision?: CollectiveDecision | null | undefined;
}

/** What is stated replaces what stood; nothing stated removes it. */
export async function replaceDecisions(tx: Transaction, stated: readonly Stated[]): Promise<void> {
  const gone = stated.flatMap(({ listingId, decision }) => (decision === null ? [listingId] : []));
  if (gone.length > 0) await tx.delete(collectiveDecision).where(inArray(collectiveDecision.listingId, gone));
  const rows = stated.flatMap(({ listingId, region, decision }) =>
    decision ? [{ id: newId(), listingId, region, ...decision }] : [],
  );
  const excluded = (column: string) => sql.raw(`excluded.${column}`);
  await inParts(rows, (part) =>
    tx
      .insert(collectiveDecision)
      .values(part)
      .onConflictDoUpdate({
        target: collectiveDecision.listingId,
        set: {
          region: excluded('region'),
          heldOn: excluded('held_on'),
          body: excluded('body'),
          due: excluded('due'),
          present: excluded('present'),
          inFavour: excluded('in_favour'),
          minutes: excluded('minutes'),
          publicityFrom: excluded('publicity_from'),
          publicityTo: excluded('publicity_to'),
        },
      }),
  );
}

/** 公示 begins with the approval, unless the village had put the decision up before. */
export async function beginPublicity(tx: Transaction, listingId: string, on: PlainDate): Promise<void> {
  await tx.update(collectiveDecision).set({ publicityFrom: on }).where(eq(collectiveDecision.listingId, listingId));
}
