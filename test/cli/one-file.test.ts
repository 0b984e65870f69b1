import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateCapture, SERVER_KEY } from '../../bench/generate-capture.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SAMPLE = join(ROOT, 'assets/samples/04-question-63f-beside-10');
const FOLDER = mkdtempSync(join(tmpdir(), 'sipher-alone-'));
const ALONE = join(FOLDER, 'sipher-cli.mjs');

beforeAll(() => {
  copyFileSync(join(ROOT, 'dist/one-file/sipher-cli.mjs'), ALONE);
});
afterAll(() => {
  rmSync(FOLDER, { recursive: true });
});

function run(program: string, args: readonly string[], before: readonly string[] = []) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...before, program, ...args], {
    encoding: 'utf8',
    cwd: FOLDER,
    // Nothing that Node could find packages with.
    env: { PATH: '', HOME: FOLDER },
    maxBuffer: 1 << 28,
  });
  return { code: status, stdout, stderr };
}

const alone = (...args: string[]) => run(ALONE, args);
const installed = (...args: string[]) => run(join(ROOT, 'dist/cli/sipher.mjs'), args);

describe('the command line as one file, alone in a folder', () => {
  const KEY = ['--key', `${SAMPLE}.key.pem`];

  test.each([
    ['sip', `${SAMPLE}.pcap`, ...KEY],
    ['frames', `${SAMPLE}.pcap`, '--json', ...KEY],
    ['conversations', `${SAMPLE}.pcap`, '--json'],
    ['explain', `${SAMPLE}.pcap`, '--frame', '1'],
    ['calls', `${SAMPLE}.pcap`, ...KEY],
    ['keys', `${SAMPLE}.key.pem`],
  ])('says of %s what the installed one says', (...args) => {
    const made = alone(...args);
    expect(made).toEqual(installed(...args));
    expect(made.code).toBe(0);
    expect(made.stdout).not.toBe('');
  });

  test.each(['keylog', 'report', 'pcapng-with-secrets'])('exports %s', (kind) => {
    const path = join(FOLDER, `made.${kind}`);
    const { code, stderr } = alone('export', `${SAMPLE}.pcap`, ...KEY, '--as', kind, '--to', path);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('no private key') });
    expect(readFileSync(path).length).toBeGreaterThan(100);
  });

  test('decrypts a large capture on threads of its own', () => {
    const capture = join(FOLDER, 'large.pcap');
    generateCapture(capture, { frames: 16_000, connections: 4, suite: 'mixed', seed: 5 });
    const watch = join(FOLDER, 'watch.mjs');
    writeFileSync(
      watch,
      `import worker from 'node:worker_threads'; import { syncBuiltinESMExports } from 'node:module';
const { Worker } = worker;
worker.Worker = class extends Worker { constructor(...given) { super(...given);
  this.on('online', () => process.stderr.write('thread online\\n'));
  this.on('error', (error) => process.stderr.write('thread failed ' + error + '\\n')); } };
syncBuiltinESMExports();`,
    );
    const args = ['sip', capture, '--key', SERVER_KEY];
    const made = run(ALONE, args, ['--import', pathToFileURL(watch).href]);
    expect(made.stderr).toContain('thread online');
    expect(made.stderr).not.toContain('failed');
    expect(made.stdout.split('\n').length).toBeGreaterThan(5000);
    expect(made.stdout).toBe(installed(...args).stdout);
  });

  test('says that it has no page', () => {
    const { code, stderr } = alone('serve');
    expect(code).toBe(1);
    expect(stderr).toContain('no page to show');
  });

  test('brought nothing with it and left nothing behind', () => {
    expect(readdirSync(FOLDER).filter((name) => !/^(sipher-cli|made|large|watch)/.test(name))).toEqual([]);
  });
});
