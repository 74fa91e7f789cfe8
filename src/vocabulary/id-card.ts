// Resident identity number 身份证号 (GB 11643-1999): check digit, birth date, sex, age on a day.
// Area codes are never judged: many older villagers hold codes of withdrawn counties (CONVENTIONS 2.3).
import type { PlainDate } from './calendar.ts';
import { plainDate, wholeYearsBetween } from './calendar.ts';

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkDigits = '10X98765432';

export const idNumberPattern = /^\d{17}[\dX]$/;

/** Upper case, NFKC, blanks removed. */
export function normaliseIdNumber(text: string): string {
  return text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase();
}

/** The last character for the first 17 digits. */
export function idCheckDigit(first17: string): string {
  let sum = 0;
  weights.forEach((weight, index) => (sum += weight * Number(first17.charAt(index))));
  return checkDigits.charAt(sum % 11);
}

export type IdNumberFinding = 'valid' | 'malformed' | 'impossible-birth-date' | 'check-fails';

/** Judges an already normalised number. */
export function checkIdNumber(idNumber: string): IdNumberFinding {
  if (!idNumberPattern.test(idNumber)) return 'malformed';
  if (birthDateOf(idNumber) === null) return 'impossible-birth-date';
  return idCheckDigit(idNumber.slice(0, 17)) === idNumber.charAt(17) ? 'valid' : 'check-fails';
}

/** `null` when the digits name no day. */
export function birthDateOf(idNumber: string): PlainDate | null {
  return plainDate(Number(idNumber.slice(6, 10)), Number(idNumber.slice(10, 12)), Number(idNumber.slice(12, 14)));
}

export function sexOf(idNumber: string): 'male' | 'female' {
  return Number(idNumber.charAt(16)) % 2 === 1 ? 'male' : 'female';
}

/** Whole years on a day; `null` when the birth date is impossible. */
export function ageOn(idNumber: string, on: PlainDate): number | null {
  const birth = birthDateOf(idNumber);
  return birth === null ? null : wholeYearsBetween(birth, on);
}
