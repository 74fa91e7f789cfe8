// A long list of workers with mistakes of twenty kinds planted at known cells. Enters: how many rows and mistakes, and a seed.
// Leaves: the workbook, and what must be found where. Nobody in it exists.

import { sheetById } from '../../../src/lists/sheets/index.ts';
import { columnLetters } from '../../../src/lists/sheets/header-row.ts';
import { idCheckDigit } from '../../../src/vocabulary/id-card.ts';
import { drawsFromSeed } from '../../../src/vocabulary/seeded-draws.ts';
import { writeRawWorkbook, type RawValue } from './raw-workbook.ts';

const columns = sheetById('labour').columns;

/** What is written into which column, and the code under which the importer names it. */
const mistakes: readonly { path: string; write: (good: string) => RawValue; code: string }[] = [
  { path: 'person.idNumber', write: (id) => Number(id.slice(0, 17)) * 10, code: 'id-in-number-cell' },
  {
    path: 'person.idNumber',
    write: (id) => `${id.slice(0, 17)}${otherDigit(id)}`,
    code: 'id-check-fails',
  },
  { path: 'person.idNumber', write: () => idNumberOf('19580230', 13), code: 'id-birth-date' },
  { path: 'person.idNumber', write: (id) => id.slice(0, 15), code: 'id-malformed' },
  { path: 'person.idNumber', write: () => idNumberOf('20150315', 17), code: 'under-16' },
  { path: 'person.phone', write: () => '12345', code: 'not-a-phone' },
  { path: 'person.name', write: () => null, code: 'required' },
  { path: 'person.lowIncome', write: () => '也许', code: 'not-yes-or-no' },
  { path: 'attributes.skills', write: () => '缝纫、开飞机', code: 'unknown-choice' },
  { path: 'attributes.hoursPerWeek', write: () => 60, code: 'too-large' },
  { path: 'attributes.hoursPerWeek', write: () => 0, code: 'too-small' },
  { path: 'attributes.hoursPerWeek', write: () => 20.5, code: 'not-whole' },
  { path: 'attributes.maxCommuteKm', write: () => '不远', code: 'not-a-number' },
  { path: 'attributes.maxCommuteKm', write: () => ({ formula: 'A1+1' }), code: 'formula' },
  { path: 'attributes.homeWork', write: () => ({ error: '#N/A' }), code: 'error-value' },
  { path: 'divisionCode', write: () => '没有这个村', code: 'unknown-division' },
  { path: 'consent.on', write: () => '2026-02-30', code: 'not-a-date' },
  { path: 'consent.assistedBy', write: () => null, code: 'assistant-missing' },
  { path: 'availableTo', write: () => '2000-01-01', code: 'window-reversed' },
  { path: 'person.idNumber', write: () => idNumberOf('19700101', 1), code: 'row-repeated' },
];

export interface Mistake {
  rowNumber: number;
  cell: string;
  code: string;
}

export interface PlantedWorkbook {
  bytes: Buffer;
  rows: number;
  /** top to bottom */
  planted: Mistake[];
}

export const mistakeCodes = mistakes.map(({ code }) => code);

const firstDataRow = 3;

export async function plantMistakes({
  rows,
  count,
  seed,
}: {
  rows: number;
  count: number;
  seed: number;
}): Promise<PlantedWorkbook> {
  const draws = drawsFromSeed(seed);
  // The first row is always right: another repeats it.
  const wrong = new Map<number, (typeof mistakes)[number]>();
  while (wrong.size < count) {
    const mistake = mistakes[wrong.size % mistakes.length];
    const at = draws.integer(1, rows - 1);
    if (mistake && !wrong.has(at)) wrong.set(at, mistake);
  }
  const planted: Mistake[] = [];
  function* lines(): Generator<RawValue[]> {
    yield ['闲置劳动力登记表'];
    yield columns.map(({ header }) => header);
    for (let at = 0; at < rows; at += 1) {
      const cells = goodCells(at);
      const mistake = wrong.get(at);
      if (mistake) {
        const position = columns.findIndex(({ path }) => path === mistake.path);
        const good = cells[position];
        cells[position] = mistake.write(typeof good === 'string' ? good : '');
        const rowNumber = firstDataRow + at;
        planted.push({ rowNumber, cell: `${columnLetters(position + 1)}${rowNumber}`, code: mistake.code });
      }
      yield cells;
    }
  }
  return { bytes: await writeRawWorkbook(lines()), rows, planted };
}

function goodCells(at: number): RawValue[] {
  const words: Record<string, RawValue> = {
    divisionCode: '330803114242',
    'person.name': `示例村民${at}`,
    'person.idNumber': at === 0 ? idNumberOf('19700101', 1) : idNumberOf(birthDate(at), at % 999),
    'person.phone': `138${String(at).padStart(8, '0')}`,
    'person.lowIncome': '否',
    'attributes.skills': '缝纫、包装',
    'attributes.hoursPerWeek': 20,
    'attributes.maxCommuteKm': 5,
    'attributes.homeWork': '是',
    availableFrom: '2026.12.1',
    'consent.given': '是',
    'consent.channel': '代办',
    'consent.assistedBy': '网格员',
    'consent.on': '2026-11-01',
    'consent.textVersion': '2026-1',
  };
  return columns.map(({ path }) => words[path] ?? null);
}

/** Never 1970: that year is the first row's. */
function birthDate(at: number): string {
  const day = Math.floor(at / 999);
  return `${1971 + (day % 30)}03${String(1 + Math.floor(day / 30)).padStart(2, '0')}`;
}

function idNumberOf(birth: string, order: number): string {
  const first17 = `330803${birth}${String(order).padStart(3, '0')}`;
  return first17 + idCheckDigit(first17);
}

const otherDigit = (id: string) => (id.endsWith('1') ? '2' : '1');
