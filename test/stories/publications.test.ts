// The four lists as versions: drafted, reviewed, published and signed; what differs between two; what third parties hear of changes;
// and that nobody can be found in the counts.

import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import JSZip from 'jszip';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAsAppRole } from '../../src/platform/database.ts';
import {
  aSheet,
  aWorkshop,
  county,
  gaojia,
  huren,
  importSheet,
  publish,
  register,
  workers,
} from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';
import { until } from '../support/until.ts';

interface Publication {
  id: string;
  state: string;
  number: number | null;
  asOf: string;
  entryCount: number;
  entriesHash: string;
  author: string;
  approver: string | null;
  reasons: string | null;
  signature: { publicKey: string; signedText: string; value: string } | null;
}
interface Entry {
  subject: string;
  content: Record<string, unknown>;
  contentHash: string;
}
interface Changes {
  items: { listingId: string; change: string; listing: { title: string } | null }[];
  nextSince: string | null;
  hasMore: boolean;
}

const key = generateKeyPairSync('ed25519');
let dataFolder: string;
let service: Service;
let countyOfficial: Caller;
let townOfficial: Caller;
let villageOfficial: Caller;

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'gongfang-test-'));
  service = await startService({ config: { auditSigningKey: key.privateKey, dataFolder } });
  countyOfficial = await service.signIn({ role: 'official', divisionCode: county });
  townOfficial = await service.signIn({ role: 'official', divisionCode: gaojia });
  villageOfficial = await service.signIn({ role: 'official', divisionCode: huren });
  await register(service, countyOfficial);
});
afterAll(async () => {
  await service.close();
  await rm(dataFolder, { recursive: true, force: true });
});

const draft = (author: Caller, list: string, divisionCode: string) =>
  author.post<Publication>('/v1/list-publications', { list, divisionCode });
const move = (official: Caller, { id }: Publication, action: string, body?: unknown) =>
  official.post<Publication>(`/v1/list-publications/${id}/${action}`, body);
const refused = (official: Caller, { id }: Publication, action: string, body?: unknown) =>
  official.refused('POST', `/v1/list-publications/${id}/${action}`, { body });
const entriesOf = ({ id }: Publication, reader = service.visitor) =>
  reader.all<Entry>(`/v1/list-publications/${id}/entries`);

async function publishList(author: Caller, reviewer: Caller, list: string, divisionCode: string) {
  const drafted = await draft(author, list, divisionCode);
  await move(author, drafted, 'submission');
  await move(reviewer, drafted, 'approval');
  return move(reviewer, drafted, 'publication');
}

test('a version is drafted, submitted, approved from above and published; the next one supersedes it', async () => {
  await publish(countyOfficial, aWorkshop({ rowKey: 'first' }));
  const first = await draft(villageOfficial, 'resources', huren);
  expect(first).toMatchObject({ state: 'draft', number: null, asOf: '2026-11-21', signature: null });
  expect(first.entryCount).toBeGreaterThan(0);
  // What is on its way is seen by officials of the division only.
  expect((await service.visitor.refused('GET', `/v1/list-publications/${first.id}`)).code).toBe('not-found');
  const own = await townOfficial.all<Publication>('/v1/list-publications?view=own');
  expect(own.map(({ id }) => id)).toContain(first.id);

  expect(await refused(townOfficial, first, 'approval')).toMatchObject({ code: 'conflict' });
  expect(await move(villageOfficial, first, 'submission')).toMatchObject({ state: 'submitted' });
  for (const action of ['approval', 'publication', 'return']) {
    const body = action === 'return' ? { reasons: '核对' } : undefined;
    expect(await refused(villageOfficial, first, action, body), action).toMatchObject({ code: 'forbidden' });
  }
  const colleague = await service.signIn({ role: 'official', divisionCode: huren });
  expect(await refused(colleague, first, 'approval')).toMatchObject({ code: 'forbidden' });
  expect(await refused(townOfficial, first, 'publication')).toMatchObject({ code: 'conflict' });
  expect(await move(townOfficial, first, 'approval')).toMatchObject({ state: 'approved', approver: '衢江区高家镇' });
  const published = await move(townOfficial, first, 'publication');
  expect(published).toMatchObject({ state: 'published', number: 1, author: '衢江区高家镇湖仁村' });
  expect(await refused(townOfficial, first, 'publication')).toMatchObject({ code: 'conflict' });

  const second = await publishList(villageOfficial, townOfficial, 'resources', huren);
  expect(second.number).toBe(2);
  const states = await service.visitor.all<Publication>(`/v1/list-publications?list=resources&division=${huren}`);
  expect(states.map(({ number, state }) => [number, state])).toEqual([
    [2, 'published'],
    [1, 'superseded'],
  ]);
  expect(await entriesOf(first)).toHaveLength(first.entryCount);
});

test('a version is returned with reasons, and drafted anew', async () => {
  const drafted = await draft(townOfficial, 'policies', gaojia);
  await move(townOfficial, drafted, 'submission');
  expect(await refused(countyOfficial, drafted, 'return', { reasons: '' })).toMatchObject({ code: 'invalid-input' });
  const returned = await move(countyOfficial, drafted, 'return', { reasons: '请补充政策文号' });
  expect(returned).toMatchObject({ state: 'returned', reasons: '请补充政策文号' });
  expect(await refused(townOfficial, drafted, 'submission')).toMatchObject({ code: 'conflict' });
});

test('a county’s is reviewed by another official than its author; nobody drafts beyond his division', async () => {
  const drafted = await draft(countyOfficial, 'supply-demand', county);
  await move(countyOfficial, drafted, 'submission');
  expect(await refused(countyOfficial, drafted, 'approval')).toMatchObject({ code: 'forbidden' });
  const colleague = await service.signIn({ role: 'official', divisionCode: county });
  expect(await move(colleague, drafted, 'approval')).toMatchObject({ state: 'approved' });
  const beyond = { body: { list: 'resources', divisionCode: county } };
  expect(await townOfficial.refused('POST', '/v1/list-publications', beyond)).toMatchObject({ code: 'unprocessable' });
  const anyone = await service.signIn({ role: 'third-party', divisionCode: county });
  expect(await anyone.refused('POST', '/v1/list-publications', beyond)).toMatchObject({ code: 'forbidden' });
});

test('an older snapshot does not supersede a newer one', async () => {
  const older = await draft(villageOfficial, 'policies', huren);
  service.clock.advance(1_000);
  await publishList(villageOfficial, townOfficial, 'policies', huren);
  await move(villageOfficial, older, 'submission');
  await move(townOfficial, older, 'approval');
  expect(await refused(townOfficial, older, 'publication')).toMatchObject({ code: 'conflict' });
});

test('the signature holds with the public key alone, and for no other text', async () => {
  const { id } = await publishList(villageOfficial, townOfficial, 'resources', huren);
  const published = await service.visitor.get<Publication>(`/v1/list-publications/${id}`);
  const served = await service.visitor.get<{ publicKey: string }>('/v1/signing-key');
  const { signedText = '', value = '', publicKey = '' } = published.signature ?? {};
  expect(publicKey).toBe(served.publicKey);
  const isSigned = (text: string) =>
    verify(null, Buffer.from(text), createPublicKey(served.publicKey), Buffer.from(value, 'base64'));
  expect(isSigned(signedText)).toBe(true);
  expect(isSigned(signedText.replace('"resources"', '"policies"'))).toBe(false);

  // Everything that is read can be hashed again, up to what was signed.
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const entries = await entriesOf(published);
  for (const { content, contentHash } of entries) expect(sha256(sorted(content))).toBe(contentHash);
  const lines = entries.map(({ subject, contentHash }) => `${subject} ${contentHash}`).sort();
  expect(sha256(lines.join('\n'))).toBe(published.entriesHash);
  expect(JSON.parse(signedText)).toEqual(
    expect.arrayContaining([id, 'resources', huren, String(published.number), published.entriesHash]),
  );
});

/** JSON with sorted keys, written again from its description. */
function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, inner]) => `${JSON.stringify(name)}:${sorted(inner)}`).join(',')}}`;
}

test('two versions are compared entry by entry and field by field', async () => {
  const kept = await publish(countyOfficial, aWorkshop({ rowKey: 'kept', name: '比对工坊', areaM2: 100 }));
  const gone = await publish(countyOfficial, aWorkshop({ rowKey: 'gone', name: '撤下工坊' }));
  await publishList(villageOfficial, townOfficial, 'resources', huren);
  await countyOfficial.patch(`/v1/listings/${kept.id}`, { attributes: { areaM2: 140 } });
  await countyOfficial.post(`/v1/listings/${gone.id}/withdrawal`);
  const added = await publish(countyOfficial, aWorkshop({ rowKey: 'added', name: '新增工坊' }));
  const after = await publishList(villageOfficial, townOfficial, 'resources', huren);
  const differences = await service.visitor.all<{ subject: string; change: string; fields: object[] }>(
    `/v1/list-publications/${after.id}/differences?limit=1`,
  );
  const expected = new Map<string, unknown>([
    [added.id, { change: 'added', fields: [] }],
    [gone.id, { change: 'removed', fields: [] }],
    [
      kept.id,
      {
        change: 'changed',
        fields: [expect.objectContaining({ path: 'attributes.areaM2', before: 100, after: 140 })],
      },
    ],
  ]);
  expect(differences.map(({ subject }) => subject)).toEqual([...expected.keys()].sort());
  for (const { subject, ...difference } of differences)
    expect(difference).toMatchObject(expected.get(subject) as object);
  expect(
    (differences.find(({ subject }) => subject === kept.id)?.fields[0] as { label: unknown }).label,
  ).not.toBeNull();
  const other = await draft(countyOfficial, 'policies', huren);
  const against = `/v1/list-publications/${after.id}/differences?against=${other.id}`;
  expect(await countyOfficial.refused('GET', against)).toMatchObject({ code: 'unprocessable' });
});

test('the files open, in the look of an office', async () => {
  const { id } = await publishList(townOfficial, countyOfficial, 'resources', gaojia);
  const path = `/v1/list-publications/${id}`;
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load((await service.visitor.download(`${path}/workbook`)) as never);
  const [sheet] = workbook.worksheets;
  expect(sheet?.getCell('A1').value).toBe('衢江区高家镇资源清单');
  expect(sheet?.getCell('A2').value).toBe('第1版  截至日期:2026年11月21日');
  expect(sheet?.getCell('A3').value).toBe('编制单位:衢江区高家镇  审核单位:衢江区');
  expect(sheet?.pageSetup.printTitlesRow).toBe('4:4');
  expect(sheet?.headerFooter.oddFooter).toContain('第 &P 页 共 &N 页');
  const { entriesHash } = await service.visitor.get<Publication>(path);
  const texts = sheet?.getColumn(1).values.map(String) ?? [];
  expect(texts).toContain(`校验值(SHA-256):${entriesHash}`);

  const zip = await JSZip.loadAsync(await service.visitor.download(`${path}/document`));
  const words = (await zip.file('word/document.xml')?.async('string')) ?? '';
  for (const word of ['衢江区高家镇资源清单', '第1版', '方正小标宋', '仿宋', '比对工坊', '审核人(签字)', entriesHash]) {
    expect(words).toContain(word);
  }
  expect(words).toContain('<w:tblHeader/>');
  const footer = Object.keys(zip.files).find((name) => /footer\d*\.xml$/.test(name)) ?? '';
  expect(await zip.file(footer)?.async('string')).toMatch(/PAGE.*NUMPAGES/s);
});

describe('nobody is found in the counts of idle labour:', () => {
  const village = (code: string, count: number, from: number) =>
    workers(from + count - 1, { divisionCode: code, skills: ['beading'] }).slice(from - 1);
  const cellsOf = async (publication: Publication) =>
    new Map((await entriesOf(publication)).map(({ content }) => [content['divisionCode'], content['people']]));
  const [small, middle, large] = ['330803114204', '330803114205', huren];
  let first: Publication;

  beforeAll(async () => {
    const rows = [...village(small, 2, 101), ...village(middle, 6, 201), ...village(large, 12, 301)];
    await importSheet(service, countyOfficial, 'labour', await aSheet('labour', rows), { publish: true });
    await service.drain();
    first = await publishList(townOfficial, countyOfficial, 'idle-labour', gaojia);
  });

  test('two people of a village are in no version, neither there nor as what the total leaves', async () => {
    const cells = await cellsOf(first);
    expect(cells.get(gaojia)).toBe(20);
    expect(cells.get(large)).toBe(10);
    expect(cells.get(middle)).toBeNull();
    expect(cells.get(small)).toBeNull();
    const ofVillage = await publishList(villageOfficial, townOfficial, 'idle-labour', huren);
    expect(await cellsOf(ofVillage)).toEqual(new Map([[huren, 10]]));
  });

  test('two versions do not tell who left between them', async () => {
    // Both of the small village leave. Exact counts would say so: the total falls by two, and nothing else that is shown changes.
    const left = await countyOfficial.all<{ id: string; divisionCode: string }>(
      `/v1/listings?view=own&kind=labour&division=${small}`,
    );
    expect(left).toHaveLength(2);
    for (const { id } of left) await countyOfficial.post(`/v1/listings/${id}/withdrawal`);
    await service.drain();
    const second = await publishList(townOfficial, countyOfficial, 'idle-labour', gaojia);
    const [before, after] = [await cellsOf(first), await cellsOf(second)];
    for (const people of [...before.values(), ...after.values()]) {
      if (people !== null) expect(Number(people) % 5).toBe(0);
    }
    // Every size of the village that a suppressed cell can have fits all that was ever published.
    const fits = (people: number) =>
      [...Array(5).keys()].some((more) => {
        const [inMiddle, inLarge] = [5 + more, 10];
        return [0, 1, 2, 3, 4].some((extra) => {
          const total = people + inMiddle + inLarge + extra;
          const totalAfter = inMiddle + inLarge + extra;
          return total - (total % 5) === before.get(gaojia) && totalAfter - (totalAfter % 5) === after.get(gaojia);
        });
      });
    expect([1, 2, 3, 4].filter(fits)).toEqual([1, 2, 3, 4]);
    expect(after.get(middle)).toBe(5);
  });

  test('no name, phone or ID number stands in a version, its entries or its files', async () => {
    const [person] = village(small, 1, 101);
    const path = `/v1/list-publications/${first.id}`;
    await entriesOf(first);
    const zip = await JSZip.loadAsync(await service.visitor.download(`${path}/document`));
    const words = (await zip.file('word/document.xml')?.async('string')) ?? '';
    const told = [...service.heard, words].join('\n');
    expect(told).not.toContain(person?.person?.['idNumber']);
    expect(words).toContain('不足公布数');
  });
});

describe('the feed of changes', () => {
  const feed = (since: string | null) =>
    service.visitor.get<Changes>(`/v1/listing-changes?limit=100${since === null ? '' : `&since=${since}`}`);

  /**
   * Everything told since then, once all that has ended can be told: a transaction still open anywhere on this server,
   * in another story's database too, holds the feed back, and a reader asks again.
   */
  async function toEnd(since: string | null = null): Promise<Changes> {
    const [now] = await service.rows<{ id: string }>('select pg_current_xact_id()::text as id');
    await until('what began earlier has ended', async () => {
      const [settled] = await service.rows<{ is: boolean }>(
        `select pg_snapshot_xmin(pg_current_snapshot()) > '${now?.id}'::xid8 as is`,
      );
      return settled?.is || undefined;
    });
    return remaining(await feed(since));
  }

  async function remaining(page: Changes): Promise<Changes> {
    if (!page.hasMore) return page;
    const rest = await remaining(await feed(page.nextSince));
    return { ...rest, items: [...page.items, ...rest.items] };
  }

  test('tells what was published, changed and withdrawn, public fields only', async () => {
    const { nextSince } = await toEnd();
    const [stays, goes] = [
      await publish(countyOfficial, aWorkshop({ rowKey: 'feed 1', name: '流一' })),
      await publish(countyOfficial, aWorkshop({ rowKey: 'feed 2', name: '流二' })),
    ];
    const published = await toEnd(nextSince);
    expect(published.items.map(({ listingId, change }) => [listingId, change])).toEqual([
      [stays.id, 'published'],
      [goes.id, 'published'],
    ]);
    await countyOfficial.patch(`/v1/listings/${stays.id}`, { attributes: { areaM2: 300 } });
    await countyOfficial.post(`/v1/listings/${goes.id}/withdrawal`);
    const { items } = await toEnd(published.nextSince);
    expect(items).toMatchObject([
      { listingId: stays.id, change: 'changed', listing: { attributes: { areaM2: 300 }, warnings: [] } },
      { listingId: goes.id, change: 'withdrawn', listing: null },
    ]);
  });

  test('passes by no transaction that commits late', async () => {
    const { nextSince } = await toEnd();
    const [early, late] = await service.rows<{ id: string }>(
      `select id from listing where is_public and status = 'published' order by id limit 2`,
    );
    const first = await asApp();
    const second = await asApp();
    const touch = (client: pg.Client, id = '') =>
      client.query('update listing set version = version + 1 where id = $1', [id]);
    try {
      await touch(first, late?.id);
      await touch(second, early?.id);
      await second.query('commit');
      const meanwhile = await feed(nextSince);
      await first.query('commit');
      const afterwards = await toEnd(meanwhile.nextSince);
      const told = [...meanwhile.items, ...afterwards.items].map(({ listingId }) => listingId);
      expect(told.sort()).toEqual([early?.id, late?.id].sort());
      expect(await feed(afterwards.nextSince)).toMatchObject({ items: [], hasMore: false });
    } finally {
      await Promise.all([first.end(), second.end()]);
    }
  });

  test('refuses what is no cursor, and one of another database', async () => {
    const cursor = (keys: unknown) => Buffer.from(JSON.stringify(keys)).toString('base64url');
    const nowhere = '019aa5c2-7c00-7000-8000-000000000099';
    const ask = (since: string) => service.visitor.refused('GET', `/v1/listing-changes?since=${since}`);
    expect(await ask('x')).toMatchObject({ code: 'invalid-input' });
    expect(await ask(cursor(['9'.repeat(19), nowhere]))).toMatchObject({ code: 'invalid-input' });
    expect(await ask(cursor(['9'.repeat(18), nowhere]))).toMatchObject({ code: 'conflict' });
  });
});

/** A transaction as the service opens it for an official of the county. */
async function asApp(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: service.context.config.databaseUrl, options: runAsAppRole });
  await client.connect();
  await client.query(
    `begin; set local app.lo = '330803'; set local app.hi = '330803:'; set local app.audience = 'division'`,
  );
  return client;
}
