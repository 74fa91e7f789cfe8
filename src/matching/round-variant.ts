// 试算预览. Enters: a round that is done, and what should be different. Leaves: both side by side, order by order and town by town,
// and the same for other weights of fairness. Nothing is kept: the round's own proposals stand.

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Context } from '../platform/context.ts';
import type { Scope } from '../platform/database.ts';
import { daySchema, idParams, idSchema, operation, type Operation } from '../platform/http/index.ts';
import { Problem } from '../platform/problem.ts';
import { readRoundDecisions, type RoundDecision } from '../proposals/index.ts';
import { readGazetteer } from '../regions/index.ts';
import { ENGINE_VERSION, orderSchema, scenarioSchema, type Plan, type Scenario } from './engine/index.ts';
import { onRequestLimits, refuseTooLarge, type EngineOnRequest } from './engine-on-request.ts';
import { examples } from './examples.ts';
import { compareDecisions, orderChanges, type Decided } from './round-differences.ts';
import { readDone } from './rounds.ts';
import { runDates } from './snapshot.ts';
import { roundSummarySchema, summarise, type RoundSummary } from './summary.ts';
import { round } from './tables.ts';
import { varyScenario, weighFairness } from './vary-scenario.ts';

const WITHOUT_MAX = 50;
const NEW_ORDERS_MAX = 5;
const WEIGHTS_MAX = 4;

const variantSchema = z
  .strictObject({
    policy: scenarioSchema.shape.policy
      .partial()
      .optional()
      .describe('Weights that differ from those of the round; wages (分 per hour) that differ'),
    without: z
      .array(idSchema)
      .max(WITHOUT_MAX)
      .optional()
      .describe('Listings taken away: orders, sites or people that the round has read'),
    orders: z
      .array(orderSchema)
      .max(NEW_ORDERS_MAX)
      .optional()
      .describe('Orders that join, in the form of a scenario; weeks are counted from the round’s `asOf`'),
    fairnessWeights: z
      .array(z.number().min(0).max(10))
      .max(WEIGHTS_MAX)
      .optional()
      .describe('Also computed with fairness worth so many times as much: 0 is none, 1 what it is in this variant'),
  })
  .meta({ id: 'RoundVariantRequest' });

const outcomeSchema = roundSummarySchema
  .pick({
    orders: true,
    people: true,
    sites: true,
    objectiveFen: true,
    boundFen: true,
    gap: true,
    breakdown: true,
    incomeByTown: true,
    gini: true,
    lowIncomeShare: true,
  })
  .extend({ worstTown: z.string().nullable().describe('The town with the least income per registered idle worker') })
  .meta({ id: 'RoundOutcome' });

const placementSchema = z
  .object({
    share: z.number().describe('Of the quantity ordered: 1, 0.75 or 0.5'),
    startsOn: daySchema,
    lots: z.array(z.object({ siteId: z.string(), isHome: z.boolean() })),
  })
  .meta({ id: 'VariantPlacement' });

const fairnessPointSchema = z
  .object({
    weight: z.number(),
    valueFen: z.number().describe('What the plan is worth without the term of fairness'),
    worstTown: z.string().nullable(),
    worstPerHeadFen: z.number().nullable().describe('Income per registered idle worker of that town'),
    gini: z.number().nullable(),
    lowIncomeShare: z.number().nullable(),
    placed: z.int().describe('Orders'),
    isDominated: z
      .boolean()
      .describe(
        'Another of these plans is worth as much and leaves its worst town as well off, and is better in one of the two',
      ),
  })
  .meta({ id: 'FairnessPoint' });

const roundVariantSchema = z
  .object({
    published: outcomeSchema.describe('The round as it was recorded'),
    variant: outcomeSchema.describe('The same lists with these changes, and the seed and moves of the round'),
    differences: z
      .array(
        z.object({
          orderId: z.string(),
          change: z.enum(orderChanges),
          before: placementSchema.nullable(),
          after: placementSchema.nullable(),
        }),
      )
      .describe('Orders that stand otherwise in the variant'),
    fairness: z.array(fairnessPointSchema).describe('By weight; the variant itself stands among them with weight 1'),
  })
  .meta({ id: 'RoundVariant' });

type Outcome = z.infer<typeof outcomeSchema>;
type FairnessPoint = z.infer<typeof fairnessPointSchema>;

interface Published {
  region: string;
  seed: number;
  summary: RoundSummary;
  scenario: Scenario;
  decisions: RoundDecision[];
}

/** @throws Problem not-found; conflict for a round that found nothing, or that another version of the engine has made */
async function readPublished({ db }: Context, scope: Scope, id: string): Promise<Published> {
  const { kept, decisions } = await db.inScope(scope, async (tx) => {
    await readDone(tx, id);
    const [found] = await tx
      .select({
        ...{ region: round.region, seed: round.seed, engine: round.engine },
        ...{ summary: round.summary, scenario: round.scenario },
      })
      .from(round)
      .where(eq(round.id, id));
    return { kept: found, decisions: await readRoundDecisions(tx, id) };
  });
  if (!kept?.summary || !kept.scenario || kept.engine !== ENGINE_VERSION) {
    throw new Problem('conflict', {
      zh: '这一轮由其他版本的引擎得出,无法并排比较:请先发起新的一轮。',
      en: 'Another version of the engine has made this round, nothing compares with it: start a new one first.',
    });
  }
  const scenario = JSON.parse((await promisify(gunzip)(kept.scenario)).toString()) as Scenario;
  return { region: kept.region, seed: kept.seed, summary: kept.summary, scenario, decisions };
}

function toOutcome(summary: RoundSummary): Outcome {
  const { orders, people, sites, objectiveFen, boundFen, gap, breakdown, incomeByTown, gini, lowIncomeShare } = summary;
  const [worst] = incomeByTown.filter(({ perHeadFen }) => perHeadFen !== null);
  return {
    ...{ orders, people, sites, objectiveFen, boundFen, gap, breakdown, incomeByTown, gini, lowIncomeShare },
    worstTown: worst?.divisionCode ?? null,
  };
}

function toDecided({ asOf, orders }: Scenario, { placements }: Plan): Decided[] {
  const weeksOf = new Map(orders.map(({ id, durationWeeks }) => [id, durationWeeks]));
  return placements.map(({ order, share, start, lots }) => ({
    orderId: order,
    share,
    ...runDates(asOf, start, weeksOf.get(order) ?? 0),
    lots: lots.map(({ site, home }) => ({ siteId: site, isHome: home })),
  }));
}

const toPlacement = (decided: Decided | null) =>
  decided && { share: decided.share, startsOn: decided.startsOn, lots: decided.lots };

/** What is given up for what: none of the plans that nothing else beats is marked. By weight. */
export function weighPoints(points: readonly Omit<FairnessPoint, 'isDominated'>[]): FairnessPoint[] {
  const worstOf = (point: Pick<FairnessPoint, 'worstPerHeadFen'>) => point.worstPerHeadFen ?? 0;
  return points
    .map((point) => ({
      ...point,
      isDominated: points.some(
        (other) =>
          other.valueFen >= point.valueFen &&
          worstOf(other) >= worstOf(point) &&
          (other.valueFen > point.valueFen || worstOf(other) > worstOf(point)),
      ),
    }))
    .sort((a, b) => a.weight - b.weight);
}

function toPoint(weight: number, outcome: Outcome): Omit<FairnessPoint, 'isDominated'> {
  const { objectiveFen, breakdown, worstTown, incomeByTown, gini, lowIncomeShare, orders } = outcome;
  return {
    weight,
    valueFen: objectiveFen - (breakdown['fairness'] ?? 0),
    worstTown,
    worstPerHeadFen: incomeByTown.find(({ divisionCode }) => divisionCode === worstTown)?.perHeadFen ?? null,
    ...{ gini, lowIncomeShare, placed: orders.placed },
  };
}

export function roundVariantOperation(context: Context, compute: EngineOnRequest): Operation {
  return operation({
    method: 'POST',
    url: '/v1/rounds/:id/what-if',
    id: 'matchRoundVariant',
    tag: 'rounds',
    summary: {
      zh: '试算预览:改权重、撤场地或加订单,与已发布的一轮并排比较,不留痕迹',
      en: 'What if a round had other weights, lists or orders: side by side, nothing is kept',
    },
    description:
      'The scenario that the round has kept is changed and run with the round’s seed and moves. Proposals stand as they are. ' +
      `At most ${onRequestLimits.orders} orders, ${onRequestLimits.sites} sites, ${onRequestLimits.workers} workers and ` +
      `${onRequestLimits.moves} moves; each weight of fairness is another run.`,
    permission: 'rounds:run',
    params: idParams,
    body: variantSchema,
    bodyExample: { policy: { lowIncome: 1 }, fairnessWeights: [0, 2] },
    problems: ['not-found', 'conflict', 'unprocessable'],
    reply: { status: 200, schema: roundVariantSchema, example: examples.roundVariant },
    async handle({ params, body, scope, request }) {
      const { seed, summary, scenario, decisions } = await readPublished(context, scope, params.id);
      const { fairnessWeights = [], ...changes } = body;
      const varied = varyScenario(scenario, changes);
      if (!varied.ok) {
        const errors = varied.problems.map(({ path, message }) => ({ path: `body.${path}`, message }));
        throw new Problem('unprocessable', undefined, { errors });
      }
      refuseTooLarge(varied.scenario);
      const weights = [...new Set([1, ...fairnessWeights])];
      const scenarios = weights.map((weight) => weighFairness(varied.scenario, weight));
      const plans = await compute(
        request,
        scenarios.map((each) => ({ scenario: each, seed, moves: summary.moves })),
      );
      const { fullNameOf } = await readGazetteer(context);
      const outcomes = plans.map((plan, at) =>
        toOutcome(summarise(scenarios[at] as Scenario, plan, { nameOf: fullNameOf, refused: [] })),
      );
      const changed = compareDecisions(decisions, toDecided(varied.scenario, plans[0] as Plan));
      return {
        published: toOutcome(summary),
        variant: outcomes[0] as Outcome,
        differences: changed.map(({ orderId, change, before, after }) => ({
          ...{ orderId, change, before: toPlacement(before), after: toPlacement(after) },
        })),
        fairness: weighPoints(outcomes.map((outcome, at) => toPoint(weights[at] as number, outcome))),
      };
    },
  });
}
