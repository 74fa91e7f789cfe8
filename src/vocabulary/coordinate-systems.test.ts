import { expect, it } from 'vitest';
import { toWgs84 } from './coordinate-systems.ts';
import { distanceKm } from './geo.ts';

const seat = { lng: 118.95946, lat: 28.97978 };

it('leaves WGS-84 as it is, and moves the two map systems by what they are known to be off here', () => {
  expect(toWgs84(seat, 'wgs-84')).toEqual(seat);
  // CONVENTIONS 2.13: GCJ-02 about 580 m, BD-09 about 1,150 m.
  expect(distanceKm(seat, toWgs84(seat, 'gcj-02'))).toBeCloseTo(0.58, 1);
  expect(distanceKm(seat, toWgs84(seat, 'bd-09'))).toBeCloseTo(1.15, 1);
});

it('does not write into what it was given', () => {
  const given = Object.freeze({ ...seat });
  toWgs84(given, 'bd-09');
  expect(given).toEqual(seat);
});
