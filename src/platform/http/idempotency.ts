// One effect per Idempotency-Key. Enters: a POST with the header, and how to carry it out. Leaves: its answer; whoever sends the
// same again hears the same again, byte by byte. The answer is stored in the transaction of the effect: there is never one without
// the other, whenever the process dies. A refused call leaves nothing behind and may be sent again (docs/decisions/0011).

import { createHmac, hkdfSync } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { eq, lt, sql } from 'drizzle-orm';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { platformScope, type OpenTransaction, type Transaction } from '../database.ts';
import { Problem } from '../problem.ts';
import { decrypt, encrypt } from '../sealing/suites.ts';
import { idempotencyKey } from '../tables.ts';
import { anonymous, scopeOf, type Principal } from './principal.ts';

const HEADER = 'idempotency-key';
const keyPattern = /^[\x21-\x7e]{16,128}$/;
/** How long a twin waits for the one that is being carried out. */
const PATIENCE_MS = 10_000;
/** Between two looks at what another process is carrying out. */
const LOOK_AGAIN_MS = 50;
const SEALED_WITH = 'aes-256-gcm';
/** Keys of the platform itself: see sealing/. */
const PLATFORM = '0';

export interface CallOnTheWire {
  request: FastifyRequest;
  reply: FastifyReply;
  principal: Principal;
}

/** Does the work as part of `within`, sets status and headers, returns the body. */
type CarryOut = (within?: OpenTransaction) => Promise<unknown>;

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

type Outcome = { answer: Answer; isReplay: boolean } | 'key-reused';

/** @returns answers one call: carried out, or as it was answered before. @throws Problem idempotency-key-…, bad-request. */
export function createAnswerOnce(context: Context): (call: CallOnTheWire, carryOut: CarryOut) => Promise<unknown> {
  const { db } = context;
  const hashWithPlatformKey = createPlatformHash(context);
  const takeTurns = createTurns();

  return async (call, carryOut) => {
    const { request, reply, principal } = call;
    const key = readKey(request);
    if (key === undefined) return carryOut();
    const names = deriveNames(
      await hashWithPlatformKey(`idempotency\n${principal.identity}\n${key}`, request.id),
      call,
    );
    const outcome = await takeTurns(`${names.id.toString('hex')} ${names.fingerprint.toString('hex')}`, () =>
      db.inOneTransaction(scopeOf(principal, request.id), async (tx, within): Promise<Outcome | undefined> => {
        if (!(await lock(tx, names))) return undefined;
        const [known] = await tx.select().from(idempotencyKey).where(eq(idempotencyKey.id, names.id));
        if (known) {
          const isSame = known.fingerprint.equals(names.fingerprint);
          if (isSame && known.sealedAnswer) return { answer: open(known.sealedAnswer, names), isReplay: true };
          // All visitors are one identity: whoever knows a key could try content until somebody's answer came.
          if (principal.identity === anonymous.identity) await forgetAnswer(tx, names);
          return 'key-reused';
        }
        const answer = await listen(reply, () => carryOut(within));
        await tx.insert(idempotencyKey).values({
          ...{ id: names.id, fingerprint: names.fingerprint, createdAt: context.clock.now() },
          sealedAnswer: seal(answer, names),
        });
        return { answer, isReplay: false };
      }),
    );
    if (outcome === 'key-reused') throw keyReused();
    const { answer, isReplay } = outcome;
    if (isReplay) void reply.header('idempotency-replayed', 'true');
    return reply.code(answer.status).headers(answer.headers).send(answer.body);
  };
}

/** For retention. Returns how many. */
export async function forgetIdempotencyKeysBefore(tx: Transaction, before: Date): Promise<number> {
  const { rowCount } = await tx.execute(
    sql`delete from ${idempotencyKey} where ${lt(idempotencyKey.createdAt, before)}`,
  );
  return rowCount ?? 0;
}

function readKey({ headers }: FastifyRequest): string | undefined {
  const given = headers[HEADER];
  if (given === undefined || (typeof given === 'string' && keyPattern.test(given))) return given;
  throw new Problem('bad-request', {
    zh: '请求头 Idempotency-Key 须为 16 至 128 个可见 ASCII 字符,建议每次办理新生成一个 UUID。',
    en: 'The header Idempotency-Key must be 16 to 128 visible ASCII characters; make a new UUID for each thing to be done.',
  });
}

// ── What stands in the table ────────────────────────────────────────────────────────────────────────────────────────

/** All three need both the caller's key and one of the platform's: neither a dump nor the settings can open or even find anything. */
interface Names {
  id: Buffer;
  fingerprint: Buffer;
  sealingKey: Buffer;
}

function deriveNames(root: string, { request, principal }: CallOnTheWire): Names {
  const derive = (what: string) => Buffer.from(hkdfSync('sha256', root, '', `gongfang/idempotency/${what}/1`, 32));
  const { method, url, headers, body } = request;
  // Whom the caller acts for, too: the same words mean something else under another mandate or in another division.
  const { divisionCode, partyId, personIds } = principal;
  const fingerprint = createHmac('sha256', derive('fingerprint'))
    .update(`${JSON.stringify([method, url, headers['if-match'], divisionCode, partyId, personIds])}\n`)
    .update(Buffer.isBuffer(body) ? body : (JSON.stringify(body) ?? ''))
    .digest();
  return { id: derive('id'), fingerprint, sealingKey: derive('answer') };
}

/** The platform's index key is not replaced by rotations (docs/decisions/0009), so it is read once. */
function createPlatformHash({ db, sealer }: Context): (text: string, requestId: string) => Promise<string> {
  let reading: Promise<(text: string) => string> | undefined;
  return async (text, requestId) => {
    reading ??= db.inScope(platformScope('system:idempotency', requestId), async (tx) => {
      const keys = await sealer.forSealing(tx, PLATFORM);
      return (words) => keys.blindIndex(words);
    });
    // A failed read must not be remembered.
    reading.catch(() => (reading = undefined));
    return (await reading)(text);
  };
}

function seal({ status, headers, body }: Answer, { id, sealingKey }: Names): Buffer {
  const packed = JSON.stringify({ status, headers, body: body.toString('base64') });
  return encrypt(SEALED_WITH, sealingKey, packed, id);
}

function open(sealedAnswer: Buffer, { id, sealingKey }: Names): Answer {
  const packed = decrypt(SEALED_WITH, sealingKey, sealedAnswer, id).toString();
  const { body, ...rest } = JSON.parse(packed) as Omit<Answer, 'body'> & { body: string };
  return { ...rest, body: Buffer.from(body, 'base64') };
}

function forgetAnswer(tx: Transaction, { id }: Names) {
  return tx.update(idempotencyKey).set({ sealedAnswer: null }).where(eq(idempotencyKey.id, id));
}

// ── One at a time ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Until the transaction ends. Does not wait: whoever waits here would hold a connection that the first one may need. */
async function lock(tx: Transaction, { id }: Names): Promise<boolean> {
  const { rows } = await tx.execute<{ isMine: boolean }>(
    sql`select pg_try_advisory_xact_lock(${id.readBigInt64BE()}::bigint) as "isMine"`,
  );
  return rows[0]?.isMine === true;
}

/**
 * Twins of one process wait here without a connection and share what the first of them hears; that one looks for twins in other
 * processes. @throws Problem idempotency-key-in-use when patience ends.
 */
export function createTurns(patienceMs = PATIENCE_MS) {
  const underway = new Map<string, Promise<Outcome | undefined>>();
  return async (name: string, attempt: () => Promise<Outcome | undefined>): Promise<Outcome> => {
    const giveUpAt = performance.now() + patienceMs;
    for (;;) {
      const left = giveUpAt - performance.now();
      if (left <= 0) throw keyInUse();
      const twin = underway.get(name);
      if (twin) {
        const heard = await Promise.race([twin.catch(() => undefined), delay(left, undefined, { ref: false })]);
        if (heard) return heard === 'key-reused' ? heard : { ...heard, isReplay: true };
        continue;
      }
      const mine = attempt()
        .then((outcome) => outcome ?? delay(LOOK_AGAIN_MS, undefined))
        .finally(() => underway.delete(name));
      underway.set(name, mine);
      const outcome = await mine;
      if (outcome) return outcome;
    }
  };
}

/** What the operation answers: status, body, and the headers that it has set itself. */
async function listen(reply: FastifyReply, carryOut: () => Promise<unknown>): Promise<Answer> {
  const before = reply.getHeaders();
  const result = await carryOut();
  const body = Buffer.isBuffer(result) ? result : Buffer.from(reply.serialize(result) as string);
  if (!reply.hasHeader('content-type')) void reply.type('application/json; charset=utf-8');
  const headers = Object.entries(reply.getHeaders())
    .filter(([name, value]) => before[name] !== value)
    .map(([name, value]) => [name, String(value)] as const);
  return { status: reply.statusCode, headers: Object.fromEntries(headers), body };
}

function keyReused(): Problem {
  return new Problem('idempotency-key-reused', {
    zh: '这个 Idempotency-Key 已用于内容不同的请求。重试须原样重发;办理新的事项请换一个新的值。',
    en: 'This Idempotency-Key came with another request before. Send a retry exactly as it was; for anything new make a new key.',
  });
}

function keyInUse(): Problem {
  const detail = {
    zh: '带有同一 Idempotency-Key 的请求正在办理,请稍后原样重试。',
    en: 'A request with this Idempotency-Key is being carried out: send it again in a moment, as it is.',
  };
  return new Problem('idempotency-key-in-use', detail, { retryAfterSeconds: 1 });
}
