// What the patterns of fields ask for, in words. Enters: a pattern as a failed check names it. Leaves: how such a text is written.

import { divisionCodePattern } from './division-code.ts';
import { idNumberPattern } from './id-card.ts';
import { mobilePattern, phonePattern } from './phone.ts';
import type { Text } from './text.ts';
import { usccPattern } from './uscc.ts';

/** Not empty, nor only spaces. */
export const someTextPattern = /\S/;
/** An instant that somebody living can mean. */
export const centuryPattern = /^(?:19|20|21)/;
export const sixDigitsPattern = /^\d{6}$/;

const shapes: readonly [RegExp, Text][] = [
  [
    divisionCodePattern,
    {
      zh: '须为行政区划代码:2、4、6、9 或 12 位数字',
      en: 'must be a division code: 2, 4, 6, 9 or 12 digits',
    },
  ],
  [mobilePattern, { zh: '须为 11 位手机号', en: 'must be a mobile number of 11 digits' }],
  [
    phonePattern,
    { zh: '须为手机号,或带区号的座机号', en: 'must be a mobile number, or a landline with its area code' },
  ],
  [usccPattern, { zh: '须为 18 位统一社会信用代码', en: 'must be a unified social credit code of 18 characters' }],
  [idNumberPattern, { zh: '须为 18 位身份证号', en: 'must be an ID number of 18 characters' }],
  [sixDigitsPattern, { zh: '须为 6 位数字', en: 'must be 6 digits' }],
  [someTextPattern, { zh: '不能为空', en: 'must not be empty' }],
  [centuryPattern, { zh: '须在 1900 年至 2199 年之间', en: 'must lie between the years 1900 and 2199' }],
];

const byPattern = new Map(shapes.map(([pattern, text]) => [String(pattern), text]));

const otherShape: Text = {
  zh: '格式不正确,请按接口文档中该字段的格式填写',
  en: 'does not have the form that the contract gives this field',
};

/** @param pattern as `String(regex)` writes it */
export function shapeText(pattern: string | undefined): Text {
  return byPattern.get(pattern ?? '') ?? otherShape;
}
