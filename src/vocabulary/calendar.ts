// Plain dates `YYYY-MM-DD` without a clock: day and week arithmetic, and "today" in Asia/Shanghai from a given instant.
// Nothing here reads the system clock: whoever calls passes the instant, so that every decision can be repeated.

/** A calendar day, `YYYY-MM-DD`. */
export type PlainDate = string;

const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/;
const msPerDay = 86_400_000;

/** No day of work, birth or law lies outside; nothing has to reckon with years of three or five digits. */
const years = { first: 1900, last: 2199 };

export function plainDate(year: number, month: number, day: number): PlainDate | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal && year >= years.first && year <= years.last ? date.toISOString().slice(0, 10) : null;
}

export function isPlainDate(text: string): boolean {
  const match = datePattern.exec(text);
  return match !== null && plainDate(Number(match[1]), Number(match[2]), Number(match[3])) !== null;
}

function dayNumber(date: PlainDate): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / msPerDay);
}

export function addDays(date: PlainDate, days: number): PlainDate {
  return new Date((dayNumber(date) + days) * msPerDay).toISOString().slice(0, 10);
}

/** The same day `months` later, or the last of that month when it has no such day: 01-31 and one month is 02-28. */
export function addMonths(date: PlainDate, months: number): PlainDate {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const first = Date.UTC(year, month - 1 + months, 1);
  const lastDay = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return addDays(new Date(first).toISOString().slice(0, 10), Math.min(day, lastDay) - 1);
}

/** Days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: PlainDate, to: PlainDate): number {
  return dayNumber(to) - dayNumber(from);
}

/** Index of the 7-day week, counted from `asOf` as day 0 of week 0, in which a date lies; negative before it. */
export function weekIndex(asOf: PlainDate, date: PlainDate): number {
  return Math.floor(daysBetween(asOf, date) / 7);
}

/** First day of week `week` counted from `asOf`. */
export function weekStart(asOf: PlainDate, week: number): PlainDate {
  return addDays(asOf, week * 7);
}

/**
 * The whole weeks `[from, to)` that lie inside the days `first … last` (both included; `null` = open end), counted from `asOf`
 * and clipped to `[0, weeks]`. A week counts only when all its seven days lie inside. Empty ranges have `from >= to`.
 */
export function wholeWeeksWithin(
  asOf: PlainDate,
  first: PlainDate | null,
  last: PlainDate | null,
  weeks: number,
): { from: number; to: number } {
  const from = first === null ? 0 : Math.max(0, Math.ceil(daysBetween(asOf, first) / 7));
  const to = last === null ? weeks : Math.min(weeks, Math.floor((daysBetween(asOf, last) + 1) / 7));
  return { from, to: Math.max(to, 0) };
}

const shanghaiDay = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The calendar day in Asia/Shanghai at an instant. */
export function shanghaiDate(instant: Date): PlainDate {
  return shanghaiDay.format(instant);
}

/** Whole years from `birth` to `on`; a birthday counts from its own day. */
export function wholeYearsBetween(birth: PlainDate, on: PlainDate): number {
  const years = Number(on.slice(0, 4)) - Number(birth.slice(0, 4));
  return on.slice(5) < birth.slice(5) ? years - 1 : years;
}

const writtenDate = /^(\d{4})[-./年](\d{1,2})(?:[-./月](\d{1,2})日?|月)?$/;
const compactDate = /^(\d{4})(\d{2})(\d{2})$/;

/** "2026.5.1", "2026年5月1日", "2026/05/01", "20260501", "2026-05-01" → plain date; `null` when it is no day that exists. */
export function parseWrittenDate(text: string): PlainDate | null {
  const compact = text
    .normalize('NFKC')
    .replace(/\s/g, '')
    .replace(/[..。]$/, '');
  const match = compactDate.exec(compact) ?? writtenDate.exec(compact);
  if (match?.[3] === undefined) return null;
  return plainDate(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** Excel's serial day (1900 system) → plain date; the fraction (time of day) is dropped. `null` outside 1901–2199. */
export function excelSerialToDate(serial: number): PlainDate | null {
  if (!Number.isFinite(serial) || serial < 367 || serial >= 109_575) return null;
  return addDays('1899-12-30', Math.floor(serial));
}

/** 2026-11-21 → 2026年11月21日 */
export function formatDateZh(date: PlainDate): string {
  return `${Number(date.slice(0, 4))}年${Number(date.slice(5, 7))}月${Number(date.slice(8, 10))}日`;
}

/** A run of days, both included. */
export interface Period {
  from: PlainDate;
  to: PlainDate;
}

/** "2026-12-01至2026-12-05;2027.1.3" → periods, one day alone being a period of itself. `null` when one piece is unreadable. */
export function parsePeriods(text: string): Period[] | null {
  const periods: Period[] = [];
  for (const piece of text.normalize('NFKC').split(/[;、,\n]+/)) {
    if (piece.trim() === '') continue;
    const [first, last, ...more] = piece.split(/[至到~—–]+/).map(parseWrittenDate);
    const to = last === undefined ? first : last;
    if (first === undefined || first === null || to === undefined || to === null || more.length > 0) return null;
    periods.push({ from: first, to });
  }
  return periods;
}

/** The inverse of `parsePeriods`. */
export function formatPeriods(periods: readonly Period[]): string {
  return periods.map(({ from, to }) => (from === to ? from : `${from}至${to}`)).join(';');
}
