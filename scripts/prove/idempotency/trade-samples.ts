// One good POST of every operation of trade: in the name of a village that offers, or an enterprise that asks.

import { platformScope } from '../../../src/platform/database.ts';
import { aDecision, collective, huren, publish } from '../../../test/support/builders.ts';
import type { Caller } from '../../../test/support/caller.ts';
import { shanghaiDate } from '../../../src/vocabulary/calendar.ts';
import type { Post, World as WholeWorld } from './samples.ts';

/** Who trades with whom, and a service to do it with. */
export type World = Pick<WholeWorld, 'context' | 'official' | 'village' | 'buyer' | 'rival' | 'post' | 'next'>;

/** By operationId; what it is about stands ready for it. */
export const tradeSamples: Record<string, (world: World) => Promise<Post>> = {
  createNegotiation: async (world) => asBuyer(world, '/v1/negotiations', await newInquiry(world)),
  offerNegotiation: async (world) => asVillage(world, `${await inquire(world)}/offer`, newOffer),
  acceptNegotiation: async (world) => asBuyer(world, `${await offer(world)}/acceptance`),
  refuseNegotiation: async (world) => asBuyer(world, `${await offer(world)}/refusal`),
  withdrawNegotiation: async (world) => asBuyer(world, `${await inquire(world)}/withdrawal`),

  recordRentPayment: async (world) => asVillage(world, `${await conclude(world)}/rent-payments`, payment),
  reverseRentPayment: async (world) => {
    const path = `${await conclude(world)}/rent-payments`;
    const { id } = await world.village.caller.post<{ id: string }>(path, payment);
    return asVillage(world, `/v1/rent-payments/${id}/reversal`, { reference: '记错合同' });
  },
  recordCheckIn: async (world) => world.post(`${await conclude(world)}/check-ins`, { found: 'idle' }),
  requestDealEnding: async (world) => asBuyer(world, `${await conclude(world)}/ending`, { reason: '不再需要' }),
  acceptDealEnding: async (world) => asVillage(world, `${await askToEnd(world)}/ending-acceptance`),
  refuseDealEnding: async (world) => asVillage(world, `${await askToEnd(world)}/ending-refusal`),
  withdrawDealEnding: async (world) => asBuyer(world, `${await askToEnd(world)}/ending-withdrawal`),
  closeDeal: async (world) => world.post(`${await conclude(world)}/closure`, { document: '裁决书 1 号' }),

  createBidding: async (world) => asVillage(world, '/v1/biddings', await newBidding(world)),
  publishBidding: async (world) => world.post(`${await putUp(world)}/notice`),
  recordMediaNotice: async (world) => {
    const path = await notice(world);
    const { noticedAt } = await world.official.get<{ noticedAt: string }>(path);
    const publishedOn = shanghaiDate(new Date(noticedAt));
    return world.post(`${path}/media-notice`, { medium: '衢江新闻网', publishedOn });
  },
  cancelBidding: async (world) => asVillage(world, `${await putUp(world)}/cancellation`, { reason: '撤回申请。' }),
  openBidding: async (world) => world.post(`${await notice(world, { isClosed: true })}/opening`),
  certifyBidding: async (world) => world.post(`${await openResult(world, { isOver: true })}/certification`),
  relistBidding: async (world) => {
    const path = await notice(world, { isClosed: true });
    await world.official.post(`${path}/opening`);
    return asVillage(world, `${path}/relisting`, { reservePriceFen: 400_000 });
  },
  createBidder: async (world) => asBuyer(world, `${await notice(world)}/bidders`, { depositWay: 'cash' }),
  confirmDeposit: async (world) => world.post(`${await enter(world)}/deposit`, deposit),
  submitBid: async (world) => {
    const path = await enter(world);
    await world.official.post(`${path}/deposit`, deposit);
    return asBuyer(world, `${path}/bid`, { bidFen: 500_000 });
  },
  returnDeposit: async (world) => {
    const bidding = await notice(world);
    const path = await enter(world, bidding);
    await world.official.post(`${path}/deposit`, deposit);
    await world.village.caller.post(`${bidding}/cancellation`, { reason: '撤回申请。' });
    return world.post(`${path}/deposit-return`, { reference: '回单 2' });
  },
  createObjection: async (world) => asBuyer(world, `${await openResult(world)}/objections`, { grounds: '有误。' }),
  settleObjection: async (world) => {
    const path = `${await openResult(world)}/objections`;
    const { id } = await world.buyer.caller.post<{ id: string }>(path, { grounds: '有误。' });
    return world.post(`/v1/bidding-objections/${id}/ruling`, { state: 'dismissed', ruling: '已核实。' });
  },
};

const newOffer = { priceFen: 100_000, instalments: 2, expiresAt: '2199-01-01T00:00:00+08:00' };

async function newInquiry({ official, next }: World) {
  const number = next();
  const { id: listingId } = await publish(official, {
    ...{ kind: 'land', divisionCode: huren, owner: collective.uscc, rowKey: `交易-${number}` },
    decision: aDecision(),
    attributes: {
      ...{ name: `交易地块${number}`, idleLandKind: 'collective-idle', landClass: '0103', isBasicFarmland: false },
      ...{ areaMuX100: 320, transferWay: 'lease', rentFenPerMuYear: 45_000 },
    },
  });
  return { listingId, intendedUse: 'grain', startsOn: '2100-01-01', endsOn: '2101-12-31' };
}

async function inquire(world: World): Promise<string> {
  const { id } = await world.buyer.caller.post<{ id: string }>('/v1/negotiations', await newInquiry(world));
  return `/v1/negotiations/${id}`;
}

async function offer(world: World): Promise<string> {
  const path = await inquire(world);
  await world.village.caller.post(`${path}/offer`, newOffer);
  return path;
}

const payment = { amountFen: 100, paidOn: '2020-01-01', reference: '回单 1' };

/** Begun, whatever the real day is. */
async function conclude(world: World): Promise<string> {
  const path = await offer(world);
  await world.buyer.caller.post(`${path}/acceptance`);
  const { rows } = await world.context.db.inScope(platformScope('system:proof'), (tx) =>
    tx.execute<{ id: string }>(
      `update deal set starts_on = '2020-01-01' where negotiation_id = '${path.split('/').at(-1)}' returning id`,
    ),
  );
  return `/v1/deals/${rows[0]?.id}`;
}

async function askToEnd(world: World): Promise<string> {
  const path = await conclude(world);
  await world.buyer.caller.post(`${path}/ending`, { reason: '不再需要' });
  return path;
}

const deposit = { reference: '回单 1', isMember: false };

async function newBidding(world: World) {
  return { ...(await newInquiry(world)), reservePriceFen: 400_000, instalments: 2 };
}

async function putUp(world: World): Promise<string> {
  const { id } = await world.village.caller.post<{ id: string }>('/v1/biddings', await newBidding(world));
  return `/v1/biddings/${id}`;
}

/** Days pass for this one bidding alone: the clock of the processes is the real one. */
async function settle({ context }: World, path: string, change: string): Promise<void> {
  const id = path.split('/').at(-1) ?? '';
  await context.db.inScope(platformScope('system:proof'), (tx) =>
    tx.execute(`update bidding set ${change} where id = '${id}'`),
  );
}

async function notice(world: World, { isClosed = false } = {}): Promise<string> {
  const path = await putUp(world);
  await world.official.post(`${path}/notice`);
  if (isClosed) await settle(world, path, 'closes_at = noticed_at');
  return path;
}

async function enter(world: World, path?: string, who: Party = world.buyer): Promise<string> {
  const at = path ?? (await notice(world));
  const { id } = await who.caller.post<{ id: string }>(`${at}/bidders`, { depositWay: 'cash' });
  return `/v1/bidders/${id}`;
}

/** Two have bid, and one of them has won. */
async function openResult(world: World, { isOver = false } = {}): Promise<string> {
  const path = await notice(world);
  for (const who of [world.buyer, world.rival]) {
    const mine = await enter(world, path, who);
    await world.official.post(`${mine}/deposit`, deposit);
    await who.caller.post(`${mine}/bid`, { bidFen: 500_000 });
  }
  await settle(world, path, 'closes_at = noticed_at');
  await world.official.post(`${path}/opening`);
  if (isOver) await settle(world, path, 'public_until = opened_at');
  return path;
}

export interface Party {
  caller: Caller;
  secret: string;
}

const asBuyer = ({ buyer }: World, path: string, body?: unknown) => postAs(buyer, path, body);
const asVillage = ({ village }: World, path: string, body?: unknown) => postAs(village, path, body);

function postAs({ secret }: Party, path: string, body: unknown): Post {
  return {
    path,
    headers: { authorization: `Bearer ${secret}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}
