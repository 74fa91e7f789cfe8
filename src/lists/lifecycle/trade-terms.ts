// 交易规则 in words and figures: what a county may lay down, and what holds where it has laid down nothing.

import type { PlainDate } from '../../vocabulary/calendar.ts';

export const tradeWays = ['tender', 'auction', 'listing', 'negotiation'] as const;
export type TradeWay = (typeof tradeWays)[number];

export interface TradeTerms {
  /** 集体决议公示: how long the decision of a collective is put up before its asset is published. */
  publicityWorkingDays: number;
  /** 交易公告期. */
  noticeWorkingDays: number;
  /** 成交结果公示期. */
  resultPublicityWorkingDays: number;
  /** From this on a deal is made in the open: by tender, auction or listing (分). */
  openTradeFromFen: number;
  /** From this on the notice also stands in the county's media (分). */
  mediaNoticeFromFen: number;
  /** 保证金, ‰ of the reserve price. */
  depositPermille: number;
  ways: TradeWay[];
  /** 流拍后: how often it may be offered again, and by how much cheaper each time (‰). */
  relistTimesMax: number;
  relistPriceCutPermilleMax: number;
  /** After how long untouched a listing is flagged 疑似失效. */
  monthsUntilDormant: number;
  /** 资源使用跟踪: a deal at which nobody looked for so long counts as idle again. */
  monthsBetweenCheckIns: number;
}

export interface TradePolicy {
  divisionCode: string;
  validFrom: PlainDate;
  /** The document that lays it down. */
  source: string;
  terms: TradeTerms;
  /** 0: the county has laid down nothing, these are the defaults. */
  version: number;
}

/** Seen in several places, none of them binding here [K]: a county states its own before it relies on them. */
export const defaultPolicy: Omit<TradePolicy, 'divisionCode'> = {
  validFrom: '2025-05-01',
  source: '平台默认值,未经本县确认 · defaults of the platform, not confirmed by the county',
  version: 0,
  terms: {
    publicityWorkingDays: 5,
    noticeWorkingDays: 7,
    resultPublicityWorkingDays: 5,
    openTradeFromFen: 5_000_000,
    mediaNoticeFromFen: 30_000_000,
    depositPermille: 100,
    ways: [...tradeWays],
    relistTimesMax: 2,
    relistPriceCutPermilleMax: 100,
    monthsUntilDormant: 6,
    monthsBetweenCheckIns: 6,
  },
};
