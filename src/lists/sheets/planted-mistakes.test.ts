import { expect, it } from 'vitest';
import { mistakeCodes, plantMistakes } from '../../../scripts/prove/sheets/planted-mistakes.ts';
import { readSheet } from './read-sheet.ts';

// The release size, 50,000 rows, is `npm run prove -- sheets --full`.
it('names every one of 500 mistakes of 20 kinds in 10,000 rows, at its cell, in both languages, and nothing else', async () => {
  expect(new Set(mistakeCodes).size).toBe(20);
  const { bytes, rows, planted } = await plantMistakes({ rows: 10_000, count: 500, seed: 4 });
  const found: unknown[] = [];
  let good = 0;
  const options = {
    asOf: '2026-11-21',
    withinCode: '330803',
    resolveDivision: (text: string) => (/^\d+$/.test(text) ? { code: text } : { candidates: [] }),
  };
  for await (const row of readSheet('labour', bytes, options)) {
    if ('draft' in row) good += 1;
    if (!('problems' in row)) continue;
    for (const { cell, code, message } of row.problems) {
      found.push({ rowNumber: row.rowNumber, cell, code });
      expect(message.zh).toMatch(new RegExp(`^第 ${row.rowNumber} 行:.*[一-鿿]`));
      expect(message.en).toMatch(new RegExp(`^Row ${row.rowNumber}: [^.]+`));
    }
  }
  expect(found).toEqual(planted);
  expect(good).toBe(rows - planted.length);
});
