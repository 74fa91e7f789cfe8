// Trades of the world: what is asked for, offered and agreed, between a party whose view is taken and one whose view is not, so
// that whose turn it is and whose thing it is are the same question.

import { divisionContains } from '../../../src/vocabulary/division-code.ts';
import { aDecision } from '../../../test/support/builders.ts';
import type { Caller } from '../../../test/support/caller.ts';
import type { Service } from '../../../test/support/service.ts';
import { openLandTitle, places, usccOf, type PlaceName } from './world.ts';

interface Pair {
  place: PlaceName;
  seller: string;
  buyer: string;
}

const { enterprise, collective, silent, otherInVillage } = usccOf;
/** The view of the seller is taken … */
const sold: Pair[] = [
  { place: 'child', seller: collective, buyer: silent },
  { place: 'own', seller: enterprise.own, buyer: otherInVillage },
  { place: 'sibling', seller: enterprise.own, buyer: silent },
  { place: 'neighbour', seller: enterprise.neighbour, buyer: silent },
  { place: 'far', seller: enterprise.far, buyer: silent },
];
/** … and that of the buyer. */
const bought: Pair[] = [
  { place: 'child', seller: otherInVillage, buyer: collective },
  { place: 'own', seller: silent, buyer: enterprise.own },
  { place: 'sibling', seller: enterprise.sibling, buyer: enterprise.own },
  { place: 'neighbour', seller: enterprise.neighbour, buyer: silent },
  { place: 'far', seller: silent, buyer: enterprise.far },
];

export async function writeTrades(
  service: Service,
  platform: Caller,
  partyIds: ReadonlyMap<string, string>,
): Promise<void> {
  const keys = new Map<string, Caller>();
  const as = async (uscc: string, place: PlaceName = 'parent'): Promise<Caller> => {
    const role = uscc.startsWith('N2') ? ('collective' as const) : ('enterprise' as const);
    // Its own things elsewhere are reached by a key for there.
    const divisionCode = divisionContains(places.parent, places[place]) ? places.parent : places[place];
    const name = `${uscc} ${divisionCode}`;
    const partyId = partyIds.get(uscc) ?? '';
    const caller = keys.get(name) ?? (await service.signIn({ role, divisionCode, partyId }));
    keys.set(name, caller);
    return caller;
  };
  const offerLand = async (place: PlaceName, owner: string, name = '交易地块'): Promise<string> => {
    const { id } = await platform.post<{ id: string }>('/v1/listings', {
      ...{ kind: 'land', divisionCode: places[place], owner },
      ...(owner.startsWith('N2') && { decision: aDecision() }),
      attributes: {
        ...{ name, idleLandKind: 'collective-idle', landClass: '0103', isBasicFarmland: false, areaMuX100: 320 },
        ...{ transferWay: 'lease', rentFenPerMuYear: 45_000 },
      },
    });
    await platform.post(`/v1/listings/${id}/publication`);
    return id;
  };
  const inquire = async ({ place, seller, buyer }: Pair, endsOn = '2027-12-31'): Promise<string> => {
    const asked = { listingId: await offerLand(place, seller), intendedUse: 'grain', startsOn: '2027-01-01', endsOn };
    return (await (await as(buyer)).post<{ id: string }>('/v1/negotiations', asked)).id;
  };
  const offer = async (pair: Pair, instalments = 2): Promise<string> => {
    const id = await inquire(pair);
    const expiresAt = new Date(service.clock.now().getTime() + 30 * 86_400_000).toISOString();
    await (await as(pair.seller)).post(`/v1/negotiations/${id}/offer`, { priceFen: 100_000, instalments, expiresAt });
    return id;
  };
  await offerLand('parent', enterprise.parent, openLandTitle);
  for (const pair of sold) await inquire(pair);
  for (const pair of bought) {
    await inquire(pair, '2027-06-30');
    await offer(pair);
  }
  await writeBiddings({ service, platform, as, offerLand });
  const conclude = async (pair: Pair, instalments: number): Promise<string> => {
    const negotiationId = await offer(pair, instalments);
    await (await as(pair.buyer)).post(`/v1/negotiations/${negotiationId}/acceptance`);
    const [deal] = await service.rows<{ id: string }>('select id from deal where negotiation_id = $1', [negotiationId]);
    return deal?.id ?? '';
  };
  for (const pair of bought) await conclude(pair, 2);
  for (const pair of sold) {
    const id = await conclude(pair, 3);
    // As if it had begun.
    await service.rows(`update deal set starts_on = '2026-11-01' where id = $1`, [id]);
    const rent = { amountFen: 100, paidOn: '2026-11-01', reference: '回单' };
    await platform.post(`/v1/deals/${id}/rent-payments`, rent);
    await platform.post(`/v1/deals/${id}/check-ins`, { found: 'idle' });
    for (const side of ['seller', 'buyer'] as const) {
      await (await as(pair[side])).post(`/v1/deals/${await conclude(pair, 2)}/ending`, { reason: '不再需要' });
    }
  }
}

interface Hands {
  service: Service;
  platform: Caller;
  as: (uscc: string, place?: PlaceName) => Promise<Caller>;
  offerLand: (place: PlaceName, owner: string, name?: string) => Promise<string>;
}

/** One in every state; bids of two who are asked by nobody, or of nobody. */
async function writeBiddings({ service, platform, as, offerLand }: Hands): Promise<void> {
  const apply = async ({ place, seller }: Pair, instalments: number): Promise<string> => {
    const terms = { intendedUse: 'grain', startsOn: '2027-01-01', endsOn: '2027-12-31', reservePriceFen: 400_000 };
    const body = { listingId: await offerLand(place, seller), ...terms, instalments };
    return (await (await as(seller, place)).post<{ id: string }>('/v1/biddings', body)).id;
  };
  const notice = async (pair: Pair, instalments = 1): Promise<string> => {
    const id = await apply(pair, instalments);
    await platform.post(`/v1/biddings/${id}/notice`);
    return id;
  };
  const enter = async (id: string, uscc: string, isConfirmed: boolean, bidFen?: number): Promise<void> => {
    const body = { depositWay: 'cash' };
    const mine = await (await as(uscc)).post<{ id: string }>(`/v1/biddings/${id}/bidders`, body);
    if (isConfirmed) await platform.post(`/v1/bidders/${mine.id}/deposit`, { reference: '回单', isMember: false });
    if (bidFen !== undefined) await (await as(uscc)).post(`/v1/bidders/${mine.id}/bid`, { bidFen });
  };
  /** As if the notice had been up long enough. */
  const close = (id: string) => service.rows('update bidding set closes_at = noticed_at where id = $1', [id]);
  const open = async (pair: Pair, prices: readonly number[], instalments = 1): Promise<string> => {
    const id = await notice(pair, instalments);
    const bidders = [enterprise.parent, enterprise.child];
    for (const [at, bidFen] of prices.entries()) await enter(id, bidders[at] ?? '', true, bidFen);
    await close(id);
    await platform.post(`/v1/biddings/${id}/opening`);
    return id;
  };
  for (const pair of sold) {
    await offerLand(pair.place, pair.seller, '待拍地块');
    await apply(pair, 1);
    await open(pair, [500_000]);
  }
  for (const pair of bought) {
    await notice(pair, 7);
    await close(await notice(pair));
    await enter(await notice(pair), enterprise.parent, false);
    await enter(await notice(pair), pair.buyer, true);
    const contested = await open(pair, [500_000, 450_000], 7);
    await service.rows(
      `insert into bidding_objection (id, region, bidding_id, party_id, party_ids, state, grounds, raised_at)
       select gen_random_uuid(), region, id, winner_id, array[winner_id], 'raised', '异议', now() from bidding where id = $1`,
      [contested],
    );
    const over = await open(pair, [500_000, 450_000]);
    await service.rows('update bidding set public_until = opened_at where id = $1', [over]);
  }
}
