// The audit trail as evidence: sealed in an order that anybody can repeat, signed, judged by a verifier that trusts nothing of
// ours, and read by auditors who see that something happened, to which row, and by whom.

import { generateKeyPairSync } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { beginReading, verifyAudit, type Verdict } from '../../scripts/verify-audit.ts';
import { createAuditSealing, recordRead, signingKeyOf, type AuditSealing } from '../../src/platform/audit/index.ts';
import { platformScope } from '../../src/platform/database.ts';
import { newId } from '../../src/platform/id.ts';
import type { Listing, Page } from '../support/answers.ts';
import { aWorker, aWorkshop, collective, county, gaojia, publish, register } from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';
import { until } from '../support/until.ts';

interface Entry {
  id: number;
  at: string;
  operation: string;
  table: string;
  rowId: string;
  divisionCode: string;
  actor: string;
  requestId: string;
  columns: string[];
  purpose: string | null;
  digest: string;
  sealNumber: number | null;
}

/** Auditors come for a time. */
const nextMonth = new Date('2026-12-21T00:00:00+08:00');
const key = signingKeyOf(generateKeyPairSync('ed25519').privateKey);
let service: Service;
let folder: string;
let sealing: AuditSealing;
let official: Caller;
let auditor: Caller;
let workshop: Listing;
let worker: Listing;
const startSealing = () =>
  createAuditSealing({ db: service.context.db, config: { ...service.context.config, dataFolder: folder } }, key);
const checkpointFile = () => join(folder, 'audit-checkpoints.jsonl');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gongfang-audit-'));
  service = await startService();
  sealing = startSealing();
  official = await service.signIn({ role: 'official', divisionCode: county });
  auditor = await service.signIn({ role: 'auditor', divisionCode: county, expiresAt: nextMonth });
  await register(service, official);
  workshop = await publish(official, aWorkshop());
  await sealAll();
  await sealing.checkpoint({ atOnce: true });
  worker = await publish(official, aWorker());
  await official.patch(`/v1/listings/${worker.id}`, { attributes: { hoursPerWeek: 12 } });
  await service.drain();
});
afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true });
});

/** What the independent verifier says, after `tamper` was done by somebody who owns the database; undone afterwards. */
async function judge(tamper = '', lines?: readonly string[]): Promise<Verdict> {
  const client = new pg.Client({ connectionString: service.context.config.databaseUrl });
  await client.connect();
  try {
    await client.query(tamper === '' ? beginReading : `begin; set local session_replication_role = replica; ${tamper}`);
    const checkpointLines = lines ?? (await readFile(checkpointFile(), 'utf8')).split('\n');
    return await verifyAudit(client, { publicKeys: [key.publicKey], checkpointLines });
  } finally {
    await client.end();
  }
}

/** Until every entry is sealed. Other stories on the same server have transactions open now and then; those are waited for. */
async function sealAll(): Promise<void> {
  await service.drain();
  await until('every entry is sealed', async () => {
    await sealing.seal();
    const [left] = await service.rows(
      'select id from audit_entry where id > (select coalesce(max(last_entry_id), 0) from audit_seal) limit 1',
    );
    return left === undefined ? true : undefined;
  });
}

/** A transaction of the service that stays open until it is told to end. */
async function openChange(label: string): Promise<{ commit(): Promise<void>; rollback(): Promise<void> }> {
  const client = await service.context.db.pool.connect();
  await client.query(`begin; set local app.lo = '0'; set local app.hi = ':'; set local app.audience = 'division';
    set local app.actor = 'story'`);
  await client.query(
    `insert into api_key select (jsonb_populate_record(k, jsonb_build_object(
       'id', $1::text, 'client_id', $1::text, 'prefix', $2::text, 'hash', $2::text, 'label', $2::text))).*
     from api_key k limit 1`,
    [newId(), label],
  );
  const end = (how: string) => async () => {
    await client.query(how);
    client.release();
  };
  return { commit: end('commit'), rollback: end('rollback') };
}

const lastSealed = async () =>
  (await service.rows<{ last: string }>('select max(last_entry_id) as last from audit_seal'))[0]?.last;

describe('sealing', () => {
  test('waits for a lower id that commits later, and seals both in order of id', async () => {
    await sealAll();
    const before = await lastSealed();
    const early = await openChange('early');
    const late = await openChange('late');
    await late.commit();
    // The later id is visible, the lower one is not: sealing now would leave a gap that fills afterwards.
    expect(await sealing.seal()).toBe(0);
    expect(await sealing.seal()).toBe(0);
    expect(await lastSealed()).toBe(before);
    await early.commit();
    await sealAll();
    const sealed = await service.rows<{ label: string }>(
      `select changed ->> 'label' as label from audit_seal, unnest(entry_ids) with ordinality as e (entry_id, place)
       join audit_entry a on a.id = entry_id where last_entry_id > $1 order by number, place`,
      [before],
    );
    expect(sealed.map(({ label }) => label)).toEqual(['early', 'late']);
    expect((await judge()).findings).toEqual([]);
  });

  test('leaves out what was rolled back, and nobody misses it', async () => {
    const undone = await openChange('undone');
    const kept = await openChange('kept');
    await kept.commit();
    await undone.rollback();
    await sealAll();
    const labels = await service.rows<{ label: string }>(
      `select changed ->> 'label' as label from audit_entry where changed ->> 'label' in ('kept', 'undone')`,
    );
    expect(labels).toEqual([{ label: 'kept' }]);
    expect((await judge()).findings).toEqual([]);
  });

  test('makes one chain, however many processes seal at once', async () => {
    await publish(official, aWorkshop({ name: '同时工坊' }));
    await service.drain();
    const sealers = Array.from({ length: 4 }, startSealing);
    await until('every entry is sealed', async () => {
      await Promise.all(sealers.map((each) => each.seal()));
      return (await judge()).unsealed === 0 ? true : undefined;
    });
    const { findings, unsealed } = await judge();
    expect({ findings, unsealed }).toEqual({ findings: [], unsealed: 0 });
  });

  test('stops on top of a chain that was rewritten underneath', async () => {
    await sealAll();
    const [{ hash } = { hash: Buffer.of() }] = await service.rows<{ hash: Buffer }>(
      'select hash from audit_seal order by number desc limit 1',
    );
    const rewrite = (to: Buffer) =>
      service.rows('update audit_seal set hash = $1 where number = (select max(number) from audit_seal)', [to]);
    await rewrite(Buffer.alloc(32));
    await publish(official, aWorkshop({ name: '之后工坊' }));
    await service.drain();
    await expect(sealing.seal()).rejects.toThrow('nothing is sealed or signed');
    await rewrite(hash);
    await sealAll();
  });
});

describe('a checkpoint', () => {
  test('is due once an hour or every sixty seals, not sooner', async () => {
    await sealAll();
    await sealing.checkpoint({ atOnce: true });
    expect(await sealing.checkpoint({ atOnce: true })).toBeUndefined();
    await publish(official, aWorkshop({ name: '检查点工坊' }));
    await sealAll();
    expect(await sealing.checkpoint()).toBeUndefined();
    // In the database's clock, an hour later.
    await service.rows(`update audit_checkpoint set at = at - interval '61 minutes'`);
    const due = await startSealing().checkpoint();
    expect(due?.sealNumber).toBeGreaterThan(1);
    await service.rows(`update audit_checkpoint set at = at + interval '61 minutes' where seal_number < $1`, [
      due?.sealNumber,
    ]);
    expect((await judge()).findings).toEqual([]);
  });

  test('reaches the file even when the process died between table and file', async () => {
    await sealAll();
    await sealing.checkpoint({ atOnce: true });
    const lines = (await readFile(checkpointFile(), 'utf8')).split('\n').filter((line) => line !== '');
    expect((await judge('', lines.slice(0, -1))).findings).toMatchObject([{ check: 'checkpoint' }]);
    await rm(checkpointFile());
    await appendFile(
      checkpointFile(),
      lines
        .slice(0, -1)
        .map((line) => `${line}\n`)
        .join(''),
    );
    await startSealing().checkpoint();
    expect((await judge()).findings).toEqual([]);
  });

  test('signs nothing on top of a chain other than the one that the file knows', async () => {
    await publish(official, aWorkshop({ name: '改写工坊' }));
    await sealAll();
    const lines = (await readFile(checkpointFile(), 'utf8')).trim().split('\n');
    const { sealNumber } = JSON.parse(lines.at(-1) ?? '') as { sealNumber: number };
    const swap = `update audit_seal set hash = decode(md5(encode(hash, 'hex')) || md5(hash), 'hex') where number = ${sealNumber}`;
    const [{ hash } = { hash: Buffer.of() }] = await service.rows<{ hash: Buffer }>(
      'select hash from audit_seal where number = $1',
      [sealNumber],
    );
    await service.rows(swap);
    await expect(startSealing().checkpoint({ atOnce: true })).rejects.toThrow(`audit seal ${sealNumber}`);
    await service.rows('update audit_seal set hash = $1 where number = $2', [hash, sealNumber]);
    await sealing.checkpoint({ atOnce: true });
    expect((await judge()).findings).toEqual([]);
  });
});

describe('the verifier', () => {
  test('passes what the product wrote, rows of every business table with it', async () => {
    await sealAll();
    const verdict = await judge();
    expect(verdict.findings).toEqual([]);
    expect(verdict.sealed).toBeGreaterThan(15);
    expect(verdict.passed).toBeGreaterThan(verdict.sealed + 15);
    expect(verdict.signedUpTo).toBeGreaterThan(1);
  });

  test.each([
    ['an altered entry', `update audit_entry set actor = 'nobody' where id = 2`, 'entry', '2', 'altered'],
    ['a deleted entry', `delete from audit_entry where id = 2`, 'entry', '2', 'missing'],
    [
      'an entry dated back',
      `insert into audit_entry overriding system value select 0, at, transaction_id, table_name, row_id, region,
         operation, actor, request_id, changed from audit_entry where id = 2`,
      'entry',
      '0',
      'inserted',
    ],
    ['a deleted seal', `delete from audit_seal where number = 1`, 'seal', '2', 'missing'],
    ['a forged signature', `update audit_checkpoint set at = at + interval '1 day'`, 'checkpoint', '1', 'signature'],
    ['a trigger switched off', `alter table party disable trigger audit_update`, 'trigger', 'party', 'off or gone'],
  ])('finds %s and says how it broke', async (_what, tamper, check, subject, word) => {
    const { findings } = await judge(tamper);
    const found = findings.find((finding) => finding.check === check && finding.subject.startsWith(subject));
    expect(found?.en, JSON.stringify(findings)).toContain(word);
    expect(found?.zh).toMatch(/[一-鿿]{4}/);
  });

  test('finds a business row that was changed, deleted or added past the triggers', async () => {
    const changed = await judge(`update listing set status = 'withdrawn' where id = '${workshop.id}'`);
    expect(changed.findings).toMatchObject([{ check: 'row', subject: `listing ${workshop.id}` }]);
    expect(changed.findings[0]?.en).toContain('status');
    const deleted = await judge(`delete from listing where id = '${workshop.id}'`);
    expect(deleted.findings[0]?.en).toContain('is gone');
    const added = await judge(`insert into party (id, region, kind, name, uscc, contact_office, contact_phone)
      select gen_random_uuid(), region, kind, name, 'x', contact_office, contact_phone from party limit 1`);
    expect(added.findings[0]?.en).toContain('no audit entry');
  });

  test('reads as the service’s own login, too', async () => {
    const client = await service.context.db.pool.connect();
    try {
      await client.query(beginReading);
      const checkpointLines = (await readFile(checkpointFile(), 'utf8')).split('\n');
      const verdict = await verifyAudit(client, { publicKeys: [key.publicKey], checkpointLines });
      expect(verdict.findings).toEqual([]);
      await client.query('rollback');
    } finally {
      client.release();
    }
  });
});

describe('an auditor', () => {
  test('sees who changed what, when, and the seal that proves it, but no value', async () => {
    await sealAll();
    const entries = await auditor.all<Entry>(`/v1/audit-entries?row=${worker.id}&limit=2`);
    expect(entries.map(({ operation }) => operation)).toEqual(['update', 'update', 'insert']);
    const [patch] = entries;
    expect(patch).toMatchObject({
      table: 'listing',
      divisionCode: worker.divisionCode,
      actor: expect.stringMatching(/^key:gf_live_/) as string,
      purpose: null,
    });
    expect(patch?.columns).toEqual(expect.arrayContaining(['attributes', 'version']));
    const [sealed] = await service.rows<{ digest: string }>(
      `select encode(entry_digests[array_position(entry_ids, $1)], 'hex') as digest from audit_seal where number = $2`,
      [patch?.id, patch?.sealNumber],
    );
    expect(patch?.digest).toBe(sealed?.digest);
    const shown = JSON.stringify(entries);
    for (const value of [workshop.title, 'hoursPerWeek', collective.name]) expect(shown).not.toContain(value);
  });

  test('finds entries by request, actor, table, division, operation and time', async () => {
    const answer = await official.ask<Listing>('POST', '/v1/listings', { body: aWorkshop({ name: '查询工坊' }) });
    const request = answer.headers.get('x-request-id') ?? '';
    const find = async (query: Record<string, string>) =>
      (await auditor.get<Page<Entry>>(`/v1/audit-entries?${new URLSearchParams(query).toString()}`)).items;
    const [entry] = await find({ request });
    expect(entry).toMatchObject({ rowId: answer.body.id, operation: 'insert' });
    const { actor = '', at = '' } = entry ?? {};
    expect((await find({ actor, limit: '1' }))[0]).toEqual(entry);
    expect((await find({ table: 'listing', division: gaojia, operation: 'insert', limit: '1' }))[0]).toEqual(entry);
    expect(await find({ request, division: '330803203' })).toEqual([]);
    expect(await find({ request, from: at.replace(/\.\d+Z/, '.000Z') })).toHaveLength(1);
    expect(await find({ request, to: at.replace(/\.\d+Z/, '.000Z') })).toEqual([]);
    for (const wrong of ['from=yesterday', 'from=0000-01-01T00:00:00Z', 'table=a;b', 'row=1', 'cursor=W10']) {
      await auditor.refused('GET', `/v1/audit-entries?${wrong}`);
    }
  });

  test('sees who was shown personal data, and what for', async () => {
    await service.context.db.inScope(
      { ...platformScope('key:gf_live_reader', 'request-1'), lo: county, hi: `${county}:` },
      (tx) =>
        recordRead(tx, { table: 'person', rowId: worker.id, region: worker.divisionCode, purpose: 'verify-identity' }),
    );
    const read = await auditor.get<Page<Entry>>('/v1/audit-entries?operation=read');
    expect(read.items).toMatchObject([
      { table: 'person', rowId: worker.id, actor: 'key:gf_live_reader', requestId: 'request-1', columns: [] },
    ]);
    expect(read.items[0]?.purpose).toBe('verify-identity');
    await sealAll();
    expect((await judge()).findings).toEqual([]);
  });

  test('reads seals and checkpoints that fit each other', async () => {
    await sealing.checkpoint({ atOnce: true });
    const seals = await auditor.all<{ number: number; hash: string; lastEntryId: number; entries: number }>(
      '/v1/audit-seals?limit=3',
    );
    const checkpoints = await auditor.all<{ sealNumber: number; hash: string; keyId: string }>('/v1/audit-checkpoints');
    expect(seals.map(({ number }) => number)).toEqual(seals.map((_, index) => seals.length - index));
    expect(checkpoints.length).toBeGreaterThan(1);
    for (const { sealNumber, hash, keyId } of checkpoints) {
      expect(seals.find(({ number }) => number === sealNumber)?.hash).toBe(hash);
      expect(keyId).toBe(key.id);
    }
  });

  test('of another county sees nothing of this one', async () => {
    const elsewhere = await service.signIn({ role: 'auditor', divisionCode: '330802', expiresAt: nextMonth });
    const { items } = await elsewhere.get<Page<Entry>>('/v1/audit-entries');
    expect(items.filter(({ divisionCode }) => !divisionCode.startsWith('330802'))).toEqual([]);
  });

  test('is of the county at least: towns, enterprises and strangers read no trail', async () => {
    const town = await service.signIn({ role: 'official', divisionCode: gaojia });
    const [party] = await official.all<{ id: string; kind: string }>('/v1/parties?limit=100');
    const bank = await service.signIn({ role: 'bank-officer', divisionCode: county });
    expect(party).toBeDefined();
    for (const path of ['/v1/audit-entries', '/v1/audit-seals', '/v1/audit-checkpoints']) {
      expect((await official.ask('GET', path)).status).toBe(200);
      expect((await town.refused('GET', path)).code).toBe('forbidden');
      expect((await bank.refused('GET', path)).code).toBe('forbidden');
      expect((await service.visitor.refused('GET', path)).code).toBe('unauthenticated');
    }
  });
});
