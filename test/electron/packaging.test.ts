import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/app-drivers/app-process.ts';

/** Marks the place of the fuses in Electron's program: then a version, how many, and a digit for each. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

let folder: string;
let app: string;
let archive: Archive;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sipher-package-'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/electron-builder/cli.js'),
      '--dir',
      '--linux',
      '--x64',
      `-c.electronDist=${makeFakeElectron(join(folder, 'electron'))}`,
      `-c.directories.output=${join(folder, 'release')}`,
    ],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  app = join(folder, 'release/linux-unpacked');
  archive = readArchive(join(app, 'resources/app.asar'));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Enough of Electron's folder for electron-builder to make an app of it without the network. */
function makeFakeElectron(path: string): string {
  mkdirSync(join(path, 'resources'), { recursive: true });
  mkdirSync(join(path, 'locales'));
  writeFileSync(join(path, 'version'), '0.0.0');
  const program = Buffer.concat([
    Buffer.from(`program${SENTINEL}`),
    Buffer.from([1, 9]),
    Buffer.from('1'.repeat(9)),
  ]);
  for (const name of ['electron', 'chrome-sandbox']) {
    writeFileSync(join(path, name), name === 'electron' ? program : '');
    chmodSync(join(path, name), 0o755);
  }
  return path;
}

interface Archive {
  /** Paths from the root, with a slash before them. */
  readonly files: readonly string[];
  textOf(name: string): string;
}

/** Two pickles (the length of the header, the header as JSON), then the files at the offsets that the header gives. */
function readArchive(path: string): Archive {
  const bytes = readFileSync(path);
  const header: Entry = JSON.parse(bytes.toString('utf8', 16, 16 + bytes.readUInt32LE(12)));
  const base = 8 + bytes.readUInt32LE(4);
  const pathsBelow = (entry: Entry, above: string): string[] =>
    Object.entries(entry.files ?? {}).flatMap(([name, below]) =>
      below.files === undefined ? [`${above}/${name}`] : pathsBelow(below, `${above}/${name}`),
    );
  return {
    files: pathsBelow(header, ''),
    textOf(name) {
      const { offset = '0', size = 0 } = header.files?.[name] ?? {};
      return bytes.toString('utf8', base + Number(offset), base + Number(offset) + size);
    },
  };
}

interface Entry {
  readonly files?: Readonly<Record<string, Entry>>;
  readonly offset?: string;
  readonly size?: number;
}

// What is packed is the app for Linux, with modes that Windows does not keep.
describe.skipIf(process.platform === 'win32')('the packaged app', () => {
  it('holds what it runs from, and only that', () => {
    for (const path of [
      '/package.json',
      '/LICENSE',
      '/dist/electron/main.mjs',
      '/dist/electron/preload.cjs',
      '/dist/renderer/index.html',
    ]) {
      expect(archive.files).toContain(path);
    }
    const roots = new Set(archive.files.map((path) => path.split('/')[1]));
    expect([...roots].toSorted()).toEqual(['LICENSE', 'assets', 'dist', 'package.json']);
    expect(
      archive.files.filter((path) => /node_modules|[.]ts$|[.]map$|[.]stamps|renderer-fake/.test(path)),
    ).toEqual([]);
  });

  it('starts where its package.json says', () => {
    const manifest: unknown = JSON.parse(archive.textOf('package.json'));
    expect(manifest).toMatchObject({ name: 'sipher', productName: 'Sipher', main: 'dist/electron/main.mjs' });
  });

  it('keeps threads and samples outside the archive, where threads and ranged reads reach them', () => {
    const unpacked = join(app, 'resources/app.asar.unpacked');
    expect(readdirSync(join(unpacked, 'dist/node')).toSorted()).toEqual(
      readdirSync(join(ROOT, 'dist/node')).toSorted(),
    );
    expect(existsSync(join(unpacked, 'assets/samples'))).toBe(true);
  });

  it('has every way but its own into the program shut', () => {
    const program = readFileSync(join(app, 'sipher'));
    const at = program.indexOf(SENTINEL) + SENTINEL.length;
    const fuses = program.subarray(at + 2, at + 2 + 8).toString('latin1');
    // RunAsNode off, CookieEncryption on, NodeOptions off, Inspect off, AsarIntegrity on, OnlyAsar on, BrowserSnapshot
    // off, FileProtocol off.
    expect(fuses).toBe('01001100');
  });
});
