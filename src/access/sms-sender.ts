// How a message reaches a phone: through the county's gateway, or, on a developer's machine, onto a page.

import { desc } from 'drizzle-orm';
import type { Config } from '../platform/config.ts';
import type { Context } from '../platform/context.ts';
import { platformScope } from '../platform/database.ts';
import { newId } from '../platform/id.ts';
import { localMessage } from './tables.ts';

export interface SmsMessage {
  phone: string;
  text: string;
}

export interface SmsSender {
  /** Resolves once somebody else is responsible for it. @throws otherwise; the outbox tries again. */
  send(message: SmsMessage): Promise<void>;
}

type Way = NonNullable<Config['sms']>['by'];

export function createSmsSender(context: Context, by: Way): SmsSender {
  return by === 'local-outbox' ? localOutbox(context) : gateway(by);
}

const GATEWAY_TIMEOUT_MS = 5_000;

function gateway({ url, token }: Exclude<Way, string>): SmsSender {
  return {
    async send(message) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify(message),
        redirect: 'error',
        signal: AbortSignal.timeout(GATEWAY_TIMEOUT_MS),
      });
      await response.body?.cancel();
      // Nothing of the answer: gateways repeat the phone in it.
      if (!response.ok) throw new Error(`the SMS gateway answered ${response.status}`);
    },
  };
}

const OWNER = '0';
const MESSAGES_SHOWN = 20;

function localOutbox({ db, clock, sealer }: Context): SmsSender {
  return {
    async send(message) {
      await db.inScope(platformScope('system:access'), async (tx) => {
        const sealed = (await sealer.forSealing(tx, OWNER)).seal(JSON.stringify(message));
        await tx.insert(localMessage).values({ id: newId(), region: OWNER, sealed, sentAt: clock.now() });
      });
    },
  };
}

/** Newest first. */
export async function readLocalMessages({ db, sealer }: Context): Promise<(SmsMessage & { sentAt: Date })[]> {
  return db.inScope(platformScope('system:access'), async (tx) => {
    const keys = await sealer.forOpening(tx, OWNER);
    const rows = await tx.select().from(localMessage).orderBy(desc(localMessage.id)).limit(MESSAGES_SHOWN);
    return rows.map(({ sealed, sentAt }) => ({ ...(JSON.parse(keys.open(sealed).toString()) as SmsMessage), sentAt }));
  });
}
