// The way of an open bidding 公开交易 as data: applied → notice → one sealed bid each → opening → publicity of the result → certificate;
// or failed 流拍, or cancelled. Enters: where it stands, who acts, what time it is. Leaves: the next state, or why not. Pure.

import type { Text } from '../vocabulary/text.ts';
import { wrongState } from '../vocabulary/wrong-state.ts';

export const biddingStates = ['applied', 'noticed', 'opened', 'certified', 'failed', 'relisted', 'cancelled'] as const;
export type BiddingState = (typeof biddingStates)[number];

export const biddingActions = [
  'notice',
  'media-notice',
  'registration',
  'bid',
  'opening',
  'objection',
  'certification',
  'cancellation',
  'relisting',
] as const;
export type BiddingAction = (typeof biddingActions)[number];

export type BiddingActor = 'seller' | 'official' | 'party';

interface Transition {
  from: readonly BiddingState[];
  /** Left out: it stays what it is. */
  to?: BiddingState;
  by: readonly BiddingActor[];
  /** Of the instants of a bidding: `before` it the step may be taken, or only from it on. */
  when?: readonly ['before' | 'from', 'closesAt' | 'publicUntil'];
  /** Only once the notice has stood in the media, where policy asks for that. */
  onceInMedia?: true;
  label: Text;
}

export const biddingTransitions: Record<BiddingAction, Transition> = {
  notice: { from: ['applied'], to: 'noticed', by: ['official'], label: { zh: '发布公告', en: 'publish the notice' } },
  'media-notice': {
    ...{ from: ['noticed'], by: ['official'] },
    label: { zh: '登记媒体公告', en: 'record the notice in the media' },
  },
  registration: {
    ...{ from: ['noticed'], by: ['party'], when: ['before', 'closesAt'] },
    label: { zh: '报名竞买', en: 'register as a bidder' },
  },
  bid: { from: ['noticed'], by: ['party'], when: ['before', 'closesAt'], label: { zh: '报价', en: 'bid' } },
  opening: {
    ...{ from: ['noticed'], to: 'opened', by: ['official'], when: ['from', 'closesAt'], onceInMedia: true },
    label: { zh: '开标', en: 'open the bids' },
  },
  objection: {
    ...{ from: ['opened'], by: ['party'], when: ['before', 'publicUntil'] },
    label: { zh: '提出异议', en: 'object to the result' },
  },
  certification: {
    ...{ from: ['opened'], to: 'certified', by: ['official'], when: ['from', 'publicUntil'] },
    label: { zh: '出具鉴证书', en: 'certify the deal' },
  },
  cancellation: {
    ...{ from: ['applied', 'noticed'], to: 'cancelled', by: ['seller'] },
    label: { zh: '终止交易', en: 'cancel it' },
  },
  relisting: { from: ['failed'], to: 'relisted', by: ['seller'], label: { zh: '重新挂牌', en: 'list it anew' } },
};

export const biddingLabels: Record<BiddingState, Text> = {
  applied: { zh: '待公告', en: 'applied for' },
  noticed: { zh: '公告中', en: 'under notice' },
  opened: { zh: '结果公示中', en: 'result in publicity' },
  certified: { zh: '已鉴证', en: 'certified' },
  failed: { zh: '流拍', en: 'failed' },
  relisted: { zh: '已重新挂牌', en: 'listed anew' },
  cancelled: { zh: '已终止', en: 'cancelled' },
};

const actorLabels: Record<BiddingActor, Text> = {
  seller: { zh: '出让方', en: 'the offering side' },
  official: { zh: '交易监管人员', en: 'an official' },
  party: { zh: '出让方以外的主体', en: 'a party other than the offering side' },
};

export interface BiddingStanding {
  state: BiddingState;
  closesAt: Date | null;
  publicUntil: Date | null;
  owesMediaNotice: boolean;
  mediaNoticedOn: string | null;
}

export type BiddingStep = { to: BiddingState } | { refused: 'state' | 'caller'; why: Text };

/** @param actor undefined: nobody who may act in it */
export function stepBidding(
  action: BiddingAction,
  standing: BiddingStanding,
  { actor, now }: { actor: BiddingActor | undefined; now: Date },
): BiddingStep {
  const { from, to, by, when, onceInMedia, label } = biddingTransitions[action];
  const { state } = standing;
  if (!actor || !by.includes(actor)) {
    const who = by.map((each) => actorLabels[each]);
    return {
      refused: 'caller',
      why: {
        zh: `只有${who.map(({ zh }) => zh).join('或')}可以${label.zh}。`,
        en: `Only ${who.map(({ en }) => en).join(' or ')} may ${label.en}.`,
      },
    };
  }
  if (!from.includes(state)) {
    const needed = from.map((each) => biddingLabels[each]);
    return { refused: 'state', why: wrongState(biddingLabels[state], label, needed) };
  }
  const [order, instant] = when ?? [];
  const limit = instant && standing[instant];
  if (order && limit && now < limit !== (order === 'before')) {
    const at = limit.toISOString();
    return {
      refused: 'state',
      why:
        order === 'before'
          ? { zh: `已于 ${at} 截止,不能再${label.zh}。`, en: `It ended at ${at}: nobody may ${label.en} any more.` }
          : { zh: `${at} 之后才能${label.zh}。`, en: `Only from ${at} on may one ${label.en}.` },
    };
  }
  if (onceInMedia && standing.owesMediaNotice && standing.mediaNoticedOn === null) {
    return {
      refused: 'state',
      why: {
        zh: `底价达到本县媒体公告的起点,须先登记媒体公告(POST /v1/biddings/{id}/media-notice),才能${label.zh}。`,
        en: `From this reserve price on the notice must have stood in the media: record it first (POST /v1/biddings/{id}/media-notice), then ${label.en}.`,
      },
    };
  }
  return { to: to ?? state };
}

export interface OpenedBid {
  partyId: string;
  bidFen: number;
  /** 本集体经济组织成员. */
  isMember: boolean;
  bidAt: Date;
}

/** Fewer make no competition 流拍. */
const biddersMin = 2;

/** The highest price; on equal terms a member of the collective first (办法 art. 9), then who bid first. Null: failed. */
export function chooseWinner(bids: readonly OpenedBid[], reservePriceFen: number): OpenedBid | null {
  const valid = bids.filter(({ bidFen }) => bidFen >= reservePriceFen);
  if (valid.length < biddersMin) return null;
  const [first] = [...valid].sort(
    (a, b) => b.bidFen - a.bidFen || Number(b.isMember) - Number(a.isMember) || a.bidAt.getTime() - b.bidAt.getTime(),
  );
  return first ?? null;
}
