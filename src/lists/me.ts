// "Who am I here, and what may I do?" For a household, or a delegate of one, also: what is written down of its people.

import { desc, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { permissionSchema } from '../access/index.ts';
import { maskPerson, openPersons } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import type { Scope } from '../platform/database.ts';
import { operation, type Operation } from '../platform/http/index.ts';
import { roles } from '../vocabulary/permissions.ts';
import { kinds, type KindId, type ListingKind } from './kinds/index.ts';
import { componentName } from './schemas.ts';
import { listingStatuses } from './lifecycle/states.ts';
import { listing } from './tables.ts';

function ownListingOf(kind: ListingKind) {
  return z
    .object({
      id: z.uuid(),
      kind: z.literal(kind.id),
      status: z.enum(listingStatuses),
      title: z.string(),
      divisionCode: z.string(),
      attributes: z.object(kind.attributes.shape),
    })
    .meta({ id: `Own${componentName(kind)}` });
}

/** What is written down of a person, of any kind that has a personal part. */
const ownListingSchema = z.discriminatedUnion(
  'kind',
  kinds.filter((kind) => kind.person !== undefined).map(ownListingOf) as [ReturnType<typeof ownListingOf>],
);

const meSchema = z
  .object({
    identity: z.string().describe('Stays the same: what mandates and grants are given to'),
    role: z.enum(roles),
    divisionCode: z.string().nullable().describe('null: the whole country'),
    partyId: z.uuid().nullable(),
    permissions: z.array(permissionSchema).describe('In this request: with the app, mandate and division it names'),
    people: z.array(
      z.object({
        id: z.uuid(),
        name: z.string().describe('张*'),
        phone: z.string().describe('138****0000'),
        idNumber: z.string().describe('3308**********0013'),
        listings: z.array(ownListingSchema),
      }),
    ),
  })
  .meta({ id: 'Me' });

type Me = z.input<typeof meSchema>;

const example: Me = {
  identity: 'session:019aa5c2-7c00-7000-8000-000000000025',
  role: 'household',
  divisionCode: '330803',
  partyId: null,
  permissions: ['me:read', 'sessions:end'],
  people: [
    {
      id: '019aa5c2-7c00-7000-8000-000000000023',
      name: '张*',
      phone: '138****0000',
      idNumber: '3308**********0013',
      listings: [
        {
          id: '019aa5c2-7c00-7000-8000-000000000026',
          kind: 'labour',
          status: 'published',
          title: '缝纫、包装 每周20小时',
          divisionCode: '330803114242',
          attributes: {
            ...{ skills: ['sewing', 'packing'], hoursPerWeek: 20, maxCommuteKm: 5 },
            homeWork: true,
            star: 4,
            minorUntil: null,
          },
        },
      ],
    },
  ],
};

export function meOperation(context: Context): Operation {
  return operation({
    method: 'GET',
    url: '/v1/me',
    id: 'getMe',
    tag: 'sign-in',
    summary: { zh: '当前身份、权限与本人登记', en: 'Who is calling, what they may do, what is written down of them' },
    permission: 'me:read',
    reply: { status: 200, schema: meSchema, example },
    async handle({ principal, scope }) {
      const { identity, role, divisionCode = null, partyId = null, permissions, personIds } = principal;
      return {
        ...{ identity, role, divisionCode, partyId },
        permissions: [...permissions].sort(),
        people: personIds.length > 0 ? await readPeople(context, scope, personIds) : [],
      };
    },
  });
}

async function readPeople(context: Context, scope: Scope, ids: readonly string[]): Promise<Me['people']> {
  return context.db.inScope(scope, async (tx) => {
    const people = await openPersons(context, tx, ids);
    const listings = await tx
      .select()
      .from(listing)
      .where(inArray(listing.personId, [...people.keys()]))
      .orderBy(desc(listing.id));
    return [...people].map(([id, identity]) => ({
      ...maskPerson(id, identity),
      listings: listings
        .filter(({ personId }) => personId === id)
        .map(({ id: listingId, kind, status, title, region, attributes }) => ({
          id: listingId,
          kind: kind as KindId,
          ...{ status, title, attributes },
          divisionCode: region,
        })),
    }));
  });
}
