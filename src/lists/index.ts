// lists: the four lists 四张清单 and everything on them: kinds, sheets, imports, search, publication.

export { listOperations } from './routes.ts';
export { assertWithin, findImportFilesWith, removeImportFiles, removeImportFilesBefore, runImport } from './imports.ts';
export { tellSearchersOfImport, tellSearchersOfListing } from './saved-searches/tell-searchers.ts';
export { labourPerson } from './kinds/labour.ts';
export { moveListing, withdrawListingsOf, type DealAction } from './lifecycle/move-listing.ts';
export { moveDueListings } from './lifecycle/move-due-listings.ts';
export { readTradePolicy } from './lifecycle/trade-policies.ts';
export { tradeWays, type TradePolicy, type TradeTerms, type TradeWay } from './lifecycle/trade-terms.ts';
export { removeListingsOf } from './save-listings.ts';
export {
  findVisible,
  lockVersions,
  readMarketListings,
  type LabourListing,
  type MarketListings,
  type OrderListing,
  type SiteListing,
} from './market.ts';
export { canonicalJson } from './canonical-json.ts';
export { divisionCode, listingSchema, listSchema } from './schemas.ts';
export { kindById, listLabels, type ListId, type KindId } from './kinds/index.ts';
export { readPublicListings, readPublishable, type PublishableEntry } from './publishable.ts';
export { statedAttributes } from './sheets/index.ts';
export { findResource, lockResource, type Resource } from './resources.ts';
