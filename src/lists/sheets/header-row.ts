// Finds the header row of a filled sheet and which of its cells is which column, by header or synonym, whatever the order.
import type ExcelJS from 'exceljs';
import { normaliseText } from '../../vocabulary/chinese-text.ts';
import type { Column } from '../kinds/kind.ts';
import { contentOf } from './raw-cells.ts';
import { cellText } from './cell-types.ts';
import type { SheetDefinition } from './sheet-definition.ts';

export interface HeaderRow {
  worksheet: ExcelJS.Worksheet;
  rowNumber: number;
  /** position (1 = column A) of each column found */
  positions: ReadonlyMap<Column, number>;
  /** headers that are no column of this sheet */
  unknown: readonly { position: number; header: string }[];
  /** columns named twice: the first wins */
  repeated: readonly { position: number; header: string }[];
}

const headerRowsSearched = 10;
const columnsSearched = 120;

/** The mark of required columns, colons, blanks, case and width do not matter. */
function headerKey(text: string): string {
  return normaliseText(text)
    .toLowerCase()
    .replace(/[*\s:]/g, '');
}

function columnsByHeader(columns: readonly Column[]): Map<string, Column> {
  const found = new Map<string, Column>();
  for (const column of columns) found.set(headerKey(column.header), column);
  // A column's own header outranks another's synonym; among synonyms the earlier column wins.
  for (const column of columns) {
    for (const synonym of column.synonyms ?? []) {
      const key = headerKey(synonym);
      if (!found.has(key)) found.set(key, column);
    }
  }
  return found;
}

/** The best header row of the workbook; `null` when no row names even two columns. */
export function findHeaderRow(workbook: ExcelJS.Workbook, sheet: SheetDefinition): HeaderRow | null {
  const byHeader = columnsByHeader(sheet.columns);
  let best: HeaderRow | null = null;
  for (const worksheet of workbook.worksheets) {
    if (worksheet.state !== 'visible') continue;
    const last = Math.min(headerRowsSearched, worksheet.rowCount);
    for (let rowNumber = 1; rowNumber <= last; rowNumber += 1) {
      const candidate = readHeaderRow(worksheet, rowNumber, byHeader);
      if (candidate.positions.size >= 2 && candidate.positions.size > (best?.positions.size ?? 0)) best = candidate;
    }
  }
  return best;
}

function readHeaderRow(worksheet: ExcelJS.Worksheet, rowNumber: number, byHeader: Map<string, Column>): HeaderRow {
  const positions = new Map<Column, number>();
  const unknown: { position: number; header: string }[] = [];
  const repeated: { position: number; header: string }[] = [];
  const row = worksheet.getRow(rowNumber);
  const last = Math.min(row.cellCount, columnsSearched);
  for (let position = 1; position <= last; position += 1) {
    const content = contentOf(row.getCell(position), false);
    if (content === 'empty' || 'fault' in content) continue;
    const header = cellText(content.raw);
    const column = byHeader.get(headerKey(header));
    if (column === undefined) unknown.push({ position, header });
    else if (positions.has(column)) repeated.push({ position, header });
    else positions.set(column, position);
  }
  return { worksheet, rowNumber, positions, unknown, repeated };
}

/** 3 → "C", 28 → "AB". */
export function columnLetters(position: number): string {
  const rest = Math.floor((position - 1) / 26);
  return (rest > 0 ? columnLetters(rest) : '') + String.fromCharCode(65 + ((position - 1) % 26));
}
