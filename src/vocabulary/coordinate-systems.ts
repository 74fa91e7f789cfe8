// Coordinates as Chinese maps and devices give them. Enters a point with its system, leaves WGS-84, which is all that is computed
// with; CGCS2000 equals it within a metre here. A wrong system moves a field into the next village (CONVENTIONS 2.13).
import gcoord from 'gcoord';
import type { CodedTerm } from './coded-term.ts';
import type { GeoPoint } from './geo.ts';

export const coordinateSystems = [
  { code: 'wgs-84', zh: 'WGS-84', en: 'WGS-84', synonyms: ['WGS84', 'GPS', 'CGCS2000', '国家2000', '天地图'] },
  { code: 'gcj-02', zh: 'GCJ-02', en: 'GCJ-02', synonyms: ['GCJ02', '火星坐标', '高德', '高德地图', '腾讯地图'] },
  { code: 'bd-09', zh: 'BD-09', en: 'BD-09', synonyms: ['BD09', '百度', '百度地图'] },
] as const satisfies readonly CodedTerm[];

export type CoordinateSystem = (typeof coordinateSystems)[number]['code'];

// What Node loads is the CommonJS build, whose exports are what the library's types call its default export.
const { BD09, GCJ02, WGS84, transform } = gcoord as unknown as typeof gcoord.default;
const libraryName = { 'wgs-84': WGS84, 'gcj-02': GCJ02, 'bd-09': BD09 } as const;
/** A centimetre: finer digits are noise of the conversion. */
const decimals = 1e7;

export function toWgs84({ lng, lat }: GeoPoint, from: CoordinateSystem): GeoPoint {
  if (from === 'wgs-84') return { lng, lat };
  // The library writes into the array that it is given: it gets one of its own.
  const [wgsLng, wgsLat] = transform<[number, number]>([lng, lat], libraryName[from], WGS84);
  return { lng: Math.round(wgsLng * decimals) / decimals, lat: Math.round(wgsLat * decimals) / decimals };
}
