// The words of a listing's life 条目状态: states, steps, and who takes them. What leads where is said by a machine (listing-v1.ts).

import type { Text } from '../../vocabulary/text.ts';

export const listingStatuses = [
  'draft',
  'submitted',
  'returned',
  'approved',
  'publicity',
  'published',
  'reserved',
  'matched',
  'closed',
  'expired',
  'withdrawn',
] as const;
export type ListingStatus = (typeof listingStatuses)[number];

export const statusLabels: Record<ListingStatus, Text> = {
  draft: { zh: '草稿', en: 'draft' },
  submitted: { zh: '待审核', en: 'submitted' },
  returned: { zh: '已退回', en: 'returned' },
  approved: { zh: '审核通过', en: 'approved' },
  publicity: { zh: '公示中', en: 'in publicity' },
  published: { zh: '已发布', en: 'published' },
  reserved: { zh: '已预订', en: 'reserved' },
  matched: { zh: '已成交', en: 'matched' },
  closed: { zh: '已结束', en: 'closed' },
  expired: { zh: '已到期', en: 'expired' },
  withdrawn: { zh: '已撤下', en: 'withdrawn' },
};

/** Held by a deal, or over: neither a sheet nor its owner changes what it says. */
export const heldStatuses: readonly ListingStatus[] = ['reserved', 'matched', 'closed'];

/** Neither withdrawn nor over. */
export const standingStatuses = listingStatuses.filter(
  (status) => !['withdrawn', 'expired', 'closed'].includes(status),
);

export const listingActions = [
  'submission',
  'return',
  'approval',
  'publication',
  'withdrawal',
  'renewal',
  'closure',
  /** What it says was changed. */
  'revision',
  'reservation',
  'release',
  'deal',
  'reopening',
  'expiry',
  /** 疑似失效: told untrue, or not touched for long. */
  'dormancy',
] as const;
export type ListingAction = (typeof listingActions)[number];

export const actionLabels: Record<ListingAction, Text> = {
  submission: { zh: '提交审核', en: 'submit' },
  return: { zh: '退回', en: 'return' },
  approval: { zh: '审核通过', en: 'approve' },
  publication: { zh: '发布', en: 'publish' },
  withdrawal: { zh: '撤下', en: 'withdraw' },
  renewal: { zh: '续期', en: 'renew' },
  closure: { zh: '结束', en: 'close' },
  revision: { zh: '修改', en: 'change' },
  reservation: { zh: '预订', en: 'reserve' },
  release: { zh: '解除预订', en: 'release' },
  deal: { zh: '成交', en: 'record the deal of' },
  reopening: { zh: '重新上架', en: 'reopen' },
  expiry: { zh: '到期', en: 'expire' },
  dormancy: { zh: '标记疑似失效', en: 'flag as dormant' },
};

/** `owner`: its owner or who writes for him; `official`: of its division; `system`: the clock, and other rooms. */
export const actors = ['owner', 'official', 'system'] as const;
export type Actor = (typeof actors)[number];

export const actorLabels: Record<Actor, Text> = {
  owner: { zh: '权属主体', en: 'its owner' },
  official: { zh: '属地工作人员', en: 'an official of its division' },
  system: { zh: '系统', en: 'the system' },
};
