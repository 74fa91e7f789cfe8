import { distanceKm } from '../../../vocabulary/geo.ts';
import type { Order, Worker } from '../scenario.ts';
import type { HintSearch, WorkerRule } from './rule.ts';

const TOLERANCE = 1e-6;

/** 居家加工: the order allows it, the worker wants it, and material has not too far to go (exact reading 5). */
export const homeWorkRule: WorkerRule = {
  id: 'home-work',
  holds: ({ scenario, order, worker, site, home }) =>
    !home || (order.homeWork && worker.homeWork && distanceKm(worker, site) <= scenario.policy.homeKmMax + TOLERANCE),
};

/** The order lets half of its first skill be done at home. */
export function hintHomeWork(order: Order): HintSearch[] {
  if (order.homeWork) return [];
  return [{ target: 'order', id: order.id, field: 'homeWork', from: false, unit: null, steps: 1, valueAt: () => true }];
}

/** A worker takes work home. */
export function hintHomeWorker(worker: Worker): HintSearch[] {
  if (worker.homeWork) return [];
  return [
    { target: 'worker', id: worker.id, field: 'homeWork', from: false, unit: null, steps: 1, valueAt: () => true },
  ];
}
