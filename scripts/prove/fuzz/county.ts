// A county to fuzz: a service of our own with something of every kind in it, and a caller of every role.

import { issueKey } from '../../../src/access/index.ts';
import { defaultPolicy } from '../../../src/lists/lifecycle/trade-terms.ts';
import { shanghaiDate } from '../../../src/vocabulary/calendar.ts';
import { nameDatabase, databaseUrl, onServer, startPostgresLane } from '../../../test/support/postgres-lane.ts';
import {
  aSheet,
  aWorker,
  aWorkshop,
  anEnterprise,
  anOrder,
  collective,
  county,
  enterprise,
  importSheet,
  publishAll,
  register,
  runRound,
} from '../../../test/support/builders.ts';
import { callerOf, type Caller } from '../../../test/support/caller.ts';
import { startService, type Service } from '../../../test/support/service.ts';
import type { Import, Listing } from '../../../test/support/answers.ts';
import type { FuzzCaller } from '../fuzz.ts';
import { tradeSamples, type Party, type World as TradeWorld } from '../idempotency/trade-samples.ts';

export interface County {
  service: Service;
  callers: FuzzCaller[];
  /** New people, drafts and imports; ids that a list does not tell, by the name under which they are known. */
  feed(): Promise<[name: string, values: string[]][]>;
  stop(): Promise<void>;
}

export async function startCounty(): Promise<County> {
  const postgres = await startPostgresLane();
  const name = nameDatabase(postgres.address.runPrefix);
  await onServer(postgres.address.serverUrl, `create database ${name} template ${postgres.address.template}`);
  const service = await startService({
    place: {
      database: { url: databaseUrl(postgres.address, name), drop: async () => {} },
      lane: { kind: 'postgres' },
    },
    config: {
      // Rounds come when they are asked for.
      matchQuietSeconds: 86_400,
      sms: { template: '验证码 {code}', by: 'local-outbox' },
    },
  });
  const heard: string[] = [];
  const official = callerOf(service.url, await keyOf(service, { role: 'official', divisionCode: county }), heard);
  const rival = anEnterprise(2);
  const parties = await register(service, official, [collective, enterprise, rival]);
  const partyId = (uscc: string) => parties.get(uscc) ?? '';

  const keys: Omit<Parameters<typeof issueKey>[1], 'label'>[] = [
    { role: 'platform' },
    { role: 'official', divisionCode: county },
    { role: 'enterprise', divisionCode: county, partyId: partyId(enterprise.uscc) },
    { role: 'collective', divisionCode: collective.divisionCode, partyId: partyId(collective.uscc) },
    { role: 'broker', divisionCode: county },
    { role: 'bank-officer', divisionCode: county },
    { role: 'auditor', divisionCode: county, expiresAt: new Date('2030-01-01') },
    { role: 'third-party', divisionCode: county },
  ];
  const callers: FuzzCaller[] = [{ name: 'anonymous', secret: undefined }];
  for (const key of keys) callers.push({ name: key.role, secret: await keyOf(service, key) });
  const household: FuzzCaller = { name: 'household', secret: undefined };
  const leaving: FuzzCaller = { name: 'household that leaves', secret: undefined, leaves: true };
  callers.push(household, leaving);

  await publishAll(official, [
    aWorkshop(),
    anOrder(),
    anOrder({ productName: '缝纫', needs: [{ skill: 'sewing', hoursPerWeek: 1_000 }] }),
    ...[1, 2, 3].map((number) => aWorker({ number })),
  ]);
  await runRound(service, official);

  const partyOf = async (role: 'collective' | 'enterprise', uscc: string): Promise<Party> => {
    const secret = await keyOf(service, { role, divisionCode: county, partyId: partyId(uscc) });
    return { caller: callerOf(service.url, secret, heard), secret };
  };
  let traded = 0;
  const trades: TradeWorld = {
    context: service.context,
    official,
    village: await partyOf('collective', collective.uscc),
    buyer: await partyOf('enterprise', enterprise.uscc),
    rival: await partyOf('enterprise', rival.uscc),
    post: (path) => ({ path, headers: {} }),
    next: () => ++traded,
  };

  let people = 3;
  async function feed(): Promise<[string, string[]][]> {
    heard.length = 0;
    // Whatever the storm laid down: from today on the terms under which trades are made ready.
    const validFrom = shanghaiDate(service.clock.now());
    await official.put(`/v1/trade-policies/${county}`, { validFrom, source: '交易办法', terms: defaultPolicy.terms });
    const workers = Array.from({ length: 12 }, () => aWorker({ number: ++people }));
    const published = await publishAll(official, workers);
    await official.post('/v1/listings', aWorkshop({ name: `工坊${people}` }));
    const waiting = await official.post<Listing>('/v1/listings', aWorkshop({ name: `待审${people}` }));
    await official.post(`/v1/listings/${waiting.id}/submission`);
    const bad = await importSheet(
      service,
      official,
      'workshop',
      await aSheet('workshop', [aWorkshop({ owner: anEnterprise(99).uscc, name: `坏${people}` })]),
    );
    const good = await importSheet(
      service,
      official,
      'workshop',
      await aSheet('workshop', [aWorkshop({ name: `好${people}` })]),
      { publish: true },
    );
    const persons = published.flatMap((listing) => (listing as { person?: { id: string } }).person?.id ?? []);
    const { identity } = await official.get<{ identity: string }>('/v1/me');
    for (let left = 3; left > 0; left -= 1) {
      await official.post('/v1/api-keys', { label: `app ${people}`, role: 'third-party', divisionCode: county });
      const term = { divisionCode: county, validTo: '2030-01-01T00:00:00Z' };
      await official.post('/v1/mandates', {
        ...term,
        grantor: { role: 'enterprise', partyId: partyId(enterprise.uscc) },
        delegate: identity,
        matters: ['listings:write'],
        proof: '演示委托书',
      });
      await official.post('/v1/division-grants', { ...term, grantee: { identity }, permissions: ['listings:read'] });
    }
    // Two phones that nobody has asked for yet, hours later.
    service.clock.advance(2 * 3_600_000);
    household.secret = await signInByPhone(service, official, people);
    leaving.secret = await signInByPhone(service, official, people - 1);
    // Waits for a worker, or runs: there is something to cancel.
    await official.ask('POST', '/v1/rounds', { body: { divisionCode: county, moves: 100_000 } });
    return [
      ['imports/id', [bad, good].map(({ id }: Import) => id)],
      ['/v1/persons/{id}/erasure', persons.slice(0, 6)],
      ...(await readyTrades(trades)),
      ['/v1/listings/{id}/approval', [waiting.id]],
      ['trade-policies/division', [county]],
    ];
  }

  return {
    service,
    callers,
    feed,
    async stop() {
      // What the storm left undone is no mistake of the service.
      await service.close().catch(() => {});
      await postgres.stop();
    },
  };
}

/** Of every step of a trade something that waits for just this step, by the path of its operation. */
async function readyTrades(world: TradeWorld): Promise<[path: string, ids: string[]][]> {
  const ready: [string, string[]][] = [];
  const listingIds: string[] = [];
  for (const sample of Object.values(tradeSamples)) {
    const { path, body } = await sample(world);
    const [, id] = /\/([0-9a-f-]{36})\//.exec(path) ?? [];
    if (id !== undefined) ready.push([path.replace(id, '{id}'), [id]]);
    const { listingId } = JSON.parse(typeof body === 'string' ? body : '{}') as { listingId?: string };
    if (listingId !== undefined) listingIds.push(listingId);
  }
  return [...ready, ['listingId', listingIds]];
}

function keyOf(service: Service, key: Omit<Parameters<typeof issueKey>[1], 'label'>): Promise<string> {
  return issueKey(service.context, { label: `fuzz ${key.role}`, ...key }, 'fuzz');
}

async function signInByPhone(service: Service, caller: Caller, number: number): Promise<string> {
  const phone = `1380000${String(number).padStart(4, '0')}`;
  await caller.post('/v1/sms-codes', { phone });
  await service.drain();
  const page = (await service.visitor.ask<string>('GET', '/dev/outbox')).body;
  const [, code = ''] = new RegExp(`${phone}</td><td>验证码 (\\d{6})`).exec(page) ?? [];
  return (await caller.post<{ token: string }>('/v1/sessions', { phone, code })).token;
}
