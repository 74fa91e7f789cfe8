// Acting for others, through others and elsewhere: mandates, apps, grants over divisions. Each takes rights away; none adds any
// that the caller does not have.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { platformScope, type Scope } from '../../src/platform/database.ts';
import { divisionRange } from '../../src/vocabulary/division-code.ts';
import type { Listing } from '../support/answers.ts';
import {
  anEnterprise,
  anOrder,
  aSheet,
  aWorker,
  aWorkshop,
  collective,
  county,
  enterprise,
  gaojia,
  huren,
  importSheet,
  publish,
  register,
  shuangqiao,
} from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

interface Me {
  identity: string;
  role: string;
  divisionCode: string | null;
  partyId: string | null;
  permissions: string[];
  people: { id: string; name: string; listings: { id: string }[] }[];
}

const day = 86_400_000;
const neighbourCounty = '330802';
const rival = anEnterprise(2, { name: '别家企业' });

let service: Service;
let platform: Caller;
let official: Caller;
let broker: Caller;
let brokerIs: string;
let parties: Map<string, string>;
let personId: string;
let workerListing: string;

const later = (milliseconds: number) => new Date(service.clock.now().getTime() + milliseconds).toISOString();
const identityOf = async (caller: Caller) => (await caller.get<Me>('/v1/me')).identity;
const partyId = (uscc: string) => parties.get(uscc) ?? '';

beforeAll(async () => {
  service = await startService();
  platform = await service.signIn({ role: 'platform' });
  official = await service.signIn({ role: 'official', divisionCode: county });
  parties = await register(service, official, [collective, enterprise, rival]);
  broker = await service.signIn({ role: 'broker', divisionCode: county });
  brokerIs = await identityOf(broker);
  await importSheet(service, official, 'labour', await aSheet('labour', [aWorker()]), { publish: true });
  const [row] = await service.rows<{ id: string; person_id: string }>(
    `select id, person_id from listing where kind = 'labour'`,
  );
  [workerListing, personId] = [row?.id ?? '', row?.person_id ?? ''];
});
afterAll(() => service.close());

const mandateOf = (over: object = {}) => ({
  divisionCode: county,
  grantor: { role: 'enterprise', partyId: partyId(enterprise.uscc) },
  delegate: brokerIs,
  matters: ['listings:read', 'listings:write', 'me:read'],
  validTo: later(30 * day),
  proof: '委托书 2026-17 号',
  ...over,
});
const record = (by: Caller, over: object = {}) => by.post<{ id: string }>('/v1/mandates', mandateOf(over));
const under = (caller: Caller, mandate: { id: string }) => caller.sending({ 'x-mandate': mandate.id });
const refusal = async (caller: Caller, path = '/v1/me') => (await caller.refused('GET', path)).code;
const { owner: _owner, ...ownOrder } = anOrder({ productName: '代办订单' });

describe('under a mandate', () => {
  test('a broker writes for an enterprise what it may not write for itself, and the trail names both', async () => {
    expect((await broker.refused('POST', '/v1/listings', { body: ownOrder })).status).toBeGreaterThanOrEqual(400);
    const mandate = await record(official);
    const delegate = under(broker, mandate);
    expect(await delegate.get<Me>('/v1/me')).toMatchObject({
      role: 'enterprise',
      partyId: partyId(enterprise.uscc),
      identity: brokerIs,
    });
    const order = await delegate.post<Listing>('/v1/listings', ownOrder);
    expect(order).toMatchObject({ status: 'draft', owner: { uscc: enterprise.uscc } });
    const [entry] = await service.rows<{ actor: string }>('select actor from audit_entry where row_id = $1', [
      order.id,
    ]);
    expect(entry?.actor).toMatch(new RegExp(`^key:gf_live_\\S+ for mandate:${mandate.id}$`));
    expect((await broker.refused('GET', `/v1/listings/${order.id}`)).code).toBe('not-found');
  });

  test('nothing is done that the mandate does not name, nor that the delegate may not do', async () => {
    const reading = under(broker, await record(official, { matters: ['listings:read', 'me:read'] }));
    expect((await reading.refused('POST', '/v1/listings', { body: ownOrder })).code).toBe('forbidden');
    const wide = under(broker, await record(official, { matters: ['listings:publish', 'api-keys:write', 'me:read'] }));
    expect((await wide.get<Me>('/v1/me')).permissions).toEqual(['me:read']);
  });

  test('a steward enters for a person: sees the masked record, changes the listing, and is in the trail', async () => {
    const village = await service.signIn({ role: 'official', divisionCode: huren });
    const steward = await service.signIn({ role: 'broker', divisionCode: huren });
    const mandate = await record(village, {
      divisionCode: huren,
      grantor: { role: 'household', personId },
      delegate: await identityOf(steward),
      validTo: later(day),
    });
    const delegate = under(steward, mandate);
    const me = await delegate.get<Me>('/v1/me');
    expect(me.people).toMatchObject([{ id: personId, name: '示*', listings: [{ id: workerListing }] }]);
    expect(await delegate.patch(`/v1/listings/${workerListing}`, { attributes: { hoursPerWeek: 12 } })).toMatchObject({
      attributes: { hoursPerWeek: 12 },
    });
    const entries = await service.rows<{ actor: string }>(
      `select actor from audit_entry where row_id = $1 and operation = 'update'`,
      [workerListing],
    );
    expect(entries.at(-1)?.actor).toContain(`for mandate:${mandate.id}`);
    expect((await steward.refused('PATCH', `/v1/listings/${workerListing}`, { body: { title: '无委托' } })).code).toBe(
      'not-found',
    );
    await service.drain();
  });

  test('a collective that acts for a person imports nothing, whatever the mandate names', async () => {
    const village = await service.signIn({
      role: 'collective',
      divisionCode: huren,
      partyId: partyId(collective.uscc),
    });
    const mandate = await record(official, {
      divisionCode: huren,
      grantor: { role: 'household', personId },
      delegate: await identityOf(village),
      matters: ['imports:write', 'me:read'],
    });
    const delegate = under(village, mandate);
    expect((await delegate.get<Me>('/v1/me')).permissions).toContain('imports:write');
    for (const sheet of ['workshop', 'labour', 'enterprise']) {
      const body = await aSheet('labour', [aWorker({ number: 7 })]);
      const refused = await delegate.refused('POST', `/v1/imports?sheet=${sheet}&division=${huren}`, { body });
      expect([sheet, refused.code]).toEqual([sheet, 'forbidden']);
    }
  });

  test('only the delegate acts, only in its term, only until it is revoked', async () => {
    const other = await service.signIn({ role: 'broker', divisionCode: county });
    const mandate = await record(official, { validFrom: later(day), validTo: later(2 * day) });
    expect(await refusal(under(other, mandate))).toBe('forbidden');
    expect(await refusal(under(service.visitor, mandate))).toBe('forbidden');
    expect(await refusal(under(broker, mandate))).toBe('forbidden');
    service.clock.advance(day);
    expect(await under(broker, mandate).get('/v1/me')).toMatchObject({ role: 'enterprise' });
    await official.post(`/v1/mandates/${mandate.id}/revocation`);
    expect(await refusal(under(broker, mandate))).toBe('forbidden');
    const short = await record(official, { validTo: later(1000) });
    service.clock.advance(1000);
    expect(await refusal(under(broker, short))).toBe('forbidden');
  });

  test('it is the same whether a mandate is missing or not one’s own; nonsense is told as such', async () => {
    const mandate = await record(official);
    const other = await service.signIn({ role: 'broker', divisionCode: county });
    const { requestId: _a, ...there } = await under(other, mandate).refused('GET', '/v1/me');
    const absent = { id: '019aa5c2-7c00-7000-8000-000000000099' };
    const { requestId: _b, ...missing } = await under(other, absent).refused('GET', '/v1/me');
    expect(there).toEqual(missing);
    expect(await refusal(broker.sending({ 'x-mandate': 'x' }))).toBe('bad-request');
  });

  test('the delegate gets no further than its own division and the mandate’s', async () => {
    const narrow = under(broker, await record(official, { divisionCode: gaojia }));
    expect(await narrow.get('/v1/me')).toMatchObject({ divisionCode: gaojia });
    const far = await service.signIn({ role: 'broker', divisionCode: shuangqiao });
    expect(
      await refusal(under(far, await record(official, { divisionCode: gaojia, delegate: await identityOf(far) }))),
    ).toBe('forbidden');
  });
});

describe('a mandate is recorded', () => {
  const refused = async (by: Caller, over: object) =>
    (await by.refused('POST', '/v1/mandates', { body: mandateOf(over) })).code;

  test('by a party for itself, not for another', async () => {
    const maker = await service.signIn({ role: 'enterprise', divisionCode: county, partyId: partyId(enterprise.uscc) });
    const mandate = await record(maker);
    expect((await maker.all<{ id: string }>('/v1/mandates')).map(({ id }) => id)).toContain(mandate.id);
    expect(await refused(maker, { grantor: { role: 'enterprise', partyId: partyId(rival.uscc) } })).toBe(
      'unprocessable',
    );
    expect(await refused(maker, { grantor: { role: 'household', personId } })).toBe('unprocessable');
    expect(await refused(maker, { matters: ['listings:publish'] })).toBe('forbidden');
  });

  test('by officials for whom they see in their division', async () => {
    const neighbour = await service.signIn({ role: 'official', divisionCode: neighbourCounty });
    expect(await refused(neighbour, {})).toBe('forbidden');
    const theirs = { divisionCode: neighbourCounty };
    expect(await refused(neighbour, theirs)).toBe('unprocessable');
    expect(await refused(neighbour, { ...theirs, grantor: { role: 'household', personId } })).toBe('unprocessable');
    const town = await service.signIn({ role: 'official', divisionCode: shuangqiao });
    expect(await refused(town, { divisionCode: shuangqiao, grantor: { role: 'household', personId } })).toBe(
      'unprocessable',
    );
    const mandate = await record(official);
    expect(await neighbour.all('/v1/mandates')).toEqual([]);
    expect((await neighbour.refused('POST', `/v1/mandates/${mandate.id}/revocation`)).code).toBe('not-found');
  });

  test('for a party by the role that fits its kind', async () => {
    for (const [role, uscc] of [
      ['collective', enterprise.uscc],
      ['enterprise', collective.uscc],
    ] as const) {
      const body = mandateOf({ grantor: { role, partyId: partyId(uscc) } });
      const { code, errors } = await official.refused('POST', '/v1/mandates', { body });
      expect([code, errors?.[0]?.path]).toEqual(['unprocessable', 'body.grantor.role']);
    }
  });

  test('with one grantor and a term', async () => {
    const ids = { partyId: partyId(enterprise.uscc), personId };
    for (const over of [
      { grantor: { role: 'enterprise', ...ids } },
      { grantor: { role: 'household' } },
      { grantor: { role: 'household', partyId: ids.partyId } },
      { validFrom: later(2 * day), validTo: later(day) },
    ]) {
      expect(await refused(official, over), JSON.stringify(over)).toBe('unprocessable');
    }
    for (const over of [{ matters: [] }, { delegate: 'key:gf_live_abc' }]) {
      expect(await refused(official, over), JSON.stringify(over)).toBe('invalid-input');
    }
  });
});

describe('a person through an app', () => {
  const scopes = ['me:read', 'listings:read', 'listings:write'] as const;
  let app: string;
  beforeAll(async () => {
    const body = { label: '小程序', role: 'third-party', divisionCode: gaojia, scopes };
    app = (await platform.post<{ secret: string }>('/v1/api-keys', body)).secret;
  });

  test('may do what both may, where both may act; the trail names both', async () => {
    const village = await service.signIn({ role: 'official', divisionCode: county });
    const person = village.sending({ 'x-api-key': app });
    expect(await person.get('/v1/me')).toMatchObject({
      role: 'official',
      divisionCode: gaojia,
      permissions: [...scopes].sort(),
    });
    const draft = await person.post<Listing>('/v1/listings', aWorkshop({ name: '经应用登记' }));
    const [entry] = await service.rows<{ actor: string }>('select actor from audit_entry where row_id = $1', [
      draft.id,
    ]);
    expect(entry?.actor).toMatch(/^key:gf_live_\S+ via key:gf_live_\S+$/);
    expect((await person.refused('POST', `/v1/listings/${draft.id}/publication`)).code).toBe('forbidden');
  });

  test('is refused where the app does not serve, and when the app’s key is wrong or revoked', async () => {
    const elsewhere = await service.signIn({ role: 'official', divisionCode: shuangqiao });
    expect(await refusal(elsewhere.sending({ 'x-api-key': app }))).toBe('forbidden');
    expect(await refusal(official.sending({ 'x-api-key': `${app.slice(0, -3)}xxx` }))).toBe('unauthenticated');
    expect(await refusal(official.sending({ 'x-api-key': 'nonsense' }))).toBe('unauthenticated');
    const own = await platform.post<{ key: { id: string }; secret: string }>('/v1/api-keys', {
      label: '将停用',
      role: 'third-party',
      divisionCode: county,
    });
    await platform.post(`/v1/api-keys/${own.key.id}/revocation`);
    expect(await refusal(official.sending({ 'x-api-key': own.secret }))).toBe('unauthenticated');
  });

  test('the app alone may not do what it may do for people', async () => {
    const alone = service.withKey(app);
    expect((await alone.get<Me>('/v1/me')).permissions).toEqual(['listings:read', 'me:read']);
    expect((await alone.refused('POST', '/v1/listings', { body: aWorkshop() })).code).toBe('forbidden');
  });
});

describe('in another division', () => {
  const inDivision = (caller: Caller, code: string) => caller.sending({ 'x-division': code });
  const open = (by: Caller, over: object) =>
    by.post<{ id: string }>('/v1/division-grants', {
      divisionCode: gaojia,
      permissions: ['me:read', 'listings:read', 'listings:write'],
      validTo: later(30 * day),
      ...over,
    });

  test('anybody may act below the own one, nobody above or beside it', async () => {
    expect(await inDivision(official, huren).get('/v1/me')).toMatchObject({ divisionCode: huren });
    for (const code of ['33', neighbourCounty]) expect(await refusal(inDivision(official, code))).toBe('forbidden');
    expect(await refusal(inDivision(service.visitor, county), '/v1/lists?division=33')).toBe('forbidden');
    expect(await refusal(inDivision(official, '33080'))).toBe('bad-request');
    const here = inDivision(official, shuangqiao);
    expect((await here.refused('POST', '/v1/listings', { body: aWorkshop() })).code).toBe('forbidden');
  });

  test('an enterprise from elsewhere acts where it was let in, with the permissions granted, until it ends', async () => {
    const abroad = await service.signIn({
      role: 'enterprise',
      divisionCode: neighbourCounty,
      partyId: partyId(rival.uscc),
    });
    expect(await refusal(inDivision(abroad, gaojia))).toBe('forbidden');
    const grant = await open(official, { grantee: { partyId: partyId(rival.uscc) } });
    const here = inDivision(abroad, gaojia);
    expect(await here.get('/v1/me')).toMatchObject({
      divisionCode: gaojia,
      permissions: ['listings:read', 'listings:write', 'me:read'],
    });
    const order = await here.post<Listing>('/v1/listings', ownOrder);
    expect(order).toMatchObject({ owner: { uscc: rival.uscc } });
    // Without naming the division it is at home, and sees nothing of here.
    expect(await abroad.all('/v1/listings?view=own')).toEqual([]);
    expect((await abroad.refused('GET', `/v1/listings/${order.id}`)).code).toBe('not-found');
    expect(await refusal(inDivision(abroad, shuangqiao))).toBe('forbidden');
    expect((await abroad.all<{ id: string }>('/v1/division-grants')).map(({ id }) => id)).toEqual([grant.id]);
    await official.post(`/v1/division-grants/${grant.id}/revocation`);
    expect(await refusal(inDivision(abroad, gaojia))).toBe('forbidden');
  });

  test('a village of an alliance sees the others one at a time', async () => {
    const members = await service.signIn({ role: 'official', divisionCode: huren });
    const town = await service.signIn({ role: 'official', divisionCode: shuangqiao });
    const page = await official.get<{ items: { code: string }[] }>(`/v1/divisions?parent=${shuangqiao}&limit=1`);
    const other = page.items[0]?.code ?? '';
    const draft = await official.post<Listing>('/v1/listings', aWorkshop({ divisionCode: other, name: '联盟草稿' }));
    await open(town, {
      divisionCode: other,
      grantee: { identity: await identityOf(members) },
      permissions: ['listings:read'],
    });
    const there = inDivision(members, other);
    expect(await there.all<Listing>('/v1/listings?view=own')).toMatchObject([{ id: draft.id }]);
    expect((await there.refused('PATCH', `/v1/listings/${draft.id}`, { body: { title: '改' } })).code).toBe(
      'forbidden',
    );
    expect((await members.all<Listing>('/v1/listings?view=own')).map(({ id }) => id)).not.toContain(draft.id);
    expect(await refusal(inDivision(members, shuangqiao))).toBe('forbidden');
  });

  test('not before the grant begins, nor after it ends', async () => {
    const caller = await service.signIn({ role: 'official', divisionCode: neighbourCounty });
    const grantee = { identity: await identityOf(caller) };
    await open(official, { grantee, validFrom: later(day), validTo: later(2 * day) });
    expect(await refusal(inDivision(caller, gaojia))).toBe('forbidden');
    service.clock.advance(day);
    expect(await inDivision(caller, gaojia).get('/v1/me')).toMatchObject({ divisionCode: gaojia });
    service.clock.advance(day);
    expect(await refusal(inDivision(caller, gaojia))).toBe('forbidden');
  });

  test('is opened only by its own officials, with no more than they have', async () => {
    const grantee = { partyId: partyId(rival.uscc) };
    const refused = async (by: Caller, over: object) =>
      (
        await by.refused('POST', '/v1/division-grants', {
          body: { divisionCode: gaojia, grantee, permissions: ['listings:read'], validTo: later(day), ...over },
        })
      ).code;
    const town = await service.signIn({ role: 'official', divisionCode: gaojia });
    for (const divisionCode of [county, shuangqiao]) expect(await refused(town, { divisionCode })).toBe('forbidden');
    expect(await refused(town, { permissions: ['sessions:end'] })).toBe('forbidden');
    expect(await refused(town, { grantee: { partyId: '019aa5c2-7c00-7000-8000-000000000099' } })).toBe('unprocessable');
    expect(await refused(town, { grantee: { ...grantee, identity: brokerIs } })).toBe('unprocessable');
    const maker = await service.signIn({ role: 'enterprise', divisionCode: county, partyId: partyId(enterprise.uscc) });
    expect(await refused(maker, {})).toBe('forbidden');
  });

  test('an app gets no further by a grant to its person', async () => {
    const body = { label: '高家应用', role: 'third-party', divisionCode: shuangqiao };
    const { secret } = await platform.post<{ secret: string }>('/v1/api-keys', body);
    const caller = await service.signIn({ role: 'official', divisionCode: shuangqiao });
    await open(official, { grantee: { identity: await identityOf(caller) } });
    expect((await inDivision(caller, gaojia).ask('GET', '/v1/me')).status).toBe(200);
    expect(await refusal(inDivision(caller, gaojia).sending({ 'x-api-key': secret }))).toBe('forbidden');
  });
});

describe('under it all, row-level security', () => {
  const count = async (scope: Pick<Scope, 'audience'> & Partial<Scope>, table: string) => {
    const full = { ...divisionRange(county), actor: 'story', requestId: 'sql', ...scope };
    const { rows } = await service.context.db.inScope(full, (tx) =>
      tx.execute<{ count: number }>(`select count(*)::int from ${table}`),
    );
    return rows[0]?.count;
  };
  const secretTables = [
    'api_key',
    'mandate',
    'division_grant',
    'household_session',
    'sms_code',
    'local_message',
    'person',
  ];

  test('shows keys, mandates, sessions and people to nobody but the officials of the division', async () => {
    await publish(official, aWorkshop());
    for (const table of secretTables) {
      for (const audience of ['public', '', partyId(collective.uscc)]) {
        expect(await count({ audience }, table), `${table} to '${audience}'`).toBe(0);
      }
      expect(
        await count(
          { audience: 'division', ...divisionRange(neighbourCounty) },
          `${table} where region < '330802' or region >= '330802:'`,
        ),
      ).toBe(0);
    }
    for (const table of ['api_key', 'mandate', 'person']) {
      expect(await count({ audience: 'division' }, table), table).toBeGreaterThan(0);
    }
  });

  test('shows a household its own people and listings only', async () => {
    await importSheet(service, official, 'labour', await aSheet('labour', [aWorker({ number: 5 })]), { publish: true });
    expect(await count({ audience: 'division' }, 'person')).toBe(2);
    expect(await count({ audience: personId }, 'person')).toBe(1);
    const missing = '019aa5c2-7c00-7000-8000-000000000099';
    expect(await count({ audience: `${missing} ${personId}` }, `listing where kind = 'labour'`)).toBe(1);
    expect(await count({ audience: missing }, `listing where kind = 'labour'`)).toBe(0);
    expect(await count({ audience: personId, ...divisionRange(neighbourCounty) }, 'listing')).toBe(0);
  });

  test('shows a party its own mandates, and lets it make none for another', async () => {
    const own = partyId(enterprise.uscc);
    const all = await count({ audience: 'division' }, `mandate where grantor_party_id = '${own}'`);
    expect(await count({ audience: own }, 'mandate')).toBe(all);
    const insert = (audience: string, grantor: string) =>
      service.context.db.inScope({ ...divisionRange(county), audience, actor: 'story', requestId: 'sql' }, (tx) =>
        tx.execute(
          `insert into mandate (id, region, grantor_role, grantor_party_id, delegate, matters, valid_from, valid_to, proof, recorded_by)
           values (gen_random_uuid(), '${county}', 'enterprise', '${grantor}', 'x', '{}', now(), now() + '1 day', 'x', 'x')`,
        ),
      );
    await expect(insert(own, partyId(rival.uscc))).rejects.toMatchObject({ code: '42501' });
    await expect(insert(own, own)).resolves.toBeDefined();
  });

  test('lets nobody make a key for a party out of sight, whatever the service does', async () => {
    const insert = (scope: Scope) =>
      service.context.db.inScope(scope, (tx) =>
        tx.execute(
          `insert into api_key (id, region, client_id, prefix, hash, label, role, party_id)
           values (gen_random_uuid(), '${neighbourCounty}', gen_random_uuid(), 'x', gen_random_uuid()::text, 'x', 'enterprise',
                   '${partyId(enterprise.uscc)}')`,
        ),
      );
    const neighbour = { ...divisionRange(neighbourCounty), audience: 'division', actor: 'story', requestId: 'sql' };
    await expect(insert(neighbour)).rejects.toMatchObject({ code: '42501' });
    await expect(insert(platformScope('story'))).resolves.toBeDefined();
  });
});
