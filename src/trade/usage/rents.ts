// Rents 租金 as the terms of a deal make them. Enters: the whole price, how many parts, the term, what has been paid. Leaves: what is
// due when, and what of it is paid or overdue. Pure: nothing of it is stored, so nothing can differ from the terms.

import { addDays, addMonths, daysBetween, type PlainDate } from '../../vocabulary/calendar.ts';

interface Priced {
  startsOn: PlainDate;
  endsOn: PlainDate;
  /** For the whole term. */
  priceFen: number;
  instalments: number;
  /** The last day of its use, when that is over; what would fall due later is owed no more. */
  endedOn: PlainDate | null;
}

/** `paid`; `overdue` from the day after it was due, or once the use has ended; `open` until then; `void`: it ended before. */
export const rentStates = ['paid', 'overdue', 'open', 'void'] as const;
export type RentState = (typeof rentStates)[number];

export interface Rent {
  /** From 1. */
  number: number;
  dueOn: PlainDate;
  amountFen: number;
  paidFen: number;
  state: RentState;
}

/** Each part is due on the first day of what it pays for. What was paid settles the oldest first. */
export function readRents(deal: Priced, paidFen: number, today: PlainDate): Rent[] {
  const { priceFen, instalments, endedOn } = deal;
  let left = paidFen;
  return Array.from({ length: instalments }, (_, at): Rent => {
    const dueOn = dueDay(deal, at);
    // The sum of the first n parts is rounded, never a part: together they are the price to the 分.
    const amountFen = shareOf(priceFen, at + 1, instalments) - shareOf(priceFen, at, instalments);
    const paid = Math.min(left, amountFen);
    left -= paid;
    const isOwed = endedOn === null ? dueOn < today : dueOn <= endedOn;
    const state = paid === amountFen ? 'paid' : isOwed ? 'overdue' : endedOn === null ? 'open' : 'void';
    return { number: at + 1, dueOn, amountFen, paidFen: paid, state };
  });
}

/** In whole numbers: a price may be larger than a fraction of it is exact. */
function shareOf(priceFen: number, parts: number, of: number): number {
  return Number((BigInt(priceFen) * BigInt(parts)) / BigInt(of));
}

/** By the month where the term is so many whole months for each part, else by the day. */
function dueDay({ startsOn, endsOn, instalments }: Priced, at: number): PlainDate {
  const months = wholeMonths(startsOn, addDays(endsOn, 1));
  if (months !== null && months % instalments === 0) return addMonths(startsOn, (months / instalments) * at);
  return addDays(startsOn, Math.floor(((daysBetween(startsOn, endsOn) + 1) * at) / instalments));
}

function wholeMonths(from: PlainDate, to: PlainDate): number | null {
  const months =
    (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5, 7)) - Number(from.slice(5, 7));
  return months > 0 && addMonths(from, months) === to ? months : null;
}
