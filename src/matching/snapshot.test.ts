import { expect, it } from 'vitest';
import type { SiteListing } from '../lists/index.ts';
import { buildScenario } from './snapshot.ts';

function aVenue(attributes: Partial<Extract<SiteListing, { kind: 'venue' }>['attributes']>): SiteListing {
  return {
    id: 'venue',
    kind: 'venue',
    divisionCode: '330803114242',
    ownerId: null,
    title: '老粮站',
    point: { lng: 119.02, lat: 29.01 },
    availableFrom: null,
    availableTo: null,
    version: 1,
    attributes: {
      ...{ name: '老粮站', venueType: 'warehouse', areaM2: 200, powerKw: 20, equipment: [], floor: 1 },
      ...{ landUse: 'village-construction', rentFenPerM2Month: 300, isFireChecked: true, hasOwnershipProof: true },
      ...{ houseSafety: 'a', buildingUses: [], bookableSlots: [] },
      ...attributes,
    },
  };
}

it.each([
  ['a sound house', {}, []],
  ['a house without a fire check', { isFireChecked: false }, ['law']],
  ['a house in grade C', { houseSafety: 'c' }, ['law']],
  ['a house where people live', { buildingUses: ['dwelling'] }, ['law']],
  ['a house that is lent by half-days', { bookableSlots: ['mon-am'] }, ['window']],
] as const)('takes or leaves out %s', (_, attributes, rules) => {
  const site = aVenue(attributes as Parameters<typeof aVenue>[0]);
  const market = { orders: [], sites: [site], labour: [], previous: [] };
  const { sites, excluded } = buildScenario(market, { asOf: '2026-11-21', seed: 1, policy: {} });
  expect(excluded?.map(({ rule }) => rule)).toEqual(rules);
  expect(sites).toHaveLength(1 - rules.length);
});
