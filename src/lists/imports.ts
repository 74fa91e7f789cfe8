// Excel is the real door. Enters: an uploaded workbook. Leaves: an import job that a worker carries out: rows taken, or every
// wrong cell named. Idempotent twice: the same file is recognised, and the same row changes its listing instead of adding one.

import { createHash } from 'node:crypto';
import { and, eq, gt, inArray, isNotNull, lt, sql } from 'drizzle-orm';
import { countyOf, saveParties, type Identity } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import { inParts, inSavepoint, type Scope, type Transaction } from '../platform/database.ts';
import { groupBy } from '../platform/group-by.ts';
import { newId } from '../platform/id.ts';
import { notFound, Problem } from '../platform/problem.ts';
import { readGazetteer } from '../regions/index.ts';
import { shanghaiDate } from '../vocabulary/calendar.ts';
import { divisionContains, divisionRange } from '../vocabulary/division-code.ts';
import type { Text } from '../vocabulary/text.ts';
import { saveListings } from './save-listings.ts';
import {
  buildErrorWorkbook,
  holdsText,
  readSheet,
  sheetById,
  sheetIds,
  type CellProblem,
  type Draft,
  type ListingDraft,
  type PartyDraft,
  type SheetId,
} from './sheets/index.ts';
import { importJob, importProblem, type ImportCounts } from './tables.ts';

export type Import = Omit<typeof importJob.$inferSelect, 'sealedFile'>;
export type ImportProblem = typeof importProblem.$inferSelect;

export interface Upload {
  sheet: SheetId;
  divisionCode: string;
  fileName: string;
  bytes: Buffer;
  isDryRun: boolean;
  /** Takes the good rows although others are wrong; otherwise one wrong row keeps the whole file out. */
  takesPartly: boolean;
  publishes: boolean;
  /** The party that uploads for itself, if it is one. */
  onlyOwnerId: string | null;
}

/** Accepts a file and returns at once. The same file for the same sheet and division again is the same import. */
export async function requestImport(
  context: Context,
  scope: Scope,
  upload: Upload,
): Promise<{ job: Import; isNew: boolean }> {
  const { bytes, divisionCode, sheet, isDryRun, takesPartly, publishes, fileName, onlyOwnerId } = upload;
  const fileHash = createHash('sha256').update(bytes).digest('hex');
  return context.db.inScope(scope, async (tx) => {
    const [known] = await tx
      .select(importColumns)
      .from(importJob)
      .where(
        and(
          eq(importJob.fileHash, fileHash),
          eq(importJob.sheet, sheet),
          eq(importJob.region, divisionCode),
          eq(importJob.isDryRun, isDryRun),
          eq(importJob.takesPartly, takesPartly),
          eq(importJob.publishes, publishes),
          inArray(importJob.status, ['queued', 'running', 'done']),
        ),
      )
      .limit(1);
    if (known) return { job: known, isNew: false };
    const keys = await context.sealer.forSealing(tx, countyOf(divisionCode));
    const [job] = await tx
      .insert(importJob)
      .values({
        id: newId(),
        region: divisionCode,
        sheet,
        fileName,
        fileHash,
        sealedFile: keys.seal(bytes),
        isDryRun,
        takesPartly,
        publishes,
        status: 'queued',
        requestedBy: scope.actor,
        onlyOwnerId,
      })
      .returning(importColumns);
    if (!job) throw new Error('an inserted import returned no row');
    await context.outbox.tell(tx, { type: 'import.requested', region: divisionCode, payload: { importId: job.id } });
    return { job, isNew: true };
  });
}

const importColumns = {
  id: importJob.id,
  region: importJob.region,
  sheet: importJob.sheet,
  fileName: importJob.fileName,
  fileHash: importJob.fileHash,
  isDryRun: importJob.isDryRun,
  takesPartly: importJob.takesPartly,
  publishes: importJob.publishes,
  status: importJob.status,
  requestedBy: importJob.requestedBy,
  onlyOwnerId: importJob.onlyOwnerId,
  rowsRead: importJob.rowsRead,
  counts: importJob.counts,
  warnings: importJob.warnings,
  failure: importJob.failure,
  createdAt: importJob.createdAt,
  finishedAt: importJob.finishedAt,
};

/** Rows between two reports of progress. */
const PROGRESS_ROWS = 500;
/** Wrong cells kept of one file; beyond this the file is the wrong one. */
const PROBLEMS_MAX = 5_000;
const WARNINGS_MAX = 50;

/** Reaction: reads the file, decides, and writes everything or nothing in one transaction. Safe to run again. */
export async function runImport(context: Context, { importId }: { importId: string }, region: string): Promise<void> {
  const { db, log } = context;
  const scope = importScope(region, importId);
  const job = await db.inScope(scope, async (tx) => {
    const [claimed] = await tx
      .update(importJob)
      .set({ status: 'running' })
      .where(and(eq(importJob.id, importId), inArray(importJob.status, ['queued', 'running'])))
      .returning();
    return claimed;
  });
  if (!job?.sealedFile) return;
  try {
    const reading = await readRows(context, job, job.sealedFile);
    await db.inScope(scope, (tx) => record(context, tx, job, reading));
  } catch (error) {
    log.error({ err: error, importId }, 'import failed');
    await db.inScope(scope, (tx) =>
      tx
        .update(importJob)
        .set({ status: 'failed', failure: failureText, finishedAt: sql`now()` })
        .where(and(eq(importJob.id, importId), eq(importJob.status, 'running'))),
    );
  }
}

const failureText: Text = {
  zh: '导入因内部错误中止,没有写入任何数据;请稍后重新上传。',
  en: 'The import stopped on an internal error and wrote nothing: please upload again later.',
};

interface Reading {
  drafts: { rowNumber: number; draft: Draft }[];
  problems: { rowNumber: number; problem: CellProblem }[];
  warnings: Text[];
  rows: number;
}

async function readRows(context: Context, job: typeof importJob.$inferSelect, sealedFile: Buffer): Promise<Reading> {
  const gazetteer = await readGazetteer(context);
  const bytes = await openFile(context, importScope(job.region, job.id), job.region, sealedFile);
  const reading: Reading = { drafts: [], problems: [], warnings: [], rows: 0 };
  const rows = readSheet(job.sheet as SheetId, bytes, {
    asOf: shanghaiDate(context.clock.now()),
    withinCode: job.region,
    resolveDivision: (text, withinCode) => gazetteer.resolve(text, withinCode),
  });
  for await (const row of rows) {
    if ('warnings' in row) reading.warnings.push(...row.warnings.map(({ message }) => message));
    if ('problems' in row)
      reading.problems.push(...row.problems.map((problem) => ({ rowNumber: row.rowNumber, problem })));
    if ('draft' in row) reading.drafts.push({ rowNumber: row.rowNumber, draft: row.draft });
    if (!('draft' in row) && !('problems' in row)) continue;
    reading.rows += 1;
    if (reading.rows % PROGRESS_ROWS === 0) await reportProgress(context, job, reading.rows);
  }
  return reading;
}

async function reportProgress({ db }: Context, job: Pick<Import, 'id' | 'region'>, rowsRead: number): Promise<void> {
  await db.inScope(importScope(job.region, job.id), (tx) =>
    tx.update(importJob).set({ rowsRead }).where(eq(importJob.id, job.id)),
  );
}

/** Undone by this error alone: a dry run and a refused file write no business row, yet keep their findings. */
class WriteNothing extends Error {}

async function record(context: Context, tx: Transaction, job: Import, reading: Reading): Promise<void> {
  // A worker that was thought dead may come here second: what stands recorded stays as it is.
  const [current] = await tx
    .select({ status: importJob.status })
    .from(importJob)
    .where(eq(importJob.id, job.id))
    .for('update');
  if (current?.status !== 'running') return;
  const counts: ImportCounts = { rows: reading.rows, created: 0, updated: 0, unchanged: 0, refused: 0 };
  const problems = [...reading.problems];
  const outcomes = await saveInSavepoint(context, tx, job, reading, problems);
  for (const saved of outcomes) counts[saved] += 1;
  counts.refused = new Set(problems.map(({ rowNumber }) => rowNumber)).size;

  const isTaken = problems.length === 0 || job.takesPartly;
  const rows = problems.slice(0, PROBLEMS_MAX).map(({ rowNumber, problem }) => ({
    id: newId(),
    region: job.region,
    importId: job.id,
    rowNumber,
    column: problem.column,
    cell: problem.cell,
    code: problem.code,
    message: problem.message,
  }));
  await inParts(rows, (part) => tx.insert(importProblem).values(part));
  await tx
    .update(importJob)
    .set({
      status: isTaken ? 'done' : 'refused',
      rowsRead: reading.rows,
      counts,
      warnings: reading.warnings.slice(0, WARNINGS_MAX),
      ...(problems.length === 0 && { sealedFile: null }),
      finishedAt: sql`now()`,
    })
    .where(eq(importJob.id, job.id));
  if (isTaken && !job.isDryRun && counts.created + counts.updated > 0) {
    await context.outbox.tell(tx, { type: 'import.completed', region: job.region, payload: { importId: job.id } });
  }
}

/** Writes what can be written and adds what the database knows to be wrong; rolls back to the savepoint when nothing may stay. */
async function saveInSavepoint(
  context: Context,
  tx: Transaction,
  job: Import,
  reading: Reading,
  problems: Reading['problems'],
): Promise<('created' | 'updated' | 'unchanged')[]> {
  let outcomes: ('created' | 'updated' | 'unchanged')[] = [];
  try {
    await inSavepoint(tx, async () => {
      outcomes = await saveDrafts(context, tx, job, reading, problems);
      const isRefused = problems.length > 0 && !job.takesPartly;
      if (job.isDryRun || isRefused) throw new WriteNothing();
    });
  } catch (error) {
    if (!(error instanceof WriteNothing)) throw error;
    if (!job.isDryRun) outcomes = [];
  }
  return outcomes;
}

async function saveDrafts(
  context: Context,
  tx: Transaction,
  job: Import,
  { drafts, warnings }: Reading,
  problems: Reading['problems'],
): Promise<('created' | 'updated' | 'unchanged')[]> {
  const parties = drafts.map(({ draft }) => draft).filter((draft): draft is PartyDraft => draft.type === 'party');
  if (parties.length > 0) {
    return saveParties(
      tx,
      parties.map(({ divisionCode, kind, name, uscc, contactOffice, contactPhone }) => ({
        region: divisionCode,
        ...{ kind, name, uscc, contactOffice, contactPhone },
      })),
    );
  }
  const listings = drafts.filter(
    (row): row is { rowNumber: number; draft: ListingDraft } => row.draft.type === 'listing',
  );
  const outcomes = await saveListings(
    context,
    tx,
    listings.map(({ draft }) => draft),
    { publishes: job.publishes, importId: job.id, recordedBy: job.requestedBy, onlyOwnerId: job.onlyOwnerId },
  );
  return outcomes.flatMap((outcome, index) => {
    const rowNumber = listings[index]?.rowNumber ?? 0;
    if ('saved' in outcome) {
      const { warning } = outcome;
      if (warning) warnings.push({ zh: `第 ${rowNumber} 行:${warning.zh}`, en: `Row ${rowNumber}: ${warning.en}` });
      return [outcome.saved];
    }
    const { path, code, message } = outcome.refused;
    const column = sheetById(job.sheet as SheetId).columns.find((c) => c.path === path);
    problems.push({
      rowNumber,
      problem: {
        column: column?.header ?? path,
        cell: '',
        code,
        message: {
          zh: `第 ${rowNumber} 行:${column?.header ?? path}:${message.zh}`,
          en: `Row ${rowNumber}, ${column?.headerEn ?? path}: ${message.en}`,
        },
      },
    });
    return [];
  });
}

async function openFile({ db, sealer }: Context, scope: Scope, region: string, sealedFile: Buffer): Promise<Buffer> {
  const keys = await db.inScope(scope, (tx) => sealer.forOpening(tx, countyOf(region)));
  return keys.open(sealedFile);
}

function importScope(region: string, importId: string): Scope {
  return { ...divisionRange(region), audience: 'division', actor: 'system:import', requestId: importId };
}

export async function readImport({ db }: Context, scope: Scope, id: string): Promise<Import> {
  const [job] = await db.inScope(scope, (tx) => tx.select(importColumns).from(importJob).where(eq(importJob.id, id)));
  if (!job) throw notFound();
  return job;
}

export async function readImportProblems(
  { db }: Context,
  scope: Scope,
  { importId, after, limit }: { importId: string; after: { rowNumber: number; id: string } | undefined; limit: number },
): Promise<ImportProblem[]> {
  return db.inScope(scope, async (tx) => {
    const [job] = await tx.select({ id: importJob.id }).from(importJob).where(eq(importJob.id, importId));
    if (!job) throw notFound();
    return tx
      .select()
      .from(importProblem)
      .where(
        and(
          eq(importProblem.importId, importId),
          after &&
            gt(
              sql`(${importProblem.rowNumber}, ${importProblem.id})`,
              sql`(${after.rowNumber}::int, ${after.id}::uuid)`,
            ),
        ),
      )
      .orderBy(importProblem.rowNumber, importProblem.id)
      .limit(limit + 1);
  });
}

/** The wrong rows alone, cells marked, ready to be mended and uploaded again. @throws Problem conflict when none is wrong. */
export async function readErrorWorkbook(
  context: Context,
  scope: Scope,
  importId: string,
): Promise<{ fileName: string; bytes: Buffer }> {
  const { job, problems } = await context.db.inScope(scope, async (tx) => {
    const [found] = await tx.select().from(importJob).where(eq(importJob.id, importId));
    if (!found) throw notFound();
    return {
      job: found,
      problems: await tx
        .select()
        .from(importProblem)
        .where(eq(importProblem.importId, importId))
        .orderBy(importProblem.rowNumber, importProblem.id),
    };
  });
  if (problems.length === 0) {
    throw new Problem('conflict', { zh: '这次导入没有错误行。', en: 'This import has no wrong rows.' });
  }
  if (!job.sealedFile) {
    throw new Problem('conflict', {
      zh: '原文件已按保存期限或应个人申请删除,请重新上传。',
      en: 'The file was removed, for its age or because a person asked for it: upload it again.',
    });
  }
  const original = await openFile(context, scope, job.region, job.sealedFile);
  const bytes = await buildErrorWorkbook(
    job.sheet as SheetId,
    original,
    groupBy(problems, ({ rowNumber }) => rowNumber),
  );
  return { fileName: job.fileName, bytes };
}

/**
 * Kept uploads of a county in which a person stands, by name, ID number or phone; a workbook that cannot be read counts as one.
 * @throws Problem unavailable while an upload of people is still waiting or being read: what it will write is not known yet.
 */
export async function findImportFilesWith(
  context: Context,
  ofCounty: Scope,
  { name, idNumber, phone }: Identity,
): Promise<string[]> {
  const jobs = await context.db.inScope(ofCounty, (tx) =>
    tx
      .select({ id: importJob.id, status: importJob.status, region: importJob.region })
      .from(importJob)
      .where(and(inArray(importJob.sheet, sheetsWithPeople), isNotNull(importJob.sealedFile))),
  );
  if (jobs.some(({ status }) => status === 'queued' || status === 'running')) {
    throw new Problem(
      'unavailable',
      {
        zh: '正在读入一份人员表格,请稍后再试。',
        en: 'A workbook of people is being read, try again in a moment.',
      },
      { retryAfterSeconds: 5 },
    );
  }
  const found: string[] = [];
  for (const { id, region } of jobs) {
    const [kept] = await context.db.inScope(ofCounty, (tx) =>
      tx.select({ sealedFile: importJob.sealedFile }).from(importJob).where(eq(importJob.id, id)),
    );
    if (!kept?.sealedFile) continue;
    const bytes = await openFile(context, ofCounty, region, kept.sealedFile);
    if (await holdsText(bytes, [name, idNumber, phone])) found.push(id);
  }
  return found;
}

const sheetsWithPeople = sheetIds.filter((id) => sheetById(id).kind?.person !== undefined);

export async function removeImportFiles(tx: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) {
    await tx
      .update(importJob)
      .set({ sealedFile: null })
      .where(inArray(importJob.id, [...ids]));
  }
}

/** Returns how many were removed. Waiting ones stay: they still have to be read. */
export async function removeImportFilesBefore(tx: Transaction, before: Date): Promise<number> {
  const removed = await tx
    .update(importJob)
    .set({ sealedFile: null })
    .where(
      and(
        isNotNull(importJob.sealedFile),
        inArray(importJob.status, ['done', 'refused', 'failed']),
        lt(importJob.createdAt, before),
      ),
    )
    .returning({ id: importJob.id });
  return removed.length;
}

/** @throws Problem forbidden when an import would reach beyond the caller's own division. */
export function assertWithin(divisionCode: string, callerDivision: string | undefined): void {
  if (callerDivision === undefined || divisionContains(callerDivision, divisionCode)) return;
  throw new Problem('forbidden', {
    zh: '该区划不在您的管辖范围内。',
    en: 'That division is not within yours.',
  });
}
