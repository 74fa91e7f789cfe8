// What a person may demand, and who may see what of him: masked by default, clear for a purpose and on record, consent that can be
// taken back, a copy of everything, erasure that leaves nothing, and files and people forgotten in time.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Import, Listing } from '../support/answers.ts';
import {
  aConsent,
  aPerson,
  aSheet,
  aWorker,
  aWorkshop,
  anOrder,
  asDrafts,
  county,
  huren,
  importSheet,
  publish,
  register,
  runRound,
} from '../support/builders.ts';
import { buildFilledSheet } from '../../src/lists/sheets/index.ts';
import { findWithdrawn, mayRevealContact } from '../../src/parties/index.ts';
import { platformScope } from '../../src/platform/database.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';
import { until } from '../support/until.ts';

interface LabourListing extends Listing {
  person: { id: string; name: string; phone: string; idNumber: string } | null;
}
interface ConsentList {
  consents: { givenOn: string; withdrawnOn: string | null; channel: string; recordedBy: string }[];
}

const day = 24 * 3_600_000;
let service: Service;
let official: Caller;
let auditor: Caller;
let number = 0;

beforeAll(async () => {
  service = await startService({ config: { sms: { template: '验证码 {code}', by: 'local-outbox' } } });
  official = await service.signIn({ role: 'official', divisionCode: county });
  auditor = await service.signIn({ role: 'auditor', divisionCode: county, expiresAt: new Date('2030-01-01') });
  await register(service, official);
});
afterAll(() => service.close());

/** Somebody nobody else in this file is. */
const somebody = (name: string) => ({ ...aPerson(++number), name, lowIncome: true });

/** The newest code that was sent to a phone, from the page of a developer’s machine. */
async function readCode(phone: string): Promise<string> {
  const { body } = await service.visitor.ask<string>('GET', '/dev/outbox');
  const code = new RegExp(`${phone}</td><td>\\D*(\\d{6})`).exec(body)?.[1];
  if (code === undefined) throw new Error('no code was sent');
  return code;
}

async function signInByPhone(phone: string): Promise<Caller> {
  service.clock.advance(61_000);
  await service.visitor.post('/v1/sms-codes', { phone });
  await service.drain();
  const body = { phone, code: await readCode(phone) };
  return service.withKey((await service.visitor.post<{ token: string }>('/v1/sessions', body)).token);
}

const readLabour = (caller: Caller) => caller.all<LabourListing>('/v1/listings?view=own&kind=labour&limit=100');

async function enter(person: ReturnType<typeof somebody>, words: Record<string, unknown> = {}): Promise<LabourListing> {
  return (await publish(official, aWorker({ person, ...words }))) as LabourListing;
}

const idOf = ({ person }: LabourListing): string => person?.id ?? 'the person is not shown';
const rowOf = async (id: string) =>
  (await service.rows<Record<string, unknown>>('select * from person where id = $1', [id]))[0];
const isPublished = async (id: string) => (await official.get<Listing>(`/v1/listings/${id}`)).status === 'published';

describe('who somebody is', () => {
  const person = { ...aPerson(800), name: '欧阳示例', phone: '13800001234', lowIncome: true };
  let listing: LabourListing;
  beforeAll(async () => {
    listing = await enter(person);
  });

  test('is shown masked to officials of the division, in lists, alone and after a change', async () => {
    const masked = {
      name: '欧阳*',
      phone: '138****1234',
      idNumber: expect.stringMatching(/^3308\*{10}\w{4}$/) as string,
    };
    expect(listing.person).toMatchObject(masked);
    expect((await readLabour(official)).find(({ id }) => id === listing.id)?.person).toMatchObject(masked);
    const changed = await official.patch<LabourListing>(`/v1/listings/${listing.id}`, {
      attributes: { homeWork: true },
    });
    expect(changed.person).toMatchObject(masked);
  });

  test('is shown to nobody else, not even masked, and neither is low income or consent', async () => {
    const town = await service.signIn({ role: 'official', divisionCode: '330803203' });
    expect(await readLabour(town)).toEqual([]);
    await town.refused('POST', `/v1/persons/${idOf(listing)}/disclosures`, { body: { purpose: 'inspection' } });
    const seen = await readLabour(auditor);
    expect(seen.length).toBeGreaterThan(0);
    for (const { person: shown, attributes } of seen) {
      expect(shown).toBeNull();
      expect(Object.keys(attributes).sort()).toEqual(
        ['skills', 'hoursPerWeek', 'maxCommuteKm', 'homeWork', 'star', 'minorUntil'].sort(),
      );
    }
    for (const caller of [auditor, service.visitor]) {
      const { code } = await caller.refused('POST', `/v1/persons/${idOf(listing)}/disclosures`, {
        body: { purpose: 'inspection' },
      });
      expect(['forbidden', 'unauthenticated']).toContain(code);
    }
  });

  test('is shown in clear for a purpose, once, and that is on record without a word of it', async () => {
    const answer = await official.ask<{ person: unknown }>('POST', `/v1/persons/${idOf(listing)}/disclosures`, {
      body: { purpose: 'arrange-work', note: '与欧阳示例约到岗时间' },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body.person).toEqual({ id: idOf(listing), ...person });
    const [reading] = await service.rows(
      `select actor, changed from audit_entry where table_name = 'person' and operation = 'read' and request_id = $1`,
      [answer.headers.get('x-request-id')],
    );
    expect(reading).toEqual({
      actor: expect.stringMatching(/^key:gf_live_/) as string,
      changed: { purpose: 'arrange-work' },
    });
    const [kept] = await service.rows<{ note: Buffer }>('select note from disclosure where person_id = $1', [
      idOf(listing),
    ]);
    expect(kept?.note.includes(Buffer.from('欧阳示例'))).toBe(false);
  });

  test('is not shown without a purpose, or for one that nobody knows', async () => {
    for (const body of [{}, { purpose: 'curiosity' }, { note: '看看' }]) {
      const { code } = await official.refused('POST', `/v1/persons/${idOf(listing)}/disclosures`, { body });
      expect(code).toBe('invalid-input');
    }
  });

  test('is a contact for the other side only when both have accepted', () => {
    const both = [true, false].flatMap((byEnterprise) => [true, false].map((byPerson) => ({ byEnterprise, byPerson })));
    expect(both.filter(mayRevealContact)).toEqual([{ byEnterprise: true, byPerson: true }]);
  });
});

describe('consent', () => {
  test('is a row of its own, by sheet and by the API, with who recorded it', async () => {
    const posted = await enter(somebody('示例甲'), {
      consent: aConsent({ channel: 'assisted', assistedBy: '网格员' }),
    });
    const imported = somebody('示例乙');
    await importSheet(service, official, 'labour', await aSheet('labour', [aWorker({ person: imported })]), {
      publish: true,
    });
    const rows = await service.rows<{ channel: string; assisted_by: string | null; recorded_by: string }>(
      `select c.channel, c.assisted_by, c.recorded_by from consent c
       where c.person_id = $1 or c.person_id = (select person_id from listing where import_id is not null limit 1)
       order by c.channel`,
      [idOf(posted)],
    );
    expect(rows).toEqual([
      { channel: 'assisted', assisted_by: '网格员', recorded_by: expect.stringMatching(/^key:/) as string },
      { channel: 'self', assisted_by: null, recorded_by: expect.stringMatching(/^key:/) as string },
    ]);
  });

  test('taken back takes the person out of lists and rounds at once, and a sheet that does not know of it changes nothing', async () => {
    const person = somebody('示例丙');
    const listing = await enter(person, { skills: ['beading'] });
    await publish(official, aWorkshop({ name: '串珠工坊' }));
    await publish(official, anOrder({ productName: '串珠', needs: [{ skill: 'beading', hoursPerWeek: 20 }] }));
    const before = await runRound(service, official);
    expect(before.summary?.orders.placed).toBe(1);

    const { consents } = await official.post<ConsentList>(`/v1/persons/${idOf(listing)}/consent-withdrawal`);
    expect(consents).toMatchObject([{ givenOn: '2026-11-01', withdrawnOn: '2026-11-21' }]);
    expect(await isPublished(listing.id)).toBe(false);
    const after = await runRound(service, official);
    expect(after.summary?.orders.placed).toBe(0);
    expect((await official.post<ConsentList>(`/v1/persons/${idOf(listing)}/consent-withdrawal`)).consents).toEqual(
      consents,
    );

    const again = await aSheet('labour', [aWorker({ person, skills: ['beading'], hoursPerWeek: 10 })]);
    const done = await importSheet(service, official, 'labour', again, { publish: true });
    expect(done).toMatchObject({ status: 'done', counts: { unchanged: 1, created: 0, updated: 0 } });
    expect(JSON.stringify(done)).toContain('该人已撤回同意');
    expect(await isPublished(listing.id)).toBe(false);
    await official.refused('POST', `/v1/listings/${listing.id}/publication`);
  });

  test('given anew on a later day brings the person back, by sheet or by the API', async () => {
    const people = [somebody('示例丁'), somebody('示例戊')];
    const [bySheet, byApi] = await Promise.all(people.map((person) => enter(person)));
    if (!bySheet || !byApi) throw new Error('nobody was entered');
    for (const listing of [bySheet, byApi]) await official.post(`/v1/persons/${idOf(listing)}/consent-withdrawal`);
    const sameDay = { textVersion: '2026-2', channel: 'paper', on: '2026-11-21' };
    const { code } = await official.refused('POST', `/v1/persons/${idOf(byApi)}/consents`, { body: sameDay });
    expect(code).toBe('unprocessable');

    service.clock.advance(2 * day);
    await official.post(`/v1/persons/${idOf(byApi)}/consents`, { ...sameDay, on: '2026-11-22' });
    await official.post(`/v1/listings/${byApi.id}/publication`);
    const row = aWorker({ ...(people[0] && { person: people[0] }), consent: aConsent({ on: '2026-11-22' }) });
    await importSheet(service, official, 'labour', await aSheet('labour', [row]), { publish: true });
    expect(await isPublished(bySheet.id)).toBe(true);
    expect(await isPublished(byApi.id)).toBe(true);
    await service.drain();
  });

  test('is not overtaken by an import that was already reading when it was taken back', async () => {
    const person = somebody('示例己');
    const listing = await enter(person);
    service.midst('lists.runImport', async () => {
      await official.post(`/v1/persons/${idOf(listing)}/consent-withdrawal`);
    });
    const sheet = await aSheet('labour', [aWorker({ person, hoursPerWeek: 11 })]);
    await importSheet(service, official, 'labour', sheet, { publish: true });
    expect(await isPublished(listing.id)).toBe(false);
  });
});

test('a withdrawal waits for whoever has just read that there is none, and then has the last word', async () => {
  const listing = await enter(somebody('示例卯'));
  const index = String((await rowOf(idOf(listing)))?.['id_number_index']);
  const order: string[] = [];
  let withdrawal: Promise<unknown> | undefined;
  await service.context.db.inScope(platformScope('story'), async (tx) => {
    expect(await findWithdrawn(tx, [index])).toEqual(new Map());
    withdrawal = official.post(`/v1/persons/${idOf(listing)}/consent-withdrawal`).then(() => order.push('withdrawn'));
    const isWaiting = async () => (await service.rows('select 1 from pg_locks where not granted')).length > 0;
    await until('the withdrawal waits or ends', async () =>
      (await isWaiting()) || order.length > 0 ? true : undefined,
    );
    order.push('written');
  });
  await withdrawal;
  expect(order).toEqual(['written', 'withdrawn']);
  await service.drain();
});

describe('a correction', () => {
  const right = { name: '示例改', phone: '13800007777' };
  const etagOf = async (id: string) => {
    const body = { purpose: 'correct-record' };
    const { headers } = await official.ask('POST', `/v1/persons/${id}/disclosures`, { body });
    return headers.get('etag') ?? 'none';
  };

  test('of name and phone stands sealed, is answered masked, and is in the trail without a word of it', async () => {
    const person = somebody('示例错');
    const id = idOf(await enter(person));
    const answer = await official.ask('PATCH', `/v1/persons/${id}`, {
      body: right,
      headers: { 'if-match': await etagOf(id) },
    });
    expect([answer.status, answer.body, answer.headers.get('etag')]).toEqual([
      200,
      { id, name: '示*', phone: '138****7777', idNumber: expect.stringMatching(/^3308\*{10}/) as string, version: 2 },
      expect.stringMatching(/^"2-/),
    ]);
    const copy = await official.get<{ person: object }>(`/v1/persons/${id}/export`);
    expect(copy.person).toMatchObject({ ...person, ...right });
    const [entry] = await service.rows<{ actor: string; changed: Record<string, unknown> }>(
      `select actor, changed from audit_entry where row_id = $1 and operation = 'update'`,
      [id],
    );
    expect(entry).toMatchObject({ changed: { sealed: '(changed)', phone_index: '(changed)', version: 2 } });
    expect(entry?.actor).toMatch(/^key:/);
  });

  test('of a version that another has changed meanwhile is refused', async () => {
    const id = idOf(await enter(somebody('示例版')));
    const read = await etagOf(id);
    await official.ask('PATCH', `/v1/persons/${id}`, { body: { name: '示例先' }, headers: { 'if-match': read } });
    const late = await official.refused('PATCH', `/v1/persons/${id}`, { body: right, headers: { 'if-match': read } });
    expect(late.code).toBe('version-conflict');
  });

  test('states what is right, and is an official’s of the division', async () => {
    const id = idOf(await enter(somebody('示例谁')));
    const refusal = async (caller: Caller, body: object) =>
      (await caller.refused('PATCH', `/v1/persons/${id}`, { body, headers: { 'if-match': '*' } })).code;
    for (const body of [{ phone: '12' }, { name: '' }, { idNumber: aPerson(1).idNumber }, { lowIncome: true }]) {
      expect(await refusal(official, body)).toBe('invalid-input');
    }
    expect(await refusal(official, {})).toBe('unprocessable');
    expect(await refusal(auditor, right)).toBe('forbidden');
    const town = await service.signIn({ role: 'official', divisionCode: '330803203' });
    expect(await refusal(town, right)).toBe('not-found');
    await official.post(`/v1/persons/${id}/erasure`, { reason: 'recorded-in-error' });
    expect(await refusal(official, right)).toBe('not-found');
  });

  test('of the phone ends the sessions of whoever has the wrong one', async () => {
    const [person, other] = [somebody('示例机'), somebody('示例留')];
    const id = idOf(await enter(person));
    await enter(other);
    const [wrong, stays] = [await signInByPhone(person.phone), await signInByPhone(other.phone)];
    const etag = await etagOf(id);
    await official.ask('PATCH', `/v1/persons/${id}`, { body: { name: '示例仍' }, headers: { 'if-match': etag } });
    expect((await wrong.ask('GET', '/v1/me')).status).toBe(200);
    await service.visitor.post('/v1/sms-codes', { phone: person.phone });
    await service.drain();
    await official.patch(`/v1/persons/${id}`, { phone: '13800007778' });
    expect((await wrong.refused('GET', '/v1/me')).code).toBe('unauthenticated');
    const code = await readCode(person.phone);
    const late = await service.visitor.ask('POST', '/v1/sessions', { body: { phone: person.phone, code } });
    expect(late.status).toBe(401);
    expect((await stays.ask('GET', '/v1/me')).status).toBe(200);
    const rightful = await signInByPhone('13800007778');
    expect(await rightful.get('/v1/me')).toMatchObject({ people: [{ id, phone: '138****7778' }] });
  });
});

describe('a copy of everything', () => {
  test('holds who he is, what he agreed to, offers and was proposed for, and who has seen it', async () => {
    const person = somebody('示例庚');
    const listing = await enter(person, { skills: ['folding'] });
    await publish(official, aWorkshop({ name: '折盒工坊' }));
    await publish(official, anOrder({ productName: '折盒', needs: [{ skill: 'folding', hoursPerWeek: 20 }] }));
    await runRound(service, official);
    await official.post(`/v1/persons/${idOf(listing)}/disclosures`, { purpose: 'verify-identity' });
    const copy = await official.get<Record<string, unknown>>(`/v1/persons/${idOf(listing)}/export`);
    expect(copy).toMatchObject({
      person: { id: idOf(listing), ...person, divisionCode: huren },
      consents: [{ givenOn: '2026-11-01', withdrawnOn: null }],
      listings: [{ id: listing.id, attributes: { skills: ['folding'] } }],
      proposals: expect.arrayContaining([
        expect.objectContaining({ status: 'proposed', skill: 'folding', hoursPerWeek: 20 }),
      ]) as unknown,
      readings: [{ purpose: 'verify-identity' }, { purpose: 'export' }],
    });
    await auditor.refused('GET', `/v1/persons/${idOf(listing)}/export`);
  });
});

describe('erasure', () => {
  test('leaves an id that means nobody, and neither listing, index, note nor file', async () => {
    const person = somebody('示例辛');
    const listing = await enter(person, { skills: ['weighing'] });
    const id = idOf(listing);
    await publish(official, aWorkshop({ name: '称重工坊' }));
    await publish(official, anOrder({ productName: '称重', needs: [{ skill: 'weighing', hoursPerWeek: 20 }] }));
    await runRound(service, official);
    await official.post(`/v1/persons/${id}/disclosures`, { purpose: 'correct-record', note: person.name });
    const [wrong] = asDrafts([aWorker()]);
    const misspelt = {
      ...person,
      idNumber: `${person.idNumber.slice(0, 17)}${person.idNumber.endsWith('1') ? '2' : '1'}`,
    };
    const refused = await importSheet(
      service,
      official,
      'labour',
      await buildFilledSheet('labour', wrong ? [{ ...wrong, person: misspelt }] : []),
    );
    expect(refused.status).toBe('refused');
    const erased = await official.post(`/v1/persons/${id}/erasure`, { reason: 'asked-by-person' });
    expect(erased).toMatchObject({ personId: id, listingsRemoved: 1, importFilesRemoved: 1 });
    expect(await rowOf(id)).toMatchObject({ sealed: null, id_number_index: null, phone_index: null, region: huren });
    expect(await service.rows('select id from listing where person_id = $1 or id = $2', [id, listing.id])).toEqual([]);
    expect(await service.rows('select id from disclosure where person_id = $1 and note is not null', [id])).toEqual([]);
    expect((await official.refused('GET', `/v1/imports/${refused.id}/error-workbook`)).texts.zh).toContain(
      '已按保存期限或应个人申请删除',
    );
    // What was proposed still adds up; whom it meant nobody can tell.
    expect(await service.rows('select id from proposal_labour where worker_id = $1', [listing.id])).not.toEqual([]);
    const after = await runRound(service, official);
    expect(after.status).toBe('done');

    for (const [method, path, body] of [
      ['GET', 'export', undefined],
      ['POST', 'disclosures', { purpose: 'inspection' }],
      ['POST', 'consent-withdrawal', undefined],
    ] as const) {
      const { code } = await official.refused(method, `/v1/persons/${id}/${path}`, body && { body });
      expect(code, path).toBe('not-found');
    }
    expect(await official.post(`/v1/persons/${id}/erasure`, { reason: 'asked-by-person' })).toMatchObject({
      listingsRemoved: 0,
      importFilesRemoved: 0,
    });
    const back = await enter(person);
    expect(idOf(back)).not.toBe(id);
  });

  test('waits for a sheet of people that is just being read', async () => {
    const person = somebody('示例壬');
    const listing = await enter(person);
    service.midst('lists.runImport', async () => {
      const problem = await official.refused('POST', `/v1/persons/${idOf(listing)}/erasure`, {
        body: { reason: 'recorded-in-error' },
      });
      expect(problem.code).toBe('unavailable');
    });
    const sheet = await aSheet('labour', [aWorker({ person, hoursPerWeek: 12 })]);
    expect((await importSheet(service, official, 'labour', sheet)).status).toBe('done');
    await official.post(`/v1/persons/${idOf(listing)}/erasure`, { reason: 'recorded-in-error' });
  });
});

describe('in time', () => {
  const forget = async () => {
    const { outbox, db } = service.context;
    const scope = { lo: '0', hi: ':', audience: 'division', actor: 'story', requestId: '' };
    await db.inScope(scope, (tx) => outbox.tell(tx, { type: 'retention.due', region: '0', payload: {} }));
    await service.drain();
  };

  test('uploaded files and people long withdrawn are forgotten, others are not', async () => {
    const [gone, stays] = [await enter(somebody('示例癸')), await enter(somebody('示例子'))];
    await official.post(`/v1/persons/${idOf(gone)}/consent-withdrawal`);
    const [wrong] = asDrafts([aWorker()]);
    const sheet = await buildFilledSheet(
      'labour',
      wrong ? [{ ...wrong, person: { ...aPerson(990), phone: '12' } }] : [],
    );
    const refused = await importSheet(service, official, 'labour', sheet);
    const keptFile = () => official.ask<Import>('GET', `/v1/imports/${refused.id}/error-workbook`);

    // The database dates what is written by its own clock: here all of it was written when the story says.
    const now = service.clock.now();
    await service.rows('update import_job set created_at = $1', [now]);
    await service.rows('update person set updated_at = $1', [now]);
    await service.rows('update listing set updated_at = $1', [now]);

    service.clock.advance(29 * day);
    await forget();
    expect((await keptFile()).status).toBe(200);
    service.clock.advance(2 * day);
    await forget();
    expect((await keptFile()).status).toBe(409);
    expect(await rowOf(idOf(gone))).toMatchObject({ erased_at: null });

    service.clock.advance(150 * day);
    await forget();
    expect(await rowOf(idOf(gone))).toMatchObject({ sealed: null, erased_for: 'retention' });
    expect(await rowOf(idOf(stays))).toMatchObject({ erased_at: null });
  });

  test('what signing in left behind is forgotten: codes and messages after a day, sessions after half a year', async () => {
    const person = somebody('示例寅');
    await enter(person);
    await signInByPhone(person.phone);
    const newest = async (table: string) =>
      (await service.rows<{ id: string }>(`select id from ${table} order by id desc limit 1`))[0]?.id;
    const tables = ['sms_code', 'local_message', 'household_session'] as const;
    const rows = await Promise.all(tables.map(async (table) => [table, await newest(table)] as const));
    const kept = async () => {
      const found = await Promise.all(
        rows.map(([table, id]) => service.rows<{ id: string }>(`select id from ${table} where id = $1`, [id])),
      );
      return tables.filter((_, at) => found[at]?.length === 1);
    };
    await forget();
    expect(await kept()).toEqual(tables);
    service.clock.advance(day + 6 * 60_000);
    await forget();
    expect(await kept()).toEqual(['household_session']);
    service.clock.advance(183 * day);
    await forget();
    expect(await kept()).toEqual(['household_session']);
    service.clock.advance(day);
    await forget();
    expect(await kept()).toEqual([]);
  });
});
