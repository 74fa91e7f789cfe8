// Who may do what to whose things: the table that a county's auditor reads, and every cell of which is tried. It is written down
// independently of the code (src/vocabulary/permissions.ts, migrations): where they differ, one of them is wrong. An operation of
// openapi/openapi.json that does not stand here is a failure too.
//
//   .  refused, whatever is asked for: 401 to anonymous callers, 403 to all others
//   +  may; nothing of anybody is addressed
//   *  answered to everybody: nobody looks at the credential
//   0  may ask, and finds nothing
//   D  what lies in the caller's own division and below it
//   C  the same, for one who acts for a county or above
//   M  what is its own (its party's, its person's, what it handed in itself) in its own division and below it
//   W  what is its own, wherever it lies
//   A  everything
//
// Out of reach is 404 with the same words as for what is not there, and absent from lists. Operations that name a place in what
// they are sent say so in the column of the answers: done | outside of the division | inside, but another's.

import { divisionContains } from '../../../src/vocabulary/division-code.ts';

export const columns = [
  'anonymous',
  'platform',
  /** An official of a county or above. */
  'county',
  /** An official of a town or village. */
  'local',
  'enterprise',
  'collective',
  'broker',
  'household',
  /** Whoever acts for a person under a mandate. */
  'steward',
  'bank',
  'auditor',
  'app',
] as const;
export type Column = (typeof columns)[number];

const matrix = `
operation                     scope                     thing              answers      anon plat coun loca ente coll brok hous stew bank audi app

getHealth                     service:read              -                  200          *    *    *    *    *    *    *    *    *    *    *    *
getReadiness                  service:read              -                  200          *    *    *    *    *    *    *    *    *    *    *    *
getSigningKey                 service:read              -                  200          +    +    +    +    +    +    +    +    +    +    +    +
listDivisions                 divisions:read            -                  200          +    +    +    +    +    +    +    +    +    +    +    +
getDivision                   divisions:read            -                  200          +    +    +    +    +    +    +    +    +    +    +    +
getFourLists                  lists:read                -                  200          +    +    +    +    +    +    +    +    +    +    +    +
getVillageMap                 divisions:read            -                  200          +    +    +    +    +    +    +    +    +    +    +    +
getListingFacets              listings:read             -                  200          +    +    +    +    +    +    +    +    +    +    +    +
getListingMap                 listings:read             -                  200          +    +    +    +    +    +    +    +    +    +    +    +
getWorkshopMap                listings:read             -                  200          +    +    +    +    +    +    +    +    +    +    +    +
getIdleLabourList             lists:read                -                  200          +    +    +    +    +    +    +    +    +    +    +    +
getImportTemplate             lists:read                -                  200          +    +    +    +    +    +    +    +    +    +    +    +
listParties                   parties:read              party              200          A    A    A    A    A    A    A    A    A    A    A    A
matchScenario                 what-if:run               -                  200          .    +    +    +    +    +    .    .    .    .    .    +

requestSmsCode                sessions:start            -                  202          +    +    +    +    +    +    +    +    +    +    +    +
createSession                 sessions:start            -                  201          +    +    +    +    +    +    +    +    +    +    +    +
getSessions                   sessions:read             -                  200          .    .    .    .    .    .    .    +    .    .    .    .
endOtherSession               sessions:end-others       session            200          .    .    .    .    .    .    .    W    .    .    .    .
endSession                    sessions:end              -                  200          .    .    .    .    .    .    .    +    .    .    .    .
getMe                         me:read                   -                  200          .    +    +    +    +    +    +    +    +    +    +    +
getMe                         me:read                   person             200          .    0    0    0    0    0    0    W    W    0    0    0

createApiKey                  api-keys:write            place              201|403|403  .    A    D    D    .    .    .    .    .    .    .    .
listApiKeys                   api-keys:read             key                200          .    A    D    D    .    .    .    .    .    .    .    .
rotateApiKey                  api-keys:write            key                201          .    A    D    D    .    .    .    .    .    .    .    .
revokeApiKey                  api-keys:write            key                200          .    A    D    D    .    .    .    .    .    .    .    .

createMandate                 mandates:write            place              201|403|422  .    A    D    D    M    M    .    .    .    .    .    .
listMandates                  mandates:read             mandate            200          .    A    D    D    M    M    .    .    .    .    .    .
revokeMandate                 mandates:write            mandate            200          .    A    D    D    M    M    .    .    .    .    .    .

createDivisionGrant           division-grants:write     place              201|403|403  .    A    D    D    .    .    .    .    .    .    .    .
listDivisionGrants            division-grants:read      grant              200          .    A    D    D    W    W    .    .    .    .    .    .
revokeDivisionGrant           division-grants:write     grant              200          .    A    D    D    .    .    .    .    .    .    .    .

findListings                  listings:read             published          200          A    A    A    A    A    A    A    A    A    A    A    A
findListings                  listings:read             draft              200          0    0    0    0    0    0    0    0    0    0    0    0
findListings                  listings:read             withdrawn          200          0    0    0    0    0    0    0    0    0    0    0    0
findListings                  listings:read             labour             200          0    0    0    0    0    0    0    0    0    0    0    0
findListings                  listings:read             margin             200          0    0    0    0    0    0    0    0    0    0    0    0
findListings?view=own         listings:read             published          200          .    A    D    D    D    D    D    D    D    D    D    D
findListings?view=own         listings:read             draft              200          .    A    D    D    M    M    0    0    0    0    D    0
findListings?view=own         listings:read             withdrawn          200          .    A    D    D    M    M    0    0    0    0    D    0
findListings?view=own         listings:read             labour             200          .    A    D    D    M    M    0    M    M    0    D    0
findListings?view=own         listings:read             margin             200          .    A    D    D    M    M    0    0    0    0    0    0
findListings?view=own         listings:read             person             200          .    A    D    D    0    0    0    0    0    0    0    0
getListing                    listings:read             published          200          A    A    A    A    A    A    A    A    A    A    A    A
getListing                    listings:read             draft              200          0    A    D    D    M    M    0    0    0    0    D    0
getListing                    listings:read             withdrawn          200          0    A    D    D    M    M    0    0    0    0    D    0
getListing                    listings:read             labour             200          0    A    D    D    M    M    0    M    M    0    D    0
getListing                    listings:read             margin             200          0    A    D    D    M    M    0    0    0    0    0    0
createListing                 listings:write            place              201|403|403  .    A    D    D    M    M    0    .    0    .    .    .
changeListing                 listings:write            published          200          .    A    D    D    M    M    0    .    0    .    .    .
changeListing                 listings:write            draft              200          .    A    D    D    M    M    0    .    0    .    .    .
changeListing                 listings:write            withdrawn          200          .    A    D    D    M    M    0    .    0    .    .    .
changeListing                 listings:write            labour             200          .    A    D    D    M    M    0    .    M    .    .    .
withdrawListing               listings:write            published          200          .    A    D    D    M    M    0    .    0    .    .    .
withdrawListing               listings:write            draft              200          .    A    D    D    M    M    0    .    0    .    .    .
withdrawListing               listings:write            withdrawn          200          .    A    D    D    M    M    0    .    0    .    .    .
withdrawListing               listings:write            labour             200          .    A    D    D    M    M    0    .    M    .    .    .
publishListing                listings:publish          published          200          .    A    D    D    .    .    .    .    .    .    .    .
publishListing                listings:publish          draft              200          .    A    D    D    .    .    .    .    .    .    .    .
publishListing                listings:publish          withdrawn          200          .    A    D    D    .    .    .    .    .    .    .    .
publishListing                listings:publish          labour             200          .    A    D    D    .    .    .    .    .    .    .    .

submitListing                 listings:write            draft              200          .    A    D    D    M    M    0    .    0    .    .    .
returnListing                 listings:publish          submitted          200          .    A    D    D    .    .    .    .    .    .    .    .
approveListing                listings:publish          submitted          200          .    A    D    D    .    .    .    .    .    .    .    .
publishListing                listings:publish          submitted          200          .    A    D    D    .    .    .    .    .    .    .    .
withdrawListing               listings:write            submitted          200          .    A    D    D    M    M    0    .    0    .    .    .
changeListing                 listings:write            submitted          200          .    A    D    D    M    M    0    .    0    .    .    .
renewListing                  listings:write            published          200          .    A    D    D    M    M    0    .    0    .    .    .
closeListing                  listings:write            published          200          .    A    D    D    M    M    0    .    0    .    .    .
getListing                    listings:read             submitted          200          0    A    D    D    M    M    0    0    0    0    D    0
getListingActions             listings:read             draft              200          0    A    D    D    M    M    0    0    0    0    D    0
getListingActions             listings:read             published          200          0    A    D    D    M    M    0    0    0    0    D    0
getListingActions             listings:read             labour             200          0    A    D    D    M    M    0    M    M    0    D    0
listListingHistory            listings:read             published          200          0    A    D    D    M    M    0    0    0    0    D    0
listListingHistory            listings:read             labour             200          0    A    D    D    M    M    0    M    M    0    D    0
reportOutdatedListing         listings:report           published          200          .    A    A    A    A    A    A    A    A    A    .    A
getCollectiveDecision         listings:read             decided            200          A    A    A    A    A    A    A    A    A    A    A    A
recordCollectiveDecision      listings:write            asset              200          .    A    D    D    M    M    0    .    0    .    .    .
getTradePolicy                lists:read                -                  200          +    +    +    +    +    +    +    +    +    +    +    +
changeTradePolicy             trade-policies:write      county             200|403|403  .    A    D    0    .    .    .    .    .    .    .    .
createSavedSearch             saved-searches:use        -                  201          .    +    +    +    +    +    +    .    .    +    .    +
listSavedSearches             saved-searches:use        saved-search       200          .    0    0    0    0    0    0    .    .    0    .    0
changeSavedSearch             saved-searches:use        saved-search       200          .    0    0    0    0    0    0    .    .    0    .    0
deleteSavedSearch             saved-searches:use        saved-search       200          .    0    0    0    0    0    0    .    .    0    .    0
listSearchAlerts              saved-searches:use        saved-search       200          .    0    0    0    0    0    0    .    .    0    .    0
readSearchAlerts              saved-searches:use        saved-search       200          .    0    0    0    0    0    0    .    .    0    .    0

requestImport                 imports:write             place              202|403|403  .    A    D    D    .    D    .    .    0    .    .    .
exportSheet                   exports:read              place              200|403|403  .    A    D    D    D    D    0    .    0    .    .    .
exportSheet?people            exports:read              spot               200|403|403  .    A    D    D    0    0    0    .    0    .    .    .

getImport                     imports:write             import             200          .    A    D    D    .    M    .    .    0    .    .    .
listImportProblems            imports:write             import             200          .    A    D    D    .    M    .    .    0    .    .    .
getErrorWorkbook              imports:write             import             200          .    A    D    D    .    M    .    .    0    .    .    .

createListPublication         list-publications:write   place              201|422|422  .    A    D    D    .    .    .    .    .    .    .    .
listListPublications          lists:read                version            200          A    A    A    A    A    A    A    A    A    A    A    A
listListPublications          lists:read                version-draft      200          0    0    0    0    0    0    0    0    0    0    0    0
listListPublications?view=own lists:read                version            200          .    A    D    D    D    D    D    D    D    D    D    D
listListPublications?view=own lists:read                version-draft      200          .    A    D    D    0    0    0    0    0    0    D    0
getListPublication            lists:read                version            200          A    A    A    A    A    A    A    A    A    A    A    A
getListPublication            lists:read                version-draft      200          0    A    D    D    0    0    0    0    0    0    D    0
listPublicationEntries        lists:read                version            200          A    A    A    A    A    A    A    A    A    A    A    A
listPublicationEntries        lists:read                version-draft      200          0    A    D    D    0    0    0    0    0    0    D    0
listPublicationDifferences    lists:read                version            200          A    A    A    A    A    A    A    A    A    A    A    A
listPublicationDifferences    lists:read                version-draft      200          0    A    D    D    0    0    0    0    0    0    D    0
getPublicationWorkbook        lists:read                version            200          A    A    A    A    A    A    A    A    A    A    A    A
getPublicationWorkbook        lists:read                version-draft      200          0    A    D    D    0    0    0    0    0    0    D    0
getPublicationDocument        lists:read                version            200          A    A    A    A    A    A    A    A    A    A    A    A
getPublicationDocument        lists:read                version-draft      200          0    A    D    D    0    0    0    0    0    0    D    0
getListPublication            lists:read                version-submitted  200          0    A    D    D    0    0    0    0    0    0    D    0
getListPublication            lists:read                version-approved   200          0    A    D    D    0    0    0    0    0    0    D    0
submitListPublication         list-publications:write   version-draft      200          .    A    D    D    .    .    .    .    .    .    .    .
approveListPublication        list-publications:write   version-submitted  200|404|403  .    A    C    0    .    .    .    .    .    .    .    .
returnListPublication         list-publications:write   version-submitted  200|404|403  .    A    C    0    .    .    .    .    .    .    .    .
publishListPublication        list-publications:write   version-approved   200|404|403  .    A    C    0    .    .    .    .    .    .    .    .
getListingChanges             listings:read             -                  200          +    +    +    +    +    +    +    +    +    +    +    +

createNegotiation             trades:write              -                  201|403|403  .    .    .    .    +    +    0    .    .    .    .    .
listNegotiations              trades:read               negotiation        200          .    A    D    D    W    W    0    .    .    .    D    .
getNegotiation                trades:read               negotiation        200          .    A    D    D    W    W    0    .    .    .    D    .
getNegotiationActions         trades:read               negotiation        200          .    A    D    D    W    W    0    .    .    .    D    .
offerNegotiation              trades:write              negotiation-inquired 200        .    .    .    .    W    W    0    .    .    .    .    .
acceptNegotiation             trades:write              negotiation-offered 200         .    .    .    .    W    W    0    .    .    .    .    .
refuseNegotiation             trades:write              negotiation-inquired 200        .    .    .    .    W    W    0    .    .    .    .    .
withdrawNegotiation           trades:write              negotiation-asked  200          .    .    .    .    W    W    0    .    .    .    .    .
listDeals                     trades:read               deal               200          .    A    D    D    W    W    0    .    .    .    D    .
getDeal                       trades:read               deal               200          .    A    D    D    W    W    0    .    .    .    D    .
getDealActions                usage:read                deal               200          .    A    D    D    W    W    0    .    .    .    D    .
getDealRents                  usage:read                deal               200          .    A    D    D    W    W    0    .    .    .    D    .
recordRentPayment             usage:write               deal-let           200          .    A    D    D    W    W    0    .    .    .    .    .
listRentPayments              usage:read                deal               200          .    A    D    D    W    W    0    .    .    .    D    .
reverseRentPayment            usage:write               payment            200          .    A    D    D    W    W    0    .    .    .    .    .
recordCheckIn                 usage:write               deal-let           200          .    A    D    D    W    W    0    .    .    .    .    .
listCheckIns                  usage:read                deal               200          .    A    D    D    W    W    0    .    .    .    D    .
listUsageAlerts               usage:read                alert              200          .    A    D    D    W    W    0    .    .    .    D    .
requestDealEnding             trades:write              deal-let           200          .    .    .    .    W    W    0    .    .    .    .    .
acceptDealEnding              trades:write              deal-left          200          .    .    .    .    W    W    0    .    .    .    .    .
refuseDealEnding              trades:write              deal-left          200          .    .    .    .    W    W    0    .    .    .    .    .
withdrawDealEnding            trades:write              deal-recalled      200          .    .    .    .    W    W    0    .    .    .    .    .
closeDeal                     trades:supervise          deal-let           200          .    A    D    D    .    .    .    .    .    .    .    .
createBidding                 trades:write              bid-land           201|403|403  .    .    .    .    M    M    0    .    .    .    .    .
listBiddings                  biddings:read             bidding            200          A    A    A    A    A    A    A    A    A    A    A    A
listBiddings                  biddings:read             bidding-applied    200          0    0    0    0    0    0    0    0    0    0    0    0
listBiddings?view=own         biddings:read             bidding            200          .    A    D    D    D    D    D    D    D    D    D    D
listBiddings?view=own         biddings:read             bidding-applied    200          .    A    D    D    M    M    0    0    0    0    D    0
getBidding                    biddings:read             bidding            200          A    A    A    A    A    A    A    A    A    A    A    A
getBidding                    biddings:read             bidding-applied    200          0    A    D    D    M    M    0    0    0    0    D    0
getBiddingActions             biddings:read             bidding            200          A    A    A    A    A    A    A    A    A    A    A    A
getBiddingActions             biddings:read             bidding-applied    200          0    A    D    D    M    M    0    0    0    0    D    0
publishBidding                trades:supervise          bidding-applied    200          .    A    D    D    .    .    .    .    .    .    .    .
recordMediaNotice             trades:supervise          bidding-entered    200|403|403  .    A    D    D    .    .    .    .    .    .    .    .
openBidding                   trades:supervise          bidding-closed     200|403|403  .    A    D    D    .    .    .    .    .    .    .    .
certifyBidding                trades:supervise          bidding-opened     200|403|403  .    A    D    D    .    .    .    .    .    .    .    .
cancelBidding                 trades:write              bidding-applied    200          .    .    .    .    M    M    0    .    .    .    .    .
relistBidding                 trades:write              bidding-failed     201|403|403  .    .    .    .    W    W    0    .    .    .    .    .
createBidder                  trades:write              bidding-entered    200|403|403  .    .    .    .    A    A    0    .    .    .    .    .
listBidders                   trades:read               bidding            200          .    A    A    A    A    A    A    .    .    .    A    .
confirmDeposit                trades:supervise          bidder-new         200          .    A    D    D    .    .    .    .    .    .    .    .
submitBid                     trades:write              bidder-ready       200          .    .    .    .    W    W    0    .    .    .    .    .
returnDeposit                 trades:supervise          bidder-lost        200          .    A    D    D    .    .    .    .    .    .    .    .
createObjection               trades:write              bidding-entered-opened 200|403|403 . .   .    .    A    A    0    .    .    .    .    .
listObjections                trades:read               bidding            200          .    A    A    A    A    A    A    .    .    .    A    .
settleObjection               trades:supervise          objection          200          .    A    D    D    .    .    .    .    .    .    .    .
listResourceBookings          listings:read             -                  200          +    +    +    +    +    +    +    +    +    +    +    +

requestRound                  rounds:run                county             202|403|403  .    A    D    0    .    .    .    .    .    .    .    .
listRounds                    rounds:read               round              200          .    A    D    0    .    .    .    .    .    .    D    .
getRound                      rounds:read               round              200          .    A    D    0    .    .    .    .    .    .    D    .
listRoundDifferences          rounds:read               round              200          .    A    D    0    .    .    .    .    .    .    D    .
listRoundGaps                 rounds:read               round              200          .    A    D    0    .    .    .    .    .    .    D    .
matchRoundVariant             rounds:run                round              200          .    A    D    0    .    .    .    .    .    .    .    .
listRoundPriceTags            rounds:read               round              200          .    A    D    0    .    .    .    .    .    .    D    .
cancelRound                   rounds:run                queued-round       202          .    A    D    0    .    .    .    .    .    .    .    .
listProposals                 proposals:read            proposal           200          .    A    D    D    W    W    0    .    .    .    D    .
getProposal                   proposals:read            proposal           200          .    A    D    D    W    W    0    .    .    .    D    .
listUnmatched                 proposals:read            unmatched          200          .    A    D    D    W    W    0    .    .    .    D    .

disclosePerson                persons:disclose          person             201          .    A    D    D    .    .    .    .    .    .    .    .
correctPerson                 persons:correct           person             200          .    A    D    D    .    .    .    .    .    .    .    .
signOutPerson                 persons:sign-out          person             200          .    A    D    D    .    .    .    .    .    .    .    .
recordConsent                 consents:write            person             201          .    A    D    D    .    .    .    .    .    .    .    .
withdrawConsent               consents:withdraw         person             200          .    A    D    D    .    .    .    W    .    .    .    .
exportPerson                  persons:export            person             200          .    A    D    D    .    .    .    W    .    .    .    .
erasePerson                   persons:erase             person             200          .    A    D    D    .    .    .    .    .    .    .    .

listAuditEntries              audit:read                entry              200          .    A    D    .    .    .    .    .    .    .    D    .
listAuditSeals                audit:read                -                  200          .    +    +    .    .    .    .    .    .    .    +    .
listAuditCheckpoints          audit:read                -                  200          .    +    +    .    .    .    .    .    .    .    +    .
`;

/**
 * Operations that tell the ids of such things to whoever may ask: a copy of the public lists learns what left them, and what is
 * held about a person names the listings and proposals in which it stands.
 */
export const tellsIds: Record<string, readonly string[]> = {
  getListingChanges: ['withdrawn'],
  exportPerson: ['labour', 'proposal'],
};

export type Reach = '.' | '*' | '+' | '0' | 'D' | 'C' | 'M' | 'W' | 'A';

export interface Row {
  operation: string;
  /** The query that makes this way of asking different from others. */
  query: string;
  /** What a key, an app, a mandate or a grant must be given for it. */
  scope: string;
  thing: string;
  answers: { done: number; outside: number; foreign: number };
  reach: Record<Column, Reach>;
}

export const rows: readonly Row[] = matrix
  .trim()
  .split('\n')
  .slice(1)
  .filter((line) => line !== '')
  .map(readRow);

function readRow(line: string): Row {
  const [asked = '', scope = '', thing = '', answers = '', ...cells] = line.split(/\s+/);
  if (cells.length !== columns.length || !cells.every((cell) => /^[.*+0DCMWA]$/.test(cell))) {
    throw new Error(`not a row of ${columns.length} cells: ${line}`);
  }
  const [operation = '', query = ''] = asked.split('?');
  const [done = 0, outside = 404, foreign = 404] = answers.split('|').map(Number);
  const reach = Object.fromEntries(columns.map((column, at) => [column, cells[at]])) as Record<Column, Reach>;
  return { operation, query, scope, thing, answers: { done, outside, foreign }, reach };
}

/** Whose request it is, as far as the table is concerned. */
export interface Standing {
  column: Column;
  /** undefined: the whole country. */
  division: string | undefined;
  /** What is its own belongs to one of these: its party, its people, its name in the trail. */
  owns: readonly string[];
  /** All that a limited key, an app, a mandate or a grant leaves; undefined: everything. */
  scopes?: readonly string[];
}

/** As far as the table is concerned: where a thing lies, and whose it is. */
export interface Placed {
  regions: readonly string[];
  owners: readonly string[];
}

export type Expected = 'refused' | 'done' | 'outside' | 'foreign';

/** The declared value of one cell. */
export function expect({ scope, reach }: Row, caller: Standing, thing?: Placed): Expected {
  const cell = reach[caller.column];
  if (cell === '*') return 'done';
  if (cell === '.' || (caller.scopes && !caller.scopes.includes(scope))) return 'refused';
  if (cell === '+' || cell === 'A') return 'done';
  const isWithin = thing?.regions.some((region) => isIn(caller.division, region)) ?? false;
  const isOwn = thing?.owners.some((owner) => caller.owns.includes(owner)) ?? false;
  if (cell === 'C' && (caller.division?.length ?? 0) > 6) return isWithin ? 'foreign' : 'outside';
  if (cell === 'D' || cell === 'C' ? isWithin : cell === 'M' ? isWithin && isOwn : cell === 'W' && isOwn) return 'done';
  return isWithin ? 'foreign' : 'outside';
}

function isIn(division: string | undefined, region: string): boolean {
  return division === undefined || divisionContains(division, region);
}

// ── Under it all, row-level security ────────────────────────────────────────────────────────────────────────────────
// The same for statements of the service's role, whatever the code above it does: which rows each audience reads, changes
// and adds. `here`: within the scope's division.

export type Audience = 'public' | 'party' | 'household' | 'division';
export type Cells = Record<string, unknown>;

export interface SqlScope {
  audience: Audience;
  division: string | undefined;
  /** The party, or the people. */
  ids: readonly string[];
  actor: string;
}

type Holds = (row: Cells, scope: SqlScope, find: (table: string, id: unknown) => Cells | undefined) => boolean;

export interface TableRule {
  reads: Holds;
  /** Updates and deletes; what may be read when left out would be too much, so it is always said. */
  changes: Holds;
  /** Inserts; the same as changes when left out. */
  adds?: Holds;
}

const none: Holds = () => false;
const everything: Holds = () => true;
const here: Holds = (row, { division }) => isIn(division, String(row['region']));
const both =
  (...all: Holds[]): Holds =>
  (...of) =>
    all.every((holds) => holds(...of));
const either =
  (...all: Holds[]): Holds =>
  (...of) =>
    all.some((holds) => holds(...of));
const isOwn =
  (column: string): Holds =>
  (row, { ids }) =>
    [row[column]].flat().some((id) => ids.includes(String(id)));
const published: Holds = (row) =>
  row['is_public'] === true && ['publicity', 'published', 'reserved', 'matched'].includes(String(row['status']));
/** A version of a list, from its publication on. */
const isPublished: Holds = (row) => ['published', 'superseded'].includes(String(row['state']));
const handedIn: Holds = (row, { actor }) => row['requested_by'] === actor;
const touched: Holds = (row, { division }) => (row['touches'] as string[]).some((region) => isIn(division, region));
/** A county's keys serve whoever acts below it, too. */
const ofOwnCounty: Holds = (row, { division }) => row['region'] === division?.slice(0, 6);

const nothing: TableRule = { reads: none, changes: none };
const allHere: TableRule = { reads: here, changes: here };
const officialsOnly = { public: nothing, party: nothing, household: nothing, division: allHere };

const saved: Holds = (row, { actor }) => row['saved_by'] === actor;
const ofOneself = { reads: both(here, saved), changes: both(here, saved) };
const ownSearches = { public: ofOneself, party: ofOneself, household: ofOneself, division: allHere };

/** Read by a statement of whatever scope, one without any included: nothing in it is not for everybody. */
export const openToAll: readonly string[] = ['published_listing'];

export const tables: Record<string, Record<Audience, TableRule>> = {
  api_key: officialsOnly,
  household_session: officialsOnly,
  local_message: officialsOnly,
  sms_code: officialsOnly,
  consent: officialsOnly,
  disclosure: officialsOnly,
  round: officialsOnly,
  proposal_labour: officialsOnly,
  person: { ...officialsOnly, household: { reads: isOwn('id'), changes: none } },
  // Legal persons are a public register, whole.
  party: {
    public: { reads: everything, changes: none },
    party: { reads: everything, changes: none },
    household: { reads: everything, changes: none },
    division: { reads: everything, changes: here },
  },
  listing: {
    public: { reads: both(here, published), changes: none },
    party: { reads: both(here, either(published, isOwn('owner_id'))), changes: both(here, isOwn('owner_id')) },
    household: { reads: both(here, either(published, isOwn('person_id'))), changes: both(here, isOwn('person_id')) },
    division: allHere,
  },
  // The copy for everybody: written by the triggers of `listing` alone.
  published_listing: (() => {
    const readers = { reads: everything, changes: none };
    return { public: readers, party: readers, household: readers, division: readers };
  })(),
  // Read by whoever reads the listing, written by whoever writes it.
  collective_decision: (() => {
    const ofListing =
      (...holds: Holds[]): Holds =>
      (row, scope, find) => {
        const about = find('listing', row['listing_id']) ?? {};
        return here(row, scope, find) && here(about, scope, find) && either(...holds)(about, scope, find);
      };
    const owns = isOwn('owner_id');
    return {
      public: { reads: ofListing(published), changes: none },
      party: { reads: ofListing(published, owns), changes: ofListing(owns) },
      household: { reads: ofListing(published, isOwn('person_id')), changes: none },
      division: allHere,
    };
  })(),
  trade_policy: {
    public: { reads: everything, changes: none },
    party: { reads: everything, changes: none },
    household: { reads: everything, changes: none },
    division: { reads: everything, changes: here },
  },
  outdated_report: officialsOnly,
  // Read and added to by whoever may change the listing, changed by nobody.
  listing_transition: (() => {
    const ofOwnListing: Holds = (row, scope, find) => {
      const owned = find('listing', row['listing_id']) ?? {};
      return (
        here(row, scope, find) && (isOwn('owner_id')(owned, scope, find) || isOwn('person_id')(owned, scope, find))
      );
    };
    const own = { reads: ofOwnListing, changes: none, adds: ofOwnListing };
    return { public: nothing, party: own, household: own, division: { reads: here, changes: none, adds: here } };
  })(),
  saved_search: ownSearches,
  search_alert: ownSearches,
  import_job: {
    public: { reads: both(here, handedIn), changes: both(here, handedIn) },
    party: { reads: both(here, handedIn), changes: both(here, handedIn) },
    household: { reads: both(here, handedIn), changes: both(here, handedIn) },
    division: allHere,
  },
  import_problem: (() => {
    const ofOwnImport: Holds = (row, scope, find) =>
      here(row, scope, find) && handedIn(find('import_job', row['import_id']) ?? {}, scope, find);
    const own = { reads: ofOwnImport, changes: ofOwnImport };
    return { public: own, party: own, household: own, division: allHere };
  })(),
  list_publication: (() => {
    const readers = { reads: both(here, isPublished), changes: none };
    return { public: readers, party: readers, household: readers, division: allHere };
  })(),
  publication_entry: (() => {
    const ofPublished: Holds = (row, scope, find) =>
      here(row, scope, find) && isPublished(find('list_publication', row['publication_id']) ?? {}, scope, find);
    const readers = { reads: ofPublished, changes: none };
    return { public: readers, party: readers, household: readers, division: allHere };
  })(),
  proposal: {
    ...officialsOnly,
    party: { reads: isOwn('party_ids'), changes: none },
    division: { reads: touched, changes: here },
  },
  negotiation: { ...officialsOnly, party: { reads: isOwn('party_ids'), changes: none } },
  negotiation_offer: { ...officialsOnly, party: { reads: isOwn('party_ids'), changes: none } },
  bidding: (() => {
    const noticed: Holds = (row) => row['noticed_at'] !== null;
    const readers = { reads: both(here, noticed), changes: none };
    const sellers = { reads: both(here, either(noticed, isOwn('seller_id'))), changes: none };
    return { public: readers, party: sellers, household: readers, division: allHere };
  })(),
  bidder: { ...officialsOnly, party: { reads: isOwn('party_ids'), changes: none } },
  bidding_objection: { ...officialsOnly, party: { reads: isOwn('party_ids'), changes: none } },
  deal: { ...officialsOnly, party: { reads: isOwn('party_ids'), changes: none } },
  ...(() => {
    // Added once and never changed.
    const record = {
      ...{ public: nothing, household: nothing, party: { reads: isOwn('party_ids'), changes: none } },
      division: { reads: here, changes: none, adds: here },
    };
    return { rent_payment: record, usage_check_in: record };
  })(),
  usage_alert: { ...officialsOnly, party: { reads: isOwn('party_ids'), changes: none } },
  // Periods and pieces, for everybody: a calendar.
  resource_booking: {
    public: { reads: here, changes: none },
    party: { reads: here, changes: none },
    household: { reads: here, changes: none },
    division: allHere,
  },
  proposal_lot: { ...officialsOnly, party: { reads: isOwn('party_ids'), changes: none } },
  unmatched: { ...officialsOnly, party: { reads: isOwn('owner_id'), changes: none } },
  mandate: {
    ...officialsOnly,
    party: { reads: both(here, isOwn('grantor_party_id')), changes: both(here, isOwn('grantor_party_id')) },
  },
  division_grant: { ...officialsOnly, party: { reads: isOwn('grantee_party_id'), changes: none } },
  county_key: (() => {
    const reachable = either(here, ofOwnCounty);
    const signedIn = { reads: reachable, changes: none, adds: reachable };
    return {
      public: nothing,
      party: signedIn,
      household: signedIn,
      division: { reads: reachable, changes: here, adds: reachable },
    };
  })(),
  // Written by triggers in whoever's name acts, for whatever row he changed; never altered.
  audit_entry: {
    public: { reads: none, changes: none, adds: everything },
    party: { reads: none, changes: none, adds: everything },
    household: { reads: none, changes: none, adds: everything },
    division: { reads: here, changes: none, adds: everything },
  },
};
