import fc from 'fast-check';
import { expect, it } from 'vitest';
import { distanceKm } from './geo.ts';

it('measures the length of a degree of the meridian and a quarter of the globe', () => {
  expect(distanceKm({ lng: 119, lat: 29 }, { lng: 119, lat: 30 })).toBeCloseTo(111.19508, 4);
  expect(distanceKm({ lng: 0, lat: 0 }, { lng: 90, lat: 0 })).toBeCloseTo((Math.PI / 2) * 6371.0088, 6);
});

it('is the same in both directions, also across the date line', () => {
  const point = fc.record({
    lng: fc.double({ min: -180, max: 180, noNaN: true }),
    lat: fc.double({ min: -90, max: 90, noNaN: true }),
  });
  fc.assert(
    fc.property(point, point, (a, b) => {
      expect(distanceKm(a, b)).toBeCloseTo(distanceKm(b, a), 6);
    }),
  );
  expect(distanceKm({ lng: 179.9, lat: 0 }, { lng: -179.9, lat: 0 })).toBeCloseTo(22.239, 2);
});
