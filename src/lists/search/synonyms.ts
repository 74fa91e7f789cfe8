// Words that mean the same to whoever searches the lists. Enters: a word. Leaves: what a listing may say instead, itself first.

import { kinds } from '../kinds/index.ts';

/** What people say and no vocabulary of ours holds; each line reads in every direction. */
const saidAlike: readonly (readonly string[])[] = [
  ['厂房', '车间'],
  ['仓库', '库房'],
  ['缝纫', '缝制', '制衣', '车衣', '服装加工'],
  ['缝袜头', '缝头', '套口', '缝头机', '套口机'],
  ['冷库', '冷藏', '冷链库'],
  ['包装', '打包'],
  ['分拣', '挑选', '分选'],
  ['柑橘', '橘子', '柑桔', '桔子', '椪柑', '鲜柑', '橘园'],
  ['竹子', '毛竹', '竹编', '竹艺', '竹篮', '竹木'],
  ['来料加工', '外发加工', '手工活'],
  ['农房', '民房', '老房子'],
  ['抛荒', '撂荒', '荒地'],
  ['大棚', '温室'],
  ['岗位', '招工', '招聘'],
  ['拖拉机', '耕地机'],
];

const known = new Map<string, Set<string>>();
function addAlternative(word: string, other: string): void {
  const others = known.get(word) ?? new Set([word]);
  known.set(word, others.add(other));
}

for (const words of saidAlike) for (const word of words) for (const other of words) addAlternative(word, other);
// A listing says its terms by their names: whoever types a synonym means the name.
for (const { terms } of kinds.flatMap((kind) => kind.facets ?? [])) {
  for (const { zh, synonyms } of terms) for (const synonym of synonyms) addAlternative(synonym.toLowerCase(), zh);
}

export const wordsWithSynonyms: readonly string[] = [...known.keys()];

export function alternativesOf(word: string): readonly string[] {
  return [...(known.get(word) ?? [word])];
}
