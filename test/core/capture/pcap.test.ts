import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCapture } from './read-capture.ts';
import { writePcap, type FrameToWrite, type PcapLayout } from './build-captures.ts';

const NANOSECONDS = 0xa1b23c4d;
const MODIFIED = 0xa1b2cd34;

/** Frames whose bytes, read as headers by mistake, make no sense. */
function someFrames(count: number): FrameToWrite[] {
  return Array.from({ length: count }, (_, at) => ({
    seconds: 1_499_789_160 + at,
    fraction: 123_456 + at,
    bytes: new Uint8Array(60 + 7 * at).fill(0x80 + at),
    original: 60 + 7 * at + (at % 2) * 1000,
  }));
}

function expectFrames(
  file: Uint8Array,
  frames: readonly FrameToWrite[],
  linkType: number,
  unit: number,
): void {
  const read = readCapture(file);
  expect(read.fault).toBeNull();
  expect(read.frames.map((frame) => ({ ...frame, offset: 0 }))).toEqual(
    frames.map((frame) => ({
      seconds: frame.seconds,
      nanoseconds: frame.fraction * unit,
      linkType,
      interfaceIndex: 0,
      original: frame.original ?? frame.bytes.length,
      offset: 0,
      bytes: frame.bytes,
    })),
  );
  for (const frame of read.frames) {
    expect(file.subarray(frame.offset, frame.offset + frame.bytes.length)).toEqual(frame.bytes);
  }
}

describe('layouts', () => {
  const frames = someFrames(5);
  const layouts: [string, PcapLayout, number, number][] = [
    ['little-endian', {}, 1, 1000],
    ['big-endian', { littleEndian: false }, 1, 1000],
    ['nanoseconds', { magic: NANOSECONDS }, 1, 1],
    ['nanoseconds, big-endian', { magic: NANOSECONDS, littleEndian: false }, 1, 1],
    ['frame check sequence announced', { network: 0x24000001 }, 1, 1000],
    ["Kuznetsov's record header", { magic: MODIFIED, extra: 8 }, 1, 1000],
    ["Kuznetsov's record header, big-endian", { magic: MODIFIED, extra: 8, littleEndian: false }, 1, 1000],
    ['the older one of 28 bytes', { magic: MODIFIED, extra: 12 }, 1, 1000],
    ["the usual magic with Kuznetsov's header", { extra: 8 }, 1, 1000],
    ["Nokia's record header", { extra: 4 }, 1, 1000],
    ['IXIA hardware', { magic: 0x1c0001ac, extraFileHeader: 4 }, 1, 1],
    ['IXIA software, big-endian', { magic: 0x1c0001ab, extraFileHeader: 4, littleEndian: false }, 1, 1000],
    ['version 2.3', { version: [2, 3] }, 1, 1000],
    ['version 2.3, lengths swapped', { version: [2, 3], swapLengths: true }, 1, 1000],
    ['DG/UX', { version: [543, 0], swapLengths: true }, 1, 1000],
    ['AIX Ethernet', { version: [2, 2], network: 6, littleEndian: false }, 1, 1],
    ['snapshot length 0', { snapLength: 0 }, 1, 1000],
  ];

  test.each(layouts)('%s', (_name, layout, linkType, unit) => {
    expectFrames(writePcap(frames, layout), frames, linkType, unit);
  });

  test.each(layouts)('%s: the first frame alone is read too', (_name, layout, linkType, unit) => {
    // One record does not tell the longer headers under the usual magic from the usual one.
    if (layout.magic === undefined && layout.extra !== undefined) return;
    if (layout.extra === 12) return;
    expectFrames(writePcap(frames.slice(0, 1), layout), frames.slice(0, 1), linkType, unit);
  });

  test('a fraction beyond its second is carried over', () => {
    const [frame] = readCapture(
      writePcap([{ seconds: 10, fraction: 3_500_000, bytes: new Uint8Array(4) }]),
    ).frames;
    expect([frame?.seconds, frame?.nanoseconds]).toEqual([13, 500_000_000]);
  });

  test('other versions are refused by name', () => {
    const { fault } = readCapture(writePcap(frames, { version: [1, 4] }));
    expect(fault).toMatchObject({ kind: 'unsupported-format', offset: 4 });
    expect(fault?.sentence).toContain('version 1.4');
  });
});

describe('damage', () => {
  const frames = someFrames(3);
  const file = writePcap(frames);
  const lastFrameAt = file.length - 16 - (frames[2]?.bytes.length ?? 0);

  test('an impossible length stops there and then, with its place', () => {
    const damaged = file.slice();
    damaged.set([0xff, 0xff, 0xff, 0x7f], lastFrameAt + 8);
    const read = readCapture(damaged, [7]);
    expect(read.frames.length).toBe(2);
    expect(read.fault).toMatchObject({ kind: 'impossible-length', offset: lastFrameAt });
    expect(read.fault?.sentence).toContain(String(lastFrameAt));
  });

  test('a header that promises more than any capture holds is not waited for', () => {
    const damaged = writePcap(frames, { snapLength: 0xffffffff });
    damaged.set([0x01, 0x00, 0x00, 0x04], lastFrameAt + 8);
    expect(readCapture(damaged).fault?.kind).toBe('impossible-length');
  });

  test('a frame longer than a small snapshot length is still a frame', () => {
    const long = { seconds: 1, fraction: 1, bytes: new Uint8Array(200_000) };
    expect(readCapture(writePcap([long], { snapLength: 96 })).frames[0]?.bytes.length).toBe(200_000);
  });

  test('files joined end to end are read on', () => {
    const frames = someFrames(5);
    for (const layout of [{}, { littleEndian: false }, { magic: NANOSECONDS }]) {
      const joined = [writePcap(frames.slice(0, 2), layout), writePcap(frames.slice(2), layout)];
      expectFrames(new Uint8Array(Buffer.concat(joined)), frames, 1, 'magic' in layout ? 1 : 1000);
    }
  });

  test('every truncation keeps what is whole and says where it ends', () => {
    const ends = [24, 24 + 16 + 60, 24 + 32 + 60 + 67, file.length];
    for (let length = 0; length <= file.length; length++) {
      const read = readCapture(file.subarray(0, length));
      const whole = Math.max(0, ends.filter((end) => end <= length).length - 1);
      expect(read.frames.length).toBe(whole);
      if (length === 0) expect(read.fault?.kind).toBe('empty');
      else if (ends.includes(length)) expect(read.fault).toBeNull();
      else {
        expect(read.fault?.kind).toBe(length < 4 ? 'not-a-capture' : 'truncated');
        if (length >= 24) expect(read.fault?.offset).toBe(ends[whole]);
      }
    }
  });
});

describe('against pcap-parser', () => {
  interface PcapParser {
    on(event: 'packet', listener: (packet: { data: Buffer; header: Record<string, number> }) => void): void;
    on(event: 'end' | 'error', listener: (error?: Error) => void): void;
  }

  /** The package is plain JavaScript without types. */
  async function parseWithPackage(file: Uint8Array): Promise<[number, number, number, string][]> {
    const { parse }: { parse: (stream: Readable) => PcapParser } = await import(
      // @ts-expect-error -- it has no declaration
      'pcap-parser'
    );
    return new Promise((resolve, reject) => {
      const rows: [number, number, number, string][] = [];
      const parser = parse(Readable.from([Buffer.from(file)]));
      parser.on('packet', ({ data, header }) =>
        rows.push([
          header['timestampSeconds'] ?? 0,
          header['timestampMicroseconds'] ?? 0,
          header['originalLength'] ?? 0,
          data.toString('hex'),
        ]),
      );
      parser.on('end', () => resolve(rows));
      parser.on('error', reject);
    });
  }

  test('both read the same from any classic file', async () => {
    const frame = fc.record({
      seconds: fc.nat(0xffffffff),
      fraction: fc.nat(999_999),
      bytes: fc.uint8Array({ maxLength: 80 }),
      cut: fc.nat(2000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 12 }), fc.boolean(), async (drafts, littleEndian) => {
        const frames = drafts.map((draft) => ({ ...draft, original: draft.bytes.length + draft.cut }));
        const file = writePcap(frames, { littleEndian });
        const ours = readCapture(file).frames.map((read) => [
          read.seconds,
          read.nanoseconds / 1000,
          read.original,
          Buffer.from(read.bytes).toString('hex'),
        ]);
        expect(ours).toEqual(await parseWithPackage(file));
      }),
      { numRuns: 60 },
    );
  });
});
