import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// Crypto and property tests on a busy machine of two cores.
const TIMES = {
  testTimeout: 20_000,
  hookTimeout: 60_000,
  // The build that may run first leaves "production" behind, in which React has no test aids.
  env: { NODE_ENV: 'test' },
};

export default defineConfig({
  test: {
    globalSetup: ['test/support/build-once.ts'],
    passWithNoTests: true,
    projects: [
      {
        test: {
          ...TIMES,
          name: 'node',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/renderer/**', 'test/e2e/**'],
        },
      },
      {
        plugins: [react()],
        test: {
          ...TIMES,
          name: 'renderer',
          environment: 'happy-dom',
          include: ['test/renderer/**/*.test.{ts,tsx}'],
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          // Each file drives a browser of its own: after the others, and one at a time.
          sequence: { groupOrder: 1 },
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
