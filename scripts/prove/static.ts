// `npm run prove -- static`: what can be seen without running the service. The contract by two linters, the migrated database by
// the rules of row-level security, the files for secrets, the packages for their licences and number. Claims: 0 findings.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { databaseUrl, startPostgresLane } from '../../test/support/postgres-lane.ts';
import { schemaRules } from '../../test/support/schema-rules.ts';
import type { ProofResult } from '../prove.ts';
import { lintByRedocly, lintBySpectral } from './static/contract-lint.ts';
import { readLicences } from './static/licences.ts';
import { findSecrets } from './static/secrets.ts';

const DIRECT_DEPENDENCIES_MAX = 35;

const root = fileURLToPath(new URL('../../', import.meta.url));
const contractFile = `${root}openapi/openapi.json`;

interface Proof extends ProofResult {
  checks: { name: string; findings: string[] }[];
}

export async function run(): Promise<Proof> {
  const checks: Proof['checks'] = [];
  const check = (name: string, findings: string[]) => {
    checks.push({ name, findings });
    console.log(`${findings.length === 0 ? 'ok    ' : 'FAILED'} ${name}`);
    for (const finding of findings.slice(0, 30)) console.log(`         ${finding}`);
    if (findings.length > 30) console.log(`         … ${findings.length} in all`);
  };

  check('the contract, by Spectral: OpenAPI and OWASP', await lintBySpectral(await readJson<object>(contractFile)));
  check('the contract, by Redocly: recommended, strict', await lintByRedocly(contractFile));

  for (const { name, findings } of await lintSchema()) check(`the database: ${name}`, findings);

  const { files, findings: secrets } = await findSecrets(root);
  check(`no secret in ${files} files`, [
    ...secrets,
    ...(files < 100 ? ['that are too few: nothing was looked at'] : []),
  ]);

  const { counts, findings: licences } = readLicences(await readJson(`${root}package-lock.json`));
  const told = Object.entries(counts).sort(([, one], [, other]) => other - one);
  check(`permissive licences only: ${told.map(([licence, count]) => `${licence} ${count}`).join(', ')}`, licences);

  const { dependencies } = await readJson<{ dependencies: object }>(`${root}package.json`);
  const direct = Object.keys(dependencies).length;
  check(
    `${direct} direct dependencies, at most ${DIRECT_DEPENDENCIES_MAX}`,
    direct > DIRECT_DEPENDENCIES_MAX ? [`${direct - DIRECT_DEPENDENCIES_MAX} too many`] : [],
  );

  const failed = checks.filter(({ findings }) => findings.length > 0).length;
  return { checks, passed: checks.length - failed, failed };
}

async function lintSchema(): Promise<Proof['checks']> {
  const postgres = await startPostgresLane();
  const client = new pg.Client({ connectionString: databaseUrl(postgres.address, postgres.address.template) });
  try {
    await client.connect();
    const checks: Proof['checks'] = [];
    for (const { name, query } of schemaRules) {
      const { rows } = await client.query<{ what: string }>(query);
      checks.push({ name, findings: rows.map(({ what }) => what) });
    }
    return checks;
  } finally {
    await client.end();
    await postgres.stop();
  }
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}
