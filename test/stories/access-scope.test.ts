// Out of reach and not there are the same answer, for every operation that names something by its id: also for those that
// nobody thought of when this was written, because they are taken from the declarations.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { declareOperations } from '../../src/app.ts';
import type { Operation } from '../../src/platform/http/index.ts';
import {
  aSheet,
  aWorker,
  county,
  importSheet,
  publish,
  register,
  anOrder,
  aWorkshop,
  workers,
  runRound,
} from '../support/builders.ts';
import type { Caller } from '../support/caller.ts';
import { startService, type Service } from '../support/service.ts';
import { shutContext } from '../../scripts/openapi/contract.ts';

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
  await publish(official, aWorkshop());
  await publish(official, anOrder());
  there['listings'] = (await publish(official, aWorker({ number: 4 }))).id;
  const draft = { list: 'resources', divisionCode: county };
  there['list-publications'] = (await official.post<{ id: string }>('/v1/list-publications', draft)).id;
  there['rounds'] = (await runRound(service, official)).id;
  const [proposal] = await official.all<{ id: string }>('/v1/proposals');
  there['proposals'] = proposal?.id ?? '';
  const [person] = await service.rows<{ id: string }>('select id from person limit 1');
  there['persons'] = person?.id ?? '';
  there['parties'] = [...parties.values()][0] ?? '';
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
  expect(byId.filter((op) => !(collectionOf(op) in there)).map(({ id }) => id)).toEqual([]);
});
