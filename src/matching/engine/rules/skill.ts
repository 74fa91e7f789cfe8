import type { Order, Worker } from '../scenario.ts';
import type { Comparison, HintSearch, WorkerRule } from './rule.ts';

/** 技能: the worker holds the skill of the row. */
export const skillRule: WorkerRule = {
  id: 'skill',
  holds: ({ worker, skill }) => worker.skills.includes(skill),
};

/** Hours a week that the skill of an order needs most of, and all hours of those who hold it. */
export function compareSkill(skill: string, hoursNeeded: number, workers: readonly Worker[]): Comparison {
  const held = workers.reduce(
    (sum, worker) => sum + (worker.skills.includes(skill) ? Math.floor(worker.hoursPerWeek) : 0),
    0,
  );
  return { required: hoursNeeded, best: held, unit: 'h/week' };
}

/** One of these workers learns a skill of the order. */
export function hintSkill(order: Order, learners: readonly Worker[]): HintSearch[] {
  return learners.flatMap((worker) =>
    [...new Set(order.needs.map((need) => need.skill))]
      .filter((skill) => !worker.skills.includes(skill))
      .map((skill): HintSearch => {
        const to = [...worker.skills, skill];
        return {
          target: 'worker',
          id: worker.id,
          field: 'skills',
          from: worker.skills,
          unit: null,
          steps: 1,
          valueAt: () => to,
        };
      }),
  );
}
