import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { generateCapture, SERVER_KEY } from '../../bench/generate-capture.mjs';
import { findProgram } from '../../bench/measure.mjs';

const folder = mkdtempSync(join(tmpdir(), 'sipher-bench-test-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function make(name: string, suite: 'mixed' | 'cbc' | 'gcm', connections: number) {
  const file = join(folder, name);
  return { file, ...generateCapture(file, { frames: 1500, connections, suite, seed: 7 }) };
}

/** Sum of 16-bit words, folded: 0xffff over a range that holds its right checksum (RFC 1071). */
function onesSum(bytes: Buffer, start = 0): number {
  let sum = start;
  for (let at = 0; at < bytes.length; at += 2)
    sum += at + 1 < bytes.length ? bytes.readUInt16BE(at) : (bytes[at] ?? 0) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}

describe('generateCapture', () => {
  it('makes the same bytes each time', () => {
    const [one, two] = [make('a', 'mixed', 4), make('b', 'mixed', 4)].map(({ file }) =>
      createHash('sha256').update(readFileSync(file)).digest('hex'),
    );
    expect(one).toBe(two);
  });

  it('writes whole frames with right checksums, in order of time', () => {
    const { file, frames } = make('c', 'gcm', 3);
    const bytes = readFileSync(file);
    let count = 0;
    let last = 0;
    for (let at = 24; at < bytes.length; count++) {
      const time = bytes.readUInt32LE(at) * 1e6 + bytes.readUInt32LE(at + 4);
      expect(time).toBeGreaterThanOrEqual(last);
      last = time;
      const frame = bytes.subarray(at + 16, at + 16 + bytes.readUInt32LE(at + 8));
      const ip = frame.subarray(14);
      expect(ip.readUInt16BE(2)).toBe(ip.length);
      expect(onesSum(ip.subarray(0, 20))).toBe(0xffff);
      expect(onesSum(ip.subarray(20), 6 + ip.length - 20 + onesSum(ip.subarray(12, 20)))).toBe(0xffff);
      at += 16 + frame.length;
    }
    expect(count).toBe(1500);
    expect(frames).toBe(1500);
  });

  const tshark = findProgram('tshark');
  it.skipIf(tshark === null)('is decrypted whole by tshark, with the key and with the key log', () => {
    for (const [suite, connections] of [
      ['mixed', 8],
      ['cbc', 1],
      ['gcm', 1],
    ] as const) {
      const { file, messages, keylog } = make(suite, suite, connections);
      for (const option of [`uat:rsa_keys:"${SERVER_KEY}",""`, `tls.keylog_file:${keylog}`]) {
        const { stdout } = spawnSync(
          tshark ?? '',
          [
            '-n',
            '-o',
            option,
            '-r',
            file,
            '-Y',
            'sip && !_ws.malformed',
            '-T',
            'fields',
            '-e',
            'sip.Call-ID',
          ],
          { encoding: 'utf8' },
        );
        expect(stdout.split('\n').filter((line) => line !== '')).toHaveLength(messages);
      }
    }
  });
});
