// What anybody finds on the public lists: by words, place, days and order; how many of each; and only what is public.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Listing } from '../support/answers.ts';
import { aWorker, aWorkshop, anOrder, county, publish, register, shuangqiao } from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

let service: Service;
let official: Caller;

beforeAll(async () => {
  service = await startService();
  official = await service.signIn({ role: 'official', divisionCode: county });
  await register(service, official);
});
afterAll(async () => {
  await service.drain();
  await service.close();
});

const path = (query: Record<string, string>, url = '/v1/listings') => `${url}?${new URLSearchParams(query).toString()}`;
const find = (query: Record<string, string>) => service.visitor.all<Listing>(path({ limit: '100', ...query }));
const titles = async (query: Record<string, string>) => (await find(query)).map(({ title }) => title);

const sites = [
  aWorkshop({ name: '近处工坊', rentFenPerM2Month: 500 }),
  aWorkshop({ name: '远处工坊', rentFenPerM2Month: 100, availableFrom: '2026-12-01', availableTo: '2026-12-31' }),
  aWorkshop({ name: '别处工坊', rentFenPerM2Month: 300, divisionCode: shuangqiao, products: ['柑橘包装盒'] }),
];
let near: Listing;

beforeAll(async () => {
  const at = (lng: number, lat: number) => ({ point: { lng, lat } });
  const [first, second, third] = sites;
  if (!first || !second || !third) throw new Error('three sites');
  near = await publish(official, { ...first, ...at(119.02, 29.01) });
  await publish(official, { ...second, ...at(119.05, 29.01) });
  await publish(official, third);
  await publish(official, anOrder());
});

const workshopFacets = [
  ['kind', 'workshop', 3],
  ['workshop-type', 'outwork', 3],
];

describe('words', () => {
  test.each([
    ['湖仁近处', ['近处工坊']],
    ['柑橘的包装盒', ['别处工坊']],
    ['双桥 柑橘 包装盒', ['别处工坊']],
    ['橘子包装盒', ['别处工坊']],
    ['sq', []],
  ])('%s', async (q, expected) => {
    expect((await find({ q, kind: 'workshop' })).map(({ title }) => title.split(' ')[0])).toEqual(expected);
  });
});

test('in the order that was asked for, page after page', async () => {
  const here = { near: '119.02,29.01', radiusKm: '100' };
  const inOrder = (query: Record<string, string>) => titles({ kind: 'workshop', limit: '1', ...query });
  expect((await inOrder({})).map(shortly)).toEqual(['别处工坊', '远处工坊', '近处工坊']);
  expect((await inOrder({ sort: 'price' })).map(shortly)).toEqual(['远处工坊', '别处工坊', '近处工坊']);
  expect((await inOrder({ ...here, sort: 'distance' })).map(shortly).slice(0, 2)).toEqual(['近处工坊', '远处工坊']);
});
const shortly = (title: string) => title.split(' ')[0];

test('around a point, in a box, and free on some days', async () => {
  expect((await titles({ near: '119.02,29.01', radiusKm: '2', kind: 'workshop' })).map(shortly)).toEqual(['近处工坊']);
  // 2.9 km: a degree of longitude is 97 km here.
  expect((await titles({ near: '119.02,29.01', radiusKm: '3', kind: 'workshop' })).map(shortly)).toContain('远处工坊');
  expect((await titles({ bbox: '119.04,29,119.06,29.02', kind: 'workshop' })).map(shortly)).toEqual(['远处工坊']);
  const free = (availableFrom: string, availableTo: string) =>
    titles({ bbox: '119.01,29,119.06,29.02', kind: 'workshop', availableFrom, availableTo });
  expect(await free('2026-11-01', '2026-11-30')).toHaveLength(1);
  expect(await free('2026-11-01', '2026-12-01')).toHaveLength(2);
});

test('counted by kind, town and term', async () => {
  type Counted = {
    counted: number;
    isExact: boolean;
    facets: { facet: string; values: { code: string; count: number }[] }[];
  };
  const counted = await service.visitor.get<Counted>(path({}, '/v1/listing-facets'));
  expect(counted).toMatchObject({ counted: 4, isExact: true });
  const flat = counted.facets.flatMap(({ facet, values }) => values.map(({ code, count }) => [facet, code, count]));
  expect(flat).toEqual(expect.arrayContaining([...workshopFacets, ['town', shuangqiao, 1], ['skill', 'packing', 1]]));
  const less = await service.visitor.get<Counted>(
    path({ kind: 'workshop', division: shuangqiao }, '/v1/listing-facets'),
  );
  expect(less.counted).toBe(1);
});

test('what is withdrawn or changed is found no more, or as it is now; drafts and people never', async () => {
  const changed = await official.patch<Listing>(`/v1/listings/${near.id}`, { attributes: { name: '改名工坊' } });
  expect(await titles({ q: '近处' })).toEqual([]);
  expect(await titles({ q: '改名' })).toEqual([changed.title]);
  await official.post(`/v1/listings/${near.id}/withdrawal`);
  expect(await titles({ q: '改名' })).toEqual([]);
  await official.post('/v1/listings', aWorkshop({ name: '未发布工坊' }));
  await publish(official, aWorker());
  expect(await titles({ q: '未发布' })).toEqual([]);
  expect(await find({ kind: 'labour' })).toEqual([]);
  const kept = await service.rows<{ kind: string }>('select distinct kind from published_listing');
  expect(kept.map(({ kind }) => kind).sort()).toEqual(['processing-order', 'workshop']);
});

test.each([
  [{ sort: 'distance' }, 'near'],
  [{ sort: 'price' }, 'kind'],
  [{ radiusKm: '5' }, 'near'],
  [{ near: '29.01,119.02' }, 'near'],
  [{ bbox: '119.2,28.8,118.8,29.2' }, 'bbox'],
  [{ availableFrom: '2026-12-02', availableTo: '2026-12-01' }, 'availableTo'],
])('%j is refused, and told why', async (query: Record<string, string>, field) => {
  const { status, errors } = await service.visitor.refused('GET', path(query));
  expect([400, 422]).toContain(status);
  expect(errors?.map((error) => error.path)).toEqual([`querystring.${field}`]);
});

test('on the map: GeoJSON in WGS-84, with where each point comes from, as a sketch', async () => {
  interface Drawn {
    properties: unknown;
    features: { geometry: { coordinates: number[] }; properties: Record<string, unknown> }[];
  }
  const answer = await fetch(`${service.url}${path({ division: county }, '/v1/map/villages')}`);
  expect(answer.headers.get('content-type')).toMatch(/^application\/geo\+json/);
  const villages = (await answer.json()) as Drawn;
  expect(villages.features).toHaveLength(295);
  expect(villages.features[0]?.properties['coordSource']).toBe('synthetic');
  const bbox = '119.04,29,119.06,29.02';
  const workshops = await service.visitor.get<Drawn>(path({ bbox }, '/v1/map/workshops'));
  expect(workshops).toMatchObject({ type: 'FeatureCollection', properties: { label: '示意图', isComplete: true } });
  expect(workshops.features.map(({ geometry }) => geometry.coordinates)).toEqual([[119.05, 29.01]]);
  const orders = await service.visitor.get<Drawn>(path({ kind: 'processing-order' }, '/v1/map/listings'));
  expect(orders.features.map(({ properties }) => properties['kind'])).toEqual(['processing-order']);
});
