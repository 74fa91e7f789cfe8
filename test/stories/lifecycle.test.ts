// The life of a listing over HTTP: written down, submitted, returned, approved, put up, published, doubted, renewed, expired, closed;
// and each time somebody is refused, told why and how to mend it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { moveDueListings } from '../../src/lists/index.ts';
import { shanghaiDate } from '../../src/vocabulary/calendar.ts';
import type { ListingAction, ListingStatus } from '../../src/lists/lifecycle/states.ts';
import type { Listing, Page } from '../support/answers.ts';
import {
  aDecision,
  aSheet,
  aVenue,
  aWorkshop,
  anOrder,
  collective,
  county,
  enterprise,
  gaojia,
  huren,
  importSheet,
  publish,
  register,
  type ListingWords,
} from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

const DAY = 86_400_000;

let service: Service;
let official: Caller;
let village: Caller;
let maker: Caller;
let partyIds: Map<string, string>;

beforeAll(async () => {
  service = await startService();
  official = await service.signIn({ role: 'official', divisionCode: county });
  partyIds = await register(service, official);
  const partyId = (uscc: string) => partyIds.get(uscc) ?? '';
  village = await service.signIn({ role: 'collective', divisionCode: huren, partyId: partyId(collective.uscc) });
  maker = await service.signIn({ role: 'enterprise', divisionCode: gaojia, partyId: partyId(enterprise.uscc) });
});
afterAll(() => service.close());

let number = 0;
const draft = (who: Caller, words: ListingWords) => who.post<Listing>('/v1/listings', words);
const nextWorkshop = (words: Record<string, unknown> = {}) => aWorkshop({ rowKey: `XZ-${++number}`, ...words });
const nextVenue = (words: Record<string, unknown> = {}) => aVenue({ rowKey: `FW-${++number}`, ...words });
const undecided = ({ decision: _decision, ...words }: ListingWords): ListingWords => words;
const take = (who: Caller, { id }: Pick<Listing, 'id'>, action: string, body?: unknown) =>
  who.post<Listing>(`/v1/listings/${id}/${action}`, body);
const refused = (who: Caller, { id }: Pick<Listing, 'id'>, action: string, body?: unknown) =>
  who.refused('POST', `/v1/listings/${id}/${action}`, body === undefined ? {} : { body });
const read = ({ id }: Pick<Listing, 'id'>) => official.get<Listing>(`/v1/listings/${id}`);

interface Actions {
  status: ListingStatus;
  publicity: { until: string; hasBegun: boolean; warning: { zh: string } | null } | null;
  doubt: { since: string; reason: string | null } | null;
  actions: { action: ListingAction; isOpen: boolean; why: { zh: string } | null; guards: { guard: string }[] }[];
}
const actionsOf = (who: Caller, { id }: Pick<Listing, 'id'>) => who.get<Actions>(`/v1/listings/${id}/actions`);
const openFor = async (who: Caller, one: Pick<Listing, 'id'>) =>
  (await actionsOf(who, one)).actions.filter(({ isOpen }) => isOpen).map(({ action }) => action);

/** A day later the clock tells, as it does every day. */
async function daysLater(days: number): Promise<void> {
  service.clock.advance(days * DAY);
  await moveDueListings(service.context, {}, '0', new AbortController().signal);
  await service.drain();
}

describe('under review', () => {
  test('a village submits, an official returns it with reasons, it is mended, approved and published', async () => {
    const one = await draft(village, nextWorkshop());
    expect(await openFor(village, one)).toEqual(['submission', 'withdrawal']);
    expect(await take(village, one, 'submission')).toMatchObject({ status: 'submitted' });
    expect(await openFor(village, one)).toEqual(['withdrawal']);
    expect(await openFor(official, one)).toEqual(['return', 'approval', 'publication', 'withdrawal']);
    const reasons = '面积与登记不符,请核对';
    expect(await take(official, one, 'return', { reasons })).toMatchObject({ status: 'returned' });
    await village.patch(`/v1/listings/${one.id}`, { attributes: { areaM2: 100 } });
    await take(village, one, 'submission');
    expect(await take(official, one, 'approval')).toMatchObject({ status: 'approved' });
    expect(await take(official, one, 'publication')).toMatchObject({ status: 'published' });
    const history = await village.all<Record<string, unknown>>(`/v1/listings/${one.id}/history?limit=2`);
    expect(history.map(({ action, byRole, reason }) => [action, byRole, reason])).toEqual([
      ['submission', 'collective', null],
      ['return', 'official', reasons],
      ['submission', 'collective', null],
      ['approval', 'official', null],
      ['publication', 'official', null],
    ]);
    expect(history.map(({ from, to }) => `${String(from)} → ${String(to)}`).at(1)).toBe('submitted → returned');
  });

  test('what is changed after it was approved must be approved anew', async () => {
    const one = await draft(village, nextWorkshop());
    await take(village, one, 'submission');
    await take(official, one, 'approval');
    expect(await village.patch(`/v1/listings/${one.id}`, { attributes: { areaM2: 90 } })).toMatchObject({
      status: 'draft',
    });
  });

  test('nobody reviews his own, skips a step or goes without reasons', async () => {
    const one = await draft(village, nextWorkshop());
    expect((await refused(village, one, 'approval')).code).toBe('forbidden');
    expect((await refused(village, one, 'publication')).code).toBe('forbidden');
    expect((await refused(official, one, 'approval')).detail).toContain('须为“待审核”');
    await take(village, one, 'submission');
    expect((await refused(village, one, 'submission')).code).toBe('conflict');
    expect((await refused(official, one, 'return', { reasons: ' ' })).code).toBe('invalid-input');
    expect((await refused(official, one, 'return')).status).toBeGreaterThanOrEqual(400);
  });

  test('what others do with theirs is nobody’s business', async () => {
    const one = await publish(official, nextWorkshop());
    for (const path of ['actions', 'history']) {
      expect((await maker.refused('GET', `/v1/listings/${one.id}/${path}`)).status).toBe(404);
      expect((await service.visitor.refused('GET', `/v1/listings/${one.id}/${path}`)).status).toBe(404);
    }
    expect((await refused(maker, one, 'withdrawal')).status).toBe(404);
    expect((await refused(maker, one, 'closure')).status).toBe(404);
  });

  test('a step is taken on the version that was read', async () => {
    const one = await draft(village, nextWorkshop());
    const stale = village.sending({ 'if-match': '"7"' });
    expect((await refused(stale, one, 'submission')).status).toBe(412);
    expect(await take(village.sending({ 'if-match': `"${one.version}"` }), one, 'submission')).toMatchObject({
      status: 'submitted',
    });
  });
});

describe('what must hold', () => {
  test('a house without its papers is not published, and each paper is named', async () => {
    const one = await draft(official, nextVenue({ isFireChecked: false, houseSafety: 'unappraised' }));
    const problem = await refused(official, one, 'publication');
    expect(problem).toMatchObject({ code: 'conflict', errors: [{ path: 'safety-documents' }] });
    expect(problem.detail).toContain('消防检查合格证明;房屋安全鉴定');
    const { actions } = await actionsOf(official, one);
    const publication = actions.find(({ action }) => action === 'publication');
    expect(publication).toMatchObject({ isOpen: false, guards: [{ guard: 'safety-documents' }] });
    await official.patch(`/v1/listings/${one.id}`, { attributes: { isFireChecked: true, houseSafety: 'b' } });
    expect(await take(official, one, 'publication')).toMatchObject({ status: 'published' });
  });

  test('what is published and loses them is a draft again', async () => {
    const one = await publish(official, nextVenue());
    expect(await official.patch(`/v1/listings/${one.id}`, { attributes: { isFireChecked: false } })).toMatchObject({
      status: 'draft',
    });
    const [, step] = await official.all<{ action: string; reason: string }>(`/v1/listings/${one.id}/history`);
    expect(step).toMatchObject({ action: 'revision', reason: expect.stringContaining('消防') as string });
  });

  test('nothing is published whose last day is past', async () => {
    const one = await draft(official, nextWorkshop({ availableTo: '2026-11-20' }));
    expect((await refused(official, one, 'publication')).errors?.map(({ path }) => path)).toEqual(['window-not-over']);
  });

  test('a sheet takes what may not be published as a draft, and says why', async () => {
    const rows = [nextVenue(), nextVenue({ hasOwnershipProof: false })];
    const taken = await importSheet(service, official, 'venue', await aSheet('venue', rows), { publish: true });
    expect(taken).toMatchObject({ status: 'done', counts: { created: 2, refused: 0 } });
    expect(taken.warnings.map(({ zh }) => zh)).toEqual([expect.stringContaining('第 4 行:未发布:安全与权属材料不全')]);
    const again = await importSheet(service, official, 'venue', await aSheet('venue', rows), { publish: true });
    expect(again).toMatchObject({ counts: { created: 0, updated: 0, unchanged: 2 } });
  });
});

describe('an asset of a collective', () => {
  test('is not published without the decision of its members; an enterprise decides alone', async () => {
    const one = await draft(village, undecided(nextVenue()));
    expect((await refused(village, one, 'submission')).errors?.map(({ path }) => path)).toEqual(['decision-recorded']);
    expect((await refused(official, one, 'publication')).errors?.map(({ path }) => path)).toEqual([
      'decision-recorded',
    ]);
    const own = undecided(nextVenue({ owner: enterprise.uscc, divisionCode: gaojia }));
    expect(await publish(official, own)).toMatchObject({ status: 'published' });
  });

  test('nor when too few agreed, nor by a decision that cannot be', async () => {
    const one = await draft(village, nextVenue({ decision: aDecision({ inFavour: 20 }) }));
    const problem = await refused(official, one, 'publication');
    expect(problem.detail).toContain('同意 20 人,未达到应到 36 人的三分之二(24 人)');
    const path = `/v1/listings/${one.id}/decision`;
    const wrong = await village.refused('PUT', path, { body: aDecision({ present: 37 }) });
    expect(wrong.errors?.map(({ path: at }) => at)).toEqual(['body.present']);
    await village.put(path, aDecision({ inFavour: 24 }));
    expect(await village.get(path)).toMatchObject({ inFavour: 24, version: 2 });
    expect(await take(official, one, 'publication')).toMatchObject({ status: 'published' });
    expect(await service.visitor.get(path)).toMatchObject({ inFavour: 24 });
  });

  test('a new decision is a new reading: under review it is a draft again; others may not record it', async () => {
    const one = await draft(village, nextVenue());
    await take(village, one, 'submission');
    const path = `/v1/listings/${one.id}/decision`;
    expect((await maker.refused('PUT', path, { body: aDecision() })).status).toBe(404);
    await village.put(path, aDecision({ minutes: '湖仁股合〔2026〕8号' }));
    expect(await read(one)).toMatchObject({ status: 'draft' });
    const workshop = await draft(village, nextWorkshop());
    expect((await village.refused('PUT', `/v1/listings/${workshop.id}/decision`, { body: aDecision() })).status).toBe(
      422,
    );
    expect((await village.refused('GET', `/v1/listings/${workshop.id}/decision`)).status).toBe(404);
  });

  test('approved, it is put up for the county’s working days, for everybody to read, and then published', async () => {
    const one = await draft(village, nextVenue({ decision: aDecision({ publicityFrom: null, publicityTo: null }) }));
    await take(village, one, 'submission');
    expect(await take(official, one, 'approval')).toMatchObject({ status: 'publicity' });
    const begun = await actionsOf(village, one);
    expect(begun.publicity).toMatchObject({ hasBegun: true, warning: null });
    expect(await service.visitor.get<Listing>(`/v1/listings/${one.id}`)).toMatchObject({
      status: 'publicity',
      publicityUntil: begun.publicity?.until,
    });
    expect((await refused(official, one, 'publication')).errors?.map(({ path }) => path)).toEqual(['publicity-over']);
    // From Saturday the 21st on, five working days end on Friday the 27th.
    expect(begun.publicity?.until).toBe('2026-11-27');
    await daysLater(6);
    expect(await read(one)).toMatchObject({ status: 'publicity' });
    await daysLater(1);
    expect(await read(one)).toMatchObject({ status: 'published', publicityUntil: null });
    const history = await official.all<{ action: string; byRole: string }>(`/v1/listings/${one.id}/history`);
    expect(history.at(-1)).toMatchObject({ action: 'publication', byRole: 'system' });
  });

  test('somebody objects while it is put up: it is returned', async () => {
    const one = await draft(village, nextVenue({ decision: aDecision({ publicityFrom: null, publicityTo: null }) }));
    await take(village, one, 'submission');
    await take(official, one, 'approval');
    expect(await take(official, one, 'return', { reasons: '有村民提出异议' })).toMatchObject({ status: 'returned' });
  });

  test('the decision travels by sheet and back', async () => {
    const rows = [nextVenue({ decision: aDecision({ body: 'council', due: 5, present: 5, inFavour: 4 }) })];
    const bytes = await aSheet('venue', rows);
    await importSheet(service, village, 'venue', bytes, { division: huren });
    const exported = await official.download(`/v1/exports/venue?division=${huren}`);
    const again = await importSheet(service, official, 'venue', exported);
    expect(again.counts).toMatchObject({ created: 0, updated: 0, refused: 0 });
  });
});

describe('what a county lays down', () => {
  const terms = {
    ...{ publicityWorkingDays: 30, noticeWorkingDays: 7, resultPublicityWorkingDays: 5 },
    ...{ openTradeFromFen: 5_000_000, mediaNoticeFromFen: 30_000_000, depositPermille: 100 },
    ...{ ways: ['tender', 'listing'], relistTimesMax: 2, relistPriceCutPermilleMax: 100, monthsUntilDormant: 3 },
  };
  const path = `/v1/trade-policies/${county}`;
  const source = '衢江区农村产权交易管理办法(示例)';

  test('stands from its day on, by its own officials; before that the defaults, which say that they are some', async () => {
    expect(await service.visitor.get(path)).toMatchObject({ isDefault: true, version: 0 });
    const body = { validFrom: '2027-06-01', source, terms };
    const town = await service.signIn({ role: 'official', divisionCode: gaojia });
    expect((await town.refused('PUT', path, { body })).code).toBe('forbidden');
    expect((await village.refused('PUT', path, { body })).code).toBe('forbidden');
    expect((await official.refused('PUT', '/v1/trade-policies/330802', { body })).code).toMatch(/forbidden|not-found/);
    expect(await official.put(path, body)).toMatchObject({ isDefault: false, version: 1, terms });
    expect(await service.visitor.get(path)).toMatchObject({ isDefault: true });
    expect(await service.visitor.get(`${path}?on=2027-06-01`)).toMatchObject({ isDefault: false, source });
    const stale = { body, headers: { 'if-match': '"5"' } };
    expect((await official.refused('PUT', path, stale)).status).toBe(412);
    const wrong = { ...body, terms: { ...terms, depositPermille: 1001 } };
    expect((await official.refused('PUT', path, { body: wrong })).errors?.map(({ path: at }) => at)).toEqual([
      'body.terms.depositPermille',
    ]);
  });

  test('beyond the announced holidays the last day is given with a warning', async () => {
    await official.put(path, { validFrom: '2026-11-22', source, terms });
    const one = await draft(village, nextVenue({ decision: aDecision({ publicityFrom: null, publicityTo: null }) }));
    const { publicity } = await actionsOf(village, one);
    expect(publicity).toMatchObject({ hasBegun: false, warning: { zh: expect.stringContaining('节假日') as string } });
    expect(publicity?.until.slice(0, 4)).toBe('2027');
    await official.put(path, { validFrom: '2026-11-22', source, terms: { ...terms, publicityWorkingDays: 5 } });
    expect((await actionsOf(village, one)).publicity).toMatchObject({ warning: null });
  });
});

describe('no longer true', () => {
  const report = (who: Caller, { id }: Pick<Listing, 'id'>) =>
    who.post<{ reports: number; isDormant: boolean }>(`/v1/listings/${id}/outdated-reports`);
  const reader = () => service.signIn({ role: 'third-party', divisionCode: county });

  test('three people who say so are believed, one who says it three times is not; its owner confirms it', async () => {
    const one = await publish(official, nextWorkshop());
    const [first, second, third] = [await reader(), await reader(), maker];
    expect(await report(first, one)).toEqual({ reports: 1, isDormant: false });
    const again = await first.ask('POST', `/v1/listings/${one.id}/outdated-reports`);
    expect(again.status).toBe(429);
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(DAY / 1000);
    expect(await report(second, one)).toEqual({ reports: 2, isDormant: false });
    expect(await report(third, one)).toEqual({ reports: 3, isDormant: true });
    const flagged = await service.visitor.get<{ dormantSince: string | null }>(`/v1/listings/${one.id}`);
    expect(flagged.dormantSince).not.toBeNull();
    expect((await refused(service.visitor, one, 'outdated-reports')).status).toBe(401);
    service.clock.advance(1_000);
    expect(await take(village, one, 'renewal')).toMatchObject({ status: 'published', dormantSince: null });
    expect(await report(await reader(), one)).toEqual({ reports: 1, isDormant: false });
  });

  test('one official of the place is believed at once, one of another is a reader', async () => {
    const one = await publish(official, nextWorkshop());
    const neighbour = await service.signIn({ role: 'official', divisionCode: '330802' });
    expect(await report(neighbour, one)).toMatchObject({ isDormant: false });
    expect(await report(official, one)).toMatchObject({ isDormant: true });
    const history = await official.all<{ action: string; byRole: string }>(`/v1/listings/${one.id}/history`);
    expect(history.at(-1)).toMatchObject({ action: 'dormancy', byRole: 'official' });
  });

  test('its owner and the officials of its place find it among what is doubted, and why', async () => {
    const [one, sure] = [await publish(official, nextWorkshop()), await publish(official, nextWorkshop())];
    await report(await reader(), one);
    const doubted = async (who: Caller, is = true) =>
      (await who.all<Listing>(`/v1/listings?view=own&limit=100&doubted=${is}`)).map(({ id }) => id);
    expect(await doubted(village)).not.toContain(one.id);
    await report(official, one);
    const ofVillage = await service.signIn({ role: 'official', divisionCode: huren });
    const elsewhere = await service.signIn({ role: 'official', divisionCode: '330802' });
    for (const who of [village, ofVillage, official]) {
      expect(await doubted(who)).toContain(one.id);
      expect(await doubted(who)).not.toContain(sure.id);
      expect(await doubted(who, false)).toContain(sure.id);
      expect((await actionsOf(who, one)).doubt).toMatchObject({ reason: '信息已失效:2 人反映' });
      expect((await actionsOf(who, sure)).doubt).toBeNull();
    }
    // It is no other owner's to look after, though he may read it.
    for (const who of [maker, elsewhere]) expect(await doubted(who)).not.toContain(one.id);
    expect((await service.visitor.refused('GET', '/v1/listings?doubted=true')).code).toBe('unprocessable');
    expect(await openFor(village, one)).toContain('renewal');
    await take(village, one, 'renewal');
    expect(await doubted(village)).not.toContain(one.id);
  });

  test('what is not on offer is not reported, and what nobody sees is not there', async () => {
    const hidden = await draft(village, nextWorkshop());
    expect((await refused(maker, hidden, 'outdated-reports')).status).toBe(404);
    expect((await refused(official, hidden, 'outdated-reports')).code).toBe('conflict');
  });

  test('twenty a day are enough for anybody', async () => {
    const busy = await reader();
    const all: Listing[] = [];
    for (let at = 0; at < 21; at += 1) all.push(await publish(official, nextWorkshop()));
    for (const one of all.slice(0, 20)) await report(busy, one);
    expect((await refused(busy, all[20] ?? { id: '' }, 'outdated-reports')).status).toBe(429);
    service.clock.advance(DAY + 1_000);
    expect(await report(busy, all[20] ?? { id: '' })).toMatchObject({ reports: 1 });
  });
});

describe('day by day', () => {
  test('what is over its last day expires, an order with its delivery day; renewal needs a later day', async () => {
    const lastDay = dayIn(20);
    const one = await publish(official, nextWorkshop({ availableTo: lastDay }));
    const order = await publish(official, anOrder({ rowKey: 'DD-1', earliestStart: dayIn(0), due: lastDay }));
    await daysLater(20);
    expect(await read(one)).toMatchObject({ status: 'published' });
    await daysLater(1);
    expect(await read(one)).toMatchObject({ status: 'expired' });
    expect(await read(order)).toMatchObject({ status: 'expired' });
    const found = await service.visitor.get<Page<Listing>>('/v1/listings?kind=processing-order');
    expect(found.items.map(({ id }) => id)).not.toContain(order.id);
    expect((await refused(village, one, 'renewal')).errors?.map(({ path }) => path)).toEqual(['window-not-over']);
    await village.patch(`/v1/listings/${one.id}`, { availableTo: null });
    expect(await take(village, one, 'renewal')).toMatchObject({ status: 'published' });
  });

  test('what nobody touched for long is flagged; the sheet brought again says that it holds', async () => {
    const words = nextWorkshop();
    const bytes = await aSheet('workshop', [words]);
    await importSheet(service, official, 'workshop', bytes, { publish: true });
    const [one = { id: '' }] = await official.all<Listing>(`/v1/listings?view=own&kind=workshop&limit=1`);
    const dormantSince = async () =>
      (await official.get<{ dormantSince: string | null }>(`/v1/listings/${one.id}`)).dormantSince;
    await daysLater(80);
    expect(await dormantSince()).toBeNull();
    await daysLater(20);
    expect(await dormantSince()).not.toBeNull();
    const again = await importSheet(service, official, 'workshop', bytes, { publish: true });
    expect(again.counts).toMatchObject({ unchanged: 1 });
    expect(await dormantSince()).toBeNull();
    await daysLater(1);
    expect(await dormantSince()).toBeNull();
  });

  test('what is done with is closed, and stays so whatever sheet comes', async () => {
    const words = nextWorkshop();
    const bytes = await aSheet('workshop', [words]);
    await importSheet(service, official, 'workshop', bytes, { publish: true });
    const [one = { id: '' }] = await official.all<Listing>(`/v1/listings?view=own&kind=workshop&limit=1`);
    expect(await take(village, one, 'closure')).toMatchObject({ status: 'closed' });
    await importSheet(service, official, 'workshop', bytes, { publish: true });
    expect(await read(one)).toMatchObject({ status: 'closed' });
    expect(await openFor(official, one)).toEqual([]);
  });

  test('the same day again changes nothing', async () => {
    const count = async () => (await service.rows('select from listing_transition')).length;
    const before = await count();
    await daysLater(0);
    expect(await count()).toBe(before);
  });
});

/** The day so many days from now, where the story stands. */
function dayIn(days: number): string {
  return shanghaiDate(new Date(service.clock.now().getTime() + days * DAY));
}
