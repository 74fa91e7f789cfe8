// The main job: what is on the lists becomes proposals with reasons, and a reason for all that is not proposed; whatever
// happens while a round runs.

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Listing, Page, Plan, Proposal, Round, Unmatched } from '../support/answers.ts';
import {
  aWorker,
  aWorkshop,
  anEnterprise,
  anOrder,
  collective,
  county,
  enterprise,
  gaojia,
  publish,
  publishAll,
  register,
  runRound,
  shuangqiao,
  workers,
  type Words,
} from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

let service: Service;
let official: Caller;
let parties: Map<string, string>;

beforeEach(async () => {
  service = await startService({ offerAgainSeconds: 0.3 });
  official = await service.signIn({ role: 'official', divisionCode: county });
  parties = await register(service, official);
});
afterEach(async () => {
  vi.useRealTimers();
  await service.close();
});

/** The worker no longer looks up while it computes: only the end of the round can notice what happened meanwhile. */
const stopHeartbeat = () => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });

const partyId = (uscc: string) => parties.get(uscc) ?? '';
const proposalsOf = (query: string) => official.all<Proposal>(`/v1/proposals?${query}`);
const unmatchedOf = (round: Round, query: string) =>
  official.all<Unmatched>(`/v1/unmatched?round=${round.id}&${query}`);
const allRounds = () => official.all<Round>(`/v1/rounds?division=${county}`);

/** An order, a workshop and the people for it, all published. */
async function aMarket(words: { order?: Words; workshop?: Words; people?: number } = {}) {
  const site = await publish(official, aWorkshop(words.workshop));
  const people = await publishAll(official, workers(words.people ?? 4));
  const order = await publish(official, anOrder(words.order));
  return { site, people, order };
}

describe('a round', () => {
  test('proposes an order with a workshop and people, says why, and says when and for how much', async () => {
    const { site, order } = await aMarket();
    const round = await runRound(service, official);
    expect(round).toMatchObject({ status: 'done', cause: 'request', failure: null });
    expect(round.summary).toMatchObject({
      orders: { total: 1, placed: 1, byRule: 0, byCompetition: 0, notWorth: 0 },
      people: { total: 4, proposed: 3, hours: 120 },
      sites: { total: 1, used: 1 },
      refused: [],
    });

    const [proposal, ...others] = await proposalsOf(`round=${round.id}`);
    expect(others).toEqual([]);
    expect(proposal).toMatchObject({ orderId: order.id, status: 'proposed', share: 1, startsOn: '2026-11-21' });
    expect(proposal).toMatchObject({ endsOn: '2026-12-05' });
    expect(proposal?.lots).toMatchObject([
      { siteId: site.id, divisionCode: site.divisionCode, labour: [{ skill: 'packing', people: 3, hoursPerWeek: 60 }] },
    ]);
    expect(proposal?.reasons.length).toBeGreaterThan(0);
    for (const { zh, en } of proposal?.reasons ?? []) {
      expect(zh).toMatch(/[一-鿿]/);
      expect(en).toMatch(/[a-z]/);
    }
    const [idle] = await unmatchedOf(round, 'subject=worker');
    expect(idle?.reasons[0]?.zh).toMatch(/[一-鿿]/);
  });

  test('shows a proposal to its enterprise and its village collective, and to no other enterprise', async () => {
    const { order } = await aMarket();
    await runRound(service, official);
    const readAs = async (role: 'enterprise' | 'collective', id: string) => {
      const party = await service.signIn({ role, divisionCode: county, partyId: id });
      return (await party.get<Page<Proposal>>('/v1/proposals')).items.map(({ orderId, lots }) => [
        orderId,
        lots.length,
      ]);
    };
    expect(await readAs('enterprise', partyId(enterprise.uscc))).toEqual([[order.id, 1]]);
    expect(await readAs('collective', partyId(collective.uscc))).toEqual([[order.id, 1]]);
    const rival = anEnterprise(2, { name: '别家企业' });
    const registered = await register(service, official, [rival]);
    expect(await readAs('enterprise', registered.get(rival.uscc) ?? '')).toEqual([]);
  });

  test('tells officials alone what a match is worth: it begins with the margin of the order', async () => {
    await aMarket({ order: { marginFen: 731_313 } });
    await runRound(service, official);
    const [known] = await proposalsOf('');
    expect(known).toMatchObject({ valueFen: expect.any(Number) as number, breakdown: { order: 731_313 } });
    expect(JSON.stringify(known?.reasons)).toContain('7313.13');
    const auditor = { role: 'auditor', expiresAt: new Date('2027-01-01') } as const;
    for (const key of [
      { role: 'collective', partyId: partyId(collective.uscc) } as const,
      { role: 'enterprise', partyId: partyId(enterprise.uscc) } as const,
      auditor,
    ]) {
      const caller = await service.signIn({ divisionCode: county, ...key });
      const { items } = await caller.get<Page<Proposal>>('/v1/proposals');
      const one = await caller.get<Proposal>(`/v1/proposals/${known?.id}`);
      expect([...items, one], key.role).toMatchObject([
        { valueFen: null, breakdown: null },
        { valueFen: null, breakdown: null },
      ]);
      // Neither in words, nor as a part of what is known: wages and their share would tell the rest.
      expect(JSON.stringify(one.reasons), key.role).not.toMatch(/7313|%/);
      expect(one.reasons.length, key.role).toBeGreaterThan(0);
    }
  });

  test('is not started by filling the lists of a county that never had one', async () => {
    await aMarket();
    await service.drain();
    expect(await allRounds()).toEqual([]);
  });

  test('gives the same plan for the same lists and seed, and its kept scenario gives it again', async () => {
    await aMarket();
    await publish(official, anOrder({ productName: '手套包装', marginFen: 500_000 }));
    const first = await runRound(service, official, { moves: undefined });
    // The second knows what the first proposed; from then on nothing is different.
    const second = await runRound(service, official, { moves: undefined });
    const third = await runRound(service, official, { moves: undefined });
    expect(second.summary?.objectiveFen).toBe(first.summary?.objectiveFen);
    expect([third.inputHash, third.summary]).toEqual([second.inputHash, second.summary]);

    const [kept] = await service.rows<{ scenario: Buffer }>('select scenario from round where id = $1', [third.id]);
    const scenario = await promisify(gunzip)(kept?.scenario ?? Buffer.alloc(0));
    const plan = await official.post<Plan & { inputHash: string }>('/v1/what-if', JSON.parse(scenario.toString()));
    expect([plan.inputHash, plan.objectiveFen]).toEqual([third.inputHash, third.summary?.objectiveFen]);
  });
});

describe('an order that is not placed', () => {
  test('by rule, learns by how little, and the smallest hints sent as they stand place it in the next round', async () => {
    const { order } = await aMarket({ order: { areaM2: 132 }, people: 3 });
    const round = await runRound(service, official);
    const [entry] = await unmatchedOf(round, 'subject=order');
    expect(entry).toMatchObject({ listingId: order.id, cause: 'rule' });
    expect(entry?.rules).toContainEqual(expect.objectContaining({ rule: 'area', required: 132, best: 120 }));

    const hintsOf = (told: Unmatched | undefined) => (told?.nearMisses ?? []).flatMap(({ apply }) => apply ?? []);
    const count = Math.min(2, hintsOf(entry).length);
    expect(count).toBeGreaterThan(0);
    for (let at = 0; at < count; at += 1) {
      // Each time those of the latest round: a hint is about the version that its round has read.
      const [latest = round] = await allRounds();
      const hint = hintsOf((await unmatchedOf(latest, 'subject=order'))[0])[at];
      if (!hint) throw new Error('the same market has fewer hints the second time');
      const { method, path, headers, body } = hint;
      const before = await official.get<Listing>(path);
      expect((await official.ask(method, path, { headers, body })).status).toBe(200);
      expect((await official.refused(method, path, { headers, body })).status, 'it holds for one version').toBe(412);
      await service.drain();
      expect(await proposalsOf(`order=${order.id}&status=proposed`), JSON.stringify(body)).toHaveLength(1);
      await official.patch(path, { attributes: before.attributes });
      await service.drain();
      expect(await proposalsOf(`order=${order.id}&status=proposed`)).toHaveLength(0);
    }
    const [latest] = await allRounds();
    expect(latest).toMatchObject({ status: 'done', cause: 'change' });
  });

  test('tells an official only of people whom he sees that one of them would help', async () => {
    const [elsewhere] = await official.all<{ code: string }>(`/v1/divisions?parent=${shuangqiao}&limit=1`);
    await aMarket({ people: 1 });
    const far = await publish(official, aWorker({ number: 9, divisionCode: elsewhere?.code ?? '', maxCommuteKm: 100 }));
    const round = await runRound(service, official);
    const hintedTo = async (caller: Caller) => {
      const entries = await caller.all<Unmatched>(`/v1/unmatched?round=${round.id}&subject=order`);
      expect(entries).toHaveLength(1);
      return entries.flatMap(({ nearMisses }) => nearMisses.flatMap(({ apply }) => apply?.path ?? []));
    };
    expect(await hintedTo(official)).toContain(`/v1/listings/${far.id}`);
    const town = await service.signIn({ role: 'official', divisionCode: gaojia });
    const toTown = await hintedTo(town);
    expect(toTown.length).toBeGreaterThan(0);
    expect(toTown).not.toContain(`/v1/listings/${far.id}`);
  });

  test('because its dates are too tight, is placed once the hinted date is sent', async () => {
    const { order, site } = await aMarket({ order: { due: '2026-12-11' } });
    await official.patch(`/v1/listings/${site.id}`, { availableFrom: '2026-12-05' });
    const round = await runRound(service, official);
    const [entry] = await unmatchedOf(round, 'subject=order');
    expect(entry?.rules.map(({ rule }) => rule)).toContain('window');
    const dated = (entry?.nearMisses ?? []).filter(({ change }) => ['due', 'from', 'release'].includes(change.field));
    expect(dated.length).toBeGreaterThan(0);
    const apply = dated[0]?.apply;
    await official.patch(apply?.path ?? '', apply?.body);
    await service.drain();
    expect(await proposalsOf(`order=${order.id}&status=proposed`)).toHaveLength(1);
  });

  test('by competition, learns which order holds what it needs', async () => {
    const { order: better } = await aMarket({ order: { marginFen: 5_000_000 }, people: 3 });
    const worse = await publish(
      official,
      anOrder({ productName: '手套包装', durationWeeks: 8, due: '2027-01-15', earliestStart: '2026-11-21' }),
    );
    await official.patch(`/v1/listings/${better.id}`, { attributes: { durationWeeks: 8 } });
    const round = await runRound(service, official);
    const [entry] = await unmatchedOf(round, 'subject=order');
    expect(entry).toMatchObject({ listingId: worse.id, cause: 'competition', lostTo: [better.id] });
    expect(JSON.stringify(entry?.reasons)).toContain(better.title);
  });

  test('because its only workshop was withdrawn, loses its proposal and learns why', async () => {
    const { order, site } = await aMarket();
    const before = await runRound(service, official);
    await official.post(`/v1/listings/${site.id}/withdrawal`);
    await service.drain();
    const [after] = await allRounds();
    expect(after).toMatchObject({ status: 'done', cause: 'change', summary: { orders: { placed: 0, byRule: 1 } } });
    expect(await proposalsOf(`round=${before.id}`)).toMatchObject([{ orderId: order.id, status: 'superseded' }]);
    const [entry] = await official.all<Unmatched>(`/v1/unmatched?listing=${order.id}`);
    expect(entry?.reasons.length).toBeGreaterThan(0);
  });
});

describe('two rounds', () => {
  test('are compared order by order: what was placed, moved and dropped, and why', async () => {
    interface Difference {
      orderId: string;
      change: string;
      before: { lots: { siteId: string }[] } | null;
      after: { lots: { siteId: string }[] } | null;
      reasons: { zh: string }[];
    }
    const differences = (round: Round | undefined, query = '') =>
      official.all<Difference>(`/v1/rounds/${round?.id}/differences?limit=1${query}`);
    const { order, site } = await aMarket();
    const first = await runRound(service, official);
    const placed = { orderId: order.id, change: 'placed', before: null, after: { lots: [{ siteId: site.id }] } };
    expect(await differences(first)).toMatchObject([{ ...placed, reasons: [] }]);

    const same = await runRound(service, official);
    expect(await differences(same)).toEqual([]);

    await official.post(`/v1/listings/${site.id}/withdrawal`);
    await service.drain();
    const [without] = await allRounds();
    const [dropped, ...more] = await differences(without);
    expect(more).toEqual([]);
    expect(dropped).toMatchObject({ orderId: order.id, change: 'dropped', after: null });
    expect(dropped?.reasons.length).toBeGreaterThan(0);

    const other = await publish(official, aWorkshop({ name: '另一处工坊', rowKey: '另一处' }));
    const again = await runRound(service, official);
    const moved = { before: { lots: [{ siteId: site.id }] }, after: { lots: [{ siteId: other.id }] } };
    expect(await differences(again, `&against=${first.id}`)).toMatchObject([{ change: 'moved', ...moved }]);

    const queued = await official.post<Round>('/v1/rounds', { divisionCode: county });
    await official.post(`/v1/rounds/${queued.id}/cancellation`);
    expect((await official.refused('GET', `/v1/rounds/${queued.id}/differences`)).code).toBe('conflict');
  });
});

describe('while a round runs', () => {
  test('a change is not lost: a round is queued behind it and sees the change', async () => {
    await aMarket({ people: 6 });
    let late: Listing | undefined;
    service.midst('matching.runRound', async () => {
      await publish(official, aWorkshop({ name: '第二工坊' }));
      late = await publish(official, anOrder({ productName: '迟到的订单' }));
    });
    const first = await runRound(service, official);
    expect(first).toMatchObject({ status: 'done', summary: { orders: { total: 1, placed: 1 } } });
    const [second, ...others] = await allRounds();
    expect(others.map(({ id }) => id)).toEqual([first.id]);
    expect(second).toMatchObject({ status: 'done', cause: 'change', summary: { orders: { total: 2, placed: 2 } } });
    expect(await proposalsOf(`order=${late?.id}`)).toMatchObject([{ roundId: second?.id, status: 'proposed' }]);
  });

  test.each([
    ['changes', (site: Listing) => official.patch(`/v1/listings/${site.id}`, { attributes: { powerKw: 30 } })],
    ['is withdrawn', (site: Listing) => official.post(`/v1/listings/${site.id}/withdrawal`)],
  ])('a placement whose workshop %s is refused and told, the others stand', async (_what, change) => {
    const here = await aMarket({ people: 3 });
    const there = { divisionCode: `${shuangqiao}200`, owner: collective.uscc };
    const village = await official.get<Page<{ code: string }>>(`/v1/divisions?parent=${shuangqiao}&limit=1`);
    there.divisionCode = village.items[0]?.code ?? '';
    const farSite = await publish(official, aWorkshop({ ...there, name: '双桥粉干' }));
    await publishAll(official, workers(6, { divisionCode: there.divisionCode }).slice(3));
    const farOrder = await publish(official, anOrder({ divisionCode: shuangqiao, productName: '粉干包装' }));

    service.midst('matching.runRound', async () => void (await change(here.site)));
    const round = await runRound(service, official);
    expect(round.summary?.refused).toEqual([{ orderId: here.order.id, changedListingId: here.site.id }]);
    expect(round.summary?.orders).toMatchObject({ total: 2, placed: 1 });
    expect(await proposalsOf(`round=${round.id}`)).toMatchObject([
      { orderId: farOrder.id, lots: [{ siteId: farSite.id }] },
    ]);
    const [next] = await allRounds();
    expect(next).toMatchObject({ cause: 'change', status: 'done', summary: { refused: [] } });
  });

  test('cancelling it leaves the earlier proposals as they were', async () => {
    const { order, site } = await aMarket();
    const first = await runRound(service, official);
    stopHeartbeat();
    service.midst('matching.runRound', async () => {
      const [running] = await allRounds();
      expect(await official.post(`/v1/rounds/${running?.id}/cancellation`)).toMatchObject({ status: 'cancelling' });
    });
    await official.patch(`/v1/listings/${site.id}`, { attributes: { areaM2: 10 } });
    await service.drain();
    const [second] = await allRounds();
    expect(second).toMatchObject({ status: 'cancelled', summary: null });
    expect(await proposalsOf('limit=100')).toMatchObject([
      { roundId: first.id, orderId: order.id, status: 'proposed' },
    ]);
    expect(await unmatchedOf(second as Round, 'limit=100')).toEqual([]);
    const refused = await official.refused('POST', `/v1/rounds/${first.id}/cancellation`);
    expect(refused.code).toBe('conflict');
  });

  test('one round may wait behind it, a second is refused, and the waiting one can be cancelled', async () => {
    await aMarket();
    let waiting: Round | undefined;
    service.midst('matching.runRound', async () => {
      waiting = await official.post<Round>('/v1/rounds', { divisionCode: county });
      expect(waiting.status).toBe('queued');
      const refused = await official.refused('POST', '/v1/rounds', { body: { divisionCode: county } });
      expect([refused.status, refused.code]).toEqual([409, 'conflict']);
      expect(await official.post(`/v1/rounds/${waiting.id}/cancellation`)).toMatchObject({ status: 'cancelled' });
    });
    const running = await runRound(service, official);
    expect(running.status).toBe('done');
    expect(await official.get(`/v1/rounds/${waiting?.id}`)).toMatchObject({ status: 'cancelled', summary: null });
    expect(await proposalsOf('status=proposed')).toMatchObject([{ roundId: running.id }]);
  });

  test('a worker that was thought dead records nothing, and the round is still brought to its end', async () => {
    const { order } = await aMarket();
    let attempts = 0;
    stopHeartbeat();
    service.midst('matching.runRound', async () => {
      await service.rows('update round set attempt = attempt + 1');
      service.midst('matching.runRound', async () => {
        attempts += 1;
        expect(await proposalsOf('limit=100')).toEqual([]);
      });
    });
    const round = await runRound(service, official);
    expect(attempts).toBe(1);
    expect(round.status).toBe('done');
    expect(await proposalsOf('limit=100')).toMatchObject([{ roundId: round.id, orderId: order.id }]);
  });

  test('an internal error ends it as failed, earlier proposals stand, and the next round runs', async () => {
    await aMarket();
    const first = await runRound(service, official);
    service.midst('matching.runRound', async () => {
      throw new Error('the story pulled a plug');
    });
    const second = await runRound(service, official);
    expect(second).toMatchObject({ status: 'failed', summary: null });
    expect(second.failure?.zh).toContain('现有方案保持不变');
    expect(await proposalsOf('status=proposed')).toMatchObject([{ roundId: first.id }]);
    expect(await runRound(service, official)).toMatchObject({ status: 'done' });
  });
});
