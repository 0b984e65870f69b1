import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/app-drivers/app-process.ts';
import { APP_DRIVERS } from '../support/app-drivers/app-drivers.ts';
import type { DrivenApp } from '../support/app-drivers/driven-app.ts';
import { faultsOn } from './axe.ts';
import { CAPTURE_FRAMES, LOCKED_FRAME, SIP_FRAME } from './files.ts';
import { button, selectFrame, showView, waitForFrames } from './screen.ts';

const CAPTURES = join(ROOT, 'test/captures');
const WITH_CALL = {
  captures: [join(CAPTURES, '13-baresip-srtp-sdes.pcap')],
  keyFiles: [join(CAPTURES, 'keys/server1.key.pem')],
};

type Scene = readonly [string, (page: Page) => Promise<unknown>];

/** What is on the screen, in the order in which one gets there. */
const SCENES: readonly Scene[] = [
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

/** The same of a capture with a call whose media could be opened, in three sizes of the window. */
const CALL_SCENES: readonly Scene[] = [
  ['a call', (page) => page.getByRole('listbox', { name: 'Messages of the call' }).waitFor()],
  ...(['Legs', 'SDP', 'Media', 'Findings'] as const).map((name): Scene => [
    `a call: ${name}`,
    (page) => callTab(page, name).click(),
  ]),
  [
    'two messages compared',
    async (page) => {
      await callTab(page, 'Ladder').click();
      const steps = page.getByRole('listbox', { name: 'Messages of the call' });
      await steps
        .getByRole('option', { name: /INVITE/ })
        .first()
        .click();
      await steps
        .getByRole('option', { name: /180 Ringing/ })
        .first()
        .click({ modifiers: ['Shift'] });
      await page.getByRole('region', { name: 'Differences of two messages' }).waitFor();
    },
  ],
  [
    'the menu of a row',
    async (page) => {
      await page.getByRole('gridcell').nth(2).click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Copy the row as text' }).waitFor();
    },
  ],
  [
    'the menu of columns',
    async (page) => {
      await page.getByRole('menuitem', { name: 'Columns…' }).click();
      await page.getByRole('menuitemcheckbox', { name: 'Sent by' }).waitFor();
    },
  ],
  [
    'media streams',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('tab', { name: 'Media streams' }).click();
      await page.getByRole('region', { name: /^Stream 0x/ }).waitFor();
    },
  ],
  ...(['Text of the stream', 'Timing', 'Compare'] as const).map((name): Scene => [
    `a conversation: ${name}`,
    async (page) => {
      await showView(page, /Conver/);
      await page.getByRole('tab', { name }).click();
    },
  ]),
  [
    'a small window',
    async (page) => {
      await page.setViewportSize({ width: 1000, height: 640 });
      await showView(page, /Calls/);
    },
  ],
  ['as at 200 %', (page) => page.setViewportSize({ width: 640, height: 400 })],
];

const callTab = (page: Page, name: string) =>
  page.getByRole('tablist', { name: 'Course of the call' }).getByRole('tab', { name });

/** Whether something of the window's frame is cut off at its edge. */
const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('.toolbar, .toolbar > *, .navigation, .status-bar')]
      .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1)
      .map((element) => element.outerHTML.slice(0, 80)),
  );

async function showOpenSample(page: Page): Promise<void> {
  await page.keyboard.press('Control+Shift+P');
  await page.getByRole('combobox', { name: 'Command' }).fill('sample');
  await page.keyboard.press('Enter');
  await waitForFrames(page, CAPTURE_FRAMES);
  await showView(page, /Frames/);
}

// The page is the same in each host; one of them is enough, and the desktop app is the one with the strictest policy.
const driver = APP_DRIVERS.find(({ missing }) => missing === null);

describe.skipIf(driver === undefined).each([
  { colorScheme: 'light', what: 'the sample', options: {}, scenes: SCENES },
  { colorScheme: 'dark', what: 'the sample', options: {}, scenes: SCENES },
  { colorScheme: 'light', what: 'a call', options: WITH_CALL, scenes: CALL_SCENES },
  { colorScheme: 'dark', what: 'a call', options: WITH_CALL, scenes: CALL_SCENES },
] as const)('$what in $colorScheme colours', ({ colorScheme, options, scenes }) => {
  let app: DrivenApp;
  const complaints: string[] = [];

  beforeAll(async () => {
    if (driver === undefined) return;
    app = await driver.start(options);
    app.page.on('pageerror', (error) => complaints.push(error.message));
    app.page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    await app.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await app.page.waitForFunction((name) => document.documentElement.dataset['theme'] === name, colorScheme);
  });
  afterAll(() => app.close());

  it.each(scenes)('%s has no fault that axe knows', async (_name, goThere) => {
    await goThere(app.page);
    await app.page.waitForTimeout(300);
    expect(await faultsOn(app.page)).toEqual([]);
    expect(await cutOff(app.page)).toEqual([]);
  });

  it('nothing was refused by the policy or went wrong in the page', () => {
    expect(complaints).toEqual([]);
  });
});
