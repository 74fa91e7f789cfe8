// The fields that every listing has whatever its kind, as schema and as columns. Kinds put these columns among their own;
// the API and the importer validate by `listingFields`.
import { z } from 'zod';
import { isPlainDate } from '../../vocabulary/calendar.ts';
import { coordinateSystems } from '../../vocabulary/coordinate-systems.ts';
import { divisionCodePattern } from '../../vocabulary/division-code.ts';
import { phonePattern } from '../../vocabulary/phone.ts';
import { chinaBounds } from '../../vocabulary/polygon.ts';
import { completeUscc, usccPattern } from '../../vocabulary/uscc.ts';
import type { Column } from './kind.ts';

export const plainDateSchema = z
  .string()
  .length(10)
  .refine(isPlainDate, { message: 'not a calendar day' })
  .meta({ format: 'date', description: '日期 YYYY-MM-DD · calendar day' });

const { lngMin, lngMax, latMin, latMax } = chinaBounds;

/** A position as somebody states it; kept as stated and, for all that is computed, as WGS-84. */
export const pointSchema = z
  .strictObject({
    lng: z.number().min(lngMin).max(lngMax).describe('经度 · longitude'),
    lat: z.number().min(latMin).max(latMax).describe('纬度 · latitude'),
    crs: z
      .enum(coordinateSystems.map((system) => system.code))
      .default('wgs-84')
      .describe('坐标系 · coordinate system of these two; kept as WGS-84'),
  })
  .describe('位置 · position');

export type StatedPoint = z.output<typeof pointSchema>;

export const listingFields = z.strictObject({
  rowKey: z.string().min(1).max(80).describe('业务键,同一文件与数据库内唯一 · stable business key'),
  divisionCode: z.string().max(12).regex(divisionCodePattern).describe('所在区划代码 · division code'),
  owner: z.string().length(18).regex(usccPattern).nullable().describe('权属或发布主体统一社会信用代码 · owning party'),
  title: z.string().min(1).max(120).describe('标题 · title'),
  point: pointSchema.nullable().describe('空则取所在村的点 · null: the point of its division'),
  availableFrom: plainDateSchema.nullable().describe('可用起始日,空为即日 · first day; null: at once'),
  availableTo: plainDateSchema.nullable().describe('可用截止日,空为长期 · last day; null: open end'),
});

export type ListingFields = z.infer<typeof listingFields>;

/** Codes of nobody with valid checks, for instructions. */
export const exampleUscc = {
  enterprise: completeUscc('91', '330803', 'MA000000'),
  collective: completeUscc('N2', '330803', 'MF000000'),
};

/** The number that makes the row key together with the owner. */
export function keyColumn(header: string, synonyms: readonly string[], example: string): Column {
  return {
    path: 'rowKey',
    header,
    headerEn: 'number',
    synonyms: ['编号', '序号', ...synonyms],
    cell: { type: 'text' },
    isRequired: true,
    note: { zh: '同一主体内不重复;再次导入按编号更新', en: 'unique per owner; importing again updates by it' },
    example,
  };
}

export const divisionColumn: Column = {
  path: 'divisionCode',
  header: '行政村',
  headerEn: 'village',
  synonyms: [
    '村',
    '所在村',
    '所属村',
    '行政村代码',
    '村代码',
    '行政区划',
    '区划代码',
    '村(社区)',
    '所在行政村',
    '所在地',
  ],
  cell: { type: 'division' },
  isRequired: true,
  fillsDown: true,
  note: {
    zh: '填 12 位代码,或“镇+村”名称,如 高家镇湖仁村;合并单元格自动向下填充',
    en: '12-digit code, or town and village name; merged cells are filled down',
  },
  example: '330803114242',
};

export function ownerColumn(
  header: string,
  options: { isRequired?: boolean; synonyms?: readonly string[] } = {},
): Column {
  return {
    path: 'owner',
    header,
    headerEn: 'owner’s unified social credit code',
    synonyms: ['统一社会信用代码', '信用代码', '主体代码', ...(options.synonyms ?? [])],
    cell: { type: 'uscc' },
    isRequired: options.isRequired ?? true,
    fillsDown: true,
    note: { zh: '18 位统一社会信用代码,按文本填写', en: '18 characters, as text' },
    example: exampleUscc.collective,
  };
}

export const windowColumns: readonly Column[] = [
  {
    path: 'availableFrom',
    header: '可用起始日',
    headerEn: 'available from',
    synonyms: ['起始日期', '开始日期', '可用时间起', '空闲起始日'],
    cell: { type: 'date' },
    note: { zh: '空为即日起', en: 'empty: at once' },
    example: '2026-12-01',
  },
  {
    path: 'availableTo',
    header: '可用截止日',
    headerEn: 'available to',
    synonyms: ['截止日期', '结束日期', '可用时间止', '空闲截止日'],
    cell: { type: 'date' },
    note: { zh: '含当日;空为长期', en: 'that day included; empty: open end' },
    example: '2027-05-31',
  },
];

export const pointColumns: readonly Column[] = [
  {
    path: 'point.lng',
    header: '经度',
    headerEn: 'longitude',
    cell: { type: 'decimal' },
    note: { zh: '与纬度同填或同空', en: 'with latitude, or neither' },
    example: '118.9595',
  },
  { path: 'point.lat', header: '纬度', headerEn: 'latitude', cell: { type: 'decimal' }, example: '28.9798' },
  {
    path: 'point.crs',
    header: '坐标系',
    headerEn: 'coordinate system',
    synonyms: ['坐标系统', '坐标类型'],
    cell: { type: 'choice', choices: coordinateSystems },
    note: {
      zh: '高德、腾讯地图取的点是 GCJ-02,百度地图是 BD-09;空为 WGS-84',
      en: 'points from Amap or Tencent are GCJ-02, from Baidu BD-09; empty: WGS-84',
    },
    example: 'WGS-84',
  },
];

/** Whom to ask about a listing: an office, no person; for the owner and officials until both sides have agreed. */
export const contactFields = {
  contactOffice: z.string().max(60).default('').describe('联系科室,不写人名 · contact office, no person'),
  contactPhone: z
    .string()
    .max(13)
    .regex(phonePattern)
    .nullable()
    .default(null)
    .describe('联系电话 · phone of the office'),
};

export const contactWithheld = ['contactOffice', 'contactPhone'] as const;

export const contactColumns: readonly Column[] = [
  {
    path: 'attributes.contactOffice',
    header: '联系科室',
    headerEn: 'contact office',
    synonyms: ['联系部门', '联系单位'],
    cell: { type: 'text' },
    note: { zh: '写岗位或科室,不写人名;不公开', en: 'an office, no person; not public' },
    example: '综合办公室',
  },
  {
    path: 'attributes.contactPhone',
    header: '联系电话',
    headerEn: 'phone',
    synonyms: ['电话', '联系方式'],
    cell: { type: 'phone' },
    note: { zh: '不公开', en: 'not public' },
    example: '0570-3838383',
  },
];
