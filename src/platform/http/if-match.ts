// Which version a caller changes. Enters: the header If-Match. Leaves: the version named there, which the row must still have.

import { Problem } from '../problem.ts';

/** `"3"`, or as it was answered: `"3-Qx7aBw…"`. A proxy that compresses answers has made it weak, which changes nothing here. */
const ourTag = /^(?:W\/)?"(\d{1,9})(?:-[\w-]{1,40})?"$/;

/** Undefined: whatever stands. @throws Problem version-conflict for an ETag that is none of ours. */
export function readIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const version = ourTag.exec(header)?.[1];
  if (version !== undefined) return Number(version);
  throw new Problem('version-conflict', {
    zh: 'If-Match 须为读取该内容时得到的 ETag(只写一个),或 *。',
    en: 'If-Match must be the one ETag that reading this answered, or *.',
  });
}
