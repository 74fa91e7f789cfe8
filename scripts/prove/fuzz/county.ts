// A county to fuzz: a service of our own with something of every kind in it, and a caller of every role.

import { issueKey } from '../../../src/access/index.ts';
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
      sms: { template: '验证码 {code}', by: 'local-outbox' },
      // What is refused for coming too often says nothing of what was sent.
      rateLimits: { caller: 1e9, visitor: 1e9, refusedCredentials: 1e9 },
      pressure: { eventLoopLagMs: 60_000, databaseQueue: 100_000 },
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
    const persons = published.flatMap((listing) => (listing as { person?: { id: string } }).person?.id ?? []);
    // Two phones that nobody has asked for yet, hours later.
    service.clock.advance(2 * 3_600_000);
    household.secret = await signInByPhone(service, official, people);
    leaving.secret = await signInByPhone(service, official, people - 1);
    return [
      ['imports/id', [bad, good].map(({ id }: Import) => id)],
      ['/v1/persons/{id}/erasure', persons.slice(0, 6)],
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
