import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeHosts } from '../support/app-drivers/describe-hosts.ts';
import type { DrivenApp } from '../support/app-drivers/driven-app.ts';
import { CAPTURE, CAPTURE_FRAMES, createWorkshop, PEM_KEY, type Workshop } from './files.ts';
import { button, showView, waitForFrames } from './screen.ts';

let workshop: Workshop;
beforeAll(() => {
  workshop = createWorkshop();
});
afterAll(() => workshop.clear());

const dialogOf = (page: Page): Locator => page.getByRole('dialog', { name: 'Export' });
const radio = (page: Page, name: string | RegExp): Locator => dialogOf(page).getByRole('radio', { name });

describeHosts('through the', (driver) => {
  let app: DrivenApp;
  beforeEach(async () => {
    app = await driver.start({ captures: [CAPTURE], keyFiles: [PEM_KEY] });
    await waitForFrames(app.page, CAPTURE_FRAMES);
  });
  afterEach(() => app.close());

  const written = async (path: string): Promise<string> => {
    await expect.poll(() => existsSync(path), { timeout: 10_000 }).toBe(true);
    await dialogOf(app.page).waitFor({ state: 'hidden' });
    return readFileSync(path, 'latin1');
  };

  it('writes the report where the user says, and the dialog says what it will hold', async () => {
    const { page } = app;
    await page.keyboard.press('Control+e');
    const dialog = dialogOf(page);
    await expect.poll(() => dialog.innerText()).toContain('This report holds 10 SIP messages');
    await expect.poll(() => dialog.innerText()).toContain('Confidential');
    const path = join(workshop.folder, `${driver.name}.html`);
    await app.saveFile(() => button(dialog, /^Export$/).click(), path);
    const report = await written(path);
    expect(report).toContain('handshake-not-captured');
    expect(report).toContain('REGISTER sip:lab.example');
    expect(report).not.toContain('<script');
  });

  it('writes one conversation with its secrets and without the key, by keyboard alone', async () => {
    const { page } = app;
    await showView(page, /Conver/);
    await page.getByRole('row').nth(2).getByRole('gridcell').nth(2).click();
    const pane = page.getByRole('region', { name: 'Conversation 1' });
    await button(pane, 'Export…').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => radio(page, /Conversation 1/).isChecked()).toBe(true);
    // Focus is on the chosen format; arrows choose another one.
    await page.keyboard.press('ArrowDown');
    expect(await radio(page, /opens decrypted/).isChecked()).toBe(true);
    await expect
      .poll(() => dialogOf(page).innerText())
      .toContain('session secrets of 1 connection; no private key');
    const path = join(workshop.folder, `${driver.name}.pcapng`);
    await app.saveFile(() => button(dialogOf(page), /^Export$/).press('Enter'), path);
    const capture = await written(path);
    expect(capture).toMatch(/CLIENT_RANDOM [0-9a-f]{64}/);
    expect(capture).not.toContain('PRIVATE KEY');
  });

  it('redacts', async () => {
    const { page } = app;
    await button(page.getByRole('banner').first(), 'Export…').click();
    await radio(page, 'SIP as text').check();
    await dialogOf(page)
      .getByRole('checkbox', { name: /Redact/ })
      .check();
    await expect.poll(() => dialogOf(page).innerText()).toContain('in it are replaced');
    expect(await dialogOf(page).innerText()).not.toContain('Confidential');
    const path = join(workshop.folder, `${driver.name}.txt`);
    await app.saveFile(() => button(dialogOf(page), /^Export$/).click(), path);
    const text = await written(path);
    expect(text).toContain('REGISTER sip:host1.example');
    expect(text).not.toContain('lab.example');
  });

  it('stays where it was when the user cancels', async () => {
    const { page } = app;
    await page.keyboard.press('Control+e');
    await dialogOf(page).waitFor();
    await page.keyboard.press('Escape');
    await dialogOf(page).waitFor({ state: 'hidden' });
    if (app.host === 'browser') return;
    await page.keyboard.press('Control+e');
    await expect.poll(() => dialogOf(page).innerText()).toContain('This report holds');
    await app.saveFile(() => button(dialogOf(page), /^Export$/).click(), null);
    await expect.poll(() => button(dialogOf(page), /^Export$/).isEnabled()).toBe(true);
  });

  it('says what went wrong where it cannot be written', async () => {
    if (app.host === 'browser') return;
    const { page } = app;
    await page.keyboard.press('Control+e');
    await expect.poll(() => dialogOf(page).innerText()).toContain('This report holds');
    const path = join(workshop.folder, 'no such folder', 'x.html');
    await app.saveFile(() => button(dialogOf(page), /^Export$/).click(), path);
    await expect
      .poll(() => dialogOf(page).getByRole('alert').innerText())
      .toContain('there is no such folder');
  });
});
