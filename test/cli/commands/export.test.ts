import { spawn, spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { labCase, labFile } from '../../support/open-lab.ts';

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

  test('writes to standard output where it is told to, and says what it holds beside it', () => {
    const { path } = exported('calls.txt', 'text');
    const { code, stdout, stderr } = sipher(
      ...['export', `${SAMPLE}.pcap`, '--key', `${SAMPLE}.key.pem`, '--as', 'text', '--to', '-'],
    );
    expect(code).toBe(0);
    expect(stdout).toBe(readFileSync(path, 'utf8'));
    expect(stderr).toContain('This file holds');
    expect(existsSync('-')).toBe(false);
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

  test('takes a call, a filter, or two conversations to compare, and not several of them', () => {
    const filtered = exported('filtered.txt', 'text', '--filter', 'OPTIONS sip:', '--verdict', 'decrypted');
    expect(filtered.code).toBe(0);
    expect(readFileSync(filtered.path, 'utf8')).toContain('OPTIONS sip:');
    expect(readFileSync(filtered.path, 'utf8')).not.toContain('REGISTER sip:');
    expect(exported('verdict.txt', 'text', '--verdict', 'nonsense').code).toBe(1);
    expect(exported('call.txt', 'text', '--call', 'nobody').stderr).toContain('There is no call nobody.');
    const both = exported('both.txt', 'text', '--filter', 'x', '--conversation', '0');
    expect([both.code, both.stderr]).toEqual([1, expect.stringContaining('Name one of')]);
    const compared = exported('compared.html', 'report', '--compare', '0,1');
    expect(compared.code).toBe(0);
    expect(readFileSync(compared.path, 'utf8')).toContain('Comparison');
    expect(exported('compared.txt', 'text', '--compare', '0,1').code).toBe(1);
    expect(exported('compared2.html', 'report', '--compare', '0').code).toBe(1);
    expect(exported('compared3.html', 'report', '--compare', '0,7').stderr).toContain(
      'no conversation 7 to compare',
    );
  });

  test('sends HEP, and never says the key of its receiver', async () => {
    const socket = createSocket('udp4');
    const packets: Buffer[] = [];
    socket.on('message', (packet) => packets.push(packet));
    await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
    const to = `127.0.0.1:${socket.address().port}`;
    const args = [`${SAMPLE}.pcap`, '--key', `${SAMPLE}.key.pem`, '--as', 'hep', '--to', to];
    const { code, stderr } = await sipherMeanwhile('export', ...args, '--hep-key', 'sesame', '--hep-id', '9');
    await expect.poll(() => packets.length).toBe(10);
    socket.close();
    expect(code).toBe(0);
    expect(stderr).toContain(`10 messages sent to ${to}.`);
    expect(stderr).not.toContain('sesame');
    expect(packets.every((packet) => packet.includes('sesame'))).toBe(true);
    expect(packets[0]?.includes('REGISTER sip:lab.example SIP/2.0')).toBe(true);
    expect(sipher('export', ...args.slice(0, -1), 'nowhere').code).toBe(1);
  });
});

/** Without keeping this process from what it receives. */
function sipherMeanwhile(
  ...args: string[]
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => done({ code, stderr }));
  });
}

describe('nothing that is written holds a private key, a password or a pre-shared key', () => {
  const CASES = [
    '04-question-63f-beside-10',
    '13-baresip-srtp-sdes',
    '08-psk-aes256-gcm',
    '08-rsa-psk-aes256-gcm',
    '05-tls13-keyupdate-keylog',
  ] as const;

  test.each(CASES)('%s', (id) => {
    const lab = labCase(id);
    const secrets: Buffer[] = [];
    const options = lab.keys.flatMap((key) => {
      if (key.file == null) {
        secrets.push(Buffer.from(key.value ?? '', 'hex'), Buffer.from(key.value ?? ''));
        return ['--psk', key.identity == null ? (key.value ?? '') : `${key.identity}=${key.value ?? ''}`];
      }
      const path = labFile(key.file);
      if (key.type === 'nss-keylog') return ['--keylog', path];
      secrets.push(...privatePartsOf(readFileSync(path)));
      return ['--key', path];
    });
    expect(secrets.length + (lab.keys.some(({ type }) => type === 'nss-keylog') ? 1 : 0)).toBeGreaterThan(0);
    for (const kind of KINDS) {
      const path = join(FOLDER, `${id}.${kind}`);
      const given = [
        labFile(lab.capture),
        ...options,
        '--password',
        'open-sesame',
        '--as',
        kind,
        '--to',
        path,
      ];
      const { code } = sipher('export', ...given);
      // Where there is no call there is no ladder of one.
      if (code !== 0) continue;
      const bytes = readFileSync(path);
      for (const secret of secrets) expect(bytes.includes(secret), kind).toBe(false);
      for (const secret of secrets)
        for (const form of ['hex', 'base64'] as const)
          expect(bytes.includes(secret.toString(form).replace(/=+$/, '')), `${kind} ${form}`).toBe(false);
      expect(bytes.includes('open-sesame')).toBe(false);
      expect(bytes.includes('PRIVATE KEY')).toBe(false);
    }
  });
});

const KINDS = [
  'keylog',
  'pcapng-with-secrets',
  'clear-pcapng',
  'text',
  'json',
  'csv',
  'ladder-text',
  'ladder-svg',
  'report',
];

/** The numbers of an RSA key that nobody else may know: d, p, q and what is made of them (RFC 8017 §A.1.2). */
function privatePartsOf(pem: Buffer): Buffer[] {
  const { d, p, q, dp, dq, qi } = createPrivateKey(pem).export({ format: 'jwk' });
  return [d, p, q, dp, dq, qi].flatMap((part) =>
    part === undefined ? [] : [Buffer.from(part, 'base64url')],
  );
}
