import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '../../vocabulary/calendar.ts';
import { readRents } from './rents.ts';

const lease = { startsOn: '2027-01-01', endsOn: '2029-12-31', priceFen: 432_000, instalments: 3, endedOn: null };
const daysOf = (deal: typeof lease) => readRents(deal, 0, '2027-01-01').map(({ dueOn }) => dueOn);

describe('rents', () => {
  test('fall due on the first day of what they pay for: by the month, or else by the day', () => {
    expect(daysOf(lease)).toEqual(['2027-01-01', '2028-01-01', '2029-01-01']);
    expect(daysOf({ ...lease, endsOn: '2027-02-28', instalments: 2 })).toEqual(['2027-01-01', '2027-02-01']);
    expect(daysOf({ ...lease, startsOn: '2027-03-01', endsOn: '2027-03-10', instalments: 2 })).toEqual([
      ...['2027-03-01', '2027-03-06'],
    ]);
  });

  test('are overdue from the day after, and at once when the use has ended', () => {
    const stateOn = (today: string, endedOn: string | null = null) =>
      readRents({ ...lease, endedOn }, 144_000, today).map(({ state }) => state);
    expect(stateOn('2028-01-01')).toEqual(['paid', 'open', 'open']);
    expect(stateOn('2028-01-02')).toEqual(['paid', 'overdue', 'open']);
    expect(stateOn('2028-01-01', '2028-01-01')).toEqual(['paid', 'overdue', 'void']);
  });

  test('together are the price to the 分, in the order of their days, within the term', () => {
    const anyLease = fc.record({
      priceFen: fc.integer({ min: 0, max: 1_000_000_000_000 }),
      instalments: fc.integer({ min: 1, max: 120 }),
      days: fc.integer({ min: 0, max: 10_000 }),
      paid: fc.integer({ min: 0, max: 1_000 }),
    });
    fc.assert(
      fc.property(anyLease, ({ priceFen, instalments, days, paid }) => {
        const endsOn = addDays(lease.startsOn, days);
        const paidFen = Math.floor((priceFen * paid) / 1_000);
        const rents = readRents({ ...lease, endsOn, priceFen, instalments }, paidFen, lease.startsOn);
        expect(rents.reduce((sum, { amountFen }) => sum + amountFen, 0)).toBe(priceFen);
        expect(rents.reduce((sum, rent) => sum + rent.paidFen, 0)).toBe(paidFen);
        expect(rents.map(({ dueOn }) => dueOn)).toEqual(rents.map(({ dueOn }) => dueOn).sort());
        expect(rents.every(({ dueOn }) => dueOn >= lease.startsOn && dueOn <= endsOn)).toBe(true);
        const amounts = rents.map(({ amountFen }) => amountFen);
        expect(Math.max(...amounts) - Math.min(...amounts)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
