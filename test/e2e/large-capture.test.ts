import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeHosts } from '../support/app-drivers/describe-hosts.ts';
import type { DrivenApp } from '../support/app-drivers/driven-app.ts';
import { createWorkshop, LOCKED_FRAME, PEM_KEY, SIP_FRAME, type Workshop } from './files.ts';
import { addKeys, openCapture } from './open-files.ts';
import {
  button,
  detailOf,
  goToFrame,
  selectFrame,
  showView,
  statusBar,
  verdictCount,
  waitForFrames,
  whyOf,
} from './screen.ts';

const FRAMES = 300_000;
/** So many that reading takes long enough to be cancelled by hand. */
const TOO_MANY = 2_500_000;

let workshop: Workshop;
let large: string;
let huge: string;

beforeAll(() => {
  workshop = createWorkshop();
  large = workshop.largeCapture(FRAMES);
  huge = workshop.largeCapture(TOO_MANY);
});
afterAll(() => workshop.clear());

describeHosts('through the', (driver) => {
  let app: DrivenApp;
  beforeEach(async () => {
    app = await driver.start();
  });
  afterEach(() => app.close());

  it('opens 300,000 frames, answers while it reads, and goes to any of them', async () => {
    const { page } = app;
    await openCapture(app, large);
    // The first rows are there and can be asked about before the last are read.
    const detail = await selectFrame(page, LOCKED_FRAME);
    await expect.poll(() => whyOf(page).innerText()).toContain('handshake-not-captured');
    expect(await detail.innerText()).toContain('Frame 2');
    await waitForFrames(page, FRAMES, 120_000);

    await goToFrame(page, FRAMES);
    await expect.poll(() => detailOf(page, FRAMES).innerText()).toContain('OPTIONS sip:lab.example');
    const list = page.getByRole('region', { name: 'Frames', exact: true });
    await page.getByRole('searchbox', { name: 'Filter frames by text' }).fill('REGISTER');
    // Frames of the encrypted connection do not show it without the key.
    await expect.poll(() => statusBar(page).innerText(), { timeout: 30_000 }).toMatch(/^0 of 300,000/);
    await addKeys(app, PEM_KEY);
    await expect.poll(() => verdictCount(page, 'Decrypted'), { timeout: 30_000 }).toBeGreaterThan(0);
    await showView(page, /Frames/);
    await expect.poll(() => statusBar(page).innerText(), { timeout: 30_000 }).toMatch(/^[1-9]\d* of 300,000/);
    await list.getByText('REGISTER').first().waitFor();
    await button(page, 'Clear the filter').click();
    await goToFrame(page, SIP_FRAME);
    await expect.poll(() => detailOf(page, SIP_FRAME).innerText()).toContain('401 Unauthorized');
  });

  it('stops when it is told to, and shows what was read by then', async () => {
    const { page } = app;
    await openCapture(app, huge);
    await button(statusBar(page), 'Cancel').click({ timeout: 60_000 });
    await expect.poll(() => statusBar(page).innerText(), { timeout: 30_000 }).toContain('Cancelled');
    const words = (await statusBar(page).innerText()).replace(/[\s\u202f]+/g, ' ');
    const frames = Number((/([\d,]+) frames/.exec(words)?.[1] ?? '0').replaceAll(',', ''));
    expect(frames).toBeGreaterThan(0);
    expect(frames).toBeLessThan(TOO_MANY);
    await goToFrame(page, frames);
    await button(page, 'Close the capture').click();
    await button(page, 'Open the sample').waitFor();
  });
});
