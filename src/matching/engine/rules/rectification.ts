import type { ExclusionRule } from './exclusion.ts';

/** 整改未完成: no open rectification ticket. Settled when the snapshot is made (exact reading 17). */
export const rectificationRule: ExclusionRule = { id: 'rectification', kind: 'site' };
