import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { collectOutput, ended, PATIENCE_MS, ROOT } from './app-process.ts';
import { launchContext, missingBrowser } from './browser-launch.ts';
import { hostIsKnown, type AppDriver, type StartOptions } from './driven-app.ts';

/** `sipher serve` and a browser that opens the address it prints. */
export const browserHost: AppDriver = {
  name: 'browser host',
  missing: missingBrowser,
  async start(options = {}) {
    const child = spawn(
      process.execPath,
      [join(ROOT, 'dist/cli/sipher.mjs'), 'serve', ...parameters(options)],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const output = collectOutput(child);
    const url = await new Promise<string>((done, failed) => {
      child.stdout.on('data', () => {
        const found = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(output());
        if (found !== null) done(found[0]);
      });
      child.once('close', () => failed(new Error(`sipher serve ended: ${output()}`)));
    });
    const context = await launchContext();
    const page = context.pages()[0] ?? (await context.newPage());
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(url);
    await page.waitForURL((address) => address.search === '');
    await hostIsKnown(page);
    return {
      host: 'browser',
      page,
      async chooseFiles(open, paths) {
        const chooser = page.waitForEvent('filechooser');
        await open();
        // A browser tells a page nothing of a chooser that was cancelled: it stays where it was.
        if (paths !== null) await (await chooser).setFiles([...paths]);
        else await chooser;
      },
      async saveFile(save, path) {
        if (path === null) return save();
        const download = page.waitForEvent('download');
        await save();
        await (await download).saveAs(path);
      },
      clickMenu: () => Promise.resolve(false),
      output,
      async close() {
        await context.close();
        child.kill('SIGTERM');
        await ended(child);
      },
    };
  },
};

function parameters({ captures = [], keyFiles = [], passwords = [] }: StartOptions): string[] {
  return [
    ...captures,
    ...keyFiles.flatMap((path) => ['--key', path]),
    ...passwords.flatMap((text) => ['--password', text]),
  ];
}
