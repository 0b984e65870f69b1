/** Finds a Chromium that is installed: the end-to-end tests drive it, nothing is fetched for them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** How it runs here: without a sandbox, since also as root, without a GPU, and reaching out to nobody. */
export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Path of a Chromium, Chrome or Edge; SIPHER_BROWSER names another. null where there is none. */
export function findBrowser() {
  return candidates().find((path) => path !== '' && existsSync(path)) ?? null;
}

function candidates() {
  const named = process.env.SIPHER_BROWSER;
  if (named !== undefined && named !== '') return [named];
  if (process.platform === 'win32') {
    const roots = ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].map(
      (name) => process.env[name] ?? '',
    );
    return roots.flatMap((root) => [
      join(root, 'Google/Chrome/Application/chrome.exe'),
      join(root, 'Microsoft/Edge/Application/msedge.exe'),
    ]);
  }
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}
