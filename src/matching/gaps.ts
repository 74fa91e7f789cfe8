// 缺口清单 read. Enters: a question about a round. Leaves: what would place the most of its unplaced orders, by town, for lists of
// training and of investment. Made from what the round has kept, so earlier rounds answer, too.

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Context } from '../platform/context.ts';
import type { Scope } from '../platform/database.ts';
import {
  decodeCursor,
  idParams,
  operation,
  pageOf,
  pageQuery,
  textSchema,
  toPage,
  type Operation,
} from '../platform/http/index.ts';
import { readGazetteer } from '../regions/index.ts';
import { divisionCodeAt } from '../vocabulary/division-code.ts';
import { findEquipmentKind } from '../vocabulary/equipment-kinds.ts';
import { landUses } from '../vocabulary/land-use.ts';
import { findSkill } from '../vocabulary/skills.ts';
import type { Text } from '../vocabulary/text.ts';
import type { Scenario } from './engine/index.ts';
import { examples } from './examples.ts';
import { findGaps, gapKinds, type Gap } from './find-gaps.ts';
import { readDone } from './rounds.ts';
import { round, unmatched } from './tables.ts';
import { townCode } from './town-code.ts';

const ORDERS_SHOWN = 10;

const gapSchema = z
  .object({
    divisionCode: z
      .string()
      .describe('The town of the person or site that was tried; of the order where a rule says what is missing'),
    kind: z
      .enum(gapKinds)
      .describe(
        '`skill`: somebody learns it; `hours`: people who have the skill, or more of their hours; `area`, `power`, `equipment`: of ' +
          'a site; `commute`: a way to work; `home-work`: somebody who may work at home; `land-use`: a site of that class; ' +
          '`availability`: a site or person earlier or longer',
      ),
    code: z
      .string()
      .nullable()
      .describe('Of the skill, machine or class of land; null for all else, and where orders ask for several skills'),
    orders: z.int().describe('Unplaced orders that lack this; an order may stand in several gaps'),
    triedOrders: z.int().describe('Of these, the ones that this change alone places: each was tried by the engine'),
    marginFen: z
      .number()
      .nullable()
      .describe('Margins of these orders together; null for all but officials: it would tell what an order earns'),
    amount: z
      .object({ least: z.number(), most: z.number(), unit: z.enum(['h/week', 'm2', 'kW', 'km', 'weeks']) })
      .nullable()
      .describe('The least that one of these orders is short of, and the most'),
    orderIds: z.array(z.uuid()).describe(`Best margin first, at most ${ORDERS_SHOWN}`),
    text: textSchema,
  })
  .meta({ id: 'RoundGap' });

const nameOfKind: Record<Gap['kind'], Text> = {
  skill: { zh: '会“{code}”的人', en: 'somebody who knows "{code}"' },
  hours: { zh: '“{code}”工时', en: 'hours of "{code}"' },
  area: { zh: '场地面积', en: 'room on a site' },
  power: { zh: '场地用电容量', en: 'electric power of a site' },
  equipment: { zh: '“{code}”设备', en: 'a machine: "{code}"' },
  commute: { zh: '通勤条件', en: 'a way to work' },
  'home-work': { zh: '可居家加工的人', en: 'somebody who may work at home' },
  'land-use': { zh: '“{code}”类场地', en: 'a site of class "{code}"' },
  availability: { zh: '更早或更久可用的场地、人手', en: 'sites or people earlier or longer' },
};

const units: Record<NonNullable<Gap['amount']>['unit'], Text> = {
  'h/week': { zh: '小时/周', en: 'h a week' },
  m2: { zh: '平方米', en: 'm²' },
  kW: { zh: '千瓦', en: 'kW' },
  km: { zh: '公里', en: 'km' },
  weeks: { zh: '周', en: 'weeks' },
};

function sayGap({ kind, code, amount, orderIds, triedOrderIds }: Gap, town: string): Text {
  const several: Text = { zh: '多种技能', en: 'several skills' };
  const named = code === null ? several : (nameOfCode(kind, code) ?? { zh: code, en: code });
  const what = nameOfKind[kind];
  const range = amount && (amount.least === amount.most ? `${amount.least}` : `${amount.least}–${amount.most}`);
  const unit = amount && units[amount.unit];
  const [all, tried] = [orderIds.length, triedOrderIds.length];
  return {
    zh: `${town}缺${what.zh.replace('{code}', named.zh)}${unit ? `(${range} ${unit.zh})` : ''}:涉及 ${all} 个未安排订单,其中 ${tried} 个经试算,仅此一项即可安排`,
    en: `${town} lacks ${what.en.replace('{code}', named.en)}${unit ? ` (${range} ${unit.en})` : ''}: ${all} unplaced orders, ${tried} of which this alone would place, as was tried`,
  };
}

function nameOfCode(kind: Gap['kind'], code: string): Text | null | undefined {
  if (kind === 'equipment') return findEquipmentKind(code);
  if (kind === 'land-use') return landUses.find((use) => use.code === code);
  return findSkill(code);
}

/** @throws Problem not-found; conflict while the round has found nothing */
async function readGaps({ db }: Context, scope: Scope, roundId: string): Promise<Gap[]> {
  const kept = await db.inScope(scope, async (tx) => {
    await readDone(tx, roundId);
    const [stored] = await tx.select({ scenario: round.scenario }).from(round).where(eq(round.id, roundId));
    const rows = await tx
      .select({ orderId: unmatched.listingId, region: unmatched.region, account: unmatched.account })
      .from(unmatched)
      .where(and(eq(unmatched.roundId, roundId), eq(unmatched.subject, 'order')));
    return { scenario: stored?.scenario, rows };
  });
  if (!kept.scenario) return [];
  const scenario = JSON.parse((await promisify(gunzip)(kept.scenario)).toString()) as Scenario;
  return findGaps(
    scenario,
    kept.rows.map(({ orderId, region, account }) => ({
      orderId,
      town: divisionCodeAt(region, 'town') ?? region,
      account,
    })),
  );
}

export function gapOperation(context: Context): Operation {
  return operation({
    method: 'GET',
    url: '/v1/rounds/:id/gaps',
    id: 'listRoundGaps',
    tag: 'rounds',
    summary: {
      zh: '缺口清单:补上哪项技能、场地或设备,能安排最多的未安排订单',
      en: 'What the county lacks: skills, sites and machines, by how many unplaced orders want them',
    },
    description:
      'Most orders first, then most margin. `triedOrders` counts near-misses: that one change alone places each of these orders, ' +
      'beside the plan as it stands when others hold the capacity, or in an empty market when a rule keeps it out. The others lack ' +
      'what nobody and nothing in the county has; whether it would suffice was not tried. At most five changes an order are tried to ' +
      'the end. What an order itself could give up is not here: see `GET /v1/unmatched`. Gaps do not add up.',
    permission: 'rounds:read',
    params: idParams,
    query: z.strictObject({
      town: townCode.optional(),
      kind: z.enum(gapKinds).optional().describe('Only of this kind: `skill` for training, `equipment` for investment'),
      ...pageQuery,
    }),
    problems: ['not-found', 'conflict'],
    reply: {
      status: 200,
      schema: pageOf(gapSchema, 'RoundGapPage'),
      example: { items: [examples.gap], nextCursor: null },
    },
    async handle({ params, query, scope, principal }) {
      const [seen = 0] = decodeCursor(query.cursor, z.tuple([z.int().min(0)]));
      const { fullNameOf } = await readGazetteer(context);
      const seesMargin = principal.role === 'official' || principal.role === 'platform';
      const all = (await readGaps(context, scope, params.id)).filter(
        ({ town, kind }) => (query.town ?? town) === town && (query.kind ?? kind) === kind,
      );
      const rows = all.map((gap, at) => ({ gap, upTo: at + 1 })).slice(seen, seen + query.limit + 1);
      return toPage(
        rows,
        query.limit,
        ({ gap }) => ({
          divisionCode: gap.town,
          ...{ kind: gap.kind, code: gap.code, amount: gap.amount },
          ...{ orders: gap.orderIds.length, triedOrders: gap.triedOrderIds.length },
          marginFen: seesMargin ? gap.marginFen : null,
          orderIds: gap.orderIds.slice(0, ORDERS_SHOWN),
          text: sayGap(gap, fullNameOf(gap.town)),
        }),
        ({ upTo }) => [upTo],
      );
    },
  });
}
