// What a search asks for, as conditions on the table of public rows: terms of its one index wherever there is a term for it
// (`public_terms` in the migrations), checked against the row where terms say too much.

import { and, inArray, not, or, sql, type SQL } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { withinDivision } from '../../platform/database.ts';
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
  const { words, kind, list, divisionCode } = filter;
  const ofList = kinds.filter((each) => each.list === list).map((each) => each.id);
  const together = [...(kind ? [`#${kind}`] : []), ...(divisionCode ? [`@${divisionCode}`] : [])];
  return and(
    ...words.map((word) => oneOf(word) ?? anyOf(word, holdsTokens)),
    together.length > 0 ? holdsAll(together) : undefined,
    list && !kind ? holdsOne(ofList.map((id) => `#${id}`)) : undefined,
    kind && list && !ofList.includes(kind) ? sql`false` : undefined,
    isNear(filter),
    isInBox(filter),
    filter.availableTo ? sql`(${availableFrom} is null or ${availableFrom} <= ${filter.availableTo})` : undefined,
    filter.availableFrom ? sql`(${availableTo} is null or ${availableTo} >= ${filter.availableFrom})` : undefined,
  );
}

/** The same without words, on columns that the index by place holds. */
export function matchesByPlace(filter: PublicFilter): SQL | undefined {
  const { kind, list, divisionCode, near } = filter;
  const ids = kinds
    .filter((each) => (kind ?? each.id) === each.id && (list ?? each.list) === each.list)
    .map(({ id }) => id);
  return and(
    kind || list ? inArray(publishedListing.kind, ids) : undefined,
    divisionCode ? withinDivision(publishedListing.region, divisionCode) : undefined,
    near && isInCircle(near),
  );
}

/** Whether terms narrow it at all: what asks for nothing, or for a wide country, is walked in its order instead. */
export function isNarrowed({ words, kind, list, divisionCode, near, box }: PublicFilter): boolean {
  const area = (near && inCells(squareAround(near, mapKm(near)))) ?? (box && inCells(squareOf(box)));
  return words.length > 0 || Boolean(kind ?? list ?? divisionCode ?? area);
}

/** Whether its title says what was asked for; places are mostly said elsewhere, and need not stand there. */
export function saidInTitle(words: readonly SearchWord[]): SQL | undefined {
  const telling = words.filter(({ isPlace }) => !isPlace);
  if (telling.length === 0) return undefined;
  return and(...telling.map((word) => anyOf(word, (tokens) => holdsAll(tokens.map((token) => `!${token}`)))));
}

export const notInTitle = (inTitle: SQL): SQL => not(inTitle);

export const holdsAll = (all: readonly string[]) => sql`${terms} @> ${sql.param(all)}::text[]`;
export const holdsOne = (some: readonly string[]) => sql`${terms} && ${sql.param(some)}::text[]`;

function holdsTokens(tokens: readonly string[], text: string): SQL | undefined {
  if (tokens.length === 1) return holdsAll(tokens);
  // Several tokens alone would also be found in another order, and an amount at the end of a greater one: 18亩 in 43.18亩.
  const amount = /^\d/.test(text)
    ? sql`${searchText} ~ ${`(^|[^0-9.])${text.replaceAll('.', String.raw`\.`)}`}`
    : undefined;
  return and(holdsAll(tokens), amount ?? sql`position(${text} in ${searchText}) > 0`);
}

/** Of words that are one token each, by one look into the index. */
const oneOf = ({ alternatives }: SearchWord) =>
  alternatives.length > 1 && alternatives.every(({ bigrams }) => bigrams.length < 2)
    ? holdsOne(alternatives.map(({ word, bigrams: [token = word] }) => token))
    : undefined;

const anyOf = ({ alternatives }: SearchWord, holds: (tokens: readonly string[], text: string) => SQL | undefined) =>
  or(...alternatives.map(({ word, bigrams }) => holds(bigrams.length === 0 ? [word] : bigrams, word)));

/** In rows that are no public ones: their index knows pairs of characters, and no character alone. */
export function holdsAny({ alternatives }: SearchWord, columns: { text: AnyPgColumn; grams: AnyPgColumn }) {
  return or(
    ...alternatives.map(({ word, bigrams }) => {
      const isHeld = sql`position(${word} in ${columns.text}) > 0`;
      return bigrams.length === 0 ? isHeld : and(sql`${columns.grams} @> ${sql.param(bigrams)}::text[]`, isHeld);
    }),
  );
}

/** Cells narrow it, and the row is checked by what no index serves: by its place alone it would be one of very many. */
function isNear({ near }: PublicFilter): SQL | undefined {
  if (!near) return undefined;
  const cells = inCells(squareAround(near, mapKm(near)));
  return cells ? and(cells, sql`${position} <-> ${onMap(near)} <= ${mapKm(near)}`) : isInCircle(near);
}

const isInCircle = (near: Place & { radiusKm: number }) => sql`${position} <@ circle(${onMap(near)}, ${mapKm(near)})`;

function isInBox({ box }: PublicFilter): SQL | undefined {
  if (!box) return undefined;
  const square = squareOf(box);
  const cells = inCells(square);
  if (!cells) return sql`${position} <@ box(${onMap(southWest(box))}, ${onMap(northEast(box))})`;
  const { from, to } = square;
  return and(
    cells,
    sql`${position}[0] between ${from.x}::float8 and ${to.x}::float8`,
    sql`${position}[1] between ${from.y}::float8 and ${to.y}::float8`,
  );
}

// ── On the map ──────────────────────────────────────────────────────────────────────────────────────────────────────

export const onMap = ({ lng, lat }: Place) => sql`map_point(${lng}, ${lat})`;

const EARTH_KM = 6371.0088;
const radians = (degrees: number) => (degrees * Math.PI) / 180;
/** As the SQL function `map_point`. */
const toMap = ({ lng, lat }: Place) => ({
  x: EARTH_KM * radians(lng),
  y: EARTH_KM * Math.log(Math.tan(Math.PI / 4 + radians(lat) / 2)),
});

/** Kilometres on the map: those on the ground, stretched by the projection. */
export const mapKm = ({ lat, radiusKm }: Place & { radiusKm: number }) => radiusKm / Math.cos(radians(lat));

const southWest = ({ west, south }: NonNullable<PublicFilter['box']>) => ({ lng: west, lat: south });
const northEast = ({ east, north }: NonNullable<PublicFilter['box']>) => ({ lng: east, lat: north });

interface Square {
  from: { x: number; y: number };
  to: { x: number; y: number };
}

const squareOf = (box: NonNullable<PublicFilter['box']>): Square => ({
  from: toMap(southWest(box)),
  to: toMap(northEast(box)),
});

export function squareAround(place: Place, km: number): Square {
  const { x, y } = toMap(place);
  return { from: { x: x - km, y: y - km }, to: { x: x + km, y: y + km } };
}

const CELL_KM = 4;
const CELLS_MAX = 100;

/** The cells that a square touches; none asked for when they are too many to narrow anything. */
export function inCells({ from, to }: Square): SQL | undefined {
  // A hair wider: the same place must not fall to one side of an edge here and to the other in the database.
  const first = (km: number) => Math.floor((km - 1e-6) / CELL_KM);
  const last = (km: number) => Math.floor((km + 1e-6) / CELL_KM);
  const [columns, rows] = [last(to.x) - first(from.x) + 1, last(to.y) - first(from.y) + 1];
  if (columns * rows > CELLS_MAX) return undefined;
  const cells = Array.from({ length: columns * rows }, (_, at) => {
    return `~${first(from.x) + (at % columns)}.${first(from.y) + Math.floor(at / columns)}`;
  });
  return holdsOne(cells);
}
