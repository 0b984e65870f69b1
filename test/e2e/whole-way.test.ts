import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeHosts } from '../support/app-drivers/describe-hosts.ts';
import type { DrivenApp } from '../support/app-drivers/driven-app.ts';
import {
  CAPTURE,
  CAPTURE_FRAMES,
  createWorkshop,
  LOCKED_FRAME,
  PEM_KEY,
  PFX_KEY,
  PFX_PASSWORD,
  SIP_FRAME,
  type Workshop,
} from './files.ts';
import { addKeys, openCapture } from './open-files.ts';
import {
  button,
  detailOf,
  selectFrame,
  showView,
  statusBar,
  verdictCount,
  waitForFrames,
  whyOf,
} from './screen.ts';

let workshop: Workshop;
beforeAll(() => {
  workshop = createWorkshop();
});
afterAll(() => workshop.clear());

describeHosts('through the', (driver) => {
  let app: DrivenApp;
  beforeEach(async () => {
    app = await driver.start();
  });
  afterEach(() => app.close());

  it('shows in the sample what decrypts, and why the rest does not', async () => {
    const { page } = app;
    await button(page, 'Open the sample').click();
    await waitForFrames(page, CAPTURE_FRAMES);
    await expect.poll(() => verdictCount(page, 'Decrypted')).toBeGreaterThan(0);

    const detail = await selectFrame(page, SIP_FRAME);
    await expect.poll(() => detail.innerText()).toContain('SIP/2.0 401 Unauthorized');

    await selectFrame(page, LOCKED_FRAME);
    const why = whyOf(page);
    await expect.poll(() => why.innerText()).toContain('handshake-not-captured');
    await expect.poll(() => why.innerText()).toMatch(/before the capture/i);
    const link = why.getByTitle(/^Go to frame \d+$/).first();
    const target = Number((await link.getAttribute('title'))?.replace(/\D/g, ''));
    await link.click();
    await detailOf(page, target).waitFor();
  });

  it('says which key is wanted, and reads the SIP once a PEM key is loaded', async () => {
    const { page } = app;
    await openCapture(app, CAPTURE);
    await waitForFrames(page, CAPTURE_FRAMES);
    await selectFrame(page, SIP_FRAME);
    await expect.poll(() => whyOf(page).innerText()).toContain('no-key');
    expect(await verdictCount(page, 'Decrypted')).toBe(0);

    await addKeys(app, PEM_KEY);
    const card = page.getByRole('listitem', { name: 'server1.pkcs8-crlf.pem' });
    await expect.poll(() => card.innerText()).toMatch(/opens 1 conversation/);
    await showView(page, /Frames/);
    await expect.poll(() => verdictCount(page, 'Decrypted')).toBeGreaterThan(0);
    await expect.poll(() => detailOf(page, SIP_FRAME).innerText()).toContain('SIP/2.0 401 Unauthorized');

    await showView(page, /Keys/);
    await button(card, /^Remove server1/).click();
    await button(card, 'Remove').click();
    await expect.poll(() => verdictCount(page, 'Decrypted')).toBe(0);
  });

  it('asks for the password of a PFX, takes the right one and says so of a wrong one', async () => {
    const { page } = app;
    await openCapture(app, CAPTURE);
    await waitForFrames(page, CAPTURE_FRAMES);
    await addKeys(app, PFX_KEY);
    const card = page.getByRole('listitem', { name: 'server1.windows-csp.pfx' });
    const password = card.getByLabel(/password/i);
    await password.fill('not the password');
    await button(card, 'Unlock').click();
    await expect
      .poll(async () => (await page.locator('main').innerText()).toLowerCase())
      .toMatch(/password.*(wrong|not|does)/);
    expect(await password.inputValue()).toBe('');
    await password.fill(PFX_PASSWORD);
    await password.press('Enter');
    await expect.poll(() => card.innerText()).toMatch(/opens 1 conversation/);
    await expect.poll(() => verdictCount(page, 'Decrypted')).toBeGreaterThan(0);
  });

  it('tells a wrong key from no key, and a wrong file from a key', async () => {
    const { page } = app;
    await openCapture(app, CAPTURE);
    await waitForFrames(page, CAPTURE_FRAMES);
    await addKeys(app, workshop.wrongKey());
    await expect
      .poll(() => page.getByRole('listitem', { name: 'other-server.pem' }).innerText())
      .toMatch(/opens none/);
    await showView(page, /Frames/);
    await selectFrame(page, SIP_FRAME);
    await expect.poll(() => whyOf(page).innerText()).toContain('wrong-key');

    await addKeys(app, workshop.wrongFile());
    await expect.poll(() => page.locator('main').innerText()).toContain('holiday.jpg');
    expect(await verdictCount(page, 'Decrypted')).toBe(0);
  });

  it('keeps what is sound of a damaged capture and names the damage by its place', async () => {
    const { page } = app;
    await openCapture(app, workshop.damagedCapture());
    await waitForFrames(page, 19);
    await button(statusBar(page), /warning/).click();
    await expect.poll(() => page.getByRole('dialog').innerText()).toMatch(/\d{3,}/);
  });

  it('says of a file that is no capture what it is', async () => {
    const { page } = app;
    await openCapture(app, workshop.wrongFile());
    await expect
      .poll(() => page.locator('body').innerText(), { timeout: 10_000 })
      .toMatch(/not a capture|no capture/i);
  });

  it('stays where it was when a dialog is cancelled', async () => {
    const { page } = app;
    await app.chooseFiles(() => button(page, 'Open capture…').click(), null);
    await button(page, 'Open the sample').waitFor();
    expect(await page.getByRole('alert').allInnerTexts()).toEqual([]);
  });
});
