// What would be otherwise: a round beside itself with other weights, lists or orders, and not a row of it is kept.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Listing, Round } from '../support/answers.ts';
import { guideWageFenPerHour } from '../../src/vocabulary/skills.ts';
import { anOrder as aScenarioOrder } from '../../src/matching/engine/scenario-builder.ts';
import {
  aWorkshop,
  anOrder,
  county,
  publish,
  publishAll,
  register,
  runRound,
  shuangqiao,
  workers,
} from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

interface Outcome {
  orders: { total: number; placed: number };
  objectiveFen: number;
  incomeByTown: { divisionCode: string; wageFen: number }[];
  worstTown: string | null;
  gini: number | null;
}
interface Variant {
  published: Outcome;
  variant: Outcome;
  differences: { orderId: string; change: string; before: object | null; after: object | null }[];
  fairness: {
    weight: number;
    worstTown: string;
    worstPerHeadFen: number;
    valueFen: number;
    placed: number;
    isDominated: boolean;
  }[];
}

let service: Service;
let official: Caller;
let round: Round;
let site: Listing;
let order: Listing;

const vary = (body: object, of = round) => official.post<Variant>(`/v1/rounds/${of.id}/what-if`, body);

beforeAll(async () => {
  service = await startService();
  official = await service.signIn({ role: 'official', divisionCode: county });
  await register(service, official);
  site = await publish(official, aWorkshop());
  await publishAll(official, workers(6));
  order = await publish(official, anOrder());
  round = await runRound(service, official);
});
afterAll(() => service.close());

/** Forty hours a week beside the workshop, for two weeks. */
const wish = aScenarioOrder({
  ...{ id: 'new', lng: 118.96, lat: 28.97, needs: [{ skill: 'packing', hoursPerWeek: 40 }] },
  ...{ equipment: [], landUse: [], areaM2: 30, transportFenPerKm: 0 },
});

const tables = ['round', 'proposal', 'proposal_lot', 'unmatched', 'listing', 'outbox'];
const countRows = () =>
  Promise.all(tables.map(async (name) => [name, (await service.rows(`select 1 from "${name}"`)).length]));

describe('a variant of a round', () => {
  test('that changes nothing is the round itself, and nothing is kept', async () => {
    const before = await countRows();
    const { published, variant, differences, fairness } = await vary({});
    expect(variant).toEqual(published);
    expect(published).toMatchObject({ orders: { total: 1, placed: 1 }, objectiveFen: round.summary?.objectiveFen });
    expect(differences).toEqual([]);
    expect(fairness).toMatchObject([{ weight: 1, isDominated: false }]);
    expect(await countRows()).toEqual(before);
  });

  test('without a site says what is lost, order by order and town by town', async () => {
    const { published, variant, differences } = await vary({ without: [site.id] });
    expect([published.orders.placed, variant.orders.placed]).toEqual([1, 0]);
    expect(differences).toMatchObject([
      { orderId: order.id, change: 'dropped', before: { lots: [{ siteId: site.id }] }, after: null },
    ]);
    const wages = ({ incomeByTown }: Outcome) => incomeByTown.reduce((sum, { wageFen }) => sum + wageFen, 0);
    expect(wages(published)).toBeGreaterThan(0);
    expect(wages(variant)).toBe(0);
  });

  test('with a new order says where it would go', async () => {
    const { variant, differences } = await vary({ orders: [wish] });
    expect(variant.orders).toMatchObject({ total: 2, placed: 2 });
    expect(differences).toMatchObject([
      { orderId: 'new', change: 'placed', before: null, after: { lots: [{ siteId: site.id }] } },
    ]);
  });

  test('with other weights is worth otherwise', async () => {
    const { published, variant } = await vary({ policy: { rentWeight: 0 } });
    expect(variant.objectiveFen).toBeLessThan(published.objectiveFen);
    expect(variant.orders.placed).toBe(1);
  });

  test('tells for several weights of fairness what it costs, and what the worst town has from it', async () => {
    // Costs a quarter more than its wages: worth it only where work for a poor town counts half as much again.
    const wagesFen = 40 * 2 * (guideWageFenPerHour('packing') ?? 0);
    const { orders, fairness, variant } = await vary({
      orders: [{ ...wish, marginFen: Math.round(-1.25 * wagesFen) }],
      fairnessWeights: [4, 0],
    }).then((answer) => ({ ...answer, orders: answer.fairness.map(({ weight, placed }) => [weight, placed]) }));
    expect(orders).toEqual([
      [0, 1],
      [1, 2],
      [4, 2],
    ]);
    expect(fairness[0]?.valueFen).toBeGreaterThan(fairness[1]?.valueFen ?? Infinity);
    expect(fairness.map(({ isDominated }) => isDominated)).toEqual([false, false, false]);
    for (const { worstTown } of fairness) expect(worstTown).toBe(variant.worstTown);
  });

  test('is refused where it does not fit the round: what it never read, too much at once, one that found nothing', async () => {
    const refused = (body: object, id = round.id) => official.refused('POST', `/v1/rounds/${id}/what-if`, { body });
    const stranger = await publish(official, aWorkshop({ divisionCode: shuangqiao, name: '后来的', rowKey: '后来的' }));
    expect(await refused({ without: [stranger.id] })).toMatchObject({
      status: 422,
      errors: [{ path: 'body.without[0]' }],
    });
    expect(await refused({ fairnessWeights: [0, 1, 2, 3, 4] })).toMatchObject({ status: 400 });
    expect(await refused({ colour: 'red' })).toMatchObject({ status: 400 });
    const queued = await official.post<Round>('/v1/rounds', { divisionCode: county });
    await official.post(`/v1/rounds/${queued.id}/cancellation`);
    expect(await refused({}, queued.id)).toMatchObject({ code: 'conflict' });
    await service.rows(`update round set engine = 'gongfang-engine/0' where id = $1`, [round.id]);
    expect(await refused({})).toMatchObject({ code: 'conflict' });
  });

  test('is for officials of the county', async () => {
    for (const divisionCode of ['330802', '330803114']) {
      const other = await service.signIn({ role: 'official', divisionCode });
      expect((await other.refused('POST', `/v1/rounds/${round.id}/what-if`, { body: {} })).status).toBe(404);
    }
    const auditor = await service.signIn({ role: 'auditor', divisionCode: county, expiresAt: new Date('2027-01-01') });
    expect((await auditor.refused('POST', `/v1/rounds/${round.id}/what-if`, { body: {} })).status).toBe(403);
  });
});
