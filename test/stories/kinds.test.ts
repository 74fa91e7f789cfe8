// Listings of every kind: what each says of itself is enough to write, publish, find and import it; who may own what; where
// things lie, in whatever coordinates; and people behind listings, known to nobody.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleListing } from '../../src/lists/example-listing.ts';
import { kindById, kinds, type KindId, type ListingKind } from '../../src/lists/kinds/index.ts';
import { completeUscc } from '../../src/vocabulary/uscc.ts';
import type { Import, ImportProblem, Listing } from '../support/answers.ts';
import {
  aConsent,
  anEnterprise,
  aPerson,
  aSheet,
  aWorker,
  aWorkshop,
  collective,
  county,
  enterprise,
  huren,
  importSheet,
  publish,
  register,
  type ListingWords,
} from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

interface Shown extends Listing {
  point: { lng: number; lat: number; source: string; stated: { lng: number; lat: number; crs: string } | null };
  conditions: { rule: string }[];
  warnings: { zh: string }[];
  person?: { id: string };
}

let service: Service;
let official: Caller;
const society = anEnterprise(2, {
  kind: 'social-org',
  uscc: completeUscc('51', county, 'MJ000001'),
  name: '示例协会',
});

beforeAll(async () => {
  service = await startService();
  official = await service.signIn({ role: 'official', divisionCode: county });
  await register(service, official, [collective, enterprise, society]);
});
afterAll(async () => {
  await service.drain();
  await service.close();
});

const ownerOf = ({ owners }: ListingKind) => (owners.includes('collective') ? collective : enterprise).uscc;

/** The example of a kind as one of this county's parties would state it. */
function words(id: KindId, attributes: Record<string, unknown> = {}, more: Partial<ListingWords> = {}): ListingWords {
  const kind = kindById(id);
  const example = exampleListing(kind) as unknown as ListingWords;
  return { ...example, owner: ownerOf(kind), ...more, attributes: { ...example.attributes, ...attributes } };
}

const problemsOf = ({ id }: Import) => official.all<ImportProblem>(`/v1/imports/${id}/problems?limit=100`);

describe('whatever its kind, a listing', () => {
  test.each(kinds)(
    '$id is written from its own example, published, and seen by visitors unless people are behind it',
    async (kind) => {
      const { id } = await publish(official, words(kind.id));
      const own = await official.get<Shown>(`/v1/listings/${id}`);
      expect(own.attributes).toEqual(kind.attributes.parse(own.attributes));
      if (!kind.isPublic) {
        expect(await service.visitor.refused('GET', `/v1/listings/${id}`)).toMatchObject({ code: 'not-found' });
        expect(await service.visitor.all<Listing>(`/v1/listings?kind=${kind.id}`)).toEqual([]);
        return;
      }
      const seen = await service.visitor.get<Shown>(`/v1/listings/${id}`);
      expect(seen).toMatchObject({ kind: kind.id, warnings: [] });
      const names = Object.keys(kind.attributes.shape).filter((name) => !(kind.withheld as string[]).includes(name));
      expect(Object.keys(seen.attributes).sort()).toEqual(names.sort());
    },
  );

  test.each(kinds)('$id is imported from the sheet made of its columns', async (kind) => {
    const person = kind.id === 'labour' ? aPerson(50) : identity(51);
    const more = kind.person ? { person: { ...person } } : { rowKey: '表-1' };
    const sheet = await aSheet(kind.id, [words(kind.id, {}, more)]);
    const done = await importSheet(service, official, kind.id, sheet);
    expect({ ...done, problems: await problemsOf(done) }).toMatchObject({
      status: 'done',
      counts: { created: 1 },
      problems: [],
    });
    const template = await service.visitor.download(`/v1/import-templates/${kind.id}`);
    expect(template.length).toBeGreaterThan(1_000);
  });
});

/** Without what a kind does not ask for. */
function identity(number: number) {
  const { lowIncome: _lowIncome, ...asked } = aPerson(number);
  return asked as unknown as Record<string, unknown>;
}

describe('an owner', () => {
  test('of the wrong kind is refused, by the API and by sheets, and told who could own it', async () => {
    const order = words('processing-order', {}, { owner: society.uscc, rowKey: '协会-1' });
    const refused = await official.refused('POST', '/v1/listings', { body: order });
    expect(refused.errors).toMatchObject([{ path: 'body.owner' }]);
    expect(JSON.stringify(refused.errors)).toMatch(/不能由社会组织登记,须为企业/);
    const done = await importSheet(service, official, 'processing-order', await aSheet('processing-order', [order]));
    expect(done).toMatchObject({ status: 'refused', counts: { created: 0 } });
    expect((await problemsOf(done)).map(({ code }) => code)).toEqual(['wrong-owner-kind']);
  });
});

describe('a point', () => {
  const wgs = { lng: 119.0205, lat: 29.0112 };

  test('is kept in WGS-84 and as it was stated, from the API and from a sheet', async () => {
    const stated = { lng: 119.0252, lat: 29.0083, crs: 'gcj-02' };
    const { id } = await official.post<Listing>('/v1/listings', { ...aWorkshop(), point: stated });
    const { point } = await official.get<Shown>(`/v1/listings/${id}`);
    expect(point).toMatchObject({ source: 'stated', stated });
    expect([point.lng, point.lat]).toEqual([expect.closeTo(119.0204, 3), expect.closeTo(29.0112, 3)]);
    const moved = await official.patch<Shown>(`/v1/listings/${id}`, { point: { ...wgs } });
    expect(moved.point).toEqual({ ...wgs, source: 'stated', stated: { ...wgs, crs: 'wgs-84' } });

    const row = { ...aWorkshop({ rowKey: '坐标-1', name: '坐标工坊' }), point: { ...stated, crs: 'bd-09' } };
    await importSheet(service, official, 'workshop', await aSheet('workshop', [row]), { publish: true });
    const [found] = await service.visitor.all<Shown>(`/v1/listings?q=${encodeURIComponent('坐标工坊')}`);
    expect(found?.point.stated).toEqual({ ...stated, crs: 'bd-09' });
    expect(found?.point.lng).toBeLessThan(stated.lng - 0.01);
  });

  test.each([
    ['40 km from its village', { lng: 119.4, lat: 29.01 }],
    ['beyond the outline of the county', { lng: 119.3, lat: 29.01 }],
  ])('%s is refused, with the coordinate system as the likely mistake', async (_, point) => {
    const refused = await official.refused('POST', '/v1/listings', { body: { ...aWorkshop(), point } });
    expect(refused.errors).toMatchObject([{ path: 'body.point.lng' }]);
    expect(JSON.stringify(refused.errors)).toContain('坐标系');
  });
});

describe('the land-use law', () => {
  test('refuses what it forbids when land is sought, and names the approvals that a permitted use needs', async () => {
    const bad = words(
      'land-demand',
      { landUses: ['cropland', 'homestead'] },
      { owner: enterprise.uscc, rowKey: '消纳-2' },
    );
    const refused = await official.refused('POST', '/v1/listings', { body: bad });
    expect(refused.errors).toMatchObject([{ path: 'body.attributes.landUses.1' }]);
    const plot = words('land', { landClass: '1201', wantedUses: ['photovoltaic'] }, { rowKey: '空闲-1' });
    const { id } = await publish(official, plot);
    const seen = await service.visitor.get<Shown>(`/v1/listings/${id}`);
    expect(seen.conditions).toMatchObject([{ rule: 'land-use/photovoltaic/vacant-land' }]);
  });

  test('and a plot whose outline does not fit its area is taken, with a warning to its owner alone', async () => {
    const { id } = await publish(official, words('land', { areaMuX100: 90_000 }, { rowKey: '图形-1' }));
    expect((await official.get<Shown>(`/v1/listings/${id}`)).warnings).toMatchObject([
      { zh: expect.stringContaining('10%') as string },
    ]);
    expect((await service.visitor.get<Shown>(`/v1/listings/${id}`)).warnings).toEqual([]);
    const done = await importSheet(
      service,
      official,
      'land',
      await aSheet('land', [words('land', { areaMuX100: 80_000 }, { rowKey: '图形-2' })]),
    );
    expect(done).toMatchObject({
      status: 'done',
      warnings: [{ zh: expect.stringContaining('相差超过 10%') as string }],
    });
  });
});

describe('a talent', () => {
  test('who is listed for work too stays what is known of it: asking nothing about income forgets nothing', async () => {
    const person = { ...aPerson(70), lowIncome: true };
    const worker = await publish(official, aWorker({ person }));
    const talent = await publish(
      official,
      words('talent', {}, { person: identity(70), consent: aConsent(), divisionCode: huren }),
    );
    const [asWorker, asTalent] = await Promise.all(
      [worker, talent].map(({ id }) => official.get<Shown>(`/v1/listings/${id}`)),
    );
    expect(asTalent?.person?.id).toBe(asWorker?.person?.id);
    const { person: clear } = await official.post<{ person: { lowIncome: boolean } }>(
      `/v1/persons/${asTalent?.person?.id ?? ''}/disclosures`,
      { purpose: 'inspection' },
    );
    expect(clear.lowIncome).toBe(true);
  });

  test('stands at the point of the village: a home is nobody’s business', async () => {
    const body = { ...words('talent', {}, { person: identity(71) }), point: { lng: 119.02, lat: 29.01 } };
    expect(await official.refused('POST', '/v1/listings', { body })).toMatchObject({ code: 'invalid-input' });
    const { id } = await publish(official, words('talent', {}, { person: identity(72) }));
    const change = { point: { lng: 119.02, lat: 29.01 } };
    const refused = await official.refused('PATCH', `/v1/listings/${id}`, { body: change });
    expect(refused.errors).toMatchObject([{ path: 'body.point' }]);
  });
});
