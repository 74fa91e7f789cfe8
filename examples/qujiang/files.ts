// The files of the sample county in the order in which they must be imported (owners before what they own), with their counts.
// Read by the demo, by the generator, and by tests.
import type { SheetId } from '../../src/lists/sheets/index.ts';

export interface ExampleFile {
  fileName: string;
  sheetId: SheetId;
  rows: number;
}

/** All dates in the files lie around this day. */
export const exampleAsOf = '2026-11-21';

export const exampleFiles = [
  { fileName: '01-企业.xlsx', sheetId: 'enterprise', rows: 60 },
  { fileName: '02-村集体经济组织.xlsx', sheetId: 'collective', rows: 295 },
  { fileName: '03-共富工坊.xlsx', sheetId: 'workshop', rows: 145 },
  { fileName: '04-闲置房屋和场地.xlsx', sheetId: 'venue', rows: 380 },
  { fileName: '05-闲置土地.xlsx', sheetId: 'land', rows: 460 },
  { fileName: '06-闲置设备.xlsx', sheetId: 'equipment', rows: 180 },
  { fileName: '07-闲置劳动力.xlsx', sheetId: 'labour', rows: 8_584 },
  { fileName: '08-来料加工订单.xlsx', sheetId: 'processing-order', rows: 200 },
  { fileName: '09-支持政策.xlsx', sheetId: 'policy', rows: 30 },
] as const satisfies readonly ExampleFile[];

/** Members of low-income households among the workers. */
export const exampleLowIncomeWorkers = 857;
