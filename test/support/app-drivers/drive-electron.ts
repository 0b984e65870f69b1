import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import { PATIENCE_MS, ROOT } from './app-process.ts';
import { hostIsKnown, type AppDriver } from './driven-app.ts';

/** Electron itself, where its program is installed and a window can appear. */
export const realElectron: AppDriver = {
  name: 'Electron',
  missing: whyMissing(),
  async start({ captures = [], keyFiles = [] } = {}) {
    const userData = mkdtempSync(join(tmpdir(), 'sipher-user-'));
    const app = await _electron.launch({
      executablePath: programPath() ?? '',
      args: [
        ROOT,
        `--user-data-dir=${userData}`,
        ...captures,
        ...keyFiles.flatMap((path) => ['--key', path]),
      ],
    });
    let text = '';
    for (const stream of [app.process().stdout, app.process().stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (chunk: string) => (text += chunk));
    }
    const page = await app.firstWindow();
    page.setDefaultTimeout(PATIENCE_MS);
    await hostIsKnown(page);
    return {
      host: 'electron',
      page,
      async chooseFiles(open, paths) {
        // A native dialog cannot be driven: it is answered in its place.
        await app.evaluate(({ dialog }, filePaths) => {
          dialog.showOpenDialog = () =>
            Promise.resolve({
              canceled: filePaths === null,
              filePaths: filePaths === null ? [] : [...filePaths],
            });
        }, paths);
        await open();
      },
      async saveFile(save, path) {
        await app.evaluate(({ dialog }, filePath) => {
          dialog.showSaveDialog = () =>
            Promise.resolve({ canceled: filePath === null, filePath: filePath ?? '' });
        }, path);
        await save();
      },
      clickMenu: (command) =>
        app.evaluate(({ Menu }, id) => {
          const item = Menu.getApplicationMenu()?.getMenuItemById(id) ?? null;
          item?.click();
          return item !== null;
        }, command),
      output: () => text,
      async close() {
        await app.close();
        rmSync(userData, { recursive: true, force: true, maxRetries: 5 });
      },
    };
  },
};

function whyMissing(): string | null {
  if (programPath() === null) return "Electron's program is not installed";
  if (process.platform !== 'linux') return null;
  if (!process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return 'there is no display';
  return process.getuid?.() === 0 ? "Electron's sandbox does not start for root" : null;
}

/** Where Electron's npm package keeps its program, once it has been fetched. */
function programPath(): string | null {
  const folder = join(ROOT, 'node_modules/electron');
  const list = join(folder, 'path.txt');
  if (!existsSync(list)) return null;
  const path = join(folder, 'dist', readFileSync(list, 'utf8'));
  return existsSync(path) ? path : null;
}
