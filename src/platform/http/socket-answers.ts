// What never becomes a request for Fastify. Enters: an error of Node's HTTP parser. Leaves: a problem like any other, written
// by hand on the socket, which then ends.

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { newId } from '../id.ts';
import { Problem, type ProblemCode } from '../problem.ts';
import { problemBody } from './problems.ts';
import { standingHeaders } from './standing-headers.ts';

const parserProblems: Record<string, ProblemCode> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};

export function answerParserError(error: Error & { code?: string }, socket: Socket): void {
  if (socket.destroyed || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const problem = new Problem(parserProblems[error.code ?? ''] ?? 'bad-request');
  const requestId = newId();
  const body = JSON.stringify(problemBody(problem, 'zh', requestId));
  const headers = {
    ...standingHeaders(requestId),
    'cache-control': 'no-store',
    'content-language': 'zh',
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`);
}
