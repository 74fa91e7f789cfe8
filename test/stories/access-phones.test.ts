// Villagers sign in by a code to the phone. What is said to whoever asks tells nothing; what was sent works once, for a while,
// and shows a household its own listing, masked, and nothing else.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { savePersons } from '../../src/parties/index.ts';
import { platformScope } from '../../src/platform/database.ts';
import { aPerson, aSheet, aWorker, aWorkshop, county, huren, importSheet } from '../support/builders.ts';
import type { Answer, Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

interface Me {
  role: string;
  divisionCode: string;
  people: { name: string; phone: string; idNumber: string; listings: { id: string; divisionCode: string }[] }[];
}

const minutes = 60_000;
const sharedPhone = aPerson(1).phone;
const stranger = '13999999999';

let service: Service;
let official: Caller;
let gateway: Server;
let sent: { phone: string; text: string; authorization: string | undefined }[] = [];
let gatewayAnswers: number[] = [];

beforeAll(async () => {
  gateway = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const status = gatewayAnswers.shift() ?? 200;
      const message = JSON.parse(body) as { phone: string; text: string };
      sent.push({ ...message, authorization: request.headers.authorization });
      response.writeHead(status).end(`sent to ${message.phone}`);
    });
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/send`;
  service = await startService({
    offerAgainSeconds: 1,
    config: { sms: { template: '验证码 {code}。', by: { url, token: 'gateway-secret' } } },
  });
  official = await service.signIn({ role: 'official', divisionCode: county });
  // Two people of one household share a phone; a third has one of his own.
  const rows = [
    aWorker({ number: 1 }),
    aWorker({ number: 2, person: { ...aPerson(2), phone: sharedPhone } }),
    aWorker({ number: 3 }),
  ];
  await importSheet(service, official, 'labour', await aSheet('labour', rows), { publish: true });
});
afterAll(async () => {
  await service.close();
  gateway.close();
});

const ask = (phone: string): Promise<Answer> => service.visitor.ask('POST', '/v1/sms-codes', { body: { phone } });
const enter = (phone: string, code: string) =>
  service.visitor.ask<{ token: string }>('POST', '/v1/sessions', { body: { phone, code } });
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

/** Waits out the limits, asks, and reads the message. */
async function receiveCode(phone: string): Promise<string> {
  service.clock.advance(61 * minutes);
  sent = [];
  expect((await ask(phone)).status).toBe(202);
  await service.drain();
  const code = /验证码 (\d{6})。/.exec(sent.at(-1)?.text ?? '')?.[1];
  if (code === undefined) throw new Error(`no code was sent: ${JSON.stringify(sent)}`);
  return code;
}

async function signIn(phone: string): Promise<Caller> {
  const { body } = await enter(phone, await receiveCode(phone));
  return service.withKey(body.token);
}

describe('whoever asks for a code', () => {
  test('hears the same whether the phone is known or not, and only the known one gets a message', async () => {
    service.clock.advance(61 * minutes);
    sent = [];
    const [known, unknown] = [await ask(sharedPhone), await ask(stranger)];
    expect([known.status, known.body]).toEqual([202, { validForSeconds: 300 }]);
    expect([unknown.status, unknown.body]).toEqual([known.status, known.body]);
    await service.drain();
    expect(sent).toMatchObject([{ phone: sharedPhone, authorization: 'Bearer gateway-secret' }]);
  });

  test.each([sharedPhone, stranger])('for %s is told to wait when it is too often, and how long', async (phone) => {
    service.clock.advance(61 * minutes);
    for (let asked = 0; asked < 5; asked += 1) {
      expect((await ask(phone)).status).toBe(202);
      const again = await ask(phone);
      expect([again.status, again.headers.get('retry-after')]).toEqual([429, '60']);
      service.clock.advance(minutes);
    }
    const sixth = await ask(phone);
    expect([sixth.status, sixth.headers.get('retry-after')]).toEqual([429, String(55 * 60)]);
    await service.drain();
  });

  test('with many phones from one address is told to wait, too', async () => {
    service.clock.advance(61 * minutes);
    const phones = Array.from({ length: 31 }, (_, at) => `139000000${String(at).padStart(2, '0')}`);
    const statuses = (await Promise.all(phones.map(ask))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 202)).toHaveLength(30);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    await service.drain();
  });

  test('at the same moment gets one code', async () => {
    service.clock.advance(61 * minutes);
    const statuses = (await Promise.all(Array.from({ length: 5 }, () => ask(sharedPhone)))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([202, 429, 429, 429, 429]);
    await service.drain();
  });

  test('by a landline or nonsense is told so', async () => {
    for (const phone of ['0570-3830001', '12345678901', '']) expect((await ask(phone)).status).toBe(400);
  });
});

describe('a code', () => {
  test('works once', async () => {
    const code = await receiveCode(sharedPhone);
    const first = await enter(sharedPhone, code);
    expect([first.status, first.body]).toEqual([
      201,
      { token: expect.stringMatching(/^gf_session_/) as string, expiresAt: expect.any(String) as string },
    ]);
    expect((await enter(sharedPhone, code)).status).toBe(401);
  });

  test('works once even when entered many times at the same moment', async () => {
    const code = await receiveCode(sharedPhone);
    const answers = await Promise.all(Array.from({ length: 6 }, () => enter(sharedPhone, code)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  test('is good for five minutes', async () => {
    const early = await receiveCode(sharedPhone);
    service.clock.advance(5 * minutes - 1);
    expect((await enter(sharedPhone, early)).status).toBe(201);
    const late = await receiveCode(sharedPhone);
    service.clock.advance(5 * minutes);
    expect((await enter(sharedPhone, late)).status).toBe(401);
  });

  test('stands four wrong guesses, not five', async () => {
    const lucky = await receiveCode(sharedPhone);
    for (let guess = 0; guess < 4; guess += 1) expect((await enter(sharedPhone, wrong(lucky))).status).toBe(401);
    expect((await enter(sharedPhone, lucky)).status).toBe(201);
    const unlucky = await receiveCode(sharedPhone);
    for (let guess = 0; guess < 5; guess += 1) expect((await enter(sharedPhone, wrong(unlucky))).status).toBe(401);
    expect((await enter(sharedPhone, unlucky)).status).toBe(401);
  });

  test('is replaced by a newer one, and belongs to one phone', async () => {
    const older = await receiveCode(sharedPhone);
    service.clock.advance(minutes);
    await ask(sharedPhone);
    await service.drain();
    expect((await enter(sharedPhone, older)).status).toBe(401);
    const code = await receiveCode(sharedPhone);
    expect((await enter(aPerson(3).phone, code)).status).toBe(401);
  });

  test('refused says the same for every reason, and for a phone that nobody has', async () => {
    const code = await receiveCode(sharedPhone);
    const bodies = [
      await enter(sharedPhone, wrong(code)),
      await enter(stranger, code),
      await enter('13700000000', code),
    ];
    const words = bodies.map(({ status, body }) => ({ ...body, requestId: '', token: undefined, status }));
    expect(new Set(words.map((said) => JSON.stringify(said))).size).toBe(1);
  });

  test('is sent again, the same, when the gateway failed', async () => {
    service.clock.advance(61 * minutes);
    sent = [];
    gatewayAnswers = [500, 503];
    await ask(sharedPhone);
    // A failed reaction is offered again after a moment of real time.
    await service.drain();
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map(({ text }) => text)).size).toBe(1);
  });

  test('and its phone stand nowhere in the clear', async () => {
    const code = await receiveCode(sharedPhone);
    const [row] = await service.rows<Record<string, unknown>>('select * from sms_code order by id desc limit 1');
    expect(row).toMatchObject({ sealed: null });
    for (const secret of [code, sharedPhone]) {
      expect(JSON.stringify(row)).not.toContain(secret);
      const where = `changed::text like '%' || $1 || '%' and table_name in ('sms_code', 'household_session')`;
      expect(await service.rows(`select id from audit_entry where ${where}`, [secret])).toEqual([]);
      expect(service.logged.filter((line) => line.includes(secret))).toEqual([]);
    }
  });
});

describe('a household', () => {
  test('sees what is written down of its people, masked, and may do nothing else', async () => {
    const household = await signIn(sharedPhone);
    const me = await household.get<Me>('/v1/me');
    expect(me).toMatchObject({ role: 'household', divisionCode: county });
    expect(me.people).toHaveLength(2);
    for (const person of me.people) {
      expect(person).toMatchObject({
        name: '示*',
        phone: '138****0001',
        idNumber: expect.stringMatching(/^3308\*{10}\d{3}[\dX]$/) as string,
      });
      expect(person.listings).toMatchObject([{ divisionCode: huren }]);
    }
    const own = await household.get<{ items: { id: string }[] }>('/v1/listings?view=own&kind=labour');
    expect(own.items.map(({ id }) => id).sort()).toEqual(
      me.people.flatMap((p) => p.listings.map(({ id }) => id)).sort(),
    );
    const id = own.items[0]?.id ?? '';
    for (const [method, path, body] of [
      ['PATCH', `/v1/listings/${id}`, { attributes: { hoursPerWeek: 8 } }],
      ['POST', '/v1/listings', aWorkshop()],
      ['POST', `/v1/listings/${id}/withdrawal`],
      ['GET', '/v1/proposals'],
      ['GET', '/v1/api-keys'],
      ['GET', '/v1/rounds'],
    ] as const) {
      expect((await household.refused(method, path, { body })).code, path).toBe('forbidden');
    }
  });

  test('sees nothing of the neighbour', async () => {
    const [household, neighbour] = [await signIn(sharedPhone), await signIn(aPerson(3).phone)];
    const theirs = (await neighbour.get<Me>('/v1/me')).people.flatMap(({ listings }) => listings);
    expect(theirs).toHaveLength(1);
    expect((await household.refused('GET', `/v1/listings/${theirs[0]?.id}`)).code).toBe('not-found');
  });

  test('known in several counties signs in once and sees its people of each', async () => {
    const migrant = { ...aPerson(9), lowIncome: false };
    const scope = platformScope('story');
    await service.context.db.inScope(scope, (tx) =>
      savePersons(service.context, tx, [
        { region: '330802', identity: migrant },
        { region: huren, identity: { ...aPerson(10), phone: migrant.phone, lowIncome: false } },
      ]),
    );
    const household = await signIn(migrant.phone);
    const me = await household.get<Me>('/v1/me');
    expect(me.divisionCode).toBe('3308');
    expect(me.people.map(({ phone }) => phone)).toEqual(['138****0009', '138****0009']);
    const own = await household.get<{ items: unknown[] }>('/v1/listings?view=own&kind=labour');
    expect(own.items).toEqual([]);
    // In a province of its own, too: then the range is the country, and what is seen stays the same.
    await service.context.db.inScope(scope, (tx) =>
      savePersons(service.context, tx, [
        { region: '340102', identity: { ...aPerson(11), phone: migrant.phone, lowIncome: false } },
      ]),
    );
    const wide = await signIn(migrant.phone);
    expect(await wide.get<Me>('/v1/me')).toMatchObject({ divisionCode: null, people: [{}, {}, {}] });
    expect((await wide.get<{ items: unknown[] }>('/v1/listings?view=own&kind=labour')).items).toEqual([]);
  });

  test('is signed out by itself at once, after two hours without use, and after twelve in any case', async () => {
    const household = await signIn(sharedPhone);
    await household.post('/v1/sessions/current/end');
    expect((await household.refused('GET', '/v1/me')).code).toBe('unauthenticated');
    const other = await signIn(sharedPhone);
    service.clock.advance(2 * 60 * minutes);
    expect((await other.refused('GET', '/v1/me')).code).toBe('unauthenticated');
    const busy = await signIn(sharedPhone);
    for (let hour = 1; hour < 12; hour += 1) {
      service.clock.advance(60 * minutes);
      expect((await busy.ask('GET', '/v1/me')).status, `after ${hour} hours`).toBe(200);
    }
    service.clock.advance(60 * minutes);
    expect((await busy.refused('GET', '/v1/me')).code).toBe('unauthenticated');
  });

  test('sees where it is signed in, and ends what it no longer wants', async () => {
    interface Sessions {
      items: { id: string; isCurrent: boolean }[];
    }
    const [here, lost] = [await signIn(sharedPhone), await signIn(sharedPhone)];
    // Each sign-in takes an hour here.
    await here.get('/v1/me');
    const neighbour = await signIn(aPerson(3).phone);
    const { items } = await here.get<Sessions>('/v1/sessions');
    expect(items.map(({ isCurrent }) => isCurrent)).toEqual([false, true]);
    const [other, own] = items.map(({ id }) => id);
    expect((await neighbour.get<Sessions>('/v1/sessions')).items).toHaveLength(1);
    expect((await neighbour.refused('POST', `/v1/sessions/${other}/end`)).code).toBe('not-found');
    await here.post(`/v1/sessions/${other}/end`);
    await here.post(`/v1/sessions/${other}/end`);
    expect((await lost.refused('GET', '/v1/me')).code).toBe('unauthenticated');
    expect((await here.get<Sessions>('/v1/sessions')).items).toMatchObject([{ id: own, isCurrent: true }]);
    // Nor may one that has ended end others.
    expect((await lost.ask('POST', `/v1/sessions/${own}/end`)).status).toBe(401);
  });

  test('is signed out everywhere by an official, as when the phone is lost', async () => {
    const lost = await signIn(sharedPhone);
    const neighbour = await signIn(aPerson(3).phone);
    const [person] = (await lost.get<{ people: { id: string }[] }>('/v1/me')).people;
    await official.post(`/v1/persons/${person?.id}/sign-out`);
    expect((await lost.refused('GET', '/v1/me')).code).toBe('unauthenticated');
    expect((await neighbour.ask('GET', '/v1/me')).status).toBe(200);
  });
});

test('without a way to send messages nobody is promised one', async () => {
  const without = await startService({ workers: false });
  try {
    for (const phone of [sharedPhone, stranger]) {
      const problem = await without.visitor.refused('POST', '/v1/sms-codes', { body: { phone } });
      expect(problem.code).toBe('unprocessable');
    }
    expect((await without.visitor.refused('GET', '/dev/outbox')).code).toBe('not-found');
  } finally {
    await without.close();
  }
});

test('on a developer’s machine messages appear on a page, which is nowhere else', async () => {
  expect((await service.visitor.refused('GET', '/dev/outbox')).code).toBe('not-found');
  const local = await startService({ config: { sms: { template: '<b>{code}</b>', by: 'local-outbox' } } });
  try {
    const clerk = await local.signIn({ role: 'official', divisionCode: county });
    await importSheet(local, clerk, 'labour', await aSheet('labour', [aWorker()]), { publish: true });
    await local.visitor.post('/v1/sms-codes', { phone: sharedPhone });
    await local.drain();
    const { headers, body } = await local.visitor.ask<string>('GET', '/dev/outbox');
    expect(headers.get('content-type')).toContain('text/html');
    const code = /&#60;b&#62;(\d{6})&#60;/.exec(body)?.[1] ?? '';
    expect(body).toContain(sharedPhone);
    const { token } = await local.visitor.post<{ token: string }>('/v1/sessions', { phone: sharedPhone, code });
    expect(await local.withKey(token).get('/v1/me')).toMatchObject({ role: 'household' });
    for (const column of ['sealed']) {
      const [row] = await local.rows<Record<string, Buffer>>(`select ${column} from local_message`);
      expect(row?.[column]?.includes(Buffer.from(sharedPhone))).toBe(false);
    }
  } finally {
    await local.close();
  }
});
