/**
 * Builds dist/: the command line, the worker entries, Electron's main and preload, and the page.
 *
 *   node scripts/build.mjs [--force] [cli | one-file | node | electron | preload | renderer …]
 *
 * A part whose sources have not changed since it was last built is left alone, and a file whose content would be the
 * same is not written, so building twice costs little and never pulls a file from under a running program. Parts that
 * have no source yet are left out. Each entry ends in a folder one below dist/ with its chunks beside it, so that
 * import.meta.url is as deep in dist/ as it is for core/node and cli in the source.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { chmod } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const DIST = join(ROOT, 'dist');
const ONE_FILE = 'sipher-cli';
const STAMPS = join(DIST, '.stamps');
/** On a slow machine the bundler would tell how it spent its time, in the middle of what `npm start` says. */
const QUIET = { pluginTimings: false };

/** What each part is made of: its sources decide whether it is stale (a trailing * takes a folder's own files only). */
const PARTS = {
  node: { sources: ['core'], build: buildWorkers },
  cli: {
    sources: ['core', 'cli'],
    build: () => buildProgram('cli/main.ts', 'cli', 'sipher', { shebang: true }),
  },
  'one-file': { sources: ['core', 'cli'], build: buildOneFile },
  electron: {
    sources: ['core', 'electron'],
    build: () => buildProgram('electron/main.ts', 'electron', 'main', {}),
  },
  preload: { sources: ['core', 'electron'], build: buildPreload },
  renderer: { sources: ['core/*', 'renderer', 'assets'], build: buildRenderer },
};

/** Builds the named parts (all of them without names). Returns what was built, left alone, left out and what failed. */
export async function buildParts(names = Object.keys(PARTS), { force = false } = {}) {
  const outcome = { built: [], fresh: [], absent: [], failed: [] };
  const release = await takeLock();
  try {
    for (const name of names) {
      const part = PARTS[name];
      if (part === undefined)
        throw new Error(`There is no part called ${name}; there are ${Object.keys(PARTS).join(', ')}`);
      const stamp = fingerprint(part.sources);
      if (!force && readStamp(name) === stamp) {
        outcome.fresh.push(name);
        continue;
      }
      try {
        const built = await part.build();
        writeIfChanged(join(STAMPS, name), stamp);
        outcome[built ? 'built' : 'absent'].push(name);
      } catch (error) {
        outcome.failed.push({ name, message: plain(error instanceof Error ? error.message : String(error)) });
      }
    }
  } finally {
    release();
  }
  return outcome;
}

/** The parts whose sources changed since they were built. */
export function staleParts() {
  return Object.keys(PARTS).filter((name) => readStamp(name) !== fingerprint(PARTS[name].sources));
}

/** Without the colours that a bundler puts into its messages. */
function plain(message) {
  return message.replace(/\u001b\[[\d;]*m/g, '').trim();
}

/** A thread can only start from a file that Node can read as it is, so every core/node/*-worker.ts becomes one. */
async function buildWorkers() {
  const folder = join(ROOT, 'core/node');
  const entries = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('-worker.ts')) : [];
  const kept = new Set();
  for (const entry of entries) {
    const output = await bundle(join(folder, entry), basename(entry, '.ts'), 'es', {});
    for (const name of writeOutput(join(DIST, 'node'), output)) kept.add(name);
  }
  removeOthers(join(DIST, 'node'), kept);
  return entries.length > 0;
}

async function buildProgram(entry, folder, name, { shebang }) {
  if (!existsSync(join(ROOT, entry))) return false;
  const output = await bundle(join(ROOT, entry), name, 'es', {
    banner: shebang ? '#!/usr/bin/env node' : '',
  });
  const kept = writeOutput(join(DIST, folder), output);
  removeOthers(join(DIST, folder), new Set([...kept, 'preload.cjs']));
  if (shebang) await chmod(join(DIST, folder, `${name}.mjs`), 0o755);
  return true;
}

/** The command line for machines with nothing but Node: no page, and no file beside it, so it starts itself as a thread. */
async function buildOneFile() {
  const entry = join(ROOT, 'cli/one-file.ts');
  if (!existsSync(entry)) return false;
  const output = await bundle(entry, ONE_FILE, 'es', {
    banner: '#!/usr/bin/env node',
    whole: true,
    plugins: [standAlone()],
  });
  if (output.length !== 1) throw new Error('The one-file command line must be one file');
  removeOthers(join(DIST, 'one-file'), new Set(writeOutput(join(DIST, 'one-file'), output)));
  await chmod(join(DIST, 'one-file', `${ONE_FILE}.mjs`), 0o755);
  return true;
}

/** The thread's file is this file; what needs the page is left out. */
function standAlone() {
  const worker = "new URL('../../dist/node/opener-worker.mjs', import.meta.url)";
  return {
    name: 'stand-alone',
    enforce: 'pre',
    resolveId(source, importer) {
      const name = source.replace(/^[.]\//, '');
      return importer?.endsWith('cli/main.ts') && ['command-open.ts', 'command-serve.ts'].includes(name)
        ? join(ROOT, 'cli/without-page.ts')
        : null;
    },
    transform(code, id) {
      if (!id.endsWith('core/node/opener-thread.ts')) return null;
      if (!code.includes(worker))
        throw new Error('core/node/opener-thread.ts names its worker in another way');
      return { code: code.replace(worker, 'new URL(import.meta.url)'), map: null };
    },
  };
}

/** A sandboxed preload must be one CommonJS file. */
async function buildPreload() {
  const entry = join(ROOT, 'electron/preload.ts');
  if (!existsSync(entry)) return false;
  const output = await bundle(entry, 'preload', 'cjs', {});
  if (output.length !== 1) throw new Error('The preload must be one file: it imports something at run time');
  writeOutput(join(DIST, 'electron'), output);
  return true;
}

async function buildRenderer() {
  const configFile = join(ROOT, 'renderer/vite.config.ts');
  if (!existsSync(configFile) || !existsSync(join(ROOT, 'renderer/main.tsx'))) return false;
  const { build } = await import('vite');
  const result = await build({
    configFile,
    root: join(ROOT, 'renderer'),
    logLevel: 'warn',
    build: { write: false, reportCompressedSize: false, rollupOptions: { checks: QUIET } },
  });
  const files = [...outputsOf(result), ...filesOf(join(ROOT, 'renderer/public'))];
  // index.html last: whoever loads it finds the assets that it names.
  files.sort((a, b) => Number(a.name.endsWith('.html')) - Number(b.name.endsWith('.html')));
  removeOthers(join(DIST, 'renderer'), new Set(writeOutput(join(DIST, 'renderer'), files)));
  return true;
}

async function bundle(entry, name, format, { banner = '', whole = format === 'cjs', plugins = [] }) {
  const { build } = await import('vite');
  const extension = format === 'cjs' ? 'cjs' : 'mjs';
  const result = await build({
    configFile: false,
    envDir: false,
    root: ROOT,
    logLevel: 'warn',
    publicDir: false,
    plugins,
    define: { 'process.env.NODE_ENV': '"production"' },
    ssr: { noExternal: true, external: ['electron'], target: 'node' },
    build: {
      ssr: entry,
      write: false,
      minify: false,
      sourcemap: false,
      target: 'node20',
      emptyOutDir: false,
      rollupOptions: {
        external: ['electron'],
        checks: QUIET,
        // So that a command loads what it uses of the core, and not all that core/index.ts names.
        treeshake: { moduleSideEffects: (id) => !id.startsWith(join(ROOT, 'core')) },
        output: {
          format,
          banner,
          entryFileNames: `${name}.${extension}`,
          chunkFileNames: `${name}-[name]-[hash].${extension}`,
          ...(whole ? { codeSplitting: false } : {}),
        },
      },
    },
  });
  return outputsOf(result);
}

function outputsOf(result) {
  const results = Array.isArray(result) ? result : [result];
  return results.flatMap(({ output }) =>
    output.map((item) => ({ name: item.fileName, content: item.type === 'chunk' ? item.code : item.source })),
  );
}

/** vite copies its public folder only when it writes the rest as well. */
function filesOf(folder) {
  return filesBelow(folder).map((path) => ({
    name: relative(folder, path).replaceAll('\\', '/'),
    content: readFileSync(path),
  }));
}

function writeOutput(folder, files) {
  for (const { name, content } of files) writeIfChanged(join(folder, name), content);
  return files.map(({ name }) => name);
}

/** Written beside and renamed, so that whoever reads it meanwhile reads the old file or the new one, whole. */
function writeIfChanged(path, content) {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
  if (existsSync(path) && readFileSync(path).equals(bytes)) return;
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.new`;
  writeFileSync(beside, bytes);
  renameSync(beside, path);
}

function removeOthers(folder, kept) {
  if (!existsSync(folder)) return;
  for (const path of filesBelow(folder)) {
    const name = relative(folder, path).replaceAll('\\', '/');
    if (!kept.has(name)) rmSync(path, { force: true });
  }
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((item) => {
    const path = join(folder, item.name);
    return item.isDirectory() ? filesBelow(path) : [path];
  });
}

/** Names, sizes and times of all that a part is made of. */
function fingerprint(folders) {
  const hash = createHash('sha256');
  const paths = [
    ...folders.flatMap(sourcesIn),
    join(ROOT, 'package.json'),
    join(ROOT, 'package-lock.json'),
    fileURLToPath(import.meta.url),
  ];
  for (const path of paths.sort()) {
    const { size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 };
    hash.update(`${relative(ROOT, path)}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function sourcesIn(folder) {
  if (!folder.endsWith('/*')) return filesBelow(join(ROOT, folder));
  const own = join(ROOT, folder.slice(0, -2));
  return filesBelow(own).filter((path) => dirname(path) === own);
}

function readStamp(name) {
  const path = join(STAMPS, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Two builds at once would remove each other's files. The lock of a process that is gone is taken over. */
async function takeLock() {
  const lock = join(DIST, '.lock');
  mkdirSync(DIST, { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = Number(readLock(lock));
    if (owner > 0 && !isRunning(owner)) rmSync(lock, { force: true });
    await sleep(50);
  }
}

function readLock(lock) {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return '';
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const names = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
  const started = performance.now();
  const outcome = await buildParts(names.length > 0 ? names : undefined, {
    force: process.argv.includes('--force'),
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const words = [
    outcome.built.length > 0 ? `built ${outcome.built.join(', ')}` : 'nothing to build',
    ...(outcome.fresh.length > 0 ? [`unchanged ${outcome.fresh.join(', ')}`] : []),
    ...(outcome.absent.length > 0 ? [`no source for ${outcome.absent.join(', ')}`] : []),
  ];
  console.log(`dist: ${words.join('; ')} (${seconds} s)`);
  for (const { name, message } of outcome.failed) console.error(`${name} could not be built: ${message}`);
  process.exitCode = outcome.failed.length > 0 ? 1 : 0;
}
