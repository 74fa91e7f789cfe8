// 集体决议 (四议两公开): what the members of a collective decided before an asset of theirs is offered (CONVENTIONS 2.8), as schema
// and as columns of the sheets of such assets.

import { z } from 'zod';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import type { Column } from './kind.ts';
import { brokenRule } from './kind.ts';
import { plainDateSchema } from './listing-fields.ts';

export const decisionBodies = [
  { code: 'assembly', zh: '成员大会', en: 'assembly of members', synonyms: ['社员大会', '股东大会'] },
  {
    code: 'representatives',
    zh: '成员代表大会',
    en: 'assembly of representatives',
    synonyms: ['社员代表大会', '股东代表大会', '成员(代表)大会'],
  },
  { code: 'council', zh: '理事会', en: 'council', synonyms: ['董事会'] },
] as const satisfies readonly CodedTerm[];

const people = z.number().int().min(1).max(1_000_000);

export const decisionSchema = z
  .strictObject({
    heldOn: plainDateSchema.describe('决议日期 · day of the meeting'),
    body: z.enum(decisionBodies.map(({ code }) => code)).describe('决议机构 · who decided'),
    due: people.describe('应到人数 · who may vote'),
    present: people.describe('实到人数 · who came'),
    inFavour: z.number().int().min(0).max(1_000_000).describe('同意人数 · who agreed'),
    minutes: z.string().min(1).max(120).describe('会议记录编号 · reference of the minutes'),
    publicityFrom: plainDateSchema
      .nullable()
      .default(null)
      .describe('公示起始日 · first day of publicity; null: not begun'),
    publicityTo: plainDateSchema.nullable().default(null).describe('公示截止日 · last day of publicity, as put up'),
  })
  .superRefine(({ heldOn, due, present, inFavour, publicityFrom, publicityTo }, context) => {
    const refuse = (path: string, code: string, zh: string, en: string) =>
      context.addIssue(brokenRule([path], code, { zh, en }));
    if (present > due) refuse('present', 'more-than-due', '多于应到人数', 'are more than may vote');
    if (inFavour > present) refuse('inFavour', 'more-than-present', '多于实到人数', 'are more than came');
    if (publicityFrom !== null && publicityFrom < heldOn)
      refuse('publicityFrom', 'before-decision', '早于决议日期', 'is before the decision');
    if (publicityTo !== null && (publicityFrom === null || publicityTo < publicityFrom))
      refuse('publicityTo', 'window-reversed', '早于公示起始日', 'is before the first day of publicity');
  })
  .describe('集体决议 · decision of the collective')
  .meta({ id: 'NewCollectiveDecision' });

export type CollectiveDecision = z.output<typeof decisionSchema>;

const needed = {
  zh: '村集体的资产发布前须有决议;填一项即须填齐',
  en: 'an asset of a collective is published only with its decision; all of it or nothing',
};

export const decisionColumns: readonly Column[] = [
  {
    path: 'decision.heldOn',
    header: '决议日期',
    headerEn: 'day of the decision',
    synonyms: ['民主决策日期', '会议日期'],
    cell: { type: 'date' },
    note: needed,
    example: '2026-11-02',
  },
  {
    path: 'decision.body',
    header: '决议机构',
    headerEn: 'who decided',
    synonyms: ['决策机构', '会议名称'],
    cell: { type: 'choice', choices: decisionBodies },
    example: '成员代表大会',
  },
  {
    path: 'decision.due',
    header: '应到人数',
    headerEn: 'people due',
    cell: { type: 'integer' },
    example: '36',
  },
  {
    path: 'decision.present',
    header: '实到人数',
    headerEn: 'people present',
    synonyms: ['到会人数'],
    cell: { type: 'integer' },
    example: '33',
  },
  {
    path: 'decision.inFavour',
    header: '同意人数',
    headerEn: 'people in favour',
    synonyms: ['赞成人数'],
    cell: { type: 'integer' },
    note: {
      zh: '成员大会、代表大会须应到的三分之二以上同意,理事会须过半数',
      en: 'two thirds of those due in an assembly, more than half in a council',
    },
    example: '31',
  },
  {
    path: 'decision.minutes',
    header: '会议记录编号',
    headerEn: 'reference of the minutes',
    synonyms: ['决议编号', '会议纪要编号', '决议文号'],
    cell: { type: 'text' },
    example: '湖仁股合〔2026〕7号',
  },
  {
    path: 'decision.publicityFrom',
    header: '公示起始日',
    headerEn: 'publicity from',
    synonyms: ['公示开始日期', '公示时间起'],
    cell: { type: 'date' },
    note: { zh: '空为尚未公示', en: 'empty: not begun' },
    example: '2026-11-03',
  },
  {
    path: 'decision.publicityTo',
    header: '公示截止日',
    headerEn: 'publicity to',
    synonyms: ['公示结束日期', '公示时间止'],
    cell: { type: 'date' },
    note: { zh: '不得短于县里规定的工作日数', en: 'not shorter than the county’s working days' },
    example: '2026-11-12',
  },
];
