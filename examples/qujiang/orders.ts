// 200 processing orders over the next 4–16 weeks. Most can be placed, but compete for the same hands and rooms; a dozen cannot,
// each for one telling reason, so that the explanations have something to explain.
import type { ListingDraft, PartyDraft } from '../../src/lists/sheets/index.ts';
import { addDays } from '../../src/vocabulary/calendar.ts';
import { drawsFromSeed } from '../../src/vocabulary/seeded-draws.ts';
import type { Draws } from '../../src/vocabulary/seeded-draws.ts';
import { exampleAsOf, exampleFiles } from './files.ts';
import { makeListing, numbered } from './listing.ts';
import type { Product } from './products.ts';
import { products } from './products.ts';
import { pickWeighted } from './places.ts';

interface Size {
  hoursMin: number;
  hoursMax: number;
  weeksMin: number;
  weeksMax: number;
  maxLots: readonly number[];
  weight: number;
}

const sizes: readonly Size[] = [
  { hoursMin: 80, hoursMax: 300, weeksMin: 1, weeksMax: 5, maxLots: [1, 1, 2], weight: 3 },
  { hoursMin: 300, hoursMax: 1_000, weeksMin: 2, weeksMax: 8, maxLots: [1, 2, 4], weight: 4 },
  { hoursMin: 1_000, hoursMax: 3_000, weeksMin: 4, weeksMax: 10, maxLots: [4], weight: 3.5 },
];

/** Prices of a made-up market: what an hour of work leaves as margin, in 分. */
const marginFenPerHour = { min: 350, max: 950 };

/** The order that lacks 12 m² on the only workshop with so many stars (湖仁红, 420 m²). */
export const nearMissOrderNumber = 'DD-001';

export function makeOrders(enterprises: readonly PartyDraft[]): ListingDraft[] {
  const draws = drawsFromSeed(8);
  const rows = exampleFiles.find((file) => file.sheetId === 'processing-order')?.rows ?? 0;
  const special = impossibleOrders.map((attributes, index) => {
    const enterprise = draws.pick(enterprises);
    return anOrder(index + 1, enterprise, { ...plainOrder, ...attributes });
  });
  const ordinary = Array.from({ length: rows - special.length }, (_, index) =>
    anOrder(special.length + index + 1, draws.pick(enterprises), drawOrder(draws)),
  );
  return [...special, ...ordinary];
}

function anOrder(number: number, enterprise: PartyDraft, attributes: Record<string, unknown>): ListingDraft {
  return makeListing('processing-order', {
    number: numbered('DD', number),
    divisionCode: enterprise.divisionCode,
    owner: enterprise.uscc,
    attributes: { ...attributes, productName: `${String(attributes['productName'])}(演示)` },
  });
}

function drawOrder(draws: Draws): Record<string, unknown> {
  const product = pickWeighted(draws, products, (candidate) => candidate.weight);
  const size = pickWeighted(draws, sizes, (candidate) => candidate.weight);
  const hoursPerWeek = roundTo(draws.integer(size.hoursMin, size.hoursMax) * product.crowd, 20);
  const durationWeeks = draws.integer(size.weeksMin, size.weeksMax);
  const slackWeeks = draws.integer(1, 5);
  const releaseWeek = draws.integer(0, 16 - durationWeeks - slackWeeks > 5 ? 5 : 2);
  return {
    productName: product.name,
    quantity: roundTo(hoursPerWeek * durationWeeks * product.piecesPerHour, 100),
    unit: product.unit,
    needs: product.skills.map(([skill, part]) => ({ skill, hoursPerWeek: Math.round(hoursPerWeek * part) })),
    operations: operationsOf(product),
    durationWeeks,
    earliestStart: addDays(exampleAsOf, releaseWeek * 7),
    due: addDays(exampleAsOf, Math.max(4, releaseWeek + durationWeeks + slackWeeks) * 7 - 1),
    areaM2: Math.max(20, roundTo(hoursPerWeek * product.areaPerHour, 5)),
    powerKw: product.powerKw,
    equipment: product.equipment,
    intendedUse: 'workshop',
    marginFen: hoursPerWeek * durationWeeks * draws.integer(marginFenPerHour.min, marginFenPerHour.max),
    transportFenPerKm: draws.integer(30, 150) * 100,
    maxLots: draws.pick(size.maxLots),
    homeWork: product.homeWork,
    minStar: draws.chance(0.25) ? draws.pick([3, 3.5, 4]) : 0,
    minShare: draws.pick([1, 1, 0.75, 0.5]),
    isHazardous: product.isHazardous ?? false,
    lossAllowancePermille: draws.integer(0, 6) * 5,
    isSampleProvided: draws.chance(0.6),
  };
}

const operationsOf = (product: Product): { name: string; pieceRateLi: number }[] =>
  product.operations.map(([name, pieceRateLi]) => ({ name, pieceRateLi }));

const roundTo = (value: number, step: number): number => Math.max(step, Math.round(value / step) * step);

/** A small, easy order; each impossible one changes what makes it impossible. */
const plainOrder = {
  quantity: 10_000,
  unit: '件',
  needs: [{ skill: 'packing', hoursPerWeek: 120 }],
  operations: [{ name: '包装', pieceRateLi: 70 }],
  durationWeeks: 2,
  earliestStart: exampleAsOf,
  due: addDays(exampleAsOf, 8 * 7 - 1),
  areaM2: 40,
  powerKw: 4,
  marginFen: 900_000,
  transportFenPerKm: 5_000,
};

/** One telling reason each, named in the product. */
const impossibleOrders: readonly Record<string, unknown>[] = [
  { productName: '湖仁红年货礼盒:场地差12平方米', areaM2: 432, minStar: 4.8, marginFen: 3_000_000 },
  { productName: '大型仓储包装:要一处3000平方米', areaM2: 3_000, marginFen: 20_000_000 },
  { productName: '五星工坊专供:没有五星工坊', minStar: 5 },
  { productName: '手拉坯茶具:没有人会陶艺', needs: [{ skill: 'pottery', hoursPerWeek: 120 }] },
  { productName: '绣花被面:没有绣花机', equipment: ['embroidery-machine'] },
  { productName: '鲜榨果汁灌装:设备到期才开放', equipment: ['juicer'], due: addDays(exampleAsOf, 5 * 7 - 1) },
  { productName: '苗木假植打包:场地用途不合法', intendedUse: 'fruit-forestry' },
  { productName: '注塑件修边:用电400千瓦', powerKw: 400 },
  {
    productName: '缝袜头急单:一处每周4000工时',
    needs: [{ skill: 'toe-linking', hoursPerWeek: 4_000 }],
    equipment: ['toe-linking-machine'],
    marginFen: 9_000_000,
  },
  {
    productName: '直播专场:主播工时不够',
    needs: [
      { skill: 'live-streaming', hoursPerWeek: 1_500 },
      { skill: 'packing', hoursPerWeek: 100 },
    ],
    equipment: ['live-stream-set'],
  },
  {
    productName: '养蚕茧分拣:没有人会养蚕',
    needs: [
      { skill: 'silkworm-raising', hoursPerWeek: 60 },
      { skill: 'sorting', hoursPerWeek: 60 },
    ],
  },
  { productName: '线束烘干一体:两种设备不在同一处', equipment: ['crimping-machine', 'noodle-press'] },
];
