import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeHosts } from '../support/app-drivers/describe-hosts.ts';
import type { DrivenApp } from '../support/app-drivers/driven-app.ts';
import {
  CAPTURE,
  CAPTURE_FRAMES,
  createWorkshop,
  PEM_KEY,
  PFX_KEY,
  PFX_PASSWORD,
  secretsOf,
  SIP_FRAME,
} from './files.ts';
import { addKeys } from './open-files.ts';
import { button, selectFrame, showView, verdictCount, waitForFrames } from './screen.ts';

let temporary: string;
/** Ended by the test itself; after it where it failed before. */
let app: DrivenApp | null = null;
const system = { TMPDIR: process.env['TMPDIR'], TEMP: process.env['TEMP'] };

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'sipher-secrets-'));
  process.env['TMPDIR'] = temporary;
  process.env['TEMP'] = temporary;
});
afterEach(async () => {
  await app?.close();
  app = null;
  for (const [name, value] of Object.entries(system)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
});

/** Text of every file below the temporary folder but the browser's own profile. */
function temporaryFiles(): { readonly path: string; readonly text: string }[] {
  return readdirSync(temporary, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/playwright|[\\/]browser[\\/]/.test(path))
    .map((path) => ({ path, text: readFileSync(path, 'latin1') }));
}

describeHosts('through the', (driver) => {
  it('no key, password or session secret is told to the page, written to disk or printed', async () => {
    const secrets = secretsOf();
    expect(secrets.length).toBeGreaterThan(20);
    const found = (text: string): string[] =>
      secrets.filter((secret) => text.toLowerCase().includes(secret.toLowerCase()));
    const workshop = createWorkshop();
    app = await driver.start({ captures: [CAPTURE] });
    const { page } = app;
    const heard: string[] = [];
    page.on('console', (message) => heard.push(message.text()));
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => heard.push(String(payload))),
    );
    // Over again, so that the socket is one that is listened to.
    await page.reload();
    await waitForFrames(page, CAPTURE_FRAMES);

    await addKeys(app, PFX_KEY, workshop.wrongKey());
    const card = page.getByRole('listitem', { name: 'server1.windows-csp.pfx' });
    const password = card.getByLabel(/password/i);
    await password.fill(`${PFX_PASSWORD}!`);
    await button(card, 'Unlock').click();
    await expect.poll(() => password.inputValue()).toBe('');
    await password.fill(PFX_PASSWORD);
    await button(card, 'Unlock').click();
    await expect.poll(() => verdictCount(page, 'Decrypted')).toBeGreaterThan(0);
    await button(card, /^Remove server1/).click();
    await button(card, 'Remove').click();
    await expect.poll(() => verdictCount(page, 'Decrypted')).toBe(0);
    await button(page, 'Paste text…').click();
    await page.getByRole('dialog').getByRole('textbox').fill(readFileSync(PEM_KEY, 'utf8'));
    await button(page.getByRole('dialog'), 'Add').click();
    await expect.poll(() => verdictCount(page, 'Decrypted')).toBeGreaterThan(0);
    await showView(page, /Frames/);
    await selectFrame(page, SIP_FRAME);

    heard.push(await page.content());
    heard.push(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage })));
    for (const text of heard) expect(found(text)).toEqual([]);
    for (const { path, text } of temporaryFiles()) {
      if (!path.startsWith(workshop.folder))
        expect({ path, found: found(text) }).toEqual({ path, found: [] });
    }
    const { output } = app;
    await app.close();
    app = null;
    workshop.clear();
    expect(found(output())).toEqual([]);
    expect(temporaryFiles().map(({ path }) => path)).toEqual([]);
  });
});
