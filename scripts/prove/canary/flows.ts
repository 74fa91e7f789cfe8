// Everything that can be done with people, done with marked ones: by sheet and by the API, rightly and wrongly, by every role.
// Leaves: what each role was answered, and apart from it what an official was rightly shown.

import { issueKey, type KeyRequest } from '../../../src/access/index.ts';
import { buildFilledSheet } from '../../../src/lists/sheets/index.ts';
import type { Listing, Round } from '../../../test/support/answers.ts';
import {
  aSheet,
  aWorker,
  aWorkshop,
  anOrder,
  asDrafts,
  collective,
  county,
  enterprise,
  importSheet,
  publish,
  register,
  runRound,
} from '../../../test/support/builders.ts';
import { callerOf, type Caller } from '../../../test/support/caller.ts';
import type { Service } from '../../../test/support/service.ts';
import { misspell, type Canary } from './people.ts';

export interface Heard {
  /** By role: what was answered where nobody is entitled to clear values. */
  byRole: ReadonlyMap<string, readonly string[]>;
  /** Disclosures, exports, error workbooks: here the values must be, or the whole search would prove nothing. */
  authorised: readonly string[];
}

export interface Flown {
  official: Caller;
  heard: Heard;
  personIds: string[];
}

type LabourListing = Listing & { person: { id: string } | null };

export async function flyThrough(
  service: Service,
  people: readonly Canary[],
  say: (step: string) => void,
): Promise<Flown> {
  const byRole = new Map<string, string[]>();
  const authorised: string[] = [];
  const signIn = async (name: string, key: Omit<KeyRequest, 'label'> | undefined): Promise<Caller> => {
    const answers: string[] = [];
    byRole.set(name, answers);
    const secret = key && (await issueKey(service.context, { label: `canary ${name}`, ...key }, 'canary'));
    return callerOf(service.url, secret, answers);
  };

  const official = await signIn('official', { role: 'official', divisionCode: county });
  const parties = await register(service, official);
  const partyId = (uscc: string) => parties.get(uscc) ?? '';
  const expiresAt = new Date('2030-01-01');
  const others: Caller[] = [
    await signIn('anonymous', undefined),
    await signIn('enterprise', { role: 'enterprise', divisionCode: county, partyId: partyId(enterprise.uscc) }),
    await signIn('collective', {
      role: 'collective',
      divisionCode: collective.divisionCode,
      partyId: partyId(collective.uscc),
    }),
    await signIn('official of another county', { role: 'official', divisionCode: '330802' }),
    await signIn('auditor', { role: 'auditor', divisionCode: county, expiresAt }),
    await signIn('bank officer', { role: 'bank-officer', divisionCode: county }),
    await signIn('third party', { role: 'third-party', divisionCode: county }),
  ];

  say('sheets, good and bad');
  const half = Math.ceil(people.length / 2);
  const [bySheet, byApi] = [people.slice(0, half), people.slice(half)];
  const good = bySheet.map((person, at) =>
    aWorker({ person: { ...person }, skills: at % 2 ? ['packing'] : ['sewing'], owner: collective.uscc }),
  );
  await importSheet(service, official, 'labour', await aSheet('labour', good), { publish: true });
  const bad = asDrafts(people.map(() => aWorker())).map((draft, at) => {
    const person = people[at];
    return person
      ? {
          ...draft,
          person: {
            ...person,
            idNumber: at % 2 ? misspell(person) : person.idNumber,
            phone: at % 2 ? person.phone : person.phone.slice(1),
          },
        }
      : draft;
  });
  const badSheet = await buildFilledSheet('labour', bad);
  const refused = await importSheet(service, official, 'labour', badSheet);
  await official.all(`/v1/imports/${refused.id}/problems?limit=100`);
  const tried = await importSheet(service, official, 'labour', await buildFilledSheet('labour', bad.slice(0, 3)), {
    partly: true,
    dryRun: true,
  });
  authorised.push(await sheetText(await official.download(`/v1/imports/${refused.id}/error-workbook`)));
  for (const caller of others) {
    for (const path of ['', '/problems', '/error-workbook']) await caller.ask('GET', `/v1/imports/${tried.id}${path}`);
  }
  const names = Buffer.from(people.map((person) => Object.values(person).join(',')).join('\n'));
  await official.ask('POST', `/v1/imports?sheet=labour&division=${county}`, { body: names });
  // Where people write names, too: what a file is called is not taken at all.
  const [first] = people;
  const called = new URLSearchParams({ sheet: 'labour', division: county, fileName: `${first?.name ?? ''}名单.xlsx` });
  const named = await official.ask('POST', `/v1/imports?${called.toString()}`, { body: Buffer.from(badSheet) });
  if (named.status !== 400) throw new Error(`a file name was taken: ${named.status}`);
  await service.drain();

  say('requests, right and wrong');
  for (const [at, person] of byApi.entries()) {
    const words = aWorker({ person: { ...person }, skills: at % 2 ? ['packing'] : ['sewing'] });
    await publish(official, words);
    const wrong = [
      words,
      { ...words, title: person.name },
      { ...words, nickname: person.name },
      { ...words, [person.name]: person.phone },
      { ...words, person: { ...person, phone: `${person.phone}0` } },
      { ...words, attributes: { ...words.attributes, skills: [person.name] } },
      { ...words, consent: { ...words.consent, channel: person.idNumber } },
      `{"person":{"name":"${person.name}","phone":`,
      JSON.stringify(words).padEnd(300_000),
    ];
    const body = wrong[at % wrong.length];
    await official.ask('POST', '/v1/listings', { body });
    await (others[at % others.length] ?? official).ask('POST', '/v1/listings', { body });
  }

  say('search, lists and rounds, by every role');
  await publish(official, aWorkshop({ seats: 50, areaM2: 400 }));
  await publish(official, anOrder({ needs: [{ skill: 'packing', hoursPerWeek: 100 }] }));
  await publish(official, anOrder({ productName: '缝纫', needs: [{ skill: 'sewing', hoursPerWeek: 100_000 / 100 }] }));
  const round = await runRound(service, official);
  const listings = await official.all<LabourListing>('/v1/listings?view=own&kind=labour&limit=100');
  const personIds = listings.flatMap(({ person }) => person?.id ?? []);
  for (const caller of [official, ...others]) await lookEverywhere(caller, people, { round, listings, personIds });

  say('wrong addresses, headers and methods');
  for (const [at, person] of people.entries()) {
    const caller = [official, ...others][at % (others.length + 1)] ?? official;
    const word = encodeURIComponent([person.name, person.idNumber, person.phone][at % 3] ?? '');
    await caller.ask('GET', `/v1/${word}`);
    await caller.ask('GET', `/v1/listings/${word}`);
    await caller.ask('GET', `/v1/listings?${word}=1&cursor=${word}`);
    await caller.ask('DELETE', `/v1/persons/${word}`);
    await caller.ask('POST', `/v1/persons/${word}/erasure`, { body: { reason: person.name } });
    await caller.ask('GET', '/v1/listings', { headers: { authorization: `Bearer ${person.phone}` } });
    await caller.ask('GET', '/v1/parties', {
      headers: { 'x-request-id': person.idNumber, 'if-match': `"${person.phone}"` },
    });
    await caller.ask('POST', '/v1/sms-codes', { body: { phone: person.phone } });
    await caller.ask('POST', '/v1/sessions', { body: { phone: person.phone, code: '000000' } });
  }
  await service.drain();

  say('a database that fails');
  // What is logged of an internal error must not say what somebody searched for.
  await service.rows('alter table listing rename column search_text to search_text_away');
  for (const { name } of people.slice(0, 5)) await official.ask('GET', `/v1/listings?q=${encodeURIComponent(name)}`);
  if (first) await official.ask('POST', '/v1/listings', { body: aWorker({ person: { ...first } }) });
  await service.rows('alter table listing rename column search_text_away to search_text');

  say('clear values for a purpose, copies, withdrawals');
  const entitled = callerOf(
    service.url,
    await issueKey(service.context, { label: 'canary', role: 'official', divisionCode: county }, 'canary'),
    authorised,
  );
  for (const [at, id] of personIds.entries()) {
    const note = `约${people[at]?.name ?? ''}谈到岗`;
    await entitled.post(`/v1/persons/${id}/disclosures`, { purpose: 'arrange-work', note });
    await entitled.get(`/v1/persons/${id}/export`);
    const right = { name: `${people[at]?.name ?? ''}正` };
    await official.ask('PATCH', `/v1/persons/${id}`, { body: right, headers: { 'if-match': '*' } });
    if (at % 10 === 0) await official.post(`/v1/persons/${id}/consent-withdrawal`);
  }
  for (const listing of listings.slice(0, 10)) {
    await official.ask('PATCH', `/v1/listings/${listing.id}`, {
      headers: { 'if-match': '*' },
      body: { attributes: { hoursPerWeek: 12 } },
    });
    await official.ask('PATCH', `/v1/listings/${listing.id}`, {
      headers: { 'if-match': '*' },
      body: { title: people[0]?.name },
    });
  }
  await service.drain();
  return { official, heard: { byRole, authorised }, personIds };
}

async function lookEverywhere(
  caller: Caller,
  people: readonly Canary[],
  { round, listings, personIds }: { round: Round; listings: readonly Listing[]; personIds: readonly string[] },
): Promise<void> {
  const paths = [
    '/v1/me',
    '/v1/parties?limit=100',
    `/v1/lists?division=${county}`,
    `/v1/lists/idle-labour?county=${county}`,
    '/v1/listings?kind=labour&limit=100',
    '/v1/listings?view=own&kind=labour&limit=100',
    `/v1/rounds/${round.id}`,
    `/v1/proposals?round=${round.id}&limit=100`,
    `/v1/unmatched?round=${round.id}&limit=100`,
    ...listings.slice(0, 5).map(({ id }) => `/v1/listings/${id}`),
    ...people
      .slice(0, 5)
      .flatMap(({ name, idNumber, phone }) =>
        [name, idNumber, phone].map((q) => `/v1/listings?${new URLSearchParams({ q, view: 'own' }).toString()}`),
      ),
  ];
  for (const path of paths) await caller.ask('GET', path);
  // Only who is not entitled: an official's own disclosures are listened to apart.
  if (
    (await caller.ask<{ role?: string; divisionCode?: string }>('GET', '/v1/me')).body.divisionCode === county &&
    (await isOfficial(caller))
  )
    return;
  for (const id of personIds.slice(0, 5)) {
    await caller.ask('POST', `/v1/persons/${id}/disclosures`, { body: { purpose: 'inspection' } });
    await caller.ask('GET', `/v1/persons/${id}/export`);
    await caller.ask('POST', `/v1/persons/${id}/erasure`, { body: { reason: 'recorded-in-error' } });
  }
}

async function isOfficial(caller: Caller): Promise<boolean> {
  return (await caller.ask<{ role?: string }>('GET', '/v1/me')).body.role === 'official';
}

/** Everything a workbook says, as one text. */
async function sheetText(bytes: Buffer): Promise<string> {
  const { default: ExcelJS } = await import('exceljs');
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(bytes as unknown as ArrayBuffer);
  const cells: string[] = [];
  workbook.eachSheet((sheet) => sheet.eachRow((row) => row.eachCell((cell) => cells.push(JSON.stringify(cell.value)))));
  return cells.join('\n');
}
