// What one more person or site would be worth: told with every round, town by town, in figures and in words.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Listing, Page, Round } from '../support/answers.ts';
import {
  aWorkshop,
  anOrder,
  county,
  gaojia,
  huren,
  publish,
  publishAll,
  register,
  runRound,
  workers,
} from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

interface PriceTag {
  divisionCode: string;
  kind: 'labour' | 'site';
  skill: string | null;
  amount: number;
  unit: string;
  worthFen: number;
  orderIds: string[];
  text: { zh: string; en: string };
}

let service: Service;
let official: Caller;
let order: Listing;
let round: Round;
const townOfHuren = huren.slice(0, 9);

const tagsOf = (query = '', caller = official) =>
  caller.all<PriceTag>(`/v1/rounds/${round.id}/price-tags?limit=1${query}`);

beforeAll(async () => {
  service = await startService();
  official = await service.signIn({ role: 'official', divisionCode: county });
  await register(service, official);
  await publish(official, aWorkshop());
  // Three would be enough: sixty hours a week, twenty each.
  await publishAll(official, workers(2));
  order = await publish(official, anOrder({ marginFen: 900_000 }));
  round = await runRound(service, official);
});
afterAll(() => service.close());

describe('the price tags of a round', () => {
  test('say what one more person would be worth in the town where one is missing, for which order, and that it is a bound', async () => {
    expect(round.summary).toMatchObject({ orders: { placed: 0 } });
    const tag = (await tagsOf()).find(({ skill }) => skill === 'packing');
    expect(tag).toMatchObject({
      divisionCode: townOfHuren,
      kind: 'labour',
      amount: 20,
      unit: 'h/week',
      orderIds: [order.id],
    });
    expect(tag?.worthFen).toBeGreaterThanOrEqual(900_000);
    expect(tag?.text.zh).toContain(order.title);
    expect(tag?.text.zh).toMatch(/高家镇.*包装.*每周 20 小时.*上限.*边际上限/);
    expect(tag?.text.en).toMatch(/20 h a week.*at most [\d.]+ yuan.*bound at the margin/);
  });

  test('hold: with that person no plan is worth more than the bound and the tag', async () => {
    const [tag] = await tagsOf('&kind=labour');
    const [third] = await publishAll(official, workers(3).slice(2));
    const larger = await runRound(service, official);
    expect(larger.summary).toMatchObject({ orders: { placed: 1 } });
    const promised = (round.summary?.boundFen ?? 0) + (tag?.worthFen ?? 0);
    // Fairness is measured per registered worker: one more moves its yardstick a little.
    const { objectiveFen = 0, breakdown = {} } = larger.summary ?? {};
    expect(objectiveFen - (breakdown['fairness'] ?? 0)).toBeLessThanOrEqual(promised);
    // And what is no longer missing has no tag any more.
    const before = round;
    round = larger;
    expect((await tagsOf('&kind=labour')).filter(({ skill }) => skill === 'packing')).toEqual([]);
    round = before;
    await official.post(`/v1/listings/${third?.id}/withdrawal`);
  });

  test('are filtered by town and kind, and paged, dearest first', async () => {
    const all = await tagsOf();
    expect(all.map(({ worthFen }) => worthFen)).toEqual(all.map(({ worthFen }) => worthFen).sort((a, b) => b - a));
    expect(await tagsOf(`&town=${townOfHuren}`)).toEqual(
      all.filter(({ divisionCode }) => divisionCode === townOfHuren),
    );
    expect(await tagsOf('&kind=site')).toEqual(all.filter(({ kind }) => kind === 'site'));
    expect(await tagsOf(`&town=330803999`)).toEqual([]);
    const whole = await official.get<Page<PriceTag>>(`/v1/rounds/${round.id}/price-tags?limit=100`);
    expect(whole).toEqual({ items: all, nextCursor: null });
  });

  test('are for officials of the county and for auditors; a town, a party and a neighbour do not read them', async () => {
    const auditor = await service.signIn({ role: 'auditor', divisionCode: county, expiresAt: new Date('2027-01-01') });
    expect(await tagsOf('', auditor)).toEqual(await tagsOf());
    const path = `/v1/rounds/${round.id}/price-tags`;
    for (const divisionCode of ['330802', gaojia.slice(0, 9)]) {
      const other = await service.signIn({ role: 'official', divisionCode });
      expect((await other.refused('GET', path)).status, divisionCode).toBe(404);
    }
    const thirdParty = await service.signIn({ role: 'third-party', divisionCode: county });
    expect((await thirdParty.refused('GET', path)).status).toBe(403);
  });

  test('are not there before a round has ended, nor for one of an earlier version', async () => {
    const queued = await official.post<Round>('/v1/rounds', { divisionCode: county });
    await official.post(`/v1/rounds/${queued.id}/cancellation`);
    expect((await official.refused('GET', `/v1/rounds/${queued.id}/price-tags`)).code).toBe('conflict');
    const { id } = await runRound(service, official);
    await service.rows('update round set price_tags = null where id = $1', [id]);
    const refused = await official.refused('GET', `/v1/rounds/${id}/price-tags`);
    expect([refused.status, refused.detail]).toEqual([409, expect.stringContaining('价格标签')]);
  });
});
