// The life of a publication. Enters: who acts and what he asks. Leaves: its row, changed in one transaction with its entries.

import { and, asc, desc, eq, gt, isNotNull, lt, sql, type SQL } from 'drizzle-orm';
import { readPublishable, type ListId } from '../lists/index.ts';
import { readSigningKey } from '../platform/audit/index.ts';
import type { Context } from '../platform/context.ts';
import { inParts, withinDivision, type Scope, type Transaction } from '../platform/database.ts';
import type { Principal } from '../platform/http/index.ts';
import { newId } from '../platform/id.ts';
import { notFound, Problem } from '../platform/problem.ts';
import { readGazetteer } from '../regions/index.ts';
import { shanghaiDate } from '../vocabulary/calendar.ts';
import { divisionContains } from '../vocabulary/division-code.ts';
import { stepPublication, type Official, type PublicationAction, type PublicationState } from './machine.ts';
import { hashContent, hashEntries, signPublication } from './sign-publication.ts';
import { listPublication, publicationEntry } from './tables.ts';

export type Publication = typeof listPublication.$inferSelect;
export type Entry = typeof publicationEntry.$inferSelect;

/** More than a county's list holds; whoever has more publishes town by town. */
export const entriesMax = 20_000;

function officialOf({ identity, divisionCode }: Principal): Official {
  return { identity, divisionCode: divisionCode ?? '' };
}

/** What the list says now, as a draft. @throws Problem unprocessable when the division is not the caller's or there is too much */
export async function draftPublication(
  context: Context,
  { scope, visitor, principal }: { scope: Scope; visitor: Scope; principal: Principal },
  { list, divisionCode }: { list: ListId; divisionCode: string },
): Promise<Publication> {
  const official = officialOf(principal);
  if (official.divisionCode !== '' && !divisionContains(official.divisionCode, divisionCode)) throw outside();
  if (!(await readGazetteer(context)).find(divisionCode)) throw outside();
  const found = await readPublishable(context, visitor, { list, divisionCode, limit: entriesMax + 1 });
  if (found.length > entriesMax) throw tooMany();
  const entries = found.map((entry) => ({ ...entry, contentHash: hashContent(entry.content) }));
  const now = context.clock.now();
  const id = newId();
  return context.db.inScope(scope, async (tx) => {
    const [row] = await tx
      .insert(listPublication)
      .values({
        id,
        region: divisionCode,
        list,
        state: 'draft',
        asOf: shanghaiDate(now),
        entryCount: entries.length,
        entriesHash: hashEntries(entries),
        author: official.identity,
        authorRegion: official.divisionCode,
        createdAt: now,
      })
      .returning();
    await inParts(
      entries.map((entry) => ({ ...entry, id: newId(), region: divisionCode, publicationId: id })),
      (part) => tx.insert(publicationEntry).values(part),
    );
    if (!row) throw new Error('nothing was inserted');
    return row;
  });
}

/** One step of the way. @throws Problem forbidden or conflict with the reason */
export async function movePublication(
  context: Context,
  { scope, principal }: { scope: Scope; principal: Principal },
  id: string,
  action: PublicationAction,
  reasons?: string,
): Promise<Publication> {
  const official = officialOf(principal);
  // Reads a file: not while rows are locked.
  const key = action === 'publication' ? await readSigningKey(context.config) : undefined;
  return context.db.inScope(scope, async (tx) => {
    const [row] = await tx.select().from(listPublication).where(eq(listPublication.id, id)).for('update');
    if (!row) throw notFound();
    const author = { identity: row.author, divisionCode: row.authorRegion };
    const step = stepPublication(action, { state: row.state, author }, official);
    if ('refused' in step) throw new Problem(step.refused === 'caller' ? 'forbidden' : 'conflict', step.why);
    const change: Partial<Publication> = { state: step.to };
    if (action === 'approval') Object.assign(change, stampOf(official));
    if (action === 'return') Object.assign(change, { ...stampOf(official), reasons });
    if (key) {
      const number = await supersede(tx, row);
      const publishedAt = context.clock.now();
      const { region: divisionCode, approverRegion } = row;
      const facts = {
        ...row,
        ...{ divisionCode, number, approverRegion: approverRegion ?? '', publishedAt: publishedAt.toISOString() },
      };
      Object.assign(change, { number, publishedAt, ...signPublication(facts, key) });
    }
    const [moved] = await tx.update(listPublication).set(change).where(eq(listPublication.id, id)).returning();
    if (!moved) throw notFound();
    return moved;
  });
}

function stampOf({ identity, divisionCode }: Official): Partial<Publication> {
  return { approver: identity, approverRegion: divisionCode };
}

/** Makes way for a version, which is the next one. One at a time for each list and division. */
async function supersede(tx: Transaction, { region, list, createdAt }: Publication): Promise<number> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`list_publication ${region} ${list}`}))`);
  const ofList = and(eq(listPublication.region, region), eq(listPublication.list, list));
  const [last] = await tx
    .select()
    .from(listPublication)
    .where(and(ofList, eq(listPublication.state, 'published')));
  if (!last) return 1;
  if (last.createdAt > createdAt) throw olderThanStanding();
  await tx.update(listPublication).set({ state: 'superseded' }).where(eq(listPublication.id, last.id));
  return (last.number ?? 0) + 1;
}

export interface PublicationFilter {
  list?: ListId | undefined;
  divisionCode?: string | undefined;
  state?: PublicationState | undefined;
  beforeId?: string | undefined;
  limit: number;
}

/** Newest first, one more than the limit. */
export async function findPublications({ db }: Context, scope: Scope, filter: PublicationFilter) {
  const conditions: (SQL | undefined)[] = [
    filter.list ? eq(listPublication.list, filter.list) : undefined,
    filter.divisionCode ? withinDivision(listPublication.region, filter.divisionCode) : undefined,
    filter.state ? eq(listPublication.state, filter.state) : undefined,
    filter.beforeId ? lt(listPublication.id, filter.beforeId) : undefined,
  ];
  return db.inScope(scope, (tx) =>
    tx
      .select()
      .from(listPublication)
      .where(and(...conditions))
      .orderBy(desc(listPublication.id))
      .limit(filter.limit + 1),
  );
}

export interface Readers {
  scope: Scope;
  visitor: Scope;
}

/** As the caller's own, or else as any visitor; with the scope in which its entries are read. @throws Problem not-found */
export async function readPublication({ db }: Context, { scope, visitor }: Readers, id: string) {
  for (const reader of [scope, visitor]) {
    const [row] = await db.inScope(reader, (tx) => tx.select().from(listPublication).where(eq(listPublication.id, id)));
    if (row) return { row, reader };
  }
  throw notFound();
}

export async function readEntries(
  { db }: Context,
  reader: Scope,
  { publicationId, afterId, limit }: { publicationId: string; afterId?: string | undefined; limit: number },
): Promise<Entry[]> {
  return db.inScope(reader, (tx) =>
    tx
      .select()
      .from(publicationEntry)
      .where(
        and(
          eq(publicationEntry.publicationId, publicationId),
          afterId === undefined ? undefined : gt(publicationEntry.id, afterId),
        ),
      )
      .orderBy(asc(publicationEntry.id))
      .limit(limit),
  );
}

export interface DifferenceRow extends Record<string, unknown> {
  subject: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

/** What differs, by subject, one more than the limit. */
export async function readDifference(
  { db }: Context,
  reader: Scope,
  {
    beforeId,
    afterId,
    afterSubject,
    limit,
  }: { beforeId: string | undefined; afterId: string; afterSubject: string; limit: number },
): Promise<DifferenceRow[]> {
  return db.inScope(reader, async (tx) => {
    const { rows } = await tx.execute<DifferenceRow>(sql`
      select coalesce(a.subject, b.subject) as subject, b.content as before, a.content as after
      from (select * from publication_entry where publication_id = ${beforeId ?? null}) as b
      full join (select * from publication_entry where publication_id = ${afterId}) as a using (subject)
      where a.content_hash is distinct from b.content_hash and coalesce(a.subject, b.subject) > ${afterSubject}
      order by coalesce(a.subject, b.subject) limit ${limit + 1}`);
    return rows;
  });
}

/** With the one it is held against: as asked, or else the version before, if there is one. @throws Problem not-found, unprocessable */
export async function readPair(context: Context, readers: Readers, id: string, against: string | undefined) {
  const { row: after, reader } = await readPublication(context, readers, id);
  if (against === undefined) return { before: await readVersionBefore(context, reader, after), after, reader };
  const { row: before } = await readPublication(context, readers, against);
  if (before.list !== after.list || before.region !== after.region) {
    throw new Problem('unprocessable', {
      zh: '只能比较同一区划、同一清单的两个版本。',
      en: 'Only versions of the same list and division can be compared.',
    });
  }
  return { before, after, reader };
}

async function readVersionBefore({ db }: Context, reader: Scope, { region, list, number }: Publication) {
  const [before] = await db.inScope(reader, (tx) =>
    tx
      .select()
      .from(listPublication)
      .where(
        and(
          eq(listPublication.region, region),
          eq(listPublication.list, list),
          number === null ? isNotNull(listPublication.number) : lt(listPublication.number, number),
        ),
      )
      .orderBy(desc(listPublication.number))
      .limit(1),
  );
  return before;
}

function outside(): Problem {
  const message = {
    zh: '没有这个区划代码,或不在您的辖区内。',
    en: 'There is no such division in force, or it is not within yours.',
  };
  return new Problem('unprocessable', undefined, { errors: [{ path: 'body.divisionCode', message }] });
}

function tooMany(): Problem {
  return new Problem('conflict', {
    zh: `超过一份清单的上限 ${entriesMax} 条,请按乡镇或村分别发布。`,
    en: `More than the ${entriesMax} entries of one publication: publish town by town.`,
  });
}

function olderThanStanding(): Problem {
  return new Problem('conflict', {
    zh: '已发布的版本比这一份新,请重新起草。',
    en: 'What stands published is newer than this snapshot: draft it anew.',
  });
}
