// What the county offers and seeks beside sites, orders and people: shared facilities, posts, products and channels, land that
// somebody looks for, expertise, and projects. A few rows each, made up; the absorption of 30,000 亩 is the size that the
// source names for one livestock farm.
import type { ListingDraft, PartyDraft } from '../../src/lists/sheets/index.ts';
import { addDays } from '../../src/vocabulary/calendar.ts';
import { drawsFromSeed } from '../../src/vocabulary/seeded-draws.ts';
import type { Draws } from '../../src/vocabulary/seeded-draws.ts';
import { decisionOf } from './decisions.ts';
import { exampleAsOf, exampleFiles } from './files.ts';
import { makeListing, numbered } from './listing.ts';
import { collectiveUscc } from './parties.ts';
import { pickWeighted, villages } from './places.ts';

const rowsOf = (sheetId: string): number => exampleFiles.find((file) => file.sheetId === sheetId)?.rows ?? 0;
const between = (draws: Draws, [min, max]: readonly [number, number]): number => draws.integer(min, max);
const office = { contactOffice: '业务科(演示)', contactPhone: '0570-3809999' };

// prettier-ignore
const facilities = [
  { name: '冷库', facilityType: 'cold-store', landUse: 'village-construction', capacityUnit: 'ton', capacity: [20, 300], fee: [200, 600], feeUnit: 'ton', powerKw: 35 },
  { name: '烘干中心', facilityType: 'drying-hall', landUse: 'facility-agriculture', capacityUnit: 'ton-per-day', capacity: [5, 40], fee: [8_000, 16_000], feeUnit: 'ton', powerKw: 60 },
  { name: '柑橘分拣线', facilityType: 'sorting-line', landUse: 'village-construction', capacityUnit: 'ton-per-day', capacity: [10, 60], fee: [5_000, 9_000], feeUnit: 'ton', powerKw: 25 },
  { name: '停车场', facilityType: 'parking', landUse: 'village-construction', capacityUnit: 'place', capacity: [20, 120], fee: [0, 1_000], feeUnit: 'day', powerKw: 0 },
  { name: '乡宴厨房', facilityType: 'kitchen', landUse: 'homestead', capacityUnit: 'place', capacity: [40, 200], fee: [20_000, 60_000], feeUnit: 'half-day', powerKw: 20 },
  { name: '共享直播间', facilityType: 'live-room', landUse: 'village-construction', capacityUnit: 'place', capacity: [2, 8], fee: [2_000, 6_000], feeUnit: 'hour', powerKw: 5 },
] as const;

export function makeFacilities(): ListingDraft[] {
  const draws = drawsFromSeed(10);
  return Array.from({ length: rowsOf('shared-facility') }, (_, index) => {
    const village = pickWeighted(draws, villages, (candidate) => candidate.development);
    const { name, capacity, fee, ...facility } = draws.pick(facilities);
    return makeListing('shared-facility', {
      number: numbered('SS', index + 1),
      divisionCode: village.code,
      owner: collectiveUscc(village.code),
      decision: decisionOf(village),
      attributes: {
        ...facility,
        ...office,
        name: `${village.shortName}${name}(演示)`,
        capacity: between(draws, capacity),
        feeFen: Math.round(between(draws, fee) / 100) * 100,
        bookableSlots: facility.facilityType === 'kitchen' ? ['sat-am', 'sat-pm', 'sun-am', 'sun-pm'] : [],
        rules: '提前一天预约(演示)',
      },
    });
  });
}

// prettier-ignore
const posts = [
  ['柑橘采摘工', 'planting', ['harvesting'], 'day', [110_000, 150_000], 'service-agreement'],
  ['分拣装箱工', 'packing', ['sorting', 'packing'], 'day', [100_000, 140_000], 'service-agreement'],
  ['缝纫工', 'processing', ['sewing'], 'month', [3_500_000, 5_000_000], 'labour-contract'],
  ['剪线头居家工', 'processing', ['thread-trimming'], 'piece', [70, 120], 'work-contract'],
  ['快递分拨员', 'delivery', ['loading'], 'hour', [18_000, 22_000], 'service-agreement'],
  ['直播助理', 'e-commerce', ['live-streaming'], 'month', [3_000_000, 4_500_000], 'labour-contract'],
  ['景区讲解员', 'tourism', [], 'day', [120_000, 180_000], 'service-agreement'],
  ['村庄保洁员', 'upkeep', ['cleaning'], 'month', [800_000, 1_500_000], 'service-agreement'],
] as const;

export function makePosts(enterprises: readonly PartyDraft[]): ListingDraft[] {
  const draws = drawsFromSeed(11);
  return Array.from({ length: rowsOf('post') }, (_, index) => {
    const village = pickWeighted(draws, villages, (candidate) => 0.3 + candidate.development);
    const [name, postType, skills, payMode, pay, engagement] = draws.pick(posts);
    const isVillage = postType === 'upkeep' || draws.chance(0.4);
    return makeListing('post', {
      number: numbered('GW', index + 1),
      divisionCode: village.code,
      owner: isVillage ? collectiveUscc(village.code) : draws.pick(enterprises).uscc,
      availableTo: draws.chance(0.3) ? addDays(exampleAsOf, draws.integer(8, 16) * 7) : null,
      attributes: {
        ...office,
        name: `${name}(演示)`,
        postType,
        skills,
        headcount: draws.integer(1, 20),
        payMode,
        payLi: payMode === 'piece' ? between(draws, pay) : Math.round(between(draws, pay) / 1_000) * 1_000,
        hoursPerWeek: draws.pick([20, 24, 36, 40, 44]),
        engagement,
        isLowIncomePriority: draws.chance(0.5),
        homeWork: payMode === 'piece',
        hasAccidentInsurance: draws.chance(0.6),
      },
    });
  });
}

// prettier-ignore
const goods = [
  ['椪柑', 'fruit', '公斤', [5_000, 60_000], [2_400, 4_500], ['month-11', 'month-12', 'month-01'], ['green-food']],
  ['双桥手工粉干', 'processed-food', '公斤', [800, 6_000], [9_000, 16_000], [], ['small-workshop']],
  ['山茶油', 'grain-oil', '升', [200, 1_500], [70_000, 120_000], [], ['food-licence']],
  ['高山绿茶', 'tea', '公斤', [50, 500], [200_000, 600_000], ['month-04', 'month-05'], []],
  ['干制笋', 'processed-food', '公斤', [200, 2_000], [40_000, 80_000], [], []],
  ['黄精切片', 'herbs', '公斤', [100, 1_200], [60_000, 110_000], [], []],
  ['竹编果篮', 'bamboo-craft', '只', [300, 4_000], [12_000, 30_000], [], ['intangible-heritage']],
  ['针织手套', 'textile', '双', [5_000, 40_000], [1_800, 3_500], [], []],
  ['土鸡蛋', 'meat-eggs', '枚', [3_000, 20_000], [900, 1_500], [], []],
] as const;

export function makeSupplies(): ListingDraft[] {
  const draws = drawsFromSeed(12);
  return Array.from({ length: rowsOf('product-supply') }, (_, index) => {
    const village = draws.pick(villages);
    const [name, category, unit, quantity, price, months, marks] = draws.pick(goods);
    const priceLi = Math.round(between(draws, price) / 100) * 100;
    return makeListing('product-supply', {
      number: numbered('GJ', index + 1),
      divisionCode: village.code,
      owner: collectiveUscc(village.code),
      attributes: {
        ...office,
        productName: `${name}(演示)`,
        category,
        quantityPerMonth: Math.round(between(draws, quantity) / 50) * 50,
        unit,
        months,
        priceLi,
        floorPriceLi: draws.chance(0.5) ? Math.round((priceLi * 0.9) / 100) * 100 : null,
        marks,
      },
    });
  });
}

// prettier-ignore
const channels = [
  ['农投直营店', 'agri-investment', ['fruit', 'grain-oil', 'processed-food'], '柑橘、茶油和粉干礼盒', '公斤', 'standing', 30],
  ['供销社超市', 'supply-coop', ['vegetables', 'meat-eggs', 'fruit'], '时令蔬菜、鸡蛋和水果,每日配送', '公斤', 'framework', 15],
  ['电商旗舰店', 'e-commerce', ['processed-food', 'tea', 'bamboo-craft'], '适合快递的特产,可代发', '件', 'consignment', 7],
  ['连锁商超', 'supermarket', ['fruit', 'vegetables'], '统货柑橘和叶菜,需分级包装', '公斤', 'framework', 45],
  ['学校食堂团餐', 'canteen', ['vegetables', 'meat-eggs', 'grain-oil'], '可追溯的大宗食材', '公斤', 'framework', 30],
  ['外贸礼品公司', 'export', ['bamboo-craft', 'small-goods', 'textile'], '竹编和针织小商品,按样生产', '件', 'single', 60],
] as const;

export function makeChannels(enterprises: readonly PartyDraft[]): ListingDraft[] {
  const draws = drawsFromSeed(13);
  return Array.from({ length: rowsOf('channel-demand') }, (_, index) => {
    const enterprise = draws.pick(enterprises);
    const [name, channelType, categories, wanted, unit, contractTerm, payDays] =
      channels[index % channels.length] ?? channels[0];
    return makeListing('channel-demand', {
      number: numbered('QD', index + 1),
      divisionCode: enterprise.divisionCode,
      owner: enterprise.uscc,
      attributes: {
        ...office,
        ...{ channelType, categories, wanted, unit, contractTerm, payDays },
        channelName: `${name}(演示)`,
        quantityPerMonth: draws.integer(10, 400) * 100,
        feePermille: draws.pick([0, 0, 20, 50]),
      },
    });
  });
}

/** What one livestock farm needs to spread its manure, as in the source: 30,000 亩 at 30 元 of fertiliser saved a 亩. */
const absorption = {
  name: '万头牧场粪肥还田消纳用地(演示)',
  intendedUse: 'manure-absorption',
  landUses: ['cropland', 'orchard-forest-grass', 'basic-farmland'],
  areaMuX100: 3_000_000,
  maxDistanceKm: 25,
  months: ['month-03', 'month-04', 'month-10', 'month-11'],
  termMonths: 36,
  crops: ['水稻', '油菜', '椪柑'],
  absorptionKgPerMuYear: 2_000,
  savingFenPerMuYear: 3_000,
};

// prettier-ignore
const landWanted = [
  { name: '粮油规模种植用地', intendedUse: 'grain', landUses: ['basic-farmland', 'cropland'], mu: [80, 600], isContiguous: true, termMonths: 60 },
  { name: '蔬菜基地用地', intendedUse: 'vegetables-oil-fodder', landUses: ['cropland', 'vacant-land'], mu: [30, 200], isContiguous: true, termMonths: 36 },
  { name: '柑橘改良园用地', intendedUse: 'fruit-forestry', landUses: ['orchard-forest-grass'], mu: [40, 300], isContiguous: false, termMonths: 120 },
  { name: '中药材种植用地', intendedUse: 'other-crops', landUses: ['orchard-forest-grass', 'cropland'], mu: [20, 150], isContiguous: false, termMonths: 60 },
  { name: '分拣车间用地', intendedUse: 'workshop', landUses: ['village-construction'], mu: [2, 12], isContiguous: true, termMonths: 120 },
  { name: '乡村民宿用地', intendedUse: 'homestay-catering', landUses: ['homestead', 'village-construction'], mu: [1, 5], isContiguous: false, termMonths: 180 },
] as const;

export function makeLandDemands(enterprises: readonly PartyDraft[]): ListingDraft[] {
  const draws = drawsFromSeed(14);
  return Array.from({ length: rowsOf('land-demand') }, (_, index) => {
    const enterprise = draws.pick(enterprises);
    const { mu, name, ...wanted } = draws.pick(landWanted);
    const plain = {
      ...wanted,
      name: `${name}(演示)`,
      areaMuX100: between(draws, mu) * 100,
      maxDistanceKm: draws.integer(5, 20),
      rentFenPerMuYearMax: draws.integer(30, 120) * 1_000,
    };
    return makeListing('land-demand', {
      number: numbered('YD', index + 1),
      divisionCode: enterprise.divisionCode,
      owner: enterprise.uscc,
      attributes: { ...office, ...(index === 0 ? absorption : plain) },
    });
  });
}

// prettier-ignore
const topics = [
  ['expert', 'crop-growing', '老橘园改造'],
  ['technology', 'food-processing', '粉干低温烘干工艺'],
  ['training', 'e-commerce', '农产品直播实操'],
  ['expert', 'plant-protection', '茶园绿色防控'],
  ['training', 'craft-manufacture', '缝袜头与来料加工质检'],
  ['technology', 'environment', '粪肥还田与沼液利用'],
  ['expert', 'quality-brand', '区域公用品牌策划'],
  ['training', 'management-finance', '村集体财务与合同'],
] as const;

export function makeExpertise(enterprises: readonly PartyDraft[]): ListingDraft[] {
  const draws = drawsFromSeed(15);
  return Array.from({ length: rowsOf('expertise') }, (_, index) => {
    const village = draws.pick(villages);
    const enterprise = draws.pick(enterprises);
    const direction = index % 2 === 0 ? 'demand' : 'supply';
    const [form, field, topic] = topics[Math.floor(index / 2) % topics.length] ?? topics[0];
    return makeListing('expertise', {
      number: numbered('ZJ', index + 1),
      divisionCode: direction === 'demand' ? village.code : enterprise.divisionCode,
      owner: direction === 'demand' ? collectiveUscc(village.code) : enterprise.uscc,
      attributes: {
        ...{ ...office, direction, form, field },
        topic: `${topic}(演示)`,
        delivery: draws.pick(['on-site', 'either']),
        days: draws.integer(1, 5),
        participants: form === 'training' ? draws.integer(10, 60) : null,
        feeFen: direction === 'supply' ? draws.pick([0, 200_000, 500_000]) : null,
      },
    });
  });
}

// prettier-ignore
const projects = [
  ['柑橘分拣冷链中心', 'storage-logistics', [['land', '建设用地 5 亩'], ['channel', '年销售 200 吨'], ['operator', '有冷链经验的运营方']]],
  ['来料加工共富车间', 'processing', [['venue', '厂房 600 平方米'], ['labour', '缝纫工 40 人']]],
  ['古村研学民宿', 'tourism', [['venue', '闲置农房 8 幢'], ['expertise', '文旅规划'], ['funds', '装修资金缺口']]],
  ['屋顶光伏增收', 'energy', [['venue', '屋顶 3000 平方米'], ['funds', '设备投资']]],
  ['抱团物业厂房', 'property', [['land', '集体经营性建设用地 10 亩'], ['operator', '入驻企业']]],
  ['农机服务队', 'service', [['equipment', '插秧机和植保无人机'], ['labour', '农机手 6 人']]],
] as const;
const stageDates = {
  idea: {},
  checked: {},
  approved: { approvedOn: '2026-06-18' },
  building: { approvedOn: '2026-03-02', startedOn: '2026-08-20' },
  running: { approvedOn: '2025-02-10', startedOn: '2025-06-01', acceptedOn: '2026-05-15' },
} as const;

export function makeProjects(): ListingDraft[] {
  const draws = drawsFromSeed(16);
  return Array.from({ length: rowsOf('project') }, (_, index) => {
    const village = draws.pick(villages);
    const [name, projectType, slots] = projects[index % projects.length] ?? projects[0];
    const stage = draws.pick(['idea', 'checked', 'approved', 'building', 'running'] as const);
    const investmentFen = draws.integer(20, 800) * 1_000_000;
    return makeListing('project', {
      number: numbered('XM', index + 1),
      divisionCode: village.code,
      owner: collectiveUscc(village.code),
      attributes: {
        ...office,
        ...stageDates[stage],
        name: `${village.shortName}${name}(演示)`,
        projectType,
        stage,
        need: slots.map(([, need]) => need).join(';'),
        investmentFen: stage === 'idea' ? null : investmentFen,
        fundsInPlaceFen: stage === 'idea' ? null : Math.round(investmentFen * draws.pick([0.2, 0.5, 0.8])),
        benefitFenYear: draws.integer(5, 60) * 1_000_000,
        jobs: draws.integer(4, 60),
        resourceSlots: slots.map(([resource, need]) => ({ resource, need, isFilled: stage === 'running' })),
      },
    });
  });
}
