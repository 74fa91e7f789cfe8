// One operation of the API, declared once: what enters, what leaves, who may call it, how it can fail, an example.
// Rooms build these; app.ts mounts them; the OpenAPI document, the permission check and the examples test read them.

import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { OperationTag } from '../../vocabulary/operation-tags.ts';
import type { Permission } from '../../vocabulary/permissions.ts';
import type { Text } from '../../vocabulary/text.ts';
import type { Scope } from '../database.ts';
import type { ProblemCode } from '../problem.ts';
import type { Principal } from './principal.ts';

type Input<T extends z.ZodType | undefined> = T extends z.ZodType ? z.output<T> : undefined;

/** What a handler is given. `scope` is the floor for its statements, `visitor` reads only what everybody may read. */
export interface Call<
  P extends z.ZodType | undefined,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
> {
  params: Input<P>;
  query: Input<Q>;
  body: Input<B>;
  principal: Principal;
  scope: Scope;
  visitor: Scope;
  request: FastifyRequest;
  reply: FastifyReply;
}

interface Declaration {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  url: string;
  /** The operationId: a verb with its object, stable for generated clients. */
  id: string;
  tag: OperationTag;
  summary: Text;
  description?: string;
  permission: Permission;
  /** Asked by machines that watch. `alive` is answered whatever the load; neither is authenticated or limited. */
  probe?: 'alive' | 'ready';
  /** Beyond those every operation can answer (see `problemsOf`). */
  problems?: readonly ProblemCode[];
}

export interface JsonReply<R extends z.ZodType> {
  status: 200 | 201 | 202;
  /** JSON of a kind that has a name of its own. */
  mediaType?: 'application/geo+json';
  /** Where the thing can be read from now on: the address of an operation, in which `:id` is that of the answer. */
  location?: `/v1/${string}/:id`;
  schema: R;
  example: z.input<R>;
}

export interface FileReply {
  status: 200;
  contentType: string;
}

export interface Operation extends Declaration {
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /** What the contract says of a body that the handler itself holds to its rules, with better words than a schema finds. */
  documentedBody?: z.ZodType;
  bodyExample?: unknown;
  /** A body that is bytes, not JSON: its content types, and how large it may be. */
  upload?: { contentTypes: readonly string[]; bytesMax: number };
  bodyBytesMax?: number;
  reply: JsonReply<z.ZodType> | FileReply;
  handle(call: Call<z.ZodType, z.ZodType, z.ZodType>): Promise<unknown>;
}

/** Checks the types of one declaration against its handler, then forgets them: rooms return plain `Operation[]`. */
export function operation<
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  R extends z.ZodType = z.ZodType,
>(
  declaration: Declaration & {
    params?: P;
    query?: Q;
    body?: B;
    documentedBody?: z.ZodType;
    bodyExample?: B extends z.ZodType ? z.input<B> : never;
    upload?: Operation['upload'];
    bodyBytesMax?: number;
  } & (
      | { reply: JsonReply<R>; handle(call: Call<P, Q, B>): Promise<z.input<R>> }
      | { reply: FileReply; handle(call: Call<P, Q, B>): Promise<Buffer | Readable> }
    ),
): Operation {
  return declaration as unknown as Operation;
}

/** Every problem an operation can answer: the declared ones and those that follow from its shape. */
export function problemsOf(op: Operation): ProblemCode[] {
  const codes = new Set<ProblemCode>([
    'unauthenticated',
    'forbidden',
    'internal',
    'too-many-requests',
    'unavailable',
    ...(op.problems ?? []),
  ]);
  // A malformed URL or header is refused before any schema is looked at.
  codes.add('bad-request');
  // Even where nothing may be asked: whoever adds to the address is told.
  codes.add('invalid-input');
  if (op.params || op.query || op.body) codes.add('unprocessable');
  if (op.method === 'POST') codes.add('idempotency-key-in-use').add('idempotency-key-reused');
  if (op.body || op.upload) codes.add('payload-too-large').add('unsupported-media-type');
  if (changesInPlace(op)) codes.add('precondition-required').add('version-conflict');
  if (op.method !== 'GET' && op.url.includes('/:id') && isVersioned(op)) codes.add('version-conflict');
  return [...codes].sort();
}

/** Whether the answer is a thing with a version: then the version is its ETag. The example tells, also for unions of schemas. */
export function isVersioned({ reply }: Operation): boolean {
  return 'example' in reply && typeof (reply.example as { version?: unknown } | null)?.version === 'number';
}

/** Changes that are lost or made twice unless the caller says which version they are made to. */
export function changesInPlace({ method }: Operation): boolean {
  return method === 'PATCH' || method === 'PUT';
}

export type Authenticate = (request: FastifyRequest) => Promise<Principal>;

export type App = FastifyInstance;
