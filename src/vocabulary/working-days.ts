// 工作日 as the State Council sets them year by year: public holidays off, make-up days on. Notice and publicity periods are
// counted in these (CONVENTIONS 2.8, 2.12). The data comes with the calendar package; beyond its last year only weekends are known.

import chineseDays from 'chinese-days';
import { addDays, type PlainDate } from './calendar.ts';

/** The last day whose holidays have been announced in the data at hand. */
export const holidaysKnownUntil: PlainDate = '2026-12-31';

export function isWorkingDay(day: PlainDate): boolean {
  return chineseDays.isWorkday(day);
}

export interface WorkingDays {
  /** The last of the counted days. */
  until: PlainDate;
  /** It lies beyond the announced holidays: only weekends were taken out, so it may come later. */
  isProvisional: boolean;
}

/**
 * The `count`-th working day after `from`, which is not counted itself: a notice put up on `from` has been up for `count` whole
 * working days once that day is over. `count` 0 is `from`.
 */
export function countWorkingDays(from: PlainDate, count: number): WorkingDays {
  let until = from;
  for (let left = count; left > 0;) {
    until = addDays(until, 1);
    if (isWorkingDay(until)) left -= 1;
  }
  return { until, isProvisional: until > holidaysKnownUntil };
}
