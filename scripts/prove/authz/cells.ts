// The table tried over HTTP. Enters: a world, who asks, and what is declared. Leaves: every cell that is not as declared. First
// everything that must not be done, at once, and not a byte of the database may differ; then what may be, one by one, each undone
// after a look at what it touched.

import ExcelJS from 'exceljs';
import { groupBy } from '../../../src/platform/group-by.ts';
import { drawsFromSeed } from '../../../src/vocabulary/seeded-draws.ts';
import type { Service } from '../../../test/support/service.ts';
import type { Asker, Refused } from './callers.ts';
import { columns, expect, rows, tellsIds, type Expected, type Row } from './expectations.ts';
import { absent, listsOf, type Ask, type Asked } from './requests.ts';
import type { Memory, Touched } from './memory.ts';
import type { Thing, World } from './world.ts';

interface Heard {
  status: number;
  body: string;
  /** All that was said, headers too. */
  text: string;
  json: unknown;
  requestId: string;
}

interface Cell {
  asker: Asker;
  row: Row;
  thing: Thing | undefined;
  expected: Expected;
}

/** One cell that is not as declared. */
export interface Wrong {
  cell: string;
  found: string;
}

export interface Tried {
  cells: number;
  wrong: Wrong[];
}

const AT_ONCE = 12;
const inJson = /"(?:id|marginFen)":(?:"[^"]*"|\d+)/g;
/** What lies inside of one thing (its rows, its entries) is asked for by that thing. */
const inside = [
  'Import',
  'Publication',
  'RoundDifferences',
  'RoundPriceTags',
  'RoundGaps',
  'ListingHistory',
  'SearchAlerts',
  'Bidders',
  'Objections',
  'RentPayments',
  'CheckIns',
];
const isInside = new RegExp(`^list(${inside.join('|')})`);
/** A list of things. */
const isList = ({ operation, thing }: Row) =>
  /^(list|find)/.test(operation) && !isInside.test(operation) && thing !== '-';
const isReading = ({ operation }: Row) => /^(get|list|find)/.test(operation);
/** Part of a thing that is otherwise seen. */
const isPart = ({ operation, thing }: Row) => thing === 'margin' || operation === 'getMe';

export function createCells(
  service: Service,
  { things, rounds }: World,
  { ask, askers, memory, seed }: { ask: Ask; askers: readonly Asker[]; memory: Memory; seed: number },
) {
  const draws = drawsFromSeed(seed);
  const inAnyOrder = things
    .map((thing) => ({ thing, at: draws.integer(0, 1_000_000) }))
    .sort((one, other) => one.at - other.at);
  const thingsOf = groupBy(
    inAnyOrder.map(({ thing }) => thing),
    ({ kind }) => kind,
  );
  const wrong: Wrong[] = [];
  let cells = 0;
  const nobody: Asker = { name: 'nobody', column: 'anonymous', division: undefined, owns: [], headers: {} };
  /** Answers are told apart by the cell they belong to when the trail names a request. */
  const cellOfRequest = new Map<string, string>();

  async function send({ method, path, headers, body }: Asked, credential: Record<string, string>): Promise<Heard> {
    const response = await fetch(`${service.url}${path}`, {
      method,
      headers: { ...headers, ...credential },
      ...(body !== undefined && { body: body as NonNullable<RequestInit['body']> }),
    });
    const type = response.headers.get('content-type') ?? '';
    const text = type.includes('spreadsheet') ? await unpack(await response.arrayBuffer()) : await response.text();
    return {
      status: response.status,
      body: text.replace(/,?"requestId":"[^"]*"/, ''),
      text: `${[...response.headers].join('\n')}\n${text}`,
      json: type.includes('json') ? JSON.parse(text) : undefined,
      requestId: response.headers.get('x-request-id') ?? '',
    };
  }

  const secretsFrom = new Map<Asker, [secret: string, thing: Thing][]>();
  /** What must not be said to somebody, in no answer whatever. */
  function secretsOf(asker: Asker): [string, Thing][] {
    const known = secretsFrom.get(asker);
    if (known) return known;
    const secrets = things.flatMap((thing) => {
      const isKnown = rows.some(
        (row) =>
          (row.thing === thing.kind || (row.thing === 'entry' && thing.kind !== 'margin')) &&
          expect(row, asker, thing) === 'done',
      );
      return isKnown ? [] : thing.secrets.map((secret): [string, Thing] => [secret, thing]);
    });
    secretsFrom.set(asker, secrets);
    return secrets;
  }

  function note(cell: string, found: string | undefined): void {
    cells += 1;
    if (found !== undefined) wrong.push({ cell, found });
  }

  const relations = new Map<string, number>();
  function countRelations(asker: Asker, thing: Thing | undefined): void {
    for (const relation of relationsOf(asker, thing)) relations.set(relation, (relations.get(relation) ?? 0) + 1);
  }

  function nameOf({ asker, row, thing }: Pick<Cell, 'asker' | 'row' | 'thing'>): string {
    const where = thing ? ` ${thing.kind} in ${thing.regions.join(', ')}` : '';
    return `${asker.name}: ${row.operation}${row.query && `?${row.query}`}${where}`;
  }

  function leakIn({ text }: Heard, asker: Asker, asked: string, { operation }: Row): string | undefined {
    const told = tellsIds[operation] ?? [];
    const said = secretsOf(asker).find(
      ([secret, { id, kind }]) =>
        !asked.includes(secret) && text.includes(secret) && !(secret === id && told.includes(kind)),
    );
    return said && `says ${said[0]} of a ${said[1].kind} in ${said[1].regions.join(', ')}`;
  }

  const bodyWhenAbsent = new Map<string, Promise<Heard>>();
  /** What the same caller hears of something that is not there. */
  function askForAbsent({ asker, row, thing }: Cell): Promise<Heard> {
    const key = `${asker.name} ${row.operation}`;
    const known = bodyWhenAbsent.get(key) ?? send(ask(row, thing && absent(thing)), asker.headers);
    bodyWhenAbsent.set(key, known);
    return known;
  }

  async function judge(cell: Cell): Promise<void> {
    const { asker, row, thing } = cell;
    const name = nameOf(cell);
    const asked = ask(row, thing);
    const heard = await send(asked, asker.headers);
    cellOfRequest.set(heard.requestId, name);
    countRelations(asker, thing);
    note(name, (await contradiction(cell, heard)) ?? leakIn(heard, asker, asked.path + String(asked.body), row));
  }

  async function contradiction(cell: Cell, { status, body }: Heard): Promise<string | undefined> {
    const { asker, row, thing, expected } = cell;
    const { done, outside, foreign } = row.answers;
    const wanted =
      expected === 'refused' ? (asker.column === 'anonymous' ? 401 : 403) : { done, outside, foreign }[expected];
    const declared = isPart(row) && expected !== 'refused' ? done : wanted;
    if (status !== declared) return `${status} instead of ${declared}: ${body.slice(0, 160)}`;
    if (isPart(row) && thing && expected !== 'refused') {
      const isTold = body.includes(thing.sign);
      if (isTold !== (expected === 'done')) return isTold ? `told ${thing.sign}` : `not told ${thing.sign}`;
    }
    if (declared === 404) {
      const other = await askForAbsent(cell);
      if (other.body !== body) return `told apart from what is not there: ${body.slice(0, 160)}`;
    }
    return undefined;
  }

  /** A list is asked for once, and tells of every thing whether it is in it. */
  async function judgeLists(asker: Asker, operation: string, query: string): Promise<void> {
    const same = rows.filter((row) => row.operation === operation && row.query === query);
    const [first] = same;
    if (!first) return;
    const isRefused = expect(first, asker) === 'refused';
    const told = new Set<string>();
    for (const list of listsOf(first, ask(first), rounds)) {
      for (let cursor: string | null = ''; cursor !== null;) {
        const asked: Asked = { ...list, path: cursor ? `${list.path}&cursor=${cursor}` : list.path };
        const heard = await send(asked, asker.headers);
        const name = nameOf({ asker, row: first, thing: undefined });
        cellOfRequest.set(heard.requestId, name);
        if (isRefused) {
          const refusal = asker.column === 'anonymous' ? 401 : 403;
          note(
            name,
            heard.status === refusal
              ? leakIn(heard, asker, asked.path, first)
              : `${heard.status} instead of ${refusal}`,
          );
          // One answer for all that could be in it.
          for (const row of same) cells += Math.max(0, (thingsOf.get(row.thing)?.length ?? 1) - 1);
          return;
        }
        if (heard.status !== 200) return note(name, `${heard.status} instead of 200: ${heard.body.slice(0, 160)}`);
        note(name, leakIn(heard, asker, asked.path, first));
        for (const [sign] of heard.body.matchAll(inJson)) told.add(sign);
        cursor = (heard.json as { nextCursor: string | null }).nextCursor;
      }
    }
    for (const row of same) {
      for (const thing of thingsOf.get(row.thing) ?? []) {
        countRelations(asker, thing);
        const isDeclared = expect(row, asker, thing) === 'done';
        const isTold = told.has(thing.sign);
        note(
          nameOf({ asker, row, thing }),
          isTold === isDeclared ? undefined : isTold ? 'is in the list' : 'is not in the list',
        );
      }
    }
  }

  /**
   * The cells of everybody but lists. Things alike in kind, place and owner are one cell, for which the seed chooses one of them;
   * what is refused whatever is asked for is asked once, for what would be nearest to hand.
   */
  function cellsOfAll(): Cell[] {
    return askers.flatMap((asker) =>
      rows
        .filter((row) => !isList(row))
        .flatMap((row) => {
          const named =
            row.thing === '-' ? [undefined] : (thingsOf.get(row.thing) ?? []).filter(({ isNamed }) => isNamed);
          const all = named.map((thing) => ({ asker, row, thing, expected: expect(row, asker, thing) }));
          if (all[0]?.expected === 'refused') return all.filter(({ thing }) => thing === nearest(asker, named));
          return distinct(all, ({ thing }) =>
            [
              thing?.variant,
              ...(thing?.regions ?? []),
              thing?.owners.some((owner) => asker.owns.includes(owner)),
            ].join(),
          );
        }),
    );
  }

  function nearest({ division, owns }: Asker, all: readonly (Thing | undefined)[]): Thing | undefined {
    const distance = (thing: Thing | undefined) =>
      (thing?.owners.some((owner) => owns.includes(owner)) ? 0 : 2) +
      (thing?.regions.some((region) => region.startsWith(division ?? '')) ? 0 : 1);
    return [...all].sort((one, other) => distance(one) - distance(other))[0];
  }

  async function tryNothingDone(say: (line: string) => void): Promise<void> {
    const all = cellsOfAll().filter(({ row, expected }) => isReading(row) || expected !== 'done');
    say(`${all.length} cells that change nothing`);
    const before = await memory.fingerprint();
    await inTurns(all, judge);
    const lists = [...new Set(rows.filter(isList).map(({ operation, query }) => `${operation}?${query}`))];
    say(`${lists.length} lists for ${askers.length} callers`);
    await inTurns(
      askers.flatMap((asker) => lists.map((list) => ({ asker, list }))),
      async ({ asker, list }) => {
        const [operation = '', query = ''] = list.split('?');
        await judgeLists(asker, operation, query);
      },
    );
    await noteChanges(before, 'what must change nothing');
  }

  async function tryRefused(refused: readonly Refused[], say: (line: string) => void): Promise<void> {
    const looking = rows.filter(({ reach }) => reach.anonymous !== '*');
    const operations = [...new Map(looking.map((row) => [row.operation, row])).values()];
    say(`${refused.length} credentials not believed or not permitted, for ${operations.length} operations each`);
    const before = await memory.fingerprint();
    // Whoever is not believed hears nothing of why: the same words each time, or those that a visitor hears.
    const [me] = rows.filter(({ operation }) => operation === 'getMe');
    const visitors = me && (await send(ask(me), {})).body;
    let unbelieved: string | undefined;
    await inTurns(
      refused.flatMap((credential) =>
        operations.filter(({ operation }) => operation !== credential.mayStill).map((row) => ({ credential, row })),
      ),
      async ({ credential: { name, column, headers, status }, row }) => {
        // What the role could have, if it were believed.
        const believed = askers.find((asker) => asker.column === column && !asker.scopes) ?? nobody;
        const thing = nearest(believed, thingsOf.get(row.thing)?.filter(({ isNamed }) => isNamed) ?? []);
        const asked = ask(row, thing);
        const heard = await send(asked, headers);
        const cell = `${name}: ${row.operation}`;
        cellOfRequest.set(heard.requestId, cell);
        const code = (heard.json as { code?: string } | undefined)?.code;
        if (status === 401 && heard.body !== visitors) unbelieved ??= heard.body;
        note(
          cell,
          heard.status !== status || code !== (status === 401 ? 'unauthenticated' : 'forbidden')
            ? `${heard.status} instead of ${status}: ${heard.body.slice(0, 160)}`
            : status === 401 && ![unbelieved, visitors].includes(heard.body)
              ? `other words than for other credentials: ${heard.body.slice(0, 160)}`
              : leakIn(heard, nobody, asked.path + String(asked.body), row),
        );
      },
    );
    await noteChanges(before, 'credentials that are refused');
  }

  async function tryDone(say: (line: string) => void): Promise<void> {
    const all = cellsOfAll().filter(({ row, expected }) => !isReading(row) && expected === 'done');
    say(`${all.length} cells that are done, and undone again`);
    const before = await memory.fingerprint();
    for (const cell of all) {
      await judge(cell);
      const touched = await memory.undo();
      const beyond = touched.find((each) => !isWithinReach(cell, each));
      note(`${nameOf(cell)}, what it touched`, beyond && `touched ${beyond.table} in ${beyond.region}`);
    }
    await noteChanges(before, 'what was undone');
  }

  async function noteChanges(before: string, what: string): Promise<void> {
    const after = await memory.fingerprint();
    if (before === after) return note(`${what}: nothing changed`, undefined);
    const changes = await memory.describeChanges();
    note(
      `${what}: nothing changed`,
      changes.map((change) => change.replace(/[0-9a-f-]{36}$/, (id) => cellOfRequest.get(id) ?? id)).join('; '),
    );
    await memory.undo();
  }

  /** A table in which some relation never occurs proves nothing of it. */
  function result(say: (line: string) => void): Tried {
    const tried = relationNames.map((name) => [name, relations.get(name) ?? 0] as const);
    say(tried.map(([name, count]) => `${name} ${count}`).join(' · '));
    for (const [name, count] of tried)
      note(`cells about what lies ${name}`, count === 0 ? 'there are none' : undefined);
    return { cells, wrong };
  }

  return { tryNothingDone, tryRefused, tryDone, result };
}

const relationNames = [
  ...['own', 'below', 'above', 'beside in the county', 'beside in the province', 'in another province'],
  /** In the caller's own division, but another's: party, household. */
  'another’s',
];

/** Where a thing lies as its caller sees it. */
function relationsOf({ division, owns }: Asker, thing: Thing | undefined): string[] {
  const [region] = thing?.regions ?? [];
  if (!thing || region === undefined || division === undefined) return [];
  const isWithin = region.startsWith(division);
  const isOthers = owns.length > 0 && thing.owners.length > 0 && !thing.owners.some((owner) => owns.includes(owner));
  return [placeOf(region, division), ...(isWithin && isOthers ? ['another’s'] : [])];
}

function placeOf(region: string, division: string): string {
  if (region === division) return 'own';
  if (region.startsWith(division)) return 'below';
  if (division.startsWith(region)) return 'above';
  if (region.slice(0, 6) === division.slice(0, 6)) return 'beside in the county';
  return region.slice(0, 2) === division.slice(0, 2) ? 'beside in the province' : 'in another province';
}

/** Codes and sign-ins belong to a phone, whose people may live in several places. */
const ofPhones = ['sms_code', 'household_session'];

/** The caller's own division and below; what is its own wherever the declaration says so. */
function isWithinReach({ asker, row, thing }: Cell, { table, region }: Touched): boolean {
  if (ofPhones.includes(table)) return true;
  if (asker.division === undefined || row.reach[asker.column] === '+' || row.reach[asker.column] === 'A') return true;
  return region.startsWith(asker.division) || (thing?.regions.includes(region) ?? false);
}

/** What a workbook says, as one text. */
async function unpack(bytes: ArrayBuffer): Promise<string> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(bytes);
  const cells: string[] = [];
  workbook.eachSheet((sheet) => sheet.eachRow((row) => row.eachCell(({ text }) => cells.push(text))));
  return cells.join('\n');
}

function distinct<T>(all: readonly T[], keyOf: (one: T) => string): T[] {
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}

async function inTurns<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  const turn = async () => {
    for (let at = next++; at < all.length; at = next++) await work(all[at] as T);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, turn));
}

/** Operations of the contract that nobody declared, and declared ones that are not there: both are forgotten somewhere. */
export function compareWithContract(operationIds: readonly string[]): Tried {
  const declared = new Set(rows.map(({ operation }) => operation));
  const wrong = [
    ...operationIds
      .filter((id) => !declared.has(id))
      .map((id) => ({ cell: id, found: 'is in the contract, not in the table' })),
    ...[...declared]
      .filter((id) => !operationIds.includes(id))
      .map((id) => ({ cell: id, found: 'is in the table, not in the contract' })),
  ];
  return { cells: new Set([...declared, ...operationIds]).size * columns.length, wrong };
}
