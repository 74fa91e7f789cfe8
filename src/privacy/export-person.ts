// 个人信息副本. Enters: a person. Leaves: everything that stands of him anywhere, in one JSON: who he is, what he agreed to, what he
// offers, what he was proposed for, and who read his data. The reading itself is recorded before it is answered.

import { sql } from 'drizzle-orm';
import { openPersons, readConsents, type Consent, type Identity } from '../parties/index.ts';
import { recordRead } from '../platform/audit/index.ts';
import type { Context } from '../platform/context.ts';
import type { Scope } from '../platform/database.ts';
import { notFound } from '../platform/problem.ts';
import { reachPerson } from './county-scope.ts';

export interface PersonExport {
  version: number;
  person: Identity & { id: string; divisionCode: string; recordedAt: Date; updatedAt: Date };
  consents: Consent[];
  listings: ExportedListing[];
  proposals: ExportedProposal[];
  readings: { at: Date; by: string; purpose: string }[];
}

type ExportedListing = {
  id: string;
  status: string;
  title: string;
  divisionCode: string;
  attributes: Record<string, unknown>;
  availableFrom: string | null;
  availableTo: string | null;
  publishedAt: Date | null;
};

type ExportedProposal = {
  id: string;
  orderId: string;
  status: string;
  startsOn: string;
  endsOn: string;
  skill: string;
  hoursPerWeek: number;
  isHome: boolean;
};

/** @throws Problem not-found, also for an erased person: there is nothing left to export. */
export async function exportPerson(context: Context, scope: Scope, personId: string): Promise<PersonExport> {
  const { subject, ofCounty } = await reachPerson(context, scope, personId);
  return context.db.inScope(ofCounty, async (tx) => {
    const identity = (await openPersons(context, tx, [personId])).get(personId);
    if (!identity) throw notFound();
    await recordRead(tx, { table: 'person', rowId: personId, region: subject.region, purpose: 'export' });
    const listings = await tx.execute<ExportedListing>(sql`
      select id, status, title, region as "divisionCode", attributes, available_from::text as "availableFrom",
             available_to::text as "availableTo", published_at as "publishedAt"
      from listing where person_id = ${personId} order by id`);
    const proposals = await tx.execute<ExportedProposal>(sql`
      select p.id, p.order_id as "orderId", p.status, p.starts_on::text as "startsOn", p.ends_on::text as "endsOn",
             w.skill, w.hours_per_week as "hoursPerWeek", w.is_home as "isHome"
      from proposal_labour w join proposal_lot l on l.id = w.lot_id join proposal p on p.id = l.proposal_id
      where w.worker_id in (select id from listing where person_id = ${personId}) order by p.id, w.id`);
    const readings = await tx.execute<{ at: Date; by: string; purpose: string }>(sql`
      select at, actor as by, coalesce(changed ->> 'purpose', '') as purpose from audit_entry
      where table_name = 'person' and operation = 'read' and row_id = ${personId} order by id`);
    return {
      version: subject.version,
      person: {
        ...identity,
        id: personId,
        divisionCode: subject.region,
        recordedAt: subject.createdAt,
        updatedAt: subject.updatedAt,
      },
      consents: await readConsents(tx, personId),
      listings: listings.rows,
      proposals: proposals.rows,
      readings: readings.rows,
    };
  });
}
