import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Without this condition the tests would run a stale `dist` of the workspace and say nothing.
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'], externalConditions: ['source'] } },
  test: {
    include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    pool: 'forks',
    execArgv: ['--expose-gc', '--conditions=source'],
    maxWorkers: 2,
    testTimeout: 30_000,
  },
});
