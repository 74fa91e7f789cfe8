// A search on the wire: the parameters that all searches of public listings take, and the filter they mean.

import { z } from 'zod';
import type { Gazetteer } from '../../regions/index.ts';
import { plainDateSchema } from '../kinds/index.ts';
import { brokenRule } from '../kinds/kind.ts';
import { divisionCode, kindSchema, listSchema } from '../schemas.ts';
import type { PublicFilter } from './conditions.ts';
import type { Sort, SortKeys } from './orders.ts';
import { readSearchWords } from './words.ts';

const number = String.raw`-?\d{1,3}(?:\.\d{1,12})?`;
const numbers = (count: number) => new RegExp(`^${Array.from({ length: count }, () => number).join(',')}$`);
const RADIUS_KM = 10;

const unplaced = {
  message: 'longitude must be 70 to 140 and latitude 0 to 60',
  params: {
    text: {
      zh: '经度须在 70 至 140 之间、纬度在 0 至 60 之间,先经度后纬度',
      en: 'longitude must be 70 to 140 and latitude 0 to 60, longitude first',
    },
  },
};

export const searchQuery = {
  q: z.string().min(1).max(80).optional().describe('湖仁 缝纫: words of the title, the attributes or the place'),
  list: listSchema.optional().describe('Only of this list'),
  kind: kindSchema.optional().describe('Only of this kind'),
  division: divisionCode.optional().describe('This division and all below it'),
  near: z
    .string()
    .max(40)
    .regex(numbers(2))
    .refine(isPlace, unplaced)
    .optional()
    .describe('119.02,29.01: longitude and latitude in WGS-84; only within `radiusKm` of it'),
  radiusKm: z
    .preprocess(
      (text) => (/^[1-9]\d{0,2}$/.test(String(text)) ? Number(text) : text),
      z.int().min(1).max(200).optional(),
    )
    .describe(`With near; left out: ${RADIUS_KM}`),
  bbox: z
    .string()
    .max(80)
    .regex(numbers(4))
    .refine(isPlace, unplaced)
    .optional()
    .describe('118.8,28.8,119.2,29.2: west, south, east, north in WGS-84'),
  availableFrom: plainDateSchema.optional().describe('Free on this day or later'),
  availableTo: plainDateSchema.optional().describe('Free on this day or earlier'),
};
export type SearchQuery = z.output<z.ZodObject<typeof searchQuery>>;

const toNumbers = (text: string) => text.split(',').map(Number);

/** Where our lists can be: the same bounds as a listing's own point. */
function isPlace(text: string): boolean {
  return toNumbers(text).every((value, at) => (at % 2 === 0 ? value >= 70 && value <= 140 : value >= 0 && value <= 60));
}

/** What parameters ask of each other. */
export function checkSearch(
  { near, radiusKm, bbox, availableFrom, availableTo }: SearchQuery,
  context: z.core.$RefinementCtx,
): void {
  const [west = 0, south = 0, east = 0, north = 0] = bbox === undefined ? [] : toNumbers(bbox);
  const broken = [
    radiusKm !== undefined && near === undefined && brokenRule(['near'], 'near-missing', needsNear),
    (east < west || north < south) && brokenRule(['bbox'], 'box-turned', turned),
    availableFrom !== undefined &&
      availableTo !== undefined &&
      availableTo < availableFrom &&
      brokenRule(['availableTo'], 'window-turned', endsFirst),
  ];
  for (const issue of broken) if (issue) context.addIssue(issue);
}

export const searchParameters = z.strictObject(searchQuery).superRefine(checkSearch);

const needsNear = { zh: '请同时用 near 给出中心点', en: 'say with near from where' };
const turned = { zh: '须按西、南、东、北的顺序填写', en: 'the order is west, south, east, north' };
const endsFirst = { zh: '截止日早于起始日', en: 'the last day is before the first' };

/** Orders need what they order by; the caller's own view has one order and no map. */
export function checkSort(
  query: SearchQuery & { sort?: Sort | undefined; doubted?: string | undefined; view: 'public' | 'own' },
  context: z.core.$RefinementCtx,
): void {
  if (query.view === 'own') {
    const publicOnly = (['near', 'bbox', 'availableFrom', 'availableTo', 'sort'] as const).find((name) => query[name]);
    if (publicOnly) context.addIssue(brokenRule([publicOnly], 'public-only', forPublicLists));
  }
  if (query.view === 'public' && query.doubted !== undefined) {
    context.addIssue(brokenRule(['doubted'], 'own-only', forOwnView));
  }
  if (query.sort === 'distance' && query.near === undefined) {
    context.addIssue(brokenRule(['near'], 'near-missing', needsNear));
  }
  if (query.sort === 'price' && query.kind === undefined) {
    context.addIssue(brokenRule(['kind'], 'kind-missing', needsKind));
  }
}

const forPublicLists = { zh: '只用于公开清单(view=public)', en: 'is for the public lists (view=public)' };
const forOwnView = { zh: '只用于本人或本区划的条目(view=own)', en: 'is for what is one’s own (view=own)' };
const needsKind = { zh: '不同类别的价格不能相比,请给出 kind', en: 'prices compare within one kind: say which' };

export function toPublicFilter(query: SearchQuery, gazetteer: Gazetteer): PublicFilter {
  const [lng, lat] = query.near === undefined ? [] : toNumbers(query.near);
  const [west, south, east, north] = query.bbox === undefined ? [] : toNumbers(query.bbox);
  return {
    words: query.q === undefined ? [] : readSearchWords(query.q, gazetteer),
    kind: query.kind,
    list: query.list,
    divisionCode: query.division,
    near: lng === undefined || lat === undefined ? undefined : { lng, lat, radiusKm: query.radiusKm ?? RADIUS_KM },
    box:
      west === undefined || south === undefined || east === undefined || north === undefined
        ? undefined
        : { west, south, east, north },
    availableFrom: query.availableFrom,
    availableTo: query.availableTo,
  };
}

export const sortKeys: z.ZodType<SortKeys> = z.tuple([z.number(), z.uuid()]);
