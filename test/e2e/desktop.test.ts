import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startStandIn, type StandInApp } from '../support/app-drivers/drive-stand-in.ts';
import { missingBrowser } from '../support/app-drivers/browser-launch.ts';
import { NO_KEYS } from '../../core/node/host/analysis-host.ts';
import { CAPTURE, CAPTURE_FRAMES, PEM_KEY } from './files.ts';
import { addKeys } from './open-files.ts';
import { button, statusBar, verdictCount, waitForFrames } from './screen.ts';

describe.skipIf(missingBrowser !== null)('the desktop app', () => {
  let app: StandInApp;
  beforeEach(async () => {
    app = await startStandIn();
  });
  afterEach(() => app.close());

  /** Drops files that the system knows by these paths. */
  const drop = async (paths: readonly string[]): Promise<void> => {
    await app.order('announce-paths', {
      paths: Object.fromEntries(paths.map((path) => [basename(path), path])),
    });
    const files = paths.map((path) => ({
      name: basename(path),
      bytes: readFileSync(path).toString('base64'),
    }));
    await app.page.evaluate((dropped) => {
      const data = new DataTransfer();
      for (const { name, bytes } of dropped) {
        data.items.add(new File([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], name));
      }
      for (const type of ['dragenter', 'dragover', 'drop']) {
        window.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
      }
    }, files);
  };

  it('opens a capture and its key that are dropped on it together', async () => {
    await drop([CAPTURE, PEM_KEY]);
    await waitForFrames(app.page, CAPTURE_FRAMES);
    await expect.poll(() => verdictCount(app.page, 'Decrypted')).toBeGreaterThan(0);
  });

  it('opens no file that the user did not choose, whatever the page asks', async () => {
    const reply = await app.page.evaluate(async (path) => {
      const bridge: unknown = Reflect.get(window, 'sipher');
      const request: unknown =
        typeof bridge === 'object' && bridge !== null ? Reflect.get(bridge, 'request') : null;
      return typeof request === 'function'
        ? JSON.stringify(await request('capture.open', { paths: [path] }))
        : '';
    }, CAPTURE);
    expect(JSON.parse(reply)).toMatchObject({ ok: false, error: { code: 'not-found' } });
    // A file that a script made has no path.
    const tokens = await app.page.evaluate(async () => {
      const bridge: unknown = Reflect.get(window, 'sipher');
      const pathsOf: unknown =
        typeof bridge === 'object' && bridge !== null ? Reflect.get(bridge, 'pathsOf') : null;
      return typeof pathsOf === 'function'
        ? JSON.stringify(await pathsOf([new File(['x'], 'made.pcap'), 'text', null]))
        : '';
    });
    expect(tokens).toBe('[]');
  });

  it('gives the page its bridge and nothing of Electron or Node', async () => {
    const present = await app.page.evaluate(() =>
      ['require', 'process', 'module', 'ipcRenderer', 'electron', 'sipher'].filter(
        (name) => name in globalThis,
      ),
    );
    expect(present).toEqual(['sipher']);
  });

  it('hands what a second start names to the window that is open', async () => {
    await app.startAgain({ captures: [CAPTURE], keys: { ...NO_KEYS, keyFiles: [PEM_KEY] } });
    await waitForFrames(app.page, CAPTURE_FRAMES);
    await expect.poll(() => verdictCount(app.page, 'Decrypted')).toBeGreaterThan(0);
    expect(app.events.filter(({ event }) => event === 'window')).toHaveLength(1);
    expect(app.events.map(({ event }) => event)).toContain('focus');
  });

  it('opens what the system hands over, and remembers captures but no keys', async () => {
    await app.order('open-file', { path: CAPTURE });
    await waitForFrames(app.page, CAPTURE_FRAMES);
    await addKeys(app, PEM_KEY);
    await expect.poll(() => verdictCount(app.page, 'Decrypted')).toBeGreaterThan(0);
    const remembered = app.events.filter(({ event }) => event === 'recent').map((event) => event['path']);
    expect(remembered).toEqual([CAPTURE]);
    await app.order('click-menu', { item: 'close-capture' });
    await statusBar(app.page).getByText('No capture is open.').waitFor();
    await app.order('click-menu', { item: basename(CAPTURE) });
    await waitForFrames(app.page, CAPTURE_FRAMES);
  });

  it('carries out what its menu says', async () => {
    await app.clickMenu('open-sample');
    await waitForFrames(app.page, CAPTURE_FRAMES);
    await app.clickMenu('go-to-frame');
    await app.page.getByRole('dialog').waitFor();
    await app.page.keyboard.press('Escape');
    await app.clickMenu('show-keys');
    await button(app.page, 'Add key files…').waitFor();
    await app.clickMenu('show-shortcuts');
    await app.page.getByRole('dialog').waitFor();
  });

  it('comes back with its capture when the page is loaded again', async () => {
    await app.clickMenu('open-sample');
    await waitForFrames(app.page, CAPTURE_FRAMES);
    await app.page.reload();
    await waitForFrames(app.page, CAPTURE_FRAMES);
  });
});
