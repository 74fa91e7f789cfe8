// Sites and other resources: 145 workshops (four of them named in the source, in their real places), idle houses and idle land
// in every village, and equipment for hire.
import type { ListingDraft } from '../../src/lists/sheets/index.ts';
import { addDays } from '../../src/vocabulary/calendar.ts';
import { drawsFromSeed } from '../../src/vocabulary/seeded-draws.ts';
import type { Draws } from '../../src/vocabulary/seeded-draws.ts';
import { decisionOf } from './decisions.ts';
import { exampleAsOf, exampleFiles } from './files.ts';
import { makeListing, numbered } from './listing.ts';
import { collectiveUscc } from './parties.ts';
import type { Village } from './places.ts';
import { pickWeighted, shareOut, villages } from './places.ts';

const rowsOf = (sheetId: string): number => exampleFiles.find((file) => file.sheetId === sheetId)?.rows ?? 0;

interface Fitting {
  suffix: string;
  workshopType: string;
  equipment: readonly string[];
  products: readonly string[];
  weight: number;
}

/** What a workshop is fitted out for. */
// prettier-ignore
const fittings: readonly Fitting[] = [
  { suffix: '针织', workshopType: 'outwork', equipment: ['toe-linking-machine', 'work-table', 'steam-iron'], products: ['袜子'], weight: 8 },
  { suffix: '服装', workshopType: 'outwork', equipment: ['sewing-machine', 'overlock-machine', 'steam-iron', 'work-table'], products: ['童装', '手套'], weight: 9 },
  { suffix: '缝制', workshopType: 'targeted-hiring', equipment: ['sewing-machine', 'work-table'], products: ['鞋面', '箱包'], weight: 8 },
  { suffix: '柑橘', workshopType: 'industry-led', equipment: ['scales', 'sorting-line', 'conveyor', 'cold-store'], products: ['椪柑'], weight: 6 },
  { suffix: '农产品', workshopType: 'industry-led', equipment: ['scales', 'sealing-machine', 'work-table'], products: ['粉干', '笋干'], weight: 9 },
  { suffix: '来料加工', workshopType: 'outwork', equipment: ['work-table', 'hand-tools', 'scales'], products: ['饰品', '玩具'], weight: 12 },
  { suffix: '包装', workshopType: 'outwork', equipment: ['work-table', 'sealing-machine', 'labelling-machine', 'strapping-machine'], products: ['礼盒'], weight: 7 },
  { suffix: '电子', workshopType: 'targeted-hiring', equipment: ['crimping-machine', 'soldering-station', 'work-table'], products: ['线束', '灯串'], weight: 4 },
  { suffix: '中药材', workshopType: 'industry-led', equipment: ['herb-slicer', 'dryer', 'scales'], products: ['黄精', '陈皮'], weight: 3 },
  { suffix: '电商', workshopType: 'live-commerce', equipment: ['live-stream-set', 'computer', 'printer', 'scales'], products: ['农产品'], weight: 4 },
  { suffix: '竹艺', workshopType: 'brand-led', equipment: ['hand-tools', 'work-table'], products: ['竹篮'], weight: 3 },
  { suffix: '农旅', workshopType: 'farm-tourism', equipment: ['work-table', 'oven'], products: ['糕点', '伴手礼'], weight: 2 },
];

/** The workshops the source names. Areas, stars and equipment are made up; the village of 燃点红 within 大洲镇 and that of 百草园 are assumptions. */
// prettier-ignore
const namedWorkshops = [
  { villageCode: '330803114242', name: '湖仁红', workshopType: 'brand-led', areaM2: 420, powerKw: 60, equipment: ['scales', 'sorting-line', 'conveyor', 'cold-store', 'sealing-machine', 'work-table'], products: ['湖仁红柑橘'], star: 4.9, seats: 90, rentFenPerM2Month: 600 },
  { villageCode: '330803203212', name: '双桥粉干', workshopType: 'industry-led', areaM2: 360, powerKw: 45, equipment: ['noodle-press', 'steamer', 'dryer', 'scales', 'sealing-machine', 'work-table'], products: ['双桥粉干'], star: 4.6, seats: 70, rentFenPerM2Month: 450 },
  { villageCode: firstVillageOf('330803110'), name: '燃点红', workshopType: 'live-commerce', areaM2: 520, powerKw: 80, equipment: ['live-stream-set', 'computer', 'printer', 'scales', 'work-table', 'strapping-machine'], products: ['电商直播', '农产品选品'], star: 4.7, seats: 100, rentFenPerM2Month: 700 },
  { villageCode: '330803219212', name: '百草园', workshopType: 'farm-tourism', areaM2: 300, powerKw: 35, equipment: ['herb-slicer', 'dryer', 'scales', 'work-table'], products: ['中药材'], star: 4.2, seats: 60, rentFenPerM2Month: 350 },
] as const;

function firstVillageOf(townCode: string): string {
  const village = villages.find((candidate) => candidate.parentCode === townCode);
  if (village === undefined) throw new Error(`no village in ${townCode}`);
  return village.code;
}

export function makeWorkshops(): ListingDraft[] {
  const draws = drawsFromSeed(3);
  const named = namedWorkshops.map(({ villageCode, ...attributes }, index) =>
    makeListing('workshop', {
      number: numbered('GF', index + 1),
      divisionCode: villageCode,
      owner: collectiveUscc(villageCode),
      attributes: {
        ...attributes,
        name: `${attributes.name}(演示)`,
        landUse: 'village-construction',
        isFireChecked: true,
      },
    }),
  );
  const taken = new Set<string>(namedWorkshops.map((workshop) => workshop.villageCode));
  const others: ListingDraft[] = [];
  // One place of rare equipment that only opens in week 9, so that an order can fail by time alone.
  const lateFrom = addDays(exampleAsOf, 8 * 7);
  while (named.length + others.length < rowsOf('workshop')) {
    const village = pickWeighted(draws, villages, (v) => (taken.has(v.code) ? 0 : 0.15 + v.development));
    taken.add(village.code);
    const isLateJuicery = others.length === 0;
    const fitting = pickWeighted(draws, fittings, (candidate) => candidate.weight);
    const areaM2 = 60 + draws.integer(0, 20) * 10 + Math.round(village.development * draws.integer(0, 30)) * 10;
    others.push(
      makeListing('workshop', {
        number: numbered('GF', named.length + others.length + 1),
        divisionCode: village.code,
        owner: collectiveUscc(village.code),
        availableFrom: isLateJuicery
          ? lateFrom
          : draws.chance(0.12)
            ? addDays(exampleAsOf, draws.integer(1, 4) * 7)
            : null,
        availableTo: draws.chance(0.15) ? addDays(exampleAsOf, draws.integer(10, 16) * 7 - 1) : null,
        attributes: {
          name: `${village.shortName}${isLateJuicery ? '果汁' : fitting.suffix}共富工坊(演示)`,
          workshopType: isLateJuicery ? 'industry-led' : fitting.workshopType,
          areaM2,
          powerKw: 10 + draws.integer(0, 8) * 5,
          equipment: isLateJuicery ? ['juicer', 'cold-store'] : fitting.equipment,
          landUse: draws.chance(0.7)
            ? 'village-construction'
            : draws.chance(0.6)
              ? 'homestead'
              : 'facility-agriculture',
          rentFenPerM2Month: 150 + Math.round(village.development * draws.integer(10, 45)) * 10,
          isFireChecked: draws.chance(0.95),
          seats: Math.round(areaM2 / 5),
          products: isLateJuicery ? ['果汁'] : fitting.products,
          star: draws.chance(0.12) ? null : starOf(draws, village),
        },
      }),
    );
  }
  return [...named, ...others];
}

/** 2.5–4.7, developed towns a little higher. */
function starOf(draws: Draws, village: Village): number {
  return Math.round((2.5 + draws.next() * 1.6 + village.development * 0.6) * 10) / 10;
}

const venueNames = [
  ['old-school', '旧校舍', 120, 400],
  ['warehouse', '老粮站仓库', 100, 320],
  ['culture-hall', '文化礼堂附房', 60, 180],
  ['service-venue', '党群服务中心二楼', 40, 120],
  ['farm-house', '闲置农房', 50, 160],
  ['plant', '闲置厂房', 150, 500],
  ['yard', '晒场棚屋', 80, 260],
  ['office', '旧村办公楼', 60, 200],
] as const;

export function makeVenues(): ListingDraft[] {
  const draws = drawsFromSeed(4);
  const extra = shareOut(rowsOf('venue') - villages.length, () => 0.5 + draws.next());
  return villages.flatMap((village) =>
    Array.from({ length: 1 + (extra.get(village.code) ?? 0) }, (_, index) => {
      const [venueType, name, areaMin, areaMax] = draws.pick(venueNames);
      const isHouse = venueType === 'farm-house';
      return makeListing('venue', {
        number: numbered('FW', index + 1),
        divisionCode: village.code,
        owner: collectiveUscc(village.code),
        decision: decisionOf(village),
        availableFrom: draws.chance(0.1) ? addDays(exampleAsOf, draws.integer(1, 6) * 7) : null,
        availableTo: draws.chance(0.2) ? addDays(exampleAsOf, draws.integer(8, 30) * 7 - 1) : null,
        attributes: {
          name: `${village.shortName}${name}(演示)`,
          venueType,
          areaM2: draws.integer(areaMin / 10, areaMax / 10) * 10,
          powerKw: draws.integer(1, 6) * 5,
          equipment: draws.chance(0.35) ? ['work-table'] : draws.chance(0.15) ? ['work-table', 'scales'] : [],
          landUse: isHouse ? 'homestead' : venueType === 'yard' ? 'facility-agriculture' : 'village-construction',
          rentFenPerM2Month: 80 + Math.round(village.development * draws.integer(5, 30)) * 10,
          isFireChecked: draws.chance(0.85),
          floor: venueType === 'service-venue' ? 2 : 1,
          houseSafety: draws.chance(0.75) ? 'a' : draws.chance(0.6) ? 'b' : draws.pick(['c', 'd', 'unappraised']),
          hasOwnershipProof: draws.chance(0.92),
        },
      });
    }),
  );
}

const plots = [
  ['abandoned', '0103', '山边旱地', ['grain', 'vegetables-oil-fodder']],
  ['abandoned', '0101', '抛荒水田', ['grain']],
  ['grain-restored', '0101', '腾退水田', ['grain']],
  ['grain-restored', '0103', '苗木腾退地', ['grain', 'vegetables-oil-fodder']],
  ['collective-idle', '0201', '集体老橘园', ['fruit-forestry', 'other-crops']],
  ['collective-idle', '0307', '集体荒坡', ['fruit-forestry']],
  ['village-vacant', '1201', '村中空闲地', ['vegetables-oil-fodder', 'photovoltaic']],
  ['idle-homestead', '0702', '闲置宅基地', ['homestay-catering', 'workshop']],
  ['disused-industrial', '0601', '废弃砖厂', ['workshop', 'photovoltaic']],
  ['acquired-unused', '0604', '征而未用仓储地', ['workshop']],
] as const;

export function makeLand(): ListingDraft[] {
  const draws = drawsFromSeed(5);
  const extra = shareOut(rowsOf('land') - villages.length, () => 0.5 + draws.next());
  return villages.flatMap((village) =>
    Array.from({ length: 1 + (extra.get(village.code) ?? 0) }, (_, index) => {
      const [idleLandKind, landClass, name, wantedUses] = draws.pick(plots);
      const isPaddy = landClass === '0101';
      return makeListing('land', {
        number: numbered('TD', index + 1),
        divisionCode: village.code,
        owner: collectiveUscc(village.code),
        decision: decisionOf(village),
        availableTo: draws.chance(0.3) ? '2031-12-31' : null,
        attributes: {
          name: `${village.shortName}${name}(演示)`,
          idleLandKind,
          landClass,
          isBasicFarmland: isPaddy && draws.chance(0.5),
          areaMuX100:
            landClass.startsWith('0') && !landClass.startsWith('07')
              ? draws.integer(80, 6_000)
              : draws.integer(10, 300),
          fourBoundaries: draws.pick(['东至村道,南至水渠,西至山脚,北至晒场', '东至溪边,南至机耕路,西至竹林,北至农田']),
          remainingTermMonths: landClass.startsWith('01') ? draws.integer(12, 36) : null,
          transferWay: draws.pick(['lease', 'lease', 'equity-in', 'co-operation', 'trusteeship']),
          wantedUses,
          rentFenPerMuYear: draws.integer(20, 90) * 1_000,
        },
      });
    }),
  );
}

const hireable = [
  ['tractor', 25, 30_000],
  ['harvester', 60, 90_000],
  ['plant-drone', 2, 40_000],
  ['rice-transplanter', 15, 35_000],
  ['dryer', 20, 12_000],
  ['sewing-machine', 0.5, 1_500],
  ['overlock-machine', 0.6, 1_800],
  ['toe-linking-machine', 0.6, 2_000],
  ['sealing-machine', 0.8, 1_000],
  ['van', 0, 20_000],
  ['forklift', 10, 25_000],
  ['cold-store', 12, 8_000],
  ['greenhouse', 2, 3_000],
  ['slurry-spreader', 20, 28_000],
] as const;

export function makeEquipment(): ListingDraft[] {
  const draws = drawsFromSeed(6);
  return Array.from({ length: rowsOf('equipment') }, (_, index) => {
    const village = draws.pick(villages);
    const [equipmentKind, powerKw, hireFenPerDay] = draws.pick(hireable);
    return makeListing('equipment', {
      number: numbered('SB', index + 1),
      divisionCode: village.code,
      owner: collectiveUscc(village.code),
      decision: decisionOf(village),
      attributes: {
        equipmentKind,
        model: `演示-${draws.integer(10, 99)}`,
        quantity: powerKw < 1 ? draws.integer(2, 20) : draws.integer(1, 3),
        condition: draws.pick(['good', 'good', 'usable', 'needs-repair']),
        powerKw,
        hireFenPerDay,
        isWithOperator: powerKw >= 15 && draws.chance(0.7),
        isMovable: equipmentKind !== 'cold-store' && equipmentKind !== 'greenhouse',
      },
    });
  });
}
