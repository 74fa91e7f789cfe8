// What a kind of listing is: one data-driven file each. The API validates by `attributes`, a row stores them as they are,
// sheets are made from `columns`, search reads `searchTextOf`. Adding a kind is one file and one line in index.ts.
import type { z } from 'zod';
import type { ConsentGiven, Identity } from '../../parties/index.ts';
import type { PlainDate } from '../../vocabulary/calendar.ts';
import type { CodedTerm } from '../../vocabulary/coded-term.ts';
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

export const kindIds = ['land', 'venue', 'workshop', 'equipment', 'labour', 'processing-order', 'policy'] as const;
export type KindId = (typeof kindIds)[number];

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
  /** how a well filled cell looks, for the instructions */
  example: string;
}

/** Who is behind a listing, and what he agreed to: never attributes, kept by the parties room, in no list. */
export interface PersonPart {
  schema: z.ZodType<Identity>;
  consent: z.ZodType<ConsentGiven>;
  /** what matching may keep openly of the person, or why this person may not be listed (`path` names the field) */
  settle(
    person: Pick<Identity, 'idNumber'>,
    asOf: PlainDate,
  ): { attributes: Record<string, unknown> } | { refused: { path: string; code: string; text: Text } };
}

export interface ListingKind<Attributes extends z.ZodObject = z.ZodObject> {
  id: KindId;
  list: ListId;
  label: Text;
  /** false: in no public answer, not even masked */
  isPublic: boolean;
  /** strict; English keys, units last, a bound on everything */
  attributes: Attributes;
  /** attributes that only the owner and officials see on a public listing */
  withheld: readonly (keyof z.infer<Attributes> & string)[];
  columns: readonly Column[];
  person?: PersonPart;
  titleOf(attributes: z.infer<Attributes>): string;
  /** everything one would search the listing by, except its place and owner */
  searchTextOf(attributes: z.infer<Attributes>): string;
}

/** Keeps the exact attribute type for callers that know the kind. */
export function defineKind<Attributes extends z.ZodObject>(kind: ListingKind<Attributes>): ListingKind<Attributes> {
  return kind;
}
