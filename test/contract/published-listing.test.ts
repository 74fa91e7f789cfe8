// The public copy of the listings, which search reads: what is published and about no person, as it stands now, and nothing else.
// Triggers keep it, whoever writes and how many rows at once.

import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase, type FreshDatabase } from '../support/database.ts';
import { insertRow, insertSamples, sampleId, sampleRow, undone } from '../support/sample-rows.ts';

let database: FreshDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await insertSamples(client);
  await client.query('delete from published_listing');
  await insertRow(client, 'listing', sampleRow('listing', 1, { title: '一', search_text: '一' }));
  await insertRow(client, 'listing', sampleRow('listing', 2, { status: 'draft' }));
  const person_id = sampleId('person');
  await insertRow(client, 'listing', sampleRow('listing', 3, { kind: 'labour', is_public: false, person_id }));
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

/** Numbers of the samples that stand in the copy, with the text they are found by. */
async function copied(change = ''): Promise<[number, string][]> {
  return undone(client, async () => {
    await client.query(change);
    const { rows } = await client.query<{ id: string; text: string }>(
      'select id, search_text as text from published_listing order by id',
    );
    return rows.map(({ id, text }) => [Number(id.slice(-3)), text]);
  });
}

const text = '示例工坊';

test('what is published is there, a draft and a person are not', async () => {
  expect(await copied()).toEqual([[1, '一']]);
});

test.each([
  [
    'what is published later comes',
    `update listing set status = 'published' where status = 'draft'`,
    [1, '一'],
    [2, text],
  ],
  ['what is withdrawn goes', `update listing set status = 'withdrawn' where search_text = '一'`],
  ['what is changed is changed', `update listing set search_text = '二' where search_text = '一'`, [1, '二']],
  ['what is removed goes', `delete from listing where search_text = '一'`],
  [
    'a person never comes',
    `update listing set status = 'withdrawn'; update listing set status = 'published' where kind = 'labour'`,
  ],
] as [string, string, ...[number, string][]][])('%s', async (_, change, ...stands) => {
  expect(await copied(change)).toEqual(stands);
});
