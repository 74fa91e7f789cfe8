// What a hard rule is. Each rule has its file: what it asks, and the smallest changes that would meet it. The solver's
// kernel must agree with these files on every candidate (kernel.test.ts); the referee recounts on its own.

import type { FieldValue } from '../plan.ts';
import type { Order, RuleId, Scenario, Site, Worker } from '../scenario.ts';

/** A site that might take a lot of an order from a certain week on. `lot` is what the lot needs there. */
export interface SiteCandidate {
  order: Order;
  site: Site;
  start: number;
  lot: { areaM2: number; powerKw: number };
}

/** A worker who might give hours to a lot at a site. */
export interface WorkerCandidate {
  scenario: Scenario;
  order: Order;
  site: Site;
  start: number;
  worker: Worker;
  skill: string;
  home: boolean;
}

export interface SiteRule {
  id: RuleId;
  holds(candidate: SiteCandidate): boolean;
}

export interface WorkerRule {
  id: RuleId;
  holds(candidate: WorkerCandidate): boolean;
}

/** What a rule asks and the best that is there. */
export interface Comparison {
  required: FieldValue;
  best: FieldValue;
  unit: string | null;
}

/**
 * One field that might be changed, from the smallest change (step 1) to the largest (step `steps`). If a step places the
 * order, so should all larger ones; whoever tries the steps may therefore halve the interval, and states only what was tried.
 */
export interface HintSearch {
  target: 'order' | 'site' | 'worker';
  id: string;
  field: string;
  from: FieldValue;
  unit: string | null;
  steps: number;
  valueAt: (step: number) => FieldValue;
}

/** A search over whole-numbered values of a field, from the present value towards a limit. */
export function stepTowards(
  search: Omit<HintSearch, 'steps' | 'valueAt' | 'from'> & { from: number },
  limit: number,
  step: number,
): HintSearch[] {
  const distance = Math.abs(limit - search.from);
  const steps = Math.ceil(distance / step - 1e-9);
  if (!(steps >= 1)) return [];
  const direction = limit > search.from ? 1 : -1;
  // The first step lands on a multiple of the step, so that hints are round numbers.
  const base = direction > 0 ? Math.floor(search.from / step) : Math.ceil(search.from / step);
  return [
    {
      ...search,
      steps,
      valueAt: (k) => {
        const value = roundOff((base + direction * k) * step);
        return direction > 0 ? Math.min(limit, value) : Math.max(limit, value);
      },
    },
  ];
}

/** Takes away the dust of binary fractions: 0.1 · 3 is 0.3. */
function roundOff(x: number): number {
  return Math.round(x * 1e6) / 1e6;
}
