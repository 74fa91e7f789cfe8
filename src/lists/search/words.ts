// What somebody typed, as words to look for. Enters: the text of a query, and the gazetteer. Leaves: words that must all be found,
// each as the alternatives of which one is enough, with their pairs of characters (CONVENTIONS 2.16).

import { Jieba } from '@node-rs/jieba';
import { dict } from '@node-rs/jieba/dict.js';
import type { Gazetteer } from '../../regions/index.ts';
import { normaliseText, splitQuery, toQueryWord, type QueryWord } from '../../vocabulary/chinese-text.ts';
import { kinds } from '../kinds/index.ts';
import { asAmount } from './numerals.ts';
import { soundOf, soundOfPinyin } from './sounds.ts';
import { alternativesOf, wordsWithSynonyms } from './synonyms.ts';

export interface SearchWord {
  alternatives: readonly QueryWord[];
  /** A name of the gazetteer, or what sounds like one. */
  isPlace: boolean;
}

/** Words a query may run together: places, and the terms that any kind offers as choices. */
const termNames = kinds
  .flatMap((kind) => kind.columns.flatMap(({ cell }) => ('choices' in cell ? cell.choices : [])))
  .flatMap(({ zh, synonyms }) => [zh, ...synonyms]);

interface Known {
  places: ReadonlySet<string>;
  words: ReadonlySet<string>;
  /** By how they sound. */
  bySound: ReadonlyMap<string, readonly string[]>;
}
const known = new WeakMap<Gazetteer, Known>();

function readKnown(gazetteer: Gazetteer): Known {
  const places = new Set([...gazetteer.names].map((name) => name.toLowerCase()));
  const words = new Set([...places, ...[...termNames, ...wordsWithSynonyms].map((name) => name.toLowerCase())]);
  const bySound = new Map<string, string[]>();
  for (const word of words) {
    if (!chinese.test(word)) continue;
    const sound = soundOf(word);
    bySound.set(sound, [...(bySound.get(sound) ?? []), word]);
  }
  return { places, words, bySound };
}
const chinese = /^\p{Script=Han}{2,}$/u;

function knownOf(gazetteer: Gazetteer): Known {
  const read = known.get(gazetteer) ?? readKnown(gazetteer);
  known.set(gazetteer, read);
  return read;
}

export function readSearchWords(query: string, gazetteer: Gazetteer): SearchWord[] {
  const { places, words: knownWords, bySound } = knownOf(gazetteer);
  const soundAlike = (word: string): readonly string[] => {
    if (knownWords.has(word)) return [];
    if (/^[a-z]{3,}$/.test(word)) return bySound.get(soundOfPinyin(word)) ?? [];
    return chinese.test(word) ? (bySound.get(soundOf(word)) ?? []) : [];
  };
  const cut = (run: string) => {
    const bare = run.replaceAll(/^的(?=..)|(?<=..)的$/g, '');
    return soundAlike(bare).length > 0 ? [bare] : cutByDictionary(bare);
  };
  const words = joinPinyin(normaliseText(query).toLowerCase(), (letters) => bySound.has(soundOfPinyin(letters)))
    .split(' ')
    .flatMap((part) => (hasAmount(part) ? [part] : splitQuery(part, knownWords, cut).map(({ word }) => word)));
  const telling = words.filter((word) => !particles.has(word));
  return [...new Set(telling.length > 0 ? telling : words)].map((word) => {
    const meant = [word, asAmount(word) ?? word, ...soundAlike(word)];
    return {
      alternatives: [...new Set(meant.flatMap(alternativesOf))].map(toQueryWord),
      isPlace: meant.some((each) => places.has(each)),
    };
  });
}

/** A number with what it counts, wholly: cut in two, either would be found anywhere. */
const hasAmount = (part: string) =>
  /^[约]?[\d.]+\p{Script=Han}{0,3}$|^\d+m2$/u.test(part) || asAmount(part) !== undefined;

/** "hu ren cun" → "hurencun": letters that only together sound like a word we know. The longest first. */
function joinPinyin(query: string, isKnown: (letters: string) => boolean): string {
  const parts = query.split(/[\s'-]+/);
  const joined: string[] = [];
  for (let at = 0; at < parts.length;) {
    let end = at;
    while (end < parts.length && end - at < 8 && /^[a-z]{1,6}$/.test(parts[end] ?? '')) end += 1;
    while (end - at > 1 && !isKnown(parts.slice(at, end).join(''))) end -= 1;
    joined.push(parts.slice(at, Math.max(end, at + 1)).join(''));
    at = Math.max(end, at + 1);
  }
  return joined.join(' ');
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
