import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRingFault, formatRing, parseRing, ringAreaM2 } from './polygon.ts';

const square = [
  [118.95, 28.97],
  [118.96, 28.97],
  [118.96, 28.98],
  [118.95, 28.98],
  [118.95, 28.97],
];
const faultOf = (ring: number[][]) => findRingFault(ring)?.code ?? null;

describe('the outline of a plot', () => {
  it('is taken when it is closed, in China and simple', () => {
    expect(faultOf(square)).toBeNull();
    expect(faultOf([...square].reverse())).toBeNull();
  });

  it.each<[string, number[][]]>([
    ['ring-open', square.slice(0, 4)],
    ['ring-outside-china', square.map(([lng = 0, lat = 0]) => [lat, lng])],
    ['ring-crosses-itself', [0, 2, 1, 3, 0].map((corner) => square[corner] ?? [])],
    // a spike that runs out and back, and a line without any area
    ['ring-crosses-itself', [...square.slice(0, 2), [118.97, 28.97], ...square.slice(1)]],
    ['ring-crosses-itself', [0, 1, 0, 1, 0].map((corner) => square[corner] ?? [])],
    // two squares that meet in one corner
    [
      'ring-crosses-itself',
      [...square.slice(0, 4), [118.94, 28.98], [118.94, 28.97], [118.95, 28.97], [118.96, 28.96], [118.95, 28.97]],
    ],
  ])('is refused: %s', (code, ring) => {
    expect(faultOf(ring)).toBe(code);
  });

  /** Corners around a point at these distances, closed. */
  const around = (distances: number[]): number[][] => {
    const corners = distances.map((distance, at) => {
      const angle = (2 * Math.PI * at) / distances.length;
      return [118.95 + 0.01 * distance * Math.cos(angle), 28.97 + 0.01 * distance * Math.sin(angle)];
    });
    return [...corners, corners[0] ?? []];
  };

  it('drawn around a point never crosses itself, and a round one always does with two neighbours exchanged', () => {
    const radii = fc.array(fc.double({ min: 0.2, max: 1, noNaN: true }), { minLength: 5, maxLength: 40 });
    fc.assert(
      fc.property(radii, (distances) => {
        expect(faultOf(around(distances))).toBeNull();
        const [first = [], second = [], third = [], ...rest] = around(distances.map(() => 1));
        expect(faultOf([first, third, second, ...rest])).toBe('ring-crosses-itself');
      }),
    );
  });

  it('has the area of a rectangle of its sides', () => {
    const side = (111_195.08 / 100) * Math.cos((28.975 * Math.PI) / 180);
    expect(ringAreaM2(square) / (side * 1_111.95)).toBeCloseTo(1, 4);
    expect(ringAreaM2([...square].reverse())).toBeCloseTo(ringAreaM2(square), 3);
  });

  it('is read as it is written, and closed where the writer left it open', () => {
    expect(parseRing(formatRing(square))).toEqual(square);
    expect(parseRing('118.95,28.97; 118.96,28.97;118.96,28.98;\n118.95,28.98')).toEqual(square);
    expect([parseRing('村口'), parseRing(''), parseRing('118.95')]).toEqual([null, null, null]);
  });
});
