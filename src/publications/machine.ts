// The way of a publication 清单发布流程 as data. Enters: its state, who wrote it, who acts. Leaves: the next state, or why not. Pure.

import { divisionLevelOf } from '../vocabulary/division-code.ts';
import type { Text } from '../vocabulary/text.ts';
import { wrongState } from '../vocabulary/wrong-state.ts';

export const publicationStates = ['draft', 'submitted', 'approved', 'published', 'superseded', 'returned'] as const;
export type PublicationState = (typeof publicationStates)[number];

export const publicationActions = ['submission', 'approval', 'return', 'publication'] as const;
export type PublicationAction = (typeof publicationActions)[number];

/** An official: who, and for which division; '' is the whole country. */
export interface Official {
  identity: string;
  divisionCode: string;
}

interface Transition {
  from: readonly PublicationState[];
  to: PublicationState;
  /** `any`: every official in whose division it lies; `reviewer`: who stands above its author. */
  by: 'any' | 'reviewer';
  label: Text;
}

/** What was returned stays returned: a snapshot cannot be mended, the listings are, and a new draft is made of them. */
export const transitions: Record<PublicationAction, Transition> = {
  submission: { from: ['draft'], to: 'submitted', by: 'any', label: { zh: '提交审核', en: 'submit' } },
  approval: { from: ['submitted'], to: 'approved', by: 'reviewer', label: { zh: '审核通过', en: 'approve' } },
  return: { from: ['submitted', 'approved'], to: 'returned', by: 'reviewer', label: { zh: '退回', en: 'return' } },
  publication: { from: ['approved'], to: 'published', by: 'reviewer', label: { zh: '发布', en: 'publish' } },
};

export const stateLabels: Record<PublicationState, Text> = {
  draft: { zh: '草稿', en: 'draft' },
  submitted: { zh: '待审核', en: 'submitted' },
  approved: { zh: '已审核', en: 'approved' },
  published: { zh: '已发布', en: 'published' },
  superseded: { zh: '已被新版取代', en: 'superseded' },
  returned: { zh: '已退回', en: 'returned' },
};

export type Step = { to: PublicationState } | { refused: 'state' | 'caller'; why: Text };

export function stepPublication(
  action: PublicationAction,
  { state, author }: { state: PublicationState; author: Official },
  caller: Official,
): Step {
  const { from, to, by, label } = transitions[action];
  if (by === 'reviewer' && !mayReview(caller, author)) return { refused: 'caller', why: whoReviews(author) };
  if (from.includes(state)) return { to };
  const needed = from.map((each) => stateLabels[each]);
  return { refused: 'state', why: wrongState(stateLabels[state], label, needed) };
}

/** A village's or town's author is reviewed from a higher level, a county's by a colleague or from above. */
function mayReview(caller: Official, author: Official): boolean {
  if (isBelowCounty(author)) return caller.divisionCode.length < author.divisionCode.length;
  return caller.divisionCode.length <= author.divisionCode.length && caller.identity !== author.identity;
}

function whoReviews(author: Official): Text {
  return isBelowCounty(author)
    ? {
        zh: '须由编制人的上级(村由乡镇、乡镇由区县)审核发布。',
        en: 'An official of a higher level than the author’s reviews it: of the town for a village, of the county for a town.',
      }
    : { zh: '须由编制人以外的另一位工作人员审核发布。', en: 'Another official than the author reviews it.' };
}

function isBelowCounty({ divisionCode }: Official): boolean {
  return ['town', 'village'].includes(divisionLevelOf(divisionCode) ?? '');
}
