// The way of a negotiation 协议流转 as data: inquiry 询价 → offer 报价 ⇄ counter-offer 还价 → deal 成交. Enters: where it stands, which side
// acts, what time it is. Leaves: the next state, or why not. Pure. Nobody is bound by anybody else's act: whoever accepts answers
// an offer of the other side (R02).

import type { Text } from '../vocabulary/text.ts';
import { wrongState } from '../vocabulary/wrong-state.ts';

export const negotiationStates = ['inquired', 'offered', 'agreed', 'refused', 'withdrawn', 'expired'] as const;
export type NegotiationState = (typeof negotiationStates)[number];

export const negotiationActions = ['offer', 'acceptance', 'refusal', 'withdrawal'] as const;
export type NegotiationAction = (typeof negotiationActions)[number];

export const sides = ['seller', 'buyer'] as const;
export type Side = (typeof sides)[number];

interface Transition {
  from: readonly NegotiationState[];
  to: NegotiationState;
  /** `answering`: the side that was asked; `waiting`: the side that asked last. */
  by: 'answering' | 'waiting';
  label: Text;
}

/** An offer to an offer is a counter-offer: the one before it no longer stands. */
export const transitions: Record<NegotiationAction, Transition> = {
  offer: {
    from: ['inquired', 'offered'],
    to: 'offered',
    by: 'answering',
    label: { zh: '报价(还价)', en: 'make an offer' },
  },
  acceptance: { from: ['offered'], to: 'agreed', by: 'answering', label: { zh: '接受报价', en: 'accept the offer' } },
  refusal: { from: ['inquired', 'offered'], to: 'refused', by: 'answering', label: { zh: '谢绝', en: 'refuse' } },
  withdrawal: { from: ['inquired', 'offered'], to: 'withdrawn', by: 'waiting', label: { zh: '撤回', en: 'withdraw' } },
};

export const stateLabels: Record<NegotiationState, Text> = {
  inquired: { zh: '已询价', en: 'inquired' },
  offered: { zh: '已报价', en: 'offered' },
  agreed: { zh: '已成交', en: 'agreed' },
  refused: { zh: '已谢绝', en: 'refused' },
  withdrawn: { zh: '已撤回', en: 'withdrawn' },
  expired: { zh: '已过期', en: 'expired' },
};

export const sideLabels: Record<Side, Text> = {
  seller: { zh: '出让方', en: 'the offering side' },
  buyer: { zh: '受让方', en: 'the asking side' },
};

export interface Standing {
  state: NegotiationState;
  /** Who is to answer. */
  turn: Side;
  expiresAt: Date;
}

export const otherSide = (side: Side): Side => (side === 'seller' ? 'buyer' : 'seller');

/** What it is at this moment, whether or not the clock's job has been there. */
export function stateAt({ state, expiresAt }: Pick<Standing, 'state' | 'expiresAt'>, now: Date): NegotiationState {
  return (state === 'inquired' || state === 'offered') && expiresAt <= now ? 'expired' : state;
}

export type Step = { to: NegotiationState } | { refused: 'state' | 'caller'; why: Text };

/** @param side undefined: no side of it, an official who looks on. */
export function stepNegotiation(
  action: NegotiationAction,
  standing: Standing,
  { side, now }: { side: Side | undefined; now: Date },
): Step {
  const { from, to, by, label } = transitions[action];
  const state = stateAt(standing, now);
  if (!from.includes(state)) {
    const needed = from.map((each) => stateLabels[each]);
    return { refused: 'state', why: wrongState(stateLabels[state], label, needed) };
  }
  const entitled = by === 'answering' ? standing.turn : otherSide(standing.turn);
  if (side === entitled) return { to };
  const who = sideLabels[entitled];
  return {
    refused: 'caller',
    why: { zh: `现在只有${who.zh}可以${label.zh}。`, en: `Only ${who.en} may ${label.en} now.` },
  };
}
