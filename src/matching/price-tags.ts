// 影子价格标签 read. Enters: a question about a round. Leaves: what one more person or 100 m² more would be worth in each town, as
// the round has stored it.

import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Context } from '../platform/context.ts';
import type { Scope } from '../platform/database.ts';
import {
  decodeCursor,
  idParams,
  operation,
  pageOf,
  pageQuery,
  toPage,
  type Operation,
} from '../platform/http/index.ts';
import { Problem } from '../platform/problem.ts';
import { priceTagSchema, type StoredPriceTag } from './describe-tags.ts';
import { examples } from './examples.ts';
import { readDone } from './rounds.ts';
import { round } from './tables.ts';
import { townCode } from './town-code.ts';

/** In the order in which they are stored, dearest first. @throws Problem not-found; conflict while there are none to read */
export async function readPriceTags(
  { db }: Context,
  scope: Scope,
  filter: { roundId: string; town?: string | undefined; kind?: StoredPriceTag['kind'] | undefined },
): Promise<StoredPriceTag[]> {
  return db.inScope(scope, async (tx) => {
    await readDone(tx, filter.roundId);
    const [stored] = await tx.select({ tags: round.priceTags }).from(round).where(eq(round.id, filter.roundId));
    if (!stored?.tags) {
      throw new Problem('conflict', {
        zh: '这一轮没有留下价格标签,请发起新的一轮。',
        en: 'This round has left no price tags: start a new one.',
      });
    }
    return stored.tags.filter(
      ({ divisionCode, kind }) =>
        (filter.town === undefined || divisionCode === filter.town) &&
        (filter.kind === undefined || kind === filter.kind),
    );
  });
}

export function priceTagOperation(context: Context): Operation {
  return operation({
    method: 'GET',
    url: '/v1/rounds/:id/price-tags',
    id: 'listRoundPriceTags',
    tag: 'rounds',
    summary: {
      zh: '影子价格标签:某镇多一名某技能的劳力或多 100 平方米场地值多少',
      en: 'What one more person with a skill, or 100 m² of site, would be worth in a town',
    },
    description:
      'Dearest first. A tag is a bound at the margin: no plan of this round with that one newcomer is worth more than ' +
      '`summary.boundFen` plus the tag. It is no forecast, and tags do not add up. The newcomer is the same everywhere: a person of ' +
      'median hours and commute with that one skill, in no low-income household; a site with the power, machines and class of land ' +
      'that the order asks, four stars and the median rent; both in the middle of the town’s people. What has no tag would add ' +
      'less than a yuan. The yardstick of fairness stays that of the round.',
    permission: 'rounds:read',
    params: idParams,
    query: z.strictObject({
      town: townCode.optional(),
      kind: z.enum(['labour', 'site']).optional().describe('Only people, or only sites'),
      ...pageQuery,
    }),
    problems: ['not-found', 'conflict'],
    reply: {
      status: 200,
      schema: pageOf(priceTagSchema, 'PriceTagPage'),
      example: { items: [examples.priceTag], nextCursor: null },
    },
    async handle({ params, query, scope }) {
      const [seen = 0] = decodeCursor(query.cursor, z.tuple([z.int().min(0)]));
      const all = await readPriceTags(context, scope, { roundId: params.id, town: query.town, kind: query.kind });
      const rows = all.map((tag, at) => ({ tag, upTo: at + 1 })).slice(seen, seen + query.limit + 1);
      return toPage(
        rows,
        query.limit,
        ({ tag }) => tag,
        ({ upTo }) => [upTo],
      );
    },
  });
}
