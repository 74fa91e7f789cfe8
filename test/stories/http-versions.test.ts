// Which state of a thing was read: nobody overwrites what he has not seen, and nothing is sent twice.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { issueKey } from '../../src/access/index.ts';
import { declareOperations } from '../../src/app.ts';
import { shutContext } from '../../scripts/openapi/contract.ts';
import type { Listing } from '../support/answers.ts';
import { aDecision, aVenue, aWorkshop, county, publish, register } from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

let service: Service;
let official: Caller;

beforeAll(async () => {
  service = await startService();
  official = await service.signIn({ role: 'official', divisionCode: county });
  await register(service, official);
});
afterAll(() => service.close());

const tagOf = async (caller: Caller, path: string) => (await caller.ask('GET', path)).headers.get('etag') ?? '';
const change = { attributes: { seats: 30 } };

test('a change that does not say what it changes is refused, and told how to say it', async () => {
  const { id } = await publish(official, aWorkshop({ name: '先读后改' }));
  const secret = await issueKey(service.context, { label: 'raw', role: 'official', divisionCode: county }, 'story');
  // By hand: callers of stories always say something.
  const answer = await fetch(`${service.url}/v1/listings/${id}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
  const problem = (await answer.json()) as { code: string; texts: { zh: string; en: string } };
  expect([answer.status, problem.code]).toEqual([428, 'precondition-required']);
  expect(problem.texts.zh).toMatch(/ETag.*If-Match/);
  expect(problem.texts.en).toMatch(/GET.*ETag.*If-Match/);
});

test('what was read can be changed once by its ETag; whoever read the same is told that he is late', async () => {
  const { id, version } = await publish(official, aWorkshop({ name: '同读一版' }));
  const path = `/v1/listings/${id}`;
  const tag = await tagOf(official, path);
  expect(tag).toMatch(new RegExp(`^"${version}-[\\w-]{22}"$`));
  const send = (ifMatch: string) => official.ask('PATCH', path, { body: change, headers: { 'if-match': ifMatch } });
  const first = await send(tag);
  expect(first.status).toBe(200);
  expect(first.headers.get('etag')).toBe(await tagOf(official, path));
  expect((await send(tag)).status).toBe(412);
  expect((await send(`W/${first.headers.get('etag')}`)).status, 'as a compressing proxy leaves it').toBe(200);
  expect((await send('*')).status).toBe(200);
});

interface Bound {
  method: string;
  path: (id: string) => string;
  body?: unknown;
  /** What it is asked of; a workshop when left out. */
  make?: () => Promise<{ id: string; version: number }>;
}

const listing =
  (steps: readonly string[], words = aWorkshop({ name: '旧版本' })) =>
  async () => {
    let made = await official.post<Listing>('/v1/listings', words);
    for (const step of steps) made = await official.post<Listing>(`/v1/listings/${made.id}/${step}`);
    return made;
  };
const savedSearch = () =>
  official.post<{ id: string; version: number }>('/v1/saved-searches', { name: '厂房', query: { q: '厂房' } });
const step = (name: string, steps: readonly string[] = [], body?: unknown): Bound => ({
  method: 'POST',
  path: (id) => `/v1/listings/${id}/${name}`,
  make: listing(steps),
  ...(body !== undefined && { body }),
});
const rename = { name: '仓库' };

/** How each operation that can be bound to a version is asked; it must refuse one that is past. */
const bound: Record<string, Bound> = {
  changeListing: { method: 'PATCH', path: (id) => `/v1/listings/${id}`, body: change },
  recordCollectiveDecision: {
    method: 'PUT',
    path: (id) => `/v1/listings/${id}/decision`,
    body: aDecision(),
    make: listing([], aVenue()),
  },
  submitListing: step('submission'),
  returnListing: step('return', ['submission'], { reasons: '请核对' }),
  approveListing: step('approval', ['submission']),
  publishListing: step('publication'),
  withdrawListing: step('withdrawal'),
  renewListing: step('renewal', ['publication']),
  closeListing: step('closure', ['publication']),
  deleteSavedSearch: { method: 'DELETE', path: (id) => `/v1/saved-searches/${id}`, make: savedSearch },
  readSearchAlerts: {
    method: 'POST',
    path: (id) => `/v1/saved-searches/${id}/reading`,
    body: { upTo: '019aa5c2-7c00-7000-8000-000000000062' },
    make: savedSearch,
  },
  changeSavedSearch: { method: 'PATCH', path: (id) => `/v1/saved-searches/${id}`, body: rename, make: savedSearch },
};
/** What is said of a thing whatever it is like by now. */
const unbound = ['reportOutdatedListing'];

test.each(Object.entries(bound))('%s is refused for a version that is past', async (_, asked) => {
  const { method, path, body, make = listing([]) } = asked;
  const { id, version } = await make();
  const ask = (tag: string) =>
    official.ask(method, path(id), { headers: { 'if-match': tag }, ...(body !== undefined && { body }) });
  expect((await ask(`"${version - 1}"`)).status).toBe(412);
  expect((await ask(`"${version}"`)).status).toBe(200);
});

test('no operation that can be bound to a version is missing above', () => {
  const listings = declareOperations(shutContext).filter(({ tag }) => tag === 'listings');
  const changing = listings.filter(({ method, url }) => method !== 'GET' && url.includes('/:id'));
  expect(changing.map(({ id }) => id).sort()).toEqual([...Object.keys(bound), ...unbound].sort());
});

test('what the reader has already is not sent again, one thing or a list, and HEAD tells the same', async () => {
  const { id } = await publish(official, aWorkshop({ name: '不必重发' }));
  for (const path of [`/v1/listings/${id}`, '/v1/listings?limit=2', `/v1/lists?division=${county}`, '/openapi.json']) {
    const full = await service.visitor.ask('GET', path);
    const tag = full.headers.get('etag') ?? '';
    expect(tag, path).toMatch(/^(W\/"|"\d+-)[\w-]{22}"$/);
    for (const known of [tag, `W/${tag.replace('W/', '')}`, `"other", ${tag}`, '*']) {
      const again = await service.visitor.ask('GET', path, { headers: { 'if-none-match': known } });
      expect([again.status, again.body, again.headers.get('etag')], `${path} ${known}`).toEqual([304, '', tag]);
    }
    expect((await service.visitor.ask('GET', path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    const head = await service.visitor.ask('HEAD', path);
    expect([head.status, head.body, head.headers.get('etag')]).toEqual([200, '', tag]);
  }
});

test('one version reads differently to different callers, and neither is told that he has seen what the other has', async () => {
  const { id } = await publish(official, aWorkshop({ name: '各看各的', powerKw: 7 }));
  const path = `/v1/listings/${id}`;
  const order = await official.post<Listing>('/v1/listings', aWorkshop({ name: '另一处' }));
  expect(await tagOf(official, `/v1/listings/${order.id}`)).not.toBe(await tagOf(official, path));
  const { headers } = await service.visitor.ask('GET', path);
  expect(headers.get('cache-control')).toBe('public, no-cache');
  expect(headers.get('vary')).toContain('Authorization');
  expect((await official.ask('GET', path)).headers.get('cache-control')).toBe('no-store');
  expect((await service.visitor.ask('GET', '/v1/nowhere')).headers.get('cache-control')).toBe('no-store');
});

test('a change of what a listing shows is a change of its tag, also when its version stays', async () => {
  const site = await publish(official, aWorkshop({ name: '业主改名' }));
  const path = `/v1/listings/${site.id}`;
  const before = await tagOf(service.visitor, path);
  await service.rows(`update party set name = name || '改' where id = $1`, [site.owner?.id]);
  const after = await service.visitor.ask<Listing>('GET', path, { headers: { 'if-none-match': before } });
  expect([after.status, after.body.version]).toEqual([200, site.version]);
});

test('what was made or begun can be read where the answer says', async () => {
  const made = await official.ask<Listing>('POST', '/v1/listings', { body: aWorkshop({ name: '在哪里' }) });
  expect([made.status, made.headers.get('location')]).toEqual([201, `/v1/listings/${made.body.id}`]);
  expect(made.headers.get('etag')).toMatch(/^"1-/);
  const begun = await official.ask<{ id: string }>('POST', '/v1/rounds', { body: { divisionCode: county } });
  expect([begun.status, begun.headers.get('location')]).toEqual([202, `/v1/rounds/${begun.body.id}`]);
  expect(await official.get(begun.headers.get('location') ?? '')).toMatchObject({ id: begun.body.id });
  await service.drain();
});
