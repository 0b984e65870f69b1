import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DesktopMessage, DesktopRequest } from '../../core/node/host/desktop-messages.ts';
import { THIS_SYSTEM, whyNoSandbox, whyNoWindow, type System } from './sandbox.ts';

/** What came of it: the app ran and ended, or it cannot run here, with the reason as part of a sentence. */
export type DesktopOutcome =
  | { readonly kind: 'ended'; readonly code: number }
  | { readonly kind: 'cannot-run'; readonly reason: string };

/** Opens the desktop app and waits until its window is closed. */
export async function openDesktopApp(
  request: DesktopRequest,
  system: System = THIS_SYSTEM,
  electronPackage: string | null = findElectronPackage(),
): Promise<DesktopOutcome> {
  const noWindow = whyNoWindow(system);
  if (noWindow !== null) return { kind: 'cannot-run', reason: noWindow };
  if (electronPackage === null) return { kind: 'cannot-run', reason: 'Electron is not installed' };
  const program = findProgram(electronPackage);
  if (program.kind === 'absent') return { kind: 'cannot-run', reason: program.reason };
  const noSandbox = whyNoSandbox(system, program.path);
  if (noSandbox !== null) return { kind: 'cannot-run', reason: noSandbox };
  return run(program.path, request);
}

type Program =
  { readonly kind: 'found'; readonly path: string } | { readonly kind: 'absent'; readonly reason: string };

function findElectronPackage(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return null;
  }
}

/** Electron's npm package fetches its program when it is first asked for. */
function findProgram(folder: string): Program {
  const present = programIn(folder);
  if (present !== null) return { kind: 'found', path: present };
  process.stderr.write("Fetching Electron's program, once …\n");
  const { stderr, error } = spawnSync(process.execPath, [join(folder, 'install.js')], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 15 * 60_000,
  });
  const fetched = programIn(folder);
  if (fetched !== null) return { kind: 'found', path: fetched };
  const cause = error?.message ?? /^\w*Error: (.+)$/m.exec(stderr)?.[1] ?? '';
  return {
    kind: 'absent',
    reason: `Electron's program could not be fetched${cause === '' ? '' : ` (${cause})`}`,
  };
}

function programIn(folder: string): string | null {
  const list = join(folder, 'path.txt');
  if (!existsSync(list)) return null;
  const root = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist');
  const path = join(root, readFileSync(list, 'utf8'));
  return existsSync(path) ? path : null;
}

/** The folder with package.json: Electron reads its name and entry there. */
const APP_FOLDER = fileURLToPath(new URL('../..', import.meta.url));

function run(program: string, request: DesktopRequest): Promise<DesktopOutcome> {
  const environment = { ...process.env };
  // Set by editors that are Electron themselves: it would make Electron a plain Node.
  delete environment['ELECTRON_RUN_AS_NODE'];
  const child = spawn(program, [APP_FOLDER], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: environment,
  });
  const lastWords = collectLastWords(child);
  const stop = (): void => void child.kill();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return new Promise((done) => {
    let shown = false;
    child.on('message', (message: DesktopMessage) => {
      // Passwords go this way and not as arguments, which every user of the machine can list.
      if (message.kind === 'started') child.send(request);
      else shown = true;
    });
    child.on('error', (error) =>
      done({ kind: 'cannot-run', reason: `Electron did not start (${error.message})` }),
    );
    child.on('close', (code, signal) => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      if (shown || code === 0) done({ kind: 'ended', code: code ?? 0 });
      else
        done({
          kind: 'cannot-run',
          reason: `Electron did not start (${lastWords() ?? signal ?? `exit code ${code}`})`,
        });
    });
  });
}

/** Chromium says much; what made it end is its FATAL line, else its last. */
function collectLastWords(child: ChildProcess): () => string | null {
  let tail = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (chunk: string) => (tail = (tail + chunk).slice(-8192)));
  return () => {
    const lines = tail.split('\n').filter((line) => line.trim() !== '');
    const line = lines.find((candidate) => candidate.includes('FATAL')) ?? lines.at(-1);
    return line === undefined ? null : line.replace(/^\[[^\]]*\]\s*/, '').slice(0, 200);
  };
}
