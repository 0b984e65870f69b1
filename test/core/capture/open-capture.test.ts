import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linesOf, readCapture, type ReadFrame } from './read-capture.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const captures = join(root, 'test/captures');

/** The unpacked bytes of a capture under test/captures. */
function load(name: string): Uint8Array {
  const bytes = readFileSync(join(captures, name));
  return new Uint8Array(name.endsWith('.gz') ? gunzipSync(bytes) : bytes);
}

const names = readdirSync(captures).filter((name) => /^11-.*\.(pcap|pcapng)(\.gz)?$/.test(name));
const files = new Map(names.map((name) => [name, load(name)]));
const small = [...files.entries()].filter(([name]) =>
  [
    '11-pcap-be.pcap',
    '11-pcapng-be.pcapng',
    '11-pcapng-dsb-tls13.pcapng',
    '11-pcapng-second-interface.pcapng',
  ].includes(name),
);
for (const name of ['11-snoop.snoop', '11-netmon.cap']) small.push([name, load(name)]);

test('the captures are there', () => {
  expect(names.length).toBeGreaterThanOrEqual(20);
});

test('the same frames come out of every container', () => {
  const plain = readCapture(load('01-tls12-rsa-aes256-sha.pcap')).frames;
  const same = [
    '11-pcap-be.pcap',
    '11-pcap-ns-be.pcap',
    '11-pcapng-be.pcapng',
    '11-pcapng-ns.pcapng',
    '11-pcapng-second-interface.pcapng',
    '11-gzip.pcap.gz',
    '11-gzip.pcapng.gz',
    '11-snoop.snoop',
    '11-modified-tcpdump.pcap',
    '11-redhat-tcpdump.pcap',
    '11-suse-tcpdump.pcap',
    '11-nokia-tcpdump.pcap',
    '11-netmon.cap',
  ];
  for (const name of same) {
    const { frames, fault } = readCapture(load(name));
    expect(fault).toBeNull();
    // These two were made of another capture.
    const expected = name.startsWith('11-gzip') ? readCapture(load('11-gzip.pcap.gz')).frames : plain;
    // Nanoseconds were added where the format has them.
    const inMicroseconds = (frame: ReadFrame) =>
      `${frame.seconds}.${Math.floor(frame.nanoseconds / 1000)} ${Buffer.from(frame.bytes).toString('hex')}`;
    expect(frames.map(inMicroseconds)).toEqual(expected.map(inMicroseconds));
  }
});

describe.each(small)('%s', (_name, file) => {
  const whole = readCapture(file);
  const lines = linesOf(whole.frames);

  test('any split of the bytes gives the same frames', () => {
    expect(linesOf(readCapture(file, [1]).frames)).toEqual(lines);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 8 }), (sizes) => {
        const read = readCapture(file, sizes);
        expect(linesOf(read.frames)).toEqual(lines);
        expect(read.secrets).toEqual(whole.secrets);
        expect(read.fault).toEqual(whole.fault);
      }),
      { numRuns: 30 },
    );
  });

  test('every truncation keeps a prefix of the frames', () => {
    for (let length = 0; length < file.length; length += 13) {
      const read = readCapture(file.subarray(0, length));
      expect(linesOf(read.frames)).toEqual(lines.slice(0, read.frames.length));
      if (read.fault !== null) expect(read.fault.offset).toBeLessThanOrEqual(length);
    }
  });

  test('every mutation ends in frames and a value, within bounds', () => {
    const change = fc.tuple(fc.nat(file.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const damaged = file.slice();
        for (const [at, value] of changes) damaged[at] = value;
        const read = readCapture(damaged, [4096]);
        // A frame needs a header, so there cannot be more of them than that.
        expect(read.frames.length).toBeLessThanOrEqual(file.length / 12);
        expect(read.steps).toBeLessThanOrEqual(file.length);
      }),
      { numRuns: 150 },
    );
  });
});

describe('corpus', () => {
  const corpus = process.env['SIPHER_CORPUS'] ?? join(root, '../shared/captures/corpus');
  const manifest = join(corpus, 'manifest.json');

  interface Case {
    readonly id: string;
    readonly capture: string;
    readonly frames: number;
  }

  /** Custom blocks count as frames for tshark. */
  const others = new Set(['gopacket-be-test017', 'gopacket-be-test018', 'gopacket-be-test102']);

  test.skipIf(!existsSync(manifest))(
    'every file is read as far as tshark reads it (skipped without the corpus)',
    () => {
      const cases: Case[] = JSON.parse(readFileSync(manifest, 'utf8'));
      const wrong: string[] = [];
      for (const { id, capture, frames } of cases) {
        const bytes = new Uint8Array(readFileSync(join(corpus, capture)));
        const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
        const read = readCapture(isGzip ? new Uint8Array(gunzipSync(bytes)) : bytes);
        if (read.frames.length !== frames && !others.has(id))
          wrong.push(`${id}: ${read.frames.length}, not ${frames}`);
      }
      expect(wrong).toEqual([]);
    },
  );
});
