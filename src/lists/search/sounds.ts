// How a word sounds, as people of the county type it. Enters: Chinese, or pinyin in any spacing. Leaves: letters by which words that
// sound alike are equal: the flat and the curled, the front and the back nasal are one here (zhan, zan; xing, xin).

import { pinyin } from 'pinyin-pro';

const merge = (letters: string) => letters.replaceAll(/([zcs])h/g, '$1').replaceAll('ng', 'n');

export function soundOf(word: string): string {
  return merge(pinyin(word, { toneType: 'none', type: 'array', v: true }).join('').toLowerCase());
}

export const soundOfPinyin = merge;
