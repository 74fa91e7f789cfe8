// Looks at an uploaded file before any parser does: is it a plain .xlsx of a size we can hold? Unpacks every part in a stream and
// against its declared size, so that a zip bomb is refused while it is still small.
import type { Text } from '../../vocabulary/text.ts';
import { BrokenZip, openPart, readDirectory, type ZipPart } from './zip.ts';

export const workbookBytesMax = 20 * 1024 * 1024;
export const workbookBytesUnpackedMax = 160 * 1024 * 1024;
export const sheetRowsMax = 50_000;
/** title, header and the like */
const rowsBesideMax = 10;

/** Why a whole file is refused. */
export interface FileFault {
  code: string;
  text: Text;
}

const zipSignature = Buffer.from([0x50, 0x4b, 0x03, 0x04]);
const compoundSignature = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);

const refuse = (code: string, zh: string, en: string): FileFault => ({ code, text: { zh, en } });
const broken = refuse('file-broken', '已损坏,请在表格软件中另存为 .xlsx 后重传', 'is damaged; save it as .xlsx again');

/** `null` when the file may be parsed. The texts continue “the file”. */
export async function findFileFault(bytes: Uint8Array): Promise<FileFault | null> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length > workbookBytesMax) {
    const megabytes = workbookBytesMax / 1024 / 1024;
    return refuse('file-too-large', `超过 ${megabytes} MB,请分成几个文件`, `is larger than ${megabytes} MB; split it`);
  }
  if (file.subarray(0, 4).equals(compoundSignature)) {
    if (file.includes(Buffer.from('EncryptedPackage', 'utf16le'))) {
      return refuse('file-encrypted', '有密码,请去掉密码后重传', 'is protected by a password; remove it');
    }
    return refuse('file-old-format', '是旧版 .xls,请另存为 .xlsx 后重传', 'is an old .xls; save it as .xlsx');
  }
  if (!file.subarray(0, 4).equals(zipSignature)) return notXlsx;
  try {
    const parts = readDirectory(file);
    return findForbiddenPart(parts) ?? (await findSizeFault(file, parts));
  } catch (error) {
    if (error instanceof BrokenZip) return broken;
    throw error;
  }
}

const notXlsx = refuse('file-not-xlsx', '不是 .xlsx 表格', 'is no .xlsx workbook');

function findForbiddenPart(parts: readonly ZipPart[]): FileFault | null {
  if (parts.some((part) => /vbaProject|macrosheets/i.test(part.name))) {
    return refuse('file-has-macros', '带宏,请另存为不带宏的 .xlsx 后重传', 'holds macros; save it as plain .xlsx');
  }
  return parts.some((part) => part.name === 'xl/workbook.xml') ? null : notXlsx;
}

async function findSizeFault(file: Buffer, parts: readonly ZipPart[]): Promise<FileFault | null> {
  if (parts.reduce((sum, part) => sum + part.size, 0) > workbookBytesUnpackedMax) {
    return refuse('file-unpacks-too-large', '解压后过大,请分成几个文件', 'unpacks to too much; split it');
  }
  for (const part of parts) {
    if ((await countRows(file, part)) > sheetRowsMax + rowsBesideMax) {
      return refuse(
        'too-many-rows',
        `超过 ${sheetRowsMax} 行,请分成几个文件`,
        `has more than ${sheetRowsMax} rows; split it`,
      );
    }
  }
  return null;
}

const rowTag = /<(?:\w+:)?row[\s/>]/g;
/** longer than the beginning of any row tag */
const tagSizeMax = 32;

/** Unpacks the whole part, whatever it is: that also holds it to its declared size. */
async function countRows(file: Buffer, part: ZipPart): Promise<number> {
  let count = 0;
  let rest = '';
  for await (const chunk of openPart(file, part)) {
    const text = rest + chunk.toString('latin1');
    let end = 0;
    for (const match of text.matchAll(rowTag)) {
      count += 1;
      end = match.index + match[0].length;
    }
    rest = text.slice(Math.max(end, text.length - tagSizeMax));
  }
  return count;
}
