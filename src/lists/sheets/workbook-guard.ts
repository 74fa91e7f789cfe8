// Looks at an uploaded file before any parser does: is it a plain .xlsx of a size we can hold? Reads the zip directory itself
// and inflates every part against its declared size, so that a zip bomb is refused while it is still small.
import { inflateRawSync } from 'node:zlib';
import type { Text } from '../../vocabulary/text.ts';

export const workbookBytesMax = 20 * 1024 * 1024;
export const workbookBytesUnpackedMax = 160 * 1024 * 1024;
export const sheetRowsMax = 50_000;
const partsMax = 2_000;

/** Why a whole file is refused. */
export interface FileFault {
  code: string;
  text: Text;
}

const zipSignature = Buffer.from([0x50, 0x4b, 0x03, 0x04]);
const compoundSignature = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);
const directoryEndSignature = Buffer.from([0x50, 0x4b, 0x05, 0x06]);
const directoryEntrySignature = 0x02014b50;
const localHeaderSize = 30;
const directoryEntrySize = 46;
const methodStored = 0;
const methodDeflated = 8;

const refuse = (code: string, zh: string, en: string): FileFault => ({ code, text: { zh, en } });
const broken = refuse(
  'file-broken',
  '文件已损坏,请在表格软件中另存为 .xlsx 后重传',
  'the file is damaged; save it as .xlsx again',
);

interface Part {
  name: string;
  method: number;
  compressedSize: number;
  size: number;
  offset: number;
}

/** `null` when the file may be parsed. */
export function findFileFault(bytes: Uint8Array): FileFault | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length > workbookBytesMax) {
    const megabytes = workbookBytesMax / 1024 / 1024;
    return refuse(
      'file-too-large',
      `文件超过 ${megabytes} MB,请分成几个文件`,
      `the file is larger than ${megabytes} MB; split it`,
    );
  }
  if (file.subarray(0, 4).equals(compoundSignature)) {
    if (file.includes(Buffer.from('EncryptedPackage', 'utf16le'))) {
      return refuse('file-encrypted', '文件有密码,请去掉密码后重传', 'the file is protected by a password; remove it');
    }
    return refuse(
      'file-old-format',
      '是旧版 .xls 文件,请另存为 .xlsx 后重传',
      'this is an old .xls file; save it as .xlsx',
    );
  }
  if (!file.subarray(0, 4).equals(zipSignature)) {
    return refuse('file-not-xlsx', '不是 .xlsx 表格文件', 'this is no .xlsx workbook');
  }
  const parts = readDirectory(file);
  if (parts === null) return broken;
  if (parts.some((part) => /vbaProject|macrosheets/i.test(part.name))) {
    return refuse(
      'file-has-macros',
      '文件带宏,请另存为不带宏的 .xlsx 后重传',
      'the file holds macros; save it as plain .xlsx',
    );
  }
  if (!parts.some((part) => part.name === 'xl/workbook.xml')) {
    return refuse('file-not-xlsx', '不是 .xlsx 表格文件', 'this is no .xlsx workbook');
  }
  return findSizeFault(file, parts);
}

function readDirectory(file: Buffer): Part[] | null {
  const end = file.lastIndexOf(directoryEndSignature);
  if (end < 0 || end + 22 > file.length) return null;
  const count = file.readUInt16LE(end + 10);
  let at = file.readUInt32LE(end + 16);
  if (count > partsMax) return null;
  const parts: Part[] = [];
  for (let i = 0; i < count; i += 1) {
    if (at + directoryEntrySize > file.length || file.readUInt32LE(at) !== directoryEntrySignature) return null;
    const nameLength = file.readUInt16LE(at + 28);
    parts.push({
      name: file.toString('utf8', at + directoryEntrySize, at + directoryEntrySize + nameLength),
      method: file.readUInt16LE(at + 10),
      compressedSize: file.readUInt32LE(at + 20),
      size: file.readUInt32LE(at + 24),
      offset: file.readUInt32LE(at + 42),
    });
    at += directoryEntrySize + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return parts;
}

function findSizeFault(file: Buffer, parts: readonly Part[]): FileFault | null {
  const tooLarge = refuse(
    'file-unpacks-too-large',
    '文件解压后过大,请分成几个文件',
    'the file unpacks to too much; split it',
  );
  if (parts.reduce((sum, part) => sum + part.size, 0) > workbookBytesUnpackedMax) return tooLarge;
  for (const part of parts) {
    const content = inflatePart(file, part);
    if (content === null) return broken;
    if (/^xl\/worksheets\/sheet\d+\.xml$/.test(part.name) && countRows(content) > sheetRowsMax + 10) {
      return refuse(
        'too-many-rows',
        `超过 ${sheetRowsMax} 行,请分成几个文件`,
        `more than ${sheetRowsMax} rows; split the file`,
      );
    }
  }
  return null;
}

/** `null` when the part is not what the directory says, e.g. unpacks to more than it declares. */
function inflatePart(file: Buffer, part: Part): Buffer | null {
  if (part.offset + localHeaderSize > file.length) return null;
  const start =
    part.offset + localHeaderSize + file.readUInt16LE(part.offset + 26) + file.readUInt16LE(part.offset + 28);
  const packed = file.subarray(start, start + part.compressedSize);
  if (part.method === methodStored) return packed.length === part.size ? packed : null;
  if (part.method !== methodDeflated) return null;
  try {
    const content = inflateRawSync(packed, { maxOutputLength: Math.max(part.size, 1) });
    return content.length === part.size ? content : null;
  } catch {
    return null; // zlib's own words say nothing to somebody who uploads a list
  }
}

const rowTag = Buffer.from('<row ');
function countRows(sheet: Buffer): number {
  let count = 0;
  for (let at = sheet.indexOf(rowTag); at >= 0; at = sheet.indexOf(rowTag, at + rowTag.length)) count += 1;
  return count;
}
