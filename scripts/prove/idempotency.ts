// `npm run prove -- idempotency`: every POST of the contract, each with one Idempotency-Key sent by 50 twins at once: to two API
// processes, and to one that is killed (kill -9) at a random moment and started again. Claims: what happens is exactly what one call
// makes happen, counted in every table, and all twins hear the same, byte by byte. A POST without a sample fails the proof.

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { databaseUrl, nameDatabase, onServer, startPostgresLane } from '../../test/support/postgres-lane.ts';
import { drawsFromSeed, type Draws } from '../../src/vocabulary/seeded-draws.ts';
import type { ProofOptions, ProofResult } from '../prove.ts';
import { startApi, type ApiProcess } from './idempotency/api-process.ts';
import { countRows, difference, isStored, type Counts } from './idempotency/effects.ts';
import { openWorld, samples, type Post, type World } from './idempotency/samples.ts';

const TWINS = 50;
const PATIENCE_MS = 20_000;
const say = (line: string) => console.log(line);

interface Stage extends World {
  client: pg.Client;
  /** The two API processes; the first one is killed and replaced. */
  apis: [ApiProcess, ApiProcess];
  env: NodeJS.ProcessEnv;
  draws: Draws;
}

export async function run({ full, seed }: ProofOptions): Promise<ProofResult> {
  const kills = full ? 10 : 1;
  const dataFolder = await mkdtemp(join(tmpdir(), 'gongfang-proof-'));
  const postgres = await startPostgresLane();
  const name = nameDatabase(postgres.address.runPrefix);
  await onServer(postgres.address.serverUrl, `create database ${name} template ${postgres.address.template}`);
  const url = databaseUrl(postgres.address, name);
  const env = {
    ...{ DATABASE_URL: url, DATA_FOLDER: dataFolder, LOG_LEVEL: 'silent', LOCAL_OUTBOX: 'true', HOST: '127.0.0.1' },
    ...{ MATCH_QUIET_SECONDS: '86400', TRUSTED_PROXIES: '127.0.0.1', REDIS_URL: '' },
    ...{ CALLER_REQUESTS_PER_MINUTE: '1000000', VISITOR_REQUESTS_PER_MINUTE: '1000000', EVENT_LOOP_LAG_MS: '0' },
  };
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const apis: ApiProcess[] = [];
  try {
    const [first, second] = await Promise.all([startApi(env), startApi(env)]);
    apis.push(first, second);
    const world = await openWorld(env, first.url);
    const stage: Stage = { ...world, client, apis: [first, second], env, draws: drawsFromSeed(seed) };
    const results: boolean[] = [];
    for (const id of await listPosts(first.url)) {
      results.push(...(await proveOperation(stage, id, kills)));
      apis.push(...stage.apis);
    }
    await world.close();
    return { passed: results.filter(Boolean).length, failed: results.filter((isGood) => !isGood).length };
  } finally {
    for (const api of apis) await api.kill();
    await client.end();
    await postgres.stop();
    await rm(dataFolder, { recursive: true, force: true });
  }
}

async function listPosts(url: string): Promise<string[]> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
    paths: Record<string, { post?: { operationId: string } }>;
  };
  return Object.values(document.paths).flatMap(({ post }) => (post ? [post.operationId] : []));
}

/** One result per claim: twins beside each other, and twins through each kill. */
async function proveOperation(stage: Stage, id: string, kills: number): Promise<boolean[]> {
  const prepare = samples[id];
  if (!prepare) {
    say(`FAILED ${id}: there is no sample of it in scripts/prove/idempotency/samples.ts`);
    return [false];
  }
  // What one call makes happen, without any key.
  const single = await prepare(stage);
  const before = await countRows(stage.client);
  const alone = await send(stage.apis[1].url, single);
  const effect = difference(before, await countRows(stage.client));
  if (!alone || alone.status >= 300) {
    say(`FAILED ${id}: the sample itself is refused: ${alone?.status} ${alone?.body}`);
    return [false];
  }
  const results = [await proveTwins(stage, id, await prepare(stage), effect)];
  for (let kill = 0; kill < kills; kill += 1) results.push(await proveKill(stage, id, await prepare(stage), effect));
  return results;
}

async function proveTwins(stage: Stage, id: string, post: Post, effect: Counts): Promise<boolean> {
  const key = randomUUID();
  const before = await countRows(stage.client);
  const answers = await Promise.all(
    Array.from({ length: TWINS }, (_, at) => sendUntilAnswered(() => stage.apis[at % 2 === 0 ? 0 : 1].url, post, key)),
  );
  const faults = judge(answers, effect, difference(before, await countRows(stage.client)));
  tell(`${id}: ${TWINS} twins at two processes`, faults);
  return faults.length === 0;
}

async function proveKill(stage: Stage, id: string, post: Post, effect: Counts): Promise<boolean> {
  const key = randomUUID();
  const before = await countRows(stage.client);
  const [doomed, other] = stage.apis;
  // Every second one dies when the answer has just been stored and hardly anybody has heard it.
  const waitsForAnswer = stage.draws.next() < 0.5;
  const moment = stage.draws.integer(0, waitsForAnswer ? 10 : 100);
  const twins = Array.from({ length: TWINS }, () => send(doomed.url, post, key));
  if (waitsForAnswer) while (!(await isStored(stage.client, before))) await delay(1);
  await delay(moment);
  await doomed.kill();
  const heard = await Promise.all(twins);
  const wasDone = await isStored(stage.client, before);
  const starting = startApi(stage.env).then((api) => (stage.apis = [api, other]));
  // Half of those that heard nothing ask the process that lives, at once; half the new one, as soon as it answers.
  const answers = await Promise.all(
    heard.map(async (answer, at) => {
      if (answer && !isRetryable(answer)) return answer;
      const url = at % 2 === 0 ? other.url : (await starting)[0].url;
      return sendUntilAnswered(() => url, post, key);
    }),
  );
  await starting;
  const faults = judge(answers, effect, difference(before, await countRows(stage.client)));
  const unheard = heard.filter((answer) => answer === undefined).length;
  tell(
    `${id}: killed ${moment} ms after ${waitsForAnswer ? 'the effect' : 'the call'}, ` +
      `${wasDone ? 'done' : 'not done'} by then, ${unheard} of ${TWINS} heard nothing`,
    faults,
  );
  return faults.length === 0;
}

function tell(what: string, faults: readonly string[]): void {
  say(`${faults.length === 0 ? 'ok    ' : 'FAILED'} ${what}${faults.map((fault) => `\n         ${fault}`).join('')}`);
}

function judge(answers: readonly Answer[], effect: Counts, happened: Counts): string[] {
  const distinct = [...new Set(answers.map((answer) => JSON.stringify(answer)))];
  const expected: Counts = { ...effect, idempotency_key: 1 };
  const tables = [...new Set([...Object.keys(expected), ...Object.keys(happened)])];
  return [
    ...(distinct.length === 1
      ? []
      : [`${distinct.length} different answers: ${distinct.slice(0, 3).join(' | ').slice(0, 600)}`]),
    ...(answers[0] && answers[0].status < 300 ? [] : [`refused: ${distinct[0]?.slice(0, 300)}`]),
    ...tables
      .filter((table) => (happened[table] ?? 0) !== (expected[table] ?? 0))
      .map((table) => `${table}: ${happened[table] ?? 0} instead of ${expected[table] ?? 0} rows`),
  ];
}

// ── Sending ─────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Answer {
  status: number;
  body: string;
  location: string | null;
  etag: string | null;
}

const isRetryable = ({ status, body }: Answer) => status >= 500 || body.includes('"idempotency-key-in-use"');

/** Undefined: nothing was heard. */
async function send(url: string, post: Post, key?: string): Promise<Answer | undefined> {
  try {
    const response = await fetch(`${url}${post.path}`, {
      method: 'POST',
      headers: { ...post.headers, ...(key !== undefined && { 'idempotency-key': key }) },
      ...(post.body !== undefined && { body: post.body }),
    });
    const { status, headers } = response;
    return { status, body: await response.text(), location: headers.get('location'), etag: headers.get('etag') };
  } catch {
    return undefined;
  }
}

async function sendUntilAnswered(urlNow: () => string, post: Post, key: string): Promise<Answer> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await send(urlNow(), post, key);
    if (answer && !isRetryable(answer)) return answer;
    if (performance.now() > giveUpAt) return answer ?? { status: 0, body: 'no answer', location: null, etag: null };
    await delay(100);
  }
}
