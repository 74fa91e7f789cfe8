// What a search asks for, as conditions on the table of public rows. Each is served by one of its indexes.

import { and, eq, isNotNull, or, sql, type SQL } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { kinds, type KindId, type ListId } from '../kinds/index.ts';
import { publishedListing } from '../tables.ts';
import type { SearchWord } from './words.ts';

export interface Place {
  lng: number;
  lat: number;
}

export interface PublicFilter {
  words: readonly SearchWord[];
  kind?: KindId | undefined;
  list?: ListId | undefined;
  divisionCode?: string | undefined;
  /** WGS-84 */
  near?: (Place & { radiusKm: number }) | undefined;
  box?: { west: number; south: number; east: number; north: number } | undefined;
  /** What is free on a day or more from the first to the last, both included. */
  availableFrom?: string | undefined;
  availableTo?: string | undefined;
}

const { terms, position, searchText, availableFrom, availableTo } = publishedListing;

export function matches(filter: PublicFilter): SQL | undefined {
  const { words, kind, list, divisionCode, near, box } = filter;
  const ofList = kinds.filter((each) => each.list === list).map((each) => each.id);
  const together = [...(kind ? [`#${kind}`] : []), ...(divisionCode ? [`@${divisionCode}`] : [])];
  return and(
    ...words.map((word) => holdsAny(word, { text: searchText, terms })),
    together.length > 0 ? sql`${terms} @> ${sql.param(together)}::text[]` : undefined,
    list && !kind ? sql`${terms} && ${sql.param(ofList.map((id) => `#${id}`))}::text[]` : undefined,
    kind && list && !ofList.includes(kind) ? sql`false` : undefined,
    near
      ? sql`${position} <@ circle(${onMap(near)}, ${near.radiusKm / Math.cos((near.lat * Math.PI) / 180)})`
      : undefined,
    box
      ? sql`${position} <@ box(${onMap({ lng: box.west, lat: box.south })}, ${onMap({ lng: box.east, lat: box.north })})`
      : undefined,
    filter.availableTo ? sql`(${availableFrom} is null or ${availableFrom} <= ${filter.availableTo})` : undefined,
    filter.availableFrom ? sql`(${availableTo} is null or ${availableTo} >= ${filter.availableFrom})` : undefined,
  );
}

export const onMap = ({ lng, lat }: Place) => sql`map_point(${lng}, ${lat})`;

/** By the index on pairs of characters, then re-checked: pairs alone would also find them in another order. */
export function holdsAny(word: SearchWord, columns: { text: AnyPgColumn; terms: AnyPgColumn }): SQL | undefined {
  return or(
    ...word.map(({ word: text, bigrams }) => {
      const isHeld = sql`position(${text} in ${columns.text}) > 0`;
      return bigrams.length === 0 ? isHeld : and(sql`${columns.terms} @> ${sql.param(bigrams)}::text[]`, isHeld);
    }),
  );
}

export const sorts = ['freshness', 'distance', 'price'] as const;
export type Sort = (typeof sorts)[number];

/** Where a page ends: the sort key of its last row, and its id. */
export type SortKeys = [key: number, id: string];

interface Order {
  key: SQL<number>;
  order: SQL;
  /** Only rows that have the key. */
  where?: SQL | undefined;
  after(keys: SortKeys): SQL;
}

export function orderBy(sort: Sort, { near, kind }: Pick<PublicFilter, 'near' | 'kind'>): Order {
  const { id, price, publishedAt } = publishedListing;
  if (sort === 'freshness') {
    return {
      key: sql`extract(epoch from ${publishedAt}) * 1000000`,
      order: sql`${publishedAt} desc, ${id} desc`,
      after: ([at, last]) =>
        sql`(${publishedAt}, ${id}) < (timestamptz 'epoch' + ${at}::float8 * interval '1 microsecond', ${last}::uuid)`,
    };
  }
  const key =
    sort === 'price' ? sql<number>`${price}` : sql<number>`${position} <-> ${onMap(near ?? { lng: 0, lat: 0 })}`;
  return {
    key,
    order: sql`${key}, ${id}`,
    ...(sort === 'price' && { where: and(isNotNull(price), kind && eq(publishedListing.kind, kind)) }),
    after: ([at, last]) => {
      const end = sort === 'price' ? sql`${at}::bigint` : sql`${at}::float8`;
      return sql`${key} >= ${end} and (${key} > ${end} or ${id} > ${last}::uuid)`;
    },
  };
}
