import { countyOf, findPerson, type Person } from '../parties/index.ts';
import type { Context } from '../platform/context.ts';
import type { Scope } from '../platform/database.ts';
import { notFound } from '../platform/problem.ts';
import { divisionRange } from '../vocabulary/division-code.ts';

/**
 * The person, if the caller may see him, and the scope in which everything of him lies: his county's, in the caller's name.
 * A village official's own scope would miss the files that the county uploaded, a household's nearly everything.
 * @throws Problem not-found, the same for a person who is not there, not the caller's, or erased.
 */
export async function reachPerson(
  { db }: Context,
  scope: Scope,
  id: string,
): Promise<{ subject: Person; ofCounty: Scope }> {
  const subject = await db.inScope(scope, (tx) => findPerson(tx, id));
  if (!subject) throw notFound();
  return { subject, ofCounty: { ...scope, ...divisionRange(countyOf(subject.region)), audience: 'division' } };
}

/** A household known in several counties has one session, which lies in none of them. */
export function everywhere(ofCounty: Scope): Scope {
  return { ...ofCounty, lo: '0', hi: ':' };
}
