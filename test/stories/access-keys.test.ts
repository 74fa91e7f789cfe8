// API keys from their issue to their end: who may make which, what they then can do, and that a revocation is at once.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Permission } from '../../src/vocabulary/permissions.ts';
import {
  anEnterprise,
  aWorkshop,
  collective,
  county,
  enterprise,
  gaojia,
  huren,
  register,
} from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

interface ApiKey {
  id: string;
  clientId: string;
  prefix: string;
  scopes: Permission[];
  lastUsedAt: string | null;
  revokedAt: string | null;
}

interface Issued {
  key: ApiKey;
  secret: string;
}

const neighbourCounty = '330802';
const foreign = anEnterprise(7, { name: '邻县企业', divisionCode: `${neighbourCounty}001` });

let service: Service;
let platform: Caller;
let official: Caller;
let parties: Map<string, string>;

beforeAll(async () => {
  service = await startService();
  platform = await service.signIn({ role: 'platform' });
  official = await service.signIn({ role: 'official', divisionCode: county });
  parties = await register(service, official, [collective, enterprise]);
});
afterAll(() => service.close());

const wish = (over: object = {}) => ({ label: '测试', role: 'third-party', divisionCode: county, ...over });
const issue = (by: Caller, over: object = {}) => by.post<Issued>('/v1/api-keys', wish(over));
const refusal = async (by: Caller, over: object) =>
  (await by.refused('POST', '/v1/api-keys', { body: wish(over) })).code;
const works = async (secret: string) => (await service.withKey(secret).ask('GET', '/v1/me')).status === 200;

describe('a key', () => {
  test('is shown once, works, and afterwards only its beginning is seen', async () => {
    const { key, secret } = await issue(official);
    expect(secret).toMatch(/^gf_live_[\w-]{32}$/);
    expect(await works(secret)).toBe(true);
    const [listed] = await official.all<ApiKey>('/v1/api-keys');
    expect(listed).toMatchObject({ id: key.id, prefix: key.prefix });
    expect(JSON.stringify(listed)).not.toContain(secret);
    expect(JSON.stringify(await service.rows('select * from api_key'))).not.toContain(secret);
  });

  test('is refused on every operation when it is wrong, also where none is needed', async () => {
    const { secret } = await issue(official);
    const altered = `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`;
    for (const authorization of [`Bearer ${altered}`, 'Bearer gf_live_short', 'Bearer', `Basic ${secret}`, secret]) {
      const caller = service.visitor.sending({ authorization });
      const { code } = await caller.refused('GET', `/v1/lists?division=${county}`);
      expect(code, authorization).toBe('unauthenticated');
    }
  });

  test('may come as an app’s header too', async () => {
    const { secret } = await issue(official);
    expect(await service.visitor.sending({ 'x-api-key': secret }).get('/v1/me')).toMatchObject({ role: 'third-party' });
  });

  test('does only what its scopes say', async () => {
    const { secret } = await issue(official, { role: 'official', scopes: ['me:read', 'listings:read'] });
    const reader = service.withKey(secret);
    expect(await reader.get('/v1/me')).toMatchObject({ permissions: ['listings:read', 'me:read'] });
    expect((await reader.refused('POST', '/v1/listings', { body: aWorkshop() })).code).toBe('forbidden');
    expect((await reader.refused('GET', '/v1/parties')).code).toBe('forbidden');
  });

  test('without the scope to publish cannot publish by an import either', async () => {
    const { secret } = await issue(official, { role: 'official', scopes: ['imports:write'] });
    const problem = await service
      .withKey(secret)
      .refused('POST', `/v1/imports?sheet=land&division=${county}&publish=true`, { body: new Uint8Array([1]) });
    expect(problem.code).toBe('forbidden');
  });

  test('works from its addresses only', async () => {
    const here = await issue(official, { ipRanges: ['10.0.0.0/8', '127.0.0.0/8'] });
    const elsewhere = await issue(official, { ipRanges: ['10.0.0.0/8', '2001:db8::/32'] });
    expect([await works(here.secret), await works(elsewhere.secret)]).toEqual([true, false]);
    expect(await refusal(official, { ipRanges: ['10.0.0.0/33'] })).toBe('unprocessable');
  });

  test('expires by the clock', async () => {
    const expiresAt = new Date(service.clock.now().getTime() + 60_000).toISOString();
    const { secret } = await issue(official, { expiresAt });
    expect(await works(secret)).toBe(true);
    service.clock.advance(60_000);
    expect(await works(secret)).toBe(false);
  });

  test('notes its last use, once a minute, outside of the audit trail', async () => {
    const { key, secret } = await issue(official);
    const lastUse = async () =>
      (await official.all<ApiKey>('/v1/api-keys')).find(({ id }) => id === key.id)?.lastUsedAt;
    expect(await lastUse()).toBeNull();
    await works(secret);
    const first = await lastUse();
    expect(first).toBe(service.clock.now().toISOString());
    service.clock.advance(59_000);
    await works(secret);
    expect(await lastUse()).toBe(first);
    service.clock.advance(1_000);
    await Promise.all([works(secret), works(secret)]);
    expect(await lastUse()).toBe(service.clock.now().toISOString());
    expect(await service.rows('select id from audit_entry where row_id = $1', [key.id])).toHaveLength(1);
  });
});

test('used or refused, stands in the log by its beginning', async () => {
  const { key, secret } = await issue(official, { role: 'third-party' });
  const lineOf = async (asking: Caller) => {
    const { headers } = await asking.ask('GET', '/v1/api-keys');
    const id = headers.get('x-request-id') ?? 'none';
    const line = service.logged.find((text) => text.includes(id));
    return JSON.parse(line ?? '{}') as Record<string, unknown>;
  };
  const asked = { method: 'GET', route: '/v1/api-keys', time: expect.any(Number) as number };
  expect(await lineOf(official)).toMatchObject({ ...asked, status: 200, by: expect.stringMatching(/^key:/) as string });
  expect(await lineOf(service.withKey(secret))).toMatchObject({ ...asked, status: 403, by: `key:${key.prefix}` });
  const wrong = service.withKey(`gf_live_${'x'.repeat(32)}`);
  expect(await lineOf(wrong)).toMatchObject({ ...asked, status: 401, by: 'anonymous' });
  for (const text of [secret, 'x'.repeat(32)]) expect(service.logged.join()).not.toContain(text);
});

describe('rotation', () => {
  test('gives the client a second key on the same terms; both work until the old one is revoked', async () => {
    const old = await issue(official, { scopes: ['me:read'] });
    const next = await official.post<Issued>(`/v1/api-keys/${old.key.id}/rotation`, {});
    expect(next.key).toMatchObject({ clientId: old.key.clientId, scopes: ['me:read'] });
    expect([await works(old.secret), await works(next.secret)]).toEqual([true, true]);
    const third = await official.refused('POST', `/v1/api-keys/${old.key.id}/rotation`, { body: {} });
    expect(third.code).toBe('conflict');
    await official.post(`/v1/api-keys/${old.key.id}/revocation`);
    expect([await works(old.secret), await works(next.secret)]).toEqual([false, true]);
    expect((await official.refused('POST', `/v1/api-keys/${old.key.id}/rotation`, { body: {} })).code).toBe('conflict');
    await official.post(`/v1/api-keys/${next.key.id}/rotation`, {});
  });

  test('at the same moment leaves two live keys, never three', async () => {
    const { key } = await issue(official);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => official.ask('POST', `/v1/api-keys/${key.id}/rotation`, { body: {} })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    const plant = `insert into api_key (id, region, client_id, slot, prefix, hash, label, role)
                   values (gen_random_uuid(), '0', $1, 2, 'x', 'x', 'x', 'platform')`;
    await expect(service.rows(plant, [key.clientId])).rejects.toMatchObject({ constraint: 'api_key_two_live' });
  });

  test('is not held up by a key that has expired', async () => {
    const expiresAt = new Date(service.clock.now().getTime() + 60_000).toISOString();
    const { key } = await issue(official, { expiresAt });
    const longer = new Date(service.clock.now().getTime() + 3_600_000).toISOString();
    await official.post(`/v1/api-keys/${key.id}/rotation`, { expiresAt: longer });
    service.clock.advance(60_000);
    expect(
      (await official.ask('POST', `/v1/api-keys/${key.id}/rotation`, { body: { expiresAt: longer } })).status,
    ).toBe(201);
  });
});

describe('a revocation', () => {
  test('counts from the next request on, and twice is once', async () => {
    const { key, secret } = await issue(official);
    const first = await official.post<ApiKey>(`/v1/api-keys/${key.id}/revocation`);
    expect(first.revokedAt).not.toBeNull();
    expect(await works(secret)).toBe(false);
    service.clock.advance(1_000);
    expect(await official.post<ApiKey>(`/v1/api-keys/${key.id}/revocation`)).toMatchObject(first);
  });
});

describe('an official', () => {
  test('issues for its division and below, not above, beside or for the platform', async () => {
    const town = await service.signIn({ role: 'official', divisionCode: gaojia });
    expect((await issue(town, { divisionCode: huren })).key).toBeDefined();
    for (const divisionCode of [county, neighbourCounty, '33']) {
      expect(await refusal(town, { divisionCode }), divisionCode).toBe('forbidden');
    }
    expect(await refusal(town, { role: 'platform', divisionCode: undefined })).toBe('forbidden');
    expect(await refusal(official, { role: 'household' })).toBe('invalid-input');
  });

  test('gives nobody more permissions than it has itself', async () => {
    const { secret } = await issue(official, { role: 'official', scopes: ['api-keys:write', 'me:read', 'lists:read'] });
    const limited = service.withKey(secret);
    expect((await issue(limited, { scopes: ['lists:read'] })).key).toBeDefined();
    expect(await refusal(limited, { scopes: ['listings:write'] })).toBe('forbidden');
    expect(await refusal(limited, { role: 'official' })).toBe('forbidden');
    expect(await refusal(limited, {})).toBe('forbidden');
  });

  test('names the party of an enterprise or collective, one that it sees', async () => {
    const partyId = parties.get(enterprise.uscc);
    expect((await issue(official, { role: 'enterprise', partyId })).key).toBeDefined();
    expect(await refusal(official, { role: 'enterprise' })).toBe('unprocessable');
    expect(await refusal(official, { partyId })).toBe('unprocessable');
    expect(await refusal(official, { role: 'enterprise', partyId: '019aa5c2-7c00-7000-8000-000000000099' })).toBe(
      'unprocessable',
    );

    const neighbour = await service.signIn({ role: 'official', divisionCode: neighbourCounty });
    await service.rows(
      `insert into party (id, region, kind, name, uscc, contact_office, contact_phone)
       values (gen_random_uuid(), $1, 'enterprise', $2, $3, '办公室', '0570-3830009')`,
      [foreign.divisionCode, foreign.name, foreign.uscc],
    );
    const [{ id } = { id: '' }] = await service.rows<{ id: string }>('select id from party where uscc = $1', [
      foreign.uscc,
    ]);
    expect(await refusal(official, { role: 'enterprise', partyId: id })).toBe('unprocessable');
    const theirs = { role: 'enterprise', partyId: id, divisionCode: neighbourCounty };
    expect((await issue(neighbour, theirs)).key).toBeDefined();
  });

  test('gives no village’s key to an enterprise, nor the other way round', async () => {
    for (const [role, uscc] of [
      ['collective', enterprise.uscc],
      ['enterprise', collective.uscc],
    ] as const) {
      const body = { label: '错配', role, divisionCode: county, partyId: parties.get(uscc) };
      const { code, errors } = await official.refused('POST', '/v1/api-keys', { body });
      expect([code, errors?.[0]?.path]).toEqual(['unprocessable', 'body.role']);
    }
    expect((await issue(official, { role: 'collective', partyId: parties.get(collective.uscc) })).key).toBeDefined();
  });

  test('of another county sees, rotates and revokes nothing of here', async () => {
    const neighbour = await service.signIn({ role: 'official', divisionCode: neighbourCounty });
    const { key, secret } = await issue(official);
    const shown = await neighbour.all<ApiKey>('/v1/api-keys?limit=100');
    expect(shown.some(({ id }) => id === key.id)).toBe(false);
    for (const what of ['rotation', 'revocation']) {
      const sent = what === 'rotation' ? { body: {} } : {};
      const { requestId: _a, ...there } = await neighbour.refused('POST', `/v1/api-keys/${key.id}/${what}`, sent);
      const missing = '019aa5c2-7c00-7000-8000-000000000099';
      const { requestId: _b, ...absent } = await neighbour.refused('POST', `/v1/api-keys/${missing}/${what}`, sent);
      expect([there.status, there]).toEqual([404, absent]);
    }
    expect(await works(secret)).toBe(true);
  });
});

describe('an auditor', () => {
  test('comes for a time, and only reads', async () => {
    expect(await refusal(platform, { role: 'auditor' })).toBe('unprocessable');
    const expiresAt = new Date(service.clock.now().getTime() + 86_400_000).toISOString();
    const { secret } = await issue(platform, { role: 'auditor', expiresAt });
    const auditor = service.withKey(secret);
    const { permissions } = await auditor.get<{ permissions: Permission[] }>('/v1/me');
    expect(permissions.filter((permission) => !/:(read|start)$/.test(permission))).toEqual([]);
    expect((await auditor.refused('POST', '/v1/rounds', { body: { divisionCode: county } })).code).toBe('forbidden');
    const forever = `update api_key set expires_at = null where role = 'auditor'`;
    await expect(service.rows(forever)).rejects.toMatchObject({ constraint: 'api_key_auditor_expires' });
  });
});

test('the platform can give every role', async () => {
  const expiresAt = new Date(service.clock.now().getTime() + 86_400_000).toISOString();
  for (const role of ['official', 'broker', 'bank-officer', 'auditor', 'third-party']) {
    expect((await issue(platform, { role, expiresAt })).key, role).toBeDefined();
  }
  expect((await issue(platform, { role: 'platform', divisionCode: undefined })).key).toBeDefined();
});
