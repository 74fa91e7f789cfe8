// What the kinds with a personal part share (labour, talents): who it is, what he agreed to, and that nobody under 16 is listed.
// Kept by the parties room (docs/decisions/0008), never attributes, in no list.
import { z } from 'zod';
import { consentChannelCodes, type ConsentChannel } from '../../parties/index.ts';
import type { PlainDate } from '../../vocabulary/calendar.ts';
import { wholeYearsBetween } from '../../vocabulary/calendar.ts';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import { birthDateOf, checkIdNumber, idNumberPattern } from '../../vocabulary/id-card.ts';
import { phonePattern } from '../../vocabulary/phone.ts';
import type { Column, PersonPart } from './kind.ts';
import { brokenRule } from './kind.ts';
import { plainDateSchema } from './listing-fields.ts';

const workingAgeMin = 16;

export const consentChannels = [
  { code: 'self', zh: '本人', en: 'in person', synonyms: ['本人办理', '自己'] },
  { code: 'assisted', zh: '代办', en: 'assisted', synonyms: ['协助办理', '帮办', '代为登记'] },
  { code: 'paper', zh: '纸质', en: 'on paper', synonyms: ['纸质签字', '书面'] },
] as const satisfies readonly (CodedTerm & { code: ConsentChannel })[];

/** Who it is. */
export const identityFields = {
  name: z.string().min(1).max(40).describe('姓名 · name'),
  idNumber: z
    .string()
    .length(18)
    .regex(idNumberPattern)
    .refine((idNumber) => checkIdNumber(idNumber) === 'valid', { message: 'check digit or birth date is wrong' })
    .describe('身份证号 · identity number'),
  phone: z.string().max(13).regex(phonePattern).describe('联系电话 · phone'),
};

/** 同意记录: to be listed and matched; a person gives it once for all his listings. */
export const consentSchema = z
  .strictObject({
    given: z.boolean().describe('同意登记和撮合 · agrees to be listed and matched'),
    channel: z.enum(consentChannelCodes).describe('同意方式 · channel'),
    assistedBy: z
      .string()
      .max(40)
      .nullable()
      .default(null)
      .describe('代办岗位,不写姓名 · post of the assistant, no name'),
    on: plainDateSchema.describe('同意日期 · day of consent'),
    textVersion: z.string().min(1).max(20).describe('告知书版本 · version of the text'),
  })
  .superRefine((consent, context) => {
    if (consent.channel !== 'assisted' || consent.assistedBy !== null) return;
    const text = { zh: '代办的须填写代办岗位', en: 'assisted consent names the post of the assistant' };
    context.addIssue(brokenRule(['assistedBy'], 'assistant-missing', text));
  })
  .describe('同意记录 · consent record');

type Settled = ReturnType<PersonPart['settle']>;

/** The birth date of somebody old enough to work, or why he may not be listed. */
export function settleAge(
  idNumber: string,
  asOf: PlainDate,
): { birth: PlainDate } | Extract<Settled, { refused: unknown }> {
  const birth = birthDateOf(idNumber);
  if (birth !== null && wholeYearsBetween(birth, asOf) >= workingAgeMin) return { birth };
  return {
    refused: {
      path: 'person.idNumber',
      code: 'under-16',
      text: { zh: '未满 16 周岁,不得登记用工', en: 'under 16: must not be listed for work' },
    },
  };
}

export const identityColumns: readonly Column[] = [
  {
    path: 'person.name',
    header: '姓名',
    headerEn: 'name',
    synonyms: ['劳动者姓名', '人员姓名'],
    cell: { type: 'text' },
    isRequired: true,
    example: '示例甲',
  },
  {
    path: 'person.idNumber',
    header: '身份证号',
    headerEn: 'identity number',
    synonyms: ['身份证', '身份证号码', '公民身份号码', '证件号码'],
    cell: { type: 'id-number' },
    isRequired: true,
    note: { zh: '单元格须为文本格式', en: 'the cell must be text' },
    example: '330803195803150013',
  },
  {
    path: 'person.phone',
    header: '联系电话',
    headerEn: 'phone',
    synonyms: ['手机号', '手机', '电话', '手机号码', '联系方式'],
    cell: { type: 'phone' },
    isRequired: true,
    example: '13800000000',
  },
];

export const consentColumns: readonly Column[] = [
  {
    path: 'consent.given',
    header: '本人同意',
    headerEn: 'consent given',
    synonyms: ['是否同意', '知情同意'],
    cell: { type: 'yes-no' },
    isRequired: true,
    example: '是',
  },
  {
    path: 'consent.channel',
    header: '同意方式',
    headerEn: 'consent channel',
    synonyms: ['办理方式'],
    cell: { type: 'choice', choices: consentChannels },
    isRequired: true,
    example: '代办',
  },
  {
    path: 'consent.assistedBy',
    header: '代办岗位',
    headerEn: 'post of the assistant',
    synonyms: ['代办人岗位'],
    cell: { type: 'text' },
    note: { zh: '代办必填,写岗位不写姓名', en: 'for assisted consent; the post, no name' },
    example: '网格员',
  },
  {
    path: 'consent.on',
    header: '同意日期',
    headerEn: 'day of consent',
    cell: { type: 'date' },
    isRequired: true,
    example: '2026-11-01',
  },
  {
    path: 'consent.textVersion',
    header: '告知书版本',
    headerEn: 'version of the text',
    synonyms: ['告知版本'],
    cell: { type: 'text' },
    isRequired: true,
    example: '2026-1',
  },
];
