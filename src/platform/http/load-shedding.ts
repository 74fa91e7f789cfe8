// When it is better to say no at once than yes too late. Leaves: 503 with Retry-After while the event loop lags, while too
// many wait for the database, and while the process ends; what is in flight then is finished first.

import underPressure from '@fastify/under-pressure';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { Problem } from '../problem.ts';

/** @param isSpared whether a request is answered whatever the load: the question whether the process is alive. */
export async function refuseOverload(
  app: FastifyInstance,
  { config: { pressure }, db }: Context,
  isSpared: (request: FastifyRequest) => boolean,
): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: pressure.eventLoopLagMs,
    pressureHandler: (request) => {
      if (!isSpared(request)) throw overloaded();
    },
  });
  app.addHook('onRequest', async (request) => {
    if (db.countWaiting() >= pressure.databaseQueue && !isSpared(request)) throw overloaded();
  });
}

function overloaded(): Problem {
  return new Problem(
    'unavailable',
    { zh: '当前访问量过大,请稍后再试。', en: 'Too much to do just now, try again in a moment.' },
    { retryAfterSeconds: 2 },
  );
}

/** Closing waits for the requests in flight, listening all the while, so that new ones are told rather than cut off. */
export function finishBeforeClose(app: FastifyInstance, isSpared: (request: FastifyRequest) => boolean): void {
  const inFlight = new Set<FastifyRequest>();
  let isClosing = false;
  let onFinished = () => {};

  app.addHook('onRequest', async (request, reply) => {
    if (!isClosing) {
      inFlight.add(request);
      // Not onResponse: whoever went away before his answer was never answered.
      reply.raw.once('close', () => {
        inFlight.delete(request);
        if (inFlight.size === 0) onFinished();
      });
      return;
    }
    void reply.header('connection', 'close');
    if (isSpared(request)) return;
    throw new Problem(
      'unavailable',
      { zh: '服务正在重启,请稍后再试。', en: 'The service is about to restart, try again in a moment.' },
      { retryAfterSeconds: 5 },
    );
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) void reply.header('connection', 'close');
  });
  app.addHook('preClose', async () => {
    isClosing = true;
    if (inFlight.size > 0) await new Promise<void>((resolve) => (onFinished = resolve));
  });
}
