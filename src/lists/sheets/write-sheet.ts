// Makes workbooks: the official template 官方模板, the same sheet filled with drafts (examples, exports), and the error workbook
// that holds only the failing rows. What is written here is read back by read-sheet.ts without loss.
import ExcelJS from 'exceljs';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import type { Column } from '../kinds/kind.ts';
import { cellText, handlerOf } from './cell-types.ts';
import { columnLetters, findHeaderRow } from './header-row.ts';
import { contentOf } from './raw-cells.ts';
import type { CellProblem } from './read-sheet.ts';
import { loadWorkbook } from './read-sheet.ts';
import type { Draft, SheetDefinition, SheetId } from './sheet-definition.ts';
import { sheetById } from './sheet-definition.ts';

const titleRow = 1;
const headerRow = 2;
const firstDataRow = 3;
/** how far down the dropdowns reach */
const dropdownRows = 5_000;
const dictionaryName = '字典';
const instructionsName = '填表说明';
const requiredMark = '*';
const textFormat = '@';
const yesNoTerms: readonly CodedTerm[] = [
  { code: 'yes', zh: '是', en: 'yes', synonyms: [] },
  { code: 'no', zh: '否', en: 'no', synonyms: [] },
];
const headerFill: ExcelJS.Fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFDDEBF7' } };
const errorFill: ExcelJS.Fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFFFC7CE' } };

/** The empty official template: title, headers (required marked), dropdowns, text columns, instructions with an example. */
export async function buildTemplate(sheetId: SheetId): Promise<Buffer> {
  return toBuffer(startWorkbook(sheetById(sheetId), '').workbook);
}

/** The template filled with drafts, one a row. `remark` is appended to the title, e.g. to mark demo data. */
export async function buildFilledSheet(sheetId: SheetId, drafts: Iterable<Draft>, remark = ''): Promise<Buffer> {
  const sheet = sheetById(sheetId);
  const { workbook, worksheet } = startWorkbook(sheet, remark);
  const handlers = sheet.columns.map((column) => ({ path: column.path.split('.'), handler: handlerOf(column.cell) }));
  let rowNumber = firstDataRow;
  for (const draft of drafts) {
    const row = worksheet.getRow(rowNumber);
    handlers.forEach(({ path, handler }, index) => {
      const value = path.join('.') === 'rowKey' ? bareRowKey(draft) : valueAt(draft, path);
      if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return;
      row.getCell(index + 1).value = handler.write(value);
    });
    rowNumber += 1;
  }
  return toBuffer(workbook);
}

/**
 * The failing rows of an upload, with their cells as they were, the wrong ones red and commented, ready to be mended and
 * imported again. `problemsByRow` is keyed by the row numbers of the original file.
 */
export async function buildErrorWorkbook(
  sheetId: SheetId,
  originalBytes: Uint8Array,
  problemsByRow: ReadonlyMap<number, readonly CellProblem[]>,
): Promise<Buffer> {
  const sheet = sheetById(sheetId);
  const { workbook, worksheet } = startWorkbook(sheet, '(待改正)');
  const original = await loadWorkbook(originalBytes);
  const header = original === null ? null : findHeaderRow(original, sheet);
  let rowNumber = firstDataRow;
  for (const [originalRow, problems] of [...problemsByRow].sort(([a], [b]) => a - b)) {
    if (header === null || originalRow <= header.rowNumber) continue;
    sheet.columns.forEach((column, index) => {
      const cell = worksheet.getCell(rowNumber, index + 1);
      const position = header.positions.get(column);
      if (position !== undefined) cell.value = copiedValue(header.worksheet.getCell(originalRow, position), column);
      const ofColumn = problems.filter((problem) => problem.column === column.header);
      if (ofColumn.length > 0) markWrong(cell, ofColumn);
    });
    const ofRow = problems.filter((problem) => problem.column === '');
    if (ofRow.length > 0) markWrong(worksheet.getCell(rowNumber, 1), ofRow);
    rowNumber += 1;
  }
  return toBuffer(workbook);
}

/** The cell as it was, without formulas; numbers in code columns become the text they show. */
function copiedValue(original: ExcelJS.Cell, column: Column): ExcelJS.CellValue {
  const content = contentOf(original, column.fillsDown ?? false);
  if (content === 'empty') return null;
  if ('fault' in content) return original.text;
  const { raw } = content;
  if (raw.kind === 'number' && handlerOf(column.cell).isTextFormat !== true) return raw.number;
  return cellText(raw);
}

function markWrong(cell: ExcelJS.Cell, problems: readonly CellProblem[]): void {
  cell.fill = errorFill;
  cell.note = problems.map((problem) => `${problem.message.zh}\n${problem.message.en}`).join('\n');
}

function bareRowKey(draft: Draft): string | null {
  if (draft.type === 'party' || draft.rowKey === null || draft.owner === null) return draft.rowKey;
  return draft.rowKey.startsWith(`${draft.owner}/`) ? draft.rowKey.slice(draft.owner.length + 1) : draft.rowKey;
}

function valueAt(source: unknown, path: readonly string[]): unknown {
  let at = source;
  for (const segment of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[segment];
  }
  return at;
}

function startWorkbook(
  sheet: SheetDefinition,
  remark: string,
): { workbook: ExcelJS.Workbook; worksheet: ExcelJS.Worksheet } {
  const workbook = new ExcelJS.Workbook();
  const worksheet = workbook.addWorksheet(sheet.label.zh, { views: [{ state: 'frozen', ySplit: headerRow }] });
  const instructions = workbook.addWorksheet(instructionsName);
  const dictionary = workbook.addWorksheet(dictionaryName, { state: 'veryHidden' });
  sheet.columns.forEach((column, index) => {
    const settings = worksheet.getColumn(index + 1);
    settings.width = Math.max(10, Math.min(28, column.header.length * 2 + 4, 28), column.example.length + 2);
    if (handlerOf(column.cell).isTextFormat === true) settings.numFmt = textFormat;
  });
  const title = worksheet.getCell(titleRow, 1);
  worksheet.mergeCells(titleRow, 1, titleRow, sheet.columns.length);
  title.value = `${sheet.label.zh}登记表${remark}`;
  title.font = { bold: true, size: 16 };
  title.alignment = { horizontal: 'center' };
  sheet.columns.forEach((column, index) => {
    const cell = worksheet.getCell(headerRow, index + 1);
    cell.value = column.isRequired === true ? `${requiredMark}${column.header}` : column.header;
    cell.font = { bold: true };
    cell.fill = headerFill;
    cell.alignment = { wrapText: true, vertical: 'middle' };
  });
  addDropdowns(sheet, worksheet, dictionary);
  writeInstructions(sheet, instructions);
  return { workbook, worksheet };
}

/** The library takes a range here, though its types know single cells only. */
interface RangeValidations {
  dataValidations: { add: (range: string, validation: ExcelJS.DataValidation) => void };
}

function addDropdowns(sheet: SheetDefinition, worksheet: ExcelJS.Worksheet, dictionary: ExcelJS.Worksheet): void {
  const columnOfChoices = new Map<readonly CodedTerm[], number>();
  sheet.columns.forEach((column, index) => {
    const { cell } = column;
    const choices =
      cell.type === 'yes-no' ? yesNoTerms : cell.type === 'choice' || cell.type === 'choices' ? cell.choices : null;
    if (choices === null) return;
    let position = columnOfChoices.get(choices);
    if (position === undefined) {
      position = columnOfChoices.size + 1;
      columnOfChoices.set(choices, position);
      for (const [row, term] of choices.entries()) dictionary.getCell(row + 1, position).value = term.zh;
    }
    const from = columnLetters(position);
    const target = columnLetters(index + 1);
    (worksheet as unknown as RangeValidations).dataValidations.add(
      `${target}${firstDataRow}:${target}${firstDataRow + dropdownRows}`,
      {
        type: 'list',
        allowBlank: true,
        formulae: [`'${dictionaryName}'!$${from}$1:$${from}$${choices.length}`],
        // Lists of several cannot be chosen from a dropdown, only started with one: they warn nobody.
        showErrorMessage: cell.type !== 'choices',
        errorTitle: column.header,
        error: '请从下拉列表中选择',
      },
    );
  });
}

function writeInstructions(sheet: SheetDefinition, instructions: ExcelJS.Worksheet): void {
  instructions.columns = [{ width: 26 }, { width: 10 }, { width: 40 }, { width: 60 }, { width: 40 }];
  instructions.addRow([`${sheet.label.zh}填表说明`]).font = { bold: true, size: 14 };
  instructions.addRow([
    `请填在“${sheet.label.zh}”表第 ${firstDataRow} 行起;带 ${requiredMark} 的列必填;不要使用公式。`,
  ]);
  instructions.addRow(['列', '必填', '示例', '说明', 'English']).font = { bold: true };
  for (const column of sheet.columns) {
    instructions.addRow([
      column.header,
      column.isRequired === true ? '是' : '否',
      column.example,
      column.note?.zh ?? '',
      [column.headerEn, column.note?.en].filter((part) => part !== undefined).join(': '),
    ]);
  }
}

async function toBuffer(workbook: ExcelJS.Workbook): Promise<Buffer> {
  return Buffer.from(await workbook.xlsx.writeBuffer());
}
