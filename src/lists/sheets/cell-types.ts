// How each type of cell is read and written. Enters a raw cell as a spreadsheet holds it; leaves the stored value, or what is
// wrong and how to mend it. One entry per type: `read` and `write` are inverse, so that an export can be imported again.
import { formatMuNumber, parseAreaM2, parseAreaMuX100 } from '../../vocabulary/area.ts';
import type { Period } from '../../vocabulary/calendar.ts';
import {
  excelSerialToDate,
  formatPeriods,
  isPlainDate,
  parsePeriods,
  parseWrittenDate,
} from '../../vocabulary/calendar.ts';
import { normaliseText } from '../../vocabulary/chinese-text.ts';
import type { CodedTerm, TermIndex } from '../../vocabulary/coded-term.ts';
import { indexTerms } from '../../vocabulary/coded-term.ts';
import { divisionLevelOf } from '../../vocabulary/division-code.ts';
import { checkIdNumber, normaliseIdNumber } from '../../vocabulary/id-card.ts';
import { formatFenAsYuan, formatLiAsYuan, parseYuanToFen, parseYuanToLi } from '../../vocabulary/money.ts';
import { isPhone, normalisePhone } from '../../vocabulary/phone.ts';
import { formatRing, parseRing } from '../../vocabulary/polygon.ts';
import type { Text } from '../../vocabulary/text.ts';
import { checkUscc, normaliseUscc } from '../../vocabulary/uscc.ts';
import type { EligibilityCondition } from '../kinds/eligibility.ts';
import { formatConditions, parseConditions } from '../kinds/eligibility.ts';
import type { CellType } from '../kinds/kind.ts';

/** A cell as the file holds it, freed of the spreadsheet library's shapes. */
export type RawCell =
  | { kind: 'text'; text: string }
  | { kind: 'number'; number: number; isPercent: boolean }
  | { kind: 'date'; date: string }
  | { kind: 'boolean'; value: boolean };

/** What the cell readers may ask: places are known outside, and officials may release a credit code that fails its check. */
export interface ReadingContext {
  resolveDivision: (text: string) => { code: string } | { candidates: readonly { code: string; name: string }[] };
  isUsccReleased: (code: string) => boolean;
}

/** The expected "no" of a cell; `text` continues the column's name: 身份证号 + 是数字格式… */
export interface CellFault {
  code: string;
  text: Text;
}

export type CellReading = { value: unknown; warning?: CellFault } | { fault: CellFault };

interface CellHandler {
  read: (raw: RawCell, context: ReadingContext) => CellReading;
  /** a stored value as it is typed into the sheet */
  write: (value: unknown) => string | number;
  /** codes, phones and ID numbers stand in text cells, or the spreadsheet eats digits */
  isTextFormat?: boolean;
}

const fault = (code: string, zh: string, en: string): { fault: CellFault } => ({ fault: { code, text: { zh, en } } });
const roundingNoise = 1e-9;

/** The words of a cell, NFKC and trimmed; numbers without exponent. */
export function cellText(raw: RawCell): string {
  switch (raw.kind) {
    case 'text':
      return normaliseText(raw.text);
    case 'number':
      return Number.isInteger(raw.number) ? BigInt(raw.number).toString() : String(raw.number);
    case 'date':
      return raw.date;
    case 'boolean':
      return raw.value ? '是' : '否';
  }
}

const listSeparator = /[、,,;;/\n]+/;
const writtenNumber =
  /^(?:大?约)?([+-]?\d+(?:\.\d+)?)(?:左右|千瓦|kw|公里|千米|km|小时|时|周|个?月|年|人|个|台|件|颗?星|级|层|楼|%)?$/i;

function readNumber(raw: RawCell): number | null {
  if (raw.kind === 'number') return raw.number;
  if (raw.kind !== 'text') return null;
  const match = writtenNumber.exec(normaliseText(raw.text).replace(/[,\s]/g, ''));
  return match === null ? null : Number(match[1]);
}

const notANumber = fault('not-a-number', '不是数字,请只填数字', 'is not a number; write digits only');

function readAmount(raw: RawCell, parse: (text: string) => number | null, finest: Text): CellReading {
  // Half a 分 of floating-point noise in number cells (0.07 * 3) must not refuse a row that shows two decimals.
  const text = raw.kind === 'number' ? String(Number(raw.number.toFixed(6))) : cellText(raw);
  const value = parse(text.replace(/\/.*$/, ''));
  if (value !== null) return { value };
  return fault(
    'not-an-amount',
    `不是金额,请填数字,最细到${finest.zh}`,
    `is not an amount; write a number, no finer than ${finest.en}`,
  );
}

function readArea(raw: RawCell, parse: typeof parseAreaM2): CellReading {
  const area = parse(cellText(raw));
  if (area === null) {
    return fault(
      'not-an-area',
      '看不懂,请填数字,或写成 3亩2分、220㎡',
      'is not an area; write a number, 3亩2分 or 220㎡',
    );
  }
  if (!area.isApproximate) return { value: area.value };
  return {
    value: area.value,
    warning: {
      code: 'approximate-area',
      text: { zh: '是约数,已按所写数字记录', en: 'is approximate; the number as written was taken' },
    },
  };
}

function readDate(raw: RawCell): CellReading {
  const date =
    raw.kind === 'date'
      ? raw.date
      : raw.kind === 'number'
        ? (parseWrittenDate(cellText(raw)) ?? excelSerialToDate(raw.number))
        : parseWrittenDate(cellText(raw));
  if (date !== null && isPlainDate(date)) return { value: date };
  return fault(
    'not-a-date',
    '不是日期,请写成 2026-05-01 或 2026年5月1日',
    'is not a day that exists; write it as 2026-05-01',
  );
}

const yesWords = new Set('是 有 对 能 可 可以 同意 合格 齐全 已 √ ✓ ✔ y yes true 1'.split(' '));
const noWords = new Set(
  '否 无 不 没 没有 不是 不能 不可 不可以 不同意 不合格 不齐全 未 × ✗ ✘ x n no false 0'.split(' '),
);

function readYesNo(raw: RawCell): CellReading {
  const word = cellText(raw).toLowerCase();
  if (yesWords.has(word)) return { value: true };
  if (noWords.has(word)) return { value: false };
  return fault('not-yes-or-no', '请填“是”或“否”', 'must be 是 or 否');
}

const indexes = new WeakMap<readonly CodedTerm[], TermIndex<CodedTerm>>();
function indexOf(choices: readonly CodedTerm[]): TermIndex<CodedTerm> {
  const known = indexes.get(choices);
  if (known !== undefined) return known;
  const made = indexTerms(choices);
  indexes.set(choices, made);
  return made;
}

const shownChoicesMax = 8;
function unknownChoice(word: string, choices: readonly CodedTerm[]): { fault: CellFault } {
  const shown = choices.slice(0, shownChoicesMax).map((term) => term.zh);
  const more = choices.length > shownChoicesMax ? '等' : '';
  return fault(
    'unknown-choice',
    `“${word.slice(0, 20)}”不在可选项中,可填:${shown.join('、')}${more}`,
    `“${word.slice(0, 20)}” is no choice; choose from the list of the template`,
  );
}

function readChoices(raw: RawCell, choices: readonly CodedTerm[]): CellReading {
  const codes: string[] = [];
  for (const word of cellText(raw).split(listSeparator)) {
    if (word.trim() === '') continue;
    const term = indexOf(choices).find(word);
    if (term === null) return unknownChoice(word.trim(), choices);
    if (!codes.includes(term.code)) codes.push(term.code);
  }
  return { value: codes };
}

function writeChoice(code: unknown, choices: readonly CodedTerm[]): string {
  return indexOf(choices).byCode(String(code))?.zh ?? String(code);
}

function readDivision(raw: RawCell, { resolveDivision }: ReadingContext): CellReading {
  const text = cellText(raw);
  const found = resolveDivision(text);
  if ('code' in found) return { value: found.code };
  // A village and its town may share a name (双桥乡双桥村): people who fill in a list of villages mean the village.
  const villages = found.candidates.filter((candidate) => divisionLevelOf(candidate.code) === 'village');
  const only = villages.length === 1 ? villages[0] : undefined;
  if (only !== undefined) return { value: only.code };
  if (found.candidates.length === 0) {
    return fault(
      'unknown-division',
      `“${text.slice(0, 30)}”在本辖区内找不到,请填 12 位代码或“镇+村”名称`,
      `“${text.slice(0, 30)}” is not found in your area; write the 12-digit code or town and village name`,
    );
  }
  const names = found.candidates.map((candidate) => `${candidate.name}(${candidate.code})`).slice(0, 5);
  return fault(
    'ambiguous-division',
    `“${text.slice(0, 30)}”有多个:${names.join('、')},请填代码`,
    `“${text.slice(0, 30)}” may be ${names.join(', ')}; write the code`,
  );
}

function readUscc(raw: RawCell, { isUsccReleased }: ReadingContext): CellReading {
  if (raw.kind === 'number') {
    return fault(
      'code-in-number-cell',
      '是数字格式,末几位已丢失,请设为文本后重填',
      'stands in a number cell and has lost digits; make the cell text and write it again',
    );
  }
  const code = normaliseUscc(cellText(raw));
  switch (checkUscc(code)) {
    case 'valid':
      return { value: code };
    case 'malformed':
      return fault(
        'uscc-malformed',
        '不是 18 位统一社会信用代码(不含字母 I、O、S、V、Z)',
        'is no 18-character code (letters I, O, S, V, Z never occur)',
      );
    case 'check-fails':
    case 'organisation-check-fails':
      if (isUsccReleased(code)) return { value: code };
      return fault(
        'uscc-check-fails',
        '校验不通过,请核对;确属登记机关发放的,请管理员放行',
        'fails its check; compare it again, or ask an official to release it',
      );
  }
}

function readIdNumber(raw: RawCell): CellReading {
  if (raw.kind === 'number') {
    return fault(
      'id-in-number-cell',
      '是数字格式,末 3 位已丢失,请设为文本后重填',
      'stands in a number cell and has lost its last 3 digits; make the cell text and write it again',
    );
  }
  const idNumber = normaliseIdNumber(cellText(raw));
  switch (checkIdNumber(idNumber)) {
    case 'valid':
      return { value: idNumber };
    case 'malformed':
      return fault('id-malformed', '不是 18 位身份证号', 'is no 18-character identity number');
    case 'impossible-birth-date':
      return fault('id-birth-date', '中的出生日期不存在,请核对', 'holds a birth date that does not exist');
    case 'check-fails':
      return fault('id-check-fails', '校验位不对,请核对', 'has a wrong check digit; compare it again');
  }
}

function readPhone(raw: RawCell): CellReading {
  const phone = normalisePhone(cellText(raw));
  if (isPhone(phone)) return { value: phone };
  return fault(
    'not-a-phone',
    '不是手机号或座机号,如 13800000000、0570-3838383',
    'is neither a mobile nor a landline number',
  );
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const asNumber = (value: unknown): number => Number(value);
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The reader and writer of a cell type. */
export function handlerOf(cell: CellType): CellHandler {
  switch (cell.type) {
    case 'text':
      return { read: (raw) => ({ value: cellText(raw) }), write: asText, isTextFormat: true };
    case 'texts':
      return {
        read: (raw) => ({
          value: cellText(raw)
            .split(listSeparator)
            .map((word) => word.trim())
            .filter((word) => word !== ''),
        }),
        write: (value) => asList(value).map(asText).join('、'),
      };
    case 'integer':
      return {
        read: (raw) => {
          const number = readNumber(raw);
          if (number === null) return notANumber;
          if (Number.isInteger(number)) return { value: number };
          return fault('not-whole', '须为整数', 'must be a whole number');
        },
        write: asNumber,
      };
    case 'decimal':
      return {
        read: (raw) => {
          const number = readNumber(raw);
          return number === null ? notANumber : { value: number };
        },
        write: asNumber,
      };
    case 'yuan-to-fen':
      return {
        read: (raw) => readAmount(raw, parseYuanToFen, { zh: '分', en: 'one fen' }),
        write: (value) => Number(formatFenAsYuan(asNumber(value))),
      };
    case 'yuan-to-li':
      return {
        read: (raw) => readAmount(raw, parseYuanToLi, { zh: '厘', en: 'one li' }),
        write: (value) => Number(formatLiAsYuan(asNumber(value))),
      };
    case 'percent-to-share':
      return {
        read: (raw) => {
          const number = readNumber(raw);
          if (number === null) return notANumber;
          // 0.5 written without a percent sign can only mean the share itself: 0.5 % of an order is nothing.
          return { value: Math.abs(number) <= 1 && !cellText(raw).includes('%') ? number : number / 100 };
        },
        write: (value) => asNumber(value) * 100,
      };
    case 'percent-to-permille':
      return {
        read: (raw) => {
          const number = readNumber(raw);
          if (number === null) return notANumber;
          const permille = number * (raw.kind === 'number' && raw.isPercent ? 1000 : 10);
          if (Math.abs(permille - Math.round(permille)) < roundingNoise * 1000) return { value: Math.round(permille) };
          return fault('too-fine', '最多一位小数', 'may have one decimal only');
        },
        write: (value) => asNumber(value) / 10,
      };
    case 'area-mu-x100':
      return {
        read: (raw) => readArea(raw, parseAreaMuX100),
        write: (value) => Number(formatMuNumber(asNumber(value))),
      };
    case 'area-m2':
      return { read: (raw) => readArea(raw, parseAreaM2), write: asNumber };
    case 'date':
      return { read: readDate, write: asText };
    case 'yes-no':
      return { read: readYesNo, write: (value) => (value === true ? '是' : '否') };
    case 'choice':
      return {
        read: (raw) => {
          const term = indexOf(cell.choices).find(cellText(raw));
          return term === null ? unknownChoice(cellText(raw), cell.choices) : { value: term.code };
        },
        write: (value) => writeChoice(value, cell.choices),
      };
    case 'choices':
      return {
        read: (raw) => readChoices(raw, cell.choices),
        write: (value) =>
          asList(value)
            .map((code) => writeChoice(code, cell.choices))
            .join('、'),
      };
    case 'periods':
      return {
        read: (raw) => {
          const periods = parsePeriods(raw.kind === 'text' ? raw.text : cellText(raw));
          if (periods !== null) return { value: periods };
          return fault(
            'unreadable-periods',
            '看不懂,请写成“2026-12-01至2026-12-05”,多段用分号分开',
            'holds no periods; write them like 2026-12-01至2026-12-05, separated by semicolons',
          );
        },
        write: (value) => formatPeriods(asList(value) as Period[]),
        isTextFormat: true,
      };
    case 'ring':
      return {
        read: (raw) => {
          const ring = parseRing(raw.kind === 'text' ? raw.text : cellText(raw));
          if (ring !== null) return { value: { type: 'Polygon', coordinates: [ring] } };
          return fault(
            'unreadable-ring',
            '看不懂,请依次填“经度,纬度”,各点用分号分开',
            'is no outline; write “lng,lat” of each corner, separated by semicolons',
          );
        },
        write: (value) => formatRing((value as { coordinates: [number[][]] }).coordinates[0]),
        isTextFormat: true,
      };
    case 'conditions':
      return {
        read: (raw) => {
          const parsed = parseConditions(raw.kind === 'text' ? raw.text : cellText(raw));
          if ('conditions' in parsed) return { value: parsed.conditions };
          return fault(
            'unreadable-condition',
            `中“${parsed.unreadable.slice(0, 30)}”看不懂,请写成“工坊星级>=4”`,
            `holds “${parsed.unreadable.slice(0, 30)}”, which is no condition; write it like 工坊星级>=4`,
          );
        },
        write: (value) => formatConditions(value as EligibilityCondition[]),
      };
    case 'division':
      return { read: readDivision, write: asText, isTextFormat: true };
    case 'uscc':
      return { read: readUscc, write: asText, isTextFormat: true };
    case 'id-number':
      return { read: readIdNumber, write: asText, isTextFormat: true };
    case 'phone':
      return { read: readPhone, write: asText, isTextFormat: true };
  }
}
