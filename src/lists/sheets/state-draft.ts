// A draft as cells: what stands in each column of its sheet. The inverse of reading; templates, exports and examples are written
// by it, and the importer compares by it.
import type { Column } from '../kinds/kind.ts';
import { handlerOf } from './cell-types.ts';
import type { Draft, SheetDefinition } from './sheet-definition.ts';

/** One value a column, in order; `null` is an empty cell. */
export function statedCells(sheet: SheetDefinition, draft: Draft): (string | number | null)[] {
  return sheet.columns.map(({ path, cell }) => {
    const value = path === 'rowKey' ? bareRowKey(draft) : valueAt(draft, path.split('.'));
    if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0))
      return null;
    return handlerOf(cell).write(value);
  });
}

/** Attributes as a reader of the sheet sees them: the columns that say something. */
export function statedAttributes(
  columns: readonly Column[],
  attributes: Record<string, unknown>,
): { column: Column; text: string }[] {
  return columns.flatMap((column) => {
    const [part, ...path] = column.path.split('.');
    const value = part === 'attributes' ? valueAt(attributes, path) : undefined;
    if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0))
      return [];
    return [{ column, text: String(handlerOf(column.cell).write(value)) }];
  });
}

function bareRowKey(draft: Draft): string | null {
  if (draft.type === 'party' || draft.rowKey === null || draft.owner === null) return draft.rowKey;
  return draft.rowKey.startsWith(`${draft.owner}/`) ? draft.rowKey.slice(draft.owner.length + 1) : draft.rowKey;
}

function valueAt(source: unknown, path: readonly string[]): unknown {
  let at = source;
  for (const segment of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[segment];
  }
  return at;
}
