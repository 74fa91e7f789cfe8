// Which tests need what. `pure` needs nothing; stories run on a real PostgreSQL, once per queue lane; `contract` looks at the
// whole: architecture, OpenAPI, schema. Services are started once per run by test/support/global-setup.ts.

import { defineConfig } from 'vitest/config';

const shared = { testTimeout: 120_000, hookTimeout: 120_000 };
const globalSetup = './test/support/global-setup.ts';

const stories = (lane: 'postgres' | 'redis') => ({
  test: {
    ...shared,
    name: `stories-${lane}`,
    include: ['test/stories/**/*.test.ts', 'test/platform/**/*.test.ts'],
    env: { QUEUE_LANE: lane },
    globalSetup,
  },
});

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    teardownTimeout: 60_000,
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      { test: { ...shared, name: 'pure', include: ['src/**/*.test.ts', 'examples/**/*.test.ts'] } },
      { test: { ...shared, name: 'contract', include: ['test/*.test.ts', 'test/contract/**/*.test.ts'], globalSetup } },
      stories('postgres'),
      stories('redis'),
    ],
  },
});
