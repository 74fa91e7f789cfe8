import { distanceKm } from '../../../vocabulary/geo.ts';
import type { Worker } from '../scenario.ts';
import { stepTowards } from './rule.ts';
import type { HintSearch, WorkerRule } from './rule.ts';

const TOLERANCE = 1e-6;
const STEP_KM = 0.1;

/** 通勤: on-site hours need the way from home to the site to be within the worker's limit. Home hours do not (exact reading 5). */
export const commuteRule: WorkerRule = {
  id: 'commute',
  holds: ({ worker, site, home }) => home || distanceKm(worker, site) <= worker.maxCommuteKm + TOLERANCE,
};

/** A worker travels as far as a site that is `km` away. */
export function hintCommute(worker: Worker, km: number): HintSearch[] {
  const ofWorker = { target: 'worker', id: worker.id, unit: 'km' } as const;
  return stepTowards(
    { ...ofWorker, field: 'maxCommuteKm', from: worker.maxCommuteKm },
    Math.ceil(km / STEP_KM) * STEP_KM,
    STEP_KM,
  );
}
