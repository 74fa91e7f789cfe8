// The four lists of a small county: workbooks in, mistakes named, listings found; and nobody's name anywhere.

import ExcelJS from 'exceljs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Import, ImportProblem, Listing, Page } from '../support/answers.ts';
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
  workers,
  type ListingWords,
  type UploadWords,
} from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';

let service: Service;
let official: Caller;

beforeAll(async () => {
  service = await startService();
  official = await service.signIn({ role: 'official', divisionCode: county });
  await register(service, official);
});
afterAll(() => service.close());

const upload = (sheet: Parameters<typeof aSheet>[0], bytes: Uint8Array, words?: UploadWords) =>
  importSheet(service, official, sheet, bytes, words);
const problemsOf = ({ id }: Import) => official.all<ImportProblem>(`/v1/imports/${id}/problems?limit=100`);
const find = (query: Record<string, string>) =>
  service.visitor.all<Listing>(`/v1/listings?${new URLSearchParams({ limit: '100', ...query }).toString()}`);
const countListings = async () =>
  Number((await service.rows<{ count: string }>('select count(*) from listing'))[0]?.count);

/** A workbook as somebody changed it by hand. */
async function edited(bytes: Uint8Array, edit: (sheet: ExcelJS.Worksheet) => void): Promise<Buffer> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
  const [sheet] = workbook.worksheets;
  if (sheet) edit(sheet);
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

function columnOf(sheet: ExcelJS.Worksheet, header: string): number {
  let position = 0;
  sheet.getRow(2).eachCell((cell, at) => {
    if (cell.text.replace('*', '') === header) position = at;
  });
  if (position === 0) throw new Error(`no column ${header}`);
  return position;
}

const workshops = (prefix: string, count = 3): ListingWords[] =>
  Array.from({ length: count }, (_, at) =>
    aWorkshop({ rowKey: `${prefix}-${at + 1}`, name: `${prefix}第${at + 1}工坊`, areaM2: 100 + at }),
  );

describe('a workbook', () => {
  test('taken and published is found by the everyday name of its village, by pinyin and by initials', async () => {
    const done = await upload('workshop', await aSheet('workshop', workshops('寻')), { publish: true });
    expect(done).toMatchObject({ status: 'done', counts: { rows: 3, created: 3, refused: 0 } });
    for (const q of ['湖仁', '湖仁 寻', 'hurencun', 'hrc', '高家镇湖仁村']) {
      const found = await find({ q, kind: 'workshop' });
      expect(
        found.filter(({ title }) => title.startsWith('寻')).map(({ place }) => place),
        q,
      ).toEqual(Array.from({ length: 3 }, () => '高家镇湖仁村'));
    }
    expect(await find({ q: '仁湖' })).toEqual([]);
  });

  test('only tried out reports what it would do and writes nothing', async () => {
    const before = await countListings();
    const dry = await upload('workshop', await aSheet('workshop', workshops('试')), { dryRun: true, publish: true });
    expect(dry).toMatchObject({ status: 'done', counts: { rows: 3, created: 3 } });
    expect(await countListings()).toBe(before);
    expect(await find({ q: '试第' })).toEqual([]);
  });

  test('with one wrong cell stays out as a whole, and the cell is named in Chinese', async () => {
    const before = await countListings();
    const wrong = await edited(await aSheet('workshop', workshops('错')), (sheet) => {
      sheet.getCell(4, columnOf(sheet, '可用面积(㎡)')).value = '很大';
    });
    const refused = await upload('workshop', wrong, { publish: true });
    expect(refused).toMatchObject({ status: 'refused', counts: { rows: 3, created: 0, updated: 0, refused: 1 } });
    expect(await countListings()).toBe(before);
    const [problem, ...others] = await problemsOf(refused);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ rowNumber: 4, column: '可用面积(㎡)' });
    expect(problem?.cell).toMatch(/^[A-Z]+4$/);
    expect(problem?.message.zh).toMatch(/第 4 行.*可用面积/);
    expect(problem?.message.en).toMatch(/4/);
  });

  test('taken in part takes the good rows; the error workbook, mended, brings the others', async () => {
    const bytes = await edited(await aSheet('workshop', workshops('补')), (sheet) => {
      sheet.getCell(4, columnOf(sheet, '工坊类型')).value = '不知道';
      sheet.getCell(5, columnOf(sheet, '权属单位统一社会信用代码')).value = '91330803MA999999XX';
    });
    const partly = await upload('workshop', bytes, { partly: true, publish: true });
    expect(partly).toMatchObject({ status: 'done', counts: { rows: 3, created: 1, refused: 2 } });
    expect((await find({ q: '补第' })).map(({ title }) => title)).toEqual(['补第1工坊']);

    const errors = await official.download(`/v1/imports/${partly.id}/error-workbook`);
    const mended = await edited(errors, (sheet) => {
      expect(sheet.rowCount).toBe(4);
      sheet.getCell(3, columnOf(sheet, '工坊类型')).value = '来料加工式';
      sheet.getCell(4, columnOf(sheet, '权属单位统一社会信用代码')).value = collective.uscc;
    });
    expect(await upload('workshop', mended, { publish: true })).toMatchObject({
      status: 'done',
      counts: { rows: 2, created: 2, refused: 0 },
    });
    expect(await find({ q: '补第' })).toHaveLength(3);
  });

  test('whose owner nobody has registered is refused with the row, whatever else is right', async () => {
    const stranger = aWorkshop({ rowKey: '生-1', owner: '91330108MA27WQ8R4L' });
    const refused = await upload('workshop', await aSheet('workshop', [...workshops('生', 1), stranger]));
    expect(refused.status).toBe('refused');
    expect(await problemsOf(refused)).toHaveLength(1);
  });

  test('uploaded again is read again: what stands is unchanged, what was withdrawn comes back only if it is to be published', async () => {
    const bytes = await aSheet('workshop', workshops('重'));
    const first = await upload('workshop', bytes, { publish: true });
    const count = await countListings();
    const [withdrawn] = await find({ q: '重第' });
    await official.post(`/v1/listings/${withdrawn?.id}/withdrawal`);
    const silent = await upload('workshop', bytes);
    expect(silent.id).not.toBe(first.id);
    expect(silent.counts).toMatchObject({ created: 0, updated: 0, unchanged: 3 });
    expect(await find({ q: '重第' })).toHaveLength(2);
    expect((await upload('workshop', bytes, { publish: true })).counts).toMatchObject({ updated: 1, unchanged: 2 });
    expect(await find({ q: '重第' })).toHaveLength(3);
    expect(await countListings()).toBe(count);
  });

  test('uploaded by many at once is one import while it waits, and another one for whoever wants it otherwise', async () => {
    const idle = await startService({ workers: false });
    try {
      const caller = await idle.signIn({ role: 'official', divisionCode: county });
      const bytes = await aSheet('collective', [collective]);
      const ask = (flags = '') =>
        caller.upload<Import>(`/v1/imports?sheet=collective&division=${county}${flags}`, bytes);
      const ids = (await Promise.all(Array.from({ length: 6 }, () => ask()))).map(({ id }) => id);
      expect(new Set(ids).size).toBe(1);
      expect((await ask('&dryRun=true')).id).not.toBe(ids[0]);
      await idle.startWorkers();
      await idle.drain();
      expect(await caller.get(`/v1/imports/${ids[0]}`)).toMatchObject({ status: 'done', counts: { created: 1 } });
      expect((await ask()).id).not.toBe(ids[0]);
      await idle.drain();
    } finally {
      await idle.close();
    }
  });

  test('with one changed row changes that listing and adds none', async () => {
    await upload('workshop', await aSheet('workshop', workshops('改')), { publish: true });
    const count = await countListings();
    const rows = workshops('改');
    rows[1] = aWorkshop({ rowKey: '改-2', name: '改第2工坊', areaM2: 999 });
    const second = await upload('workshop', await aSheet('workshop', rows), { publish: true });
    expect(second).toMatchObject({ status: 'done', counts: { created: 0, updated: 1, unchanged: 2 } });
    expect(await countListings()).toBe(count);
    const versions = (await find({ q: '改第' })).map(({ attributes, version }) => [attributes['areaM2'], version]);
    expect(versions.sort()).toEqual([
      [100, 1],
      [102, 1],
      [999, 2],
    ]);
  });

  test('names the same order as the API does when owner and number are the same', async () => {
    const order = anOrder({ rowKey: 'DD-1', productName: '同一张订单' });
    const posted = await publish(official, order);
    const again = await upload('processing-order', await aSheet('processing-order', [order]));
    expect(again.counts).toEqual({ rows: 1, created: 0, updated: 0, unchanged: 1, refused: 0 });
    expect((await find({ q: '同一张订单' })).map(({ id }) => id)).toEqual([posted.id]);
  });

  test('reaching beyond its division is refused, row by row and as a whole', async () => {
    const elsewhere = await upload('workshop', await aSheet('workshop', workshops('界')), { division: `${county}203` });
    expect(elsewhere.status).toBe('refused');
    const town = await service.signIn({ role: 'official', divisionCode: gaojia });
    const refused = await town.refused('POST', `/v1/imports?sheet=workshop&division=${county}`, {
      body: await aSheet('workshop', workshops('界')),
    });
    expect(refused.code).toBe('forbidden');
  });

  test('that is none, or not the one asked for, is refused with a sentence', async () => {
    for (const bytes of [Buffer.from('行政村,姓名\n湖仁村,示例'), await aSheet('land', [])]) {
      const refused = await upload('workshop', bytes);
      expect(refused.status).toBe('refused');
      const [problem] = await problemsOf(refused);
      expect(problem?.rowNumber === 0 || problem?.code === 'column-missing').toBe(true);
      expect(problem?.message.zh).toMatch(/[一-鿿]/);
    }
  });

  test('read by two workers, one of them thought dead, is recorded once', async () => {
    const wrong = await edited(await aSheet('workshop', workshops('双')), (sheet) => {
      sheet.getCell(4, columnOf(sheet, '可用面积(㎡)')).value = '很大';
    });
    service.midst('lists.runImport', async () => {
      const [event] = await service.rows<{ payload: { importId: string } }>(
        `select payload from outbox where reaction = 'lists.runImport' and done_at is null`,
      );
      const { runImport } = await import('../../src/lists/index.ts');
      if (event) await runImport(service.context, event.payload, county);
    });
    const partly = await upload('workshop', wrong, { partly: true });
    expect(partly).toMatchObject({ status: 'done', counts: { rows: 3, created: 2, unchanged: 0, refused: 1 } });
    expect(await problemsOf(partly)).toHaveLength(1);
  });

  test('template in hand, an official finds every column that must be filled', async () => {
    const bytes = await official.download('/v1/import-templates/labour');
    await edited(bytes, (sheet) => {
      expect(columnOf(sheet, '身份证号')).toBeGreaterThan(0);
      expect(sheet.getRow(2).getCell(columnOf(sheet, '身份证号')).text).toBe('*身份证号');
    });
  });
});

describe('a listing', () => {
  test('of another version than the one read is not overwritten', async () => {
    const site = await publish(official, aWorkshop({ name: '版本工坊' }));
    const change = (version: string) =>
      official.ask('PATCH', `/v1/listings/${site.id}`, {
        body: { attributes: { seats: 30 } },
        headers: { 'if-match': version },
      });
    const first = await change(`"${site.version}"`);
    expect([first.status, first.headers.get('etag')]).toEqual([
      200,
      expect.stringMatching(`^"${site.version + 1}-[\\w-]{22}"$`),
    ]);
    expect((await change(`"${site.version}"`)).status).toBe(412);
    expect((await change('"nonsense"')).status).toBe(412);
  });

  test('with wrong attributes is refused with the path of each', async () => {
    const refused = await official.refused('POST', '/v1/listings', { body: aWorkshop({ areaM2: 0, colour: 'red' }) });
    expect(refused.errors?.map(({ path }) => path).sort()).toEqual([
      'body.attributes.areaM2',
      'body.attributes.colour',
    ]);
    const site = await publish(official, aWorkshop({ name: '改错工坊' }));
    const change = await official.refused('PATCH', `/v1/listings/${site.id}`, { body: { attributes: { seats: -1 } } });
    expect(change.errors?.map(({ path }) => path)).toEqual(['body.attributes.seats']);
  });

  test('is seen by everybody once published, page by page, and by nobody else before and after', async () => {
    const draft = await official.post<Listing>('/v1/listings', aWorkshop({ name: '来去工坊' }));
    const isSeen = async () => (await find({ q: '来去工坊' })).length === 1;
    expect(await isSeen()).toBe(false);
    await official.post(`/v1/listings/${draft.id}/publication`);
    expect(await isSeen()).toBe(true);
    const pages = await service.visitor.all<Listing>('/v1/listings?limit=2&kind=workshop');
    expect(new Set(pages.map(({ id }) => id)).size).toBe(pages.length);
    expect(pages.length).toBeGreaterThan(4);
    await official.post(`/v1/listings/${draft.id}/withdrawal`);
    expect(await isSeen()).toBe(false);
  });

  test('says the margin of an order to its owner and to officials only', async () => {
    const order = await publish(official, anOrder({ productName: '保密毛利', marginFen: 123_456 }));
    expect((await official.get<Listing>(`/v1/listings/${order.id}`)).attributes['marginFen']).toBe(123_456);
    const shown = await service.visitor.get<Listing>(`/v1/listings/${order.id}`);
    expect(shown.attributes).not.toHaveProperty('marginFen');
    const [found] = await find({ q: '保密毛利' });
    expect(found?.attributes).not.toHaveProperty('marginFen');
  });
});

describe('people', () => {
  interface IdleLabour {
    cells: { divisionCode: string; skill: string; people: number | null }[];
  }

  test('with an ID number in a number cell are refused: the last digits are already lost', async () => {
    const bytes = await edited(await aSheet('labour', [aWorker({ number: 90 })]), (sheet) => {
      sheet.getCell(3, columnOf(sheet, '身份证号')).value = 330803197503150912;
    });
    const refused = await upload('labour', bytes);
    expect(refused).toMatchObject({ status: 'refused', counts: { created: 0 } });
    const [problem] = await problemsOf(refused);
    expect(problem).toMatchObject({ column: '身份证号' });
    expect(problem?.message.zh).toContain('文本');
    expect(JSON.stringify(problem)).not.toMatch(/330803197503/);
  });

  test('are on no public list, only counted, and small counts are not shown', async () => {
    await upload('labour', await aSheet('labour', [...workers(6), aWorker({ number: 7, skills: ['beading'] })]), {
      publish: true,
    });
    const [anybody] = await official.all<Listing>('/v1/listings?view=own&kind=labour');
    expect(anybody).toMatchObject({ kind: 'labour', status: 'published' });

    const bank = await service.signIn({ role: 'bank-officer', divisionCode: county });
    const [{ id } = { id: '' }] = await service.rows<{ id: string }>(`select id from party where kind = 'enterprise'`);
    const maker = await service.signIn({ role: 'enterprise', divisionCode: county, partyId: id });
    for (const caller of [service.visitor, bank, maker]) {
      const listings = await caller.all<Listing>('/v1/listings?limit=100');
      expect(listings.filter(({ kind }) => kind === 'labour')).toEqual([]);
      expect(await caller.all('/v1/listings?kind=labour')).toEqual([]);
      expect((await caller.refused('GET', `/v1/listings/${anybody?.id}`)).code).toBe('not-found');
    }
    expect(await bank.all('/v1/listings?view=own&kind=labour')).toEqual([]);

    const { cells } = await service.visitor.get<IdleLabour>(`/v1/lists/idle-labour?county=${county}`);
    expect(cells).toContainEqual(expect.objectContaining({ divisionCode: county, skill: 'packing', people: 5 }));
    expect(cells.filter(({ skill }) => skill === 'beading').map(({ people }) => people)).toEqual([null, null, null]);
    const lists = await service.visitor.get(`/v1/lists?division=${county}`);
    expect(JSON.stringify(lists)).toContain(
      '"kind":"labour","label":{"zh":"闲置劳动力","en":"idle worker"},"published":null',
    );
  });

  test('under sixteen may not be listed, by sheet or by the API', async () => {
    const child = { name: '示例少年', idNumber: '330803201503150017', phone: '13800009999', lowIncome: false };
    const { birthDateOf, idCheckDigit } = await import('../../src/vocabulary/id-card.ts');
    child.idNumber = child.idNumber.slice(0, 17) + idCheckDigit(child.idNumber.slice(0, 17));
    expect(birthDateOf(child.idNumber)).toBe('2015-03-15');
    const refused = await official.refused('POST', '/v1/listings', { body: { ...aWorker(), person: child } });
    expect(refused.errors?.[0]?.path).toBe('body.person.idNumber');
    expect(refused.errors?.[0]?.message.zh).toContain('16');
  });
});

test('the four lists count what is published, for the county and for each town', async () => {
  const { lists } = await service.visitor.get<{ lists: { kinds: { kind: string; published: number | null }[] }[] }>(
    `/v1/lists?division=${county}`,
  );
  const published = (await find({ kind: 'workshop' })).length;
  expect(lists.flatMap(({ kinds }) => kinds)).toContainEqual(expect.objectContaining({ kind: 'workshop', published }));
  expect((await service.visitor.refused('GET', '/v1/lists?division=999999')).code).toBe('not-found');
  const page = await service.visitor.get<Page<{ name: string }>>('/v1/parties?kind=enterprise');
  expect(page.items.map(({ name }) => name)).toEqual([enterprise.name]);
  expect(huren.startsWith(gaojia)).toBe(true);
});
