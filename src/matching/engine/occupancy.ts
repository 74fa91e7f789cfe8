// What is still free while a plan grows: hours of workers, area and power of sites, income of towns. Allocations are
// immutable; committing and releasing the same allocation leaves everything as it was, so undo is a release.

import { fairnessSlope, fairnessWorth, TOLERANCE } from './market.ts';
import type { CompiledOrder, Market, Variant } from './market.ts';

/** One lot as the solver holds it: parallel lists, one entry per (worker, row). */
export interface AllocatedLot {
  site: number;
  worker: Int32Array;
  /** Position in variant.rows. */
  row: Int32Array;
  hours: Int32Array;
}

/** One order placed: the solver's form of a placement. */
export interface Allocation {
  order: CompiledOrder;
  variant: Variant;
  start: number;
  lots: AllocatedLot[];
  /** order + site + labour + change, all but fairness. */
  ownFen: number;
  /** Wages over the run by town of residence, parallel lists. */
  towns: Int32Array;
  townWagesFen: Float64Array;
}

export class Occupancy {
  readonly market: Market;
  readonly freeHours: Int16Array;
  readonly freeArea: Float64Array;
  readonly freePower: Float64Array;
  readonly incomeFen: Float64Array;
  /** φ′ of every town at its present income, and the steepest of them. */
  readonly slope: Float64Array;
  slopeMax = 0;
  /** Sum of ownFen of what is committed. */
  ownFen = 0;
  /** Sum of φ over all towns. */
  fairnessFen = 0;

  constructor(market: Market) {
    this.market = market;
    this.freeHours = market.hoursCapacity.slice();
    this.freeArea = market.areaCapacity.slice();
    this.freePower = market.powerCapacity.slice();
    const towns = market.scenario.towns.length;
    this.incomeFen = new Float64Array(towns);
    this.slope = Float64Array.from({ length: towns }, (_, town) => fairnessSlope(market.fairness, town, 0));
    this.#refreshSlopeMax();
  }

  /** What is free now, for whoever needs it to stand still. */
  copy(): { freeHours: Int16Array; freeArea: Float64Array; freePower: Float64Array } {
    return { freeHours: this.freeHours.slice(), freeArea: this.freeArea.slice(), freePower: this.freePower.slice() };
  }

  get objectiveFen(): number {
    return this.ownFen + this.fairnessFen;
  }

  commit(allocation: Allocation): void {
    this.#apply(allocation, 1);
  }

  release(allocation: Allocation): void {
    this.#apply(allocation, -1);
  }

  /** What committing would add to the objective. */
  gainFen(allocation: Allocation): number {
    let gain = allocation.ownFen;
    for (let t = 0; t < allocation.towns.length; t++) {
      const town = allocation.towns[t] as number;
      const income = this.incomeFen[town] as number;
      const after = income + (allocation.townWagesFen[t] as number);
      gain += fairnessWorth(this.market.fairness, town, after) - fairnessWorth(this.market.fairness, town, income);
    }
    return gain;
  }

  /** Whether all that the allocation takes is still free. */
  fits(allocation: Allocation): boolean {
    const { weeks } = this.market;
    const { variant, start } = allocation;
    const end = start + allocation.order.source.durationWeeks;
    const asked = new Map<number, number>();
    for (const lot of allocation.lots) {
      for (let week = start; week < end; week++) {
        const at = lot.site * weeks + week;
        if (variant.areaM2 > (this.freeArea[at] as number) + TOLERANCE) return false;
        if (variant.powerKw > (this.freePower[at] as number) + TOLERANCE) return false;
      }
      for (let e = 0; e < lot.worker.length; e++) {
        const worker = lot.worker[e] as number;
        asked.set(worker, (asked.get(worker) ?? 0) + (lot.hours[e] as number));
      }
    }
    for (const [worker, hours] of asked) {
      for (let week = start; week < end; week++)
        if ((this.freeHours[worker * weeks + week] as number) < hours) return false;
    }
    return true;
  }

  #apply(allocation: Allocation, sign: 1 | -1): void {
    const { weeks, fairness } = this.market;
    const { variant, start } = allocation;
    const end = start + allocation.order.source.durationWeeks;
    for (const lot of allocation.lots) {
      for (let week = start; week < end; week++) {
        const at = lot.site * weeks + week;
        this.freeArea[at] = (this.freeArea[at] as number) - sign * variant.areaM2;
        this.freePower[at] = (this.freePower[at] as number) - sign * variant.powerKw;
      }
      for (let e = 0; e < lot.worker.length; e++) {
        const first = (lot.worker[e] as number) * weeks;
        const hours = sign * (lot.hours[e] as number);
        for (let week = start; week < end; week++) {
          this.freeHours[first + week] = (this.freeHours[first + week] as number) - hours;
        }
      }
    }
    this.ownFen += sign * allocation.ownFen;
    for (let t = 0; t < allocation.towns.length; t++) {
      const town = allocation.towns[t] as number;
      const before = this.incomeFen[town] as number;
      const after = before + sign * (allocation.townWagesFen[t] as number);
      this.fairnessFen += fairnessWorth(fairness, town, after) - fairnessWorth(fairness, town, before);
      this.incomeFen[town] = after;
      this.slope[town] = fairnessSlope(fairness, town, after);
    }
    this.#refreshSlopeMax();
  }

  #refreshSlopeMax(): void {
    let steepest = 0;
    for (const slope of this.slope) if (slope > steepest) steepest = slope;
    this.slopeMax = steepest;
  }
}
