// The public copy of the listings, which search reads: what is published and about no person, as it stands now, and nothing else.
// And what others are told of it: what came, changed or went. Triggers keep both, whoever writes and how many rows at once.

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
  await client.query('delete from published_listing; delete from listing_change');
  await insertRow(client, 'listing', sampleRow('listing', 1, { title: '一', search_text: '一' }));
  await insertRow(client, 'listing', sampleRow('listing', 2, { status: 'draft' }));
  const person_id = sampleId('person');
  await insertRow(client, 'listing', sampleRow('listing', 3, { kind: 'labour', is_public: false, person_id }));
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

const text = '示例工坊';
const all = 'select id, search_text as said from published_listing order by id';
const told = 'select id, change as said from listing_change order by id';

/** After a change, by the number of the sample: the text it is found by, or what was told of it. */
async function read(query: string, change: string): Promise<string[]> {
  return undone(client, async () => {
    await client.query(change);
    const { rows } = await client.query<{ id: string; said: string }>(query);
    return rows.map(({ id, said }) => `${Number(id.slice(-3))} ${said}`);
  });
}

interface Line {
  change: string;
  stands: string[];
  tells: string[];
}

const lines: Record<string, Line> = {
  'what is published is there, a draft and a person are not': { change: '', stands: ['1 一'], tells: ['1 published'] },
  'what is published later comes': {
    change: `update listing set status = 'published' where status = 'draft'`,
    stands: ['1 一', `2 ${text}`],
    tells: ['1 published', '2 published'],
  },
  'what is withdrawn goes': {
    change: `update listing set status = 'withdrawn' where search_text = '一'`,
    stands: [],
    tells: ['1 withdrawn'],
  },
  'what is changed is changed': {
    change: `update listing set search_text = '二' where search_text = '一'`,
    stands: ['1 二'],
    tells: ['1 changed'],
  },
  'what is removed goes': {
    change: `delete from listing where search_text = '一'`,
    stands: [],
    tells: ['1 withdrawn'],
  },
  'a draft and a person are never told of': {
    change: `update listing set updated_at = now() where status = 'draft' or kind = 'labour';
             update listing set status = 'withdrawn' where kind = 'labour';
             delete from listing where search_text <> '一' and id <> '${sampleId('listing')}'`,
    stands: ['1 一'],
    tells: ['1 published'],
  },
};

test.each(Object.entries(lines))('%s', async (_, { change, stands, tells }) => {
  expect(await read(all, change)).toEqual(stands);
  expect(await read(told, change)).toEqual(tells);
});
