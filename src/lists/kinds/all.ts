// THE list of listing kinds. A new kind is one file beside this one and one line here; everything else (ids, schemas, contract,
// examples, sheets, templates, search) is made from the kind.
export { channelDemand } from './channel-demand.ts';
export { equipment } from './equipment.ts';
export { expertise } from './expertise.ts';
export { labour } from './labour.ts';
export { land } from './land.ts';
export { landDemand } from './land-demand.ts';
export { policy } from './policy.ts';
export { post } from './post.ts';
export { processingOrder } from './processing-order.ts';
export { productSupply } from './product-supply.ts';
export { project } from './project.ts';
export { sharedFacility } from './shared-facility.ts';
export { talent } from './talent.ts';
export { venue } from './venue.ts';
export { workshop } from './workshop.ts';
