// All drafts of the sample county, by sheet. The same on every machine: every generator has its own seed.
import type { Draft, SheetId } from '../../src/lists/sheets/index.ts';
import {
  makeChannels,
  makeExpertise,
  makeFacilities,
  makeLandDemands,
  makePosts,
  makeProjects,
  makeSupplies,
} from './dealings.ts';
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
    'shared-facility': makeFacilities(),
    post: makePosts(enterprises),
    'product-supply': makeSupplies(),
    'channel-demand': makeChannels(enterprises),
    'land-demand': makeLandDemands(enterprises),
    expertise: makeExpertise(enterprises),
    project: makeProjects(),
    // Nobody's: a made-up pool of talents would teach nothing that the labour sheet does not.
    talent: [],
  };
}
