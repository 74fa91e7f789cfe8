import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  divisionCodeAt,
  divisionContains,
  divisionLevelOf,
  divisionRange,
  parentDivisionCode,
} from './division-code.ts';
import { ageOn, birthDateOf, checkIdNumber, idCheckDigit, normaliseIdNumber, sexOf } from './id-card.ts';
import { maskIdNumber, maskName, maskPhone } from './masking.ts';
import { isLandline, isMobile, isPhone, normalisePhone } from './phone.ts';
import { checkUscc, completeUscc, normaliseUscc, partyKindOfUscc, usccCheckCharacter } from './uscc.ts';

describe('division codes', () => {
  it('tell level and parent by their length', () => {
    expect(['33', '3308', '330803', '330803114', '330803114242'].map(divisionLevelOf)).toEqual([
      'province',
      'city',
      'county',
      'town',
      'village',
    ]);
    expect(parentDivisionCode('330803114242')).toBe('330803114');
    expect(parentDivisionCode('33')).toBeNull();
    expect(divisionLevelOf('33080')).toBeNull();
    expect(divisionCodeAt('330803114242', 'county')).toBe('330803');
    expect(divisionCodeAt('330803', 'town')).toBeNull();
  });

  it('contain one another exactly when the code lies in the range', () => {
    const code = fc.constantFrom(2, 4, 6, 9, 12).chain((length) => fc.stringMatching(new RegExp(`^\\d{${length}}$`)));
    fc.assert(
      fc.property(code, code, (outer, inner) => {
        const { lo, hi } = divisionRange(outer);
        expect(divisionContains(outer, inner)).toBe(inner >= lo && inner < hi);
        expect(divisionContains(outer, `${outer}${'0'.repeat(12 - outer.length)}`)).toBe(true);
      }),
    );
    expect(divisionRange('330803')).toEqual({ lo: '330803', hi: '330803:' });
    expect(divisionContains('330803', '330804')).toBe(false);
  });
});

describe('unified social credit codes', () => {
  it('carry the check character of the standard’s worked example', () => {
    expect(usccCheckCharacter('91350100M000100Y4')).toBe('3');
  });

  it('are told apart by malformed shape and by which check fails', () => {
    expect(checkUscc('91350211M0000XUF46')).not.toBe('valid');
    expect(checkUscc('91330803MA')).toBe('malformed');
    expect(checkUscc('91330803IA00000100')).toBe('malformed');
    const code = completeUscc('91', '330803', 'MA000001');
    expect(checkUscc(code)).toBe('valid');
    const wrongInner = `${code.slice(0, 16)}${code.charAt(16) === '0' ? '1' : '0'}`;
    expect(checkUscc(wrongInner + usccCheckCharacter(wrongInner))).toBe('organisation-check-fails');
  });

  it('lose their check when one character is changed or two neighbours are swapped', () => {
    const symbol = fc.constantFrom(...'0123456789ABCDEFGHJKLMNPQRTUWXY');
    const free = fc.array(symbol, { minLength: 8, maxLength: 8 }).map((symbols) => symbols.join(''));
    fc.assert(
      fc.property(free, fc.integer({ min: 0, max: 16 }), symbol, (organisation, at, other) => {
        const code = completeUscc('N2', '330803', organisation);
        expect(checkUscc(code)).toBe('valid');
        if (other !== code.charAt(at)) {
          expect(checkUscc(code.slice(0, at) + other + code.slice(at + 1))).not.toBe('valid');
        }
        if (code.charAt(at) !== code.charAt(at + 1)) {
          const swapped = code.slice(0, at) + code.charAt(at + 1) + code.charAt(at) + code.slice(at + 2);
          expect(checkUscc(swapped)).not.toBe('valid');
        }
      }),
    );
  });

  it('satisfy both congruences of the standards, computed another way', () => {
    const symbols = '0123456789ABCDEFGHJKLMNPQRTUWXY';
    const digits = fc.stringMatching(/^\d{6}$/);
    fc.assert(
      fc.property(digits, fc.constantFrom('MA', 'MF', 'M0', 'XY'), (number, prefix) => {
        const code = completeUscc('91', '330803', prefix + number);
        // powers of 3 modulo 31, Horner from the right
        const sum = [...code.slice(0, 17)].reduceRight((acc, symbol) => (acc * 3 + symbols.indexOf(symbol)) % 31, 0);
        expect((sum + symbols.indexOf(code.charAt(17))) % 31).toBe(0);
        const inner = [...code.slice(8, 16)].reduce(
          (acc, symbol, index) => acc + parseInt(symbol, 36) * ([3, 7, 9, 10, 5, 8, 4, 2][index] ?? 0),
          0,
        );
        expect((inner + (code.charAt(16) === 'X' ? 10 : Number(code.charAt(16)))) % 11).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('tell the kind of party by prefix, typed in any width or case', () => {
    expect(partyKindOfUscc(normaliseUscc(' n2330803mf0001 '))).toBe('collective');
    expect(['91', '92', '93', '54', '51', '12', '11'].map(partyKindOfUscc)).toEqual([
      'enterprise',
      'sole-trader',
      'cooperative',
      'village-committee',
      'social-org',
      'institution',
      'government',
    ]);
    expect(partyKindOfUscc('Y1')).toBeNull();
  });
});

describe('identity numbers', () => {
  it('of withdrawn counties are as good as others', () => {
    const first17 = '33082119581231001';
    expect(checkIdNumber(first17 + idCheckDigit(first17))).toBe('valid');
  });

  it('tell birth date, sex and age', () => {
    const idNumber = normaliseIdNumber('330803 19580315 0013');
    expect(checkIdNumber(idNumber)).toBe('valid');
    expect(birthDateOf(idNumber)).toBe('1958-03-15');
    expect(sexOf(idNumber)).toBe('male');
    expect([ageOn(idNumber, '2026-03-14'), ageOn(idNumber, '2026-03-15')]).toEqual([67, 68]);
  });

  it('fail when one digit is wrong, and when the day does not exist', () => {
    fc.assert(
      fc.property(fc.integer({ min: 14, max: 16 }), fc.integer({ min: 1, max: 9 }), (at, shift) => {
        const idNumber = '330803195803150013';
        const digit = (Number(idNumber.charAt(at)) + shift) % 10;
        expect(checkIdNumber(idNumber.slice(0, at) + digit + idNumber.slice(at + 1))).toBe('check-fails');
      }),
    );
    expect(checkIdNumber('330803195802300013')).toBe('impossible-birth-date');
    expect(checkIdNumber('33080319580315001')).toBe('malformed');
  });
});

describe('phones', () => {
  it.each([
    ['+86 138 0000 0000', '13800000000'],
    ['13800000000', '13800000000'],
    ['8613800000000', '13800000000'],
    ['(0570)3838383', '0570-3838383'],
    ['0570 383 8383', '0570-3838383'],
    ['010-12345678', '010-12345678'],
  ])('are normalised: %s', (typed, normalised) => {
    expect(normalisePhone(typed)).toBe(normalised);
    expect(isPhone(normalised)).toBe(true);
  });

  it('are mobiles or landlines, nothing else', () => {
    expect([isMobile('13800000000'), isLandline('0570-3838383')]).toEqual([true, true]);
    expect(['12800000000', '1380000000', '0570-38383', 'abc'].map((phone) => isPhone(normalisePhone(phone)))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('masking', () => {
  it.each([
    ['张三', '张*'],
    ['张三丰', '张*'],
    ['欧阳修', '欧阳*'],
    ['欧阳', '欧*'],
    ['丁', '*'],
  ])('shows of %s only %s', (name, masked) => expect(maskName(name)).toBe(masked));

  it('keeps what the conventions keep of phones and identity numbers, and hides odd ones whole', () => {
    expect(maskPhone('13812340000')).toBe('138****0000');
    expect(maskPhone('0570-3838383')).toBe('0570-****383');
    expect(maskIdNumber('330803195803150013')).toBe('3308**********0013');
    expect(maskIdNumber('330803')).toBe('******');
    expect(maskPhone('12345')).toBe('*****');
  });
});
