import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectOutput, ended, ROOT } from '../support/app-drivers/app-process.ts';
import { launchContext, missingBrowser } from '../support/app-drivers/browser-launch.ts';
import { CAPTURE, CAPTURE_FRAMES, PEM_KEY } from './files.ts';
import { verdictCount, waitForFrames } from './screen.ts';

describe.skipIf(process.platform !== 'linux' || missingBrowser !== null)(
  'sipher open without a display',
  () => {
    it('says why in one line, and serves the same app to the browser', async () => {
      const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...environment } = process.env;
      const child = spawn(
        process.execPath,
        [join(ROOT, 'dist/cli/sipher.mjs'), 'open', CAPTURE, '--key', PEM_KEY],
        {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: environment,
        },
      );
      const output = collectOutput(child);
      try {
        await expect.poll(output, { timeout: 20_000 }).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
        expect(output()).toContain(
          'The desktop app cannot start: there is no display. Serving to the browser instead.\n',
        );
        const context = await launchContext();
        const page = context.pages()[0] ?? (await context.newPage());
        await page.goto(/http:\S+/.exec(output())?.[0] ?? '');
        await waitForFrames(page, CAPTURE_FRAMES);
        await expect.poll(() => verdictCount(page, 'Decrypted')).toBeGreaterThan(0);
        await context.close();
      } finally {
        child.kill('SIGTERM');
        await ended(child);
      }
      expect(child.exitCode).toBe(0);
    });
  },
);
