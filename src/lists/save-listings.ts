// Writing listings: save, change, publish, withdraw. Enters: checked drafts (from the API or a sheet). Leaves: rows with their
// owner, place, search text and version, and an event whenever what is published has changed.

import { createHash } from 'node:crypto';
import { and, eq, inArray, sql } from 'drizzle-orm';
import {
  countyOf,
  findPartiesByUscc,
  findWithdrawn,
  saveConsents,
  savePersons,
  type Party,
  type Saved,
} from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import { inParts, type Scope, type Transaction } from '../platform/database.ts';
import type { CountySealer } from '../platform/sealing/index.ts';
import { groupBy } from '../platform/group-by.ts';
import { newId } from '../platform/id.ts';
import { fieldErrors } from '../platform/http/index.ts';
import { notFound, Problem } from '../platform/problem.ts';
import { kmOutsideOutline, readGazetteer, type Division, type Gazetteer } from '../regions/index.ts';
import { toWgs84 } from '../vocabulary/coordinate-systems.ts';
import { distanceKm } from '../vocabulary/geo.ts';
import { divisionLevelOf } from '../vocabulary/division-code.ts';
import { shanghaiDate } from '../vocabulary/calendar.ts';
import { partyKinds } from '../vocabulary/party-kinds.ts';
import type { Role } from '../vocabulary/permissions.ts';
import { normaliseText } from '../vocabulary/chinese-text.ts';
import type { Text } from '../vocabulary/text.ts';
import { canonicalJson } from './canonical-json.ts';
import { kindById, type KindId, type ListingKind, type StatedPoint } from './kinds/index.ts';
import { facetsOf } from './search/facets.ts';
import type { ListingDraft } from './sheets/index.ts';
import { findStatedAlready } from './stored-drafts.ts';
import { replaceDecisions } from './lifecycle/decisions.ts';
import {
  assertNotHeld,
  isHeld,
  lockListing,
  recordSteps,
  tellChanged,
  type TakenStep,
} from './lifecycle/move-listing.ts';
import { factsOf, readFacts } from './lifecycle/read-facts.ts';
import { heldStatuses, type ListingStatus } from './lifecycle/states.ts';
import { settleStanding } from './lifecycle/settle-standing.ts';
import { currentMachine } from './lifecycle/step-listing.ts';
import { readTradePolicies } from './lifecycle/trade-policies.ts';
import type { TransitionRole } from './lifecycle/tables.ts';
import { listing } from './tables.ts';

export type ListingRow = typeof listing.$inferSelect;

/** What became of a draft: saved, or refused for a reason that names the field. */
export type SaveOutcome =
  { saved: Saved; id: string; warning?: Text } | { refused: { path: string; code: string; message: Text } };

interface SaveOptions {
  publishes: boolean;
  /** Actor of the audit trail: who recorded what people agreed to. */
  recordedBy: string;
  /** For the history of the listings. */
  byRole: TransitionRole;
  importId?: string;
  /** When a party writes for itself: whatever another owns is refused. */
  onlyOwnerId?: string | null;
}

interface Candidate {
  index: number;
  draft: ListingDraft;
  owner: Party | undefined;
  row: RowContent;
}

/**
 * Writes drafts by their business key: new ones are added, changed ones get a new version, equal ones stay untouched.
 * One outcome per draft, in order. Refused drafts are not written; whether the others stay is the caller's decision.
 */
export async function saveListings(
  context: Context,
  tx: Transaction,
  drafts: readonly ListingDraft[],
  { publishes, importId, recordedBy, byRole, onlyOwnerId = null }: SaveOptions,
): Promise<SaveOutcome[]> {
  const gazetteer = await readGazetteer(context);
  const owners = await findPartiesByUscc(
    tx,
    drafts.flatMap((draft) => draft.owner ?? []),
  );
  const keysOf = await readKeysFor(context, tx, drafts);
  const outcomes: SaveOutcome[] = [];
  const candidates: Candidate[] = [];
  drafts.forEach((draft, index) => {
    const owner = draft.owner === null ? undefined : owners.get(draft.owner);
    if (draft.owner !== null && !owner) {
      outcomes[index] = { refused: { path: 'owner', code: 'unknown-owner', message: unknownOwner } };
      return;
    }
    if (onlyOwnerId !== null && owner?.id !== onlyOwnerId) {
      outcomes[index] = { refused: { path: 'owner', code: 'not-your-own', message: notYourOwn } };
      return;
    }
    const refused = findOwnerFault(kindById(draft.kindId), owner) ?? findPointFault(draft, gazetteer);
    if (refused) {
      outcomes[index] = { refused };
      return;
    }
    const keys = keysOf.get(countyOf(draft.divisionCode));
    candidates.push({ index, draft, owner, row: toRowContent(draft, { owner, gazetteer, keys }) });
  });

  const standing = await findByKeys(
    tx,
    candidates.map(({ row }) => row),
  );
  const withdrawn = await findWithdrawn(
    tx,
    candidates.filter(({ draft }) => draft.person).map(({ row }) => row.rowKey),
  );
  const statedAlready = await findStatedAlready(
    context,
    tx,
    candidates.flatMap(({ index, draft, row }) => {
      const before = standing.get(keyOf(row));
      if (!before || before.contentHash === row.contentHash) return [];
      return [{ index, draft, before, isSameOwner: before.ownerId === row.ownerId }];
    }),
  );
  const candidatesChanged = candidates.filter(({ index, draft, row }) => {
    const before = standing.get(keyOf(row));
    const withdrawnOn = withdrawn.get(row.rowKey);
    if (before && withdrawnOn !== undefined && !(draft.consent?.given && draft.consent.on > withdrawnOn)) {
      outcomes[index] = { saved: 'unchanged', id: before.id, warning: consentWithdrawn };
      return false;
    }
    if (!before || (before.contentHash !== row.contentHash && !statedAlready.has(index))) return true;
    if (publishes && before.status !== 'published') return true;
    outcomes[index] = { saved: 'unchanged', id: before.id };
    return false;
  });

  const statuses = await lockStatuses(
    tx,
    candidatesChanged.flatMap(({ row }) => standing.get(keyOf(row))?.id ?? []),
  );
  const changed = candidatesChanged.filter(({ index, row }) => {
    const before = standing.get(keyOf(row));
    const status = before && statuses.get(before.id);
    if (!before || !status || !heldStatuses.includes(status)) return true;
    outcomes[index] = { saved: 'unchanged', id: before.id, warning: isHeld(status) };
    return false;
  });

  const people = changed.flatMap(({ index, draft }) =>
    draft.person ? [{ index, draft, identity: draft.person }] : [],
  );
  const personIds = await savePersons(
    context,
    tx,
    people.map(({ draft, identity }) => ({ region: draft.divisionCode, identity })),
  );
  const personOf = new Map(people.map(({ index }, at) => [index, personIds[at]]));
  await saveConsents(
    tx,
    people.flatMap(({ draft: { divisionCode: region, consent } }, at) =>
      consent ? [{ personId: personIds[at] ?? '', region, consent }] : [],
    ),
    recordedBy,
  );

  const now = context.clock.now();
  const today = shanghaiDate(now);
  const policyOf = await readTradePolicies(
    tx,
    changed.map(({ row }) => row.region),
    today,
  );
  const steps: TakenStep[] = [];
  const rows = changed.flatMap(({ index, row, draft: { decision }, owner }) => {
    const before = standing.get(keyOf(row));
    const id = before?.id ?? newId();
    const kind = kindById(row.kind as KindId);
    const machine = before?.machine ?? currentMachine;
    const from = (before && statuses.get(before.id)) ?? 'draft';
    const isChanged = before !== undefined && before.contentHash !== row.contentHash && !statedAlready.has(index);
    const { status, notPublished, ...settled } = settleStanding(
      { machine, status: from },
      factsOf(kind, { ...row, decision }, { owner, today, terms: policyOf(row.region).terms }),
      { isChanged, publishes },
    );
    steps.push(...settled.steps.map((step) => ({ ...step, id, region: row.region, machine, byRole, at: now })));
    const warning = joinTexts([...warningsOf(kind, row), ...(notPublished ? [notPublished] : [])]);
    const isUntouched = before !== undefined && !isChanged && status === from;
    outcomes[index] = {
      ...{ saved: isUntouched ? 'unchanged' : before ? 'updated' : 'created', id },
      ...(warning && { warning }),
    };
    if (isUntouched) return [];
    const listed = {
      ...{ id, ...row, machine, status },
      publicityUntil: status === 'publicity' ? (before?.publicityUntil ?? null) : null,
      publishedAt: status === 'published' && from !== 'published' ? now : (before?.publishedAt ?? null),
      ...{ confirmedAt: now, dormantSince: null },
      personId: personOf.get(index) ?? null,
      importId: importId ?? null,
    };
    return [listed];
  });
  await confirm(
    tx,
    candidates.flatMap(({ index, row }) => {
      const before = standing.get(keyOf(row));
      return before && isUnchanged(outcomes[index]) && wantsConfirming(before, now) ? [before.id] : [];
    }),
    now,
  );
  await inParts(rows, (part) => upsert(tx, part), 500);
  await recordSteps(tx, steps);
  await replaceDecisions(
    tx,
    changed.map(({ index, draft, row }) => ({ ...draft, region: row.region, listingId: idOf(outcomes[index]) })),
  );
  return outcomes;
}

const isUnchanged = (outcome: SaveOutcome | undefined) =>
  outcome !== undefined && 'saved' in outcome && outcome.saved === 'unchanged';

/** Less often than this nothing is gained by writing down that it still holds. */
const CONFIRMED_ANEW_AFTER_MS = 30 * 86_400_000;

const wantsConfirming = ({ status, confirmedAt, dormantSince }: ListingRow, now: Date) =>
  status === 'published' && (dormantSince !== null || now.getTime() - confirmedAt.getTime() > CONFIRMED_ANEW_AFTER_MS);

/** Whoever brings the same sheet again says that it still holds. What it says is as it was: no new version. */
async function confirm(tx: Transaction, ids: readonly string[], now: Date): Promise<void> {
  await inParts(ids, (part) =>
    tx.update(listing).set({ confirmedAt: now, dormantSince: null }).where(inArray(listing.id, part)),
  );
}

const idOf = (outcome: SaveOutcome | undefined) => (outcome && 'saved' in outcome ? outcome.id : '');

const notYourOwn: Text = {
  zh: '只能登记本单位自己的资源,请填写本单位的统一社会信用代码',
  en: 'only what is your own: fill in your own unified social credit code',
};

const unknownOwner: Text = {
  zh: '该统一社会信用代码尚未登记,请先登记该企业或村集体',
  en: 'no party is registered under this code: register the enterprise or collective first',
};

type Refusal = Extract<SaveOutcome, { refused: unknown }>['refused'];

/** Whether this kind of party may own this kind of listing. */
function findOwnerFault(kind: ListingKind, owner: Party | undefined): Refusal | undefined {
  if (!owner || kind.owners.includes(owner.kind)) return undefined;
  const accepted = partyKinds.filter(({ code }) => kind.owners.includes(code));
  const own = partyKinds.find(({ code }) => code === owner.kind);
  return {
    path: 'owner',
    code: 'wrong-owner-kind',
    message: {
      zh: `“${kind.label.zh}”不能由${own?.zh ?? ''}登记,须为${accepted.map(({ zh }) => zh).join('、')}`,
      en: `a ${own?.en ?? ''} cannot own “${kind.label.en}”: ${accepted.map(({ en }) => en).join(', ')} can`,
    },
  };
}

/** No field is farther from the point of its village or town than this. */
const POINT_OFF_KM_MAX = 30;
/** The outline is a sketch of about 100 m, and land of a village may lie across the border. */
const POINT_OUTSIDE_KM_MAX = 5;

/** A point that cannot be where it is said to be: mostly a wrong coordinate system, or latitude and longitude exchanged. */
function findPointFault(
  { point, divisionCode }: Pick<ListingDraft, 'point' | 'divisionCode'>,
  gazetteer: Gazetteer,
): Refusal | undefined {
  const division = gazetteer.find(divisionCode);
  if (!point || !division) return undefined;
  const at = toWgs84(point, point.crs);
  const offKm = ['village', 'town'].includes(divisionLevelOf(divisionCode) ?? '') ? distanceKm(at, division) : 0;
  const outsideKm = kmOutsideOutline(countyOf(divisionCode), at);
  if (offKm <= POINT_OFF_KM_MAX && outsideKm <= POINT_OUTSIDE_KM_MAX) return undefined;
  const far = Math.round(Math.max(offKm, outsideKm));
  return {
    path: 'point.lng',
    code: 'point-far-off',
    message: {
      zh: `所填位置离${gazetteer.fullNameOf(divisionCode)}约 ${far} 公里,请核对坐标系(高德、腾讯为 GCJ-02,百度为 BD-09)及经度、纬度是否填反`,
      en: `this point lies about ${far} km off ${division.shortName}: check the coordinate system (crs), and whether longitude and latitude are exchanged`,
    },
  };
}

/** What is taken but should be looked at again. */
export function warningsOf(kind: ListingKind, { attributes }: Pick<ListingRow, 'attributes'>): Text[] {
  return kind.warningsOf?.(attributes) ?? [];
}

function joinTexts(texts: readonly Text[]): Text | undefined {
  if (texts.length === 0) return undefined;
  return { zh: texts.map(({ zh }) => zh).join(';'), en: texts.map(({ en }) => en).join('; ') };
}

/** A withdrawal is not undone by a sheet that does not know of it: the row stays as it is until a newer consent comes. */
const consentWithdrawn: Text = {
  zh: '该人已撤回同意,未改动、未重新发布;如本人重新同意,请填写撤回日之后的同意日期',
  en: 'this person has withdrawn consent, nothing was changed or published; a new consent needs a day after the withdrawal',
};

/** Keys of every county that people of these drafts belong to; none for drafts without people. */
async function readKeysFor(
  { sealer }: Context,
  tx: Transaction,
  drafts: readonly ListingDraft[],
): Promise<Map<string, CountySealer>> {
  const counties = new Set(drafts.flatMap((draft) => (draft.person ? [countyOf(draft.divisionCode)] : [])));
  const keysOf = new Map<string, CountySealer>();
  for (const county of [...counties].sort()) keysOf.set(county, await sealer.forSealing(tx, county));
  return keysOf;
}

type RowContent = Pick<
  ListingRow,
  | 'region'
  | 'kind'
  | 'isPublic'
  | 'title'
  | 'attributes'
  | 'ownerId'
  | 'rowKey'
  | 'lng'
  | 'lat'
  | 'coordSource'
  | 'statedPoint'
  | 'availableFrom'
  | 'availableTo'
  | 'price'
  | 'facets'
  | 'searchText'
  | 'contentHash'
>;

function toRowContent(
  draft: ListingDraft,
  { owner, gazetteer, keys }: { owner: Party | undefined; gazetteer: Gazetteer; keys: CountySealer | undefined },
): RowContent {
  const kind = kindById(draft.kindId);
  const division = gazetteer.find(draft.divisionCode);
  if (!division) throw new Error(`division ${draft.divisionCode} is not in force`);
  return {
    region: draft.divisionCode,
    kind: kind.id,
    isPublic: kind.isPublic,
    title: draft.title,
    attributes: draft.attributes,
    ownerId: owner?.id ?? null,
    rowKey: draft.rowKey ?? keyedHash(keys, draft.person?.idNumber),
    ...positionOf(draft.point, division),
    availableFrom: draft.availableFrom,
    availableTo: draft.availableTo,
    price: kind.priceOf?.(draft.attributes) ?? null,
    facets: facetsOf(kind, draft.attributes),
    searchText: searchTextOf(kind, draft, gazetteer),
    contentHash: draft.person ? keyedHash(keys, canonicalJson(draft)) : plainHash(canonicalJson(draft)),
  };
}

/** WGS-84 and what was stated, or the point of the division. */
function positionOf(
  stated: StatedPoint | null,
  { lng, lat, coordSource }: Pick<Division, 'lng' | 'lat' | 'coordSource'>,
): Pick<ListingRow, 'lng' | 'lat' | 'coordSource' | 'statedPoint'> {
  if (!stated) return { lng, lat, coordSource, statedPoint: null };
  return { ...toWgs84(stated, stated.crs), coordSource: 'stated', statedPoint: stated };
}

/** What people could be found by must not be guessed from the hash. */
function keyedHash(keys: CountySealer | undefined, content: string | undefined): string {
  if (!keys || content === undefined) throw new Error('a listing with a person needs the keys of its county');
  return keys.blindIndex(content);
}

const plainHash = (content: string) => createHash('sha256').update(content).digest('base64url');

/** Title, kind, attributes and every name of the place, as the search index wants it: normalised and lower-case. */
function searchTextOf(kind: ListingKind, draft: ListingDraft, gazetteer: Gazetteer): string {
  const division = gazetteer.find(draft.divisionCode);
  const parent = division?.parentCode ? gazetteer.find(division.parentCode) : undefined;
  const place = [division, parent].flatMap((d) =>
    d ? [d.officialName, d.shortName, ...d.aliases, d.pinyin.replaceAll(' ', ''), d.initials] : [],
  );
  const words = [draft.title, kind.label.zh, kind.searchTextOf(draft.attributes), ...place, draft.divisionCode];
  return normaliseText(words.join(' ')).toLowerCase();
}

const keyOf = ({ kind, rowKey, region }: { kind: string; rowKey: string; region: string }) =>
  `${kind} ${region.slice(0, 6)} ${rowKey}`;

async function findByKeys(tx: Transaction, rows: readonly RowContent[]): Promise<Map<string, ListingRow>> {
  const found = new Map<string, ListingRow>();
  for (const [kind, ofKind] of groupBy(rows, (row) => row.kind)) {
    for (let at = 0; at < ofKind.length; at += 5000) {
      const keys = ofKind.slice(at, at + 5000).map((row) => row.rowKey);
      const known = await tx
        .select()
        .from(listing)
        .where(and(eq(listing.kind, kind), inArray(listing.rowKey, keys)));
      for (const row of known) found.set(keyOf(row), row);
    }
  }
  return found;
}

/** Locks them against steps that others take, in the order in which everybody locks. */
async function lockStatuses(tx: Transaction, ids: readonly string[]): Promise<Map<string, ListingStatus>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select({ id: listing.id, status: listing.status })
    .from(listing)
    .where(inArray(listing.id, [...ids]))
    .orderBy(listing.id)
    .for('update');
  return new Map(rows.map(({ id, status }) => [id, status]));
}

async function upsert(tx: Transaction, rows: (typeof listing.$inferInsert)[]): Promise<void> {
  if (rows.length === 0) return;
  const excluded = (column: string) => sql.raw(`excluded.${column}`);
  await tx
    .insert(listing)
    .values(rows)
    .onConflictDoUpdate({
      target: [listing.kind, listing.rowKey, listing.county],
      set: {
        region: excluded('region'),
        status: excluded('status'),
        title: excluded('title'),
        attributes: excluded('attributes'),
        ownerId: excluded('owner_id'),
        personId: excluded('person_id'),
        lng: excluded('lng'),
        lat: excluded('lat'),
        coordSource: excluded('coord_source'),
        statedPoint: excluded('stated_point'),
        availableFrom: excluded('available_from'),
        availableTo: excluded('available_to'),
        price: excluded('price'),
        facets: excluded('facets'),
        searchText: excluded('search_text'),
        contentHash: excluded('content_hash'),
        importId: excluded('import_id'),
        publishedAt: excluded('published_at'),
        publicityUntil: excluded('publicity_until'),
        confirmedAt: excluded('confirmed_at'),
        dormantSince: excluded('dormant_since'),
        version: sql`${listing.version} + 1`,
        updatedAt: sql`now()`,
      },
    });
}

/** Writes one draft from the API. @throws Problem unprocessable, conflict. */
export async function createListing(
  context: Context,
  scope: Scope,
  draft: ListingDraft,
  byRole: Role,
): Promise<ListingRow> {
  return context.db.inScope(scope, async (tx) => {
    const [outcome] = await saveListings(context, tx, [draft], { publishes: false, byRole, recordedBy: scope.actor });
    if (!outcome || 'refused' in outcome) {
      const { path, message } = outcome?.refused ?? { path: '', message: unknownOwner };
      throw new Problem('unprocessable', message, { errors: [{ path: `body.${path}`, message }] });
    }
    if (outcome.saved !== 'created') {
      throw new Problem('conflict', outcome.warning ?? keyTaken);
    }
    const row = await lockListing(tx, outcome.id);
    await tellChanged(context, tx, row);
    return row;
  });
}

const keyTaken: Text = {
  zh: '已有编号相同的记录,请修改该记录或换一个编号。',
  en: 'A listing with this key stands already: change that one, or choose another key.',
};

/** What a change may name: the stored draft's fields, attributes merged one by one. */
export interface ListingChange {
  title?: string | undefined;
  point?: StatedPoint | undefined;
  availableFrom?: string | null | undefined;
  availableTo?: string | null | undefined;
  attributes?: Record<string, unknown> | undefined;
}

/** @param expectedVersion from If-Match; a listing changed meanwhile is refused. */
export async function changeListing(
  context: Context,
  scope: Scope,
  id: string,
  change: ListingChange,
  { byRole, expectedVersion }: { byRole: Role; expectedVersion: number | undefined },
): Promise<ListingRow> {
  const gazetteer = await readGazetteer(context);
  return context.db.inScope(scope, async (tx) => {
    const before = await lockListing(tx, id);
    if (expectedVersion !== undefined && before.version !== expectedVersion) throw new Problem('version-conflict');
    assertNotHeld(before.status);
    const kind = kindById(before.kind as KindId);
    if (kind.person && change.title !== undefined) {
      const message = { zh: '人员条目的标题自动生成,不能填写', en: 'titles of people are made from what they offer' };
      throw new Problem('unprocessable', undefined, { errors: [{ path: 'body.title', message }] });
    }
    if (kind.person && change.point !== undefined) {
      const message = { zh: '人员条目以所在村的点为准,不记住址', en: 'people stand at the point of their village' };
      throw new Problem('unprocessable', undefined, { errors: [{ path: 'body.point', message }] });
    }
    const misplaced = findPointFault({ point: change.point ?? null, divisionCode: before.region }, gazetteer);
    if (misplaced) {
      throw new Problem('unprocessable', undefined, {
        errors: [{ path: `body.${misplaced.path}`, message: misplaced.message }],
      });
    }
    const attributes = parseAttributes(kind, { ...before.attributes, ...change.attributes });
    const { availableFrom = before.availableFrom, availableTo = before.availableTo } = change;
    if (availableFrom !== null && availableTo !== null && availableTo < availableFrom) {
      const message = { zh: '截止日早于起始日', en: 'the last day is before the first' };
      throw new Problem('unprocessable', undefined, { errors: [{ path: 'body.availableTo', message }] });
    }
    const draft: ListingDraft = {
      type: 'listing',
      kindId: kind.id,
      rowKey: before.rowKey,
      divisionCode: before.region,
      owner: null,
      title: change.title ?? (change.attributes ? kind.titleOf(attributes) : before.title),
      point: change.point ?? before.statedPoint,
      availableFrom,
      availableTo,
      attributes,
    };
    const now = context.clock.now();
    const facts = await readFacts(context, tx, { ...before, attributes, availableTo });
    const { status, steps, notPublished } = settleStanding(before, facts, { isChanged: true, publishes: false });
    const [after] = await tx
      .update(listing)
      .set({
        title: draft.title,
        ...(change.point && positionOf(change.point, before)),
        ...{ availableFrom, availableTo, attributes, status },
        ...{ confirmedAt: now, dormantSince: null, publicityUntil: null },
        price: kind.priceOf?.(attributes) ?? null,
        facets: facetsOf(kind, attributes),
        searchText: searchTextOf(kind, draft, gazetteer),
        // The content hash stays that of the sheet: importing the same row again leaves this change alone, and only a row
        // that was changed in the sheet since then replaces it.
        version: sql`${listing.version} + 1`,
        updatedAt: sql`now()`,
      })
      .where(eq(listing.id, id))
      .returning();
    if (!after) throw notFound();
    await recordSteps(
      tx,
      steps.map((step) => ({ ...before, ...step, byRole, at: now, reason: notPublished?.zh })),
    );
    await tellChanged(context, tx, after, before.status);
    return after;
  });
}

/** @throws Problem unprocessable with the paths of the attributes that are wrong. */
export function parseAttributes(kind: ListingKind, attributes: Record<string, unknown>): Record<string, unknown> {
  const parsed = kind.attributes.safeParse(attributes, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new Problem('unprocessable', undefined, { errors: fieldErrors(parsed.error.issues, 'body.attributes') });
}

/** Removes what an erased person offered, with search words and hashes. What refers to it keeps an id that means nobody. */
export async function removeListingsOf(context: Context, tx: Transaction, personId: string): Promise<number> {
  const removed = await tx.delete(listing).where(eq(listing.personId, personId)).returning();
  for (const row of removed) await tellChanged(context, tx, row);
  return removed.length;
}
