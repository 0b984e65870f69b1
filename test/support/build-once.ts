import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Worker threads, the preload and the page run from dist/. Whoever starts vitest by hand gets them built first; a
 * build that fails is told, and only the tests that need it fail.
 */
export function setup(): void {
  const script = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (status !== 0) process.stderr.write(`${stdout}${stderr}`);
}
