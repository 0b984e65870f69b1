import { execFileSync, spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes, equalBytes } from '../../../core/bytes/reader.ts';
import type { CaptureFault } from '../../../core/capture/frame.ts';
import { createDecompressor } from '../../../core/node/decompress.ts';

type Kind = 'gzip' | 'zstd' | 'lz4';

async function unpack(
  kind: Kind,
  packed: Uint8Array,
  split: number,
): Promise<[Uint8Array, CaptureFault | null]> {
  const parts: Uint8Array[] = [];
  const decompressor = createDecompressor(kind, (chunk) => parts.push(chunk.slice()));
  for (let at = 0; at < packed.length; at += split) await decompressor.push(packed.subarray(at, at + split));
  const fault = await decompressor.finish();
  return [concatBytes(parts), fault];
}

/** Text that packs well in places and badly in others, longer than LZ4's and zstd's blocks. */
function sampleBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 12345;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[at] = at % 5000 < 2500 ? (state >>> 16) & 0xff : 0x41 + ((at >> 3) % 20);
  }
  return bytes;
}

function pack(command: string, args: string[], input: Uint8Array): Uint8Array {
  return new Uint8Array(
    execFileSync(command, args, { input, maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'ignore'] }),
  );
}

function isThere(command: string): boolean {
  return spawnSync(command, ['--version']).status === 0;
}

const sample = sampleBytes(700_000);
const variants: [string, Kind, () => Uint8Array][] = [
  ['gzip', 'gzip', () => new Uint8Array(gzipSync(sample))],
  ['gzip, stored', 'gzip', () => new Uint8Array(gzipSync(sample, { level: 0 }))],
];
// Files made by the reference programs, where they are installed.
if (isThere('zstd')) {
  variants.push(
    ['zstd -1', 'zstd', () => pack('zstd', ['-1', '-c'], sample)],
    ['zstd -19 --no-check', 'zstd', () => pack('zstd', ['-19', '--no-check', '-c'], sample)],
    ['zstd of known size', 'zstd', () => pack('zstd', ['-c', `--stream-size=${sample.length}`], sample)],
  );
}
if (isThere('lz4')) {
  variants.push(
    ['lz4', 'lz4', () => pack('lz4', ['-c'], sample)],
    ['lz4 -9 -BD -B4 -BX', 'lz4', () => pack('lz4', ['-9', '-BD', '-B4', '-BX', '-c'], sample)],
    ['lz4 --no-frame-crc -B5', 'lz4', () => pack('lz4', ['--no-frame-crc', '-B5', '-c'], sample)],
    ['lz4 -l', 'lz4', () => pack('lz4', ['-l', '-c'], sample)],
    ['lz4 --content-size', 'lz4', () => pack('lz4', ['--content-size', '-c'], sample)],
  );
}

describe.each(variants)('%s', (_name, kind, make) => {
  const packed = make();

  test('comes out as it went in, whatever the split', async () => {
    for (const split of [packed.length, 65_537, 4099, 7]) {
      // Seven bytes at a time through zlib's threads is slow: a shorter run shows as much.
      const input = split === 7 ? packed.subarray(0, 60_000) : packed;
      const [bytes, fault] = await unpack(kind, input, split);
      expect(equalBytes(bytes, sample.subarray(0, bytes.length))).toBe(true);
      if (split !== 7) expect([bytes.length, fault]).toEqual([sample.length, null]);
    }
  });

  test('members one after the other are one stream', async () => {
    const [bytes, fault] = await unpack(kind, concatBytes([packed, packed]), 10_007);
    expect(fault).toBeNull();
    expect(equalBytes(bytes, concatBytes([sample, sample]))).toBe(true);
  });

  test('cut off anywhere: what came out is sound and the cut is said', async () => {
    for (const share of [0.001, 0.3, 0.7, 0.999]) {
      const cut = packed.subarray(0, Math.floor(packed.length * share));
      const [bytes, fault] = await unpack(kind, cut, 30_000);
      expect(fault?.kind).toBe('damaged-compression');
      expect(fault?.offset).toBe(bytes.length);
      expect(fault?.sentence).toContain('ends too early');
      expect(equalBytes(bytes, sample.subarray(0, bytes.length))).toBe(true);
      // A block of at most 4 MiB (LZ4) is lost where the cut lies in it.
      if (kind === 'gzip') expect(bytes.length).toBeGreaterThan(share * sample.length * 0.9 - 200_000);
    }
  });

  test('damage anywhere ends in a value', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = packed.slice();
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        const [bytes, fault] = await unpack(kind, damaged, 65_536);
        if (fault !== null) expect(fault.offset).toBe(bytes.length);
      }),
      { numRuns: 25 },
    );
  });
});

describe('gzip', () => {
  test('keeps every byte before the damage of a small file', async () => {
    const input = sampleBytes(9_000);
    const packed = new Uint8Array(gzipSync(input));
    // The checksum: all of the data is sound, and only the end says otherwise.
    packed[packed.length - 6] = (packed[packed.length - 6] ?? 0) ^ 1;
    const [bytes, fault] = await unpack('gzip', packed, packed.length);
    expect(fault?.kind).toBe('damaged-compression');
    expect(equalBytes(bytes, input)).toBe(true);
  });

  test('what follows the last member and is none is said', async () => {
    const packed = concatBytes([new Uint8Array(gzipSync(sample)), Uint8Array.of(1, 2, 3, 4)]);
    const [bytes, fault] = await unpack('gzip', packed, packed.length);
    expect(equalBytes(bytes, sample)).toBe(true);
    expect(fault?.offset).toBe(sample.length);
  });

  test('zeros behind the last member end it, and nobody waits for more', async () => {
    const packed = concatBytes([new Uint8Array(gzipSync(sample)), new Uint8Array(100_000)]);
    for (const split of [packed.length, 1000]) {
      const [bytes, fault] = await unpack('gzip', packed, split);
      expect(equalBytes(bytes, sample)).toBe(true);
      expect(fault).toBeNull();
    }
  });

  test('a bomb comes out in small pieces', async () => {
    const packed = new Uint8Array(gzipSync(new Uint8Array(50_000_000)));
    let largest = 0;
    let total = 0;
    const decompressor = createDecompressor('gzip', (chunk) => {
      largest = Math.max(largest, chunk.length);
      total += chunk.length;
    });
    await decompressor.push(packed);
    expect(await decompressor.finish()).toBeNull();
    expect(total).toBe(50_000_000);
    expect(largest).toBeLessThanOrEqual(65_536);
  });
});

describe('zstd', () => {
  test('a window too large to hold is refused before it is allocated', async () => {
    // Magic, descriptor 0, window descriptor of 2 TiB.
    const packed = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8, 0x01, 0x00, 0x00);
    const [bytes, fault] = await unpack('zstd', packed, 100);
    expect(bytes.length).toBe(0);
    expect(fault?.sentence).toContain('window');
  });

  test('skippable frames are passed over', async () => {
    const skippable = Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9);
    // One raw block of three bytes in a single segment.
    const frame = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 3, 0x19, 0, 0, 0x61, 0x62, 0x63);
    const [bytes, fault] = await unpack('zstd', concatBytes([skippable, frame, skippable]), 5);
    expect(fault).toBeNull();
    expect(equalBytes(bytes, Uint8Array.of(0x61, 0x62, 0x63))).toBe(true);
  });
});
