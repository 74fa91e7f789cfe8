// The administrative divisions in force. Enters: the committed extract (first start) or the table. Leaves: divisions, and a
// gazetteer built once per process: a county's few hundred names change a few times a year.

import { and, isNull, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import type { Context } from '../platform/context.ts';
import { platformScope, withinDivision, type Database } from '../platform/database.ts';
import { createGazetteer, type Gazetteer } from './gazetteer.ts';
import { readCountyDivisions } from './county-divisions.ts';
import { division, type Division } from './tables.ts';

/** Writes the divisions that come with the project. Runs after migrations, by the login that owns the tables. */
export async function seedDivisions(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const rows = readCountyDivisions();
    const db = drizzle(client);
    await db
      .insert(division)
      .values(rows.map(({ successorCode = null, ...row }) => ({ ...row, validTo: null, successorCode })))
      .onConflictDoUpdate({
        target: division.code,
        set: {
          officialName: sql`excluded.official_name`,
          shortName: sql`excluded.short_name`,
          aliases: sql`excluded.aliases`,
          pinyin: sql`excluded.pinyin`,
          initials: sql`excluded.initials`,
          lng: sql`excluded.lng`,
          lat: sql`excluded.lat`,
          coordSource: sql`excluded.coord_source`,
        },
      });
  } finally {
    await client.end();
  }
}

const gazetteers = new WeakMap<Database, Promise<Gazetteer>>();

export function readGazetteer({ db }: Context): Promise<Gazetteer> {
  const known = gazetteers.get(db);
  if (known) return known;
  const reading = db
    .inScope(platformScope('system:regions'), (tx) => tx.select().from(division).where(isNull(division.validTo)))
    .then(createGazetteer);
  gazetteers.set(db, reading);
  // A failed read must not be remembered.
  reading.catch(() => gazetteers.delete(db));
  return reading;
}

/** Divisions of one level inside another, in the order of their codes. */
export async function readDivisionsWithin(
  { db }: Context,
  code: string,
  { level, limit }: { level: 'town' | 'village'; limit: number },
): Promise<Division[]> {
  const digits = level === 'town' ? 9 : 12;
  return db.inScope(platformScope('system:regions'), (tx) =>
    tx
      .select()
      .from(division)
      .where(
        and(withinDivision(division.code, code), isNull(division.validTo), sql`length(${division.code}) = ${digits}`),
      )
      .orderBy(division.code)
      .limit(limit),
  );
}

/** Divisions whose code, name, alias, pinyin or initials begin with, or whose name holds, the query; children of `parent`. */
export async function findDivisions(
  context: Context,
  filter: { parent?: string | undefined; q?: string | undefined; afterCode?: string | undefined; limit: number },
): Promise<Division[]> {
  const { db } = context;
  const q = filter.q?.normalize('NFKC').trim().toLowerCase();
  return db.inScope(platformScope('system:regions'), (tx) =>
    tx
      .select()
      .from(division)
      .where(
        sql.join(
          [
            sql`${division.validTo} is null`,
            ...(filter.parent ? [sql`${division.parentCode} = ${filter.parent}`] : []),
            ...(filter.afterCode ? [sql`${division.code} > ${filter.afterCode}`] : []),
            ...(q
              ? [
                  sql`(position(${q} in ${division.officialName}) > 0 or position(${q} in ${division.shortName}) > 0
                    or starts_with(${division.code}, ${q}) or starts_with(${division.initials}, ${q})
                    or starts_with(replace(${division.pinyin}, ' ', ''), replace(${q}, ' ', '')))`,
                ]
              : []),
          ],
          sql` and `,
        ),
      )
      .orderBy(division.code)
      .limit(filter.limit + 1),
  );
}
