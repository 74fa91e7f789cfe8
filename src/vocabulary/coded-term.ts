// A term of a vocabulary: a stable code for programs, Chinese and English names for people, and the synonyms people type.
// Skills, equipment, land classes, workshop types and party kinds are lists of such terms; sheets offer them as choices.
import type { Text } from './text.ts';

export interface CodedTerm {
  /** kebab-case, never renamed */
  code: string;
  zh: string;
  en: string;
  /** other words for the same thing, as typed in villages */
  synonyms: readonly string[];
}

export interface TermIndex<Term extends CodedTerm> {
  byCode: (code: string) => Term | null;
  /** by code, Chinese or English name, or synonym; width, case and blanks do not matter */
  find: (text: string) => Term | null;
}

function keyOf(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, '');
}

/** Builds the lookup of a vocabulary. Throws when two terms claim one word: that is a mistake in the data file. */
export function indexTerms<Term extends CodedTerm>(terms: readonly Term[]): TermIndex<Term> {
  const codes = new Map<string, Term>();
  const words = new Map<string, Term>();
  for (const term of terms) {
    codes.set(term.code, term);
    for (const word of new Set([term.code, term.zh, term.en, ...term.synonyms].map(keyOf))) {
      const taken = words.get(word);
      if (taken !== undefined) throw new Error(`"${word}" names both ${taken.code} and ${term.code}`);
      words.set(word, term);
    }
  }
  return { byCode: (code) => codes.get(code) ?? null, find: (text) => words.get(keyOf(text)) ?? null };
}

export function labelOf(term: CodedTerm): Text {
  return { zh: term.zh, en: term.en };
}
