// Eligibility 申请条件 of a policy as data: field, operator, value. Written in sheets as "工坊星级>=4;主体类型 属于 企业、合作社";
// judged against facts with three answers, because a missing fact is unknown, not a failure.
import { z } from 'zod';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import { indexTerms } from '../../vocabulary/coded-term.ts';
import { divisionContains } from '../../vocabulary/division-code.ts';
import { partyKinds } from '../../vocabulary/party-kinds.ts';
import { workshopTypes } from '../../vocabulary/workshop-types.ts';

interface EligibilityField extends CodedTerm {
  valueType: 'number' | 'code' | 'division';
  choices?: readonly CodedTerm[];
}

export const eligibilityFields = [
  { code: 'party-kind', zh: '主体类型', en: 'kind of party', synonyms: [], valueType: 'code', choices: partyKinds },
  {
    code: 'workshop-type',
    zh: '工坊类型',
    en: 'workshop type',
    synonyms: [],
    valueType: 'code',
    choices: workshopTypes,
  },
  { code: 'star', zh: '工坊星级', en: 'star rating', synonyms: ['星级'], valueType: 'number' },
  { code: 'workers', zh: '带动就业人数', en: 'people employed', synonyms: ['就业人数'], valueType: 'number' },
  {
    code: 'low-income-workers',
    zh: '带动低收入农户人数',
    en: 'low-income people employed',
    synonyms: ['低收入人数'],
    valueType: 'number',
  },
  {
    code: 'wages-yuan-year',
    zh: '年发放工资(元)',
    en: 'wages a year (yuan)',
    synonyms: ['年发放工资'],
    valueType: 'number',
  },
  {
    code: 'months-running',
    zh: '运营月数',
    en: 'months in operation',
    synonyms: ['运营时间(月)'],
    valueType: 'number',
  },
  { code: 'area-mu', zh: '经营面积(亩)', en: 'area worked (mu)', synonyms: ['经营面积'], valueType: 'number' },
  { code: 'age', zh: '年龄', en: 'age', synonyms: ['周岁'], valueType: 'number' },
  { code: 'division', zh: '所在区划', en: 'division', synonyms: ['所在地区'], valueType: 'division' },
] as const satisfies readonly EligibilityField[];

const fields: readonly EligibilityField[] = eligibilityFields;
const fieldIndex = indexTerms(fields);

export const eligibilityOperators = ['>=', '<=', '=', 'in', 'within'] as const;

export const eligibilityCondition = z
  .strictObject({
    field: z.enum(eligibilityFields.map((field) => field.code)).describe('条件字段 · field'),
    operator: z.enum(eligibilityOperators).describe('运算 · operator'),
    value: z
      .union([
        z.number().min(-1e12).max(1e12),
        z.string().min(1).max(40),
        z.array(z.string().min(1).max(40)).min(1).max(20),
      ])
      .describe('值 · value'),
  })
  .describe('申请条件 · eligibility condition');

export type EligibilityCondition = z.infer<typeof eligibilityCondition>;

const conditionPattern = /^(.+?)\s*(>=|<=|=|≥|≤|不少于|不超过|属于|位于|为)\s*(.+)$/;
const operatorOf: Record<string, EligibilityCondition['operator']> = {
  '>=': '>=',
  '≥': '>=',
  不少于: '>=',
  '<=': '<=',
  '≤': '<=',
  不超过: '<=',
  '=': '=',
  为: '=',
  属于: 'in',
  位于: 'within',
};

/** Reads what stands in a sheet; names the first piece that cannot be read. */
export function parseConditions(text: string): { conditions: EligibilityCondition[] } | { unreadable: string } {
  const conditions: EligibilityCondition[] = [];
  for (const piece of text.normalize('NFKC').split(/[;;\n]+/)) {
    const written = piece.trim();
    if (written === '') continue;
    const condition = parseCondition(written);
    if (condition === null) return { unreadable: written };
    conditions.push(condition);
  }
  return { conditions };
}

function parseCondition(written: string): EligibilityCondition | null {
  const match = conditionPattern.exec(written);
  const field = match?.[1] === undefined ? null : fieldIndex.find(match[1]);
  const operator = match?.[2] === undefined ? undefined : operatorOf[match[2]];
  const value = match?.[3]?.trim();
  if (field === null || operator === undefined || value === undefined) return null;
  const code = field.code as EligibilityCondition['field'];
  if (field.valueType === 'number') {
    if (!/^-?\d+(?:\.\d+)?$/.test(value) || operator === 'in' || operator === 'within') return null;
    return { field: code, operator, value: Number(value) };
  }
  if (field.valueType === 'division') {
    return operator === 'within' && /^\d{2,12}$/.test(value) ? { field: code, operator, value } : null;
  }
  if (operator !== 'in' && operator !== '=') return null;
  const terms = indexTerms(field.choices ?? []);
  const codes = value.split(/[、,,]/).map((word) => terms.find(word)?.code ?? null);
  const known = codes.filter((found) => found !== null);
  return known.length === codes.length ? { field: code, operator: 'in', value: known } : null;
}

/** The inverse of `parseConditions`, for exports and explanations. */
export function formatConditions(conditions: readonly EligibilityCondition[]): string {
  return conditions
    .map(({ field, operator, value }) => {
      const { zh, choices } = fieldIndex.byCode(field) ?? { zh: field, choices: undefined };
      if (Array.isArray(value)) {
        return `${zh} 属于 ${value.map((code) => choices?.find((term) => term.code === code)?.zh ?? code).join('、')}`;
      }
      return operator === 'within' ? `${zh} 位于 ${value}` : `${zh}${operator}${value}`;
    })
    .join(';');
}

export type EligibilityFacts = Partial<Record<EligibilityCondition['field'], number | string>>;

/** `true`, `false`, or `null` when the fact is not known. */
export function meetsCondition(
  { field, operator, value }: EligibilityCondition,
  facts: EligibilityFacts,
): boolean | null {
  const fact = facts[field];
  if (fact === undefined) return null;
  switch (operator) {
    case '>=':
      return Number(fact) >= Number(value);
    case '<=':
      return Number(fact) <= Number(value);
    case '=':
      return String(fact) === String(value);
    case 'in':
      return Array.isArray(value) ? value.includes(String(fact)) : String(fact) === String(value);
    case 'within':
      return divisionContains(String(value), String(fact));
  }
}
