// trade: resources change hands. Negotiated or by open bidding, until a deal; then how the resource is used.

import type { Context } from '../platform/context.ts';
import type { Operation } from '../platform/http/index.ts';
import { bidderOperations } from './bidder-routes.ts';
import { biddingOperations } from './bidding-routes.ts';
import { dealOperations } from './deal-routes.ts';
import { negotiationOperations } from './negotiation-routes.ts';
import { expireNegotiations } from './negotiations.ts';
import { usageOperations } from './usage/routes.ts';
import { attendToUses } from './usage/uses.ts';

export function tradeOperations(context: Context): Operation[] {
  return [
    ...negotiationOperations(context),
    ...biddingOperations(context),
    ...bidderOperations(context),
    ...dealOperations(context),
    ...usageOperations(context),
  ];
}

/** Once a day: writes down what the clock has decided. Whatever is asked meanwhile is decided by the clock itself. */
export async function attendToDueTrades(
  context: Context,
  _payload: Record<string, never>,
  _region: string,
  closing: AbortSignal,
): Promise<void> {
  await expireNegotiations(context);
  await attendToUses(context, closing);
}
