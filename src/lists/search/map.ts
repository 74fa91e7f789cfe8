// What is public as GeoJSON, for any map: points in WGS-84, each with where it comes from. A sketch, no survey.

import { z } from 'zod';
import type { Context } from '../../platform/context.ts';
import { operation, type Operation } from '../../platform/http/index.ts';
import { notFound } from '../../platform/problem.ts';
import { readDivisionsWithin, readGazetteer, type Gazetteer } from '../../regions/index.ts';
import type { ListingWithOwner } from '../find-listings.ts';
import { kindById } from '../kinds/index.ts';
import { divisionCode, kindSchema, listSchema } from '../schemas.ts';
import type { PublicFilter } from './conditions.ts';
import { checkSearch, searchQuery, toPublicFilter } from './query.ts';
import { searchListings } from './search-listings.ts';

/** Beyond so many points, the freshest are shown and the answer says so. */
const POINTS_MAX = 1_000;

function collectionOf<Properties extends z.ZodType>(properties: Properties, id: string) {
  const feature = z.object({
    type: z.literal('Feature'),
    id: z.string(),
    geometry: z.object({
      type: z.literal('Point'),
      coordinates: z.array(z.number()).length(2).describe('Longitude and latitude in WGS-84'),
    }),
    properties,
  });
  return z
    .object({
      type: z.literal('FeatureCollection'),
      properties: z.object({
        label: z.string().describe('To be shown with the map: 示意图, a sketch'),
        isComplete: z.boolean().describe('false: there are more, shown are the freshest'),
      }),
      features: z.array(feature).max(POINTS_MAX),
    })
    .meta({ id });
}

const coordSource = z.string().describe('`stated`, or that of the division’s point: `synthetic` or `published`');

const villagesSchema = collectionOf(z.object({ name: z.string(), coordSource }), 'VillageMap');
const listingsSchema = collectionOf(
  z.object({
    kind: kindSchema,
    list: listSchema,
    title: z.string(),
    divisionCode: z.string(),
    place: z.string(),
    coordSource,
  }),
  'ListingMap',
);

const sketch = { label: '示意图', isComplete: true };
const collection = { type: 'FeatureCollection' as const, properties: sketch };
const point = (lng: number, lat: number) => ({ type: 'Point' as const, coordinates: [lng, lat] });

const villagesExample: z.input<typeof villagesSchema> = {
  ...collection,
  features: [
    {
      type: 'Feature',
      id: '330803114242',
      geometry: point(119.02, 29.01),
      properties: { name: '高家镇湖仁村', coordSource: 'synthetic' },
    },
  ],
};

const listingsExample: z.input<typeof listingsSchema> = {
  ...collection,
  features: [
    {
      type: 'Feature',
      id: '019aa5c2-7c00-7000-8000-000000000001',
      geometry: point(119.02, 29.01),
      properties: {
        kind: 'workshop',
        list: 'resources',
        title: '示例工坊',
        divisionCode: '330803114242',
        place: '高家镇湖仁村',
        coordSource: 'stated',
      },
    },
  ],
};

export function mapOperations(context: Context): Operation[] {
  const listingsReply = {
    status: 200 as const,
    mediaType: 'application/geo+json' as const,
    schema: listingsSchema,
    example: listingsExample,
  };
  const description = `GeoJSON in WGS-84, at most ${POINTS_MAX} points, the freshest; \`isComplete\` says whether there are more.`;
  const { kind: _kind, list: _list, ...withoutKind } = searchQuery;
  return [
    operation({
      method: 'GET',
      url: '/v1/map/villages',
      id: 'getVillageMap',
      tag: 'map',
      summary: { zh: '地图:行政村', en: 'Villages on the map' },
      description: 'GeoJSON in WGS-84. `coordSource` says which points are synthetic: they are no addresses.',
      permission: 'divisions:read',
      query: z.strictObject({ division: divisionCode.min(6).describe('A county, town or village') }),
      problems: ['not-found'],
      reply: {
        status: 200,
        mediaType: 'application/geo+json',
        schema: villagesSchema,
        example: villagesExample,
      },
      async handle({ query }) {
        const gazetteer = await readGazetteer(context);
        if (!gazetteer.find(query.division)) throw notFound();
        const within = await readDivisionsWithin(context, query.division, { level: 'village', limit: POINTS_MAX + 1 });
        return {
          ...collection,
          properties: { ...sketch, isComplete: within.length <= POINTS_MAX },
          features: within.slice(0, POINTS_MAX).map(({ code, lng, lat, coordSource: source }) => ({
            type: 'Feature' as const,
            id: code,
            geometry: point(lng, lat),
            properties: { name: gazetteer.fullNameOf(code), coordSource: source },
          })),
        };
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/map/listings',
      id: 'getListingMap',
      tag: 'map',
      summary: { zh: '地图:清单条目', en: 'Found listings on the map' },
      description,
      permission: 'listings:read',
      query: z.strictObject(searchQuery).superRefine(checkSearch),
      reply: listingsReply,
      async handle({ query, visitor }) {
        const gazetteer = await readGazetteer(context);
        return toMap(await found(visitor, toPublicFilter(query, gazetteer)), gazetteer);
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/map/workshops',
      id: 'getWorkshopMap',
      tag: 'map',
      summary: { zh: '地图:共富工坊', en: 'Workshops on the map' },
      description,
      permission: 'listings:read',
      query: z.strictObject(withoutKind).superRefine(checkSearch),
      reply: listingsReply,
      async handle({ query, visitor }) {
        const gazetteer = await readGazetteer(context);
        return toMap(await found(visitor, { ...toPublicFilter(query, gazetteer), kind: 'workshop' }), gazetteer);
      },
    }),
  ];

  function found(visitor: Parameters<typeof searchListings>[1], filter: PublicFilter) {
    return searchListings(context, visitor, filter, { sort: 'freshness', after: undefined, limit: POINTS_MAX });
  }
}

function toMap(found: readonly ListingWithOwner[], gazetteer: Gazetteer): z.input<typeof listingsSchema> {
  return {
    ...collection,
    properties: { ...sketch, isComplete: found.length <= POINTS_MAX },
    features: found.slice(0, POINTS_MAX).map(({ row }) => ({
      type: 'Feature' as const,
      id: row.id,
      geometry: point(row.lng, row.lat),
      properties: {
        ...{ kind: kindSchema.parse(row.kind), title: row.title, divisionCode: row.region },
        list: kindById(kindSchema.parse(row.kind)).list,
        place: gazetteer.fullNameOf(row.region),
        coordSource: row.coordSource,
      },
    })),
  };
}
