// Whoever owns the database, but neither the signing key nor the file of checkpoints, cannot change what happened unnoticed.
// Enters: a fresh database that the product itself has written, sealed and signed. Each of many random alterations is made as
// the superuser with every trigger asleep, judged by the independent verifier, and rolled back. One it does not find fails.

import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { exampleFiles } from '../../examples/qujiang/files.ts';
import { issueKey } from '../../src/access/index.ts';
import { createAuditSealing, readSigningKey, signingKeyOf, type AuditSealing } from '../../src/platform/audit/index.ts';
import {
  checkpointBytes,
  digestEntry,
  hashSeal,
  instantFormat,
  type EntryText,
} from '../../src/platform/audit/canonical.ts';
import { readConfig } from '../../src/platform/config.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres/index.ts';
import { setUpDatabase, start } from '../../src/start.ts';
import { drawsFromSeed, type Draws } from '../../src/vocabulary/seeded-draws.ts';
import { connect, type Client } from '../demo/client.ts';
import { verifyAudit, type Finding } from '../verify-audit.ts';
import type { ProofOptions, ProofResult } from '../prove.ts';

const county = '330803';

interface Proof extends ProofResult {
  alterations: Record<string, { found: number; missed: number }>;
}

export async function run({ full, seed }: ProofOptions): Promise<Proof> {
  const folder = await mkdtemp(join(tmpdir(), 'gongfang-proof-'));
  const server = await startEmbeddedPostgres({
    dataFolder: folder,
    temporary: true,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
  const client = new pg.Client({ connectionString: server.url });
  try {
    const publicKey = await writeHistory(server.url, folder);
    const lines = (await readFile(join(folder, 'audit-checkpoints.jsonl'), 'utf8')).split('\n');
    await client.connect();
    return await alterHistory(client, { publicKeys: [publicKey], lines }, drawsFromSeed(seed), full ? 10_000 : 1_000);
  } finally {
    await client.end();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

// ── What the product does ───────────────────────────────────────────────────────────────────────────────────────────

/** The whole service works for a while, seals and signs what it did, and ends. Returns the key an auditor would hold. */
async function writeHistory(databaseUrl: string, dataFolder: string): Promise<KeyObject> {
  await setUpDatabase(databaseUrl);
  const config = readConfig({
    ...{ DATABASE_URL: databaseUrl, DATA_FOLDER: dataFolder, LOG_LEVEL: 'silent', PORT: '0' },
    MATCH_QUIET_SECONDS: '86400',
  });
  const running = await start(config, { api: true, workers: true });
  const key = await readSigningKey(config);
  try {
    const secret = await issueKey(
      running.context,
      { label: 'proof', role: 'official', divisionCode: county },
      'system:proof',
    );
    const sealing = createAuditSealing(running.context, key);
    await work(connect(running.url ?? '', secret), () => sealAll(databaseUrl, sealing));
  } finally {
    await running.stop();
  }
  // The last of it, once nobody writes any more.
  const db = openDatabase({ url: databaseUrl });
  try {
    const sealing = createAuditSealing({ db, config }, key);
    await sealAll(databaseUrl, sealing);
  } finally {
    await db.close();
  }
  return key.publicKey;
}

async function work(client: Client, seal: () => Promise<void>): Promise<void> {
  for (const sheet of ['enterprise', 'policy'] as const) {
    const file = exampleFiles.find(({ sheetId }) => sheetId === sheet);
    const bytes = await readFile(new URL(`../../examples/qujiang/${file?.fileName}`, import.meta.url));
    const query = new URLSearchParams({ sheet, division: county, publish: 'true' });
    let job = await client.upload<{ id: string; status: string }>(`/v1/imports?${query.toString()}`, bytes);
    while (job.status === 'queued' || job.status === 'running') {
      await delay(50);
      job = await client.get(`/v1/imports/${job.id}`);
    }
    if (job.status !== 'done') throw new Error(`the import of ${sheet} ended as ${job.status}`);
    await seal();
  }
  const { items } = await client.get<{ items: { id: string }[] }>('/v1/listings?view=own&kind=policy&limit=30');
  for (const [index, { id }] of items.entries()) {
    await client.post(`/v1/listings/${id}/withdrawal`);
    if (index % 3 === 0) await client.post(`/v1/listings/${id}/publication`);
    if (index % 10 === 9) await seal();
  }
}

async function sealAll(databaseUrl: string, sealing: AuditSealing): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (;;) {
      await sealing.seal();
      const { rowCount } = await client.query(
        `select from audit_entry where id > (select coalesce(max(last_entry_id), 0) from audit_seal) limit 1`,
      );
      if (rowCount === 0) break;
      await delay(20);
    }
  } finally {
    await client.end();
  }
  await sealing.checkpoint({ atOnce: true });
}

// ── What the owner of the database tries ────────────────────────────────────────────────────────────────────────────

/** What an auditor keeps outside of the database. */
interface Kept {
  publicKeys: readonly KeyObject[];
  lines: readonly string[];
}

interface Alteration {
  name: string;
  /** Makes it; says which kinds of findings would have noticed. Null: this draw would have changed nothing. */
  make(client: pg.Client, draws: Draws): Promise<readonly Finding['check'][] | null>;
}

async function alterHistory(client: pg.Client, kept: Kept, draws: Draws, count: number): Promise<Proof> {
  const proof: Proof = { passed: 0, failed: 0, alterations: {} };
  const judge = () => verifyAudit(client, { publicKeys: kept.publicKeys, checkpointLines: kept.lines });
  const fail = (words: string) => {
    proof.failed++;
    console.log(`✗ ${words}`);
  };
  const untouched = async () => {
    const { findings, sealed, passed } = await judge();
    if (findings.length === 0 && sealed > 0) proof.passed++;
    else fail(`untouched: ${JSON.stringify(findings.slice(0, 3))}`);
    return { sealed, passed };
  };

  const { sealed, passed } = await untouched();
  console.log(`${sealed} entries sealed, ${passed} things hold; ${count} alterations`);
  for (let done = 0; done < count;) {
    const alteration = draws.pick(alterations);
    const found = await attempt(client, alteration, draws, judge);
    if (found === 'nothing-changed') continue;
    done++;
    const tally = (proof.alterations[alteration.name] ??= { found: 0, missed: 0 });
    if (found) {
      tally.found++;
      proof.passed++;
    } else {
      tally.missed++;
      fail(`${done}: not found: ${alteration.name}`);
    }
  }
  // Every rollback left things as they were: what was found above was the alteration and nothing before it.
  await untouched();
  for (const [name, { found, missed }] of Object.entries(proof.alterations).sort()) {
    console.log(`${String(found).padStart(6)} found  ${String(missed).padStart(3)} missed  ${name}`);
  }
  return proof;
}

async function attempt(
  client: pg.Client,
  alteration: Alteration,
  draws: Draws,
  judge: () => Promise<{ findings: Finding[] }>,
): Promise<boolean | 'nothing-changed'> {
  await client.query('begin; set local session_replication_role = replica');
  try {
    const checks = await alteration.make(client, draws);
    if (!checks) return 'nothing-changed';
    const { findings } = await judge();
    return findings.some(({ check }) => checks.includes(check));
  } catch (error) {
    // A constraint refused the value that was drawn: the row is as it was.
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('23')) return 'nothing-changed';
    throw error;
  } finally {
    await client.query('rollback');
  }
}

/** One row of a table, drawn. */
async function draw<Row extends pg.QueryResultRow>(
  client: pg.Client,
  draws: Draws,
  from: string,
): Promise<Row | undefined> {
  const { rows } = await client.query<Row>(`select * from (${from}) as all_of order by 1`);
  return rows.length === 0 ? undefined : draws.pick(rows);
}

/** Whether the statement changed anything. */
async function changes(client: pg.Client, statement: string, values: unknown[] = []): Promise<boolean> {
  return ((await client.query(statement, values)).rowCount ?? 0) > 0;
}

const entries = 'select id from audit_entry';
const seals = 'select number from audit_seal';
const checkpoints = 'select seal_number as number from audit_checkpoint';

/** One statement on one drawn row, whose key is `$1`. */
function onOne(
  name: string,
  from: string,
  statements: readonly string[],
  checks: readonly Finding['check'][],
): Alteration {
  return {
    name,
    async make(client, draws) {
      const row = await draw<Record<string, unknown>>(client, draws, from);
      const [key] = Object.values(row ?? {});
      return key !== undefined && (await changes(client, draws.pick(statements), [key])) ? checks : null;
    },
  };
}

const entryChanges = [
  `actor = actor || 'x'`,
  `actor = ''`,
  `at = at - interval '1 microsecond'`,
  'transaction_id = transaction_id + 1',
  `region = region || '0'`,
  `operation = case operation when 'insert' then 'update' else 'insert' end`,
  `table_name = case table_name when 'party' then 'listing' else 'party' end`,
  'row_id = gen_random_uuid()',
  `request_id = request_id || ' '`,
  `changed = changed || '{"forged": "value"}'`,
  `changed = changed - (select min(key) from jsonb_each(changed))`,
];
const sealChanges = [
  'hash = sha256(hash)',
  `sealed_at = sealed_at + interval '1 second'`,
  'entries = entries + 1',
  'last_entry_id = last_entry_id + 1',
  'first_entry_id = first_entry_id - 1',
  'entry_ids = array_append(entry_ids[2:], 999999999), last_entry_id = 999999999',
  'entry_digests[1] = sha256(entry_digests[1])',
  'number = number + 1000',
];
const checkpointChanges = [
  'hash = sha256(hash)',
  `at = at - interval '1 hour'`,
  `key_id = '0123456789abcdef'`,
  'signature = sha512(signature)',
  'seal_number = seal_number + 1000',
];

/** What stands in a column, by its type; null: such columns are left alone. */
const columnChanges: Record<string, string> = {
  text: `%I || 'x'`,
  uuid: 'gen_random_uuid()',
  int4: '%I + 1',
  int8: '%I + 1',
  float8: '%I + 1',
  numeric: '%I + 1',
  bool: 'not %I',
  date: '%I + 1',
  timestamptz: `%I + interval '1 second'`,
  jsonb: `jsonb_build_object('forged', %I)`,
};

const alterations: readonly Alteration[] = [
  onOne('entry altered', `${entries} where changed <> '{}'`, each('update audit_entry set', entryChanges, 'id'), [
    'entry',
  ]),
  onOne('entry deleted', entries, ['delete from audit_entry where id = $1'], ['entry']),
  onOne('entries cut off behind one', entries, ['delete from audit_entry where id >= $1'], ['entry']),
  onOne('entries cut off before one', entries, ['delete from audit_entry where id <= $1'], ['entry']),
  onOne(
    'entries of one row deleted',
    'select row_id from audit_entry',
    ['delete from audit_entry where row_id = $1'],
    ['entry'],
  ),
  onOne(
    'entries of one actor deleted',
    'select distinct actor from audit_entry',
    ['delete from audit_entry where actor = $1'],
    ['entry'],
  ),
  always('entries emptied', 'truncate audit_entry', ['entry']),
  {
    name: 'entries swapped',
    async make(client, draws) {
      const [one, other] = [await drawKey(client, draws, entries), await drawKey(client, draws, entries)];
      if (one === other) return null;
      return (await changes(
        client,
        `update audit_entry a set at = b.at, transaction_id = b.transaction_id, table_name = b.table_name,
           row_id = b.row_id, region = b.region, operation = b.operation, actor = b.actor,
           request_id = b.request_id, changed = b.changed
         from audit_entry b where (a.id, b.id) in (($1, $2), ($2, $1)) and b.row_id <> a.row_id`,
        [one, other],
      ))
        ? ['entry']
        : null;
    },
  },
  {
    name: 'entry inserted among the sealed',
    async make(client, draws) {
      const id = await drawKey(client, draws, entries);
      // Numbers that no entry has: below the first, or one that a deletion leaves.
      const at = draws.chance(0.5) ? -draws.integer(0, 1_000_000) : await drawKey(client, draws, entries);
      await client.query('delete from audit_entry where id = $1 and id <> $2', [at, id]);
      return (await changes(client, copyEntry('$2', 'changed'), [id, at])) ? ['entry'] : null;
    },
  },
  {
    name: 'change invented after the last seal',
    async make(client, draws) {
      const id = await drawKey(client, draws, `${entries} where operation = 'insert' and table_name = 'listing'`);
      return (await changes(client, copyEntry('1000000', `'{"status": "invented"}'`), [id])) ? ['row'] : null;
    },
  },
  onOne('seal altered', seals, each('update audit_seal set', sealChanges, 'number'), ['seal', 'entry', 'checkpoint']),
  onOne('seal deleted', seals, ['delete from audit_seal where number = $1'], ['seal', 'checkpoint']),
  onOne('seals cut off behind one', seals, ['delete from audit_seal where number >= $1'], ['checkpoint']),
  always('seals emptied', 'truncate audit_seal, audit_checkpoint', ['checkpoint']),
  {
    name: 'seals swapped',
    async make(client, draws) {
      const [one, other] = [await drawKey(client, draws, seals), await drawKey(client, draws, seals)];
      if (one === other) return null;
      for (const [from, to] of [
        [one, '1000000'],
        [other, one],
        ['1000000', other],
      ]) {
        await client.query('update audit_seal set number = $2 where number = $1', [from, to]);
      }
      return ['seal'];
    },
  },
  {
    name: 'history cut off: entries, seals and checkpoints together',
    async make(client, draws) {
      const number = await drawKey(client, draws, seals);
      await client.query(
        'delete from audit_entry where id >= (select first_entry_id from audit_seal where number = $1)',
        [number],
      );
      await client.query('delete from audit_checkpoint where seal_number >= $1', [number]);
      return (await changes(client, 'delete from audit_seal where number >= $1', [number])) ? ['checkpoint'] : null;
    },
  },
  onOne('checkpoint altered', checkpoints, each('update audit_checkpoint set', checkpointChanges, 'seal_number'), [
    'checkpoint',
  ]),
  onOne('checkpoint deleted', checkpoints, ['delete from audit_checkpoint where seal_number = $1'], ['checkpoint']),
  always('checkpoints emptied', 'truncate audit_checkpoint', ['checkpoint']),
  {
    name: 'entry altered and the chain rewritten to fit',
    async make(client, draws) {
      const id = await drawKey(client, draws, `${entries} where changed <> '{}'`);
      await client.query(draws.pick(each('update audit_entry set', entryChanges, 'id')), [id]);
      await rewriteChain(client);
      return ['checkpoint'];
    },
  },
  {
    name: 'row and entry altered, the chain rewritten, signed with another key',
    async make(client, draws) {
      const id = await drawKey(client, draws, `${entries} where operation = 'update' and changed ? 'status'`);
      const { rows } = await client.query<{ row_id: string }>(
        `update audit_entry set changed = changed || '{"status": "draft"}' where id = $1 returning row_id`,
        [id],
      );
      await client.query(`update listing set status = 'draft' where id = $1`, [rows[0]?.row_id]);
      await rewriteChain(client);
      await signAnew(client, draws.chance(0.5));
      return ['checkpoint'];
    },
  },
  {
    name: 'entry deleted and the chain rewritten to fit',
    async make(client, draws) {
      await client.query('delete from audit_entry where id = $1', [await drawKey(client, draws, entries)]);
      await rewriteChain(client);
      return ['checkpoint'];
    },
  },
  {
    name: 'row altered past the triggers',
    async make(client, draws) {
      const target = await drawRow(client, draws);
      const { rows } = await client.query<{ column: string; type: string }>(
        `select a.attname::text as column, t.typname::text as type from pg_attribute a join pg_type t on t.oid = a.atttypid
         where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attname <> 'id'
           and exists (select from audit_entry where row_id = $2 and operation = 'insert' and changed ? a.attname)
         order by 1`,
        [target.table, target.id],
      );
      const { column, type } = draws.pick(rows);
      const change = columnChanges[type]?.replaceAll('%I', pg.escapeIdentifier(column));
      if (change === undefined) return null;
      const set = `update ${target.table} set ${pg.escapeIdentifier(column)} = ${change} where id = $1`;
      return (await changes(client, `${set} and ${pg.escapeIdentifier(column)} is not null`, [target.id]))
        ? ['row']
        : null;
    },
  },
  {
    name: 'row deleted past the triggers',
    async make(client, draws) {
      const { table, id } = await drawRow(client, draws);
      return (await changes(client, `delete from ${table} where id = $1`, [id])) ? ['row'] : null;
    },
  },
  {
    name: 'row added past the triggers',
    async make(client, draws) {
      const { table, id } = await drawRow(client, draws);
      await client.query(`create temp table forged on commit drop as select * from ${table} where id = '${id}'`);
      await client.query('update forged set id = gen_random_uuid()');
      const { rows } = await client.query<{ column: string }>(
        `select attname::text as column from pg_attribute
         where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
        [table],
      );
      const columns = rows.map(({ column }) => pg.escapeIdentifier(column)).join(', ');
      // Unique columns, or ranges that may not overlap, would refuse the copy; who owns the database would drop them.
      await client.query(
        `do $$ declare i pg_index; constraint_name name; begin
           for i in select * from pg_index
             where indrelid = '${table}'::regclass and (indisunique or indisexclusion) and not indisprimary
           loop
             select conname into constraint_name from pg_constraint where conindid = i.indexrelid and conrelid = i.indrelid;
             if constraint_name is null then execute format('drop index %s cascade', i.indexrelid::regclass);
             else execute format('alter table ${table} drop constraint %I cascade', constraint_name); end if;
           end loop; end $$`,
      );
      return (await changes(client, `insert into ${table} (${columns}) select ${columns} from forged`))
        ? ['row']
        : null;
    },
  },
  {
    name: 'table emptied',
    async make(client, draws) {
      const { table } = await drawRow(client, draws);
      await client.query(`truncate ${table} cascade`);
      return ['row'];
    },
  },
  {
    name: 'trigger switched off or dropped',
    async make(client, draws) {
      const { table } = await drawRow(client, draws);
      const trigger = draws.pick(['audit_insert', 'audit_update', 'audit_delete']);
      await client.query(
        draws.pick([
          `alter table ${table} disable trigger ${trigger}`,
          `alter table ${table} enable replica trigger ${trigger}`,
          `drop trigger ${trigger} on ${table}`,
        ]),
      );
      return ['trigger'];
    },
  },
];

/** A statement for each change, on the row whose key is `$1`. */
function each(update: string, sets: readonly string[], key: string): string[] {
  return sets.map((set) => `${update} ${set} where ${key} = $1`);
}

function always(name: string, statement: string, checks: readonly Finding['check'][]): Alteration {
  return {
    name,
    async make(client) {
      await client.query(statement);
      return checks;
    },
  };
}

/** A copy of the entry `$1` under another number. */
function copyEntry(id: string, changed: string): string {
  return `insert into audit_entry (id, at, transaction_id, table_name, row_id, region, operation, actor, request_id, changed)
          overriding system value
          select ${id}::bigint, at, transaction_id, table_name, row_id, region, 'update', actor, request_id, ${changed}
          from audit_entry where id = $1`;
}

async function drawKey(client: pg.Client, draws: Draws, from: string): Promise<string> {
  const row = await draw<Record<string, string>>(client, draws, from);
  const [key] = Object.values(row ?? {});
  if (key === undefined) throw new Error(`nothing to draw from: ${from}`);
  return key;
}

async function drawRow(client: pg.Client, draws: Draws): Promise<{ table: string; id: string }> {
  const tables = await client.query<{ table: string }>(
    'select distinct table_name as table from audit_entry order by 1',
  );
  const { table } = draws.pick(tables.rows);
  return {
    table: pg.escapeIdentifier(table),
    id: await drawKey(client, draws, `select id from ${pg.escapeIdentifier(table)}`),
  };
}

const precise = (column: string) => `to_char(${column} at time zone 'UTC', '${instantFormat}') as at`;

/** What somebody who knows the format does: every digest and hash made to fit what stands in audit_entry now. */
async function rewriteChain(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: string; last: string; at: string }>(
    `select number, last_entry_id as last, ${precise('sealed_at')} from audit_seal order by audit_seal.number`,
  );
  let after = '0';
  let previousHash: Buffer | undefined;
  for (const { number, last, at } of rows) {
    const { rows: texts } = await client.query<EntryText>(
      `select id::text, ${precise('at')}, transaction_id::text as transaction, table_name as table, row_id::text as row, region,
              operation, actor, request_id as request, changed::text
       from audit_entry where id > $1 and id <= $2 order by audit_entry.id`,
      [after, last],
    );
    const content = texts.map((text) => ({ id: text.id, digest: digestEntry(text) }));
    const ids = content.map(({ id }) => id);
    previousHash = hashSeal({ number: Number(number), previousHash, sealedAt: at, entries: content });
    await client.query(
      `update audit_seal set first_entry_id = $2, last_entry_id = $3, entries = $4, entry_ids = $5, entry_digests = $6, hash = $7
       where number = $1`,
      [number, ids[0], ids.at(-1), ids.length, ids, content.map(({ digest }) => digest), previousHash],
    );
    after = last;
  }
}

/** Every checkpoint signed again with a key of one's own, under its own name or that of the genuine one. */
async function signAnew(client: pg.Client, underGenuineName: boolean): Promise<void> {
  const own = signingKeyOf(generateKeyPairSync('ed25519').privateKey);
  const { rows } = await client.query<{ number: string; hash: Buffer; at: string; keyId: string }>(
    `select seal_number as number, s.hash, ${precise('c.at')}, key_id as "keyId"
     from audit_checkpoint c join audit_seal s on s.number = c.seal_number`,
  );
  for (const { number, hash, at, keyId } of rows) {
    const content = { sealNumber: Number(number), hash, at, keyId: underGenuineName ? keyId : own.id };
    await client.query('update audit_checkpoint set hash = $2, key_id = $3, signature = $4 where seal_number = $1', [
      ...[number, hash, content.keyId],
      sign(null, checkpointBytes(content), own.privateKey),
    ]);
  }
}
