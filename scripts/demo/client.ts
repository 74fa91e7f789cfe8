// A caller of the public API, as any third party would write it: a base address, a key, and nothing of ours.

export interface Client {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  upload<T>(path: string, bytes: Uint8Array): Promise<T>;
}

export class CallFailed extends Error {
  constructor(method: string, path: string, status: number, body: string) {
    super(`${method} ${path} → ${status}: ${body.slice(0, 500)}`);
    this.name = 'CallFailed';
  }
}

export function connect(baseUrl: string, key: string): Client {
  async function call<T>(method: string, path: string, init: RequestInit = {}): Promise<T> {
    const response = await fetch(`${baseUrl}${path}`, {
      ...init,
      method,
      headers: { authorization: `Bearer ${key}`, ...init.headers },
    });
    const body = await response.text();
    if (!response.ok) throw new CallFailed(method, path, response.status, body);
    return JSON.parse(body) as T;
  }
  const json = { 'content-type': 'application/json' };
  const xlsx = { 'content-type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' };
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body === undefined ? {} : { headers: json, body: JSON.stringify(body) }),
    upload: (path, bytes) => call('POST', path, { headers: xlsx, body: bytes }),
  };
}
