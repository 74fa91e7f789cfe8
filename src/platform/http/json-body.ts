// JSON as strictly as it can be read. Enters: the bytes of a body. Leaves: its value, or a problem when the same bytes could
// mean something else to another reader: broken UTF-8, text that is none, a field that stands twice, a name that reaches into prototypes.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../problem.ts';

/** How deep objects and lists may stand in each other. The deepest body of the contract needs a third of it. */
export const JSON_DEPTH_MAX = 32;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Replaces Fastify's reader of application/json, and takes no other text. */
export function readJsonStrictly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    // An empty body is none: the operation knows whether it needs one.
    if (body.length === 0) return done(null, undefined);
    try {
      refuseOtherCharset(request);
      const text = decode(body);
      void parse(request, text, (error, value) => {
        if (error) return done(notJson());
        refuseAmbiguity(text);
        done(null, value);
      });
    } catch (problem) {
      done(problem as Problem);
    }
  });
}

function refuseOtherCharset(request: FastifyRequest): void {
  const charsets = [...(request.headers['content-type'] ?? '').matchAll(/;\s*charset\s*=\s*"?([^\s;"]*)/gi)];
  if (charsets.every(([, name]) => /^utf-?8$/i.test(name ?? ''))) return;
  throw new Problem('unsupported-media-type', { zh: 'JSON 须为 UTF-8 编码。', en: 'JSON must be in UTF-8.' });
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new Problem('bad-request', { zh: '请求体不是有效的 UTF-8。', en: 'The body is not valid UTF-8.' });
  }
}

function notJson(): Problem {
  return new Problem('bad-request', {
    zh: '请求体不是有效的 JSON,或含有 __proto__ 等保留字段。',
    en: 'The body is not valid JSON, or it has a reserved field such as __proto__.',
  });
}

/** @throws Problem bad-request for what JSON.parse lets pass. `text` is known to be JSON. */
function refuseAmbiguity(text: string): void {
  /** For each object or list that is open its fields so far; a list has none. */
  const open: (Set<string> | null)[] = [];
  let isField = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '{' || sign === '[') {
      open.push(sign === '{' ? new Set() : null);
      if (open.length > JSON_DEPTH_MAX) throw tooDeep();
      isField = sign === '{';
    } else if (sign === '}' || sign === ']') {
      open.pop();
    } else if (sign === ',') {
      isField = open.at(-1) !== null;
    } else if (sign === '"') {
      const end = endOfString(text, at);
      const written = text.slice(at, end + 1);
      refuseNoText(written);
      if (isField) addField(open.at(-1), JSON.parse(written) as string);
      isField = false;
      at = end;
    }
  }
}

/** What no database keeps, and no answer could say again: U+0000, and half of a surrogate pair. Only an escape can write them. */
function refuseNoText(written: string): void {
  if (!written.includes('\\u') || !/[\0\p{Surrogate}]/u.test(JSON.parse(written) as string)) return;
  throw new Problem('bad-request', {
    zh: '文字中有无法保存的字符(U+0000 或半个代理对)。',
    en: 'A text holds a character that cannot be kept: U+0000, or half of a surrogate pair.',
  });
}

function addField(fields: Set<string> | null | undefined, name: string): void {
  if (fields?.has(name)) {
    throw new Problem('bad-request', {
      zh: '请求体中有字段重复出现,每个字段只能写一次。',
      en: 'A field stands twice in one object of the body: state each once.',
    });
  }
  fields?.add(name);
}

function tooDeep(): Problem {
  return new Problem('bad-request', {
    zh: `请求体嵌套超过 ${JSON_DEPTH_MAX} 层。`,
    en: `The body is nested deeper than ${JSON_DEPTH_MAX} levels.`,
  });
}

/** Where the string that begins at `start` ends: its first quote that is not escaped. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
}
