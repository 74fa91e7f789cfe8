// How often somebody may ask. Enters: a request, and who asks once that is known. Leaves: the three RateLimit headers, or a
// problem 429. Counted per minute in this process; several processes each count for themselves (docs/operating.md).

import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { Problem } from '../problem.ts';
import type { Principal } from './principal.ts';

const { normalizeIP } = rateLimit;
const MINUTE_MS = 60_000;

export interface RateLimits {
  /** Who guessed too often from here is not even looked at. Counts nothing. @throws Problem too-many-requests */
  assertMayAuthenticate(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** @throws Problem too-many-requests */
  countRefusedCredential(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Without a principal the address is counted. @throws Problem too-many-requests */
  countRequest(request: FastifyRequest, reply: FastifyReply, principal: Principal | undefined): Promise<void>;
}

export async function openRateLimits(app: FastifyInstance, limits: Config['rateLimits']): Promise<RateLimits> {
  // Each limit remembers so many callers; who has not asked for longest is forgotten first.
  await app.register(rateLimit, { global: false, cache: 20_000 });
  const identities = new WeakMap<FastifyRequest, string>();
  const perMinute = (max: number, keyGenerator: (request: FastifyRequest) => string) =>
    app.createRateLimit({ max, timeWindow: MINUTE_MS, keyGenerator });
  // IPv4 as it is, IPv6 by its /64: whoever has one address there has them all.
  const addressOf = ({ ip }: FastifyRequest) => normalizeIP(ip);
  const caller = perMinute(limits.caller, (request) => identities.get(request) ?? '');
  const visitor = perMinute(limits.visitor, addressOf);
  const refused = perMinute(limits.refusedCredentials, addressOf);

  return {
    async assertMayAuthenticate(request, reply) {
      const state = await refused(request, { increment: false });
      // Nothing is counted here, so the last permitted guess already closes the door.
      if (!state.isAllowed && state.remaining === 0) tell(reply, { ...state, isExceeded: true });
    },
    async countRefusedCredential(request, reply) {
      tell(reply, await refused(request));
    },
    async countRequest(request, reply, principal) {
      const isKnown = principal !== undefined && principal.role !== 'anonymous';
      if (isKnown) identities.set(request, principal.identity);
      tell(reply, await (isKnown ? caller : visitor)(request));
    },
  };
}

type State = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>;

function tell(reply: FastifyReply, state: State): void {
  if (state.isAllowed) return;
  const resetSeconds = state.ttlInSeconds;
  void reply.headers({
    'ratelimit-limit': state.max,
    'ratelimit-remaining': state.remaining,
    'ratelimit-reset': resetSeconds,
  });
  if (state.isExceeded)
    throw new Problem('too-many-requests', undefined, { retryAfterSeconds: Math.max(1, resetSeconds) });
}
