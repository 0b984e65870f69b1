import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDesktopApp } from '../../../cli/open/desktop-app.ts';
import type { System } from '../../../cli/open/sandbox.ts';
import type { DesktopRequest } from '../../../core/node/host/desktop-messages.ts';

const REQUEST: DesktopRequest = {
  captures: ['/a.pcap'],
  keys: { keyFiles: ['/k.pfx'], passwords: ['correct horse'], keylogs: [], psks: [] },
};
const DESKTOP: System = {
  platform: 'linux',
  environment: { DISPLAY: ':0' },
  user: 1000,
  readText: () => null,
  readMode: () => null,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sipher-electron-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A package like Electron's, whose program is a script of Node. */
function installProgram(script: string): string {
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'path.txt'), 'electron');
  writeFileSync(join(folder, 'dist/electron'), `#!${process.execPath}\n${script}`);
  chmodSync(join(folder, 'dist/electron'), 0o755);
  return folder;
}

// Windows starts no scripts by their first line.
describe.skipIf(process.platform === 'win32')('openDesktopApp', () => {
  it('hands over what to open when the app listens, passwords not as arguments, and waits for its end', async () => {
    const seen = join(folder, 'seen.json');
    installProgram(`
      process.on('message', (request) => {
        const { argv, env } = process;
        require('fs').writeFileSync(${JSON.stringify(seen)}, JSON.stringify({ request, argv, asNode: env.ELECTRON_RUN_AS_NODE }));
        process.send({ kind: 'shown' });
        setTimeout(() => process.exit(0), 50);
      });
      process.send({ kind: 'started' });`);
    process.env['ELECTRON_RUN_AS_NODE'] = '1';
    const outcome = await openDesktopApp(REQUEST, DESKTOP, folder);
    delete process.env['ELECTRON_RUN_AS_NODE'];
    expect(outcome).toEqual({ kind: 'ended', code: 0 });
    const { request, argv, asNode } = JSON.parse(readFileSync(seen, 'utf8'));
    expect(request).toEqual(REQUEST);
    expect(JSON.stringify(argv)).not.toContain('horse');
    expect(asNode).toBeUndefined();
  });

  it('tells by the last words of Electron why no window came', async () => {
    installProgram(`
      console.error('[1:1121/120000.1:ERROR:bus.cc(407)] Failed to connect to the bus');
      console.error('[1:1121/120000.2:FATAL:sandbox.cc(158)] The SUID sandbox helper binary was found, but is not configured');
      console.error('a trace follows');
      process.exit(133);`);
    const outcome = await openDesktopApp(REQUEST, DESKTOP, folder);
    expect(outcome).toEqual({
      kind: 'cannot-run',
      reason: 'Electron did not start (The SUID sandbox helper binary was found, but is not configured)',
    });
  });

  it('does not take a crash after the window was there for one that never came', async () => {
    installProgram(`process.send({ kind: 'shown' }, () => process.exit(7));`);
    expect(await openDesktopApp(REQUEST, DESKTOP, folder)).toEqual({ kind: 'ended', code: 7 });
  });

  it('fetches the program where it is missing, and says why that did not work', async () => {
    writeFileSync(join(folder, 'install.js'), `throw new TypeError('fetch failed');`);
    const outcome = await openDesktopApp(REQUEST, DESKTOP, folder);
    expect(outcome).toMatchObject({ kind: 'cannot-run' });
    expect(JSON.stringify(outcome)).toContain("Electron's program could not be fetched (fetch failed)");
  });

  it('starts what it fetched', async () => {
    writeFileSync(
      join(folder, 'install.js'),
      `const fs = require('fs');
       fs.mkdirSync(__dirname + '/dist');
       fs.writeFileSync(__dirname + '/dist/electron', ${JSON.stringify(`#!${process.execPath}\nprocess.exit(0)`)}, { mode: 0o755 });
       fs.writeFileSync(__dirname + '/path.txt', 'electron');`,
    );
    expect(await openDesktopApp(REQUEST, DESKTOP, folder)).toEqual({ kind: 'ended', code: 0 });
  });

  it('fetches nothing where no window could appear', async () => {
    const headless: System = { ...DESKTOP, environment: {} };
    writeFileSync(join(folder, 'install.js'), `require('fs').writeFileSync(__dirname + '/ran', '')`);
    expect(await openDesktopApp(REQUEST, headless, folder)).toEqual({
      kind: 'cannot-run',
      reason: 'there is no display',
    });
    expect(() => readFileSync(join(folder, 'ran'))).toThrow();
    expect(await openDesktopApp(REQUEST, DESKTOP, null)).toEqual({
      kind: 'cannot-run',
      reason: 'Electron is not installed',
    });
  });
});
