import { z } from 'zod';
import { divisionCode, listingSchema, listLabels, listSchema } from '../lists/index.ts';
import { readSigningKey } from '../platform/audit/index.ts';
import type { Context } from '../platform/context.ts';
import {
  daySchema,
  decodeCursor,
  encodeCursor,
  idKey,
  idParams,
  idSchema,
  instantSchema,
  operation,
  pageOf,
  pageQuery,
  textSchema,
  toPage,
  type Operation,
} from '../platform/http/index.ts';
import { Problem } from '../platform/problem.ts';
import { readGazetteer, type Gazetteer } from '../regions/index.ts';
import { divisionLevelOf } from '../vocabulary/division-code.ts';
import type { Text } from '../vocabulary/text.ts';
import { readChanges } from './changes.ts';
import { examples } from './examples.ts';
import { publicationActions, publicationStates, stateLabels, type PublicationAction } from './machine.ts';
import { buildDocument, buildWorkbook, documentEntriesMax, type Paper } from './official-files.ts';
import {
  draftPublication,
  entriesMax,
  findPublications,
  movePublication,
  readDifference,
  readEntries,
  readPair,
  readPublication,
  type DifferenceRow,
  type Publication,
  type Readers,
} from './publications.ts';
import { differingFields, paperTableOf } from './read-out.ts';
import { listingChanges } from './tables.ts';

const publicationSchema = z
  .object({
    id: z.uuid(),
    list: listSchema,
    divisionCode: z.string(),
    place: z.string().describe('衢江区高家镇'),
    state: z.enum(publicationStates),
    stateLabel: textSchema,
    number: z.int().nullable().describe('第几版; null until it is published'),
    asOf: daySchema.describe('The day of the snapshot'),
    entryCount: z.int(),
    entriesHash: z
      .string()
      .describe('SHA-256, hexadecimal, of one line `subject contentHash` an entry, sorted, joined by line feeds'),
    author: z.string().describe('编制单位 · the division that drafted it'),
    approver: z.string().nullable().describe('审核单位 · the division that approved or returned it'),
    reasons: z.string().nullable().describe('Why it was returned'),
    signature: z
      .object({
        algorithm: z.literal('Ed25519'),
        publicKey: z.string().describe('PEM; hold it against getSigningKey, or the copy you keep'),
        signedText: z
          .string()
          .describe(
            'What is signed, as UTF-8: a JSON array of format, id, list, division, number, as-of day, divisions of author and ' +
              'approver, instant of publishing, entries, entriesHash and number of the key',
          ),
        value: z.string().describe('Base64'),
      })
      .nullable(),
    createdAt: instantSchema,
    publishedAt: instantSchema.nullable(),
  })
  .meta({ id: 'ListPublication' });

const entrySchema = z
  .object({
    subject: z.string().describe('The same in every version: the id of a listing, or a division and a skill'),
    listingId: z.uuid().nullable(),
    listingVersion: z.int().nullable(),
    content: z
      .record(z.string(), z.unknown().describe('Any JSON'))
      .describe('Public fields as they were; of people suppressed counts'),
    contentHash: z.string().describe('SHA-256, hexadecimal, of the content as JSON with sorted keys and no spaces'),
  })
  .meta({ id: 'PublicationEntry' });

const differenceSchema = z
  .object({
    subject: z.string(),
    change: z.enum(['added', 'removed', 'changed']),
    title: z.string(),
    fields: z
      .array(
        z.object({
          path: z.string(),
          label: textSchema.nullable(),
          before: z.unknown().describe('null: not there'),
          after: z.unknown().describe('null: not there'),
        }),
      )
      .describe('Of what was changed'),
  })
  .meta({ id: 'PublicationDifference' });

const changesSchema = z
  .object({
    items: z.array(
      z.object({
        listingId: z.uuid(),
        change: z.enum(listingChanges).describe('The last that happened; `withdrawn`: forget it'),
        listing: listingSchema.nullable().describe('As everybody may read it now; null when withdrawn'),
      }),
    ),
    nextSince: z.string().nullable().describe('Where to go on, now or tomorrow; null only while nothing was ever told'),
    hasMore: z.boolean().describe('Whether more is there already'),
  })
  .meta({ id: 'ListingChanges' });

const signingKeySchema = z
  .object({
    keyId: z.string().describe('First 16 hexadecimal digits of the SHA-256 of the key (SPKI, DER)'),
    algorithm: z.literal('Ed25519'),
    publicKey: z.string().describe('PEM'),
  })
  .meta({ id: 'SigningKey' });

export function publicationOperations(context: Context): Operation[] {
  return [
    ...readingOperations(context),
    ...publicationActions.map((action) => moveOperation(context, action)),
    ...fileOperations(context),
    feedOperation(context),
    signingKeyOperation(context),
  ];
}

const reply = { status: 200 as const, schema: publicationSchema, example: examples.publication };
const ofPlaces = ['county', 'town', 'village'];

function readingOperations(context: Context): Operation[] {
  return [
    operation({
      method: 'POST',
      url: '/v1/list-publications',
      id: 'createListPublication',
      tag: 'publications',
      summary: { zh: '起草一版清单', en: 'Draft a version of a list' },
      description:
        `A snapshot of what the list says to everybody now, at most ${entriesMax} entries; its as-of day is today. Of idle labour ` +
        'only the suppressed counts. Then submission, approval (a village’s by its town, a town’s by its county, a county’s by ' +
        'another official), publication; or return, with reasons.',
      permission: 'list-publications:write',
      body: z
        .strictObject({
          list: listSchema,
          divisionCode: divisionCode.refine((code) => ofPlaces.includes(divisionLevelOf(code) ?? ''), {
            message: 'must be a county, town or village',
            params: { text: { zh: '须为区县、乡镇或村的代码', en: 'must be a county, town or village' } },
          }),
        })
        .meta({ id: 'NewListPublication' }),
      bodyExample: { list: 'resources', divisionCode: '330803114' },
      problems: ['conflict'],
      reply: { ...reply, status: 201, location: '/v1/list-publications/:id', example: examples.draft },
      handle: async ({ body, ...call }) =>
        toPublication(await draftPublication(context, call, body), await readGazetteer(context)),
    }),
    operation({
      method: 'GET',
      url: '/v1/list-publications',
      id: 'listListPublications',
      tag: 'publications',
      summary: { zh: '清单版本列表', en: 'Versions of the lists, newest first' },
      permission: 'lists:read',
      query: z.strictObject({
        list: listSchema.optional().describe('Only of this list'),
        division: divisionCode.optional().describe('This division and all below it'),
        state: z.enum(publicationStates).optional().describe('Only those that stand so'),
        view: z
          .enum(['public', 'own'])
          .default('public')
          .describe('`own`: for officials, what is on its way in their division too'),
        ...pageQuery,
      }),
      reply: {
        status: 200,
        schema: pageOf(publicationSchema, 'ListPublicationPage'),
        example: { items: [examples.publication], nextCursor: null },
      },
      async handle({ query, scope, visitor, principal }) {
        if (query.view === 'own' && principal.role === 'anonymous') throw new Problem('unauthenticated');
        const rows = await findPublications(context, query.view === 'own' ? scope : visitor, {
          list: query.list,
          divisionCode: query.division,
          state: query.state,
          beforeId: decodeCursor(query.cursor, idKey)[0],
          limit: query.limit,
        });
        const gazetteer = await readGazetteer(context);
        return toPage(
          rows,
          query.limit,
          (row) => toPublication(row, gazetteer),
          ({ id }) => [id],
        );
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/list-publications/:id',
      id: 'getListPublication',
      tag: 'publications',
      summary: { zh: '读取一版清单及其签名', en: 'Read one version with its signature' },
      permission: 'lists:read',
      params: idParams,
      problems: ['not-found'],
      reply,
      async handle({ params, scope, visitor }) {
        const { row } = await readPublication(context, { scope, visitor }, params.id);
        return toPublication(row, await readGazetteer(context));
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/list-publications/:id/entries',
      id: 'listPublicationEntries',
      tag: 'publications',
      summary: { zh: '逐条读取一版清单', en: 'The entries of a version' },
      permission: 'lists:read',
      params: idParams,
      query: z.strictObject(pageQuery),
      problems: ['not-found'],
      reply: {
        status: 200,
        schema: pageOf(entrySchema, 'PublicationEntryPage'),
        example: { items: [examples.entry], nextCursor: null },
      },
      async handle({ params, query, scope, visitor }) {
        const { row, reader } = await readPublication(context, { scope, visitor }, params.id);
        const [afterId] = decodeCursor(query.cursor, idKey);
        const rows = await readEntries(context, reader, { publicationId: row.id, afterId, limit: query.limit + 1 });
        return toPage(
          rows,
          query.limit,
          ({ subject, listingId, listingVersion, content, contentHash }) => ({
            ...{ subject, listingId, listingVersion, content, contentHash },
          }),
          ({ id }) => [id],
        );
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/list-publications/:id/differences',
      id: 'listPublicationDifferences',
      tag: 'publications',
      summary: { zh: '与另一版逐项比对', en: 'What differs from another version, field by field' },
      permission: 'lists:read',
      params: idParams,
      query: z.strictObject({
        against: idSchema.optional().describe('The other version; left out: the one before'),
        ...pageQuery,
      }),
      problems: ['not-found'],
      reply: {
        status: 200,
        schema: pageOf(differenceSchema, 'PublicationDifferencePage'),
        example: { items: [examples.difference], nextCursor: null },
      },
      async handle({ params, query, scope, visitor }) {
        const { before, after, reader } = await readPair(context, { scope, visitor }, params.id, query.against);
        const [afterSubject = ''] = decodeCursor(query.cursor, subjectKey);
        const rows = await readDifference(context, reader, {
          beforeId: before?.id,
          afterId: after.id,
          afterSubject,
          limit: query.limit,
        });
        return toPage(rows, query.limit, toDifference, ({ subject }) => [subject]);
      },
    }),
  ];
}

const moves: Record<PublicationAction, { id: string; summary: Text }> = {
  submission: { id: 'submitListPublication', summary: { zh: '提交审核', en: 'Submit a version for review' } },
  approval: { id: 'approveListPublication', summary: { zh: '审核通过', en: 'Approve a version' } },
  return: { id: 'returnListPublication', summary: { zh: '退回并说明原因', en: 'Return a version with reasons' } },
  publication: {
    id: 'publishListPublication',
    summary: { zh: '发布:编号、签名、取代上一版', en: 'Publish: number it, sign it, supersede the one before' },
  },
};

function moveOperation(context: Context, action: PublicationAction): Operation {
  const common = {
    method: 'POST' as const,
    url: `/v1/list-publications/:id/${action}`,
    tag: 'publications' as const,
    permission: 'list-publications:write' as const,
    params: idParams,
    problems: ['not-found', 'forbidden', 'conflict'] as const,
    ...moves[action],
    reply,
  };
  if (action !== 'return') {
    return operation({
      ...common,
      handle: async ({ params, ...call }) =>
        toPublication(await movePublication(context, call, params.id, action), await readGazetteer(context)),
    });
  }
  return operation({
    ...common,
    body: z
      .strictObject({ reasons: z.string().min(1).max(500).describe('What is to be mended before it is drafted anew') })
      .meta({ id: 'ReturnedListPublication' }),
    bodyExample: { reasons: '共富工坊的面积与现场不符,请核对后重新编制。' },
    handle: async ({ params, body, ...call }) =>
      toPublication(
        await movePublication(context, call, params.id, action, body.reasons),
        await readGazetteer(context),
      ),
  });
}

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

function fileOperations(context: Context): Operation[] {
  return [
    operation({
      method: 'GET',
      url: '/v1/list-publications/:id/workbook',
      id: 'getPublicationWorkbook',
      tag: 'publications',
      summary: { zh: '下载一版清单(Excel)', en: 'Download a version (xlsx)' },
      permission: 'lists:read',
      params: idParams,
      problems: ['not-found'],
      reply: { status: 200, contentType: xlsx },
      async handle({ params, scope, visitor, reply: answer }) {
        const paper = await readPaper(context, { scope, visitor }, params.id, entriesMax);
        offerFile(answer, `${paper.title}.xlsx`);
        return buildWorkbook(paper);
      },
    }),
    operation({
      method: 'GET',
      url: '/v1/list-publications/:id/document',
      id: 'getPublicationDocument',
      tag: 'publications',
      summary: { zh: '下载一版清单(Word)', en: 'Download a version (docx)' },
      description: `At most ${documentEntriesMax} entries: longer ones as a workbook.`,
      permission: 'lists:read',
      params: idParams,
      problems: ['not-found', 'conflict'],
      reply: { status: 200, contentType: docx },
      async handle({ params, scope, visitor, reply: answer }) {
        const paper = await readPaper(context, { scope, visitor }, params.id, documentEntriesMax);
        offerFile(answer, `${paper.title}.docx`);
        return buildDocument(paper);
      },
    }),
  ];
}

/** @throws Problem conflict when there are more entries than the file holds */
async function readPaper(context: Context, readers: Readers, id: string, limit: number): Promise<Paper> {
  const { row, reader } = await readPublication(context, readers, id);
  if (row.entryCount > limit) {
    throw new Problem('conflict', {
      zh: `共 ${row.entryCount} 条,超过 Word 文件的 ${limit} 条,请下载 Excel。`,
      en: `These are ${row.entryCount} entries, more than the ${limit} of a document: take the workbook.`,
    });
  }
  const entries = await readEntries(context, reader, { publicationId: id, limit });
  const { list, number, state, asOf, authorRegion, approverRegion, entriesHash } = row;
  const gazetteer = await readGazetteer(context);
  const table = paperTableOf(list);
  return {
    ...{ list, number, state, asOf, entriesHash, table },
    title: titleOf(row, gazetteer),
    author: placeOf(authorRegion, gazetteer),
    approver: approverRegion === null ? null : placeOf(approverRegion, gazetteer),
    signature: row.signature?.toString('base64') ?? null,
    rows: entries.map(({ content }) => table.rowOf(content)),
  };
}

function feedOperation(context: Context): Operation {
  return operation({
    method: 'GET',
    url: '/v1/listing-changes',
    id: 'getListingChanges',
    tag: 'publications',
    summary: { zh: '公开条目的变更流', en: 'What was published, changed and withdrawn since' },
    description:
      'For systems that keep a copy of the public lists. Begin without `since`, then go on from `nextSince`: nothing is skipped, ' +
      'however transactions overlap. Only the last change of a listing is told, with what stands now; the same may come twice.',
    permission: 'listings:read',
    query: z.strictObject({
      since: z.string().max(500).optional().describe('`nextSince` of the answer before; left out: from the beginning'),
      limit: pageQuery.limit,
    }),
    problems: ['conflict'],
    reply: { status: 200, schema: changesSchema, example: examples.changes },
    async handle({ query, visitor }) {
      const since = readSince(query.since);
      const { changes, position, hasMore } = await readChanges(context, visitor, since, query.limit);
      return { items: changes, nextSince: position === undefined ? null : encodeCursor(position), hasMore };
    },
  });
}

/** Of at most 18 digits: none of ours is larger, and the database could not read one. */
const positionKeys = z.tuple([z.string().regex(/^\d{1,18}$/), z.uuid()]);

/** Where a page of differences ended: subjects begin with the id of a listing or the code of a division. */
const subjectKey = z.tuple([z.string().regex(/^[\da-f]/)]);

function readSince(since: string | undefined) {
  const keys = decodeCursor(since, positionKeys, 'since');
  return keys.length === 0 ? undefined : keys;
}

function signingKeyOperation(context: Context): Operation {
  return operation({
    method: 'GET',
    url: '/v1/signing-key',
    id: 'getSigningKey',
    tag: 'publications',
    summary: { zh: '签名公钥', en: 'The public key that publications are signed with' },
    description:
      'Ed25519. Keep a copy while you trust the connection. To verify a publication: check `signature.value` over the UTF-8 bytes of ' +
      '`signature.signedText` with this key, hash each entry’s content, and hold the hash of all against the one in the text.',
    permission: 'service:read',
    reply: { status: 200, schema: signingKeySchema, example: examples.signingKey },
    async handle() {
      const { id, publicKey } = await readSigningKey(context.config);
      return {
        keyId: id,
        algorithm: 'Ed25519' as const,
        publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      };
    },
  });
}

function toPublication(row: Publication, gazetteer: Gazetteer): z.input<typeof publicationSchema> {
  const { id, list, state, number, asOf, entryCount, entriesHash, reasons, signedText, signature, publicKey } = row;
  const isSigned = signedText !== null && signature !== null && publicKey !== null;
  return {
    ...{ id, list, state, number, asOf, entryCount, entriesHash, reasons },
    divisionCode: row.region,
    place: placeOf(row.region, gazetteer),
    stateLabel: stateLabels[state],
    author: placeOf(row.authorRegion, gazetteer),
    approver: row.approverRegion === null ? null : placeOf(row.approverRegion, gazetteer),
    signature: isSigned ? { algorithm: 'Ed25519', publicKey, signedText, value: signature.toString('base64') } : null,
    createdAt: row.createdAt.toISOString(),
    publishedAt: row.publishedAt?.toISOString() ?? null,
  };
}

function toDifference({ subject, before, after }: DifferenceRow): z.input<typeof differenceSchema> {
  const { title, place, skill } = after ?? before ?? {};
  return {
    subject,
    change: before === null ? 'added' : after === null ? 'removed' : 'changed',
    title: typeof title === 'string' ? title : `${String(place)} ${String(skill)}`,
    fields: before && after ? differingFields(before, after) : [],
  };
}

/** 衢江区高家镇湖仁村: from the county down, as it stands on paper. */
function placeOf(code: string, gazetteer: Gazetteer): string {
  const county = gazetteer.find(code.slice(0, 6));
  if (county === undefined) return code === '' ? '平台' : code;
  return code.length > 6 ? `${county.officialName}${gazetteer.fullNameOf(code)}` : county.officialName;
}

function titleOf({ region, list }: Publication, gazetteer: Gazetteer): string {
  return `${placeOf(region, gazetteer)}${listLabels[list].zh}`;
}

function offerFile(reply: { header(name: string, value: string): unknown }, fileName: string): void {
  reply.header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`);
}
