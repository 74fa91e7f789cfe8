// Who has a resource when. Enters: a period and how many pieces. Leaves: bookings, or a conflict. That nothing is taken twice is held
// by the table (migrations: resource_booking_no_double), whatever is read here meanwhile.

import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { Resource } from '../lists/index.ts';
import { violatedConstraint, type Transaction } from '../platform/database.ts';
import { newId } from '../platform/id.ts';
import { Problem } from '../platform/problem.ts';
import type { PlainDate } from '../vocabulary/calendar.ts';
import { resourceBooking } from './tables.ts';
import { capacityOf, type Terms } from './terms.ts';

interface Run {
  from: number;
  to: number;
}

/** @throws Problem conflict when fewer pieces are free than are wanted. */
export async function bookResource(
  tx: Transaction,
  resource: Resource,
  { startsOn, endsOn, pieces }: Pick<Terms, 'startsOn' | 'endsOn' | 'pieces'>,
  holder: { dealId: string } | { biddingId: string },
): Promise<void> {
  const during = `[${startsOn},${endsOn}]`;
  // Who comes second sees what the first has taken. The table would refuse him anyway; but two who insert at once wait for each
  // other there, and two who looked at once would choose the same pieces.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`booking ${resource.id}`}, 0))`);
  const capacity = capacityOf(resource);
  // One piece has one place: whether it is taken is asked by inserting. Of several the free ones are looked for first.
  const taken = capacity === 1 ? [] : await readTaken(tx, resource.id, during);
  const runs = chooseFree(taken, capacity, pieces);
  if (runs === null) throw alreadyTaken();
  const rows = runs.map(({ from, to }) => ({
    ...{ id: newId(), region: resource.region, listingId: resource.id, ...holder, during },
    pieces: `[${from},${to}]`,
  }));
  try {
    await tx.insert(resourceBooking).values(rows);
  } catch (error) {
    throw violatedConstraint(error) === 'resource_booking_no_double' ? alreadyTaken() : error;
  }
}

async function readTaken(tx: Transaction, listingId: string, during: string): Promise<Run[]> {
  return tx
    .select({
      from: sql<number>`lower(${resourceBooking.pieces})`,
      to: sql<number>`upper(${resourceBooking.pieces}) - 1`,
    })
    .from(resourceBooking)
    .where(and(eq(resourceBooking.listingId, listingId), sql`${resourceBooking.during} && ${during}::daterange`))
    .orderBy(asc(resourceBooking.pieces));
}

/** The lowest `wanted` of the pieces 1 … capacity that are in no run, as runs; null when there are not so many. */
export function chooseFree(taken: readonly Run[], capacity: number, wanted: number): Run[] | null {
  const free: Run[] = [];
  let next = 1;
  let left = wanted;
  const take = (to: number) => {
    if (to < next || left === 0) return;
    const last = Math.min(to, next + left - 1);
    free.push({ from: next, to: last });
    left -= last - next + 1;
  };
  for (const { from, to } of [...taken].sort((a, b) => a.from - b.from)) {
    take(from - 1);
    next = Math.max(next, to + 1);
  }
  take(capacity);
  return left === 0 ? free : null;
}

/** Free again from `day` on; what has been until then stays on record. */
export async function releaseBookings(tx: Transaction, dealId: string, day: PlainDate): Promise<void> {
  const held = eq(resourceBooking.dealId, dealId);
  await tx.delete(resourceBooking).where(and(held, sql`lower(${resourceBooking.during}) >= ${day}::date`));
  await tx
    .update(resourceBooking)
    .set({ during: sql`daterange(lower(during), ${day}::date)` })
    .where(and(held, sql`upper(${resourceBooking.during}) > ${day}::date`));
}

export interface Booking {
  id: string;
  startsOn: PlainDate;
  endsOn: PlainDate;
  pieces: number;
}

/** From `day` on, by first day; one more than the limit. */
export async function readBookings(
  tx: Transaction,
  { listingId, from, after, limit }: { listingId: string; from: PlainDate; after: string | undefined; limit: number },
): Promise<Booking[]> {
  return tx
    .select({
      id: resourceBooking.id,
      startsOn: sql<PlainDate>`lower(${resourceBooking.during})::text`,
      endsOn: sql<PlainDate>`(upper(${resourceBooking.during}) - 1)::text`,
      pieces: sql<number>`upper(${resourceBooking.pieces}) - lower(${resourceBooking.pieces})`,
    })
    .from(resourceBooking)
    .where(
      and(
        eq(resourceBooking.listingId, listingId),
        sql`upper(${resourceBooking.during}) > ${from}::date`,
        after === undefined ? undefined : gt(resourceBooking.id, after),
      ),
    )
    .orderBy(asc(resourceBooking.id))
    .limit(limit + 1);
}

function alreadyTaken(): Problem {
  return new Problem('conflict', {
    zh: '该时段已被占用,请改用空闲的时段;占用情况见 GET /v1/resource-bookings。',
    en: 'It is taken in that period: choose one that is free, see GET /v1/resource-bookings.',
  });
}

/** What a bidding held is the deal's from now on. */
export async function handOverBookings(tx: Transaction, biddingId: string, dealId: string): Promise<void> {
  await tx.update(resourceBooking).set({ dealId, biddingId: null }).where(eq(resourceBooking.biddingId, biddingId));
}

/** The bidding has come to nothing. */
export async function removeBookings(tx: Transaction, biddingId: string): Promise<void> {
  await tx.delete(resourceBooking).where(eq(resourceBooking.biddingId, biddingId));
}
