// Which web pages may call from a browser: those of the origins that the operator named, with keys or sessions in headers.
// Cookies play no part, so credentials mode is never allowed.

import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

const allowedHeaders = [
  'Accept-Language',
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'X-Api-Key',
  'X-Division',
  'X-Mandate',
];

/** What scripts may read of an answer beside its body. */
const exposedHeaders = [
  'Allow',
  'Content-Disposition',
  'Content-Language',
  'ETag',
  'Idempotency-Replayed',
  'Location',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
];

export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  await app.register(cors, {
    // Per request: to other origins not even the rules are told, and a plain OPTIONS is answered like any other method.
    delegator: (request, done) => {
      const { origin = '' } = request.headers;
      const isPreflight = 'access-control-request-method' in request.headers;
      done(null, {
        origin: origins.includes(origin) && (request.method !== 'OPTIONS' || isPreflight) ? origin : false,
        methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
        allowedHeaders,
        exposedHeaders,
        maxAge: 3600,
      });
    },
  });
}
