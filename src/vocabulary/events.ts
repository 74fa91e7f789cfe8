// What a room tells the rooms to its right. Names are past tense; payloads carry identities only, never content, so that a
// queue, a log or a webhook can hold no personal data and every reader reads the state afresh.

export interface Events {
  /** Somebody wants to sign in by phone; whose phone it is is not known yet. */
  'sms-code.requested': { smsCodeId: string };
  'import.requested': { importId: string };
  'import.completed': { importId: string };
  /** Published, changed while published, or withdrawn: what may be matched is different now. */
  'listing.changed': { listingId: string };
  /** 疑似失效: told untrue, or untouched for long. Its owner should look. */
  'listing.doubted': { listingId: string };
  /** Once a day: look for listings whose day has come. */
  'listings.due': Record<string, never>;
  /** Once a day: look for what has been kept long enough. */
  'retention.due': Record<string, never>;
  /** Once a day: look for offers, rents and terms whose day has come. */
  'trades.due': Record<string, never>;
  'round.requested': { roundId: string };
  'round.finished': { roundId: string };
}

export type EventType = keyof Events;

export interface Event<T extends EventType = EventType> {
  type: T;
  /** The division the event belongs to; the reaction runs in the scope of its county. */
  region: string;
  payload: Events[T];
}
