// Random numbers that anybody can draw again: the same seed gives the same sequence on every machine (mulberry32).
// For synthetic data and generators; never for secrets.

export interface Draws {
  /** in [0, 1) */
  next: () => number;
  /** whole number in [min, max], both included */
  integer: (min: number, max: number) => number;
  pick: <Item>(items: readonly Item[]) => Item;
  /** true with the given probability */
  chance: (probability: number) => boolean;
}

export function drawsFromSeed(seed: number): Draws {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    integer,
    pick: <Item>(items: readonly Item[]): Item => {
      const item = items[integer(0, items.length - 1)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
    chance: (probability) => next() < probability,
  };
}
