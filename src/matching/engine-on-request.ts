// The engine for somebody who waits for the answer. Enters: scenarios of one request. Leaves: their plans, each accepted by the
// referee; or `unavailable`, while the process computes for another caller.

import type { FastifyRequest } from 'fastify';
import { Problem } from '../platform/problem.ts';
import { defaultMoves, type Plan, type Scenario } from './engine/index.ts';
import { runEngine } from './run-engine.ts';

/** What one request may ask of the engine: about two seconds of one core. */
export const onRequestLimits = { orders: 500, sites: 2_000, workers: 20_000, moves: 20_000 };
/** Requests computed at once in this process; the next caller is told to come back. */
const AT_ONCE = 1;
const AGAIN_SECONDS = 3;

export interface Asked {
  scenario: Scenario;
  moves?: number;
  seed?: number;
}

/** Plans in the order of what was asked. Ends when the caller goes. @throws Problem unavailable */
export type EngineOnRequest = (request: FastifyRequest, asked: readonly Asked[]) => Promise<Plan[]>;

export function createEngineOnRequest(): EngineOnRequest {
  let running = 0;
  return async (request, asked) => {
    if (running >= AT_ONCE) throw new Problem('unavailable', undefined, { retryAfterSeconds: AGAIN_SECONDS });
    running += 1;
    const gone = new AbortController();
    const abandon = () => gone.abort(new Problem('unavailable'));
    request.raw.once('aborted', abandon);
    try {
      const plans: Plan[] = [];
      for (const { scenario, seed, moves = defaultMoves(scenario) } of asked) {
        const budget = Math.min(onRequestLimits.moves, moves);
        const { plan, violations } = await runEngine({ scenario, seed, moves: budget }, { signal: gone.signal }).answer;
        if (violations.length > 0) throw new Error(`the referee refused a what-if plan: ${violations[0]?.message.en}`);
        plans.push(plan);
      }
      return plans;
    } finally {
      running -= 1;
      request.raw.off('aborted', abandon);
    }
  };
}

/** @throws Problem unprocessable, naming each list that is too long */
export function refuseTooLarge({ orders, sites, workers }: Scenario): void {
  const sizes = { orders, sites, workers };
  const errors = (['orders', 'sites', 'workers'] as const)
    .filter((name) => sizes[name].length > onRequestLimits[name])
    .map((name) => ({
      path: `body.${name}`,
      message: {
        zh: `在线试算最多 ${onRequestLimits[name]} 条,现有 ${sizes[name].length} 条;更大的场景请用命令行 npm run match`,
        en: `at most ${onRequestLimits[name]} here, there are ${sizes[name].length}; run larger scenarios with npm run match`,
      },
    }));
  if (errors.length > 0) throw new Problem('unprocessable', undefined, { errors });
}
