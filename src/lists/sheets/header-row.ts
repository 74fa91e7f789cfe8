// Finds the header row of a filled sheet and which of its cells is which column, by header or synonym, whatever the order.
import { normaliseText } from '../../vocabulary/chinese-text.ts';
import type { Column } from '../kinds/kind.ts';
import { cellText } from './cell-types.ts';
import type { Workbook, WorkbookSheet } from './open-workbook.ts';
import { readRows, type RawRow } from './read-rows.ts';
import type { SheetDefinition } from './sheet-definition.ts';

export interface HeaderRow {
  sheet: WorkbookSheet;
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

/** The best header row of the workbook; `null` when no row names even two columns. @throws UnreadableWorkbook */
export async function findHeaderRow(workbook: Workbook, { columns }: SheetDefinition): Promise<HeaderRow | null> {
  const byHeader = columnsByHeader(columns);
  let best: HeaderRow | null = null;
  for (const sheet of workbook.sheets) {
    if (!sheet.isVisible) continue;
    for await (const row of readRows(workbook, sheet)) {
      if (row.number > headerRowsSearched) break;
      const candidate = readHeaderRow(sheet, row, byHeader);
      if (candidate.positions.size >= 2 && candidate.positions.size > (best?.positions.size ?? 0)) best = candidate;
    }
  }
  return best;
}

function readHeaderRow(sheet: WorkbookSheet, row: RawRow, byHeader: Map<string, Column>): HeaderRow {
  const positions = new Map<Column, number>();
  const unknown: { position: number; header: string }[] = [];
  const repeated: { position: number; header: string }[] = [];
  for (const [position, content] of row.cells) {
    if (position > columnsSearched || 'fault' in content) continue;
    const header = cellText(content.raw);
    const column = byHeader.get(headerKey(header));
    if (column === undefined) unknown.push({ position, header });
    else if (positions.has(column)) repeated.push({ position, header });
    else positions.set(column, position);
  }
  return { sheet, rowNumber: row.number, positions, unknown, repeated };
}

/** 3 → "C", 28 → "AB". */
export function columnLetters(position: number): string {
  const rest = Math.floor((position - 1) / 26);
  return (rest > 0 ? columnLetters(rest) : '') + String.fromCharCode(65 + ((position - 1) % 26));
}
