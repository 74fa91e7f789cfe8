// Mounts declared operations on Fastify. Enters: context, operations, how to authenticate. Leaves: a server that validates
// every input, checks every permission, answers every failure as a problem, and describes itself; it does not listen.

import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifySchema,
  type HTTPMethods,
} from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject, serializerCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { OpenTransaction } from '../database.ts';
import { newId } from '../id.ts';
import { Problem, problemKinds } from '../problem.ts';
import { allowOrigins } from './cross-origin.ts';
import { tagAnswer } from './entity-tags.ts';
import { createAnswerOnce } from './idempotency.ts';
import { readJsonStrictly } from './json-body.ts';
import { finishBeforeClose, refuseOverload } from './load-shedding.ts';
import { completeDocument, documentInfo, introduce } from './openapi.ts';
import { changesInPlace, isVersioned, problemsOf, type Authenticate, type Operation } from './operation.ts';
import { anonymous, publicScope, scopeOf, type Principal } from './principal.ts';
import { hasCredential, problemSchema, sendProblem, toProblem, wrongFields } from './problems.ts';
import { openRateLimits } from './rate-limits.ts';
import { answerParserError } from './socket-answers.ts';
import { standingHeaders } from './standing-headers.ts';

/** What a JSON body may hold unless an operation states more. */
const BODY_BYTES_MAX = 256 * 1024;
/** Node takes 16 KiB of address and headers together; of an address alone the half of it is plenty. */
const URL_LENGTH_MAX = 8_000;
/** What an operation that declares no query takes. */
const noQuery = z.strictObject({});

/** The page at /docs runs scripts of its own, styles itself, and asks this service. */
const docsPolicy = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

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
    // Node would answer by itself, and not with a problem: see refuseNoHost.
    http: { requireHostHeader: false },
    // Also how long closing may take: no statement of a request in flight lasts longer.
    pluginTimeout: 70_000,
    // Told as a problem instead: see finishBeforeClose.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: answerParserError,
    frameworkErrors: (error, request, reply) => {
      void reply.headers(standingHeaders(request.id));
      void sendProblem(toProblem(error, context.log, request.id), request, reply);
    },
  });
  const principals = new WeakMap<FastifyRequest, Principal>();
  const answerOnce = createAnswerOnce(context);

  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (value) => {
    const parsed = schema.safeParse(value ?? (httpPart === 'body' ? undefined : {}), { reportInput: true });
    if (parsed.success) return { value: parsed.data };
    return { error: wrongFields(parsed.error.issues, httpPart ?? 'body') };
  });
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, request, reply) =>
    sendProblem(toProblem(error, context.log, request.id), request, reply),
  );
  app.setNotFoundHandler((request, reply) => answerUnknownAddress(app, request, reply));
  // Whatever else may be expected, the answer is the ordinary one.
  app.server.on('checkExpectation', (request, response) => app.routing(request, response));

  const probes = new Map(operations.flatMap(({ url, probe }) => (probe ? [[url, probe] as const] : [])));
  const probeOf = ({ routeOptions: { url = '' } }: FastifyRequest) => probes.get(url);
  const isSpared = (request: FastifyRequest) => probeOf(request) === 'alive';

  // The order is the order in which requests are turned away: the cheapest reason first.
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(standingHeaders(request.id));
    refuseNoHost(request);
    refuseUndecodable(request);
    if (request.url.length > URL_LENGTH_MAX) throw addressTooLong();
  });
  await allowOrigins(app, context.config.corsOrigins);
  finishBeforeClose(app, isSpared);
  await refuseOverload(app, context, isSpared);
  const limits = await openRateLimits(app, context.config.rateLimits);
  app.addHook('onRequest', async (request, reply) => {
    if (probeOf(request)) return;
    if (hasCredential(request)) await limits.assertMayAuthenticate(request, reply);
    const principal = await authenticate(request).catch(async (error: unknown) => {
      const isUnbelieved = error instanceof Problem && error.code === 'unauthenticated';
      await (isUnbelieved
        ? limits.countRefusedCredential(request, reply)
        : limits.countRequest(request, reply, undefined));
      throw error;
    });
    principals.set(request, principal);
    await limits.countRequest(request, reply, principal);
  });
  app.addHook('onSend', async (request, reply, payload) => tagAnswer(request, reply, payload));
  app.addHook('onResponse', async (request, reply) => {
    // Path only: queries can hold what people typed.
    const { routeOptions, method, id } = request;
    const fields = {
      requestId: id,
      by: (principals.get(request) ?? anonymous).subject,
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

  readJsonStrictly(app);
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
        querystring: op.query ?? noQuery,
        ...(op.body && { body: op.body }),
        response: {
          ...('schema' in op.reply && { [op.reply.status]: op.reply.schema }),
          ...Object.fromEntries(problemsOf(op).map((code) => [problemKinds[code].status, problemSchema])),
        },
      },
      onRequest: async (request, reply) => {
        const principal = principals.get(request) ?? anonymous;
        if (!principal.permissions.has(op.permission)) {
          throw new Problem(principal.role === 'anonymous' ? 'unauthenticated' : 'forbidden');
        }
        refuseWrongHeaders(op, request, reply);
      },
      preValidation: async (request) => refuseWrongBody(op, request),
      handler: async (request, reply) => {
        const principal = principals.get(request) ?? anonymous;
        const carryOut = async (within?: OpenTransaction) => {
          const result = await op.handle({
            params: request.params,
            query: request.query,
            body: request.body,
            principal,
            scope: { ...scopeOf(principal, request.id), within },
            visitor: { ...publicScope(principal, request.id), within },
            request,
            reply,
          });
          void reply.code(op.reply.status).headers(addressHeaders(op, result));
          if ('contentType' in op.reply) void reply.type(op.reply.contentType);
          else if (op.reply.mediaType) void reply.type(op.reply.mediaType);
          return result;
        };
        return op.method === 'POST' ? answerOnce({ request, reply, principal }, carryOut) : carryOut();
      },
    });
  }

  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { docExpansion: 'list', deepLinking: true },
    staticCSP: docsPolicy,
  });
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

/** Where the thing can be read, and which version of it was answered. */
function addressHeaders(op: Operation, result: unknown): Record<string, string> {
  const { id = '', version } = (result ?? {}) as { id?: string; version?: number };
  const location = 'location' in op.reply ? op.reply.location?.replace(':id', id) : undefined;
  return { ...(location && { location }), ...(isVersioned(op) && { etag: `"${version}"` }) };
}

/** What can be told from the headers alone, before a byte of the body is read. */
function refuseWrongHeaders(op: Operation, { headers }: FastifyRequest, reply: FastifyReply): void {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    void reply.header('accept-encoding', 'identity');
    throw new Problem('unsupported-media-type', {
      zh: '请求体不接受压缩,请去掉 Content-Encoding。',
      en: 'Bodies are not taken compressed: leave Content-Encoding out.',
    });
  }
  // Fastify would not read it: who sends one believes that it counts.
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (op.method === 'GET' && hasBody) throw takesNoBody();
  if (changesInPlace(op) && headers['if-match'] === undefined) throw versionNotSaid();
}

/** Strict in what it takes: bytes only where an upload is declared, JSON only where a body is, nothing where neither is. */
function refuseWrongBody(op: Operation, { body }: FastifyRequest): void {
  const isBytes = Buffer.isBuffer(body);
  if (op.upload && !isBytes) {
    throw new Problem('unsupported-media-type', {
      zh: `请直接上传文件内容,Content-Type 为 ${op.upload.contentTypes[0]}。`,
      en: `Send the file itself with Content-Type ${op.upload.contentTypes[0]}.`,
    });
  }
  if (!op.upload && isBytes) {
    throw new Problem('unsupported-media-type', {
      zh: '此处只接受 application/json。',
      en: 'Only application/json is taken here.',
    });
  }
  if (op.body && (body === undefined || body === null)) {
    throw new Problem('bad-request', { zh: '此操作需要 JSON 请求体。', en: 'This operation needs a body in JSON.' });
  }
  if (op.body || op.upload || body === undefined || body === null) return;
  const isEmpty = typeof body === 'object' && Object.keys(body).length === 0;
  if (!isEmpty) throw takesNoBody();
}

function takesNoBody(): Problem {
  return new Problem('bad-request', { zh: '此操作不接受请求体。', en: 'This operation takes no body.' });
}

function versionNotSaid(): Problem {
  return new Problem('precondition-required', {
    zh: '请先 GET 这个地址,把答复中的 ETag 放入请求头 If-Match;确定不论现状都要改时写 If-Match: *。',
    en: 'GET this address first and send its ETag as If-Match; to change it whatever it is now, send If-Match: *.',
  });
}

/** HTTP/1.1 wants it of every request (RFC 9112, 3.2). */
function refuseNoHost({ raw: { httpVersion, headers } }: FastifyRequest): void {
  if (httpVersion === '1.0' || headers.host !== undefined) return;
  throw new Problem('bad-request', { zh: '缺少请求头 Host。', en: 'The header Host is missing.' });
}

/** Of a path the router sees to it; of a query it would take as it stands what cannot be decoded. */
function refuseUndecodable({ url }: FastifyRequest): void {
  const at = url.indexOf('?');
  if (at < 0) return;
  try {
    if (!decodeURIComponent(url.slice(at)).includes('\0')) return;
  } catch {
    // Falls through: what it was nobody knows.
  }
  throw new Problem('bad-request', {
    zh: '地址中的查询参数不是有效的 UTF-8 百分号编码。',
    en: 'The query of the address is no text in UTF-8 with percent signs.',
  });
}

function addressTooLong(): Problem {
  return new Problem('bad-request', {
    zh: `地址不能超过 ${URL_LENGTH_MAX} 个字符。`,
    en: `An address may have ${URL_LENGTH_MAX} characters.`,
  });
}

const methods: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** 404, or what the address does take: an OPTIONS asks for just that. */
function answerUnknownAddress(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const url = request.url.split('?')[0] ?? '/';
  const known = methods.filter((method) => app.findRoute({ method, url }) !== null);
  if (known.length === 0) {
    const text = { zh: '没有这个地址,请查看 /docs。', en: 'There is no such address, see /docs.' };
    return sendProblem(new Problem('not-found', text), request, reply);
  }
  void reply.header('allow', [...known, 'OPTIONS'].join(', '));
  if (request.method === 'OPTIONS') return reply.code(204).send();
  return sendProblem(new Problem('method-not-allowed'), request, reply);
}
