// People. Enters: who somebody is, and what he agreed to. Leaves: sealed rows, masked views, and the clear values for the few
// ways on which they may be shown. Called by the lists room, which knows who offers to work, and by the privacy room.

import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { recordRead } from '../platform/audit/index.ts';
import type { Context } from '../platform/context.ts';
import type { Transaction } from '../platform/database.ts';
import { groupBy } from '../platform/group-by.ts';
import { newId } from '../platform/id.ts';
import { divisionCodeAt } from '../vocabulary/division-code.ts';
import { maskIdNumber, maskName, maskPhone } from '../vocabulary/masking.ts';
import {
  consent,
  disclosure,
  person,
  type ConsentChannel,
  type DisclosurePurpose,
  type ErasureReason,
} from './tables.ts';

/** Everything that says who it is, and what is sensitive about him: sealed as one. */
export interface Identity {
  name: string;
  idNumber: string;
  phone: string;
  /** 低收入农户成员: known to the engine, and to an official who asks for it with a purpose. */
  lowIncome: boolean;
}

/** Who somebody is, as a listing states it: one that does not ask for low income leaves what is known of it as it is. */
export type StatedIdentity = Omit<Identity, 'lowIncome'> & Partial<Pick<Identity, 'lowIncome'>>;

export interface ConsentGiven {
  given: boolean;
  textVersion: string;
  channel: ConsentChannel;
  assistedBy: string | null;
  /** YYYY-MM-DD */
  on: string;
}

export interface PersonRow {
  region: string;
  identity: StatedIdentity;
}

export type Person = Omit<typeof person.$inferSelect, 'sealed'>;
export type Consent = typeof consent.$inferSelect;
export type Disclosure = typeof disclosure.$inferSelect;

export const countyOf = (divisionCode: string) => divisionCodeAt(divisionCode, 'county') ?? divisionCode;

const BATCH_ROWS = 1000;

/** Writes persons by their ID number's keyed hash. Returns the person's id per row, in order. */
export async function savePersons(context: Context, tx: Transaction, rows: readonly PersonRow[]): Promise<string[]> {
  const ids: string[] = [];
  for (const [county, ofCounty] of groupBy(
    rows.map((row, at) => ({ ...row, at })),
    (row) => countyOf(row.region),
  )) {
    const keys = await context.sealer.forSealing(tx, county);
    for (let from = 0; from < ofCounty.length; from += BATCH_ROWS) {
      const part = ofCounty
        .slice(from, from + BATCH_ROWS)
        .map((row) => ({ ...row, idNumberIndex: keys.blindIndex(row.identity.idNumber) }));
      const lowIncome = await readLowIncome(
        context,
        tx,
        part.flatMap(({ identity, idNumberIndex }) => (identity.lowIncome === undefined ? [idNumberIndex] : [])),
      );
      const sealedRows = part.map(({ region, identity, idNumberIndex }) => ({
        id: newId(),
        region,
        sealed: keys.seal(
          JSON.stringify({ ...identity, lowIncome: identity.lowIncome ?? lowIncome.get(idNumberIndex) ?? false }),
        ),
        idNumberIndex,
        phoneIndex: keys.blindIndex(identity.phone),
      }));
      const saved = await tx
        .insert(person)
        .values(sealedRows)
        .onConflictDoUpdate({
          target: person.idNumberIndex,
          set: {
            region: sql`excluded.region`,
            sealed: sql`excluded.sealed`,
            phoneIndex: sql`excluded.phone_index`,
            version: sql`${person.version} + 1`,
            updatedAt: sql`now()`,
          },
        })
        .returning({ id: person.id, index: person.idNumberIndex });
      const idOf = new Map(saved.map(({ id, index }) => [index, id]));
      part.forEach(({ at }, nth) => (ids[at] = idOf.get(sealedRows[nth]?.idNumberIndex ?? '') ?? ''));
    }
  }
  return ids;
}

/** What is known of the low income of people by the index of their ID number. */
async function readLowIncome(
  context: Context,
  tx: Transaction,
  indexes: readonly string[],
): Promise<Map<string, boolean>> {
  if (indexes.length === 0) return new Map();
  const rows = await tx
    .select({ id: person.id, index: person.idNumberIndex })
    .from(person)
    .where(inArray(person.idNumberIndex, [...indexes]));
  const known = await openPersons(
    context,
    tx,
    rows.map(({ id }) => id),
  );
  return new Map(rows.map(({ id, index }) => [index ?? '', known.get(id)?.lowIncome ?? false]));
}

/** Puts right what was recorded wrongly of somebody who stands and is locked. Returns what stands now. */
export async function correctPerson(
  context: Context,
  tx: Transaction,
  subject: Person,
  { name, phone }: { name?: string | undefined; phone?: string | undefined },
): Promise<{ identity: Identity; version: number }> {
  const before = (await openPersons(context, tx, [subject.id])).get(subject.id);
  if (!before) throw new Error('a person who stands could not be opened');
  const identity = { ...before, name: name ?? before.name, phone: phone ?? before.phone };
  const keys = await context.sealer.forSealing(tx, countyOf(subject.region));
  const version = subject.version + 1;
  await tx
    .update(person)
    .set({
      sealed: keys.seal(JSON.stringify(identity)),
      phoneIndex: keys.blindIndex(identity.phone),
      version,
      updatedAt: sql`now()`,
    })
    .where(eq(person.id, subject.id));
  return { identity, version };
}

/** The person's row as this scope sees it; undefined when it does not, or there is none. */
export async function findPerson(tx: Transaction, id: string): Promise<Person | undefined> {
  const [found] = await tx.select(personColumns).from(person).where(eq(person.id, id));
  return found;
}

/** The same, held still until the transaction ends. */
export async function lockPerson(tx: Transaction, id: string): Promise<Person | undefined> {
  const [found] = await tx.select(personColumns).from(person).where(eq(person.id, id)).for('update');
  return found;
}

const personColumns = {
  id: person.id,
  region: person.region,
  idNumberIndex: person.idNumberIndex,
  phoneIndex: person.phoneIndex,
  version: person.version,
  createdAt: person.createdAt,
  updatedAt: person.updatedAt,
  erasedAt: person.erasedAt,
  erasedFor: person.erasedFor,
};

/** Clear values by person. For the engine's snapshot and for masking: never to be handed on as they are. */
export async function openPersons(
  { sealer }: Context,
  tx: Transaction,
  ids: readonly string[],
): Promise<Map<string, Identity>> {
  const opened = new Map<string, Identity>();
  for (let from = 0; from < ids.length; from += BATCH_ROWS * 5) {
    const rows = await tx
      .select({ id: person.id, region: person.region, sealed: person.sealed })
      .from(person)
      .where(and(inArray(person.id, ids.slice(from, from + BATCH_ROWS * 5)), isNull(person.erasedAt)));
    for (const [county, ofCounty] of groupBy(rows, (row) => countyOf(row.region))) {
      const keys = await sealer.forOpening(tx, county);
      for (const { id, sealed } of ofCounty) {
        if (sealed) opened.set(id, JSON.parse(keys.open(sealed).toString()) as Identity);
      }
    }
  }
  return opened;
}

/** 张*, 138****0000, 3308**********0013: how officials see a person unless they ask for more. */
export interface MaskedPerson {
  id: string;
  name: string;
  phone: string;
  idNumber: string;
}

export function maskPerson(id: string, { name, phone, idNumber }: Identity): MaskedPerson {
  return { id, name: maskName(name), phone: maskPhone(phone), idNumber: maskIdNumber(idNumber) };
}

// ── Consent ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Records what people said: a yes is a row of its own, once; a no withdraws every yes of that day or before. One statement per
 * person id, in order.
 */
export async function saveConsents(
  tx: Transaction,
  rows: readonly { personId: string; region: string; consent: ConsentGiven }[],
  recordedBy: string,
): Promise<void> {
  const given = rows
    .filter((row) => row.consent.given)
    .map(({ personId, region, consent: said }) => ({
      id: newId(),
      region,
      personId,
      textVersion: said.textVersion,
      channel: said.channel,
      assistedBy: said.assistedBy,
      givenOn: said.on,
      recordedBy,
    }));
  for (let from = 0; from < given.length; from += BATCH_ROWS) {
    await tx
      .insert(consent)
      .values(given.slice(from, from + BATCH_ROWS))
      .onConflictDoNothing();
  }
  for (const { personId, consent: said } of rows.filter((row) => !row.consent.given)) {
    await withdrawConsents(tx, personId, said.on);
  }
}

/** Ends every consent given up to a day that still stands. Returns how many. */
export async function withdrawConsents(tx: Transaction, personId: string, on: string): Promise<number> {
  const ended = await tx
    .update(consent)
    .set({ withdrawnOn: on })
    .where(and(eq(consent.personId, personId), isNull(consent.withdrawnOn), sql`${consent.givenOn} <= ${on}`))
    .returning({ id: consent.id });
  return ended.length;
}

/** Newest first. */
export async function readConsents(tx: Transaction, personId: string): Promise<Consent[]> {
  return tx
    .select()
    .from(consent)
    .where(eq(consent.personId, personId))
    .orderBy(desc(consent.givenOn), desc(consent.id));
}

/** Those of `personIds` who agree now. */
export async function findConsenting(tx: Transaction, personIds: readonly string[]): Promise<Set<string>> {
  const agreed = new Set<string>();
  for (let from = 0; from < personIds.length; from += BATCH_ROWS * 5) {
    const rows = await tx
      .selectDistinct({ personId: consent.personId })
      .from(consent)
      .where(and(inArray(consent.personId, personIds.slice(from, from + BATCH_ROWS * 5)), isNull(consent.withdrawnOn)));
    for (const { personId } of rows) agreed.add(personId);
  }
  return agreed;
}

/**
 * People of these ID number indexes who withdrew and have not agreed again: the day of the withdrawal by index. Their rows are
 * locked: a withdrawal that comes now waits, and is not overtaken by what the caller writes.
 */
export async function findWithdrawn(tx: Transaction, idNumberIndexes: readonly string[]): Promise<Map<string, string>> {
  const withdrawn = new Map<string, string>();
  for (let from = 0; from < idNumberIndexes.length; from += BATCH_ROWS * 5) {
    const known = await tx
      .select({ id: person.id, index: person.idNumberIndex })
      .from(person)
      .where(inArray(person.idNumberIndex, idNumberIndexes.slice(from, from + BATCH_ROWS * 5)))
      .orderBy(person.id)
      .for('update');
    if (known.length === 0) continue;
    const indexOf = new Map(known.map(({ id, index }) => [id, index]));
    const rows = await tx
      .select({ personId: consent.personId, on: sql<string>`max(${consent.withdrawnOn})` })
      .from(consent)
      .where(inArray(consent.personId, [...indexOf.keys()]))
      .groupBy(consent.personId)
      .having(sql`bool_and(${consent.withdrawnOn} is not null)`);
    for (const { personId, on } of rows) withdrawn.set(indexOf.get(personId) ?? '', on);
  }
  return withdrawn;
}

/** The day a person withdrew, unless he agrees now or never said anything. */
export async function readWithdrawal(tx: Transaction, personId: string): Promise<string | undefined> {
  const consents = await readConsents(tx, personId);
  if (consents.length === 0 || consents.some((row) => row.withdrawnOn === null)) return undefined;
  return consents
    .map((row) => row.withdrawnOn ?? '')
    .sort()
    .at(-1);
}

// ── Clear values ────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Shows an official who a person is, and keeps that he saw it: what for, when, and in the audit trail. Undefined when the
 * person was erased.
 */
export async function disclosePerson(
  context: Context,
  tx: Transaction,
  subject: Person,
  { purpose, note, disclosedTo }: { purpose: DisclosurePurpose; note: string | undefined; disclosedTo: string },
): Promise<{ identity: Identity; disclosure: Disclosure } | undefined> {
  const identity = (await openPersons(context, tx, [subject.id])).get(subject.id);
  if (!identity) return undefined;
  const keys = await context.sealer.forSealing(tx, countyOf(subject.region));
  const [row] = await tx
    .insert(disclosure)
    .values({
      id: newId(),
      region: subject.region,
      personId: subject.id,
      purpose,
      note: note === undefined ? null : keys.seal(note),
      disclosedTo,
    })
    .returning();
  if (!row) throw new Error('an inserted disclosure returned no row');
  await recordRead(tx, { table: 'person', rowId: subject.id, region: subject.region, purpose });
  return { identity, disclosure: row };
}

/** Oldest first. */
export async function readDisclosures(tx: Transaction, personId: string): Promise<Disclosure[]> {
  return tx.select().from(disclosure).where(eq(disclosure.personId, personId)).orderBy(disclosure.id);
}

/**
 * 双向同意: whether a side may see the other's contact. Both must have accepted; until then nobody sees it but an official
 * whose reading is recorded (CONVENTIONS 2.3).
 */
export function mayRevealContact(accepted: { byEnterprise: boolean; byPerson: boolean }): boolean {
  return accepted.byEnterprise && accepted.byPerson;
}

// ── Erasure ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Takes everything out of the row that says who it was; its id stays, meaning nobody. Consents and disclosures keep no words. */
export async function erasePerson(
  tx: Transaction,
  id: string,
  { erasedAt, reason }: { erasedAt: Date; reason: ErasureReason },
): Promise<void> {
  await tx.update(disclosure).set({ note: null }).where(eq(disclosure.personId, id));
  await tx
    .update(person)
    .set({ sealed: null, idNumberIndex: null, phoneIndex: null, erasedAt, erasedFor: reason, updatedAt: sql`now()` })
    .where(eq(person.id, id));
}
