// The public contract. Enters: what @fastify/swagger derived from the schemas, and the declared operations. Leaves: an
// OpenAPI 3.1 document in which every operation names its permission, all its problem codes and a valid example.

import type { OpenAPIV3_1 } from 'openapi-types';
import { operationTags, type OperationTag } from '../../vocabulary/operation-tags.ts';
import { permissions } from '../../vocabulary/permissions.ts';
import { Problem, problemKinds, type ProblemCode } from '../problem.ts';
import { JSON_DEPTH_MAX } from './json-body.ts';
import { tidyComponents } from './openapi-components.ts';
import {
  headerComponents,
  headerParameters,
  notModified,
  parameterComponents,
  problemHeaders,
  successHeaders,
} from './openapi-headers.ts';
import { problemsOf, type Operation } from './operation.ts';
import { problemBody } from './problems.ts';

const thisService = {
  url: '/',
  description: '本服务,本地或生产环境 · this service, local or production',
  'x-internal': false,
};

export const documentInfo = {
  openapi: '3.1.0',
  info: {
    title: '共富工坊资源撮合平台 Gongfang API',
    version: '0.1.0',
    description:
      '四张清单、闲置资源与劳动力、来料加工订单的发布、检索与三方撮合。每一次撮合与未撮合都附理由。\n\n' +
      'Publishes the four lists, idle resources, labour and processing orders, and matches the three sides with reasons. ' +
      'Reading published lists needs no key. Every failure is an RFC 9457 problem with a stable code.\n\n' +
      'Three headers narrow what a caller may do: `X-Division` names the one division to act in (own, below it, or granted); ' +
      '`X-Api-Key` beside `Authorization` is the key of the app a person uses, and only what both may do is left; `X-Mandate` ' +
      'is the id of a mandate to act for a person or party.\n\n' +
      '**Changes.** A thing with a `version` is answered with an `ETag`. Send it back as `If-Match` with PATCH, where it is ' +
      'required (428), or with an action: 412 when somebody else was faster. `If-Match: *` changes whatever is there now.\n\n' +
      '**Once.** Send an `Idempotency-Key` with every POST. When no answer comes, or a 5xx, or 409 `idempotency-key-in-use`, send the ' +
      'same with the same key until you hear: it happens once, and you are told what you missed.\n\n' +
      '**Limits.** Requests are counted per minute: for each caller, for each address without a credential, and for each ' +
      'address whose credentials are not believed. `RateLimit-*` tells what is left; 429 and 503 say in `Retry-After` when to ' +
      `come back. JSON is UTF-8, each field once, at most ${JSON_DEPTH_MAX} levels deep, not compressed; an address has at most ` +
      '8,000 characters. What is no HTTP, has too large headers (431) or does not arrive in time (408) is a problem too.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [thisService],
  components: {
    headers: headerComponents,
    parameters: parameterComponents,
    securitySchemes: {
      apiKey: {
        type: 'http',
        scheme: 'bearer',
        description:
          'An API key (`gf_live_…`), a session (`gf_session_…`), or an access token of a trusted OIDC issuer',
      },
    },
  },
} as const satisfies Partial<OpenAPIV3_1.Document>;

type Document = Partial<OpenAPIV3_1.Document>;
type Schema = Record<string, unknown>;

/** @param derived the 3.1 document as the swagger plugin and the zod provider made it, whose types cannot say so. */
export function completeDocument(derived: object, operations: readonly Operation[]): Document {
  const document = derived as Document;
  const paths = document.paths ?? {};
  const responses: ProblemResponses = { NotModified: notModified };
  for (const op of operations) {
    const item = paths[op.url.replaceAll(/:(\w+)/g, '{$1}')];
    const described = item?.[op.method.toLowerCase() as 'get'];
    if (described) complete(described, op, responses);
  }
  const used = new Set(operations.map((op) => op.tag));
  const tags = (Object.keys(operationTags) as OperationTag[])
    .filter((name) => used.has(name))
    .map((name) => ({ name, description: operationTags[name] }));
  return tidyComponents({ ...document, tags, paths, components: { ...document.components, responses } });
}

/** What the contract says of an operation before its inputs and answers. */
export function introduce(op: Operation) {
  const isOpen = permissions[op.permission].includes('anonymous' as never);
  const security: Record<string, string[]>[] = isOpen ? [{}, { apiKey: [] }] : [{ apiKey: [] }];
  return {
    operationId: op.id,
    summary: `${op.summary.zh} · ${op.summary.en}`,
    description: [op.description, isOpen ? 'Open to everybody.' : `Needs the permission \`${op.permission}\`.`]
      .filter((part) => part !== undefined)
      .join('\n\n'),
    tags: [op.tag],
    security,
    'x-permission': op.permission,
    'x-problem-codes': problemsOf(op),
  };
}

function complete(described: Schema, op: Operation, problemResponses: ProblemResponses): void {
  if (!op.probe) {
    described['parameters'] = [...((described['parameters'] ?? []) as Schema[]), ...headerParameters(op)];
  }

  const responses = described['responses'] as Record<string, Schema>;
  if ('contentType' in op.reply) {
    responses[op.reply.status] = {
      description: op.summary.en,
      headers: successHeaders(op),
      content: { [op.reply.contentType]: { schema: { type: 'string', format: 'binary' } } },
    };
  } else {
    const response = responses[op.reply.status] as Schema;
    response['description'] = op.summary.en;
    response['headers'] = successHeaders(op);
    setExample(response, 'application/json', op.reply.example);
    if (op.reply.mediaType) {
      const { 'application/json': content } = response['content'] as Record<string, Schema>;
      response['content'] = { [op.reply.mediaType]: content };
    }
  }

  if (op.method === 'GET' && !op.probe) responses['304'] = { $ref: '#/components/responses/NotModified' };

  // One answer per status, naming every code that can come with it; operations share them.
  for (const [status, codes] of groupByStatus(problemsOf(op))) {
    const name = codes.map(pascal).join('Or');
    problemResponses[name] ??= problemResponse(codes);
    responses[status] = { $ref: `#/components/responses/${name}` };
  }

  if (op.upload) {
    const schema = { type: 'string', format: 'binary', maxLength: op.upload.bytesMax };
    described['requestBody'] = {
      required: true,
      content: Object.fromEntries(op.upload.contentTypes.map((type) => [type, { schema }])),
    };
  } else if (op.body) {
    const body = described['requestBody'] as Schema;
    body['required'] = true;
    setExample(body, 'application/json', op.bodyExample);
  }
}

function setExample(holder: Schema, contentType: string, example: unknown): void {
  const content = holder['content'] as Record<string, Schema> | undefined;
  if (content?.[contentType] && example !== undefined) content[contentType]['example'] = example;
}

type ProblemResponses = Record<string, OpenAPIV3_1.ResponseObject>;

function problemResponse(codes: readonly ProblemCode[]): OpenAPIV3_1.ResponseObject {
  const told = codes.map((code) => `\`${code}\` ${problemKinds[code].title.zh} / ${problemKinds[code].title.en}`);
  const example = problemBody(new Problem(codes[0] ?? 'internal'), 'zh', '019aa5c2-7c00-7000-8000-000000000000');
  const schema = { $ref: '#/components/schemas/Problem' };
  const headers = problemHeaders(problemKinds[codes[0] ?? 'internal'].status);
  return { description: told.join('; '), headers, content: { 'application/problem+json': { schema, example } } };
}

const pascal = (code: string) => code.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());

function groupByStatus(codes: readonly ProblemCode[]) {
  const groups = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const { status } = problemKinds[code];
    groups.set(status, [...(groups.get(status) ?? []), code]);
  }
  return groups;
}
