// What a kind of listing is: one data-driven file each. The API validates by `attributes`, a row stores them as they are,
// sheets are made from `columns`, search reads `searchTextOf`. Adding a kind is one file and one line in all.ts.
import type { z } from 'zod';
import type { ConsentGiven, Identity, StatedIdentity } from '../../parties/index.ts';
import type { PlainDate } from '../../vocabulary/calendar.ts';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
import type { PartyKind } from '../../vocabulary/party-kinds.ts';
import type { Text } from '../../vocabulary/text.ts';

/** The four lists 四张清单. */
export const listIds = ['resources', 'supply-demand', 'policies', 'idle-labour'] as const;
export type ListId = (typeof listIds)[number];

export const listLabels: Record<ListId, Text> = {
  resources: { zh: '资源清单', en: 'resource list' },
  'supply-demand': { zh: '供给需求清单', en: 'supply and demand list' },
  policies: { zh: '政策支持清单', en: 'policy list' },
  'idle-labour': { zh: '闲置劳动力清单', en: 'idle-labour list' },
};

/** How a cell is read. What is stored stands behind each; the reading itself is in sheets/cell-types.ts. */
export type CellType =
  | { type: 'text' } // string
  | { type: 'texts' } // strings
  | { type: 'integer' } // integer
  | { type: 'decimal' } // number
  | { type: 'yuan-to-fen' } // integer 分
  | { type: 'yuan-to-li' } // integer 厘
  | { type: 'percent-to-share' } // share of 1
  | { type: 'percent-to-permille' } // integer ‰
  | { type: 'area-mu-x100' } // integer, 亩 × 100
  | { type: 'area-m2' } // integer m²
  | { type: 'date' } // YYYY-MM-DD
  | { type: 'yes-no' } // boolean
  | { type: 'choice'; choices: readonly CodedTerm[] } // code
  | { type: 'choices'; choices: readonly CodedTerm[] } // codes
  | { type: 'periods' } // periods of days, both ends included
  | { type: 'ring' } // GeoJSON Polygon of one ring
  | { type: 'conditions' } // eligibility conditions of a policy
  | { type: 'division' } // division code, found by code or by name
  | { type: 'uscc' } // checked code
  | { type: 'id-number' } // checked number, from text cells only
  | { type: 'phone' }; // normalised number

/** One column of a sheet. Bounds are not repeated here: they stand in the schema that the finished draft must pass. */
export interface Column {
  /** dotted path into the draft, e.g. `divisionCode`, `attributes.needs.0.skill`, `person.idNumber` */
  path: string;
  /** what stands in the header row, without the mark of required columns */
  header: string;
  headerEn: string;
  synonyms?: readonly string[];
  cell: CellType;
  isRequired?: boolean;
  /** cells covered by a vertical merge take the value of its first cell */
  fillsDown?: boolean;
  note?: Text;
  /** how a well filled cell looks, for the instructions and the contract; empty: best left empty */
  example: string;
}

/** Who is behind a listing, and what he agreed to: never attributes, kept by the parties room, in no list. */
export interface PersonPart {
  schema: z.ZodType<StatedIdentity>;
  consent: z.ZodType<ConsentGiven>;
  /** what matching may keep openly of the person, or why this person may not be listed (`path` names the field) */
  settle(
    person: Pick<Identity, 'idNumber'>,
    asOf: PlainDate,
  ): { attributes: Record<string, unknown> } | { refused: { path: string; code: string; text: Text } };
}

export interface Condition {
  /** e.g. `land-use/photovoltaic/vacant-land` */
  rule: string;
  text: Text;
}

export interface Facet {
  /** kebab-case */
  id: string;
  label: Text;
  /** where the codes stand in the attributes, as a jsonpath below `$`: `needs[*].skill` */
  path: string;
  terms: readonly CodedTerm[];
}

export interface ListingKind<Attributes extends z.ZodObject = z.ZodObject, Id extends string = string> {
  id: Id;
  list: ListId;
  label: Text;
  /** false: in no public answer, not even masked; such a kind has a personal part */
  isPublic: boolean;
  /** true: what a collective owns of it is offered only after its members have decided so */
  isCommonAsset?: boolean;
  /** the kinds of party that may own such a listing; who may do without an owner is said by the owner's column */
  owners: readonly PartyKind[];
  /** strict; English keys, units last, a bound on everything */
  attributes: Attributes;
  /** attributes that only the owner and officials see on a public listing */
  withheld: readonly (keyof z.infer<Attributes> & string)[];
  columns: readonly Column[];
  person?: PersonPart;
  titleOf(attributes: z.infer<Attributes>): string;
  /** everything one would search the listing by, except its place and owner */
  searchTextOf(attributes: z.infer<Attributes>): string;
  /** what listings of this kind are compared by, in one unit that is never withheld: 分, 厘; null where none was stated */
  priceOf?(attributes: z.infer<Attributes>): number | null;
  /** by which codes found listings of this kind are counted; kinds that say the same facet are counted together */
  facets?: readonly Facet[];
  /** what is taken but should be looked at again: told to the owner and to officials */
  warningsOf?(attributes: z.infer<Attributes>): Text[];
  /** papers without which nobody may use it for business: it is not published until they are there */
  missingPapersOf?(attributes: z.infer<Attributes>): Text[];
  /** where the attributes say the last day on which it can still be answered */
  lastDayAttribute?: keyof z.infer<Attributes> & string;
  /** under which the law allows what is listed: approvals that must be named; everybody may know them */
  conditionsOf?(attributes: z.infer<Attributes>): Condition[];
}

/** Keeps the exact types of id and attributes for callers that know the kind. */
export function defineKind<Attributes extends z.ZodObject, const Id extends string>(
  kind: ListingKind<Attributes, Id>,
): ListingKind<Attributes, Id> {
  return kind;
}

/** A rule over several attributes that is not met, in both languages, for `context.addIssue`. */
export function brokenRule(path: (string | number)[], code: string, text: Text, more: Record<string, unknown> = {}) {
  return { code: 'custom' as const, path, message: text.en, params: { code, text, ...more } };
}
