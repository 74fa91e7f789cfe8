import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { exampleListing } from '../example-listing.ts';
import { newListingSchema } from '../schemas.ts';
import { sheetById, sheetIds } from '../sheets/index.ts';
import { partyKindCodes } from '../../vocabulary/party-kinds.ts';
import type { Column } from './kind.ts';
import * as all from './all.ts';
import {
  equipment,
  formatConditions,
  kindById,
  kindIds,
  kinds,
  labour,
  land,
  landDemand,
  meetsCondition,
  parseConditions,
  processingOrder,
  project,
  sharedFacility,
  talent,
  venue,
} from './index.ts';

type JsonSchema = Record<string, unknown>;

/** Every schema node that says a type, with its path. */
function nodesOf(schema: unknown, path: string): { path: string; node: JsonSchema }[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap((part, index) => nodesOf(part, `${path}.${index}`));
  const node = schema as JsonSchema;
  const own = typeof node['type'] === 'string' ? [{ path, node }] : [];
  return [...own, ...Object.entries(node).flatMap(([key, value]) => nodesOf(value, `${path}.${key}`))];
}

function schemaAt(schema: JsonSchema, column: Column): unknown {
  const segments = column.path.split('.').slice(1);
  return segments.reduce<unknown>((at, segment) => {
    const node = at as { properties?: JsonSchema; items?: unknown } | undefined;
    return /^\d+$/.test(segment) ? node?.items : node?.properties?.[segment];
  }, schema);
}

describe('the kinds of listing', () => {
  it('are those of all.ts, each found by its id and with a sheet of its own', () => {
    expect(kinds).toHaveLength(Object.keys(all).length);
    expect(new Set(kindIds).size).toBe(kinds.length);
    for (const kind of kinds) expect([kindById(kind.id), sheetById(kind.id).kind]).toEqual([kind, kind]);
    expect(sheetIds).toEqual(expect.arrayContaining([...kindIds]));
    expect(kindById('nothing' as string)).toBeNull();
  });

  it.each(kinds)('$id shows an example, made from its columns, that the service takes', (kind) => {
    const example = exampleListing(kind);
    expect(newListingSchema.safeParse(example).error?.issues ?? []).toEqual([]);
    // Whoever reads the example sees every attribute, but for those that belong to another kind of the same listing.
    expect(kind.titleOf(kind.attributes.parse(example.attributes)).length).toBeLessThanOrEqual(120);
  });

  it.each(kinds)(
    '$id says which kinds of party may own it, and has a personal part exactly when it is private',
    (kind) => {
      expect(kind.owners.length).toBeGreaterThan(0);
      expect(new Set(kind.owners).size).toBe(kind.owners.length);
      expect(partyKindCodes).toEqual(expect.arrayContaining([...kind.owners]));
      expect(kind.person === undefined).toBe(kind.isPublic);
    },
  );

  it.each(kinds)('$id bounds every string, number and list, and takes no unknown field', (kind) => {
    const schema = z.toJSONSchema(kind.attributes, { io: 'input' });
    for (const { path, node } of nodesOf(schema, kind.id)) {
      if (node['const'] !== undefined || node['enum'] !== undefined) continue;
      const bound = { string: 'maxLength', array: 'maxItems', integer: 'maximum', number: 'maximum' }[
        String(node['type'])
      ];
      if (bound !== undefined) expect(node, path).toHaveProperty(bound);
      if (node['type'] === 'object') expect(node, path).toHaveProperty('additionalProperties', false);
    }
  });

  it.each(kinds)('$id describes every attribute in both languages', (kind) => {
    for (const [name, field] of Object.entries(kind.attributes.shape)) {
      expect((field as z.ZodType).description, name).toMatch(/\p{Script=Han}.* · .*[a-z]/u);
    }
  });

  it.each(kinds)('$id has a column for every attribute, and columns only for attributes that exist', (kind) => {
    const schema = z.toJSONSchema(kind.attributes, { io: 'input' });
    const columns = kind.columns.filter((column) => column.path.startsWith('attributes.'));
    for (const column of columns) expect(schemaAt(schema, column), column.path).toBeDefined();
    const covered = new Set(columns.map((column) => column.path.split('.')[1]));
    const derived = kind.id === 'labour' ? ['minorUntil'] : [];
    expect([...covered, ...derived].toSorted()).toEqual(Object.keys(kind.attributes.shape).toSorted());
    expect(new Set(kind.columns.map((column) => column.header)).size).toBe(kind.columns.length);
  });

  it.each(kinds)('$id marks the columns required that its schema requires', (kind) => {
    const required = new Set(z.toJSONSchema(kind.attributes, { io: 'input' }).required ?? []);
    for (const column of kind.columns) {
      const [part, name, ...deeper] = column.path.split('.');
      if (part !== 'attributes' || deeper.length > 0) continue;
      expect(column.isRequired ?? false, column.header).toBe(required.has(name ?? ''));
    }
  });

  it('keeps people out of the public, and the margin of an order with its owner', () => {
    expect(kinds.filter((kind) => !kind.isPublic)).toEqual([labour, talent]);
    expect(processingOrder.withheld).toContain('marginFen');
    for (const kind of [labour, talent]) expect(kind.attributes.shape).not.toHaveProperty('name');
  });

  it.each(kinds)('$id withholds every contact that it holds, and every price that is its owner’s secret', (kind) => {
    const names = Object.keys(kind.attributes.shape);
    // The office of a policy is there to be called.
    const secret =
      kind.id === 'policy' ? [] : names.filter((name) => /^contact|floorPrice|(price|rent)\w*Max$/i.test(name));
    expect(kind.withheld).toEqual(expect.arrayContaining(secret));
  });
});

describe('what the law says at listing', () => {
  it('refuses an orchard on permanent basic farmland and names the rule', () => {
    const plot = {
      name: '示例',
      idleLandKind: 'grain-restored',
      landClass: '0101',
      isBasicFarmland: true,
      areaMuX100: 320,
      transferWay: 'lease',
      rentFenPerMuYear: 45_000,
    };
    expect(land.attributes.safeParse({ ...plot, wantedUses: ['grain'] }).success).toBe(true);
    const refused = land.attributes.safeParse({ ...plot, wantedUses: ['grain', 'fruit-forestry'] });
    expect(refused.error?.issues[0]).toMatchObject({
      path: ['wantedUses', 1],
      params: { code: 'land-use-forbidden', rule: 'land-use/fruit-forestry/basic-farmland' },
    });
  });

  const codesOf = (kind: { attributes: z.ZodObject }, attributes: Record<string, unknown>) =>
    kind.attributes
      .safeParse(attributes)
      .error?.issues.map((issue) => [issue.path.join('.'), (issue as { params?: { code: string } }).params?.code]) ??
    [];

  it('takes the outline of a plot that is valid, and only warns when its area is not the stated one', () => {
    const plot = { ...exampleListing(land).attributes };
    const [ring] = (plot['polygon'] as { coordinates: number[][][] }).coordinates;
    const drawn = land.attributes.parse(plot);
    expect(land.warningsOf?.(drawn)).toEqual([]);
    expect(land.warningsOf?.({ ...drawn, areaMuX100: drawn.areaMuX100 * 2 })[0]?.zh).toContain('相差超过 10%');
    const open = { type: 'Polygon', coordinates: [ring?.slice(0, 4)] };
    expect(codesOf(land, { ...plot, polygon: open })).toEqual([['polygon.coordinates.0', 'ring-open']]);
  });

  it('forbids dwelling, production and storage in one building', () => {
    const house = exampleListing(venue).attributes;
    expect(codesOf(venue, { ...house, buildingUses: ['dwelling', 'storage'] })).toEqual([]);
    expect(codesOf(venue, { ...house, buildingUses: ['dwelling', 'production', 'storage'] })).toEqual([
      ['buildingUses', 'three-in-one'],
    ]);
  });

  it('refuses periods that overlap or end before they begin', () => {
    const machine = exampleListing(equipment).attributes;
    const periods = (...days: [string, string][]) => ({
      ...machine,
      unavailable: days.map(([from, to]) => ({ from, to })),
    });
    expect(codesOf(equipment, periods(['2026-12-01', '2026-12-05'], ['2026-12-06', '2026-12-06']))).toEqual([]);
    expect(codesOf(equipment, periods(['2026-12-01', '2026-12-05'], ['2026-12-05', '2026-12-06']))).toEqual([
      ['unavailable.1.from', 'periods-overlap'],
    ]);
    expect(codesOf(equipment, periods(['2026-12-05', '2026-12-01']))).toEqual([
      ['unavailable.0.to', 'period-reversed'],
    ]);
  });

  it('judges land that is looked for, and what a shared facility stands on', () => {
    const wanted = exampleListing(landDemand).attributes;
    expect(codesOf(landDemand, wanted)).toEqual([]);
    expect(codesOf(landDemand, { ...wanted, landUses: ['cropland', 'homestead'] })).toEqual([
      ['landUses.1', 'land-use-forbidden'],
    ]);
    expect(codesOf(landDemand, { ...wanted, absorptionKgPerMuYear: null })).toEqual([
      ['absorptionKgPerMuYear', 'absorption-load'],
    ]);
    const facility = exampleListing(sharedFacility).attributes;
    expect(codesOf(sharedFacility, { ...facility, landUse: 'basic-farmland' })).toEqual([
      ['landUse', 'land-use-forbidden'],
    ]);
    expect(
      sharedFacility.conditionsOf?.(sharedFacility.attributes.parse({ ...facility, landUse: 'homestead' })),
    ).toMatchObject([{ rule: 'land-use/workshop/homestead' }]);
  });

  it('lets a project pass a stage only with what its gate asks for', () => {
    const plan = { ...exampleListing(project).attributes, stage: 'running' };
    expect(codesOf(project, plan)).toEqual([
      ['startedOn', 'stage-gate'],
      ['acceptedOn', 'stage-gate'],
    ]);
    expect(codesOf(project, { ...plan, startedOn: '2026-10-01', acceptedOn: '2026-11-01' })).toEqual([]);
  });

  it('lists nobody under 16, and remembers until when a 17-year-old is a minor, even born on 29 February', () => {
    const settle = (birth: string) => labour.person?.settle({ idNumber: `330803${birth}0010` }, '2026-11-21');
    expect(settle('20101122')).toMatchObject({ refused: { code: 'under-16' } });
    expect(settle('20101121')).toEqual({ attributes: { minorUntil: '2028-11-21' } });
    expect(settle('19800229')).toEqual({ attributes: { minorUntil: null } });
    expect(labour.person?.settle({ idNumber: '330803200802290010' }, '2025-11-21')).toEqual({
      attributes: { minorUntil: '2026-03-01' },
    });
  });

  it('refuses an order whose window is shorter than its work', () => {
    const order = {
      productName: '示例',
      quantity: 100,
      unit: '件',
      needs: [{ skill: 'packing', hoursPerWeek: 40 }],
      durationWeeks: 2,
      earliestStart: '2026-11-28',
      due: '2026-12-11',
      areaM2: 20,
      powerKw: 1,
      marginFen: 1,
      transportFenPerKm: 1,
    };
    expect(processingOrder.attributes.safeParse(order).success).toBe(true);
    const late = processingOrder.attributes.safeParse({ ...order, due: '2026-12-10' });
    expect(late.error?.issues[0]).toMatchObject({ path: ['due'], params: { code: 'window-too-short' } });
  });
});

describe('eligibility', () => {
  const written = '工坊星级>=4;主体类型 属于 企业、农民专业合作社;所在区划 位于 330803';

  it('is read as people write it and written as it is read', () => {
    const parsed = parseConditions(written);
    if (!('conditions' in parsed)) throw new Error(parsed.unreadable);
    expect(parsed.conditions).toEqual([
      { field: 'star', operator: '>=', value: 4 },
      { field: 'party-kind', operator: 'in', value: ['enterprise', 'cooperative'] },
      { field: 'division', operator: 'within', value: '330803' },
    ]);
    expect(parseConditions(formatConditions(parsed.conditions))).toEqual(parsed);
    expect(parseConditions('就业人数不少于5;心情好')).toEqual({ unreadable: '心情好' });
  });

  it('is unknown, not refused, when a fact is missing', () => {
    const condition = { field: 'star', operator: '>=', value: 4 } as const;
    expect([{ star: 4 }, { star: 3.9 }, {}].map((facts) => meetsCondition(condition, facts))).toEqual([
      true,
      false,
      null,
    ]);
    const place = { field: 'division', operator: 'within', value: '330803' } as const;
    expect(meetsCondition(place, { division: '330803114242' })).toBe(true);
  });
});
