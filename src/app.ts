// The HTTP application: every room's operations on one server. It never listens; api.ts, tests and the contract script use it.

import { auditTrailOperations } from './platform/audit/index.ts';
import { buildServer, healthOperations, type Operation } from './platform/http/index.ts';
import type { Context } from './platform/context.ts';
import { authenticateWith } from './access/index.ts';
import { findParty } from './parties/index.ts';
import { rooms } from './wiring.ts';

/** Every operation as its room declares it, in the order of the line. */
export function declareOperations(context: Context): Operation[] {
  return [
    ...healthOperations(context),
    ...auditTrailOperations(context),
    ...rooms.flatMap((room) => room.operations(context)),
  ];
}

export function buildApp(context: Context) {
  return buildServer(
    context,
    declareOperations(context),
    authenticateWith(context, (codeOrId) => findParty(context, codeOrId)),
  );
}
