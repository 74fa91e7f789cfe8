// The small words of the wire that every room's schemas are made of.

import { z } from 'zod';
import { isPlainDate } from '../../vocabulary/calendar.ts';
import { centuryPattern } from '../../vocabulary/shapes.ts';

/** A sentence in both languages. */
export const textSchema = z.object({ zh: z.string(), en: z.string() }).meta({ id: 'Text' });

/** An instant, in UTC: 2026-11-21T02:00:00.000Z. */
export const instantSchema = z.string().meta({ format: 'date-time' });

/** An instant that a caller states, in any zone: 2027-11-21T00:00:00+08:00. No year that a calendar here does not have. */
export const momentSchema = z.iso.datetime({ offset: true }).max(40).regex(centuryPattern);

/** A calendar day of Shanghai: 2026-11-21. Only days that exist are taken. */
export const daySchema = z
  .string()
  .length(10)
  .refine(isPlainDate, {
    message: 'not a calendar day',
    params: { text: { zh: '须为存在的日期,写作 YYYY-MM-DD', en: 'must be a day that exists, as YYYY-MM-DD' } },
  })
  .meta({ format: 'date' });

/** What a caller names a thing by: any UUID, for whether it is one of ours is found out by looking. */
export const idSchema = z.guid();

/** The path of one thing: `/:id`. */
export const idParams = z.strictObject({ id: idSchema.describe('Which one') });
