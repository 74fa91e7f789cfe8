// From the spreadsheet library's cells to our raw cells: formulas and error values are faults, rich text and links are text,
// merged cells count only where they are stored, unless the column fills down. Used by the reader and the error workbook.
import type ExcelJS from 'exceljs';
import type { CellFault, RawCell } from './cell-types.ts';

export type CellContent = { raw: RawCell } | { fault: CellFault } | 'empty';

const formulaFault: CellFault = {
  code: 'formula',
  text: { zh: '是公式,请复制后粘贴为数值', en: 'is a formula; paste it as a value' },
};
const errorFault: CellFault = {
  code: 'error-value',
  text: { zh: '是表格错误值(如 #N/A),请重填', en: 'is an error value such as #N/A; write it again' },
};

/** Content of a cell; covered cells of a merge are empty, or take the value above them when `fillsDown`. */
export function contentOf(cell: ExcelJS.Cell, fillsDown: boolean): CellContent {
  if (cell.isMerged && cell.master !== cell) {
    const isBelow = cell.master.col === cell.col && cell.master.row !== cell.row;
    return fillsDown && isBelow ? contentOf(cell.master, false) : 'empty';
  }
  const { value } = cell;
  if (value === null || value === undefined) return 'empty';
  if (typeof value === 'number') {
    return { raw: { kind: 'number', number: value, isPercent: (cell.numFmt ?? '').includes('%') } };
  }
  if (typeof value === 'boolean') return { raw: { kind: 'boolean', value } };
  if (value instanceof Date) {
    return Number.isNaN(value.getTime())
      ? { fault: errorFault }
      : { raw: { kind: 'date', date: value.toISOString().slice(0, 10) } };
  }
  if (typeof value === 'string') return textContent(value);
  if ('richText' in value) return textContent(value.richText.map((run) => run.text).join(''));
  if ('hyperlink' in value) return textContent(linkText(value.text));
  if ('error' in value) return { fault: errorFault };
  return { fault: formulaFault };
}

function textContent(text: string): CellContent {
  return text.trim() === '' ? 'empty' : { raw: { kind: 'text', text } };
}

/** The library types the text of a link as string, but hands rich text through when the cell holds it. */
function linkText(text: unknown): string {
  if (typeof text === 'string') return text;
  if (typeof text === 'object' && text !== null && 'richText' in text && Array.isArray(text.richText)) {
    return (text.richText as { text: string }[]).map((run) => run.text).join('');
  }
  return '';
}
