// 删除个人信息. Enters: a person. Leaves: nothing that says who it was: the sealed identity, its indexes, the listing and its search
// words, notes, and every kept upload in which he stands. Proposals, consents, audit and ledger keep an id that means nobody, so
// that they still add up and verify. Called by an official's request and by retention.

import { findImportFilesWith, removeImportFiles, removeListingsOf } from '../lists/index.ts';
import { erasePerson, lockPerson, openPersons, withdrawConsents, type ErasureReason } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import type { Scope } from '../platform/database.ts';
import { shanghaiDate } from '../vocabulary/calendar.ts';

export interface Erasure {
  personId: string;
  erasedAt: Date;
  reason: ErasureReason;
  listingsRemoved: number;
  importFilesRemoved: number;
}

/**
 * @param ofCounty the county's scope. Erasing twice is no failure: the second finds nothing left to remove.
 * @throws Problem unavailable while a file that may hold the person is being read.
 */
export async function erase(context: Context, ofCounty: Scope, id: string, reason: ErasureReason): Promise<Erasure> {
  const { db, clock } = context;
  const identity = (await db.inScope(ofCounty, (tx) => openPersons(context, tx, [id]))).get(id);
  // Looked through before the transaction: opening workbooks takes seconds, and nothing waits meanwhile.
  const files = identity ? await findImportFilesWith(context, ofCounty, identity) : [];
  return db.inScope(ofCounty, async (tx) => {
    const subject = await lockPerson(tx, id);
    if (!subject || subject.erasedAt) {
      return {
        personId: id,
        erasedAt: subject?.erasedAt ?? clock.now(),
        reason: subject?.erasedFor ?? reason,
        listingsRemoved: 0,
        importFilesRemoved: 0,
      };
    }
    const erasedAt = clock.now();
    await withdrawConsents(tx, id, shanghaiDate(erasedAt));
    const listingsRemoved = await removeListingsOf(context, tx, id);
    await removeImportFiles(tx, files);
    await erasePerson(tx, id, { erasedAt, reason });
    return { personId: id, erasedAt, reason, listingsRemoved, importFilesRemoved: files.length };
  });
}
