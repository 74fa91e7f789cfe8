import { describe, expect, it } from 'vitest';
import { divisionLevelOf, parentDivisionCode } from '../vocabulary/division-code.ts';
import { distanceKm } from '../vocabulary/geo.ts';
import { readCountyDivisions, readCountyOutline } from './county-divisions.ts';
import { isInsideRing, synthesisePoints, villageSpacingKm } from './synthesise-points.ts';

const divisions = readCountyDivisions();
const villages = divisions.filter((division) => division.level === 'village');
const towns = divisions.filter((division) => division.level === 'town');
const outline = readCountyOutline();

describe('the divisions of the sample county', () => {
  it('has one county, its real 20 towns and 295 villages, each under its parent', () => {
    expect([towns.length, villages.length, divisions.length]).toEqual([20, 295, 316]);
    for (const { code, level, parentCode } of divisions) {
      expect(divisionLevelOf(code)).toBe(level);
      expect(parentDivisionCode(code)).toBe(parentCode);
    }
    expect(new Set(divisions.map((division) => division.code)).size).toBe(316);
  });

  it('knows the seed village by its official, short and everyday name and its initials', () => {
    expect(villages.find((village) => village.code === '330803114242')).toMatchObject({
      officialName: '湖仁村村委会',
      shortName: '湖仁村',
      aliases: ['湖仁', '高家镇湖仁村'],
      pinyin: 'hu ren cun',
      initials: 'hrc',
    });
  });

  it.each([
    ['缪家村', 'miao jia cun'],
    ['廿里镇', 'nian li zhen'],
    ['六都杨村', 'liu du yang cun'],
    ['坑头畈村', 'keng tou fan cun'],
    ['衢江区', 'qu jiang qu'],
  ])('reads the place name %s as %s', (name, reading) => {
    expect(divisions.find((division) => division.shortName === name)?.pinyin).toBe(reading);
  });

  it('calls communities 居委会 and leaves the farm settlement its own name', () => {
    expect(villages.find((village) => village.shortName === '临江社区')?.officialName).toBe('临江社区居委会');
    expect(villages.find((village) => village.code === '330803103500')?.officialName).toBe('十里丰农场生活区');
  });
});

describe('synthetic points', () => {
  it('lie inside the outline, all of them, and say that they are synthetic', () => {
    for (const division of [...towns, ...villages]) {
      expect(isInsideRing(division, outline), division.shortName).toBe(true);
      expect(division.coordSource).toBe('synthetic');
    }
  });

  it('keep their distance from one another', () => {
    let nearestKm = Infinity;
    villages.forEach((a, i) => {
      for (const b of villages.slice(i + 1)) nearestKm = Math.min(nearestKm, distanceKm(a, b));
    });
    expect(nearestKm).toBeGreaterThanOrEqual(villageSpacingKm);
  });

  it('keep a village with its town: it lies nearer to its own town than to the far end of the county', () => {
    for (const village of villages) {
      const own = towns.find((town) => town.code === village.parentCode);
      expect(own === undefined ? Infinity : distanceKm(village, own)).toBeLessThan(14);
    }
  });

  it('are the same for the same seed and others for another', () => {
    const square: [number, number][] = [
      [118, 28],
      [119, 28],
      [119, 29],
      [118, 29],
      [118, 28],
    ];
    const town = { code: '330803001', centre: { lng: 118.5, lat: 28.5 }, villageCodes: ['a', 'b', 'c'] };
    expect(synthesisePoints([town], square, 7)).toEqual(synthesisePoints([town], square, 7));
    expect(synthesisePoints([town], square, 8)).not.toEqual(synthesisePoints([town], square, 7));
  });
});
