// The last line of a test run, for people and for scripts: `N passed, N failed`, and `, N skipped` when some were. It is
// written when the process ends, so nothing comes after it, and it never says "0 failed" for a run that failed.

import type { Reporter, TestModule, TestSuite } from 'vitest/node';

export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

export function formatClosingLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** A file or suite that broke outside its tests (an import, a hook) counts as one failure, as does any stray error. */
export function countTotals(modules: readonly TestModule[], strayErrors: number): Totals {
  const totals: Totals = { passed: 0, failed: strayErrors, skipped: 0 };
  const addBroken = (part: TestModule | TestSuite) => {
    if (part.errors().length > 0) totals.failed += 1;
  };
  for (const module of modules) {
    addBroken(module);
    for (const suite of module.children.allSuites()) addBroken(suite);
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state !== 'pending') totals[state] += 1;
    }
  }
  return totals;
}

export default class ClosingLine implements Reporter {
  private totals: Totals = { passed: 0, failed: 0, skipped: 0 };

  onInit(): void {
    process.on('exit', (code) => {
      const failed = code === 0 ? this.totals.failed : Math.max(this.totals.failed, 1);
      process.stdout.write(`${formatClosingLine({ ...this.totals, failed })}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    this.totals = countTotals(modules, unhandledErrors.length);
  }
}
