// Excel is the real door. Enters: an uploaded workbook. Leaves: an import job that a worker carries out: rows taken, or every
// wrong cell named. Idempotent by row, not by file: the same row changes its listing instead of adding one, and a file that
// comes again is read again, because what it once wrote may have been withdrawn or changed since.

import { createHash } from 'node:crypto';
import { and, eq, gt, inArray, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { countyOf, saveParties, type Identity } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import { inParts, inSavepoint, sqlState, type Scope, type Transaction } from '../platform/database.ts';
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
  bytes: Buffer;
  isDryRun: boolean;
  /** Takes the good rows although others are wrong; otherwise one wrong row keeps the whole file out. */
  takesPartly: boolean;
  publishes: boolean;
  /** The party that uploads for itself, if it is one. */
  onlyOwnerId: string | null;
}

/** Accepts a file and returns at once. While it waits or is read, the same file asked for in the same way is the same import. */
export async function requestImport(
  context: Context,
  scope: Scope,
  upload: Upload,
): Promise<{ job: Import; isNew: boolean }> {
  const { bytes, divisionCode, sheet, isDryRun, takesPartly, publishes, onlyOwnerId } = upload;
  const fileHash = createHash('sha256').update(bytes).digest('hex');
  return context.db.inScope(scope, async (tx) => {
    // Two uploads of one file at the same moment: the second waits here, and finds the first.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`import ${fileHash}`}, 0))`);
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
          onlyOwnerId === null ? isNull(importJob.onlyOwnerId) : eq(importJob.onlyOwnerId, onlyOwnerId),
          inArray(importJob.status, ['queued', 'running']),
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

/** Rows read, judged and written at a time; then progress is reported. */
const BATCH_ROWS = 500;
/** Wrong cells kept of one file; beyond this the file is the wrong one. */
const PROBLEMS_MAX = 5_000;
const WARNINGS_MAX = 50;

/**
 * Reaction: reads the file row by row, decides, and writes everything or nothing in one transaction. Safe to run again.
 * @param closing fires when the process must end: the import is undone then, and begins anew elsewhere or later.
 */
export async function runImport(
  context: Context,
  { importId }: { importId: string },
  region: string,
  closing?: AbortSignal,
): Promise<void> {
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
    const bytes = await openFile(context, scope, region, job.sealedFile);
    await db.inScope(scope, (tx) => takeRows(context, tx, job, bytes, closing));
  } catch (error) {
    if (closing?.aborted || error instanceof ImportIsRead || passingStates.has(sqlState(error) ?? '')) throw error;
    log.error({ err: error, importId }, 'import failed');
    await db.inScope(scope, (tx) =>
      tx
        .update(importJob)
        .set({ status: 'failed', failure: failureText, finishedAt: sql`now()` })
        .where(and(eq(importJob.id, importId), eq(importJob.status, 'running'))),
    );
  }
}

/** Somebody else wrote the same rows at the same time: nobody's mistake, and over when the import is offered again. */
const passingStates: ReadonlySet<string> = new Set(['40001', '40P01', '55P03']);

/** Another worker, maybe thought dead, is at this import: when it is done there is nothing left to do, otherwise all. */
class ImportIsRead extends Error {
  override name = 'ImportIsRead';
}

const failureText: Text = {
  zh: '导入因内部错误中止,没有写入任何数据;请稍后重新上传。',
  en: 'The import stopped on an internal error and wrote nothing: please upload again later.',
};

/** What is known of the file so far. Bounded, however large it is. */
interface Findings {
  counts: ImportCounts;
  problems: { rowNumber: number; problem: CellProblem }[];
  problemsLeftOut: number;
  /** nothing of the file may be taken, whatever its rows are */
  isFileWrong: boolean;
  warnings: Text[];
}

function noteProblems(findings: Findings, rowNumber: number, problems: readonly CellProblem[]): void {
  findings.counts.refused += 1;
  if (rowNumber === 0) findings.isFileWrong = true;
  for (const problem of problems) {
    if (findings.problems.length < PROBLEMS_MAX) findings.problems.push({ rowNumber, problem });
    else findings.problemsLeftOut += 1;
  }
}

function noteWarning(findings: Findings, warning: Text): void {
  if (findings.warnings.length < WARNINGS_MAX) findings.warnings.push(warning);
}

async function takeRows(
  context: Context,
  tx: Transaction,
  job: Import,
  bytes: Buffer,
  closing: AbortSignal | undefined,
): Promise<void> {
  // A worker that was thought dead may come here second: what stands recorded stays as it is. The row itself is not locked,
  // because progress is reported past this transaction.
  if (!(await isMineToRead(tx, job.id))) return;
  const findings = await saveInSavepoint(context, tx, job, bytes, closing);
  const { counts, problems, warnings } = findings;
  const rows = problems
    .sort((a, b) => a.rowNumber - b.rowNumber)
    .map(({ rowNumber, problem }) => ({
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
      status: isRefused(job, findings) ? 'refused' : 'done',
      rowsRead: counts.rows,
      counts,
      warnings,
      ...(problems.length === 0 && { sealedFile: null }),
      finishedAt: sql`now()`,
    })
    .where(eq(importJob.id, job.id));
  if (!job.isDryRun && counts.created + counts.updated > 0) {
    await context.outbox.tell(tx, { type: 'import.completed', region: job.region, payload: { importId: job.id } });
  }
}

async function isMineToRead(tx: Transaction, importId: string): Promise<boolean> {
  const { rows } = await tx.execute<{ isMine: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`import ${importId}`}, 0)) as "isMine"`,
  );
  if (!rows[0]?.isMine) throw new ImportIsRead('another worker is reading this import');
  const [current] = await tx.select({ status: importJob.status }).from(importJob).where(eq(importJob.id, importId));
  return current?.status === 'running';
}

function isRefused({ takesPartly }: Import, { counts, isFileWrong }: Findings): boolean {
  return isFileWrong || (counts.refused > 0 && !takesPartly);
}

/** Undone by this error alone: a dry run and a refused file write no business row, yet keep their findings. */
class WriteNothing extends Error {}

/** Writes what can be written and adds what the database knows to be wrong; rolls back to the savepoint when nothing may stay. */
async function saveInSavepoint(
  context: Context,
  tx: Transaction,
  job: Import,
  bytes: Buffer,
  closing: AbortSignal | undefined,
): Promise<Findings> {
  const findings: Findings = {
    counts: { rows: 0, created: 0, updated: 0, unchanged: 0, refused: 0 },
    problems: [],
    problemsLeftOut: 0,
    isFileWrong: false,
    warnings: [],
  };
  try {
    await inSavepoint(tx, async () => {
      for await (const drafts of readDrafts(context, job, bytes, findings)) {
        closing?.throwIfAborted();
        await saveDrafts(context, tx, job, drafts, findings);
        await reportProgress(context, job, findings.counts.rows);
      }
      if (job.isDryRun || isRefused(job, findings)) throw new WriteNothing();
    });
  } catch (error) {
    if (!(error instanceof WriteNothing)) throw error;
    if (!job.isDryRun) Object.assign(findings.counts, { created: 0, updated: 0, unchanged: 0 });
  }
  const { problemsLeftOut: more } = findings;
  if (more > 0) {
    findings.warnings.unshift({
      zh: `错误太多,只列出前 ${PROBLEMS_MAX} 处,另有 ${more} 处未列出`,
      en: `too many mistakes: the first ${PROBLEMS_MAX} are listed, ${more} more are not`,
    });
  }
  return findings;
}

interface NumberedDraft {
  rowNumber: number;
  draft: Draft;
}

/** The good rows, some at a time; what is wrong with the others is noted. */
async function* readDrafts(
  context: Context,
  job: Import,
  bytes: Buffer,
  findings: Findings,
): AsyncGenerator<NumberedDraft[]> {
  const gazetteer = await readGazetteer(context);
  const rows = readSheet(job.sheet as SheetId, bytes, {
    asOf: shanghaiDate(context.clock.now()),
    withinCode: job.region,
    resolveDivision: (text, withinCode) => gazetteer.resolve(text, withinCode),
  });
  let drafts: NumberedDraft[] = [];
  for await (const row of rows) {
    if ('warnings' in row) for (const { message } of row.warnings) noteWarning(findings, message);
    if ('problems' in row) noteProblems(findings, row.rowNumber, row.problems);
    if ('draft' in row) drafts.push({ rowNumber: row.rowNumber, draft: row.draft });
    if (!('draft' in row) && !('problems' in row)) continue;
    findings.counts.rows += 1;
    if (findings.counts.rows % BATCH_ROWS !== 0) continue;
    yield drafts;
    drafts = [];
  }
  if (drafts.length > 0) yield drafts;
}

/** Past the transaction of the import, so that others see it. */
async function reportProgress({ db }: Context, job: Pick<Import, 'id' | 'region'>, rowsRead: number): Promise<void> {
  await db.inScope(importScope(job.region, job.id), (tx) =>
    tx.update(importJob).set({ rowsRead }).where(eq(importJob.id, job.id)),
  );
}

async function saveDrafts(
  context: Context,
  tx: Transaction,
  job: Import,
  drafts: readonly NumberedDraft[],
  findings: Findings,
): Promise<void> {
  const parties = drafts.map(({ draft }) => draft).filter((draft): draft is PartyDraft => draft.type === 'party');
  const saved = await saveParties(
    tx,
    parties.map(({ divisionCode, kind, name, uscc, contactOffice, contactPhone }) => ({
      region: divisionCode,
      ...{ kind, name, uscc, contactOffice, contactPhone },
    })),
  );
  for (const outcome of saved) findings.counts[outcome] += 1;
  const listings = drafts.filter(
    (row): row is { rowNumber: number; draft: ListingDraft } => row.draft.type === 'listing',
  );
  const outcomes = await saveListings(
    context,
    tx,
    listings.map(({ draft }) => draft),
    {
      ...{ publishes: job.publishes, importId: job.id, recordedBy: job.requestedBy, onlyOwnerId: job.onlyOwnerId },
      byRole: job.onlyOwnerId === null ? 'official' : 'collective',
    },
  );
  outcomes.forEach((outcome, index) => {
    const rowNumber = listings[index]?.rowNumber ?? 0;
    if ('saved' in outcome) {
      const { saved, warning } = outcome;
      findings.counts[saved] += 1;
      if (warning)
        noteWarning(findings, { zh: `第 ${rowNumber} 行:${warning.zh}`, en: `Row ${rowNumber}: ${warning.en}` });
      return;
    }
    const { path, code, message } = outcome.refused;
    const column = sheetById(job.sheet as SheetId).columns.find((c) => c.path === path);
    noteProblems(findings, rowNumber, [
      {
        column: column?.header ?? path,
        cell: '',
        code,
        message: {
          zh: `第 ${rowNumber} 行:${column?.header ?? path}:${message.zh}`,
          en: `Row ${rowNumber}, ${column?.headerEn ?? path}: ${message.en}`,
        },
      },
    ]);
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
): Promise<{ sheet: SheetId; bytes: Buffer }> {
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
  const sheet = job.sheet as SheetId;
  const bytes = await buildErrorWorkbook(
    sheet,
    original,
    groupBy(problems, ({ rowNumber }) => rowNumber),
  );
  return { sheet, bytes };
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
