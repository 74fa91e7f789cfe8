// Which state of a thing was read. Enters: an answer as text, and its version when the thing has one. Leaves: ETag, 304 where
// the reader has it already, and what caches may keep.

import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasCredential } from './problems.ts';

/**
 * `"3-Qx7aBw…"`: the version, which If-Match is compared by, then the text: one version can read differently to different
 * callers, and 304 must not tell an official that what a visitor was shown is all. Without a version `W/"Qx7aBw…"`.
 */
export function tagAnswer(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  allowCaching(request, reply);
  const isText = typeof payload === 'string' || Buffer.isBuffer(payload);
  if (!isText || reply.statusCode >= 300) return payload;
  const version = /^"(\d+)"$/.exec(String(reply.getHeader('etag') ?? ''))?.[1];
  const isRead = isReading(request) && reply.statusCode === 200;
  if (version === undefined && !isRead) return payload;
  const digest = createHash('sha256').update(payload).digest('base64url').slice(0, 22);
  void reply.header('etag', version === undefined ? `W/"${digest}"` : `"${version}-${digest}"`);
  if (!isRead || !isKnown(request.headers['if-none-match'], digest)) return payload;
  void reply.code(304).removeHeader('content-type').removeHeader('content-length');
  return null;
}

const isReading = ({ method }: FastifyRequest) => method === 'GET' || method === 'HEAD';

/** Compared by digest, so weakly: a proxy that compresses weakens the tag, and the text is still the same. */
function isKnown(ifNoneMatch: string | undefined, digest: string): boolean {
  if (ifNoneMatch?.trim() === '*') return true;
  return [...(ifNoneMatch ?? '').matchAll(/"(?:\d+-)?([\w-]*)"/g)].some(([, known]) => known === digest);
}

/**
 * What everybody may read may be kept, but is asked for again each time: what was withdrawn is gone at once. What somebody
 * signed in reads is kept nowhere: village offices share their computers. Neither are changes and problems.
 */
function allowCaching(request: FastifyRequest, reply: FastifyReply): void {
  const mayKeep = !hasCredential(request) && isReading(request) && reply.statusCode === 200;
  if (!reply.hasHeader('cache-control')) void reply.header('cache-control', mayKeep ? 'public, no-cache' : 'no-store');
  const varies = [reply.getHeader('vary') ?? [], 'Authorization, X-Api-Key'].flat().join(', ');
  void reply.header('vary', varies);
}
