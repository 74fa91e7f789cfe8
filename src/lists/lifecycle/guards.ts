// What must hold before a listing takes a step. Enters: the facts of a listing on a day. Leaves: whether it holds, why not, and how
// to mend it. Pure; the machine of the listing names which step asks for which.

import type { PlainDate } from '../../vocabulary/calendar.ts';
import { countWorkingDays } from '../../vocabulary/working-days.ts';
import type { Text } from '../../vocabulary/text.ts';
import type { CollectiveDecision } from '../kinds/index.ts';
import { findShareFault } from './statutory-share.ts';

export interface ListingFacts {
  today: PlainDate;
  /** The last day that it can be used or answered; null: open end. */
  lastDay: PlainDate | null;
  /** The person behind it has withdrawn consent and not given it anew. */
  isConsentWithdrawn: boolean;
  /** Uses that the land-use law forbids; empty: none. */
  landUseFaults: readonly Text[];
  /** Papers without which nobody may use it for business; empty: all there. */
  missingPapers: readonly Text[];
  /** An asset of a collective, which its members must have agreed to offer. */
  owesDecision: boolean;
  decision: CollectiveDecision | null;
  /** What the county has laid down. */
  publicityWorkingDays: number;
}

export interface Publicity {
  /** Its last day: as put up, or later if that is shorter than the county has laid down. */
  until: PlainDate;
  hasBegun: boolean;
  /** It ends beyond the announced holidays and may be longer. */
  isProvisional: boolean;
}

/** Of an asset that owes it; begun today if nothing was put up yet. */
export function publicityOf({ owesDecision, decision, publicityWorkingDays, today }: ListingFacts): Publicity | null {
  if (!owesDecision || decision === null) return null;
  const { publicityFrom, publicityTo } = decision;
  const counted = countWorkingDays(publicityFrom ?? today, publicityWorkingDays);
  const until = publicityTo !== null && publicityTo > counted.until ? publicityTo : counted.until;
  return { until, hasBegun: publicityFrom !== null, isProvisional: counted.isProvisional };
}

/** Beyond the calendar that is known, a count of working days is a guess. */
export const provisionalCalendar: Text = {
  zh: '该日期超出已公布的节假日安排,暂按周末推算,公布后可能顺延。',
  en: 'Beyond the announced holidays: counted by weekends only, it may come later once they are announced.',
};

interface Guard {
  /** null: it holds. */
  findFault(facts: ListingFacts): Text | null;
  mend: Text;
}

const listed = (texts: readonly Text[]): Text => ({
  zh: texts.map(({ zh }) => zh).join(';'),
  en: texts.map(({ en }) => en).join('; '),
});

export const guards = {
  'consent-stands': {
    findFault: ({ isConsentWithdrawn }) =>
      isConsentWithdrawn
        ? {
            zh: '本人已撤回同意。',
            en: 'The person has withdrawn consent.',
          }
        : null,
    mend: { zh: '须先登记新的同意,才能重新发布。', en: 'Record a new consent before publishing again.' },
  },
  'window-not-over': {
    findFault: ({ lastDay, today }) =>
      lastDay !== null && lastDay < today
        ? { zh: `截止日 ${lastDay} 已过。`, en: `Its last day, ${lastDay}, is past.` }
        : null,
    mend: { zh: '填写以后的截止日,或留空为长期。', en: 'State a later last day, or none.' },
  },
  'window-over': {
    findFault: ({ lastDay, today }) =>
      lastDay === null || lastDay >= today ? { zh: '尚未到截止日。', en: 'Its last day is not over.' } : null,
    mend: { zh: '到期后由系统处理。', en: 'The system does it once it is over.' },
  },
  'land-use-permitted': {
    findFault: ({ landUseFaults }) => (landUseFaults.length > 0 ? listed(landUseFaults) : null),
    mend: { zh: '改为法律允许的用途,或更正地类。', en: 'Name a use that the law allows, or correct the land class.' },
  },
  'safety-documents': {
    findFault: ({ missingPapers }) =>
      missingPapers.length > 0
        ? {
            zh: `安全与权属材料不全:${listed(missingPapers).zh}。`,
            en: `Papers are missing: ${listed(missingPapers).en}.`,
          }
        : null,
    mend: { zh: '补齐材料后更新条目。', en: 'Obtain them, then correct the listing.' },
  },
  'decision-recorded': {
    findFault: ({ owesDecision, decision }) =>
      owesDecision && decision === null
        ? {
            zh: '村集体资产尚无集体决议记录(四议两公开)。',
            en: 'It belongs to a collective, and no decision of its members is on record.',
          }
        : null,
    mend: {
      zh: '登记决议:日期、机构、应到、实到、同意人数、会议记录编号和公示日期。',
      en: 'Record the decision: day, body, people due, present and in favour, minutes, and publicity.',
    },
  },
  'decision-carried': {
    findFault: ({ owesDecision, decision }) => (owesDecision && decision !== null ? findShareFault(decision) : null),
    mend: { zh: '重新表决后更新决议记录。', en: 'Vote again, then record the new decision.' },
  },
  'publicity-over': {
    findFault: (facts) => {
      const publicity = publicityOf(facts);
      if (publicity === null || (publicity.hasBegun && facts.today > publicity.until)) return null;
      const { until, hasBegun, isProvisional } = publicity;
      const days = facts.publicityWorkingDays;
      const warning = isProvisional ? provisionalCalendar : { zh: '', en: '' };
      return hasBegun
        ? {
            zh: `公示未满 ${days} 个工作日,到 ${until} 为止。${warning.zh}`,
            en: `Its publicity of ${days} working days lasts until ${until}. ${warning.en}`.trim(),
          }
        : { zh: '决议尚未公示。', en: 'The decision has not been put up for publicity.' };
    },
    mend: {
      zh: '提交审核,审核通过后自动公示,期满自动发布。',
      en: 'Submit it: approved, it is put up, and published when that is over.',
    },
  },
} as const satisfies Record<string, Guard>;

export type GuardName = keyof typeof guards;

export interface GuardFault {
  guard: GuardName;
  why: Text;
  mend: Text;
}

export function findGuardFaults(names: readonly GuardName[], facts: ListingFacts): GuardFault[] {
  return names.flatMap((guard) => {
    const { findFault, mend } = guards[guard];
    const why = findFault(facts);
    return why === null ? [] : [{ guard, why, mend }];
  });
}
