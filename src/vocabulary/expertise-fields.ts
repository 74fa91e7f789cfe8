// Fields of knowledge 专业领域: what an expert knows, a technology serves, and somebody asks help for. The project's own words.
import type { CodedTerm } from './coded-term.ts';

export const expertiseFields = [
  { code: 'crop-growing', zh: '种植技术', en: 'crop growing', synonyms: ['农技', '栽培', '粮油种植', '果树栽培'] },
  { code: 'livestock', zh: '畜牧兽医', en: 'livestock and veterinary care', synonyms: ['养殖技术', '兽医'] },
  {
    code: 'plant-protection',
    zh: '植保与土肥',
    en: 'plant protection and soil',
    synonyms: ['植保', '土肥', '病虫害防治'],
  },
  { code: 'farm-machinery', zh: '农业机械', en: 'farm machinery', synonyms: ['农机', '设施装备', '机械维修'] },
  { code: 'food-processing', zh: '农产品加工', en: 'food processing', synonyms: ['食品加工', '保鲜', '冷链'] },
  { code: 'craft-manufacture', zh: '来料加工工艺', en: 'outwork and crafts', synonyms: ['缝制工艺', '手工艺', '非遗'] },
  { code: 'quality-brand', zh: '质量与品牌', en: 'quality and brand', synonyms: ['标准化', '品牌策划', '认证'] },
  { code: 'e-commerce', zh: '电商与营销', en: 'e-commerce and marketing', synonyms: ['电商', '营销', '直播运营'] },
  {
    code: 'tourism-design',
    zh: '文旅与规划设计',
    en: 'tourism and design',
    synonyms: ['农旅', '规划设计', '乡村规划'],
  },
  { code: 'environment', zh: '资源环境', en: 'resources and environment', synonyms: ['粪污处理', '环保', '新能源'] },
  {
    code: 'management-finance',
    zh: '经营与财务',
    en: 'management and finance',
    synonyms: ['经营管理', '财务', '会计', '金融'],
  },
  { code: 'law-governance', zh: '法律与治理', en: 'law and governance', synonyms: ['法律', '基层治理'] },
  { code: 'health-education', zh: '教育与康养', en: 'education and care', synonyms: ['教育', '医疗', '康养'] },
  { code: 'digital', zh: '数字技术', en: 'digital technology', synonyms: ['信息化', '物联网', '数字农业'] },
] as const satisfies readonly CodedTerm[];

export const expertiseForms = [
  { code: 'expert', zh: '专家服务', en: 'expert service', synonyms: ['专家', '专家指导', '人才'] },
  { code: 'technology', zh: '技术', en: 'technology', synonyms: ['技术成果', '技术转让', '新品种'] },
  { code: 'training', zh: '培训', en: 'training', synonyms: ['技能培训', '课程', '讲座'] },
] as const satisfies readonly CodedTerm[];
