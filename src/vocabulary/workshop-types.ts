// The six types of 共富工坊 in Zhejiang usage.
import type { CodedTerm } from './coded-term.ts';

export const workshopTypes = [
  { code: 'industry-led', zh: '产业赋能式', en: 'industry-led', synonyms: ['产业赋能'] },
  { code: 'outwork', zh: '来料加工式', en: 'outwork', synonyms: ['来料加工', '来料加工点'] },
  { code: 'targeted-hiring', zh: '定向招工式', en: 'targeted hiring', synonyms: ['定向招工'] },
  { code: 'live-commerce', zh: '电商直播式', en: 'live commerce', synonyms: ['电商直播', '直播'] },
  { code: 'farm-tourism', zh: '农旅融合式', en: 'farm tourism', synonyms: ['农旅融合', '农旅'] },
  { code: 'brand-led', zh: '品牌带动式', en: 'brand-led', synonyms: ['品牌带动'] },
] as const satisfies readonly CodedTerm[];

export type WorkshopType = (typeof workshopTypes)[number]['code'];
export const workshopTypeCodes: readonly WorkshopType[] = workshopTypes.map((type) => type.code);
