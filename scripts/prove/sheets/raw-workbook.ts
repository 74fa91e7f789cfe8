// Workbooks as no template of ours would write them: any cell in any place, in a stream. Enters: rows of raw cells. Leaves: bytes.

import { writeZip } from '../../../src/lists/sheets/zip.ts';
import { columnLetters } from '../../../src/lists/sheets/header-row.ts';

/** Text, a number, or what should not be there. */
export type RawValue = string | number | { formula: string } | { error: string } | null;

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packaged = 'http://schemas.openxmlformats.org/package/2006/relationships';
const spreadsheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** The rows are those of the first sheet, from row 1 on. */
export async function writeRawWorkbook(rows: Iterable<readonly RawValue[]>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of writeZip([
    part(
      '[Content_Types].xml',
      `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
        `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
        `<Override PartName="/xl/workbook.xml" ContentType="${spreadsheet}.sheet.main+xml"/>` +
        `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${spreadsheet}.worksheet+xml"/></Types>`,
    ),
    part('_rels/.rels', relationship('officeDocument', 'xl/workbook.xml')),
    part('xl/_rels/workbook.xml.rels', relationship('worksheet', 'worksheets/sheet1.xml')),
    part(
      'xl/workbook.xml',
      `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>`,
    ),
    { name: 'xl/worksheets/sheet1.xml', content: sheetXml(rows) },
  ])) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function part(name: string, xml: string) {
  return { name, content: [Buffer.from(head + xml)] };
}

function relationship(type: string, target: string): string {
  return `<Relationships xmlns="${packaged}"><Relationship Id="r1" Type="${office}/${type}" Target="${target}"/></Relationships>`;
}

function* sheetXml(rows: Iterable<readonly RawValue[]>): Generator<Buffer> {
  yield Buffer.from(`${head}<worksheet xmlns="${main}"><sheetData>`);
  let number = 0;
  for (const row of rows) {
    number += 1;
    const cells = row.map((value, at) => cellXml(`${columnLetters(at + 1)}${number}`, value));
    yield Buffer.from(`<row r="${number}">${cells.join('')}</row>`);
  }
  yield Buffer.from('</sheetData></worksheet>');
}

function cellXml(address: string, value: RawValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return `<c r="${address}"><v>${value}</v></c>`;
  if (typeof value === 'string') return `<c r="${address}" t="inlineStr"><is><t>${value}</t></is></c>`;
  if ('formula' in value) return `<c r="${address}"><f>${value.formula}</f><v>7</v></c>`;
  return `<c r="${address}" t="e"><v>${value.error}</v></c>`;
}
