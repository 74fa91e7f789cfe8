// Examples of the contract. The contract test holds each against its schema.

import { biddingLabels } from './bidding-machine.ts';
import { sideLabels, stateLabels } from './negotiation-machine.ts';
import { dealLabels } from './usage/use-machine.ts';

const listingId = '019aa5c2-7c00-7000-8000-000000000020';
const seller = { id: '019aa5c2-7c00-7000-8000-000000000001', name: '湖仁村股份经济合作社', uscc: 'N2330803MF0000001X' };
const buyer = { id: '019aa5c2-7c00-7000-8000-000000000002', name: '示例农业有限公司', uscc: '91330803MA000002XX' };
const terms = { intendedUse: 'grain', startsOn: '2027-01-01', endsOn: '2029-12-31', pieces: 1 };
const price = { priceFen: 432_000, instalments: 3 };

const offer = {
  id: '019aa5c2-7c00-7000-8000-000000000071',
  number: 1,
  side: 'seller' as const,
  ...terms,
  ...price,
  expiresAt: '2026-12-01T02:00:00.000Z',
  createdAt: '2026-11-21T02:00:00.000Z',
};
const inquiry = {
  id: '019aa5c2-7c00-7000-8000-000000000070',
  listingId,
  divisionCode: '330803114242',
  seller: seller.id,
  buyer: buyer.id,
  state: 'inquired' as const,
  stateLabel: stateLabels.inquired,
  turn: 'seller' as const,
  turnLabel: sideLabels.seller,
  ...terms,
  conditions: [],
  offers: [],
  expiresAt: '2026-12-21T02:00:00.000Z',
  createdAt: '2026-11-21T02:00:00.000Z',
};
const offered = {
  ...inquiry,
  ...{ state: 'offered' as const, stateLabel: stateLabels.offered, turn: 'buyer' as const },
  ...{ turnLabel: sideLabels.buyer, offers: [offer], expiresAt: offer.expiresAt },
};

const bidding = {
  id: '019aa5c2-7c00-7000-8000-000000000080',
  listingId,
  divisionCode: '330803114242',
  seller,
  state: 'noticed' as const,
  stateLabel: biddingLabels.noticed,
  attempt: 1,
  previousId: null,
  ...terms,
  instalments: 3,
  reservePriceFen: 400_000,
  depositFen: 40_000,
  noticedAt: '2026-11-21T02:00:00.000Z' as string | null,
  closesAt: '2026-12-01T16:00:00.000Z' as string | null,
  owesMediaNotice: false,
  mediaNotice: null as { medium: string; publishedOn: string } | null,
  openedAt: null as string | null,
  bidCount: null as number | null,
  winner: null as typeof buyer | null,
  winningFen: null as number | null,
  publicUntil: null as string | null,
  reason: null as string | null,
  certificateNumber: null as string | null,
  certifiedAt: null as string | null,
  createdAt: '2026-11-21T01:00:00.000Z',
};
const applied = {
  ...bidding,
  ...{ state: 'applied' as const, stateLabel: biddingLabels.applied, noticedAt: null, closesAt: null },
};
const opened = {
  ...bidding,
  ...{ state: 'opened' as const, stateLabel: biddingLabels.opened, openedAt: '2026-12-02T01:00:00.000Z' },
  ...{ bidCount: 2, winner: buyer, winningFen: 432_000, publicUntil: '2026-12-09T16:00:00.000Z' },
};
const bidder = {
  id: '019aa5c2-7c00-7000-8000-000000000081',
  biddingId: bidding.id,
  party: buyer.id,
  depositWay: 'bank-transfer' as const,
  registeredAt: '2026-11-22T02:00:00.000Z',
  isMember: null as boolean | null,
  depositReference: null as string | null,
  depositConfirmedAt: null as string | null,
  bidAt: null as string | null,
  bidFen: null as number | null,
  depositReturnReference: null as string | null,
  depositReturnedAt: null as string | null,
};
const confirmed = {
  ...bidder,
  ...{ isMember: false, depositReference: '回单 20261123-01', depositConfirmedAt: '2026-11-23T02:00:00.000Z' },
};
const objection = {
  id: '019aa5c2-7c00-7000-8000-000000000082',
  biddingId: bidding.id,
  party: buyer.id,
  state: 'raised' as const,
  grounds: '成交方的保证金在截止后才到账。',
  ruling: null,
  raisedAt: '2026-12-03T02:00:00.000Z',
  ruledAt: null,
};

const deal = {
  id: '019aa5c2-7c00-7000-8000-000000000072',
  listingId,
  divisionCode: '330803114242',
  way: 'negotiated' as const,
  negotiationId: inquiry.id,
  biddingId: null,
  seller: { ...seller, contact: { office: '村务办公室', phone: '0570-3830001' } },
  buyer: { ...buyer, contact: { office: '综合办公室', phone: '0570-3830002' } },
  ...{ state: 'in-use' as const, stateLabel: dealLabels['in-use'] },
  ...terms,
  ...price,
  conditions: [],
  mandateId: null,
  concludedAt: '2026-11-22T02:00:00.000Z',
  endingSide: null as 'buyer' | null,
  endingReason: null as string | null,
  endedOn: null as string | null,
  endedBy: null as 'agreement' | 'ruling' | null,
};
const ending = {
  ...{ ...deal, state: 'ending' as const, stateLabel: dealLabels.ending },
  ...{ endingSide: 'buyer' as const, endingReason: '订单减少,不再需要该场地。' },
};
const payment = {
  id: '019aa5c2-7c00-7000-8000-000000000091',
  ...{ dealId: deal.id, amountFen: 144_000, paidOn: '2027-01-04', reference: '回单 20270104-01' },
  ...{ reversesId: null, byRole: 'collective' as const, recordedAt: '2027-01-05T02:00:00.000Z' },
};
const checkIn = {
  id: '019aa5c2-7c00-7000-8000-000000000092',
  dealId: deal.id,
  found: 'other-use' as const,
  useFound: 'workshop',
  note: '田间搭建了钢棚,已口头告知整改。',
  photoSha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  byRole: 'official' as const,
  at: '2027-03-02T02:00:00.000Z',
};

export const examples = {
  bidding,
  inMedia: {
    ...{ ...bidding, owesMediaNotice: true },
    mediaNotice: { medium: '衢江新闻网', publishedOn: '2026-11-21' },
  },
  applied,
  opened,
  certified: {
    ...opened,
    ...{ state: 'certified' as const, stateLabel: biddingLabels.certified },
    ...{ certificateNumber: '330803〔2026〕7号', certifiedAt: '2026-12-10T02:00:00.000Z' },
  },
  cancelled: {
    ...applied,
    ...{ state: 'cancelled' as const, stateLabel: biddingLabels.cancelled, reason: '出让方撤回申请。' },
  },
  relisted: { ...applied, attempt: 2, previousId: bidding.id, reservePriceFen: 360_000, depositFen: 36_000 },
  bidder,
  confirmed,
  bid: { ...confirmed, bidAt: '2026-11-24T02:00:00.000Z' },
  returned: {
    ...confirmed,
    ...{ depositReturnReference: '回单 20261203-02', depositReturnedAt: '2026-12-03T02:00:00.000Z' },
  },
  objection,
  ruled: {
    ...objection,
    ...{ state: 'dismissed' as const, ruling: '经核实,保证金于截止前到账。', ruledAt: '2026-12-04T02:00:00.000Z' },
  },
  inquiry,
  offered,
  agreed: { ...offered, state: 'agreed' as const, stateLabel: stateLabels.agreed },
  refused: { ...offered, state: 'refused' as const, stateLabel: stateLabels.refused },
  withdrawn: { ...offered, state: 'withdrawn' as const, stateLabel: stateLabels.withdrawn },
  actions: {
    actions: [
      { action: 'acceptance', label: { zh: '接受报价', en: 'accept the offer' }, isOpen: true, why: null },
      {
        action: 'withdrawal',
        label: { zh: '撤回', en: 'withdraw' },
        isOpen: false,
        why: { zh: '现在只有出让方可以撤回。', en: 'Only the offering side may withdraw now.' },
      },
    ],
  },
  deal,
  ending,
  ended: {
    ...{ ...ending, state: 'ended' as const, stateLabel: dealLabels.ended },
    ...{ endedOn: '2028-06-30', endedBy: 'agreement' as const },
  },
  closed: {
    ...{ ...deal, state: 'ended' as const, stateLabel: dealLabels.ended },
    ...{ endingReason: '衢江农仲案〔2028〕3号裁决书', endedOn: '2028-06-30', endedBy: 'ruling' as const },
  },
  rents: {
    dealId: deal.id,
    ...{ priceFen: 432_000, paidFen: 144_000, overdueFen: 144_000 },
    rents: [
      ...[{ number: 1, dueOn: '2027-01-01', amountFen: 144_000, paidFen: 144_000, state: 'paid' as const }],
      ...[{ number: 2, dueOn: '2028-01-01', amountFen: 144_000, paidFen: 0, state: 'overdue' as const }],
      ...[{ number: 3, dueOn: '2029-01-01', amountFen: 144_000, paidFen: 0, state: 'open' as const }],
    ],
  },
  payment,
  reversal: {
    ...{ ...payment, id: '019aa5c2-7c00-7000-8000-000000000093', amountFen: -144_000, paidOn: '2027-01-06' },
    ...{ reference: '记错合同', reversesId: payment.id, recordedAt: '2027-01-06T02:00:00.000Z' },
  },
  checkIn,
  usageAlert: {
    id: '019aa5c2-7c00-7000-8000-000000000094',
    ...{ dealId: deal.id, listingId, divisionCode: '330803114242', kind: 'other-use' as const },
    text: {
      zh: '2027年3月2日巡查发现用途与约定不符。',
      en: 'Seen on 2027-03-02: used for something else than was agreed.',
    },
    ...{ since: '2027-03-02', amountFen: null, checkInId: checkIn.id },
    ...{ raisedAt: '2027-03-02T02:00:00.000Z', closedAt: null },
  },
  dealActions: {
    actions: [
      { action: 'payment', label: { zh: '登记收款', en: 'record a payment' }, isOpen: true, why: null },
      {
        ...{ action: 'closure', label: { zh: '依裁决终止', en: 'record the ruling that ends it' }, isOpen: false },
        why: {
          zh: '只有属地工作人员可以依裁决终止。',
          en: 'Only an official of its division may record the ruling that ends it.',
        },
      },
    ],
  },
  booking: { startsOn: '2027-01-01', endsOn: '2029-12-31', pieces: 1 },
};
