// Personal data at rest. Enters: clear text and the county it belongs to. Leaves: sealed bytes for the private columns, and a
// keyed hash for exact lookup. Each county has random keys of its own, kept wrapped in `county_key`; the key-encryption key
// comes from the settings and never touches the database. Whoever has only a dump, or only the settings, opens nothing.

import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { desc, eq, sql } from 'drizzle-orm';
import type { Transaction } from '../database.ts';
import { newId } from '../id.ts';
import { decrypt, encrypt, suiteNames, suites, type SuiteName } from './suites.ts';
import { countyKey } from './tables.ts';

export interface Opener {
  /** @throws when the bytes were altered or belong to another county. */
  open(sealed: Buffer): Buffer;
}

export interface CountySealer extends Opener {
  /** With the county's newest key; the county is bound in, so that bytes moved to another county's row do not open. */
  seal(clear: Buffer | string): Buffer;
  /** Keyed hash of a normalised value, for "is this person already here?" without opening anything. Survives rotation. */
  blindIndex(value: string): string;
}

export interface Sealer {
  /** For reading what stands in the database. */
  forOpening(tx: Transaction, countyCode: string): Promise<Opener>;
  /** For writing in this transaction. A rotation waits for its end, so nothing is sealed with an old key unseen. */
  forSealing(tx: Transaction, countyCode: string): Promise<CountySealer>;
}

/** Key-encryption keys, 32 bytes each: the first wraps, the others still open what they wrapped before it. */
export type KeyEncryptionKeys = readonly [current: Buffer, ...previous: Buffer[]];

export type CountyKeyRow = typeof countyKey.$inferSelect;

/** What wraps and unwraps county keys: the sealer and the rotation share it. */
export interface KeyRing {
  suite: SuiteName;
  /** Fingerprint of the key that wraps now. */
  currentKekId: string;
  /** @throws when the key that wrapped it is not configured. */
  unwrap: (row: Pick<CountyKeyRow, 'region' | 'purpose' | 'version' | 'suite' | 'wrapped' | 'kekId'>) => Buffer;
  /** A new random key of a county, not yet written. */
  make: (region: string, purpose: CountyKeyRow['purpose'], version: number) => typeof countyKey.$inferInsert;
  /** The same key under the current key-encryption key. */
  rewrap: (row: CountyKeyRow) => Pick<CountyKeyRow, 'wrapped' | 'kekId'>;
  hasKek: (kekId: string) => boolean;
}

export function createKeyRing([current, ...previous]: KeyEncryptionKeys, suite: SuiteName): KeyRing {
  const keks = new Map([...previous, current].map((kek) => [fingerprintOf(kek), kek]));
  const currentKekId = fingerprintOf(current);
  const wrap = (key: Buffer, row: BoundRow, suiteName: SuiteName) =>
    encrypt(suiteName, wrappingKey(current, suiteName), key, boundTo(row));

  function unwrap(row: Parameters<KeyRing['unwrap']>[0]): Buffer {
    const kek = keks.get(row.kekId);
    if (!kek) throw new Error(`a key of ${row.region} was wrapped by ${row.kekId}, which is not configured`);
    return decrypt(row.suite, wrappingKey(kek, row.suite), row.wrapped, boundTo(row));
  }

  return {
    suite,
    currentKekId,
    unwrap,
    make(region, purpose, version) {
      const key = randomBytes(purpose === 'seal' ? suites[suite].keyBytes : 32);
      const row = { region, purpose, version };
      return { id: newId(), ...row, suite, wrapped: wrap(key, row, suite), kekId: currentKekId };
    },
    rewrap: (row) => ({ wrapped: wrap(unwrap(row), row, row.suite), kekId: currentKekId }),
    hasKek: (kekId) => keks.has(kekId),
  };
}

type BoundRow = Pick<CountyKeyRow, 'region' | 'purpose' | 'version'>;
const boundTo = ({ region, purpose, version }: BoundRow) => Buffer.from(`${region}/${purpose}/${version}`);

/** Tells keys apart without telling anything of them. */
function fingerprintOf(kek: Buffer): string {
  return Buffer.from(hkdfSync('sha256', kek, '', 'gongfang/kek-id/1', 8)).toString('hex');
}

function wrappingKey(kek: Buffer, suite: SuiteName): Buffer {
  const { hash, keyBytes } = suites[suite];
  return Buffer.from(hkdfSync(hash, kek, '', `gongfang/wrap/${suite}/1`, keyBytes));
}

export function createSealer(ring: KeyRing): Sealer {
  /** Opened keys by row id: a row's key never changes, and one whose transaction was rolled back is never asked for. */
  const opened = new Map<string, Buffer>();
  const keyOf: KeyOf = (row) => {
    const known = opened.get(row.id);
    if (known) return known;
    const key = ring.unwrap(row);
    opened.set(row.id, key);
    return key;
  };

  return {
    async forOpening(tx, county) {
      return openerOf(county, await readKeys(tx, county), keyOf);
    },
    async forSealing(tx, county) {
      // Before the keys are read: a rotation that has this lock to itself knows that nobody still seals with the old one.
      await tx.execute(sql`select pg_advisory_xact_lock_shared(${LOCK_CLASS}, hashtext(${county}))`);
      let rows = await readKeys(tx, county);
      if (!newest(rows, 'seal') || !newest(rows, 'index')) {
        const first = [ring.make(county, 'seal', 1), ring.make(county, 'index', 1)];
        await tx.insert(countyKey).values(first).onConflictDoNothing();
        rows = await readKeys(tx, county);
      }
      return sealerOf(county, rows, keyOf);
    },
  };
}

type KeyOf = (row: CountyKeyRow) => Buffer;

/** Pure, over the key rows of a county, newest first. */
export function sealerOf(county: string, rows: readonly CountyKeyRow[], keyOf: KeyOf): CountySealer {
  const [sealRow, indexRow] = [newest(rows, 'seal'), newest(rows, 'index')];
  if (!sealRow || !indexRow) throw new Error(`the keys of ${county} cannot be read in this scope`);
  const header = headerOf(sealRow);
  const { hash } = suites[indexRow.suite];
  return {
    ...openerOf(county, rows, keyOf),
    seal: (clear) => Buffer.concat([header, encrypt(sealRow.suite, keyOf(sealRow), clear, sealedTo(header, county))]),
    blindIndex: (value) => `${indexRow.version}.${createHmac(hash, keyOf(indexRow)).update(value).digest('base64url')}`,
  };
}

/** Of advisory locks that hold a county's keys still; the county is the second half. */
export const LOCK_CLASS = 20_211_101;

export async function readKeys(tx: Transaction, county: string): Promise<CountyKeyRow[]> {
  return tx.select().from(countyKey).where(eq(countyKey.region, county)).orderBy(desc(countyKey.version));
}

export function newest(rows: readonly CountyKeyRow[], purpose: CountyKeyRow['purpose']): CountyKeyRow | undefined {
  return rows.find((row) => row.purpose === purpose);
}

const HEADER_BYTES = 3;

/** How sealed bytes begin: the suite's mark and the key's version. */
export function headerOf({ suite, version }: Pick<CountyKeyRow, 'suite' | 'version'>): Buffer {
  return Buffer.from([suites[suite].mark, version >> 8, version & 0xff]);
}

const sealedTo = (header: Buffer, county: string) => Buffer.concat([header, Buffer.from(county)]);

function openerOf(county: string, rows: readonly CountyKeyRow[], keyOf: KeyOf): Opener {
  const byVersion = new Map(rows.filter((row) => row.purpose === 'seal').map((row) => [row.version, row]));
  return {
    open(sealed) {
      const header = sealed.subarray(0, HEADER_BYTES);
      const suite = suiteNames.find((name) => suites[name].mark === header[0]);
      const row = header.length === HEADER_BYTES ? byVersion.get(header.readUInt16BE(1)) : undefined;
      if (!suite || row?.suite !== suite) throw new Error(`sealed bytes of ${county} name a key that is not there`);
      return decrypt(suite, keyOf(row), sealed.subarray(HEADER_BYTES), sealedTo(header, county));
    },
  };
}
