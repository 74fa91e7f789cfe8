// What officials must hear of a use (B03). Enters: its rents, what was seen last, how often the county wants it looked at. Leaves: the
// alerts that stand today. Pure: an alert goes by itself once what it tells of is mended.

import { addMonths, type PlainDate } from '../../vocabulary/calendar.ts';
import type { Rent } from './rents.ts';

export const alertKinds = ['rent-overdue', 'other-use', 'idle-again'] as const;
export type AlertKind = (typeof alertKinds)[number];

/** What is seen: used as agreed, used by nobody, used for something else. */
export const foundUses = ['in-use', 'idle', 'other-use'] as const;
export type FoundUse = (typeof foundUses)[number];

export interface UseFacts {
  today: PlainDate;
  isEnded: boolean;
  startsOn: PlainDate;
  rents: readonly Rent[];
  lastCheckIn: { id: string; found: FoundUse; on: PlainDate } | undefined;
  /** 交易规则: nobody looked for so long, and it counts as idle. */
  monthsBetweenCheckIns: number;
}

export interface StandingAlert {
  kind: AlertKind;
  since: PlainDate;
  /** Of overdue rents, all together. */
  amountFen: number | null;
  /** What was seen; null of `idle-again`: nobody has looked. */
  checkInId: string | null;
}

export function findAlerts(facts: UseFacts): StandingAlert[] {
  const { rents, isEnded, lastCheckIn } = facts;
  const overdue = rents.filter(({ state }) => state === 'overdue');
  const [first] = overdue;
  const amountFen = overdue.reduce((sum, rent) => sum + rent.amountFen - rent.paidFen, 0);
  // Rents are owed after the end too; how it is used is then nobody's question.
  const owed: StandingAlert[] = first ? [{ kind: 'rent-overdue', since: first.dueOn, amountFen, checkInId: null }] : [];
  if (isEnded) return owed;
  if (lastCheckIn && lastCheckIn.found !== 'in-use') {
    const kind = lastCheckIn.found === 'idle' ? 'idle-again' : 'other-use';
    return [...owed, { kind, since: lastCheckIn.on, amountFen: null, checkInId: lastCheckIn.id }];
  }
  const unseen = unseenSince(facts);
  return unseen === undefined
    ? owed
    : [...owed, { kind: 'idle-again', since: unseen, amountFen: null, checkInId: null }];
}

function unseenSince({ today, startsOn, lastCheckIn, monthsBetweenCheckIns }: UseFacts): PlainDate | undefined {
  const seen = lastCheckIn?.on ?? startsOn;
  return addMonths(seen, monthsBetweenCheckIns) < today ? seen : undefined;
}
