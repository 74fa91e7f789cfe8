// How a caller is turned away. Few words on purpose: whoever guesses learns nothing from them.

import { Problem } from '../platform/problem.ts';

/** Refused on every operation, also on those that need no key: who believes to be signed in must not act as a visitor. */
export function notBelieved(cause?: unknown): Problem {
  return new Problem(
    'unauthenticated',
    { zh: '凭证无效、已过期或已停用。', en: 'The credential is not valid, has expired or was revoked.' },
    { cause },
  );
}

/** Known, but this cannot be done as asked. */
export function notPermitted(zh: string, en: string): Problem {
  return new Problem('forbidden', { zh, en });
}

export function wrongField(path: string, zh: string, en: string): Problem {
  return new Problem('invalid-input', undefined, { errors: [{ path, message: { zh, en } }] });
}
