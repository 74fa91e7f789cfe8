// Stored listings as the drafts they could have come from. Exports are written from them, and an import compares by them: what a
// row says is what the sheet can say of it, however it was stored.

import { openPersons, readStandingConsents, type ConsentGiven, type Identity } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import type { Transaction } from '../platform/database.ts';
import { shanghaiDate } from '../vocabulary/calendar.ts';
import { canonicalJson } from './canonical-json.ts';
import { kindById, type CollectiveDecision, type KindId } from './kinds/index.ts';
import { readDecisions } from './lifecycle/decisions.ts';
import { restateDraft, type ListingDraft } from './sheets/index.ts';
import type { listing } from './tables.ts';

type ListingRow = typeof listing.$inferSelect;

/** What the row itself does not hold. */
export interface Beside {
  ownerUscc: string | null;
  person?: Identity | undefined;
  consent?: ConsentGiven | undefined;
  decision?: CollectiveDecision | undefined;
}

export function toStoredDraft(row: ListingRow, { ownerUscc, person, consent, decision }: Beside): ListingDraft {
  return {
    type: 'listing',
    kindId: row.kind as KindId,
    rowKey: row.personId === null ? row.rowKey : null,
    divisionCode: row.region,
    owner: ownerUscc,
    title: row.title,
    point: row.statedPoint,
    availableFrom: row.availableFrom,
    availableTo: row.availableTo,
    attributes: row.attributes,
    ...(kindById(row.kind as KindId).isCommonAsset && { decision: decision ?? null }),
    ...(person && { person }),
    ...(consent && { consent }),
  };
}

/**
 * Which drafts say what stands already although their hash differs: somebody changed the listing through the API, exported the
 * sheet and brings it back as it is. Returns their positions.
 */
export async function findStatedAlready(
  context: Context,
  tx: Transaction,
  pairs: readonly { index: number; draft: ListingDraft; before: ListingRow; isSameOwner: boolean }[],
): Promise<Set<number>> {
  const personIds = pairs.flatMap(({ before }) => before.personId ?? []);
  const [identities, consents] = [await openPersons(context, tx, personIds), await readStandingConsents(tx, personIds)];
  const decisions = await readDecisions(
    tx,
    pairs.map(({ before }) => before.id),
  );
  const asOf = shanghaiDate(context.clock.now());
  const isStated = pairs.filter(({ draft, before, isSameOwner }) => {
    if (!isSameOwner) return false;
    const stored = toStoredDraft(before, {
      ownerUscc: draft.owner,
      person: identities.get(before.personId ?? ''),
      consent: consents.get(before.personId ?? ''),
      decision: decisions.get(before.id),
    });
    return canonicalJson(restateDraft(draft.kindId, stored, asOf)) === canonicalJson(draft);
  });
  return new Set(isStated.map(({ index }) => index));
}
