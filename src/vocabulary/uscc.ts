// Unified social credit code 统一社会信用代码 (GB 32100-2015): shape, both check characters, and what the prefix tells.
// A failing check is reported apart from a wrong shape: some issued codes fail it, so officials may override (CONVENTIONS 2.1).
import type { PartyKind } from './party-kinds.ts';

const symbols = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const organisationSymbols = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const organisationWeights = [3, 7, 9, 10, 5, 8, 4, 2];

export const usccPattern = /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{8}[0-9X][0-9A-HJ-NPQRTUWXY]$/;

/** Upper case, NFKC, blanks removed. */
export function normaliseUscc(text: string): string {
  return text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase();
}

/** The last character for the first 17. */
export function usccCheckCharacter(first17: string): string {
  let sum = 0;
  weights.forEach((weight, index) => (sum += weight * symbols.indexOf(first17.charAt(index))));
  return symbols.charAt((31 - (sum % 31)) % 31);
}

/** The 9th character of an organisation code (GB 11714) for its first 8. */
export function organisationCheckCharacter(first8: string): string {
  let sum = 0;
  organisationWeights.forEach((weight, index) => (sum += weight * organisationSymbols.indexOf(first8.charAt(index))));
  const check = 11 - (sum % 11);
  return check === 10 ? 'X' : check === 11 ? '0' : String(check);
}

export type UsccFinding = 'valid' | 'malformed' | 'organisation-check-fails' | 'check-fails';

/** Judges an already normalised code. */
export function checkUscc(code: string): UsccFinding {
  if (!usccPattern.test(code)) return 'malformed';
  if (usccCheckCharacter(code.slice(0, 17)) !== code.charAt(17)) return 'check-fails';
  if (organisationCheckCharacter(code.slice(8, 16)) !== code.charAt(16)) return 'organisation-check-fails';
  return 'valid';
}

/** A full code from its 16 free characters: department and category, 6-digit county code, 8 of the organisation. */
export function completeUscc(prefix: string, countyCode: string, organisation8: string): string {
  const first17 = `${prefix}${countyCode}${organisation8}${organisationCheckCharacter(organisation8)}`;
  return first17 + usccCheckCharacter(first17);
}

const kindOfPrefix: Record<string, PartyKind> = {
  '11': 'government',
  '12': 'institution',
  '51': 'social-org',
  '52': 'social-org',
  '53': 'social-org',
  '54': 'village-committee',
  '55': 'village-committee',
  '91': 'enterprise',
  '92': 'sole-trader',
  '93': 'cooperative',
  N1: 'collective',
  N2: 'collective',
  N3: 'collective',
  N9: 'collective',
};

/** The kind of party a code belongs to; `null` for prefixes the product does not know. */
export function partyKindOfUscc(code: string): PartyKind | null {
  return kindOfPrefix[code.slice(0, 2)] ?? null;
}
