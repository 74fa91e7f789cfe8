// Examples of the contract. The contract test holds each against its schema.

const round = {
  id: '019aa5c2-7c00-7000-8000-000000000011',
  divisionCode: '330803',
  status: 'done' as const,
  cause: 'request' as const,
  asOf: '2026-11-21',
  seed: 1,
  moves: null,
  progress: { stage: null, done: 12_000, of: 12_000 },
  engine: 'gongfang-engine/1',
  inputHash: '9f2c1e0d6a3b',
  summary: {
    asOf: '2026-11-21',
    orders: { total: 200, placed: 163, byRule: 12, byCompetition: 22, notWorth: 3 },
    people: {
      total: 8_584,
      proposed: 4_120,
      lowIncomeTotal: 857,
      lowIncomeProposed: 702,
      hours: 301_200,
      wageFen: 512_040_000,
    },
    sites: { total: 440, used: 151 },
    objectiveFen: 812_300_000,
    boundFen: 846_000_000,
    gap: 0.0415,
    greedyObjectiveFen: 771_000_000,
    breakdown: { order: 310_000_000, site: -4_000_000, labour: 480_000_000, fairness: 26_300_000, change: 0 },
    incomeByTown: [
      {
        divisionCode: '330803213',
        name: '举村乡',
        registered: 210,
        proposed: 96,
        wageFen: 6_120_000,
        perHeadFen: 29_142.9,
      },
    ],
    gini: 0.21,
    lowIncomeShare: 0.14,
    refused: [],
    previousPlaced: 0,
    moves: 12_000,
    stoppedEarly: false,
  },
  failure: null,
  createdAt: '2026-11-21T02:00:00.000Z',
  startedAt: '2026-11-21T02:00:00.200Z',
  finishedAt: '2026-11-21T02:00:18.000Z',
};

const roundDifference = {
  orderId: '019aa5c2-7c00-7000-8000-000000000012',
  change: 'dropped' as const,
  before: {
    proposalId: '019aa5c2-7c00-7000-8000-000000000010',
    share: 1,
    startsOn: '2026-11-28',
    endsOn: '2026-12-19',
    lots: [{ siteId: '019aa5c2-7c00-7000-8000-000000000013', isHome: false }],
  },
  after: null,
  reasons: [
    {
      zh: '符合全部硬性条件,但所需场地或人手被更有价值的订单占用',
      en: 'meets every hard rule, but orders of more value hold its sites or people',
    },
  ],
};

const priceTag = {
  divisionCode: '330803114',
  kind: 'labour' as const,
  skill: 'sewing',
  amount: 25,
  unit: 'h/week' as const,
  worthFen: 2_273_426,
  orderIds: [roundDifference.orderId],
  text: {
    zh: '湖南镇多一名会缝纫的劳力(每周 25 小时,通勤 5 公里以内),按本轮影子价格,全县方案价值的上限最多提高 22734.26 元,受益的订单:围裙加工。这是边际上限,不是预测,各项不能相加。',
    en: "One more person who knows sewing (25 h a week, within 5 km) in 湖南镇 could raise what the county's plan is worth by at most 22734.26 yuan at this round's prices, for: 围裙加工. A bound at the margin, no forecast; tags do not add up.",
  },
};

const gap = {
  divisionCode: '330803114',
  kind: 'skill' as const,
  code: 'sewing',
  orders: 4,
  triedOrders: 3,
  marginFen: 3_600_000,
  amount: null,
  orderIds: [roundDifference.orderId],
  text: {
    zh: '高家镇缺会“缝纫”的人:涉及 4 个未安排订单,其中 3 个经试算,仅此一项即可安排',
    en: '高家镇 lacks somebody who knows "sewing": 4 unplaced orders, 3 of which this alone would place, as was tried',
  },
};

const unmatched = {
  id: '019aa5c2-7c00-7000-8000-000000000040',
  roundId: round.id,
  subject: 'order' as const,
  listingId: '019aa5c2-7c00-7000-8000-000000000012',
  divisionCode: '330803114',
  cause: 'rule' as const,
  reasons: [{ zh: '没有场地够大', en: 'no site is large enough' }],
  rules: [
    {
      rule: 'area',
      required: 900,
      best: 640,
      unit: 'm2',
      candidatesRemoved: 441,
      text: { zh: '需要 900 平方米,最大的场地只有 640 平方米', en: 'needs 900 m², the largest site has 640 m²' },
    },
  ],
  lostTo: [],
  nearMisses: [
    {
      change: {
        target: 'order' as const,
        id: '019aa5c2-7c00-7000-8000-000000000012',
        field: 'maxLots',
        from: 1,
        to: 2,
        unit: null,
      },
      text: { zh: '分到 2 处做即可', en: 'splitting it over 2 sites would place it' },
      apply: {
        method: 'PATCH' as const,
        path: '/v1/listings/019aa5c2-7c00-7000-8000-000000000012',
        headers: { 'If-Match': '"2"' },
        body: { attributes: { maxLots: 2 } },
      },
    },
  ],
};

const scenario = {
  format: 'gongfang-scenario/1',
  asOf: '2026-11-21',
  weeks: 4,
  seed: 1,
  policy: { wageFen: { sewing: 1600 } },
  towns: [{ id: '330803114', population: 1 }],
  sites: [],
  workers: [],
  orders: [],
};

const plan = {
  format: 'gongfang-plan/1' as const,
  engine: 'gongfang-engine/1',
  inputHash: '9f2c1e0d6a3b',
  seed: 1,
  objectiveFen: 0,
  boundFen: 0,
  gap: 0,
  breakdown: { order: 0, site: 0, labour: 0, fairness: 0, change: 0 },
  fairness: {
    towns: [{ town: '330803114', population: 1, incomeFen: 0, perHeadFen: 0, share: null }],
    potentialPerHeadFen: 0,
    gini: null,
    worstTown: null,
    lowIncomeShare: null,
  },
  placements: [],
  unmatched: [],
  stats: {
    moves: 0,
    movesDone: 0,
    movesAccepted: 0,
    stoppedEarly: false,
    pricePasses: 0,
    greedyObjectiveFen: 0,
    ordersPlaced: 0,
    ordersTotal: 0,
    workersUsed: 0,
    sitesUsed: 0,
    hoursTotal: 0,
  },
};

const {
  orders,
  people,
  sites,
  objectiveFen,
  boundFen,
  gap: gapToBound,
  breakdown,
  incomeByTown,
  gini,
  lowIncomeShare,
} = round.summary;
const outcome = {
  ...{ orders, people, sites, objectiveFen, boundFen, gap: gapToBound, breakdown, incomeByTown, gini, lowIncomeShare },
  worstTown: '330803213',
};
const roundVariant = {
  published: outcome,
  variant: { ...outcome, objectiveFen: 803_100_000, gini: 0.19 },
  differences: [
    {
      orderId: roundDifference.orderId,
      change: 'dropped' as const,
      before: { share: 1, startsOn: '2026-11-28', lots: roundDifference.before.lots },
      after: null,
    },
  ],
  fairness: [
    {
      ...{ weight: 1, valueFen: 776_800_000, worstTown: '330803213', worstPerHeadFen: 29_142.9 },
      ...{ gini: 0.19, lowIncomeShare: 0.15, placed: 161, isDominated: false },
    },
  ],
};

export const examples = { gap, roundVariant, priceTag, roundDifference, round, unmatched, scenario, plan };
