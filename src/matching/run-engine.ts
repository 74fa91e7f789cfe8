// Runs the engine off the main thread. Enters: a parsed scenario. Leaves: plan and referee's verdict, progress on the way; and
// price tags when they are wanted, counted in a second thread while the plan is sought.

import { Worker } from 'node:worker_threads';
import type { CertifiedPrices, MatchProgress, Plan, PriceTags, Scenario, Violation } from './engine/index.ts';

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

export type EngineMessage =
  | { progress: MatchProgress }
  /** Told once, when the bound stands, if price tags are wanted. */
  | { certified: CertifiedPrices }
  | { answer: Omit<EngineAnswer, 'priceTags'> };

export interface TagsMessage {
  priceTags: PriceTags;
}

/** Built, a thread's file runs as it is; from source a thread does not inherit the TypeScript loader and registers its own. */
function startThread(name: 'engine-thread' | 'price-tags-thread', workerData: object): Worker {
  if (import.meta.url.endsWith('.js')) return new Worker(new URL(`./${name}.js`, import.meta.url), { workerData });
  const [loader, file] = [import.meta.resolve('tsx/esm/api'), new URL(`./${name}.ts`, import.meta.url)];
  const source = `import('${loader}').then(({ register }) => { register(); return import('${file.href}'); });`;
  return new Worker(source, { eval: true, workerData });
}

/** Until `take` has made something of a message. @param signal ends the thread at once; the promise rejects with its reason */
function hear<Message, Result>(
  thread: Worker,
  signal: AbortSignal,
  take: (message: Message) => Result | undefined,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      void thread.terminate();
      reject(signal.reason as Error);
    };
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    thread.on('message', (message: Message) => {
      const result = take(message);
      if (result !== undefined) resolve(result);
    });
    thread.on('error', reject);
    thread.on('exit', (code) => {
      signal.removeEventListener('abort', abort);
      reject(new Error(`the engine thread ended with code ${code} before it answered`));
    });
  });
}

/**
 * @param signal ends the threads at once; the promise rejects with its reason.
 * @returns `stop` lets the engine finish with what it has.
 */
export function runEngine(
  request: EngineRequest,
  { onProgress = () => {}, signal }: { onProgress?: (progress: MatchProgress) => void; signal?: AbortSignal } = {},
): { answer: Promise<EngineAnswer>; stop(): void } {
  const stopFlag = new Int32Array(new SharedArrayBuffer(4));
  // Whichever of the two fails ends the other.
  const failure = new AbortController();
  const ending = signal === undefined ? failure.signal : AbortSignal.any([failure.signal, signal]);
  let priceTags: Promise<PriceTags | null> = Promise.resolve(null);
  const countTags = (certified: CertifiedPrices) => {
    const thread = startThread('price-tags-thread', { scenario: request.scenario, certified });
    priceTags = hear(thread, ending, (message: TagsMessage) => message.priceTags);
    priceTags.catch((error: unknown) => failure.abort(error));
  };
  const matched = hear(startThread('engine-thread', { ...request, stopFlag }), ending, (message: EngineMessage) => {
    if ('answer' in message) return message.answer;
    if ('progress' in message) onProgress(message.progress);
    else countTags(message.certified);
    return undefined;
  });
  matched.catch((error: unknown) => failure.abort(error));
  const answer = matched.then(async (told) => ({ ...told, priceTags: await priceTags }));
  return { answer, stop: () => Atomics.store(stopFlag, 0, 1) };
}
