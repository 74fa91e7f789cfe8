// What somebody typed, as words to look for. Enters: the text of a query, and the gazetteer. Leaves: words that must all be found,
// each as the alternatives of which one is enough, with their pairs of characters (CONVENTIONS 2.16).

import { Jieba } from '@node-rs/jieba';
import { dict } from '@node-rs/jieba/dict.js';
import type { Gazetteer } from '../../regions/index.ts';
import { splitQuery, toQueryWord, type QueryWord } from '../../vocabulary/chinese-text.ts';
import { kinds } from '../kinds/index.ts';
import { alternativesOf, wordsWithSynonyms } from './synonyms.ts';

export type SearchWord = readonly QueryWord[];

/** Words a query may run together: places, and the terms that any kind offers as choices. */
const termNames = kinds
  .flatMap((kind) => kind.columns.flatMap(({ cell }) => ('choices' in cell ? cell.choices : [])))
  .flatMap(({ zh, synonyms }) => [zh, ...synonyms]);
const knownWords = new WeakMap<Gazetteer, ReadonlySet<string>>();

function knownWordsOf(gazetteer: Gazetteer): ReadonlySet<string> {
  const known =
    knownWords.get(gazetteer) ??
    new Set([...gazetteer.names, ...termNames, ...wordsWithSynonyms].map((name) => name.toLowerCase()));
  knownWords.set(gazetteer, known);
  return known;
}

export function readSearchWords(query: string, gazetteer: Gazetteer): SearchWord[] {
  const words = splitQuery(query, knownWordsOf(gazetteer), cutByDictionary).map(({ word }) => word);
  const telling = words.filter((word) => !particles.has(word));
  return (telling.length > 0 ? telling : words).map((word) => alternativesOf(word).map(toQueryWord));
}

let jieba: Jieba | undefined;
const particles = new Set(['的', '和', '与', '及', '或', '在', '有', '找', '要', '招']);

/**
 * Cuts what no vocabulary of ours knows, and only into words of two characters and more: names that the dictionary does not know
 * fall to single characters, which any listing holds.
 */
function cutByDictionary(run: string): string[] {
  if ([...run].length < 4) return [run];
  // Half a second and some megabytes: for the first query that needs it.
  jieba ??= Jieba.withDict(dict);
  const words = jieba.cut(run, true);
  return words.every((word) => particles.has(word) || [...word].length > 1) ? words : [run];
}
