// The folder that holds the embedded database: <data folder>/postgresql, with PostgreSQL's files and the password. It
// appears whole or not at all: it is made beside its place and then renamed, so a start that was killed leaves no half.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { serverEnvironment, type Account, type Binaries } from './binaries.ts';
import { explainFailure, notOurFolder, otherOwner, otherVersion, ownedByRoot } from './failure.ts';

export const superuser = 'postgres';

/** Where PostgreSQL's own files lie inside a data folder. */
export function clusterFolder(dataFolder: string): string {
  return join(dataFolder, 'postgresql', 'cluster');
}

/**
 * The account that must run the server, undefined for this process's own. PostgreSQL refuses root, so root runs it as
 * the owner of the existing files (then that owner can start it too), or as nobody.
 * @throws StartProblem when the files belong to somebody who cannot run it from here.
 */
export function chooseAccount(dataFolder: string): Account | undefined {
  const folder = clusterFolder(dataFolder);
  const owner = existsSync(folder) ? statSync(folder) : undefined;
  const me = process.getuid?.();
  if (me === undefined) return undefined;
  if (me !== 0) {
    if (owner !== undefined && owner.uid !== me) throw otherOwner(folder, owner.uid);
    return undefined;
  }
  if (owner === undefined) return findNobody();
  if (owner.uid === 0) throw ownedByRoot(folder);
  return { uid: owner.uid, gid: owner.gid };
}

/** initdb demands that its account has a name, so a free number would not do. */
function findNobody(): Account {
  const users = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : '';
  const [, uid, gid] = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(users) ?? [];
  return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) };
}

/**
 * Whether the account reaches files by open descriptors instead of by name. Below a folder that only root may enter
 * (/root, most of all) no other account can use a name; /proc/self/fd leads it straight to what we opened for it.
 */
export function goesByDescriptor(account: Account | undefined): boolean {
  return account !== undefined && process.platform === 'linux';
}

/**
 * Makes the database files when there are none.
 * @returns the superuser's password
 * @throws StartProblem
 */
export async function openCluster(
  dataFolder: string,
  binaries: Binaries,
  account: Account | undefined,
): Promise<string> {
  removeAbandoned(dataFolder);
  const files = clusterFolder(dataFolder);
  if (!existsSync(join(files, 'PG_VERSION'))) await createCluster(dataFolder, binaries, account);
  const version = readFileSync(join(files, 'PG_VERSION'), 'utf8').trim();
  if (version !== binaries.major) throw otherVersion(dataFolder, version, binaries.major);
  // PostgreSQL refuses anything wider, and folders that were copied or unpacked often are.
  chmodSync(files, 0o700);
  return readFileSync(join(dataFolder, 'postgresql', 'password'), 'utf8').trim();
}

const unfinished = /^postgresql\.unfinished-(\d+)$/;

/** Half-made folders of starts that were killed; one whose process lives is being made right now. */
function removeAbandoned(dataFolder: string): void {
  for (const name of readdirSync(dataFolder)) {
    const pid = unfinished.exec(name)?.[1];
    if (pid === undefined || (Number(pid) !== process.pid && isAlive(Number(pid)))) continue;
    rmSync(join(dataFolder, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function createCluster(dataFolder: string, binaries: Binaries, account: Account | undefined): Promise<void> {
  const making = join(dataFolder, `postgresql.unfinished-${process.pid}`);
  const files = join(making, 'cluster');
  const password = join(making, 'password');
  try {
    mkdirSync(files, { recursive: true });
    chmodSync(making, 0o711);
    chmodSync(files, 0o700);
    writeFileSync(password, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    if (account !== undefined) {
      for (const path of [files, password]) chownSync(path, account.uid, account.gid);
    }
    await runInitdb(files, password, dataFolder, binaries, account);
    renameSync(making, join(dataFolder, 'postgresql'));
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
    // Somebody else was there first: a start at the same moment, whose files serve as well, or not this service at all.
    if (!existsSync(join(clusterFolder(dataFolder), 'PG_VERSION'))) throw notOurFolder(join(dataFolder, 'postgresql'));
  }
}

async function runInitdb(
  files: string,
  password: string,
  dataFolder: string,
  { initdb }: Binaries,
  account: Account | undefined,
): Promise<void> {
  const descriptors = goesByDescriptor(account) ? [openSync(files, 'r'), openSync(password, 'r')] : [];
  const [filesName, passwordName] = descriptors.length > 0 ? ['/proc/self/fd/3', '/proc/self/fd/4'] : [files, password];
  const args = [
    `--pgdata=${filesName}`,
    `--pwfile=${passwordName}`,
    `--username=${superuser}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Without a provider of its own the locale C would mean SQL_ASCII and no Chinese.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  try {
    const run = spawn(initdb, args, {
      ...account,
      env: serverEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', ...descriptors],
      windowsHide: true,
    });
    const [said] = await Promise.all([text(run.stderr!), once(run, 'close')]);
    if (run.exitCode !== 0) throw explainFailure(said, dataFolder);
  } finally {
    descriptors.forEach(closeSync);
  }
}
