import type { Order, Worker } from '../scenario.ts';
import { SHARES } from '../scenario.ts';
import { stepTowards } from './rule.ts';
import type { HintSearch, WorkerRule } from './rule.ts';

/** Hours that a hint asks of one worker at most: the legal week of 40 hours plus its regular limit of 44 (劳动法 36). */
const HOURS_HINT_MAX = 44;

/** 周工时: hours of one worker in a plan are whole and together never above what the worker gives a week. */
export const weeklyHoursRule: WorkerRule = {
  id: 'weekly-hours',
  holds: ({ worker }) => worker.hoursPerWeek >= 1,
};

/** The order needs fewer hours of one skill. The whole list of needs is the field that changes. */
export function hintFewerHours(order: Order): HintSearch[] {
  return order.needs.flatMap((need, position): HintSearch[] => {
    const most = Math.ceil(need.hoursPerWeek) - 1;
    if (most < 1) return [];
    return [
      {
        target: 'order',
        id: order.id,
        field: 'needs',
        from: order.needs,
        unit: 'h/week',
        steps: most,
        valueAt: (step) =>
          order.needs.map((other, p) => (p === position ? { ...other, hoursPerWeek: most + 1 - step } : other)),
      },
    ];
  });
}

/** The order is content with a part of its quantity. */
export function hintShare(order: Order): HintSearch[] {
  const lower = SHARES.filter((share) => share < order.minShare);
  if (lower.length === 0) return [];
  return [
    {
      target: 'order',
      id: order.id,
      field: 'minShare',
      from: order.minShare,
      unit: null,
      steps: lower.length,
      valueAt: (step) => lower[step - 1] ?? 0.5,
    },
  ];
}

/** A worker gives more hours a week. */
export function hintMoreHours(worker: Worker): HintSearch[] {
  if (worker.hoursPerWeek >= HOURS_HINT_MAX) return [];
  const ofWorker = { target: 'worker', id: worker.id, unit: 'h/week' } as const;
  return stepTowards({ ...ofWorker, field: 'hoursPerWeek', from: worker.hoursPerWeek }, HOURS_HINT_MAX, 1);
}
