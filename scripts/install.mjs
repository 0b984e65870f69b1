/** What a fresh clone lacks: packages by npm, and a Chromium for the end-to-end tests by the system's package manager. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser } from './find-browser.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Runs `npm ci` where node_modules is not what package-lock.json asks for. */
export function installPackages() {
  if (isInstalled()) return;
  console.log('Installing packages (npm ci) …');
  const { status, error } = spawnNpm(['ci', '--no-fund', '--no-audit']);
  if (status !== 0)
    throw new Error(`npm ci did not succeed${error === undefined ? '' : `: ${error.message}`}`);
}

/** The browser that the end-to-end tests drive, installed where that works without a password; null where it does not. */
export function installBrowser() {
  const found = findBrowser();
  // What SIPHER_BROWSER names is meant, and no other.
  if (found !== null || process.env.SIPHER_BROWSER) return found;
  const commands = packageManagerCommands();
  for (const [program, ...parameters] of commands) {
    console.log(`Installing Chromium for the end-to-end tests (${[program, ...parameters].join(' ')}) …`);
    spawnSync(program, parameters, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', HOMEBREW_NO_AUTO_UPDATE: '1' },
    });
    // Lists that could not be fetched anew may still name the package: what counts is whether it is there in the end.
  }
  return findBrowser();
}

/**
 * npm leaves a copy of the lock in node_modules: what it installed. Packages for other systems are optional and may be
 * absent from it.
 */
function isInstalled() {
  const wanted = readPackages(join(ROOT, 'package-lock.json'));
  const present = readPackages(join(ROOT, 'node_modules/.package-lock.json'));
  if (wanted === null || present === null) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    const installed = present[path];
    return installed === undefined
      ? optional === true || devOptional === true
      : installed.version === version;
  });
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

/** npm's own script where npm started us: on Windows `npm` is a batch file, which only a shell can start. */
function spawnNpm(parameters) {
  const script = process.env.npm_execpath;
  const options = { cwd: ROOT, stdio: 'inherit' };
  if (script !== undefined && /npm-cli[.]js$/.test(script)) {
    return spawnSync(process.execPath, [script, ...parameters], options);
  }
  return spawnSync('npm', parameters, { ...options, shell: process.platform === 'win32' });
}

/** Commands of the first package manager found, each run with the rights it needs; none where that would ask for a password. */
function packageManagerCommands() {
  if (process.platform === 'darwin')
    return isProgram('brew') ? [['brew', 'install', '--cask', 'google-chrome']] : [];
  if (process.platform !== 'linux') return [];
  const rights = process.getuid() === 0 ? [] : canSudo() ? ['sudo', '-n'] : null;
  if (rights === null) return [];
  const managers = {
    'apt-get': [
      ['apt-get', 'update', '-q'],
      ['apt-get', 'install', '-y', '-q', '--no-install-recommends', 'chromium'],
    ],
    dnf: [['dnf', 'install', '-y', '-q', 'chromium']],
    pacman: [['pacman', '-Sy', '--noconfirm', 'chromium']],
    zypper: [['zypper', '--non-interactive', 'install', 'chromium']],
    apk: [['apk', 'add', 'chromium']],
  };
  const name = Object.keys(managers).find(isProgram);
  return name === undefined ? [] : managers[name].map((command) => [...rights, ...command]);
}

function canSudo() {
  return isProgram('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
}

function isProgram(name) {
  const folders = (process.env.PATH ?? '').split(process.platform === 'win32' ? ';' : ':');
  return folders.some((folder) => folder !== '' && existsSync(join(folder, name)));
}
