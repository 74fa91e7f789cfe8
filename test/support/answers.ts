// What stories read of the API's answers, by its own schemas' names. Only what is asked for stands here.

import type { RoundSummary } from '../../src/matching/summary.ts';
import type { ListingStatus } from '../../src/lists/lifecycle/states.ts';
import type { Text } from '../../src/vocabulary/text.ts';

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export interface Listing {
  id: string;
  kind: string;
  status: ListingStatus;
  title: string;
  divisionCode: string;
  place: string;
  owner: { id: string; name: string; uscc: string } | null;
  attributes: Record<string, unknown>;
  version: number;
}

export interface Import {
  id: string;
  status: 'queued' | 'running' | 'done' | 'refused' | 'failed';
  rowsRead: number;
  counts: { rows: number; created: number; updated: number; unchanged: number; refused: number } | null;
  warnings: Text[];
  failure: Text | null;
}

export interface ImportProblem {
  rowNumber: number;
  column: string;
  cell: string;
  code: string;
  message: Text;
}

export interface Round {
  id: string;
  status: 'queued' | 'running' | 'cancelling' | 'done' | 'cancelled' | 'failed';
  cause: 'change' | 'request';
  inputHash: string | null;
  summary: RoundSummary | null;
  failure: Text | null;
}

export interface Proposal {
  id: string;
  roundId: string;
  orderId: string;
  status: 'proposed' | 'superseded' | 'outdated';
  share: number;
  startsOn: string;
  endsOn: string;
  valueFen: number;
  reasons: Text[];
  lots: {
    siteId: string;
    divisionCode: string;
    labour: { skill: string; people: number; hoursPerWeek: number }[];
  }[];
}

export interface Unmatched {
  listingId: string;
  subject: 'order' | 'site' | 'worker';
  cause: 'rule' | 'competition' | 'not-worth';
  reasons: Text[];
  rules: { rule: string; required: unknown; best: unknown; text: Text }[];
  lostTo: string[];
  nearMisses: {
    change: { target: string; field: string; to: unknown };
    text: Text;
    apply: { method: 'PATCH'; path: string; headers: { 'If-Match': string }; body: unknown } | null;
  }[];
}

export interface Plan {
  placements: { order: string }[];
  objectiveFen: number;
}
