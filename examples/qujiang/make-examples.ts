// All drafts of the sample county, by sheet. The same on every machine: every generator has its own seed.
import type { Draft, SheetId } from '../../src/lists/sheets/index.ts';
import { makeOrders } from './orders.ts';
import { makeCollectives, makeEnterprises } from './parties.ts';
import { makePolicies } from './policies.ts';
import { makeEquipment, makeLand, makeVenues, makeWorkshops } from './resources.ts';
import { makeWorkers } from './workers.ts';

/** Stands in the title of every sheet. */
export const demoRemark = '(演示数据,人员均为虚构)';

export function makeExamples(): Record<SheetId, readonly Draft[]> {
  const enterprises = makeEnterprises();
  return {
    enterprise: enterprises,
    collective: makeCollectives(),
    workshop: makeWorkshops(),
    venue: makeVenues(),
    land: makeLand(),
    equipment: makeEquipment(),
    labour: makeWorkers(),
    'processing-order': makeOrders(enterprises),
    policy: makePolicies(),
  };
}
