// What the county lacks: the same reasons that single orders are told, turned round into a list for training and investment.

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

interface RoundGap {
  divisionCode: string;
  kind: string;
  code: string | null;
  orders: number;
  triedOrders: number;
  marginFen: number | null;
  orderIds: string[];
  text: { zh: string; en: string };
}

let service: Service;
let official: Caller;
let round: Round;
let people: Listing[];
let orders: Listing[];
const town = huren.slice(0, 9);

const gapsOf = (query = '', of = round, caller = official) =>
  caller.all<RoundGap>(`/v1/rounds/${of.id}/gaps?limit=2${query}`);

beforeAll(async () => {
  service = await startService();
  official = await service.signIn({ role: 'official', divisionCode: county });
  await register(service, official);
  await publish(official, aWorkshop());
  people = await publishAll(official, workers(4));
  const sewing = { needs: [{ skill: 'sewing', hoursPerWeek: 15 }] };
  orders = await publishAll(official, [
    anOrder({ ...sewing, productName: '围裙', marginFen: 400_000 }),
    anOrder({ ...sewing, productName: '布袋', marginFen: 600_000 }),
    anOrder({ productName: '冷冻笋', equipment: ['cold-store'], marginFen: 500_000 }),
  ]);
  round = await runRound(service, official);
});
afterAll(() => service.close());

describe('the gaps of a round', () => {
  test('name the skill that most unplaced orders lack first, with the town whose people could learn it', async () => {
    expect(round.summary?.orders).toMatchObject({ placed: 0 });
    const [first, ...rest] = await gapsOf();
    expect(first).toMatchObject({ kind: 'skill', code: 'sewing', divisionCode: town, orders: 2, triedOrders: 2 });
    expect(first).toMatchObject({ marginFen: 1_000_000, orderIds: [orders[1]?.id, orders[0]?.id] });
    expect(first?.text.zh).toMatch(/高家镇缺会“.*缝纫.*”的人:涉及 2 个未安排订单,其中 2 个经试算/);
    expect(rest).toContainEqual(
      expect.objectContaining({ kind: 'equipment', code: 'cold-store', orders: 1, triedOrders: 1 }),
    );
    // Whom it was tried with is nobody's business here.
    for (const { id } of people) expect(JSON.stringify([first, rest])).not.toContain(id);
  });

  test('hold: whoever learns the skill places an order, and the gap is smaller in the next round', async () => {
    const [learner] = people;
    await official.patch(`/v1/listings/${learner?.id}`, { attributes: { skills: ['packing', 'sewing'] } });
    const next = await runRound(service, official);
    expect(next.summary?.orders.placed).toBeGreaterThanOrEqual(1);
    const still = (await gapsOf('&kind=skill', next)).find(({ code }) => code === 'sewing');
    expect(still?.orders ?? 0).toBeLessThan(2);
    // The earlier round tells what it found then.
    expect((await gapsOf())[0]).toMatchObject({ kind: 'skill', code: 'sewing', orders: 2 });
  });

  test('are filtered by town and kind, and paged', async () => {
    const all = await gapsOf();
    expect(all.length).toBeGreaterThan(2);
    expect(await gapsOf('&kind=equipment')).toEqual(all.filter(({ kind }) => kind === 'equipment'));
    expect(await gapsOf(`&town=${town}`)).toEqual(all.filter(({ divisionCode }) => divisionCode === town));
    expect(await gapsOf('&town=330803999')).toEqual([]);
    expect(await official.get<Page<RoundGap>>(`/v1/rounds/${round.id}/gaps?limit=100`)).toEqual({
      items: all,
      nextCursor: null,
    });
  });

  test('are for officials of the county; an auditor reads them without what orders earn, others not at all', async () => {
    const auditor = await service.signIn({ role: 'auditor', divisionCode: county, expiresAt: new Date('2027-01-01') });
    const told = await gapsOf('', round, auditor);
    expect(told).toEqual((await gapsOf()).map((gap) => ({ ...gap, marginFen: null })));
    const path = `/v1/rounds/${round.id}/gaps`;
    for (const divisionCode of ['330802', gaojia.slice(0, 9)]) {
      const other = await service.signIn({ role: 'official', divisionCode });
      expect((await other.refused('GET', path)).status, divisionCode).toBe(404);
    }
    const thirdParty = await service.signIn({ role: 'third-party', divisionCode: county });
    expect((await thirdParty.refused('GET', path)).status).toBe(403);
  });

  test('are not there before a round has ended', async () => {
    const queued = await official.post<Round>('/v1/rounds', { divisionCode: county });
    await official.post(`/v1/rounds/${queued.id}/cancellation`);
    expect((await official.refused('GET', `/v1/rounds/${queued.id}/gaps`)).code).toBe('conflict');
  });
});
