// `npm run bench -- import`: how fast a workbook becomes listings, and what that takes of memory, at 5,000 and 50,000 rows of
// workers and of land, over HTTP. API and worker share this process. Shown is the resident peak, which holds what V8 has not
// cared to collect yet, and what is alive after a collection each second: that is what must not follow the file.

import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { makeListing } from '../../examples/qujiang/listing.ts';
import { fillSheet, type ListingDraft } from '../../src/lists/sheets/index.ts';
import { idCheckDigit } from '../../src/vocabulary/id-card.ts';
import type { Import } from '../../test/support/answers.ts';
import { aDecision, aConsent, collective, county, huren, register } from '../../test/support/builders.ts';
import type { Caller } from '../../test/support/caller.ts';
import { databaseUrl, nameDatabase, onServer, startPostgresLane } from '../../test/support/postgres-lane.ts';
import { startService } from '../../test/support/service.ts';

type Sheet = 'labour' | 'land';

export interface ImportRun {
  sheet: Sheet;
  rows: number;
  seconds: number;
  rowsPerSecond: number;
  peakMb: number;
  aliveMb: number;
}

const sizes = [5_000, 50_000];
const WARM_UP_ROWS = 2_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export async function run(): Promise<ImportRun[]> {
  const postgres = await startPostgresLane();
  const { address } = postgres;
  const name = nameDatabase(address.runPrefix);
  await onServer(address.serverUrl, `create database ${name} template ${address.template}`);
  const database = {
    url: databaseUrl(address, name),
    drop: async () => void (await onServer(address.serverUrl, `drop database if exists ${name} with (force)`)),
  };
  try {
    // Rounds over what was imported are measured elsewhere.
    const service = await startService({
      place: { database, lane: { kind: 'postgres' } },
      reactions: { 'import.completed': [] },
    });
    try {
      const official = await service.signIn({ role: 'official', divisionCode: county });
      await register(service, official);
      const runs: ImportRun[] = [];
      for (const sheet of ['labour', 'land'] as const) {
        await take(official, sheet, WARM_UP_ROWS);
        for (const rows of sizes) {
          const taken = await take(official, sheet, rows);
          console.log(
            `${sheet} ${rows} rows: ${taken.seconds.toFixed(1)} s, ${taken.rowsPerSecond} rows/s, ` +
              `resident peak ${taken.peakMb} MB, alive at most ${taken.aliveMb} MB`,
          );
          runs.push(taken);
        }
        const [small, large] = runs.filter((one) => one.sheet === sheet);
        if (!small || !large) continue;
        const ratio = (of: 'peakMb' | 'aliveMb') => (large[of] / small[of]).toFixed(2);
        console.log(
          `${sheet}, ${large.rows} ÷ ${small.rows} rows: resident ${ratio('peakMb')}, alive ${ratio('aliveMb')}`,
        );
      }
      return runs;
    } finally {
      await service.close();
    }
  } finally {
    await postgres.stop();
  }
}

async function take(official: Caller, sheet: Sheet, rows: number): Promise<ImportRun> {
  const bytes = await fill(sheet, rows);
  collectGarbage();
  let [peak, alive] = [0, 0];
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  const collect = setInterval(() => {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    alive = Math.max(alive, heapUsed + external);
  }, 1_000);
  const startedAt = performance.now();
  const { id } = await official.upload<Import>(`/v1/imports?sheet=${sheet}&division=${county}`, bytes);
  let job = await official.get<Import>(`/v1/imports/${id}`);
  while (job.status === 'queued' || job.status === 'running') {
    await delay(200);
    job = await official.get<Import>(`/v1/imports/${id}`);
  }
  clearInterval(watch);
  clearInterval(collect);
  if (job.status !== 'done') throw new Error(`the import was not taken: ${JSON.stringify(job)}`);
  const seconds = (performance.now() - startedAt) / 1000;
  const megabytes = (size: number) => Math.round(size / 1e6);
  return {
    ...{ sheet, rows, seconds, rowsPerSecond: Math.round(rows / seconds) },
    peakMb: megabytes(peak),
    aliveMb: megabytes(alive),
  };
}

async function fill(sheet: Sheet, rows: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of fillSheet(sheet, drafts(sheet, rows))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** New ones for each size: all are to be written. */
function* drafts(sheet: Sheet, rows: number): Generator<ListingDraft> {
  for (let at = 0; at < rows; at += 1) yield sheet === 'labour' ? aWorker(rows, at) : aPlot(rows, at);
}

function aWorker(rows: number, at: number): ListingDraft {
  const year = 1960 + (Math.floor(at / 999) % 40);
  const day = String(1 + Math.floor(at / 999 / 40)).padStart(2, '0');
  const month = String(1 + [WARM_UP_ROWS, ...sizes].indexOf(rows)).padStart(2, '0');
  const first17 = `330803${year}${month}${day}${String(at % 999).padStart(3, '0')}`;
  return makeListing('labour', {
    ...{ number: '', owner: null, divisionCode: huren },
    attributes: { skills: ['packing', 'sewing'], hoursPerWeek: 20, maxCommuteKm: 5, homeWork: true, star: null },
    person: {
      name: `示例村民${at}`,
      idNumber: first17 + idCheckDigit(first17),
      phone: `138${String(at).padStart(8, '0')}`,
      lowIncome: false,
    },
    consent: aConsent(),
  });
}

function aPlot(rows: number, at: number): ListingDraft {
  return makeListing('land', {
    ...{ number: `${rows}-${at}`, owner: collective.uscc, divisionCode: huren },
    decision: aDecision(),
    attributes: {
      ...{ name: `地块${at}`, idleLandKind: 'abandoned', landClass: '0103', isBasicFarmland: false },
      ...{ areaMuX100: 100 + at, transferWay: 'lease', rentFenPerMuYear: 45_000 },
    },
  });
}
