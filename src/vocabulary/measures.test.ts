import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMu, m2ToMuX100, muX100ToM2, parseAreaM2, parseAreaMuX100 } from './area.ts';
import {
  addDays,
  daysBetween,
  excelSerialToDate,
  formatDateZh,
  isPlainDate,
  parseWrittenDate,
  shanghaiDate,
  weekIndex,
  weekStart,
  wholeWeeksWithin,
  wholeYearsBetween,
} from './calendar.ts';
import {
  divideHalfUp,
  fenPerMonthToFenPerWeek,
  formatFenAsYuan,
  formatLiAsYuan,
  parseYuanToFen,
  parseYuanToLi,
  settlePieces,
  splitByLargestRemainder,
} from './money.ts';

const fullWidth = (text: string): string =>
  text.replace(/[0-9.()]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));

describe('money', () => {
  it.each([
    ['12.34', 1_234],
    ['1,234.5元', 123_450],
    ['¥0.07', 7],
    [fullWidth('12.50'), 1_250],
    ['-3', -300],
    ['0.035', null],
    ['1.2.3', null],
    ['', null],
    ['十元', null],
  ])('reads %s yuan as %s fen', (text, fen) => expect(parseYuanToFen(text)).toBe(fen));

  it('reads piece rates down to a li', () => {
    expect(parseYuanToLi('0.035')).toBe(35);
    expect(parseYuanToLi('0.0351')).toBeNull();
    expect(formatLiAsYuan(35)).toBe('0.035');
    expect(formatLiAsYuan(200)).toBe('0.20');
  });

  it('writes what it reads', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (amount) => {
        expect(parseYuanToFen(formatFenAsYuan(amount))).toBe(amount);
        expect(parseYuanToLi(formatLiAsYuan(amount))).toBe(amount);
      }),
    );
  });

  it('rounds a settlement once: 1000 pieces of 3.5 分 are 35 yuan, not 40', () => {
    expect(settlePieces([{ pieces: 1_000, pieceRateLi: 35 }])).toBe(3_500);
    expect(
      settlePieces([
        { pieces: 1, pieceRateLi: 35 },
        { pieces: 1, pieceRateLi: 35 },
      ]),
    ).toBe(7);
    expect([divideHalfUp(5, 10), divideHalfUp(-5, 10), divideHalfUp(4, 10)]).toEqual([1, -1, 0]);
  });

  it('splits 101 by 4:4:2 into 41, 40 and 20, and never loses a unit', () => {
    expect(splitByLargestRemainder(101, [4, 4, 2])).toEqual([41, 40, 20]);
    const weights = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), weights, (total, shares) => {
        fc.pre(shares.some((share) => share > 0));
        expect(splitByLargestRemainder(total, shares).reduce((sum, share) => sum + share, 0)).toBe(total);
      }),
    );
  });

  it('turns a monthly rent into a weekly one', () => {
    expect(fenPerMonthToFenPerWeek(450)).toBe(104);
  });
});

describe('area', () => {
  it.each([
    ['3亩2分', 320, false],
    ['2分', 20, false],
    ['约3亩', 300, true],
    [fullWidth('2.5亩(约)'), 250, true],
    ['大约1.25亩地', 125, true],
    ['0.5公顷', 750, false],
    ['1200平方米', 180, false],
  ])('reads %s as %s hundredths of a mu', (text, value, isApproximate) => {
    expect(parseAreaMuX100(text)).toEqual({ value, isApproximate });
  });

  it.each(['三亩', '3分2亩', '亩', '3亩2分1厘', '-3', ''])('does not guess at "%s"', (text) => {
    expect(parseAreaMuX100(text)).toBeNull();
  });

  it('reads floor area in m², or converts it from mu', () => {
    expect(parseAreaM2('220')).toEqual({ value: 220, isApproximate: false });
    expect(parseAreaM2('约0.3亩')).toEqual({ value: 200, isApproximate: true });
  });

  it('converts by 2000/3 m² a mu, there and back within half a hundredth', () => {
    expect(muX100ToM2(300)).toBe(2_000);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (areaMuX100) => {
        expect(m2ToMuX100(muX100ToM2(areaMuX100))).toBe(areaMuX100);
        expect(parseAreaMuX100(formatMu(areaMuX100))?.value).toBe(areaMuX100);
      }),
    );
  });
});

describe('calendar', () => {
  it.each(['2026.5.1', '2026年5月1日', '2026/05/01', '20260501', '2026-05-01', ' 2026 . 5 . 1 '])('reads %s', (text) =>
    expect(parseWrittenDate(text)).toBe('2026-05-01'),
  );

  it('knows which days exist', () => {
    expect(parseWrittenDate('2026-02-29')).toBeNull();
    expect(parseWrittenDate('2026年5月')).toBeNull();
    expect([isPlainDate('2024-02-29'), isPlainDate('2026-02-29'), isPlainDate('2026-2-1')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('reads Excel’s serial days', () => {
    expect(excelSerialToDate(46_143)).toBe('2026-05-01');
    expect(excelSerialToDate(46_143.9)).toBe('2026-05-01');
    expect(excelSerialToDate(12)).toBeNull();
  });

  it('adds and counts days as inverses, across leap years', () => {
    fc.assert(
      fc.property(fc.integer({ min: -40_000, max: 40_000 }), (days) => {
        expect(daysBetween('2026-11-21', addDays('2026-11-21', days))).toBe(days);
      }),
    );
  });

  it('counts weeks from the day of the round, and only whole ones', () => {
    expect([weekIndex('2026-11-21', '2026-11-27'), weekIndex('2026-11-21', '2026-11-28')]).toEqual([0, 1]);
    expect(weekStart('2026-11-21', 2)).toBe('2026-12-05');
    expect(wholeWeeksWithin('2026-11-21', '2026-11-22', '2026-12-11', 12)).toEqual({ from: 1, to: 3 });
    expect(wholeWeeksWithin('2026-11-21', null, null, 12)).toEqual({ from: 0, to: 12 });
    expect(wholeWeeksWithin('2026-11-21', null, '2026-11-01', 12)).toEqual({ from: 0, to: 0 });
  });

  it('knows the day in Shanghai, whatever the machine’s zone', () => {
    expect(shanghaiDate(new Date('2026-11-20T15:59:59Z'))).toBe('2026-11-20');
    expect(shanghaiDate(new Date('2026-11-20T16:00:00Z'))).toBe('2026-11-21');
    expect(formatDateZh('2026-05-01')).toBe('2026年5月1日');
    expect(wholeYearsBetween('2008-12-01', '2026-11-30')).toBe(17);
  });
});
