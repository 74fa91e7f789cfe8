// Runs the engine off the main thread. Enters: a parsed scenario. Leaves: plan and referee's verdict, progress on the way.

import { Worker } from 'node:worker_threads';
import type { MatchProgress, Plan, PriceTags, Scenario, Violation } from './engine/index.ts';

export interface EngineRequest {
  scenario: Scenario;
  moves?: number | undefined;
  seed?: number | undefined;
  /** Whether to count what one more person or site would be worth. */
  wantsPriceTags?: boolean;
}

export interface EngineAnswer {
  plan: Plan;
  /** Empty, or the plan must not be used. */
  violations: Violation[];
  /** null unless they were wanted. */
  priceTags: PriceTags | null;
}

export type EngineMessage = { progress: MatchProgress } | { answer: EngineAnswer };

/** Built, the thread's file runs as it is; from source a thread does not inherit the TypeScript loader and registers its own. */
function startThread(workerData: object): Worker {
  if (import.meta.url.endsWith('.js'))
    return new Worker(new URL('./engine-thread.js', import.meta.url), { workerData });
  const [loader, file] = [import.meta.resolve('tsx/esm/api'), new URL('./engine-thread.ts', import.meta.url)];
  const source = `import('${loader}').then(({ register }) => { register(); return import('${file.href}'); });`;
  return new Worker(source, { eval: true, workerData });
}

/**
 * @param signal ends the thread at once; the promise rejects with its reason.
 * @param shouldStop looked at between moves: the engine then finishes with what it has.
 */
export function runEngine(
  request: EngineRequest,
  { onProgress = () => {}, signal }: { onProgress?: (progress: MatchProgress) => void; signal?: AbortSignal } = {},
): { answer: Promise<EngineAnswer>; stop(): void } {
  const stopFlag = new Int32Array(new SharedArrayBuffer(4));
  const thread = startThread({ ...request, stopFlag });
  const answer = new Promise<EngineAnswer>((resolve, reject) => {
    const abort = () => {
      void thread.terminate();
      reject(signal?.reason as Error);
    };
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    thread.on('message', (message: EngineMessage) => {
      if ('answer' in message) resolve(message.answer);
      else onProgress(message.progress);
    });
    thread.on('error', reject);
    thread.on('exit', (code) => {
      signal?.removeEventListener('abort', abort);
      reject(new Error(`the engine thread ended with code ${code} before it answered`));
    });
  });
  return { answer, stop: () => Atomics.store(stopFlag, 0, 1) };
}
