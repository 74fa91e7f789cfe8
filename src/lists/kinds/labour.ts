// 闲置劳动力 idle workers. Who somebody is, his low-income status and his consent are parts of their own, kept by the parties room
// (docs/decisions/0008); the attributes hold only what matching needs. Never public: the public list is suppressed aggregates.
import { z } from 'zod';
import { addDays } from '../../vocabulary/calendar.ts';
import type { PlainDate } from '../../vocabulary/calendar.ts';
import { skillCodes, skills } from '../../vocabulary/skills.ts';
import { defineKind } from './kind.ts';
import { divisionColumn, ownerColumn, plainDateSchema, windowColumns } from './listing-fields.ts';
import { consentColumns, consentSchema, identityColumns, identityFields, settleAge } from './person-fields.ts';
import { namesOf, starRating } from './site-fields.ts';

/** Weekly hours in the long run, 劳动法 36: 44. */
export const weeklyHoursMax = 44;
const adultAge = 18;

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
  ...identityFields,
  lowIncome: z.boolean().describe('低收入农户成员 · of an identified low-income household'),
});

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
  owners: ['collective', 'village-committee', 'government', 'institution', 'social-org'],
  attributes: labourAttributes,
  withheld: [],
  columns: [
    divisionColumn,
    ownerColumn('登记单位统一社会信用代码', { isRequired: false, synonyms: ['登记单位', '所属村集体代码'] }),
    ...identityColumns,
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
    ...consentColumns,
  ],
  person: {
    schema: labourPerson,
    consent: consentSchema,
    settle: ({ idNumber }, asOf) => {
      const settled = settleAge(idNumber, asOf);
      if ('refused' in settled) return settled;
      const adultOn = birthdayOf(settled.birth, adultAge);
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
