import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { StartProblem } from '../start-problem.ts';
import { createLibraryLinks, prepareBinaries } from './binaries.ts';
import { explainFailure } from './failure.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './index.ts';

const isRoot = process.getuid?.() === 0;
const nobody = 65534;

let home: string;
let dataFolder: string;
const servers: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gongfang 工坊-'));
  dataFolder = join(home, '数据 目录');
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

async function start(options: { temporary?: boolean } = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataFolder, ...options });
  servers.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function problemOf(starting: Promise<unknown>): Promise<StartProblem> {
  const problem = await starting.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(problem).toBeInstanceOf(StartProblem);
  return problem as StartProblem;
}

function serverPid(): number {
  return Number.parseInt(readFileSync(join(dataFolder, 'postgresql/cluster/postmaster.pid'), 'utf8'), 10);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A process of its own that starts the server, says its address and then only lives. */
async function startInChild(account?: { uid: number; gid: number }): Promise<{ child: ChildProcess; url: string }> {
  const door = fileURLToPath(new URL('./index.ts', import.meta.url));
  const program = `
    import { startEmbeddedPostgres } from ${JSON.stringify(door)};
    const server = await startEmbeddedPostgres({ dataFolder: ${JSON.stringify(dataFolder)} });
    console.log(server.url);
    setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    ...account,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [url] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error('the child ended before its server was up'))),
  ])) as [string];
  return { child, url };
}

describe('a server of one’s own', () => {
  test('starts in a folder with spaces and Chinese in its name, speaks UTF-8 and keeps its rows over a restart', async () => {
    const first = await start();
    await query(first.url, `create table villages as select '湖仁村' as name`);
    const [settings] = await query(
      first.url,
      `select current_setting('listen_addresses') as hosts, current_setting('unix_socket_directories') as sockets,
              pg_encoding_to_char(encoding) as encoding, datlocale as locale
         from pg_database where datname = current_database()`,
    );
    expect(settings).toEqual({ hosts: '127.0.0.1', sockets: '', encoding: 'UTF8', locale: 'C.UTF-8' });
    await first.stop();

    const second = await start();
    expect(await query(second.url, 'select * from villages')).toEqual([{ name: '湖仁村' }]);
  });

  test('lets nobody in without its password', async () => {
    const { url } = await start();
    const wrong = new URL(url);
    wrong.password = 'postgres';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  test('that is temporary leaves no file behind', async () => {
    const server = await start({ temporary: true });
    await server.stop();
    expect(existsSync(dataFolder)).toBe(false);
  });

  test('dies with its parent, even on kill -9, and the next start recovers what was committed', async () => {
    const { child, url } = await startInChild();
    await query(url, 'create table orders as select 7 as pieces');
    const pid = serverPid();
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 30_000, interval: 20 });
    expect(await query((await start()).url, 'select pieces from orders')).toEqual([{ pieces: 7 }]);
  });

  test('refuses a second start on the same folder and names the process and port that hold it', async () => {
    const { port } = await start();
    const { text } = await problemOf(startEmbeddedPostgres({ dataFolder }));
    for (const sentence of [text.zh, text.en]) {
      expect(sentence).toContain(String(port));
      expect(sentence).toContain(String(serverPid()));
      expect(sentence).toContain('DATA_FOLDER');
    }
  });
});

describe('what an earlier start left behind', () => {
  test('a half-made folder of a start that was killed is removed, one that is being made stays', async () => {
    const ended = spawn(process.execPath, ['-e', '']);
    await once(ended, 'exit');
    const abandoned = join(dataFolder, `postgresql.unfinished-${ended.pid}`);
    const inProgress = join(dataFolder, `postgresql.unfinished-${process.ppid}`);
    for (const folder of [abandoned, inProgress]) mkdirSync(join(folder, 'cluster/base'), { recursive: true });
    await start();
    expect([existsSync(abandoned), existsSync(inProgress)]).toEqual([false, true]);
  });

  test('a folder of another PostgreSQL is left alone, with advice', async () => {
    await (await start()).stop();
    writeFileSync(join(dataFolder, 'postgresql/cluster/PG_VERSION'), '17\n');
    expect((await problemOf(start())).text.en).toMatch(/belongs to PostgreSQL 17.*the bundled one is PostgreSQL 18/);
  });

  test('a folder that holds something else is left alone, with advice', async () => {
    mkdirSync(join(dataFolder, 'postgresql'), { recursive: true });
    writeFileSync(join(dataFolder, 'postgresql', 'letter.txt'), 'mine');
    expect((await problemOf(start())).text.en).toContain('Move it away');
    expect(existsSync(join(dataFolder, 'postgresql', 'letter.txt'))).toBe(true);
  });

  test('a file where the data folder should be is named', async () => {
    writeFileSync(dataFolder, '');
    expect((await problemOf(start())).text.en).toContain('is not a folder');
  });
});

describe.runIf(isRoot)('accounts', () => {
  test('root may keep the data below a folder that only root can enter', async () => {
    chmodSync(home, 0o700);
    const server = await start();
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('an ordinary user starts it, root can start it later, and then the user again', async ({ skip }) => {
    chownSync(home, nobody, nobody);
    const account = { uid: nobody, gid: nobody };
    const look = spawn('/bin/sh', ['-c', 'cd "$0"', dirname(fileURLToPath(import.meta.url))], account);
    await once(look, 'exit');
    skip(look.exitCode !== 0, 'the project lies where no ordinary user can read it');

    for (const turn of [1, 2]) {
      const { child, url } = await startInChild(account);
      await query(url, `create table turn_${turn} ()`);
      const pid = serverPid();
      child.kill('SIGTERM');
      await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 30_000, interval: 20 });
      await (await start()).stop();
    }
  });

  test('files that were copied as root are refused with the command that mends them', async () => {
    mkdirSync(join(dataFolder, 'postgresql/cluster'), { recursive: true });
    expect((await problemOf(start())).text.en).toContain('chown -R nobody');
  });
});

describe('the programs', () => {
  test('a platform without a package is told to install one or to set DATABASE_URL', () => {
    const arch = vi.spyOn(process, 'arch', 'get').mockReturnValue('mips');
    expect(() => prepareBinaries(undefined, home)).toThrow(/npm install[^]*DATABASE_URL/);
    arch.mockRestore();
  });

  test('library links are made where they are missing, however often and by however many', () => {
    mkdirSync(join(home, 'native/lib'), { recursive: true });
    writeFileSync(join(home, 'native/lib/libpq.so.5.18'), 'library');
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
    writeFileSync(join(home, 'native/pg-symlinks.json'), JSON.stringify(links));
    expect([createLibraryLinks(home), createLibraryLinks(home)]).toEqual([true, true]);
    expect(readFileSync(join(home, 'native/lib/libpq.so.5'), 'utf8')).toBe('library');
  });
});

test.each([
  ['initdb: error: could not write file: No space left on device', /Free at least/],
  ["ENOSPC: no space left on device, mkdir '/data'", /Free at least/],
  ['FATAL:  could not extend file "base/1/2691"\nHINT:  Check free disk space.\ninitdb: removing', /Free at least/],
  ["EACCES: permission denied, mkdir '/data'", /Start as its owner/],
  ["EROFS: read-only file system, mkdir '/data'", /Start as its owner/],
  [
    'LOG:  starting\nFATAL:  could not map anonymous shared memory\nLOG:  shut down',
    /could not map anonymous shared memory.*DATABASE_URL/,
  ],
])('"%s" becomes a sentence that says what to do', (said, advice) => {
  const { text } = explainFailure(said, '/data');
  expect(text.en).toMatch(advice);
  expect(text.zh).toContain('/data');
});
