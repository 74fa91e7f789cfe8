// One good POST of every operation. Enters: a county in which something has happened already. Leaves: what to send; each time for a
// thing of its own, so that it can be sent again and again. The contract says which operations there are.

import { gzipSync } from 'node:zlib';
import {
  anEnterprise,
  aPerson,
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
} from '../../../test/support/builders.ts';
import { callerOf, xlsx, type Caller } from '../../../test/support/caller.ts';
import { issueKey } from '../../../src/access/index.ts';
import { ENGINE_VERSION } from '../../../src/matching/engine/index.ts';
import { aScenario, aScenarioInput } from '../../../src/matching/engine/scenario-builder.ts';
import { examples } from '../../../src/matching/examples.ts';
import { round } from '../../../src/matching/tables.ts';
import { answerSmsCode } from '../../../src/parties/index.ts';
import type { Context } from '../../../src/platform/context.ts';
import { readConfig } from '../../../src/platform/config.ts';
import { platformScope } from '../../../src/platform/database.ts';
import { newId } from '../../../src/platform/id.ts';
import { countOutbox } from '../../../src/platform/outbox.ts';
import { start } from '../../../src/start.ts';
import { until } from '../../../test/support/until.ts';
import { tradeSamples, type Party } from './trade-samples.ts';

export interface Post {
  path: string;
  headers: Record<string, string>;
  body?: NonNullable<RequestInit['body']>;
}

export interface World {
  context: Context;
  official: Caller;
  town: Caller;
  visitor: Caller;
  /** A village that offers, and an enterprise that asks. */
  village: Party;
  buyer: Party;
  rival: Party;
  /** As the official, in JSON. */
  post: (path: string, body?: unknown) => Post;
  /** A number that nothing has had yet. */
  next: () => number;
  close: () => Promise<void>;
}

/** Registers the parties, with workers; after that nobody reacts to what is told, so that it can be counted. */
export async function openWorld(env: NodeJS.ProcessEnv, url: string): Promise<World> {
  const { context, stop } = await start(readConfig(env), { api: false, workers: true });
  const secret = await issueKey(context, { label: 'proof', role: 'official', divisionCode: county }, 'system:proof');
  const townSecret = await issueKey(
    context,
    { label: 'proof', role: 'official', divisionCode: gaojia },
    'system:proof',
  );
  const heard: string[] = [];
  const official = callerOf(url, secret, heard);
  const parties = await register({ drain: () => drain(context) }, official, [collective, enterprise, rival]);
  await importSheet({ drain: () => drain(context) }, official, 'labour', await aSheet('labour', [aWorker()]), {
    publish: true,
  });
  await stop();
  const idle = await start(readConfig({ ...env, PORT: '0' }), { api: true, workers: false });
  let last = 1;
  // Asks a process that is never killed.
  const visitor = callerOf(idle.url ?? '', undefined, heard);
  // Makes the platform's own keys: once, and no effect of the first sample.
  await visitor.post('/v1/sms-codes', { phone: phoneOf(0) });
  const partyOf = async (role: 'collective' | 'enterprise', divisionCode: string, uscc: string): Promise<Party> => {
    const key = { label: 'proof', role, divisionCode, partyId: parties.get(uscc) ?? '' };
    const partySecret = await issueKey(idle.context, key, 'system:proof');
    return { caller: callerOf(idle.url ?? '', partySecret, heard), secret: partySecret };
  };
  return {
    context: idle.context,
    official: callerOf(idle.url ?? '', secret, heard),
    town: callerOf(idle.url ?? '', townSecret, heard),
    visitor,
    village: await partyOf('collective', huren, collective.uscc),
    buyer: await partyOf('enterprise', gaojia, enterprise.uscc),
    rival: await partyOf('enterprise', gaojia, rival.uscc),
    post: (path, body) => ({
      path,
      headers: { authorization: `Bearer ${secret}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
    next: () => (last += 1),
    close: () => idle.stop(),
  };
}

const drain = (context: Context) =>
  until('the outbox is empty', async () => ((await countOutbox(context.db)).due === 0 ? true : undefined)).then(
    () => {},
  );

/** Who bids against the enterprise. */
const rival = anEnterprise(2);

export type Sample = (world: World) => Promise<Post>;
const validTo = '2099-01-01T00:00:00+08:00';

/** By operationId. */
export const samples: Record<string, Sample> = {
  requestSmsCode: async ({ next }) => asVisitor(next(), '/v1/sms-codes', { phone: phoneOf(next()) }),

  async createSession(world) {
    const { number } = await writeDownPerson(world);
    const { phone } = aPerson(number);
    return asVisitor(number, '/v1/sessions', { phone, code: await receiveCode(world, number) });
  },

  async endSession(world) {
    const { number } = await writeDownPerson(world);
    const token = await signIn(world, number);
    return { path: '/v1/sessions/current/end', headers: { authorization: `Bearer ${token}` } };
  },
  async endOtherSession(world) {
    const { number, personId } = await writeDownPerson(world);
    const token = await signIn(world, number);
    const { rows } = await world.context.db.inScope(platformScope('system:proof'), (tx) =>
      tx.execute<{ id: string }>(`select id from household_session where '${personId}' = any (person_ids)`),
    );
    return { path: `/v1/sessions/${rows[0]?.id}/end`, headers: { authorization: `Bearer ${token}` } };
  },

  createApiKey: async ({ post, next }) => post('/v1/api-keys', newKey(next())),
  rotateApiKey: async (world) => world.post(`/v1/api-keys/${(await makeKey(world)).id}/rotation`, {}),
  revokeApiKey: async (world) => world.post(`/v1/api-keys/${(await makeKey(world)).id}/revocation`),

  createMandate: async (world) => world.post('/v1/mandates', await newMandate(world)),
  revokeMandate: async (world) =>
    world.post(`/v1/mandates/${await idOf(world, '/v1/mandates', await newMandate(world))}/revocation`),

  createDivisionGrant: async (world) => world.post('/v1/division-grants', await newGrant(world)),
  revokeDivisionGrant: async (world) =>
    world.post(`/v1/division-grants/${await idOf(world, '/v1/division-grants', await newGrant(world))}/revocation`),

  createListing: async ({ post, next }) => post('/v1/listings', aWorkshop({ name: `工坊${next()}` })),
  publishListing: async (world) =>
    world.post(
      `/v1/listings/${await idOf(world, '/v1/listings', aWorkshop({ name: `工坊${world.next()}` }))}/publication`,
    ),
  withdrawListing: async (world) =>
    world.post(
      `/v1/listings/${(await publish(world.official, aWorkshop({ name: `工坊${world.next()}` }))).id}/withdrawal`,
    ),

  submitListing: async (world) => world.post(`${await draftListing(world)}/submission`),
  approveListing: async (world) => world.post(`${await submitListing(world)}/approval`),
  returnListing: async (world) => world.post(`${await submitListing(world)}/return`, { reasons: '核对' }),
  renewListing: async (world) => world.post(`${await publishedListing(world)}/renewal`),
  closeListing: async (world) => world.post(`${await publishedListing(world)}/closure`),
  reportOutdatedListing: async (world) => world.post(`${await publishedListing(world)}/outdated-reports`),
  createSavedSearch: async (world) => {
    await forgetSearches(world);
    return world.post('/v1/saved-searches', newSearch(world.next()));
  },
  async readSearchAlerts(world) {
    await forgetSearches(world);
    const id = await idOf(world, '/v1/saved-searches', newSearch(world.next()));
    return world.post(`/v1/saved-searches/${id}/reading`, {});
  },

  createListPublication: async ({ post }) => post('/v1/list-publications', newPublication),
  submitListPublication: async (world) =>
    world.post(`/v1/list-publications/${await idOf(world, '/v1/list-publications', newPublication)}/submission`),
  approveListPublication: async (world) => world.post(`${await submitPublication(world)}/approval`),
  returnListPublication: async (world) => world.post(`${await submitPublication(world)}/return`, { reasons: '核对' }),
  async publishListPublication(world) {
    // The one before is superseded each time, the first time too.
    await world.official.post(`${await approvePublication(world)}/publication`);
    return world.post(`${await approvePublication(world)}/publication`);
  },

  async requestImport({ post, next }) {
    const { path, headers } = post(`/v1/imports?sheet=workshop&division=${county}`);
    const bytes = await aSheet('workshop', [aWorkshop({ name: `工坊${next()}`, rowKey: String(next()) })]);
    return { path, headers: { ...headers, 'content-type': xlsx }, body: new Uint8Array(bytes) };
  },

  async requestRound(world) {
    await cancelQueuedRounds(world);
    return world.post('/v1/rounds', { divisionCode: county, seed: world.next() });
  },
  async cancelRound(world) {
    await cancelQueuedRounds(world);
    return world.post(`/v1/rounds/${await idOf(world, '/v1/rounds', { divisionCode: county })}/cancellation`);
  },
  async matchRoundVariant(world) {
    const id = newId();
    const scenario = gzipSync(JSON.stringify(aScenario()));
    await world.context.db.inScope(platformScope('system:proof'), (tx) =>
      tx.insert(round).values({
        ...{ id, region: county, status: 'done' as const, cause: 'request' as const, requestedBy: 'system:proof' },
        ...{ asOf: '2026-11-21', seed: 1, policy: {}, engine: ENGINE_VERSION, scenario },
        summary: examples.round.summary,
      }),
    );
    return world.post(`/v1/rounds/${id}/what-if`, { fairnessWeights: [0] });
  },
  matchScenario: async ({ post }) => post('/v1/what-if', aScenarioInput()),

  async signOutPerson(world) {
    const { number, personId } = await writeDownPerson(world);
    await signIn(world, number);
    return world.post(`/v1/persons/${personId}/sign-out`);
  },
  ...tradeSamples,

  disclosePerson: async (world) =>
    world.post(`/v1/persons/${(await writeDownPerson(world)).personId}/disclosures`, {
      purpose: 'arrange-work',
      note: '联系',
    }),
  recordConsent: async (world) =>
    world.post(`/v1/persons/${(await writeDownPerson(world)).personId}/consents`, {
      ...{ textVersion: '2026-2', channel: 'assisted', assistedBy: '网格员', on: '2026-11-02' },
    }),
  withdrawConsent: async (world) =>
    world.post(`/v1/persons/${(await writeDownPerson(world)).personId}/consent-withdrawal`),
  erasePerson: async (world) =>
    world.post(`/v1/persons/${(await writeDownPerson(world)).personId}/erasure`, { reason: 'asked-by-person' }),
};

async function idOf({ official }: World, path: string, body: unknown): Promise<string> {
  return (await official.post<{ id: string }>(path, body)).id;
}

const newSearch = (number: number) => ({ name: `proof ${number}`, query: { q: '厂房' } });

/** One caller keeps only so many. */
async function forgetSearches({ official }: World): Promise<void> {
  const kept = await official.all<{ id: string }>('/v1/saved-searches');
  for (const { id } of kept) await official.ask('DELETE', `/v1/saved-searches/${id}`);
}

const newPublication = { list: 'resources', divisionCode: county };

/** Drafted by the town, so that the county’s official may review it. */
async function draftListing(world: World): Promise<string> {
  return `/v1/listings/${await idOf(world, '/v1/listings', aWorkshop({ name: `工坊${world.next()}` }))}`;
}

async function submitListing(world: World): Promise<string> {
  const path = await draftListing(world);
  await world.official.post(`${path}/submission`);
  return path;
}

async function publishedListing({ official, next }: World): Promise<string> {
  return `/v1/listings/${(await publish(official, aWorkshop({ name: `工坊${next()}` }))).id}`;
}

async function submitPublication({ town }: World): Promise<string> {
  const draft = { ...newPublication, divisionCode: gaojia };
  const path = `/v1/list-publications/${(await town.post<{ id: string }>('/v1/list-publications', draft)).id}`;
  await town.post(`${path}/submission`);
  return path;
}

async function approvePublication(world: World): Promise<string> {
  const path = await submitPublication(world);
  await world.official.post(`${path}/approval`);
  return path;
}

const newKey = (number: number) => ({ divisionCode: county, label: `proof ${number}`, role: 'third-party' });

async function makeKey({ official, next }: World) {
  return (await official.post<{ key: { id: string; clientId: string } }>('/v1/api-keys', newKey(next()))).key;
}

async function newMandate(world: World) {
  return {
    divisionCode: county,
    grantor: { role: 'household', personId: (await writeDownPerson(world)).personId },
    delegate: `client:${(await makeKey(world)).clientId}`,
    ...{ matters: ['listings:read'], validTo, proof: '2026-17' },
  };
}

async function newGrant(world: World) {
  const identity = `client:${(await makeKey(world)).clientId}`;
  return { divisionCode: county, grantee: { identity }, permissions: ['listings:read'], validTo };
}

async function cancelQueuedRounds({ official }: World): Promise<void> {
  const rounds = await official.all<{ id: string; status: string }>(`/v1/rounds?limit=100`);
  for (const { id, status } of rounds) if (status === 'queued') await official.post(`/v1/rounds/${id}/cancellation`);
}

// ── Villagers ───────────────────────────────────────────────────────────────────────────────────────────────────────

async function writeDownPerson({ official, context, next }: World): Promise<{ number: number; personId: string }> {
  const number = next();
  const { id } = await publish(official, aWorker({ number }));
  const { rows } = await context.db.inScope(platformScope('system:proof'), (tx) =>
    tx.execute<{ personId: string }>(`select person_id as "personId" from listing where id = '${id}'`),
  );
  return { number, personId: rows[0]?.personId ?? '' };
}

async function signIn(world: World, number: number): Promise<string> {
  const words = { phone: aPerson(number).phone, code: await receiveCode(world, number) };
  return (await world.visitor.post<{ token: string }>('/v1/sessions', words)).token;
}

const phoneOf = (number: number) => `1390000${String(number).padStart(4, '0')}`;
/** Each from an address of his own: one address may ask for few codes only. */
const addressOf = (number: number) => ({ 'x-forwarded-for': `10.0.${number >> 8}.${number & 255}` });

function asVisitor(number: number, path: string, body: unknown): Post {
  return { path, headers: { 'content-type': 'application/json', ...addressOf(number) }, body: JSON.stringify(body) };
}

/** Asks for a code and does the worker's part; the message is on the developer's page. */
async function receiveCode({ visitor, context }: World, number: number): Promise<string> {
  const { phone } = aPerson(number);
  await visitor.sending(addressOf(number)).post('/v1/sms-codes', { phone });
  const { rows } = await context.db.inScope(platformScope('system:proof'), (tx) =>
    tx.execute<{ id: string }>('select id from sms_code order by id desc limit 1'),
  );
  await answerSmsCode(context, { smsCodeId: rows[0]?.id ?? '' });
  const { body } = await visitor.ask<string>('GET', '/dev/outbox');
  const code = new RegExp(`${phone}[^]*?(\\d{6})`).exec(body)?.[1];
  if (code === undefined) throw new Error(`no code was sent to ${phone}`);
  return code;
}
