// The skill vocabulary 技能: what villagers say they can do. About 120 rural skills in groups, data in data/skills.json.
// Own words instead of the national occupation codes, because nobody in a village knows the codes (CONVENTIONS 2.11).
import table from './data/skills.json' with { type: 'json' };
import type { CodedTerm } from './coded-term.ts';
import { indexTerms } from './coded-term.ts';

export interface Skill extends CodedTerm {
  /** code of its group, see `skillGroups` */
  group: string;
}

export interface SkillGroup extends CodedTerm {
  /** starting guide wage in 分 per hour; a county's matching policy overrides it, it is no statutory value */
  wageFenPerHourGuide: number;
}

export const skillGroups: readonly SkillGroup[] = table.groups.map(({ skills: _skills, ...group }) => ({
  ...group,
  synonyms: [],
}));

export const skills: readonly Skill[] = table.groups.flatMap((group) =>
  group.skills.map((skill) => ({ ...skill, group: group.code })),
);

export const skillCodes: readonly string[] = skills.map((skill) => skill.code);

const terms = indexTerms(skills);
const groupOf = new Map(skillGroups.map((group) => [group.code, group]));

/** By code, Chinese name or synonym; `null` when unknown. */
export function findSkill(text: string): Skill | null {
  return terms.find(text);
}

/** Guide wage of a skill in 分 per hour; `null` for an unknown skill. */
export function guideWageFenPerHour(code: string): number | null {
  const skill = terms.byCode(code);
  return skill === null ? null : (groupOf.get(skill.group)?.wageFenPerHourGuide ?? null);
}
