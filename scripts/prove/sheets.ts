// `npm run prove -- sheets`: a long list of workers with 500 mistakes of 20 kinds goes through the whole service, over HTTP.
// Claims: every mistake is named at its cell and nothing else is; a refused file leaves nothing; taken in part, all good rows
// stand; progress is seen meanwhile; the error workbook holds the wrong rows; the same file again changes nothing.
// 5,000 rows, or 50,000 with --full.

import { setTimeout as delay } from 'node:timers/promises';
import { readSheet } from '../../src/lists/sheets/index.ts';
import type { Import, ImportProblem } from '../../test/support/answers.ts';
import type { Caller } from '../../test/support/caller.ts';
import { databaseUrl, nameDatabase, onServer, startPostgresLane } from '../../test/support/postgres-lane.ts';
import { startService, type Place, type Service } from '../../test/support/service.ts';
import { until } from '../../test/support/until.ts';
import type { ProofOptions, ProofResult } from '../prove.ts';
import { mistakeCodes, plantMistakes, type PlantedWorkbook } from './sheets/planted-mistakes.ts';

const county = '330803';
/** Callers are limited. */
const LOOK_AGAIN_MS = 250;

interface Claim {
  says: string;
  holds: boolean;
}

export async function run({ full, seed }: ProofOptions): Promise<ProofResult> {
  const rows = full ? 50_000 : 5_000;
  const planted = await plantMistakes({ rows, count: 500, seed });
  console.log(
    `${rows} rows, ${planted.planted.length} mistakes of ${mistakeCodes.length} kinds: ${mistakeCodes.join(' ')}`,
  );
  const postgres = await startPostgresLane();
  const { address } = postgres;
  const name = nameDatabase(address.runPrefix);
  await onServer(address.serverUrl, `create database ${name} template ${address.template}`);
  const place: Place = {
    database: {
      url: databaseUrl(address, name),
      drop: async () => void (await onServer(address.serverUrl, `drop database if exists ${name} with (force)`)),
    },
    lane: { kind: 'postgres' },
  };
  try {
    // Rounds over the workers are not the matter here.
    const service = await startService({ place, reactions: { 'import.completed': [] } });
    try {
      const claims = await prove(service, planted);
      for (const { says, holds } of claims) console.log(`${holds ? 'ok' : 'NOT'}  ${says}`);
      const passed = claims.filter(({ holds }) => holds).length;
      return { passed, failed: claims.length - passed };
    } finally {
      await service.close();
    }
  } finally {
    await postgres.stop();
  }
}

async function prove(service: Service, { bytes, rows, planted }: PlantedWorkbook): Promise<Claim[]> {
  const official = await service.signIn({ role: 'official', divisionCode: county });
  const good = rows - planted.length;
  const standing = async () =>
    Number((await service.rows<{ count: string }>('select count(*) from listing'))[0]?.count ?? -1);

  const refused = await take(official, bytes, '');
  const problems = await official.all<ImportProblem>(`/v1/imports/${refused.job.id}/problems?limit=100`);
  const found = problems.map(({ rowNumber, cell, code }) => `${rowNumber} ${cell} ${code}`);
  const expected = planted.map(({ rowNumber, cell, code }) => `${rowNumber} ${cell} ${code}`);
  const isBilingual = problems.every(({ message }) => /[一-鿿]/.test(message.zh) && message.en.startsWith('Row '));
  const afterRefusal = await standing();

  const partly = await take(official, bytes, '&partly=true');
  const errors = await official.download(`/v1/imports/${partly.job.id}/error-workbook`);
  const wrongRows = await countWrongRows(errors);
  // A formula is copied as the value it shows, and of the rows that repeat one the first is alone now.
  const stillWrong = planted.filter(({ code }) => code !== 'formula').length - 1;
  const again = await take(official, bytes, '&partly=true');
  return [
    { says: `refused: ${describe(refused)}`, holds: refused.job.status === 'refused' },
    { says: `each mistake is named at its cell, and nothing else: ${found.length}`, holds: equal(found, expected) },
    { says: 'each in Chinese and in English', holds: isBilingual },
    { says: `a refused file leaves ${afterRefusal} listings`, holds: afterRefusal === 0 },
    {
      says: `taken in part: ${describe(partly)}`,
      holds: partly.job.status === 'done' && partly.job.counts?.created === good && (await standing()) === good,
    },
    { says: `progress seen on the way: ${partly.seen.join(' ')}`, holds: partly.seen.length > 0 },
    {
      says: `the error workbook holds ${wrongRows} rows that are still wrong`,
      holds: wrongRows === stillWrong,
    },
    { says: `again: ${describe(again)}`, holds: again.job.counts?.unchanged === good && (await standing()) === good },
  ];
}

interface Taken {
  job: Import;
  seconds: number;
  /** rows read, as they were seen while it ran */
  seen: number[];
}

async function take(official: Caller, bytes: Buffer, flags: string): Promise<Taken> {
  const startedAt = performance.now();
  const { id } = await official.upload<Import>(`/v1/imports?sheet=labour&division=${county}${flags}`, bytes);
  const seen = new Set<number>();
  const job = await until(
    'the import has ended',
    async () => {
      const now = await official.get<Import>(`/v1/imports/${id}`);
      if (now.status !== 'queued' && now.status !== 'running') return now;
      if (now.rowsRead > 0) seen.add(now.rowsRead);
      await delay(LOOK_AGAIN_MS);
      return undefined;
    },
    600_000,
  );
  return { job, seconds: (performance.now() - startedAt) / 1000, seen: [...seen].slice(0, 12) };
}

async function countWrongRows(errors: Buffer): Promise<number> {
  let count = 0;
  const options = {
    asOf: '2026-11-21',
    withinCode: county,
    resolveDivision: (code: string) => (/^\d+$/.test(code) ? { code } : { candidates: [] }),
  };
  for await (const row of readSheet('labour', errors, options)) if ('problems' in row) count += 1;
  return count;
}

function describe({ job: { status, counts }, seconds }: Taken): string {
  const rate = Math.round((counts?.rows ?? 0) / seconds);
  return `${status} ${JSON.stringify(counts)} in ${seconds.toFixed(1)} s, ${rate} rows/s`;
}

const equal = (a: readonly string[], b: readonly string[]) => JSON.stringify(a) === JSON.stringify(b);
