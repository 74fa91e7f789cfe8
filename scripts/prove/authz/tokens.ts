// Access tokens of an issuer that is trusted, and every way to spoil one. Its public keys lie in a file, as in a closed network.

import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { readConfig } from '../../../src/platform/config.ts';
import type { Column } from './expectations.ts';

const issuer = 'https://id.example.cn/authz';
const otherIssuer = 'https://id.example.cn/other';
const audience = 'gongfang';
type Claims = { role: Column; division: string; party?: string };
type Header = JWTHeaderParameters & { alg: string };

export async function openIssuer(folder: string) {
  const [keys, others] = [
    await generateKeyPair('RS256', { extractable: true }),
    await generateKeyPair('RS256', { extractable: true }),
  ];
  const roleMap = {
    county: 'official',
    local: 'official',
    enterprise: 'enterprise',
    collective: 'collective',
    bank: 'bank-officer',
    auditor: 'auditor',
  };
  const jwk = async (pair: typeof keys, kid: string) => ({ ...(await exportJWK(pair.publicKey)), kid, alg: 'RS256' });
  const [jwks, otherJwks] = [join(folder, 'jwks.json'), join(folder, 'other.json')];
  await writeFile(jwks, JSON.stringify({ keys: [await jwk(keys, 'first')] }));
  await writeFile(otherJwks, JSON.stringify({ keys: [await jwk(others, 'second')] }));
  const trusted = [
    { issuer, audience, jwks, roleMap },
    { issuer: otherIssuer, audience, jwks: otherJwks, roleMap: {} },
  ];
  const { oidcIssuers } = readConfig({ OIDC_ISSUERS: JSON.stringify(trusted) });

  const seconds = (now: Date, offset: number) => Math.floor(now.getTime() / 1000) + offset;
  const payloadOf = (now: Date, { role, division, party }: Claims): JWTPayload => ({
    ...{ iss: issuer, aud: audience, sub: `${role} ${division}`, exp: seconds(now, 3_600), roles: [role], division },
    ...(party && { party }),
  });
  const sign = (payload: JWTPayload, pair = keys, header: Header = { alg: 'RS256', kid: 'first' }) =>
    new SignJWT(payload).setProtectedHeader(header).sign(pair.privateKey);
  const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  /** Every way to spoil a good token. */
  async function spoil(now: Date, claims: Claims): Promise<Record<string, string>> {
    const good = payloadOf(now, claims);
    const [header = '', body = '', signature = ''] = (await sign(good)).split('.');
    const hmac = async (secret: string | Buffer) => {
      const signed = `${base64url({ alg: 'HS256', kid: 'first' })}.${body}`;
      return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
    };
    const self = await jwk(others, 'first');
    return {
      expired: await sign({ ...good, exp: seconds(now, -31) }),
      'without an end': await sign({ ...good, exp: undefined }),
      'not yet good': await sign({ ...good, nbf: seconds(now, 31) }),
      'for another audience': await sign({ ...good, aud: 'another' }),
      'for no audience': await sign({ ...good, aud: undefined }),
      'of an issuer nobody trusts': await sign({ ...good, iss: 'https://evil.example.cn' }),
      'of no issuer': await sign({ ...good, iss: undefined }),
      'of nobody': await sign({ ...good, sub: undefined }),
      'in the name of another issuer': await sign({ ...good, iss: otherIssuer }),
      'signed by another issuer': await sign(good, others),
      'signed by another issuer, with its key’s name': await sign(good, others, { alg: 'RS256', kid: 'second' }),
      'with a key’s name that is a path': await sign(good, others, { alg: 'RS256', kid: '../../other.json' }),
      'with an unknown key’s name': await sign(good, keys, { alg: 'RS256', kid: 'unknown' }),
      'that brings its own key': await sign(good, others, { alg: 'RS256', kid: 'first', jwk: self }),
      'by another algorithm': await new SignJWT(good)
        .setProtectedHeader({ alg: 'PS256', kid: 'first' })
        .sign(
          await crypto.subtle.importKey(
            'jwk',
            withoutAlg(await exportJWK(keys.privateKey)),
            { name: 'RSA-PSS', hash: 'SHA-256' },
            false,
            ['sign'],
          ),
        ),
      'with alg none': `${base64url({ alg: 'none', kid: 'first' })}.${body}.`,
      'with alg None and a signature': `${base64url({ alg: 'None', kid: 'first' })}.${body}.${signature}`,
      'signed HS256 with the public key': await hmac(await exportSPKI(keys.publicKey)),
      'signed HS256 with the key’s number': await hmac(
        Buffer.from((await exportJWK(keys.publicKey)).n ?? '', 'base64url'),
      ),
      'with other claims': `${header}.${base64url({ ...good, division: '33' })}.${signature}`,
      'with another header': `${base64url({ alg: 'RS256', kid: 'first', typ: 'JWT' })}.${body}.${signature}`,
      'cut short': `${header}.${body}.${signature.slice(0, -8)}`,
      'without a signature': `${header}.${body}.`,
    };
  }

  return { oidcIssuers, spoil, token: (now: Date, claims: Claims) => sign(payloadOf(now, claims)) };
}

const withoutAlg = <T extends { alg?: string }>({ alg: _alg, ...jwk }: T) => jwk;

export type Issuer = Awaited<ReturnType<typeof openIssuer>>;
