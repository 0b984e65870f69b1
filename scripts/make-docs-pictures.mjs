/**
 * Takes the pictures of the README (the built app on the sample capture, with a frame selected that stayed encrypted) and
 * of the user guide (a call over two encrypted legs).
 *
 *   npm run build && node scripts/make-docs-pictures.mjs
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { BROWSER_FLAGS, findBrowser } from './find-browser.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const SAMPLE = join(ROOT, 'assets/samples/04-question-63f-beside-10');

const executablePath = findBrowser();
if (executablePath === null) throw new Error('There is no Chromium here (SIPHER_BROWSER may name one).');
const PICTURES = [
  { name: 'why', capture: `${SAMPLE}.pcap`, key: `${SAMPLE}.key.pem`, goThere: showWhy },
  {
    name: 'call',
    capture: join(ROOT, 'test/captures/13-baresip-srtp-sdes.pcap'),
    key: join(ROOT, 'test/captures/keys/server1.key.pem'),
    goThere: showCall,
  },
];
for (const picture of PICTURES) {
  for (const colorScheme of ['light', 'dark']) await takePicture(picture, colorScheme);
}

/** One host a picture: its address works once. */
async function takePicture({ name, capture, key, goThere }, colorScheme) {
  const host = spawn(process.execPath, [join(ROOT, 'dist/cli/sipher.mjs'), 'serve', capture, '--key', key], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [address] = await once(createInterface({ input: host.stdout }), 'line');
  const browser = await chromium.launch({ executablePath, args: BROWSER_FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme });
    await page.goto(address);
    await goThere(page);
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(ROOT, `docs/images/${name}-${colorScheme}.png`) });
  } finally {
    await browser.close();
    host.kill();
  }
}

async function showWhy(page) {
  await page.locator('[role="row"][row-id="17"] [role="gridcell"]').nth(3).click();
  await page.getByRole('region', { name: 'Frame 17', exact: true }).waitFor();
  await page.locator('.why-what').waitFor();
}

async function showCall(page) {
  await page.getByRole('listbox', { name: 'Messages of the call' }).waitFor();
  await page
    .getByRole('option', { name: /180 Ringing/ })
    .first()
    .click();
  await page.getByRole('region', { name: 'SIP message text' }).getByText('Ringing').waitFor();
}
