import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const FOLDER = mkdtempSync(join(tmpdir(), 'sipher-export-'));
afterAll(() => {
  rmSync(FOLDER, { recursive: true });
});

const SAMPLE = fileURLToPath(new URL('../../../assets/samples/04-question-63f-beside-10', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../../dist/cli/sipher.mjs', import.meta.url));

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function sipher(...args: string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

function exported(name: string, kind: string, ...more: string[]): Ran & { readonly path: string } {
  const path = join(FOLDER, name);
  const args = [`${SAMPLE}.pcap`, '--key', `${SAMPLE}.key.pem`, '--as', kind, '--to', path, ...more];
  return { path, ...sipher('export', ...args) };
}

describe('sipher export', () => {
  test('gives the session secrets instead of the key, and says so', () => {
    const { code, stderr, path } = exported('used.keys', 'keylog');
    expect(code).toBe(0);
    expect(stderr).toContain('This file holds the session secrets of 1 connection; no private key.');
    const log = readFileSync(path, 'utf8');
    expect(log).toMatch(/^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}\n$/);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    const withKey = sipher('sip', `${SAMPLE}.pcap`, '--key', `${SAMPLE}.key.pem`);
    expect(sipher('sip', `${SAMPLE}.pcap`, '--keylog', path).stdout).toBe(withKey.stdout);
  });

  test.each(['pcapng-with-secrets', 'clear-pcapng'])('%s opens again without any key', (kind) => {
    const { code, path } = exported(`${kind}.pcapng`, kind);
    expect(code).toBe(0);
    const lines = (text: string): string[] =>
      text
        .trim()
        .split('\n')
        .map((line) => line.replace(/^.*(?:decrypted|clear) {2}/, ''));
    const original = sipher('sip', `${SAMPLE}.pcap`, '--key', `${SAMPLE}.key.pem`);
    expect(lines(sipher('sip', path).stdout)).toEqual(lines(original.stdout));
    expect(readFileSync(path).includes('PRIVATE KEY')).toBe(false);
  });

  test('a redacted file has the flow without the names, and the count of what was replaced', () => {
    const { code, stderr, path } = exported('redacted.txt', 'text', '--redact');
    expect(code).toBe(0);
    expect(stderr).toMatch(/Replaced: number \d+, /);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('REGISTER sip:');
    expect(text).not.toMatch(/lab\.example|127\.0\.0\.1/);
    const refused = exported('never.keys', 'keylog', '--redact');
    expect(refused.code).toBe(1);
    expect(existsSync(refused.path)).toBe(false);
  });

  test('holds the chosen conversations only', () => {
    const all: unknown = JSON.parse(readFileSync(exported('all.json', 'json').path, 'utf8'));
    const none: unknown = JSON.parse(
      readFileSync(exported('one.json', 'json', '--conversation', '1').path, 'utf8'),
    );
    const one: unknown = JSON.parse(
      readFileSync(exported('two.json', 'json', '--conversation', '0').path, 'utf8'),
    );
    const lengths = [all, one, none].map((rows) => (Array.isArray(rows) ? rows.length : -1));
    expect(lengths[0]).toBeGreaterThan(0);
    expect(lengths[0]).toBe((lengths[1] ?? 0) + (lengths[2] ?? 0));
    expect(exported('none.json', 'json', '--conversation', '99').code).toBe(1);
  });

  test('never replaces a file unasked', () => {
    const first = exported('again.csv', 'csv');
    expect(first.code).toBe(0);
    const second = exported('again.csv', 'csv');
    expect(second.code).toBe(2);
    expect(second.stderr).toContain('--force');
    expect(exported('again.csv', 'csv', '--force').code).toBe(0);
    expect(sipher('export', `${SAMPLE}.pcap`, '--as', 'csv').code).toBe(1);
  });
});
