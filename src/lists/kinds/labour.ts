// 闲置劳动力 idle workers. Who somebody is, his low-income status and his consent are parts of their own, kept by the parties room
// (docs/decisions/0008); the attributes hold only what matching needs. Never public: the public list is suppressed aggregates.
import { z } from 'zod';
import { consentChannelCodes, type ConsentChannel } from '../../parties/index.ts';
import { addDays, wholeYearsBetween } from '../../vocabulary/calendar.ts';
import type { PlainDate } from '../../vocabulary/calendar.ts';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import { birthDateOf, checkIdNumber, idNumberPattern } from '../../vocabulary/id-card.ts';
import { phonePattern } from '../../vocabulary/phone.ts';
import { skillCodes, skills } from '../../vocabulary/skills.ts';
import { defineKind } from './kind.ts';
import { divisionColumn, ownerColumn, plainDateSchema, windowColumns } from './listing-fields.ts';
import { namesOf, starRating } from './site-fields.ts';

/** Weekly hours in the long run, 劳动法 36: 44. */
export const weeklyHoursMax = 44;
const workingAgeMin = 16;
const adultAge = 18;

export const consentChannels = [
  { code: 'self', zh: '本人', en: 'in person', synonyms: ['本人办理', '自己'] },
  { code: 'assisted', zh: '代办', en: 'assisted', synonyms: ['协助办理', '帮办', '代为登记'] },
  { code: 'paper', zh: '纸质', en: 'on paper', synonyms: ['纸质签字', '书面'] },
] as const satisfies readonly (CodedTerm & { code: ConsentChannel })[];

export const labourAttributes = z
  .strictObject({
    skills: z
      .array(z.enum(skillCodes as [string, ...string[]]))
      .min(1)
      .max(12)
      .describe('技能代码 · skill codes'),
    hoursPerWeek: z.number().int().min(1).max(weeklyHoursMax).describe('每周可工作小时 · hours a week'),
    maxCommuteKm: z.number().min(0).max(100).describe('最远通勤(公里) · farthest commute, km'),
    homeWork: z.boolean().describe('可居家做 · can work at home'),
    star: starRating,
    minorUntil: plainDateSchema
      .nullable()
      .default(null)
      .describe('未成年工至该日满 18 周岁,由身份证号得出 · day of turning 18, only for minors'),
  })
  .describe('闲置劳动力属性 · attributes of an idle worker');

export const labourPerson = z.strictObject({
  name: z.string().min(1).max(40).describe('姓名 · name'),
  idNumber: z
    .string()
    .length(18)
    .regex(idNumberPattern)
    .refine((idNumber) => checkIdNumber(idNumber) === 'valid', { message: 'check digit or birth date is wrong' })
    .describe('身份证号 · identity number'),
  phone: z.string().max(13).regex(phonePattern).describe('联系电话 · phone'),
  lowIncome: z.boolean().describe('低收入农户成员 · of an identified low-income household'),
});

/** 同意记录: to be listed and matched. */
export const labourConsent = z
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
    context.addIssue({
      code: 'custom',
      path: ['assistedBy'],
      message: text.en,
      params: { code: 'assistant-missing', text },
    });
  })
  .describe('同意记录 · consent record');

/** The day somebody born on a day turns `age`; 29 February counts as 1 March. */
function birthdayOf(birth: PlainDate, age: number): PlainDate {
  const year = Number(birth.slice(0, 4)) + age;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return birth.slice(5) === '02-29' && !isLeap ? addDays(`${year}-02-28`, 1) : `${year}-${birth.slice(5)}`;
}

export const labour = defineKind({
  id: 'labour',
  list: 'idle-labour',
  label: { zh: '闲置劳动力', en: 'idle worker' },
  isPublic: false,
  attributes: labourAttributes,
  withheld: [],
  columns: [
    divisionColumn,
    ownerColumn('登记单位统一社会信用代码', { isRequired: false, synonyms: ['登记单位', '所属村集体代码'] }),
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
    {
      path: 'attributes.skills',
      header: '技能',
      headerEn: 'skills',
      synonyms: ['技能特长', '特长', '会做什么'],
      cell: { type: 'choices', choices: skills },
      isRequired: true,
      note: { zh: '多项用顿号分开', en: 'several separated by 、' },
      example: '缝纫、包装',
    },
    {
      path: 'attributes.hoursPerWeek',
      header: '每周可工作小时',
      headerEn: 'hours a week',
      synonyms: ['每周工时', '周工时', '可工作小时'],
      cell: { type: 'integer' },
      isRequired: true,
      example: '20',
    },
    {
      path: 'person.lowIncome',
      header: '低收入农户',
      headerEn: 'low-income household',
      synonyms: ['是否低收入农户', '低收入'],
      cell: { type: 'yes-no' },
      isRequired: true,
      example: '否',
    },
    {
      path: 'attributes.maxCommuteKm',
      header: '最远通勤(公里)',
      headerEn: 'farthest commute (km)',
      synonyms: ['通勤距离', '最远距离', '最远通勤'],
      cell: { type: 'decimal' },
      isRequired: true,
      example: '5',
    },
    {
      path: 'attributes.homeWork',
      header: '可居家做',
      headerEn: 'home work',
      synonyms: ['居家加工', '是否居家', '可居家'],
      cell: { type: 'yes-no' },
      isRequired: true,
      example: '是',
    },
    {
      path: 'attributes.star',
      header: '信用星级',
      headerEn: 'star rating',
      synonyms: ['星级'],
      cell: { type: 'decimal' },
      example: '4',
    },
    ...windowColumns,
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
  ],
  person: {
    schema: labourPerson,
    consent: labourConsent,
    settle: ({ idNumber }, asOf) => {
      const birth = birthDateOf(idNumber);
      if (birth === null || wholeYearsBetween(birth, asOf) < workingAgeMin) {
        return {
          refused: {
            path: 'person.idNumber',
            code: 'under-16',
            text: { zh: '未满 16 周岁,不得登记用工', en: 'under 16: must not be listed for work' },
          },
        };
      }
      const adultOn = birthdayOf(birth, adultAge);
      return { attributes: { minorUntil: adultOn > asOf ? adultOn : null } };
    },
  },
  titleOf: (attributes) =>
    `${namesOf(skills, attributes.skills).slice(0, 4).join('、')} 每周${attributes.hoursPerWeek}小时`,
  searchTextOf: (attributes) =>
    attributes.skills
      .flatMap((code) => {
        const skill = skills.find((candidate) => candidate.code === code);
        return [skill?.zh ?? code, ...(skill?.synonyms ?? [])];
      })
      .join(' '),
});
