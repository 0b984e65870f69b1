import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../support/app-drivers/app-process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sipher-programs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program of that name on a PATH that has no other. */
function program(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

/** What the end-to-end tests would drive, as JSON; and what it said. */
function installBrowser(environment: NodeJS.ProcessEnv = {}) {
  const script = `import(${JSON.stringify(join(ROOT, 'scripts/install.mjs'))}).then(({ installBrowser }) => {
    const path = installBrowser();
    console.log(JSON.stringify(path));
  });`;
  const { stdout } = spawnSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
    env: { PATH: folder, ...environment },
  });
  return stdout.trim().split('\n').at(-1);
}

// The package managers that stand in here are those of Linux.
describe.skipIf(process.platform !== 'linux')('a machine without Chromium', () => {
  const calls = (): string =>
    existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8') : '';
  const withPackageManager = (): void => {
    program('sudo', 'shift; exec "$@"');
    // Its lists cannot be fetched anew, and it has the package all the same.
    program(
      'apt-get',
      `echo "$1" >> '${folder}/calls'; [ "$1" = update ] && exit 100; : > '${folder}/chromium'`,
    );
    program('true', 'exit 0');
  };

  it('gets it from the package manager, also where its lists could not be fetched anew', () => {
    withPackageManager();
    expect(installBrowser()).toBe(JSON.stringify(join(folder, 'chromium')));
    expect(calls()).toBe('update\ninstall\n');
  });

  it('goes without where there is no package manager, or none that asks for no password', () => {
    expect(installBrowser()).toBe('null');
    program('sudo', 'exit 1');
    if (process.getuid?.() !== 0) {
      program('apt-get', `echo "$1" >> '${folder}/calls'`);
      expect(installBrowser()).toBe('null');
    }
    expect(calls()).toBe('');
  });

  it('gets no other than the one that was named', () => {
    withPackageManager();
    expect(installBrowser({ SIPHER_BROWSER: join(folder, 'none') })).toBe('null');
    expect(calls()).toBe('');
  });
});
