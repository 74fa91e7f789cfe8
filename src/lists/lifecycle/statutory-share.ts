// Whether a collective's decision was carried 表决比例. Enters: who was due, came and agreed. Leaves: what is wanting. Pure. Source:
// 农村集体经济组织法 (in force 2025-05-01), arts. 27, 28, 30 [K: to be confirmed against the county's own articles of association].

import type { Text } from '../../vocabulary/text.ts';
import type { CollectiveDecision } from '../kinds/index.ts';

export function findShareFault({ body, due, present, inFavour }: CollectiveDecision): Text | null {
  // In whole people: two thirds of 100 is 67.
  const twoThirds = Math.ceil((2 * due) / 3);
  const majority = Math.floor(due / 2) + 1;
  if (body !== 'representatives' && present < twoThirds) {
    return {
      zh: `到会 ${present} 人,不足应到 ${due} 人的三分之二(${twoThirds} 人)。`,
      en: `${present} came, fewer than two thirds (${twoThirds}) of the ${due} due.`,
    };
  }
  const needed = body === 'council' ? majority : twoThirds;
  if (inFavour >= needed) return null;
  const share: Text = body === 'council' ? { zh: '过半数', en: 'a majority' } : { zh: '三分之二', en: 'two thirds' };
  return {
    zh: `同意 ${inFavour} 人,未达到应到 ${due} 人的${share.zh}(${needed} 人)。`,
    en: `${inFavour} agreed, fewer than ${share.en} (${needed}) of the ${due} due.`,
  };
}
