// Whose access tokens are believed. Enters: the JSON of OIDC_ISSUERS. Leaves: issuers, each with where its keys are and how
// its claims are read. Used by config.ts; the access room does the checking.

import { z } from 'zod';
import { roles } from '../vocabulary/permissions.ts';

/** Asymmetric only: with a shared secret, whoever can check a token can also make one. */
const algorithms = ['RS256', 'ES256', 'EdDSA'] as const;

const claimPath = z.string().min(1).max(200);

/** Stands between quotes in a header, one beside the other. */
const classReference = z
  .string()
  .max(200)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be ASCII without spaces and quotes');

const oidcIssuer = z.strictObject({
  /** As it stands in `iss`. */
  issuer: z.url({ protocol: /^https?$/ }),
  audience: z.string().min(1),
  /** An https address, or a file for closed networks. Plain http only on this machine. */
  jwks: z.string().min(1).refine(isKeySource, 'must be an https address or the path of a file'),
  algorithms: z
    .array(z.enum(algorithms))
    .min(1)
    .default([...algorithms]),
  /** Where in the claims to look: a claim's name, or names joined by dots. */
  claims: z
    .strictObject({
      subject: claimPath.default('sub'),
      roles: claimPath.default('roles'),
      division: claimPath.default('division'),
      /** Of enterprises and collectives: the unified social credit code, or the party's id here. */
      party: claimPath.default('party'),
    })
    .prefault({}),
  /**
   * How people must have signed in there; what a token does not say is not believed. Left out: as the issuer sees fit.
   * OpenID Connect Core 1.0: one of these `acr`, all of these `amr` (RFC 8176), `auth_time` no longer ago than this.
   */
  signIn: z
    .strictObject({
      acr: z.array(classReference).min(1).optional(),
      amr: z.array(classReference).min(1).optional(),
      maxAgeSeconds: z.int().min(60).max(31_536_000).optional(),
    })
    .prefault({}),
  /** The issuer's name of a role → ours. Of several the first in this order counts; unnamed ones count for nothing. */
  roleMap: z.record(z.string(), z.enum(roles).exclude(['anonymous', 'household'])),
});

export type OidcIssuer = z.infer<typeof oidcIssuer>;

/** JSON text → issuers. */
export const oidcIssuers = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'is not JSON' });
      return z.NEVER;
    }
  })
  .pipe(
    z
      .array(oidcIssuer)
      .refine(
        (issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length,
        'names an issuer twice',
      ),
  );

export function isAddress(source: string): boolean {
  return /^https?:\/\//.test(source);
}

function isKeySource(source: string): boolean {
  if (!isAddress(source)) return true;
  if (!URL.canParse(source)) return false;
  const { protocol, hostname } = new URL(source);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
