import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addRow } from './share-out.ts';
import type { RowToFill, Sharing } from './share-out.ts';

function shareOut(rows: RowToFill[], hours: number[]): Sharing | null {
  const added: RowToFill[] = [];
  const sharing: Sharing = [];
  return rows.every((row) => addRow(added, sharing, row, (worker) => hours[worker] ?? 0)) ? sharing : null;
}

/** Hall's condition: every set of rows has among its people the hours it needs. */
function canBeFilled(rows: RowToFill[], hours: number[]): boolean {
  for (let set = 1; set < 1 << rows.length; set++) {
    const chosen = rows.filter((_, r) => set & (1 << r));
    const people = new Set(chosen.flatMap((row) => [...row.workers]));
    const there = [...people].reduce((sum, worker) => sum + (hours[worker] ?? 0), 0);
    if (chosen.reduce((sum, row) => sum + row.hours, 0) > there) return false;
  }
  return true;
}

describe('sharing people out among rows', () => {
  it('makes a row give up the one person the next row needs', () => {
    const rows = [
      { hours: 10, workers: Int32Array.of(0, 1) },
      { hours: 10, workers: Int32Array.of(0) },
    ];
    expect(shareOut(rows, [10, 10])).toEqual([new Map([[1, 10]]), new Map([[0, 10]])]);
  });

  it('finds a way exactly when there is one, and gives nobody more hours than they have', () => {
    const row = fc.record({
      hours: fc.integer({ min: 1, max: 12 }),
      workers: fc.uniqueArray(fc.nat(4), { minLength: 1 }),
    });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(12), { minLength: 5, maxLength: 5 }),
        (asked, hours) => {
          const rows = asked.map(({ hours: needed, workers }) => ({
            hours: needed,
            workers: Int32Array.from(workers),
          }));
          const sharing = shareOut(rows, hours);
          expect(sharing !== null).toBe(canBeFilled(rows, hours));
          if (sharing === null) return;
          rows.forEach((row_, r) => {
            expect([...(sharing[r] ?? [])].reduce((sum, [, given]) => sum + given, 0)).toBe(row_.hours);
            for (const [worker] of sharing[r] ?? []) expect([...row_.workers]).toContain(worker);
          });
          hours.forEach((limit, worker) => {
            expect(sharing.reduce((sum, given) => sum + (given.get(worker) ?? 0), 0)).toBeLessThanOrEqual(limit);
          });
        },
      ),
    );
  });
});
