// People on a list that leaves the service with their names. Enters: who is on it, for whom and what for. Leaves: clear values
// and what was agreed to; of each person it is kept that they were shown, as if they had been asked for one by one.

import { and, asc, inArray, isNull } from 'drizzle-orm';
import { recordRead } from '../platform/audit/index.ts';
import type { Context } from '../platform/context.ts';
import type { Transaction } from '../platform/database.ts';
import { newId } from '../platform/id.ts';
import { openPersons, type ConsentGiven, type Identity } from './persons.ts';
import { consent, disclosure, person, type DisclosurePurpose } from './tables.ts';

/** What each person agrees to now, the newest consent of several; whoever agrees to nothing is not in the map. */
export async function readStandingConsents(
  tx: Transaction,
  personIds: readonly string[],
): Promise<Map<string, ConsentGiven>> {
  if (personIds.length === 0) return new Map();
  const rows = await tx
    .select()
    .from(consent)
    .where(and(inArray(consent.personId, [...personIds]), isNull(consent.withdrawnOn)))
    .orderBy(asc(consent.givenOn), asc(consent.id));
  return new Map(
    rows.map(({ personId, textVersion, channel, assistedBy, givenOn }) => [
      personId,
      { given: true, textVersion, channel, assistedBy, on: givenOn },
    ]),
  );
}

/** Clear values by person, on record. At most some hundred people at a time. */
export async function disclosePersons(
  context: Context,
  tx: Transaction,
  personIds: readonly string[],
  { purpose, disclosedTo }: { purpose: DisclosurePurpose; disclosedTo: string },
): Promise<Map<string, Identity>> {
  const identities = await openPersons(context, tx, personIds);
  if (identities.size === 0) return identities;
  const shown = await tx
    .select({ id: person.id, region: person.region })
    .from(person)
    .where(inArray(person.id, [...identities.keys()]));
  await tx
    .insert(disclosure)
    .values(shown.map(({ id, region }) => ({ id: newId(), region, personId: id, purpose, disclosedTo })));
  for (const { id, region } of shown) await recordRead(tx, { table: 'person', rowId: id, region, purpose });
  return identities;
}
