// What to look for. Enters: what must not be found. Leaves: a function that finds it in any text, written as it is or as bytes in
// hexadecimal, base64, UTF-16, percent or JSON escapes, or as UTF-8 misread.

import { gunzipSync } from 'node:zlib';

export interface Hit {
  value: string;
  /** How it was written. */
  as: string;
}

export type Search = (haystack: string) => Hit[];

/** How a text may look after something has carried it along. */
export function spellingsOf(value: string): { as: string; text: string }[] {
  const utf8 = Buffer.from(value);
  const escaped = [...value].map((c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`).join('');
  const spellings = [
    { as: 'text', text: value },
    { as: 'utf8 hex', text: utf8.toString('hex') },
    { as: 'utf8 HEX', text: utf8.toString('hex').toUpperCase() },
    { as: 'utf16 hex', text: Buffer.from(value, 'utf16le').toString('hex') },
    { as: 'percent', text: encodeURIComponent(value) },
    { as: 'json escapes', text: escaped },
    { as: 'latin1', text: utf8.toString('latin1') },
    { as: 'reversed', text: [...value].reverse().join('') },
    // Base64 depends on where the bytes begin: of each of the three places, the letters that their neighbours cannot change.
    ...[0, 1, 2].map((shift) => {
      const shifted = Buffer.concat([Buffer.alloc(shift), utf8])
        .toString('base64')
        .replaceAll('=', '');
      const from = Math.ceil((shift * 8) / 6);
      return { as: 'base64', text: shifted.slice(from, Math.floor(((shift + utf8.length) * 8) / 6)) };
    }),
  ];
  return spellings.filter(
    ({ as, text }, at) => as === 'text' || (text !== value && spellings.findIndex((s) => s.text === text) === at),
  );
}

/** One regular expression finds all: the places to look through are many, and large. */
export function searchFor(values: readonly string[]): Search {
  const known = new Map<string, Hit>();
  for (const value of values) for (const { as, text } of spellingsOf(value)) known.set(text, { value, as });
  const pattern = new RegExp(
    [...known.keys()].map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'),
    'g',
  );
  return (haystack) =>
    [...new Set([...haystack.matchAll(pattern)].map(([text]) => text))].flatMap((text) => known.get(text) ?? []);
}

/** Bytes as every text they could be. */
export function textsOf(bytes: Buffer): string[] {
  const unpacked = bytes[0] === 0x1f && bytes[1] === 0x8b ? [gunzipSync(bytes).toString('utf8')] : [];
  return [bytes.toString('hex'), bytes.toString('utf8'), bytes.toString('latin1'), ...unpacked];
}
