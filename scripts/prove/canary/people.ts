// Marked people who do not exist: every name, number and phone can be told from everything else that a system writes.

import { idCheckDigit } from '../../../src/vocabulary/id-card.ts';
import { drawsFromSeed } from '../../../src/vocabulary/seeded-draws.ts';

export interface Canary {
  name: string;
  idNumber: string;
  phone: string;
  lowIncome: boolean;
}

const letters = '甲乙丙丁戊己庚辛壬癸';

/** `count` different people, the same for the same seed. */
export function plantPeople(count: number, seed: number): Canary[] {
  const draws = drawsFromSeed(seed);
  const offset = draws.integer(0, 999 - Math.min(count, 999));
  return Array.from({ length: count }, (_, at) => {
    const number = String((offset + at) % 1000).padStart(3, '0');
    // Born long before whoever else is made up here, or a year apart once a thousand are used up.
    const first17 = `330803${String(1937 + Math.floor((offset + at) / 1000))}0707${number}`;
    const spelled = [...number].map((digit) => letters[Number(digit)] ?? '').join('');
    return {
      name: `金丝雀${spelled}`,
      idNumber: first17 + idCheckDigit(first17),
      phone: `13975310${number}`,
      lowIncome: draws.chance(0.3),
    };
  });
}

/** The same number with a check digit that cannot be. */
export function misspell({ idNumber }: Canary): string {
  return idNumber.slice(0, 17) + (idNumber.endsWith('0') ? '1' : '0');
}
