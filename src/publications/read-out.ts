// An entry in words. Enters: the content of entries. Leaves: rows for a table on paper, and the fields in which two versions differ.

import { canonicalJson, kindById, statedAttributes, type ListId } from '../lists/index.ts';
import { findSkill } from '../vocabulary/skills.ts';
import type { Text } from '../vocabulary/text.ts';

type Content = Record<string, unknown>;

export interface PaperTable {
  headers: readonly string[];
  /** Of the width of the page, in per cent. */
  widths: readonly number[];
  rowOf(content: Content): string[];
}

const labourTable: PaperTable = {
  headers: ['地区', '技能', '人数'],
  widths: [50, 30, 20],
  rowOf: ({ place, skill, people }) => [
    words(place),
    findSkill(words(skill))?.zh ?? words(skill),
    people === null ? '不足公布数' : `${words(people)}以上`,
  ],
};

const listingTable: PaperTable = {
  headers: ['类别', '名称', '地区', '权属(发布)单位', '主要内容', '可用期限'],
  widths: [10, 17, 14, 17, 30, 12],
  rowOf(content) {
    const kind = kindById(words(content['kind']));
    const attributes = (content['attributes'] ?? {}) as Content;
    const owner = content['owner'] as { name: string } | null;
    const term = [content['availableFrom'], content['availableTo']].map(words);
    return [
      kind?.label.zh ?? words(content['kind']),
      words(content['title']),
      words(content['place']),
      owner?.name ?? '',
      statedAttributes(kind?.columns ?? [], attributes)
        .map(({ column, text }) => `${column.header}:${text}`)
        .join(';'),
      term.some((day) => day !== '') ? term.join('至') : '长期',
    ];
  },
};

export function paperTableOf(list: ListId): PaperTable {
  return list === 'idle-labour' ? labourTable : listingTable;
}

function words(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export interface FieldDifference {
  /** `attributes.areaM2` */
  path: string;
  label: Text | null;
  before: unknown;
  after: unknown;
}

const fieldLabels: Record<string, Text> = {
  title: { zh: '名称', en: 'title' },
  place: { zh: '地区', en: 'place' },
  divisionCode: { zh: '区划代码', en: 'division code' },
  owner: { zh: '权属(发布)单位', en: 'owner' },
  point: { zh: '位置', en: 'point' },
  availableFrom: { zh: '可用起', en: 'available from' },
  availableTo: { zh: '可用止', en: 'available to' },
  conditions: { zh: '依法附带条件', en: 'conditions of the law' },
  skill: { zh: '技能', en: 'skill' },
  people: { zh: '人数', en: 'people' },
};

/** Field by field; attributes one by one, named as on their sheet. */
export function differingFields(before: Content, after: Content): FieldDifference[] {
  const [old, now] = [flat(before), flat(after)];
  const columns = kindById(words(after['kind']))?.columns ?? [];
  const labelOf = (path: string): Text | null => {
    const column =
      columns.find((each) => each.path === path) ?? columns.find((each) => each.path.startsWith(`${path}.`));
    return fieldLabels[path] ?? (column ? { zh: column.header, en: column.headerEn } : null);
  };
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => canonicalJson(old.get(path) ?? null) !== canonicalJson(now.get(path) ?? null))
    .sort()
    .map((path) => ({
      path,
      label: labelOf(path),
      before: old.get(path) ?? null,
      after: now.get(path) ?? null,
    }));
}

function flat({ attributes, ...fields }: Content): Map<string, unknown> {
  const inner = Object.entries((attributes ?? {}) as Content).map(([name, value]) => [`attributes.${name}`, value]);
  return new Map([...Object.entries(fields), ...(inner as [string, unknown][])]);
}
