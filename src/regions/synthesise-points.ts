// Village points where no survey exists: seeded, inside the real outline, villages of a town around its centre, never closer
// than a minimum. Enters divisions, centres and outline; leaves a point per village and town. Every point is synthetic.
import type { GeoPoint } from '../vocabulary/geo.ts';
import { distanceKm } from '../vocabulary/geo.ts';
import { drawsFromSeed } from '../vocabulary/seeded-draws.ts';

/** Closed ring of [lng, lat]. */
export type Ring = readonly (readonly [number, number])[];

export interface TownToPlace {
  code: string;
  centre: GeoPoint;
  villageCodes: readonly string[];
}

/** Smallest distance between two villages. */
export const villageSpacingKm = 0.4;

const kmPerDegreeLat = 111.2;
const attemptsPerStep = 400;
const decimals = 1e5;

export function isInsideRing({ lng, lat }: GeoPoint, ring: Ring): boolean {
  let isInside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [xi, yi] = ring[i] ?? [0, 0];
    const [xj, yj] = ring[j] ?? [0, 0];
    if (yi > lat !== yj > lat && lng < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) isInside = !isInside;
  }
  return isInside;
}

/** Offsets a point by kilometres east and north, rounded to the stored precision of about a metre. */
function moveKm(from: GeoPoint, eastKm: number, northKm: number): GeoPoint {
  const lng = from.lng + eastKm / (kmPerDegreeLat * Math.cos((from.lat * Math.PI) / 180));
  const lat = from.lat + northKm / kmPerDegreeLat;
  return { lng: Math.round(lng * decimals) / decimals, lat: Math.round(lat * decimals) / decimals };
}

/**
 * Places every village: around its town's centre, in the part of the outline that is nearer to this centre than to any other
 * (so that towns do not run through one another), the ring of candidates widening until there is room.
 * The same arguments always give the same points. Throws when the outline has no room for all.
 */
export function synthesisePoints(towns: readonly TownToPlace[], outline: Ring, seed: number): Map<string, GeoPoint> {
  const points = new Map<string, GeoPoint>();
  const placed: GeoPoint[] = [];
  for (const town of towns) {
    const draws = drawsFromSeed(seed ^ Number(town.code));
    const others = towns.filter((other) => other !== town).map((other) => other.centre);
    const ofTown: GeoPoint[] = [];
    for (const code of town.villageCodes) {
      const point = placeVillage(town, others, placed, outline, draws);
      points.set(code, point);
      placed.push(point);
      ofTown.push(point);
    }
    points.set(town.code, townPoint(ofTown, outline) ?? town.centre);
  }
  return points;
}

function placeVillage(
  town: TownToPlace,
  otherCentres: readonly GeoPoint[],
  placed: readonly GeoPoint[],
  outline: Ring,
  draws: { next: () => number },
): GeoPoint {
  const radiusKmStart = 1.2 * Math.sqrt(town.villageCodes.length);
  for (let widening = 1; widening < 12; widening += 0.5) {
    for (let attempt = 0; attempt < attemptsPerStep; attempt += 1) {
      // the square root spreads evenly over the disc; the exponent above it draws villages towards the centre
      const radiusKm = radiusKmStart * widening * draws.next() ** 0.65;
      const angle = draws.next() * 2 * Math.PI;
      const point = moveKm(town.centre, radiusKm * Math.cos(angle), radiusKm * Math.sin(angle));
      const ownKm = distanceKm(point, town.centre);
      if (!isInsideRing(point, outline)) continue;
      if (otherCentres.some((centre) => distanceKm(point, centre) < ownKm)) continue;
      if (placed.some((other) => distanceKm(point, other) < villageSpacingKm)) continue;
      return point;
    }
  }
  throw new Error(`no room for another village of ${town.code}`);
}

/** The middle of the villages, or the village nearest to it when the middle lies outside the outline. */
function townPoint(villages: readonly GeoPoint[], outline: Ring): GeoPoint | null {
  if (villages.length === 0) return null;
  const mean = (pick: (point: GeoPoint) => number): number =>
    Math.round((villages.reduce((sum, point) => sum + pick(point), 0) / villages.length) * decimals) / decimals;
  const middle = { lng: mean((point) => point.lng), lat: mean((point) => point.lat) };
  if (isInsideRing(middle, outline)) return middle;
  return villages.reduce((best, point) => (distanceKm(point, middle) < distanceKm(best, middle) ? point : best));
}
