// `npm run prove -- bite` takes guards away by their text. Whoever moves one is told here, not hours later.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sourceBugs } from '../../scripts/prove/bite/source-bugs.ts';

test('every guard that is taken away to try the tests stands in its file exactly once', () => {
  const moved = sourceBugs.filter(({ file, find }) => readFileSync(file, 'utf8').split(find).length !== 2);
  expect(
    moved.map(({ file, why, find }) => `scripts/prove/bite/source-bugs.ts, ${why}: ${file} has no ${find}`),
  ).toEqual([]);
});
