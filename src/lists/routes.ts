import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Context } from '../platform/context.ts';
import {
  decodeCursor,
  idKey,
  idParams,
  operation,
  pageOf,
  pageQuery,
  textSchema,
  readIfMatch,
  toPage,
  type Operation,
} from '../platform/http/index.ts';
import type { Principal } from '../platform/http/index.ts';
import { newId } from '../platform/id.ts';
import { notFound, Problem } from '../platform/problem.ts';
import { disclosurePurposes, findPartiesById, type ConsentGiven, type StatedIdentity } from '../parties/index.ts';
import type { Scope } from '../platform/database.ts';
import { readGazetteer } from '../regions/index.ts';
import { meOperation } from './me.ts';
import { shanghaiDate } from '../vocabulary/calendar.ts';
import type { Text } from '../vocabulary/text.ts';
import { divisionLevelOf, divisionRange } from '../vocabulary/division-code.ts';
import { examples } from './examples.ts';
import { publishCounts, SMALLEST_CELL } from './idle-labour.ts';
import {
  assertWithin,
  readErrorWorkbook,
  readImport,
  readImportProblems,
  requestImport,
  type Import,
} from './imports.ts';
import {
  kindById,
  kinds,
  listIds,
  type CollectiveDecision,
  listLabels,
  type KindId,
  type StatedPoint,
} from './kinds/index.ts';
import {
  divisionCode,
  importProblemSchema,
  importSchema,
  kindSchema,
  listingChangeDocument,
  listingChangeSchema,
  listingSchema,
  listSchema,
  newListingSchema,
  statusSchema,
} from './schemas.ts';
import { countByKind, countLabour, findListings, readListing, type ListingWithOwner } from './find-listings.ts';
import { changeListing, createListing } from './save-listings.ts';
import { lifecycleOperations } from './lifecycle/routes.ts';
import { standingStatuses } from './lifecycle/states.ts';
import { readMaskedPeople, seesAll, toOwnListing } from './own-listing.ts';
import { noPeople, toListing } from './state-listing.ts';
import { exportSheet } from './exports.ts';
import { sorts } from './search/orders.ts';
import { checkSearch, checkSort, searchQuery, sortKeys, toPublicFilter } from './search/query.ts';
import { savedSearchOperations } from './saved-searches/routes.ts';
import { searchOperations } from './search/routes.ts';
import { searchListings } from './search/search-listings.ts';
import {
  buildTemplate,
  sheetById,
  sheetIds,
  sheetRowsMax,
  workbookBytesMax,
  type ListingDraft,
} from './sheets/index.ts';

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export function listOperations(context: Context): Operation[] {
  return [
    meOperation(context),
    ...publishedLists(context),
    ...listingOperations(context),
    ...lifecycleOperations(context),
    ...searchOperations(context),
    ...savedSearchOperations(context),
    ...importOperations(context),
    exportOperation(context),
  ];
}

// ── The four lists ──────────────────────────────────────────────────────────────────────────────────────────────────

const overviewSchema = z
  .object({
    divisionCode: z.string(),
    lists: z.array(
      z.object({
        list: listSchema,
        label: textSchema,
        kinds: z.array(z.object({ kind: kindSchema, label: textSchema, published: z.int().nullable() })),
      }),
    ),
  })
  .meta({ id: 'FourLists' });

const aggregatesSchema = z
  .object({
    countyCode: z.string(),
    smallestCell: z
      .int()
      .describe('Smaller counts are suppressed, and others with them where they could be worked out'),
    cells: z.array(
      z.object({
        divisionCode: z.string(),
        place: z.string(),
        skill: z.string(),
        people: z.int().nullable().describe('Rounded down to a multiple of 5; null: suppressed'),
      }),
    ),
  })
  .meta({ id: 'IdleLabourList' });

function publishedLists(context: Context): Operation[] {
  return [
    operation({
      method: 'GET',
      url: '/v1/lists',
      id: 'getFourLists',
      tag: 'lists',
      summary: { zh: '四张清单总览', en: 'The four lists at a glance' },
      permission: 'lists:read',
      query: z.strictObject({ division: divisionCode }),
      problems: ['not-found'],
      reply: { status: 200, schema: overviewSchema, example: examples.fourLists },
      async handle({ query, visitor }) {
        if (!(await readGazetteer(context)).find(query.division)) throw notFound();
        const counts = await countByKind(context, visitor, query.division);
        return {
          divisionCode: query.division,
          lists: listIds.map((list) => ({
            list,
            label: listLabels[list],
            kinds: kinds
              .filter((kind) => kind.list === list)
              .map(({ id, label, isPublic }) => ({
                kind: id,
                label,
                // People are counted in the suppressed list only, or not at all.
                published: isPublic ? (counts.find((count) => count.kind === id)?.published ?? 0) : null,
              })),
          })),
        };
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/lists/idle-labour',
      id: 'getIdleLabourList',
      tag: 'lists',
      summary: {
        zh: '闲置劳动力清单:按区划与技能的人数,小数隐去',
        en: 'The idle-labour list: people by division and skill, small cells suppressed',
      },
      permission: 'lists:read',
      query: z.strictObject({
        county: divisionCode.refine((code) => divisionLevelOf(code) === 'county', {
          message: 'must be a county',
          params: { text: { zh: '须为 6 位县级代码', en: 'must be the 6 digits of a county' } },
        }),
        parent: divisionCode.optional().describe('Only the divisions directly below this one'),
      }),
      problems: ['not-found'],
      reply: { status: 200, schema: aggregatesSchema, example: examples.idleLabour },
      async handle({ query, principal, request }) {
        const gazetteer = await readGazetteer(context);
        if (!gazetteer.find(query.county)) throw notFound();
        // Reads all labour of the county, whoever asks: only suppressed counts leave this function.
        const scope = {
          ...divisionRange(query.county),
          audience: 'division',
          actor: principal.subject,
          requestId: request.id,
        };
        const cells = publishCounts(await countLabour(context, scope, query.county), query.county)
          .filter(
            ({ divisionCode: code }) => query.parent === undefined || gazetteer.find(code)?.parentCode === query.parent,
          )
          .map((cell) => ({ ...cell, place: gazetteer.fullNameOf(cell.divisionCode) }));
        return { countyCode: query.county, smallestCell: SMALLEST_CELL, cells };
      },
    }),
  ];
}

// ── Listings ────────────────────────────────────────────────────────────────────────────────────────────────────────

function listingOperations(context: Context): Operation[] {
  const listingReply = { status: 200 as const, schema: listingSchema, example: examples.listing };
  return [
    operation({
      method: 'GET',
      url: '/v1/listings',
      id: 'findListings',
      tag: 'listings',
      summary: { zh: '检索清单条目', en: 'Find listings' },
      description:
        'Words are searched one by one, all must be found; everyday names (湖仁), pinyin (hurencun, hu ren, fengren) and the ' +
        'initials of villages (hrc) work, and so do common synonyms (车间 finds 厂房), what sounds alike (湖人村), and amounts as ' +
        'people write them (三亩二分). What searches the public lists alone: near, bbox, the days, sort.',
      permission: 'listings:read',
      query: z
        .strictObject({
          ...searchQuery,
          view: z
            .enum(['public', 'own'])
            .default('public')
            .describe('`own`: what the caller’s role sees in its division, drafts too'),
          status: statusSchema.optional().describe('With view=own'),
          doubted: z
            .enum(['true', 'false'])
            .optional()
            .describe(
              '疑似失效 · with view=own: those that are doubted to hold still, or those that are not; of its own for a party or a ' +
                'household, of the division for officials',
            ),
          sort: z
            .enum(sorts)
            .optional()
            .describe(
              '`relevance`, when words are searched and nothing is said: titles that say them before others, the freshest of ' +
                'either first. `freshness`, else: published last comes first. `distance`: needs near. `price`: needs kind; ' +
                'lowest first, those without a price are left out',
            ),
          ...pageQuery,
        })
        .superRefine((query, refinement) => {
          checkSearch(query, refinement);
          checkSort(query, refinement);
        }),
      reply: {
        status: 200,
        schema: pageOf(listingSchema, 'ListingPage'),
        example: { items: [examples.listing], nextCursor: null },
      },
      async handle({ query, scope, visitor, principal }) {
        const gazetteer = await readGazetteer(context);
        if (query.view === 'public') {
          const after = decodeCursor(query.cursor, sortKeys);
          const found = await searchListings(context, visitor, toPublicFilter(query, gazetteer), {
            sort: query.sort ?? (query.q === undefined ? 'freshness' : 'relevance'),
            after: after.length === 0 ? undefined : after,
            limit: query.limit,
          });
          const toItem = (one: ListingWithOwner) => toListing(one, gazetteer, { isComplete: false, people: noPeople });
          return toPage(found, query.limit, toItem, ({ keys }) => keys);
        }
        if (principal.role === 'anonymous') throw new Problem('unauthenticated');
        const rows = await findListings(context, scope, {
          kind: query.kind,
          list: query.list,
          divisionCode: query.division,
          status: query.status,
          ...(query.doubted && { doubt: { isDoubted: query.doubted === 'true', owner: principal } }),
          q: query.q,
          beforeId: decodeCursor(query.cursor, idKey)[0],
          limit: query.limit,
        });
        const people = await readMaskedPeople(context, scope, principal, rows);
        const toItem = (found: ListingWithOwner) =>
          toListing(found, gazetteer, { isComplete: seesAll(principal, found), people });
        return toPage(rows, query.limit, toItem, ({ row }) => [row.id]);
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/listings/:id',
      id: 'getListing',
      tag: 'listings',
      summary: { zh: '读取一条清单条目', en: 'Read one listing' },
      permission: 'listings:read',
      params: idParams,
      problems: ['not-found'],
      reply: listingReply,
      async handle({ params, scope, visitor, principal }) {
        const found = await readListing(context, { scope, visitor }, params.id);
        const people = found.isOwn ? await readMaskedPeople(context, scope, principal, [found]) : noPeople;
        const isComplete = found.isOwn && seesAll(principal, found);
        return toListing(found, await readGazetteer(context), { isComplete, people });
      },
    }),
    operation({
      method: 'POST',
      url: '/v1/listings',
      id: 'createListing',
      tag: 'listings',
      summary: { zh: '登记一条清单条目(草稿)', en: 'Write down a listing, as a draft' },
      permission: 'listings:write',
      body: newListingSchema,
      bodyExample: examples.newListing,
      problems: ['conflict', 'forbidden'],
      reply: { ...listingReply, status: 201, location: '/v1/listings/:id' },
      async handle({ body, scope, principal }) {
        const draft = await toDraft(context, body as unknown as NewListing, principal, scope);
        const row = await createListing(context, scope, draft, principal.role);
        return toOwnListing(context, scope, principal, row.id);
      },
    }),
    operation({
      method: 'PATCH',
      url: '/v1/listings/:id',
      id: 'changeListing',
      tag: 'listings',
      summary: { zh: '修改一条清单条目', en: 'Change a listing' },
      permission: 'listings:write',
      params: idParams,
      body: listingChangeSchema,
      documentedBody: listingChangeDocument,
      bodyExample: { attributes: { areaM2: 240 } },
      problems: ['not-found', 'forbidden', 'conflict'],
      reply: listingReply,
      async handle({ params, body, scope, principal, request }) {
        const expectedVersion = readIfMatch(request.headers['if-match']);
        const row = await changeListing(context, scope, params.id, body, { byRole: principal.role, expectedVersion });
        return toOwnListing(context, scope, principal, row.id);
      },
    }),
  ];
}

interface NewListing {
  kind: KindId;
  divisionCode: string;
  owner?: string;
  rowKey?: string;
  title?: string;
  point?: StatedPoint;
  availableFrom?: string;
  availableTo?: string;
  attributes: Record<string, unknown>;
  decision?: CollectiveDecision;
  person?: StatedIdentity;
  consent?: ConsentGiven;
}

async function toDraft(context: Context, body: NewListing, principal: Principal, scope: Scope): Promise<ListingDraft> {
  assertWithin(body.divisionCode, principal.divisionCode);
  if (!(await readGazetteer(context)).find(body.divisionCode)) {
    const message = { zh: '没有这个区划代码,或已停用。', en: 'There is no such division in force.' };
    throw new Problem('unprocessable', undefined, { errors: [{ path: 'body.divisionCode', message }] });
  }
  const kind = kindById(body.kind);
  const owner = body.owner ?? (await ownUscc(context, principal, scope));
  if (owner === null && kind.columns.some((column) => column.path === 'owner' && column.isRequired)) {
    const message = { zh: '请填写权属主体的统一社会信用代码。', en: 'Name the owner by unified social credit code.' };
    throw new Problem('unprocessable', undefined, { errors: [{ path: 'body.owner', message }] });
  }
  const common = {
    type: 'listing' as const,
    kindId: kind.id,
    divisionCode: body.divisionCode,
    owner,
    point: body.point ?? null,
    availableFrom: body.availableFrom ?? null,
    availableTo: body.availableTo ?? null,
    ...(kind.isCommonAsset && { decision: body.decision ?? null }),
  };
  if (!kind.person || !body.person || !body.consent) {
    const { attributes } = body;
    const title = body.title ?? kind.titleOf(attributes);
    return { ...common, rowKey: `${owner ?? ''}/${body.rowKey ?? newId()}`, title, attributes };
  }
  const settled = kind.person.settle(body.person, shanghaiDate(context.clock.now()));
  if ('refused' in settled) {
    const { path, text: message } = settled.refused;
    throw new Problem('unprocessable', undefined, { errors: [{ path: `body.${path}`, message }] });
  }
  const attributes = { ...body.attributes, ...settled.attributes };
  const title = body.title ?? kind.titleOf(attributes);
  return {
    ...common,
    rowKey: null,
    person: body.person,
    consent: body.consent,
    title,
    attributes,
  };
}

async function ownUscc({ db }: Context, { partyId }: Principal, scope: Scope): Promise<string | null> {
  if (partyId === undefined) return null;
  const own = await db.inScope(scope, (tx) => findPartiesById(tx, [partyId]));
  return own.get(partyId)?.uscc ?? null;
}

// ── Imports ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const sheetParams = z.strictObject({ sheet: z.enum(sheetIds).describe('Which sheet') });
const flag = z.enum(['true', 'false']).default('false');

/** Wrong cells are read from top to bottom. */
const problemKey = z.tuple([z.int().min(0), z.uuid()]);

function importOperations(context: Context): Operation[] {
  const importReply = { status: 200 as const, schema: importSchema, example: examples.import };
  return [
    operation({
      method: 'GET',
      url: '/v1/import-templates/:sheet',
      id: 'getImportTemplate',
      tag: 'imports',
      summary: { zh: '下载填报模板(xlsx)', en: 'Download the template to fill in (xlsx)' },
      permission: 'lists:read',
      params: sheetParams,
      reply: { status: 200, contentType: xlsx },
      async handle({ params, reply }) {
        offerFile(reply, `${sheetById(params.sheet).label.zh}模板.xlsx`);
        return buildTemplate(params.sheet);
      },
    }),
    operation({
      method: 'POST',
      url: '/v1/imports',
      id: 'requestImport',
      tag: 'imports',
      summary: { zh: '上传表格导入', en: 'Upload a workbook to import' },
      description:
        `The workbook itself is the body, at most ${workbookBytesMax / 1024 / 1024} MiB. It is read by a worker: watch the ` +
        'import until it is done, refused or failed. While it waits or is read, the same file again is the same import; later ' +
        'it is read again, and rows that still stand are unchanged. Its name is not asked for: file names hold names of people.',
      permission: 'imports:write',
      query: z.strictObject({
        sheet: z.enum(sheetIds).describe('What the file lists'),
        division: divisionCode.describe('Every row must lie in this division'),
        dryRun: flag.describe('Only report'),
        partly: flag.describe('Take the good rows although others are wrong'),
        publish: flag.describe('Publish what is taken; needs listings:publish'),
      }),
      upload: { contentTypes: [xlsx, 'application/octet-stream'], bytesMax: workbookBytesMax },
      reply: {
        ...importReply,
        status: 202,
        location: '/v1/imports/:id',
        example: { ...examples.import, status: 'queued' as const, counts: null, finishedAt: null },
      },
      async handle({ query, request, principal, scope }) {
        assertWithin(query.division, principal.divisionCode);
        const publishes = query.publish === 'true';
        if (publishes && !principal.permissions.has('listings:publish')) throw new Problem('forbidden');
        const isOfficial = principal.role === 'official' || principal.role === 'platform';
        // Whoever acts for a person has nothing of its own to import.
        const isOwnResources = principal.partyId !== undefined && sheetById(query.sheet).kind?.list === 'resources';
        if (!isOfficial && !isOwnResources) throw onlyOwnResources();
        const { job } = await requestImport(context, scope, {
          sheet: query.sheet,
          divisionCode: query.division,
          bytes: request.body as Buffer,
          isDryRun: query.dryRun === 'true',
          takesPartly: query.partly === 'true',
          publishes,
          onlyOwnerId: principal.partyId ?? null,
        });
        return toImport(job);
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/imports/:id',
      id: 'getImport',
      tag: 'imports',
      summary: { zh: '查看导入进度与结果', en: 'Watch an import' },
      permission: 'imports:write',
      params: idParams,
      problems: ['not-found'],
      reply: importReply,
      handle: async ({ params, scope }) => toImport(await readImport(context, scope, params.id)),
    }),
    operation({
      method: 'GET',
      url: '/v1/imports/:id/problems',
      id: 'listImportProblems',
      tag: 'imports',
      summary: { zh: '逐格列出导入错误', en: 'Every wrong cell of an import' },
      permission: 'imports:write',
      params: idParams,
      query: z.strictObject(pageQuery),
      problems: ['not-found'],
      reply: {
        status: 200,
        schema: pageOf(importProblemSchema, 'ImportProblemPage'),
        example: { items: [examples.importProblem], nextCursor: null },
      },
      async handle({ params, query, scope }) {
        const seen = decodeCursor(query.cursor, problemKey);
        const after = seen.length === 0 ? undefined : { rowNumber: seen[0], id: seen[1] };
        const rows = await readImportProblems(context, scope, { importId: params.id, after, limit: query.limit });
        return toPage(
          rows,
          query.limit,
          ({ rowNumber: row, column, cell, code, message }) => ({ rowNumber: row, column, cell, code, message }),
          (row) => [row.rowNumber, row.id],
        );
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/imports/:id/error-workbook',
      id: 'getErrorWorkbook',
      tag: 'imports',
      summary: {
        zh: '下载错误行工作簿,改正后可重新上传',
        en: 'The wrong rows as a workbook, to mend and upload again',
      },
      permission: 'imports:write',
      params: idParams,
      problems: ['not-found', 'conflict'],
      reply: { status: 200, contentType: xlsx },
      async handle({ params, scope, reply }) {
        const { sheet, bytes } = await readErrorWorkbook(context, scope, params.id);
        offerFile(reply, `${sheetById(sheet).label.zh}-待改正.xlsx`);
        return bytes;
      },
    }),
  ];
}

function exportOperation(context: Context): Operation {
  return operation({
    method: 'GET',
    url: '/v1/exports/:sheet',
    id: 'exportSheet',
    tag: 'imports',
    summary: { zh: '按填报模板导出(xlsx)', en: 'Export in the columns of the template (xlsx)' },
    description:
      'What stands, drafts too: imported again unchanged, it changes nothing. Officials export all of a division, others what ' +
      'is their own. A sheet of people holds their ID numbers: officials only, a village or town at a time, with a purpose, and ' +
      `for each person it is on record who was shown him. People who do not agree now are left out. At most ${sheetRowsMax} rows.`,
    permission: 'exports:read',
    params: sheetParams,
    query: z.strictObject({
      division: divisionCode,
      status: statusSchema.optional().describe('Left out: all but withdrawn, expired and closed'),
      purpose: z.enum(disclosurePurposes).optional().describe('For sheets of people: why they must be seen'),
    }),
    problems: ['conflict'],
    reply: { status: 200, contentType: xlsx },
    async handle({ params: { sheet }, query, principal, scope, reply }) {
      assertWithin(query.division, principal.divisionCode);
      const { kind, label } = sheetById(sheet);
      const isOfficial = principal.role === 'official' || principal.role === 'platform';
      if (!isOfficial && (kind === undefined || principal.partyId === undefined)) throw new Problem('forbidden');
      if (kind?.person) {
        if (!isOfficial || !principal.permissions.has('persons:disclose')) throw new Problem('forbidden');
        assertMayLeave(query);
      }
      const bytes = await exportSheet(context, scope, {
        sheet,
        divisionCode: query.division,
        statuses: query.status ? [query.status] : standingStatuses,
        onlyOwnerId: isOfficial ? null : (principal.partyId ?? null),
        purpose: query.purpose,
      });
      offerFile(reply, `${label.zh}.xlsx`);
      return Readable.from(bytes, { objectMode: false });
    },
  });
}

/** @throws Problem unprocessable: a list of people leaves for a purpose, and no larger than somebody on the spot needs it. */
function assertMayLeave({ division, purpose }: { division: string; purpose?: string | undefined }): void {
  const errors: { path: string; message: Text }[] = [];
  if (purpose === undefined) {
    const message = { zh: '名单含身份证号,请说明目的。', en: 'The list holds ID numbers: state the purpose.' };
    errors.push({ path: 'querystring.purpose', message });
  }
  if (!['village', 'town'].includes(divisionLevelOf(division) ?? '')) {
    const message = { zh: '人员名单只能按乡镇或村导出。', en: 'People are exported by town or village only.' };
    errors.push({ path: 'querystring.division', message });
  }
  if (errors.length > 0) throw new Problem('unprocessable', undefined, { errors });
}

function onlyOwnResources(): Problem {
  return new Problem('forbidden', {
    zh: '企业和村集体只能导入自己的土地、房屋、工坊和设备。',
    en: 'Parties import their own land, houses, workshops and machines only.',
  });
}

function toImport({ region, warnings, createdAt, finishedAt, ...job }: Import): z.input<typeof importSchema> {
  const { id, sheet, status, isDryRun, takesPartly, publishes, rowsRead, counts, failure } = job;
  return {
    ...{ id, sheet, status, isDryRun, takesPartly, publishes, rowsRead, counts, failure },
    divisionCode: region,
    warnings: warnings ?? [],
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

function offerFile(reply: { header(name: string, value: string): unknown }, fileName: string): void {
  reply.header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`);
}
