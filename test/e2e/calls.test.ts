import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeHosts } from '../support/app-drivers/describe-hosts.ts';
import { ROOT } from '../support/app-drivers/app-process.ts';
import type { DrivenApp } from '../support/app-drivers/driven-app.ts';
import { faultsOn } from './axe.ts';
import { CAPTURE, CAPTURE_FRAMES, MANY_CALLS, MANY_CALLS_FRAMES } from './files.ts';
import { addKeys, openCapture } from './open-files.ts';
import { button, detailOf, showView, waitForFrames } from './screen.ts';

const CAPTURES = join(ROOT, 'test/captures');
/** Two baresip phones over Kamailio; the media are SRTP with the keys in the signalling. */
const SRTP = join(CAPTURES, '13-baresip-srtp-sdes.pcap');
const SRTP_FRAMES = 882;
const KEY = join(CAPTURES, 'keys/server1.key.pem');

const step = (page: Page, name: RegExp): Locator =>
  page.getByRole('listbox', { name: 'Messages of the call' }).getByRole('option', { name });
const tab = (page: Page, name: RegExp): Locator => page.getByRole('tab', { name });
const rows = (page: Page): Locator =>
  page.getByRole('group', { name: 'Call list' }).locator('[role="row"][row-id]');

describeHosts('calls through the', (driver) => {
  let app: DrivenApp;
  let complaints: string[] = [];
  beforeEach(async () => {
    app = await driver.start();
    complaints = [];
    app.page.on('pageerror', (error) => complaints.push(error.message));
    app.page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
  });
  afterEach(() => app.close());

  it('shows a call as locked stretches, and the same call read once the key is there', async () => {
    const { page } = app;
    await openCapture(app, SRTP);
    await waitForFrames(page, SRTP_FRAMES);
    // Nobody chose a view: it opens on the calls.
    await expect.poll(() => rows(page).count()).toBe(1);
    await expect.poll(() => rows(page).first().innerText()).toContain('Locked');
    await step(page, /Locked stretch between 127\.0\.0\.1:\d+ and 127\.0\.0\.1:\d+, no key, conversation 1/)
      .locator('.ladder-label')
      .click();
    const lock = page.getByRole('region', { name: 'Locked stretch' });
    await expect.poll(() => lock.innerText()).toContain('inference');
    await expect.poll(() => lock.innerText()).toContain('no-key');

    await addKeys(app, KEY);
    await showView(page, /Calls/);
    await expect.poll(() => rows(page).first().innerText()).toContain('2001@lab.example');
    expect(await rows(page).count()).toBe(1);
    await expect.poll(() => rows(page).first().innerText()).toContain('14 / 14');
    const invite = step(page, /^Frame 26, INVITE from .*, decrypted/);
    await invite.click();
    const text = page.getByRole('region', { name: 'SIP message text' });
    await expect.poll(() => text.innerText()).toContain('INVITE sip:2002@lab.example');
    expect(await step(page, /^Locked/).count()).toBe(0);

    await button(page.getByRole('region', { name: 'Message', exact: true }), 'Frame 26').click();
    await detailOf(page, 26).waitFor();
    await expect.poll(() => detailOf(page, 26).innerText()).toContain('INVITE sip:2002@lab.example');
    expect(complaints).toEqual([]);
  });

  it('opens the media with the keys of the signalling, and plays it', async () => {
    const { page } = app;
    await openCapture(app, SRTP);
    await waitForFrames(page, SRTP_FRAMES);
    await expect.poll(() => rows(page).count()).toBe(1);
    await tab(page, /^Media \(/).click();
    const streams = page.getByRole('region', { name: /^Stream 0x/ });
    await expect.poll(() => streams.first().innerText()).toMatch(/could not be read|not opened/);
    expect(await button(page, 'Play').count()).toBe(0);

    await addKeys(app, KEY);
    await showView(page, /Calls/);
    await expect.poll(() => rows(page).first().innerText()).toContain('Completed');
    await tab(page, /^Media \(2\)/).click();
    await expect.poll(() => streams.first().innerText()).toContain('401 authenticated, 0 not');
    expect(await streams.count()).toBe(2);
    expect(await streams.first().innerText()).toContain('estimate');
    await button(streams.first(), 'Play').click();
    const length = (): Promise<number> =>
      page.locator('audio').evaluate((audio) => (audio instanceof HTMLAudioElement ? audio.duration : 0));
    await expect.poll(length).toBeGreaterThan(7.5);
    expect(complaints).toEqual([]);
  });

  it('filters calls, and walks from the list through the ladder to the frame by the keyboard', async () => {
    const { page } = app;
    await addKeys(app, KEY);
    await openCaptureFromKeys(page);
    await waitForFrames(page, MANY_CALLS_FRAMES);
    await showView(page, /Calls/);
    await page.getByRole('tab', { name: 'Calls (25)' }).waitFor();
    await page.keyboard.press('Control+f');
    await page.keyboard.type('7-26462@127.0.0.1');
    await expect
      .poll(() => page.getByRole('search', { name: 'Filter calls' }).getByRole('status').innerText())
      .toMatch(/^2 of 25/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.locator('.call-heading').innerText()).toContain('17-26462@127.0.0.1');
    await page.keyboard.press('Enter');
    const ladder = page.getByRole('listbox', { name: 'Messages of the call' });
    await expect.poll(() => ladder.evaluate((list) => list === document.activeElement)).toBe(true);
    await page.keyboard.press('Escape');
    await expect
      .poll(() =>
        rows(page)
          .nth(1)
          .evaluate((row) => row.contains(document.activeElement)),
      )
      .toBe(true);
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    const difference = page.getByRole('region', { name: 'Differences of two messages' });
    await expect.poll(() => difference.innerText()).toContain('180 Ringing');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: /^Frame \d+$/ }).waitFor();

    await showView(page, /Calls/);
    await page
      .getByRole('group', { name: 'Filter calls by state' })
      .getByRole('button', { name: 'Failed' })
      .click();
    await page.getByText('No call passes the filter.').waitFor();
    await button(page, 'Clear the filter').click();
    await expect.poll(() => rows(page).count()).toBeGreaterThan(5);
    expect(complaints).toEqual([]);
  });

  it('lists registrations, other dialogs and statistics beside the calls', async () => {
    const { page } = app;
    await openCapture(app, SRTP);
    await waitForFrames(page, SRTP_FRAMES);
    await addKeys(app, KEY);
    await showView(page, /Calls/);
    await tab(page, /^Registrations/).click();
    await expect
      .poll(() => page.getByRole('group', { name: 'Registration list' }).innerText())
      .toContain('2001@lab.example');
    await page
      .getByRole('option', { name: /401 Unauthorized/ })
      .first()
      .click();
    await expect
      .poll(() => page.getByRole('region', { name: 'SIP message text' }).innerText())
      .toContain('WWW-Authenticate');
    await tab(page, /^Statistics/).click();
    await expect
      .poll(() => page.getByRole('region', { name: 'SIP statistics' }).innerText())
      .toContain('REGISTER');
    expect(complaints).toEqual([]);
  });

  it('can be used by everyone, whatever is shown of a call', async () => {
    const { page } = app;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await openCapture(app, SRTP);
    await waitForFrames(page, SRTP_FRAMES);
    await page.getByRole('region', { name: 'Locked stretch' }).waitFor();
    expect(await faultsOn(page)).toEqual([]);
    await addKeys(app, KEY);
    await showView(page, /Calls/);
    await page.getByRole('region', { name: 'SIP message text' }).waitFor();
    expect(await faultsOn(page)).toEqual([]);
    for (const name of [/^Legs/, /^SDP/, /^Media \(/, /^Findings/, /^Media streams/]) {
      await tab(page, name).last().click();
      await page.waitForTimeout(300);
      expect(await faultsOn(page)).toEqual([]);
    }
    expect(complaints).toEqual([]);
  });

  it('opens on the frames where there is no call to see', async () => {
    const { page } = app;
    await openCapture(app, CAPTURE);
    await waitForFrames(page, CAPTURE_FRAMES);
    await page.getByRole('group', { name: 'Frame list' }).waitFor();
    await page.waitForTimeout(500);
    await page.getByRole('group', { name: 'Frame list' }).waitFor();
    await showView(page, /Calls/);
    await page.getByRole('tab', { name: /^Calls/ }).waitFor();
    expect(complaints).toEqual([]);
  });

  /** From another view than the welcome screen the toolbar's button opens. */
  async function openCaptureFromKeys(page: Page): Promise<void> {
    await app.chooseFiles(() => button(page, /^Open/).first().click(), [MANY_CALLS]);
  }
});
