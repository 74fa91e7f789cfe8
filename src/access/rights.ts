// What is left of rights when two stand together: a person and an app, a delegate and a mandate, a caller and a grant.

import { divisionContains } from '../vocabulary/division-code.ts';
import type { Permission } from '../vocabulary/permissions.ts';

export type Permissions = ReadonlySet<Permission>;

export function bothPermit(one: Permissions, other: Iterable<Permission>): Permissions {
  return new Set([...other].filter((permission) => one.has(permission)));
}

export function covers(holder: Permissions, wanted: Iterable<Permission>): boolean {
  return [...wanted].every((permission) => holder.has(permission));
}

/** The inner one of two divisions, where undefined is the whole country; null when they have nothing in common. */
export function innerDivision(one: string | undefined, other: string | undefined): string | undefined | null {
  if (one === undefined) return other;
  if (other === undefined || divisionContains(other, one)) return one;
  return divisionContains(one, other) ? other : null;
}
