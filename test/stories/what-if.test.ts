// What if: the engine on a scenario of the caller's own. It answers, and nothing is kept.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { anOrder, aScenarioInput, aSite } from '../../src/matching/engine/scenario-builder.ts';
import type { Plan } from '../support/answers.ts';
import { county } from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

let service: Service;
let thirdParty: Caller;

beforeAll(async () => {
  service = await startService();
  thirdParty = await service.signIn({ role: 'third-party', divisionCode: county });
});
afterAll(() => service.close());

/** All tables but the one that remembers when a key was last used. */
async function countRows(): Promise<Record<string, number>> {
  const tables = await service.rows<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
     and relname not in ('api_key_use', 'household_session_use')`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) counts[name] = (await service.rows(`select 1 from "${name}"`)).length;
  return counts;
}

const ask = (body: unknown) => thirdParty.refused('POST', '/v1/what-if', { body });

test('a good scenario is answered with a plan, the same one each time, and nothing is kept', async () => {
  const before = await countRows();
  const plan = await thirdParty.post<Plan>('/v1/what-if', aScenarioInput());
  expect(plan.placements.map(({ order }) => order)).toEqual(['o1']);
  expect(plan.objectiveFen).toBeGreaterThan(0);
  const again = await thirdParty.post<Plan>('/v1/what-if', aScenarioInput());
  expect([again.placements, again.objectiveFen]).toEqual([plan.placements, plan.objectiveFen]);
  expect(await countRows()).toEqual(before);
});

test('a bad scenario is answered with every problem at once, each with its path', async () => {
  const refused = await ask({
    ...aScenarioInput({ weeks: 0, sites: [aSite({ areaM2: -1 })] }),
    orders: [anOrder(), { ...anOrder({ id: 'o2', durationWeeks: 0 }), colour: 'red' }],
  });
  expect([refused.status, refused.code]).toEqual([400, 'invalid-input']);
  expect(refused.errors?.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'body.weeks',
      'body.sites[0].areaM2',
      'body.orders[1].durationWeeks',
      'body.orders[1].colour',
    ]),
  );
  for (const { message } of refused.errors ?? []) expect(message.zh).not.toBe(message.en);
});

test('a scenario with references that lead nowhere is refused with their paths', async () => {
  const refused = await ask(aScenarioInput({ sites: [aSite({ town: 'nowhere' })] }));
  expect(refused.errors?.map(({ path }) => path)).toEqual(['body.sites[0].town']);
});

test('a scenario larger than one request may ask is refused with the limit', async () => {
  const orders = Array.from({ length: 501 }, (_, at) => anOrder({ id: `o${at}` }));
  const refused = await ask(aScenarioInput({ orders }));
  expect([refused.status, refused.errors?.[0]?.path]).toEqual([422, 'body.orders']);
  expect(refused.errors?.[0]?.message.zh).toContain('500');
});

test('an empty or strange body is refused, not computed', async () => {
  for (const body of [{}, [], 'null', '"scenario"']) expect((await ask(body)).status, JSON.stringify(body)).toBe(400);
});
