// Operations over what is public: found listings counted, and on the map.

import { z } from 'zod';
import type { Context } from '../../platform/context.ts';
import { operation, textSchema, type Operation } from '../../platform/http/index.ts';
import { readGazetteer, type Gazetteer } from '../../regions/index.ts';
import { kindById, kinds } from '../kinds/index.ts';
import { mapOperations } from './map.ts';
import { checkSearch, searchQuery, toPublicFilter } from './query.ts';
import { countFacets, FACETS_COUNTED_MAX, type Facets } from './search-listings.ts';

export function searchOperations(context: Context): Operation[] {
  return [facetsOperation(context), ...mapOperations(context)];
}

const facetsSchema = z
  .object({
    counted: z.int().describe(`How many found listings were counted, at most ${FACETS_COUNTED_MAX}`),
    isExact: z.boolean().describe('false: more were found, and the newest of them were counted'),
    facets: z.array(
      z.object({
        facet: z.string().describe('`kind`, `town`, or a facet of kinds: `skill`, `idle-land-kind` …'),
        label: textSchema,
        values: z
          .array(z.object({ code: z.string(), label: textSchema, count: z.int() }))
          .describe('The most frequent first'),
      }),
    ),
  })
  .meta({ id: 'ListingFacets' });

type FacetsBody = z.input<typeof facetsSchema>;

const facetsExample: FacetsBody = {
  counted: 3,
  isExact: true,
  facets: [
    {
      facet: 'kind',
      label: { zh: '类别', en: 'kind' },
      values: [{ code: 'workshop', label: { zh: '共富工坊', en: 'workshop' }, count: 3 }],
    },
  ],
};

function facetsOperation(context: Context): Operation {
  return operation({
    method: 'GET',
    url: '/v1/listing-facets',
    id: 'getListingFacets',
    tag: 'listings',
    summary: { zh: '检索结果按类别、乡镇、技能等计数', en: 'Found listings counted by kind, town, skill and the like' },
    description:
      `The filter is that of a search. Up to ${FACETS_COUNTED_MAX} found listings the counts are exact; beyond, the newest ` +
      `${FACETS_COUNTED_MAX} are counted and \`isExact\` is false, so that the cost does not grow with the lists.`,
    permission: 'listings:read',
    query: z.strictObject(searchQuery).superRefine(checkSearch),
    reply: { status: 200, schema: facetsSchema, example: facetsExample },
    async handle({ query, visitor }) {
      const gazetteer = await readGazetteer(context);
      return toFacets(await countFacets(context, visitor, toPublicFilter(query, gazetteer)), gazetteer);
    },
  });
}

const facetsOfKinds = new Map(kinds.flatMap(({ facets = [] }) => facets).map((facet) => [facet.id, facet]));

function toFacets({ counted, isExact, kinds: ofKind, towns, terms }: Facets, gazetteer: Gazetteer): FacetsBody {
  return {
    counted,
    isExact,
    facets: [
      {
        facet: 'kind',
        label: { zh: '类别', en: 'kind' },
        values: ranked(ofKind, (code) => kindById(code).label),
      },
      {
        facet: 'town',
        label: { zh: '乡镇街道', en: 'town' },
        values: ranked(towns, (code) => ({ zh: gazetteer.fullNameOf(code), en: gazetteer.find(code)?.pinyin ?? code })),
      },
      ...[...facetsOfKinds.values()].flatMap(({ id, label, terms: known }) => {
        const counts = terms.get(id);
        if (!counts) return [];
        const labels = new Map(known.map(({ code, zh, en }) => [code, { zh, en }]));
        return [{ facet: id, label, values: ranked(counts, (code) => labels.get(code) ?? { zh: code, en: code }) }];
      }),
    ],
  };
}

function ranked<Code extends string>(counts: ReadonlyMap<Code, number>, labelOf: (code: Code) => FacetLabel) {
  return [...counts]
    .map(([code, count]) => ({ code, label: labelOf(code), count }))
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}

type FacetLabel = FacetsBody['facets'][number]['label'];
