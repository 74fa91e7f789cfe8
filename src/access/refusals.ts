// How a caller is turned away. Few words on purpose: whoever guesses learns nothing from them.

import { Problem, wrongField } from '../platform/problem.ts';

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

/** An enterprise's key cannot act for a village, nor the other way round: their rights differ. */
export function roleDoesNotFit(path: string): Problem {
  return wrongField(
    path,
    '角色与主体类型不符:村集体和村委会用 collective,企业、个体工商户、合作社、社会组织用 enterprise。',
    'Does not fit the kind of party: village collectives and committees act as `collective`; enterprises, sole traders, ' +
      'cooperatives and social organisations as `enterprise`.',
  );
}
