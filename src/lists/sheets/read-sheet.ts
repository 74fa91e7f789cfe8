// From an uploaded workbook to drafts, row by row, each wrong cell named with its address and how to mend it. Pure: places are
// resolved by the caller's gazetteer, nothing is stored. The rows are a stream; of those gone by only a hash of the key is kept.
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { ConsentGiven, StatedIdentity } from '../../parties/index.ts';
import type { PlainDate } from '../../vocabulary/calendar.ts';
import { normaliseText } from '../../vocabulary/chinese-text.ts';
import type { Text } from '../../vocabulary/text.ts';
import { partyKindOfUscc } from '../../vocabulary/uscc.ts';
import type { CellType, CollectiveDecision, Column, StatedPoint } from '../kinds/index.ts';
import type { CellFault, RawCell, ReadingContext } from './cell-types.ts';
import { cellText, handlerOf } from './cell-types.ts';
import type { HeaderRow } from './header-row.ts';
import { columnLetters, findHeaderRow } from './header-row.ts';
import { openWorkbook, type Workbook } from './open-workbook.ts';
import { UnreadableWorkbook } from './parse-xml.ts';
import { readRows, type CellContent, type RawRow } from './read-rows.ts';
import type { Draft, SheetDefinition, SheetId } from './sheet-definition.ts';
import { sheetById } from './sheet-definition.ts';
import { statedCells } from './state-draft.ts';
import { findFileFault } from './workbook-guard.ts';

export interface CellProblem {
  /** header of the column; empty when the whole row or file is meant */
  column: string;
  /** "C17"; empty when the whole row or file is meant */
  cell: string;
  /** stable, kebab-case */
  code: string;
  /** a whole sentence with the row, what is wrong, and how to mend it; holds no personal data */
  message: Text;
}

/** Row 0 is the file; the header's row comes before all data rows. Blank rows do not appear. */
export type SheetRow =
  | { rowNumber: number; rowKey: string | null; draft: Draft; warnings: CellProblem[] }
  | { rowNumber: number; rowKey: string | null; problems: CellProblem[] }
  | { rowNumber: number; rowKey: null; warnings: CellProblem[] };

export interface ReadOptions {
  /** today, for rules of age */
  asOf: PlainDate;
  /** the division that every row must lie in */
  withinCode: string;
  resolveDivision: (
    text: string,
    withinCode: string,
  ) => { code: string } | { candidates: readonly { code: string; name: string }[] };
  /** credit codes that fail their check but are known to be issued; the release is logged where it is given */
  releasedUsccs?: ReadonlySet<string>;
}

/**
 * Reads a workbook. A refused file yields one row 0 with problems, possibly after rows that came before the damage; missing
 * required columns yield only the header's row.
 */
export async function* readSheet(sheetId: SheetId, bytes: Uint8Array, options: ReadOptions): AsyncGenerator<SheetRow> {
  const sheet = sheetById(sheetId);
  const refused = await findFileFault(bytes);
  if (refused !== null) {
    yield fileRow(refused);
    return;
  }
  try {
    const workbook = await openWorkbook(bytes);
    const header = await findHeaderRow(workbook, sheet);
    if (header === null) {
      yield fileRow({
        code: 'header-not-found',
        text: {
          zh: `没有找到“${sheet.label.zh}”的表头,请使用下载的模板`,
          en: `has no header row of “${sheet.label.en}”; use the template`,
        },
      });
      return;
    }
    const headerProblems = missingColumns(sheet, header);
    const headerWarnings = strayColumns(header);
    if (headerWarnings.length > 0) yield { rowNumber: header.rowNumber, rowKey: null, warnings: headerWarnings };
    if (headerProblems.length > 0) {
      yield { rowNumber: header.rowNumber, rowKey: null, problems: headerProblems };
      return;
    }
    yield* readDataRows(sheet, workbook, header, options);
  } catch (error) {
    if (!(error instanceof UnreadableWorkbook)) throw error;
    const text = { zh: '无法读取,请在表格软件中另存为 .xlsx 后重传', en: 'cannot be read; save it as .xlsx again' };
    yield fileRow({ code: 'file-unreadable', text });
  }
}

/** Whether any cell of any sheet holds one of these words, also amid others; true when the file cannot be read. */
export async function holdsText(bytes: Uint8Array, words: readonly string[]): Promise<boolean> {
  if ((await findFileFault(bytes)) !== null) return true;
  const bare = (text: string) => text.normalize('NFKC').replaceAll(/[\s-]/g, '');
  const bareWords = words.map(bare);
  const isOneOf = (text: string) => bareWords.some((word) => bare(text).includes(word));
  try {
    const workbook = await openWorkbook(bytes);
    for (let at = 0; at < workbook.strings.count; at += 1) if (isOneOf(workbook.strings.at(at))) return true;
    for (const sheet of workbook.sheets) {
      for await (const { cells } of readRows(workbook, sheet, { withCovered: true })) {
        for (const content of cells.values()) {
          if (isOneOf('raw' in content ? cellText(content.raw) : content.shown)) return true;
        }
      }
    }
    return false;
  } catch (error) {
    if (error instanceof UnreadableWorkbook) return true;
    throw error;
  }
}

function fileRow({ code, text }: { code: string; text: Text }): SheetRow {
  const message = { zh: `文件${text.zh}`, en: `The file ${text.en}` };
  return { rowNumber: 0, rowKey: null, problems: [{ column: '', cell: '', code, message }] };
}

function missingColumns(sheet: SheetDefinition, header: HeaderRow): CellProblem[] {
  return sheet.columns
    .filter((column) => column.isRequired === true && !header.positions.has(column))
    .map((column) => ({
      column: column.header,
      cell: '',
      code: 'column-missing',
      message: {
        zh: `第 ${header.rowNumber} 行表头缺少必填列“${column.header}”`,
        en: `Header row ${header.rowNumber} lacks the required column “${column.headerEn}” (${column.header})`,
      },
    }));
}

function strayColumns(header: HeaderRow): CellProblem[] {
  const warn = (code: string, zh: string, en: string) => (stray: { position: number; header: string }) => ({
    column: stray.header,
    cell: `${columnLetters(stray.position)}${header.rowNumber}`,
    code,
    message: { zh: `列“${stray.header}”${zh}`, en: `Column “${stray.header}” ${en}` },
  });
  return [
    ...header.unknown.map(warn('column-unknown', '不认识,未读取', 'is unknown and was not read')),
    ...header.repeated.map(warn('column-repeated', '重复,只读第一列', 'occurs twice; only the first was read')),
  ];
}

async function* readDataRows(
  sheet: SheetDefinition,
  workbook: Workbook,
  header: HeaderRow,
  options: ReadOptions,
): AsyncGenerator<SheetRow> {
  const context = readingContext(options);
  const firstRowOfKey = new Map<string, number>();
  for await (const row of readRows(workbook, header.sheet)) {
    if (row.number <= header.rowNumber) continue;
    const rowNumber = row.number;
    const cells = cellsOf(row, header);
    if (cells === null) continue;
    const report = new RowReport(rowNumber, header.positions);
    if (isExample(row)) {
      report.addExample();
      yield { rowNumber, rowKey: null, warnings: report.warnings };
      continue;
    }
    const draft = judgeRow(sheet, cells, report, context, options.asOf);
    const key =
      draft === null ? null : draft.type === 'listing' ? (draft.person?.idNumber ?? draft.rowKey) : draft.rowKey;
    if (key !== null) {
      // Fifty thousand ID numbers need not stand in memory, nor the parser's text that they were cut from.
      const hash = createHash('sha256').update(key).digest('base64');
      const first = firstRowOfKey.get(hash);
      if (first === undefined) firstRowOfKey.set(hash, rowNumber);
      else report.addRepeatedKey(keyColumnOf(sheet), first);
    }
    const rowKey = draft?.rowKey ?? null;
    if (draft === null || report.problems.length > 0) yield { rowNumber, rowKey, problems: report.problems };
    else yield { rowNumber, rowKey, draft, warnings: report.warnings };
  }
}

type FilledCells = readonly (readonly [Column, CellContent])[];

/** The row's cells by column; `null` for a blank row. A merged village alone makes no row: the block may reach below the last. */
function cellsOf(row: RawRow, header: HeaderRow): FilledCells | null {
  let isBlank = true;
  const cells: [Column, CellContent][] = [];
  for (const [column, position] of header.positions) {
    const own = row.cells.get(position);
    if (own !== undefined) isBlank = false;
    const content = own ?? (column.fillsDown === true ? row.fromAbove.get(position) : undefined);
    if (content !== undefined) cells.push([column, content]);
  }
  return isBlank ? null : cells;
}

/** What the template's own example row begins with. */
export const exampleMark = '示例:';

function isExample({ cells }: RawRow): boolean {
  const [first] = cells.values();
  if (first === undefined || !('raw' in first) || first.raw.kind !== 'text') return false;
  return normaliseText(first.raw.text).startsWith(normaliseText(exampleMark));
}

/** Places that were looked for and found, or not: a list names few villages, many times. */
const resolvedMax = 1_000;

function readingContext(options: ReadOptions): ReadingContext {
  const resolved = new Map<string, ReturnType<ReadOptions['resolveDivision']>>();
  return {
    resolveDivision: (text) => {
      const known = resolved.get(text) ?? options.resolveDivision(text, options.withinCode);
      if (resolved.size >= resolvedMax) resolved.clear();
      resolved.set(text, known);
      return known;
    },
    isUsccReleased: (code) => options.releasedUsccs?.has(code) ?? false,
  };
}

/** The draft that the cells make, or `null`; what is wrong stands in the report. */
function judgeRow(
  sheet: SheetDefinition,
  cells: FilledCells,
  report: RowReport,
  context: ReadingContext,
  asOf: PlainDate,
): Draft | null {
  const values: Record<string, unknown> = {};
  for (const [column, content] of cells) {
    if ('fault' in content) {
      report.addFault(column, content.fault);
      continue;
    }
    const reading = handlerOf(column.cell).read(content.raw, context);
    if ('fault' in reading) report.addFault(column, reading.fault);
    else {
      if (reading.warning !== undefined) report.addWarning(column, reading.warning);
      setPath(values, column.path.split('.'), reading.value);
    }
  }
  return finishRow(sheet, values, report, asOf);
}

/**
 * A stored draft as the sheet can say it: written into cells and read back. Two drafts that are equal so are the same row to
 * whoever works in the spreadsheet. `null` when the sheet cannot say it.
 */
export function restateDraft(sheetId: SheetId, draft: Draft, asOf: PlainDate): Draft | null {
  const sheet = sheetById(sheetId);
  const stated = statedCells(sheet, draft);
  const cells = sheet.columns.flatMap((column, at): FilledCells => {
    const value = stated[at] ?? null;
    return value === null ? [] : [[column, { raw: rawOf(value) }]];
  });
  const context: ReadingContext = { resolveDivision: (code) => ({ code }), isUsccReleased: () => true };
  const report = new RowReport(0, new Map());
  const restated = judgeRow(sheet, cells, report, context, asOf);
  return report.problems.length === 0 ? restated : null;
}

function rawOf(value: string | number): RawCell {
  return typeof value === 'string'
    ? { kind: 'text', text: value }
    : { kind: 'number', number: value, isPercent: false };
}

/** Sets a value at a path, making lists where a segment is a number. */
function setPath(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = target;
  path.forEach((segment, index) => {
    if (index === path.length - 1) {
      at[segment] = value;
      return;
    }
    const isList = /^\d+$/.test(path[index + 1] ?? '');
    at[segment] ??= isList ? [] : {};
    at = at[segment] as Record<string, unknown>;
  });
}

/** Lets the schema judge the collected values; what it refuses becomes problems of the columns that hold them. */
function finishRow(
  sheet: SheetDefinition,
  values: Record<string, unknown>,
  report: RowReport,
  asOf: PlainDate,
): Draft | null {
  const parsed = sheet.schema.safeParse({ ...(sheet.kind === undefined ? {} : { attributes: {} }), ...values });
  if (!parsed.success) {
    for (const issue of parsed.error.issues) report.addIssue(sheet.columns, issue);
    return null;
  }
  const row = parsed.data;
  if (sheet.kind === undefined) {
    const uscc = String(row['uscc']);
    const kind = partyKindOfUscc(uscc);
    return kind === null
      ? null
      : { ...(row as Omit<Draft & { type: 'party' }, 'type'>), type: 'party', kind, rowKey: uscc };
  }
  const { kind } = sheet;
  const attributes = row['attributes'] as Record<string, unknown>;
  const common = {
    type: 'listing' as const,
    kindId: kind.id,
    divisionCode: String(row['divisionCode']),
    owner: row['owner'] as string | null,
    point: row['point'] as StatedPoint | null,
    availableFrom: row['availableFrom'] as string | null,
    availableTo: row['availableTo'] as string | null,
    ...(kind.isCommonAsset && { decision: row['decision'] as CollectiveDecision | null }),
  };
  if (kind.person === undefined) {
    const number = String(row['rowKey']);
    const rowKey = common.owner === null ? number : `${common.owner}/${number}`;
    return { ...common, rowKey, title: kind.titleOf(attributes), attributes };
  }
  const person = row['person'] as StatedIdentity;
  const settled = kind.person.settle(person, asOf);
  if ('refused' in settled) {
    const column = sheet.columns.find((candidate) => candidate.path === settled.refused.path);
    if (column !== undefined) report.addFault(column, settled.refused);
    return null;
  }
  return {
    ...common,
    rowKey: null,
    title: kind.titleOf(attributes),
    attributes: { ...attributes, ...settled.attributes },
    person,
    consent: row['consent'] as ConsentGiven,
  };
}

function keyColumnOf(sheet: SheetDefinition): Column | undefined {
  const path = sheet.kind === undefined ? 'uscc' : sheet.kind.person === undefined ? 'rowKey' : 'person.idNumber';
  return sheet.columns.find((column) => column.path === path);
}

/** Collects the findings of one row and puts them into sentences. */
class RowReport {
  readonly problems: CellProblem[] = [];
  readonly warnings: CellProblem[] = [];
  readonly #rowNumber: number;
  readonly #positions: HeaderRow['positions'];

  constructor(rowNumber: number, positions: HeaderRow['positions']) {
    this.#rowNumber = rowNumber;
    this.#positions = positions;
  }

  addExample(): void {
    const message = this.#sentence({
      zh: `标有“${exampleMark}”,是示例,未读取`,
      en: `is marked “${exampleMark}” as an example and was not read`,
    });
    this.warnings.push({ column: '', cell: '', code: 'example-row', message });
  }

  addFault(column: Column, { code, text }: CellFault): void {
    this.problems.push(this.#finding(column, code, text));
  }

  addWarning(column: Column, { code, text }: CellFault): void {
    this.warnings.push(this.#finding(column, code, text));
  }

  addRepeatedKey(column: Column | undefined, firstRow: number): void {
    const text = { zh: `与第 ${firstRow} 行重复,请删去一行`, en: `repeats row ${firstRow}; delete one of them` };
    if (column !== undefined) this.addFault(column, { code: 'row-repeated', text });
  }

  /** The first finding of a column is the telling one: what the schema says on top of it is left out. */
  addIssue(columns: readonly Column[], issue: z.core.$ZodIssue): void {
    const path = issue.path.map(String).join('.');
    const column =
      columns.find((candidate) => candidate.path === path) ??
      columns.find((candidate) => path.startsWith(`${candidate.path}.`)) ??
      columns.find((candidate) => candidate.path.startsWith(`${path}.`));
    if (column === undefined) {
      const message = this.#sentence({ zh: '内容不完整', en: 'is incomplete' });
      this.problems.push({ column: '', cell: '', code: 'row-invalid', message });
      return;
    }
    if (this.problems.some((problem) => problem.column === column.header)) return;
    this.addFault(column, describeIssue(issue, column.cell));
  }

  #finding(column: Column, code: string, text: Text): CellProblem {
    const position = this.#positions.get(column);
    return {
      column: column.header,
      cell: position === undefined ? '' : `${columnLetters(position)}${this.#rowNumber}`,
      code,
      message: this.#sentence({ zh: `${column.header}${text.zh}`, en: `${column.headerEn} ${text.en}` }),
    };
  }

  #sentence(text: Text): Text {
    return { zh: `第 ${this.#rowNumber} 行:${text.zh}`, en: `Row ${this.#rowNumber}: ${text.en}` };
  }
}

/** A schema issue in the words and units of the sheet. */
function describeIssue(issue: z.core.$ZodIssue, cell: CellType): CellFault {
  const shown = (bound: number | bigint): string => String(handlerOf(cell).write(Number(bound)));
  switch (issue.code) {
    case 'custom': {
      const params = issue.params as { code?: string; text?: Text } | undefined;
      if (params?.code !== undefined && params.text !== undefined) return { code: params.code, text: params.text };
      return { code: 'invalid', text: { zh: '不符合要求', en: 'is not acceptable' } };
    }
    case 'invalid_type':
      return { code: 'required', text: { zh: '未填写', en: 'is missing' } };
    case 'too_small':
      if (issue.origin === 'number') {
        const bound = shown(issue.minimum);
        return { code: 'too-small', text: { zh: `不能小于 ${bound}`, en: `must be at least ${bound}` } };
      }
      return { code: 'required', text: { zh: '未填写', en: 'is missing' } };
    case 'too_big':
      if (issue.origin === 'number') {
        const bound = shown(issue.maximum);
        return { code: 'too-large', text: { zh: `不能大于 ${bound}`, en: `must be at most ${bound}` } };
      }
      if (issue.origin === 'array') {
        const count = String(issue.maximum);
        return { code: 'too-many', text: { zh: `最多 ${count} 项`, en: `may have at most ${count} items` } };
      }
      return {
        code: 'too-long',
        text: { zh: `最多 ${String(issue.maximum)} 个字`, en: `may have at most ${String(issue.maximum)} characters` },
      };
    case 'invalid_value':
    case 'invalid_union':
      return { code: 'not-accepted', text: { zh: '不在准许的取值内', en: 'is none of the accepted values' } };
    case 'invalid_format':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
      return { code: 'invalid', text: { zh: '不符合要求', en: 'is not acceptable' } };
  }
}
