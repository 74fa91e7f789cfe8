// In which order found listings come. Enters: a filter, an order, where the page before ended. Leaves: parts of the whole one after
// the other, each wholly before the next, so that a page reads the first few and what it costs does not grow with the lists.

import { and, isNotNull, sql, type SQL } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import type { Transaction } from '../../platform/database.ts';
import { publishedListing } from '../tables.ts';
import {
  holdsOne,
  inCells,
  isNarrowed,
  matches,
  matchesByPlace,
  mapKm,
  notInTitle,
  onMap,
  saidInTitle,
  squareAround,
  type PublicFilter,
} from './conditions.ts';

export const sorts = ['relevance', 'freshness', 'distance', 'price'] as const;
export type Sort = (typeof sorts)[number];

/** Where a page ends: the sort key of its last row, and its id. */
export type SortKeys = [key: number, id: string];

/** How far the reader is: parts grow by what was found in those before. */
export interface Progress {
  found: number;
  readonly wanted: number;
}

export interface Part {
  /** The filter is in it. */
  where: SQL | undefined;
  key: SQL<number>;
  order: SQL;
}

type Parts = AsyncGenerator<Part, void, void>;

export function partsOf(
  tx: Transaction,
  sort: Sort,
  filter: PublicFilter,
  after: SortKeys | undefined,
  progress: Progress,
): Parts {
  if (sort === 'distance') return nearestFirst(filter, after);
  if (sort === 'price') return matching(filter, cheapestFirst(tx, filter, after, progress));
  if (sort === 'relevance') return matching(filter, titlesFirst(tx, filter, after, progress));
  return matching(filter, newestFirst(tx, filter, after?.[0], progress));
}

async function* matching(filter: PublicFilter, parts: Parts): Parts {
  const asked = matches(filter);
  for await (const part of parts) yield { ...part, where: and(asked, part.where) };
}

const { id, number, price, position } = publishedListing;

/** Ordered by this, rows are found by their terms and sorted: a walk in the order itself might go through all for the last one. */
const byTerms = (key: AnyPgColumn | SQL) => sql`((${key}) + 0)`;

// ── Freshness ───────────────────────────────────────────────────────────────────────────────────────────────────────

const BLOCK = 512;
/** In one part. */
const BLOCKS_MAX = 64;
/** Rows that cost less than another question. */
const FEW = 250;

/** Published last comes first. @param before only those with a smaller number */
async function* newestFirst(
  tx: Transaction,
  filter: PublicFilter,
  before: number | undefined,
  progress: Progress,
): Parts {
  const key = sql<number>`${number}`;
  const older = before === undefined ? undefined : sql`${number} < ${before}`;
  if (!isNarrowed(filter)) return yield { where: older, key, order: sql`${number} desc` };
  const part = (where: SQL | undefined): Part => ({ where, key, order: sql`${byTerms(number)} desc` });
  let block = Math.floor((before ?? (await readNewest(tx))) / BLOCK);
  const found = progress.found;
  let read = 0;
  for (let size = 2; block >= 0;) {
    if (size > block) return yield part(and(older, sql`${number} < ${(block + 1) * BLOCK}`));
    yield part(and(older, holdsOne(Array.from({ length: size }, (_, at) => `^${block - at}`))));
    block -= size;
    read += size;
    const perBlock = (progress.found - found + 1) / read;
    const missing = progress.wanted - progress.found;
    // So few that they may as well be read at once.
    if (perBlock * block <= Math.max(3 * missing, FEW)) size = block + 1;
    else size = Math.min(BLOCKS_MAX, Math.max(1, Math.ceil((1.3 * missing) / perBlock)));
  }
}

/** The blocks of these numbers; undefined when they are too many to narrow anything. */
export function blocksOf(first: number, last: number): string[] | undefined {
  const [from, to] = [Math.floor(first / BLOCK), Math.floor(last / BLOCK)];
  return to - from < 2 * BLOCKS_MAX ? Array.from({ length: to - from + 1 }, (_, at) => `^${from + at}`) : undefined;
}

async function readNewest(tx: Transaction): Promise<number> {
  const [row] = await tx
    .select({ number })
    .from(publishedListing)
    .orderBy(sql`${number} desc`)
    .limit(1);
  return row?.number ?? 0;
}

/** What says the words in its title before what says them elsewhere; the newest of either first. */
async function* titlesFirst(
  tx: Transaction,
  filter: PublicFilter,
  after: SortKeys | undefined,
  progress: Progress,
): Parts {
  const inTitle = saidInTitle(filter.words);
  if (!inTitle) return yield* newestFirst(tx, filter, after?.[0], progress);
  const key = after?.[0];
  // Keys of those that come later are below zero.
  if (key === undefined || key >= 0) {
    for await (const part of newestFirst(tx, filter, key, progress)) yield { ...part, where: and(part.where, inTitle) };
  }
  const before = key !== undefined && key < 0 ? -key : undefined;
  for await (const part of newestFirst(tx, filter, before, progress)) {
    yield { ...part, where: and(part.where, notInTitle(inTitle)), key: sql<number>`-${number}` };
  }
}

// ── Price ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const FIRST_PRICES = 1_024;
/** One of so many is in the index of samples. */
const SAMPLED = sql.raw('64');

/** Within one kind; those without a price are left out. */
async function* cheapestFirst(
  tx: Transaction,
  filter: PublicFilter,
  after: SortKeys | undefined,
  progress: Progress,
): Parts {
  const key = sql<number>`${price}`;
  const ends = (by: AnyPgColumn | SQL) =>
    after && sql`${by} >= ${after[0]}::bigint and (${by} > ${after[0]}::bigint or ${id} > ${after[1]}::uuid)`;
  // The kind alone: the index by price has just these.
  if (!isNarrowed({ ...filter, kind: undefined, list: undefined })) {
    const ofKind = filter.kind && sql`${publishedListing.kind} = ${filter.kind}`;
    return yield { where: and(isNotNull(price), ofKind, ends(price)), key, order: sql`${price}, ${id}` };
  }
  const part = (where: SQL | undefined): Part => ({
    where: and(sql`${byTerms(price)} is not null`, ends(byTerms(price)), where),
    key,
    order: sql`${byTerms(price)}, ${id}`,
  });
  let beyond: number | undefined;
  for (let size = FIRST_PRICES; ; size *= 8) {
    const range = await readPriceSteps(tx, filter, { from: after?.[0] ?? 0, beyond, size });
    const rest = beyond === undefined ? undefined : sql`price_step(${price}) > ${beyond}`;
    if (!range) return yield part(rest);
    yield part(holdsOne(Array.from({ length: range.last - range.first + 1 }, (_, at) => `$${range.first + at}`)));
    beyond = range.last;
    // None among so many: what is left holds few.
    if (size > FIRST_PRICES && progress.found < progress.wanted / 2)
      return yield part(sql`price_step(${price}) > ${beyond}`);
  }
}

/** The steps of about the next so many prices of the kind; undefined when fewer are left. */
async function readPriceSteps(
  tx: Transaction,
  { kind }: PublicFilter,
  { from, beyond, size }: { from: number; beyond: number | undefined; size: number },
): Promise<{ first: number; last: number } | undefined> {
  const start = beyond === undefined ? from : Math.max(from, Math.floor(2 ** ((beyond + 1) / 4)) - 1);
  const [row] = await tx
    .select({
      first: sql<number>`greatest(price_step(${start}::bigint), ${(beyond ?? -1) + 1}::int)`,
      last: sql<number>`price_step(${price})`,
    })
    .from(publishedListing)
    .where(
      and(sql`${publishedListing.kind} = ${kind}`, sql`${price} >= ${start}::bigint`, sql`${number} % ${SAMPLED} = 0`),
    )
    .orderBy(price)
    .offset(size / 64)
    .limit(1);
  return row && row.last >= row.first ? row : undefined;
}

// ── Distance ────────────────────────────────────────────────────────────────────────────────────────────────────────

const FIRST_RING_KM = 2;

/** Ring by ring around the place, each twice as wide. */
async function* nearestFirst(filter: PublicFilter, after: SortKeys | undefined): Parts {
  const near = filter.near ?? { lng: 0, lat: 0, radiusKm: 0 };
  const away = sql<number>`${position} <-> ${onMap(near)}`;
  const later =
    after && sql`${away} >= ${after[0]}::float8 and (${away} > ${after[0]}::float8 or ${id} > ${after[1]}::uuid)`;
  // Without words most rows around are asked for: the index by place has them in this order.
  if (filter.words.length === 0 && !filter.box && !filter.availableFrom && !filter.availableTo) {
    return yield { where: and(matchesByPlace(filter), later), key: away, order: sql`${away}, ${id}` };
  }
  const asked = matches({ ...filter, near: undefined });
  const part = (where: SQL | undefined): Part => ({
    where: and(asked, later, where),
    key: away,
    order: sql`${byTerms(away)}, ${id}`,
  });
  const end = mapKm(near);
  let from = -1;
  for (let to = Math.max(FIRST_RING_KM, after?.[0] ?? 0); to < end; to *= 2) {
    yield part(and(inCells(squareAround(near, to)), sql`${away} > ${from}::float8`, sql`${away} <= ${to}::float8`));
    from = to;
  }
  yield part(and(inCells(squareAround(near, end)), sql`${away} > ${from}::float8`, sql`${away} <= ${end}::float8`));
}
