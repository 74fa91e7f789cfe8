// 影子价格标签 in figures and in words. Enters: what the engine found at a round's prices. Leaves: what is stored with the round and
// told by the API. Pure.

import { z } from 'zod';
import { textSchema } from '../platform/http/index.ts';
import { formatFenAsYuan } from '../vocabulary/money.ts';
import { findSkill } from '../vocabulary/skills.ts';
import type { Text } from '../vocabulary/text.ts';
import type { PriceTags, Yardstick } from './engine/index.ts';
import type { NameOf } from './naming.ts';

export const priceTagSchema = z
  .object({
    divisionCode: z.string().describe('The town'),
    kind: z.enum(['labour', 'site']),
    skill: z.string().nullable().describe('Code of the skill; null for a site'),
    amount: z.number().describe('Of one more such person: hours a week; of a site: m²'),
    unit: z.enum(['h/week', 'm2']),
    worthFen: z
      .int()
      .describe(
        'By so much the bound of the round would grow at most: margins, rents, wages and fairness over the whole horizon',
      ),
    orderIds: z.array(z.uuid()).describe('Orders that would gain by it, those that would gain most first; at most 5'),
    text: textSchema,
  })
  .meta({ id: 'PriceTag' });

export type StoredPriceTag = z.infer<typeof priceTagSchema>;

/** What is stored with the round: whole 分, towns, skills and orders by name. */
export function describeTags(
  { yardstick, tags }: PriceTags,
  { townName, nameOf }: { townName: (code: string) => string; nameOf: NameOf },
): StoredPriceTag[] {
  return tags.map(({ town, kind, skill, worthFen: worth, orders }): StoredPriceTag => {
    const worthFen = Math.ceil(worth);
    const titles = orders.flatMap((id) => nameOf(id) ?? []);
    return {
      divisionCode: town,
      kind,
      skill,
      ...(kind === 'labour'
        ? { amount: yardstick.hoursPerWeek, unit: 'h/week' as const }
        : { amount: yardstick.areaM2, unit: 'm2' as const }),
      worthFen,
      orderIds: orders,
      text: sayTag({ town: townName(town), skill, worthFen, titles }, yardstick),
    };
  });
}

function sayTag(
  { town, skill, worthFen, titles }: { town: string; skill: string | null; worthFen: number; titles: Text[] },
  { hoursPerWeek, maxCommuteKm, areaM2 }: Yardstick,
): Text {
  const yuan = formatFenAsYuan(worthFen);
  const skillName = skill === null ? null : (findSkill(skill) ?? { zh: skill, en: skill });
  const what: Text = skillName
    ? {
        zh: `多一名会${skillName.zh}的劳力(每周 ${hoursPerWeek} 小时,通勤 ${maxCommuteKm} 公里以内)`,
        en: `One more person who knows ${skillName.en} (${hoursPerWeek} h a week, within ${maxCommuteKm} km)`,
      }
    : { zh: `多 ${areaM2} 平方米合用的场地`, en: `${areaM2} m² more of fitting site` };
  return {
    zh: `${town}${what.zh},按本轮影子价格,全县方案价值的上限最多提高 ${yuan} 元,受益的订单:${titles
      .map(({ zh }) => zh)
      .join('、')}。这是边际上限,不是预测,各项不能相加。`,
    en: `${what.en} in ${town} could raise what the county's plan is worth by at most ${yuan} yuan at this round's prices, for: ${titles
      .map(({ en }) => en)
      .join(', ')}. A bound at the margin, no forecast; tags do not add up.`,
  };
}
