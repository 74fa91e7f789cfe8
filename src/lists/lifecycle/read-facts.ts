// What the guards ask of a listing. Enters: what it says, stored or about to be. Leaves: its facts on a day.

import { findPartiesById, readWithdrawal, type Party } from '../../parties/index.ts';
import type { Context } from '../../platform/context.ts';
import type { Transaction } from '../../platform/database.ts';
import { shanghaiDate, type PlainDate } from '../../vocabulary/calendar.ts';
import type { Text } from '../../vocabulary/text.ts';
import { kindById, type CollectiveDecision, type KindId, type ListingKind } from '../kinds/index.ts';
import type { listing } from '../tables.ts';
import { readDecisions } from './decisions.ts';
import type { ListingFacts } from './guards.ts';
import { readTradePolicy } from './trade-policies.ts';
import type { TradeTerms } from './trade-terms.ts';

type ListingRow = typeof listing.$inferSelect;

export async function readFacts(
  { clock }: Context,
  tx: Transaction,
  row: Pick<ListingRow, 'id' | 'region' | 'kind' | 'attributes' | 'availableTo' | 'personId' | 'ownerId'>,
): Promise<ListingFacts> {
  const kind = kindById(row.kind as KindId);
  const today = shanghaiDate(clock.now());
  const owner = row.ownerId === null ? undefined : (await findPartiesById(tx, [row.ownerId])).get(row.ownerId);
  const decision = kind.isCommonAsset ? ((await readDecisions(tx, [row.id])).get(row.id) ?? null) : null;
  const { terms } = await readTradePolicy(tx, row.region, today);
  return {
    ...factsOf(kind, { ...row, decision }, { owner, terms, today }),
    landUseFaults: findLandUseFaults(kind, row.attributes),
    isConsentWithdrawn: row.personId !== null && (await readWithdrawal(tx, row.personId)) !== undefined,
  };
}

/** Of content that has just been held to its schema: no forbidden use, nobody who has withdrawn. */
export function factsOf(
  kind: ListingKind,
  stated: Pick<ListingRow, 'attributes' | 'availableTo'> & { decision?: CollectiveDecision | null | undefined },
  {
    owner,
    terms,
    today,
  }: { owner: Pick<Party, 'kind'> | undefined; terms: Pick<TradeTerms, 'publicityWorkingDays'>; today: PlainDate },
): ListingFacts {
  const { attributes, availableTo, decision = null } = stated;
  return {
    today,
    lastDay: earlierOf(availableTo, kind.lastDayAttribute ? (attributes[kind.lastDayAttribute] as PlainDate) : null),
    isConsentWithdrawn: false,
    landUseFaults: [],
    missingPapers: kind.missingPapersOf?.(attributes) ?? [],
    owesDecision: kind.isCommonAsset === true && owner?.kind === 'collective',
    decision,
    publicityWorkingDays: terms.publicityWorkingDays,
  };
}

function earlierOf(a: PlainDate | null, b: PlainDate | null): PlainDate | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

/** The law may have changed since it was written down: judged as its schema judges it today. */
function findLandUseFaults(kind: ListingKind, attributes: Record<string, unknown>): Text[] {
  const parsed = kind.attributes.safeParse(attributes);
  const issues = parsed.success ? [] : parsed.error.issues;
  return issues.flatMap((issue) => {
    const params = issue.code === 'custom' ? (issue.params as { code?: string; text?: Text } | undefined) : undefined;
    return params?.code === 'land-use-forbidden' && params.text ? [params.text] : [];
  });
}
