// Makes workbooks: the official template 官方模板, the same sheet filled with drafts (examples, exports), and the error workbook
// that holds only the failing rows. What is written here is read back by read-sheet.ts without loss.
import ExcelJS from 'exceljs';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import { excelEscaped } from './cell-text.ts';
import type { Column } from '../kinds/kind.ts';
import { cellText, handlerOf } from './cell-types.ts';
import { columnLetters, findHeaderRow } from './header-row.ts';
import { openWorkbook } from './open-workbook.ts';
import { UnreadableWorkbook } from './parse-xml.ts';
import { readRows, type CellContent } from './read-rows.ts';
import { exampleMark, type CellProblem } from './read-sheet.ts';
import type { Draft, SheetDefinition, SheetId } from './sheet-definition.ts';
import { sheetById } from './sheet-definition.ts';
import { statedCells } from './state-draft.ts';
import { openPart, readDirectory, writeZip } from './zip.ts';

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
const exampleFont: Partial<ExcelJS.Font> = { italic: true, color: { argb: 'FF7F7F7F' } };

/** The empty official template: title, headers (required marked), dropdowns, text columns, a marked example, instructions. */
export async function buildTemplate(sheetId: SheetId): Promise<Buffer> {
  const sheet = sheetById(sheetId);
  const { workbook, worksheet } = startWorkbook(sheet, '');
  const row = worksheet.getRow(firstDataRow);
  sheet.columns.forEach(({ example }, index) => {
    row.getCell(index + 1).value = index === 0 ? `${exampleMark}${example}` : example;
  });
  row.font = exampleFont;
  return toBuffer(workbook);
}

/**
 * The template filled with drafts, one a row, as a stream: one part of the template gets rows, the rest is handed on. `remark` is
 * appended to the title, e.g. to mark demo data.
 */
export async function* fillSheet(
  sheetId: SheetId,
  drafts: AsyncIterable<Draft> | Iterable<Draft>,
  remark = '',
): AsyncGenerator<Buffer> {
  const sheet = sheetById(sheetId);
  const template = await toBuffer(startWorkbook(sheet, remark).workbook);
  const parts = readDirectory(template).map((part) => {
    const content = openPart(template, part);
    return { name: part.name, content: part.name === filledPart ? insertRows(sheet, content, drafts) : content };
  });
  yield* writeZip(parts);
}

export async function buildFilledSheet(sheetId: SheetId, drafts: Iterable<Draft>, remark = ''): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of fillSheet(sheetId, drafts, remark)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** the first worksheet, as the library names it */
const filledPart = 'xl/worksheets/sheet1.xml';
const rowsEnd = '</sheetData>';
const rowsPerChunk = 200;

async function* insertRows(
  sheet: SheetDefinition,
  emptySheet: AsyncIterable<Buffer>,
  drafts: AsyncIterable<Draft> | Iterable<Draft>,
): AsyncGenerator<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of emptySheet) chunks.push(chunk);
  // The stated size would be that of the empty template, and some readers believe it.
  const xml = Buffer.concat(chunks)
    .toString()
    .replace(/<dimension [^>]*>/, '');
  const end = xml.indexOf(rowsEnd);
  yield Buffer.from(xml.slice(0, end));
  const styles = columnStyles(xml);
  let rowNumber = firstDataRow;
  let rows = '';
  for await (const draft of drafts) {
    rows += rowXml(rowNumber, statedCells(sheet, draft), styles);
    rowNumber += 1;
    if ((rowNumber - firstDataRow) % rowsPerChunk !== 0) continue;
    yield Buffer.from(rows);
    rows = '';
  }
  yield Buffer.from(rows + xml.slice(end));
}

/** The style of each column, in order: a cell does not take it from its column by itself. */
function columnStyles(xml: string): string[] {
  const styles: string[] = [];
  for (const [tag] of xml.matchAll(/<col [^>]*>/g)) {
    const [min, max, style = '0'] = ['min', 'max', 'style'].map(
      (name) => new RegExp(` ${name}="(\\d+)"`).exec(tag)?.[1],
    );
    for (let position = Number(min); position <= Number(max); position += 1) styles[position - 1] = style;
  }
  return styles;
}

function rowXml(rowNumber: number, cells: readonly (string | number | null)[], styles: readonly string[]): string {
  const filled = cells.map((value, index) => {
    if (value === null) return '';
    const start = `<c r="${columnLetters(index + 1)}${rowNumber}" s="${styles[index] ?? '0'}"`;
    if (typeof value === 'number') return `${start}><v>${value}</v></c>`;
    return `${start} t="inlineStr"><is><t xml:space="preserve">${excelEscaped.write(value)}</t></is></c>`;
  });
  return `<row r="${rowNumber}">${filled.join('')}</row>`;
}

/**
 * The failing rows of an upload, with their cells as they were, the wrong ones red and commented, ready to be mended and
 * imported again. `problemsByRow` is keyed by the row numbers of the original file, which is read in a stream: what is held in
 * memory is the wrong rows, and the importer bounds their number.
 */
export async function buildErrorWorkbook(
  sheetId: SheetId,
  originalBytes: Uint8Array,
  problemsByRow: ReadonlyMap<number, readonly CellProblem[]>,
): Promise<Buffer> {
  const sheet = sheetById(sheetId);
  const { workbook, worksheet } = startWorkbook(sheet, '(待改正)');
  let rowNumber = firstDataRow;
  for await (const { problems, cellOf } of readWrongRows(sheet, originalBytes, problemsByRow)) {
    sheet.columns.forEach((column, index) => {
      const cell = worksheet.getCell(rowNumber, index + 1);
      cell.value = copiedValue(cellOf(column), column);
      const ofColumn = problems.filter((problem) => problem.column === column.header);
      if (ofColumn.length > 0) markWrong(cell, ofColumn);
    });
    const ofRow = problems.filter((problem) => problem.column === '');
    if (ofRow.length > 0) markWrong(worksheet.getCell(rowNumber, 1), ofRow);
    rowNumber += 1;
  }
  return toBuffer(workbook);
}

interface WrongRow {
  problems: readonly CellProblem[];
  cellOf: (column: Column) => CellContent | undefined;
}

/** Nothing from a file that cannot be read or has no header: there is no row to mend in it. */
async function* readWrongRows(
  sheet: SheetDefinition,
  bytes: Uint8Array,
  problemsByRow: ReadonlyMap<number, readonly CellProblem[]>,
): AsyncGenerator<WrongRow> {
  try {
    const workbook = await openWorkbook(bytes);
    const header = await findHeaderRow(workbook, sheet);
    if (header === null) return;
    for await (const { number, cells, fromAbove } of readRows(workbook, header.sheet)) {
      const problems = problemsByRow.get(number);
      if (problems === undefined || number <= header.rowNumber) continue;
      const cellOf = (column: Column) => {
        const position = header.positions.get(column) ?? 0;
        return cells.get(position) ?? (column.fillsDown === true ? fromAbove.get(position) : undefined);
      };
      yield { problems, cellOf };
    }
  } catch (error) {
    if (!(error instanceof UnreadableWorkbook)) throw error;
  }
}

/**
 * The cell as it was, without formulas; numbers in code columns become the text they show, except where digits are lost: as text
 * they could be somebody else's number, and right.
 */
function copiedValue(content: CellContent | undefined, column: Column): ExcelJS.CellValue {
  if (content === undefined) return null;
  if ('fault' in content) return content.shown;
  const { raw } = content;
  const isNumber = handlerOf(column.cell).isTextFormat !== true || ['id-number', 'uscc'].includes(column.cell.type);
  if (raw.kind === 'number' && isNumber) return raw.number;
  return cellText(raw);
}

function markWrong(cell: ExcelJS.Cell, problems: readonly CellProblem[]): void {
  cell.fill = errorFill;
  cell.note = problems.map((problem) => `${problem.message.zh}\n${problem.message.en}`).join('\n');
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
    `请从“${sheet.label.zh}”表示例行的下一行填起;带 ${requiredMark} 的列必填;不要使用公式。标有“${exampleMark}”的行不会导入。`,
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
