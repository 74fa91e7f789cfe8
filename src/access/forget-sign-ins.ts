// 保存期限 of what signing in leaves behind. Called once a day by the privacy room; the terms stand in docs/privacy.md.

import { lt } from 'drizzle-orm';
import type { Transaction } from '../platform/database.ts';
import { householdSession, localMessage, smsCode } from './tables.ts';

const DAY_MS = 24 * 3_600_000;
/** A code is good for minutes, and asking is limited by the hour: after a day nobody needs to know who asked. */
const CODE_DAYS = 1;
/** The audit trail names the session that acted, and this row whose it was: the 网络安全法 has logs kept for six months. */
const SESSION_DAYS = 184;

/** Returns how many rows were removed. */
export async function forgetSignIns(tx: Transaction, now: Date): Promise<number> {
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS);
  const removed = [
    await tx.delete(smsCode).where(lt(smsCode.expiresAt, before(CODE_DAYS))),
    await tx.delete(localMessage).where(lt(localMessage.sentAt, before(CODE_DAYS))),
    await tx.delete(householdSession).where(lt(householdSession.expiresAt, before(SESSION_DAYS))),
  ];
  return removed.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0);
}
