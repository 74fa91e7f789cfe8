// What third parties build against, as files. Enters: nothing but the code. Leaves: file name → content, the same on every
// machine. Called by scripts/openapi.ts, and by the contract tests to hold the committed files against it.

import type { OpenAPIV3_1 } from 'openapi-types';
import { buildApp, declareOperations } from '../../src/app.ts';
import { buildJsonSchemas } from '../../src/matching/engine/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { readConfig } from '../../src/platform/config.ts';
import type { Context } from '../../src/platform/context.ts';

/** A door that must stay shut: describing the service needs no database, queue or key. */
function shut(): never {
  throw new Error('the contract is built without opening any door');
}

/** Enough for rooms to declare their operations; none of it works. */
export const shutContext: Context = {
  config: readConfig({}),
  log: { debug: shut, info: shut, warn: shut, error: shut },
  clock: systemClock,
  db: {
    get pool() {
      return shut();
    },
    inScope: shut,
    inOneTransaction: shut,
    countWaiting: shut,
    close: shut,
  },
  outbox: { tell: shut },
  sealer: { forOpening: shut, forSealing: shut },
};

export async function buildDocument(): Promise<OpenAPIV3_1.Document> {
  const app = await buildApp(shutContext);
  await app.ready();
  // Through JSON: what a client receives, without undefined or shared parts.
  const document = JSON.parse(JSON.stringify(app.swagger())) as OpenAPIV3_1.Document;
  await app.close();
  return document;
}

export async function buildContract(): Promise<Record<string, string>> {
  const files = { 'openapi.json': await buildDocument(), ...buildJsonSchemas() };
  return {
    ...Object.fromEntries(Object.entries(files).map(([name, json]) => [name, `${JSON.stringify(json, null, 2)}\n`])),
    'operations.txt': listOperations(),
  };
}

/** One operation a line, for reading and for `git diff`: METHOD path operationId permission. */
function listOperations(): string {
  const lines = declareOperations(shutContext).map(
    ({ method, url, id, permission }) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')} ${id} ${permission}\n`,
  );
  return lines.join('');
}
