// One-time codes to phones. Whoever asks hears the same answer at the same speed: whether the phone belongs to anybody is found
// out later, by a worker (the parties room, which knows people), and only then is a code made and sent.

import { randomInt } from 'node:crypto';
import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Context } from '../platform/context.ts';
import { platformScope, platformScopeWithin, type Scope, type Transaction } from '../platform/database.ts';
import { newId } from '../platform/id.ts';
import { Problem } from '../platform/problem.ts';
import { createSmsSender } from './sms-sender.ts';
import { smsCode } from './tables.ts';

/** Sealed and indexed as the platform's own: the phone has no county before it was looked up. */
const PLATFORM = '0';
const CODE_MS = 5 * 60_000;
const ATTEMPTS_MAX = 5;

/** How often codes may be asked for: generous for a household, too slow for whoever tries numbers. */
const limits = {
  phone: {
    column: smsCode.phoneIndex,
    windows: [
      { ms: 60_000, max: 1 },
      { ms: 3_600_000, max: 5 },
    ],
  },
  address: { column: smsCode.addressIndex, windows: [{ ms: 3_600_000, max: 30 }] },
} as const;

/** @throws Problem too-many-requests, unprocessable where no messages can be sent; the same for every phone. */
export async function requestCode(
  { config, db, clock, outbox, sealer }: Context,
  scope: Scope,
  { phone, address }: { phone: string; address: string },
): Promise<void> {
  if (!config.sms) {
    throw new Problem('unprocessable', {
      zh: '本平台没有开通短信登录。',
      en: 'Signing in by phone is not set up here.',
    });
  }
  const now = clock.now();
  await db.inScope(platformScopeWithin(scope, 'system:access'), async (tx) => {
    const keys = await sealer.forSealing(tx, PLATFORM);
    const phoneIndex = keys.blindIndex(`phone ${phone}`);
    const addressIndex = keys.blindIndex(`address ${address}`);
    await refuseTooOften(tx, { phone: phoneIndex, address: addressIndex }, now);
    const id = newId();
    await tx.insert(smsCode).values({
      id,
      region: PLATFORM,
      ...{ phoneIndex, addressIndex },
      sealed: keys.seal(JSON.stringify({ phone })),
      requestedAt: now,
      expiresAt: new Date(now.getTime() + CODE_MS),
    });
    await outbox.tell(tx, { type: 'sms-code.requested', region: PLATFORM, payload: { smsCodeId: id } });
  });
}

async function refuseTooOften(tx: Transaction, asking: Record<keyof typeof limits, string>, now: Date): Promise<void> {
  for (const [by, { column, windows }] of Object.entries(limits)) {
    const index = asking[by as keyof typeof limits];
    // Those who ask at the same moment are counted one after the other.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${index}, 0))`);
    for (const { ms, max } of windows) {
      const asked = await tx
        .select({ at: smsCode.requestedAt })
        .from(smsCode)
        .where(and(eq(column, index), gt(smsCode.requestedAt, new Date(now.getTime() - ms))))
        .orderBy(desc(smsCode.requestedAt))
        .limit(max);
      const oldest = asked[max - 1];
      if (!oldest) continue;
      const retryAfterSeconds = Math.max(1, Math.ceil((oldest.at.getTime() + ms - now.getTime()) / 1000));
      throw new Problem('too-many-requests', undefined, { retryAfterSeconds });
    }
  }
}

// ── For the worker that knows people ────────────────────────────────────────────────────────────────────────────────

export interface Household {
  /** The innermost division in which all its people are; '0' for the whole country. */
  divisionCode: string;
  personIds: string[];
}

interface Sealed {
  phone: string;
  /** Once made: whoever sends again after a failure sends the same. */
  code?: string;
}

/**
 * Sends the code to whoever has the phone, or forgets the request when nobody does. May run again: the same code is sent then.
 * @param findHousehold by phone; undefined when nobody with it is known.
 */
export async function sendCode(
  context: Context,
  smsCodeId: string,
  findHousehold: (phone: string) => Promise<Household | undefined>,
): Promise<void> {
  const { db, clock, config, sealer } = context;
  const scope = platformScope('system:access', smsCodeId);
  const asked = await db.inScope(scope, async (tx) => {
    const [row] = await tx
      .select()
      .from(smsCode)
      .where(and(eq(smsCode.id, smsCodeId), isNull(smsCode.usedAt)));
    if (!row?.sealed) return undefined;
    const opened = (await sealer.forOpening(tx, PLATFORM)).open(row.sealed);
    return { ...(JSON.parse(opened.toString()) as Sealed), expiresAt: row.expiresAt };
  });
  if (!asked || !config.sms) return;
  const household = asked.expiresAt > clock.now() ? await findHousehold(asked.phone) : undefined;
  const code = asked.code ?? String(randomInt(1_000_000)).padStart(6, '0');
  if (household) {
    await db.inScope(scope, async (tx) => {
      const keys = await sealer.forSealing(tx, PLATFORM);
      const sealed = keys.seal(JSON.stringify({ phone: asked.phone, code } satisfies Sealed));
      const codeIndex = keys.blindIndex(`code ${smsCodeId} ${code}`);
      await tx
        .update(smsCode)
        .set({ ...household, codeIndex, sealed })
        .where(eq(smsCode.id, smsCodeId));
    });
    const text = config.sms.template.replaceAll('{code}', code);
    await createSmsSender(context, config.sms.by).send({ phone: asked.phone, text });
  }
  await db.inScope(scope, (tx) => tx.update(smsCode).set({ sealed: null }).where(eq(smsCode.id, smsCodeId)));
}

// ── Entering it ─────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The newest code of a phone, if it may still be guessed at: five times. The guess is counted before it is looked at, and in a
 * transaction of its own: it stays counted whatever becomes of the call.
 */
export async function countGuess(
  { db, clock, sealer }: Context,
  phone: string,
  requestId: string,
): Promise<string | undefined> {
  return db.inScope(platformScope('system:access', requestId), async (tx) => {
    const keys = await sealer.forSealing(tx, PLATFORM);
    const [newest] = await tx
      .select()
      .from(smsCode)
      .where(eq(smsCode.phoneIndex, keys.blindIndex(`phone ${phone}`)))
      .orderBy(desc(smsCode.id))
      .limit(1)
      .for('update');
    if (!newest || newest.usedAt || newest.attempts >= ATTEMPTS_MAX || newest.expiresAt <= clock.now())
      return undefined;
    await tx
      .update(smsCode)
      .set({ attempts: newest.attempts + 1 })
      .where(eq(smsCode.id, newest.id));
    return newest.id;
  });
}

/** The household behind a code, if it is the right one, and once. */
export async function redeemCode(
  { clock, sealer }: Context,
  tx: Transaction,
  { id, code }: { id: string; code: string },
): Promise<Household | undefined> {
  const keys = await sealer.forSealing(tx, PLATFORM);
  // Six digits are soon tried through: only a keyed hash hides them from whoever reads the table.
  const [redeemed] = await tx
    .update(smsCode)
    .set({ usedAt: clock.now() })
    .where(
      and(eq(smsCode.id, id), eq(smsCode.codeIndex, keys.blindIndex(`code ${id} ${code}`)), isNull(smsCode.usedAt)),
    )
    .returning();
  return redeemed && redeemed.divisionCode !== null
    ? { divisionCode: redeemed.divisionCode, personIds: redeemed.personIds }
    : undefined;
}
