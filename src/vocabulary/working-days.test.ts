import { expect, test } from 'vitest';
import chineseDays from 'chinese-days';
import { countWorkingDays, holidaysKnownUntil, isWorkingDay } from './working-days.ts';

test('twenty working days from 25 September 2026 go around the holidays of October', () => {
  expect(countWorkingDays('2026-09-25', 20)).toEqual({ until: '2026-10-29', isProvisional: false });
});

test('a Saturday that makes up for a holiday counts, the holiday does not', () => {
  expect([isWorkingDay('2026-02-14'), isWorkingDay('2026-10-05')]).toEqual([true, false]);
});

test('no days later is the same day', () => {
  expect(countWorkingDays('2026-11-21', 0).until).toBe('2026-11-21');
});

test('beyond what has been announced the count says that it may change', () => {
  expect(countWorkingDays('2026-12-28', 10)).toMatchObject({ isProvisional: true });
});

test('what counts as announced is what the data holds: New Year of that year, not of the next', () => {
  const year = Number(holidaysKnownUntil.slice(0, 4));
  expect(chineseDays.getDayDetail(`${year}-10-01`).name).toMatch(/National|国庆/);
  expect(chineseDays.getDayDetail(`${year + 1}-10-01`).name).not.toMatch(/National|国庆/);
});
