// Times that come again: the fourteen half-days of a week on which a room is lent, and the months of a harvest or a season.
import type { CodedTerm } from './coded-term.ts';

const days = [
  ['mon', '周一', 'Monday', '星期一'],
  ['tue', '周二', 'Tuesday', '星期二'],
  ['wed', '周三', 'Wednesday', '星期三'],
  ['thu', '周四', 'Thursday', '星期四'],
  ['fri', '周五', 'Friday', '星期五'],
  ['sat', '周六', 'Saturday', '星期六'],
  ['sun', '周日', 'Sunday', '星期日'],
] as const;

/** 半天时段. */
export const halfDays: readonly CodedTerm[] = days.flatMap(([code, zh, en, other]) => [
  { code: `${code}-am`, zh: `${zh}上午`, en: `${en} morning`, synonyms: [`${other}上午`] },
  { code: `${code}-pm`, zh: `${zh}下午`, en: `${en} afternoon`, synonyms: [`${other}下午`] },
]);
export const halfDayCodes = halfDays.map((half) => half.code) as [string, ...string[]];

const monthNames = 'January February March April May June July August September October November December'.split(' ');

export const months: readonly CodedTerm[] = monthNames.map((en, index) => ({
  code: `month-${String(index + 1).padStart(2, '0')}`,
  zh: `${index + 1}月`,
  en,
  synonyms: [`${index + 1}月份`],
}));
export const monthCodes = months.map((month) => month.code) as [string, ...string[]];
