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
  { fileName: '10-共享设施.xlsx', sheetId: 'shared-facility', rows: 40 },
  { fileName: '11-共富岗位.xlsx', sheetId: 'post', rows: 60 },
  { fileName: '12-产品供给.xlsx', sheetId: 'product-supply', rows: 50 },
  { fileName: '13-渠道需求.xlsx', sheetId: 'channel-demand', rows: 20 },
  { fileName: '14-用地需求.xlsx', sheetId: 'land-demand', rows: 16 },
  { fileName: '15-专家技术培训供需.xlsx', sheetId: 'expertise', rows: 24 },
  { fileName: '16-共富项目.xlsx', sheetId: 'project', rows: 20 },
] as const satisfies readonly ExampleFile[];

/** Members of low-income households among the workers. */
export const exampleLowIncomeWorkers = 857;
