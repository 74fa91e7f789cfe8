// Whether workers can be shared out among several rows at once. Rows filled one after another may take from each other the
// very people the next one needs; here a row that runs short makes others give theirs up for someone else (augmenting
// paths, as in a maximum flow), so that a "no" means that there is no way at all for these rows.

/** One row to fill: how many hours, and who may give them, best first. */
export interface RowToFill {
  hours: number;
  workers: Int32Array;
}

/** Hours given by each worker to each row, row by row. */
export type Sharing = Map<number, number>[];

/**
 * Fills the rows added so far and this one; `sharing` holds the result. Leaves everything as it was and answers false when the
 * rows cannot all be filled. `freeHours` tells the hours of a worker that nobody else has.
 */
export function addRow(
  rows: RowToFill[],
  sharing: Sharing,
  row: RowToFill,
  freeHours: (worker: number) => number,
): boolean {
  const before = sharing.map((given) => new Map(given));
  rows.push(row);
  sharing.push(new Map());
  // Whoever is free is taken at once; paths are for the rest.
  const usedHours = countUsed(sharing);
  const own = sharing[sharing.length - 1] as Map<number, number>;
  let missing = row.hours;
  for (const worker of row.workers) {
    if (missing === 0) break;
    const given = Math.min(missing, freeHours(worker) - (usedHours.get(worker) ?? 0));
    if (given <= 0) continue;
    own.set(worker, given);
    missing -= given;
  }
  while (missing > 0) {
    const gained = fillAlongPath(rows, sharing, rows.length - 1, missing, freeHours);
    if (gained === 0) {
      rows.pop();
      sharing.splice(0, sharing.length, ...before);
      return false;
    }
    missing -= gained;
  }
  return true;
}

/** Finds the shortest chain "row takes a worker from a row, which takes one from a row, … which takes one who is free". */
function fillAlongPath(
  rows: readonly RowToFill[],
  sharing: Sharing,
  from: number,
  wanted: number,
  freeHours: (worker: number) => number,
): number {
  const usedHours = countUsed(sharing);
  /** By which worker, given up by this row to the one before it, a row was reached. */
  const reached = new Map<number, { by: number; worker: number }>();
  const queue = [from];
  for (let q = 0; q < queue.length; q++) {
    const at = queue[q] as number;
    for (const worker of (rows[at] as RowToFill).workers) {
      const free = freeHours(worker) - (usedHours.get(worker) ?? 0);
      if (free > 0) return passOn(sharing, reached, from, at, worker, Math.min(free, wanted));
      sharing.forEach((given, other) => {
        if (other === at || other === from || reached.has(other) || (given.get(worker) ?? 0) === 0) return;
        reached.set(other, { by: at, worker });
        queue.push(other);
      });
    }
  }
  return 0;
}

function countUsed(sharing: Sharing): Map<number, number> {
  const usedHours = new Map<number, number>();
  for (const given of sharing)
    for (const [worker, hours] of given) usedHours.set(worker, (usedHours.get(worker) ?? 0) + hours);
  return usedHours;
}

function passOn(
  sharing: Sharing,
  reached: ReadonlyMap<number, { by: number; worker: number }>,
  from: number,
  last: number,
  worker: number,
  hoursMax: number,
): number {
  let hours = hoursMax;
  for (let row = last; row !== from;) {
    const step = reached.get(row) as { by: number; worker: number };
    hours = Math.min(hours, sharing[row]?.get(step.worker) ?? 0);
    row = step.by;
  }
  const move = (row: number, who: number, change: number): void => {
    const given = sharing[row] as Map<number, number>;
    const after = (given.get(who) ?? 0) + change;
    if (after === 0) given.delete(who);
    else given.set(who, after);
  };
  move(last, worker, hours);
  for (let row = last; row !== from;) {
    const step = reached.get(row) as { by: number; worker: number };
    move(row, step.worker, -hours);
    move(step.by, step.worker, hours);
    row = step.by;
  }
  return hours;
}
