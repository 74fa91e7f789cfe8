// Whatever people call it, it is found: every village by its everyday name; pinyin, initials, what sounds alike, amounts. And what
// says the words in its title stands before what says them elsewhere, the freshest of either first.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCountyDivisions } from '../../src/regions/county-divisions.ts';
import type { Listing } from '../support/answers.ts';
import {
  aDecision,
  aSheet,
  aWorkshop,
  collective,
  county,
  huren,
  importSheet,
  publish,
  register,
} from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

let service: Service;
let official: Caller;
const villages = readCountyDivisions().filter(({ level }) => level === 'village');

beforeAll(async () => {
  service = await startService({ reactions: { 'import.completed': [], 'listing.changed': [] } });
  official = await service.signIn({ role: 'official', divisionCode: county });
  await register(service, official);
  const plots = villages.map(({ code }, index) => ({
    kind: 'land' as const,
    divisionCode: code,
    owner: collective.uscc,
    rowKey: `TD-${index}`,
    decision: aDecision(),
    attributes: {
      ...{ name: '村口旱地', idleLandKind: 'abandoned', landClass: '0103', isBasicFarmland: false },
      ...{ areaMuX100: code === huren ? 320 : 4_320, transferWay: 'lease', rentFenPerMuYear: 45_000 },
    },
  }));
  const done = await importSheet(service, official, 'land', await aSheet('land', plots), { publish: true });
  expect(done.status).toBe('done');
});
afterAll(() => service.close());

const find = (q: string, more: Record<string, string> = {}) =>
  service.visitor.all<Listing>(`/v1/listings?${new URLSearchParams({ q, limit: '100', ...more }).toString()}`);

test('every village is found by the name people say', async () => {
  const lost: string[] = [];
  for (const { code, shortName, aliases } of villages) {
    const [name = shortName] = [...aliases, shortName].sort((a, b) => a.length - b.length);
    const found = await find(name);
    if (!found.some(({ divisionCode }) => divisionCode === code)) lost.push(name);
  }
  expect(lost).toEqual([]);
  expect(villages).toHaveLength(295);
});

describe('the same place, typed as people type', () => {
  test.each([
    ...[
      '湖仁',
      '湖仁村',
      '高家镇湖仁村',
      '湖 仁 村',
      'hurencun',
      'huren',
      'hu ren',
      'huren cun',
      'HU REN CUN',
      'hrc',
      'ＨＲＣ',
    ],
    ...[
      '湖人村',
      '胡仁村',
      '湖仁的抛荒地',
      '湖仁　旱地',
      '湖仁paohuangdi',
      '湖仁 三亩二分',
      '湖仁 ３．２亩',
      '湖仁 3亩2分',
    ],
  ])('%s', async (q) => {
    expect((await find(q)).map(({ divisionCode }) => divisionCode)).toEqual([huren]);
  });

  test('an amount is no end of a greater one, one character is enough, and nothing is found for nothing', async () => {
    expect(await find('3.2亩')).toHaveLength(1);
    expect((await find('仁', { kind: 'land' })).map(({ divisionCode }) => divisionCode)).toContain(huren);
    expect(await find('飞船')).toEqual([]);
  });
});

test('titles that say it come first, then the freshest; page after page', async () => {
  const named = await publish(official, aWorkshop({ name: '抛荒地改造工坊' }));
  const titles = async (more: Record<string, string> = {}) =>
    (await find('抛荒地', { division: '330803114', limit: '1', ...more })).map(({ id }) => id);
  const [first, ...others] = await titles();
  expect(first).toBe(named.id);
  expect(new Set(others).size).toBe(others.length);
  const later = await publish(official, aWorkshop({ name: '后来的工坊', products: ['抛荒地'] }));
  expect((await titles()).slice(0, 2)).toEqual([named.id, later.id]);
  expect((await titles({ sort: 'freshness' })).slice(0, 2)).toEqual([later.id, named.id]);
});

test('each order is whole, however many parts it is read in', async () => {
  // Numbers far apart: blocks lie between them.
  await service.rows(`update published_listing set number = 10000000 + number * 700,
    terms = array_replace(terms, '^' || number / 512, '^' || (10000000 + number * 700) / 512)`);
  const query = { division: county, kind: 'land', limit: '7' };
  const near = { near: '119.02,29.01', radiusKm: '200' };
  const orders: Record<string, string>[] = [
    {},
    { sort: 'freshness' },
    { sort: 'price' },
    { sort: 'distance', ...near },
  ];
  for (const more of orders) {
    expect(new Set((await find('旱地', { ...query, ...more })).map(({ id }) => id)).size, JSON.stringify(more)).toBe(
      295,
    );
  }
});
