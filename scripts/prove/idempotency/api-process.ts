// One API process of its own, so that kill -9 is real. Enters: its environment. Leaves: where it answers, and how to kill it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../../src/platform/free-port.ts';

export interface ApiProcess {
  url: string;
  /** SIGKILL; resolves when the process is gone. Doing so twice is no failure. */
  kill(): Promise<void>;
}

const program = fileURLToPath(new URL('../../../src/api.ts', import.meta.url));
const START_MS_MAX = 60_000;

/** Resolves once it answers. @throws when it ends instead */
export async function startApi(env: NodeJS.ProcessEnv): Promise<ApiProcess> {
  const port = await findFreePort();
  const api = spawn(process.execPath, ['--import', 'tsx', program], {
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const killWithUs = () => void api.kill('SIGKILL');
  process.once('exit', killWithUs);
  const ended = once(api, 'exit').then(() => void process.off('exit', killWithUs));
  const url = `http://127.0.0.1:${port}`;
  const giveUpAt = performance.now() + START_MS_MAX;
  while (!(await isAnswering(url))) {
    if (api.exitCode !== null || performance.now() > giveUpAt) throw new Error('an API process does not start');
    await delay(50);
  }
  return {
    url,
    async kill() {
      killWithUs();
      await ended;
    },
  };
}

async function isAnswering(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`)).ok;
  } catch {
    return false;
  }
}
