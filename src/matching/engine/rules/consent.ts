import type { ExclusionRule } from './exclusion.ts';

/** 本人同意: consent of the person on record. Settled when the snapshot is made (exact reading 17). */
export const consentRule: ExclusionRule = { id: 'consent', kind: 'worker' };
