// Legal persons. Enters: checked rows of a sheet or a request. Leaves: the public register of parties. Called by the lists room,
// which knows who offers what.

import { and, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Context } from '../platform/context.ts';
import { inParts, withinDivision, platformScope, type Scope, type Transaction } from '../platform/database.ts';
import { newId } from '../platform/id.ts';
import type { PartyKind } from '../vocabulary/party-kinds.ts';
import { party } from './tables.ts';

export type Party = typeof party.$inferSelect;

export interface PartyRow {
  region: string;
  kind: PartyKind;
  name: string;
  uscc: string;
  contactOffice: string;
  contactPhone: string;
}

export type Saved = 'created' | 'updated' | 'unchanged';

/** Writes parties by their USCC; what stands already and is equal stays untouched. One outcome per row, in order. */
export async function saveParties(tx: Transaction, rows: readonly PartyRow[]): Promise<Saved[]> {
  const known = await findPartiesByUscc(
    tx,
    rows.map((row) => row.uscc),
  );
  const fresh: (typeof party.$inferInsert)[] = [];
  const outcomes: Saved[] = [];
  for (const row of rows) {
    const before = known.get(row.uscc);
    if (!before) {
      fresh.push({ id: newId(), ...row });
      outcomes.push('created');
    } else if ((Object.keys(row) as (keyof PartyRow)[]).every((field) => before[field] === row[field])) {
      outcomes.push('unchanged');
    } else {
      await tx
        .update(party)
        .set({ ...row, updatedAt: sql`now()` })
        .where(eq(party.id, before.id));
      outcomes.push('updated');
    }
  }
  await inParts(fresh, (part) => tx.insert(party).values(part));
  return outcomes;
}

export async function findPartiesByUscc(tx: Transaction, usccs: readonly string[]): Promise<Map<string, Party>> {
  if (usccs.length === 0) return new Map();
  const found = await tx
    .select()
    .from(party)
    .where(inArray(party.uscc, [...new Set(usccs)]));
  return new Map(found.map((p) => [p.uscc, p]));
}

/** For whoever proves to be a party, by its credit code or our id: the register is public, so this sees all of it. */
export async function findParty({ db }: Context, codeOrId: string): Promise<Party | undefined> {
  const find = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(codeOrId) ? findPartiesById : findPartiesByUscc;
  const found = await db.inScope(platformScope('system:access'), (tx) => find(tx, [codeOrId]));
  return found.get(codeOrId);
}

export async function findPartiesById(tx: Transaction, ids: readonly string[]): Promise<Map<string, Party>> {
  if (ids.length === 0) return new Map();
  const found = await tx
    .select()
    .from(party)
    .where(inArray(party.id, [...new Set(ids)]));
  return new Map(found.map((p) => [p.id, p]));
}

export interface PartyFilter {
  divisionCode?: string | undefined;
  kind?: PartyKind | undefined;
  afterId?: string | undefined;
  limit: number;
}

/** One row more than the limit, so that the caller knows whether there is a next page. */
export async function readParties({ db }: Context, scope: Scope, filter: PartyFilter): Promise<Party[]> {
  return db.inScope(scope, (tx) =>
    tx
      .select()
      .from(party)
      .where(
        and(
          filter.divisionCode ? withinDivision(party.region, filter.divisionCode) : undefined,
          filter.kind && eq(party.kind, filter.kind),
          filter.afterId ? gt(party.id, filter.afterId) : undefined,
        ),
      )
      .orderBy(party.id)
      .limit(filter.limit + 1),
  );
}
