import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../support/app-drivers/app-process.ts';
import { missingBrowser } from '../support/app-drivers/browser-launch.ts';

const SAFE = { contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sipher-stand-in-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** Runs a main process of these lines under the stand-in; what it printed. */
function runMain(lines: string): string {
  const main = join(folder, 'main.mjs');
  writeFileSync(main, lines);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', pathToFileURL(join(ROOT, 'test/support/electron-stand-in/register.mjs')).href, main],
    { encoding: 'utf8', env: { ...process.env, STAND_IN_USER_DATA: join(folder, 'user') }, timeout: 60_000 },
  );
  return stdout + stderr;
}

// The stand-in is only worth something where it is as strict as Electron and stricter than its defaults.
describe.skipIf(missingBrowser !== null)('the stand-in for Electron', () => {
  it.each(Object.keys(SAFE))('opens no window whose %s is not the safe one', (name) => {
    const preferences = JSON.stringify({ ...SAFE, [name]: name === 'nodeIntegration' });
    const said = runMain(`
      import { app, BrowserWindow } from 'electron';
      await app.whenReady();
      try { new BrowserWindow({ webPreferences: ${preferences} }); console.log('opened'); }
      catch (error) { console.log(error.message); }
      await app.exit(0);`);
    expect(said).toContain(`A window must have ${name}`);
    expect(said).not.toContain('opened');
  });

  it('keeps the preload from what a sandbox keeps it from, and the page from what the preload has', () => {
    writeFileSync(
      join(folder, 'preload.cjs'),
      `const { contextBridge, ipcRenderer } = require('electron');
       let refused = '';
       try { require('fs'); } catch (error) { refused = error.message; }
       contextBridge.exposeInMainWorld('probe', {
         refused,
         ask: (value) => ipcRenderer.invoke('ask', value),
         listen: (listener) => { const l = (_event, value) => listener(value); ipcRenderer.on('tell', l); return () => ipcRenderer.off('tell', l); },
       });`,
    );
    const said = runMain(`
      import { app, BrowserWindow, ipcMain, protocol } from 'electron';
      protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: {} }]);
      await app.whenReady();
      const page = \`<script type="module">
        const seen = [];
        const off = probe.listen((value) => seen.push(value));
        await probe.ask('first');
        off();
        await probe.ask('second');
        let thrown = '';
        try { await probe.ask('throw'); } catch (error) { thrown = String(error); }
        let uncloned = '';
        try { await probe.ask(() => 1); } catch (error) { uncloned = 'refused'; }
        await probe.ask({ report: { refused: probe.refused, seen, thrown, uncloned, raw: typeof ipcRenderer + typeof require } });
      </script>\`;
      protocol.handle('app', () => new Response(page, { headers: { 'content-type': 'text/html' } }));
      const window = new BrowserWindow({ width: 300, height: 300, webPreferences: { preload: ${JSON.stringify(
        join(folder, 'preload.cjs'),
      )}, ...${JSON.stringify(SAFE)} } });
      ipcMain.handle('ask', (event, value) => {
        if (value === 'throw') throw new Error('from main');
        if (value.report) { console.log(JSON.stringify({ ...value.report, url: event.senderFrame.url })); void app.exit(0); return; }
        event.sender.send('tell', value + ' heard');
      });
      await window.loadURL('app://sipher/');`);
    const line = said.split('\n').find((text) => text.startsWith('{')) ?? '{}';
    expect({ said, ...JSON.parse(line) }).toMatchObject({
      refused: 'A sandboxed preload cannot require fs',
      seen: ['first heard'],
      uncloned: 'refused',
      raw: 'undefinedundefined',
      url: 'app://sipher/',
    });
    expect(line).toContain('from main');
  });
});
