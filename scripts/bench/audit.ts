// `npm run bench -- audit`: what the audit trail costs whoever writes. Two ratios, each measured in pairs of slices side by side in
// one run, in alternating order: writes a second with the sealer running and stopped; with the audit triggers and without (asleep,
// on a database of its own). A write is a listing by POST over HTTP, on a PostgreSQL with every durability setting on.
// The machine may be shared, so CPU seconds of this process and of PostgreSQL are told beside the clock.

import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createAuditSealing, readSigningKey, startAuditSealing } from '../../src/platform/audit/index.ts';
import { readConfig } from '../../src/platform/config.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres/index.ts';
import { setUpDatabase } from '../../src/start.ts';
import { aWorkshop, county, register } from '../../test/support/builders.ts';
import type { Caller } from '../../test/support/caller.ts';
import { startService, type Service } from '../../test/support/service.ts';

const PAIRS = 16;
const WRITES = 200;
const WRITERS = 4;
const WARM_UP_WRITES = 400;

interface Slice {
  writesPerSecond: number;
  cpuSeconds: number;
}

interface Ratio {
  median: number;
  quartiles: [number, number];
}

export interface AuditRun {
  what: string;
  pairs: number;
  writes: number;
  /** With ÷ without. */
  writesPerSecond: Ratio;
  cpuSeconds: Ratio;
}

/** Measures `write` between a beginning and an end that are not measured themselves. */
type Way = (write: (writer: Writer) => Promise<Slice>) => Promise<Slice>;

export async function run(): Promise<AuditRun[]> {
  const folder = await mkdtemp(join(tmpdir(), 'gongfang-bench-'));
  const postgres = await startEmbeddedPostgres({ dataFolder: folder, temporary: true });
  try {
    const [audited, bare] = [
      await openWriter(postgres.url, folder, 'audited'),
      await openWriter(postgres.url, folder, 'bare'),
    ];
    await sleepTriggers(bare.service);
    const cpu = await readCpuOf(audited.service);
    const write = (writer: Writer) => measure(writer, cpu);
    for (const writer of [audited, bare]) await post(writer, WARM_UP_WRITES);
    const { context } = audited.service;
    const key = await readSigningKey(context.config);
    const sealing = createAuditSealing(context, key);
    const settle = () => sealAll(audited.service, sealing);
    const runs: AuditRun[] = [];

    const sealed: Way = async (measured) => {
      const running = startAuditSealing(context, key);
      try {
        return await measured(audited);
      } finally {
        await running.close();
        await settle();
      }
    };
    const unsealed: Way = async (measured) => {
      const slice = await measured(audited);
      await settle();
      return slice;
    };
    await settle();
    runs.push(await compare('sealer running ÷ stopped', write, sealed, unsealed));
    runs.push(await compare('audit triggers on ÷ off', write, unsealed, (measured) => measured(bare)));
    for (const writer of [audited, bare]) await writer.service.close();
    return runs;
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(
  what: string,
  write: (writer: Writer) => Promise<Slice>,
  one: Way,
  other: Way,
): Promise<AuditRun> {
  const ratios: Slice[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const isSwapped = pair % 2 === 1;
    const first = await (isSwapped ? other : one)(write);
    const second = await (isSwapped ? one : other)(write);
    const [having, lacking] = isSwapped ? [second, first] : [first, second];
    ratios.push({
      writesPerSecond: having.writesPerSecond / lacking.writesPerSecond,
      cpuSeconds: having.cpuSeconds / lacking.cpuSeconds,
    });
  }
  const spread = (of: keyof Slice): Ratio => {
    const sorted = ratios.map((ratio) => ratio[of]).sort((a, b) => a - b);
    const at = (share: number) => Number((sorted[Math.round(share * (sorted.length - 1))] ?? NaN).toFixed(3));
    return { median: at(0.5), quartiles: [at(0.25), at(0.75)] };
  };
  const result = {
    what,
    pairs: PAIRS,
    writes: WRITES,
    writesPerSecond: spread('writesPerSecond'),
    cpuSeconds: spread('cpuSeconds'),
  };
  console.log(
    `${what}: writes/s ${say(result.writesPerSecond)}, CPU seconds ${say(result.cpuSeconds)}; ${PAIRS} pairs of ${WRITES} writes`,
  );
  return result;
}

const say = ({ median, quartiles: [low, high] }: Ratio) => `${median} (half of all ${low}–${high})`;

// ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Writer {
  service: Service;
  official: Caller;
  written: number;
}

/** The service on a database of its own. */
async function openWriter(serverUrl: string, dataFolder: string, name: string): Promise<Writer> {
  const owner = new pg.Client({ connectionString: serverUrl });
  await owner.connect();
  await owner.query(`create database ${name}`);
  await owner.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await setUpDatabase(url.href);
  const rateLimits = { ...readConfig({}).rateLimits, caller: 1_000_000 };
  const service = await startService({
    place: { database: { url: url.href, drop: async () => {} }, lane: { kind: 'postgres' } },
    config: { dataFolder, rateLimits },
    reactions: { 'import.completed': [], 'listing.changed': [] },
  });
  const official = await service.signIn({ role: 'official', divisionCode: county });
  await register(service, official);
  await service.stopWorkers();
  return { service, official, written: 0 };
}

async function post(writer: Writer, count: number): Promise<void> {
  let left = count;
  const writeOn = async () => {
    while (left-- > 0) await writer.official.post('/v1/listings', aWorkshop({ name: `工坊${(writer.written += 1)}` }));
  };
  await Promise.all(Array.from({ length: WRITERS }, writeOn));
  // What was heard is for stories; here it would only grow.
  writer.service.heard.length = 0;
  writer.service.logged.length = 0;
}

async function measure(writer: Writer, cpu: () => Promise<number>): Promise<Slice> {
  const [began, cpuBefore] = [performance.now(), await cpu()];
  await post(writer, WRITES);
  const seconds = (performance.now() - began) / 1000;
  return { writesPerSecond: WRITES / seconds, cpuSeconds: (await cpu()) - cpuBefore };
}

async function sleepTriggers(service: Service): Promise<void> {
  const triggers = await service.rows<{ table: string; name: string }>(
    `select tgrelid::regclass::text as table, tgname as name from pg_trigger where tgname like 'audit\\_%'`,
  );
  for (const { table, name } of triggers) await service.rows(`alter table ${table} disable trigger ${name}`);
}

async function sealAll(service: Service, sealing: { seal(): Promise<unknown> }): Promise<void> {
  const isLeft = async () =>
    (
      await service.rows(
        'select from audit_entry where id > (select coalesce(max(last_entry_id), 0) from audit_seal) limit 1',
      )
    ).length > 0;
  while (await isLeft()) await sealing.seal();
}

// ── CPU ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

const TICKS_PER_SECOND = 100;

/** Seconds of this process and, where /proc tells, of every process of this PostgreSQL. */
async function readCpuOf(service: Service): Promise<() => Promise<number>> {
  const [backend] = await service.rows<{ pid: number }>('select pg_backend_pid() as pid');
  const stat = async (pid: number | string) => {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return {
      parent: fields[1] ?? 0,
      ticks: (fields[11] ?? 0) + (fields[12] ?? 0),
      ofChildren: (fields[13] ?? 0) + (fields[14] ?? 0),
    };
  };
  const server = (await stat(backend?.pid ?? 0)).parent;
  return async () => {
    const { user, system } = process.cpuUsage();
    const own = (user + system) / 1e6;
    if (server === 0) return own;
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const all = await Promise.all(pids.map(stat));
    const { ticks, ofChildren } = await stat(server);
    const alive = all.filter(({ parent }) => parent === server).reduce((sum, each) => sum + each.ticks, 0);
    return own + (ticks + ofChildren + alive) / TICKS_PER_SECOND;
  };
}
