// How far outside its county a point lies. Outlines are data that a deployment brings; without one nothing is said.
import type { GeoPoint } from '../vocabulary/geo.ts';
import { distanceKm } from '../vocabulary/geo.ts';
import { readCountyOutline, sampleCountyCode } from './county-divisions.ts';
import { isInsideRing, type Ring } from './synthesise-points.ts';

let sampleOutline: Ring | undefined;

/** Kilometres to the nearest point of the county's outline; 0 inside it, and where no outline is known. */
export function kmOutsideOutline(countyCode: string, point: GeoPoint): number {
  if (countyCode !== sampleCountyCode) return 0;
  sampleOutline ??= readCountyOutline();
  if (isInsideRing(point, sampleOutline)) return 0;
  let nearestKm = Infinity;
  sampleOutline.forEach((to, index, ring) => {
    const from = ring[index === 0 ? ring.length - 1 : index - 1] ?? to;
    nearestKm = Math.min(nearestKm, distanceKm(point, nearestOnSide(point, from, to)));
  });
  return nearestKm;
}

/** On a side of some hundred metres degrees are straight enough, once longitude is shrunk to the latitude. */
function nearestOnSide(point: GeoPoint, [lngA, latA]: Ring[number], [lngB, latB]: Ring[number]): GeoPoint {
  const shrink = Math.cos((point.lat * Math.PI) / 180);
  const along = [(lngB - lngA) * shrink, latB - latA] as const;
  const length = along[0] ** 2 + along[1] ** 2;
  const part = length === 0 ? 0 : ((point.lng - lngA) * shrink * along[0] + (point.lat - latA) * along[1]) / length;
  const clipped = Math.max(0, Math.min(1, part));
  return { lng: lngA + clipped * (lngB - lngA), lat: latA + clipped * (latB - latA) };
}
