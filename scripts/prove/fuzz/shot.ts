// One request of the fuzzer and what must come of it. Enters: parts that the contract knows. Leaves: what is sent.

import { fitsContract, type DescribedOperation, type Parts } from './contract.ts';

export interface Shot {
  /** Which kind of hostility, or `valid`. */
  kind: string;
  /** Undefined: no operation of ours is meant to be reached. */
  operation: DescribedOperation | undefined;
  caller: string;
  method: string;
  /** Path and query as they are sent. */
  target: string;
  headers: Record<string, string>;
  body: string | Buffer | undefined;
  /** `accept`: may be refused for what stands in the service, not as malformed. `any`: whatever the contract allows. */
  expects: 'accept' | 'refuse' | 'any';
}

export const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export function toShot(kind: string, operation: DescribedOperation, parts: Parts): Shot {
  const { path, query, headers, body } = parts;
  const contentType = operation.upload ? xlsx : 'application/json';
  const search = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  return {
    kind,
    operation,
    caller: '',
    method: operation.method,
    target:
      operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encode(path[name] ?? '')) + (search && `?${search}`),
    headers: {
      ...(body !== undefined && { 'content-type': contentType }),
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    },
    body,
    expects: fitsContract(operation, parts) ? 'accept' : 'refuse',
  };
}

/** Bytes of UTF-8; half of a pair as the three bytes that a careless encoder makes of it. */
function encode(text: string): string {
  return [...text]
    .map((sign) => {
      if (!/\p{Surrogate}/u.test(sign)) return encodeURIComponent(sign);
      const code = sign.charCodeAt(0);
      return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]
        .map((byte) => `%${byte.toString(16).toUpperCase()}`)
        .join('');
    })
    .join('');
}

/** For whoever wants to send it again. The key stays out of it: it is taken from the environment. */
export function curlOf({ method, target, headers, body, caller }: Shot, url: string): string {
  const quote = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const key = caller === 'anonymous' ? [] : [`-H "Authorization: Bearer $KEY" # as ${caller}`];
  const text = typeof body === 'string' && body.length < 4000 && !/[^\x20-\x7e]/.test(body);
  const encoded = body === undefined ? '' : Buffer.from(body).subarray(0, 4000).toString('base64');
  const sent = text ? ` --data-raw ${quote(body)}` : ' --data-binary @-';
  return [
    body === undefined || text ? '' : `base64 -d <<< ${encoded} | `,
    `curl -i --path-as-is -X ${method} ${quote(url + target)}`,
    ...Object.entries(headers)
      .filter(([name]) => name !== 'authorization')
      .map(([name, value]) => ` -H ${quote(`${name}: ${value}`)}`),
    body === undefined ? '' : sent,
    ...key.map((part) => ` ${part}`),
  ].join('');
}
