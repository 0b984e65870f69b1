/**
 * The command line as one file (scripts/build.mjs, part one-file): it is its own worker thread. `serve` and `open` are
 * left out of it, see without-page.ts.
 */
import { isMainThread } from 'node:worker_threads';

if (isMainThread) await import('./main.ts');
else await import('../core/node/opener-worker.ts');
