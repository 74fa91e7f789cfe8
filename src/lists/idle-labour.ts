// 闲置劳动力清单 as the public may see it: counts by division and skill, small cells suppressed (CONVENTIONS 2.3). Pure.
// A cell below the threshold is hidden, and so are as many others as it takes that no hidden number follows from a total
// minus its shown parts, on any level: what is hidden in a town stays hidden in all its villages. What is shown is told in whole
// steps: exact counts of two days would tell, by their difference, of the one person who came or went.

import { groupBy } from '../platform/group-by.ts';
import { parentDivisionCode } from '../vocabulary/division-code.ts';

/** Below this many people a cell is not published. */
export const SMALLEST_CELL = 5;

/** Shown counts are rounded down to a multiple of this. */
export const COUNT_STEP = 5;

export interface SkillCount {
  villageCode: string;
  skill: string;
  people: number;
}

export interface PublishedCell {
  divisionCode: string;
  skill: string;
  /** Rounded down; null: suppressed. */
  people: number | null;
}

/** Cells of a county, its towns and their villages; a division without anybody of a skill has no cell. */
export function publishCounts(counts: readonly SkillCount[], countyCode: string): PublishedCell[] {
  const published: PublishedCell[] = [];
  for (const [skill, ofSkill] of groupBy(counts, (count) => count.skill)) {
    const totals = new Map<string, number>();
    for (const { villageCode, people } of ofSkill) {
      for (
        let code: string | null = villageCode;
        code !== null && code.length >= countyCode.length;
        code = parentDivisionCode(code)
      ) {
        totals.set(code, (totals.get(code) ?? 0) + people);
      }
    }
    const childrenOf = groupBy([...totals.keys()].sort(), (code) => parentDivisionCode(code));
    const publish = (code: string, isHidden: boolean): void => {
      const people = totals.get(code) ?? 0;
      published.push({ divisionCode: code, skill, people: isHidden ? null : people - (people % COUNT_STEP) });
      const children = childrenOf.get(code) ?? [];
      const hidden = isHidden ? new Set(children) : chooseHidden(children, totals);
      for (const child of children) publish(child, hidden.has(child));
    };
    if (totals.has(countyCode)) publish(countyCode, (totals.get(countyCode) ?? 0) < SMALLEST_CELL);
  }
  return published;
}

/** Small cells, then the smallest others until the hidden ones are at least two and together no small number. */
function chooseHidden(codes: readonly string[], totals: ReadonlyMap<string, number>): Set<string> {
  const bySize = [...codes].sort((a, b) => (totals.get(a) ?? 0) - (totals.get(b) ?? 0) || (a < b ? -1 : 1));
  const hidden = new Set<string>();
  let sum = 0;
  for (const code of bySize) {
    const people = totals.get(code) ?? 0;
    const isSafe = hidden.size === 0 || (hidden.size >= 2 && sum >= SMALLEST_CELL);
    if (people >= SMALLEST_CELL && isSafe) break;
    hidden.add(code);
    sum += people;
  }
  return hidden;
}
