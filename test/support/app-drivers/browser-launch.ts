import { chromium, type BrowserContext } from 'playwright-core';
import { BROWSER_FLAGS, findBrowser } from '../../../scripts/find-browser.mjs';

export const missingBrowser = findBrowser() === null ? 'no Chromium is installed' : null;

/** A fresh profile in a Chromium that is installed. */
export async function launchContext(): Promise<BrowserContext> {
  const executablePath = findBrowser();
  if (executablePath === null) throw new Error('No Chromium is installed');
  return chromium.launchPersistentContext('', {
    executablePath,
    headless: true,
    viewport: { width: 1280, height: 820 },
    args: BROWSER_FLAGS,
  });
}
