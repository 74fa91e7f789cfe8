import ExcelJS from 'exceljs';
import fc from 'fast-check';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { idCheckDigit } from '../../vocabulary/id-card.ts';
import { completeUscc } from '../../vocabulary/uscc.ts';
import type { SheetRow } from './read-sheet.ts';
import { kindById } from '../kinds/index.ts';
import { readSheet } from './read-sheet.ts';
import type { Draft, ListingDraft, SheetId } from './sheet-definition.ts';
import { sheetById, sheetIds } from './sheet-definition.ts';
import { findFileFault } from './workbook-guard.ts';
import { buildErrorWorkbook, buildFilledSheet, buildTemplate } from './write-sheet.ts';

const divisions = [
  { code: '330803', shortName: '衢江区', aliases: [] as string[] },
  { code: '330803114242', shortName: '湖仁村', aliases: ['湖仁'] },
  { code: '330803203', shortName: '双桥乡', aliases: ['双桥'] },
  { code: '330803203212', shortName: '双桥村', aliases: ['双桥'] },
];
const owner = completeUscc('N2', '330803', 'MF000114');
const village = '330803114242';

const options = {
  asOf: '2026-11-21',
  withinCode: '330803',
  resolveDivision: (text: string) => {
    const found = divisions.filter((d) => [d.code, d.shortName, ...d.aliases].includes(text));
    const [first, second] = found;
    if (first !== undefined && second === undefined) return { code: first.code };
    return { candidates: found.map((d) => ({ code: d.code, name: d.shortName })) };
  },
};

async function readAll(sheetId: SheetId, bytes: Uint8Array, more = {}): Promise<SheetRow[]> {
  const rows: SheetRow[] = [];
  for await (const row of readSheet(sheetId, bytes, { ...options, ...more })) rows.push(row);
  return rows;
}

type Written = Record<string, ExcelJS.CellValue>;

/** A workbook as a village would send it: any headers, any values, in row 3 on. */
async function aWorkbook(rows: readonly Written[], edit?: (worksheet: ExcelJS.Worksheet) => void): Promise<Buffer> {
  const workbook = new ExcelJS.Workbook();
  const worksheet = workbook.addWorksheet('Sheet1');
  const headers = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  worksheet.getCell('A1').value = '登记表';
  worksheet.getRow(2).values = headers;
  rows.forEach((row, index) => (worksheet.getRow(index + 3).values = headers.map((header) => row[header] ?? null)));
  edit?.(worksheet);
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

const landRow: Written = {
  地块编号: 'TD-1',
  行政村: village,
  统一社会信用代码: owner,
  地块名称: '村口旱地',
  闲置类型: '抛荒地',
  地类: '旱地',
  永久基本农田: '否',
  '面积(亩)': '3.2',
  流转方式: '出租',
  租金: '450',
};

const idNumber = '330803195803150013';
const labourRow: Written = {
  行政村: village,
  姓名: '示例甲',
  身份证号: idNumber,
  联系电话: '13800000001',
  技能: '缝纫、打包',
  每周工时: 20,
  低收入农户: '否',
  最远距离: 5,
  可居家: '是',
  知情同意: '是',
  同意方式: '本人',
  同意日期: '2026-11-01',
  告知书版本: '2026-1',
  空闲起始日: '2026-12-01',
};

async function readOne(sheetId: SheetId, row: Written): Promise<SheetRow> {
  const rows = await readAll(sheetId, await aWorkbook([row]));
  const last = rows.at(-1);
  if (last === undefined) throw new Error('no row was read');
  return last;
}

function draftOf(row: SheetRow | undefined): ListingDraft {
  if (row === undefined || !('draft' in row) || row.draft.type !== 'listing') {
    throw new Error(`no listing draft: ${JSON.stringify(row)}`);
  }
  return row.draft;
}

function problemsOf(row: SheetRow | undefined): { cell: string; code: string; zh: string }[] {
  if (row === undefined || !('problems' in row)) throw new Error(`no problems: ${JSON.stringify(row)}`);
  return row.problems.map(({ cell, code, message }) => ({ cell, code, zh: message.zh }));
}

describe('the official template', () => {
  it.each(sheetIds)(
    'of %s has its title, marked headers, dropdowns, text columns and instructions',
    async (sheetId) => {
      const workbook = new ExcelJS.Workbook();
      await workbook.xlsx.load((await buildTemplate(sheetId)) as unknown as ArrayBuffer);
      const [data, instructions, dictionary] = workbook.worksheets;
      const { columns } = sheetById(sheetId);
      expect(data?.getCell('A1').isMerged).toBe(true);
      expect(data?.getRow(2).values).toEqual([
        undefined,
        ...columns.map((column) => (column.isRequired === true ? `*${column.header}` : column.header)),
      ]);
      expect(data?.views[0]).toMatchObject({ state: 'frozen', ySplit: 2 });
      expect(instructions?.name).toBe('填表说明');
      expect(dictionary?.state).toBe('veryHidden');
      const division = columns.findIndex((column) => column.cell.type === 'division');
      expect(data?.getColumn(division + 1).numFmt).toBe('@');
      expect(data?.rowCount).toBe(3);
      columns.forEach((column, index) => {
        if (column.cell.type !== 'choice') return;
        const [formula] = data?.getCell(3, index + 1).dataValidation.formulae as string[];
        const [, letters, last] = /^'字典'!\$([A-Z]+)\$1:\$[A-Z]+\$(\d+)$/.exec(formula ?? '') ?? [];
        const offered = Array.from(
          { length: Number(last) },
          (_, row) => dictionary?.getCell(`${letters}${row + 1}`).value,
        );
        expect(offered).toEqual(column.cell.choices.map((term) => term.zh));
      });
    },
  );

  it.each(sheetIds)('of %s gives examples that the reader itself accepts', async (sheetId) => {
    const { columns } = sheetById(sheetId);
    const example = Object.fromEntries(columns.map((column) => [column.header, column.example]));
    // Each line of the example order shows one need and one operation; later ones would repeat the skill.
    for (const header of Object.keys(example)) if (/^(技能|工序)[3-9]/.test(header)) delete example[header];
    expect(await readOne(sheetId, example)).toHaveProperty('draft');
  });
});

describe('reading a filled sheet', () => {
  it('takes headers by synonym and in any order, and villages by everyday name', async () => {
    const { 行政村: _village, ...rest } = labourRow;
    const draft = draftOf(await readOne('labour', { 所在村: '湖仁', ...rest }));
    expect(draft).toMatchObject({
      divisionCode: village,
      rowKey: null,
      attributes: { skills: ['sewing', 'packing'], hoursPerWeek: 20, minorUntil: null },
      person: { name: '示例甲', idNumber, phone: '13800000001', lowIncome: false },
      consent: { given: true, channel: 'self', on: '2026-11-01', textVersion: '2026-1' },
    });
  });

  it('keeps personal data out of title, attributes and row key', async () => {
    const { person: _person, ...open } = draftOf(await readOne('labour', labourRow));
    expect(JSON.stringify(open)).not.toMatch(/示例甲|330803195803150013|13800000001/);
  });

  it.each([
    ['3亩2分', 320, false],
    ['约3亩', 300, true],
    ['2.5亩(约)', 250, true],
    ['1,200㎡', 180, false],
    ['0.5公顷', 750, false],
    [3.2, 320, false],
  ])('reads the area %s', async (written, areaMuX100, isApproximate) => {
    const row = await readOne('land', { ...landRow, '面积(亩)': written });
    expect(draftOf(row).attributes['areaMuX100']).toBe(areaMuX100);
    expect('warnings' in row && row.warnings.map((warning) => warning.code)).toEqual(
      isApproximate ? ['approximate-area'] : [],
    );
  });

  it.each<[ExcelJS.CellValue]>([
    ['2026.5.1'],
    ['2026年5月1日'],
    ['2026/05/01'],
    ['2026.5.1'],
    ['20260501'],
    [46143],
    [new Date(Date.UTC(2026, 4, 1))],
  ])('reads the date %s', async (written) => {
    expect(draftOf(await readOne('land', { ...landRow, 起始日期: written })).availableFrom).toBe('2026-05-01');
  });

  it('takes full-width digits, rich text and links as what they show', async () => {
    const draft = draftOf(
      await readOne('land', {
        ...landRow,
        地块名称: { richText: [{ text: '村口' }, { text: '旱地' }] },
        租金: '450元',
        四至: { text: '东至村道', hyperlink: 'https://example.org/' },
      }),
    );
    expect(draft.attributes).toMatchObject({ name: '村口旱地', rentFenPerMuYear: 45_000, fourBoundaries: '东至村道' });
  });

  it('fills merged village cells down, and counts no row for a merge that reaches below the data', async () => {
    const rows = [landRow, { ...landRow, 地块编号: 'TD-2', 行政村: null }];
    const bytes = await aWorkbook(rows, (worksheet) => worksheet.mergeCells('B3:B6'));
    const read = await readAll('land', bytes);
    expect(read.map((row) => draftOf(row).divisionCode)).toEqual([village, village]);
  });

  it('does not fill down merges of other columns: a merged name names one row', async () => {
    const rows = [landRow, { ...landRow, 地块编号: 'TD-2', 地块名称: null }];
    const read = await readAll('land', await aWorkbook(rows, (worksheet) => worksheet.mergeCells('D3:D4')));
    expect(problemsOf(read[1])).toMatchObject([{ cell: 'D4', code: 'required' }]);
  });

  it('means the village where a town has the same everyday name', async () => {
    expect(draftOf(await readOne('land', { ...landRow, 行政村: '双桥' })).divisionCode).toBe('330803203212');
  });

  it('makes the row key of owner and number, so that importing again updates', async () => {
    expect(draftOf(await readOne('land', landRow)).rowKey).toBe(`${owner}/TD-1`);
  });

  it('keeps a minor’s day of majority and refuses a child', async () => {
    const born = (date: string) => `330803${date}001${idCheckDigit(`330803${date}001`)}`;
    const minor = draftOf(await readOne('labour', { ...labourRow, 身份证号: born('20091201') }));
    expect(minor.attributes['minorUntil']).toBe('2027-12-01');
    expect(problemsOf(await readOne('labour', { ...labourRow, 身份证号: born('20120101') }))).toMatchObject([
      { code: 'under-16' },
    ]);
  });
});

describe('workbooks of other programs', () => {
  /** A sheet of somebody else's making: raw XML, with whatever parts it comes with. */
  const raw = (sheet: string, more: ZipPart[] = []) =>
    aZip([
      { name: 'xl/workbook.xml', content: '<workbook><sheets><sheet name="甲" r:id="r1"/></sheets></workbook>' },
      { name: 'xl/_rels/workbook.xml.rels', content: '<R><Relationship Id="r1" Target="/xl/worksheets/a.xml"/></R>' },
      { name: 'xl/worksheets/a.xml', content: sheet },
      ...more,
    ]);
  const text = (value: string) => `<c t="inlineStr"><is><t>${value}</t></is></c>`;
  const { 起始日期: _from, ...land } = { ...landRow, 起始日期: '' };
  const headers = [...Object.keys(land), '起始日期'].map(text).join('');
  const cells = Object.values(land).map((value) => text(value as string));
  const styles = (xml: string): ZipPart => ({ name: 'xl/styles.xml', content: `<styleSheet>${xml}</styleSheet>` });
  const read = async (bytes: Buffer) => draftOf((await readAll('land', bytes))[0]);

  it('with prefixed names and no addresses', async () => {
    const xml = `<worksheet><sheetData><row>${headers}</row><row>${cells.join('')}</row></sheetData></worksheet>`;
    const prefixed = xml.replace(/<(\/?)(\w)/g, '<$1x:$2').replace('<x:worksheet', '<x:worksheet xmlns:x="urn:x"');
    expect((await read(raw(prefixed))).rowKey).toBe(`${owner}/TD-1`);
  });

  it.each([
    ['a Chinese date format that needs no definition', '<cellXfs><xf/><xf numFmtId="31"/></cellXfs>', 46143],
    [
      'a format of its own',
      '<numFmts><numFmt numFmtId="170" formatCode="[$-804]yyyy&quot;年&quot;m"/></numFmts><cellXfs><xf/><xf numFmtId="170"/></cellXfs>',
      46143.6,
    ],
  ])('with %s', async (_what, xml, serial) => {
    const row = `${cells.join('')}<c s="1"><v>${serial}</v></c>`;
    const sheet = `<worksheet><sheetData><row>${headers}</row><row>${row}</row></sheetData></worksheet>`;
    expect((await read(raw(sheet, [styles(xml)]))).availableFrom).toBe('2026-05-01');
  });

  it('are refused when they define entities, break off, or number their rows backwards', async () => {
    const bomb = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>';
    const half = `<worksheet><sheetData><row>${headers}</row><row>${cells.join('')}</row><row>`;
    const back = `<worksheet><sheetData><row r="9">${headers}</row><row r="3">${cells.join('')}</row></sheetData></worksheet>`;
    for (const sheet of [bomb, half, back]) {
      const rows = await readAll('land', raw(sheet));
      expect(problemsOf(rows.at(-1))).toMatchObject([{ code: 'file-unreadable' }]);
      expect(rows.at(-1)?.rowNumber).toBe(0);
    }
  });

  it('that the county already fills in: its headers are known, what it does not ask for is named', async () => {
    const headersOfCounty = ['序号', '行政村代码', '资源名称', '资源类型', '面积(亩)', '四至', '联系人', '联系电话'];
    const bytes = await aWorkbook([Object.fromEntries(headersOfCounty.map((header) => [header, '1']))]);
    const [warned, refused] = await readAll('land', bytes);
    const unknown = warned !== undefined && 'warnings' in warned ? warned.warnings.map(({ column }) => column) : [];
    expect(unknown).toContain('联系人');
    expect(headersOfCounty.filter((header) => unknown.includes(header)).length).toBeLessThanOrEqual(2);
    expect(new Set(problemsOf(refused).map(({ code }) => code))).toEqual(new Set(['column-missing']));
  });
});

describe('the example row of the template', () => {
  it('is not read, and that is said', async () => {
    const example = Object.fromEntries(Object.entries(landRow));
    const rows = await readAll('land', await aWorkbook([{ ...example, 地块编号: '示例:TD-001' }, landRow]));
    expect(rows[0]).toMatchObject({ rowNumber: 3, warnings: [{ code: 'example-row' }] });
    expect(draftOf(rows[1]).rowKey).toBe(`${owner}/TD-1`);
    expect(await readAll('land', await buildTemplate('land'))).toMatchObject([{ warnings: [{ code: 'example-row' }] }]);
  });
});

describe('wrong cells', () => {
  it('refuses an ID number in a number cell, because its last three digits are lost', async () => {
    const row = await readOne('labour', { ...labourRow, 身份证号: 330803195803150013 });
    expect(problemsOf(row)).toEqual([
      {
        cell: 'C3',
        code: 'id-in-number-cell',
        zh: '第 3 行:身份证号是数字格式,末 3 位已丢失,请设为文本后重填',
      },
    ]);
  });

  it.each<[string, ExcelJS.CellValue, string]>([
    ['身份证号', '330803195803150014', 'id-check-fails'],
    ['身份证号', '330803195802300013', 'id-birth-date'],
    ['身份证号', '3308031958', 'id-malformed'],
    ['联系电话', '12345', 'not-a-phone'],
    ['技能', '开飞机', 'unknown-choice'],
    ['每周工时', 60, 'too-large'],
    ['每周工时', 'many', 'not-a-number'],
    ['低收入农户', '也许', 'not-yes-or-no'],
    ['同意日期', '2026-02-30', 'not-a-date'],
    ['行政村', '不存在村', 'unknown-division'],
    ['姓名', null, 'required'],
    ['同意方式', '代办', 'assistant-missing'],
    ['空闲截止日', '2000-01-01', 'window-reversed'],
    ['最远距离', { formula: 'A1+1', result: 2 }, 'formula'],
    ['最远距离', { error: '#N/A' }, 'error-value'],
  ])('names the cell of %s = %s as %s', async (header, value, code) => {
    const problems = problemsOf(await readOne('labour', { ...labourRow, [header]: value }));
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    expect(problems[0]?.zh).toMatch(/^第 3 行:/);
  });

  it('refuses a land use that the law forbids, with the sentence of the law', async () => {
    const row = { ...landRow, 永久基本农田: '是', 意向用途: '种粮、苗木' };
    expect(problemsOf(await readOne('land', row))).toMatchObject([
      { code: 'land-use-forbidden', zh: expect.stringContaining('永久基本农田严禁') as string },
    ]);
  });

  it('refuses a credit code that fails its check, unless officials released it', async () => {
    const issued = '91350100M0001TGQXM';
    const bytes = await aWorkbook([{ ...landRow, 统一社会信用代码: issued }]);
    expect(problemsOf((await readAll('land', bytes))[0])).toMatchObject([{ code: 'uscc-check-fails' }]);
    expect(draftOf((await readAll('land', bytes, { releasedUsccs: new Set([issued]) }))[0]).owner).toBe(issued);
  });

  it('says in the units of the sheet what the bounds are', async () => {
    const problems = problemsOf(await readOne('land', { ...landRow, '面积(亩)': 0 }));
    expect(problems).toMatchObject([{ code: 'too-small', zh: '第 3 行:面积(亩)不能小于 0.01' }]);
  });

  it('calls the second of two rows with one key a repetition of the first', async () => {
    const [first, second] = await readAll('land', await aWorkbook([landRow, landRow]));
    expect(first).toHaveProperty('draft');
    expect(problemsOf(second)).toMatchObject([
      { cell: 'A4', code: 'row-repeated', zh: expect.stringContaining('第 3 行') as string },
    ]);
    const people = await readAll('labour', await aWorkbook([labourRow, { ...labourRow, 姓名: '示例乙' }]));
    expect(problemsOf(people[1])).toMatchObject([{ code: 'row-repeated' }]);
  });

  it('reports missing required columns before anything else and reads no row', async () => {
    const { 身份证号: _id, ...rest } = labourRow;
    const rows = await readAll('labour', await aWorkbook([{ ...rest, 备注: '无' }]));
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ rowNumber: 2, warnings: [{ column: '备注', code: 'column-unknown' }] });
    expect(problemsOf(rows[1])).toMatchObject([{ code: 'column-missing' }]);
  });
});

describe('files that are refused whole', () => {
  it.each([
    ['an old .xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'file-old-format'],
    [
      'an encrypted workbook',
      Buffer.concat([Buffer.from('d0cf11e0', 'hex'), Buffer.from('EncryptedPackage', 'utf16le')]),
      'file-encrypted',
    ],
    ['a text file', Buffer.from('name,phone'), 'file-not-xlsx'],
    ['a truncated workbook', Buffer.from('504b030400000000', 'hex'), 'file-broken'],
  ])('%s', async (_what, bytes, code) => {
    const rows = await readAll('land', bytes);
    expect(rows).toHaveLength(1);
    expect(problemsOf(rows[0])).toMatchObject([{ code }]);
  });

  it('a workbook with macros', async () => {
    expect(
      (
        await findFileFault(
          aZip([
            { name: 'xl/workbook.xml', content: 'x' },
            { name: 'xl/vbaProject.bin', content: 'x' },
          ]),
        )
      )?.code,
    ).toBe('file-has-macros');
  });

  it('a zip bomb, whether it declares its size or lies about it', async () => {
    const bomb = Buffer.alloc(3_000_000);
    const workbook = { name: 'xl/workbook.xml', content: 'x' };
    const honest = aZip([workbook, { name: 'xl/worksheets/sheet1.xml', content: bomb, declaredSize: 4_000_000_000 }]);
    expect((await findFileFault(honest))?.code).toBe('file-unpacks-too-large');
    const lying = aZip([workbook, { name: 'xl/worksheets/sheet1.xml', content: bomb, declaredSize: 10 }]);
    expect((await findFileFault(lying))?.code).toBe('file-broken');
    const boasting = aZip([workbook, { name: 'xl/styles.xml', content: 'x', declaredSize: 10 }]);
    expect((await findFileFault(boasting))?.code).toBe('file-broken');
  });

  it('a sheet of more rows than we take', async () => {
    const rows = Buffer.from('<row r="1"/>'.repeat(50_011));
    expect(
      (
        await findFileFault(
          aZip([
            { name: 'xl/workbook.xml', content: 'x' },
            { name: 'xl/worksheets/sheet1.xml', content: rows },
          ]),
        )
      )?.code,
    ).toBe('too-many-rows');
  });
});

describe('the error workbook', () => {
  it('holds only the failing rows, red and commented, and imports clean once mended', async () => {
    const bad = { ...labourRow, 身份证号: 330803195803150013 };
    const bytes = await aWorkbook([labourRow, bad]);
    const problemsByRow = new Map(
      (await readAll('labour', bytes)).flatMap((row) =>
        'problems' in row ? [[row.rowNumber, row.problems] as const] : [],
      ),
    );
    expect([...problemsByRow.keys()]).toEqual([4]);
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.load((await buildErrorWorkbook('labour', bytes, problemsByRow)) as unknown as ArrayBuffer);
    const worksheet = workbook.worksheets[0];
    if (worksheet === undefined) throw new Error('no worksheet');
    expect(worksheet.rowCount).toBe(3);
    const position = sheetById('labour').columns.findIndex((column) => column.header === '身份证号') + 1;
    const cell = worksheet.getCell(3, position);
    expect(cell.fill).toMatchObject({ fgColor: { argb: 'FFFFC7CE' } });
    expect(JSON.stringify(cell.note)).toContain('末 3 位已丢失');
    cell.value = idNumber;
    const mended = await readAll('labour', Buffer.from(await workbook.xlsx.writeBuffer()));
    expect(draftOf(mended[0]).person).toMatchObject({ idNumber });
  });
});

describe('what is written is read back', () => {
  const date = fc
    .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
    .map((d) => d.toISOString().slice(0, 10));

  it('for any area, money, date and choice of idle land', async () => {
    const land = fc.record({
      areaMuX100: fc.integer({ min: 1, max: 10_000_000 }),
      rentFenPerMuYear: fc.integer({ min: 0, max: 10_000_000 }),
      landClass: fc.constantFrom('0101', '0103', '0201', '1201'),
      remainingTermMonths: fc.option(fc.integer({ min: 0, max: 840 })),
      availableFrom: fc.option(date),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(land, { minLength: 1, maxLength: 8 }), async (plots) => {
        const drafts: Draft[] = plots.map(({ availableFrom, ...plot }, index) => ({
          type: 'listing',
          kindId: 'land',
          rowKey: `${owner}/TD-${index}`,
          divisionCode: village,
          owner,
          title: `地块 ${Number((plot.areaMuX100 / 100).toFixed(2))}亩`,
          point: null,
          availableFrom,
          availableTo: null,
          decision: null,
          attributes: kindById('land').attributes.parse({
            name: '地块',
            idleLandKind: 'abandoned',
            isBasicFarmland: false,
            transferWay: 'lease',
            ...plot,
          }),
        }));
        const rows = await readAll('land', await buildFilledSheet('land', drafts));
        expect(rows.map((row) => ('draft' in row ? row.draft : row))).toEqual(drafts);
      }),
      { numRuns: 15 },
    );
  });
});

interface ZipPart {
  name: string;
  content: string | Buffer;
  declaredSize?: number;
}

/** A zip file by hand, so that its directory can say what no honest writer would. */
function aZip(parts: readonly ZipPart[]): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const part of parts) {
    const content = Buffer.from(part.content);
    const packed = deflateRawSync(content);
    const name = Buffer.from(part.name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(part.declaredSize ?? content.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    locals.push(local, name, packed);
    entries.push(entry, name);
    offset += local.length + name.length + packed.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
