// Who saw what. Enters: the row whose personal data was shown, and what for. Leaves: an audit entry beside those that triggers
// write of changes, in the transaction of the reading: what cannot be recorded is not shown.

import { sql } from 'drizzle-orm';
import type { Transaction } from '../database.ts';

export interface Reading {
  /** The table of the row as the database names it: `person`. */
  table: string;
  rowId: string;
  /** The row's division. */
  region: string;
  /** A code from a fixed list, never words that somebody typed: they could be personal. */
  purpose: string;
}

/** Records that the actor of `tx` saw the personal data of a row. Actor and request are those of the scope. */
export async function recordRead(tx: Transaction, { table, rowId, region, purpose }: Reading): Promise<void> {
  // Not through drizzle's insert: it names every column, and the service may not set those that the database itself fills.
  await tx.execute(sql`
    insert into audit_entry (table_name, row_id, region, operation, actor, request_id, changed)
    values (
      ${table}, ${rowId}, ${region}, 'read',
      current_setting('app.actor'), current_setting('app.request_id'), jsonb_build_object('purpose', ${purpose}::text)
    )`);
}
