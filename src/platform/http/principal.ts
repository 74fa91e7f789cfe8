// Who asks. Leaves: what row-level security and the permission check need to know of a caller, and nothing else.
// The access room fills it in from credentials; without any the caller is `anonymous`.

import { divisionRange } from '../../vocabulary/division-code.ts';
import { permissionsOf, type Permission, type Role } from '../../vocabulary/permissions.ts';
import type { Scope } from '../database.ts';

export interface Principal {
  /** For the audit trail: `key:<prefix>`, `anonymous`, with the app and the mandate when there are. Never a person's name. */
  subject: string;
  /** What mandates and grants are given to; unlike the subject it outlives the rotation of a key. */
  identity: string;
  role: Role;
  /** What this caller may do in this request: the role's permissions, or fewer. */
  permissions: ReadonlySet<Permission>;
  /** The division the caller acts for; undefined: the whole country (anonymous, platform, a scattered household). */
  divisionCode: string | undefined;
  /** The legal person the caller acts for: enterprises and collectives. */
  partyId: string | undefined;
  /** The people of a household; empty for everybody else. */
  personIds: readonly string[];
}

export const anonymous: Principal = {
  subject: 'anonymous',
  identity: 'anonymous',
  role: 'anonymous',
  permissions: permissionsOf('anonymous'),
  divisionCode: undefined,
  partyId: undefined,
  personIds: [],
};

/** What the caller may see and change at all: the floor under every statement of the request. */
export function scopeOf(principal: Principal, requestId: string): Scope {
  const { lo, hi } = principal.divisionCode ? divisionRange(principal.divisionCode) : { lo: '0', hi: ':' };
  return { lo, hi, audience: audienceOf(principal), actor: principal.subject, requestId };
}

/** Reads as any visitor does: everything published, anywhere. */
export function publicScope(principal: Principal, requestId: string): Scope {
  return { lo: '0', hi: ':', audience: 'public', actor: principal.subject, requestId };
}

function audienceOf({ role, partyId, personIds }: Principal): Scope['audience'] {
  switch (role) {
    case 'platform':
    case 'official':
    case 'auditor':
      return 'division';
    case 'enterprise':
    case 'collective':
      return partyId ?? 'public';
    case 'household':
      return personIds.join(' ') || 'public';
    case 'anonymous':
    case 'broker':
    case 'bank-officer':
    case 'third-party':
      return 'public';
  }
}
