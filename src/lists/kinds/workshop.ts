// 共富工坊 workshops: places that are run as one and take orders. The main kind of site in a matching round.
import { z } from 'zod';
import { equipmentKinds } from '../../vocabulary/equipment-kinds.ts';
import { workshopTypeCodes, workshopTypes } from '../../vocabulary/workshop-types.ts';
import { defineKind } from './kind.ts';
import { divisionColumn, keyColumn, ownerColumn, pointColumns, windowColumns } from './listing-fields.ts';
import { namesOf, siteColumns, siteFields, starRating } from './site-fields.ts';

export const workshopAttributes = z.strictObject({
  name: z.string().min(1).max(60).describe('工坊名称 · name'),
  workshopType: z.enum(workshopTypeCodes).describe('工坊类型 · type'),
  ...siteFields,
  seats: z.number().int().min(0).max(5_000).describe('工位数 · workplaces'),
  products: z.array(z.string().min(1).max(40)).max(20).default([]).describe('主要产品 · products'),
  star: starRating,
});

export const workshop = defineKind({
  id: 'workshop',
  list: 'resources',
  label: { zh: '共富工坊', en: 'workshop' },
  isPublic: true,
  attributes: workshopAttributes,
  withheld: [],
  columns: [
    keyColumn('工坊编号', ['工坊序号'], 'GF-001'),
    divisionColumn,
    ownerColumn('权属单位统一社会信用代码'),
    {
      path: 'attributes.name',
      header: '工坊名称',
      headerEn: 'name',
      synonyms: ['名称', '工坊'],
      cell: { type: 'text' },
      isRequired: true,
      example: '示例工坊',
    },
    {
      path: 'attributes.workshopType',
      header: '工坊类型',
      headerEn: 'type',
      synonyms: ['类型'],
      cell: { type: 'choice', choices: workshopTypes },
      isRequired: true,
      example: '来料加工式',
    },
    ...siteColumns,
    {
      path: 'attributes.seats',
      header: '工位数',
      headerEn: 'workplaces',
      synonyms: ['工位', '可容纳人数'],
      cell: { type: 'integer' },
      isRequired: true,
      example: '40',
    },
    {
      path: 'attributes.products',
      header: '主要产品',
      headerEn: 'products',
      synonyms: ['产品'],
      cell: { type: 'texts' },
      example: '袜子、手套',
    },
    {
      path: 'attributes.star',
      header: '星级',
      headerEn: 'star rating',
      synonyms: ['工坊星级', '评定星级'],
      cell: { type: 'decimal' },
      note: { zh: '0–5,未评留空', en: '0–5, empty when not rated' },
      example: '4.2',
    },
    ...windowColumns,
    ...pointColumns,
  ],
  titleOf: (attributes) => attributes.name,
  searchTextOf: (attributes) =>
    [
      attributes.name,
      '共富工坊',
      ...namesOf(workshopTypes, [attributes.workshopType]),
      ...attributes.products,
      ...namesOf(equipmentKinds, attributes.equipment),
    ].join(' '),
});
