import { z } from 'zod';
import type { Context } from '../platform/context.ts';
import {
  daySchema,
  decodeCursor,
  operation,
  pageOf,
  pageQuery,
  toPage,
  type Operation,
} from '../platform/http/index.ts';
import { notFound } from '../platform/problem.ts';
import { divisionCodePattern, divisionLevelOf } from '../vocabulary/division-code.ts';
import { findDivisions, readGazetteer } from './service.ts';
import type { Division } from './tables.ts';

const divisionSchema = z
  .object({
    code: z.string().describe('统计用区划代码: 6 digits for a county, 9 for a town, 12 for a village'),
    level: z.enum(['province', 'city', 'county', 'town', 'village']),
    parentCode: z.string().nullable(),
    name: z.string().describe('As people say it: 湖仁村'),
    officialName: z.string().describe('As the register says it: 湖仁村村委会'),
    aliases: z.array(z.string()),
    pinyin: z.string(),
    initials: z.string(),
    lng: z.number().describe('WGS-84'),
    lat: z.number(),
    coordSource: z.string().describe('`synthetic`: not surveyed, must not be used as a boundary or an address'),
    validFrom: daySchema,
    validTo: daySchema.nullable(),
    successorCode: z.string().nullable(),
  })
  .meta({ id: 'Division' });

const example = {
  code: '330803114242',
  level: 'village' as const,
  parentCode: '330803114',
  name: '湖仁村',
  officialName: '湖仁村村委会',
  aliases: ['湖仁'],
  pinyin: 'hu ren cun',
  initials: 'hrc',
  lng: 119.02,
  lat: 29.01,
  coordSource: 'synthetic',
  validFrom: '2023-06-30',
  validTo: null,
  successorCode: null,
};

function toDivision(row: Division): z.infer<typeof divisionSchema> {
  const { shortName, ...rest } = row;
  return { ...rest, name: shortName, level: divisionLevelOf(row.code) ?? 'village' };
}

/** Divisions are read in the order of their codes. */
const codeKey = z.tuple([z.string().max(12).regex(divisionCodePattern)]);

export function regionOperations(context: Context): Operation[] {
  return [
    operation({
      method: 'GET',
      url: '/v1/divisions',
      id: 'listDivisions',
      tag: 'divisions',
      summary: { zh: '查找区划:按名称、拼音、首字母或代码', en: 'Find divisions by name, pinyin, initials or code' },
      permission: 'divisions:read',
      query: z.strictObject({
        parent: z.string().max(12).regex(divisionCodePattern).optional().describe('Only the divisions directly below'),
        q: z.string().min(1).max(40).optional().describe('湖仁, hurencun, hrc or 330803114'),
        ...pageQuery,
      }),
      reply: {
        status: 200,
        schema: pageOf(divisionSchema, 'DivisionPage'),
        example: { items: [example], nextCursor: null },
      },
      async handle({ query }) {
        const [afterCode] = decodeCursor(query.cursor, codeKey);
        const rows = await findDivisions(context, { ...query, afterCode });
        return toPage(rows, query.limit, toDivision, (row) => [row.code]);
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/divisions/:code',
      id: 'getDivision',
      tag: 'divisions',
      summary: { zh: '读取一个区划', en: 'Read one division' },
      permission: 'divisions:read',
      params: z.strictObject({ code: z.string().max(12).regex(divisionCodePattern).describe('Its code') }),
      problems: ['not-found'],
      reply: { status: 200, schema: divisionSchema, example },
      async handle({ params }) {
        const found = (await readGazetteer(context)).find(params.code);
        if (!found) throw notFound();
        return toDivision(found);
      },
    }),
  ];
}
