/**
 * Every check that needs no running program: format, types of all worlds, lint, import boundaries, dead code.
 *
 *   node scripts/check.mjs [format | types | lint | boundaries | unused …]
 *
 * All of them run even when one fails, so that one look shows everything.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const CHECKS = {
  format: () => [
    command('format', 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '--cache', '.'),
  ],
  types: () =>
    worlds().map((config) =>
      command(
        `types of ${dirname(config)}`,
        'typescript/bin/tsc',
        '--pretty',
        'false',
        '-p',
        config,
        '--incremental',
        '--tsBuildInfoFile',
        infoFile(config),
      ),
    ),
  lint: () => [command('lint', 'eslint/bin/eslint.js', '--max-warnings', '0', '.')],
  boundaries: () => [
    command(
      'boundaries',
      'dependency-cruiser/bin/dependency-cruise.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      ...folders(),
    ),
  ],
  unused: () => [command('unused', 'knip/bin/knip.js', '--no-progress')],
};

/** Runs the named checks (all without names), as many at once as there are processors. Returns those that failed. */
export async function runChecks(names = Object.keys(CHECKS)) {
  const waiting = names.flatMap((name) => {
    if (CHECKS[name] === undefined)
      throw new Error(`There is no check called ${name}; there are ${Object.keys(CHECKS).join(', ')}`);
    return CHECKS[name]();
  });
  const outcomes = { passed: [], failed: [] };
  const lanes = Array.from({ length: Math.min(4, availableParallelism()) }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { code, output, seconds } = await run(next);
      outcomes[code === 0 ? 'passed' : 'failed'].push(next.title);
      console.log(`${code === 0 ? '✓' : '✗'} ${next.title} (${seconds} s)`);
      if (code !== 0) console.log(output.trimEnd().replace(/^/gm, '    '));
    }
  });
  await Promise.all(lanes);
  return outcomes;
}

function command(title, program, ...parameters) {
  return { title, program: join(ROOT, 'node_modules', program), parameters };
}

function run({ program, parameters }) {
  const started = performance.now();
  return new Promise((done) => {
    const child = spawn(process.execPath, [program, ...parameters], {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => (output += `${error.message}\n`));
    child.on('close', (code) =>
      done({ code: code ?? 1, output, seconds: ((performance.now() - started) / 1000).toFixed(1) }),
    );
  });
}

/** One tsconfig.json per world: what a folder may know is said in the folder. */
function worlds() {
  const found = [];
  const visit = (folder, depth) => {
    if (existsSync(join(folder, 'tsconfig.json'))) found.push(relative(ROOT, join(folder, 'tsconfig.json')));
    if (depth === 0) return;
    for (const item of readdirSync(folder, { withFileTypes: true })) {
      if (
        item.isDirectory() &&
        !['node_modules', 'dist', 'release'].includes(item.name) &&
        !item.name.startsWith('.')
      ) {
        visit(join(folder, item.name), depth - 1);
      }
    }
  };
  visit(ROOT, 3);
  return found.filter((config) => hasSources(dirname(join(ROOT, config))));
}

function hasSources(folder) {
  return readdirSync(folder, { withFileTypes: true }).some((item) =>
    item.isDirectory()
      ? !['node_modules', 'dist'].includes(item.name) && hasSources(join(folder, item.name))
      : /[.]tsx?$/.test(item.name),
  );
}

function infoFile(config) {
  return join(ROOT, 'node_modules/.cache/tsc', `${config.replaceAll(/[\\/]/g, '-')}.tsbuildinfo`);
}

function folders() {
  return ['core', 'cli', 'electron', 'renderer', 'scripts'].filter((name) => existsSync(join(ROOT, name)));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const names = process.argv.slice(2);
  const { failed } = await runChecks(names.length > 0 ? names : undefined);
  if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}
