// What villages make and sell 产品品类: the project's own few words, the same for what is supplied and what a channel asks for.
import type { CodedTerm } from './coded-term.ts';

export const productCategories = [
  { code: 'grain-oil', zh: '粮油', en: 'grain and oil', synonyms: ['大米', '茶油', '菜籽油', '山茶油'] },
  { code: 'vegetables', zh: '蔬菜', en: 'vegetables', synonyms: ['时令蔬菜', '食用菌'] },
  { code: 'fruit', zh: '水果', en: 'fruit', synonyms: ['柑橘', '椪柑', '鲜果'] },
  { code: 'tea', zh: '茶叶', en: 'tea', synonyms: ['绿茶', '红茶'] },
  { code: 'meat-eggs', zh: '畜禽蛋品', en: 'meat and eggs', synonyms: ['土鸡', '鸡蛋', '猪肉', '畜禽'] },
  { code: 'aquatic', zh: '水产', en: 'fish and aquatic products', synonyms: ['清水鱼', '淡水鱼'] },
  {
    code: 'processed-food',
    zh: '加工食品',
    en: 'processed food',
    synonyms: ['粉干', '笋干', '糕点', '腌制品', '食品'],
  },
  { code: 'herbs', zh: '中药材', en: 'medicinal herbs', synonyms: ['黄精', '陈皮', '药材'] },
  { code: 'seedlings', zh: '花卉苗木', en: 'flowers and seedlings', synonyms: ['苗木', '盆景', '花卉'] },
  { code: 'bamboo-craft', zh: '竹木工艺品', en: 'bamboo and wood craft', synonyms: ['竹编', '竹制品', '木制品'] },
  { code: 'textile', zh: '针织服饰', en: 'knitwear and garments', synonyms: ['服装', '袜子', '手套', '鞋帽'] },
  { code: 'small-goods', zh: '日用小商品', en: 'small goods', synonyms: ['饰品', '玩具', '文具', '小商品'] },
  { code: 'rural-tourism', zh: '乡村旅游产品', en: 'rural tourism', synonyms: ['研学', '民宿产品', '采摘游'] },
] as const satisfies readonly CodedTerm[];

export type ProductCategory = (typeof productCategories)[number]['code'];
