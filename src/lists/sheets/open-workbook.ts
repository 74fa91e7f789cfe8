// Opens an .xlsx that the guard has let through: which sheets it has, how cells are formatted, and its shared strings. The rows
// stay packed; read-rows.ts streams them. Shared strings are kept as bytes: as objects they would outweigh everything else.
import { BrokenZip, openPart, readDirectory, type ZipPart } from './zip.ts';
import { parseXml, UnreadableWorkbook, type XmlListener } from './parse-xml.ts';

export interface Workbook {
  file: Buffer;
  sheets: readonly WorkbookSheet[];
  /** by a cell's style index */
  formats: readonly CellFormat[];
  strings: SharedStrings;
  /** days to add to serial dates: files from old Macs count from 1904 */
  epochDays: number;
}

export interface WorkbookSheet {
  name: string;
  isVisible: boolean;
  part: ZipPart;
}

export interface CellFormat {
  isDate: boolean;
  isPercent: boolean;
}

/** @throws UnreadableWorkbook */
export async function openWorkbook(bytes: Uint8Array): Promise<Workbook> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const parts = new Map(readDirectory(file).map((part) => [part.name, part]));
    const partOf = (name: string) => parts.get(name);
    const { sheets, epochDays } = await readSheets(file, partOf);
    return {
      file,
      sheets,
      epochDays,
      formats: await readFormats(file, partOf('xl/styles.xml')),
      strings: await readStrings(file, partOf('xl/sharedStrings.xml')),
    };
  } catch (error) {
    throw error instanceof BrokenZip ? new UnreadableWorkbook('broken', { cause: error }) : error;
  }
}

async function hear(file: Buffer, part: ZipPart | undefined, listener: XmlListener): Promise<void> {
  if (part === undefined) return;
  const parsing = parseXml(openPart(file, part), listener);
  while ((await parsing.next()).done !== true);
}

const epoch1904Days = 1462;

async function readSheets(
  file: Buffer,
  partOf: (name: string) => ZipPart | undefined,
): Promise<Pick<Workbook, 'sheets' | 'epochDays'>> {
  const targets = new Map<string, string>();
  await hear(file, partOf('xl/_rels/workbook.xml.rels'), {
    open(name, { Id, Target }) {
      if (name !== 'Relationship' || Id === undefined || Target === undefined) return;
      targets.set(Id, Target.startsWith('/') ? Target.slice(1) : `xl/${Target}`);
    },
  });
  const sheets: WorkbookSheet[] = [];
  let epochDays = 0;
  await hear(file, partOf('xl/workbook.xml'), {
    open(tag, attributes) {
      if (tag === 'workbookPr' && ['1', 'true'].includes(attributes['date1904'] ?? '')) epochDays = epoch1904Days;
      if (tag !== 'sheet') return;
      const relation = Object.keys(attributes).find((name) => name.endsWith(':id')) ?? '';
      const part = partOf(targets.get(attributes[relation] ?? '') ?? '');
      const { name = '', state = 'visible' } = attributes;
      if (part !== undefined) sheets.push({ name, isVisible: state === 'visible', part });
    },
  });
  return { sheets, epochDays };
}

/** Formats that need no definition: days and times of all languages (ECMA-376 18.8.30), and the two of per cent. */
const builtInDates: readonly [number, number][] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
];
const builtInPercents = [9, 10];

async function readFormats(file: Buffer, part: ZipPart | undefined): Promise<CellFormat[]> {
  const codes = new Map<number, string>();
  const formats: CellFormat[] = [];
  let isInCellFormats = false;
  await hear(file, part, {
    open(tag, { numFmtId = '', formatCode }) {
      const id = Number(numFmtId);
      if (tag === 'numFmt' && formatCode !== undefined) codes.set(id, formatCode);
      else if (tag === 'cellXfs') isInCellFormats = true;
      else if (tag === 'xf' && isInCellFormats) formats.push(formatOf(id, codes.get(id)));
    },
    close(tag) {
      if (tag === 'cellXfs') isInCellFormats = false;
    },
  });
  return formats;
}

function formatOf(id: number, code: string | undefined): CellFormat {
  if (code === undefined) {
    return {
      isDate: builtInDates.some(([from, to]) => from <= id && id <= to),
      isPercent: builtInPercents.includes(id),
    };
  }
  const bare = code.replace(/"[^"]*"|\\.|\[[^\]]*\]/g, '');
  return { isDate: /[ymdhs]/i.test(bare), isPercent: bare.includes('%') };
}

/** What cells share: one buffer of UTF-8 and where each string begins. */
export class SharedStrings {
  readonly #text: Buffer;
  #ends = new Uint32Array(1024);
  #count = 0;
  #size = 0;

  /** @param size at least as many bytes as all strings take */
  constructor(size: number) {
    this.#text = Buffer.allocUnsafe(size);
  }

  get count(): number {
    return this.#count;
  }

  add(text: string): void {
    if (this.#count === this.#ends.length) {
      const grown = new Uint32Array(this.#ends.length * 2);
      grown.set(this.#ends);
      this.#ends = grown;
    }
    this.#size += this.#text.write(text, this.#size);
    this.#ends[this.#count] = this.#size;
    this.#count += 1;
  }

  at(index: number): string {
    if (!(index >= 0 && index < this.#count)) throw new UnreadableWorkbook('no such shared string');
    return this.#text.toString('utf8', index === 0 ? 0 : this.#ends[index - 1], this.#ends[index]);
  }
}

async function readStrings(file: Buffer, part: ZipPart | undefined): Promise<SharedStrings> {
  const strings = new SharedStrings(part?.size ?? 0);
  const string = new TextCollector();
  await hear(file, part, {
    open: (tag) => string.open(tag),
    text: (text) => string.add(text),
    close(tag) {
      string.close(tag);
      if (tag === 'si') strings.add(string.take());
    },
  });
  return strings;
}

/** The text of `t` elements, runs of rich text joined, readings of characters (`rPh`) left out; also of `v` in cells. */
export class TextCollector {
  #text = '';
  #isReading = false;
  #isPhonetic = false;

  open(tag: string): void {
    if (tag === 'rPh') this.#isPhonetic = true;
    this.#isReading = (tag === 't' || tag === 'v') && !this.#isPhonetic;
  }

  add(text: string): void {
    if (this.#isReading) this.#text += text;
  }

  close(tag: string): void {
    if (tag === 'rPh') this.#isPhonetic = false;
    this.#isReading = false;
  }

  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}
