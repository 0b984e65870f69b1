import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APP_DRIVERS } from '../support/app-drivers/app-drivers.ts';
import type { DrivenApp } from '../support/app-drivers/driven-app.ts';
import { faultsOn } from './axe.ts';
import { CAPTURE_FRAMES, LOCKED_FRAME, SIP_FRAME } from './files.ts';
import { button, selectFrame, showView, waitForFrames } from './screen.ts';

/** What is on the screen, in the order in which one gets there. */
const SCENES: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
  ['welcome', (page) => button(page, 'Open the sample').waitFor()],
  ['keys, none', (page) => showView(page, /Keys/)],
  [
    'a frame that stays encrypted',
    async (page) => {
      await showOpenSample(page);
      await selectFrame(page, LOCKED_FRAME);
    },
  ],
  ['a frame with SIP', (page) => selectFrame(page, SIP_FRAME)],
  [
    'conversations',
    async (page) => {
      await showView(page, /Conver/);
      await page.getByRole('row').nth(2).getByRole('gridcell').nth(2).click();
    },
  ],
  [
    'SIP messages',
    async (page) => {
      await showView(page, /SIP/);
      await page.getByRole('row').nth(2).getByRole('gridcell').nth(2).click();
    },
  ],
  ['calls, none', (page) => showView(page, /Calls/)],
  [
    'registrations',
    async (page) => {
      await page.getByRole('tab', { name: 'Registrations' }).click();
      await page.getByRole('listbox', { name: 'Messages' }).waitFor();
    },
  ],
  [
    'other dialogs',
    async (page) => {
      await page.getByRole('tab', { name: 'Other dialogs' }).click();
      await page.getByRole('listbox', { name: 'Messages' }).waitFor();
    },
  ],
  ['media streams, none', (page) => page.getByRole('tab', { name: 'Media streams' }).click()],
  [
    'statistics',
    async (page) => {
      await page.getByRole('tab', { name: 'Statistics' }).click();
      await page.getByRole('region', { name: 'SIP statistics' }).waitFor();
    },
  ],
  ['findings', (page) => showView(page, /Findings/)],
  ['keys', (page) => showView(page, /Keys/)],
  [
    'a dialog',
    async (page) => {
      await showView(page, /Frames/);
      await page.keyboard.press('Control+g');
      await page.getByRole('dialog').waitFor();
    },
  ],
  [
    'the export dialog',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+e');
      await page.getByRole('dialog').getByText('This report holds').waitFor();
    },
  ],
  [
    'the shortcuts',
    async (page) => {
      await page.keyboard.press('Escape');
      await button(page, /Keyboard shortcuts/).click();
      await page.getByRole('dialog').waitFor();
    },
  ],
];

async function showOpenSample(page: Page): Promise<void> {
  await page.keyboard.press('Control+Shift+P');
  await page.getByRole('combobox', { name: 'Command' }).fill('sample');
  await page.keyboard.press('Enter');
  await waitForFrames(page, CAPTURE_FRAMES);
  await showView(page, /Frames/);
}

// The page is the same in each host; one of them is enough, and the desktop app is the one with the strictest policy.
const driver = APP_DRIVERS.find(({ missing }) => missing === null);

describe.skipIf(driver === undefined).each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  let app: DrivenApp;
  const complaints: string[] = [];

  beforeAll(async () => {
    if (driver === undefined) return;
    app = await driver.start();
    app.page.on('pageerror', (error) => complaints.push(error.message));
    app.page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    await app.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await app.page.waitForFunction((name) => document.documentElement.dataset['theme'] === name, colorScheme);
  });
  afterAll(() => app.close());

  it.each(SCENES)('%s has no fault that axe knows', async (_name, goThere) => {
    await goThere(app.page);
    await app.page.waitForTimeout(300);
    expect(await faultsOn(app.page)).toEqual([]);
  });

  it('nothing was refused by the policy or went wrong in the page', () => {
    expect(complaints).toEqual([]);
  });
});
