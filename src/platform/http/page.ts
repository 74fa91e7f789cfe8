// Lists are read in pages. A cursor is opaque to callers: it holds the sort keys of the last row seen, so that a page
// never skips or repeats a row when others are added meanwhile.

import { z } from 'zod';
import { Problem } from '../problem.ts';

export const pageQuery = {
  // Only as JSON writes a number: 1e1, 0x10 and " 5" are none.
  limit: z
    .preprocess(
      (text) => (/^[1-9]\d{0,2}$/.test(String(text)) ? Number(text) : text),
      z.int().min(1).max(100).default(20),
    )
    .describe('How many at most, 1 to 100'),
  cursor: z.string().max(500).optional().describe('`nextCursor` of the page before'),
};

/** The envelope of every list. */
export function pageOf<T extends z.ZodType>(item: T, id: string) {
  return z
    .object({
      items: z.array(item),
      nextCursor: z.string().nullable().describe('null on the last page'),
    })
    .meta({ id });
}

export function encodeCursor(keys: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url');
}

/** Most lists are sorted by id alone. */
export const idKey = z.tuple([z.uuid()]);

/** The sort keys that a cursor holds, none without one. @throws Problem invalid-input when they are not what `keys` says. */
export function decodeCursor<Keys>(cursor: string | undefined, keys: z.ZodType<Keys>, parameter = 'cursor'): Keys | [] {
  if (cursor === undefined) return [];
  try {
    const decoded = keys.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    if (decoded.success) return decoded.data;
  } catch {
    // Falls through: whatever it was, it is not ours.
  }
  throw new Problem('invalid-input', undefined, {
    errors: [
      {
        path: `querystring.${parameter}`,
        message: {
          zh: '游标无效,请原样使用上一次返回的游标。',
          en: 'Not a cursor of ours: use the one of the answer before.',
        },
      },
    ],
  });
}

/** Cuts the row that was read to know whether there is more. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  keysOf: (row: Row) => readonly (string | number)[],
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(toItem), nextCursor: rows.length > limit && last ? encodeCursor(keysOf(last)) : null };
}
