// Chinese text for search without database extensions: NFKC, bigrams, and queries split into words (CONVENTIONS 2.16).
// `zhBigrams` must equal the SQL function `zh_bigrams` character by character: rows are indexed by one, queries cut by the other.

/** CJK ideographs (BMP, extension A, compatibility, and the supplementary planes 2 and 3). */
const cjk = '\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}';
const cjkRun = new RegExp(`[${cjk}]+`, 'u');
const tokenRun = new RegExp(`[${cjk}]+|[a-z0-9]+`, 'gu');

/** NFKC, then trimmed with runs of blanks made one: full-width and half-width writing become equal. */
export function normaliseText(text: string): string {
  return text.normalize('NFKC').replace(/\s+/g, ' ').trim();
}

/**
 * The index tokens of a text, each once, in order of first occurrence: lower-cased, runs of CJK cut into overlapping pairs
 * (a run of one character stays itself), runs of a–z and 0–9 kept whole, everything else separates.
 */
export function zhBigrams(text: string): string[] {
  const tokens = new Set<string>();
  for (const [run] of text.normalize('NFKC').toLowerCase().matchAll(tokenRun)) {
    const characters = [...run];
    if (!cjkRun.test(run) || characters.length === 1) tokens.add(run);
    else for (let i = 0; i + 1 < characters.length; i += 1) tokens.add(`${characters[i]}${characters[i + 1]}`);
  }
  return [...tokens];
}

export interface QueryWord {
  /** normalised, lower case */
  word: string;
  /** tokens that must all be in the row; empty when the word is one CJK character and must be looked for as a substring */
  bigrams: string[];
}

const separators = /[\s、,,;;。.!?!?|/\\+&()()[\]【】《》"'“”‘’::]+/u;

/**
 * Splits what somebody typed into words that are searched one by one (all must be found). Blanks and punctuation split,
 * and so does the change between CJK and Latin. Words of a vocabulary (place names, skills) given in `knownWords` are cut out
 * of longer runs first, because pairs across a joint ("湖仁|柑橘") do not occur in any row; what lies between them is cut by
 * `cutUnknown`.
 */
export function splitQuery(
  query: string,
  knownWords: ReadonlySet<string> = new Set(),
  cutUnknown: (run: string) => readonly string[] = (run) => [run],
): QueryWord[] {
  const words: string[] = [];
  for (const part of normaliseText(query).toLowerCase().split(separators)) {
    for (const [run] of part.matchAll(tokenRun)) {
      if (cjkRun.test(run)) words.push(...cutKnownWords([...run], knownWords, cutUnknown));
      else words.push(run);
    }
  }
  return [...new Set(words)].map(toQueryWord);
}

/** A normalised word, lower case, with its tokens. */
export function toQueryWord(word: string): QueryWord {
  const isSingleCjk = [...word].length === 1 && cjkRun.test(word);
  return { word, bigrams: isSingleCjk ? [] : zhBigrams(word) };
}

/** Longest match first, left to right. */
function cutKnownWords(
  characters: readonly string[],
  knownWords: ReadonlySet<string>,
  cutUnknown: (run: string) => readonly string[],
): string[] {
  const words: string[] = [];
  let unknown = '';
  let at = 0;
  while (at < characters.length) {
    let length = Math.min(characters.length - at, 12);
    while (length >= 2 && !knownWords.has(characters.slice(at, at + length).join(''))) length -= 1;
    if (length < 2) {
      unknown += characters[at];
      at += 1;
      continue;
    }
    if (unknown !== '') words.push(...cutUnknown(unknown));
    unknown = '';
    words.push(characters.slice(at, at + length).join(''));
    at += length;
  }
  if (unknown !== '') words.push(...cutUnknown(unknown));
  return words;
}
