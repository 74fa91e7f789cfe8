// The rows of one sheet, one at a time, in a stream: nothing is kept of a row that was taken. Merges stand behind the rows in the
// file, so a first look over the packed bytes finds them. Formulas and error values are faults; rich text and links are text.
import { excelEscaped } from './cell-text.ts';
import type { CellFault, RawCell } from './cell-types.ts';
import { TextCollector, type Workbook, type WorkbookSheet } from './open-workbook.ts';
import { parseXml, UnreadableWorkbook } from './parse-xml.ts';
import { BrokenZip, openPart, type ZipPart } from './zip.ts';

/** `shown` is what the spreadsheet program shows in the cell. */
export type CellContent = { raw: RawCell } | { fault: CellFault; shown: string };

export interface RawRow {
  number: number;
  /** filled cells by position (1 = column A); cells covered by a merge are none */
  cells: ReadonlyMap<number, CellContent>;
  /** what a vertical merge that began in a row above shows here, in its first column */
  fromAbove: ReadonlyMap<number, CellContent>;
}

const formulaFault: CellFault = {
  code: 'formula',
  text: { zh: '是公式,请复制后粘贴为数值', en: 'is a formula; paste it as a value' },
};
const errorFault: CellFault = {
  code: 'error-value',
  text: { zh: '是表格错误值(如 #N/A),请重填', en: 'is an error value such as #N/A; write it again' },
};

/** @param withCovered also cells that a merge hides. @throws UnreadableWorkbook */
export async function* readRows(
  workbook: Workbook,
  sheet: WorkbookSheet,
  { withCovered = false } = {},
): AsyncGenerator<RawRow> {
  try {
    const merges = new OpenMerges(withCovered ? [] : await findMerges(workbook.file, sheet.part));
    const rows = new RowCollector(workbook);
    for await (const _ of parseXml(openPart(workbook.file, sheet.part), rows)) {
      for (const row of rows.take()) yield merges.apply(row);
    }
  } catch (error) {
    throw error instanceof BrokenZip ? new UnreadableWorkbook('broken', { cause: error }) : error;
  }
}

interface FilledRow {
  number: number;
  cells: Map<number, CellContent>;
}

/** Hears the tags of a sheet and makes rows of them. */
class RowCollector {
  readonly #workbook: Workbook;
  readonly #text = new TextCollector();
  #rows: FilledRow[] = [];
  #row: FilledRow = { number: 0, cells: new Map() };
  #position = 0;
  #type = '';
  #style = 0;
  #isFormula = false;
  #isInData = false;

  constructor(workbook: Workbook) {
    this.#workbook = workbook;
  }

  /** The rows that are complete. */
  take(): FilledRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  open(tag: string, { r, t = 'n', s = '0' }: Readonly<Record<string, string>>): void {
    // Behind the rows stand other things that also have rows: anchors of buttons, for one.
    if (tag === 'sheetData') this.#isInData = true;
    if (!this.#isInData) return;
    this.#text.open(tag);
    if (tag === 'c') {
      this.#position = r === undefined ? this.#position + 1 : positionOf(r);
      this.#type = t;
      this.#style = Number(s);
      this.#isFormula = false;
    } else if (tag === 'f') {
      this.#isFormula = true;
    } else if (tag === 'row') {
      const number = r === undefined ? this.#row.number + 1 : Number(r);
      if (!(number > this.#row.number)) throw new UnreadableWorkbook('rows out of order');
      this.#row = { number, cells: new Map() };
      this.#position = 0;
    }
  }

  text(text: string): void {
    this.#text.add(text);
  }

  close(tag: string): void {
    if (tag === 'sheetData') this.#isInData = false;
    if (!this.#isInData) return;
    this.#text.close(tag);
    if (tag === 'c') {
      const content = this.#contentOf(this.#text.take());
      if (content !== null) this.#row.cells.set(this.#position, content);
    } else if (tag === 'row') {
      this.#rows.push(this.#row);
    }
  }

  #contentOf(text: string): CellContent | null {
    if (this.#isFormula) return { fault: formulaFault, shown: text };
    if (text === '') return null;
    switch (this.#type) {
      case 's':
        return textContent(this.#workbook.strings.at(Number(text)));
      case 'str':
      case 'inlineStr':
        // A copy: the parser's own string would keep the whole chunk it was cut from.
        return textContent(Buffer.from(text).toString());
      case 'b':
        return { raw: { kind: 'boolean', value: text === '1' } };
      case 'e':
        return { fault: errorFault, shown: text };
      case 'd':
        return { raw: { kind: 'date', date: text.slice(0, 10) } };
      default:
        return this.#numberContent(text);
    }
  }

  #numberContent(text: string): CellContent {
    const number = Number(text);
    const format = this.#workbook.formats[this.#style];
    if (!Number.isFinite(number)) return { fault: errorFault, shown: text };
    if (format?.isDate !== true) return { raw: { kind: 'number', number, isPercent: format?.isPercent ?? false } };
    const day = new Date((number + this.#workbook.epochDays - unixEpochSerial) * millisecondsPerDay);
    const isDay = number >= 0 && day.getUTCFullYear() <= lastYear;
    return isDay ? { raw: { kind: 'date', date: day.toISOString().slice(0, 10) } } : { fault: errorFault, shown: text };
  }
}

/** 1970-01-01 as a serial date */
const unixEpochSerial = 25_569;
const millisecondsPerDay = 86_400_000;
const lastYear = 9_999;

function textContent(text: string): CellContent | null {
  const plain = excelEscaped.read(text);
  return plain.trim() === '' ? null : { raw: { kind: 'text', text: plain } };
}

/** "C17" → 3 */
function positionOf(address: string): number {
  let position = 0;
  for (const letter of address) {
    if (letter < 'A' || letter > 'Z') break;
    position = position * 26 + letter.charCodeAt(0) - 64;
  }
  return position;
}

// ── Merges ──────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Merge {
  top: number;
  bottom: number;
  left: number;
  right: number;
  shown?: CellContent | undefined;
}

const mergesMax = 100_000;
const mergeTag = /<(?:\w+:)?mergeCell\s[^<>]*?ref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']/g;
/** longer than any merge tag */
const tagSizeMax = 256;

/** By a search over the bytes: as fast as unpacking, and the parser is spared one of two passes. */
async function findMerges(file: Buffer, part: ZipPart): Promise<Merge[]> {
  const merges: Merge[] = [];
  let rest = '';
  for await (const chunk of openPart(file, part)) {
    const text = rest + chunk.toString('latin1');
    let end = 0;
    for (const match of text.matchAll(mergeTag)) {
      const [, left = '', top = '', right = '', bottom = ''] = match;
      end = match.index + match[0].length;
      merges.push({ top: Number(top), bottom: Number(bottom), left: positionOf(left), right: positionOf(right) });
      if (merges.length > mergesMax) throw new UnreadableWorkbook('too many merged cells');
    }
    rest = text.slice(Math.max(end, text.length - tagSizeMax));
  }
  return merges.sort((a, b) => a.top - b.top);
}

/** Goes down the sheet with the rows, knowing at each the merges that reach into it. */
class OpenMerges {
  readonly #coming: readonly Merge[];
  #next = 0;
  #open: Merge[] = [];

  constructor(merges: readonly Merge[]) {
    this.#coming = merges;
  }

  apply({ number, cells }: FilledRow): RawRow {
    this.#open = this.#open.filter((merge) => merge.bottom >= number);
    for (let merge = this.#coming[this.#next]; merge && merge.top <= number; merge = this.#coming[++this.#next]) {
      if (merge.bottom < number) continue;
      if (merge.top === number) merge.shown = cells.get(merge.left);
      this.#open.push(merge);
    }
    const fromAbove = new Map<number, CellContent>();
    for (const { top, left, right, shown } of this.#open) {
      if (shown !== undefined && top < number) fromAbove.set(left, shown);
      for (const position of cells.keys()) {
        const isMaster = position === left && top === number;
        if (left <= position && position <= right && !isMaster) cells.delete(position);
      }
    }
    return { number, cells, fromAbove };
  }
}
