import { chromium, type BrowserContext } from 'playwright-core';
import { findBrowser } from '../../../scripts/find-browser.mjs';

/** Flags under which a Chromium of the system runs for tests, as root and without a GPU too. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export const missingBrowser = findBrowser() === null ? 'no Chromium is installed' : null;

/** A fresh profile in a Chromium that is installed. */
export async function launchContext(): Promise<BrowserContext> {
  const executablePath = findBrowser();
  if (executablePath === null) throw new Error('No Chromium is installed');
  return chromium.launchPersistentContext('', {
    executablePath,
    headless: true,
    viewport: { width: 1280, height: 820 },
    args: FLAGS,
  });
}
