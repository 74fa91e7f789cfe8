// The system on one screen: the rooms in line (each calls only to its left) and what happens when something was told.

import type { Context } from './platform/context.ts';
import type { Operation } from './platform/http/index.ts';
import type { Reactions } from './platform/reactions.ts';
import type { EventType } from './vocabulary/events.ts';
import { regionOperations } from './regions/index.ts';
import { accessOperations } from './access/index.ts';
import { answerSmsCode, partyOperations } from './parties/index.ts';
import {
  listOperations,
  moveDueListings,
  runImport,
  tellSearchersOfImport,
  tellSearchersOfListing,
} from './lists/index.ts';
import { publicationOperations } from './publications/index.ts';
import { attendToDueTrades, tradeOperations } from './trade/index.ts';
import { proposalOperations } from './proposals/index.ts';
import { matchingOperations, runRound, startQueuedRound, wantRound } from './matching/index.ts';
import { forgetWhatIsDue, privacyOperations } from './privacy/index.ts';

interface Room {
  name: string;
  operations(context: Context): Operation[];
}

/** Left to right. */
export const rooms: readonly Room[] = [
  { name: 'regions', operations: regionOperations },
  { name: 'access', operations: accessOperations },
  { name: 'parties', operations: partyOperations },
  { name: 'lists', operations: listOperations },
  { name: 'publications', operations: publicationOperations },
  { name: 'trade', operations: tradeOperations },
  { name: 'proposals', operations: proposalOperations },
  { name: 'matching', operations: matchingOperations },
  { name: 'privacy', operations: privacyOperations },
];

/** Event → reactions, run at least once by some worker. */
export const reactions: Reactions = {
  'sms-code.requested': [{ name: 'parties.answerSmsCode', run: answerSmsCode }],
  'import.requested': [{ name: 'lists.runImport', run: runImport }],
  'listing.doubted': [],
  'listings.due': [{ name: 'lists.moveDueListings', run: moveDueListings }],
  'import.completed': [
    { name: 'matching.wantRound', run: wantRound },
    { name: 'lists.tellSearchersOfImport', run: tellSearchersOfImport },
  ],
  'listing.changed': [
    { name: 'matching.wantRound', run: wantRound },
    { name: 'lists.tellSearchersOfListing', run: tellSearchersOfListing },
  ],
  'retention.due': [{ name: 'privacy.forgetWhatIsDue', run: forgetWhatIsDue }],
  'trades.due': [{ name: 'trade.attendToDueTrades', run: attendToDueTrades }],
  'round.requested': [{ name: 'matching.runRound', run: runRound }],
  'round.finished': [{ name: 'matching.startQueuedRound', run: startQueuedRound }],
};

export function reactionsTo(type: EventType): string[] {
  return reactions[type].map((reaction) => reaction.name);
}
