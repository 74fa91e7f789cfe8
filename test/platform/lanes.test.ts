import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase, type FreshDatabase } from '../support/database.ts';
import { queueLane } from '../support/redis.ts';

let database: FreshDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

test('a test file has a database of its own that keeps Chinese text', async () => {
  expect(new URL(database.url).pathname).toMatch(/^\/t_[0-9a-f]{32}$/);
  const { rows } = await client.query(`select char_length('湖仁村') as letters, '湖仁村' ~ '^\\w+$' as "isWord"`);
  expect(rows).toEqual([{ letters: 3, isWord: true }]);
  expect((await freshDatabase()).url).not.toBe(database.url);
});

test('the queue lane is the one this project was started for, under a prefix of its own', async () => {
  const lane = queueLane();
  expect(lane.kind).toBe(process.env.QUEUE_LANE);
  if (lane.kind !== 'redis') return;
  const redis = new Redis(lane.url);
  const value = randomUUID();
  await redis.set(`${lane.prefix}:probe`, value);
  expect(await redis.get(`${lane.prefix}:probe`)).toBe(value);
  await redis.quit();
});
