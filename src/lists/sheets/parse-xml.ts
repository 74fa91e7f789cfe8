// Reads XML as it comes: chunks enter, a listener hears of tags and text, and after each chunk the caller may take away what the
// listener collected. Names come without namespace prefix. Document types are refused, so no entity can be defined or expand.
import { SaxesParser } from 'saxes';

export interface XmlListener {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** The workbook is not what a spreadsheet program writes. */
export class UnreadableWorkbook extends Error {}

/** Yields after each chunk. @throws UnreadableWorkbook */
export async function* parseXml(chunks: AsyncIterable<Buffer>, listener: XmlListener): AsyncGenerator<void> {
  const parser = new SaxesParser({ xmlns: false, position: false });
  parser.on('doctype', () => {
    throw new UnreadableWorkbook('a document type');
  });
  if (listener.open) parser.on('opentag', ({ name, attributes }) => listener.open?.(localName(name), attributes));
  if (listener.close) parser.on('closetag', ({ name }) => listener.close?.(localName(name)));
  if (listener.text) {
    parser.on('text', (text) => listener.text?.(text));
    parser.on('cdata', (text) => listener.text?.(text));
  }
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of chunks) {
    tell(() => parser.write(decoder.decode(chunk, { stream: true })));
    yield;
  }
  tell(() => parser.write(decoder.decode()).close());
  yield;
}

/** Whatever the parser stumbles over, it is the file that has to change. */
function tell(write: () => unknown): void {
  try {
    write();
  } catch (error) {
    throw error instanceof UnreadableWorkbook ? error : new UnreadableWorkbook('no XML', { cause: error });
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
