import type { ExclusionRule } from './exclusion.ts';

/** 法定年龄与工时、土地用途管制等法律限制: age and hours law, and what else the law forbids. Settled when the snapshot is made (exact reading 17). */
export const lawRule: ExclusionRule = { id: 'law', kind: 'worker' };
