// What the best hours of a roster are worth, as a function of how many are taken. In: one view that stays as it is. Out: the
// net of any number of hours of any row, from curves that are made once per (roster, run) and serve every order and variant
// that asks for that skill there; most of the kernel's time would otherwise go into choosing the same people again and again.

import type { NeedRow } from './market.ts';

/** Chooses at most `hours` hours of highest net; returns how many workers stand in its picks, in no particular order. */
export type PickHours = (roster: number, skill: number, hours: number, start: number, end: number) => number;

export interface Picks {
  readonly net: Float64Array;
  readonly hours: Int32Array;
}

export class LabourCurves {
  readonly #pick: PickHours;
  readonly #picks: Picks;
  readonly #weeks: number;
  readonly #slots = new Map<number, number>();
  #hoursMost: Float64Array = new Float64Array(0);
  /** Slot s holds the entries from start[s] to start[s + 1]: hours and net summed up to and with each worker, best first. */
  readonly #start: number[] = [0];
  #hoursUpTo = new Float64Array(1 << 14);
  #netUpTo = new Float64Array(1 << 14);

  constructor(weeks: number, picks: Picks, pick: PickHours) {
    this.#weeks = weeks;
    this.#picks = picks;
    this.#pick = pick;
  }

  /** Forgets all curves. `hoursMost`: the most that any row of a skill will ask, index 2·skill + home. */
  begin(hoursMost: Float64Array): void {
    this.#slots.clear();
    this.#start.length = 1;
    this.#hoursMost = hoursMost;
  }

  /** Net of the best `hours` of a roster over the run; −Infinity when it has too few. */
  netOf(roster: number, { skill, home, hours }: NeedRow, start: number, end: number): number {
    const key = (roster * this.#weeks + start) * (this.#weeks + 1) + end;
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = this.#draw(roster, skill, this.#hoursMost[2 * skill + Number(home)] as number, start, end);
      this.#slots.set(key, slot);
    }
    const first = this.#start[slot] as number;
    let low = first;
    let high = this.#start[slot + 1] as number;
    if (low === high || (this.#hoursUpTo[high - 1] as number) < hours) return -Infinity;
    // The first worker with whom the hours are complete gives only what is missing.
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#hoursUpTo[middle] as number) >= hours) high = middle;
      else low = middle + 1;
    }
    const hoursBefore = low === first ? 0 : (this.#hoursUpTo[low - 1] as number);
    const netBefore = low === first ? 0 : (this.#netUpTo[low - 1] as number);
    const ownHours = (this.#hoursUpTo[low] as number) - hoursBefore;
    const ownNet = (this.#netUpTo[low] as number) - netBefore;
    return netBefore + ((hours - hoursBefore) / ownHours) * ownNet;
  }

  #draw(roster: number, skill: number, hours: number, start: number, end: number): number {
    const count = this.#pick(roster, skill, hours, start, end);
    const { net, hours: own } = this.#picks;
    sortByNet(net, own, 0, count - 1);
    const slot = this.#start.length - 1;
    let at = this.#start[slot] as number;
    this.#reserve(at + count);
    const [hoursUpTo, netUpTo] = [this.#hoursUpTo, this.#netUpTo];
    let hoursSum = 0;
    let netSum = 0;
    for (let i = 0; i < count; i++) {
      hoursSum += own[i] as number;
      netSum += (net[i] as number) * (own[i] as number);
      hoursUpTo[at] = hoursSum;
      netUpTo[at] = netSum;
      at += 1;
    }
    this.#start.push(at);
    return slot;
  }

  #reserve(length: number): void {
    if (length <= this.#hoursUpTo.length) return;
    const grow = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(2 * length);
      to.set(from);
      return to;
    };
    this.#hoursUpTo = grow(this.#hoursUpTo);
    this.#netUpTo = grow(this.#netUpTo);
  }
}

/** Sorts both arrays by falling net between two places (inclusive): quicksort, insertion below a dozen. */
export function sortByNet(net: Float64Array, hours: Int32Array, from: number, to: number): void {
  let [low, high] = [from, to];
  while (high - low > 12) {
    const pivot = net[(low + high) >> 1] as number;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((net[left] as number) > pivot) left++;
      while ((net[right] as number) < pivot) right--;
      if (left > right) break;
      const [n, h] = [net[left] as number, hours[left] as number];
      net[left] = net[right] as number;
      hours[left] = hours[right] as number;
      net[right] = n;
      hours[right] = h;
      left++;
      right--;
    }
    // The smaller part by a call, the larger by the loop: the depth stays logarithmic.
    if (right - low < high - left) {
      sortByNet(net, hours, low, right);
      low = left;
    } else {
      sortByNet(net, hours, left, high);
      high = right;
    }
  }
  for (let i = low + 1; i <= high; i++) {
    const [n, h] = [net[i] as number, hours[i] as number];
    let at = i - 1;
    for (; at >= low && (net[at] as number) < n; at--) {
      net[at + 1] = net[at] as number;
      hours[at + 1] = hours[at] as number;
    }
    net[at + 1] = n;
    hours[at + 1] = h;
  }
}
