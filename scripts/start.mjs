/**
 * `npm start`: installs what is missing, builds, opens the app. Arguments go on to `sipher open`, so a capture and its
 * key can be named: npm start -- trunk.pcapng --key pbx.pem
 *
 * Where Electron's program cannot be fetched, its sandbox cannot start or there is no display, `sipher open` says so
 * and serves the same app to the browser.
 */
import { spawn } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

try {
  installPackages();
  const { buildParts } = await import('./build.mjs');
  const { failed } = await buildParts();
  if (failed.length > 0)
    throw new Error(failed.map(({ name, message }) => `${name} could not be built: ${message}`).join('\n'));
  await openApp();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

/** npm moves into the project's folder; file names are meant where the user stands. */
function openApp() {
  const environment = { ...process.env };
  // Set by editors that are Electron themselves: it would make Electron a plain Node.
  delete environment.ELECTRON_RUN_AS_NODE;
  const child = spawn(
    process.execPath,
    [join(ROOT, 'dist/cli/sipher.mjs'), 'open', ...process.argv.slice(2)],
    {
      cwd: process.env.INIT_CWD ?? process.cwd(),
      stdio: 'inherit',
      env: environment,
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) => {
      process.exitCode = code ?? 0;
      done();
    });
  });
}
