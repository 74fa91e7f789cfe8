// Examples of the contract. The contract test holds each against its schema.

import { exampleListing } from './example-listing.ts';
import { processingOrder } from './kinds/index.ts';

const listing = {
  id: '019aa5c2-7c00-7000-8000-000000000020',
  kind: 'workshop' as const,
  list: 'resources' as const,
  status: 'published' as const,
  title: '湖仁红共富工坊',
  divisionCode: '330803114242',
  place: '高家镇湖仁村',
  owner: { id: '019aa5c2-7c00-7000-8000-000000000001', name: '湖仁村股份经济合作社', uscc: 'N2330803MF00114429' },
  point: { lng: 119.02, lat: 29.01, source: 'synthetic', stated: null },
  availableFrom: null,
  availableTo: null,
  attributes: {
    name: '湖仁红共富工坊',
    workshopType: 'industry-led',
    areaM2: 220,
    powerKw: 40,
    equipment: [],
    landUse: 'village-construction',
    rentFenPerM2Month: 450,
    isFireChecked: true,
    seats: 24,
    products: ['柑橘'],
    capacityPerWeek: 20_000,
    capacityUnit: '箱',
    operator: null,
    jobs: 32,
    star: 4.5,
  },
  conditions: [],
  warnings: [],
  version: 1,
  publishedAt: '2026-11-21T02:00:00.000Z',
  publicityUntil: null,
  dormantSince: null,
  updatedAt: '2026-11-21T02:00:00.000Z',
};

export const examples = {
  listing,
  newListing: exampleListing(processingOrder),
  fourLists: {
    divisionCode: '330803',
    lists: [
      {
        list: 'resources' as const,
        label: { zh: '资源清单', en: 'resource list' },
        kinds: [{ kind: 'workshop' as const, label: { zh: '共富工坊', en: 'workshop' }, published: 145 }],
      },
    ],
  },
  idleLabour: {
    countyCode: '330803',
    smallestCell: 5,
    cells: [
      { divisionCode: '330803114', place: '高家镇', skill: 'sewing', people: 130 },
      { divisionCode: '330803114242', place: '高家镇湖仁村', skill: 'sewing', people: null },
    ],
  },
  import: {
    id: '019aa5c2-7c00-7000-8000-000000000030',
    sheet: 'workshop',
    divisionCode: '330803',
    status: 'done' as const,
    isDryRun: false,
    takesPartly: false,
    publishes: true,
    rowsRead: 145,
    counts: { rows: 145, created: 145, updated: 0, unchanged: 0, refused: 0 },
    warnings: [],
    failure: null,
    createdAt: '2026-11-21T02:00:00.000Z',
    finishedAt: '2026-11-21T02:00:04.000Z',
  },
  importProblem: {
    rowNumber: 17,
    column: '身份证号',
    cell: 'D17',
    code: 'id-number-in-number-cell',
    message: {
      zh: '第 17 行:身份证号是数字格式,末 3 位已丢失,请设为文本后重填',
      en: 'Row 17: the identity number is a number cell, its last 3 digits are lost; make it text and fill it in again',
    },
  },
};
