import { z } from 'zod';
import type { Context } from '../platform/context.ts';
import { decodeCursor, idKey, operation, pageOf, pageQuery, toPage, type Operation } from '../platform/http/index.ts';
import { divisionCodePattern } from '../vocabulary/division-code.ts';
import { partyKindCodes } from '../vocabulary/party-kinds.ts';
import { readParties } from './service.ts';

const partySchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(partyKindCodes as [string, ...string[]]),
    name: z.string(),
    uscc: z.string().describe('统一社会信用代码'),
    divisionCode: z.string(),
  })
  .meta({ id: 'Party' });

const example = {
  id: '019aa5c2-7c00-7000-8000-000000000001',
  kind: 'collective',
  name: '湖仁村股份经济合作社',
  uscc: 'N2330803MF0000001X',
  divisionCode: '330803114242',
};

export function partyOperations(context: Context): Operation[] {
  return [
    operation({
      method: 'GET',
      url: '/v1/parties',
      id: 'listParties',
      tag: 'parties',
      summary: { zh: '主体名录:企业与村集体', en: 'The register of enterprises and collectives' },
      permission: 'parties:read',
      query: z.strictObject({
        division: z.string().max(12).regex(divisionCodePattern).optional().describe('This division and all below it'),
        kind: z.enum(partyKindCodes).optional().describe('Only of this kind'),
        ...pageQuery,
      }),
      reply: {
        status: 200,
        schema: pageOf(partySchema, 'PartyPage'),
        example: { items: [example], nextCursor: null },
      },
      async handle({ query, visitor }) {
        const [afterId] = decodeCursor(query.cursor, idKey);
        const rows = await readParties(context, visitor, {
          divisionCode: query.division,
          kind: query.kind,
          afterId,
          limit: query.limit,
        });
        const toItem = ({ region, id, kind, name, uscc }: (typeof rows)[number]) => ({
          id,
          kind,
          name,
          uscc,
          divisionCode: region,
        });
        return toPage(rows, query.limit, toItem, (row) => [row.id]);
      },
    }),
  ];
}
