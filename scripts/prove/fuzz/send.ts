// Requests over connections that stay open. Enters: a shot and the secret of its caller. Leaves: the answer, all of it.

import { Agent, request } from 'node:http';
import type { Answer } from './judge.ts';
import type { Shot } from './shot.ts';

const PATIENCE_MS = 30_000;

export interface Sender {
  send(shot: Shot, secret: string | undefined): Promise<Answer>;
  close(): void;
}

export function openSender(url: string, connections: number): Sender {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const once = ({ method, target, headers, body }: Shot, secret: string | undefined) =>
    new Promise<Answer>((resolve, reject) => {
      const outgoing = request({
        agent,
        hostname,
        port,
        method,
        path: target,
        headers: {
          ...(secret !== undefined && { authorization: `Bearer ${secret}` }),
          ...headers,
          ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
        },
      });
      outgoing.setTimeout(PATIENCE_MS, () => outgoing.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)));
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        const parts: Buffer[] = [];
        incoming.on('data', (part: Buffer) => parts.push(part));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(parts) }),
        );
      });
      outgoing.end(body);
    });
  return {
    async send(shot, secret) {
      try {
        return await once(shot, secret);
      } catch (error) {
        // A kept connection can be closed by the other side just as it is used again: that says nothing of the request.
        if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET' && (error as NodeJS.ErrnoException).code !== 'EPIPE')
          throw error;
        return once(shot, secret);
      }
    },
    close: () => agent.destroy(),
  };
}
