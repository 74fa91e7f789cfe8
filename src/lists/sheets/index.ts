// Sheets 表格: templates, reading, filling, error workbooks. See sheet-definition.ts for what a sheet is.
export type { Draft, ListingDraft, PartyDraft, SheetDefinition, SheetId } from './sheet-definition.ts';
export { partyFields, partyKindsOfSheet, sheetById, sheetIds } from './sheet-definition.ts';
export type { CellProblem, ReadOptions, SheetRow } from './read-sheet.ts';
export { holdsText, readSheet, restateDraft } from './read-sheet.ts';
export { sheetRowsMax, workbookBytesMax, workbookBytesUnpackedMax } from './workbook-guard.ts';
export { buildErrorWorkbook, buildFilledSheet, buildTemplate, fillSheet } from './write-sheet.ts';
export { statedAttributes } from './state-draft.ts';
