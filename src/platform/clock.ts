// The only place that knows what time it is, so that tests can say so.

export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
