// Several scopes in one transaction: each sees and writes as whoever it says, one after the other, and all stand or fall together.

import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Scope, Transaction } from '../../src/platform/database.ts';
import { startService, type Service } from '../support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ workers: false });
  await service.signIn({ role: 'official', divisionCode: '330803' });
  await service.signIn({ role: 'official', divisionCode: '330802' });
});
afterAll(() => service.close());

const scopeOver = (division: string): Scope => ({
  ...{ lo: division, hi: `${division}:`, audience: 'division', actor: `of ${division}`, requestId: 'r' },
});
const keysSeen = async (tx: Transaction) => (await tx.execute('select id from api_key')).rows.length;
const label = (tx: Transaction, words: string) => tx.execute(sql`update api_key set label = ${words}`);
const labels = async () =>
  (await service.rows<{ label: string }>('select distinct label from api_key')).map((row) => row.label);

test('each scope sees its own division, also beside another, and after one that failed', async () => {
  const { db } = service.context;
  const seen = await db.inOneTransaction(scopeOver('330803'), async (tx, within) => {
    const joined = (division: string) => db.inScope({ ...scopeOver(division), within }, keysSeen);
    const failed = db.inScope({ ...scopeOver('33'), within }, (inner) => inner.execute('select 1 / 0'));
    const beside = await Promise.all([joined('33'), joined('330802'), joined('330801'), failed.catch(() => -1)]);
    return [...beside, await joined('3308'), await keysSeen(tx)];
  });
  expect(seen).toEqual([2, 1, 0, -1, 2, 1]);
});

test('what one scope wrote the next one sees, and what failed is undone alone', async () => {
  const { db } = service.context;
  await db.inOneTransaction(scopeOver('330803'), async (_tx, within) => {
    const scope = { ...scopeOver('330803'), within };
    await db.inScope(scope, (tx) => label(tx, 'stays'));
    const failing = db.inScope(scope, async (tx) => {
      await label(tx, 'goes');
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    const { rows } = await db.inScope(scope, (tx) => tx.execute<{ label: string }>('select label from api_key'));
    expect(rows).toEqual([{ label: 'stays' }]);
  });
  expect(await labels()).toContain('stays');
});

test('nothing stands when the whole fails, and whoever was not waited for writes nothing afterwards', async () => {
  const { db } = service.context;
  let straggler: Promise<unknown> = Promise.resolve();
  const failing = db.inOneTransaction(scopeOver('330803'), async (_tx, within) => {
    const scope = { ...scopeOver('330803'), within };
    await db.inScope(scope, (tx) => label(tx, 'nothing'));
    straggler = Promise.allSettled([
      db.inScope(scope, (tx) => label(tx, 'under way')),
      db.inScope(scope, (tx) => label(tx, 'too late')),
    ]);
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  await straggler;
  for (const gone of ['nothing', 'under way', 'too late']) expect(await labels()).not.toContain(gone);
});

test('a scope inside a scope of the same transaction is refused: it would wait for itself', async () => {
  const { db } = service.context;
  const nested = db.inOneTransaction(scopeOver('330803'), (_tx, within) => {
    const scope = { ...scopeOver('330803'), within };
    return db.inScope(scope, () => db.inScope(scope, keysSeen));
  });
  await expect(nested).rejects.toThrow('inScope inside inScope');
});
