// Administrative division codes 区划代码: GB/T 2260 (province, city, county) and the statistical 12-digit code below them.
// Enters a code as text, leaves its level, parent and the half-open range that row-level security compares with.
// Called by every room that scopes something to a province, city, county, town or village.

export const divisionLevels = ['province', 'city', 'county', 'town', 'village'] as const;
export type DivisionLevel = (typeof divisionLevels)[number];

const lengthOfLevel: Record<DivisionLevel, number> = { province: 2, city: 4, county: 6, town: 9, village: 12 };
const levelOfLength = new Map(divisionLevels.map((level) => [lengthOfLevel[level], level]));

/** 2, 4, 6, 9 or 12 digits; for schemas and columns. */
export const divisionCodePattern = /^(?:\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$/;

export function isDivisionCode(text: string): boolean {
  return divisionCodePattern.test(text);
}

/** Level by length; `null` when the text is no division code. */
export function divisionLevelOf(code: string): DivisionLevel | null {
  return isDivisionCode(code) ? (levelOfLength.get(code.length) ?? null) : null;
}

/** Code of the division one level up; `null` for a province or for a text that is no code. */
export function parentDivisionCode(code: string): string | null {
  const level = divisionLevelOf(code);
  if (level === null || level === 'province') return null;
  const parentLevel = divisionLevels[divisionLevels.indexOf(level) - 1];
  return parentLevel === undefined ? null : code.slice(0, lengthOfLevel[parentLevel]);
}

/** The code cut at a level, e.g. the town of a village; `null` when the code is shorter than that. */
export function divisionCodeAt(code: string, level: DivisionLevel): string | null {
  const own = divisionLevelOf(code);
  if (own === null || code.length < lengthOfLevel[level]) return null;
  return code.slice(0, lengthOfLevel[level]);
}

/** True when `inner` is `outer` itself or lies inside it. */
export function divisionContains(outer: string, inner: string): boolean {
  return isDivisionCode(outer) && isDivisionCode(inner) && inner.startsWith(outer);
}

/** The innermost division that contains all of these; `null` for the whole country. */
export function commonDivision(codes: readonly string[]): string | null {
  let common: string | null = codes[0] ?? null;
  while (common !== null && !codes.every((code) => code.startsWith(common ?? ''))) common = parentDivisionCode(common);
  return common;
}

export interface DivisionRange {
  lo: string;
  hi: string;
}

/**
 * Half-open text range `[lo, hi)` of everything inside a division, in byte order (COLLATE "C").
 * ':' is the character after '9', so 330803 → { lo: '330803', hi: '330803:' }.
 */
export function divisionRange(code: string): DivisionRange {
  return { lo: code, hi: `${code}:` };
}
