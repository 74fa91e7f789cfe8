// 共富人才库 talents: specialists, people from the village who have gone far, graduates, veterans, agronomists. Private like labour:
// sealed identity, consent, in no public list and not even counted in one, because experts of a field in a town are too few.
import { z } from 'zod';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import { expertiseFields, expertiseForms } from '../../vocabulary/expertise-fields.ts';
import { defineKind } from './kind.ts';
import { divisionColumn, ownerColumn, windowColumns } from './listing-fields.ts';
import { consentColumns, consentSchema, identityColumns, identityFields, settleAge } from './person-fields.ts';
import { namesOf } from './site-fields.ts';

const talentTypes = [
  { code: 'specialist', zh: '专业技术人才', en: 'specialist', synonyms: ['专家', '教授', '工程师'] },
  { code: 'agronomist', zh: '农技人员', en: 'agronomist', synonyms: ['农技员', '科技特派员'] },
  { code: 'new-farmer', zh: '新农人', en: 'new farmer', synonyms: ['农创客', '高素质农民'] },
  { code: 'craft-master', zh: '乡土工匠', en: 'craft master', synonyms: ['非遗传承人', '乡村工匠', '土专家'] },
  { code: 'returned-native', zh: '乡贤', en: 'native who has gone far', synonyms: ['返乡人才', '在外人才'] },
  { code: 'graduate', zh: '高校毕业生', en: 'graduate', synonyms: ['大学生', '毕业生'] },
  { code: 'veteran', zh: '退役军人', en: 'veteran', synonyms: ['退伍军人'] },
  { code: 'manager', zh: '乡村职业经理人', en: 'rural manager', synonyms: ['职业经理人', '乡村CEO'] },
] as const satisfies readonly CodedTerm[];

const levels = [
  { code: 'senior', zh: '高级', en: 'senior', synonyms: ['正高', '副高', '高级职称'] },
  { code: 'intermediate', zh: '中级', en: 'intermediate', synonyms: ['中级职称'] },
  { code: 'junior', zh: '初级', en: 'junior', synonyms: ['初级职称'] },
  { code: 'untitled', zh: '无职称', en: 'without title', synonyms: ['未评', '无'] },
] as const satisfies readonly CodedTerm[];

export const talent = defineKind({
  id: 'talent',
  list: 'idle-labour',
  label: { zh: '共富人才', en: 'talent' },
  isPublic: false,
  owners: ['collective', 'village-committee', 'government', 'institution', 'social-org'],
  attributes: z.strictObject({
    talentType: z.enum(talentTypes.map((type) => type.code)).describe('人才类别 · type'),
    fields: z
      .array(z.enum(expertiseFields.map((field) => field.code)))
      .min(1)
      .max(5)
      .describe('专业领域 · fields'),
    level: z.enum(levels.map((level) => level.code)).describe('职称层级 · level'),
    forms: z
      .array(z.enum(expertiseForms.map((form) => form.code)))
      .min(1)
      .max(expertiseForms.length)
      .describe('可提供的服务 · what is offered'),
    daysPerMonth: z.number().int().min(1).max(22).describe('每月可服务天数 · days a month'),
    maxTravelKm: z.number().min(0).max(500).describe('最远服务距离(公里) · farthest travel, km'),
    isPaid: z.boolean().default(true).describe('有偿服务 · paid'),
  }),
  withheld: [],
  columns: [
    divisionColumn,
    ownerColumn('登记单位统一社会信用代码', { isRequired: false, synonyms: ['登记单位'] }),
    ...identityColumns,
    {
      path: 'attributes.talentType',
      header: '人才类别',
      headerEn: 'type',
      synonyms: ['类别', '人才类型'],
      cell: { type: 'choice', choices: talentTypes },
      isRequired: true,
      example: '农技人员',
    },
    {
      path: 'attributes.fields',
      header: '专业领域',
      headerEn: 'fields',
      synonyms: ['专业', '领域', '特长'],
      cell: { type: 'choices', choices: expertiseFields },
      isRequired: true,
      note: { zh: '多项用顿号分开', en: 'several separated by 、' },
      example: '种植技术、植保与土肥',
    },
    {
      path: 'attributes.level',
      header: '职称层级',
      headerEn: 'level',
      synonyms: ['职称', '层级', '级别'],
      cell: { type: 'choice', choices: levels },
      isRequired: true,
      example: '中级',
    },
    {
      path: 'attributes.forms',
      header: '可提供服务',
      headerEn: 'what is offered',
      synonyms: ['服务形式', '服务内容'],
      cell: { type: 'choices', choices: expertiseForms },
      isRequired: true,
      example: '专家服务、培训',
    },
    {
      path: 'attributes.daysPerMonth',
      header: '每月可服务天数',
      headerEn: 'days a month',
      synonyms: ['服务天数'],
      cell: { type: 'integer' },
      isRequired: true,
      example: '4',
    },
    {
      path: 'attributes.maxTravelKm',
      header: '最远服务距离(公里)',
      headerEn: 'farthest travel (km)',
      synonyms: ['服务距离', '最远距离'],
      cell: { type: 'decimal' },
      isRequired: true,
      example: '50',
    },
    {
      path: 'attributes.isPaid',
      header: '有偿服务',
      headerEn: 'paid',
      synonyms: ['是否有偿'],
      cell: { type: 'yes-no' },
      example: '否',
    },
    ...windowColumns,
    ...consentColumns,
  ],
  person: {
    // Low income is not asked: it says nothing about what somebody knows.
    schema: z.strictObject(identityFields),
    consent: consentSchema,
    settle: ({ idNumber }, asOf) => {
      const settled = settleAge(idNumber, asOf);
      return 'refused' in settled ? settled : { attributes: {} };
    },
  },
  titleOf: ({ talentType, fields, daysPerMonth }) =>
    `${namesOf(talentTypes, [talentType]).join('')} ${namesOf(expertiseFields, fields).slice(0, 3).join('、')} 每月${daysPerMonth}天`,
  searchTextOf: ({ talentType, fields }) =>
    [
      '人才',
      ...namesOf(talentTypes, [talentType]),
      ...expertiseFields.flatMap(({ code, zh, synonyms }) => (fields.includes(code) ? [zh, ...synonyms] : [])),
    ].join(' '),
});
