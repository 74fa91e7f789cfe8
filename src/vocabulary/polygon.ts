// The outline of a plot 地块图形: one closed ring of [lng, lat] in WGS-84, as RFC 7946 has it, without holes. Enters what somebody
// drew or typed, leaves what is wrong with it, or its area. Plots are small: a plane in degrees is flat enough to find crossings.
import type { Text } from './text.ts';

export type Ring = readonly (readonly number[])[];

export const ringPositionsMin = 4;
export const ringPositionsMax = 400;
/** The box around China that every stated position must lie in. */
export const chinaBounds = { lngMin: 73, lngMax: 136, latMin: 3, latMax: 54 } as const;

/** The first thing wrong with a ring; `null` when it is closed, lies in China and nowhere crosses or touches itself. */
export function findRingFault(ring: Ring): { code: string; text: Text } | null {
  const first = ring[0];
  const last = ring[ring.length - 1];
  if (first?.[0] !== last?.[0] || first?.[1] !== last?.[1]) {
    return {
      code: 'ring-open',
      text: { zh: '图形没有闭合,末点须与首点相同', en: 'the ring is open: end where it begins' },
    };
  }
  const { lngMin, lngMax, latMin, latMax } = chinaBounds;
  const isInside = ring.every(([lng = 0, lat = 0]) => lng >= lngMin && lng <= lngMax && lat >= latMin && lat <= latMax);
  if (!isInside) {
    return {
      code: 'ring-outside-china',
      text: {
        zh: '图形不在中国境内,请核对经度在前、纬度在后',
        en: 'the ring lies outside China: longitude comes first, then latitude',
      },
    };
  }
  if (crossesItself(ring)) {
    return {
      code: 'ring-crosses-itself',
      text: { zh: '图形的边自相交叉或重复经过一点', en: 'the ring crosses or touches itself' },
    };
  }
  return null;
}

function crossesItself(ring: Ring): boolean {
  const sides = ring.length - 1;
  for (let i = 0; i < sides; i += 1) {
    for (let j = i + 1; j < sides; j += 1) {
      const isNext = j === i + 1;
      const isAround = i === 0 && j === sides - 1;
      if (isNext || isAround) {
        // Neighbours share an end; they must not run back along each other.
        const [a, b, c] = isNext ? [ring[i], ring[j], ring[j + 1]] : [ring[j], ring[i], ring[i + 1]];
        if (sides > 2 && runsBack(a, b, c)) return true;
      } else if (meet(ring[i], ring[i + 1], ring[j], ring[j + 1])) return true;
    }
  }
  return false;
}

type Position = readonly number[] | undefined;
const turn = (a: Position, b: Position, c: Position): number =>
  ((b?.[0] ?? 0) - (a?.[0] ?? 0)) * ((c?.[1] ?? 0) - (a?.[1] ?? 0)) -
  ((b?.[1] ?? 0) - (a?.[1] ?? 0)) * ((c?.[0] ?? 0) - (a?.[0] ?? 0));

/** Whether the way a → b → c turns back on itself, or stands still. */
function runsBack(a: Position, b: Position, c: Position): boolean {
  const ahead =
    ((b?.[0] ?? 0) - (a?.[0] ?? 0)) * ((c?.[0] ?? 0) - (b?.[0] ?? 0)) +
    ((b?.[1] ?? 0) - (a?.[1] ?? 0)) * ((c?.[1] ?? 0) - (b?.[1] ?? 0));
  return turn(a, b, c) === 0 && ahead <= 0;
}

function isBetween(a: Position, b: Position, c: Position): boolean {
  const within = (axis: 0 | 1) =>
    Math.min(a?.[axis] ?? 0, b?.[axis] ?? 0) <= (c?.[axis] ?? 0) &&
    (c?.[axis] ?? 0) <= Math.max(a?.[axis] ?? 0, b?.[axis] ?? 0);
  return within(0) && within(1);
}

function meet(a: Position, b: Position, c: Position, d: Position): boolean {
  const [abc, abd, cda, cdb] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)].map(Math.sign);
  if (abc !== abd && cda !== cdb) return true;
  if (abc === 0 && isBetween(a, b, c)) return true;
  if (abd === 0 && isBetween(a, b, d)) return true;
  if (cda === 0 && isBetween(c, d, a)) return true;
  return cdb === 0 && isBetween(c, d, b);
}

/** Mean radius of the Earth (IUGG), metres. */
const EARTH_RADIUS_M = 6_371_008.8;
const RADIANS_PER_DEGREE = Math.PI / 180;

/** Area on the sphere, m²; within half a percent of the ellipsoid in China. */
export function ringAreaM2(ring: Ring): number {
  let sum = 0;
  for (let i = 0; i + 1 < ring.length; i += 1) {
    const [lngA = 0, latA = 0] = ring[i] ?? [];
    const [lngB = 0, latB = 0] = ring[i + 1] ?? [];
    sum +=
      (lngB - lngA) *
      RADIANS_PER_DEGREE *
      (2 + Math.sin(latA * RADIANS_PER_DEGREE) + Math.sin(latB * RADIANS_PER_DEGREE));
  }
  return Math.abs((sum * EARTH_RADIUS_M * EARTH_RADIUS_M) / 2);
}

const writtenPosition = /^(-?\d{1,3}(?:\.\d{1,12})?)[,\s]+(-?\d{1,3}(?:\.\d{1,12})?)$/;

/** "118.95,28.97;118.96,28.97;118.96,28.98" → a ring, closed where the writer left it open. `null` when unreadable. */
export function parseRing(text: string): number[][] | null {
  const pieces = text
    .normalize('NFKC')
    .split(/[;\n]+/)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
  const ring: number[][] = [];
  for (const piece of pieces) {
    const match = writtenPosition.exec(piece);
    if (match === null) return null;
    ring.push([Number(match[1]), Number(match[2])]);
  }
  const [first] = ring;
  const last = ring.at(-1);
  if (first === undefined || last === undefined) return null;
  if (first[0] !== last[0] || first[1] !== last[1]) ring.push([...first]);
  return ring;
}

/** The inverse of `parseRing`. */
export function formatRing(ring: Ring): string {
  return ring.map(([lng, lat]) => `${lng},${lat}`).join(';');
}
