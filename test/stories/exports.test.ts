// What leaves as a workbook: the rows of the template, which imported again change nothing; and people only for a purpose.

import ExcelJS from 'exceljs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SheetId } from '../../src/lists/sheets/index.ts';
import type { Import, Listing } from '../support/answers.ts';
import {
  aSheet,
  aWorker,
  aWorkshop,
  anOrder,
  collective,
  county,
  enterprise,
  gaojia,
  huren,
  importSheet,
  publish,
  register,
  shuangqiao,
  workers,
} from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

let service: Service;
let official: Caller;
let ids: Map<string, string>;

beforeAll(async () => {
  service = await startService();
  official = await service.signIn({ role: 'official', divisionCode: county });
  ids = await register(service, official);
});
afterAll(() => service.close());

const exported = (sheet: SheetId, query = '', caller = official) =>
  caller.download(`/v1/exports/${sheet}?division=${county}${query}`);
const imported = (sheet: SheetId, bytes: Uint8Array, words = {}): Promise<Import> =>
  importSheet(service, official, sheet, bytes, words);

async function rowsOf(bytes: Uint8Array): Promise<Record<string, string>[]> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer, {
    ignoreNodes: ['dataValidations'],
  });
  const rows: Record<string, string>[] = [];
  const [sheet] = workbook.worksheets;
  const [, ...headers] = (sheet?.getRow(2).values ?? []) as string[];
  sheet?.eachRow((row, number) => {
    if (number < 3) return;
    rows.push(Object.fromEntries(headers.map((header, at) => [header.replace('*', ''), row.getCell(at + 1).text])));
  });
  return rows;
}

describe('an export', () => {
  test('holds drafts and published listings as the template would, and imported again changes nothing', async () => {
    await imported('workshop', await aSheet('workshop', [aWorkshop({ rowKey: '出-1', name: '出第一' })]));
    await publish(official, aWorkshop({ rowKey: '出-2', name: '出第(二)工坊', products: ['棉袜/毛巾', '手套'] }));
    await publish(official, aWorkshop({ name: '没有编号', star: 3.75 }));
    const gone = await publish(official, aWorkshop({ rowKey: '出-4', name: '已撤下' }));
    await official.post(`/v1/listings/${gone.id}/withdrawal`);
    const listed = await exported('workshop');
    const names = (await rowsOf(listed)).map((row) => row['工坊名称']);
    expect(names).toEqual(['出第一', '出第(二)工坊', '没有编号']);
    expect((await imported('workshop', listed)).counts).toEqual({
      ...{ rows: 3, created: 0, updated: 0, unchanged: 3, refused: 0 },
    });
    expect((await rowsOf(await exported('workshop', '&status=withdrawn'))).map((row) => row['工坊名称'])).toEqual([
      '已撤下',
    ]);
  });

  test('of what was changed since it came in is the change, and stays it', async () => {
    const sheet = await aSheet('workshop', [aWorkshop({ rowKey: '改-1', name: '改过的', seats: 20 })]);
    await imported('workshop', sheet, { publish: true });
    const find = async () => (await service.visitor.all<Listing>(`/v1/listings?q=${encodeURIComponent('改过的')}`))[0];
    const before = await find();
    await official.ask('PATCH', `/v1/listings/${before?.id}`, { body: { attributes: { seats: 33 } } });
    const listed = await exported('workshop');
    expect((await imported('workshop', listed)).counts).toMatchObject({ created: 0, updated: 0, refused: 0 });
    expect((await find())?.attributes['seats']).toBe(33);
  });

  test('of orders and of legal persons changes nothing either', async () => {
    await publish(
      official,
      anOrder({ rowKey: 'DD-7', productName: '往返订单', minShare: 0.5, lossAllowancePermille: 15 }),
    );
    for (const sheet of ['processing-order', 'enterprise', 'collective'] as const) {
      const { counts } = await imported(sheet, await exported(sheet));
      expect(counts, sheet).toMatchObject({ rows: 1, created: 0, updated: 0, unchanged: 1, refused: 0 });
    }
  });

  test('is of one’s own division, and for a party of what it owns', async () => {
    const partyId = ids.get(collective.uscc) ?? '';
    const own = await service.signIn({ role: 'collective', divisionCode: huren, partyId });
    const otherId = ids.get(enterprise.uscc) ?? '';
    const maker = await service.signIn({ role: 'enterprise', divisionCode: gaojia, partyId: otherId });
    const village = (sheet: SheetId) => `/v1/exports/${sheet}?division=${huren}`;
    const bytes = await own.download(village('workshop'));
    expect((await rowsOf(bytes)).length).toBeGreaterThan(2);
    expect(await rowsOf(await maker.download(`/v1/exports/workshop?division=${gaojia}`))).toEqual([]);
    expect((await own.refused('GET', `/v1/exports/workshop?division=${county}`)).code).toBe('forbidden');
    for (const sheet of ['labour', 'collective'] as const)
      expect((await own.refused('GET', village(sheet))).code).toBe('forbidden');
    expect((await service.visitor.refused('GET', village('workshop'))).code).toBe('unauthenticated');
    const elsewhere = await service.signIn({ role: 'official', divisionCode: shuangqiao });
    expect((await elsewhere.refused('GET', village('workshop'))).code).toBe('forbidden');
  });
});

describe('people', () => {
  test('leave for a purpose only, by town or village, on record, and imported again nobody is changed', async () => {
    await imported('labour', await aSheet('labour', [...workers(3), aWorker({ number: 8, divisionCode: shuangqiao })]));
    const refused = await official.refused('GET', `/v1/exports/labour?division=${county}`);
    expect(refused.errors?.map(({ path }) => path).sort()).toEqual(['querystring.division', 'querystring.purpose']);

    const list = `/v1/exports/labour?division=${gaojia}&purpose=correct-record`;
    const bytes = await official.download(list);
    expect((await rowsOf(bytes)).map((row) => row['姓名'])).toEqual(['示例村民1', '示例村民2', '示例村民3']);
    expect((await imported('labour', bytes)).counts).toMatchObject({ rows: 3, updated: 0, unchanged: 3, refused: 0 });
    const shown = await service.rows<{ purpose: string }>('select purpose from disclosure');
    expect(shown.map(({ purpose }) => purpose)).toEqual(Array.from({ length: 3 }, () => 'correct-record'));
    const read = await service.rows(`select 1 from audit_entry where operation = 'read' and table_name = 'person'`);
    expect(read).toHaveLength(3);

    const [first] = await service.rows<{ person_id: string }>(
      `select person_id from listing where kind = 'labour' and region = $1 order by id`,
      [huren],
    );
    await official.post(`/v1/persons/${first?.person_id}/consent-withdrawal`);
    expect(await rowsOf(await official.download(list))).toHaveLength(2);
  });
});
