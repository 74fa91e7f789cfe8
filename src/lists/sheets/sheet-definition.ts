// What a sheet is: its columns and the schema its rows must pass. One sheet per kind of listing, made from the kind's own
// columns, and two for parties. Template, reader, writer and error workbook all work from this and nothing else.
import { z } from 'zod';
import type { ConsentGiven, StatedIdentity } from '../../parties/index.ts';
import { divisionCodePattern } from '../../vocabulary/division-code.ts';
import type { PartyKind } from '../../vocabulary/party-kinds.ts';
import { partyKindCodes, partyKinds } from '../../vocabulary/party-kinds.ts';
import { phonePattern } from '../../vocabulary/phone.ts';
import type { Text } from '../../vocabulary/text.ts';
import { partyKindOfUscc, usccPattern } from '../../vocabulary/uscc.ts';
import type { CollectiveDecision, Column, KindId, ListingKind } from '../kinds/index.ts';
import { decisionSchema, kindById, kindIds } from '../kinds/index.ts';
import type { ListingFields } from '../kinds/listing-fields.ts';
import { divisionColumn, exampleUscc, listingFields } from '../kinds/listing-fields.ts';

export const partySheetIds = ['enterprise', 'collective'] as const;
export type PartySheetId = (typeof partySheetIds)[number];
export const sheetIds = [...kindIds, ...partySheetIds] as const;
export type SheetId = (typeof sheetIds)[number];

/** A listing as a sheet row states it, before the room adds ids and state. */
export interface ListingDraft extends Omit<ListingFields, 'rowKey'> {
  type: 'listing';
  kindId: KindId;
  /** `null` for kinds with a personal part: the room derives it by keyed hash from the person's ID number */
  rowKey: string | null;
  attributes: Record<string, unknown>;
  /** of kinds that a collective may own in common; null: none stated */
  decision?: CollectiveDecision | null;
  person?: StatedIdentity;
  consent?: ConsentGiven;
}

export interface PartyDraft {
  type: 'party';
  rowKey: string;
  kind: PartyKind;
  uscc: string;
  name: string;
  divisionCode: string;
  contactOffice: string;
  contactPhone: string;
}

export type Draft = ListingDraft | PartyDraft;

export interface SheetDefinition {
  id: SheetId;
  label: Text;
  columns: readonly Column[];
  /** what a row's collected values must pass; paths equal the columns' */
  schema: z.ZodObject;
  /** present on listing sheets */
  kind?: ListingKind;
}

const listingOptionalFields = { owner: null, point: null, availableFrom: null, availableTo: null } as const;

function listingSheet(kind: ListingKind): SheetDefinition {
  const common = listingFields.omit({ title: true, rowKey: true });
  const optional = {
    owner: common.shape.owner.default(listingOptionalFields.owner),
    point: common.shape.point.default(listingOptionalFields.point),
    availableFrom: common.shape.availableFrom.default(listingOptionalFields.availableFrom),
    availableTo: common.shape.availableTo.default(listingOptionalFields.availableTo),
  };
  const schema = z
    .strictObject({
      ...common.shape,
      ...optional,
      ...(kind.person === undefined
        ? { rowKey: z.string().min(1).max(40) }
        : { person: kind.person.schema, consent: kind.person.consent }),
      ...(kind.isCommonAsset && { decision: decisionSchema.nullable().default(null) }),
      attributes: kind.attributes,
    })
    .superRefine(({ availableFrom, availableTo }, context) => {
      if (availableFrom === null || availableTo === null || availableFrom <= availableTo) return;
      const text = { zh: '早于起始日', en: 'is before the first day' };
      context.addIssue({
        code: 'custom',
        path: ['availableTo'],
        message: text.en,
        params: { code: 'window-reversed', text },
      });
    });
  return { id: kind.id, label: kind.label, columns: kind.columns, schema, kind };
}

const acceptedKinds: Record<PartySheetId, readonly PartyKind[]> = {
  enterprise: ['enterprise', 'sole-trader', 'cooperative', 'social-org'],
  collective: ['collective'],
};

/** The kinds of party that stand on a sheet; none for sheets of listings. */
export function partyKindsOfSheet(id: SheetId): readonly PartyKind[] {
  return (acceptedKinds as Partial<Record<SheetId, readonly PartyKind[]>>)[id] ?? [];
}

/** The fields of a party as sheets and API take them; the kind follows from the credit code. */
export const partyFields = z.strictObject({
  uscc: z.string().length(18).regex(usccPattern).describe('统一社会信用代码 · unified social credit code'),
  name: z.string().min(2).max(80).describe('名称 · name'),
  kind: z.enum(partyKindCodes).describe('主体类型 · kind'),
  divisionCode: z.string().max(12).regex(divisionCodePattern).describe('所在区划 · division'),
  contactOffice: z.string().min(1).max(60).describe('联系科室,不写人名 · contact office, no person'),
  contactPhone: z.string().max(13).regex(phonePattern).describe('联系电话 · phone of the office'),
});

function partySheet(id: PartySheetId, label: Text): SheetDefinition {
  const accepted = acceptedKinds[id];
  const schema = partyFields.omit({ kind: true }).superRefine(({ uscc }, context) => {
    const kind = partyKindOfUscc(uscc);
    if (kind !== null && accepted.includes(kind)) return;
    const names = partyKinds.filter((term) => accepted.includes(term.code));
    const text = {
      zh: `不属于${names.map((term) => term.zh).join('、')}`,
      en: `belongs to no ${names.map((term) => term.en).join(', ')}`,
    };
    context.addIssue({
      code: 'custom',
      path: ['uscc'],
      message: text.en,
      params: { code: 'wrong-party-kind', text },
    });
  });
  return { id, label, columns: partyColumns(id), schema };
}

const partyColumns = (id: PartySheetId): readonly Column[] => [
  {
    path: 'uscc',
    header: '统一社会信用代码',
    headerEn: 'unified social credit code',
    synonyms: ['信用代码', '社会信用代码', '代码', '企业代码'],
    cell: { type: 'uscc' },
    isRequired: true,
    example: exampleUscc[id],
  },
  {
    path: 'name',
    header: '名称',
    headerEn: 'name',
    synonyms: ['单位名称', '企业名称', '主体名称', '合作社名称'],
    cell: { type: 'text' },
    isRequired: true,
    example: '示例企业(演示)',
  },
  { ...divisionColumn, header: '所在区划', synonyms: ['所在地', ...(divisionColumn.synonyms ?? []), '行政村'] },
  {
    path: 'contactOffice',
    header: '联系科室',
    headerEn: 'contact office',
    synonyms: ['联系部门', '办公室'],
    cell: { type: 'text' },
    isRequired: true,
    note: { zh: '写岗位或科室,不写人名', en: 'an office, no person' },
    example: '综合办公室',
  },
  {
    path: 'contactPhone',
    header: '联系电话',
    headerEn: 'phone',
    synonyms: ['电话', '手机号', '手机', '联系方式'],
    cell: { type: 'phone' },
    isRequired: true,
    example: '0570-3838383',
  },
];

const definitions = new Map<string, SheetDefinition>(
  [
    ...kindIds.map((id) => listingSheet(kindById(id))),
    partySheet('enterprise', { zh: '企业', en: 'enterprises' }),
    partySheet('collective', { zh: '村集体经济组织', en: 'village collectives' }),
  ].map((definition) => [definition.id, definition]),
);

/** `null` when no sheet has this id. */
export function sheetById(id: SheetId): SheetDefinition;
export function sheetById(id: string): SheetDefinition | null;
export function sheetById(id: string): SheetDefinition | null {
  return definitions.get(id) ?? null;
}
