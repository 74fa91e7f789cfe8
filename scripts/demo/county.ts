// The main job on the sample county, through the public API only. Enters: a client with an official's key. Leaves: every
// file imported, one round run. `onProgress` is told what a person waiting would want to know.

import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { exampleFiles } from '../../examples/qujiang/files.ts';
import type { Client } from './client.ts';

export const county = '330803';

export interface ImportAnswer {
  id: string;
  status: 'queued' | 'running' | 'done' | 'refused' | 'failed';
  rowsRead: number;
  counts: { rows: number; created: number; updated: number; unchanged: number; refused: number } | null;
}

export interface RoundAnswer {
  id: string;
  status: 'queued' | 'running' | 'cancelling' | 'done' | 'cancelled' | 'failed';
  progress: { stage: string | null; done: number; of: number };
  summary: RoundSummary | null;
  failure: { zh: string; en: string } | null;
}

export interface RoundSummary {
  orders: { total: number; placed: number; byRule: number; byCompetition: number; notWorth: number };
  people: {
    total: number;
    proposed: number;
    lowIncomeTotal: number;
    lowIncomeProposed: number;
    hours: number;
    wageFen: number;
  };
  sites: { total: number; used: number };
  objectiveFen: number;
  boundFen: number;
  gap: number | null;
  greedyObjectiveFen: number;
  incomeByTown: {
    divisionCode: string;
    name: string;
    registered: number;
    proposed: number;
    wageFen: number;
    perHeadFen: number | null;
  }[];
  gini: number | null;
  lowIncomeShare: number | null;
}

/** Fewer than a round gets by default: the demo shall answer within a minute on two cores. */
const DEMO_MOVES = 400;

/** Watching a job from outside means asking again: this often. */
const POLL_MS = 200;

export async function importCounty(client: Client, onProgress: (line: string, isLast: boolean) => void): Promise<void> {
  for (const { fileName, sheetId, rows } of exampleFiles) {
    const bytes = await readFile(new URL(`../../examples/qujiang/${fileName}`, import.meta.url));
    const query = new URLSearchParams({ sheet: sheetId, division: county, publish: 'true' });
    let job = await client.upload<ImportAnswer>(`/v1/imports?${query.toString()}`, bytes);
    while (job.status === 'queued' || job.status === 'running') {
      onProgress(`  ${fileName}  ${job.rowsRead}/${rows}`, false);
      await delay(POLL_MS);
      job = await client.get<ImportAnswer>(`/v1/imports/${job.id}`);
    }
    if (job.status !== 'done' || !job.counts) {
      const problems = await client.get<{ items: { message: { zh: string } }[] }>(
        `/v1/imports/${job.id}/problems?limit=5`,
      );
      throw new Error(`${fileName}: ${job.status}\n${problems.items.map(({ message }) => message.zh).join('\n')}`);
    }
    const { created, updated, unchanged } = job.counts;
    onProgress(`  ${fileName}  新增 ${created} · 更新 ${updated} · 未变 ${unchanged}`, true);
  }
}

export async function runRound(
  client: Client,
  onProgress: (line: string, isLast: boolean) => void,
): Promise<RoundAnswer> {
  let round = await client.post<RoundAnswer>('/v1/rounds', { divisionCode: county, moves: DEMO_MOVES });
  while (round.status === 'queued' || round.status === 'running') {
    const { stage, done, of } = round.progress;
    onProgress(`  ${stage ?? round.status}${of > 0 ? ` ${Math.floor((100 * done) / of)}%` : ''}`, false);
    await delay(POLL_MS);
    round = await client.get<RoundAnswer>(`/v1/rounds/${round.id}`);
  }
  if (round.status !== 'done' || !round.summary) throw new Error(round.failure?.zh ?? `the round is ${round.status}`);
  onProgress(`  完成 · done`, true);
  return round;
}
