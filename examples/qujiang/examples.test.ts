import { readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Draft, ListingDraft } from '../../src/lists/sheets/index.ts';
import { readSheet } from '../../src/lists/sheets/index.ts';
import { checkUscc } from '../../src/vocabulary/uscc.ts';
import { exampleAsOf, exampleFiles, exampleLowIncomeWorkers } from './files.ts';
import { makeExamples } from './make-examples.ts';
import { countyCode, villages } from './places.ts';

const examples = makeExamples();
const bytesMax = 3_000_000;
const villageCodes = new Set([countyCode, ...villages.flatMap((village) => [village.code, village.parentCode])]);

async function readFileRows(fileName: string, sheetId: (typeof exampleFiles)[number]['sheetId']): Promise<Draft[]> {
  const drafts: Draft[] = [];
  const rows = readSheet(sheetId, await readFile(new URL(fileName, import.meta.url)), {
    asOf: exampleAsOf,
    withinCode: countyCode,
    resolveDivision: (text) => (villageCodes.has(text) ? { code: text } : { candidates: [] }),
  });
  for await (const row of rows) {
    if (!('draft' in row)) throw new Error(`${fileName}: ${JSON.stringify(row)}`);
    drafts.push(row.draft);
  }
  return drafts;
}

const listingsOf = (sheetId: keyof typeof examples): ListingDraft[] =>
  examples[sheetId].filter((draft) => draft.type === 'listing');

describe('the committed files of the sample county', () => {
  it.each(exampleFiles)('$fileName holds exactly the $rows rows the generator makes, none refused', async (file) => {
    const drafts = await readFileRows(file.fileName, file.sheetId);
    expect(drafts).toHaveLength(file.rows);
    expect(drafts).toEqual(examples[file.sheetId]);
  });

  it('stay small enough to be committed', async () => {
    const sizes = await Promise.all(exampleFiles.map((file) => stat(new URL(file.fileName, import.meta.url))));
    expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(bytesMax);
  });
});

describe('the sample county', () => {
  it('has the source’s 857 members of low-income households, and nobody who could be real', () => {
    const workers = listingsOf('labour');
    expect(workers.filter((worker) => worker.person?.lowIncome === true)).toHaveLength(exampleLowIncomeWorkers);
    expect(new Set(workers.map((worker) => worker.person?.idNumber)).size).toBe(workers.length);
    for (const { person } of workers) {
      expect(person?.name).toMatch(/^示例/);
      expect(person?.phone).toMatch(/^1380000\d{4}$/);
    }
  });

  it('has idle land and an idle house in every village, and workers in nearly all', () => {
    for (const sheetId of ['land', 'venue', 'labour'] as const) {
      expect(new Set(listingsOf(sheetId).map((listing) => listing.divisionCode)).size).toBe(villages.length);
    }
  });

  it('has the named workshops of the source where they stand', () => {
    const titles = new Map(listingsOf('workshop').map((workshop) => [workshop.title, workshop.divisionCode]));
    expect(titles.get('湖仁红(演示)')).toBe('330803114242');
    expect(titles.get('双桥粉干(演示)')).toBe('330803203212');
    expect(titles.get('燃点红(演示)')).toMatch(/^330803110/);
    expect(titles.get('百草园(演示)')).toBe('330803219212');
  });

  it('gives every listing an owner that is in the files of parties, with a valid code', () => {
    const owners = new Set([...examples.enterprise, ...examples.collective].map((party) => party.rowKey));
    for (const owner of owners) expect(checkUscc(owner ?? '')).toBe('valid');
    for (const sheetId of ['workshop', 'venue', 'land', 'equipment', 'labour', 'processing-order'] as const) {
      for (const { owner } of listingsOf(sheetId)) expect(owners).toContain(owner);
    }
  });

  it('has one workshop of more than 4.8 stars, 12 m² too small for the order that asks for it', () => {
    const best = listingsOf('workshop').filter((workshop) => Number(workshop.attributes['star']) >= 4.8);
    expect(best.map((workshop) => workshop.attributes['areaM2'])).toEqual([420]);
    expect(listingsOf('processing-order')[0]?.attributes).toMatchObject({ minStar: 4.8, areaM2: 432, maxLots: 1 });
  });
});
