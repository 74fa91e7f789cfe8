// From what people write to the village they mean. Enters: a code or a name ("高家镇湖仁村", "湖仁村", "湖仁"), and the division
// it must lie in. Leaves: the code, or the candidates when the name alone does not decide.

import { divisionContains, isDivisionCode } from '../vocabulary/division-code.ts';
import { normaliseText } from '../vocabulary/chinese-text.ts';
import type { Division } from './tables.ts';

export type Resolved = { code: string } | { candidates: { code: string; name: string }[] };

export interface Gazetteer {
  find(code: string): Division | undefined;
  resolve(text: string, withinCode: string): Resolved;
  /** "高家镇湖仁村": the names from the town down, as people say them. */
  fullNameOf: (code: string) => string;
  /** Every name a query may hold, for cutting queries into words. */
  names: ReadonlySet<string>;
}

export function createGazetteer(divisions: readonly Division[]): Gazetteer {
  const byCode = new Map(divisions.map((division) => [division.code, division]));
  const byName = new Map<string, Division[]>();
  const add = (name: string, division: Division) => {
    const known = byName.get(name) ?? [];
    if (!known.includes(division)) byName.set(name, [...known, division]);
  };
  for (const division of divisions) {
    const own = [division.officialName, division.shortName, ...division.aliases];
    const parent = division.parentCode === null ? undefined : byCode.get(division.parentCode);
    for (const name of own) {
      add(name, division);
      for (const above of parent ? [parent.officialName, parent.shortName] : []) add(`${above}${name}`, division);
    }
  }

  function fullNameOf(code: string): string {
    const division = byCode.get(code);
    if (!division) return code;
    const parent = division.parentCode === null ? undefined : byCode.get(division.parentCode);
    return parent && parent.code.length > 6 ? `${parent.shortName}${division.shortName}` : division.shortName;
  }

  return {
    find: (code) => byCode.get(code),
    names: new Set(byName.keys()),
    fullNameOf,
    resolve(text, withinCode) {
      const wanted = normaliseText(text).replaceAll(/[\s·/,,-]+/g, '');
      if (isDivisionCode(wanted)) {
        return byCode.has(wanted) && divisionContains(withinCode, wanted) ? { code: wanted } : { candidates: [] };
      }
      const within = (byName.get(wanted) ?? []).filter((division) => divisionContains(withinCode, division.code));
      const [first, second] = within;
      if (first && !second) return { code: first.code };
      return { candidates: within.map(({ code }) => ({ code, name: fullNameOf(code) })) };
    },
  };
}
