// A caller of the API over real HTTP. Enters: an address and a key. Leaves: answers as they came, and `service.heard` keeps the
// text of each, so that a story can ask afterwards what was ever said to anybody.

import type { ProblemBody } from '../../src/platform/http/problems.ts';

export const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export interface Answer<T = unknown> {
  status: number;
  headers: Headers;
  body: T;
}

interface Sent {
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Caller {
  /** Whatever the answer is. */
  ask<T>(method: string, path: string, sent?: Sent): Promise<Answer<T>>;
  /** @throws when the answer is not a success */
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  patch<T>(path: string, body: unknown): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  /** A file, as bytes. */
  download(path: string): Promise<Buffer>;
  upload<T>(path: string, bytes: Uint8Array): Promise<T>;
  /** Every item of a list, page by page. */
  all<T>(path: string): Promise<T[]>;
  /** The same caller, who sends these headers with everything. */
  sending(headers: Record<string, string>): Caller;
  /** The problem that the answer must be. @throws when it is a success */
  refused(method: string, path: string, sent?: Sent): Promise<ProblemBody>;
}

export function callerOf(
  baseUrl: string,
  key: string | undefined,
  heard: string[],
  always: Record<string, string> = {},
): Caller {
  async function send(method: string, path: string, { body, headers }: Sent = {}): Promise<Response> {
    const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
    const ordinary = {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body instanceof Uint8Array
        ? { 'content-type': xlsx }
        : body !== undefined && { 'content-type': 'application/json' }),
      // Whatever it is now: stories about versions say which one.
      ...((method === 'PATCH' || method === 'PUT') && { 'if-match': '*' }),
    };
    const all = new Headers(ordinary);
    for (const [name, value] of Object.entries({ ...always, ...headers })) all.set(name, value);
    return fetch(`${baseUrl}${path}`, {
      method,
      headers: all,
      ...(body !== undefined && { body: isRaw ? (body as NonNullable<RequestInit['body']>) : JSON.stringify(body) }),
    });
  }

  async function ask<T>(method: string, path: string, sent?: Sent): Promise<Answer<T>> {
    const response = await send(method, path, sent);
    const text = await response.text();
    heard.push(text);
    const isJson = text !== '' && /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T };
  }

  async function take<T>(method: string, path: string, sent?: Sent): Promise<T> {
    const { status, body } = await ask<T>(method, path, sent);
    if (status >= 300) throw new Error(`${method} ${path} → ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  return {
    ask,
    get: (path) => take('GET', path),
    post: (path, body) => take('POST', path, { body }),
    patch: (path, body) => take('PATCH', path, { body }),
    put: (path, body) => take('PUT', path, { body }),
    async download(path) {
      const response = await send('GET', path);
      if (!response.ok) throw new Error(`GET ${path} → ${response.status}: ${await response.text()}`);
      return Buffer.from(await response.arrayBuffer());
    },
    upload: (path, bytes) => take('POST', path, { body: bytes }),
    async all<T>(path: string) {
      const items: T[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const more: string = cursor && `${path.includes('?') ? '&' : '?'}cursor=${cursor}`;
        const page: { items: T[]; nextCursor: string | null } = await take('GET', path + more);
        items.push(...page.items);
        cursor = page.nextCursor;
      }
      return items;
    },
    sending: (headers) => callerOf(baseUrl, key, heard, { ...always, ...headers }),
    async refused(method, path, sent) {
      const { status, headers, body } = await ask<ProblemBody>(method, path, sent);
      if (status < 400) throw new Error(`${method} ${path} was not refused: ${status} ${JSON.stringify(body)}`);
      const contentType = headers.get('content-type');
      if (contentType !== 'application/problem+json; charset=utf-8' || body.status !== status) {
        throw new Error(`${method} ${path} → ${status} is no problem: ${contentType} ${JSON.stringify(body)}`);
      }
      return body;
    },
  };
}
