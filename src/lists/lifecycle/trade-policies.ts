// 交易规则: what a county has laid down for offering and trading what is on its lists. Enters: a county and a day, or new terms. Leaves:
// the terms in force, each with its source and first day; where a county has laid down none, the stated defaults.

import { and, desc, eq, inArray, lte, sql } from 'drizzle-orm';
import type { Transaction } from '../../platform/database.ts';
import { newId } from '../../platform/id.ts';
import { Problem } from '../../platform/problem.ts';
import type { PlainDate } from '../../vocabulary/calendar.ts';
import { divisionCodeAt } from '../../vocabulary/division-code.ts';
import { tradePolicy } from './tables.ts';
import { defaultPolicy, type TradePolicy } from './trade-terms.ts';

/** In force on a day in the county of a division. */
export async function readTradePolicy(tx: Transaction, divisionCode: string, on: PlainDate): Promise<TradePolicy> {
  const county = countyOfDivision(divisionCode);
  const policies = await readTradePolicies(tx, [county], on);
  return policies(county);
}

/** The same for several counties at once. */
export async function readTradePolicies(
  tx: Transaction,
  divisionCodes: readonly string[],
  on: PlainDate,
): Promise<(divisionCode: string) => TradePolicy> {
  const counties = [...new Set(divisionCodes.map(countyOfDivision))];
  const rows =
    counties.length === 0
      ? []
      : await tx
          .selectDistinctOn([tradePolicy.region])
          .from(tradePolicy)
          .where(and(inArray(tradePolicy.region, counties), lte(tradePolicy.validFrom, on)))
          .orderBy(tradePolicy.region, desc(tradePolicy.validFrom));
  const byCounty = new Map(rows.map((row) => [row.region, row]));
  return (divisionCode) => {
    const county = countyOfDivision(divisionCode);
    const { validFrom, source, terms, version } = byCounty.get(county) ?? defaultPolicy;
    // What was laid down before a term was thought of says nothing of it.
    return { divisionCode: county, validFrom, source, terms: { ...defaultPolicy.terms, ...terms }, version };
  };
}

export const countyOfDivision = (divisionCode: string) => divisionCodeAt(divisionCode, 'county') ?? divisionCode;

/** Lays down terms from a day on; those of the same day are replaced. @throws Problem version-conflict */
export async function saveTradePolicy(
  tx: Transaction,
  { divisionCode, validFrom, source, terms }: Omit<TradePolicy, 'version'>,
  { expectedVersion, today }: { expectedVersion: number | undefined; today: PlainDate },
): Promise<TradePolicy> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`trade_policy ${divisionCode}`}))`);
  const standing = await readTradePolicy(tx, divisionCode, today);
  if (expectedVersion !== undefined && standing.version !== expectedVersion) throw new Problem('version-conflict');
  const [last] = await tx
    .select({ version: sql<number>`coalesce(max(${tradePolicy.version}), 0)::int` })
    .from(tradePolicy)
    .where(eq(tradePolicy.region, divisionCode));
  const version = (last?.version ?? 0) + 1;
  await tx
    .insert(tradePolicy)
    .values({ id: newId(), region: divisionCode, validFrom, source, terms, version })
    .onConflictDoUpdate({ target: [tradePolicy.region, tradePolicy.validFrom], set: { source, terms, version } });
  return { divisionCode, validFrom, source, terms, version };
}
