// The sample county 衢江区 330803: its real towns and villages with synthetic points. Read by the regions room to seed its
// table, by the example generator, and by tests. Provenance: data/PROVENANCE.md.
import { readFileSync } from 'node:fs';
import { pinyin } from 'pinyin-pro';
import type { DivisionLevel } from '../vocabulary/division-code.ts';
import type { Ring } from './synthesise-points.ts';
import { synthesisePoints } from './synthesise-points.ts';
import centreTable from './data/town-centres.json' with { type: 'json' };
import table from './data/divisions-330803.json' with { type: 'json' };

/** An administrative division 行政区划 as the regions room stores it. */
export interface Division {
  code: string;
  level: DivisionLevel;
  parentCode: string;
  /** 湖仁村村委会 */
  officialName: string;
  /** 湖仁村 */
  shortName: string;
  /** everyday names and name with town: 湖仁, 高家镇湖仁村 */
  aliases: string[];
  /** of the short name, without tones: "hu ren cun" */
  pinyin: string;
  /** "hrc" */
  initials: string;
  /** WGS-84 degrees */
  lng: number;
  lat: number;
  coordSource: 'published' | 'synthetic';
  validFrom: string;
  /** set when the division was merged or renamed; the sample county has none */
  successorCode?: string;
}

export const sampleCountyCode = table.county.code;
const pointSeed = 330803;
/** The day up to which the statistics bureau's codes were collected. */
const codesAsOf = '2023-06-30';
const seat = { lng: 118.95946, lat: 28.97978 };

/** Characters that read otherwise in place names than the dictionary says, or that must not depend on its version. */
const placeReadings: Record<string, string> = {
  缪: 'miao',
  廿: 'nian',
  畈: 'fan',
  垅: 'long',
  坂: 'ban',
  岙: 'ao',
  都: 'du',
};

/** Name → { pinyin: "hu ren cun", initials: "hrc" }; characters without a reading are kept. */
export function readName(name: string): { pinyin: string; initials: string } {
  const readings = pinyin(name, { toneType: 'none', type: 'array', v: true });
  const syllables = [...name].map((character, index) => placeReadings[character] ?? readings[index] ?? character);
  return { pinyin: syllables.join(' '), initials: syllables.map((syllable) => syllable.charAt(0)).join('') };
}

/** The name people say: 湖仁村 → 湖仁. `null` when one character would be left: nobody says 张 for 张村. */
function everydayName(shortName: string): string | null {
  const bare = shortName.replace(/(?:社区|街道|村|镇|乡|区)$/, '');
  return bare !== shortName && [...bare].length >= 2 ? bare : null;
}

/** Village segment 001–199: 居委会; 200–399: 村委会; others keep the name of the data (CONVENTIONS 2.2). */
function officialVillageName(code: string, name: string): string {
  const segment = Number(code.slice(9));
  if (segment < 200) return name.endsWith('社区') ? `${name}居委会` : name;
  return segment < 400 ? `${name}村委会` : name;
}

/** Outline of the sample county: one closed ring. A sketch, no evidence of any boundary. */
export function readCountyOutline(): Ring {
  const file = readFileSync(new URL('./data/outline-330803.geojson', import.meta.url), 'utf8');
  const geojson = JSON.parse(file) as { features: { geometry: { coordinates: [number, number][][] } }[] };
  const ring = geojson.features[0]?.geometry.coordinates[0];
  if (ring === undefined) throw new Error('outline-330803.geojson holds no ring');
  return ring;
}

/** County, 20 towns and 295 villages, parents before children. */
export function readCountyDivisions(): Division[] {
  const centres: Record<string, number[] | undefined> = centreTable.centres;
  const points = synthesisePoints(
    table.towns.map((town) => {
      const [lng, lat] = centres[town.code] ?? [];
      if (lng === undefined || lat === undefined) throw new Error(`town-centres.json lacks ${town.code}`);
      const villageCodes = table.villages.filter((v) => v.townCode === town.code).map((v) => v.code);
      return { code: town.code, centre: { lng, lat }, villageCodes };
    }),
    readCountyOutline(),
    pointSeed,
  );
  const pointOf = (code: string): { lng: number; lat: number; coordSource: 'synthetic' } => {
    const point = points.get(code);
    if (point === undefined) throw new Error(`no point was made for ${code}`);
    return { ...point, coordSource: 'synthetic' };
  };
  const countyAlias = everydayName(table.county.name);
  const county: Division = {
    code: table.county.code,
    level: 'county',
    parentCode: table.county.parentCode,
    officialName: table.county.name,
    shortName: table.county.name,
    aliases: countyAlias === null ? [] : [countyAlias],
    ...readName(table.county.name),
    ...seat,
    coordSource: 'published',
    validFrom: codesAsOf,
  };
  const towns = table.towns.map((town): Division => {
    const alias = everydayName(town.name);
    return {
      code: town.code,
      level: 'town',
      parentCode: table.county.code,
      officialName: town.name,
      shortName: town.name,
      aliases: alias === null ? [] : [alias],
      ...readName(town.name),
      ...pointOf(town.code),
      validFrom: codesAsOf,
    };
  });
  const townName = new Map(table.towns.map((town) => [town.code, town.name]));
  const villages = table.villages.map((village): Division => {
    const everyday = everydayName(village.name);
    return {
      code: village.code,
      level: 'village',
      parentCode: village.townCode,
      officialName: officialVillageName(village.code, village.name),
      shortName: village.name,
      aliases: [...(everyday === null ? [] : [everyday]), `${townName.get(village.townCode) ?? ''}${village.name}`],
      ...readName(village.name),
      ...pointOf(village.code),
      validFrom: codesAsOf,
    };
  });
  return [county, ...towns, ...villages];
}
