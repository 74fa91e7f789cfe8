import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Column } from './kind.ts';
import { kindIds } from './kind.ts';
import { formatConditions, kindById, kinds, meetsCondition, parseConditions } from './index.ts';
import { labour } from './labour.ts';
import { land } from './land.ts';
import { processingOrder } from './processing-order.ts';

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
  it('are found by their id, every one', () => {
    expect(kinds.map((kind) => kind.id).toSorted()).toEqual([...kindIds].toSorted());
    expect(kindById('nothing' as string)).toBeNull();
  });

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

  it('keeps labour out of the public, and the margin of an order with its owner', () => {
    expect(kinds.filter((kind) => !kind.isPublic).map((kind) => kind.id)).toEqual(['labour']);
    expect(processingOrder.withheld).toContain('marginFen');
    expect(labour.attributes.shape).not.toHaveProperty('name');
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
