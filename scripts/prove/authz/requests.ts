// How each operation is asked in its ordinary form, so that what refuses it is who asks and nothing else. Method, path and body are
// those of the contract's own examples; a thing adds its id, or the place and party that the request is about.

import { readFileSync } from 'node:fs';
import { aSheet, aWorkshop } from '../../../test/support/builders.ts';
import { xlsx } from '../../../test/support/caller.ts';
import type { Row } from './expectations.ts';
import type { Thing } from './world.ts';

interface Declared {
  operationId: string;
  method: string;
  path: string;
  example: Record<string, unknown> | undefined;
  isUpload: boolean;
}

interface Document {
  paths: Record<
    string,
    Record<
      string,
      { operationId: string; requestBody?: { content: Record<string, { example?: Record<string, unknown> }> } }
    >
  >;
}

export function readContract(): Map<string, Declared> {
  const file = new URL('../../../openapi/openapi.json', import.meta.url);
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as Document;
  const declared = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { operationId, requestBody }]): Declared => {
      const content = requestBody?.content ?? {};
      const isUpload = requestBody !== undefined && !('application/json' in content);
      return {
        operationId,
        method: method.toUpperCase(),
        path,
        example: content['application/json']?.example,
        isUpload,
      };
    }),
  );
  return new Map(declared.map((operation) => [operation.operationId, operation]));
}

export interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

/** What differs from the example because it must be of this world. */
interface Known {
  phone: string;
  code: string;
  delegate: string;
  openLand: string;
  later: string;
}

export type Ask = (row: Row, thing?: Thing) => Asked;

export const missing = '019aa5c2-7c00-7000-8000-000000000099';
/** The same thing, as if it were not there. */
export const absent = (thing: Thing): Thing => ({ ...thing, id: missing });

export async function prepareRequests(contract: ReadonlyMap<string, Declared>, known: Known): Promise<Ask> {
  const workbook = await aSheet('workshop', [aWorkshop({ rowKey: 'XZ-1' })]);
  let number = 0;

  const bodyOf = (
    row: Row,
    { region = '330803', uscc, partyId, role }: Thing['words'],
    example: Declared['example'],
    thingId: string | undefined,
  ) => {
    switch (row.operation) {
      case 'requestSmsCode':
        return { phone: known.phone };
      case 'createSession':
        return { phone: known.phone, code: known.code };
      case 'createListing':
        return aWorkshop({ divisionCode: region, ...(uscc && { owner: uscc }), name: `新写${++number}` });
      case 'changeListing':
        // Fits every kind.
        return { availableTo: '2027-06-30' };
      case 'createApiKey':
        return { label: `新发${++number}`, role: 'third-party', divisionCode: region };
      case 'createMandate':
        return {
          ...example,
          divisionCode: region,
          delegate: known.delegate,
          grantor: { role, partyId },
          matters: ['listings:read'],
        };
      case 'createDivisionGrant':
        return { ...example, divisionCode: region, grantee: { partyId } };
      case 'createNegotiation':
        return { ...example, listingId: known.openLand };
      case 'createBidding':
        return { ...example, listingId: thingId };
      case 'recordRentPayment':
        return { ...example, amountFen: 100 };
      case 'relistBidding':
        return { reservePriceFen: 400_000 };
      case 'submitBid':
        return { bidFen: 500_000 };
      case 'offerNegotiation':
        return { ...example, expiresAt: known.later };
      case 'createListPublication':
        return { ...example, divisionCode: region };
      case 'requestRound':
        return { divisionCode: region };
      default:
        return example;
    }
  };

  const queryOf = ({ operation, query }: Row, thing: Thing | undefined): string => {
    const region = thing?.words['region'] ?? '330803';
    switch (operation) {
      case 'getFourLists':
      case 'getVillageMap':
        return `division=330803`;
      case 'listResourceBookings':
        return `listing=${known.openLand}`;
      case 'getIdleLabourList':
        return `county=330803`;
      case 'requestImport':
        return `sheet=workshop&division=${region}`;
      case 'exportSheet':
        return `division=${region}${query === 'people' ? '&purpose=inspection' : ''}`;
      default:
        return query;
    }
  };

  return (row, thing) => {
    const declared = contract.get(row.operation);
    if (!declared) throw new Error(`the contract has no operation ${row.operation}`);
    const { method, path, example, isUpload } = declared;
    const query = queryOf(row, thing);
    const filled = path
      .replace('{id}', thing?.id ?? missing)
      .replace('{code}', '330803')
      .replace('{division}', thing?.words['region'] ?? '330803')
      .replace('{sheet}', row.query === 'people' ? 'labour' : 'workshop');
    const body = bodyOf(row, thing?.words ?? {}, example, thing?.id);
    return {
      method,
      path: query === '' ? filled : `${filled}?${query}`,
      headers: {
        ...(isUpload ? { 'content-type': xlsx } : body && { 'content-type': 'application/json' }),
        ...((method === 'PATCH' || method === 'PUT') && { 'if-match': '*' }),
      },
      ...(isUpload ? { body: workbook } : body && { body: JSON.stringify(body) }),
    };
  };
}

/** Every page of a list, and of each round's where a list is asked for by round. */
export function listsOf(row: Row, asked: Asked, roundIds: readonly string[]): Asked[] {
  const more = row.operation === 'listUnmatched' ? roundIds.map((id) => `round=${id}`) : [row.query];
  const base = asked.path.split('?')[0] ?? '';
  return more.map((query) => ({ ...asked, path: `${base}?${[query, 'limit=100'].filter(Boolean).join('&')}` }));
}
