// All hard rules on one page. Rules of sites and workers are asked about candidates; the rules about whole plans
// (capacity over the weeks, distinct sites) hold by construction in the solver and are recounted by the referee.

import type { Order, RuleId, Site } from '../scenario.ts';
import { areaRule } from './area.ts';
import { commuteRule } from './commute.ts';
import { equipmentRule } from './equipment.ts';
import { homeWorkRule } from './home-work.ts';
import { landUseRule } from './land-use.ts';
import { powerRule } from './power.ts';
import type { SiteCandidate, SiteRule, WorkerCandidate, WorkerRule } from './rule.ts';
import { skillRule } from './skill.ts';
import { starRule } from './star.ts';
import { weeklyHoursRule } from './weekly-hours.ts';
import { siteWindowRule, workerWindowRule } from './window.ts';

/** Rules that depend on order and site alone, whatever the week and the size of the lot. */
const STATIC_SITE_RULES: readonly SiteRule[] = [equipmentRule, landUseRule, starRule];

export const SITE_RULES: readonly SiteRule[] = [siteWindowRule, areaRule, powerRule, ...STATIC_SITE_RULES];

export const WORKER_RULES: readonly WorkerRule[] = [
  skillRule,
  commuteRule,
  homeWorkRule,
  workerWindowRule,
  weeklyHoursRule,
];

export function findStaticFailures(order: Order, site: Site): RuleId[] {
  const candidate: SiteCandidate = { order, site, start: 0, lot: { areaM2: 0, powerKw: 0 } };
  return STATIC_SITE_RULES.filter((rule) => !rule.holds(candidate)).map((rule) => rule.id);
}

export function findSiteFailures(candidate: SiteCandidate): RuleId[] {
  return SITE_RULES.filter((rule) => !rule.holds(candidate)).map((rule) => rule.id);
}

export function findWorkerFailures(candidate: WorkerCandidate): RuleId[] {
  return WORKER_RULES.filter((rule) => !rule.holds(candidate)).map((rule) => rule.id);
}
