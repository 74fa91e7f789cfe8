// Key rotation 密钥轮换, while the service runs. Enters: a database and a key ring. Leaves: county keys under the newest
// key-encryption key, or a new data key and every sealed column re-sealed with it. Each step commits alone and starts where the
// last run ended: killing it loses nothing. Called by scripts/rotate-keys.ts.

import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import { platformScope, sqlState, type Database, type Transaction } from '../database.ts';
import { createSealer, headerOf, LOCK_CLASS, newest, readKeys, type CountyKeyRow, type KeyRing } from './sealer.ts';
import { countyKey } from './tables.ts';

const scope = platformScope('system:rotation');

/** Puts every county key under the current key-encryption key. Returns how many were under another. */
export async function rewrapKeys(db: Database, ring: KeyRing): Promise<number> {
  return db.inScope(scope, async (tx) => {
    const rows = await tx
      .select()
      .from(countyKey)
      .where(sql`${countyKey.kekId} <> ${ring.currentKekId}`)
      .for('update');
    for (const row of rows) await tx.update(countyKey).set(ring.rewrap(row)).where(eq(countyKey.id, row.id));
    return rows.length;
  });
}

/** Every county that has keys. */
export async function listCounties(db: Database): Promise<string[]> {
  const rows = await db.inScope(scope, (tx) =>
    tx.selectDistinct({ county: countyKey.region }).from(countyKey).orderBy(countyKey.region),
  );
  return rows.map(({ county }) => county);
}

export interface Resealed {
  /** The version that everything of the county is sealed with now. */
  version: number;
  rows: number;
}

/**
 * Gives a county a new data key and seals everything of it anew. `onlyResume` makes no new key: it finishes what an earlier run
 * left. Old keys are retired only after a look that finds nothing sealed with them.
 */
export async function rotateDataKey(
  db: Database,
  ring: KeyRing,
  county: string,
  { onlyResume = false, onBatch = () => {} }: { onlyResume?: boolean; onBatch?: (rows: number) => void } = {},
): Promise<Resealed> {
  const key = onlyResume ? await readNewest(db, county) : await addKey(db, ring, county);
  await waitForSealersInFlight(db, county);
  let rows = 0;
  for (const column of await findSealedColumns(db)) {
    rows += await resealColumn(db, ring, key, column, onBatch);
  }
  await db.inScope(scope, (tx) =>
    tx
      .update(countyKey)
      .set({ retiredAt: sql`now()` })
      .where(
        and(
          eq(countyKey.region, county),
          eq(countyKey.purpose, 'seal'),
          lt(countyKey.version, key.version),
          isNull(countyKey.retiredAt),
        ),
      ),
  );
  return { version: key.version, rows };
}

async function readNewest(db: Database, county: string): Promise<CountyKeyRow> {
  const key = await db.inScope(scope, async (tx) => newest(await readKeys(tx, county), 'seal'));
  if (!key) throw new Error(`${county} has no data key yet: nothing was ever sealed there`);
  return key;
}

async function addKey(db: Database, ring: KeyRing, county: string): Promise<CountyKeyRow> {
  const last = await readNewest(db, county);
  await db.inScope(scope, (tx) => tx.insert(countyKey).values(ring.make(county, 'seal', last.version + 1)));
  return readNewest(db, county);
}

/** Whoever took the old key for sealing holds the lock until his transaction ends; whoever comes later reads the new key. */
async function waitForSealersInFlight(db: Database, county: string): Promise<void> {
  for (;;) {
    try {
      await db.inScope(scope, (tx) =>
        tx.execute(sql`select pg_advisory_xact_lock(${LOCK_CLASS}, hashtext(${county}))`),
      );
      return;
    } catch (error) {
      // A long import still seals: the lock's patience ran out, ours does not.
      if (sqlState(error) !== '55P03') throw error;
    }
  }
}

interface SealedColumn {
  table: string;
  column: string;
}

/** Every column of the domain `sealed`, whatever room it belongs to: a room that seals cannot forget to be rotated. */
async function findSealedColumns(db: Database): Promise<SealedColumn[]> {
  const { rows } = await db.inScope(scope, (tx) =>
    tx.execute<{ table: string; column: string }>(sql`
      select c.relname as table, a.attname as column
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      where a.atttypid = 'sealed'::regtype and not a.attisdropped and c.relkind in ('r', 'p') order by 1, 2`),
  );
  return rows;
}

/** One transaction holds as many rows as this many bytes, or one. */
const BATCH_BYTES = 8_000_000;
const BATCH_ROWS = 500;

async function resealColumn(
  db: Database,
  ring: KeyRing,
  key: CountyKeyRow,
  { table, column }: SealedColumn,
  onBatch: (rows: number) => void,
): Promise<number> {
  const [t, c] = [sql.identifier(table), sql.identifier(column)];
  const isOld = sql`${c} is not null and substring(${c} from 1 for 3) <> ${headerOf(key)}`;
  const isOfCounty = sql`region >= ${key.region} and region < ${`${key.region}:`}`;

  async function resealBatch(tx: Transaction, after: string): Promise<{ last: string; rows: number } | undefined> {
    const { rows } = await tx.execute<{ id: string; sealed: Buffer }>(sql`
      select id, ${c} as sealed from ${t} where id in (
        select id from (
          select id, row_number() over (order by id) as nth, sum(octet_length(${c})) over (order by id) as bytes
          from (select id, ${c} from ${t} where id > ${after} and ${isOfCounty} and ${isOld} order by id limit ${BATCH_ROWS}) as due
        ) as counted where nth = 1 or bytes <= ${BATCH_BYTES})
      order by id for update`);
    const last = rows.at(-1)?.id;
    if (last === undefined) return undefined;
    const sealer = await createSealer(ring).forSealing(tx, key.region);
    const ids = sql.join(
      rows.map(({ id }) => sql`${id}::uuid`),
      sql`, `,
    );
    const anew = sql.join(
      rows.map(({ sealed }) => sql`${sealer.seal(sealer.open(sealed))}::bytea`),
      sql`, `,
    );
    await tx.execute(sql`
      update ${t} set ${c} = anew.sealed
      from unnest(array[${ids}], array[${anew}]) as anew (id, sealed) where ${t}.id = anew.id`);
    return { last, rows: rows.length };
  }

  let resealed = 0;
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const batch = await db.inScope(scope, (tx) => resealBatch(tx, after));
    if (!batch) break;
    after = batch.last;
    resealed += batch.rows;
    onBatch(batch.rows);
  }
  const { rows: left } = await db.inScope(scope, (tx) =>
    tx.execute(sql`select 1 from ${t} where ${isOfCounty} and ${isOld} limit 1`),
  );
  if (left.length > 0) throw new Error(`${table}.${column} of ${key.region} still holds rows under an older key`);
  return resealed;
}
