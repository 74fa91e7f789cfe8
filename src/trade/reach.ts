// Under whose eyes a trade happens. What a caller may see is decided by his own scope; what then happens is written in the scope of
// the county in which the resource lies, in his name: both sides, the listing and its bookings belong to one act.

import { countyOf } from '../parties/index.ts';
import type { Scope } from '../platform/database.ts';
import type { Principal } from '../platform/http/index.ts';
import { Problem } from '../platform/problem.ts';
import { divisionRange } from '../vocabulary/division-code.ts';
import type { Text } from '../vocabulary/text.ts';
import type { BrokenRule } from './terms.ts';

export interface Caller {
  scope: Scope;
  visitor: Scope;
  principal: Principal;
}

export function ofCounty(scope: Scope, divisionCode: string): Scope {
  return { ...scope, ...divisionRange(countyOf(divisionCode)), audience: 'division' };
}

/** The legal person that the caller acts for. @throws Problem forbidden */
export function partyOf({ partyId }: Principal): string {
  if (partyId !== undefined) return partyId;
  throw new Problem('forbidden', {
    zh: '只有主体本身(企业、村集体等)或其书面受托人可以办理。',
    en: 'Only the party itself, or who holds its written mandate, may do this.',
  });
}

/** Each rule with its id and text, at the field that breaks it. */
export function termsRefused(broken: readonly BrokenRule[]): Problem {
  return new Problem('unprocessable', undefined, {
    errors: broken.map(({ path, rule, text }) => ({
      path: `body.${path}`,
      message: { zh: `${text.zh}〔${rule}〕`, en: `${text.en} (${rule})` },
    })),
  });
}

/** The same when it is nobody's field any more: what was allowed when it was offered no longer is. */
export function termsNoLongerHold(broken: readonly BrokenRule[]): Problem {
  return new Problem('conflict', {
    zh: `按现在的情况不能成交:${broken.map(({ text, rule }) => `${text.zh}〔${rule}〕`).join(';')}。`,
    en: `As things stand now it cannot be concluded: ${broken.map(({ text, rule }) => `${text.en} (${rule})`).join('; ')}.`,
  });
}

export function refused({ refused: because, why }: { refused: 'state' | 'caller'; why: Text }): Problem {
  return new Problem(because === 'caller' ? 'forbidden' : 'conflict', why);
}

export function notOffered(): Problem {
  return new Problem('conflict', { zh: '该资源已不在发布中。', en: 'The resource is no longer offered.' });
}
