// A publication on paper, as an office hands it out. Enters: title, number, units, a table. Leaves: an xlsx or a docx. Fonts are named,
// not carried: 方正小标宋 and 仿宋 stand on the machines of offices, others show what they have.

import {
  AlignmentType,
  Document,
  Footer,
  Packer,
  PageNumber,
  PageOrientation,
  Paragraph,
  Table,
  TableCell,
  TableRow,
  TextRun,
  WidthType,
} from 'docx';
import ExcelJS from 'exceljs';
import type { ListId } from '../lists/index.ts';
import { stateLabels, type PublicationState } from './machine.ts';
import type { PaperTable } from './read-out.ts';

export interface Paper {
  list: ListId;
  /** 衢江区高家镇资源清单 */
  title: string;
  number: number | null;
  state: PublicationState;
  asOf: string;
  author: string;
  approver: string | null;
  entriesHash: string;
  signature: string | null;
  table: PaperTable;
  rows: readonly string[][];
}

/** A word processor takes long over more. */
export const documentEntriesMax = 5_000;

const titleFont = '方正小标宋简体';
const bodyFont = '仿宋';
const labourNote = '注:人数按 5 人一档向下取整,不足 5 人及可由此推算的不公布。';

const day = (date: string) => date.replace(/^(\d{4})-0?(\d{1,2})-0?(\d{1,2})$/, '$1年$2月$3日');

function headLines({ number, state, asOf, author, approver }: Paper): string[] {
  const edition = number === null ? stateLabels[state].zh : `第${number}版`;
  return [`${edition}  截至日期:${day(asOf)}`, `编制单位:${author}  审核单位:${approver ?? '(待审核)'}`];
}

function footLines({ list, entriesHash, signature, rows }: Paper): string[] {
  return [
    `共 ${rows.length} 条。`,
    ...(list === 'idle-labour' ? [labourNote] : []),
    '编制人(签字):              审核人(签字):              (公章)',
    `校验值(SHA-256):${entriesHash}`,
    `电子签名(Ed25519):${signature ?? '尚未发布,未签名'}`,
  ];
}

const numbered = (rows: readonly string[][]) => rows.map((row, index) => [String(index + 1), ...row]);
const headersOf = ({ headers }: PaperTable) => ['序号', ...headers];

export async function buildWorkbook(paper: Paper): Promise<Buffer> {
  const workbook = new ExcelJS.Workbook();
  const headers = headersOf(paper.table);
  const headLength = 1 + headLines(paper).length;
  const sheet = workbook.addWorksheet('清单', {
    pageSetup: {
      paperSize: 9,
      orientation: 'landscape',
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
      printTitlesRow: `${headLength + 1}:${headLength + 1}`,
    },
    headerFooter: { oddFooter: `&C&"${bodyFont},Regular"第 &P 页 共 &N 页` },
  });
  sheet.columns = [{ width: 7 }, ...paper.table.widths.map((share) => ({ width: share * 1.3 }))];
  const addLine = (text: string, font: Partial<ExcelJS.Font>, horizontal: 'center' | 'left') => {
    const row = sheet.addRow([text]);
    sheet.mergeCells(row.number, 1, row.number, headers.length);
    row.getCell(1).font = font;
    row.getCell(1).alignment = { horizontal, vertical: 'middle', wrapText: true };
  };
  addLine(paper.title, { name: titleFont, size: 22 }, 'center');
  for (const line of headLines(paper)) addLine(line, { name: bodyFont, size: 14 }, 'center');
  const border = { style: 'thin' as const };
  for (const [index, cells] of [headers, ...numbered(paper.rows)].entries()) {
    sheet.addRow(cells).eachCell({ includeEmpty: true }, (cell) => {
      cell.font = { name: bodyFont, size: 11, bold: index === 0 };
      cell.alignment = { vertical: 'middle', wrapText: true, ...(index === 0 && { horizontal: 'center' }) };
      cell.border = { top: border, left: border, bottom: border, right: border };
      // What begins like a formula stays a word.
      cell.numFmt = '@';
    });
  }
  for (const line of footLines(paper)) addLine(line, { name: bodyFont, size: 11 }, 'left');
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

/** Half points, as the format counts. */
const points = (size: number) => size * 2;

export async function buildDocument(paper: Paper): Promise<Buffer> {
  const run = (text: string, font = bodyFont, size = 14) => new TextRun({ text, font, size: points(size) });
  const centred = (child: TextRun) => new Paragraph({ alignment: AlignmentType.CENTER, children: [child] });
  const widths = [7, ...paper.table.widths.map((share) => share * 0.93)];
  const row = (cells: readonly string[], isHeader: boolean) =>
    new TableRow({
      tableHeader: isHeader,
      cantSplit: true,
      children: cells.map(
        (text, index) =>
          new TableCell({
            width: { size: widths[index] ?? 10, type: WidthType.PERCENTAGE },
            children: [
              new Paragraph({
                alignment: isHeader ? AlignmentType.CENTER : AlignmentType.LEFT,
                children: [new TextRun({ text, font: bodyFont, size: points(10.5), bold: isHeader })],
              }),
            ],
          }),
      ),
    });
  const document = new Document({
    title: paper.title,
    sections: [
      {
        properties: { page: { size: { orientation: PageOrientation.LANDSCAPE, width: 11_906, height: 16_838 } } },
        footers: {
          default: new Footer({
            children: [
              centred(
                new TextRun({
                  font: bodyFont,
                  size: points(10.5),
                  children: ['第 ', PageNumber.CURRENT, ' 页 共 ', PageNumber.TOTAL_PAGES, ' 页'],
                }),
              ),
            ],
          }),
        },
        children: [
          centred(run(paper.title, titleFont, 22)),
          ...headLines(paper).map((line) => centred(run(line))),
          new Table({
            width: { size: 100, type: WidthType.PERCENTAGE },
            rows: [row(headersOf(paper.table), true), ...numbered(paper.rows).map((cells) => row(cells, false))],
          }),
          ...footLines(paper).map((line) => new Paragraph({ children: [run(line, bodyFont, 11)] })),
        ],
      },
    ],
  });
  return Packer.toBuffer(document);
}
