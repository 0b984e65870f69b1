import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatState, tellDebugLog } from '../../../../core/analysis/conversations/debug-log.ts';
import { labCase, labFile, openLab, type OpenedLab } from '../../../support/open-lab.ts';

/**
 * What tshark 4.0.17 logs of the same captures with the same keys (-o tls.debug_file:F -o
 * tcp.reassemble_out_of_order:TRUE): "frame length state outcome" of each record for which it has a line.
 */
const OF_TSHARK: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(new URL('debug-log-of-tshark.json', import.meta.url), 'utf8'),
);

describe('the log beside that of tshark', () => {
  test.each(Object.keys(OF_TSHARK))('%s: frames, lengths, state masks and decoders', async (id) => {
    const opened = await openLab(id);
    const own = recordsIn(linesOf(opened));
    // For some records of TLS 1.3 tshark writes no line; what it writes must be here, in this order.
    let at = 0;
    const missing = OF_TSHARK[id]?.filter((wanted) => {
      const found = own.indexOf(wanted, at);
      if (found >= 0) at = found + 1;
      return found < 0;
    });
    expect(missing).toEqual([]);
    const left = own.length - (OF_TSHARK[id]?.length ?? 0);
    if (!id.includes('tls13')) expect(left).toBe(0);
    opened.set.close();
  });
});

test('says where secrets come from, and never the secret', async () => {
  for (const id of ['04-question-63f-beside-10', '05-ecdhe-aes256-gcm-keylog', '05-tls13-keyupdate-keylog']) {
    const opened = await openLab(id);
    const text = linesOf(opened).join('\n');
    for (const name of labCase(id).keys.flatMap((key) => key.file?.split('/').at(-1) ?? []))
      if (!name.startsWith('server1') || id.startsWith('04')) expect(text).toContain(name);
    const logged = readFileSync(labFile(`keylogs/${id}.keys`), 'utf8').match(/[0-9a-f]{64,}/gi) ?? [];
    expect(logged.length).toBeGreaterThan(1);
    for (const secret of logged) expect(text.toLowerCase()).not.toContain(secret.slice(0, 32).toLowerCase());
    opened.set.close();
  }
});

test('tells one conversation by itself', async () => {
  const opened = await openLab('04-question-63f-beside-10');
  const lines = [...tellDebugLog(opened.analysis, opened.frames, 0)];
  expect(lines.join('\n')).toMatch(
    /frame #1\n {2}conversation = 0: 127\.0\.0\.1:59496 \(client\), 127\.0\.0\.1:5061 \(server\)\n/,
  );
  expect(lines.filter((line) => line.includes('conversation = 1'))).toEqual([]);
  expect(lines.filter((line) => line.includes('no decoder available')).length).toBeGreaterThan(3);
  expect(lines.filter((line) => line === '  sipher: opaque, handshake-not-captured').length).toBeGreaterThan(
    3,
  );
  opened.set.close();
});

test.each([
  [
    '05-ecdhe-aes128-sha-rsakey-only',
    /Diffie-Hellman \(TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA\), no private key can decrypt it/,
  ],
  ['05-tls13-rsakey-only', /cannot find SERVER_HANDSHAKE_TRAFFIC_SECRET, decryption impossible/],
  ['06-wrong-rsa-key', /can’t decrypt the pre-master secret\n[^]*ssl_change_cipher CLIENT: no decoder/],
  ['06-wrong-rsa-key', /public key SHA-256 f1073eba\w+, no private key is loaded for it/],
  ['09-corrupt-record-gcm', /auth tag mismatch\n {2}sipher: opaque, tag-mismatch/],
  [
    '09-lost-appdata-client-gcm',
    /sipher: 352 bytes from the client are missing before frame #15\ndissect_ssl enter frame #15\n[^]*sequence number \+1/,
  ],
  ['03-resume-ticket-full', /sipher: resumes an earlier session \(ticket\)/],
])('%s: %s', async (id, says) => {
  const opened = await openLab(id);
  expect(linesOf(opened).join('\n')).toMatch(says);
  opened.set.close();
});

test('a mask is printed as each generation of Wireshark does', () => {
  expect(formatState(0)).toBe('0x00');
  expect(formatState(0x10)).toBe('0x10');
  expect(formatState(0x63f)).toBe('0x43F (0x63F)');
  expect(formatState(0x1097)).toBe('0x1097 (0x97)');
});

function linesOf(opened: OpenedLab): string[] {
  return [...tellDebugLog(opened.analysis, opened.frames, null)];
}

/** "frame length state outcome" of each record, as the baseline has it. */
function recordsIn(lines: readonly string[]): string[] {
  const records: string[] = [];
  let frame = '';
  for (const line of lines) {
    frame = /enter frame #(\d+)/.exec(line)?.[1] ?? frame;
    const record = /app_data len (\d+), ssl state (0x[0-9A-F]+)/.exec(line);
    if (record !== null) records.push(`${frame} ${record[1]} ${record[2]} other`);
    const outcome = line.includes('no decoder available')
      ? 'none'
      : /mac ok|auth_tag\(OK\)/.test(line)
        ? 'opened'
        : /mac failed|tag mismatch/.test(line)
          ? 'failed'
          : null;
    const last = records.length - 1;
    if (outcome !== null && last >= 0) records[last] = records[last]?.replace('other', outcome) ?? '';
  }
  return records;
}
