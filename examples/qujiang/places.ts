// The towns and villages as the generators see them, and how developed each town is assumed to be. The assumption only shapes
// the demo: developed towns have more workshops and orders, remote ones more idle people with nothing near them.
import { readCountyDivisions, sampleCountyCode } from '../../src/regions/county-divisions.ts';
import type { Division } from '../../src/regions/county-divisions.ts';
import { splitByLargestRemainder } from '../../src/vocabulary/money.ts';
import type { Draws } from '../../src/vocabulary/seeded-draws.ts';

export interface Village extends Division {
  townName: string;
  /** 0–1, assumed */
  development: number;
}

const developmentOfTown: Record<string, number> = {
  '330803001': 1,
  '330803002': 0.9,
  '330803100': 0.4,
  '330803101': 0.4,
  '330803103': 0.7,
  '330803109': 0.5,
  '330803110': 0.8,
  '330803111': 0.5,
  '330803112': 0.8,
  '330803113': 0.35,
  '330803114': 0.9,
  '330803115': 0.7,
  '330803200': 0.2,
  '330803202': 0.2,
  '330803203': 0.3,
  '330803206': 0.35,
  '330803207': 0.6,
  '330803213': 0.15,
  '330803218': 0.15,
  '330803219': 0.3,
};

const divisions = readCountyDivisions();
const townNames = new Map(divisions.filter((d) => d.level === 'town').map((d) => [d.code, d.shortName]));

export const countyCode = sampleCountyCode;

export const villages: readonly Village[] = divisions
  .filter((division) => division.level === 'village')
  .map((division) => ({
    ...division,
    townName: townNames.get(division.parentCode) ?? '',
    development: developmentOfTown[division.parentCode] ?? 0.3,
  }));

/** Picks by weight. */
export function pickWeighted<Item>(draws: Draws, items: readonly Item[], weightOf: (item: Item) => number): Item {
  const total = items.reduce((sum, item) => sum + weightOf(item), 0);
  let left = draws.next() * total;
  for (const item of items) {
    left -= weightOf(item);
    if (left < 0) return item;
  }
  return draws.pick(items);
}

/** Shares an exact number out over the villages by weight. */
export function shareOut(total: number, weightOf: (village: Village) => number): Map<string, number> {
  const counts = splitByLargestRemainder(
    total,
    villages.map((village) => Math.round(weightOf(village) * 1_000)),
  );
  return new Map(villages.map((village, index) => [village.code, counts[index] ?? 0]));
}
