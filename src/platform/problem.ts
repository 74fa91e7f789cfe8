// Everything that can go wrong for a caller, by stable code. Enters: a code and what is special about this case.
// Leaves: one class that services throw and the HTTP boundary turns into an RFC 9457 answer.

import type { Text } from '../vocabulary/text.ts';

interface ProblemKind {
  status: number;
  title: Text;
}

/** Codes are public and never change their meaning; the contract lists them per operation. */
export const problemKinds = {
  'bad-request': { status: 400, title: { zh: '请求格式不正确', en: 'The request is malformed' } },
  'invalid-input': { status: 400, title: { zh: '填写的内容有误', en: 'Some fields are not valid' } },
  unauthenticated: { status: 401, title: { zh: '请先登录或提供有效的密钥', en: 'Sign in or send a valid key' } },
  forbidden: { status: 403, title: { zh: '当前身份无权进行此操作', en: 'Your role may not do this' } },
  'not-found': { status: 404, title: { zh: '没有找到', en: 'Not found' } },
  'method-not-allowed': {
    status: 405,
    title: { zh: '此地址不支持该请求方法', en: 'This address does not take that method' },
  },
  'request-timeout': {
    status: 408,
    title: { zh: '请求没有在限定时间内发完', en: 'The request did not arrive in time' },
  },
  conflict: { status: 409, title: { zh: '与当前状态冲突', en: 'This conflicts with the current state' } },
  'idempotency-key-in-use': {
    status: 409,
    title: { zh: '相同的请求正在办理', en: 'The same request is being carried out' },
  },
  'version-conflict': {
    status: 412,
    title: { zh: '内容已被他人修改,请重新读取后再改', en: 'It was changed meanwhile: read it again, then change it' },
  },
  'payload-too-large': { status: 413, title: { zh: '上传内容超过上限', en: 'The upload is larger than the limit' } },
  'unsupported-media-type': {
    status: 415,
    title: { zh: '不支持这种内容类型', en: 'That content type is not taken here' },
  },
  unprocessable: {
    status: 422,
    title: { zh: '内容可以读懂,但不能这样办理', en: 'It can be read, but not be carried out' },
  },
  'idempotency-key-reused': {
    status: 422,
    title: { zh: '这个 Idempotency-Key 已用于别的请求', en: 'This Idempotency-Key was used for another request' },
  },
  'precondition-required': {
    status: 428,
    title: { zh: '修改前须说明读到的是哪个版本', en: 'Say which version you read before you change it' },
  },
  'too-many-requests': {
    status: 429,
    title: { zh: '请求过于频繁,请稍后再试', en: 'Too many requests, try again later' },
  },
  'headers-too-large': {
    status: 431,
    title: { zh: '请求头或地址过长', en: 'The headers or the address are too long' },
  },
  internal: { status: 500, title: { zh: '系统内部错误,已记录', en: 'An internal error, it has been logged' } },
  unavailable: {
    status: 503,
    title: { zh: '服务暂时不可用,请稍后再试', en: 'Not available just now, try again soon' },
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problemKinds;

/** One field that is wrong: where (JSON path), what, and how to mend it. */
export interface FieldError {
  path: string;
  message: Text;
}

interface ProblemOptions {
  errors?: readonly FieldError[];
  retryAfterSeconds?: number;
  /** Of a 401: what the caller's credential lacks, as parameters of `WWW-Authenticate`. */
  challenge?: string;
  cause?: unknown;
}

/** An expected failure. `detail` is public; `cause` is for the log only. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: Text | undefined;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;
  readonly challenge: string | undefined;

  constructor(code: ProblemCode, detail?: Text, options: ProblemOptions = {}) {
    super(detail?.en ?? problemKinds[code].title.en, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.detail = detail;
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.challenge = options.challenge;
  }

  get status(): number {
    return problemKinds[this.code].status;
  }
}

/** The same words for a missing object and for one outside the caller's scope: the answer must not tell which. */
export function notFound(): Problem {
  return new Problem('not-found', {
    zh: '没有找到该记录,或您的身份看不到它。',
    en: 'There is no such record, or your role cannot see it.',
  });
}

/** It can be read, but this one field keeps it from being carried out. */
export function wrongField(path: string, zh: string, en: string): Problem {
  return new Problem('unprocessable', undefined, { errors: [{ path, message: { zh, en } }] });
}
