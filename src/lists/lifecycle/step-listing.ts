// One step of a listing's way. Enters: the machine it goes by, where it stands, what is known of it, who acts. Leaves: where it
// leads, or why not. Pure.

import type { Text } from '../../vocabulary/text.ts';
import { wrongState } from '../../vocabulary/wrong-state.ts';
import { findGuardFaults, type GuardFault, type ListingFacts } from './guards.ts';
import { listingV1, type ListingMachine, type Way } from './listing-v1.ts';
import {
  actionLabels,
  actorLabels,
  statusLabels,
  type Actor,
  type ListingAction,
  type ListingStatus,
} from './states.ts';

/** Every edition that a stored listing may go by. */
export const listingMachines = { 'listing-v1': listingV1 } as const satisfies Record<string, ListingMachine>;
export type MachineId = keyof typeof listingMachines;
/** By which new listings go. */
export const currentMachine: MachineId = 'listing-v1';

export interface Standing {
  machine: MachineId;
  status: ListingStatus;
}

export type Step =
  | { to: ListingStatus }
  | { refused: 'state' | 'caller'; why: Text }
  | { refused: 'guard'; faults: GuardFault[]; why: Text };

export function stepListing(action: ListingAction, standing: Standing, facts: ListingFacts, actor: Actor): Step {
  const ways = listingMachines[standing.machine][action];
  const here = ways.filter(({ from }) => from.includes(standing.status));
  if (here.length === 0) return { refused: 'state', why: whyNotFrom(action, standing.status, ways) };
  const own = here.filter(({ by }) => by.includes(actor));
  if (own.length === 0) return { refused: 'caller', why: whyNotBy(action, here) };
  const way = own.find(({ unless }) => unless === undefined || findGuardFaults(unless, facts).length > 0);
  if (!way) return { refused: 'state', why: whyNotFrom(action, standing.status, ways) };
  const faults = findGuardFaults(way.guards ?? [], facts);
  return faults.length === 0 ? { to: way.to } : { refused: 'guard', faults, why: joinWhy(faults) };
}

/** What stands in the way, in one sentence each: why, and how to mend it. */
function joinWhy(faults: readonly GuardFault[]): Text {
  return {
    zh: faults.map(({ why, mend }) => `${why.zh}${mend.zh}`).join(''),
    en: faults.map(({ why, mend }) => `${why.en} ${mend.en}`).join(' '),
  };
}

function whyNotFrom(action: ListingAction, status: ListingStatus, ways: readonly Way[]): Text {
  const needed = [...new Set(ways.flatMap(({ from }) => from))].map((each) => statusLabels[each]);
  return wrongState(statusLabels[status], actionLabels[action], needed);
}

function whyNotBy(action: ListingAction, ways: readonly Way[]): Text {
  const who = [...new Set(ways.flatMap(({ by }) => by))].map((each) => actorLabels[each]);
  return {
    zh: `须由${who.map(({ zh }) => zh).join('或')}${actionLabels[action].zh}。`,
    en: `Only ${who.map(({ en }) => en).join(' or ')} may ${actionLabels[action].en} it now.`,
  };
}
