// A small world for the table of expectations: two provinces, and things of every kind in every place as seen from one town. Made
// through the API by callers who may; what stands in it is then read by the owner of the tables, so that nothing is forgotten.

import type { Client } from 'pg';
import type { Listing, Round } from '../../../test/support/answers.ts';
import {
  aDecision,
  aConsent,
  anEnterprise,
  anOrder,
  aPerson,
  aSheet,
  aWorker,
  aWorkshop,
  collective,
  importSheet,
  type ListingWords,
} from '../../../test/support/builders.ts';
import type { Caller } from '../../../test/support/caller.ts';
import type { Service } from '../../../test/support/service.ts';
import { defaultPolicy } from '../../../src/lists/lifecycle/trade-terms.ts';
import { expertiseFields, expertiseForms } from '../../../src/vocabulary/expertise-fields.ts';
import { completeUscc } from '../../../src/vocabulary/uscc.ts';
import type { Placed } from './expectations.ts';

/** One of each relation, as seen from the town. */
export const places = {
  parent: '330803',
  own: '330803114',
  child: '330803114242',
  sibling: '330803203212',
  neighbour: '330802001',
  far: '340102001',
} as const;
export type PlaceName = keyof typeof places;

export const province = '33';
export const city = '3308';
export const counties = ['330803', '330802', '340102'] as const;
/** Of the sibling town. */
export const siblingTown = '330803203';

export interface Thing extends Placed {
  kind: string;
  id: string;
  /** The member of a JSON answer that says it is there. */
  sign: string;
  /** What else tells it from others of its kind, owner and place. */
  variant: string;
  /** What nobody may hear who may not see it: its id, and words that stand nowhere else. */
  secrets: readonly string[];
  /** Operations that name a thing are tried on these; lists are searched for all. */
  isNamed: boolean;
  /** What a request in its place is made of. */
  words: Record<string, string>;
}

export interface World {
  things: Thing[];
  rounds: readonly string[];
}

/** Divisions of the other county and the other province; before anybody reads the gazetteer. */
export const divisionsElsewhere = [
  '3308',
  '330802',
  '330802001',
  '330802001001',
  '34',
  '3401',
  '340102',
  '340102001',
  '340102001001',
];

export async function addDivisions(owner: Pick<Client, 'query'>): Promise<void> {
  for (const code of ['33', ...divisionsElsewhere]) {
    const parent = { 2: null, 4: code.slice(0, 2), 6: code.slice(0, 4), 9: code.slice(0, 6), 12: code.slice(0, 9) }[
      code.length
    ];
    await owner.query(
      `insert into division (code, parent_code, official_name, short_name, aliases, pinyin, initials, lng, lat, coord_source, valid_from)
       values ($1, $2, $3, $3, '{}', 'qu hua', 'qh', 118.9, 28.9, 'synthetic', '2023-06-30') on conflict do nothing`,
      [code, parent, `区划${code}`],
    );
  }
}

// ── Organisations ───────────────────────────────────────────────────────────────────────────────────────────────────

const placeNames = Object.keys(places) as PlaceName[];
const org = (number: number, divisionCode: string) => anEnterprise(number, { name: `示例企业${number}`, divisionCode });
const enterprises = placeNames.map((place, at) => org(at + 1, places[place]));
/** In the same town as the enterprise whose view is taken, and in the village of the collective. */
const others = [org(11, places.own), org(12, places.child), org(13, places.own)];
const villages = (['child', 'sibling', 'neighbour', 'far'] as const).map((place, at) => ({
  ...collective,
  uscc: completeUscc('N2', '330803', `MF${String(at + 1).padStart(6, '0')}`),
  name: `示例村集体${at + 1}`,
  divisionCode: places[place],
}));

export const usccOf = {
  enterprise: Object.fromEntries(enterprises.map(({ uscc }, at) => [placeNames[at], uscc])) as Record<
    PlaceName,
    string
  >,
  otherInTown: others[0]?.uscc ?? '',
  otherInVillage: others[1]?.uscc ?? '',
  /** Nobody asks in its name. */
  silent: others[2]?.uscc ?? '',
  collective: villages[0]?.uscc ?? '',
  collectiveOf: (county: string) =>
    villages.find(({ divisionCode }, at) => at > 0 && divisionCode.startsWith(county))?.uscc ?? '',
};

async function registerAll(service: Service, platform: Caller): Promise<Map<string, string>> {
  for (const county of counties) {
    for (const [sheet, parties] of [
      ['enterprise', [...enterprises, ...others]],
      ['collective', villages],
    ] as const) {
      const here = parties.filter(({ divisionCode }) => divisionCode.startsWith(county));
      const done = await importSheet(service, platform, sheet, await aSheet(sheet, here), { division: county });
      if (done.status !== 'done') throw new Error(`the parties of ${county} were not taken: ${JSON.stringify(done)}`);
    }
  }
  const all = await platform.all<{ id: string; uscc: string }>('/v1/parties?limit=100');
  return new Map(all.map(({ id, uscc }) => [uscc, id]));
}

// ── Lists ───────────────────────────────────────────────────────────────────────────────────────────────────────────

let marked = 0;
/** Words that stand nowhere else: whoever hears them was told of the thing. */
const mark = () => `印记${String(++marked).padStart(4, '0')}号`;
const marginOf = (at: number) => 71_300_000 + at;

const window = { availableFrom: '2026-01-01', availableTo: '2027-12-31' };
/** One of each kind that legal persons list. */
const kinds: ((divisionCode: string, owner: string) => ListingWords)[] = [
  (divisionCode, owner) => aWorkshop({ divisionCode, owner, name: mark() }),
  (divisionCode, owner) => anOrder({ divisionCode, owner, productName: mark(), marginFen: marginOf(marked) }),
  (divisionCode, owner) => ({
    ...{ kind: 'land', divisionCode, owner, ...window },
    decision: aDecision(),
    attributes: {
      ...{ name: mark(), idleLandKind: 'abandoned', landClass: '0103', isBasicFarmland: false, areaMuX100: 320 },
      ...{ transferWay: 'lease', rentFenPerMuYear: 45_000 },
    },
  }),
  (divisionCode, owner) => ({
    ...{ kind: 'venue', divisionCode, owner, ...window },
    decision: aDecision(),
    attributes: {
      ...aWorkshopSite(),
      ...{ name: mark(), venueType: 'warehouse', houseSafety: 'a', hasOwnershipProof: true },
    },
  }),
  (divisionCode, owner) => ({
    ...{ kind: 'equipment', divisionCode, owner, ...window },
    decision: aDecision(),
    attributes: {
      equipmentKind: 'sewing-machine',
      model: mark(),
      quantity: 2,
      condition: 'good',
      hireFenPerDay: 3_000,
    },
  }),
  // Offices write policies, for nobody's account.
  (divisionCode) => ({
    ...{ kind: 'policy', divisionCode, ...window },
    attributes: {
      ...{ name: mark(), number: '演示〔2026〕1号', issuer: '演示部门', category: 'fiscal', audiences: ['workshop'] },
      ...{ benefit: '奖补', contactOffice: '窗口', contactPhone: '0570-3838383' },
    },
  }),
];

function aWorkshopSite(): Record<string, unknown> {
  const { areaM2, powerKw, equipment, landUse, rentFenPerM2Month, isFireChecked } = aWorkshop().attributes;
  return { areaM2, powerKw, equipment, landUse, rentFenPerM2Month, isFireChecked };
}

type Status = 'draft' | 'submitted' | 'published' | 'withdrawn';
const statuses: Status[] = ['draft', 'submitted', 'published', 'withdrawn'];

async function write(platform: Caller, words: ListingWords, status: Status): Promise<string> {
  const { id } = await platform.post<Listing>('/v1/listings', words);
  if (status === 'submitted') await platform.post(`/v1/listings/${id}/submission`);
  if (status === 'published' || status === 'withdrawn') await platform.post(`/v1/listings/${id}/publication`);
  if (status === 'withdrawn') await platform.post(`/v1/listings/${id}/withdrawal`);
  return id;
}

let people = 0;
/** Somebody new; one phone each. */
export function nextWorker(divisionCode: string, words: Record<string, unknown> = {}): ListingWords {
  people += 1;
  const person = { ...aPerson(people), name: `印人${String(people).padStart(3, '0')}` };
  return aWorker({ divisionCode, person, consent: aConsent(), ...words });
}

function nextTalent(divisionCode: string): ListingWords {
  const { person, consent } = nextWorker(divisionCode);
  const { lowIncome: _lowIncome, ...identity } = person ?? {};
  const attributes = { talentType: 'agronomist', level: 'senior', daysPerMonth: 4, maxTravelKm: 50 };
  const [fields, forms] = [[expertiseFields[0]?.code], [expertiseForms[0]?.code]];
  return { kind: 'talent', divisionCode, person: identity, consent, attributes: { ...attributes, fields, forms } };
}

async function writeLists(platform: Caller): Promise<void> {
  const all: Promise<string>[] = [];
  let at = 0;
  for (const [place, owners] of [
    ['parent', [usccOf.enterprise.parent]],
    ['own', [usccOf.enterprise.own, usccOf.otherInTown, usccOf.collective]],
    ['child', [usccOf.enterprise.own, usccOf.collective, usccOf.otherInVillage]],
    ['sibling', [usccOf.enterprise.sibling, usccOf.enterprise.own, usccOf.collective]],
    ['neighbour', [usccOf.enterprise.neighbour]],
    ['far', [usccOf.enterprise.far, usccOf.enterprise.own]],
  ] as const) {
    const divisionCode = places[place];
    for (const owner of owners) {
      for (const status of statuses) all.push(write(platform, kindAt(at++)(divisionCode, owner), status));
      // An order of each: part of it is withheld even when it is published.
      all.push(
        write(
          platform,
          anOrder({ divisionCode, owner, productName: mark(), marginFen: marginOf(++marked) }),
          'published',
        ),
      );
    }
    for (const status of statuses) all.push(write(platform, nextWorker(divisionCode), status));
  }
  for (const make of kinds) all.push(write(platform, make(places.own, usccOf.enterprise.own), 'draft'));
  all.push(write(platform, nextWorker(places.child, { owner: usccOf.collective }), 'published'));
  all.push(write(platform, nextTalent(places.child), 'published'));
  await Promise.all(all);
}

function kindAt(at: number) {
  const kind = kinds[at % kinds.length];
  if (!kind) throw new Error('there are kinds');
  return kind;
}

// ── Rounds ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** In each county an order that finds a place, and one that cannot. */
async function runRounds(service: Service, platform: Caller): Promise<void> {
  for (const [place, owner, host] of [
    ['child', usccOf.enterprise.own, usccOf.collective],
    ['sibling', usccOf.otherInTown, usccOf.collectiveOf('330803')],
    ['neighbour', usccOf.enterprise.neighbour, usccOf.collectiveOf('330802')],
    ['far', usccOf.enterprise.far, usccOf.collectiveOf('340102')],
  ] as const) {
    const divisionCode = places[place];
    await write(platform, aWorkshop({ divisionCode, owner: host }), 'published');
    for (let worker = 0; worker < 5; worker += 1) await write(platform, nextWorker(divisionCode), 'published');
    await write(platform, anOrder({ divisionCode, owner }), 'published');
    await write(platform, anOrder({ divisionCode, owner, areaM2: 9_000 }), 'published');
  }
  await service.drain();
  for (const divisionCode of counties) {
    const round = await platform.post<Round>('/v1/rounds', { divisionCode, moves: 50 });
    await service.drain();
    const { status } = await platform.get<Round>(`/v1/rounds/${round.id}`);
    if (status !== 'done') throw new Error(`the round of ${divisionCode} ended as ${status}`);
  }
}

// ── Publications ────────────────────────────────────────────────────────────────────────────────────────────────────

/** A version of a list in every place and state; written by an official of its county, whom a colleague or a higher level reviews. */
async function writePublications(service: Service, platform: Caller): Promise<void> {
  for (const county of counties) {
    const author = await service.signIn({ role: 'official', divisionCode: county });
    for (const divisionCode of Object.values(places).filter((code) => code.startsWith(county))) {
      for (const steps of [['submission', 'approval', 'publication'], ['submission', 'approval'], ['submission'], []]) {
        const { id } = await author.post<{ id: string }>('/v1/list-publications', { list: 'resources', divisionCode });
        for (const step of steps) {
          await (step === 'submission' ? author : platform).post(`/v1/list-publications/${id}/${step}`);
        }
      }
    }
  }
}

// ── Terms ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Terms of every county, in force so late that nothing here is judged by them. */
async function writePolicies(platform: Caller): Promise<void> {
  for (const county of counties) {
    const terms = { validFrom: '2098-01-01', source: '交易办法', terms: defaultPolicy.terms };
    await platform.put(`/v1/trade-policies/${county}`, terms);
  }
}

// ── All of it ───────────────────────────────────────────────────────────────────────────────────────────────────────

export async function buildWorld(service: Service, platform: Caller): Promise<Map<string, string>> {
  const partyIds = await registerAll(service, platform);
  await writeLists(platform);
  // Kept by somebody who asks for nothing else: it is nobody's who does.
  const keeper = await service.signIn({ role: 'third-party', divisionCode: places.own });
  for (let at = 0; at < 2; at += 1)
    await keeper.post('/v1/saved-searches', { name: mark(), query: { kind: 'workshop' } });
  await writePolicies(platform);
  await runRounds(service, platform);
  const { items } = await keeper.get<{ items: { id: string }[] }>('/v1/listings?kind=workshop');
  for (const { id } of items) await keeper.post(`/v1/listings/${id}/outdated-reports`);
  await writePublications(service, platform);
  const partyOf = (uscc: string) => partyIds.get(uscc) ?? '';
  const validTo = new Date(service.clock.now().getTime() + 365 * 86_400_000).toISOString();
  // On record, and of no use to anybody yet.
  const notYet = { validFrom: new Date(Date.parse(validTo) - 86_400_000).toISOString(), validTo };
  const delegate = 'client:019aa5c2-7c00-7000-8000-000000000021';
  for (const place of placeNames) {
    const divisionCode = places[place];
    const partyId = partyOf(usccOf.enterprise[place]);
    // One row of the file names an owner whom nobody knows: the import keeps its file and a wrong cell.
    const rows = [aWorkshop({ divisionCode, rowKey: 'DR-1', owner: completeUscc('91', '330803', 'MA009999') })];
    await importSheet(service, platform, 'workshop', await aSheet('workshop', rows), { division: divisionCode });
    await platform.post('/v1/api-keys', { label: `${mark()} 密钥`, role: 'third-party', divisionCode });
    for (const grantor of [partyId, ...(place === 'own' ? [partyOf(usccOf.otherInTown)] : [])]) {
      await platform.post('/v1/mandates', {
        ...{ divisionCode, grantor: { role: 'enterprise', partyId: grantor }, delegate, matters: ['listings:read'] },
        ...{ validTo, proof: mark() },
      });
    }
    for (const grantee of [{ partyId: partyOf(usccOf.enterprise.far) }, { partyId: partyOf(usccOf.enterprise.own) }]) {
      await platform.post('/v1/division-grants', { divisionCode, grantee, permissions: ['lists:read'], ...notYet });
    }
  }
  const workers = await platform.all<{ person: { id: string } }>('/v1/listings?view=own&kind=labour&limit=100');
  for (const { person } of workers.slice(0, 20)) {
    await platform.post(`/v1/persons/${person.id}/disclosures`, { purpose: 'inspection', note: '核对' });
  }
  const collectiveId = partyOf(usccOf.collective);
  await platform.post('/v1/mandates', {
    ...{ divisionCode: places.child, grantor: { role: 'collective', partyId: collectiveId }, delegate },
    ...{ matters: ['listings:read'], validTo, proof: mark() },
  });
  await service.drain();
  return partyIds;
}

const marks = (text: string) =>
  `array[id::text] || array(select m[1] from regexp_matches(${text}, '(印[记人]\\d+)', 'g') as m)`;
const nobodys = `'{}'::text[]`;

/** Land that anybody may ask for (trades.ts). */
export const openLandTitle = '待租';

interface Selection {
  kind: string;
  from: string;
  regions?: string;
  owners?: string;
  /** A boolean: whether requests name it. */
  isNamed?: string;
  sign?: string;
  secrets?: string;
  variant?: string;
}

const selections: Selection[] = [
  ...statuses.map((status) => ({
    kind: status,
    from: `listing where person_id is null and status = '${status}'`,
    owners: 'array[owner_id::text]',
    secrets: status === 'published' ? nobodys : marks('title || attributes::text'),
  })),
  {
    kind: 'asset',
    from: `listing where kind in ('land', 'venue', 'equipment') and status in ('draft', 'published')`,
    owners: 'array[owner_id::text]',
    secrets: nobodys,
  },
  {
    kind: 'decided',
    from: `listing where status = 'published' and id in (select listing_id from collective_decision)`,
    secrets: nobodys,
  },
  {
    // Talents too: whatever has a person behind it.
    kind: 'labour',
    from: `listing where person_id is not null`,
    owners: 'array[owner_id::text, person_id::text]',
    variant: `status || ' ' || kind`,
    secrets: 'array[id::text]',
  },
  {
    kind: 'margin',
    from: `listing where kind = 'processing-order' and status = 'published' and attributes ->> 'marginFen' like '713%'`,
    owners: 'array[owner_id::text]',
    sign: `'"marginFen":' || (attributes ->> 'marginFen')`,
    secrets: `array[attributes ->> 'marginFen']`,
  },
  { kind: 'party', from: 'party', owners: 'array[id::text]', secrets: nobodys },
  {
    kind: 'person',
    from: 'person',
    owners: 'array[id::text]',
    secrets: 'array[id::text]',
  },
  {
    kind: 'session',
    from: 'household_session where ended_at is null',
    owners: 'person_ids::text[]',
  },
  {
    kind: 'import',
    from: `import_job where status = 'refused'`,
    owners: 'array[requested_by]',
    secrets: 'array[id::text]',
  },
  { kind: 'saved-search', from: 'saved_search', owners: 'array[saved_by]', secrets: marks('name') },
  { kind: 'version', from: `list_publication where state = 'published'`, secrets: nobodys },
  ...['draft', 'submitted', 'approved'].map((state) => ({
    kind: `version-${state}`,
    from: `list_publication where state = '${state}'`,
  })),
  // Proposals tell parties by which round they were made: its id is no secret.
  { kind: 'round', from: `round where status = 'done'`, secrets: nobodys },
  { kind: 'queued-round', from: `round where status = 'queued'` },
  { kind: 'proposal', from: 'proposal', regions: 'touches', owners: 'party_ids::text[]' },
  { kind: 'unmatched', from: 'unmatched', owners: 'array[owner_id::text]', isNamed: 'false' },
  { kind: 'open-land', from: `listing where title ~ '${openLandTitle}'`, secrets: nobodys },
  { kind: 'negotiation', from: 'negotiation', owners: 'party_ids::text[]' },
  // Who is to answer, and who waits: see trades.ts.
  {
    kind: 'negotiation-inquired',
    from: `negotiation where state = 'inquired' and ends_on = '2027-12-31'`,
    owners: 'array[seller_id::text]',
    secrets: nobodys,
  },
  {
    kind: 'negotiation-asked',
    from: `negotiation where state = 'inquired' and ends_on = '2027-06-30'`,
    owners: 'array[buyer_id::text]',
    secrets: nobodys,
  },
  {
    kind: 'negotiation-offered',
    from: `negotiation where state = 'offered'`,
    owners: 'array[buyer_id::text]',
    secrets: nobodys,
  },
  { kind: 'bid-land', from: `listing where title ~ '待拍'`, owners: 'array[owner_id::text]', secrets: nobodys },
  { kind: 'bidding', from: `bidding where noticed_at is not null`, owners: 'array[seller_id::text]', secrets: nobodys },
  ...(['applied', 'opened', 'failed'] as const).map((state) => ({
    kind: `bidding-${state}`,
    from: `bidding where state = '${state}' and instalments = 1`,
    owners: 'array[seller_id::text]',
    ...(state !== 'applied' && { secrets: nobodys }),
  })),
  { kind: 'bidding-closed', from: `bidding where state = 'noticed' and closes_at = noticed_at`, secrets: nobodys },
  // Offered by somebody whose view is not taken, so that every party who asks is another one.
  ...(['noticed', 'opened'] as const).map((state) => ({
    kind: `bidding-entered${state === 'noticed' ? '' : '-opened'}`,
    from: `bidding where state = '${state}' and instalments = 7`,
    secrets: nobodys,
  })),
  ...Object.entries({
    'bidder-new': 'deposit_confirmed_at is null',
    'bidder-ready': 'deposit_confirmed_at is not null and sealed_bid is null',
    'bidder-lost': `sealed_bid is not null and bidding_id in (select id from bidding where state = 'failed')`,
  }).map(([kind, holds]) => ({
    kind,
    from: `bidder where ${holds}`,
    owners: 'array[party_id::text]',
    secrets: nobodys,
  })),
  { kind: 'objection', from: 'bidding_objection', secrets: nobodys },
  { kind: 'deal', from: 'deal', owners: 'party_ids::text[]' },
  // Of the side that lets, whose view is taken: see trades.ts.
  ...Object.entries({
    let: `state = 'in-use' and instalments = 3`,
    left: `ending_side = 'buyer'`,
    recalled: `ending_side = 'seller'`,
  }).map(([kind, holds]) => ({
    kind: `deal-${kind}`,
    from: `deal where ${holds}`,
    owners: 'array[seller_id::text]',
    secrets: nobodys,
  })),
  {
    kind: 'payment',
    from: 'rent_payment join (select id as deal, seller_id, instalments from deal) d on d.deal = deal_id where instalments = 3',
    owners: 'array[seller_id::text]',
    secrets: nobodys,
  },
  { kind: 'alert', from: 'usage_alert', owners: 'party_ids::text[]' },
  { kind: 'key', from: 'api_key', isNamed: `label ~ '印记'`, secrets: marks('label') },
  {
    kind: 'mandate',
    from: 'mandate',
    owners: 'array[grantor_party_id::text]',
    isNamed: `proof ~ '印记'`,
    secrets: marks('proof'),
  },
  {
    kind: 'grant',
    from: 'division_grant',
    owners: 'array[grantee_party_id::text]',
    isNamed: `permissions = '{lists:read}'`,
  },
  { kind: 'entry', from: 'audit_entry', isNamed: 'false', sign: `'"id":' || id`, secrets: nobodys },
];

/** What stands in the world, as the owner of the tables sees it. */
export async function readThings(service: Service, partyIds: ReadonlyMap<string, string>): Promise<Thing[]> {
  const things: Thing[] = [];
  for (const { kind, from, ...said } of selections) {
    const {
      regions = 'array[region]',
      owners = nobodys,
      isNamed = 'true',
      sign,
      secrets = 'array[id::text]',
      variant = `''`,
    } = said;
    const found = await service.rows<Omit<Thing, 'kind' | 'words'>>(
      `select id::text, ${sign ?? `'"id":"' || id || '"'`} as sign, ${regions} as regions,
              array_remove(${owners}, null) as owners, ${isNamed} as "isNamed", ${secrets} as secrets, ${variant} as variant from ${from}`,
    );
    things.push(...found.map((thing) => ({ kind, ...thing, words: {} })));
  }
  return [...things, ...placesToWriteIn(partyIds)];
}

/** A request says where and for whom: each organisation in its own place. */
function placesToWriteIn(partyIds: ReadonlyMap<string, string>): Thing[] {
  const place = (kind: string, region: string, uscc: string): Thing => {
    const partyId = partyIds.get(uscc) ?? '';
    const role = uscc.startsWith('N2') ? 'collective' : 'enterprise';
    return {
      kind,
      id: `${region} ${uscc}`,
      sign: '',
      variant: '',
      secrets: [],
      regions: [region],
      owners: [partyId],
      isNamed: true,
      words: { region, uscc, partyId, role },
    };
  };
  return [
    ...placeNames.map((name) => place('place', places[name], usccOf.enterprise[name])),
    place('place', places.own, usccOf.otherInTown),
    place('place', places.child, usccOf.otherInVillage),
    place('place', places.child, usccOf.collective),
    // People are exported town by town.
    ...placeNames.filter((name) => name !== 'parent').map((name) => place('spot', places[name], '')),
    ...counties.map((county) => place('county', county, '')),
  ];
}
