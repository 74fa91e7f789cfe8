// `npm run prove -- fuzz [--url URL [--key KEY]] [--only K]`: right and hostile requests on every operation of the service's own
// OpenAPI document, by everybody who may call. Claims: no server error, no answer that the document does not know, nothing
// accepted that it forbids, nothing refused as malformed that it allows, not a word of the machine room.

import { drawsFromSeed, type Draws } from '../../src/vocabulary/seeded-draws.ts';
import type { ProofOptions, ProofResult } from '../prove.ts';
import { readContract, type Contract, type DescribedOperation } from './fuzz/contract.ts';
import { startCounty, type County } from './fuzz/county.ts';
import { makeHostile } from './fuzz/hostile.ts';
import { complaints, judge, type Complaint } from './fuzz/judge.ts';
import { Harvest } from './fuzz/known.ts';
import { openSender, type Sender } from './fuzz/send.ts';
import { curlOf, toShot, type Shot } from './fuzz/shot.ts';
import { makeParts } from './fuzz/valid.ts';
import { tryWire, wires } from './fuzz/wire.ts';

export interface FuzzCaller {
  name: string;
  secret: string | undefined;
  /** Its session is there to be ended. */
  leaves?: boolean;
}

interface Target {
  url: string;
  callers: readonly (FuzzCaller & { permissions?: ReadonlySet<string> })[];
  county: County | undefined;
}

const WAVE = 5_000;
const IN_FLIGHT = 24;
/** One in so many goes past HTTP clients, straight on a socket. */
const WIRE_EVERY = 100;

/** What may not meet anything else: the engine answers one at a time, an erasure waits for imports of people. */
const alone = new Set(['matchScenario', 'matchRoundVariant']);
const dear = new Set(['matchScenario', 'matchRoundVariant', 'requestRound']);
const beforeAll = new Set(['erasePerson']);

/** Needs a code that only a phone was told: succeeds when the households sign in. */
const byHand = new Set(['createSession']);

const say = (line: string) => console.log(line);

export async function run({ full, seed, url, key, only }: ProofOptions): Promise<ProofResult> {
  const county = url === undefined ? await startCounty() : undefined;
  const target: Target = {
    url: (county?.service.url ?? url ?? '').replace(/\/$/, ''),
    callers: county?.callers ?? [
      { name: 'anonymous', secret: undefined },
      ...(key === undefined ? [] : [{ name: 'key', secret: key }]),
    ],
    county,
  };
  const sender = openSender(target.url, IN_FLIGHT);
  try {
    const contract = readContract(await (await fetch(`${target.url}/openapi.json`)).json());
    const storm = new Storm(target, contract, sender, seed);
    const count = full ? 1_000_000 : 100_000;
    const began = Date.now();
    if (only !== undefined) await storm.wave(only, only + 1);
    else {
      for (let from = 0; from < count; from += WAVE) {
        await storm.wave(from, Math.min(from + WAVE, count));
        const perSecond = Math.round((from + WAVE) / ((Date.now() - began) / 1000));
        if ((from / WAVE) % 4 === 3)
          say(`       ${from + WAVE} requests, ${perSecond} a second, ${storm.failed} failed`);
      }
    }
    return storm.report({ isWhole: only === undefined });
  } finally {
    sender.close();
    await county?.stop();
  }
}

interface Finding extends Complaint {
  at: number;
  shot: Shot;
  times: number;
}

class Storm {
  failed = 0;
  #sent = new Map<string, number>();
  #statuses = new Map<string, number>();
  #succeeded = new Set<string>();
  #pressure = 0;
  #findings = new Map<string, Finding>();
  readonly #target: Target;
  readonly #contract: Contract;
  readonly #sender: Sender;
  readonly #seed: number;

  constructor(target: Target, contract: Contract, sender: Sender, seed: number) {
    this.#target = target;
    this.#contract = contract;
    this.#sender = sender;
    this.#seed = seed;
  }

  /** Requests number `from` to before `to`; what they name is what stands in the service when the wave begins. */
  async wave(from: number, to: number): Promise<void> {
    const { county } = this.#target;
    const harvest = new Harvest(
      ({ prefix, label }) =>
        String(label).startsWith('fuzz ') ||
        this.#target.callers.some(({ secret }) => secret?.startsWith(String(prefix)) ?? false),
    );
    for (const [name, values] of (await county?.feed()) ?? []) harvest.values.set(name, values);
    await this.#learnPermissions();
    await this.#lookAround(harvest);

    const numbers = Array.from({ length: to - from }, (_, at) => from + at);
    const shots = new Map<number, Shot>();
    for (const number of numbers) if (!isWire(number)) shots.set(number, this.#makeShot(number, harvest));
    const isFirst = (number: number) => beforeAll.has(shots.get(number)?.operation?.id ?? '');
    const isAlone = (number: number) => alone.has(shots.get(number)?.operation?.id ?? '');
    await this.#fire(numbers.filter(isFirst), shots, IN_FLIGHT);
    await Promise.all([
      this.#fire(numbers.filter(isAlone), shots, 1),
      this.#fire(
        numbers.filter((number) => !isFirst(number) && !isAlone(number)),
        shots,
        IN_FLIGHT - 1,
      ),
    ]);
    if (county) {
      const { service } = county;
      // Whatever was accepted can be worked off: nothing is parked.
      await service
        .drain()
        .catch((error: unknown) => this.#complain(from, 'server error', `after the wave: ${String(error)}`));
      service.logged.length = 0;
    }
  }

  async #fire(numbers: readonly number[], shots: ReadonlyMap<number, Shot>, atOnce: number): Promise<void> {
    const waiting = numbers.values();
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (const number of waiting) {
          const shot = shots.get(number);
          if (shot) await this.#shoot(number, shot);
          else await this.#tryWire(number);
        }
      }),
    );
  }

  async #shoot(number: number, shot: Shot): Promise<void> {
    const { operation } = shot;
    count(this.#sent, shot.kind);
    const secret = this.#target.callers.find(({ name }) => name === shot.caller)?.secret;
    const secrets = this.#target.callers.flatMap((caller) => caller.secret ?? []);
    try {
      const answer = await this.#sender.send(shot, secret);
      count(this.#statuses, String(answer.status));
      if (answer.status < 300 && operation?.method === shot.method) this.#succeeded.add(operation.id);
      if (answer.status === 503 && answer.headers['retry-after'] !== undefined) this.#pressure += 1;
      const complaint = judge(shot, answer, this.#contract, secrets);
      if (complaint) this.#complain(number, complaint.about, complaint.why, shot);
    } catch (error) {
      this.#complain(number, 'no answer', String(error), shot);
    }
  }

  async #tryWire(number: number): Promise<void> {
    const draws = this.#drawsOf(number);
    const [kind, make, isHopeless] = draws.pick(wires);
    count(this.#sent, 'socket');
    const bytes = make(draws);
    const complaint = await tryWire(this.#target.url, kind, bytes, isHopeless, this.#contract);
    if (complaint)
      this.#complain(
        number,
        complaint.about,
        `${kind}: ${JSON.stringify(bytes.toString('latin1').slice(0, 120))} ${complaint.why}`,
      );
  }

  #makeShot(number: number, harvest: Harvest): Shot {
    const draws = this.#drawsOf(number);
    const { operations, resolve } = this.#contract;
    const operation = this.#pickOperation(draws);
    const caller = this.#pickCaller(operation, draws);
    const parts = makeParts(operation, { resolve, draws, known: harvest.values });
    if (draws.chance(0.7)) {
      const shot = makeHostile({ operation, parts, draws, secret: caller.secret, operations });
      return { ...shot, caller: shot.caller || caller.name };
    }
    const shot = toShot('valid', operation, parts);
    // What is meant to be right and is not would be a mistake of the fuzzer: it is judged all the same, as what it is.
    return { ...shot, caller: caller.name, kind: shot.expects === 'accept' ? 'valid' : 'valid but for one field' };
  }

  /** Those that take a body have more to get wrong; what starts the engine is tried less often. */
  #pickOperation(draws: Draws): DescribedOperation {
    const { operations } = this.#contract;
    const [one, other, third] = [draws.pick(operations), draws.pick(operations), draws.pick(operations)];
    const drawn = one.body ? one : other;
    return dear.has(drawn.id) && draws.chance(0.9) ? third : drawn;
  }

  #pickCaller({ permission, isOpen }: DescribedOperation, draws: Draws) {
    const callers = this.#target.callers.filter(({ leaves = false }) => leaves === (permission === 'sessions:end'));
    const permitted = callers.filter(({ name, permissions }) =>
      name === 'anonymous' ? isOpen : (permissions?.has(permission) ?? false),
    );
    return draws.pick(
      permitted.length > 0 && draws.chance(0.85) ? permitted : this.#target.callers.filter(({ leaves }) => !leaves),
    );
  }

  #drawsOf(number: number): Draws {
    return drawsFromSeed(Math.imul(this.#seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  }

  async #learnPermissions(): Promise<void> {
    for (const caller of this.#target.callers) {
      if (caller.secret === undefined) continue;
      const me = (await this.#ask('/v1/me', caller.secret)) as { permissions?: string[] } | undefined;
      caller.permissions = new Set(me?.permissions);
    }
  }

  /** Every list, by whoever may read it. */
  async #lookAround(harvest: Harvest): Promise<void> {
    for (const operation of this.#contract.operations) {
      if (operation.method !== 'GET' || operation.path.includes('{')) continue;
      const names = operation.parameters.map(({ name }) => name);
      const query = names.includes('limit')
        ? ['?limit=20', ...(names.includes('view') ? ['?limit=100&view=own', '?limit=100&view=own&kind=labour'] : [])]
        : [''];
      const caller = this.#target.callers.find(({ permissions }) => permissions?.has(operation.permission));
      for (const search of query)
        harvest.take(operation.path + search, await this.#ask(operation.path + search, caller?.secret));
    }
  }

  async #ask(path: string, secret: string | undefined): Promise<unknown> {
    const response = await fetch(`${this.#target.url}${path}`, {
      headers: secret === undefined ? {} : { authorization: `Bearer ${secret}` },
    });
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const answer: unknown = isJson ? await response.json() : await response.text();
    return response.ok ? answer : undefined;
  }

  #complain(at: number, about: Complaint['about'], why: string, shot?: Shot): void {
    this.failed += 1;
    const key = [about, shot?.operation?.id ?? shot?.method ?? '', why.slice(0, 110)].join(' ');
    const known = this.#findings.get(key);
    if (known) known.times += 1;
    else {
      this.#findings.set(key, { about, why, at, shot: shot ?? socketShot, times: 1 });
      if (this.#findings.size <= 60) this.#show(this.#findings.get(key));
    }
  }

  #show(finding: Finding | undefined): void {
    if (!finding) return;
    const { about, why, at, shot } = finding;
    say(
      `FAILED ${complaints[about]}: ${shot.operation?.id ?? `${shot.method} ${shot.target.slice(0, 200)}`} · ${shot.kind} · by ${shot.caller}`,
    );
    say(`         ${why}`);
    const requestId = /"requestId":"([^"]+)"/.exec(why)?.[1];
    const logged =
      requestId &&
      this.#target.county?.service.logged.find((line) => line.includes(requestId) && line.includes('"err"'));
    if (logged) say(`         ${logged.slice(0, 1500)}`);
    say(`         npm run prove -- fuzz --seed ${this.#seed} --only ${at}`);
    if (shot !== socketShot) say(`         ${curlOf(shot, this.#target.url).slice(0, 6000)}`);
  }

  report({ isWhole }: { isWhole: boolean }): ProofResult & Record<string, unknown> {
    const total = [...this.#sent.values()].reduce((sum, times) => sum + times, 0);
    const never = this.#contract.operations
      .filter(({ id }) => !this.#succeeded.has(id) && !byHand.has(id))
      .map(({ id }) => id);
    say(`\n${total} requests on ${this.#contract.operations.length} operations`);
    for (const [kind, times] of [...this.#sent].sort()) say(`  ${String(times).padStart(7)}  ${kind}`);
    say(
      `answers: ${[...this.#statuses]
        .sort()
        .map(([status, times]) => `${times} × ${status}`)
        .join(', ')}`,
    );
    for (const about of Object.keys(complaints) as (keyof typeof complaints)[]) {
      const times = [...this.#findings.values()].filter((f) => f.about === about).reduce((sum, f) => sum + f.times, 0);
      say(`${times === 0 ? 'ok    ' : 'FAILED'} ${times} ${complaints[about]}`);
    }
    say(`${this.#pressure === 0 ? 'ok    ' : '      '} ${this.#pressure} told to come back (503 with Retry-After)`);
    const isBlind = isWhole && this.#target.county !== undefined && never.length > 0;
    if (isBlind) say(`FAILED never answered with success, so not tried in depth: ${never.join(', ')}`);
    const failed = this.failed + (isBlind ? never.length : 0);
    return {
      passed: total - this.failed,
      failed,
      sent: Object.fromEntries(this.#sent),
      statuses: Object.fromEntries(this.#statuses),
      pressure: this.#pressure,
    };
  }
}

const isWire = (number: number) => number % WIRE_EVERY === 0;

const socketShot: Shot = {
  kind: 'socket',
  operation: undefined,
  caller: 'anonymous',
  method: '',
  target: '',
  headers: {},
  body: undefined,
  expects: 'any',
};

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
