// 导出: what stands of a sheet as the template would hold it, so that importing it again changes nothing. A stream of pages, each
// read in a transaction of its own: a slow download holds nothing open. People leave only for a purpose, and on record.

import { and, asc, eq, gt, inArray, type SQL } from 'drizzle-orm';
import {
  disclosePersons,
  findPartiesById,
  readParties,
  readStandingConsents,
  type DisclosurePurpose,
} from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import { withinDivision, type Scope } from '../platform/database.ts';
import { Problem } from '../platform/problem.ts';
import { partyKindsOfSheet, sheetById, sheetRowsMax, fillSheet, type Draft, type SheetId } from './sheets/index.ts';
import { toStoredDraft } from './stored-drafts.ts';
import { readDecisions } from './lifecycle/decisions.ts';
import type { ListingStatus } from './lifecycle/states.ts';
import { listing } from './tables.ts';

export interface ExportRequest {
  sheet: SheetId;
  divisionCode: string;
  statuses: readonly ListingStatus[];
  /** A party exports what is its own. */
  onlyOwnerId: string | null;
  /** Why somebody must see who the people are; needed for sheets of people. */
  purpose: DisclosurePurpose | undefined;
}

const PAGE_ROWS = 500;

/** The workbook as a stream. @throws Problem conflict when it would hold more rows than an import takes. */
export async function exportSheet(
  context: Context,
  scope: Scope,
  request: ExportRequest,
): Promise<AsyncGenerator<Buffer>> {
  const sheet = sheetById(request.sheet);
  if (sheet.kind === undefined) return fillSheet(request.sheet, readPartyDrafts(context, scope, request));
  const rows = await context.db.inScope(scope, (tx) => tx.$count(listing, ofRequest(request)));
  if (rows > sheetRowsMax) {
    throw new Problem('conflict', {
      zh: `共 ${rows} 行,超过一个表格的 ${sheetRowsMax} 行,请按乡镇或村分别导出。`,
      en: `These are ${rows} rows, more than the ${sheetRowsMax} of one workbook: export town by town.`,
    });
  }
  return fillSheet(request.sheet, readListingDrafts(context, scope, request));
}

function ofRequest({ sheet, divisionCode, statuses, onlyOwnerId }: ExportRequest): SQL | undefined {
  return and(
    eq(listing.kind, sheet),
    withinDivision(listing.region, divisionCode),
    inArray(listing.status, [...statuses]),
    onlyOwnerId === null ? undefined : eq(listing.ownerId, onlyOwnerId),
  );
}

async function* readListingDrafts(context: Context, scope: Scope, request: ExportRequest): AsyncGenerator<Draft> {
  let afterId: string | undefined;
  do {
    const page = await context.db.inScope(scope, async (tx) => {
      const rows = await tx
        .select()
        .from(listing)
        .where(and(ofRequest(request), afterId === undefined ? undefined : gt(listing.id, afterId)))
        .orderBy(asc(listing.id))
        .limit(PAGE_ROWS);
      const owners = await findPartiesById(
        tx,
        rows.flatMap((row) => row.ownerId ?? []),
      );
      const consents = await readStandingConsents(
        tx,
        rows.flatMap((row) => row.personId ?? []),
      );
      const people =
        request.purpose === undefined
          ? undefined
          : await disclosePersons(context, tx, [...consents.keys()], {
              purpose: request.purpose,
              disclosedTo: scope.actor,
            });
      const decisions = await readDecisions(
        tx,
        rows.map(({ id }) => id),
      );
      const drafts = rows.flatMap((row) => {
        const [person, consent] = [people?.get(row.personId ?? ''), consents.get(row.personId ?? '')];
        // Whoever agrees no longer is on no sheet.
        if (row.personId !== null && !(person && consent)) return [];
        const ownerUscc = owners.get(row.ownerId ?? '')?.uscc ?? null;
        return [toStoredDraft(row, { ownerUscc, person, consent, decision: decisions.get(row.id) })];
      });
      return { drafts, lastId: rows.length === PAGE_ROWS ? rows.at(-1)?.id : undefined };
    });
    yield* page.drafts;
    afterId = page.lastId;
  } while (afterId !== undefined);
}

async function* readPartyDrafts(context: Context, scope: Scope, request: ExportRequest): AsyncGenerator<Draft> {
  const kinds = partyKindsOfSheet(request.sheet);
  let afterId: string | undefined;
  do {
    const { divisionCode } = request;
    const rows = await readParties(context, scope, { divisionCode, afterId, limit: PAGE_ROWS });
    const page = rows.slice(0, PAGE_ROWS);
    for (const { uscc, kind, name, region, contactOffice, contactPhone } of page) {
      if (!kinds.includes(kind)) continue;
      yield { type: 'party', rowKey: uscc, kind, uscc, name, divisionCode: region, contactOffice, contactPhone };
    }
    afterId = rows.length > PAGE_ROWS ? page.at(-1)?.id : undefined;
  } while (afterId !== undefined);
}
