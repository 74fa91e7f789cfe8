// Who asks. Every role in every place, by key, token, session, app, mandate and grant; and every way to come with a credential that
// must not be believed, or not there.

import { issueKey, revokeKeys, type KeyRequest } from '../../../src/access/index.ts';
import type { Permission } from '../../../src/vocabulary/permissions.ts';
import { aSheet, aWorkshop, importSheet } from '../../../test/support/builders.ts';
import { callerOf, type Caller } from '../../../test/support/caller.ts';
import type { Service } from '../../../test/support/service.ts';
import type { Column, Standing } from './expectations.ts';
import { missing } from './requests.ts';
import type { Issuer } from './tokens.ts';
import { city, nextWorker, places, province, siblingTown, usccOf } from './world.ts';

export interface Asker extends Standing {
  name: string;
  headers: Record<string, string>;
}

/** Who is turned away, whatever is asked for. */
export interface Refused {
  name: string;
  /** Of the role that the credential would have: what it asks for is what that role could have. */
  column: Column;
  headers: Record<string, string>;
  status: 401 | 403;
  /** The one thing that can be done with it all the same. */
  mayStill?: string;
}

export interface People {
  askers: Asker[];
  refused: Refused[];
  /** A phone that a code was sent to which nobody has entered. */
  phone: string;
  code: string;
  /** Somebody who can be given a mandate. */
  delegate: string;
  personIds: string[];
  /** As the trail names a collective that has uploaded a workbook. */
  collectiveActor: string;
}

interface Given {
  platform: Caller;
  platformSecret: string;
  partyIds: ReadonlyMap<string, string>;
  issuer: Issuer;
}

type Key = Omit<KeyRequest, 'label'>;

const hour = 3_600_000;
const year = 365 * 24 * hour;
const limited: Permission[] = ['me:read', 'listings:read', 'listings:write'];
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
/** The last character stands for bits of the secret. */
const tamper = (secret: string) => `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`;
/** As the trail names a key. */
const actorOf = (secret: string) => `key:${secret.slice(0, 'gf_live_'.length + 6)}`;

/** Advances the clock: what must have ended has then ended. */
export async function gatherPeople(service: Service, given: Given): Promise<People> {
  const desk = openDesk(service, given);
  const brokerSecret = await desk.join('a broker', 'broker', { role: 'broker', divisionCode: places.own });
  const broker = { secret: brokerSecret, identity: await desk.identityOf(brokerSecret) };
  const far = { role: 'enterprise', divisionCode: places.far, partyId: desk.partyOf(usccOf.enterprise.far) } as const;
  const farSecret = await desk.join('an enterprise of another province', 'enterprise', far);

  const roles = rolesOf(desk);
  const soonOver = desk.later(hour);
  const expired = new Map<Column, string>();
  for (const { column, key } of roles) expired.set(column, await desk.issue({ ...key, expiresAt: soonOver }));
  const shortMandate = await desk.giveMandate(broker.identity, { validTo: soonOver.toISOString() });
  await desk.letIn(siblingTown, { partyId: far.partyId }, { validTo: soonOver.toISOString() });
  // When this has passed, the clock stands.
  const household = await signInHouseholds(desk);

  await comeByRole(desk, roles, expired);
  comeFromHomes(desk, household);
  const collectiveActor = await comeFromElsewhere(desk);
  await comeWithLess(desk);
  await comeForOthers(desk, { broker, personId: household.personIds[0] ?? '', shortMandate });
  await comeAsGuests(desk, { partyId: far.partyId, secret: farSecret });
  const { askers, refused } = desk;
  const { phone, code, personIds } = household;
  return { askers, refused, phone, code, personIds, delegate: broker.identity, collectiveActor };
}

// ── What is needed for it ───────────────────────────────────────────────────────────────────────────────────────────

type Desk = ReturnType<typeof openDesk>;

function openDesk(service: Service, { platform, platformSecret, partyIds, issuer }: Given) {
  const askers: Asker[] = [];
  const refused: Refused[] = [];
  const partyOf = (uscc: string) => partyIds.get(uscc) ?? '';
  const later = (milliseconds: number) => new Date(service.clock.now().getTime() + milliseconds);
  const issue = (key: Key) => issueKey(service.context, { label: '问者', ...key }, 'authz');
  const add = (name: string, standing: Standing, headers: Record<string, string>) =>
    void askers.push({ name, ...standing, headers });
  const validTo = later(year).toISOString();
  const ownParty = { role: 'enterprise', partyId: partyOf(usccOf.enterprise.own) };

  return {
    ...{ service, platform, platformSecret, issuer, askers, refused, partyOf, later, issue, add },
    refuse: (column: Column, what: string, status: Refused['status'], headers: Record<string, string>) =>
      void refused.push({ name: `${column}, ${what}`, column, headers, status }),
    /** Somebody with a key, in full standing. */
    join: async (name: string, column: Column, key: Key): Promise<string> => {
      const secret = await issue(key);
      add(name, standingOf(column, key, actorOf(secret)), bearer(secret));
      return secret;
    },
    identityOf: async (secret: string): Promise<string> => {
      const caller = callerOf(service.url, secret, service.heard);
      return (await caller.get<{ identity: string }>('/v1/me')).identity;
    },
    /** Of the enterprise, unless said otherwise. */
    giveMandate: async (delegate: string, over: Record<string, unknown> = {}): Promise<string> => {
      const mandate = {
        divisionCode: places.own,
        grantor: ownParty,
        matters: limited,
        validTo,
        proof: '委托',
        delegate,
      };
      return (await platform.post<{ id: string }>('/v1/mandates', { ...mandate, ...over })).id;
    },
    letIn: async (divisionCode: string, grantee: Record<string, string>, over: Record<string, unknown> = {}) => {
      const grant = { divisionCode, grantee, permissions: limited, validTo, ...over };
      return (await platform.post<{ id: string }>('/v1/division-grants', grant)).id;
    },
  };
}

function standingOf(column: Column, { divisionCode, partyId }: Key, ...names: string[]): Standing {
  return { column, division: divisionCode, owns: [...(partyId ? [partyId] : []), ...names] };
}

interface RoleKey {
  column: Column;
  key: Key;
  /** Comes by token, too. */
  isToken?: true;
}

function rolesOf({ partyOf, later }: Desk): RoleKey[] {
  const [enterprise, collective] = [partyOf(usccOf.enterprise.own), partyOf(usccOf.collective)];
  const expiresAt = later(year);
  return [
    { column: 'platform', key: { role: 'platform' } },
    { column: 'county', key: { role: 'official', divisionCode: places.parent }, isToken: true },
    { column: 'local', key: { role: 'official', divisionCode: places.own }, isToken: true },
    { column: 'enterprise', key: { role: 'enterprise', divisionCode: places.own, partyId: enterprise }, isToken: true },
    {
      column: 'collective',
      key: { role: 'collective', divisionCode: places.child, partyId: collective },
      isToken: true,
    },
    { column: 'broker', key: { role: 'broker', divisionCode: places.own } },
    { column: 'bank', key: { role: 'bank-officer', divisionCode: places.own }, isToken: true },
    { column: 'auditor', key: { role: 'auditor', divisionCode: places.parent, expiresAt }, isToken: true },
    { column: 'app', key: { role: 'third-party', divisionCode: places.own } },
  ];
}

// ── By key and token ────────────────────────────────────────────────────────────────────────────────────────────────

async function comeByRole(desk: Desk, roles: readonly RoleKey[], expired: ReadonlyMap<Column, string>): Promise<void> {
  const { service, issuer, issue } = desk;
  desk.add('nobody', { column: 'anonymous', division: undefined, owns: [] }, {});
  const now = service.clock.now();
  for (const { column, key, isToken } of roles) {
    await desk.join(`${column} by key`, column, key);
    if (isToken) {
      const claims = { role: column, division: key.divisionCode ?? '', ...(key.partyId && { party: key.partyId }) };
      desk.add(`${column} by token`, standingOf(column, key), bearer(await issuer.token(now, claims)));
      for (const [what, token] of Object.entries(await issuer.spoil(now, claims))) {
        desk.refuse(column, `a token ${what}`, 401, bearer(token));
      }
    }
    const good = await issue(key);
    const old = expired.get(column) ?? '';
    const revoked = await issue({ ...key, kind: 'demo' });
    const farApp = await issue({ role: 'third-party', divisionCode: places.far });
    const elsewhere = await issue({ ...key, ipRanges: ['10.0.0.0/8', '2001:db8::/32'] });
    for (const [what, headers] of Object.entries<Record<string, string>>({
      'an expired key': bearer(old),
      'a revoked key': bearer(revoked),
      'an altered key': bearer(tamper(good)),
      'a key cut short': bearer(good.slice(0, -1)),
      'a key from elsewhere': bearer(elsewhere),
      'a key by another scheme': { authorization: `Basic ${good}` },
      'an empty credential': { authorization: 'Bearer ' },
      'a key beside an altered app': { ...bearer(good), 'x-api-key': tamper(good) },
      'a key beside a revoked app': { ...bearer(good), 'x-api-key': revoked },
      'a key beside an expired app': { ...bearer(good), 'x-api-key': old },
    })) {
      desk.refuse(column, what, 401, headers);
    }
    // The platform acts everywhere.
    if (key.divisionCode === undefined) continue;
    for (const [where, code] of Object.entries({ above: '33', beside: '330802', 'in another province': places.far })) {
      desk.refuse(column, `acting ${where}`, 403, { ...bearer(good), 'x-division': code });
    }
    desk.refuse(column, 'by an app that serves elsewhere', 403, { ...bearer(good), 'x-api-key': farApp });
  }
  // Every demo key was made to be revoked.
  await revokeKeys(service.context, 'demo', 'authz');
}

// ── By session ──────────────────────────────────────────────────────────────────────────────────────────────────────

interface Households {
  phone: string;
  code: string;
  personIds: string[];
  sessions: Record<'first' | 'second' | 'old' | 'ended', string>;
}

/** Two households with a listing and a phone each. Half a day passes. */
async function signInHouseholds({ service, platform }: Desk): Promise<Households> {
  const { clock, visitor } = service;
  const workers = [nextWorker(places.child), nextWorker(places.child)];
  const [phone = '', otherPhone = ''] = workers.map(({ person }) => String(person?.['phone']));
  const personIds: string[] = [];
  for (const words of workers) {
    const { id, person } = await platform.post<{ id: string; person: { id: string } }>('/v1/listings', words);
    await platform.post(`/v1/listings/${id}/publication`);
    personIds.push(person.id);
  }
  /** Waits out the limit of one a minute. */
  const receiveCode = async (of: string) => {
    clock.advance(61_000);
    await visitor.post('/v1/sms-codes', { phone: of });
    await service.drain();
    const { body: page } = await visitor.ask<string>('GET', '/dev/outbox');
    const code = new RegExp(`<td>${of}</td><td>验证码 (\\d{6})</td>`).exec(page)?.[1];
    if (code === undefined) throw new Error('no code was sent');
    return code;
  };
  const signIn = async (of: string) =>
    (await visitor.post<{ token: string }>('/v1/sessions', { phone: of, code: await receiveCode(of) })).token;

  const old = await signIn(phone);
  clock.advance(13 * hour);
  const ended = await signIn(phone);
  await service.withKey(ended).post('/v1/sessions/current/end');
  const sessions = { old, ended, first: await signIn(phone), second: await signIn(otherPhone) };
  const code = await receiveCode(phone);
  clock.advance(61_000);
  return { phone, code, personIds, sessions };
}

function comeFromHomes(desk: Desk, { personIds: [first = '', second = ''], sessions }: Households): void {
  const atHome = { column: 'household', division: places.parent } as const;
  desk.add('a household', { ...atHome, owns: [first] }, bearer(sessions.first));
  desk.add('another household', { ...atHome, owns: [second] }, bearer(sessions.second));
  const elsewhere = { ...bearer(sessions.first), 'x-division': siblingTown };
  desk.add('a household elsewhere in its county', { ...atHome, division: siblingTown, owns: [first] }, elsewhere);
  desk.refuse('household', 'an expired session', 401, bearer(sessions.old));
  // Signing out again is no failure: the answer to the first time may have been lost.
  const ended = { name: 'household, an ended session', column: 'household', mayStill: 'endSession' } as const;
  desk.refused.push({ ...ended, headers: bearer(sessions.ended), status: 401 });
  desk.refuse('household', 'an altered session', 401, bearer(tamper(sessions.first)));
  desk.refuse('household', 'acting beside', 403, { ...bearer(sessions.first), 'x-division': '330802' });
  desk.refuse('household', 'beside a session for an app', 401, {
    ...bearer(sessions.first),
    'x-api-key': sessions.second,
  });
  desk.refuse('anonymous', 'with a session for an app', 401, { 'x-api-key': sessions.first });
  desk.refuse('anonymous', 'acting in a division', 403, { 'x-division': places.own });
}

// ── Above, below, beside ────────────────────────────────────────────────────────────────────────────────────────────

/** Returns what the trail calls a collective that uploads. */
async function comeFromElsewhere(desk: Desk): Promise<string> {
  const { service, partyOf } = desk;
  for (const [name, column, divisionCode] of [
    ['an official of the province', 'county', province],
    ['an official of the city', 'county', city],
    ['an official of the neighbour county', 'county', '330802'],
    ['an official of a county far away', 'county', '340102'],
    ['an official of the village', 'local', places.child],
    ['an official of the sibling town', 'local', siblingTown],
  ] as const) {
    await desk.join(name, column, { role: 'official', divisionCode });
  }
  const enterprise = { role: 'enterprise', partyId: partyOf(usccOf.enterprise.own) } as const;
  const other = { role: 'enterprise', partyId: partyOf(usccOf.otherInTown) } as const;
  const village = { role: 'collective', partyId: partyOf(usccOf.collective) } as const;
  await desk.join('an enterprise of the whole county', 'enterprise', { ...enterprise, divisionCode: places.parent });
  await desk.join('another enterprise of the town', 'enterprise', { ...other, divisionCode: places.own });
  await desk.join('a collective in its town', 'collective', { ...village, divisionCode: places.own });

  const uploader = { ...village, divisionCode: places.child };
  const secret = await desk.join('a collective that uploads', 'collective', uploader);
  // What another owns: the import is its own, and keeps a wrong cell.
  const rows = [aWorkshop({ divisionCode: places.child, rowKey: 'BJ-1', owner: usccOf.otherInVillage })];
  const division = places.child;
  await importSheet(service, service.withKey(secret), 'workshop', await aSheet('workshop', rows), { division });
  return actorOf(secret);
}

// ── With less than the role ─────────────────────────────────────────────────────────────────────────────────────────

async function comeWithLess(desk: Desk): Promise<void> {
  const { add, issue, platformSecret } = desk;
  const secret = await issue({ role: 'official', divisionCode: places.parent });
  const inTown = { division: places.own, owns: [] };
  add(
    'an official of the county acting in the town',
    { column: 'local', ...inTown },
    { ...bearer(secret), 'x-division': places.own },
  );
  // It then reaches as far as an official there, and audits as ever.
  add(
    'the platform acting in the town',
    { column: 'county', ...inTown },
    { ...bearer(platformSecret), 'x-division': places.own },
  );
  const scopes: Permission[] = ['me:read', 'listings:read'];
  const reading = await issue({ role: 'official', divisionCode: places.parent, scopes });
  add(
    'an official with a key for reading',
    { column: 'county', division: places.parent, owns: [], scopes },
    bearer(reading),
  );
  const app = await issue({ role: 'third-party', divisionCode: places.own, scopes: limited });
  add(
    'an official of the county through an app of the town',
    { column: 'local', ...inTown, scopes: limited },
    { ...bearer(secret), 'x-api-key': app },
  );
  add('that app alone', { column: 'app', ...inTown, scopes: limited }, { 'x-api-key': app });
}

// ── In another's name ───────────────────────────────────────────────────────────────────────────────────────────────

async function comeForOthers(
  desk: Desk,
  {
    broker,
    personId,
    shortMandate,
  }: { broker: { secret: string; identity: string }; personId: string; shortMandate: string },
): Promise<void> {
  const { add, issue, partyOf, giveMandate } = desk;
  const under = (secret: string, mandate: string) => ({ ...bearer(secret), 'x-mandate': mandate });
  const enterprise = { column: 'enterprise', division: places.own, owns: [partyOf(usccOf.enterprise.own)] } as const;
  const given = await giveMandate(broker.identity);
  add('a broker for an enterprise', { ...enterprise, scopes: limited }, under(broker.secret, given));

  const steward = { column: 'steward', division: places.child, owns: [personId] } as const;
  const forPerson = { divisionCode: places.child, grantor: { role: 'household', personId } };
  const ofPerson = await giveMandate(broker.identity, forPerson);
  add('a steward for a person', { ...steward, scopes: limited }, under(broker.secret, ofPerson));

  const importing: Permission[] = [...limited, 'imports:write'];
  const village = { role: 'collective', divisionCode: places.child, partyId: partyOf(usccOf.collective) } as const;
  const villageSecret = await issue(village);
  const wide = await giveMandate(await desk.identityOf(villageSecret), { ...forPerson, matters: importing });
  add('a collective for a person, for imports too', { ...steward, scopes: importing }, under(villageSecret, wide));

  const another = await desk.identityOf(await issue({ role: 'broker', divisionCode: places.own }));
  const ofAnother = await giveMandate(another);
  const revoked = await giveMandate(broker.identity);
  await desk.platform.post(`/v1/mandates/${revoked}/revocation`);
  const farGrantor = { role: 'enterprise', partyId: partyOf(usccOf.enterprise.far) };
  for (const [what, mandate] of Object.entries({
    'that is over': shortMandate,
    'that was revoked': revoked,
    'that has not begun': await giveMandate(broker.identity, { validFrom: desk.later(hour).toISOString() }),
    'of another province': await giveMandate(broker.identity, { divisionCode: places.far, grantor: farGrantor }),
    'that is not there': missing,
  })) {
    desk.refuse('broker', `a mandate ${what}`, 403, under(broker.secret, mandate));
  }
  for (const { key, column } of rolesOf(desk)) {
    desk.refuse(column, 'somebody else’s mandate', 403, under(await issue(key), ofAnother));
  }
  desk.refuse('anonymous', 'under a mandate', 403, { 'x-mandate': given });
}

// ── Let in from elsewhere ───────────────────────────────────────────────────────────────────────────────────────────

async function comeAsGuests(desk: Desk, far: { partyId: string; secret: string }): Promise<void> {
  const inTown = { division: places.own, scopes: limited };
  const acting = (secret: string, division: string) => ({ ...bearer(secret), 'x-division': division });
  await desk.letIn(places.own, { partyId: far.partyId });
  desk.add(
    'an enterprise of another province, let in to the town',
    { column: 'enterprise', ...inTown, owns: [far.partyId] },
    acting(far.secret, places.own),
  );
  const neighbour = await desk.issue({ role: 'official', divisionCode: places.sibling });
  await desk.letIn(places.own, { identity: await desk.identityOf(neighbour) });
  desk.add(
    'an official of another village, let in to the town',
    { column: 'local', ...inTown, owns: [] },
    acting(neighbour, places.own),
  );
  const [revokedIn, laterIn] = ['330802001', '330803001'];
  const revoked = await desk.letIn(revokedIn, { partyId: far.partyId });
  await desk.platform.post(`/v1/division-grants/${revoked}/revocation`);
  await desk.letIn(laterIn, { partyId: far.partyId }, { validFrom: desk.later(hour).toISOString() });
  for (const [what, division] of Object.entries({
    'that is over': siblingTown,
    'that was revoked': revokedIn,
    'that has not begun': laterIn,
    'of less than that': places.parent,
  })) {
    desk.refuse('enterprise', `a grant ${what}`, 403, acting(far.secret, division));
  }
}
