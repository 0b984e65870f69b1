import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { labFile } from '../../support/open-lab.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/cli/sipher.mjs', import.meta.url));

describe('what the command line tells', () => {
  test('conversations --json carries findings and what decrypts each', () => {
    const { status, lines } = run('conversations', labFile('07-alert-missing-intermediate.pcap'), '--json');
    expect(status).toBe(0);
    const [conversation] = lines.map((line): unknown => JSON.parse(line));
    expect(conversation).toMatchObject({
      verdict: 'handshake-failed',
      canBeDecryptedBy: [],
      findings: expect.arrayContaining([
        {
          id: 'handshake-failed',
          severity: 'error',
          sentence: expect.stringContaining('unknown_ca'),
          frames: [6, 8],
          fix: expect.stringContaining('CN=Lab Intermediate CA'),
          confidence: 'certain',
        },
      ]),
    });
  });

  test('explain without a frame tells of the capture as a whole', () => {
    const { status, text } = run(
      'explain',
      labFile('made/sbc-between.pcap'),
      '--key',
      labFile('made/keys/server.key.pem'),
    );
    expect(status).toBe(0);
    expect(text).toMatch(/^2 TLS connections: 1 is decrypted, 1 needs the key of CN=provider\.example\./);
    expect(text).toMatch(/It opens conversation 0\. In conversation 1 its host is the client/);
  });

  test('explain says each thing once, and counts one record as one', () => {
    const capture = labFile('07-alert-unknown-ca-from-client-selfsigned.pcap');
    const { text } = run('explain', capture);
    expect(text.match(/is self-signed\. It is accepted only where/g)).toHaveLength(1);
    const failed = run('explain', labFile('07-mtls-client-md5-cert.pcap'), '--conversation', '0');
    expect(failed.text).toMatch(/; 0 records decrypted, 1 opaque, 10 clear\./);
    const key = labFile('keys/server1.key.pem');
    const opened = run(
      'explain',
      labFile('07-mtls-client-md5-cert.pcap'),
      '--conversation',
      '0',
      '--key',
      key,
    );
    expect(opened.text).toMatch(/; 1 record decrypted, 0 opaque/);
  });

  test('explain tells of a conversation without TLS what it is, and of no records', () => {
    const capture = labFile('07-plain-sip-to-tls-port.pcap');
    const { text } = run('explain', capture, '--conversation', '0');
    expect(text).toMatch(/\nSIP in clear\nThis is SIP without encryption/);
    expect(text).not.toMatch(/version unknown|0 records/);
  });

  test('explain and compare take a conversation inside another one by its id', () => {
    const capture = labFile('made/tls-in-tls.pcap');
    const keys = ['--keylog', labFile('made/keys/tls-in-tls.keys')];
    const { status, text } = run('explain', capture, '--conversation', '0.1', ...keys);
    expect(status).toBe(0);
    expect(text).toMatch(/^Conversation 0\.1: .*, TLS, opaque/);
    expect(text).toMatch(/pbx\.example \(through the tunnel of 127\.0\.0\.1:15091\)/);
    const [json] = run('explain', capture, '--conversation', '0.1', '--json', ...keys).lines;
    expect(JSON.parse(json ?? '')).toMatchObject({ conversation: '0.1', verdict: 'opaque' });
    const compared = run('compare', capture, '--conversation', '0', '--with', '0.1', ...keys);
    expect(compared.text).toMatch(/^Right: conversation 0\.1,/m);
    expect(run('explain', capture, '--conversation', '0.2', ...keys).status).toBe(1);
    expect(run('explain', capture, '--conversation', '0.', ...keys).status).toBe(1);
  });

  test('explain takes a frame or a conversation, not both', () => {
    const { status } = run('explain', labFile('made/null-suite.pcap'), '--frame', '1', '--conversation', '0');
    expect(status).toBe(1);
  });

  test('explain --debug-log speaks in the terms of Wireshark’s log, of all or of one conversation', () => {
    const capture = labFile('04-question-63f-beside-10.pcap');
    const all = run('explain', capture, '--key', labFile('keys/server1.key.pem'), '--debug-log');
    expect(all.status).toBe(0);
    expect(all.text).toMatch(
      /app_data len 432, ssl state 0x10\n.*using server decoder\n.*no decoder available\n/,
    );
    expect(all.text).toMatch(/ssl state 0x43F \(0x63F\)\n.*\n {2}ssl_decrypt_record: seq \d+, mac ok/);
    const one = run('explain', capture, '--debug-log', '--conversation', '0');
    expect(one.text).not.toMatch(/conversation = 1/);
    expect(run('explain', capture, '--debug-log', '--frame', '1').status).toBe(1);
    expect(run('explain', capture, '--debug-log', '--conversation', '9').status).toBe(1);
  });

  test('compare: of one capture, of two, and of what is not there', () => {
    const phones = labFile('07-two-phones-md5-client-certificate.pcap');
    const one = run('compare', phones, '--conversation', '0', '--with', '1');
    expect(one.status).toBe(0);
    expect(one.text).toMatch(/The right one fails, the other one works\./);
    const two = run(
      'compare',
      labFile('made/record-altered.pcap'),
      '--conversation',
      '0',
      '--with-capture',
      labFile('made/name-mismatch.pcap'),
      '--with',
      '0',
      '--json',
    );
    expect(JSON.parse(two.text)).toMatchObject({ right: { verdict: 'handshake-failed' } });
    expect(run('compare', phones, '--conversation', '0', '--with', '9').status).toBe(1);
    expect(run('compare', phones, '--conversation', '0').status).toBe(1);
  });
});

function run(...args: string[]): {
  readonly status: number | null;
  readonly text: string;
  readonly lines: string[];
} {
  const outcome = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' });
  return {
    status: outcome.status,
    text: outcome.stdout,
    lines: outcome.stdout.split('\n').filter((line) => line !== ''),
  };
}
