import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parentDivisionCode } from '../vocabulary/division-code.ts';
import { publishCounts, SMALLEST_CELL, type SkillCount } from './idle-labour.ts';

const county = '330803';
const cellOf = (counts: SkillCount[], code: string) =>
  publishCounts(counts, county).find((cell) => cell.divisionCode === code)?.people;
const sewing = (villageCode: string, people: number): SkillCount => ({ villageCode, skill: 'sewing', people });

describe('the public idle-labour list', () => {
  it('shows a count of five and hides one of four', () => {
    const counts = [
      sewing('330803114201', 5),
      sewing('330803114202', 4),
      sewing('330803114203', 3),
      sewing('330803114204', 9),
    ];
    expect(cellOf(counts, '330803114201')).toBe(5);
    expect(cellOf(counts, '330803114202')).toBeNull();
    expect(cellOf(counts, '330803114203')).toBeNull();
  });

  it('hides a second village when one hidden number would follow from the total of the town', () => {
    const counts = [sewing('330803114201', 2), sewing('330803114202', 8), sewing('330803114203', 30)];
    expect(cellOf(counts, '330803114')).toBe(40);
    expect(cellOf(counts, '330803114202')).toBeNull();
    expect(cellOf(counts, '330803114203')).toBe(30);
  });

  it('lets no hidden number be worked out from what is shown, on any level', () => {
    const villages = fc.record({
      town: fc.integer({ min: 100, max: 103 }),
      village: fc.integer({ min: 200, max: 205 }),
      people: fc.integer({ min: 1, max: 12 }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(villages, { selector: ({ town, village }) => `${town}${village}`, maxLength: 24 }),
        (rows) => {
          const cells = publishCounts(
            rows.map(({ town, village, people }) => sewing(`${county}${town}${village}`, people)),
            county,
          );
          for (const parent of cells) {
            const children = cells.filter((cell) => parentDivisionCode(cell.divisionCode) === parent.divisionCode);
            const hidden = children.filter((cell) => cell.people === null);
            if (parent.people !== null) {
              expect(parent.people).toBeGreaterThanOrEqual(SMALLEST_CELL);
              const shown = children.reduce((sum, cell) => sum + (cell.people ?? 0), 0);
              expect(hidden.length).not.toBe(1);
              if (hidden.length > 0) expect(parent.people - shown).toBeGreaterThanOrEqual(SMALLEST_CELL);
            } else expect(hidden).toHaveLength(children.length);
          }
        },
      ),
    );
  });
});
