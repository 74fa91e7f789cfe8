// Text as a sheet's XML holds it. Characters that XML cannot hold are written as `_x000D_`, by us as by spreadsheet programs.

const escapeSequence = /_x([0-9A-Fa-f]{4})_/g;
const unwritable = /[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)/g;
const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export const excelEscaped = {
  read: (text: string): string =>
    text.includes('_x')
      ? text.replace(escapeSequence, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
      : text,
  /** as content of an element */
  write: (text: string): string =>
    text
      .replace(unwritable, (c) => `_x${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
      .replace(/[&<>]/g, (c) => marks[c] ?? c),
};
