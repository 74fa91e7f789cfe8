// `npm run prove -- authz`: who may do what to whose things. Every operation, by every role, with every credential that must not be
// believed, to things of every kind in every place, is held against one declared table (authz/expectations.ts); then the same under
// row-level security in SQL. Claims: no cell differs, out of reach cannot be told from not there, and nothing leaks or changes.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { issueKey } from '../../src/access/index.ts';
import { databaseUrl, nameDatabase, onServer, startPostgresLane } from '../../test/support/postgres-lane.ts';
import { startService, type Service } from '../../test/support/service.ts';
import type { ProofOptions, ProofResult } from '../prove.ts';
import { gatherPeople } from './authz/callers.ts';
import { compareWithContract, createCells, type Tried } from './authz/cells.ts';
import { tryInSql } from './authz/in-sql.ts';
import { rememberDatabase } from './authz/memory.ts';
import { prepareRequests, readContract } from './authz/requests.ts';
import { openIssuer, type Issuer } from './authz/tokens.ts';
import { writeTrades } from './authz/trades.ts';
import { addDivisions, buildWorld, counties, readThings, usccOf } from './authz/world.ts';

interface Proof extends ProofResult {
  wrong: Tried['wrong'];
}

const say = (line: string) => console.log(line);

export async function run({ seed }: ProofOptions): Promise<Proof> {
  const postgres = await startPostgresLane();
  const folder = await mkdtemp(join(tmpdir(), 'gongfang-authz-'));
  try {
    const { address: lane } = postgres;
    const name = nameDatabase(lane.runPrefix);
    await onServer(lane.serverUrl, `create database ${name} template ${lane.template}`);
    const url = databaseUrl(lane, name);
    const owner = new pg.Client({ connectionString: url });
    await owner.connect();
    await addDivisions(owner);
    const issuer = await openIssuer(folder);
    const service = await startService({
      place: { database: { url, drop: async () => {} }, lane: { kind: 'postgres' } },
      config: { oidcIssuers: issuer.oidcIssuers, sms: { template: '验证码 {code}', by: 'local-outbox' } },
    });
    try {
      return summarise(await tryAll(service, { owner, url, issuer, seed }));
    } finally {
      await owner.end();
      // Queued rounds wait for workers that have gone home.
      await service.rows('update outbox set done_at = now() where done_at is null');
      await service.close();
    }
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function tryAll(
  service: Service,
  { owner, url, issuer, seed }: { owner: pg.Client; url: string; issuer: Issuer; seed: number },
): Promise<Tried[]> {
  const contract = readContract();
  const platformSecret = await issueKey(service.context, { label: 'authz', role: 'platform' }, 'authz');
  const platform = service.withKey(platformSecret);
  say('       a world of two provinces');
  const partyIds = await buildWorld(service, platform);
  await writeTrades(service, platform, partyIds);
  const people = await gatherPeople(service, { platform, platformSecret, partyIds, issuer });
  await service.drain();
  await service.stopWorkers();
  for (const divisionCode of counties) await platform.post('/v1/rounds', { divisionCode });
  // As if a change of the lists had queued them: those give way to a round that somebody asks for.
  await service.rows(`update round set cause = 'change' where status = 'queued'`);

  const rounds = (await service.rows<{ id: string }>(`select id from round where status = 'done'`)).map(({ id }) => id);
  const things = await readThings(service, partyIds);
  say(`       ${things.length} things, ${people.askers.length} callers`);
  const memory = await rememberDatabase(owner);
  const ask = await prepareRequests(contract, {
    ...people,
    openLand: things.find(({ kind }) => kind === 'open-land')?.id ?? '',
    later: new Date(service.clock.now().getTime() + 86_400_000).toISOString(),
  });
  const cells = createCells(service, { things, rounds }, { ask, askers: people.askers, memory, seed });
  const progress = (line: string) => say(`       ${line}`);
  await cells.tryNothingDone(progress);
  await cells.tryRefused(people.refused, progress);
  await cells.tryDone(progress);
  const overHttp = cells.result(progress);
  progress('row-level security and rights in SQL');
  const inSql = await tryInSql(owner, url, {
    ...{ partyId: partyIds.get(usccOf.enterprise.own) ?? '', collectiveId: partyIds.get(usccOf.collective) ?? '' },
    ...{ collectiveActor: people.collectiveActor, personIds: people.personIds },
  });
  return [compareWithContract([...contract.keys()]), overHttp, inSql];
}

const SHOWN = 40;

function summarise(all: readonly Tried[]): Proof {
  const wrong = all.flatMap((tried) => tried.wrong);
  const cells = all.reduce((sum, tried) => sum + tried.cells, 0);
  for (const { cell, found } of wrong.slice(0, SHOWN)) say(`FAILED ${cell}\n         ${found}`);
  if (wrong.length > SHOWN) say(`       and ${wrong.length - SHOWN} more`);
  return { passed: cells - wrong.length, failed: wrong.length, wrong };
}
