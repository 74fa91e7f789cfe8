// The county in a few words. Enters: what a story is about. Leaves: what a caller posts, or a sheet to upload; everything not
// said is ordinary. Acts through the public API only.

import { exampleAsOf } from '../../examples/qujiang/files.ts';
import { makeListing } from '../../examples/qujiang/listing.ts';
import type { KindId } from '../../src/lists/kinds/index.ts';
import {
  buildFilledSheet,
  type Draft,
  type ListingDraft,
  type PartyDraft,
  type SheetId,
} from '../../src/lists/sheets/index.ts';
import { addDays } from '../../src/vocabulary/calendar.ts';
import { idCheckDigit } from '../../src/vocabulary/id-card.ts';
import { completeUscc } from '../../src/vocabulary/uscc.ts';
import type { Import, Listing, Round } from './answers.ts';
import type { Caller } from './caller.ts';
import type { Service } from './service.ts';

export const county = '330803';
/** 高家镇湖仁村 */
export const huren = '330803114242';
export const gaojia = '330803114';
/** 双桥乡, another town. */
export const shuangqiao = '330803203';

export const collective: PartyDraft = {
  type: 'party',
  rowKey: '',
  kind: 'collective',
  uscc: completeUscc('N2', county, 'MF000001'),
  name: '湖仁村股份经济合作社(示例)',
  divisionCode: huren,
  contactOffice: '村务办公室',
  contactPhone: '0570-3830001',
};

export const enterprise = anEnterprise(1, { name: '示例针织有限公司' });

export function anEnterprise(number: number, party: Partial<PartyDraft> = {}): PartyDraft {
  return {
    type: 'party',
    rowKey: '',
    kind: 'enterprise',
    uscc: completeUscc('91', county, `MA${String(number).padStart(6, '0')}`),
    name: `示例企业${number}`,
    divisionCode: gaojia,
    contactOffice: '综合办公室',
    contactPhone: '0570-3830002',
    ...party,
  };
}

/** What POST /v1/listings takes, and a sheet row says. */
export interface ListingWords {
  kind: KindId;
  divisionCode: string;
  owner?: string;
  rowKey?: string;
  point?: { lng: number; lat: number; crs?: string };
  availableFrom?: string;
  availableTo?: string;
  attributes: Record<string, unknown>;
  decision?: Record<string, unknown>;
  person?: Record<string, unknown>;
  consent?: Record<string, unknown>;
}
export type Words = Partial<Omit<ListingWords, 'kind' | 'attributes'>> & Record<string, unknown>;

function listing(kind: KindId, ordinary: Omit<ListingWords, 'kind'>, words: Words): ListingWords {
  const { divisionCode, owner, rowKey, availableFrom, availableTo, decision, person, consent, ...attributes } = words;
  const common = { divisionCode, owner, rowKey, availableFrom, availableTo, decision, person, consent };
  const said = Object.fromEntries(Object.entries(common).filter(([, value]) => value !== undefined));
  return { kind, ...ordinary, ...said, attributes: { ...ordinary.attributes, ...attributes } };
}

/** 共富工坊: 120 m² in 湖仁村, checked and legal. */
export function aWorkshop(words: Words = {}): ListingWords {
  const attributes = {
    name: '湖仁红共富工坊',
    workshopType: 'outwork',
    areaM2: 120,
    powerKw: 20,
    equipment: [],
    landUse: 'village-construction',
    rentFenPerM2Month: 300,
    isFireChecked: true,
    seats: 20,
    products: [],
    star: 4.2,
  };
  return listing('workshop', { divisionCode: huren, owner: collective.uscc, attributes }, words);
}

/** 闲置厂房 of the collective of 湖仁村, checked and legal. */
export function aVenue(words: Words = {}): ListingWords {
  const attributes = {
    ...{ name: '老粮站仓库', venueType: 'warehouse', areaM2: 220, powerKw: 40, equipment: [] },
    ...{ landUse: 'village-construction', rentFenPerM2Month: 450, isFireChecked: true },
    ...{ houseSafety: 'a', hasOwnershipProof: true },
  };
  const ordinary = { divisionCode: huren, owner: collective.uscc, decision: aDecision(), attributes };
  return listing('venue', ordinary, words);
}

/** 集体决议, carried, and its publicity over. */
export function aDecision(words: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...{ heldOn: '2026-11-02', body: 'representatives', due: 36, present: 33, inFavour: 31 },
    ...{ minutes: '湖仁股合〔2026〕7号', publicityFrom: '2026-11-03', publicityTo: '2026-11-12' },
    ...words,
  };
}

/** A packing order of two weeks that one workshop and three people can do. */
export function anOrder(words: Words = {}): ListingWords {
  const attributes = {
    productName: '棉袜包装',
    quantity: 10_000,
    unit: '双',
    needs: [{ skill: 'packing', hoursPerWeek: 60 }],
    operations: [{ name: '包装', pieceRateLi: 70 }],
    durationWeeks: 2,
    earliestStart: exampleAsOf,
    due: addDays(exampleAsOf, 8 * 7 - 1),
    areaM2: 40,
    powerKw: 4,
    marginFen: 900_000,
    transportFenPerKm: 500,
  };
  return listing('processing-order', { divisionCode: gaojia, owner: enterprise.uscc, attributes }, words);
}

/** 闲置劳动力: somebody of 湖仁村 who packs twenty hours a week. */
export function aWorker(words: Words & { number?: number } = {}): ListingWords {
  const { number = 1, ...rest } = words;
  const attributes = {
    skills: ['packing'],
    hoursPerWeek: 20,
    maxCommuteKm: 5,
    homeWork: false,
    star: null,
  };
  return listing('labour', { divisionCode: huren, person: aPerson(number), consent: aConsent(), attributes }, rest);
}

/** Nobody real: the numbers of the example range, with a valid check digit. */
export function aPerson(number: number): { name: string; idNumber: string; phone: string; lowIncome: boolean } {
  const first17 = `${county}19750315${String(number).padStart(3, '0')}`;
  return {
    name: `示例村民${number}`,
    idNumber: first17 + idCheckDigit(first17),
    phone: `1380000${String(number).padStart(4, '0')}`,
    lowIncome: false,
  };
}

export function aConsent(words: Record<string, unknown> = {}): Record<string, unknown> {
  return { given: true, channel: 'self', assistedBy: null, on: '2026-11-01', textVersion: '演示-1', ...words };
}

export function workers(count: number, words: Words = {}): ListingWords[] {
  return Array.from({ length: count }, (_, index) => aWorker({ ...words, number: index + 1 }));
}

// ── Through the API ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Writes it down and publishes it. */
export async function publish(official: Caller, words: ListingWords): Promise<Listing> {
  const draft = await official.post<Listing>('/v1/listings', words);
  return official.post<Listing>(`/v1/listings/${draft.id}/publication`);
}

export async function publishAll(official: Caller, all: readonly ListingWords[]): Promise<Listing[]> {
  const published: Listing[] = [];
  for (const words of all) published.push(await publish(official, words));
  return published;
}

/** The same words as rows of a sheet. */
export function asDrafts(all: readonly ListingWords[]): ListingDraft[] {
  return all.map(({ kind, owner, rowKey, ...rest }) =>
    makeListing(kind, { number: rowKey ?? '', owner: owner ?? null, ...rest }),
  );
}

export function aSheet(sheet: SheetId, rows: readonly (ListingWords | PartyDraft)[]): Promise<Buffer> {
  const drafts = rows.flatMap((row): Draft[] => ('type' in row ? [row] : asDrafts([row])));
  return buildFilledSheet(sheet, drafts);
}

export interface UploadWords {
  division?: string;
  dryRun?: boolean;
  partly?: boolean;
  publish?: boolean;
}

/** Uploads and waits for the worker. */
export async function importSheet(
  service: Pick<Service, 'drain'>,
  caller: Caller,
  sheet: SheetId,
  bytes: Uint8Array,
  { division = county, ...words }: UploadWords = {},
): Promise<Import> {
  const flags = Object.entries(words).map(([name, value]) => [name, String(value)]);
  const query = new URLSearchParams([['sheet', sheet], ['division', division], ...(flags as [string, string][])]);
  const { id } = await caller.upload<Import>(`/v1/imports?${query.toString()}`, bytes);
  await service.drain();
  return caller.get<Import>(`/v1/imports/${id}`);
}

/** Enters legal persons in the register; returns their ids by credit code. */
export async function register(
  service: Pick<Service, 'drain'>,
  official: Caller,
  parties: readonly PartyDraft[] = [collective, enterprise],
): Promise<Map<string, string>> {
  for (const sheet of ['collective', 'enterprise'] as const) {
    const ofSheet = parties.filter(({ kind }) => (kind === 'collective') === (sheet === 'collective'));
    if (ofSheet.length === 0) continue;
    const done = await importSheet(service, official, sheet, await aSheet(sheet, ofSheet));
    if (done.status !== 'done') throw new Error(`the parties were not taken: ${JSON.stringify(done)}`);
  }
  const registered = await official.all<{ id: string; uscc: string }>('/v1/parties?limit=100');
  return new Map(registered.map(({ id, uscc }) => [uscc, id]));
}

/** Asks for a round once the lists are quiet, and waits for its end. Few moves: stories are small. */
export async function runRound(
  service: Pick<Service, 'drain'>,
  official: Caller,
  request: Record<string, unknown> = {},
): Promise<Round> {
  await service.drain();
  const { id } = await official.post<Round>('/v1/rounds', { divisionCode: county, moves: 200, ...request });
  await service.drain();
  return official.get<Round>(`/v1/rounds/${id}`);
}
