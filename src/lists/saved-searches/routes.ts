// Operations over 保存的搜索: kept by whoever is signed in, seen by nobody else.

import { z } from 'zod';
import type { Context } from '../../platform/context.ts';
import {
  decodeCursor,
  idKey,
  idParams,
  idSchema,
  instantSchema,
  operation,
  pageOf,
  pageQuery,
  readIfMatch,
  toPage,
  type Operation,
} from '../../platform/http/index.ts';
import { examples } from '../examples.ts';
import { readPublicListings } from '../publishable.ts';
import { listingSchema } from '../schemas.ts';
import { checkSearch, searchQuery } from '../search/query.ts';
import { someTextPattern } from '../../vocabulary/shapes.ts';
import {
  changeSavedSearch,
  deleteSavedSearch,
  listSavedSearches,
  markAlertsRead,
  readAlerts,
  saveSearch,
  SAVED_SEARCHES_MAX,
  type SavedSearch,
} from './saved-searches.ts';
import { ALERTS_MAX } from './tell-searchers.ts';

const name = z.string().regex(someTextPattern).max(40).describe('What the owner calls it; no person’s name');
/** As they stand in the address of a search; kept as they were sent. */
const query = z
  .strictObject({
    ...searchQuery,
    radiusKm: z
      .string()
      .max(3)
      .regex(/^[1-9]\d{0,2}$/)
      .optional()
      .describe('With near, 1 to 200'),
  })
  .superRefine((parameters, refinement) => {
    const { radiusKm, ...others } = parameters;
    checkSearch({ ...others, radiusKm: radiusKm === undefined ? undefined : Number(radiusKm) }, refinement);
    const wide = { zh: '半径最大 200 公里', en: 'at most 200 km' };
    if (Number(radiusKm ?? 0) > 200)
      refinement.addIssue({ code: 'custom', path: ['radiusKm'], message: wide.en, params: { text: wide } });
    const empty = { zh: '请至少给出一个检索条件', en: 'ask for something' };
    if (Object.keys(parameters).length === 0)
      refinement.addIssue({ code: 'custom', message: empty.en, params: { text: empty } });
  })
  .meta({ id: 'SearchParameters' });

const savedSearchSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    query: z.record(z.string(), z.string()).describe('The parameters of findListings'),
    unread: z.int().describe('Alerts not marked as read'),
    overflowedAt: instantSchema
      .nullable()
      .describe(
        `When more than ${ALERTS_MAX} listings were published at once: the newest are told of, search for the rest`,
      ),
    version: z.int(),
    createdAt: instantSchema,
  })
  .meta({ id: 'SavedSearch' });

const alertSchema = z
  .object({
    id: z.uuid(),
    listingId: z.uuid(),
    listingVersion: z.int().describe('As it was found'),
    listing: listingSchema.nullable().describe('As everybody may read it now; null when withdrawn'),
    createdAt: instantSchema,
    readAt: instantSchema.nullable(),
  })
  .meta({ id: 'SearchAlert' });

const id = '019aa5c2-7c00-7000-8000-000000000061';
const alertId = '019aa5c2-7c00-7000-8000-000000000062';
const savedSearchExample: z.input<typeof savedSearchSchema> = {
  ...{
    id,
    name: '高家镇闲置厂房',
    query: { q: '厂房', division: '330803114' },
    unread: 1,
    overflowedAt: null,
    version: 1,
  },
  createdAt: '2026-11-21T02:00:00.000Z',
};
const alertExample: z.input<typeof alertSchema> = {
  ...{ id: alertId, listingId: examples.listing.id, listingVersion: 2, listing: examples.listing },
  ...{ createdAt: '2026-11-21T03:00:00.000Z', readAt: null },
};

export function savedSearchOperations(context: Context): Operation[] {
  const reply = { status: 200 as const, schema: savedSearchSchema, example: savedSearchExample };
  const shared = { tag: 'listings', permission: 'saved-searches:use' } as const;
  return [
    operation({
      ...shared,
      method: 'POST',
      url: '/v1/saved-searches',
      id: 'createSavedSearch',
      summary: { zh: '保存一个搜索,有新条目时提醒', en: 'Keep a search, and hear of what is published later' },
      description:
        `At most ${SAVED_SEARCHES_MAX} of one caller, told apart by \`identity\` (GET /v1/me). Whatever is published after it was saved ` +
        'and answers it makes one alert.',
      body: z.strictObject({ name, query }).meta({ id: 'NewSavedSearch' }),
      bodyExample: { name: '高家镇闲置厂房', query: { q: '厂房', division: '330803114' } },
      problems: ['conflict'],
      reply: { ...reply, status: 201, example: { ...savedSearchExample, unread: 0 } },
      handle: async ({ body, ...caller }) => toSavedSearch(await saveSearch(context, caller, body)),
    }),
    operation({
      ...shared,
      method: 'GET',
      url: '/v1/saved-searches',
      id: 'listSavedSearches',
      summary: { zh: '我保存的搜索', en: 'Searches that the caller keeps, newest first' },
      query: z.strictObject(pageQuery),
      reply: {
        status: 200,
        schema: pageOf(savedSearchSchema, 'SavedSearchPage'),
        example: { items: [savedSearchExample], nextCursor: null },
      },
      async handle({ query: { cursor, limit }, ...caller }) {
        const rows = await listSavedSearches(context, caller, { beforeId: decodeCursor(cursor, idKey)[0], limit });
        return toPage(rows, limit, toSavedSearch, (row) => [row.id]);
      },
    }),
    operation({
      ...shared,
      method: 'PATCH',
      url: '/v1/saved-searches/:id',
      id: 'changeSavedSearch',
      summary: { zh: '修改保存的搜索', en: 'Rename a saved search, or ask for something else' },
      description: 'Another query is asked of what is published from now on.',
      params: idParams,
      body: z.strictObject({ name: name.optional(), query: query.optional() }).meta({ id: 'SavedSearchChange' }),
      bodyExample: { name: '高家镇厂房' },
      problems: ['not-found'],
      reply,
      async handle({ body, params, request, ...caller }) {
        const version = readIfMatch(request.headers['if-match']);
        return toSavedSearch(await changeSavedSearch(context, caller, params.id, body, version));
      },
    }),
    operation({
      ...shared,
      method: 'DELETE',
      url: '/v1/saved-searches/:id',
      id: 'deleteSavedSearch',
      summary: { zh: '删除保存的搜索及其提醒', en: 'Delete a saved search with its alerts' },
      params: idParams,
      problems: ['not-found'],
      reply,
      async handle({ params, request, ...caller }) {
        const version = readIfMatch(request.headers['if-match']);
        return toSavedSearch(await deleteSavedSearch(context, caller, params.id, version));
      },
    }),
    operation({
      ...shared,
      method: 'GET',
      url: '/v1/saved-searches/:id/alerts',
      id: 'listSearchAlerts',
      summary: { zh: '保存的搜索的提醒', en: 'What a saved search told of, newest first' },
      params: idParams,
      query: z.strictObject(pageQuery),
      problems: ['not-found'],
      reply: {
        status: 200,
        schema: pageOf(alertSchema, 'SearchAlertPage'),
        example: { items: [alertExample], nextCursor: null },
      },
      async handle({ params, query: { cursor, limit }, ...caller }) {
        const beforeId = decodeCursor(cursor, idKey)[0];
        const rows = await readAlerts(context, caller, params.id, { beforeId, limit });
        const ids = rows.map(({ listingId }) => listingId);
        const listings = await readPublicListings(context, caller.visitor, ids);
        return toPage(
          rows,
          limit,
          ({ id: alert, listingId, listingVersion, createdAt, readAt }) => ({
            ...{ id: alert, listingId, listingVersion, listing: listings.get(listingId) ?? null },
            ...{ createdAt: createdAt.toISOString(), readAt: readAt?.toISOString() ?? null },
          }),
          (row) => [row.id],
        );
      },
    }),
    operation({
      ...shared,
      method: 'POST',
      url: '/v1/saved-searches/:id/reading',
      id: 'readSearchAlerts',
      summary: { zh: '把提醒标为已读', en: 'Mark alerts as read' },
      params: idParams,
      body: z
        .strictObject({ upTo: idSchema.optional().describe('This alert and all older ones; left out: all') })
        .meta({ id: 'AlertsRead' }),
      bodyExample: { upTo: alertId },
      problems: ['not-found'],
      reply: { ...reply, example: { ...savedSearchExample, unread: 0 } },
      async handle({ params, body, request, ...caller }) {
        const version = readIfMatch(request.headers['if-match']);
        return toSavedSearch(await markAlertsRead(context, caller, params.id, body.upTo, version));
      },
    }),
  ];
}

function toSavedSearch({
  id: saved,
  name: called,
  query: asked,
  unread,
  overflowedAt,
  version,
  createdAt,
}: SavedSearch) {
  return {
    ...{ id: saved, name: called, query: asked, unread, version },
    overflowedAt: overflowedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
