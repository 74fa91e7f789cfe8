import { setTimeout as delay } from 'node:timers/promises';

const LOOK_AGAIN_MS = 15;

/** Resolves with the first value that is not undefined; a story never waits longer than it must. @throws after `patienceMs` */
export async function until<T>(what: string, look: () => Promise<T | undefined>, patienceMs = 30_000): Promise<T> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > giveUpAt) throw new Error(`waited ${patienceMs / 1000} s in vain: ${what}`);
    await delay(LOOK_AGAIN_MS);
  }
}
