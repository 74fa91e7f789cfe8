// The kinds of 主体 that own, ask, decide or sign. The kind is told by the first characters of the unified social credit code.
import type { CodedTerm } from './coded-term.ts';

export const partyKinds = [
  { code: 'enterprise', zh: '企业', en: 'enterprise', synonyms: ['公司', '有限公司', '强村公司'] },
  { code: 'sole-trader', zh: '个体工商户', en: 'sole trader', synonyms: ['个体户'] },
  { code: 'cooperative', zh: '农民专业合作社', en: 'farmers’ cooperative', synonyms: ['合作社'] },
  {
    code: 'collective',
    zh: '村集体经济组织',
    en: 'village collective',
    synonyms: ['股份经济合作社', '经济合作社', '村集体'],
  },
  {
    code: 'village-committee',
    zh: '村民委员会',
    en: 'village committee',
    synonyms: ['村委会', '居委会', '居民委员会'],
  },
  { code: 'government', zh: '机关', en: 'government body', synonyms: ['党政机关', '乡镇政府'] },
  { code: 'institution', zh: '事业单位', en: 'public institution', synonyms: [] },
  { code: 'social-org', zh: '社会组织', en: 'social organisation', synonyms: ['社会团体', '协会'] },
] as const satisfies readonly CodedTerm[];

export type PartyKind = (typeof partyKinds)[number]['code'];
export const partyKindCodes: readonly PartyKind[] = partyKinds.map((kind) => kind.code);
