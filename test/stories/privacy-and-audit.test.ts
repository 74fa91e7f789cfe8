// What is kept of whom. Two people are planted, one well, one with a mistake in the number, and everything that can be done with
// them is done; then every answer, every log line and every column of every table is searched for them.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Import, Listing, Round } from '../support/answers.ts';
import {
  aPerson,
  aSheet,
  aWorker,
  aWorkshop,
  anOrder,
  asDrafts,
  county,
  enterprise,
  importSheet,
  publish,
  register,
  runRound,
  workers,
} from '../support/builders.ts';
import { buildFilledSheet } from '../../src/lists/sheets/index.ts';
import type { Caller } from '../support/caller.ts';
import { copies } from '../support/schema-rules.ts';
import { startService, type Service } from '../support/service.ts';

const planted = { name: '欧阳示例甲', idNumber: aPerson(901).idNumber, phone: '13800007531', lowIncome: true };
const posted = { name: '司马示例乙', idNumber: aPerson(902).idNumber, phone: '13800008642', lowIncome: false };
const misspelt = {
  name: '诸葛示例丙',
  idNumber: `${aPerson(903).idNumber.slice(0, 17)}`,
  phone: '13800009753',
  lowIncome: false,
};
misspelt.idNumber += aPerson(903).idNumber.endsWith('0') ? '1' : '0';
const secrets = [planted, posted, misspelt].flatMap(({ name, idNumber, phone }) => [name, idNumber, phone]);

let service: Service;
let official: Caller;
let round: Round;
let listings: Listing[];

beforeAll(async () => {
  service = await startService();
  official = await service.signIn({ role: 'official', divisionCode: county });
  const parties = await register(service, official);
  const maker = await service.signIn({
    role: 'enterprise',
    divisionCode: county,
    partyId: parties.get(enterprise.uscc) ?? '',
  });

  const rows = [aWorker({ person: planted }), ...workers(3)];
  expect(await importSheet(service, official, 'labour', await aSheet('labour', rows), { publish: true })).toMatchObject(
    { status: 'done' },
  );
  const [wrong] = asDrafts([aWorker()]);
  const wrongSheet = await buildFilledSheet('labour', wrong ? [{ ...wrong, person: misspelt }] : []);
  const refused = await importSheet(service, official, 'labour', wrongSheet, { publish: true });
  expect(refused.status).toBe('refused');
  await official.get<Import>(`/v1/imports/${refused.id}/problems`);
  await publish(official, aWorker({ person: posted }));
  await official.refused('POST', '/v1/listings', { body: aWorker({ person: misspelt }) });
  await official.refused('POST', '/v1/listings', { body: aWorker({ person: posted }) });
  await official.refused('POST', '/v1/listings', { body: aWorker({ person: { ...posted, nickname: posted.name } }) });
  await maker.refused('POST', '/v1/listings', { body: aWorker({ person: { ...planted, phone: posted.phone } }) });
  await service.visitor.refused('GET', `/v1/listings?unknown=${encodeURIComponent(posted.name)}`);

  await publish(official, aWorkshop());
  await publish(official, anOrder({ needs: [{ skill: 'packing', hoursPerWeek: 100 }] }));
  await publish(official, anOrder({ productName: '另一单', needs: [{ skill: 'packing', hoursPerWeek: 90 }] }));
  round = await runRound(service, official);
  for (const caller of [official, maker, service.visitor]) {
    await caller.ask('GET', `/v1/proposals?round=${round.id}`);
    await caller.ask('GET', `/v1/unmatched?round=${round.id}`);
    await caller.ask('GET', `/v1/lists/idle-labour?county=${county}`);
    for (const word of ['欧阳', planted.phone, posted.idNumber]) {
      const found = await caller.ask<{ items: Listing[] }>('GET', `/v1/listings?q=${encodeURIComponent(word)}`);
      expect(found.body.items).toEqual([]);
    }
  }
  listings = await official.all<Listing>('/v1/listings?view=own&kind=labour&limit=100');
  const [first] = listings;
  await official.patch(`/v1/listings/${first?.id}`, { attributes: { hoursPerWeek: 12 } });
  await official.post(`/v1/listings/${first?.id}/withdrawal`);
  await service.drain();
});
afterAll(() => service.close());

const holdsSecret = (text: string) => secrets.find((secret) => text.includes(secret));

describe('the name, the identity number and the phone of a person', () => {
  test('are known: without them there would be nothing to hide', () => {
    expect(round.summary?.people).toMatchObject({ total: 5 });
    expect(listings).toHaveLength(5);
  });

  test('stand in no answer to anybody', () => {
    expect(service.heard.length).toBeGreaterThan(40);
    expect(service.heard.filter(holdsSecret)).toEqual([]);
  });

  test('stand in no line of the log', () => {
    expect(service.logged.length).toBeGreaterThan(40);
    expect(service.logged.filter(holdsSecret)).toEqual([]);
  });

  test('stand in no column of any table that can be read without the key', async () => {
    const columns = await service.rows<{ schema: string; table: string; column: string }>(
      `select n.nspname as schema, c.relname as table, a.attname as column
       from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
       where c.relkind in ('r', 'p', 'm') and a.attnum > 0 and not a.attisdropped
         and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`,
    );
    const tables = new Set(columns.map(({ table }) => table));
    for (const known of ['listing', 'person', 'outbox', 'audit_entry', 'import_problem', 'round']) {
      expect(tables).toContain(known);
    }
    for (const { schema, table, column } of columns) {
      const found = await service.rows(
        // As text, and as the bytes that a bytea would show in hexadecimal.
        `select 1 from "${schema}"."${table}" where exists (
           select from unnest($1::text[]) as secret
           where position(secret in "${column}"::text) > 0
              or position(encode(convert_to(secret, 'UTF8'), 'hex') in "${column}"::text) > 0)`,
        [secrets],
      );
      expect(found, `${table}.${column}`).toEqual([]);
    }
  });

  test('make one person of one number, however often it is entered', async () => {
    expect(await service.rows('select id from person')).toHaveLength(5);
  });
});

describe('the audit trail', () => {
  /** Every table that row-level security guards, its own trail and what only repeats another table aside. */
  const businessTables = async () =>
    (
      await service.rows<{ name: string }>(
        `select relname as name from pg_class where relrowsecurity and relkind = 'r' and relname <> 'audit_entry'
           and relname <> all ($1) order by 1`,
        [copies],
      )
    ).map(({ name }) => name);

  test('has the beginning of every row of every business table', async () => {
    const tables = await businessTables();
    expect(tables.length).toBeGreaterThan(9);
    for (const table of tables) {
      const missing = await service.rows(
        `select id from ${table} as business where not exists (
           select from audit_entry a
           where a.table_name = $1 and a.row_id = business.id and a.operation = 'insert' and a.region = business.region)`,
        [table],
      );
      expect(missing, table).toEqual([]);
    }
  });

  test('has as many changes of a listing as its version says', async () => {
    const wrong = await service.rows(
      `select l.id, l.version, count(a.id) from listing l
       left join audit_entry a on a.table_name = 'listing' and a.row_id = l.id
       group by l.id having count(a.id) <> l.version`,
    );
    expect(wrong).toEqual([]);
    expect(await service.rows('select id from listing where version > 2')).not.toEqual([]);
  });

  test('names who did it, and in which request or job', async () => {
    const nameless = await service.rows(
      `select table_name, actor, request_id from audit_entry
       where actor !~ '^(key:gf_live_|system:[a-z]+$|story$)' or (request_id = '' and actor <> 'story')`,
    );
    expect(nameless).toEqual([]);
    const answer = await official.ask<Listing>('POST', '/v1/listings', { body: aWorkshop({ name: '留痕工坊' }) });
    const entries = await service.rows<{ actor: string; operation: string }>(
      'select actor, operation from audit_entry where request_id = $1',
      [answer.headers.get('x-request-id')],
    );
    expect(entries).toEqual([{ actor: expect.stringMatching(/^key:gf_live_/) as string, operation: 'insert' }]);
    const [byRound] = await service.rows<{ count: string }>(
      `select count(*) from audit_entry where request_id = $1 and table_name = 'proposal' and actor = 'system:matching'`,
      [round.id],
    );
    expect(Number(byRound?.count)).toBe(round.summary?.orders.placed);
  });

  test('hides what a private listing says', async () => {
    const shown = await service.rows<{ changed: Record<string, unknown> }>(
      `select changed from audit_entry where table_name = 'listing' and row_id = $1`,
      [listings[0]?.id],
    );
    expect(shown.length).toBeGreaterThan(2);
    for (const { changed } of shown) {
      for (const field of ['title', 'attributes', 'lng', 'lat', 'row_key', 'content_hash']) {
        expect([undefined, '(changed)']).toContain(changed[field]);
      }
    }
  });

  test.each([
    ['changed', `update audit_entry set actor = 'nobody'`],
    ['deleted', 'delete from audit_entry'],
    ['emptied', 'truncate audit_entry'],
  ])('cannot be %s by the service', async (_what, statement) => {
    const client = await service.context.db.pool.connect();
    try {
      await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
    } finally {
      client.release();
    }
  });
});
