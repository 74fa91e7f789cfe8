// A county to fuzz: a service of our own with something of every kind in it, and a caller of every role.

import { issueKey } from '../../../src/access/index.ts';
import { nameDatabase, databaseUrl, onServer, startPostgresLane } from '../../../test/support/postgres-lane.ts';
import {
  aDecision,
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
  type ListingWords,
} from '../../../test/support/builders.ts';
import { callerOf, type Caller } from '../../../test/support/caller.ts';
import { startService, type Service } from '../../../test/support/service.ts';
import type { Import } from '../../../test/support/answers.ts';
import type { FuzzCaller } from '../fuzz.ts';

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
  const parties = await register(service, official);
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
  const village = callerOf(service.url, callers.find(({ name }) => name === 'collective')?.secret, heard);
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

  let people = 3;
  async function feed(): Promise<[string, string[]][]> {
    heard.length = 0;
    const workers = Array.from({ length: 12 }, () => aWorker({ number: ++people }));
    const published = await publishAll(official, workers);
    await official.post('/v1/listings', aWorkshop({ name: `工坊${people}` }));
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
    const plots = await publishAll(
      official,
      [1, 2, 3, 4].map((number) => aPlot(`地块${people}-${number}`)),
    );
    const terms = { intendedUse: 'grain', startsOn: '2027-01-01', endsOn: '2027-12-31' };
    for (const { id: listingId } of plots.slice(0, 2)) {
      const wish = { listingId, ...terms, reservePriceFen: 400_000, instalments: 1 };
      const { id } = await village.post<{ id: string }>('/v1/biddings', wish);
      await official.post(`/v1/biddings/${id}/notice`);
    }
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
      ['listingId', plots.slice(2).map(({ id }) => id)],
      // Terms of a county in which nothing is offered: they are laid down, and nothing here is judged by them.
      ['trade-policies/division', ['330802']],
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

/** Land of the collective that may be asked for and bid for. */
function aPlot(name: string): ListingWords {
  return {
    ...{ kind: 'land', divisionCode: collective.divisionCode, owner: collective.uscc, decision: aDecision() },
    attributes: {
      ...{ name, idleLandKind: 'collective-idle', landClass: '0103', isBasicFarmland: false, areaMuX100: 320 },
      ...{ transferWay: 'lease', rentFenPerMuYear: 45_000 },
    },
  };
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
