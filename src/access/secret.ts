// Secrets that callers hold: keys and session tokens. Each says what it is by its beginning, is shown once, and only its hash
// is kept.

import { createHash, randomBytes } from 'node:crypto';

const kinds = ['live', 'demo', 'session'] as const;
export type SecretKind = (typeof kinds)[number];

const pattern = new RegExp(`^gf_(${kinds.join('|')})_[A-Za-z0-9_-]{32}$`);

export interface NewSecret {
  /** To hand over and forget. */
  secret: string;
  /** Enough to recognise it in a list or a log. */
  prefix: string;
  hash: string;
}

export function makeSecret(kind: SecretKind): NewSecret {
  const secret = `gf_${kind}_${randomBytes(24).toString('base64url')}`;
  return { secret, prefix: secret.slice(0, `gf_${kind}_`.length + 6), hash: hashSecret(secret) };
}

/** SHA-256 is enough for 192 random bits: there is nothing to guess, so nothing to slow down. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** What a text claims to be; null when it cannot be a secret of ours. */
export function secretKindOf(text: string): SecretKind | null {
  return (pattern.exec(text)?.[1] as SecretKind | undefined) ?? null;
}
