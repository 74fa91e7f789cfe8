// How much of what people mean is found, and how much else. Our search over HTTP, page after page, beside what PostgreSQL has: ILIKE
// for every word between blanks, and pg_trgm's word similarity at its own threshold; all on the same text of the same rows.

import { readCountyDivisions } from '../../../src/regions/county-divisions.ts';
import type { Service } from '../../../test/support/service.ts';
import { queries, type Query, type Row } from './queries.ts';

const ways = ['ours', 'ILIKE', 'pg_trgm'] as const;
type Way = (typeof ways)[number];

export interface Judged {
  what: string;
  q: string;
  meant: number;
  /** What each found: how many, and how many of those that were meant. */
  found: Partial<Record<Way, { all: number; meant: number }>>;
}

export interface Quality {
  judged: Judged[];
  scores: Partial<Record<Way, { precision: number; recall: number }>>;
  villages: { all: number; found: number };
}

type Find = (q: string) => Promise<ReadonlySet<string>>;

export async function measureQuality(service: Service): Promise<Quality> {
  const rows = await readRows(service);
  const found = await waysOf(service);
  const judged: Judged[] = [];
  for (const query of queries) judged.push(await judge(query, rows, found));
  const unmeant = judged.filter(({ meant }) => meant === 0).map(({ q }) => q);
  if (unmeant.length > 0) throw new Error(`nothing in the county is meant by: ${unmeant.join(', ')}`);
  const scores: Quality['scores'] = {};
  for (const way of Object.keys(found) as Way[]) scores[way] = scoreOf(judged, way);
  print(judged, scores);
  const villages = await findVillages(rows, found.ours);
  console.log(`villages found by their everyday name: ${villages.found} of ${villages.all}`);
  return { judged, scores, villages };
}

async function readRows(service: Service): Promise<Row[]> {
  const nameOf = new Map(readCountyDivisions().map(({ code, shortName }) => [code, shortName]));
  const rows = await service.rows<Row & { region: string }>(
    `select id, region, kind, title, attributes from listing where is_public and status = 'published'`,
  );
  return rows.map(({ region, ...row }) => ({
    ...row,
    village: (region.length === 12 && nameOf.get(region)) || '',
    town: nameOf.get(region.slice(0, 9)) ?? '',
  }));
}

async function waysOf(service: Service): Promise<Partial<Record<Way, Find>> & { ours: Find }> {
  const idsOf = async (statement: string, q: unknown) =>
    new Set((await service.rows<{ id: string }>(statement, [q])).map(({ id }) => id));
  const ours: Find = async (q) => {
    const found = await service.visitor.all<{ id: string }>(`/v1/listings?limit=100&q=${encodeURIComponent(q)}`);
    return new Set(found.map(({ id }) => id));
  };
  const ilike: Find = (q) =>
    idsOf(
      `select id from published_listing where search_text ilike all ($1)`,
      q.split(/\s+/).map((word) => `%${word.replaceAll(/[%_\\]/g, '\\$&')}%`),
    );
  try {
    await service.rows('create extension if not exists pg_trgm');
  } catch {
    console.log('\nNO pg_trgm ON THIS SERVER: nothing is compared with it.\n');
    return { ours, ILIKE: ilike };
  }
  const [trigrams] = await service.rows<{ some: number }>(`select cardinality(show_trgm('湖仁')) as some`);
  if (trigrams?.some === 0) console.log('\npg_trgm MAKES NO TRIGRAM OF CHINESE under the locale of this server.\n');
  return { ours, ILIKE: ilike, pg_trgm: (q) => idsOf(`select id from published_listing where $1 <% search_text`, q) };
}

async function judge(
  { what, q, isMeant }: Query,
  rows: readonly Row[],
  finds: Partial<Record<Way, Find>>,
): Promise<Judged> {
  const meant = new Set(rows.filter(isMeant).map(({ id }) => id));
  const found: Judged['found'] = {};
  for (const way of ways) {
    const ids = await finds[way]?.(q);
    if (ids) found[way] = { all: ids.size, meant: [...ids].filter((id) => meant.has(id)).length };
  }
  return { what, q, meant: meant.size, found };
}

/** Means over the queries; who finds nothing has neither. */
function scoreOf(judged: readonly Judged[], way: Way): { precision: number; recall: number } {
  const mean = (of: (one: Judged) => number) => judged.reduce((sum, one) => sum + of(one), 0) / judged.length;
  return {
    precision: mean(({ found }) => (found[way]?.all ? found[way].meant / found[way].all : 0)),
    recall: mean(({ found, meant }) => (found[way]?.meant ?? 0) / meant),
  };
}

const percent = (share: number) => `${(100 * share).toFixed(0).padStart(3)} %`;

function print(judged: readonly Judged[], scores: Quality['scores']): void {
  for (const { q, meant, found } of judged) {
    const each = Object.entries(found).map(([way, { all, meant: hit }]) => `${way} ${hit} of ${all}`);
    console.log(`  ${q}: ${meant} meant; ${each.join(', ')}`);
  }
  for (const what of new Set(judged.map((one) => one.what))) {
    const ofThis = judged.filter((one) => one.what === what);
    const said = (Object.keys(scores) as Way[]).map((way) => {
      const { precision, recall } = scoreOf(ofThis, way);
      return `${way} ${percent(precision)} ${percent(recall)}`;
    });
    console.log(`${what} (${ofThis.length}): precision, recall: ${said.join(' · ')}`);
  }
  for (const [way, { precision, recall }] of Object.entries(scores)) {
    console.log(`${way}: precision ${percent(precision)}, recall ${percent(recall)}, ${judged.length} queries`);
  }
}

/** Each village of which there is a listing, by the shortest name that people have for it. */
async function findVillages(rows: readonly Row[], find: Find): Promise<Quality['villages']> {
  const villages = readCountyDivisions().filter(({ level }) => level === 'village');
  const isThere = new Map<string, string[]>();
  for (const { village, id } of rows) isThere.set(village, [...(isThere.get(village) ?? []), id]);
  let found = 0;
  let all = 0;
  for (const { shortName, aliases } of villages) {
    const ids = isThere.get(shortName) ?? [];
    if (ids.length === 0) continue;
    all += 1;
    const names = [shortName, ...aliases].sort((a, b) => a.length - b.length);
    const hits = await find(names[0] ?? shortName);
    if (ids.every((id) => hits.has(id))) found += 1;
    else console.log(`not found by ${names[0]}: ${shortName}`);
  }
  return { all, found };
}
