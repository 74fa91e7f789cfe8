// What becomes of a deal 资源使用 (B03) as data: in use, until its term is over, both sides end it early, or an official records a
// ruling that ends it. Enters: where it stands, who acts, what day it is. Leaves: the next state, or why not. Pure. Whoever accepts
// an early end answers the other side: nobody ends it for both (R02).

import type { PlainDate } from '../../vocabulary/calendar.ts';
import type { Permission } from '../../vocabulary/permissions.ts';
import type { Text } from '../../vocabulary/text.ts';
import { wrongState } from '../../vocabulary/wrong-state.ts';
import type { Side } from '../negotiation-machine.ts';

export const dealStates = ['in-use', 'ending', 'ended'] as const;
export type DealState = (typeof dealStates)[number];

export const useActions = [
  'payment',
  'check-in',
  'ending',
  'ending-acceptance',
  'ending-refusal',
  'ending-withdrawal',
  'closure',
] as const;
export type UseAction = (typeof useActions)[number];

export type UseActor = Side | 'official';

interface Transition {
  from: readonly DealState[];
  /** Left out: it stays what it is. */
  to?: DealState;
  /** `answering`: the side that was asked to end it; `asking`: the side that asked. */
  by: readonly UseActor[] | 'answering' | 'asking';
  /** Only once its first day has come. */
  onceBegun?: true;
  permission: Permission;
  label: Text;
}

const running: readonly DealState[] = ['in-use', 'ending'];

export const useTransitions: Record<UseAction, Transition> = {
  // What is owed is owed after the end too.
  payment: {
    ...{ from: dealStates, by: ['seller', 'official'], permission: 'usage:write' },
    label: { zh: '登记收款', en: 'record a payment' },
  },
  'check-in': {
    ...{ from: running, by: ['seller', 'official'], onceBegun: true, permission: 'usage:write' },
    label: { zh: '登记巡查', en: 'record what is seen' },
  },
  ending: {
    ...{ from: ['in-use'], to: 'ending', by: ['seller', 'buyer'], permission: 'trades:write' },
    label: { zh: '申请提前终止', en: 'ask to end it early' },
  },
  'ending-acceptance': {
    ...{ from: ['ending'], to: 'ended', by: 'answering', permission: 'trades:write' },
    label: { zh: '同意提前终止', en: 'agree to end it' },
  },
  'ending-refusal': {
    ...{ from: ['ending'], to: 'in-use', by: 'answering', permission: 'trades:write' },
    label: { zh: '不同意提前终止', en: 'refuse to end it' },
  },
  'ending-withdrawal': {
    ...{ from: ['ending'], to: 'in-use', by: 'asking', permission: 'trades:write' },
    label: { zh: '撤回提前终止申请', en: 'withdraw the wish to end it' },
  },
  closure: {
    ...{ from: running, to: 'ended', by: ['official'], permission: 'trades:supervise' },
    label: { zh: '依裁决终止', en: 'record the ruling that ends it' },
  },
};

export const dealLabels: Record<DealState, Text> = {
  'in-use': { zh: '使用中', en: 'in use' },
  ending: { zh: '申请终止中', en: 'asked to end' },
  ended: { zh: '已终止', en: 'ended' },
};

const actorLabels: Record<UseActor, Text> = {
  seller: { zh: '出让方', en: 'the offering side' },
  buyer: { zh: '受让方', en: 'the asking side' },
  official: { zh: '属地工作人员', en: 'an official of its division' },
};

export interface UseStanding {
  state: DealState;
  startsOn: PlainDate;
  /** Which side asked to end it early; null unless it is `ending`. */
  endingSide: Side | null;
}

export type UseStep = { to: DealState } | { refused: 'state' | 'caller'; why: Text };

/** @param actor undefined: nobody who may act in it */
export function stepUse(
  action: UseAction,
  { state, startsOn, endingSide }: UseStanding,
  { actor, today }: { actor: UseActor | undefined; today: PlainDate },
): UseStep {
  const { from, to, by, onceBegun, label } = useTransitions[action];
  if (!from.includes(state)) {
    const needed = from.map((each) => dealLabels[each]);
    return { refused: 'state', why: wrongState(dealLabels[state], label, needed) };
  }
  const entitled = entitledTo(by, endingSide);
  if (!actor || !entitled.includes(actor)) {
    const who = entitled.map((each) => actorLabels[each]);
    return {
      refused: 'caller',
      why: {
        zh: `只有${who.map(({ zh }) => zh).join('或')}可以${label.zh}。`,
        en: `Only ${who.map(({ en }) => en).join(' or ')} may ${label.en}.`,
      },
    };
  }
  if (onceBegun && today < startsOn) {
    return {
      refused: 'state',
      why: { zh: `自 ${startsOn} 起才能${label.zh}。`, en: `From ${startsOn} on one may ${label.en}.` },
    };
  }
  return { to: to ?? state };
}

function entitledTo(by: Transition['by'], endingSide: Side | null): readonly UseActor[] {
  if (by !== 'answering' && by !== 'asking') return by;
  return (['seller', 'buyer'] as const).filter((side) => (side === endingSide) === (by === 'asking'));
}
