// 集体决议 of the sample villages: one meeting each, at which the representatives agreed to offer what is idle. Always the same.
import type { CollectiveDecision } from '../../src/lists/kinds/index.ts';
import { addDays } from '../../src/vocabulary/calendar.ts';
import { drawsFromSeed } from '../../src/vocabulary/seeded-draws.ts';
import { exampleAsOf } from './files.ts';

/** One village in so many has only just put its decision up: what it owns is not published yet. */
const JUST_PUT_UP_ONE_IN = 40;

export function decisionOf(village: { code: string; shortName: string }): CollectiveDecision {
  const number = Number(village.code.slice(6));
  const draws = drawsFromSeed(number);
  const due = draws.integer(20, 60);
  const present = due - draws.integer(0, Math.floor(due / 8));
  const inFavour = present - draws.integer(0, Math.floor(due / 8));
  const heldDaysAgo = number % JUST_PUT_UP_ONE_IN === 0 ? 3 : draws.integer(20, 120);
  const heldOn = addDays(exampleAsOf, -heldDaysAgo);
  return {
    ...{ heldOn, body: 'representatives', due, present, inFavour },
    minutes: `${village.shortName}股合〔2026〕${draws.integer(1, 30)}号(演示)`,
    publicityFrom: addDays(heldOn, 1),
    publicityTo: addDays(heldOn, 11),
  };
}
