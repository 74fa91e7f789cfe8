// Access tokens of identity providers: which are believed, and what their claims make of a caller. The tokens are signed here,
// by an issuer whose public keys lie in a file, as in a closed network; one more serves its keys over HTTP.

import { createHmac } from 'node:crypto';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type GenerateKeyPairResult, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/platform/config.ts';
import { collective, county, enterprise, huren, register } from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

const issuer = 'https://id.example.cn/realms/county';
const audience = 'gongfang';

/** An issuer of whose people more is demanded than a password. */
const strong = {
  issuer: 'https://strong.example.cn',
  signIn: { acr: ['aal2', 'aal3'], amr: ['otp'], maxAgeSeconds: 3_600 },
};

let folder: string;
let jwks: string;
let keys: GenerateKeyPairResult;
let stranger: GenerateKeyPairResult;
let service: Service;
const closeServers: (() => void)[] = [];

async function serveKeys(pair: GenerateKeyPairResult, kid: string): Promise<string> {
  const body = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256' }] });
  const server = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeServers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
}

async function writeKeys(pairs: Record<string, GenerateKeyPairResult>, modified: Date): Promise<void> {
  const set = await Promise.all(
    Object.entries(pairs).map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid, alg: 'RS256' })),
  );
  await writeFile(jwks, JSON.stringify({ keys: set }));
  await utimes(jwks, modified, modified);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gongfang-jwks-'));
  jwks = join(folder, 'jwks.json');
  keys = await generateKeyPair('RS256', { extractable: true });
  stranger = await generateKeyPair('RS256', { extractable: true });
  await writeKeys({ first: keys }, new Date('2026-11-21T00:00:00Z'));
  const roleMap = { 'county-official': 'official', enterprise: 'enterprise', superuser: 'platform' };
  const issuers = [
    {
      issuer,
      audience,
      jwks,
      roleMap,
      claims: { roles: 'realm_access.roles', division: 'https://example.cn/division' },
    },
    { ...strong, audience, jwks, roleMap, claims: { division: 'division' } },
    { issuer: 'https://down.example.cn', audience, jwks: 'http://127.0.0.1:9/jwks', roleMap },
    { issuer: 'https://missing.example.cn', audience, jwks: join(folder, 'missing.json'), roleMap },
  ];
  const { oidcIssuers } = readConfig({ OIDC_ISSUERS: JSON.stringify(issuers) });
  service = await startService({ config: { oidcIssuers } });
});
afterAll(async () => {
  for (const close of closeServers) close();
  await service.close();
  await rm(folder, { recursive: true });
});

const seconds = (offset: number) => Math.floor(service.clock.now().getTime() / 1000) + offset;

/** What a good token of a county official says. */
const claims = (over: JWTPayload = {}): JWTPayload => ({
  iss: issuer,
  aud: audience,
  sub: '13800001234',
  exp: seconds(300),
  realm_access: { roles: ['offline_access', 'county-official'] },
  'https://example.cn/division': county,
  ...over,
});

const header = { alg: 'RS256', kid: 'first' };
const sign = (payload: JWTPayload, pair = keys, named: { alg: string; kid?: string; typ?: string } = header) =>
  new SignJWT(payload).setProtectedHeader(named).sign(pair.privateKey);
const as = (token: string): Caller => service.withKey(token);
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a good token', () => {
  test('makes its bearer what role and division say', async () => {
    expect(await as(await sign(claims())).get('/v1/me')).toMatchObject({
      role: 'official',
      divisionCode: county,
      identity: expect.stringMatching(/^oidc:[\w-]{22}$/) as string,
    });
  });

  test('leaves no subject in the audit trail, but the same hash each time', async () => {
    const official = as(await sign(claims()));
    const { identity } = await official.get<{ identity: string }>('/v1/me');
    const body = { label: '由令牌发放', role: 'third-party', divisionCode: huren };
    const { key } = await official.post<{ key: { id: string } }>('/v1/api-keys', body);
    const entries = await service.rows<{ actor: string }>('select actor from audit_entry where row_id = $1', [key.id]);
    expect(entries).toEqual([{ actor: identity }]);
    expect(identity).not.toContain('13800001234');
  });

  test('may say that it is one, as issuers do', async () => {
    for (const typ of ['JWT', 'at+jwt', 'application/at+jwt']) {
      expect(
        (await as(await sign(claims({ typ: 'Bearer' }), keys, { ...header, typ })).ask('GET', '/v1/me')).status,
      ).toBe(200);
    }
  });

  test('names an enterprise by its credit code', async () => {
    const official = as(await sign(claims()));
    const parties = await register(service, official, [enterprise]);
    const token = await sign(claims({ realm_access: { roles: ['enterprise'] }, party: enterprise.uscc }));
    expect(await as(token).get('/v1/me')).toMatchObject({ role: 'enterprise', partyId: parties.get(enterprise.uscc) });
  });

  test('names a party that is registered, by the role that fits its kind', async () => {
    const official = as(await sign(claims()));
    const parties = await register(service, official, [enterprise, collective]);
    const roles = (role: string) => ({ realm_access: { roles: [role] } });
    const asParty = (role: string, party: string | undefined) => sign(claims({ ...roles(role), party }));
    const known = await as(await asParty('enterprise', parties.get(enterprise.uscc))).ask('GET', '/v1/me');
    expect(known.status).toBe(200);
    for (const party of [parties.get(collective.uscc), collective.uscc, '019aa5c2-7c00-7000-8000-000000000099']) {
      const token = await asParty('enterprise', party);
      expect((await as(token).refused('GET', '/v1/me')).code, party).toBe('forbidden');
    }
  });

  test('is good half a minute longer, because clocks differ', async () => {
    expect((await as(await sign(claims({ exp: seconds(-20) }))).ask('GET', '/v1/me')).status).toBe(200);
    expect((await as(await sign(claims({ nbf: seconds(20) }))).ask('GET', '/v1/me')).status).toBe(200);
  });
});

describe('not believed is a token', () => {
  const { privateKey: _private, ...none } = { privateKey: 0, alg: 'none', kid: 'first' };
  const cases: Record<string, () => Promise<string>> = {
    'that has expired': () => sign(claims({ exp: seconds(-31) })),
    'that never expires': () => sign(claims({ exp: undefined })),
    'that is not yet good': () => sign(claims({ nbf: seconds(31) })),
    'for another audience': () => sign(claims({ aud: 'another' })),
    'without an audience': () => sign(claims({ aud: undefined })),
    'of another issuer': () => sign(claims({ iss: 'https://evil.example.cn' })),
    'of no issuer': () => sign(claims({ iss: undefined })),
    'that tells a client who signed in': () => sign(claims({ at_hash: 'x' })),
    'that says it is an ID token': () => sign(claims({ typ: 'ID' })),
    'to refresh others with': () => sign(claims({ typ: 'Refresh' })),
    'to sign somebody out': () =>
      sign(claims({ events: { 'http://schemas.openid.net/event/backchannel-logout': {} } })),
    'of a kind that is named otherwise': () => sign(claims(), keys, { ...header, typ: 'logout+jwt' }),
    'of nobody': () => sign(claims({ sub: undefined })),
    'with an unknown key': () => sign(claims(), stranger, { alg: 'RS256', kid: 'unknown' }),
    'signed by a stranger under a known key’s name': () => sign(claims(), stranger),
    'that is not signed': async () => `${base64url(none)}.${base64url(claims())}.`,
    'signed with the public key as a shared secret': async () => {
      const body = `${base64url({ alg: 'HS256', kid: 'first' })}.${base64url(claims())}`;
      const mac = createHmac('sha256', await exportSPKI(keys.publicKey))
        .update(body)
        .digest('base64url');
      return `${body}.${mac}`;
    },
    'by another algorithm than is allowed': async () => {
      const pair = await generateKeyPair('PS256', { extractable: true });
      return sign(claims(), pair, { alg: 'PS256', kid: 'first' });
    },
    'whose content was altered': async () => {
      const [header, , signature] = (await sign(claims())).split('.');
      return [header, base64url(claims({ realm_access: { roles: ['superuser'] } })), signature].join('.');
    },
    'that is cut off': async () => (await sign(claims())).slice(0, -5),
    'that is nonsense': async () => 'a.b.c',
  };

  test.each(Object.entries(cases))('%s', async (_, make) => {
    const problem = await as(await make()).refused('GET', '/v1/me');
    expect([problem.status, problem.code]).toEqual([401, 'unauthenticated']);
  });
});

describe('believed, but of no use here is a token', () => {
  test.each<[string, JWTPayload]>([
    ['with no role that we know', { realm_access: { roles: ['gardener'] } }],
    ['with a role that is no role', { realm_access: 'county-official-not' }],
    ['without roles', { realm_access: undefined }],
    ['without a division', { 'https://example.cn/division': undefined }],
    ['with a division that is not there', { 'https://example.cn/division': '990803' }],
    ['with something else for a division', { 'https://example.cn/division': ['330803'] }],
    ['of an enterprise that nobody knows', { realm_access: { roles: ['enterprise'] }, party: '91330803MA0000009X' }],
    ['with a role by a name that every object has', { realm_access: { roles: ['constructor', '__proto__'] } }],
  ])('%s', async (_, over) => {
    const problem = await as(await sign(claims(over))).refused('GET', '/v1/me');
    expect([problem.status, problem.code]).toEqual([403, 'forbidden']);
  });
});

describe('the issuer’s keys', () => {
  test('may change without a restart', async () => {
    const next = await generateKeyPair('RS256', { extractable: true });
    const token = await sign(claims(), next, { alg: 'RS256', kid: 'second' });
    expect((await as(token).ask('GET', '/v1/me')).status).toBe(401);
    await writeKeys({ first: keys, second: next }, new Date('2026-11-21T01:00:00Z'));
    expect((await as(token).ask('GET', '/v1/me')).status).toBe(200);
    expect((await as(await sign(claims())).ask('GET', '/v1/me')).status).toBe(200);
  });

  test('may come by address', async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const byAddress = {
      issuer: 'https://web.example.cn',
      audience,
      jwks: await serveKeys(pair, 'web'),
      roleMap: { o: 'official' },
    };
    const { oidcIssuers } = readConfig({ OIDC_ISSUERS: JSON.stringify([byAddress]) });
    const other = await startService({ config: { oidcIssuers }, workers: false });
    try {
      const said = { iss: byAddress.issuer, aud: audience, sub: 'a', exp: seconds(60), roles: 'o', division: county };
      const token = await sign(said, pair, { alg: 'ES256', kid: 'web' });
      expect(await other.withKey(token).get('/v1/me')).toMatchObject({ role: 'official' });
    } finally {
      await other.close();
    }
  });

  test.each(['https://down.example.cn', 'https://missing.example.cn'])(
    'of %s cannot be had: try again',
    async (iss) => {
      const answer = await as(await sign(claims({ iss }))).ask('GET', '/v1/me');
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    },
  );
});

test('of a sign-in that was too weak or too long ago is not believed, and the client is told what would do', async () => {
  const said = { iss: strong.issuer, roles: ['county-official'], division: county };
  const enough = { acr: 'aal2', amr: ['pwd', 'otp'], auth_time: seconds(-3_600) };
  const ask = async (over: JWTPayload) => as(await sign(claims({ ...said, ...over }))).ask('GET', '/v1/me');
  expect((await ask(enough)).status).toBe(200);
  for (const over of [
    { acr: 'aal1' },
    { acr: undefined },
    { amr: ['pwd'] },
    { amr: 'otp' },
    { auth_time: seconds(-3_631) },
    { auth_time: undefined },
  ]) {
    const { status, headers } = await ask({ ...enough, ...over });
    expect([status, headers.get('www-authenticate')], JSON.stringify(over)).toEqual([
      401,
      'Bearer realm="gongfang", error="insufficient_user_authentication", acr_values="aal2 aal3", max_age="3600"',
    ]);
  }
});

test('settings that would believe too much are refused', () => {
  const good = { issuer, audience, jwks: '/jwks.json', roleMap: {} };
  const read = (over: object) => () => readConfig({ OIDC_ISSUERS: JSON.stringify([{ ...good, ...over }]) });
  expect(read({})).not.toThrow();
  for (const over of [
    { algorithms: ['HS256'] },
    { algorithms: [] },
    { jwks: 'http://id.example.cn/jwks' },
    { audience: '' },
    { roleMap: { all: 'anonymous' } },
    { rolemap: {} },
    { signIn: { acr: [] } },
    { signIn: { acr: ['two words'] } },
    { signIn: { maxAge: 60 } },
  ]) {
    expect(read(over), JSON.stringify(over)).toThrow('OIDC_ISSUERS');
  }
  expect(() => readConfig({ OIDC_ISSUERS: '{' })).toThrow('OIDC_ISSUERS');
});
