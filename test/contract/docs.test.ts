// The pages that people read, held to the tree they speak of: links lead somewhere, and the glossary names what exists.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const pages = [
  ...readdirSync('.').filter((name) => /^(README.*|ARCHITECTURE|CONTRIBUTING)\.md$/.test(name)),
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).flatMap((name) =>
    name.endsWith('.md') ? [join('docs', name)] : [],
  ),
];

/** Where the relative links of a page lead, without the part that names a heading. Code is no link. */
function linksOf(markdown: string): string[] {
  const text = markdown.replaceAll(/^(```|~~~)[^]*?^\1/gm, '').replaceAll(/`[^`\n]*`/g, '');
  const inline = [...text.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)];
  const defined = [...text.matchAll(/^\[[^\]]+\]:\s*<?([^\s>]+)/gm)];
  const html = [...text.matchAll(/\b(?:src|href)="([^"]+)"/g)];
  return [...inline, ...defined, ...html]
    .map(([, target]) => target ?? '')
    .filter((target) => !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(target));
}

/** Headings as they are linked to: lower case, spaces as hyphens, punctuation gone. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#{1,6}\s+(.+)$/gm)].map(([, heading = '']) =>
    heading
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
}

function brokenLinks(page: string, markdown: string): string[] {
  return linksOf(markdown).filter((link) => {
    const [path = '', anchor] = decodeURIComponent(link).split('#');
    if (path === '') return !anchorsOf(markdown).includes(anchor ?? '');
    const target = resolve(dirname(page), path);
    if (!existsSync(target)) return true;
    const isHeading = anchor !== undefined && target.endsWith('.md');
    return isHeading && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
  });
}

describe('a page for people', () => {
  test.each(pages)('%s: leads only to what is there', (page) => {
    expect(brokenLinks(page, readFileSync(page, 'utf8'))).toEqual([]);
  });

  test('would be caught leading nowhere', () => {
    const markdown =
      '# One heading\n[a](docs/nowhere.md) [b](#one-heading) [c](#none) `[d](code.md)` [e](https://x.y/z)';
    expect(brokenLinks('README.md', markdown)).toEqual(['docs/nowhere.md', '#none']);
  });
});

describe('the glossary', () => {
  const markdown = readFileSync('docs/glossary.md', 'utf8');
  const entries = [...markdown.matchAll(/^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$/gm)]
    .map(([, term = '', , identifiers = '', where = '']) => ({
      term,
      identifiers: [...identifiers.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''),
      files: linksOf(where).map((link) => resolve('docs', link)),
    }))
    .filter(({ identifiers }) => identifiers.length > 0);

  test('has the words of the business', () => {
    expect(entries.length).toBeGreaterThan(40);
    for (const { term } of entries) expect(term).toMatch(/\p{Script=Han}/u);
  });

  test.each(entries)('$term is called so where it says', ({ identifiers, files }) => {
    const sources = files.map((file) => readFileSync(file, 'utf8'));
    for (const identifier of identifiers) {
      const word = new RegExp(String.raw`(?<![\w-])${identifier}(?![\w-])`);
      expect(
        sources.some((source) => word.test(source)),
        identifier,
      ).toBe(true);
    }
  });
});
