// `npm run prove -- canary`: marked people who do not exist go through everything that can be done with people; then every place is
// searched for them, and after their erasure once more. Claims: not one name, number or phone outside of what an official was
// rightly shown; nothing left after an erasure, and what referred to them still stands.

import {
  startPostgresLane,
  nameDatabase,
  databaseUrl,
  onServer,
  type PostgresLane,
} from '../../test/support/postgres-lane.ts';
import { startRedisLane, type RedisLane } from '../../test/support/redis-lane.ts';
import { startService, type Place, type Service } from '../../test/support/service.ts';
import type { ProofOptions, ProofResult } from '../prove.ts';
import { flyThrough } from './canary/flows.ts';
import { searchFor, type Search } from './canary/needles.ts';
import { plantPeople } from './canary/people.ts';
import { listenToRedis, searchTables, watchQueueTables, type Finding } from './canary/places.ts';

interface Check {
  name: string;
  isPassed: boolean;
  /** What was found where, or why the check says nothing. */
  findings: string[];
}

interface Proof extends ProofResult {
  people: number;
  checks: Check[];
}

const say = (line: string) => console.log(line);

export async function run({ full, seed }: ProofOptions): Promise<Proof> {
  const people = full ? 1_000 : 100;
  const postgres = await startPostgresLane();
  const checks: Check[] = [];
  try {
    checks.push(...(await runOnLane('queue in PostgreSQL', { people, seed }, await placeOn(postgres.address))));
    const redis = await startRedisLane();
    if (redis) {
      try {
        const place = await placeOn(postgres.address, redis.address);
        checks.push(...(await runOnLane('queue in Redis', { people, seed }, place)));
      } finally {
        await redis.stop();
      }
    } else {
      say('SKIPPED: the lane on Redis, there is none here');
    }
  } finally {
    await postgres.stop();
  }
  const passed = checks.filter(({ isPassed }) => isPassed).length;
  return { people, passed, failed: checks.length - passed, checks };
}

async function placeOn(lane: PostgresLane, redis?: RedisLane): Promise<Place> {
  const name = nameDatabase(lane.runPrefix);
  await onServer(lane.serverUrl, `create database ${name} template ${lane.template}`);
  return {
    database: {
      url: databaseUrl(lane, name),
      drop: async () => void (await onServer(lane.serverUrl, `drop database if exists ${name} with (force)`)),
    },
    lane: redis ? { kind: 'redis', url: redis.url, prefix: redis.runPrefix } : { kind: 'postgres' },
  };
}

async function runOnLane(
  lane: string,
  { people, seed }: { people: number; seed: number },
  place: Place,
): Promise<Check[]> {
  const sms = { template: '验证码 {code}', by: 'local-outbox' as const };
  const service = await startService({ place, config: { sms } });
  const queue = place.lane.kind === 'redis' ? await listenToRedis(place.lane.url) : watchQueueTables(service);
  const canaries = plantPeople(people, seed);
  const values = canaries.flatMap(({ name, idNumber, phone }) => [name, idNumber, phone]);
  const search = searchFor(values);
  const checks: Check[] = [];
  const check = (name: string, findings: string[]) => {
    checks.push({ name: `${lane}: ${name}`, isPassed: findings.length === 0, findings });
    say(
      `${findings.length === 0 ? 'ok    ' : 'FAILED'} ${lane}: ${name}${findings
        .slice(0, 5)
        .map((f) => `\n         ${f}`)
        .join('')}`,
    );
  };
  try {
    const { official, heard, personIds } = await flyThrough(service, canaries, (step) =>
      say(`       ${lane}: ${step}`),
    );
    const shown = new Set(search(heard.authorised.join('\n')).map(({ value }) => value));
    check('who is entitled was shown everybody: there is something to hide', [
      ...(personIds.length < people ? [`${personIds.length} of ${people} people were taken`] : []),
      ...values.filter((value) => !shown.has(value)).map((value) => `${value} was never shown`),
    ]);
    check('the search finds what was hidden in a table on purpose', await missedPlants(service, search, values));
    for (const [role, answers] of heard.byRole) {
      check(
        `${answers.length} answers to ${role}`,
        answers.flatMap((answer) =>
          search(answer).map(({ value, as }) => `${value} as ${as} in ${answer.slice(0, 200)}`),
        ),
      );
    }
    const tables = await searchTables(service, search);
    check(`${tables.columns} columns of all tables`, tables.findings.map(sentence));
    check(
      `${service.logged.length} log lines`,
      service.logged.flatMap((line) =>
        search(line).map(({ value, as }) => `${value} as ${as} in ${line.slice(0, 300)}`),
      ),
    );
    check('what the queue was told', said(queue.said(), search));

    const entries = await service.rows<{ count: string }>('select count(*) from audit_entry');
    for (const id of personIds) await official.post(`/v1/persons/${id}/erasure`, { reason: 'asked-by-person' });
    await service.drain();
    check('after erasure: columns of all tables', (await searchTables(service, search)).findings.map(sentence));
    check('after erasure: nothing sealed is left to open', await leftSealed(service));
    check('after erasure: proposals and audit stand', await brokenAfterErasure(service, Number(entries[0]?.count)));
  } finally {
    await queue.stop();
    await service.close();
  }
  return checks;
}

const sentence = ({ place, value, as }: Finding) => `${value} as ${as} in ${place}`;

function said(text: string, search: Search): string[] {
  if (text === '') return ['nothing was heard of the queue'];
  return search(text).map(({ value, as }) => `${value} as ${as}`);
}

/** A search that finds nothing is worth what it would have found: plants one value as text, json, bytes and base64. */
async function missedPlants(service: Service, search: Search, [value = '']: readonly string[]): Promise<string[]> {
  await service.rows(
    'create table canary_plant as select $1::text as as_text, jsonb_build_object($1::text, $1::text) as as_json, ' +
      `convert_to($1::text, 'UTF8') as as_bytes, encode(convert_to('x' || $1::text || 'y', 'UTF8'), 'base64') as as_base64`,
    [value],
  );
  const { findings } = await searchTables(service, search);
  await service.rows('drop table canary_plant');
  const found = new Set(findings.map(({ place }) => place));
  return ['as_text', 'as_json', 'as_bytes', 'as_base64']
    .filter((column) => !found.has(`public.canary_plant.${column}`))
    .map((column) => `${value} was planted ${column.replace('_', ' ')} and not found`);
}

/** The key is still there: whatever is sealed could be opened again, so it must be gone too. */
async function leftSealed(service: Service): Promise<string[]> {
  const left = await service.rows<{ what: string }>(
    `select 'person ' || id as what from person where sealed is not null or id_number_index is not null or phone_index is not null
     union all select 'listing ' || id from listing where person_id is not null
     union all select 'note of disclosure ' || id from disclosure where note is not null
     union all select 'file of import ' || id from import_job where sheet = 'labour' and sealed_file is not null`,
  );
  return left.map(({ what }) => what);
}

async function brokenAfterErasure(service: Service, entriesBefore: number): Promise<string[]> {
  const [state] = await service.rows<{ entries: number; labour: number; lost: number }>(
    `select (select count(*)::int from audit_entry) as entries, (select count(*)::int from proposal_labour) as labour,
            (select count(*)::int from person p where not exists (
               select from audit_entry a where a.table_name = 'person' and a.row_id = p.id and a.operation = 'insert')) as lost`,
  );
  return [
    ...(!state || state.entries <= entriesBefore ? ['the audit trail has fewer entries than before'] : []),
    ...(!state || state.labour === 0 ? ['no proposal kept its labour'] : []),
    ...(!state || state.lost > 0 ? [`${state?.lost} people have no beginning in the audit trail`] : []),
  ];
}
