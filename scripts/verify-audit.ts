// npm run verify-audit: the audit trail judged by a program that trusts nothing of the product, for an auditor with a copy of this
// one file. It imports Node and `pg` only, and reads only. Enters: a database, public keys, the files of checkpoints.
// Leaves: one finding for everything that is not as it was written, then `N passed, N failed` and the exit code.
//
// What is checked
//   seals        numbered 1, 2, 3 …; each names the hash of the one before; its hash is that of its own list of digests
//   entries      every entry up to the last seal stands in exactly one seal, and has the digest written there
//   checkpoints  signed by a key you gave; agree with the seal; the same in the table and in the files
//   rows         what the entries of a row say last is what the row holds now; every row has an entry, every change a trigger
//
// Formats (all texts UTF-8, hashes SHA-256 in hexadecimal, instants UTC `2026-11-21T02:00:00.123456Z`)
//   entry        hash of the JSON array [id, at, transaction_id, table_name, row_id, region, operation, actor, request_id,
//                changed], every one as text, `changed` as PostgreSQL writes the jsonb value
//   seal         hash of lines joined by \n: the JSON array ["gongfang/audit-seal/1", number, hash of the seal before or "",
//                sealed_at, first id, last id, number of entries], every one as text; then `<id> <hash>` for every entry
//   checkpoint   Ed25519 over the JSON array ["gongfang/audit-checkpoint/1", seal_number, hash, at, key_id]; key_id is the
//                first 16 digits of the hash of the public key (SPKI, DER)

import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';

export interface Finding {
  check: 'seal' | 'entry' | 'checkpoint' | 'row' | 'trigger';
  /** Which one: a seal's number, an entry's id, table and row. */
  subject: string;
  zh: string;
  en: string;
}

export interface Verdict {
  /** How many seals, entries, checkpoints, rows and triggers were as they must be. */
  passed: number;
  findings: Finding[];
  sealed: number;
  /** Entries younger than the last seal: not protected yet. */
  unsealed: number;
  /** The last seal under a signature; what came after it could still be rewritten by whoever owns the database. */
  signedUpTo: number;
}

export interface Evidence {
  publicKeys: readonly KeyObject[];
  /** Lines of the checkpoint files. */
  checkpointLines: readonly string[];
}

/** Statements on one connection, in one read-only repeatable-read transaction that sees all divisions (see `beginReading`). */
export interface Reader {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

/** Row-level security would hide rows from a login that it binds: this is the widest scope there is. */
export const beginReading = `
  begin isolation level repeatable read read only;
  set local app.lo = '0'; set local app.hi = ':'; set local app.audience = 'division'; set local statement_timeout = 0`;

/** Everything that can be said of the audit trail. Throws only when the database does not answer. */
export async function verifyAudit(reader: Reader, evidence: Evidence): Promise<Verdict> {
  const findings: Finding[] = [];
  const report = (finding: Finding) => void findings.push(finding);
  const chain = await checkChain(reader, report);
  const checkpoints = await checkCheckpoints(reader, evidence, report);
  const rows = await checkRows(reader, report);
  return {
    passed: chain.passed + checkpoints.passed + rows,
    findings,
    sealed: chain.sealed,
    unsealed: chain.unsealed,
    signedUpTo: checkpoints.signedUpTo,
  };
}

type Report = (finding: Finding) => void;

// ── Seals and entries ───────────────────────────────────────────────────────────────────────────────────────────────

interface Seal {
  number: string;
  first: string;
  last: string;
  entries: number;
  ids: string[];
  digests: string[];
  hash: string;
  at: string;
}

type Entry = Record<'id' | 'digest', string>;

const instant = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

async function checkChain(
  reader: Reader,
  report: Report,
): Promise<{ passed: number; sealed: number; unsealed: number }> {
  const entries = walk(readEntries(reader));
  let passed = 0;
  let sealed = 0;
  let expectedNumber = 1n;
  let previous: Seal | undefined;
  let entry = await entries.next();

  for await (const seal of readSeals(reader)) {
    const isWhole = checkSeal(seal, previous, expectedNumber, report);
    const listed = new Map(seal.ids.map((id, index) => [id, seal.digests[index]]));
    const seen = new Set<string>();
    while (entry && BigInt(entry.id) <= BigInt(seal.last)) {
      const digest = listed.get(entry.id);
      seen.add(entry.id);
      if (digest === entry.digest) passed++;
      else report(digest === undefined ? insertedEntry(entry.id, seal) : alteredEntry(entry.id, seal));
      entry = await entries.next();
    }
    for (const id of seal.ids) if (!seen.has(id)) report(missingEntry(id, seal));
    if (isWhole) passed++;
    sealed += seal.ids.length;
    expectedNumber = BigInt(seal.number) + 1n;
    previous = seal;
  }

  let unsealed = 0;
  for (; entry; entry = await entries.next()) unsealed++;
  return { passed, sealed, unsealed };
}

function checkSeal(seal: Seal, previous: Seal | undefined, expectedNumber: bigint, report: Report): boolean {
  const broken = (zh: string, en: string): false => {
    report({ check: 'seal', subject: seal.number, zh: `封印 ${seal.number}:${zh}`, en: `seal ${seal.number}: ${en}` });
    return false;
  };
  if (BigInt(seal.number) !== expectedNumber) {
    return broken(`此前的封印 ${expectedNumber} 不见了`, `seal ${expectedNumber} before it is missing`);
  }
  const isOrdered = seal.ids.every((id, index) => BigInt(id) > BigInt(seal.ids[index - 1] ?? previous?.last ?? 0));
  if (!isOrdered || seal.ids[0] !== seal.first || seal.ids.at(-1) !== seal.last) {
    return broken('所列记录编号与起止不符', 'the ids it lists do not fit its first and last');
  }
  if (seal.entries !== seal.ids.length || seal.entries !== seal.digests.length) {
    return broken('所列记录数与计数不符', 'the ids it lists are not as many as it counts');
  }
  const head = ['gongfang/audit-seal/1', seal.number, previous?.hash ?? '', seal.at, seal.first, seal.last];
  const lines = seal.ids.map((id, index) => `${id} ${seal.digests[index]}`);
  if (sha256([JSON.stringify([...head, String(seal.entries)]), ...lines].join('\n')) !== seal.hash) {
    return broken('哈希与内容或前一封印不符', 'its hash fits neither its content nor the seal before');
  }
  return true;
}

const alteredEntry = (id: string, seal: Seal): Finding => ({
  check: 'entry',
  subject: id,
  zh: `审计记录 ${id} 在封印(${seal.number})之后被改动`,
  en: `entry ${id} was altered after it was sealed (${seal.number})`,
});
const insertedEntry = (id: string, seal: Seal): Finding => ({
  check: 'entry',
  subject: id,
  zh: `审计记录 ${id} 是事后插入到封印 ${seal.number} 的范围中的`,
  en: `entry ${id} was inserted afterwards into what seal ${seal.number} covers`,
});
const missingEntry = (id: string, seal: Seal): Finding => ({
  check: 'entry',
  subject: id,
  zh: `审计记录 ${id} 已封印(${seal.number}),但不见了`,
  en: `entry ${id} was sealed (${seal.number}) and is missing`,
});

async function* readSeals(reader: Reader): AsyncGenerator<Seal> {
  for (let after = '-9223372036854775808'; ;) {
    const { rows } = await reader.query<Seal>(
      `select number::text, first_entry_id::text as first, last_entry_id::text as last, entries,
              entry_ids::text[] as ids, array(select encode(d, 'hex') from unnest(entry_digests) as d) as digests,
              encode(hash, 'hex') as hash, ${instant('sealed_at')} as at
       from public.audit_seal where number > $1 order by audit_seal.number limit 50`,
      [after],
    );
    yield* rows;
    const last = rows.at(-1);
    if (!last) return;
    after = last.number;
  }
}

async function* readEntries(reader: Reader): AsyncGenerator<Entry> {
  for (let after = '-9223372036854775808'; ;) {
    const { rows } = await reader.query<Record<(typeof entryColumns)[number], string>>(
      `select id::text, ${instant('at')} as at, transaction_id::text, table_name, row_id::text, region, operation, actor,
              request_id, changed::text
       from public.audit_entry where id > $1 order by audit_entry.id limit 5000`,
      [after],
    );
    for (const row of rows) yield { id: row.id, digest: sha256(JSON.stringify(entryColumns.map((name) => row[name]))) };
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
  }
}

const entryColumns = [
  ...(['id', 'at', 'transaction_id', 'table_name', 'row_id'] as const),
  ...(['region', 'operation', 'actor', 'request_id', 'changed'] as const),
] as const;

function walk<T>(items: AsyncGenerator<T>): { next(): Promise<T | undefined> } {
  return {
    async next() {
      const { value, done } = (await items.next()) as { value: T | undefined; done: boolean };
      return done ? undefined : value;
    },
  };
}

// ── Checkpoints ─────────────────────────────────────────────────────────────────────────────────────────────────────

interface Checkpoint {
  sealNumber: string;
  hash: string;
  at: string;
  keyId: string;
  signature: string;
}

async function checkCheckpoints(
  reader: Reader,
  { publicKeys, checkpointLines }: Evidence,
  report: Report,
): Promise<{ passed: number; signedUpTo: number }> {
  const keys = new Map(publicKeys.map((key) => [keyIdOf(key), key]));
  const { rows } = await reader.query<Checkpoint & { sealHash: string | null }>(
    `select seal_number::text as "sealNumber", encode(c.hash, 'hex') as hash, ${instant('c.at')} as at,
            key_id as "keyId", translate(encode(signature, 'base64'), E'\\n', '') as signature,
            encode(s.hash, 'hex') as "sealHash"
     from public.audit_checkpoint c left join public.audit_seal s on s.number = c.seal_number
     order by c.seal_number`,
  );
  const inFiles = readCheckpointLines(checkpointLines, report);
  let passed = 0;
  let signedUpTo = 0;
  for (const { sealHash, ...checkpoint } of rows) {
    const problem = problemOfCheckpoint(checkpoint, sealHash, keys, inFiles.get(checkpoint.sealNumber));
    if (problem) {
      report(aboutCheckpoint(checkpoint.sealNumber, problem));
    } else {
      passed++;
      signedUpTo = Math.max(signedUpTo, Number(checkpoint.sealNumber));
    }
  }
  const inTable = new Set(rows.map(({ sealNumber }) => sealNumber));
  for (const number of inFiles.keys()) {
    if (!inTable.has(number)) {
      report(
        aboutCheckpoint(number, ['在文件中,但数据库里不见了', 'stands in the file and is missing in the database']),
      );
    }
  }
  return { passed, signedUpTo };
}

type Words = readonly [zh: string, en: string];

const aboutCheckpoint = (number: string, [zh, en]: Words): Finding => ({
  check: 'checkpoint',
  subject: number,
  zh: `封印 ${number} 的检查点:${zh}`,
  en: `checkpoint of seal ${number}: ${en}`,
});

function problemOfCheckpoint(
  checkpoint: Checkpoint,
  sealHash: string | null,
  keys: ReadonlyMap<string, KeyObject>,
  copies: readonly Checkpoint[] | undefined,
): Words | undefined {
  const { sealNumber, hash, at, keyId, signature } = checkpoint;
  const key = keys.get(keyId);
  if (!key) return [`由未提供的密钥 ${keyId} 签名`, `is signed by key ${keyId}, which you did not give`];
  const content = JSON.stringify(['gongfang/audit-checkpoint/1', sealNumber, hash, at, keyId]);
  if (!verify(null, Buffer.from(content), key, Buffer.from(signature, 'base64'))) {
    return ['签名与内容不符', 'its signature does not fit its content'];
  }
  if (sealHash === null) return ['所签的封印不见了', 'the seal it signs is missing'];
  if (sealHash !== hash) {
    return ['封印在签名之后被改写', 'the seal was rewritten after it was signed'];
  }
  if (!copies) return ['文件中没有', 'does not stand in the file'];
  const own = textOfCheckpoint(checkpoint);
  if (copies.some((copy) => textOfCheckpoint(copy) !== own)) {
    return ['文件与数据库不一致', 'the file says otherwise than the database'];
  }
  return undefined;
}

function textOfCheckpoint({ sealNumber, hash, at, keyId, signature }: Checkpoint): string {
  return JSON.stringify([sealNumber, hash, at, keyId, signature]);
}

/** By seal number; one line may stand in several files, or twice when two processes appended it. */
function readCheckpointLines(lines: readonly string[], report: Report): Map<string, Checkpoint[]> {
  const found = new Map<string, Checkpoint[]>();
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    try {
      const read = JSON.parse(line) as Checkpoint;
      const number = String(read.sealNumber);
      found.set(number, [...(found.get(number) ?? []), { ...read, sealNumber: number }]);
    } catch {
      report({
        check: 'checkpoint',
        subject: `line ${index + 1}`,
        zh: `检查点文件第 ${index + 1} 行读不懂`,
        en: `line ${index + 1} of the checkpoint file cannot be read`,
      });
    }
  }
  return found;
}

export function keyIdOf(key: KeyObject): string {
  return sha256(key.export({ type: 'spki', format: 'der' })).slice(0, 16);
}

// ── Business rows ───────────────────────────────────────────────────────────────────────────────────────────────────

const triggers = ['audit_insert', 'audit_update', 'audit_delete'];

async function checkRows(reader: Reader, report: Report): Promise<number> {
  const { rows: tables } = await reader.query<{ name: string; isThere: boolean; triggers: string[] }>(
    `with audited as (
       select distinct c.relname::text as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
       where c.relnamespace = 'public'::regnamespace and t.tgname = any ($1)
       union select distinct table_name from public.audit_entry
     )
     select name, to_regclass(format('public.%I', name)) is not null as "isThere",
            array(select tgname::text from pg_trigger
                  where tgrelid = to_regclass(format('public.%I', name)) and tgenabled = 'O') as triggers
     from audited order by name`,
    [triggers],
  );
  let passed = 0;
  for (const table of tables) {
    const absent = triggers.filter((name) => !table.triggers.includes(name));
    for (const name of table.isThere ? absent : []) {
      report({
        check: 'trigger',
        subject: `${table.name}.${name}`,
        zh: `表 ${table.name} 的触发器 ${name} 被停用或删除,此后的变更不会留痕`,
        en: `trigger ${name} of table ${table.name} is off or gone: changes leave no trace since`,
      });
    }
    if (table.isThere) passed += triggers.length - absent.length + (await checkTable(reader, table.name, report));
    else
      report({ check: 'row', subject: table.name, zh: `表 ${table.name} 不见了`, en: `table ${table.name} is gone` });
  }
  return passed;
}

/**
 * The entries of a row, folded in order of id since its last insert, say which values it has now. Values that were hidden are
 * not compared. What the entries say is read back through the row's own types, so that an instant written in another time zone
 * is still the same.
 */
async function checkTable(reader: Reader, table: string, report: Report): Promise<number> {
  const name = pg.escapeIdentifier(table);
  const { rows } = await reader.query<{
    row: string;
    cause: 'unrecorded' | 'gone' | 'back' | 'differs' | null;
    entry: string | null;
    columns: string[] | null;
    passed: string;
  }>(
    `with entry as (
       select id, row_id, operation, changed,
              max(id) filter (where operation = 'insert') over (partition by row_id) as inserted
       from public.audit_entry where table_name = $1 and operation <> 'read'
     ), fold as (
       select row_id, max(entry.id) as last, (array_agg(operation order by entry.id desc))[1] as operation,
              coalesce(jsonb_object_agg(key, value order by entry.id) filter (where key is not null), '{}') as said
       from entry left join lateral jsonb_each(changed) on true
       where inserted is null or entry.id >= inserted group by row_id
     ), known as (
       select row_id, last, operation,
              (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(said)
               where value <> '"(changed)"') as said
       from fold
     ), judged as (
       select coalesce(known.row_id, t.id) as row, last,
              case when known.row_id is null then 'unrecorded'
                   when operation = 'delete' then case when t.id is not null then 'back' end
                   when t.id is null then 'gone'
                   when to_jsonb(jsonb_populate_record(t, said)) is distinct from to_jsonb(t) then 'differs' end as cause,
              case when t.id is not null then to_jsonb(t) end as now,
              case when t.id is not null and known.row_id is not null
                   then to_jsonb(jsonb_populate_record(t, said)) end as then
       from known full join public.${name} t on t.id = known.row_id
     ), counted as (select count(*) filter (where cause is null) as passed from judged)
     select row::text, cause, last::text as entry, passed,
            case when cause = 'differs' then array(
              select key from jsonb_each(now) where value is distinct from "then" -> key order by key) end as columns
     from counted left join judged on cause is not null order by judged.row limit 1000`,
    [table],
  );
  for (const { row, cause, entry, columns } of rows) {
    if (cause === null) continue;
    const words: Record<typeof cause, Words> = {
      unrecorded: ['没有任何审计记录', 'has no audit entry at all'],
      gone: [`不见了,而审计记录 ${entry} 说它还在`, `is gone, while entry ${entry} says that it exists`],
      back: [`仍然存在,而审计记录 ${entry} 说它已删除`, `exists, while entry ${entry} says that it was deleted`],
      differs: [
        `列 ${columns?.join('、')} 与审计记录所说不符(最后一条 ${entry})`,
        `column ${columns?.join(', ')} is not what the entries say (the last one is ${entry})`,
      ],
    };
    const [zh, en] = words[cause];
    report({ check: 'row', subject: `${table} ${row}`, zh: `${table} ${row} ${zh}`, en: `${table} ${row} ${en}` });
  }
  return Number(rows[0]?.passed ?? 0);
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

// ── The command ─────────────────────────────────────────────────────────────────────────────────────────────────────

const usage = `verify-audit [--public-key FILE]… [--checkpoints FILE]… [--json]

  DATABASE_URL    数据库地址,只读 · the database, which is only read
  --public-key    审计公钥(PEM),可多次给出 · a public key (PEM); of every key that ever signed
  --checkpoints   检查点文件,可多次给出 · a file of checkpoints; one of every worker host
  未给出时在 DATA_FOLDER(默认 .gongfang)中查找 · looked for in DATA_FOLDER when not given`;

interface Options {
  publicKeys: string[];
  checkpoints: string[];
  isJson: boolean;
}

function readOptions(args: readonly string[], folder: string): Options | undefined {
  const options: Options = { publicKeys: [], checkpoints: [], isJson: false };
  for (let index = 0; index < args.length; index++) {
    const arg = args[index];
    if (arg === '--json') options.isJson = true;
    else if (arg === '--public-key' && args[index + 1]) options.publicKeys.push(args[++index] ?? '');
    else if (arg === '--checkpoints' && args[index + 1]) options.checkpoints.push(args[++index] ?? '');
    else return undefined;
  }
  const kept = (pattern: RegExp) =>
    listFolder(folder)
      .filter((name) => pattern.test(name))
      .map((name) => join(folder, name));
  if (options.publicKeys.length === 0) options.publicKeys = kept(/^audit-signing\.[0-9a-f]{16}\.pub$/);
  if (options.checkpoints.length === 0) options.checkpoints = kept(/^audit-checkpoints\.jsonl$/);
  return options.publicKeys.length > 0 && options.checkpoints.length > 0 ? options : undefined;
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env['DATA_FOLDER'] ?? '.gongfang');
  const url = process.env['DATABASE_URL'];
  if (!options || !url) {
    console.error(usage);
    return 2;
  }
  const evidence = {
    publicKeys: options.publicKeys.map((file) => createPublicKey(readFileSync(file, 'utf8'))),
    checkpointLines: options.checkpoints.flatMap((file) => readFileSync(file, 'utf8').split('\n')),
  };
  const client = new pg.Client({ connectionString: url, application_name: 'verify-audit' });
  await client.connect();
  try {
    await client.query(beginReading);
    const verdict = await verifyAudit(client, evidence);
    if (options.isJson) console.log(JSON.stringify(verdict, undefined, 2));
    else print(verdict);
    return verdict.findings.length === 0 ? 0 : 1;
  } finally {
    await client.end();
  }
}

function print({ passed, findings, sealed, unsealed, signedUpTo }: Verdict): void {
  for (const { zh, en } of findings) console.log(`✗ ${zh}\n  ${en}`);
  console.log(`已封印 ${sealed} 条,未封印 ${unsealed} 条,签名至封印 ${signedUpTo}`);
  console.log(`${sealed} entries sealed, ${unsealed} not yet, signed up to seal ${signedUpTo}`);
  console.log(`${passed} passed, ${findings.length} failed`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 2;
    },
  );
}
