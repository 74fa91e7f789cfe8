// A zip file, part by part and as streams: reading never inflates more than a part declares, writing holds one chunk at a time.
// An .xlsx is such a file. Enters: bytes, or parts to write. Leaves: parts, or bytes.
import { once } from 'node:events';
import { crc32, createDeflateRaw, createInflateRaw } from 'node:zlib';

export interface ZipPart {
  name: string;
  method: number;
  packedSize: number;
  /** as the directory declares it */
  size: number;
  offset: number;
}

/** The file is not what its directory says. */
export class BrokenZip extends Error {}

const localSignature = 0x04034b50;
const entrySignature = 0x02014b50;
const endSignature = 0x06054b50;
const descriptorSignature = 0x08074b50;
const localSize = 30;
const entrySize = 46;
const endSize = 22;
const partsMax = 2_000;
const methodStored = 0;
const methodDeflated = 8;
/** the sizes follow the content; names are UTF-8 */
const streamedFlags = 0x0808;
const version = 20;
/** 1980-01-01: the same content gives the same bytes */
const dosDate = 0x0021;
const chunkSize = 64 * 1024;

/** @throws BrokenZip */
export function readDirectory(file: Buffer): ZipPart[] {
  const endMark = Buffer.alloc(4);
  endMark.writeUInt32LE(endSignature);
  const end = file.lastIndexOf(endMark);
  if (end < 0 || end + endSize > file.length) throw new BrokenZip('no directory');
  const count = file.readUInt16LE(end + 10);
  if (count > partsMax) throw new BrokenZip('too many parts');
  let at = file.readUInt32LE(end + 16);
  return Array.from({ length: count }, () => {
    if (at + entrySize > file.length || file.readUInt32LE(at) !== entrySignature) throw new BrokenZip('no entry');
    const nameLength = file.readUInt16LE(at + 28);
    const part = {
      name: file.toString('utf8', at + entrySize, at + entrySize + nameLength).replace(/^\/+/, ''),
      method: file.readUInt16LE(at + 10),
      packedSize: file.readUInt32LE(at + 20),
      size: file.readUInt32LE(at + 24),
      offset: file.readUInt32LE(at + 42),
    };
    at += entrySize + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
    return part;
  });
}

/** The content of a part. @throws BrokenZip as soon as it is more, and at its end when it is less, than the part declares. */
export async function* openPart(file: Buffer, part: ZipPart): AsyncGenerator<Buffer> {
  if (part.offset + localSize > file.length) throw new BrokenZip('no local header');
  const start = part.offset + localSize + file.readUInt16LE(part.offset + 26) + file.readUInt16LE(part.offset + 28);
  const packed = file.subarray(start, start + part.packedSize);
  if (part.method === methodStored) {
    if (packed.length !== part.size) throw new BrokenZip('not the declared size');
    yield packed;
    return;
  }
  if (part.method !== methodDeflated) throw new BrokenZip('unknown method');
  const inflate = createInflateRaw({ chunkSize });
  inflate.end(packed);
  let size = 0;
  try {
    for await (const chunk of inflate as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > part.size) break;
      yield chunk;
    }
  } catch (error) {
    throw new BrokenZip('does not inflate', { cause: error });
  }
  if (size !== part.size) throw new BrokenZip('not the declared size');
}

export interface PartToWrite {
  name: string;
  content: AsyncIterable<Buffer> | Iterable<Buffer>;
}

/** Writes parts one after the other; the reader of the bytes sets the pace. */
export async function* writeZip(parts: Iterable<PartToWrite>): AsyncGenerator<Buffer> {
  const entries: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of parts) {
    const local = Buffer.alloc(localSize);
    local.writeUInt32LE(localSignature, 0);
    fillHeader(local, 4, name);
    const nameBytes = Buffer.from(name);
    yield Buffer.concat([local, nameBytes]);
    let [checksum, size, packedSize] = [0, 0, 0];
    const deflate = createDeflateRaw({ chunkSize });
    const fed = (async () => {
      for await (const chunk of content) {
        checksum = crc32(chunk, checksum);
        size += chunk.length;
        if (!deflate.write(chunk)) await once(deflate, 'drain');
      }
      deflate.end();
    })().catch((error: unknown) => deflate.destroy(error as Error));
    for await (const chunk of deflate as AsyncIterable<Buffer>) {
      packedSize += chunk.length;
      yield chunk;
    }
    await fed;
    const descriptor = Buffer.alloc(16);
    [descriptorSignature, checksum, packedSize, size].forEach((value, at) => descriptor.writeUInt32LE(value, at * 4));
    yield descriptor;
    const entry = Buffer.alloc(entrySize);
    entry.writeUInt32LE(entrySignature, 0);
    entry.writeUInt16LE(version, 4);
    fillHeader(entry, 6, name);
    [checksum, packedSize, size].forEach((value, at) => entry.writeUInt32LE(value, 16 + at * 4));
    entry.writeUInt32LE(offset, 42);
    entries.push(entry, nameBytes);
    offset += localSize + nameBytes.length + packedSize + descriptor.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(endSize);
  end.writeUInt32LE(endSignature, 0);
  end.writeUInt16LE(entries.length / 2, 8);
  end.writeUInt16LE(entries.length / 2, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  yield Buffer.concat([directory, end]);
}

/** What a local header and a directory entry have in common; sizes and checksum are known only afterwards. */
function fillHeader(header: Buffer, at: number, name: string): void {
  header.writeUInt16LE(version, at);
  header.writeUInt16LE(streamedFlags, at + 2);
  header.writeUInt16LE(methodDeflated, at + 4);
  header.writeUInt16LE(dosDate, at + 8);
  header.writeUInt16LE(Buffer.byteLength(name), at + 22);
}
