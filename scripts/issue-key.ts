// npm run key -- --role platform --label "县平台管理员"
// Issues a key from the server itself: the first one of an installation, or one when all others are lost. Its secret is printed
// once. Further keys are issued through POST /v1/api-keys. Other roles: --division 330803, --party <id>, --expires 2027-01-01.
// Needs DATABASE_URL; without it the embedded database is started, which `npm run dev` must not be using meanwhile.

import { parseArgs } from 'node:util';
import { issueKey, type KeyRole } from '../src/access/index.ts';
import { readConfig } from '../src/platform/config.ts';
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres/index.ts';
import { Problem } from '../src/platform/problem.ts';
import { failStart, openContext, openLog, setUpDatabase } from '../src/start.ts';
import { roles } from '../src/vocabulary/permissions.ts';

try {
  const { values } = parseArgs({
    options: {
      role: { type: 'string', default: 'platform' },
      label: { type: 'string' },
      division: { type: 'string' },
      party: { type: 'string' },
      expires: { type: 'string' },
    },
  });
  const { role, label, division, party, expires } = values;
  if (!isKeyRole(role)) throw new Error(`--role: one of ${roles.filter(isKeyRole).join(', ')}`);
  if (label === undefined) throw new Error('--label: who holds the key, e.g. --label "县平台管理员"');
  if (expires !== undefined && Number.isNaN(Date.parse(expires))) throw new Error('--expires: a day, e.g. 2027-01-01');

  const config = readConfig(process.env);
  const embedded = config.databaseUrl ? undefined : await startEmbeddedPostgres({ dataFolder: config.dataFolder });
  try {
    if (embedded) await setUpDatabase(embedded.url);
    const databaseUrl = config.databaseUrl ?? embedded?.url;
    const context = await openContext({ ...config, databaseUrl }, openLog('error'));
    try {
      const expiresAt = expires === undefined ? undefined : new Date(expires);
      const request = { role, label, divisionCode: division, partyId: party, expiresAt };
      const secret = await issueKey(context, request, 'script:issue-key');
      process.stderr.write('请立即妥善保存,以后无法再次查看 · keep it now, it cannot be shown again\n');
      process.stdout.write(`${secret}\n`);
    } finally {
      await context.db.close();
    }
  } finally {
    await embedded?.stop();
  }
} catch (error) {
  failStart(error instanceof Problem ? new Error(sayProblem(error)) : error);
}

function isKeyRole(role: string): role is KeyRole {
  return (roles as readonly string[]).includes(role) && role !== 'anonymous' && role !== 'household';
}

function sayProblem({ detail, errors, message }: Problem): string {
  const texts = [detail, ...errors.map((error) => error.message)].flatMap((text) => text ?? []);
  return texts.map(({ zh, en }) => `${zh}\n${en}`).join('\n') || message;
}
