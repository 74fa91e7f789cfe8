// Mounts declared operations on Fastify. Enters: context, operations, how to authenticate. Leaves: a server that validates
// every input, checks every permission, answers every failure as a problem, and describes itself; it does not listen.

import type { Socket } from 'node:net';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyInstance, type FastifyRequest, type FastifySchema } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject, serializerCompiler } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import { newId } from '../id.ts';
import { Problem, problemKinds } from '../problem.ts';
import { completeDocument, documentInfo, introduce } from './openapi.ts';
import { problemsOf, type Authenticate, type Operation } from './operation.ts';
import { anonymous, publicScope, scopeOf, type Principal } from './principal.ts';
import { fieldErrors, problemBody, problemSchema, sendProblem, toProblem } from './problems.ts';

/** What a JSON body may hold unless an operation states more. */
const BODY_BYTES_MAX = 256 * 1024;

export async function buildServer(
  context: Context,
  operations: readonly Operation[],
  authenticate: Authenticate,
): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    genReqId: () => newId(),
    bodyLimit: BODY_BYTES_MAX,
    trustProxy: context.config.trustedProxies.length > 0 ? [...context.config.trustedProxies] : false,
    requestTimeout: 60_000,
    return503OnClosing: true,
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: answerParserError,
    frameworkErrors: (error, request, reply) => {
      void sendProblem(toProblem(error, context.log, request.id), request, reply);
    },
  });
  const principals = new WeakMap<FastifyRequest, Principal>();

  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (value) => {
    const parsed = schema.safeParse(value ?? (httpPart === 'body' ? undefined : {}), { reportInput: true });
    if (parsed.success) return { value: parsed.data };
    return {
      error: new Problem('invalid-input', undefined, { errors: fieldErrors(parsed.error.issues, httpPart ?? 'body') }),
    };
  });
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, request, reply) =>
    sendProblem(toProblem(error, context.log, request.id), request, reply),
  );
  app.setNotFoundHandler((request, reply) => sendProblem(unknownAddress(app, request), request, reply));

  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
    void reply.header('x-content-type-options', 'nosniff');
    void reply.header('referrer-policy', 'no-referrer');
    principals.set(request, await authenticate(request));
  });
  app.addHook('onResponse', async (request, reply) => {
    // Path only: queries can hold what people typed.
    const { routeOptions, method, id } = request;
    const fields = {
      requestId: id,
      method,
      route: routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    context.log.info(fields, 'answered');
  });

  await app.register(swagger, {
    openapi: documentInfo,
    transform: (route) => jsonSchemaTransform({ ...route, schema: documented(route.schema, operations) }),
    transformObject: (document) => completeDocument(jsonSchemaTransformObject(document), operations),
  });

  // Bytes are handed on as they are; only operations that declare an upload take them.
  const uploads = new Set(operations.flatMap((op) => op.upload?.contentTypes ?? []));
  app.addContentTypeParser(
    [...uploads],
    { parseAs: 'buffer', bodyLimit: uploadBytesMax(operations) },
    (_request, body, done) => done(null, body),
  );

  for (const op of operations) {
    app.route({
      method: op.method,
      url: op.url,
      bodyLimit: op.upload?.bytesMax ?? op.bodyBytesMax ?? BODY_BYTES_MAX,
      schema: {
        ...introduce(op),
        ...(op.params && { params: op.params }),
        ...(op.query && { querystring: op.query }),
        ...(op.body && { body: op.body }),
        response: {
          ...('schema' in op.reply && { [op.reply.status]: op.reply.schema }),
          ...Object.fromEntries(problemsOf(op).map((code) => [problemKinds[code].status, problemSchema])),
        },
      },
      onRequest: async (request) => {
        const principal = principals.get(request) ?? anonymous;
        if (principal.permissions.has(op.permission)) return;
        throw new Problem(principal.role === 'anonymous' ? 'unauthenticated' : 'forbidden');
      },
      preValidation: async (request) => refuseWrongBody(op, request),
      handler: async (request, reply) => {
        const principal = principals.get(request) ?? anonymous;
        const result = await op.handle({
          params: request.params,
          query: request.query,
          body: request.body,
          principal,
          scope: scopeOf(principal, request.id),
          visitor: publicScope(principal, request.id),
          request,
          reply,
        });
        void reply.code(op.reply.status);
        if ('contentType' in op.reply) void reply.type(op.reply.contentType);
        return result;
      },
    });
  }

  await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { docExpansion: 'list', deepLinking: true } });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  return app;
}

function documented(schema: FastifySchema, operations: readonly Operation[]): FastifySchema {
  const documentedBody = operations.find((op) => op.id === schema?.operationId)?.documentedBody;
  return documentedBody ? { ...schema, body: documentedBody } : schema;
}

function uploadBytesMax(operations: readonly Operation[]): number {
  return Math.max(BODY_BYTES_MAX, ...operations.map((op) => op.upload?.bytesMax ?? 0));
}

/** Strict in what it takes: bytes only where an upload is declared, JSON only where a body is, nothing where neither is. */
function refuseWrongBody(op: Operation, request: FastifyRequest): void {
  const isBytes = Buffer.isBuffer(request.body);
  if (op.upload) {
    if (!isBytes) {
      throw new Problem('unsupported-media-type', {
        zh: `请直接上传文件内容,Content-Type 为 ${op.upload.contentTypes[0]}。`,
        en: `Send the file itself with Content-Type ${op.upload.contentTypes[0]}.`,
      });
    }
  } else if (isBytes) {
    throw new Problem('unsupported-media-type', {
      zh: '此处只接受 application/json。',
      en: 'Only application/json is taken here.',
    });
  } else if (!op.body && request.body !== undefined && request.body !== null && request.method !== 'GET') {
    const isEmpty = typeof request.body === 'object' && Object.keys(request.body).length === 0;
    if (!isEmpty) {
      throw new Problem('bad-request', { zh: '此操作不接受请求体。', en: 'This operation takes no body.' });
    }
  }
}

function unknownAddress(app: FastifyInstance, request: FastifyRequest): Problem {
  const path = request.url.split('?')[0] ?? '/';
  const known = (['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const).filter(
    (method) => app.findRoute({ method, url: path }) !== null,
  );
  if (known.length > 0) return new Problem('method-not-allowed');
  return new Problem('not-found', { zh: '没有这个地址,请查看 /docs。', en: 'There is no such address, see /docs.' });
}

/** What cannot even be parsed as HTTP gets the same kind of answer, written by hand on the socket. */
function answerParserError(error: Error & { code?: string }, socket: Socket): void {
  if (socket.destroyed || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const problem = new Problem(error.code === 'HPE_HEADER_OVERFLOW' ? 'payload-too-large' : 'bad-request');
  const body = JSON.stringify(problemBody(problem, 'zh', newId()));
  socket.end(
    `HTTP/1.1 ${problem.status} Bad Request\r\ncontent-type: application/problem+json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
