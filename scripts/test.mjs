/**
 * Everything that must hold, in a fresh clone too: installs what is missing, builds, runs every check and every test.
 *
 *   npm test                     all of it
 *   npm test -- test/core/net    vitest's own arguments; checks are left out then
 *
 * The last line counts what passed and what failed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installBrowser, installPackages } from './install.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const selection = process.argv.slice(2);

installPackages();
const browser = installBrowser();
if (browser === null)
  console.log(
    process.env.SIPHER_BROWSER
      ? `SIPHER_BROWSER names ${process.env.SIPHER_BROWSER}, which is not there: tests in a browser are skipped.`
      : 'No Chromium here, and none to be had without a password: tests in a browser are skipped. Install Chromium or Chrome, or name one in SIPHER_BROWSER, to run them too.',
  );

// Loaded only now: before, its packages may not have been there.
const { buildParts } = await import('./build.mjs');
const { runChecks } = await import('./check.mjs');

const build = await buildParts();
if (build.built.length > 0) console.log(`Built ${build.built.join(', ')}.`);
const checks = selection.length === 0 ? await runChecks() : { passed: [], failed: [] };
const tests = runTests();

for (const { name, message } of build.failed) console.log(`Failed build of ${name}: ${message}`);
for (const name of checks.failed) console.log(`Failed check: ${name}`);
const failed = tests.failed + checks.failed.length + build.failed.length;
// Vitest counts tests; so does this line, so that both say the same. A failed build or check is added: it is a failure.
console.log(
  `\n${tests.passed} passed, ${failed} failed${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ''}`,
);
process.exitCode = failed > 0 || tests.code !== 0 ? 1 : 0;

/** The build has made NODE_ENV say production, and React without its test functions. */
function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'sipher-test-'));
  const report = join(folder, 'report.json');
  try {
    const { status } = spawnSync(
      process.execPath,
      [
        join(ROOT, 'node_modules/vitest/vitest.mjs'),
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...selection,
      ],
      {
        cwd: ROOT,
        stdio: 'inherit',
        env: { ...process.env, NODE_ENV: 'test', ...(browser === null ? {} : { SIPHER_BROWSER: browser }) },
      },
    );
    return { code: status ?? 1, ...readCounts(report) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file that could not even be loaded has no tests to count, and counts as one failure. */
function readCounts(report) {
  try {
    const counts = JSON.parse(readFileSync(report, 'utf8'));
    const unloaded = counts.testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    ).length;
    return {
      passed: counts.numPassedTests,
      failed: counts.numFailedTests + unloaded,
      skipped: counts.numPendingTests + counts.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
