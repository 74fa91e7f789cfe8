// Who works where, once it is settled what is made where and when. In: allocations whose lots stand. Out: the same lots, with
// people handed from one row to another wherever both together, and their towns, gain by it. A search that puts orders back one
// after another gives the best people to whoever comes first; this mends it without moving a single order.

import type { Kernel } from './kernel.ts';
import { fairnessSlope, fairnessWorth, rosterOf } from './market.ts';
import type { Market } from './market.ts';
import type { AllocatedLot, Allocation, Occupancy } from './occupancy.ts';

/** A row of a lot that stands: whom it has, for which run. */
interface Post {
  allocation: number;
  lot: number;
  row: number;
  roster: number;
  wageFen: number;
  start: number;
  end: number;
  /** Hours a week of each worker. */
  given: Map<number, number>;
}

interface Step {
  post: Post;
  worker: number;
  hours: number;
}

/** Rounds over all posts; the later ones find little. */
const ROUNDS_MAX = 6;
/** A gain below this many 分 is rounding. */
const LEAST_GAIN_FEN = 1;

export class LabourExchange {
  readonly #market: Market;
  readonly #kernel: Kernel;
  readonly #freeHours: Int16Array;
  readonly #incomeFen: Float64Array;
  readonly #posts: Post[] = [];
  readonly #postsOf = new Map<number, Set<Post>>();
  /** What the move at hand has done so far, and what it gained. */
  #steps: Step[] = [];
  #gainFen = 0;

  /** `occupancy` holds the allocations and whatever else stands; it is read, not changed. */
  constructor(market: Market, kernel: Kernel, occupancy: Occupancy, allocations: readonly Allocation[]) {
    this.#market = market;
    this.#kernel = kernel;
    this.#freeHours = occupancy.freeHours.slice();
    this.#incomeFen = occupancy.incomeFen.slice();
    allocations.forEach((allocation, a) => this.#read(allocation, a));
  }

  #read({ order, variant, start, lots }: Allocation, allocation: number): void {
    lots.forEach((lot, l) => {
      const posts = variant.rows.map(({ skill, home }, row): Post => ({
        allocation,
        lot: l,
        row,
        roster: rosterOf(this.#market, lot.site, skill, home),
        wageFen: this.#market.wageFen[skill] as number,
        start,
        end: start + order.source.durationWeeks,
        given: new Map(),
      }));
      this.#posts.push(...posts);
      for (let e = 0; e < lot.worker.length; e++) {
        const post = posts[lot.row[e] as number] as Post;
        const worker = lot.worker[e] as number;
        post.given.set(worker, (post.given.get(worker) ?? 0) + (lot.hours[e] as number));
        this.#listOf(worker).add(post);
      }
    });
  }

  #listOf(worker: number): Set<Post> {
    let posts = this.#postsOf.get(worker);
    if (posts === undefined) this.#postsOf.set(worker, (posts = new Set()));
    return posts;
  }

  /** Exchanges until a round over all posts gains nothing; answers how much was gained. */
  run(): number {
    let total = 0;
    for (let round = 0; round < ROUNDS_MAX; round++) {
      let gained = 0;
      for (const post of this.#posts) gained += this.#improve(post);
      total += gained;
      if (gained < LEAST_GAIN_FEN) break;
    }
    return total;
  }

  /** The allocations with the people they have now. */
  describe(allocations: readonly Allocation[]): Allocation[] {
    const lots = allocations.map((allocation) =>
      allocation.lots.map(({ site }) => ({ site, worker: [] as number[], row: [] as number[], hours: [] as number[] })),
    );
    for (const { allocation, lot, row, given } of this.#posts) {
      const into = lots[allocation]?.[lot];
      for (const [worker, hours] of given) {
        into?.worker.push(worker);
        into?.row.push(row);
        into?.hours.push(hours);
      }
    }
    return allocations.map(({ order, variant, start }, a) =>
      this.#kernel.describe(
        order,
        order.variants.indexOf(variant),
        start,
        (lots[a] ?? []).map(({ site, worker, row, hours }): AllocatedLot => ({
          site,
          worker: Int32Array.from(worker),
          row: Int32Array.from(row),
          hours: Int32Array.from(hours),
        })),
      ),
    );
  }

  /** Tries everyone of the roster who would be better than the weakest whom the post has. */
  #improve(post: Post): number {
    const { rosterStart, rosterWorker, rosterValue, fairness } = this.#market;
    const steepest = post.wageFen * (fairness.slope[0] ?? 0);
    const last = rosterStart[post.roster + 1] as number;
    let gained = 0;
    let weakest = this.#weakestOf(post);
    for (let e = rosterStart[post.roster] as number; e < last && weakest !== null; e++) {
      if ((rosterValue[e] as number) + steepest <= weakest.worth) break;
      const worker = rosterWorker[e] as number;
      if (worker === weakest.worker || this.#worthOf(post, worker, rosterValue[e] as number) <= weakest.worth) continue;
      const won = this.#tryToWin(post, worker, weakest.worker);
      if (won === 0) continue;
      gained += won;
      weakest = this.#weakestOf(post);
    }
    return gained;
  }

  /** 分 per hour of a worker at a post, the town's next 分 included. */
  #worthOf(post: Post, worker: number, value: number): number {
    const town = this.#market.workerTown[worker] as number;
    return value + post.wageFen * fairnessSlope(this.#market.fairness, town, this.#incomeFen[town] as number);
  }

  #weakestOf(post: Post): { worker: number; worth: number } | null {
    let weakest: { worker: number; worth: number } | null = null;
    for (const worker of post.given.keys()) {
      const worth = this.#worthOf(post, worker, this.#kernel.valueOf(post.roster, worker));
      if (weakest === null || worth < weakest.worth) weakest = { worker, worth };
    }
    return weakest;
  }

  /** `worker` takes hours of `loser` at the post; posts that must let him go take the best who are free. Undone unless it gains. */
  #tryToWin(post: Post, worker: number, loser: number): number {
    this.#steps = [];
    this.#gainFen = 0;
    const capacity = this.#capacityOver(worker, post) - (post.given.get(worker) ?? 0);
    const wanted = Math.min(post.given.get(loser) ?? 0, capacity);
    if (wanted > 0 && this.#exchange(post, worker, loser, wanted) && this.#gainFen >= LEAST_GAIN_FEN)
      return this.#gainFen;
    for (const { post: at, worker: who, hours } of this.#steps.reverse()) this.#give(at, who, -hours, false);
    return 0;
  }

  #exchange(post: Post, worker: number, loser: number, wanted: number): boolean {
    this.#give(post, loser, -wanted, true);
    const short: { post: Post; hours: number }[] = [];
    for (const other of [...this.#listOf(worker)]) {
      const missing = wanted - this.#freeOver(worker, post);
      if (missing <= 0) break;
      if (other === post || other.start >= post.end || other.end <= post.start) continue;
      const hours = Math.min(missing, other.given.get(worker) ?? 0);
      this.#give(other, worker, -hours, true);
      short.push({ post: other, hours });
    }
    if (this.#freeOver(worker, post) < wanted) return false;
    this.#give(post, worker, wanted, true);
    return short.every(({ post: at, hours }) => this.#refill(at, hours));
  }

  /** Gives a post that many hours of the best who are free; false when there are too few. */
  #refill(post: Post, hours: number): boolean {
    const { rosterStart, rosterWorker, rosterValue, fairness } = this.#market;
    const steepest = post.wageFen * (fairness.slope[0] ?? 0);
    const last = rosterStart[post.roster + 1] as number;
    let missing = hours;
    while (missing > 0) {
      let best = -1;
      let bestWorth = -Infinity;
      for (let e = rosterStart[post.roster] as number; e < last; e++) {
        const value = rosterValue[e] as number;
        if (value + steepest <= bestWorth) break;
        const worker = rosterWorker[e] as number;
        if (this.#freeHours[worker * this.#market.weeks + post.start] === 0 || this.#freeOver(worker, post) <= 0)
          continue;
        const worth = this.#worthOf(post, worker, value);
        if (worth <= bestWorth) continue;
        best = worker;
        bestWorth = worth;
      }
      if (best < 0) return false;
      const taken = Math.min(missing, this.#freeOver(best, post));
      this.#give(post, best, taken, true);
      missing -= taken;
    }
    return true;
  }

  #capacityOver(worker: number, { start, end }: Post): number {
    const { hoursCapacity, weeks } = this.#market;
    let least = Infinity;
    for (let at = worker * weeks + start; at < worker * weeks + end; at++)
      least = Math.min(least, hoursCapacity[at] as number);
    return least;
  }

  #freeOver(worker: number, { start, end }: Post): number {
    const { weeks } = this.#market;
    let least = this.#freeHours[worker * weeks + start] as number;
    for (let at = worker * weeks + start + 1; at < worker * weeks + end; at++) {
      const free = this.#freeHours[at] as number;
      if (free < least) least = free;
    }
    return least;
  }

  /** Gives (or, below zero, takes) hours, and counts what that is worth. */
  #give(post: Post, worker: number, hours: number, isNoted: boolean): void {
    const { weeks, fairness, workerTown } = this.#market;
    for (let at = worker * weeks + post.start; at < worker * weeks + post.end; at++)
      this.#freeHours[at] = (this.#freeHours[at] as number) - hours;
    const own = (post.given.get(worker) ?? 0) + hours;
    if (own === 0) {
      post.given.delete(worker);
      this.#listOf(worker).delete(post);
    } else {
      post.given.set(worker, own);
      this.#listOf(worker).add(post);
    }
    const volume = hours * (post.end - post.start);
    const town = workerTown[worker] as number;
    const before = this.#incomeFen[town] as number;
    const after = before + volume * post.wageFen;
    this.#incomeFen[town] = after;
    if (!isNoted) return;
    this.#steps.push({ post, worker, hours });
    this.#gainFen +=
      volume * this.#kernel.valueOf(post.roster, worker) +
      fairnessWorth(fairness, town, after) -
      fairnessWorth(fairness, town, before);
  }
}
