// Who may do what, in one table. Roles stand for kinds of callers; the division they act for comes on top (row-level
// security), so an official of a town has the same permissions as one of the county, over fewer rows.

export const roles = [
  'anonymous',
  'platform',
  'official',
  'enterprise',
  'collective',
  /** 经纪人、坊主: nothing of its own; acts for others under a mandate. */
  'broker',
  /** 农户: signed in by a code to the phone; sees what is written down of itself. */
  'household',
  'bank-officer',
  'auditor',
  'third-party',
] as const;
export type Role = (typeof roles)[number];

const everybody = roles;
const signedIn = roles.filter((role) => role !== 'anonymous');
const officials = ['platform', 'official'] as const;
const owners = ['platform', 'official', 'enterprise', 'collective'] as const;
/** Owners, and those who write for them under a mandate. */
const writers = [...owners, 'broker'] as const;

export const permissions = {
  'service:read': everybody,
  'sessions:start': everybody,
  'sessions:read': ['household'],
  'sessions:end': ['household'],
  'sessions:end-others': ['household'],
  'me:read': signedIn,
  'api-keys:read': officials,
  'api-keys:write': officials,
  'mandates:read': owners,
  'mandates:write': owners,
  'division-grants:read': owners,
  'division-grants:write': officials,
  'divisions:read': everybody,
  'parties:read': everybody,
  'parties:write': officials,
  'lists:read': everybody,
  'listings:read': everybody,
  'listings:write': writers,
  /** Publishing and withdrawing what others wrote down. */
  'listings:publish': officials,
  /** 信息已失效: everybody who is somebody; auditors only read. */
  'listings:report': signedIn.filter((role) => role !== 'auditor'),
  'trade-policies:write': officials,
  /** Versions of the four lists: drafting, review and publishing. */
  'list-publications:write': officials,
  /** Searches of one's own that are asked again of what is published later. Not for people: what they look for is kept nowhere. */
  'saved-searches:use': [...writers, 'bank-officer', 'third-party'],
  'imports:write': ['platform', 'official', 'collective'],
  /** What one may see in full, as workbooks that can be imported again. */
  'exports:read': writers,
  /** Clear values of a person, for a stated purpose, on record. */
  'persons:disclose': officials,
  /** What was recorded wrongly: the right to correction (PIPL art. 46), carried out by an official. */
  'persons:correct': officials,
  /** When a phone is lost: every sign-in of a person ends at once. */
  'persons:sign-out': officials,
  'persons:export': [...officials, 'household'],
  'persons:erase': officials,
  'consents:write': officials,
  'consents:withdraw': [...officials, 'household'],
  'rounds:read': ['platform', 'official', 'auditor'],
  'rounds:run': officials,
  'proposals:read': [...writers, 'auditor'],
  /** Negotiations, biddings and deals: both sides, and officials of the resource's division. */
  'trades:read': [...writers, 'auditor'],
  /** Asking, offering, accepting: parties only, for nobody is bound by an official's click (R02). */
  'trades:write': ['enterprise', 'collective', 'broker'],
  /** Notices and results of open biddings. */
  'biddings:read': everybody,
  /** How a resource is used after its deal: rents, check-ins, alerts. */
  'usage:read': [...writers, 'auditor'],
  /** Payments that came and what is seen, by whoever let it or an official. */
  'usage:write': writers,
  /** Deposits, openings, certificates, rulings. */
  'trades:supervise': officials,
  /** Who saw or changed what; officials from the county upwards only. */
  'audit:read': ['platform', 'official', 'auditor'],
  /** The engine on a scenario of the caller's own: costs computing time, shows nothing of anybody. */
  'what-if:run': ['platform', 'official', 'enterprise', 'collective', 'third-party'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;

/** What a party does for itself, and no official in its place: who supervises it hands it on without having it. */
export const ofPartiesAlone: readonly Permission[] = ['trades:write'];

export function mayDo(role: Role, permission: Permission): boolean {
  return (permissions[permission] as readonly Role[]).includes(role);
}

export const permissionCodes = Object.keys(permissions) as [Permission, ...Permission[]];

/** All that a role may do at most; a key, a mandate or an app may leave less of it. */
export function permissionsOf(role: Role): ReadonlySet<Permission> {
  return new Set(permissionCodes.filter((permission) => mayDo(role, permission)));
}
