// Rules that were settled before the engine is asked: a scenario holds only who and what may be used, and `excluded` tells
// of the rest (exact reading 17). Nothing can be recounted here and no hint is possible; what is left is to say why.

import type { Excluded, RuleId } from '../scenario.ts';

export interface ExclusionRule {
  id: RuleId;
  /** Of whom the rule speaks when the scenario does not say. */
  kind: 'site' | 'worker';
}

const LABOUR_RULES: readonly RuleId[] = ['skill', 'commute', 'home-work', 'weekly-hours', 'law', 'consent'];

/** Whether an excluded id is an order, a site or a worker. */
export function kindOfExcluded(excluded: Excluded): 'order' | 'site' | 'worker' {
  return excluded.kind ?? (LABOUR_RULES.includes(excluded.rule) ? 'worker' : 'site');
}
