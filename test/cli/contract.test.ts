import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { labFile } from '../support/open-lab.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/sipher.mjs', import.meta.url));
const FOLDER = mkdtempSync(join(tmpdir(), 'contract-'));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));
const CAPTURE = labFile('01-tls12-rsa-aes128-gcm-sha256.pcap');
const KEY = labFile('keys/server1.key.pem');

function run(args: readonly string[], input: Buffer | null = null) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    encoding: 'utf8',
    input: input ?? '',
    timeout: 20_000,
  });
  return { status, stdout, stderr: stderr.trim(), lines: stdout.split('\n').filter((line) => line !== '') };
}

describe('exit codes', () => {
  const empty = join(FOLDER, 'empty.pcap');
  writeFileSync(empty, '');
  // Large enough for threads to be started before anything is looked at.
  const large = join(FOLDER, 'large.pcap');
  writeFileSync(large, Buffer.alloc(9 * 1024 * 1024));
  test.each<[string, readonly string[], number, RegExp]>([
    ['no command', [], 1, /Usage/],
    ['an unknown command', ['bogus'], 1, /unknown command/],
    ['an unknown option', ['frames', CAPTURE, '--bogus'], 1, /unknown option/],
    ['no capture', ['frames'], 1, /missing/],
    ['no key file', ['keys'], 1, /at least one/],
    ['a frame that is not there', ['explain', CAPTURE, '--frame', '9999'], 1, /no frame 9999/],
    ['nothing to serve', ['serve', join(FOLDER, 'no')], 2, /^The capture .*no such file/],
    ['nothing to open', ['open', FOLDER], 2, /it is a folder/],
    ['a key to serve that is not there', ['serve', CAPTURE, '--key', join(FOLDER, 'no')], 2, /^The key file/],
    ['a port that is none', ['serve', '--port', '65536'], 1, /at most 65535/],
    ['a capture that is not there', ['frames', join(FOLDER, 'no')], 2, /no such file/],
    ['a folder', ['frames', FOLDER], 2, /it is a folder/],
    ['an empty file', ['frames', empty], 2, /empty/],
    ['an empty pipe', ['frames', '-'], 2, /empty/],
    ['a key as capture', ['frames', KEY], 2, /private key/],
    ['a key that is not there', ['frames', CAPTURE, '--key', join(FOLDER, 'no')], 2, /no such file/],
    ['a large capture and no such key', ['sip', large, '--key', join(FOLDER, 'no')], 2, /no such file/],
    ['a large file that is no capture', ['sip', large], 2, /large\.pcap/],
    ['a folder as key', ['frames', CAPTURE, '--key', FOLDER], 2, /folder/],
    ['no password file', ['frames', CAPTURE, '--password-file', join(FOLDER, 'no')], 2, /password file/],
  ])('%s', (_name, args, code, said) => {
    const { status, stdout, stderr } = run(args);
    expect(stderr).toMatch(said);
    expect(stdout).toBe('');
    expect(status).toBe(code);
  });

  test('a port in use is named, and the program ends', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { status, stderr, stdout } = run(['serve', '--port', String(port)]);
    other.close();
    expect(stderr).toMatch(new RegExp(`^Port ${port} is in use[^\\n]*$`));
    expect([status, stdout]).toEqual([1, '']);
  });

  test('a capture cut in a frame is told to its end, with a warning and code 0', () => {
    const cut = join(FOLDER, 'cut.pcap');
    writeFileSync(cut, readFileSync(CAPTURE).subarray(0, 3000));
    const { status, stderr, lines } = run(['frames', cut, '--json']);
    expect(status).toBe(0);
    expect(lines.length).toBeGreaterThan(5);
    expect(stderr).toMatch(/byte \d+/);
  });
});

describe('where captures come from and output goes', () => {
  const whole = run(['sip', CAPTURE, '--key', KEY, '--json']);

  test('standard input gives what the file gives', () => {
    expect(whole.lines.length).toBeGreaterThan(5);
    const piped = run(['sip', '-', '--key', KEY, '--json'], readFileSync(CAPTURE));
    expect(piped.stdout).toBe(whole.stdout);
  });

  test('files of a set in any order give the same', () => {
    const other = labFile('02-tls12-gcm-ems0.pcap');
    const one = run(['sip', CAPTURE, other, '--key', KEY, '--json']);
    const reversed = run(['sip', other, CAPTURE, '--key', KEY, '--json']);
    expect(one.lines.length).toBeGreaterThan(whole.lines.length);
    expect(reversed.stdout).toBe(one.stdout);
  });

  // Windows has no bash and no names for its pipes.
  test.skipIf(process.platform === 'win32')(
    'a pipe named on the command line, and a reader that goes',
    () => {
      const shell = (script: string) =>
        spawnSync('bash', ['-o', 'pipefail', '-c', script, PROGRAM, CAPTURE, KEY], {
          encoding: 'utf8',
          env: { ...process.env, NODE: process.execPath },
          timeout: 20_000,
        });
      const named = shell('"$NODE" "$0" sip <(cat "$1") --key <(cat "$2") --json');
      expect(named.stdout).toBe(whole.stdout);
      for (const gone of ['"$NODE" "$0" frames "$1" --json | true', '"$NODE" "$0" --help | true']) {
        const { status, stderr } = shell(gone);
        expect([status, stderr]).toEqual([0, '']);
      }
    },
  );

  // Only Linux has a device that is always full.
  test.skipIf(process.platform !== 'linux')('a full disk is told in one sentence', () => {
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, 'frames', CAPTURE], {
      encoding: 'utf8',
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    expect(stderr.trim()).toBe('The output cannot be written: the disk is full.');
    expect(status).toBe(3);
  });
});
