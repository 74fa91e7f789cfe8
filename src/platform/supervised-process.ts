// Runs a server program that cannot outlive this process, however this process ends. Enters: a command and how to stop it.
// Leaves: its output line by line, and `stop`. A small second Node process holds the program and reads a pipe from us that
// the operating system closes when we die, on kill -9 too; only then, and on `stop`, is the program ended.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface ProgramPlan {
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Run under another account (root only). */
  account?: { uid: number; gid: number } | undefined;
  /** A folder that the program gets as open descriptor 3. */
  heldFolder?: string | undefined;
  /** Sent one after another, `patienceMs` apart, until the program ends. */
  stopSignals: readonly NodeJS.Signals[];
  patienceMs: number;
  /** Removed once the program has ended. */
  removeAfterwards?: readonly string[];
}

export interface SupervisedProcess {
  /** Resolves when the program has ended and everything in `removeAfterwards` is gone. */
  ended: Promise<void>;
  stop(): Promise<void>;
  /** From now on it does not keep this process alive: a script that is done may simply end, and the program with it. */
  unref(): void;
}

/**
 * The second process: plain JavaScript in a string, so that it starts in a few milliseconds with no loader, from the
 * sources and from the built files alike. It goes by its stdin alone: signals meant for us (Ctrl-C, a service manager's
 * SIGTERM to the whole group) must not end the program while we still drain.
 */
const supervisorProgram = `
const { spawn } = require('node:child_process');
const { openSync, rmSync } = require('node:fs');
const plan = JSON.parse(process.argv[1]);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
const descriptors = plan.heldFolder ? [openSync(plan.heldFolder, 'r')] : [];
const program = spawn(plan.command, plan.args, {
  ...plan.account,
  stdio: ['ignore', 2, 2, ...descriptors],
  windowsHide: true,
});
const end = () => {
  for (const path of plan.removeAfterwards ?? []) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  process.exit();
};
program.once('error', (error) => {
  try { process.stderr.write(error.message + '\\n'); } finally { end(); }
});
program.once('exit', end);
const signals = [...plan.stopSignals];
const stop = () => {
  if (signals.length === 0) return;
  program.kill(signals.shift());
  setTimeout(stop, plan.patienceMs);
};
process.stdin.on('error', () => {}).once('close', stop).resume();
`;

export function superviseProcess(plan: ProgramPlan, onLine: (line: string) => void): SupervisedProcess {
  const { env, ...rest } = plan;
  const supervisor = spawn(process.execPath, ['-e', supervisorProgram, JSON.stringify(rest)], {
    env,
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    windowsHide: true,
  });
  const { stdin, stderr } = supervisor;
  const handles = [supervisor, stdin as Socket, stderr as Socket];
  stdin.on('error', () => {});
  createInterface({ input: stderr }).on('line', onLine);
  // 'close' and not 'exit': all output has been read by then.
  const ended = once(supervisor, 'close').then(() => {});

  return {
    ended,
    async stop() {
      for (const handle of handles) handle.ref();
      stdin.destroy();
      await ended;
    },
    unref() {
      for (const handle of handles) handle.unref();
    },
  };
}
