// Keys are replaced while the service runs: whoever writes or reads meanwhile notices nothing, and nothing stays under an old key.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Listing } from '../support/answers.ts';
import { aPerson, aSheet, aWorker, asDrafts, county, importSheet, publish, register } from '../support/builders.ts';
import { buildFilledSheet } from '../../src/lists/sheets/index.ts';
import { openPersons } from '../../src/parties/index.ts';
import { platformScope } from '../../src/platform/database.ts';
import { createKeyRing, createSealer, rewrapKeys, rotateDataKey } from '../../src/platform/sealing/index.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';
import { until } from '../support/until.ts';

const kek = Buffer.alloc(32, 7); // that of every service for a story
const ring = createKeyRing([kek], 'aes-256-gcm');

let service: Service;
let official: Caller;
beforeAll(async () => {
  service = await startService();
  official = await service.signIn({ role: 'official', divisionCode: county });
  await register(service, official);
  const sheet = await aSheet(
    'labour',
    Array.from({ length: 30 }, (_, at) => aWorker({ number: at + 1 })),
  );
  await importSheet(service, official, 'labour', sheet, { publish: true });
  const [wrong] = asDrafts([aWorker()]);
  await importSheet(
    service,
    official,
    'labour',
    await buildFilledSheet('labour', wrong ? [{ ...wrong, person: { ...aPerson(40), phone: '1' } }] : []),
  );
});
afterAll(() => service.close());

/** Key versions in use, by column. */
const versionsInUse = async () => {
  const rows = await service.rows<{ version: number }>(
    `select distinct get_byte(sealed, 1) * 256 + get_byte(sealed, 2) as version from person where sealed is not null
     union select get_byte(sealed_file, 1) * 256 + get_byte(sealed_file, 2) from import_job where sealed_file is not null
     order by 1`,
  );
  return rows.map(({ version }) => version);
};

const isAnybodyWaiting = async () =>
  (await service.rows(`select 1 from pg_locks where locktype = 'advisory' and not granted`)).length > 0;

/** Names of everybody, opened by a sealer that begins without any key. */
async function openAll(by = ring): Promise<number> {
  const ids = (await service.rows<{ id: string }>('select id from person')).map(({ id }) => id);
  const context = { ...service.context, sealer: createSealer(by) };
  const people = await service.context.db.inScope(platformScope('story'), (tx) => openPersons(context, tx, ids));
  expect(people.size).toBe(ids.length);
  for (const { name } of people.values()) expect(name).toMatch(/^示例村民/);
  return people.size;
}

describe('a new data key', () => {
  test('takes over while people are written and read, and nothing stays under the old one', async () => {
    expect(await versionsInUse()).toEqual([1]);
    const writing = Promise.all(
      Array.from({ length: 12 }, (_, at) => publish(official, aWorker({ number: 100 + at }))),
    );
    const rotated = await rotateDataKey(service.context.db, ring, county);
    await writing;
    expect(rotated.version).toBe(2);
    expect(rotated.rows).toBeGreaterThanOrEqual(31);
    expect(await versionsInUse()).toEqual([2]);
    expect(await openAll()).toBe(42);
    const retired = await service.rows(
      `select version from county_key where purpose = 'seal' and retired_at is not null`,
    );
    expect(retired).toEqual([{ version: 1 }]);
    await service.drain();
  });

  test('still finds the same person by the number: nobody is doubled', async () => {
    const sheet = await aSheet('labour', [aWorker({ number: 3, hoursPerWeek: 13 })]);
    expect(await importSheet(service, official, 'labour', sheet)).toMatchObject({ counts: { updated: 1, created: 0 } });
    const [shown] = await official.all<Listing & { person: unknown }>('/v1/listings?view=own&kind=labour&limit=1');
    expect(shown?.person).toMatchObject({ name: '示*' });
  });

  test('killed half-way goes on where it ended', async () => {
    const killed = rotateDataKey(service.context.db, ring, county, {
      onBatch: () => {
        throw new Error('killed');
      },
    });
    await expect(killed).rejects.toThrow('killed');
    expect(await versionsInUse()).toEqual([2, 3]);
    expect(await openAll()).toBe(42);
    expect(await rotateDataKey(service.context.db, ring, county, { onlyResume: true })).toMatchObject({ version: 3 });
    expect(await versionsInUse()).toEqual([3]);
    expect(await openAll()).toBe(42);
  });

  test('waits for whoever is just sealing with the old one', async () => {
    const [inUse] = await versionsInUse();
    let rotated: Promise<unknown> | undefined;
    const order: string[] = [];
    await service.context.db.inScope(platformScope('story'), async (tx) => {
      const keys = await service.context.sealer.forSealing(tx, county);
      rotated = rotateDataKey(service.context.db, ring, county).then(() => order.push('rotated'));
      // Somebody waits for us, or else the rotation is through with what it could see.
      await until('the rotation waits or ends', async () =>
        (await isAnybodyWaiting()) || order.length > 0 ? true : undefined,
      );
      expect(keys.seal('late').readUInt16BE(1)).toBe(inUse);
      order.push('sealed');
    });
    await rotated;
    expect(order).toEqual(['sealed', 'rotated']);
    await service.drain();
  });
});

describe('a new key-encryption key', () => {
  test('opens everything alone once all county keys are re-wrapped, and the old one nothing', async () => {
    const next = Buffer.alloc(32, 9);
    const taking = createKeyRing([next, kek], 'aes-256-gcm');
    expect(await rewrapKeys(service.context.db, taking)).toBeGreaterThan(0);
    expect(await rewrapKeys(service.context.db, taking)).toBe(0);
    expect(await openAll(createKeyRing([next], 'aes-256-gcm'))).toBe(42);
    await expect(openAll(ring)).rejects.toThrow('not configured');
  });
});
