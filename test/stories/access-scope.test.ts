// Out of reach and not there are the same answer, for every operation that names something by its id: also for those that
// nobody thought of when this was written, because they are taken from the declarations.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { declareOperations } from '../../src/app.ts';
import type { Operation } from '../../src/platform/http/index.ts';
import {
  aSheet,
  aWorker,
  collective,
  county,
  enterprise,
  importSheet,
  publish,
  register,
  anOrder,
  aWorkshop,
  workers,
  runRound,
} from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { mayDo } from '../../src/vocabulary/permissions.ts';
import { startService, type Service } from '../support/service.ts';
import { shutContext } from '../../scripts/openapi/contract.ts';

const objectionId = '019aa5c2-7c00-7000-8000-000000000098';
const missing = '019aa5c2-7c00-7000-8000-000000000099';
const byId = declareOperations(shutContext).filter(({ url }) => url.includes('/:id'));

let service: Service;
let neighbour: Caller;
/** Ids of one thing of each kind in the county, by the collection that it stands in. */
const there: Record<string, string> = {};

beforeAll(async () => {
  service = await startService();
  const official = await service.signIn({ role: 'official', divisionCode: county });
  neighbour = await service.signIn({ role: 'official', divisionCode: '330802' });
  const parties = await register(service, official);
  there['imports'] = (
    await importSheet(service, official, 'labour', await aSheet('labour', workers(3)), { publish: true })
  ).id;
  const workshop = await publish(official, aWorkshop());
  await publish(official, anOrder());
  there['listings'] = (await publish(official, aWorker({ number: 4 }))).id;
  const draft = { list: 'resources', divisionCode: county };
  const search = { name: '外人看不见', query: { q: '厂房' } };
  there['saved-searches'] = (await official.post<{ id: string }>('/v1/saved-searches', search)).id;
  there['list-publications'] = (await official.post<{ id: string }>('/v1/list-publications', draft)).id;
  there['rounds'] = (await runRound(service, official)).id;
  const [proposal] = await official.all<{ id: string }>('/v1/proposals');
  there['proposals'] = proposal?.id ?? '';
  const [person] = await service.rows<{ id: string }>('select id from person limit 1');
  there['persons'] = person?.id ?? '';
  there['parties'] = [...parties.values()][0] ?? '';
  Object.assign(there, await tradeIn(official, workshop.id, parties));
  const validTo = '2027-11-21T00:00:00+08:00';
  const key = { label: '外人看不见', role: 'third-party', divisionCode: county };
  const issued = await official.post<{ key: { id: string; clientId: string } }>('/v1/api-keys', key);
  there['api-keys'] = issued.key.id;
  const mandate = {
    divisionCode: county,
    grantor: { role: 'household', personId: there['persons'] },
    delegate: `client:${issued.key.clientId}`,
    matters: ['listings:read'],
    validTo,
    proof: '2026-17',
  };
  there['mandates'] = (await official.post<{ id: string }>('/v1/mandates', mandate)).id;
  const grant = {
    divisionCode: county,
    grantee: { identity: mandate.delegate },
    permissions: ['listings:read'],
    validTo,
  };
  there['division-grants'] = (await official.post<{ id: string }>('/v1/division-grants', grant)).id;
});
afterAll(() => service.close());

/** Asked for, offered and agreed. */
async function tradeIn(
  official: Caller,
  listingId: string,
  parties: ReadonlyMap<string, string>,
): Promise<Record<string, string>> {
  const partyOf = (role: 'collective' | 'enterprise', { uscc }: { uscc: string }) =>
    service.signIn({ role, divisionCode: county, partyId: parties.get(uscc) ?? '' });
  const seller = await partyOf('collective', collective);
  const buyer = await partyOf('enterprise', enterprise);
  const wish = { listingId, intendedUse: 'workshop', startsOn: '2027-01-01', endsOn: '2027-12-31' };
  const { id } = await buyer.post<{ id: string }>('/v1/negotiations', wish);
  await seller.post(`/v1/negotiations/${id}/offer`, { priceFen: 100, expiresAt: '2026-12-01T00:00:00+08:00' });
  await buyer.post(`/v1/negotiations/${id}/acceptance`);
  const [deal] = await buyer.all<{ id: string }>('/v1/deals');
  const rent = { amountFen: 1, paidOn: '2026-11-20', reference: '回单 1' };
  const payment = await seller.post<{ id: string }>(`/v1/deals/${deal?.id}/rent-payments`, rent);
  // Public from its notice on: what nobody else must find is one that is still applied for.
  const other = await publish(official, aWorkshop({ rowKey: 'bid', name: '待拍工坊' }));
  const put = { ...wish, listingId: other.id, reservePriceFen: 100 };
  const noticed = await seller.post<{ id: string }>('/v1/biddings', put);
  await official.post(`/v1/biddings/${noticed.id}/notice`);
  const bidder = await buyer.post<{ id: string }>(`/v1/biddings/${noticed.id}/bidders`, { depositWay: 'cash' });
  const third = await publish(official, aWorkshop({ rowKey: 'apply', name: '拟拍工坊' }));
  const applied = await seller.post<{ id: string }>('/v1/biddings', { ...put, listingId: third.id });
  await service.rows(
    `insert into bidding_objection (id, region, bidding_id, party_id, party_ids, state, grounds, raised_at)
     values ($1, $2, $3, $4, '{}', 'raised', '待裁定', now())`,
    [objectionId, county, noticed.id, parties.get(enterprise.uscc)],
  );
  return {
    ...{ negotiations: id, deals: deal?.id ?? '', biddings: applied.id, bidders: bidder.id },
    'bidding-objections': objectionId,
    'rent-payments': payment.id,
  };
}

const collectionOf = ({ url }: Operation) => url.split('/:id')[0]?.split('/').at(-1) ?? '';

async function answerTo(op: Operation, id: string) {
  const path = op.url.replace(':id', id);
  const isJson = op.bodyExample !== undefined;
  const answer = await neighbour.ask<Record<string, unknown>>(op.method, path, isJson ? { body: op.bodyExample } : {});
  const { requestId: _requestId, ...body } = answer.body;
  return { status: answer.status, body };
}

test.each(byId.map((op) => [op.id, op] as const))('%s', async (_, op) => {
  const absent = await answerTo(op, missing);
  // An operation that officials may not call at all says so, whatever the id.
  expect([403, 404]).toContain(absent.status);
  const id = there[collectionOf(op)];
  if (id !== undefined) expect(await answerTo(op, id)).toEqual(absent);
});

test('there was something of nearly everything to be found', () => {
  expect(Object.values(there).filter((id) => id === '')).toEqual([]);
  const covered = byId.filter((op) => collectionOf(op) in there);
  expect(covered.length).toBeGreaterThan(12);
  // What a neighbour may call and what is only answered by its id: add a thing of that kind above.
  const open = byId.filter((op) => mayDo('official', op.permission));
  expect(open.filter((op) => !(collectionOf(op) in there)).map(({ id }) => id)).toEqual([]);
});
